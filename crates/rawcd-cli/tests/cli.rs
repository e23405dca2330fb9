//! The program as a user meets it: what it prints, and how it ends.
#![allow(clippy::unwrap_used, reason = "in a test a panic is the answer")]

use std::fs;
use std::path::Path;
use std::process::{Command, Output};

/// A fixture that holds of any drive, and one that never does.
const HOLDS: &str = r#"(
    title: "INQUIRY answers", face: Drive, medium: Named("no-disc"), risk: ReadOnly, level: Must,
    origin: Standard("SPC-3 \"INQUIRY command\""),
    steps: [Send(cdb: "12 00 00 00 24 00", read: 36, expect: Good)],
)"#;
const FAILS: &str = r#"(
    title: "TEST UNIT READY is GOOD in an empty drive", face: Drive, medium: Named("no-disc"), risk: ReadOnly, level: Must,
    origin: Standard("none: this is a wrong expectation"),
    steps: [Send(cdb: "00 00 00 00 00 00", expect: Good)],
)"#;
const MISTAKEN: &str = r#"(
    title: "a mistake", face: Drive, medium: Named("no-disk"), risk: ReadOnly, level: Must,
    origin: Standard("none"),
    steps: [Send(cdb: "12 00 00 00 24 00", read: 36, expect: Good)],
)"#;

fn rawcd(args: &[&str]) -> Output {
    Command::new(env!("CARGO_BIN_EXE_rawcd"))
        .args(args)
        .current_dir(Path::new(env!("CARGO_MANIFEST_DIR")).join("../.."))
        .env("NO_COLOR", "1")
        .output()
        .unwrap()
}

/// Exit status, standard output and standard error as one text.
fn told(output: &Output) -> String {
    let text = |bytes: &[u8]| String::from_utf8_lossy(bytes).into_owned();
    let status = output.status.code().map_or("killed".to_owned(), |code| code.to_string());
    format!("{}{}exit status {status}\n", text(&output.stdout), text(&output.stderr))
}

/// `told`, with what differs from run to run taken out.
fn steady(output: &Output, folder: &Path) -> String {
    let text = told(output).replace(&folder.display().to_string(), "FOLDER");
    let (head, tail) = text.split_once(" in 0.").map_or((text.as_str(), ""), |(head, rest)| {
        (head, rest.split_once('\n').map_or("", |(_, tail)| tail))
    });
    if tail.is_empty() { head.to_owned() } else { format!("{head} in a moment\n{tail}") }
}

fn conform(files: &[(&str, &str)], more: &[&str]) -> String {
    let folder = tempfile::tempdir().unwrap();
    for (name, text) in files {
        fs::write(folder.path().join(name), text).unwrap();
    }
    let path = folder.path().display().to_string();
    let mut args = vec!["conform", "--fixtures", &path];
    args.extend(more);
    steady(&rawcd(&args), folder.path())
}

#[test]
fn info_shows_the_heart_of_it() {
    insta::assert_snapshot!(told(&rawcd(&["info"])));
}

#[test]
fn info_shows_sessions_with_block_and_time() {
    insta::assert_snapshot!(told(&rawcd(&[
        "info",
        "--medium",
        "appendable-cdr-3",
        "--personality",
        "hp-gh40l"
    ])));
}

#[test]
fn info_of_an_empty_drive_says_what_the_drive_said() {
    insta::assert_snapshot!(told(&rawcd(&["info", "--medium", "no-disc"])));
}

/// No lead-in has the tracks of an open session; the PMA has.
#[test]
fn info_shows_the_tracks_of_an_open_session() {
    let text = told(&rawcd(&["info", "--medium", "open-cdr"]));
    let (_, disc) = text.split_once("Disc\n").unwrap();
    insta::assert_snapshot!(disc);
    let output = rawcd(&["info", "--medium", "open-cdr-2", "--json"]);
    let json: serde_json::Value = serde_json::from_slice(&output.stdout).unwrap();
    let sessions = json["disc"]["sessions"].as_array().unwrap();
    assert_eq!(sessions.iter().map(|session| &session["open"]).collect::<Vec<_>>(), [false, true]);
    // The second session's track is not the first's again.
    assert_eq!(sessions[1]["tracks"][0]["number"], 2, "{json:#}");
}

#[test]
fn info_for_a_program() {
    let text = told(&rawcd(&["info", "--medium", "finalised-cdr-audio", "--json"]));
    assert!(text.contains("\"start_of_next_session\": null"), "{text}");
    insta::assert_snapshot!(text);
}

#[test]
fn explanations() {
    let asked = [
        "0xC0AA0602",
        "C0AA0602",
        "80004005",
        "E_IMAPI_DF2RAW_MEDIA_IS_NOT_BLANK",
        "-1062599166",
        "2/3A/01",
        "70 00 05 00 00 00 00 0A 00 00 00 00 24 00 00 C8 00 01",
        "70 00 02 00 00 00 00 0A 00 00 00 00 04 07 00 80 40 00",
        "2A 00 FF FF D2 8E 00 00 1A 00",
        "52 01 00 00 00 FF 00 00 1C 00",
        "00 00 00 20 00 00",
        "F0 01 02",
        "02 04 01",
        "nonsense",
    ];
    let told: Vec<String> = asked
        .iter()
        .map(|what| format!("$ rawcd explain {what}\n{}", told(&rawcd(&["explain", what]))))
        .collect();
    insta::assert_snapshot!(told.join("\n"));
}

#[test]
fn all_as_expected_is_0() {
    insta::assert_snapshot!(conform(&[("holds.ron", HOLDS)], &[]));
}

#[test]
fn a_failure_is_1_and_tells_what_the_drive_said() {
    insta::assert_snapshot!(conform(&[("holds.ron", HOLDS), ("fails.ron", FAILS)], &[]));
}

#[test]
fn a_mistake_in_a_fixture_is_2_and_nothing_runs() {
    insta::assert_snapshot!(conform(&[("holds.ron", HOLDS), ("mistaken.ron", MISTAKEN)], &[]));
}

#[test]
fn reports_for_programs() {
    for format in ["json", "junit", "tap"] {
        let text = conform(&[("holds.ron", HOLDS), ("fails.ron", FAILS)], &["--format", format]);
        assert!(text.ends_with("exit status 1\n"), "{text}");
        assert!(text.contains("fails") && text.contains("holds"), "{text}");
    }
}

#[test]
fn a_report_can_go_to_a_file() {
    let folder = tempfile::tempdir().unwrap();
    let path = folder.path().join("report.xml").display().to_string();
    let output =
        rawcd(&["conform", "--filter", "raw_cd/client_name", "--format", "junit", "--output", &path]);
    assert!(output.status.success() && output.stdout.is_empty());
    assert!(fs::read_to_string(&path).unwrap().contains("client_name"));
}

#[test]
fn what_cannot_run_is_2_and_says_what_to_do() {
    let asked: [&[&str]; 7] = [
        &["conform", "--list", "--format", "tap"],
        &["info", "--medium", "/dev/zero"],
        &["conform", "--filter", "no-such-case"],
        &["conform", "--fixtures", "no-such-folder"],
        &["conform", "--device", "/dev/null"],
        &["info", "--device", "/no/such/drive"],
        &["explain", "5/24"],
    ];
    let told: Vec<String> =
        asked.iter().map(|args| format!("$ rawcd {}\n{}", args.join(" "), told(&rawcd(args)))).collect();
    insta::assert_snapshot!(told.join("\n"));
}

/// An owner's word is read before a drive is looked for, and never taken for another.
#[test]
fn a_word_that_is_none_is_2_and_names_what_was_expected() {
    let id = "cdrw-97:10:00-79:59:74-blank-1a2b3c4d";
    let asked: [&[&str]; 7] = [
        &["conform", "--allow", "rewritable"],
        &["conform", "--device", "/dev/null", "--disc-id", id],
        &["conform", "--device", "/dev/null", "--allow", "rewriteable", "--disc-id", id],
        &["conform", "--device", "/dev/null", "--allow", "rewritable", "--disc-id", "yes"],
        &["conform", "--device", "/dev/null", "--allow", "rewritable", "--disc-id", id],
        &["conform", "--device", "sim", "--allow", "rewritable"],
        &["conform", "--device", "sim", "--plan"],
    ];
    let told: Vec<String> =
        asked.iter().map(|args| format!("$ rawcd {}\n{}", args.join(" "), told(&rawcd(args)))).collect();
    insta::assert_snapshot!(told.join("\n"));
}

/// A writing run as its owner sees it, with the simulated drive in the real one's place.
#[test]
fn a_run_that_consumes_says_so_before_and_after() {
    const FILTER: [&str; 2] = ["--filter", "write/tao/whole_track::*cdrw-80"];
    let run = |args: &[&str]| {
        let args = [&["conform"], args, &FILTER].concat();
        format!("$ rawcd {}\n{}", args.join(" "), steady(&rawcd(&args), Path::new("/nowhere")))
    };
    let id = "cdrw-97:10:00-79:59:74-blank-5929fccd";
    let other = "cdrw-97:10:00-79:59:74-blank-5929fcce";
    let on = ["--device", "sim:blank-cdrw-80"];
    let told = [
        run(&[&on[..], &["--plan"]].concat()),
        run(&[&on[..], &["--plan", "--allow", "rewritable"]].concat()),
        run(&[&on[..], &["--allow", "rewritable"]].concat()),
        run(&[&on[..], &["--allow", "rewritable", "--disc-id", other]].concat()),
        run(&[&on[..], &["--allow", "rewritable", "--disc-id", id]].concat()),
        run(&["--device", "sim:no-disc", "--allow", "rewritable"]),
    ];
    insta::assert_snapshot!(told.join("\n"));
}

/// Every message once: what is wrong, where, and in the words of who wrote the file.
#[test]
fn a_bad_file_is_told_once_and_with_its_place() {
    let folder = tempfile::tempdir().unwrap();
    let written: [(&str, &str, &[u8]); 6] = [
        ("--medium", "disc.ron", b"(disc: (kind: CdX))"),
        ("--medium", "latin-1.ron", b"// \xFC\n(disc: (kind: CdR))"),
        ("--medium", "utf-16.ron", b"\xFF\xFE(\0)\0"),
        ("--medium", "wrong.ron", b"Personality(name: 1)"),
        ("--personality", "drive.ron", b"5"),
        ("--personality", "text.ron", b"(name: \"a\", sorces: [])"),
    ];
    let mut text = String::new();
    for (option, name, bytes) in written {
        let path = folder.path().join(name);
        fs::write(&path, bytes).unwrap();
        let path = path.display().to_string();
        text += &format!("$ rawcd info {option} {name}\n{}\n", told(&rawcd(&["info", option, &path])));
    }
    insta::assert_snapshot!(text.replace(&folder.path().display().to_string(), "FOLDER"));
}

#[test]
fn a_byte_order_mark_is_passed_over() {
    let folder = tempfile::tempdir().unwrap();
    let path = folder.path().join("disc.ron");
    let text = fs::read(Path::new(env!("CARGO_MANIFEST_DIR")).join("../../fixtures/media/blank-cdr-80.ron"));
    fs::write(&path, [b"\xEF\xBB\xBF", &text.unwrap()[..]].concat()).unwrap();
    assert!(rawcd(&["info", "--medium", &path.display().to_string()]).status.success());
}

/// Whoever reads may stop: `rawcd info | head -1`.
#[cfg(unix)]
#[test]
fn a_reader_that_leaves_is_no_failure() {
    let folder = tempfile::tempdir().unwrap();
    fs::write(folder.path().join("fails.ron"), FAILS).unwrap();
    let own = folder.path().display().to_string();
    let asked: [(&[&str], i32); 6] = [
        (&["info"], 0),
        (&["conform", "--list"], 0),
        (&["explain", "2/04/01"], 0),
        (&["completions", "bash"], 0),
        (&["drives"], 0),
        // The verdict is no matter of who reads it.
        (&["conform", "--fixtures", &own], 1),
    ];
    for (args, status) in asked {
        let (reader, writer) = std::io::pipe().unwrap();
        drop(reader);
        let output = Command::new(env!("CARGO_BIN_EXE_rawcd"))
            .args(args)
            .current_dir(Path::new(env!("CARGO_MANIFEST_DIR")).join("../.."))
            .env("NO_COLOR", "1")
            .stdout(writer)
            .output()
            .unwrap();
        let text = String::from_utf8_lossy(&output.stderr);
        assert_eq!(output.status.code(), Some(status), "{args:?}: {text}");
        assert!(!text.contains("pipe") && !text.contains("panicked"), "{args:?}: {text}");
    }
}

#[test]
fn the_list_of_cases_is_there_for_programs() {
    let output = rawcd(&["conform", "--list", "--format", "json", "--filter", "raw_cd/client_name"]);
    let list: serde_json::Value = serde_json::from_slice(&output.stdout).unwrap();
    let cases = list.as_array().unwrap();
    assert!(!cases.is_empty());
    for case in cases {
        assert!(case["id"].as_str().unwrap().starts_with("raw_cd/client_name"), "{case}");
        assert!(case["title"].is_string() && case["level"].is_string(), "{case}");
    }
}

#[test]
fn an_unknown_name_is_answered_with_those_there_are() {
    for (args, one) in [
        (["info", "--personality", "no-such-drive"], "pioneer-dvr-109"),
        (["info", "--medium", "no-such-disc"], "blank-cdr-80"),
    ] {
        let text = told(&rawcd(&args));
        assert!(text.contains("is called `no-such-") && text.contains(one), "{text}");
        assert!(text.ends_with("exit status 2\n"), "{text}");
    }
}

#[test]
fn drives_is_never_an_error() {
    let output = rawcd(&["drives", "--json"]);
    assert!(output.status.success());
    assert!(String::from_utf8_lossy(&output.stdout).trim_start().starts_with('['));
}

#[test]
fn completions_are_printed() {
    for shell in ["bash", "zsh", "fish"] {
        let output = rawcd(&["completions", shell]);
        assert!(output.status.success() && String::from_utf8_lossy(&output.stdout).contains("conform"));
    }
}
