//! What RFC 7143 says of single PDUs, where an initiator of good will would never notice.

use scsi_iscsi::pdu::answer::{
    AsyncMessage, DataIn, LoginResponse, LogoutResponse, R2t, ScsiResponse, TaskResponse, TextResponse,
    event, task_response,
};
use scsi_iscsi::pdu::request::{
    DataOut, LogoutRequest, ScsiCommand, TaskRequest, TextRequest, task_function,
};
use scsi_iscsi::pdu::{BasicHeader, NO_TAG, Opcode};

use crate::peer::{Peer, Target};

const WRITE: [u8; 10] = [0x2A, 0, 0, 0, 0, 0, 0, 0, 1, 0];
const SOLICITED: &str = "InitialR2T=Yes\0ImmediateData=No\0";

fn text(peer: &Peer, is_final: bool, tag: u32) -> TextRequest {
    TextRequest {
        immediate: true,
        is_final,
        task_tag: 3,
        transfer_tag: tag,
        command_number: peer.number,
        ..TextRequest::default()
    }
}

/// 11.17: why the connection ends is said before it does.
#[test]
fn what_nobody_can_answer_is_rejected_and_ends_the_connection() {
    for prompt in [true, false] {
        let target = Target::new(prompt);
        let mut peer = Peer::log_in(&target, "odd", "");
        let mut header = BasicHeader([0; 48]);
        header.0[0] = 0x5D;
        peer.send(header, &[]);
        let heard = peer.hear().unwrap();
        assert_eq!((heard.opcode(), heard.header.0[2]), (Opcode::REJECT, 0x04));
        assert!(peer.is_hung_up_on());
    }
}

/// 11.11.1: no final answer to what is not final.
#[test]
fn a_text_that_is_not_final_gets_no_final_answer() {
    let target = Target::new(true);
    let mut peer = Peer::log_in(&target, "text", "");
    peer.send(text(&peer, false, NO_TAG).emit(), b"SendTargets=\0");
    let answer = TextResponse::parse(&peer.answer().unwrap().header).unwrap();
    assert!(!answer.is_final && answer.transfer_tag != NO_TAG);
    peer.send(text(&peer, true, answer.transfer_tag).emit(), &[]);
    let answer = TextResponse::parse(&peer.answer().unwrap().header).unwrap();
    assert!(answer.is_final && answer.transfer_tag == NO_TAG);
}

/// 13.12: no more in a PDU than the initiator takes; the rest when it asks.
#[test]
fn a_long_answer_comes_in_parts() {
    let target = Target::new(true);
    let mut peer = Peer::log_in(&target, "short", "MaxRecvDataSegmentLength=512\0");
    let keys: String = (0..100).map(|number| format!("X-key-{number}=1\0")).collect();
    let mut request = text(&peer, true, NO_TAG);
    let mut data = keys.clone().into_bytes();
    let mut answer = Vec::new();
    loop {
        peer.send(request.emit(), &data);
        let heard = peer.answer().unwrap();
        let response = TextResponse::parse(&heard.header).unwrap();
        assert!(heard.data.len() <= 512);
        answer.extend(heard.data);
        assert_eq!(response.is_final, !response.goes_on);
        if response.is_final {
            break;
        }
        request = text(&peer, true, response.transfer_tag);
        data.clear();
    }
    let expected = keys.replace("=1", "=NotUnderstood");
    assert_eq!(String::from_utf8(answer).unwrap(), expected);
}

/// 11.14, 11.15: of a session's tasks nothing is said behind the answer to its logout, and another connection is not
/// here.
#[test]
fn logout_is_the_last_word() {
    let target = Target::new(false);
    let mut peer = Peer::log_in(&target, "bye", SOLICITED);
    peer.is_served();
    let logout = |reason, connection| LogoutRequest {
        immediate: true,
        is_final: true,
        reason,
        connection,
        task_tag: 9,
        ..LogoutRequest::default()
    };
    for (reason, connection, expected) in [(1, 77, 1), (2, 0, 2), (1, 0, 0)] {
        if expected == 0 {
            let write = ScsiCommand { write: true, expected_bytes: 2048, ..peer.command(1, &WRITE) };
            peer.send(write.emit(), &[]);
            assert_eq!(peer.answer().unwrap().opcode(), Opcode::R2T);
            let ready = peer.command(2, &[0; 6]);
            peer.send(ready.emit(), &[]);
        }
        let request = LogoutRequest { command_number: peer.number, ..logout(reason, connection) };
        peer.send(request.emit(), &[]);
        let answer = LogoutResponse::parse(&peer.answer().unwrap().header).unwrap();
        assert_eq!(answer.response, expected);
    }
    assert!(peer.hear().is_none());
}

/// 6.3.5, and SAM "I_T nexus loss": the new session is not bound by what the old one held, from its first command on.
#[test]
fn a_reinstated_session_has_its_reservation_behind_it() {
    let target = Target::new(true);
    for _ in 0..50 {
        let mut old = Peer::log_in(&target, "twin", "");
        old.is_served();
        let reserve = old.command(3, &[0x16, 0, 0, 0, 0, 0]);
        old.send(reserve.emit(), &[]);
        assert_eq!(ScsiResponse::parse(&old.answer().unwrap().header).unwrap().status, 0);
        Peer::log_in(&target, "twin", "").is_served();
    }
}

/// The same initiator with another ISID is another session; a session that there is not cannot be joined.
#[test]
fn sessions_are_told_apart_by_isid_and_tsih() {
    let target = Target::new(true);
    let mut one = Peer::log_in(&target, "one", "");
    let mut two = Peer::connect(&target);
    two.isid = Some([0x80, 9, 9, 9, 9, 9]);
    let first = LoginResponse::parse(&two.try_login("one", "").header).unwrap();
    assert_eq!(first.status_class, 0);
    assert_ne!(first.tsih, 0);
    one.is_served();
    two.is_served();
    for (tsih, status) in [(first.tsih, (2, 0x06)), (first.tsih.wrapping_add(1000), (2, 0x0A))] {
        let mut late = Peer::connect(&target);
        late.tsih = tsih;
        let answer = LoginResponse::parse(&late.try_login("late", "").header).unwrap();
        assert_eq!((answer.status_class, answer.status_detail), status);
    }
}

/// SAM "CLEAR TASK SET": the others' tasks go, and they hear 6/2F/00.
#[test]
fn clearing_the_task_set_is_told_to_those_who_lost_something() {
    let target = Target::new(false);
    let mut clears = Peer::log_in(&target, "clears", "");
    clears.is_served();
    let mut loses = Peer::log_in(&target, "loses", SOLICITED);
    loses.is_served();
    let write = ScsiCommand { write: true, expected_bytes: 2048, ..loses.command(4, &WRITE) };
    loses.send(write.emit(), &[]);
    assert_eq!(loses.answer().unwrap().opcode(), Opcode::R2T);
    let request = TaskRequest {
        immediate: true,
        is_final: true,
        function: task_function::CLEAR_TASK_SET,
        task_tag: 9,
        referenced_tag: NO_TAG,
        command_number: clears.number,
        ..TaskRequest::default()
    };
    clears.send(request.emit(), &[]);
    let answer = TaskResponse::parse(&clears.answer().unwrap().header).unwrap();
    assert_eq!(answer.response, task_response::COMPLETE);
    let ready = loses.command(5, &[0; 6]);
    loses.send(ready.emit(), &[]);
    let heard = loses.answer().unwrap();
    assert_eq!((heard.header.task_tag(), heard.sense()), (5, Some((6, 0x2F, 0))));
    clears.is_served();
}

/// Behind a task that is gone the next one goes on, without being pushed.
#[test]
fn what_waits_behind_an_aborted_task_goes_on() {
    for prompt in [true, false] {
        let target = Target::new(prompt);
        let mut peer = Peer::log_in(&target, "abort", SOLICITED);
        peer.is_served();
        let write = ScsiCommand { write: true, expected_bytes: 2048, ..peer.command(4, &WRITE) };
        peer.send(write.emit(), &[]);
        assert_eq!(peer.answer().unwrap().opcode(), Opcode::R2T);
        let ready = peer.command(5, &[0; 6]);
        peer.send(ready.emit(), &[]);
        // It waits behind the other, and its thread sleeps.
        std::thread::sleep(std::time::Duration::from_millis(100));
        let request = TaskRequest {
            immediate: true,
            is_final: true,
            function: task_function::ABORT_TASK,
            task_tag: 9,
            referenced_tag: 4,
            command_number: peer.number,
            ..TaskRequest::default()
        };
        peer.send(request.emit(), &[]);
        let mut tags: Vec<u32> = (0..2).map(|_| peer.answer().unwrap().header.task_tag()).collect();
        tags.sort_unstable();
        assert_eq!(tags, [5, 9]);
    }
}

/// 11.7.1, 11.8: the sequence of a burst ends with F; R2T takes no StatSN and counts in ExpDataSN; the status comes with
/// the last data.
#[test]
fn numbers_and_final_bits_are_those_of_the_standard() {
    let target = Target::new(true);
    let keys = "MaxRecvDataSegmentLength=512\0MaxBurstLength=1024\0FirstBurstLength=512\0InitialR2T=Yes\0ImmediateData=No\0";
    let mut peer = Peer::log_in(&target, "numbers", keys);
    peer.is_served();
    // GET CONFIGURATION, of which there is too little for all of the room.
    let read = ScsiCommand {
        read: true,
        expected_bytes: 4096,
        ..peer.command(1, &[0x46, 0, 0, 0, 0, 0, 0, 0x10, 0, 0])
    };
    peer.send(read.emit(), &[]);
    let mut parts = Vec::new();
    loop {
        let heard = peer.answer().unwrap();
        let part = DataIn::parse(&heard.header).unwrap();
        parts.push((part, heard.data.len()));
        if part.has_status {
            break;
        }
    }
    let mut offset = 0;
    for (number, (part, bytes)) in parts.iter().enumerate() {
        let last = number + 1 == parts.len();
        assert_eq!((part.data_number, part.offset as usize), (number as u32, offset));
        offset += bytes;
        assert_eq!(part.is_final, last || offset % 1024 == 0, "{part:?}");
        assert!(*bytes <= 512);
    }
    let (last, _) = parts.last().unwrap();
    assert!(last.underflow && !last.overflow);
    assert_eq!(last.residual as usize, 4096 - offset);

    let before = last.status_number;
    let command = ScsiCommand { write: true, expected_bytes: 2048, ..peer.command(2, &WRITE) };
    peer.send(command.emit(), &[]);
    for number in 0..2 {
        let r2t = R2t::parse(&peer.answer().unwrap().header).unwrap();
        assert_eq!((r2t.number, r2t.offset, r2t.bytes), (number, number * 1024, 1024));
        assert_eq!(r2t.status_number, before.wrapping_add(1), "the next, which it does not take");
        for (part, offset) in [(0, r2t.offset), (1, r2t.offset + 512)] {
            let out = DataOut {
                is_final: part == 1,
                task_tag: 2,
                transfer_tag: r2t.transfer_tag,
                data_number: part,
                offset,
                ..DataOut::default()
            };
            peer.send(out.emit(), &[0; 512]);
        }
    }
    let response = ScsiResponse::parse(&peer.answer().unwrap().header).unwrap();
    assert_eq!(response.status_number, before.wrapping_add(1));
    assert_eq!(response.expected_data, 2, "two R2T");
}

/// SAM "HEAD OF QUEUE": before what waits.
#[test]
fn the_head_of_the_queue_comes_first() {
    let target = Target::new(false);
    let mut peer = Peer::log_in(&target, "head", SOLICITED);
    peer.is_served();
    let write = ScsiCommand { write: true, expected_bytes: 2048, ..peer.command(1, &WRITE) };
    peer.send(write.emit(), &[]);
    let r2t = R2t::parse(&peer.answer().unwrap().header).unwrap();
    let plain = ScsiCommand { attribute: 1, ..peer.command(2, &[0; 6]) };
    peer.send(plain.emit(), &[]);
    let head = ScsiCommand { attribute: 3, ..peer.command(3, &[0; 6]) };
    peer.send(head.emit(), &[]);
    let first = peer.answer().unwrap().header.task_tag();
    let out = DataOut { is_final: true, task_tag: 1, transfer_tag: r2t.transfer_tag, ..DataOut::default() };
    peer.send(out.emit(), &[0; 2048]);
    let rest: Vec<u32> = (0..2).map(|_| peer.answer().unwrap().header.task_tag()).collect();
    assert_eq!((first, rest), (3, vec![1, 2]));
}

/// 11.9: before a server stops it says so.
#[test]
fn a_server_that_stops_says_so() {
    let target = Target::new(false);
    let mut peer = Peer::log_in(&target, "told", "");
    peer.is_served();
    target.handle.stop();
    let heard = peer.hear().unwrap();
    assert_eq!(AsyncMessage::parse(&heard.header).unwrap().event, event::SESSION_DROPS);
    assert!(peer.hear().is_none());
}
