//! Many connections, and such that do nothing.

use std::time::Duration;

use scsi_iscsi::pdu::answer::LoginResponse;

use crate::peer::{Peer, Target};

#[test]
fn a_login_that_is_not_finished_is_dropped() {
    let target = Target::with(true, |options| options.limits.login = Duration::from_millis(200));
    let mut silent = Peer::connect(&target);
    let mut half = Peer::connect(&target);
    half.send_raw(&[0x43, 0x87, 0, 0, 0, 0, 0x10]);
    assert!(silent.is_hung_up_on());
    assert!(half.is_hung_up_on());
    Peer::log_in(&target, "fine", "").is_served();
}

#[test]
fn a_silent_initiator_is_asked_and_then_dropped() {
    for prompt in [true, false] {
        let target = Target::with(prompt, |options| {
            options.limits.silence = Duration::from_millis(100);
            options.limits.patience = Duration::from_millis(400);
        });
        let mut silent = Peer::log_in(&target, "silent", "");
        let ping = silent.hear().expect("a ping");
        assert_eq!(ping.opcode(), scsi_iscsi::pdu::Opcode::NOP_IN);
        assert!(silent.is_hung_up_on());
    }
}

#[test]
fn there_are_no_more_sessions_than_the_limit_says() {
    let target = Target::new(true);
    let peers: Vec<Peer> = (0..8).map(|number| Peer::log_in(&target, &format!("p{number}"), "")).collect();
    let mut late = Peer::connect(&target);
    let answer = LoginResponse::parse(&late.try_login("late", "").header).unwrap();
    // Out of resources (RFC 7143 11.13.5).
    assert_eq!((answer.status_class, answer.status_detail), (3, 2));
    assert_eq!(target.handle.sessions().len(), 8);
    drop(peers);
}

/// RFC 7143 6.3.5: the same initiator with the same ISID replaces its session.
#[test]
fn a_session_is_reinstated() {
    let target = Target::new(false);
    let mut old = Peer::log_in(&target, "twin", "");
    old.is_served();
    let mut new = Peer::log_in(&target, "twin", "");
    assert!(old.is_hung_up_on());
    new.is_served();
}

/// An initiator that asks and does not take the answers: the others are served, and it is dropped.
#[test]
fn who_does_not_take_answers_is_dropped() {
    let target = Target::with(true, |options| options.limits.patience = Duration::from_millis(500));
    let mut deaf = Peer::log_in(&target, "deaf", "");
    deaf.stream.set_write_timeout(Some(Duration::from_secs(60))).unwrap();
    let mut fine = Peer::log_in(&target, "fine", "");
    let ping = scsi_iscsi::pdu::request::NopOut {
        immediate: true,
        is_final: true,
        task_tag: 1,
        transfer_tag: scsi_iscsi::pdu::NO_TAG,
        command_number: deaf.number,
        ..Default::default()
    };
    let mut bytes = Vec::new();
    let mut writer = scsi_iscsi::pdu::write::PduWriter::new(&mut bytes);
    for _ in 0..64 {
        writer.write(ping.emit(), &[7; 8192]).unwrap();
    }
    writer.flush().unwrap();
    use std::io::Write;
    let mut sent = 0;
    // Until the target has had enough, and closes: 512 KiB at a time, more than both sides' buffers hold.
    while sent < 4096 && deaf.stream.write_all(&bytes).is_ok() {
        sent += 1;
        if sent % 8 == 0 {
            fine.is_served();
        }
    }
    assert!(sent < 4096, "the target has taken 2 GiB of pings that nobody hears the answers of");
    fine.is_served();
}
