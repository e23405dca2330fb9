//! Who is slow, and when.

use std::net::Shutdown;
use std::thread;
use std::time::{Duration, Instant};

use scsi_iscsi::pdu::NO_TAG;
use scsi_iscsi::pdu::request::{NopOut, ScsiCommand};

use crate::peer::{Peer, Target};

const MUCH: &str = "MaxRecvDataSegmentLength=262144\0";
const SECOND: Duration = Duration::from_secs(1);

/// So many bytes, which come back.
fn big_ping(peer: &mut Peer, bytes: usize) {
    let ping = NopOut {
        immediate: true,
        is_final: true,
        task_tag: 0xC0FF,
        transfer_tag: NO_TAG,
        command_number: peer.number,
        ..NopOut::default()
    };
    peer.send(ping.emit(), &vec![7; bytes]);
}

/// A large segment goes past the writer's buffer; what is sent much later has a patience of its own.
#[test]
fn an_idle_initiator_is_not_dropped_for_a_large_answer_before() {
    for prompt in [true, false] {
        let target = Target::with(prompt, |options| options.limits.patience = Duration::from_secs(1));
        let mut peer = Peer::log_in(&target, "idle", MUCH);
        peer.is_served();
        big_ping(&mut peer, 65_536);
        assert_eq!(peer.answer().unwrap().data.len(), 65_536);
        thread::sleep(Duration::from_millis(1500));
        peer.is_served();
    }
}

/// An initiator that takes nothing, and an event for everybody: only it waits.
#[test]
fn an_event_for_the_deaf_keeps_nobody_waiting() {
    let target = Target::with(false, |options| options.limits.patience = Duration::from_secs(10));
    let mut deaf = Peer::log_in(&target, "deaf", MUCH);
    deaf.is_served();
    let mut fine = Peer::log_in(&target, "fine", "");
    fine.is_served();
    // Until nothing goes any more: the target waits for the initiator.
    deaf.stream.set_write_timeout(Some(Duration::from_millis(300))).unwrap();
    let ping = NopOut {
        immediate: true,
        is_final: true,
        task_tag: 1,
        transfer_tag: NO_TAG,
        command_number: deaf.number,
        ..NopOut::default()
    };
    let mut bytes = Vec::new();
    let mut writer = scsi_iscsi::pdu::write::PduWriter::new(&mut bytes);
    for _ in 0..8 {
        writer.write(ping.emit(), &[7; 65_536]).unwrap();
    }
    writer.flush().unwrap();
    while std::io::Write::write_all(&mut deaf.stream, &bytes).is_ok() {}
    target.handle.announce(mmc_wire::Sense::MEDIUM_MAY_HAVE_CHANGED);
    thread::sleep(Duration::from_millis(100));
    let begun = Instant::now();
    fine.is_served();
    Peer::log_in(&target, "late", "").is_served();
    assert!(begun.elapsed() < 8 * SECOND, "they waited {:?} for somebody else", begun.elapsed());
    drop(deaf.stream.shutdown(Shutdown::Both));
}

/// A byte now and then is no login, and no PDU.
#[test]
fn a_trickle_is_dropped() {
    let target = Target::with(true, |options| {
        options.limits.login = Duration::from_millis(200);
        options.limits.patience = Duration::from_millis(200);
    });
    let trickle = |peer: &mut Peer, bytes: &[u8]| {
        for byte in bytes {
            peer.send_raw(&[*byte]);
            thread::sleep(Duration::from_millis(30));
        }
        peer.is_hung_up_on()
    };
    let mut bytes = vec![0x43, 0x87, 0, 0, 0, 0, 0x10, 0];
    bytes.resize(48, 0);
    assert!(trickle(&mut Peer::connect(&target), &bytes));
    let mut peer = Peer::log_in(&target, "drops", "");
    peer.is_served();
    let command: ScsiCommand = peer.command(3, &[0; 6]);
    assert!(trickle(&mut peer, &command.emit().0));
}

/// A PDU has its time from its own first byte on, not from the one before.
#[test]
fn a_pdu_that_comes_after_a_pause_has_its_whole_time() {
    let target = Target::with(true, |options| options.limits.patience = Duration::from_secs(2));
    let mut peer = Peer::log_in(&target, "pause", "");
    peer.is_served();
    thread::sleep(Duration::from_millis(1700));
    let command = peer.command(3, &[0; 6]).emit();
    peer.send_raw(&command.0[..20]);
    thread::sleep(Duration::from_millis(800));
    peer.send_raw(&command.0[20..]);
    assert_eq!(peer.answer().unwrap().header.task_tag(), 3);
}

/// Data that was asked for and does not come: the other commands of the session cannot wait for ever.
#[test]
fn who_owes_data_is_dropped_although_it_pings() {
    let target = Target::with(false, |options| options.limits.patience = Duration::from_millis(300));
    let mut peer = Peer::log_in(&target, "owes", "InitialR2T=Yes\0ImmediateData=No\0");
    peer.is_served();
    let write = [0x2A, 0, 0, 0, 0, 0, 0, 0, 1, 0];
    let command = ScsiCommand { write: true, expected_bytes: 2048, ..peer.command(1, &write) };
    peer.send(command.emit(), &[]);
    let begun = Instant::now();
    while peer.answer().is_some() {
        assert!(begun.elapsed() < 30 * SECOND, "it is let wait for ever");
        thread::sleep(Duration::from_millis(60));
        big_ping(&mut peer, 4);
    }
}

/// Who floods a server that stops does not keep it from stopping, and who is deaf neither.
#[test]
fn a_server_stops_whatever_its_initiators_do() {
    let target = Target::with(true, |options| options.limits.patience = Duration::from_secs(2));
    let mut flood = Peer::log_in(&target, "flood", "");
    flood.is_served();
    let silent = NopOut {
        immediate: true,
        is_final: true,
        task_tag: NO_TAG,
        transfer_tag: NO_TAG,
        command_number: flood.number,
        ..NopOut::default()
    };
    let bytes = silent.emit().0.repeat(2000);
    let mut stream = flood.stream.try_clone().unwrap();
    let flooding = thread::spawn(move || while std::io::Write::write_all(&mut stream, &bytes).is_ok() {});
    thread::sleep(Duration::from_millis(100));
    drop(target);
    drop(flood.stream.shutdown(Shutdown::Both));
    flooding.join().unwrap();
}
