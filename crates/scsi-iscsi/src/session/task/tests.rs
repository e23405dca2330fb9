use proptest::prelude::*;

use super::*;
use crate::pdu::Digests;

fn agreed(first_burst: u32, max_burst: u32, initial_r2t: bool, immediate_data: bool) -> Parameters {
    Parameters {
        digests: Digests::default(),
        first_burst,
        max_burst,
        initial_r2t,
        immediate_data,
        ..Parameters::default()
    }
}

fn write(expected: u32, is_final: bool) -> ScsiCommand {
    ScsiCommand { write: true, is_final, expected_bytes: expected, task_tag: 7, ..ScsiCommand::default() }
}

fn data_out(tag: u32, number: u32, offset: u32, is_final: bool) -> DataOut {
    DataOut { is_final, task_tag: 7, transfer_tag: tag, data_number: number, offset, ..DataOut::default() }
}

fn now() -> Instant {
    Instant::now()
}

/// Unsolicited up to FirstBurstLength, the rest by R2T of MaxBurstLength (RFC 7143 13.13, 13.14).
#[test]
fn data_comes_in_all_three_ways() {
    let agreed = agreed(6, 4, false, true);
    let mut task = Task::new(write(15, false), &[0, 1], false, &agreed, now());
    assert_eq!((task.want(&agreed), task.is_ready()), (None, false));
    task.take(&data_out(NO_TAG, 0, 2, false), &[2, 3], &agreed, now());
    task.take(&data_out(NO_TAG, 1, 4, true), &[4, 5], &agreed, now());
    for (number, (offset, end)) in [(6, 10), (10, 14), (14, 15)].into_iter().enumerate() {
        let want = task.want(&agreed).unwrap();
        let number = number as u32;
        assert_eq!(want, Want { offset, bytes: end - offset, number });
        task.ask(want, 100 + number, now());
        assert_eq!((task.want(&agreed), task.is_ready()), (None, false));
        let bytes: Vec<u8> = (offset as u8..end as u8).collect();
        task.take(&data_out(100 + number, 0, offset as u32, true), &bytes, &agreed, now());
    }
    assert!(task.is_ready() && task.fault().is_none());
    assert_eq!(task.data(), (0..15).collect::<Vec<u8>>());
    assert_eq!(task.requests(), 3);
}

/// RFC 7143 11.4.7.2 names the sense for each.
#[test]
fn what_is_against_the_agreement_ends_the_task() {
    let agrees = agreed(6, 4, false, true);
    let fault = |agreed: &Parameters, command, immediate: &[u8]| {
        let task = Task::new(command, immediate, false, agreed, now());
        assert!(task.fault().is_none() || task.want(agreed).is_none(), "asks for data of a task that failed");
        task.fault()
    };
    assert_eq!(fault(&agrees, write(15, true), &[0; 6]), None);
    assert_eq!(fault(&agrees, write(15, true), &[0; 7]), Some(WRONG_AMOUNT));
    assert_eq!(fault(&agrees, write(3, true), &[0; 4]), Some(WRONG_AMOUNT));
    assert_eq!(fault(&agreed(6, 4, false, false), write(15, true), &[0]), Some(UNEXPECTED_DATA));
    assert_eq!(fault(&agreed(6, 4, true, true), write(15, false), &[]), Some(UNEXPECTED_DATA));
    let read = ScsiCommand { read: true, is_final: true, ..ScsiCommand::default() };
    assert_eq!(fault(&agrees, read, &[0]), Some(UNEXPECTED_DATA));
    let both = ScsiCommand { read: true, ..write(4, true) };
    assert_eq!(fault(&agrees, both, &[]), Some(INVALID_COMMAND_UNIT));
    assert_eq!(fault(&agrees, write(u32::MAX, true), &[]), Some(Sense::INVALID_FIELD_IN_CDB));
}

/// DataPDUInOrder and DataSequenceInOrder are Yes: what is out of order is lost.
#[test]
fn data_out_of_order_ends_the_task() {
    let agreed = agreed(0, 8, true, false);
    let asked = || {
        let mut task = Task::new(write(8, true), &[], false, &agreed, now());
        let want = task.want(&agreed).unwrap();
        task.ask(want, 5, now());
        task
    };
    for (header, bytes, sense) in [
        (data_out(5, 1, 0, false), 4, WRONG_AMOUNT),
        (data_out(5, 0, 4, false), 4, WRONG_AMOUNT),
        (data_out(5, 0, 0, false), 9, WRONG_AMOUNT),
        (data_out(5, 0, 0, true), 4, WRONG_AMOUNT),
        (data_out(6, 0, 0, true), 8, UNEXPECTED_DATA),
        (data_out(NO_TAG, 0, 0, true), 8, UNEXPECTED_DATA),
    ] {
        let mut task = asked();
        task.take(&header, &vec![0; bytes], &agreed, now());
        assert_eq!((task.fault(), task.is_ready()), (Some(sense), true), "{header:?}");
        assert_eq!(task.want(&agreed), None);
    }
}

/// A fault does not end the task before the unsolicited data that belongs to it has come: otherwise it
/// would be taken for another's.
#[test]
fn a_task_that_failed_waits_for_the_end_of_its_unsolicited_data() {
    let agreed = agreed(6, 4, false, true);
    let mut task = Task::new(write(15, false), &[0; 7], false, &agreed, now());
    assert!(!task.is_ready());
    task.take(&data_out(NO_TAG, 0, 7, false), &[0], &agreed, now());
    assert!(!task.is_ready());
    task.take(&data_out(NO_TAG, 1, 8, true), &[0], &agreed, now());
    assert!(task.is_ready());
    assert!(task.data().is_empty());
}

proptest! {
    /// Whatever comes: memory is bounded by what was asked for, and what is ready without a fault is complete.
    #[test]
    fn hostile_data_is_bounded(
        expected in 0_u32..64,
        is_final: bool,
        immediate in proptest::collection::vec(any::<u8>(), 0..20),
        outs in proptest::collection::vec((0_u32..4, 0_u32..4, 0_u32..40, any::<bool>(), 0_usize..40), 0..12),
        initial_r2t: bool,
    ) {
        let agreed = agreed(16, 12, initial_r2t, true);
        let mut task = Task::new(write(expected, is_final), &immediate, false, &agreed, now());
        let mut tag = 0;
        for (transfer_tag, number, offset, last, bytes) in outs {
            if let Some(want) = task.want(&agreed) {
                prop_assert!(want.bytes <= 12 && want.offset + want.bytes <= expected as usize);
                tag += 1;
                task.ask(want, tag, now());
            }
            let transfer_tag = if transfer_tag == 0 { NO_TAG } else { transfer_tag };
            task.take(&data_out(transfer_tag, number, offset, last), &vec![0; bytes], &agreed, now());
            prop_assert!(task.data().len() <= expected as usize);
            prop_assert!(task.held() <= expected as usize);
            if task.is_ready() && task.fault().is_none() {
                prop_assert_eq!(task.data().len(), expected as usize);
            }
        }
    }
}
