//! Sheets as their formats' manuals have them, written by hand, and what is wrong with others.

#![allow(clippy::unwrap_used, clippy::panic, reason = "a test program: a panic is its answer")]

use std::fs;
use std::io::{Read, Seek, SeekFrom};
use std::path::Path;

use cd_format::recorded::{FRAME_BYTES, RecordedFrames};
use cd_format::sub_channel::{QContent, Rules, SUB_CHANNEL_BYTES, interleave};
use cd_format::{Control, DiscType, Lba};
use cd_image::layout::PieceData;
use cd_image::{Composed, ImageError, Layout, Place, ReadOptions, TrackMode};
use proptest::prelude::*;
use tempfile::TempDir;

/// A folder with files of so many bytes.
fn folder(files: &[(&str, usize)]) -> TempDir {
    let folder = tempfile::tempdir().unwrap();
    for (name, bytes) in files {
        let content: Vec<u8> = (0..*bytes).map(|n| (n / 2 % 251) as u8 | (n as u8 & 1) << 7).collect();
        fs::write(folder.path().join(name), content).unwrap();
    }
    folder
}

fn read(folder: &Path, name: &str, text: &str) -> Result<Layout, ImageError> {
    read_with(folder, name, text, ReadOptions::default())
}

fn read_with(folder: &Path, name: &str, text: &str, options: ReadOptions) -> Result<Layout, ImageError> {
    let path = folder.join(name);
    fs::write(&path, text).unwrap();
    Layout::read(&path, options)
}

/// The error, without the folder's path.
fn complaint(folder: &Path, name: &str, text: &str) -> String {
    let error = read(folder, name, text).unwrap_err().to_string();
    error.replace(&format!("{}{}", folder.display(), std::path::MAIN_SEPARATOR), "")
}

/// Number, mode, CONTROL, pregap, frames and indexes of every track.
fn outline(layout: &Layout) -> Vec<(u8, TrackMode, u8, u32, u64, Vec<u32>)> {
    let line = |track: &cd_image::layout::Track| {
        (
            track.number,
            track.mode,
            track.control.nibble(),
            track.pregap,
            track.frames(),
            track.indexes.clone(),
        )
    };
    layout.tracks.iter().map(line).collect()
}

/// A WAVE header before so many bytes of samples (RIFF, "Multimedia Programming Interface").
fn wave(channels: u16, rate: u32, bits: u16, samples: &[u8]) -> Vec<u8> {
    let block = channels * bits / 8;
    let mut bytes = b"RIFF".to_vec();
    bytes.extend((36 + samples.len() as u32).to_le_bytes());
    bytes.extend(b"WAVEfmt \x10\0\0\0\x01\0");
    bytes.extend(channels.to_le_bytes());
    bytes.extend(rate.to_le_bytes());
    bytes.extend((rate * u32::from(block)).to_le_bytes());
    bytes.extend(block.to_le_bytes());
    bytes.extend(bits.to_le_bytes());
    bytes.extend(b"data");
    bytes.extend((samples.len() as u32).to_le_bytes());
    bytes.extend(samples);
    bytes
}

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
        ("FILE a.bin MP3", "disc.cue:1:12: expected BINARY, MOTOROLA or WAVE, seen \"MP3\""),
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
        assert!(read_with(&inner, "disc.cue", &text, ReadOptions { allow_outside: true }).is_ok());
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
    let allowed = read_with(folder.path(), "disc.cue", text, ReadOptions { allow_outside: true });
    assert!(allowed.unwrap_err().to_string().ends_with("expected a regular file, seen something else"));
    symlink("/dev/zero", folder.path().join("zero.cue")).unwrap();
    assert!(Layout::read(&folder.path().join("zero.cue"), ReadOptions::default()).is_err());
}

/// The manual page's own examples, other lengths.
#[test]
fn toc_files_of_the_manual_page() {
    let folder = folder(&[("data_1", 2048 * 5 + 1), ("track.cdr", 2352 * 300)]);
    fs::write(folder.path().join("data_2.wav"), wave(2, 44_100, 16, &[7; 2352 * 4])).unwrap();
    let mixed = "CD_ROM\nTRACK MODE1\nDATAFILE \"data_1\"\nZERO 00:02:00 // post-gap\n\n\
                 TRACK AUDIO\nSILENCE 00:02:00 // pre-gap\nSTART\nFILE \"data_2.wav\" 0\n\nTRACK AUDIO\nFILE \"data_2.wav\" 588\n";
    // The first file does not end with a block: nothing may follow.
    assert_eq!(
        complaint(folder.path(), "disc.toc", mixed),
        "disc.toc:4:1: expected whole blocks before further data, seen the beginning of one"
    );
    fs::write(folder.path().join("data_1"), [1; 2048 * 5]).unwrap();
    let layout = read(folder.path(), "disc.toc", mixed).unwrap();
    assert_eq!(
        outline(&layout),
        [
            (1, TrackMode::Mode1, 4, 150, 150 + 5 + 150, vec![]),
            (2, TrackMode::Audio, 0, 150, 154, vec![]),
            (3, TrackMode::Audio, 0, 0, 3, vec![]),
        ]
    );
    let composed = "CD_DA\nCATALOG \"0012345678905\"\nCD_TEXT {\n LANGUAGE_MAP {\n 0 : EN\n }\n LANGUAGE 0 {\n TITLE \"CD \\\"Title\\\"\"\n\
                    SIZE_INFO { 0, 10 }\n PERFORMER \"J\\374rgen\"\n }\n}\nTRACK AUDIO\nCOPY\nPRE_EMPHASIS\nISRC \"DEXXX9800001\"\n\
                    FILE \"data_2.wav\" 0\nSTART\nFILE \"track.cdr\" 0:1:0 0:1:0\nSILENCE 0:2:0\nFILE \"track.cdr\" 0:2:0\nINDEX 0:1:0\nINDEX 0:2:0\n";
    let layout = read(folder.path(), "disc.toc", composed).unwrap();
    assert_eq!(outline(&layout), [(1, TrackMode::Audio, 0b0011, 154, 154 + 75 + 150 + 150, vec![75, 150])]);
    assert_eq!(layout.text.title.as_deref(), Some("CD \"Title\""));
    assert_eq!(layout.text.performer.as_deref(), Some("Jürgen"));
    // Raw files are most significant byte first.
    let mut data = [0; 4];
    layout.source(0, 154..155).unwrap().data.read_exact(&mut data).unwrap();
    let file = fs::read(folder.path().join("track.cdr")).unwrap();
    let at = 75 * 2352;
    assert_eq!(data, [file[at + 1], file[at], file[at + 3], file[at + 2]]);
}

#[test]
fn what_is_wrong_with_a_toc_file_is_told_with_its_place() {
    let folder = folder(&[("a", 2352 * 10)]);
    for (text, expected) in [
        (
            "CD_DA",
            "disc.toc:1:6: expected CATALOG, CD_DA, CD_ROM, CD_ROM_XA, CD_I, CD_TEXT or TRACK, seen end of file",
        ),
        (
            "CD_DA\n// nothing\n TRACK WHAT",
            "disc.toc:3:8: expected one of AUDIO, MODE1, MODE1_RAW, MODE2, MODE2_FORM1, MODE2_FORM2, MODE2_FORM_MIX, MODE2_RAW, seen \"WHAT\"",
        ),
        (
            "TRACK AUDIO RW",
            "disc.toc:1:13: expected a track without sub-channels: those of a TOC file are not read, seen \"RW\"",
        ),
        (
            "TRACK AUDIO\nFIFO \"a\" 10",
            "disc.toc:2:1: expected FILE, AUDIOFILE, SILENCE, ZERO, START, PREGAP, INDEX or TRACK, seen \"FIFO\"",
        ),
        ("TRACK AUDIO\nFILE \"a\"", "disc.toc:2:9: expected where to start in the file, seen end of file"),
        (
            "TRACK AUDIO\nFILE \"a\" 0 0:0:11",
            "disc.toc:2:1: expected a part of the file that has bytes, seen 25872 of the 23520 bytes behind its start",
        ),
        (
            "TRACK AUDIO\nFILE \"a\" 99999999999999999999",
            "disc.toc:2:10: expected MM:SS:FF, or a number of samples, seen \"99999999999999999999\"",
        ),
        ("TRACK AUDIO\nSTART\nSTART", "disc.toc:3:1: expected one START or PREGAP, seen a second one"),
        (
            "TRACK AUDIO\nFILE \"a\" 0\nINDEX 0:0:5\nINDEX 0:0:5",
            "disc.toc:4:7: expected a time behind the last index, seen \"0:0:5\"",
        ),
        (
            "TRACK AUDIO\nFILE \"a\" 0\nINDEX 0:0:10",
            "track 1: expected every index within the track, seen one at frame 10",
        ),
        (
            "TRACK AUDIO\nFILE \"a\" 0\nSTART",
            "track 1: expected at least one frame behind the pregap, seen 160 frames, 160 of them pregap",
        ),
        ("CD_TEXT {", "disc.toc:1:10: expected } at the end of CD_TEXT, seen end of file"),
        ("TRACK AUDIO NO x", "disc.toc:1:16: expected COPY or PRE_EMPHASIS, seen \"x\""),
    ] {
        assert_eq!(complaint(folder.path(), "disc.toc", text), expected, "{text}");
    }
}

const CCD: &str = "[CloneCD]\nVersion=3\n[Disc]\nTocEntries=5\nSessions=1\nDataTracksScrambled=0\nCDTextLength=0\nCATALOG=0012345678905\n\
[Session 1]\nPreGapMode=1\nPreGapSubC=0\n\
[Entry 0]\nSession=1\nPoint=0xa0\nADR=0x01\nControl=0x04\nTrackNo=0\nAMin=0\nASec=0\nAFrame=0\nALBA=-150\nZero=0\nPMin=1\nPSec=32\nPFrame=0\nPLBA=6750\n\
[Entry 1]\nSession=1\nPoint=0xa1\nADR=0x01\nControl=0x00\nPMin=2\nPSec=0\nPFrame=0\nPLBA=8850\n\
[Entry 2]\nSession=1\nPoint=0xa2\nADR=0x01\nControl=0x00\nPMin=0\nPSec=2\nPFrame=30\nPLBA=30\n\
[Entry 3]\nSession=1\nPoint=0x01\nADR=0x01\nControl=0x04\nPMin=0\nPSec=2\nPFrame=0\nPLBA=0\n\
[Entry 4]\nSession=1\nPoint=0x02\nADR=0x01\nControl=0x02\nPMin=0\nPSec=2\nPFrame=15\nPLBA=15\n\
[TRACK 1]\nMODE=2\nINDEX 1=0\n[TRACK 2]\nMODE=0\nISRC=USK7Y9812345\nINDEX 0=12\nINDEX 1=15\nINDEX 2=20\n";

#[test]
fn a_ccd_file_with_its_image_and_sub_channels() {
    let folder = folder(&[("disc.img", 2352 * 30), ("disc.sub", 96 * 30)]);
    let layout = read(folder.path(), "disc.ccd", CCD).unwrap();
    assert_eq!(
        outline(&layout),
        [(1, TrackMode::Mode2Raw, 4, 150, 162, vec![]), (2, TrackMode::Audio, 2, 3, 18, vec![5])]
    );
    assert_eq!((layout.disc_type, layout.tracks[1].isrc.is_some()), (DiscType::CD_ROM_XA, true));
    // Channel by channel in the file, bit by bit on the disc.
    let place = Place { lead_in: Lba(-150), program: Lba(-150), lead_out_frames: 10 };
    let composed = Composed::with_toc(&layout, &place, &[], Rules::default()).unwrap();
    let mut frame = [0; FRAME_BYTES];
    composed.read(Lba(29), &mut frame).unwrap();
    let sub = fs::read(folder.path().join("disc.sub")).unwrap();
    let raw: [u8; SUB_CHANNEL_BYTES] = frame[2352..].try_into().unwrap();
    assert_eq!(interleave::deinterleave(&raw).as_flattened(), &sub[96 * 29..]);
    composed.read(Lba(30), &mut frame).unwrap();
    let q = interleave::q_frame(frame[2352..].try_into().unwrap());
    assert!(matches!(q.content(), Ok(QContent::Position { tno: 0xAA, .. })));
    // Without SUB the sub-channels are made.
    fs::remove_file(folder.path().join("disc.sub")).unwrap();
    assert_eq!(read(folder.path(), "disc.ccd", CCD).unwrap().sub_channel, None);
}

#[test]
fn what_is_wrong_with_a_ccd_file_is_told_with_its_place() {
    let folder = folder(&[("disc.img", 2352 * 30), ("disc.sub", 96 * 29)]);
    for (from, to, expected) in [
        ("", "", "disc.sub: expected 30 times 96 bytes, as the lead-out says, seen 2784 bytes"),
        (
            "PLBA=30",
            "PLBA=31",
            "disc.img: expected 31 sectors of 2352 bytes, as the lead-out says, seen 70560 bytes",
        ),
        (
            "Sessions=1",
            "Sessions=2",
            "disc.ccd:5:10: expected one session: images of several are not read, seen \"2\"",
        ),
        (
            "Scrambled=0",
            "Scrambled=1",
            "disc.ccd:6:21: expected 0: scrambled images are not read, seen \"1\"",
        ),
        ("MODE=2", "MODE=0", "disc.ccd:64:6: expected 1 or 2, as CONTROL says data, seen \"0\""),
        ("INDEX 0=12", "INDEX 0=x", "disc.ccd:69:9: expected a number from 0 to 449849, seen \"x\""),
        ("INDEX 2=20", "INDEX 2=30", "disc.ccd:71:9: expected an index from 16 to 29, seen \"30\""),
        (
            "INDEX 0=12",
            "INDEX 0=16",
            "disc.ccd:54:1: expected track 2 at 16 or later and to end behind its start, seen from 15 to 30",
        ),
        (
            "Point=0xa2",
            "Point=0xa3",
            "disc.ccd:72:1: expected an entry of point A2, the lead-out, seen end of file",
        ),
        ("[Disc]", "[Disc", "disc.ccd:3:1: expected a section as [Name], seen \"[Disc\""),
        ("[CloneCD]\n", "", "disc.ccd:1:1: expected a section as [CloneCD], seen \"Version=3\""),
    ] {
        assert_eq!(complaint(folder.path(), "disc.ccd", &CCD.replacen(from, to, 1)), expected, "{to}");
    }
}

#[test]
fn a_layout_in_ron() {
    let folder = folder(&[("data.iso", 2048 * 5), ("a.pcm", 2352 * 20)]);
    let text = "(disc_type: CdRomXa, mcn: \"0012345678905\", tracks: [
        (mode: Mode2Form1, file: \"data.iso\", postgap: \"00:00:10\"),
        (mode: Audio, file: \"a.pcm\", swap: true, offset: 2352, frames: 10, pregap: \"00:00:02\", pause: \"00:00:03\",
         indexes: [\"00:00:04\"], copy: true, isrc: \"US-K7Y-98-12345\"),
    ])";
    let layout = read(folder.path(), "disc.ron", text).unwrap();
    assert_eq!(
        outline(&layout),
        [(1, TrackMode::Mode2Form1, 4, 150, 165, vec![]), (2, TrackMode::Audio, 2, 5, 12, vec![4])]
    );
    assert_eq!(layout.disc_type, DiscType::CD_ROM_XA);
    for (text, expected) in [
        ("(tracks: [(mode: Audio, file: \"../x\")])", "seen \"../x\""),
        ("(tracks: [\n(mode: Mode9, file: \"a\")])", "disc.ron:2:"),
        ("(tracks: [])", "disc.ron: expected 1 to 99 tracks, seen none"),
        (
            "(tracks: [(mode: Audio, file: \"a.pcm\", frames: 21)])",
            "a.pcm: expected 21 sectors from byte 0 on, seen 20",
        ),
        (
            "(tracks: [(mode: Mode1, file: \"data.iso\", pre_emphasis: true)])",
            "track 1: expected pre_emphasis and four_channels in audio only, seen data",
        ),
    ] {
        let told = complaint(folder.path(), "disc.ron", text);
        assert!(told.contains(expected), "{told}");
    }
}

#[test]
fn a_read_outside_the_session_is_refused() {
    let folder = folder(&[("data.iso", 2048 * 5)]);
    let layout = Layout::read(&folder.path().join("data.iso"), ReadOptions::default()).unwrap();
    let composed = Composed::new(&layout, &Place::first(Lba(-11_634)), Rules::default()).unwrap();
    assert_eq!(composed.session().tracks[0].control, Control::DATA);
    let mut two = [0; 2 * FRAME_BYTES];
    for (lba, named) in [(-11_635, -11_635), (6754, 6755), (i32::MAX, i32::MAX), (i32::MIN, i32::MIN)] {
        let Err(ImageError::NoFrame { lba: seen, .. }) = composed.read(Lba(lba), &mut two) else {
            panic!("{lba}")
        };
        assert_eq!(seen, Lba(named));
    }
    assert!(composed.read(Lba(6753), &mut two).is_ok());
}

proptest! {
    #![proptest_config(ProptestConfig { cases: 200, ..ProptestConfig::default() })]

    /// Words of the formats in any order: a layout or an error, and no panic.
    #[test]
    fn any_words_are_a_sheet_or_an_error(
        words in prop::collection::vec(prop::sample::select(vec![
            "FILE", "a.bin", "\"a.bin\"", "BINARY", "TRACK", "01", "02", "AUDIO", "MODE1/2352", "MODE1_RAW", "INDEX", "00",
            "00:00:00", "00:00:03", "99:59:74", "PREGAP", "POSTGAP", "FLAGS", "DCP", "\n", "\n", "\n", "CD_DA", "DATAFILE",
            "SILENCE", "ZERO", "START", "#4294967295", "18446744073709551615", "{", "}", "CD_TEXT", "\"", "\\", "//", "[Disc]",
            "[CloneCD]", "[Entry 0]", "[TRACK 1]", "Point=0xa2", "Point=1", "ADR=1", "PLBA=10", "PLBA=-1", "Control=0", "é", "=",
        ]), 0..60),
    ) {
        let folder = folder(&[("a.bin", 2352 * 10), ("disc.img", 2352 * 10)]);
        for name in ["disc.cue", "disc.toc", "disc.ccd", "disc.ron"] {
            if let Ok(layout) = read(folder.path(), name, &words.join(" ").replace("\n ", "\n")) {
                let place = Place::first(Lba(-200));
                if let Ok(composed) = Composed::new(&layout, &place, Rules::default()) {
                    let mut frame = [0; FRAME_BYTES];
                    for run in composed.runs() {
                        composed.read(run.end - 1, &mut frame).unwrap();
                    }
                }
            }
        }
    }

    #[test]
    fn any_text_is_a_sheet_or_an_error(text in "\\PC{0,80}", ending in prop::sample::select(vec!["cue", "toc", "ccd", "ron"])) {
        let folder = folder(&[]);
        let read = read(folder.path(), &format!("disc.{ending}"), &text);
        prop_assert!(read.is_err());
    }
}
