//! What must hold of the workspace as a whole, and that no crate can see of itself.

#![allow(clippy::unwrap_used, clippy::panic, reason = "a test program: a panic is its answer")]

use std::collections::{BTreeMap, BTreeSet};
use std::fs;
use std::path::{Path, PathBuf};
use std::sync::LazyLock;
use std::time::Duration;

use mmc_conformance::fixture::{Act, Medium, Origin, Step};
use mmc_conformance::suite::{Case, Suite};
use mmc_sim::{DiscKind, Drive, Personality, Scene};
use mmc_wire::Sense;
use mmc_wire::command::{ROWS, Row};
use scsi_transport::{Data, Transport};

/// Rows of the command table that the simulated drive refuses as unknown, and why.
///
/// Exact: a command that gets a handler has to leave this table, and then needs a fixture.
const NOT_MODELLED: &[(&[&str], &str)] = &[
    (
        &["WRITE AND VERIFY (10)"],
        "for media that are written at random; a CD is not (MMC \"WRITE AND VERIFY (10) Command\")",
    ),
    (
        &["PLAY AUDIO (10)", "PLAY AUDIO MSF", "PAUSE/RESUME", "STOP PLAY/SCAN", "SCAN"],
        "playing audio is not part of this version; two personalities tell its feature (0103h)",
    ),
    (&["LOAD/UNLOAD MEDIUM"], "the drive is no changer (feature 0102h)"),
];

/// Personalities that no fixture names, and what tests them instead.
///
/// Exact, as above.
const PERSONALITIES_WITHOUT_FIXTURE: &[(&[&str], &str)] = &[];

/// The crates that talk to the system or to COM; each unsafe block there says why it is sound.
const MAY_BE_UNSAFE: [&str; 2] = ["raw-cd-com", "scsi-passthrough"];

/// Longest source file, in lines.
const LONGEST: usize = 500;

/// Fewest cases that the suite may have.
const FEWEST_CASES: usize = 400;

/// Left in a file by accident: paths of the place where it was written, and work not done. In
/// pieces, so that this file does not contain them.
const FORBIDDEN: [&str; 5] = [
    concat!("shar", "ed/"),
    concat!("/wo", "rk/"),
    concat!("text", "-index"),
    concat!("to", "do!"),
    concat!("unimple", "mented!"),
];

fn root() -> &'static Path {
    Path::new(env!("CARGO_MANIFEST_DIR"))
}

/// The fixtures, read once for all tests here.
fn suite() -> &'static Suite {
    static SUITE: LazyLock<Suite> =
        LazyLock::new(|| Suite::load(&[root().join("fixtures")]).unwrap_or_else(|error| panic!("{error}")));
    &SUITE
}

/// Every text file that belongs to the project.
fn files(extensions: &[&str]) -> Vec<PathBuf> {
    let mut found = Vec::new();
    let mut folders = vec![root().to_owned()];
    while let Some(folder) = folders.pop() {
        for entry in fs::read_dir(&folder).unwrap() {
            let path = entry.unwrap().path();
            let name = path.file_name().unwrap().to_string_lossy().into_owned();
            if path.is_dir() {
                if !name.starts_with('.') && name != "target" {
                    folders.push(path);
                }
            } else if extensions.iter().any(|extension| name.ends_with(extension)) {
                found.push(path);
            }
        }
    }
    assert!(!found.is_empty(), "no {extensions:?} under {}", root().display());
    found.sort();
    found
}

fn shown(path: &Path) -> String {
    path.strip_prefix(root()).unwrap_or(path).display().to_string()
}

/// Whether the simulated drive that lacks nothing has a handler for this command.
fn is_modelled(row: &Row) -> bool {
    let scene = Scene::blank(DiscKind::CdR, "97:26:66".parse().unwrap(), "79:59:74".parse().unwrap());
    let mut drive = Drive::new(Personality::reference(), &scene).unwrap();
    let mut cdb = vec![0; row.cdb_bytes()];
    cdb[0] = row.opcode;
    let outcome = drive.execute(&cdb, Data::None, Duration::from_secs(1)).unwrap();
    Sense::in_data(&outcome.sense) != Some(Sense::INVALID_OPERATION_CODE)
}

fn listed(table: &[(&[&'static str], &str)]) -> BTreeSet<&'static str> {
    let mut names = BTreeSet::new();
    for (group, reason) in table {
        assert!(!reason.trim().is_empty(), "{group:?} has no reason");
        for name in *group {
            assert!(names.insert(*name), "{name} is listed twice");
        }
    }
    names
}

#[test]
fn the_table_of_commands_not_modelled_is_exact() {
    let missing: BTreeSet<&str> = ROWS.iter().filter(|row| !is_modelled(row)).map(|row| row.name).collect();
    assert_eq!(listed(NOT_MODELLED), missing);
}

#[test]
fn every_modelled_command_is_sent_by_a_fixture() {
    let suite = suite();
    let sent: BTreeSet<u8> = steps(suite)
        .filter_map(|step| match step {
            Step::Send { cdb, .. } => cdb.0.first().copied(),
            Step::Record { by, .. } => Some(by.opcode()),
            Step::ReadBack { by, .. } => Some(by.opcode()),
            _ => None,
        })
        .collect();
    let unsent: Vec<&str> = ROWS
        .iter()
        .filter(|row| is_modelled(row) && !sent.contains(&row.opcode))
        .map(|row| row.name)
        .collect();
    assert!(unsent.is_empty(), "no fixture sends {unsent:?}");
}

#[test]
fn every_medium_is_used_by_a_fixture() {
    let suite = suite();
    let of_cases = suite.cases().iter().map(|case| &case.fixture.medium);
    let inserted = steps(suite)
        .filter_map(|step| if let Step::Host(Act::Insert(medium)) = step { Some(medium) } else { None });
    let used: BTreeSet<&str> = of_cases
        .chain(inserted)
        .filter_map(|medium| if let Medium::Named(name) = medium { Some(name.as_str()) } else { None })
        .collect();
    let unused: Vec<&str> = suite.media().names().filter(|name| !used.contains(name)).collect();
    assert!(unused.is_empty(), "no fixture uses the media {unused:?}");
}

#[test]
fn every_personality_is_used_by_a_fixture() {
    let suite = suite();
    let used: BTreeSet<&str> =
        suite.cases().iter().filter_map(|case| case.fixture.personality.as_deref()).collect();
    let unused: BTreeSet<&str> =
        Personality::builtin_names().iter().copied().filter(|name| !used.contains(name)).collect();
    assert_eq!(listed(PERSONALITIES_WITHOUT_FIXTURE), unused);
}

#[test]
fn the_suite_is_as_large_as_promised_and_no_id_comes_twice() {
    let suite = suite();
    let ids: BTreeSet<&str> = suite.cases().iter().map(|case| case.id.as_str()).collect();
    assert_eq!(ids.len(), suite.cases().len());
    assert!(ids.len() >= FEWEST_CASES, "{} cases: expected {FEWEST_CASES}", ids.len());
}

#[test]
fn every_case_says_where_its_expectation_comes_from() {
    let silent = |case: &&Case| match &case.fixture.origin {
        Origin::Standard(text) | Origin::Microsoft(text) => text.trim().is_empty(),
        Origin::Observed { what, source } => what.trim().is_empty() || source.trim().is_empty(),
        Origin::Open { question, reading } => question.trim().is_empty() || reading.trim().is_empty(),
    };
    let suite = suite();
    let silent: Vec<&str> = suite.cases().iter().filter(silent).map(|case| case.id.as_str()).collect();
    assert!(silent.is_empty(), "{silent:?}");
}

#[test]
fn no_file_holds_what_was_left_by_accident() {
    let mut found = Vec::new();
    for path in files(&[".rs", ".ron", ".md", ".toml", ".snap", ".yml", ".txt"]) {
        let text = fs::read_to_string(&path).unwrap();
        for (n, line) in text.lines().enumerate() {
            let words = FORBIDDEN.iter().filter(|word| line.contains(*word));
            found.extend(words.map(|word| format!("{}:{}: {word}", shown(&path), n + 1)));
        }
    }
    assert!(found.is_empty(), "{}", found.join("\n"));
}

/// The rows of a table in Markdown whose first cell satisfies `is_key`: that cell, and the others.
///
/// Panics over a key that comes twice, and over a row with an empty cell.
fn table(file: &str, is_key: fn(&str) -> bool) -> BTreeMap<String, Vec<String>> {
    let text = fs::read_to_string(root().join(file)).unwrap();
    let mut rows = BTreeMap::new();
    for line in text.lines().filter(|line| line.starts_with('|')) {
        let mut cells: Vec<String> =
            line.trim_matches('|').split('|').map(|cell| cell.trim().to_owned()).collect();
        let key = cells.remove(0);
        if is_key(&key) {
            assert!(
                cells.len() >= 2 && cells.iter().all(|cell| cell.len() > 2),
                "{file}: {key} says nothing in a cell"
            );
            assert!(rows.insert(key.clone(), cells).is_none(), "{file}: {key} comes twice");
        }
    }
    rows
}

/// Labels that stand behind `public log` on a line: `public logs 1, 2 (an aside) and 3`.
fn labels(text: &str) -> impl Iterator<Item = &str> {
    let cited = text.lines().flat_map(|line| line.split("public log").skip(1));
    let cited = cited.map(|rest| rest.split(['"', ';', ':']).next().unwrap_or_default());
    cited.flat_map(|list| list.split(|c: char| !c.is_ascii_digit())).filter(|run| run.len() >= 9)
}

#[test]
fn every_public_log_that_is_cited_has_a_row_and_every_row_is_cited() {
    let is_label = |cell: &str| !cell.is_empty() && cell.bytes().all(|byte| byte.is_ascii_digit());
    let rows = table("fixtures/SOURCES.md", is_label);
    let texts: BTreeSet<&Vec<String>> = rows.values().collect();
    assert_eq!(texts.len(), rows.len(), "two rows of SOURCES.md have the same text");

    let cited: BTreeSet<String> = files(&[".ron"])
        .iter()
        .flat_map(|path| labels(&fs::read_to_string(path).unwrap()).map(str::to_owned).collect::<Vec<_>>())
        .collect();
    assert!(!cited.is_empty());
    assert_eq!(cited, rows.into_keys().collect(), "left: cited in a file; right: a row of SOURCES.md");
}

#[test]
fn every_open_question_has_a_number_and_every_question_about_drives_is_asked() {
    let is_number = |cell: &str| {
        let digits = cell.strip_prefix("O-").or_else(|| cell.strip_prefix("D-"));
        digits.is_some_and(|digits| digits.parse::<u16>().is_ok())
    };
    let rows = table("fixtures/QUESTIONS.md", is_number);
    let mut asked = BTreeSet::new();
    for path in files(&[".ron"]) {
        let text = fs::read_to_string(&path).unwrap();
        for question in text.split("question: \"").skip(1) {
            let question = question.split('"').next().unwrap_or_default();
            let (number, words) = question.split_once(' ').unwrap_or_default();
            assert!(rows.contains_key(number), "{}: {question}: no such number", shown(&path));
            assert!(!words.trim().is_empty(), "{}: {number} says nothing", shown(&path));
            asked.insert(number.to_owned());
        }
    }
    let unasked: Vec<&String> =
        rows.keys().filter(|row| row.starts_with("D-") && !asked.contains(*row)).collect();
    assert!(unasked.is_empty(), "no fixture asks {unasked:?}");
}

#[test]
fn every_crate_forbids_unsafe_code_but_two() {
    for entry in fs::read_dir(root().join("crates")).unwrap() {
        let folder = entry.unwrap().path();
        if !folder.is_dir() {
            continue;
        }
        let name = folder.file_name().unwrap().to_string_lossy().into_owned();
        let roots = ["src/lib.rs", "src/main.rs"].map(|file| folder.join(file));
        let roots: Vec<_> = roots.iter().filter(|path| path.exists()).collect();
        assert!(!roots.is_empty(), "{name} has neither lib.rs nor main.rs");
        for path in roots {
            let text = fs::read_to_string(path).unwrap();
            let forbids = text.lines().any(|line| line == "#![forbid(unsafe_code)]");
            let may = MAY_BE_UNSAFE.contains(&name.as_str());
            assert!(forbids || may, "{} does not forbid unsafe code", shown(path));
        }
    }
}

#[test]
fn no_source_file_is_too_long_to_read() {
    let long: Vec<String> = files(&[".rs"])
        .iter()
        .map(|path| (path, fs::read_to_string(path).unwrap().lines().count()))
        .filter(|(_, lines)| *lines > LONGEST)
        .map(|(path, lines)| format!("{}: {lines} lines", shown(path)))
        .collect();
    assert!(long.is_empty(), "more than {LONGEST} lines: {}", long.join(", "));
}

fn steps(suite: &Suite) -> impl Iterator<Item = &Step> {
    suite.cases().iter().flat_map(|case| &case.fixture.steps)
}
