//! Files that ask for more memory than there is: a complaint each, and the process lives.

#![allow(clippy::unwrap_used, clippy::panic, reason = "in a test a panic is the answer")]

use std::fs;

use mmc_conformance::suite::{LoadError, Suite};

/// A fixture with these steps and this table.
fn fixture(title: &str, steps: &str, cases: &str) -> String {
    format!(
        "(title: \"{title}\", face: Drive, medium: Blank(kind: CdR, lead_in: \"97:26:66\", \
         last_lead_out: \"79:59:74\"), risk: ReadOnly, level: Must, origin: Standard(\"SPC-3\"),\n\
         steps: [{steps}],\ncases: [{cases}])"
    )
}

fn load(name: &str, text: &[u8]) -> Result<Suite, LoadError> {
    let folder = tempfile::tempdir().unwrap();
    let path = folder.path().join(name);
    fs::create_dir_all(path.parent().unwrap()).unwrap();
    fs::write(&path, text).unwrap();
    Suite::load(&[folder.path()])
}

/// What is wrong with a file of which one thing is wrong.
fn complaint(text: &str) -> String {
    let error = load("family/case.ron", text.as_bytes()).err().unwrap_or_else(|| panic!("it was loaded"));
    let [complaint] = &error.complaints[..] else { panic!("{} complaints", error.complaints.len()) };
    complaint.what.clone()
}

const READY: &str = "Send(cdb: \"00 00 00 00 00 00\", expect: Good)";

fn rows(n: usize, with: &str) -> String {
    (0..n).map(|n| format!("(id: \"{n}\", with: {{{with}}}),")).collect()
}

#[test]
fn a_file_of_the_same_form_is_loaded() {
    let suite = load("family/case.ron", fixture("of $a", READY, &rows(300, "\"a\": 1")).as_bytes());
    assert_eq!(suite.unwrap().cases().len(), 300);
}

#[test]
fn a_byte_order_mark_is_passed_over() {
    let text = format!("\u{FEFF}{}", fixture("a", READY, ""));
    assert_eq!(load("family/case.ron", text.as_bytes()).unwrap().cases().len(), 1);
}

#[test]
fn large_files_are_refused_whatever_they_are() {
    for name in ["family/case.ron", "media/disc.ron", "deviations/drive.ron"] {
        let error = load(name, &vec![b' '; (4 << 20) + 1]).unwrap_err();
        assert!(error.to_string().contains("larger than 4 MiB"), "{name}: {error}");
    }
}

#[cfg(unix)]
#[test]
fn devices_and_pipes_are_no_fixtures() {
    let folder = tempfile::tempdir().unwrap();
    std::os::unix::fs::symlink("/dev/zero", folder.path().join("endless.ron")).unwrap();
    let error = Suite::load(&[folder.path()]).unwrap_err();
    assert!(error.to_string().contains("endless.ron: not a regular file"), "{error}");
}

/// 20 bytes of a file are 4 MiB of memory.
#[test]
fn repeated_bytes_are_counted_before_they_are_made() {
    let step = "Send(cdb: \"15 10 00 00 38 00\", write: \"00*4194304\", expect: Good),";
    let expected = "the cases of this file hold more than 64 MiB of bytes";
    assert_eq!(complaint(&fixture("a", &step.repeat(17), "")), expected);
    assert_eq!(complaint(&fixture("of $a", step, &rows(17, "\"a\": 1"))), expected);
    let hidden = step.replace("00*", "00\\x2A");
    assert_eq!(complaint(&fixture("a", &hidden.repeat(17), "")), expected);
    let by_row = step.replace("00*4194304", "$a");
    assert_eq!(complaint(&fixture("a", &by_row, &rows(17, "\"a\": \"00*4194304\""))), expected);
}

#[test]
fn steps_are_counted_over_all_cases() {
    let steps = "Wait(seconds: 1),".repeat(201);
    let expected = "the cases of this file have more than 20000 steps";
    assert_eq!(complaint(&fixture("of $a", &steps, &rows(100, "\"a\": 1"))), expected);
    let expected = "a table of 20001 cases";
    assert_eq!(complaint(&fixture("of $a", READY, &rows(20_001, "\"a\": 1"))), expected);
}

#[test]
fn text_that_multiplies_is_refused() {
    let expected = "the cases of this file come to more than 16 MiB of text";
    // A long file and many rows.
    let long = fixture(&format!("$a{}", " ".repeat(100_000)), READY, &rows(200, "\"a\": 1"));
    assert_eq!(complaint(&long), expected);
    // A long value that is used often, as a part of a text and as all of it.
    let value = format!("\"a\": \"{}\"", "x".repeat(100_000));
    assert_eq!(complaint(&fixture(&"$a ".repeat(200), READY, &rows(1, &value))), expected);
    let steps = "Send(cdb: \"$a\", expect: Good),".repeat(200);
    assert_eq!(complaint(&fixture("a", &steps, &rows(1, &value))), expected);
}

#[test]
fn nobody_reads_ten_thousand_complaints() {
    let text = fixture("$a", "Call(member: \"x\", expect: Ok),", &rows(10_000, ""));
    let error = load("family/case.ron", text.as_bytes()).unwrap_err();
    assert_eq!(error.complaints.len(), 100);
}

#[test]
fn what_is_kept_is_counted() {
    let steps: String = (0..257)
        .map(|n| format!("Send(cdb: \"00 00 00 00 00 00\", save: \"s{n}\", expect: Good),"))
        .collect();
    assert_eq!(complaint(&fixture("a", &steps, "")), "the steps keep more than 256 replies");
}

/// Brackets within brackets would fill the stack.
#[test]
fn nesting_has_an_end() {
    let deep = format!(
        "Send(cdb: \"00 00 00 00 00 00\", expect: {}Good{})",
        "AnyOf([".repeat(9999),
        "])".repeat(9999)
    );
    let what = complaint(&fixture("a", &deep, ""));
    assert_eq!(what, "brackets stand too deep within brackets");
}
