//! While the device is at a command of somebody else.

use std::time::Duration;

use scsi_iscsi::initiator::{Initiator, Options, Payload};
use scsi_transport::{Data, Transport};

use crate::memory::{READY, SLOW, Target, WRITE};

const PATIENCE: Duration = Duration::from_secs(60);

/// A target whose device is at a command that ends when the gate is opened.
fn busy(change: impl FnOnce(&mut scsi_iscsi::ServerOptions)) -> (Target, Initiator, u32) {
    let target = Target::new(change);
    let mut first = target.log_in("first", Options::default());
    let tag = first.submit(&SLOW, Payload::None, PATIENCE).unwrap();
    first.ping(PATIENCE).unwrap();
    target.gate.wait_for_one();
    (target, first, tag)
}

/// Logging in, pings and good-byes need no device.
#[test]
fn who_comes_is_let_in_and_answered() {
    let (target, mut first, tag) = busy(|_| {});
    let mut late = target.connect("late", Options::default());
    late.ping(PATIENCE).unwrap();
    target.connect("short", Options::default()).logout(PATIENCE).unwrap();
    target.handle.announce(mmc_wire::Sense::MEDIUM_MAY_HAVE_CHANGED);
    target.gate.open();
    assert_eq!(first.complete(PATIENCE).unwrap().tag, tag);
    assert!(!late.execute(&READY, Data::None, PATIENCE).unwrap().is_good(), "the nexus is new");
    assert!(late.execute(&READY, Data::None, PATIENCE).unwrap().is_good());
}

#[test]
fn the_limit_of_sessions_holds() {
    let (target, _first, _) = busy(|options| options.limits.sessions = 4);
    let url = format!("iscsi://{}/{}/0", target.address, crate::memory::TARGET).parse().unwrap();
    let here: Vec<_> = (0..20)
        .filter_map(|number| {
            let initiator_name = format!("iqn.2026-11.com.example:n{number}");
            Initiator::connect(&url, Options { initiator_name, ..Options::default() }).ok()
        })
        .collect();
    assert_eq!(here.len(), 3);
    assert_eq!(target.handle.sessions().len(), 4);
}

/// Also when somebody is just coming in.
#[test]
fn a_server_stops_when_the_command_is_over() {
    let (target, mut first, tag) = busy(|_| {});
    let mut late = target.connect("late", Options::default());
    late.submit(&READY, Payload::None, PATIENCE).unwrap();
    target.handle.stop();
    target.gate.open();
    assert_eq!(first.complete(PATIENCE).unwrap().tag, tag);
    drop(target);
}

/// SAM "Logical unit reset": it comes before everything that waits, and takes it away, whoever it belongs to.
#[test]
fn a_reset_takes_away_what_others_have_waiting() {
    let (target, mut first, tag) = busy(|_| {});
    let mut other = target.connect("other", Options::default());
    let lost = other.submit(&WRITE, Payload::Out(vec![1; 8]), PATIENCE).unwrap();
    other.ping(PATIENCE).unwrap();
    let mut resets = target.connect("resets", Options::default());
    let waits = resets.submit(&WRITE, Payload::Out(vec![2; 8]), PATIENCE).unwrap();
    resets.ping(PATIENCE).unwrap();
    let gate = target.gate.clone();
    let opener = std::thread::spawn(move || {
        std::thread::sleep(Duration::from_millis(100));
        gate.open();
    });
    assert_eq!(resets.lun_reset().unwrap(), 0);
    opener.join().unwrap();
    assert!(!target.log.lock().unwrap().contains(&WRITE[0]), "{lost} or {waits} reached the device");
    // Its own answer was on the way, or taken away with the rest: the device was at it.
    drop(first.complete(Duration::from_millis(200)).map(|done| assert_eq!(done.tag, tag)));
}

/// RFC 7143 11.4.3: "target failure" is not a status of the device.
#[test]
fn a_device_that_is_gone_is_no_answer_of_the_device() {
    let target = Target::new(|_| {});
    let mut initiator = target.log_in("gone", Options::default());
    let failure = initiator.execute(&[0xE1; 6], Data::None, PATIENCE).unwrap_err();
    assert!(failure.to_string().contains("response code 0x01"), "{failure}");
    assert!(initiator.execute(&READY, Data::None, PATIENCE).unwrap().is_good());
}
