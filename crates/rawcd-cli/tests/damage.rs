//! Scratched discs from the command line: what a person is told, and where.
#![allow(clippy::unwrap_used, reason = "in a test a panic is the answer")]

use std::fs;
use std::path::Path;
use std::process::Command;

struct Desk(tempfile::TempDir);

impl Desk {
    /// A folder with 320 blocks of data.
    fn new() -> Self {
        let folder = tempfile::tempdir().unwrap();
        let noise: Vec<u8> = (0..320 * 2048_usize).map(|n| (n * n / 7 % 251) as u8).collect();
        fs::write(folder.path().join("data.iso"), noise).unwrap();
        Self(folder)
    }

    fn path(&self) -> &Path {
        self.0.path()
    }

    /// Runs what must end so, and gives what it says.
    fn rawcd(&self, args: &str, status: i32) -> String {
        let output = Command::new(env!("CARGO_BIN_EXE_rawcd"))
            .args(args.split(' '))
            .current_dir(self.path())
            .env("NO_COLOR", "1")
            .output()
            .unwrap();
        let text = [output.stdout, output.stderr].concat();
        let text = String::from_utf8_lossy(&text).into_owned();
        assert_eq!(output.status.code(), Some(status), "{args}: {text}");
        text
    }

    fn read(&self, name: &str) -> Vec<u8> {
        fs::read(self.path().join(name)).unwrap()
    }
}

#[test]
fn a_scratch_is_shown_and_leaves_the_recording_alone() {
    let desk = Desk::new();
    desk.rawcd("disc new my.disc", 0);
    desk.rawcd("burn data.iso --disc my.disc", 0);
    fs::copy(desk.path().join("my.disc"), desk.path().join("whole.disc")).unwrap();
    let said = desk.rawcd("disc damage my.disc --range 100..110 --kind lost", 0);
    assert!(said.contains("LBA 100, 10 blocks: lost"), "{said}");
    desk.rawcd("disc damage my.disc --range 7 --kind c2 --bytes 8 --seed 3 --by-recording", 0);
    let shown = desk.rawcd("disc show my.disc", 0);
    assert!(shown.contains("2 defects"), "{shown}");
    assert!(
        shown.contains("reads badly: LBA 7, 1 block: C2, 8 bytes of 2352 wrong; by the recording"),
        "{shown}"
    );
    let json: serde_json::Value = serde_json::from_str(&desk.rawcd("disc show my.disc --json", 0)).unwrap();
    assert_eq!(json["defects"][0]["first"], 100);
    let differ = desk.rawcd("disc diff my.disc whole.disc", 1);
    assert!(differ.contains("what reads badly differs") && !differ.contains("first frame"), "{differ}");
    assert!(desk.rawcd("lint my.disc", 0).contains("nothing to complain of"));
}

#[test]
fn a_rip_names_what_it_could_not_read() {
    let desk = Desk::new();
    desk.rawcd("disc new my.disc", 0);
    desk.rawcd("burn data.iso --disc my.disc", 0);
    desk.rawcd("disc damage my.disc --range 50 --kind c2 --bytes 8", 0);
    desk.rawcd("rip back.iso --disc my.disc", 0);
    assert!(desk.read("back.iso") == desk.read("data.iso"), "layered correction repairs it");

    desk.rawcd("disc damage my.disc --range 100..103 --kind lost", 0);
    desk.rawcd("disc damage my.disc --range 200 --kind focus", 0);
    let said = desk.rawcd("rip back.iso --disc my.disc --force", 1);
    assert!(said.contains("unreadable: LBA 100 to 102: 3/11/05"), "{said}");
    assert!(said.contains("unreadable: LBA 200: 4/09/02"), "{said}");
    assert!(said.contains("4 blocks could not be read; zeros stand for them"), "{said}");
    let (back, data) = (desk.read("back.iso"), desk.read("data.iso"));
    assert_eq!(back.len(), data.len());
    assert!(back[..100 * 2048] == data[..100 * 2048] && back[201 * 2048..] == data[201 * 2048..]);
    assert!(back[100 * 2048..103 * 2048].iter().all(|byte| *byte == 0));

    let said = desk.rawcd("rip other.iso --disc my.disc --on-error stop", 2);
    assert!(said.contains("LBA 100 cannot be read: 3/11/05"), "{said}");
}

#[test]
fn a_block_that_recovers_is_read_in_the_end() {
    let desk = Desk::new();
    desk.rawcd("disc new my.disc", 0);
    desk.rawcd("burn data.iso --disc my.disc", 0);
    desk.rawcd("disc damage my.disc --range 100 --kind lost --recovers-after 70", 0);
    // A drive tries a block twenty times a command.
    desk.rawcd("rip back.iso --disc my.disc --retries 0", 1);
    desk.rawcd("rip back.iso --disc my.disc --retries 3 --force", 0);
    assert!(desk.read("back.iso") == desk.read("data.iso"));
}

#[test]
fn a_burn_onto_a_scratch_is_found_by_the_verify() {
    let desk = Desk::new();
    desk.rawcd("disc new my.disc", 0);
    desk.rawcd("disc damage my.disc --range 77..80 --kind lost", 0);
    let said = desk.rawcd("burn data.iso --disc my.disc", 2);
    assert!(said.contains("LBA 77 cannot be read: 3/11/05"), "{said}");
}

#[test]
fn what_cannot_be_is_refused() {
    let desk = Desk::new();
    desk.rawcd("disc new my.disc", 0);
    for (args, why) in [
        ("--range 5..5 --kind q", "no block"),
        ("--range a..5 --kind q", "\"a\""),
        ("--range 5 --kind c2 --bytes 0", "0 bytes"),
        ("--range 449849..449851 --kind q", "expected"),
    ] {
        let said = desk.rawcd(&format!("disc damage my.disc {args}"), 2);
        assert!(said.contains(why), "{said}");
    }
    desk.rawcd("disc damage my.disc --range -150..-1 --kind q", 0);
}
