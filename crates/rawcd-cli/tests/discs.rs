//! Discs from the command line: made, burnt, drawn, linted, ripped, compared.
#![allow(clippy::unwrap_used, reason = "in a test a panic is the answer")]

use std::fs;
use std::path::Path;
use std::process::{Command, Output};

const SHEET: &str = r#"CATALOG 0012345678905
FILE "data.iso" BINARY
  TRACK 01 MODE1/2048
    INDEX 01 00:00:00
FILE "sound.pcm" BINARY
  TRACK 02 AUDIO
    ISRC DEA400000001
    PREGAP 00:02:00
    INDEX 01 00:00:00
"#;

struct Desk(tempfile::TempDir);

impl Desk {
    /// A folder with a sheet and what it lays out: 320 blocks of data, 310 of sound.
    fn new() -> Self {
        let folder = tempfile::tempdir().unwrap();
        let noise = |bytes: usize| (0..bytes).map(|n| (n * n / 7 % 251) as u8).collect::<Vec<u8>>();
        fs::write(folder.path().join("data.iso"), noise(320 * 2048)).unwrap();
        fs::write(folder.path().join("sound.pcm"), noise(310 * 2352)).unwrap();
        fs::write(folder.path().join("disc.cue"), SHEET).unwrap();
        Self(folder)
    }

    fn path(&self) -> &Path {
        self.0.path()
    }

    fn rawcd(&self, args: &str) -> Output {
        Command::new(env!("CARGO_BIN_EXE_rawcd"))
            .args(args.split(' '))
            .current_dir(self.path())
            .env("NO_COLOR", "1")
            .output()
            .unwrap()
    }

    /// Runs what must work.
    fn run(&self, args: &str) -> String {
        let output = self.rawcd(args);
        let text = |bytes: &[u8]| String::from_utf8_lossy(bytes).into_owned();
        assert!(output.status.success(), "{args}: {}{}", text(&output.stdout), text(&output.stderr));
        text(&output.stdout)
    }

    /// Runs what must fail so, and gives what it says.
    fn fails(&self, args: &str, status: i32) -> String {
        let output = self.rawcd(args);
        let text =
            format!("{}{}", String::from_utf8_lossy(&output.stdout), String::from_utf8_lossy(&output.stderr));
        assert_eq!(output.status.code(), Some(status), "{args}: {text}");
        text
    }

    fn read(&self, name: &str) -> Vec<u8> {
        fs::read(self.path().join(name)).unwrap()
    }
}

#[test]
fn a_sheet_is_burnt_drawn_linted_and_comes_back() {
    let desk = Desk::new();
    desk.run("disc new my.disc");
    let burnt = desk.run("burn disc.cue --disc my.disc");
    assert!(burnt.contains("verified 780 user sectors equal"), "{burnt}");
    insta::assert_snapshot!("disc_show", desk.run("disc show my.disc --width 72"));
    let lint = desk.run("lint my.disc");
    assert!(lint.contains("nothing to complain of"), "{lint}");
    desk.run("rip back.iso --disc my.disc");
    assert!(desk.read("back.iso") == desk.read("data.iso"));
    desk.run("rip back.cue --disc my.disc");
    let (bin, sound) = (desk.read("back.bin"), desk.read("sound.pcm"));
    assert!(bin[(320 + 150) * 2352..] == sound[..]);
    assert!(String::from_utf8(desk.read("back.cue")).unwrap().contains("ISRC DEA400000001"));
    // What is exported without a drive, and imported, is the same disc but for nothing.
    desk.run("disc export my.disc out.ccd");
    desk.run("disc import out.ccd again.disc");
    assert!(desk.run("disc diff my.disc again.disc").starts_with("the same"));
    let list = desk.run("disc ls");
    assert_eq!(list.lines().count(), 2, "{list}");
}

#[test]
fn a_raw_image_is_made_and_burnt_on_any_disc() {
    let desk = Desk::new();
    desk.run("image disc.cue disc.raw");
    // From 95:00:00: lead-in and pregap, 780 blocks, lead-out; 2448 bytes each.
    assert_eq!(desk.read("disc.raw").len(), (22_650 + 780 + 6750) * 2448);
    for lead_in in ["97:15:17", "97:34:23"] {
        desk.run(&format!("disc new {} --lead-in {lead_in}", lead_in.replace(':', "-")));
        desk.run(&format!("burn disc.raw --disc {}", lead_in.replace(':', "-")));
    }
    let differ = desk.fails("disc diff 97-15-17 97-34-23", 1);
    assert!(differ.contains("pregrooves differ"), "{differ}");
}

#[test]
fn a_rip_keeps_cd_text_and_audio_that_looks_like_data() {
    let desk = Desk::new();
    // Every block of it begins as a data sector does.
    let sync = [&[0][..], &[0xFF; 10], &[0]].concat();
    let mut sound = desk.read("sound.pcm");
    for block in sound.chunks_exact_mut(2352) {
        block[..12].copy_from_slice(&sync);
    }
    fs::write(desk.path().join("sync.pcm"), &sound).unwrap();
    let sheet = "TITLE \"Synchrony\"\nPERFORMER \"Nobody\"\nFILE sync.pcm BINARY\nTRACK 01 AUDIO\nTITLE \"One\"\n\
                 PERFORMER \"Nobody\"\nINDEX 01 00:00:00\n";
    fs::write(desk.path().join("sync.cue"), sheet).unwrap();
    desk.run("disc new my.disc");
    desk.run("burn sync.cue --disc my.disc");
    for format in ["cue", "toc"] {
        desk.run(&format!("rip back.{format} --disc my.disc --force"));
        assert!(format == "toc" || desk.read("back.bin") == sound);
        desk.run(&format!("disc import back.{format} {format}.disc"));
        let diff = desk.run(&format!("disc diff my.disc {format}.disc"));
        assert!(diff.starts_with("the same"), "{format}: {diff}");
    }
}

#[test]
fn a_rip_knows_what_the_disc_is_meant_for() {
    let desk = Desk::new();
    let sheet = "FILE data.iso BINARY\nTRACK 01 MODE2/2048\nINDEX 01 00:00:00\n";
    fs::write(desk.path().join("xa.cue"), sheet).unwrap();
    let sheet = "FILE data.iso BINARY\nTRACK 01 MODE1/2048\nINDEX 01 00:00:00\n";
    fs::write(desk.path().join("plain.cue"), sheet).unwrap();
    for name in ["xa", "plain"] {
        desk.run(&format!("disc new {name}.disc"));
        desk.run(&format!("burn {name}.cue --disc {name}.disc"));
        let said = desk.run(&format!("rip back.cue --disc {name}.disc --force"));
        assert!(!said.contains("disc type"), "{name}: {said}");
        desk.run(&format!("disc import back.cue {name}-again.disc"));
        assert!(desk.run(&format!("disc diff {name}.disc {name}-again.disc")).starts_with("the same"));
    }
}

#[test]
fn a_burn_goes_through_the_drive_that_is_named() {
    let desk = Desk::new();
    desk.run("disc new my.disc");
    desk.run("burn disc.cue --disc my.disc --personality plextor-px-w4824a");
    desk.run("rip back.cue --disc my.disc --personality plextor-px-w4824a");
    assert!(desk.fails("rip no.cue --disc my.disc --personality nobody", 2).contains("nobody"));
    assert!(desk.fails("rip no.cue", 2).contains("--disc"));
    assert!(desk.fails("rip no.cue --disc my.disc --device /dev/null", 2).contains("cannot be used with"));
    let both = desk.fails("rip no.cue --device /dev/null --personality reference", 2);
    assert!(both.contains("cannot be used with"), "{both}");
}

#[test]
fn sessions_follow_where_they_may() {
    let desk = Desk::new();
    desk.run("disc new my.disc");
    desk.run("burn disc.cue --disc my.disc --appendable");
    let refused = desk.fails("burn data.iso --disc my.disc", 2);
    assert!(refused.contains("0xC0AA0606"), "{refused}");
    desk.run("burn data.iso --disc my.disc --policy appendable");
    assert!(desk.run("lint my.disc").contains("nothing to complain of"));
    desk.run("rip second.iso --disc my.disc --session 2");
    assert!(desk.read("second.iso") == desk.read("data.iso"));
    desk.fails("burn data.iso --disc my.disc --policy appendable", 2);
}

#[test]
fn nothing_is_overwritten_and_nothing_is_half_loaded() {
    let desk = Desk::new();
    desk.run("disc new my.disc");
    assert!(desk.fails("disc new my.disc", 2).contains("--force replaces it"));
    desk.run("disc new my.disc --force --kind cd-rw");
    assert!(desk.fails("burn disc.cue --disc other.disc", 2).contains("`rawcd disc new FILE` makes a disc"));
    assert!(desk.fails("burn disc.cue --device /dev/null", 2).contains("/dev/null"));
    let mut bytes = desk.read("my.disc");
    let last = bytes.len() - 1;
    bytes[last] ^= 1;
    fs::write(desk.path().join("spoilt.disc"), &bytes).unwrap();
    fs::write(desk.path().join("torn.disc"), &bytes[..last]).unwrap();
    for name in ["spoilt.disc", "torn.disc"] {
        let said = desk.fails(&format!("disc show {name}"), 2);
        assert!(said.contains(name) && said.contains("at byte"), "{said}");
    }
    assert!(desk.fails("burn sound.pcm --disc my.disc", 2).contains("no raw image"));
}

#[test]
fn the_linter_lists_its_rules_and_tells_programs() {
    let desk = Desk::new();
    assert!(desk.run("lint --rules").lines().count() > 20);
    desk.run("disc new my.disc");
    desk.run("burn disc.cue --disc my.disc --no-verify");
    let report: serde_json::Value = serde_json::from_str(&desk.run("disc lint my.disc --json")).unwrap();
    assert_eq!(report["findings"], serde_json::json!([]));
}
