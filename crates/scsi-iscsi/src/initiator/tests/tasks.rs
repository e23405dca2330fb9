//! One command: data, residuals, and a target that gets them wrong.

use scsi_transport::{Data, Outcome, Status};

use super::*;
use crate::initiator::Event;
use crate::initiator::error::Failure;
use crate::initiator::session::Completion;
use crate::pdu::answer::{AsyncMessage, DataIn, R2t, Reject, ScsiResponse, event};
use crate::pdu::request::{DataOut, NopOut, ScsiCommand, TaskRequest};
use crate::pdu::{NO_TAG, Opcode};

/// The first command of a session.
fn run(pdus: Pdus<'_>, data: &mut Data<'_>, parameters: Parameters) -> (Result<Completion, Failure>, Said) {
    let (mut session, said) = session(Script { bytes: bytes(pdus), is_silent: true }, parameters);
    let tag = session.start(&[0x28; 10], data, soon()).unwrap();
    assert_eq!(tag, 1);
    let completion = session.finish(tag, data, soon());
    // What a script says comes at once, so that our words may still wait.
    let _ = session.idle(soon());
    (completion, said)
}

fn outcome(pdus: Pdus<'_>, data: &mut Data<'_>) -> Outcome {
    run(pdus, data, PARAMETERS).0.unwrap().outcome.unwrap()
}

fn good() -> ScsiResponse {
    ScsiResponse {
        is_final: true,
        task_tag: 1,
        status_number: 1,
        expected_command: 2,
        max_command: 9,
        ..ScsiResponse::default()
    }
}

fn data_in() -> DataIn {
    DataIn { task_tag: 1, transfer_tag: NO_TAG, expected_command: 2, max_command: 9, ..DataIn::default() }
}

fn r2t() -> R2t {
    R2t {
        is_final: true,
        task_tag: 1,
        transfer_tag: 77,
        status_number: 1,
        expected_command: 2,
        max_command: 9,
        bytes: 2048,
        ..R2t::default()
    }
}

#[test]
fn data_come_in_pieces_with_status_in_the_last() {
    let mut room = [0; 8];
    let last = DataIn {
        is_final: true,
        has_status: true,
        underflow: true,
        residual: 2,
        status_number: 1,
        data_number: 1,
        offset: 4,
        ..data_in()
    };
    let pdus = [(data_in().emit(), &b"abcd"[..]), (last.emit(), b"ef")];
    assert_eq!(outcome(&pdus, &mut Data::In(&mut room)), Outcome::good(6));
    assert_eq!(&room, b"abcdef\0\0");
}

#[test]
fn sense_comes_behind_its_length() {
    let check = ScsiResponse { status: 2, underflow: true, residual: 8, ..good() };
    let pdus = [(check.emit(), &[0, 3, 0x70, 0, 5, 0xFF][..])];
    let seen = outcome(&pdus, &mut Data::In(&mut [0; 8]));
    assert_eq!(seen, Outcome { status: Status::CHECK_CONDITION, sense: vec![0x70, 0, 5], transferred: 0 });
}

#[test]
fn more_than_there_was_room_for_is_no_harm() {
    let overflow = ScsiResponse { overflow: true, residual: 100, ..good() };
    let pdus = [(data_in().emit(), &b"abcd"[..]), (overflow.emit(), &[])];
    assert_eq!(outcome(&pdus, &mut Data::In(&mut [0; 4])), Outcome::good(4));
}

#[test]
fn data_go_out_as_they_are_asked_for() {
    let sent: Vec<u8> = (0..5000).map(|at| (at % 256) as u8).collect();
    let second = R2t { number: 1, offset: 2048, bytes: 2952, transfer_tag: 78, ..r2t() };
    let pdus = [(r2t().emit(), &[][..]), (second.emit(), &[]), (good().emit(), &[])];
    let (completion, said) = run(&pdus, &mut Data::Out(&sent), PARAMETERS);
    assert_eq!(completion.unwrap().outcome, Ok(Outcome::good(5000)));
    let mut pdus = said.pdus().into_iter();
    let (command, immediate) = pdus.next().unwrap();
    let command = ScsiCommand::parse(&command).unwrap();
    assert!(command.write && !command.read && command.is_final && immediate.is_empty());
    assert_eq!((command.expected_bytes, command.command_number, command.expected_status), (5000, 1, 1));
    let mut seen = Vec::new();
    let mut places = Vec::new();
    for (header, data) in pdus {
        let header = DataOut::parse(&header).unwrap();
        assert_eq!(header.offset as usize, seen.len());
        places.push((header.transfer_tag, header.data_number, data.len(), header.is_final));
        seen.extend(data);
    }
    assert_eq!(seen, sent);
    assert_eq!(
        places,
        [
            (77, 0, 1024, false),
            (77, 1, 1024, true),
            (78, 0, 1024, false),
            (78, 1, 1024, false),
            (78, 2, 904, true)
        ]
    );
}

#[test]
fn what_may_go_unasked_goes() {
    // ImmediateData, InitialR2T; bytes of the command, bytes behind it, final.
    for (immediate_data, initial_r2t, with, behind) in
        [(true, false, 1024, 3072), (true, true, 1024, 0), (false, false, 0, 4096), (false, true, 0, 0)]
    {
        let parameters = Parameters { immediate_data, initial_r2t, ..PARAMETERS };
        let asked = R2t { offset: with + behind, bytes: 5000 - with - behind, ..r2t() };
        let pdus = [(asked.emit(), &[][..]), (good().emit(), &[])];
        let (completion, said) = run(&pdus, &mut Data::Out(&[7; 5000]), parameters);
        assert_eq!(completion.unwrap().outcome, Ok(Outcome::good(5000)));
        let pdus = said.pdus();
        assert_eq!(ScsiCommand::parse(&pdus[0].0).unwrap().is_final, behind == 0);
        assert_eq!(pdus[0].1.len(), with as usize);
        let unasked: usize = pdus[1..]
            .iter()
            .filter(|(header, _)| DataOut::parse(header).unwrap().transfer_tag == NO_TAG)
            .map(|(_, data)| data.len())
            .sum();
        assert_eq!(unasked, behind as usize);
    }
}

#[test]
fn wrong_answers_say_what_is_wrong() {
    let ahead = DataIn { offset: 1, ..data_in() };
    let lost = DataIn { data_number: 1, ..data_in() };
    let other = DataIn { task_tag: 2, ..data_in() };
    let early = DataIn { has_status: true, status_number: 0, ..data_in() };
    let too_much = ScsiResponse { underflow: true, residual: 9, ..good() };
    let both = ScsiResponse { underflow: true, overflow: true, ..good() };
    let late = ScsiResponse { status_number: 2, ..good() };
    let login = BasicHeader::new(Opcode::LOGIN_RESPONSE);
    let unknown = BasicHeader::new(Opcode(0x2A));
    let cases: [(BasicHeader, &[u8], &str); 13] = [
        (ahead.emit(), b"a", "buffer offset of Data-In is 1, expected 0"),
        (lost.emit(), b"a", "DataSN is 1, expected 0"),
        (other.emit(), b"a", "no task has tag 2"),
        (data_in().emit(), b"abcdefghi", "end of Data-In is 9, expected at most 8"),
        (early.emit(), b"a", "StatSN is 0, expected 1"),
        (too_much.emit(), b"", "residual is 9, expected at most 8"),
        (both.emit(), b"", "residual is both"),
        (late.emit(), b"", "StatSN is 2, expected 1"),
        (good().emit(), b"\0\x05ab", "sense data have 5 bytes, of which 2 came"),
        (good().emit(), b"\0", "no length"),
        (r2t().emit(), b"", "R2T for task 1, which sends nothing"),
        (login, b"", "does not send this now: Login Response"),
        (unknown, b"", "does not send this now: opcode 0x2a"),
    ];
    for (header, data, what) in cases {
        match run(&[(header, data)], &mut Data::In(&mut [0; 8]), PARAMETERS).0 {
            Err(Failure::Protocol(text)) => assert!(text.contains(what), "{text}, expected {what}"),
            other => panic!("{other:?}, expected {what}"),
        }
    }
}

#[test]
fn wrong_questions_for_data_say_what_is_wrong() {
    for (r2t, what) in [
        (R2t { number: 1, ..r2t() }, "R2TSN is 1, expected 0"),
        (R2t { offset: 512, ..r2t() }, "buffer offset of R2T is 512, expected 0"),
        (R2t { bytes: 0, ..r2t() }, "length of R2T is 0, expected 1 to 8192"),
        (R2t { bytes: 8193, ..r2t() }, "length of R2T is 8193, expected 1 to 8192"),
        (R2t { transfer_tag: NO_TAG, ..r2t() }, "target transfer tag"),
        (R2t { task_tag: 9, ..r2t() }, "no task has tag 9"),
    ] {
        match run(&[(r2t.emit(), &[])], &mut Data::Out(&[0; 9000]), PARAMETERS).0 {
            Err(Failure::Protocol(text)) => assert!(text.contains(what), "{text}, expected {what}"),
            other => panic!("{other:?}, expected {what}"),
        }
    }
    match run(&[(data_in().emit(), b"a")], &mut Data::Out(&[0; 9000]), PARAMETERS).0 {
        Err(Failure::Protocol(text)) => assert!(text.contains("which expects none"), "{text}"),
        other => panic!("{other:?}"),
    }
}

#[test]
fn a_failing_target_and_a_rejected_command_end_the_command_only() {
    let failure = ScsiResponse { response: 1, ..good() };
    let reject =
        Reject { is_final: true, reason: 9, task_tag: NO_TAG, status_number: 1, ..Reject::default() };
    let command = ScsiCommand { task_tag: 1, ..ScsiCommand::default() }.emit();
    for pdu in [(failure.emit(), &[][..]), (reject.emit(), &command.0)] {
        let completion = run(&[pdu], &mut Data::None, PARAMETERS).0.unwrap();
        assert!(matches!(completion.outcome, Err(scsi_transport::TransportError::Host(_))), "{completion:?}");
    }
}

#[test]
fn pings_are_answered_while_a_command_runs() {
    let ping = NopIn { task_tag: NO_TAG, transfer_tag: 5, lun: Lun([1; 8]), ..NopIn::default() };
    // One that wants no answer.
    let hello = NopIn { task_tag: NO_TAG, transfer_tag: NO_TAG, ..NopIn::default() };
    let pdus = [(ping.emit(), &b"hello"[..]), (hello.emit(), &[]), (good().emit(), &[])];
    let (mut session, said) = session(Script { bytes: bytes(&pdus), is_silent: true }, PARAMETERS);
    let tag = session.start(&[0; 6], &mut Data::None, soon()).unwrap();
    session.finish(tag, &mut Data::None, soon()).unwrap();
    session.idle(soon()).unwrap();
    let pdus = said.pdus();
    assert_eq!(pdus.len(), 2);
    let answer = NopOut::parse(&pdus[1].0).unwrap();
    assert_eq!((answer.task_tag, answer.transfer_tag, answer.lun), (NO_TAG, 5, Lun([1; 8])));
    assert!(answer.immediate && answer.is_final && answer.command_number == 2);
    assert_eq!(pdus[1].1, b"hello");
}

#[test]
fn messages_are_kept() {
    let message = |number, event, parameter3| AsyncMessage {
        task_tag: NO_TAG,
        status_number: number,
        event,
        parameter3,
        ..AsyncMessage::default()
    };
    let sense = [0, 4, 0x72, 6, 0x28, 0];
    let pdus = [
        (message(1, event::SCSI, 0).emit(), &sense[..]),
        (message(2, event::LOGOUT_REQUESTED, 3).emit(), &[]),
        (message(3, event::NEGOTIATE, 3).emit(), &[]),
    ];
    let (mut session, _) = session(Script { bytes: bytes(&pdus), is_silent: true }, PARAMETERS);
    session.idle(soon()).unwrap();
    let events: Vec<Event> = session.events().collect();
    let within = Duration::from_secs(3);
    assert_eq!(
        events,
        [Event::Scsi(sense[2..].to_vec()), Event::LogoutRequested { within }, Event::Other(event::NEGOTIATE)]
    );
    assert!(session.is_asked_to_leave());
}

#[test]
fn a_full_window_waits_for_room() {
    let answers: Vec<_> = (1..=2)
        .map(|tag| ScsiResponse { task_tag: tag, status_number: tag, max_command: 8 + tag, ..good() }.emit())
        .map(|header| (header, &[][..]))
        .collect();
    let (mut session, said) = session(Script { bytes: bytes(&answers), is_silent: true }, PARAMETERS);
    for _ in 0..10 {
        session.start(&[0; 6], &mut Data::None, soon()).unwrap();
    }
    // Two more have found room, and leave together with what comes next.
    assert_eq!(said.pdus().len(), 8);
    assert!(matches!(session.start(&[0; 6], &mut Data::None, soon()), Err(Failure::Timeout)));
    assert_eq!((session.in_flight(), said.pdus().len()), (8, 10));
}

#[test]
fn an_abort_names_its_task() {
    let (mut session, said) = session(Script { bytes: VecDeque::new(), is_silent: true }, PARAMETERS);
    let tag = session.start(&[0; 6], &mut Data::None, soon()).unwrap();
    let number = session.number_of(tag).unwrap();
    assert!(matches!(session.manage(1, Some((tag, number)), None, soon()), Err(Failure::Timeout)));
    let request = TaskRequest::parse(&said.pdus()[1].0).unwrap();
    assert_eq!((request.function, request.referenced_tag, request.referenced_number), (1, 1, 1));
    assert!(request.immediate && request.command_number == 2);
}
