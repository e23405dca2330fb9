use super::*;

/// Every file of this project's own fixtures can be read.
#[test]
fn own_fixtures_are_well_formed() {
    let fixtures = Path::new(env!("CARGO_MANIFEST_DIR")).join("../../fixtures");
    match Suite::load(&[fixtures]) {
        Ok(suite) => {
            assert!(!suite.cases().is_empty());
            let sent = suite.commands();
            assert!(sent.contains_key(&0x51) && sent.contains_key(&0x43), "{sent:?}");
        }
        Err(error) => panic!("{error}"),
    }
}

const MEDIUM: &str = r#"(disc: (kind: CdR, atip: (lead_in: "97:26:66", last_lead_out: "79:59:74")))"#;

fn media() -> Arc<Media> {
    let mut media = Media::default();
    media.add("blank-cdr-80", &Arc::new(Source::new("fixtures/media/blank-cdr-80.ron", MEDIUM))).unwrap();
    Arc::new(media)
}

fn read(text: &str) -> Result<Vec<Case>, Vec<Complaint>> {
    let source = Arc::new(Source::new("fixtures/toc/atip.ron", text));
    read_file("toc/atip", &source, &media(), &Arc::default())
}

/// A fixture that is right, with something put in the place of something else.
fn with(old: &str, new: &str) -> String {
    let text = GOOD.replacen(old, new, 1);
    assert_ne!(text, GOOD, "{old:?} is not there");
    text
}

const GOOD: &str = r#"// What the pregroove says.
(
    title: "ATIP of $kind",
    face: Drive,
    medium: Blank(kind: "$kind", lead_in: "$lead_in", last_lead_out: "79:59:74"),
    risk: ReadOnly,
    level: Must,
    origin: Standard("MMC-6 \"READ TOC/PMA/ATIP Command\""),
    steps: [
        Send(cdb: "43 00 04 00 00 00 00 00 1C 00", read: 28, save: "atip", expect: Reply([
            Is("lead_in_lba", "$lba"),
        ])),
        Send(cdb: "51 00 00 00 00 00 00 00 22 00", read: 34, expect: Reply([
            Same("lead_in", "atip.lead_in"),
        ])),
    ],
    cases: [
        (id: "cmc", with: {"kind": CdR, "lead_in": "97:26:66", "lba": -11634}),
        (id: "tdk", with: {"kind": CdRw, "lead_in": "97:10:00", "lba": -12900}, level: Should,
            origin: Observed(what: "97:10/00 printed as -12900", source: "a log")),
    ],
)
"#;

#[test]
fn rows_become_cases_with_their_own_values_level_and_origin() {
    let cases = read(GOOD).unwrap_or_else(|complaints| panic!("{}", complaints[0]));
    let [cmc, tdk] = &cases[..] else { panic!("{} cases", cases.len()) };
    assert_eq!((cmc.id.as_str(), tdk.id.as_str()), ("toc/atip::cmc", "toc/atip::tdk"));
    assert_eq!((cmc.family.as_str(), cmc.line, tdk.line), ("toc", 18, 19));
    assert_eq!(tdk.fixture.title, "ATIP of CdRw");
    assert_eq!((cmc.fixture.level.name(), tdk.fixture.level.name()), ("must", "should"));
    assert_eq!(
        (cmc.fixture.origin.kind().name(), tdk.fixture.origin.kind().name()),
        ("standard", "observed")
    );
    assert!(format!("{:?}", tdk.fixture.steps).contains("Int(-12900)"));
}

#[test]
fn a_value_may_be_an_expectation_or_a_medium() {
    let text = with(
        "medium: Blank(kind: \"$kind\", lead_in: \"$lead_in\", last_lead_out: \"79:59:74\")",
        "medium: \"$medium\"",
    )
    .replace("ATIP of $kind", "ATIP: ${what} costs 5$$")
    .replace(
        "expect: Reply([\n            Is(\"lead_in_lba\", \"$lba\"),\n        ])",
        "expect: \"$expect\"",
    );
    let table = text.find("    cases: [").unwrap();
    let text = format!(
        "{}    cases: [(id: \"a\", with: {{\"what\": \"blank\", \"medium\": Named(\"blank-cdr-80\"), \
         \"expect\": AnyOf([Good, Sense([\"2/04/*\"])])}})],\n)\n",
        &text[..table]
    );
    let cases = read(&text).unwrap_or_else(|complaints| panic!("{}", complaints[0]));
    assert_eq!(cases[0].fixture.title, "ATIP: blank costs 5$");
}

/// What is wrong outside the table is told once, not once a row.
#[test]
fn one_mistake_is_one_complaint() {
    for text in [with("read: 28", "raed: 28"), with("atip.lead_in", "atpi.lead_in")] {
        assert_eq!(read(&text).unwrap_err().len(), 1, "{text}");
    }
}

/// The good fixture with a step before its last that records, and something in it in the place of
/// something else.
fn recording(old: &str, new: &str) -> String {
    let step = "Record(image: (lead_in: -11634, tracks: [(content: Audio, blocks: 300)]), expect: Good)";
    with("Send(cdb: \"51", &format!("{},\n        Send(cdb: \"51", step.replacen(old, new, 1)))
}

/// The same with a call that records.
fn writing(old: &str, new: &str) -> String {
    let step = "Call(member: \"WriteMedia2\", args: [\"image\", 11634], image: (lead_in: -11634, tracks: []), expect: Ok)";
    with("Send(cdb: \"51", &format!("{},\n        Send(cdb: \"51", step.replacen(old, new, 1)))
        .replace("face: Drive", "face: Api")
        .replace("ReadOnly", "MayWrite")
}

/// The good fixture with a step that reads back.
fn reading_back(more: &str) -> String {
    with("Send(cdb: \"51", &format!("ReadBack(from: 0, blocks: 1{more}),\n        Send(cdb: \"51"))
}

/// The messages are what an author of fixtures sees of this crate.
#[test]
fn complaints_point_into_the_file() {
    let send = "Send(cdb: \"43 00 04 00 00 00 00 00 1C 00\", read: 28, save: \"atip\", expect:";
    let mistakes = [
        ("unknown field", with("read: 28", "raed: 28")),
        ("unknown field of the fixture", with("title:", "titel:")),
        ("unknown choice", with("face: Drive", "face: Drvie")),
        ("no fixture", "// Only\n// text.\n5\n".to_owned()),
        ("something else", "// Only\n// text.\nDisc(kind: CdR)\n".to_owned()),
        ("more than one", format!("{GOOD}{GOOD}")),
        ("brackets without end", with("Reply([", &format!("{}Reply([", "AnyOf([".repeat(200)))),
        ("wrong type", with("read: 28", "read: \"28\"")),
        ("missing field", with("    risk: ReadOnly,\n", "")),
        ("no comma", with("level: Must,", "level: Must")),
        ("unclosed", with("    ],\n)\n", "    ]\n")),
        ("unnamed fields", with(send, "Send(\"43 00 04 00 00 00 00 00 1C 00\", expect:")),
        ("bad hex", with("1C 00\"", "1C 0G\"")),
        ("bad sense", with("Reply([\n            Is(\"lead_in_lba\", \"$lba\"),\n        ])", "Sense([\"5/24\", \"$lba\"])")),
        ("short CDB", with("00 1C 00\"", "1C 00\"")),
        ("unknown medium", with("Blank(kind: \"$kind\", lead_in: \"$lead_in\", last_lead_out: \"79:59:74\")", "Named(\"blank-cdr80\")")
            .replace("$kind", "blank").replace("\"kind\": CdR, \"lead_in\": \"97:26:66\", ", "").replace("\"kind\": CdRw, \"lead_in\": \"97:10:00\", ", "")),
        ("unknown personality", with("face: Drive,", "face: Drive, personality: \"referrence\",")),
        ("unknown decoded field", with("Is(\"lead_in_lba\"", "Is(\"leadin_lba\"")),
        ("unknown saved name", with("\"atip.lead_in\"", "\"atpi.lead_in\"")),
        ("unknown field of a saved reply", with("\"atip.lead_in\"", "\"atip.lead_out\"")),
        ("undefined parameter", with("\"$lead_in\"", "\"$leadin\"")),
        ("unused parameter", with("\"lba\": -11634", "\"lba\": -11634, \"lab\": 1")),
        ("value of the wrong type", with("\"kind\": CdRw", "\"kind\": 5")),
        ("bad time in a row", with("97:10:00", "97:10:75")),
        ("same id twice", with("id: \"tdk\"", "id: \"cmc\"")),
        ("bad id", with("id: \"tdk\"", "id: \"t dk\"")),
        ("unknown field of a row", with("level: Should", "levle: Should")),
        ("nothing done", with("Is(\"lead_in_lba\", \"$lba\"),", "").replace("steps: [", "steps: [], // $lba\n/*").replace("    cases:", "    */ cases:").replace(", \"lba\": -11634", "").replace(", \"lba\": -12900", "")),
        ("empty origin", with("MMC-6 \\\"READ TOC/PMA/ATIP Command\\\"", " ")),
        ("risk too low", with("Send(cdb: \"51", "Send(cdb: \"A1 00 00 00 00 00 00 00 00 00 00 00\", expect: Good),\n        Send(cdb: \"51")),
        ("tray below its risk", with("Send(cdb: \"51", "Send(cdb: \"1B 00 00 00 02 00\", expect: Good),\n        Send(cdb: \"51")),
        ("writing below its risk", with("Send(cdb: \"51", "Send(cdb: \"A1 00 00 00 00 00 00 00 00 00 00 00\", expect: Good),\n        Send(cdb: \"51").replace("risk: ReadOnly", "risk: MayMove")),
        ("tier too low", with("risk: ReadOnly", "risk: MayWrite, tier: Rewritable")),
        ("no tier", with("risk: ReadOnly", "risk: ReadOnly, tier: Harmless")),
        ("no member in a drive", with("Send(cdb: \"51", "Call(member: \"PrepareMedia\", expect: Ok),\n        Send(cdb: \"51")),
        ("unknown member", with("Send(cdb: \"51", "Call(member: \"PrepareMeda\", expect: Ok),\n        Send(cdb: \"51").replace("face: Drive", "face: Api")),
        ("arguments", with("Send(cdb: \"51", "Call(member: \"SetWriteSpeed\", args: [4], expect: Ok),\n        Send(cdb: \"51").replace("face: Drive", "face: Api")),
        ("unknown HRESULT", with("Send(cdb: \"51", "Call(member: \"PrepareMedia\", expect: Fails([\"E_IMAPI_DF2RAW_MEDIA_IS_NOT_PREPARD\"])),\n        Send(cdb: \"51").replace("face: Drive", "face: Api")),
        ("a success that fails", with("Send(cdb: \"51", "Call(member: \"PrepareMedia\", expect: Fails([\"S_OK\"])),\n        Send(cdb: \"51").replace("face: Drive", "face: Com")),
        ("recording below its risk", recording("", "")),
        ("no such session", recording("blocks: 300", "blocks: 3000000").replace("ReadOnly", "MayWrite")),
        ("blocks that are not there", recording("expect:", "skip: 18834, expect:").replace("ReadOnly", "MayWrite")),
        ("unknown field of a session", recording("lead_in: -", "leadin: -").replace("ReadOnly", "MayWrite")),
        ("a stream without an image", writing("image: (lead_in: -11634, tracks: []), ", "")),
        ("an image that nobody is handed", writing("\"image\", 11634", "2448, 11634")),
        ("an image of nothing", writing("", "")),
        ("no such action", writing("image: (", "events: [\"PREPARNG\"], image: (")),
        ("events of a drive", writing("image: (", "events: [\"PREPARING\"], image: (").replace("face: Api", "face: Drive")),
        ("sinks of the Rust face", writing("image: (", "by_sink: {\"vtabel\": [\"PREPARING\"]}, image: (")),
        ("no such figure", writing("image: (", "figures: [Every([Is(\"start\", 0)])], image: (")),
        ("a connection point of the Rust face", writing("\"WriteMedia2\", args: [\"image\", 11634], image: (lead_in: -11634, tracks: [])", "\"Advise\", args: [\"vtable\"]")),
        ("no such sink", writing("\"WriteMedia2\", args: [\"image\", 11634], image: (lead_in: -11634, tracks: [])", "\"Advise\", args: [\"sink\"]").replace("face: Api", "face: Com")),
        ("a member of no track", writing("\"WriteMedia2\", args: [\"image\", 11634], image: (lead_in: -11634, tracks: [])", "\"get_ISRC\"")),
        ("blocks without sub-channel", writing("tracks: []", "tracks: [(content: Audio, blocks: 300)], block: User")),
        ("nothing to read back", reading_back("")),
        ("too much to read back", reading_back(", equals: Refused([\"5/21/00\"])").replace("blocks: 1", "blocks: 1001")),
        ("a refusal with nothing", reading_back(", equals: Refused([])")),
        ("unknown field of a reading command", reading_back(", by: ReadCd(man: User)")),
        ("a call from an event that cannot be", writing("image: (", "during: [(action: \"WRITING\", member: \"CancelWrit\", expect: Ok)], image: (")),
    ];
    let mut told = String::new();
    for (name, text) in mistakes {
        let complaints = read(&text).err().unwrap_or_else(|| panic!("{name} was not noticed:\n{text}"));
        told += &format!("== {name} ==\n");
        for complaint in complaints {
            let (line, column) = complaint.file.line_column(complaint.span.start);
            assert!(line > 1, "{name} points at {line}:{column}");
            told += &format!("{complaint}\n");
        }
        told.push('\n');
    }
    insta::assert_snapshot!("complaints", told);
}

#[test]
fn directories_are_read_with_their_media_and_deviations() {
    let folder = tempfile::tempdir().unwrap();
    let write = |name: &str, text: &str| {
        let path = folder.path().join(name);
        fs::create_dir_all(path.parent().unwrap()).unwrap();
        fs::write(path, text).unwrap();
    };
    write("toc/deep/atip.ron", GOOD);
    write("media/mine.ron", MEDIUM);
    write("vectors/not-a-fixture.ron", "whatever");
    write("notes.txt", "whatever");
    write(
        "deviations/one.ron",
        "(drive: Personality(\"reference\"), deviations: [(cases: [\"toc/*::cmc\"], reason: \"r\", source: \"s\")])",
    );
    let suite = Suite::load(&[folder.path()]).unwrap_or_else(|error| panic!("{error}"));
    let ids: Vec<_> = suite.cases().iter().map(|case| case.id.as_str()).collect();
    assert_eq!(ids, ["toc/deep/atip::cmc", "toc/deep/atip::tdk"]);
    assert_eq!(suite.media().names().collect::<Vec<_>>(), ["mine"]);

    // The same directory twice: every name is taken, and each is said.
    let error = Suite::load(&[folder.path(), folder.path()]).unwrap_err();
    assert_eq!(error.complaints.len(), 3, "{error}");
    // Nothing there, and a file that is not text.
    assert_eq!(Suite::load(&[folder.path().join("nowhere")]).unwrap_err().unreadable.len(), 1);
    fs::write(folder.path().join("toc/binary.ron"), [0xFF, 0xFE]).unwrap();
    assert_eq!(Suite::load(&[folder.path()]).unwrap_err().unreadable.len(), 1);
}

#[test]
fn media_of_another_directory_can_be_borrowed() {
    let own = tempfile::tempdir().unwrap();
    let other = tempfile::tempdir().unwrap();
    fs::create_dir(other.path().join("media")).unwrap();
    fs::write(other.path().join("media/blank.ron"), MEDIUM).unwrap();
    let text = with(
        "Blank(kind: \"$kind\", lead_in: \"$lead_in\", last_lead_out: \"79:59:74\")",
        "Named(\"blank\")",
    )
    .replace("ATIP of $kind", "ATIP of $kind, $lead_in");
    fs::write(own.path().join("mine.ron"), text).unwrap();
    assert!(Suite::load(&[own.path()]).is_err());
    let suite =
        Suite::load_with_media(&[own.path()], &[other.path()]).unwrap_or_else(|error| panic!("{error}"));
    assert_eq!(suite.cases().len(), 2);
}

#[test]
fn a_file_may_not_record_without_end() {
    let step = "Record(image: (lead_in: -11634, tracks: [(content: Audio, blocks: 40000)]), expect: Good),";
    let text = with("Send(cdb: \"51", &format!("{}\n        Send(cdb: \"51", step.repeat(40)))
        .replace("ReadOnly", "MayWrite");
    let complaints = read(&text).unwrap_err();
    assert_eq!(complaints.len(), 1);
    assert!(
        complaints[0].to_string().contains("record or read back more than 4000000 blocks"),
        "{}",
        complaints[0]
    );
}

/// Test runners share cases between threads.
#[test]
fn cases_go_to_other_threads() {
    fn shared<T: Send + Sync + 'static>() {}
    shared::<Case>();
    shared::<Suite>();
}

mod hostile {
    use proptest::prelude::*;

    use super::*;

    proptest! {
        #![proptest_config(ProptestConfig::with_cases(512))]

        /// Whatever is cut from, or put into, a fixture: cases or complaints, never a panic.
        #[test]
        fn damaged_files_are_complained_about(at in 0..GOOD.len(), cut in 0usize..40, put in "[\"$(){}\\[\\]a:,/*#r\\\\ä\n]{0,6}") {
            let end = (at + cut).min(GOOD.len());
            if GOOD.is_char_boundary(at) && GOOD.is_char_boundary(end) {
                let text = format!("{}{put}{}", &GOOD[..at], &GOOD[end..]);
                if let Err(complaints) = read(&text) {
                    prop_assert!(!complaints.is_empty());
                    for complaint in complaints {
                        prop_assert!(complaint.to_string().contains("fixtures/toc/atip.ron"));
                    }
                }
            }
        }
    }
}
