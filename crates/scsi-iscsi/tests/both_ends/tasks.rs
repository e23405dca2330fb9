//! Many commands at once, and such that are not wanted any more.

use std::time::Duration;

use scsi_iscsi::initiator::{Options, Payload};
use scsi_iscsi::pdu::answer::task_response;
use scsi_transport::{Data, Transport};

use crate::memory::{READ, READY, SLOW, Target, WRITE};

const PATIENCE: Duration = Duration::from_secs(60);

/// RFC 7143 4.2.2.1: in the order of their numbers, as many as the window lets in.
#[test]
fn a_queue_is_worked_off_in_order() {
    for prompt in [true, false] {
        let target = Target::new(|server| server.prompt = prompt);
        let mut initiator = target.log_in("queue", Options::default());
        let mut tags = Vec::new();
        let mut ended = Vec::new();
        for number in 0..100_u8 {
            let payload = match number % 3 {
                0 => Payload::Out(vec![number; 70_000]),
                1 => Payload::In(vec![0; 70_000]),
                _ => Payload::None,
            };
            let cdb: &[u8] = [&WRITE[..], &READ, &READY][usize::from(number % 3)];
            while initiator.in_flight() >= 8 {
                ended.push(initiator.complete(PATIENCE).unwrap());
            }
            tags.push(initiator.submit(cdb, payload, PATIENCE).unwrap());
        }
        while initiator.in_flight() > 0 {
            ended.push(initiator.complete(PATIENCE).unwrap());
        }
        assert_eq!(ended.iter().map(|done| done.tag).collect::<Vec<_>>(), tags);
        for (number, done) in ended.iter().enumerate() {
            assert!(done.outcome.as_ref().unwrap().is_good());
            if number % 3 == 1 {
                let Payload::In(data) = &done.payload else { panic!("{done:?}") };
                assert!(data.len() == 70_000 && data.iter().all(|byte| usize::from(*byte) == number - 1));
            }
        }
    }
}

/// A ping is answered while a command runs; that is what the second thread is for.
#[test]
fn a_ping_is_answered_while_a_command_runs() {
    let target = Target::new(|_| {});
    let mut initiator = target.log_in("slow", Options::default());
    let tag = initiator.submit(&SLOW, Payload::None, PATIENCE).unwrap();
    initiator.ping(PATIENCE).unwrap();
    target.gate.wait_for_one();
    initiator.ping(PATIENCE).unwrap();
    target.gate.open();
    assert_eq!(initiator.complete(PATIENCE).unwrap().tag, tag);
}

/// RFC 7143 11.5.1: a task that waits never reaches the device, and nobody answers it.
#[test]
fn a_task_that_waits_is_aborted_before_it_reaches_the_device() {
    let target = Target::new(|_| {});
    let mut initiator = target.log_in("abort", Options::default());
    let slow = initiator.submit(&SLOW, Payload::None, PATIENCE).unwrap();
    let waits = initiator.submit(&WRITE, Payload::Out(vec![1; 4]), PATIENCE).unwrap();
    let last = initiator.submit(&READY, Payload::None, PATIENCE).unwrap();
    initiator.ping(PATIENCE).unwrap();
    target.gate.wait_for_one();
    assert_eq!(initiator.abort_task(waits).unwrap(), task_response::COMPLETE);
    assert_eq!(
        initiator.abort_task(0x7777).unwrap_or(task_response::NO_SUCH_TASK),
        task_response::NO_SUCH_TASK
    );
    target.gate.open();
    let mut ended = Vec::new();
    while initiator.in_flight() > 0 {
        let done = initiator.complete(PATIENCE).unwrap();
        ended.push((done.tag, done.outcome.is_ok()));
    }
    ended.sort_unstable();
    let mut expected = vec![(slow, true), (waits, false), (last, true)];
    expected.sort_unstable();
    assert_eq!(ended, expected);
    assert!(!target.log.lock().unwrap().contains(&WRITE[0]));
}

/// SAM "Logical unit reset": nothing that waits is done, and everybody hears 6/29.
#[test]
fn a_reset_takes_all_tasks_away_and_is_told_to_everybody() {
    for target_reset in [false, true] {
        let target = Target::new(|_| {});
        let mut initiator = target.log_in("reset", Options::default());
        let mut other = target.log_in("other", Options::default());
        let answer =
            if target_reset { initiator.target_reset().unwrap() } else { initiator.lun_reset().unwrap() };
        assert_eq!(answer, task_response::COMPLETE);
        for initiator in [&mut initiator, &mut other] {
            let told = initiator.execute(&READY, Data::None, PATIENCE).unwrap();
            assert_eq!((told.sense[2] & 0x0F, told.sense[12]), (6, 0x29));
            assert!(initiator.execute(&READY, Data::None, PATIENCE).unwrap().is_good());
        }
    }
}
