use std::collections::BTreeSet;
use std::path::Path;

use super::*;

fn builtins() -> impl Iterator<Item = (&'static str, Personality)> {
    BUILTIN.iter().map(|(name, text)| {
        (*name, Personality::from_ron(text).unwrap_or_else(|error| panic!("{name}.ron: {error}")))
    })
}

fn builtin(name: &str) -> Personality {
    Personality::builtin(name).unwrap_or_else(|| panic!("{name} is not built in"))
}

fn raw_types(personality: &Personality) -> &[u8] {
    personality.abilities.raw.as_ref().map_or(&[], |raw| &raw.block_types)
}

/// A personality of a drive without anything of its own, with `more` after its identity.
fn ron(vendor: &str, evidence: &str, more: &str) -> String {
    format!(
        r#"(
            name: "x",
            sources: ["s"],
            identity: (vendor: "{vendor}", product: "P", revision: "1"),
            habits: (locked_key: (is: 2, evidence: "{evidence}")),
            {more}
        )"#
    )
}

fn refusal(text: &str) -> String {
    Personality::from_ron(text).expect_err("the text is bad").to_string()
}

#[test]
fn every_builtin_parses_under_its_own_name() {
    for (file, personality) in builtins() {
        assert_eq!(personality.name, file);
    }
}

#[test]
fn every_file_of_the_directory_is_built_in() {
    let directory = Path::new(env!("CARGO_MANIFEST_DIR")).join("personalities");
    let files: BTreeSet<String> = std::fs::read_dir(directory)
        .expect("the crate has personalities")
        .map(|entry| entry.expect("a directory entry").path())
        .map(|path| path.file_stem().expect("a file name").to_string_lossy().into_owned())
        .collect();
    let names: BTreeSet<String> =
        Personality::builtin_names().iter().map(|name| (*name).to_owned()).collect();
    assert_eq!(files, names);
    assert_eq!(names.len(), Personality::builtin_names().len(), "a name is listed twice");
    let [first, drives @ ..] = Personality::builtin_names() else { panic!("no builtins") };
    assert_eq!(*first, "reference");
    assert!(drives.len() >= 8, "{drives:?}");
    assert!(drives.is_sorted(), "{drives:?}");
}

#[test]
fn no_file_hides_where_its_figures_come_from() {
    for (file, personality) in builtins() {
        assert!(!personality.sources.is_empty(), "{file}");
    }
    for none in ["[]", r#"["s", " "]"#] {
        let unsourced = ron("V", "e", "").replace(r#"["s"]"#, none);
        assert!(refusal(&unsourced).contains("sources are empty"), "{none}");
    }
}

#[test]
fn a_habit_without_evidence_is_refused() {
    assert!(Personality::from_ron(&ron("V", "a log", "")).is_ok());
    let message = refusal(&ron("V", "  ", ""));
    assert!(message.contains("evidence is empty"), "{message}");
    let message = refusal(&ron("V", "", "").replace(r#", evidence: """#, ""));
    assert!(message.contains("evidence"), "{message}");
}

#[test]
fn an_unknown_field_is_refused_by_name() {
    let message = refusal(&ron("V", "e", "colour: 1,"));
    assert!(message.contains("colour"), "{message}");
}

#[test]
fn identity_fits_the_inquiry_fields() {
    let message = refusal(&ron("NINE CHAR", "e", ""));
    assert_eq!(
        message,
        "personality: vendor is \"NINE CHAR\": expected at most 8 printable ASCII characters"
    );
    assert!(refusal(&ron("G\u{e9}n\u{e9}ral", "e", "")).contains("vendor"));
    assert!(Personality::from_ron(&ron("EIGHT CH", "e", "")).is_ok());
}

#[test]
fn a_data_block_type_fits_its_four_bits() {
    for (group, what) in [
        ("track_at_once: Some((block_types: [0, 16]))", "track_at_once"),
        ("session_at_once: Some((block_types: [0, 16]))", "session_at_once"),
        ("raw: Some((block_types: [1, 16]))", "raw"),
    ] {
        let message = refusal(&ron("V", "e", &format!("abilities: ({group}),")));
        assert_eq!(message, format!("personality: {what} names data block type 16: expected 0 to 15"));
        let fits = group.replace("16", "15");
        assert!(Personality::from_ron(&ron("V", "e", &format!("abilities: ({fits}),"))).is_ok());
    }
}

/// "Supported modes" of burning logs of these drives; the logs stand in the files.
#[test]
fn raw_data_block_types_are_those_of_the_logs() {
    for (name, types) in [
        ("asus-crw-5232a3", &[1, 2, 3][..]),
        ("lite-on-ltr-12101b", &[2, 3]),
        ("matshita-ujda340", &[]),
        ("nec-nd-3500ag", &[3]),
        ("optiarc-ad-7200s", &[3]),
        ("philips-cdd4851", &[1, 3]),
        ("pioneer-dvr-109", &[1, 2, 3]),
        ("pioneer-dvr-111d", &[1, 2, 3]),
        ("plextor-px-w1210a", &[1, 2, 3]),
        ("plextor-px-w4824a", &[1, 2, 3]),
        ("samsung-sw-212b", &[1, 3]),
        ("slimtype-lsc-24082k", &[1, 2, 3]),
        ("sony-crx175e", &[3]),
        ("teac-cd-w54e", &[]),
        ("tsstcorp-sh-r522c", &[1, 3]),
        ("yamaha-crw-f1e", &[3]),
    ] {
        assert_eq!(raw_types(&builtin(name)), types, "{name}");
    }
}

#[test]
fn the_drives_part_ways() {
    assert_eq!(builtin("philips-cdd4851").abilities.session_at_once, None);
    assert!(!builtin("plextor-px-w1210a").knows(0x46));
    assert!(!builtin("plextor-px-w1210a").knows(0xAC));
    assert!(builtin("plextor-px-w4824a").knows(0x46));
    let raw_next = |name| builtin(name).habits.raw_next_writable.is;
    assert_eq!(raw_next("pioneer-dvr-109"), RawNextWritable::Pregap);
    assert_eq!(raw_next("slimtype-lsc-24082k"), RawNextWritable::Zero);
    assert_eq!(raw_next("reference"), RawNextWritable::LeadInStart);
    assert_eq!(builtin("matshita-ujda340").habits.sao_next_writable.is, SaoNextWritable::Zero);
    assert_eq!(builtin("samsung-sw-212b").habits.no_medium.is, NoMediumSense::Plain);
    assert_eq!(builtin("asus-crw-5232a3").habits.no_medium.is, NoMediumSense::Precise);
}

#[test]
fn zones_begin_at_the_start_and_lie_in_order() {
    let with = |zones: &str| {
        let text = format!(
            r#"(name: "x", sources: ["x"], identity: (vendor: "V", product: "P", revision: "1"),
            speeds: (write: [(kbps: 7056, profile: Zclv([{zones}]))]))"#
        );
        Personality::from_ron(&text).map_err(|error| error.to_string())
    };
    let sound = with("(start: 0, kbps: 4234), (start: 45000, kbps: 7056)").unwrap();
    assert_eq!(sound.speeds.write[0].rotation_control(), 0);
    for (zones, why) in [
        ("", "from LBA 0 on"),
        ("(start: 1, kbps: 4234)", "from LBA 0 on"),
        ("(start: 0, kbps: 4234), (start: 0, kbps: 7056)", "LBA 0 behind the one at LBA 0"),
        ("(start: 0, kbps: 8467)", "8467 kB/s from LBA 0 on"),
        ("(start: 0, kbps: 0)", "0 kB/s from LBA 0 on"),
    ] {
        let error = with(zones).unwrap_err();
        assert!(error.contains("write speed 7056") && error.contains(why), "{error}");
    }
}
