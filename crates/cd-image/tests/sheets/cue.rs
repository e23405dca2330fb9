use std::fs;
use std::io::{Read, Seek, SeekFrom};

use cd_image::layout::PieceData;
use cd_image::{ImageError, Layout, ReadOptions, TrackMode};

use super::{complaint, folder, outline, read, read_with, wave};

const MIXED: &str = "\u{FEFF}REM GENRE \"nothing of this counts\nCATALOG 0012345678905\r
TITLE \"Of \"Both\" Kinds\"
FILE \"disc.bin\" BINARY
  TRACK 01 MODE1/2048
    INDEX 01 00:00:00
    POSTGAP 00:00:10
  TRACK 02 AUDIO
    TITLE \"Song\"
    PERFORMER \"Somebody\"
    FLAGS DCP PRE
    ISRC USK7Y9812345
    INDEX 00 00:00:20
    INDEX 01 00:00:30
    INDEX 02 00:00:40
  track 03 audio
    PREGAP 00:00:05
    INDEX 01 00:00:50
";

/// Sectors of 2048 bytes, then of 2352: each offset rests on those before.
#[test]
fn a_mixed_disc_in_one_file() {
    let folder = folder(&[("disc.bin", 20 * 2048 + 37 * 2352 - 100)]);
    let layout = read(folder.path(), "disc.cue", MIXED).unwrap();
    assert_eq!(
        outline(&layout),
        [
            (1, TrackMode::Mode1, 4, 150, 150 + 20 + 10, vec![]),
            (2, TrackMode::Audio, 0b0011, 10, 30, vec![10]),
            (3, TrackMode::Audio, 0, 5, 5 + 7, vec![]),
        ]
    );
    assert_eq!(layout.mcn.unwrap().to_string(), "0012345678905");
    assert_eq!(layout.text.title.as_deref(), Some("Of \"Both\" Kinds"));
    let song = &layout.tracks[1];
    assert_eq!(
        (song.text.performer.as_deref(), song.isrc.unwrap().to_string().as_str()),
        (Some("Somebody"), "US-K7Y-98-12345")
    );
    assert_eq!(song.pieces[1].data, PieceData::File { file: 0, offset: 20 * 2048 + 10 * 2352 });

    // The last sector of the file is 100 bytes short.
    let mut source = layout.source(2, 5..12).unwrap();
    source.data.seek(SeekFrom::End(-101)).unwrap();
    let mut end = Vec::new();
    source.data.read_to_end(&mut end).unwrap();
    let file = fs::read(folder.path().join("disc.bin")).unwrap();
    assert_eq!((end[0], &end[1..]), (file[file.len() - 1], &[0; 100][..]));
}

/// A pause at the end of another file, as ripping programs write it; hidden audio before track 1.
#[test]
fn a_file_for_every_track() {
    let folder = folder(&[("1.bin", 2352 * 40), ("2.bin", 2352 * 20)]);
    let text = "FILE 1.bin BINARY\nTRACK 01 AUDIO\nINDEX 00 00:00:00\nINDEX 01 00:00:33\nTRACK 02 AUDIO\n\
                INDEX 00 00:00:38\nFILE 2.bin MOTOROLA\nINDEX 01 00:00:00\n";
    let layout = read(folder.path(), "disc.cue", text).unwrap();
    assert_eq!(
        outline(&layout),
        [(1, TrackMode::Audio, 0, 183, 188, vec![]), (2, TrackMode::Audio, 0, 2, 22, vec![])]
    );
    let file = fs::read(folder.path().join("2.bin")).unwrap();
    let mut source = layout.source(1, 2..22).unwrap();
    source.data.seek(SeekFrom::Start(3)).unwrap();
    let mut some = [0; 4];
    source.data.read_exact(&mut some).unwrap();
    assert_eq!(some, [file[2], file[5], file[4], file[7]]);
}

#[test]
fn samples_of_a_wave_file_are_a_track() {
    let folder = folder(&[]);
    let samples: Vec<u8> = (0..2352 * 3 + 8).map(|n| n as u8).collect();
    fs::write(folder.path().join("a.wav"), wave(2, 44_100, 16, &samples)).unwrap();
    let text = "FILE a.wav WAVE\nTRACK 01 AUDIO\nINDEX 01 00:00:00\n";
    let layout = read(folder.path(), "disc.cue", text).unwrap();
    assert_eq!(layout.tracks[0].frames(), 154);
    let mut data = Vec::new();
    layout.source(0, 150..154).unwrap().data.read_to_end(&mut data).unwrap();
    assert_eq!(data.len(), 4 * 2352);
    assert!(data.starts_with(&samples));
    for (channels, rate, bits, seen) in [
        (1, 44_100, 16, "16-bit integer samples, 1 channels, 44100 Hz"),
        (2, 48_000, 16, "16-bit integer samples, 2 channels, 48000 Hz"),
        (2, 44_100, 24, "24-bit integer samples, 2 channels, 44100 Hz"),
    ] {
        fs::write(folder.path().join("a.wav"), wave(channels, rate, bits, &[0; 2352 * 6])).unwrap();
        let told = complaint(folder.path(), "disc.cue", text);
        let expected = "a.wav: expected WAVE of 16-bit integer samples, 2 channels, 44100 Hz, seen ";
        assert_eq!(told, format!("{expected}{seen}"));
    }
    let cut = wave(2, 44_100, 16, &samples);
    fs::write(folder.path().join("a.wav"), &cut[..cut.len() - 4]).unwrap();
    let told = complaint(folder.path(), "disc.cue", text);
    assert_eq!(told, "a.wav: expected 7064 bytes of samples, as its header says, seen 7060");
    fs::write(folder.path().join("a.wav"), "no wave").unwrap();
    assert!(complaint(folder.path(), "disc.cue", text).starts_with("a.wav: "));
}

#[test]
fn what_is_wrong_with_a_cue_sheet_is_told_with_its_place() {
    let folder = folder(&[("a.bin", 2352 * 10), ("odd.bin", 2352 * 10 + 1)]);
    for (text, expected) in [
        ("", "disc.cue:1:1: expected TRACK, seen end of file"),
        ("TRACK 00 AUDIO", "disc.cue:1:7: expected track 1 to 99, seen \"00\""),
        ("TRACK 01 AUDIO\nTRACK 03 AUDIO", "disc.cue:2:7: expected track 2, seen \"03\""),
        ("  INDEX 01 00:00:00", "disc.cue:1:3: expected TRACK before this, seen \"INDEX\""),
        ("TRACK 01 AUDIO\nINDEX 01 00:00:00", "disc.cue:2:1: expected FILE before this, seen \"INDEX\""),
        ("FILE \"a.bin BINARY", "disc.cue:1:6: expected a closing quote, seen end of line"),
        (
            "FILE a.bin MP3",
            "disc.cue:1:12: expected BINARY, MOTOROLA, WAVE, AIFF or FLAC (MP3 has to be decoded first), seen \"MP3\"",
        ),
        (
            "FILE a.bin BINARY\nTRACK 01 AUDIO",
            "disc.cue:2:7: expected INDEX 01 in every track, seen track 1 without one",
        ),
        (
            "FILE a.bin BINARY\nTRACK 01 AUDIO\nINDEX 01 00:00:75",
            "disc.cue:3:10: expected a time in the file as MM:SS:FF, seen \"00:00:75\"",
        ),
        (
            "FILE a.bin BINARY\nTRACK 01 AUDIO\nINDEX 01 00:00:01",
            "disc.cue:3:7: expected 00:00:00 as the first index of a file, seen frame 1",
        ),
        (
            "FILE a.bin BINARY\nTRACK 01 AUDIO\nINDEX 01 00:00:00\nINDEX 02 00:00:10",
            "disc.cue:4:7: expected an index within the file, of which 0 frames are left there, seen 0 frames asked for",
        ),
        (
            "FILE a.bin BINARY\nTRACK 01 AUDIO\nINDEX 01 00:00:00\nINDEX 02 00:00:00",
            "disc.cue:4:7: expected an index behind the last one, seen one 0 frames before",
        ),
        (
            "FILE odd.bin BINARY\nTRACK 01 MODE1/2352\nINDEX 01 00:00:00",
            "odd.bin: expected whole sectors of 2352 bytes, seen 1 bytes behind the last",
        ),
        (
            "FILE a.bin BINARY\nTRACK 01 MODE1/2352\nFLAGS PRE",
            "disc.cue:3:7: expected DCP, DATA or SCMS, seen \"PRE\"",
        ),
        ("CATALOG 123", "disc.cue:1:9: expected 13 digits, seen \"123\""),
        ("FILE a.bin BINARY x", "disc.cue:1:19: expected end of line, seen \"x\""),
    ] {
        assert_eq!(complaint(folder.path(), "disc.cue", text), expected, "{text}");
    }
    let unknown = complaint(folder.path(), "disc.cue", "ENTRY 1");
    assert!(unknown.starts_with("disc.cue:1:1: expected FILE, TRACK,"), "{unknown}");
}

#[test]
fn a_sheet_opens_no_file_outside_its_folder_unless_allowed() {
    let outer = folder(&[("a.bin", 2352)]);
    let inner = outer.path().join("inner");
    fs::create_dir(&inner).unwrap();
    let absolute = outer.path().join("a.bin");
    for name in ["../a.bin", "./../a.bin", absolute.to_str().unwrap()] {
        let text = format!("FILE \"{name}\" BINARY\nTRACK 01 AUDIO\nINDEX 01 00:00:00\n");
        let told = read(&inner, "disc.cue", &text).unwrap_err().to_string();
        assert!(
            told.contains("disc.cue:1:6: expected the name of a file in the sheet's directory"),
            "{told}"
        );
        assert!(
            read_with(
                &inner,
                "disc.cue",
                &text,
                ReadOptions { allow_outside: true, ..ReadOptions::default() }
            )
            .is_ok()
        );
    }
    for name in ["", ".", "..", "/"] {
        let text = format!("FILE \"{name}\" BINARY");
        assert!(matches!(read(&inner, "disc.cue", &text), Err(ImageError::Syntax { .. })), "{name}");
    }
}

#[cfg(unix)]
#[test]
fn links_out_of_the_folder_and_files_without_end_are_refused() {
    use std::os::unix::fs::symlink;
    let folder = folder(&[]);
    symlink("/dev/zero", folder.path().join("zero")).unwrap();
    let text = "FILE zero BINARY\nTRACK 01 AUDIO\nINDEX 01 00:00:00\n";
    let told = complaint(folder.path(), "disc.cue", text);
    assert!(told.ends_with("seen \"zero\", a link out of it"), "{told}");
    let allowed = read_with(
        folder.path(),
        "disc.cue",
        text,
        ReadOptions { allow_outside: true, ..ReadOptions::default() },
    );
    assert!(allowed.unwrap_err().to_string().ends_with("expected a regular file, seen something else"));
    symlink("/dev/zero", folder.path().join("zero.cue")).unwrap();
    assert!(Layout::read(&folder.path().join("zero.cue"), ReadOptions::default()).is_err());
}

/// An AIFF file as Apple's "Audio Interchange File Format", version 1.3, lays it out: FORM, COMM with the rate as
/// an 80-bit number, SSND with offset and block size before the samples; AIFF-C adds version and compression.
fn aiff(channels: u16, rate: [u8; 10], bits: u16, compression: Option<&[u8; 4]>, samples: &[u8]) -> Vec<u8> {
    let chunk = |name: &[u8; 4], body: &[u8]| [&name[..], &(body.len() as u32).to_be_bytes(), body].concat();
    let frames = samples.len() as u32 / 4;
    let mut common =
        [&channels.to_be_bytes()[..], &frames.to_be_bytes(), &bits.to_be_bytes(), &rate].concat();
    let mut chunks = chunk(b"NAME", b"even");
    if let Some(compression) = compression {
        common.extend(compression);
        common.extend(b"\0\0");
        chunks.extend(chunk(b"FVER", &0xA280_5140_u32.to_be_bytes()));
    }
    chunks.extend(chunk(b"COMM", &common));
    chunks.extend(chunk(b"SSND", &[&[0; 8], samples].concat()));
    let kind: &[u8] = if compression.is_some() { b"AIFC" } else { b"AIFF" };
    chunk(b"FORM", &[kind, &chunks].concat())
}

/// 44100 and 48000 as 80-bit IEEE 754: exponent 16383 + 15, then the bits.
const RATE_44100: [u8; 10] = [0x40, 0x0E, 0xAC, 0x44, 0, 0, 0, 0, 0, 0];
const RATE_48000: [u8; 10] = [0x40, 0x0E, 0xBB, 0x80, 0, 0, 0, 0, 0, 0];

#[test]
fn aiff_samples_are_turned_and_little_endian_ones_are_not() {
    let folder = folder(&[]);
    let text = "FILE a.aiff AIFF\nTRACK 01 AUDIO\nINDEX 01 00:00:00\n";
    let samples: Vec<u8> = (0..2352 * 3).map(|n| n as u8).collect();
    let write = |bytes: Vec<u8>| fs::write(folder.path().join("a.aiff"), bytes).unwrap();
    let read_back = || {
        let layout = read(folder.path(), "disc.cue", text).unwrap();
        let mut bytes = Vec::new();
        layout.source(0, 150..153).unwrap().data.read_to_end(&mut bytes).unwrap();
        bytes
    };
    let turned: Vec<u8> = samples.chunks(2).flat_map(|pair| [pair[1], pair[0]]).collect();
    write(aiff(2, RATE_44100, 16, None, &samples));
    assert!(read_back() == turned);
    write(aiff(2, RATE_44100, 16, Some(b"NONE"), &samples));
    assert!(read_back() == turned);
    write(aiff(2, RATE_44100, 16, Some(b"sowt"), &samples));
    assert!(read_back() == samples);
}

#[test]
fn what_a_cd_does_not_play_is_refused_in_aiff_too() {
    let folder = folder(&[]);
    let text = "FILE a.aiff AIFF\nTRACK 01 AUDIO\nINDEX 01 00:00:00\n";
    let expected = "a.aiff: expected AIFF of 16-bit integer samples, 2 channels, 44100 Hz, seen ";
    let samples = [0; 2352];
    let whole = aiff(2, RATE_44100, 16, None, &samples);
    for (bytes, seen) in [
        (aiff(2, RATE_48000, 16, None, &samples), "I16 samples, 2 channels, 48000 Hz"),
        (aiff(1, RATE_44100, 16, None, &samples), "I16 samples, 1 channels, 44100 Hz"),
        (aiff(2, RATE_44100, 24, None, &samples), "I24 samples, 2 channels, 44100 Hz"),
        (aiff(2, RATE_44100, 16, Some(b"ulaw"), &samples), "CompressedUlaw samples, 2 channels, 44100 Hz"),
        (aiff(2, RATE_44100, 16, Some(b"QDM2"), &samples), "compressed (QDM2) samples, 2 channels, 44100 Hz"),
    ] {
        fs::write(folder.path().join("a.aiff"), bytes).unwrap();
        assert_eq!(complaint(folder.path(), "disc.cue", text), format!("{expected}{seen}"));
    }
    // Cut anywhere: no panic, and the file is named.
    for end in (0..whole.len()).step_by(7) {
        fs::write(folder.path().join("a.aiff"), &whole[..end]).unwrap();
        let told = complaint(folder.path(), "disc.cue", text);
        assert!(told.starts_with("a.aiff: expected "), "{end}: {told}");
    }
}

/// Bytes by the code tables of JIS X 0208 (katakana te, su, to) and windows-1252.
#[test]
fn a_sheet_may_be_in_what_its_maker_had() {
    let folder = folder(&[("a.bin", 2352)]);
    let sheet = |title: &[u8]| {
        let rest = b"\"\nFILE a.bin BINARY\nTRACK 01 AUDIO\nINDEX 01 00:00:00\n";
        [b"TITLE \"", title, rest].concat()
    };
    let path = folder.path().join("disc.cue");
    let title = |bytes: &[u8], asked: Option<&str>| {
        fs::write(&path, bytes).unwrap();
        let encoding = asked.map(|name| name.parse().unwrap());
        let layout = Layout::read(&path, ReadOptions { encoding, ..ReadOptions::default() }).unwrap();
        (layout.text.title.unwrap(), layout.encoding.map(|encoding| encoding.to_string()))
    };
    let found = |text: &str, encoding: Option<&str>| (text.to_owned(), encoding.map(str::to_owned));
    let utf_8 = "テスト é".as_bytes();
    assert_eq!(title(&sheet(utf_8), Some("shift_jis")), found("テスト é", None));
    assert_eq!(title(&[b"\xEF\xBB\xBF", &sheet(utf_8)[..]].concat(), None), found("テスト é", None));
    let utf_16: Vec<u8> =
        String::from_utf8(sheet(utf_8)).unwrap().encode_utf16().flat_map(u16::to_le_bytes).collect();
    assert_eq!(title(&[b"\xFF\xFE", &utf_16[..]].concat(), None), found("テスト é", None));
    assert_eq!(title(&sheet(b"\x93caf\xE9\x94"), None), found("“café”", Some("windows-1252")));
    let sjis = b"\x83\x65\x83\x58\x83\x67";
    assert_eq!(title(&sheet(sjis), Some("sjis")), found("テスト", Some("Shift_JIS")));
    fs::write(&path, sheet(b"ok\"\nREM \"\xFF\xFF")).unwrap();
    let encoding = "sjis".parse().ok();
    let told =
        Layout::read(&path, ReadOptions { encoding, ..ReadOptions::default() }).unwrap_err().to_string();
    assert!(
        told.ends_with("disc.cue: expected text in UTF-8 or Shift_JIS, seen neither, from the byte at offset 16 in line 2 on"),
        "{told}"
    );
}

/// A FLAC file as RFC 9639 lays it out: stream info, then frames of 588 samples whose subframes are verbatim, so
/// that everything begins on a byte; CRC-8 (polynomial 07h) behind a header, CRC-16 (8005h) behind a frame.
fn flac(rate: u32, frames: &[Vec<[i16; 2]>]) -> Vec<u8> {
    let crc = |bytes: &[u8], polynomial: u32, width: u32| {
        bytes.iter().fold(0_u32, |crc, byte| {
            (0..8).fold(crc ^ (u32::from(*byte) << (width - 8)), |crc, _| {
                let carry = (crc >> (width - 1)) & 1;
                ((crc << 1) ^ (carry * polynomial)) & ((1_u32 << width) - 1)
            })
        })
    };
    let samples: u32 = frames.iter().map(|frame| frame.len() as u32).sum();
    let mut bytes = b"fLaC\x80\0\0\x22".to_vec();
    bytes.extend([2, 0x4C, 2, 0x4C, 0, 0, 0, 0, 0, 0]);
    // 20 bits rate, 3 channels - 1, 5 bits - 1, 36 samples.
    let packed = u64::from(rate) << 44 | 1 << 41 | 15 << 36 | u64::from(samples);
    bytes.extend(packed.to_be_bytes());
    bytes.extend([0; 16]);
    for (n, frame) in frames.iter().enumerate() {
        // A block size of 16 bits, 44.1 kHz, two channels, 16 bits a sample.
        let mut head = vec![0xFF, 0xF8, 0x79, 0x18, n as u8];
        head.extend((frame.len() as u16 - 1).to_be_bytes());
        head.push(crc(&head, 0x07, 8) as u8);
        for channel in 0..2 {
            head.push(0x02);
            head.extend(frame.iter().flat_map(|sample| sample[channel].to_be_bytes()));
        }
        let check = crc(&head, 0x8005, 16) as u16;
        head.extend(check.to_be_bytes());
        bytes.extend(head);
    }
    bytes
}

#[test]
fn a_flac_file_is_decoded_for_as_long_as_somebody_has_its_layout() {
    let folder = folder(&[]);
    let frames: Vec<Vec<[i16; 2]>> =
        (0..5).map(|n| (0..588).map(|at| [n * 588 + at, -(n * 588 + at)]).collect()).collect();
    let expected: Vec<u8> =
        frames.iter().flatten().flatten().flat_map(|sample: &i16| sample.to_le_bytes()).collect();
    let whole = flac(44_100, &frames);
    let write = |bytes: &[u8]| fs::write(folder.path().join("a.flac"), bytes).unwrap();
    for kind in ["WAVE", "FLAC"] {
        write(&whole);
        let text = format!("FILE a.flac {kind}\nTRACK 01 AUDIO\nINDEX 01 00:00:00\n");
        let layout = read(folder.path(), "disc.cue", &text).unwrap();
        let mut bytes = Vec::new();
        layout.source(0, 150..155).unwrap().data.read_to_end(&mut bytes).unwrap();
        assert!(bytes == expected, "{kind}");
        let decoded = layout.files[0].decoded.as_ref().unwrap().path().to_owned();
        let another = layout.clone();
        drop(layout);
        assert!(decoded.exists());
        drop(another);
        assert!(!decoded.exists());
        write(&flac(48_000, &frames));
        let told = complaint(folder.path(), "disc.cue", &text);
        let expected = "a.flac: expected FLAC of 16-bit samples, 2 channels, 44100 Hz, seen ";
        assert_eq!(told, format!("{expected}16-bit samples, 2 channels, 48000 Hz"));
        // Cut or altered anywhere: no panic, and the file is named.
        for at in (0..whole.len()).step_by(53) {
            write(&whole[..at]);
            let told = complaint(folder.path(), "disc.cue", &text);
            assert!(told.starts_with("a.flac: expected "), "{at}: {told}");
            let mut altered = whole.clone();
            altered[at] ^= 0x41;
            write(&altered);
            let _ = read(folder.path(), "disc.cue", &text);
        }
        write(&whole[..whole.len() - 2364]);
        let told = complaint(folder.path(), "disc.cue", &text);
        assert_eq!(told, "a.flac: expected 2940 samples, as its header says, seen 2352");
    }
}
