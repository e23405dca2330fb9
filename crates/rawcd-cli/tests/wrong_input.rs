//! What a new user may get wrong: every answer names what, where and what is expected, and nothing half made
//! is left behind.
#![allow(clippy::unwrap_used, reason = "in a test a panic is the answer")]

use std::fs;
use std::path::Path;
use std::process::Command;

/// A WAVE file (RIFF, "Multimedia Programming Interface") of 310 blocks of 16-bit samples.
fn wave(channels: u16, rate: u32) -> Vec<u8> {
    let samples = vec![1; 310 * 2352];
    let block = channels * 2;
    let mut bytes = b"RIFF".to_vec();
    bytes.extend((36 + samples.len() as u32).to_le_bytes());
    bytes.extend(b"WAVEfmt \x10\0\0\0\x01\0");
    bytes.extend(channels.to_le_bytes());
    bytes.extend(rate.to_le_bytes());
    bytes.extend((rate * u32::from(block)).to_le_bytes());
    bytes.extend(block.to_le_bytes());
    bytes.extend(b"\x10\0data");
    bytes.extend((samples.len() as u32).to_le_bytes());
    bytes.extend(samples);
    bytes
}

fn desk() -> tempfile::TempDir {
    let folder = tempfile::tempdir().unwrap();
    let write = |name: &str, bytes: &[u8]| fs::write(folder.path().join(name), bytes).unwrap();
    let good = wave(2, 44_100);
    write("good.wav", &good);
    write("cut.wav", &good[..good.len() - 1000]);
    write("48k.wav", &wave(2, 48_000));
    write("mono.wav", &wave(1, 44_100));
    write("data.iso", &vec![7; 310 * 2048]);
    write("text.txt", b"hello");
    for name in ["empty", "empty.cue", "empty.iso"] {
        write(name, b"");
    }
    for name in ["good", "cut", "48k", "mono", "missing"] {
        let sheet = format!("FILE {name}.wav WAVE\nTRACK 01 AUDIO\nINDEX 01 00:00:00\n");
        write(&format!("{name}.cue"), sheet.as_bytes());
    }
    write("latin.cue", b"TITLE caf\xE9\nFILE good.wav WAVE\nTRACK 01 AUDIO\nINDEX 01 00:00:00\n");
    fs::File::create(folder.path().join("long.iso")).unwrap().set_len(360_000 * 2048).unwrap();
    fs::create_dir(folder.path().join("folder.iso")).unwrap();
    folder
}

/// What the command says, and its exit status.
fn rawcd(folder: &Path, args: &str) -> String {
    let output = Command::new(env!("CARGO_BIN_EXE_rawcd"))
        .args(args.split(' '))
        .current_dir(folder)
        .env("NO_COLOR", "1")
        .output()
        .unwrap();
    let text = |bytes: &[u8]| String::from_utf8_lossy(bytes).into_owned();
    let status = output.status.code().map_or("killed".to_owned(), |code| code.to_string());
    format!("$ rawcd {args}\n{}{}exit status {status}\n", text(&output.stdout), text(&output.stderr))
}

fn names(folder: &Path) -> Vec<String> {
    let entries = fs::read_dir(folder).unwrap();
    let mut names: Vec<_> = entries.map(|entry| entry.unwrap().file_name().into_string().unwrap()).collect();
    names.sort();
    names
}

#[test]
fn every_refusal_says_what_where_and_what_is_expected() {
    let folder = desk();
    let blank = rawcd(folder.path(), "disc new blank.disc");
    assert!(blank.ends_with("exit status 0\n"), "{blank}");
    let before = names(folder.path());
    let asked = [
        "disc new blank.disc",
        "disc new no/such.disc",
        "disc new folder.iso --force",
        "disc new a.disc --lead-in 12:00:00",
        "disc new a.disc --last-lead-out 00:00:00",
        "disc show no.disc",
        "disc show empty",
        "disc show folder.iso",
        "disc show data.iso",
        "disc export blank.disc a.cue",
        "disc export blank.disc a.txt",
        "disc import no.cue a.disc",
        "disc import missing.cue a.disc",
        "disc import 48k.cue a.disc",
        "image good.cue no/such.raw",
        "image missing.cue a.raw",
        "image cut.cue a.raw",
        "image 48k.cue a.raw",
        "image mono.cue a.raw",
        "image empty.cue a.raw",
        "image empty.iso a.raw",
        "image text.txt a.raw",
        "burn no.iso --disc blank.disc",
        "burn folder.iso --disc blank.disc",
        "burn text.txt --disc blank.disc",
        "burn long.iso --disc blank.disc",
        "burn data.iso --disc no.disc",
        "burn data.iso --device no-such-drive",
        "rip a.iso --disc blank.disc",
        "rip a.txt --disc blank.disc",
        "rip no/such.iso --disc blank.disc",
        "lint text.txt",
        "lint 48k.cue",
    ];
    let told: Vec<String> = asked.iter().map(|args| rawcd(folder.path(), args)).collect();
    assert!(told.iter().all(|text| text.ends_with("exit status 2\n")), "{told:#?}");
    insta::assert_snapshot!(told.join("\n"));
    assert_eq!(names(folder.path()), before);
}

/// A disc in a file that fails to be made anew is the old one.
#[test]
fn an_import_that_fails_leaves_the_disc_that_was_there() {
    let folder = desk();
    rawcd(folder.path(), "disc import good.cue a.disc");
    let before = fs::read(folder.path().join("a.disc")).unwrap();
    let told = rawcd(folder.path(), "disc import 48k.cue a.disc --force");
    assert!(told.ends_with("exit status 2\n"), "{told}");
    assert!(fs::read(folder.path().join("a.disc")).unwrap() == before);
}

#[test]
fn a_sheet_that_is_not_utf_8_is_read_with_a_note_or_as_is_said() {
    let folder = desk();
    let note = "note: latin.cue is not UTF-8 and read as windows-1252; --sheet-encoding names another\n";
    assert!(rawcd(folder.path(), "image latin.cue a.raw").contains(note));
    let told = rawcd(folder.path(), "image latin.cue b.raw --sheet-encoding latin1");
    assert!(told.ends_with("exit status 0\n") && !told.contains("note:"), "{told}");
    let bytes = |name: &str| fs::read(folder.path().join(name)).unwrap();
    assert!(bytes("a.raw") == bytes("b.raw"));
    // E9h 0Ah is no letter of Shift_JIS; 83h 65h is the katakana te (JIS X 0208).
    let told = rawcd(folder.path(), "image latin.cue c.raw --sheet-encoding sjis");
    assert!(told.contains("expected text in UTF-8 or Shift_JIS, seen neither"), "{told}");
    let sheet = fs::read(folder.path().join("latin.cue")).unwrap();
    let sheet = [b"TITLE \x83\x65", &sheet[b"TITLE caf\xE9".len()..]].concat();
    fs::write(folder.path().join("sjis.cue"), sheet).unwrap();
    let told = rawcd(folder.path(), "image sjis.cue c.raw --sheet-encoding sjis");
    let note =
        "note: CD-TEXT is made in ISO 8859-1, and question marks stand for what that has not, as in \"テ\"\n";
    assert!(told.contains(note) && told.ends_with("exit status 0\n"), "{told}");
    let told = rawcd(folder.path(), "image latin.cue d.raw --sheet-encoding klingon");
    assert!(told.contains("seen \"klingon\""), "{told}");
}

/// A bar is for a terminal: what is piped has no carriage return and no escape in it.
#[test]
fn what_is_piped_has_no_progress_bar_in_it() {
    let folder = desk();
    rawcd(folder.path(), "disc new a.disc");
    for args in ["burn good.cue --disc a.disc", "rip b.cue --disc a.disc"] {
        let told = rawcd(folder.path(), args);
        assert!(told.ends_with("exit status 0\n") && !told.contains(['\r', '\u{1B}']), "{told:?}");
    }
}
