use std::time::Instant;

use proptest::prelude::*;

use super::*;
use crate::login::Parameters;
use crate::pdu::request::ScsiCommand;

fn task(tag: u32) -> Task {
    let command = ScsiCommand { is_final: true, task_tag: tag, ..ScsiCommand::default() };
    Task::new(command, &[], false, &Parameters::default(), Instant::now())
}

fn started(queue: &mut Queue) -> Option<u32> {
    match queue.start()? {
        Job::Command(task) => Some(task.command.task_tag),
        Job::Reset(request) => Some(request.task_tag),
    }
}

fn abort(tag: u32) -> TaskRequest {
    TaskRequest { referenced_tag: tag, task_tag: 1000, ..TaskRequest::default() }
}

/// RFC 7143 4.2.2.1: in the order of CmdSN, and nothing outside of ExpCmdSN to MaxCmdSN.
#[test]
fn numbers_are_taken_in_order_within_the_window() {
    let mut queue = Queue::new(u32::MAX);
    assert_eq!((queue.expected(), queue.max()), (u32::MAX, DEPTH - 2));
    assert_eq!(queue.turn(u32::MAX - 1), Turn::Never);
    assert_eq!(queue.turn(0), Turn::Later);
    assert_eq!(queue.turn(DEPTH - 2), Turn::Later);
    assert_eq!(queue.turn(DEPTH - 1), Turn::Never);
    assert_eq!(queue.turn(u32::MAX), Turn::Now);
    assert_eq!(queue.turn(u32::MAX), Turn::Never);
    assert_eq!(queue.turn(0), Turn::Now);
    assert_eq!((queue.expected(), queue.max()), (1, DEPTH));
}

#[test]
fn a_full_queue_closes_the_window_and_a_command_that_starts_opens_it() {
    let mut queue = Queue::new(0);
    for number in 0..DEPTH {
        assert_eq!(queue.turn(number), Turn::Now);
        assert!(queue.push(task(number), false));
    }
    assert_eq!(queue.max(), DEPTH - 1);
    assert_eq!(queue.turn(DEPTH), Turn::Never);
    assert_eq!(started(&mut queue), Some(0));
    assert_eq!(queue.max(), DEPTH);
    assert_eq!(started(&mut queue), None, "one at a time");
    queue.finish();
    assert_eq!(started(&mut queue), Some(1));
}

#[test]
fn a_task_that_waits_can_be_aborted_and_one_that_runs_ends_first() {
    let mut queue = Queue::new(0);
    for tag in [1, 2, 3] {
        queue.push(task(tag), false);
    }
    assert_eq!(started(&mut queue), Some(1));
    assert_eq!(queue.abort(abort(2)), Aborted::Gone);
    assert_eq!(queue.abort(abort(2)), Aborted::Unknown);
    assert_eq!(queue.abort(abort(1)), Aborted::Waits);
    let finished = queue.finish();
    assert!(finished.is_aborted);
    assert_eq!(finished.waiting, [abort(1)]);
    assert_eq!(started(&mut queue), Some(3));
    assert!(!queue.finish().is_aborted);
}

#[test]
fn a_reset_takes_everything_away_and_comes_first() {
    let mut queue = Queue::new(0);
    queue.push(task(1), false);
    queue.push(task(2), false);
    queue.start();
    assert!(queue.abort_all().waits);
    queue.push_reset(abort(0));
    assert!(queue.finish().is_aborted);
    assert_eq!(started(&mut queue), Some(1000));
    queue.finish();
    assert_eq!(started(&mut queue), None);
}

/// RFC 7143 11.6.1: what has not come counts as come, and is aborted.
#[test]
fn a_command_that_is_early_can_be_aborted() {
    let mut queue = Queue::new(5);
    let early = |tag| Ahead {
        header: ScsiCommand { task_tag: tag, ..ScsiCommand::default() }.emit(),
        additional: Vec::new(),
        data: Vec::new(),
        data_is_corrupt: false,
    };
    assert_eq!(queue.turn(6), Turn::Later);
    assert!(queue.keep(6, early(66)));
    assert!(queue.keep(7, early(77)));
    assert!(!queue.keep(7, early(78)), "it is here already");
    let request = |number, own| TaskRequest {
        referenced_tag: 66,
        referenced_number: number,
        command_number: own,
        ..TaskRequest::default()
    };
    assert_eq!(queue.abort(request(6, 8)), Aborted::Gone);
    assert_eq!(queue.abort(request(4, 8)), Aborted::Unknown, "before the window");
    assert_eq!(queue.abort(request(9, 8)), Aborted::Unknown, "after the request itself");
    assert_eq!(queue.abort(request(5 + DEPTH, 5 + DEPTH + 1)), Aborted::Unknown, "behind the window");
    assert_eq!(queue.turn(5), Turn::Now);
    assert_eq!(queue.kept().unwrap().header.task_tag(), 77);
    assert!(queue.kept().is_none());
    assert_eq!(queue.expected(), 8);
}

#[test]
fn a_closed_queue_begins_and_says_nothing() {
    let mut queue = Queue::new(0);
    queue.push(task(1), false);
    queue.push(task(2), false);
    assert_eq!(started(&mut queue), Some(1));
    queue.answer_later(abort(1));
    queue.close();
    queue.push(task(3), false);
    let finished = queue.finish();
    assert!(finished.is_aborted && finished.waiting.is_empty());
    assert_eq!(started(&mut queue), None);
}

#[test]
fn immediate_commands_come_first_and_are_few() {
    let mut queue = Queue::new(0);
    queue.push(task(1), false);
    queue.push(task(2), true);
    assert_eq!(started(&mut queue), Some(2));
    let urgent = |tag| {
        let command =
            ScsiCommand { immediate: true, is_final: true, task_tag: tag, ..ScsiCommand::default() };
        Task::new(command, &[], false, &Parameters::default(), Instant::now())
    };
    let taken = (0..200).take_while(|tag| queue.push(urgent(*tag), true)).count();
    assert!((IMMEDIATE..100).contains(&taken), "{taken}");
}

proptest! {
    /// MaxCmdSN never goes back, and never lets more in than there is room for.
    #[test]
    fn the_window_never_goes_back(first: u32, acts in proptest::collection::vec(0_u8..3, 0..200)) {
        let mut queue = Queue::new(first);
        let mut max = queue.max();
        let mut tag = 0;
        for act in acts {
            match act {
                0 => {
                    let number = queue.expected();
                    if queue.turn(number) == Turn::Now {
                        tag += 1;
                        queue.push(task(tag), false);
                    }
                }
                1 => drop(queue.start()),
                _ => drop(queue.finish()),
            }
            prop_assert!(queue.tasks().count() <= DEPTH as usize);
            let now = queue.max();
            prop_assert!(now == max || is_after(now, max));
            prop_assert!(now.wrapping_sub(queue.expected()).wrapping_add(1) <= DEPTH);
            max = now;
        }
    }
}
