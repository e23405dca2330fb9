//! The judge has to be able to say no: for every kind of expectation, answers that are wrong.

use crate::fixture::Figures;
use core::time::Duration;

use scsi_transport::{Outcome, Status, TransportError};

use super::*;
use crate::face::Heard;
use crate::fixture::{CallExpect, DriveExpect, During};
use crate::syntax;

const DISC_INFORMATION: [u8; 10] = [0x51, 0, 0, 0, 0, 0, 0, 0, 34, 0];
const MODE_SELECT: [u8; 10] = [0x55, 0x10, 0, 0, 0, 0, 0, 0, 60, 0];

/// READ DISC INFORMATION of a blank 80-minute CD-R, layout by MMC, lead-in 97:26:66.
const BLANK: [u8; 24] = [0, 0x20, 0, 1, 1, 1, 1, 0x20, 0, 0, 0, 0, 0, 0, 0, 0, 0, 97, 26, 66, 0, 79, 59, 74];

fn answer(cdb: &[u8], outcome: Result<Outcome, TransportError>, data: &[u8]) -> Answer {
    Answer { cdb: cdb.to_vec(), outcome, data: data.to_vec() }
}

fn good(data: &[u8]) -> Answer {
    answer(&DISC_INFORMATION, Ok(Outcome::good(data.len())), data)
}

/// Fixed sense data with a field pointer.
fn refused(key: u8, asc: u8, ascq: u8, flags: u8, byte: u8) -> Answer {
    let sense = vec![0x70, 0, key, 0, 0, 0, 0, 10, 0, 0, 0, 0, asc, ascq, 0, flags, 0, byte];
    answer(&MODE_SELECT, Ok(Outcome::check(sense)), &[])
}

fn status(status: u8) -> Answer {
    answer(&DISC_INFORMATION, Ok(Outcome { status: Status(status), sense: vec![], transferred: 0 }), &[])
}

fn lost() -> Answer {
    answer(&DISC_INFORMATION, Err(TransportError::Timeout(Duration::from_secs(1))), &[])
}

fn kept() -> Saved {
    let fields =
        Fields::from([("lead_in_lba".to_owned(), Term::Int(-11_634)), ("text".to_owned(), "a".into())]);
    Saved::from([("atip".to_owned(), fields)])
}

fn patched(at: usize, byte: u8) -> Answer {
    let mut data = BLANK;
    data[at] = byte;
    good(&data)
}

#[test]
fn wrong_answers_of_a_drive_are_refused() {
    // Expectation; an answer that is right; answers that are not.
    let table: Vec<(&str, Answer, Vec<Answer>)> = vec![
        ("Good", good(&[]), vec![refused(5, 0x24, 0, 0, 0), status(8), lost()]),
        ("Status(0x18)", status(0x18), vec![good(&[]), status(8), refused(6, 0x29, 0, 0, 0), lost()]),
        (
            "Sense([\"5/24/00\", \"2/04/*\"])",
            refused(2, 4, 8, 0, 0),
            vec![
                good(&BLANK),
                refused(5, 0x24, 1, 0, 0),
                refused(6, 0x24, 0, 0, 0),
                refused(2, 5, 8, 0, 0),
                status(8),
                lost(),
                answer(&MODE_SELECT, Ok(Outcome::check(vec![])), &[]),
                answer(&MODE_SELECT, Ok(Outcome::check(vec![0xFF; 18])), &[]),
            ],
        ),
        (
            "SenseAt(any: [\"5/26/00\"], byte: 10, bit: 3)",
            refused(5, 0x26, 0, 0x8B, 10),
            vec![
                refused(5, 0x26, 0, 0x8B, 11), // another byte
                refused(5, 0x26, 0, 0x8C, 10), // another bit
                refused(5, 0x26, 0, 0xCB, 10), // in the CDB
                refused(5, 0x26, 0, 0x0B, 10), // pointer not valid
                refused(5, 0x24, 0, 0xCB, 10), // another code
                good(&[]),
                lost(),
            ],
        ),
        (
            "SenseAt(any: [\"5/24/00\"], byte: 2, if_given: true)",
            refused(5, 0x24, 0, 0, 0),
            vec![refused(5, 0x24, 0, 0xC0, 3), refused(5, 0x24, 0, 0x80, 2), refused(5, 0x26, 0, 0, 0)],
        ),
        (
            "SenseBytes([Length(18), Bytes(at: 7, are: \"0A\"), Bytes(at: 15, are: \"80\", mask: \"80\")])",
            refused(5, 0x26, 0, 0x8B, 10),
            vec![
                refused(5, 0x26, 0, 0x0B, 10), // the masked bit
                answer(
                    &MODE_SELECT,
                    Ok(Outcome::check(vec![0x70, 0, 5, 0, 0, 0, 0, 10, 0, 0, 0, 0, 0x26, 0])),
                    &[],
                ), // short
                answer(
                    &MODE_SELECT,
                    Ok(Outcome::check([&[0x70, 0, 5, 0, 0, 0, 0, 10][..], &[0x80; 11]].concat())),
                    &[],
                ), // long
                answer(
                    &MODE_SELECT,
                    Ok(Outcome::check([&[0x70, 0, 5, 0, 0, 0, 0, 14][..], &[0x80; 10]].concat())),
                    &[],
                ), // another byte 7
                answer(&MODE_SELECT, Ok(Outcome::check(vec![])), &[]),
                good(&BLANK),
                status(8),
                lost(),
            ],
        ),
        (
            "AnyOf([Good, Sense([\"2/04/07\"])])",
            refused(2, 4, 7, 0, 0),
            vec![refused(2, 4, 8, 0, 0), status(8), lost()],
        ),
        ("AnyOf([])", good(&[]), vec![]),
        ("Reply([])", good(&[]), vec![refused(5, 0x24, 0, 0, 0), lost()]),
        (
            "Reply([Is(\"status\", \"blank\")])",
            good(&BLANK),
            vec![patched(2, 0x02), good(&BLANK[..2]), good(&[]), refused(2, 0x3A, 0, 0, 0), lost()],
        ),
        (
            "Reply([Is(\"lead_in\", \"97:26:66\"), Is(\"lead_in_lba\", -11634)])",
            good(&BLANK),
            vec![patched(19, 65), patched(17, 0xFF), good(&BLANK[..19])],
        ),
        ("Reply([Is(\"last_lead_out_lba\", 359849)])", good(&BLANK), vec![patched(21, 80), patched(23, 75)]),
        ("Reply([Is(\"disc_id\", None)])", good(&BLANK), vec![patched(7, 0x80), good(&BLANK[..6])]),
        ("Reply([IsNot(\"status\", \"blank\")])", patched(2, 0x0E), vec![good(&BLANK), good(&BLANK[..1])]),
        ("Reply([OneOf(\"disc_type\", [0, 16])])", patched(8, 16), vec![patched(8, 17), good(&BLANK[..8])]),
        ("Reply([AtLeast(\"sessions\", 1)])", good(&BLANK), vec![patched(4, 0), good(&BLANK[..4])]),
        ("Reply([AtMost(\"sessions\", 1)])", good(&BLANK), vec![patched(4, 2), patched(9, 1)]),
        ("Reply([AtLeast(\"lead_in\", 1)])", good(&BLANK), vec![]),
        ("Reply([Present(\"lead_in\")])", good(&BLANK), vec![good(&BLANK[..12])]),
        ("Reply([Absent(\"lead_in\")])", good(&BLANK[..12]), vec![good(&BLANK)]),
        ("Reply([Same(\"lead_in_lba\", \"atip.lead_in_lba\")])", good(&BLANK), vec![patched(18, 25)]),
        ("Reply([Same(\"lead_in_lba\", \"atip.gone\")])", good(&BLANK), vec![]),
        ("Reply([Same(\"lead_in_lba\", \"gone.lead_in_lba\")])", good(&BLANK), vec![]),
        ("Reply([Differs(\"lead_in_lba\", \"atip.lead_in_lba\")])", patched(18, 25), vec![good(&BLANK)]),
        (
            "Reply([Plus(\"last_lead_out_lba\", \"atip.lead_in_lba\", 371483)])",
            good(&BLANK),
            vec![patched(23, 73)],
        ),
        ("Reply([NotAbove(\"lead_in_lba\", \"atip.lead_in_lba\")])", good(&BLANK), vec![patched(19, 67)]),
        ("Reply([NotAbove(\"lead_in_lba\", \"atip.text\")])", good(&BLANK), vec![]),
        (
            "Reply([Bytes(at: 2, are: \"00 01\", mask: \"0F FF\")])",
            patched(2, 0x10),
            vec![patched(2, 0x01), patched(3, 2), good(&BLANK[..3])],
        ),
        ("Reply([Bytes(at: 18446744073709551615, are: \"00\")])", good(&BLANK), vec![]),
        ("Reply([Transferred(24)])", good(&BLANK), vec![good(&BLANK[..23]), good(&[0; 25])]),
        ("Reply([TransferredAtLeast(4)])", good(&BLANK), vec![good(&BLANK[..3])]),
        ("Reply([TransferredAtMost(24)])", good(&BLANK), vec![good(&[0; 25])]),
    ];
    // Expectations that nothing can meet: a number asked of a text, a field that was never kept.
    let never =
        ["AnyOf([])", "AtLeast(\"lead_in\"", "atip.gone", "gone.", "atip.text", "18446744073709551615"];
    for (text, right, wrong) in table {
        let expect: DriveExpect = syntax::read(text).unwrap_or_else(|fault| panic!("{text}: {fault:?}"));
        let passes = command(&expect, &right, &kept()).is_pass();
        assert_eq!(passes, !never.iter().any(|never| text.contains(never)), "{text} of {right:?}");
        for answer in wrong {
            match command(&expect, &answer, &kept()) {
                Verdict::Pass => panic!("{text} let {answer:?} pass"),
                Verdict::Fail(mismatch) => {
                    assert!(!mismatch.expected.is_empty() && !mismatch.seen.is_empty(), "{mismatch:?}");
                }
            }
        }
    }
}

#[test]
fn wrong_answers_of_the_api_are_refused() {
    let of = |code: u32, value: Term| Called { code: HResult(code), value, note: String::new() };
    let fails = |code: u32| of(code, Term::None);
    let table = [
        ("Ok", fails(0), vec![fails(1), fails(0xC0AA_0602), fails(0x00AA_0004)]),
        (
            "Value(-11634)",
            of(0, (-11_634).into()),
            vec![
                of(0, 11_634.into()),
                of(0, Term::None),
                of(0, "-11634".into()),
                of(1, (-11_634).into()),
                fails(0xC0AA_0602),
            ],
        ),
        ("Value([2, 3])", of(0, vec![2, 3].into()), vec![of(0, vec![3, 2].into()), of(0, vec![2].into())]),
        (
            "Relation([Same(\"value\", \"atip.lead_in_lba\")])",
            of(0, (-11_634).into()),
            vec![of(0, (-150).into()), of(0, Term::None), fails(0xC0AA_0602)],
        ),
        (
            "Fails([\"E_IMAPI_DF2RAW_MEDIA_IS_NOT_PREPARED\"])",
            fails(0xC0AA_0602),
            vec![fails(0), fails(0xC0AA_0603), fails(0x8000_4003)],
        ),
        (
            "Succeeds([\"S_OK\", \"S_IMAPI_SPEEDADJUSTED\"])",
            fails(0x00AA_0004),
            vec![fails(0x00AA_0005), fails(0x8000_4003)],
        ),
        ("AnyOf([Ok, Fails([\"E_POINTER\"])])", fails(0x8000_4003), vec![fails(0x8000_4005), fails(1)]),
    ];
    for (text, right, wrong) in table {
        let expect: CallExpect = syntax::read(text).unwrap_or_else(|fault| panic!("{text}: {fault:?}"));
        assert_eq!(call(&expect, &right, &kept()), Verdict::Pass, "{text}");
        for called in wrong {
            assert!(!call(&expect, &called, &kept()).is_pass(), "{text} let {called:?} pass");
        }
    }
}

#[test]
fn a_difference_tells_what_was_expected_and_what_was_seen() {
    let expect: DriveExpect = syntax::read("AnyOf([Good, Sense([\"2/04/07\"])])").unwrap();
    let Verdict::Fail(mismatch) = command(&expect, &refused(2, 0x3A, 1, 0, 0), &kept()) else { panic!() };
    assert_eq!(mismatch.expected, "GOOD, or CHECK CONDITION 2/04/07");
    assert!(mismatch.seen.starts_with("CHECK CONDITION 2/3A/01 ("), "{}", mismatch.seen);
}

#[test]
fn field_pointers_are_found_in_both_formats() {
    let descriptor =
        [0x72, 5, 0x26, 0, 0, 0, 0, 20, 0, 10, 0x80, 0, 0, 0, 0, 0, 0, 0, 0, 0, 2, 6, 0, 0, 0x8B, 0, 10, 0];
    let expected = FieldPointer { in_cdb: false, byte: 10, bit: Some(3) };
    assert_eq!(FieldPointer::in_data(&descriptor), Some(expected));
    for cut in 0..descriptor.len() {
        let _ = FieldPointer::in_data(&descriptor[..cut]);
    }
}

mod hostile {
    use proptest::prelude::*;

    use super::{Answer, DISC_INFORMATION, DriveExpect, Outcome, Status, answer, command, kept, syntax};

    proptest! {
        /// Whatever a transport hands over is judged, and a refusal is never taken for GOOD.
        #[test]
        fn any_answer_is_judged(status in any::<u8>(), sense in prop::collection::vec(any::<u8>(), 0..32),
            data in prop::collection::vec(any::<u8>(), 0..48), opcode in any::<u8>()) {
            let mut cdb = DISC_INFORMATION;
            cdb[0] = opcode;
            let seen: Answer = answer(&cdb, Ok(Outcome { status: Status(status), sense, transferred: data.len() }), &data);
            for text in ["Good", "Reply([Is(\"status\", \"blank\")])", "Reply([Bytes(at: 2, are: \"00\")])"] {
                let expect: DriveExpect = syntax::read(text).unwrap();
                prop_assert!(status == 0 || !command(&expect, &seen, &kept()).is_pass());
            }
            let at: DriveExpect = syntax::read("SenseAt(any: [\"*/*/*\"], byte: 0, if_given: true)").unwrap();
            prop_assert!(status == 2 || !command(&at, &seen, &kept()).is_pass());
        }
    }
}

#[test]
fn events_are_judged_by_the_order_of_their_actions_and_the_calls_from_them() {
    let actions = |names: &[&str]| names.iter().map(|name| (*name).to_owned()).collect::<Vec<_>>();
    let during: Vec<During> =
        syntax::read("[(action: \"WRITING\", member: \"CancelWrite\", expect: Ok)]").unwrap();
    let came = |code| Some(Ok(Called { code, value: Term::None, note: String::new() }));
    let judged = |events: &[&str], came: Option<Result<Called, String>>| {
        let told = actions(&["PREPARING", "WRITING"]);
        let heard_them = Heard { actions: told, during: vec![came], ..Heard::default() };
        let events = actions(events);
        let hearing =
            Hearing { events: Some(&events), figures: &[], during: &during, by_sink: &BTreeMap::new() };
        heard(hearing, &heard_them, &Saved::new())
    };
    assert!(judged(&["PREPARING", "WRITING"], came(HResult::S_OK)).unwrap().is_pass());
    assert!(!judged(&["WRITING"], came(HResult::S_OK)).unwrap().is_pass());
    assert!(!judged(&["PREPARING", "WRITING"], came(HResult::E_FAIL)).unwrap().is_pass());
    assert!(!judged(&["PREPARING", "WRITING"], None).unwrap().is_pass());
    assert_eq!(judged(&["PREPARING", "WRITING"], Some(Err("no".into()))), Err("no".to_owned()));
}

#[test]
fn figures_are_judged_of_every_event_or_of_the_first_and_last_of_an_action() {
    let event = |action: &str, lba: i64| {
        Fields::from([("action".to_owned(), action.into()), ("last_written_lba".to_owned(), lba.into())])
    };
    let figures = vec![event("WRITING", 1), event("WRITING", 9), event("FINISHING", 9)];
    let heard_them = Heard { figures, ..Heard::default() };
    let judged = |figures: &str| {
        let figures: Vec<Figures> = syntax::read(figures).unwrap();
        let hearing = Hearing { events: None, figures: &figures, during: &[], by_sink: &BTreeMap::new() };
        heard(hearing, &heard_them, &Saved::new()).unwrap().is_pass()
    };
    assert!(judged("[Every([AtLeast(\"last_written_lba\", 1)])]"));
    assert!(!judged("[Every([AtLeast(\"last_written_lba\", 2)])]"));
    assert!(judged("[First(\"WRITING\", [Is(\"last_written_lba\", 1)])]"));
    assert!(judged("[Last(\"WRITING\", [Is(\"last_written_lba\", 9)])]"));
    assert!(!judged("[First(\"PREPARING\", [])]"));
}
