//! Several initiators, one after the other and at once.

use std::time::Duration;

use mmc_wire::Sense;
use scsi_iscsi::initiator::{Event, Options};
use scsi_transport::{Data, Status, Transport};

use crate::memory::{READY, Target};

const PATIENCE: Duration = Duration::from_secs(60);
const RESERVE: [u8; 6] = [0x16, 0, 0, 0, 0, 0];

/// SPC-2 "RESERVE(6) command": whoever else comes is told so, until the holder is gone.
#[test]
fn a_reservation_ends_with_its_session() {
    let target = Target::new(|_| {});
    let mut other = target.log_in("other", Options::default());
    let mut holder = target.log_in("holder", Options::default());
    assert!(holder.execute(&RESERVE, Data::None, PATIENCE).unwrap().is_good());
    let refused = other.execute(&READY, Data::None, PATIENCE).unwrap();
    assert_eq!(refused.status, Status::RESERVATION_CONFLICT);
    holder.logout(PATIENCE).unwrap();
    // The logout was answered; the session goes a moment later.
    let mut tries = 0;
    while !other.execute(&READY, Data::None, PATIENCE).unwrap().is_good() {
        tries += 1;
        assert!(tries < 1000, "the reservation outlives its session");
        std::thread::sleep(Duration::from_millis(5));
    }
}

/// RFC 7143 11.9, event 0: without a command, to everybody who is there.
#[test]
fn a_change_of_the_medium_is_told_at_once() {
    let target = Target::new(|_| {});
    let mut peers: Vec<_> = ["a", "b"].map(|name| target.log_in(name, Options::default())).into();
    target.handle.announce(Sense::MEDIUM_MAY_HAVE_CHANGED);
    for peer in &mut peers {
        let mut events = Vec::new();
        for _ in 0..1000 {
            peer.ping(PATIENCE).unwrap();
            events = peer.take_events();
            if !events.is_empty() {
                break;
            }
            std::thread::sleep(Duration::from_millis(5));
        }
        let [Event::Scsi(sense)] = events.as_slice() else { panic!("{events:?}") };
        assert_eq!(Sense::in_data(sense), Some(Sense::MEDIUM_MAY_HAVE_CHANGED));
    }
}

#[test]
fn sessions_come_and_go() {
    let target = Target::new(|server| server.limits.sessions = 4);
    for number in 0..20 {
        let mut initiator = target.log_in(&format!("n{number}"), Options::default());
        assert!(initiator.execute(&READY, Data::None, PATIENCE).unwrap().is_good());
        initiator.logout(PATIENCE).unwrap();
        for _ in 0..1000 {
            if target.handle.sessions().is_empty() {
                break;
            }
            std::thread::sleep(Duration::from_millis(5));
        }
        assert!(target.handle.sessions().is_empty());
    }
}

/// What a server that ends has begun it finishes, and says so; then it says good-bye.
#[test]
fn a_server_that_stops_finishes_the_running_command() {
    let target = Target::new(|_| {});
    let mut initiator = target.log_in("last", Options::default());
    let tag = initiator.submit(&crate::memory::SLOW, scsi_iscsi::initiator::Payload::None, PATIENCE).unwrap();
    initiator.ping(PATIENCE).unwrap();
    target.gate.wait_for_one();
    target.handle.stop();
    target.gate.open();
    let done = initiator.complete(PATIENCE).unwrap();
    assert_eq!((done.tag, done.outcome.unwrap().is_good()), (tag, true));
    assert!(initiator.execute(&READY, Data::None, PATIENCE).is_err());
}
