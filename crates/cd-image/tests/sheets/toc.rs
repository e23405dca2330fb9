use std::fs;
use std::io::Read;

use cd_image::TrackMode;

use super::{complaint, folder, outline, read, wave};

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
