//! After the last sector.

use super::burner::{Burner, Numbered};
use super::*;
use crate::Error;

const SECTORS: u64 = 300 + 70;

fn write(burner: &Burner) -> Result<(), Error> {
    burner.prepared().write_media2(&mut Numbered::of(SECTORS), 300)
}

/// A burner that answers `opcode` with this once the sectors are there.
fn after_the_sectors(opcode: u8, answers: Vec<Answer>) -> (Burner, RawCd) {
    let burner = Burner::short();
    let object = burner.prepared();
    let script = burner.script.clone();
    let mut answers = Some(answers);
    object.on_update(move |_, progress| {
        if progress.action == crate::WriteAction::FINISHING
            && let Some(answers) = answers.take()
        {
            script.on(opcode, answers);
        }
    });
    (burner, object)
}

fn finish(object: &RawCd) -> Result<(), Error> {
    object.write_media2(&mut Numbered::of(SECTORS), 300)
}

/// SYNCHRONIZE CACHE of everything, waiting for it.
#[test]
fn the_buffer_is_emptied_once_and_the_drive_asked_twice() {
    let burner = Burner::short();
    let object = burner.prepared();
    finish(&object).unwrap();
    assert_eq!(burner.script.cdbs(SYNCHRONIZE_CACHE), [[0x35, 0, 0, 0, 0, 0, 0, 0, 0, 0]]);
    let opcodes = burner.script.opcodes();
    assert_eq!(opcodes[opcodes.len() - 3..], [SYNCHRONIZE_CACHE, TEST_UNIT_READY, READ_DISC_INFORMATION]);
    assert_eq!(burner.script.waited().as_secs(), 0);
}

/// Row 10 of the published table: an underrun is forgiven when nothing follows.
#[test]
fn an_underrun_at_the_end_is_none() {
    for sense in ["3/0C/09", "0/00/00", "1/0C/01"] {
        let burner = Burner::short();
        burner.script.on(SYNCHRONIZE_CACHE, [Answer::Check(sense)]);
        assert_eq!(write(&burner), Ok(()), "{sense}");
    }
}

#[test]
fn a_flush_that_fails_is_a_write_that_failed() {
    let unexpected = HResult::E_IMAPI_UNEXPECTED_RESPONSE_FROM_DEVICE;
    for (sense, number) in [
        ("3/0C/00", unexpected),
        ("3/72/02", unexpected),
        ("5/2C/00", unexpected),
        ("6/29/00", unexpected),
        ("2/3A/00", HResult::E_IMAPI_RECORDER_MEDIA_NO_MEDIA),
        ("2/04/03", HResult::E_IMAPI_RECORDER_MEDIA_NO_MEDIA),
    ] {
        let burner = Burner::short();
        burner.script.on(SYNCHRONIZE_CACHE, [Answer::Check(sense)]);
        assert_eq!(code(write(&burner)), number, "{sense}");
    }
}

#[test]
fn a_flush_that_takes_its_time_is_sent_again() {
    for sense in ["2/04/08", "2/04/07", "2/04/00", "2/04/01"] {
        let burner = Burner::short();
        let later = || Answer::Check(sense);
        burner.script.on(SYNCHRONIZE_CACHE, [later(), later(), Answer::Good]);
        assert_eq!(write(&burner), Ok(()), "{sense}");
        assert_eq!(burner.flushed(), 3);
        assert_eq!(burner.script.waited().as_millis(), 1000);
    }
}

/// Pioneer's manuals: TEST UNIT READY stays GOOD, READ DISC INFORMATION says 2/04/08. Microsoft's erase
/// sample: 5/xx/xx and 6/2E/xx mean the same.
#[test]
fn both_questions_have_to_be_answered() {
    for opcode in [TEST_UNIT_READY, READ_DISC_INFORMATION] {
        for sense in ["2/04/08", "2/04/01", "5/2C/00", "6/2E/00"] {
            let good =
                if opcode == TEST_UNIT_READY { Answer::Good } else { Answer::Data(script::BLANK.to_vec()) };
            let later = || Answer::Check(sense);
            let (burner, object) = after_the_sectors(opcode, vec![later(), later(), later(), good]);
            assert_eq!(finish(&object), Ok(()), "{opcode:02X} {sense}");
            assert_eq!(burner.script.waited().as_millis(), 1500);
        }
    }
}

/// cdrdao: some drives never get ready unless they are asked a second time to empty their buffer.
#[test]
fn a_drive_that_stays_busy_is_told_to_flush_again() {
    let mut answers = vec![Answer::Check("2/04/08"); 25];
    answers.push(Answer::Good);
    let (burner, object) = after_the_sectors(TEST_UNIT_READY, answers);
    finish(&object).unwrap();
    assert_eq!(burner.flushed(), 1 + 2, "every five seconds");
}

#[test]
fn a_drive_that_is_never_ready_is_not_waited_for_for_ever() {
    for (opcode, sense, number) in [
        (TEST_UNIT_READY, "2/04/08", HResult::E_IMAPI_RECORDER_MEDIA_BUSY),
        (TEST_UNIT_READY, "2/04/01", HResult::E_IMAPI_RECORDER_MEDIA_BECOMING_READY),
        (READ_DISC_INFORMATION, "2/04/07", HResult::E_IMAPI_RECORDER_MEDIA_BUSY),
        (READ_DISC_INFORMATION, "5/20/00", HResult::E_FAIL),
        (SYNCHRONIZE_CACHE, "2/04/08", HResult::E_IMAPI_RECORDER_MEDIA_BUSY),
    ] {
        let (burner, object) = after_the_sectors(opcode, vec![Answer::Check(sense)]);
        assert_eq!(code(finish(&object)), number, "{opcode:02X} {sense}");
        assert_eq!(burner.script.waited().as_secs(), 260);
        object.release_media().unwrap();
    }
    let (burner, object) = after_the_sectors(TEST_UNIT_READY, vec![Answer::Status(0x08)]);
    assert_eq!(code(finish(&object)), HResult::E_IMAPI_RECORDER_MEDIA_BUSY);
    assert_eq!(burner.script.waited().as_secs(), 260);
}

/// 6/28/00: the disc is another one now, a written one. Told for ever it is an answer.
#[test]
fn what_the_drive_has_to_tell_is_heard() {
    let (burner, object) = after_the_sectors(
        TEST_UNIT_READY,
        vec![Answer::Check("6/28/00"), Answer::Check("6/2A/01"), Answer::Good],
    );
    assert_eq!(finish(&object), Ok(()));
    assert_eq!(burner.script.waited().as_secs(), 0);
    let (_, object) = after_the_sectors(TEST_UNIT_READY, vec![Answer::Check("6/28/00")]);
    assert_eq!(code(finish(&object)), HResult::E_IMAPI_RECORDER_MEDIA_BECOMING_READY);
}

#[test]
fn a_medium_that_is_gone_is_not_waited_for() {
    let (burner, object) = after_the_sectors(TEST_UNIT_READY, vec![Answer::Check("2/3A/00")]);
    assert_eq!(code(finish(&object)), HResult::E_IMAPI_RECORDER_MEDIA_NO_MEDIA);
    assert_eq!(burner.script.waited().as_secs(), 0);
}

/// The first failure is the answer, whatever the flush after it says.
#[test]
fn a_failed_write_keeps_its_error() {
    let burner = Burner::short();
    burner.fault(1, Answer::Check("3/0C/09"));
    burner.script.on(SYNCHRONIZE_CACHE, [Answer::Check("5/2C/00")]);
    assert_eq!(code(write(&burner)), HResult::E_IMAPI_LOSS_OF_STREAMING);
}
