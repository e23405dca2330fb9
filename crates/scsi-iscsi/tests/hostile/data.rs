//! Data that comes otherwise than agreed, tags and numbers that are wrong.

use scsi_iscsi::pdu::answer::{R2t, ScsiResponse};
use scsi_iscsi::pdu::request::{DataOut, ScsiCommand, TextRequest};
use scsi_iscsi::pdu::{BasicHeader, NO_TAG, Opcode};

use crate::peer::{Heard, Peer, Target};

const WRITE: [u8; 10] = [0x2A, 0, 0, 0, 0, 0, 0, 0, 1, 0];

/// A WRITE of 2048 bytes whose data has to be asked for.
fn solicited(peer: &mut Peer, tag: u32) -> R2t {
    let command = ScsiCommand { write: true, expected_bytes: 2048, ..peer.command(tag, &WRITE) };
    peer.send(command.emit(), &[]);
    let heard = peer.answer().expect("an R2T");
    R2t::parse(&heard.header).unwrap()
}

fn response(heard: &Heard) -> (u8, Option<(u8, u8, u8)>) {
    let response = ScsiResponse::parse(&heard.header).unwrap();
    (response.status, heard.sense())
}

/// What is done to a Data-Out, its bytes, and the sense for it.
type Wrong = (fn(&mut DataOut), usize, (u8, u8, u8));

const NO_UNSOLICITED: &str = "InitialR2T=Yes\0ImmediateData=No\0";

/// RFC 7143 11.4.7.2: incorrect amount of data, unexpected unsolicited data.
#[test]
fn data_that_is_wrong_ends_its_task_and_nothing_else() {
    for prompt in [true, false] {
        let target = Target::new(prompt);
        let mut other = Peer::log_in(&target, "other", "");
        let mut peer = Peer::log_in(&target, "liar", NO_UNSOLICITED);
        peer.is_served();
        let good = |r2t: &R2t| DataOut {
            is_final: true,
            task_tag: r2t.task_tag,
            transfer_tag: r2t.transfer_tag,
            ..DataOut::default()
        };
        let wrong: [Wrong; 6] = [
            (|out| out.offset = 4, 2048, (0x0B, 0x0C, 0x0D)),
            (|out| out.offset = u32::MAX, 2048, (0x0B, 0x0C, 0x0D)),
            (|out| out.data_number = 1, 2048, (0x0B, 0x0C, 0x0D)),
            (|_| {}, 2044, (0x0B, 0x0C, 0x0D)),
            (|_| {}, 4096, (0x0B, 0x0C, 0x0D)),
            (|out| out.transfer_tag ^= 0x55, 2048, (0x0B, 0x0C, 0x0C)),
        ];
        for (number, (spoil, bytes, sense)) in wrong.into_iter().enumerate() {
            let r2t = solicited(&mut peer, 0x100 + number as u32);
            assert_eq!((r2t.offset, r2t.bytes), (0, 2048));
            let mut out = good(&r2t);
            spoil(&mut out);
            peer.send(out.emit(), &vec![0; bytes]);
            let heard = peer.answer().unwrap();
            assert_eq!(response(&heard), (2, Some(sense)), "case {number}");
            peer.is_served();
            other.is_served();
        }
        // A task that there is not: nothing is said, and nothing breaks.
        let stray = DataOut { is_final: true, task_tag: 0xDEAD, transfer_tag: 3, ..DataOut::default() };
        peer.send(stray.emit(), &[0; 512]);
        peer.is_served();
    }
}

#[test]
fn unsolicited_data_that_was_not_agreed_on_is_refused() {
    let target = Target::new(true);
    let mut peer = Peer::log_in(&target, "eager", NO_UNSOLICITED);
    peer.is_served();
    let command = ScsiCommand { write: true, expected_bytes: 2048, ..peer.command(1, &WRITE) };
    peer.send(command.emit(), &[0; 2048]);
    assert_eq!(response(&peer.answer().unwrap()), (2, Some((0x0B, 0x0C, 0x0C))));
    peer.is_served();
}

#[test]
fn a_task_that_is_there_already_is_rejected() {
    let target = Target::new(true);
    let mut peer = Peer::log_in(&target, "twice", NO_UNSOLICITED);
    peer.is_served();
    solicited(&mut peer, 7);
    let again = peer.command(7, &[0; 6]);
    peer.send(again.emit(), &[]);
    let heard = peer.answer().unwrap();
    // "Task in progress", with the header that is meant.
    assert_eq!((heard.opcode(), heard.header.0[2]), (Opcode::REJECT, 0x07));
    assert_eq!(heard.data, again.emit().0);
}

/// More than a CD command moves is not made room for.
#[test]
fn four_gigabytes_are_refused_at_once() {
    let target = Target::new(true);
    let mut peer = Peer::log_in(&target, "greedy", NO_UNSOLICITED);
    peer.is_served();
    let write = ScsiCommand { write: true, expected_bytes: u32::MAX, ..peer.command(1, &WRITE) };
    peer.send(write.emit(), &[]);
    assert_eq!(response(&peer.answer().unwrap()), (2, Some((5, 0x24, 0))));
    let read =
        ScsiCommand { read: true, expected_bytes: u32::MAX, ..peer.command(2, &[0x12, 0, 0, 0, 36, 0]) };
    peer.send(read.emit(), &[]);
    let heard = peer.answer().unwrap();
    assert_eq!((heard.opcode(), heard.data.len()), (Opcode::DATA_IN, 36));
    peer.is_served();
}

/// RFC 7143 4.2.2.1: outside the window means ignored, without a word.
#[test]
fn numbers_outside_of_the_window_are_ignored() {
    let target = Target::new(true);
    let mut peer = Peer::log_in(&target, "odd", "");
    peer.is_served();
    for wrong in [peer.number.wrapping_sub(1), peer.number.wrapping_add(1000), u32::MAX / 2] {
        let command = ScsiCommand { command_number: wrong, ..peer.command(9, &[0; 6]) };
        peer.number = peer.number.wrapping_sub(1);
        peer.send(command.emit(), &[]);
    }
    assert!(peer.is_alive(), "the ping is the next that is answered");
    peer.is_served();
}

/// A command ahead of its turn waits for the one before.
#[test]
fn commands_are_executed_in_the_order_of_their_numbers() {
    let target = Target::new(true);
    let mut peer = Peer::log_in(&target, "order", "");
    peer.is_served();
    let first = peer.command(1, &[0; 6]);
    let second = peer.command(2, &[0; 6]);
    peer.send(second.emit(), &[]);
    assert!(peer.is_alive());
    peer.send(first.emit(), &[]);
    let tags: Vec<u32> = (0..2).map(|_| peer.answer().unwrap().header.task_tag()).collect();
    assert_eq!(tags, [1, 2]);
}

#[test]
fn a_wrong_header_digest_ends_the_connection_and_a_wrong_data_digest_the_task() {
    let target = Target::new(true);
    let mut other = Peer::log_in(&target, "other", "");
    let digests = "HeaderDigest=CRC32C\0DataDigest=CRC32C\0ImmediateData=Yes\0";
    let mut peer = Peer::log_in(&target, "noisy", digests);
    peer.is_served();
    // A command with immediate data whose digest is wrong.
    let mut command = ScsiCommand { write: true, expected_bytes: 4, ..peer.command(5, &WRITE) }.emit();
    command.set_data_bytes(4);
    let mut bytes = command.0.to_vec();
    bytes.extend(crc32c::crc32c(&command.0).to_le_bytes());
    bytes.extend([1, 2, 3, 4, 0, 0, 0, 0]);
    peer.send_raw(&bytes);
    let heard = peer.answer().unwrap();
    assert_eq!((heard.opcode(), heard.header.0[2]), (Opcode::REJECT, 0x02));
    assert_eq!(response(&peer.answer().unwrap()), (2, Some((0x0B, 0x47, 0x05))));
    peer.is_served();
    let command = peer.command(6, &[0; 6]).emit();
    let mut bytes = command.0.to_vec();
    bytes.extend([9; 4]);
    peer.send_raw(&bytes);
    assert!(peer.is_hung_up_on());
    other.is_served();
}

#[test]
fn lengths_that_lie_end_the_connection() {
    let target = Target::new(true);
    let mut peer = Peer::log_in(&target, "long", "");
    peer.is_served();
    let mut header: BasicHeader = peer.command(1, &[0; 6]).emit();
    header.set_data_bytes(0xFF_FFFF);
    peer.send_raw(&header.0);
    assert!(peer.is_hung_up_on());
    Peer::log_in(&target, "next", "").is_served();
}

#[test]
fn a_text_without_end_is_refused() {
    let target = Target::new(true);
    let mut peer = Peer::log_in(&target, "talker", "");
    peer.is_served();
    let request = TextRequest {
        immediate: true,
        goes_on: true,
        task_tag: 3,
        transfer_tag: NO_TAG,
        command_number: peer.number,
        ..TextRequest::default()
    };
    let mut answers = 0;
    loop {
        peer.send(request.emit(), &[b'x'; 8192]);
        let heard = peer.answer().unwrap();
        if heard.opcode() == Opcode::REJECT {
            break;
        }
        answers += 1;
        assert!(answers < 20, "it listens for ever");
    }
    peer.is_served();
}
