//! Logins.

use super::*;
use crate::initiator::discovery::send_targets;
use crate::initiator::error::ConnectError;
use crate::initiator::login::login;
use crate::initiator::{Chap, Credentials, Options};
use crate::pdu::answer::{LoginResponse, TextResponse};
use crate::pdu::request::LoginRequest;

fn run(
    pdus: Pdus<'_>,
    options: &Options,
    target: Option<&str>,
) -> (Result<LoggedIn<Script, Said>, ConnectError>, Said) {
    let said = Said::default();
    let script = Script { bytes: bytes(pdus), is_silent: true };
    (login(script, said.clone(), options, target, soon()), said)
}

fn response(current_stage: u8, next_stage: Option<u8>, number: u32) -> BasicHeader {
    LoginResponse {
        transit: next_stage.is_some(),
        current_stage,
        next_stage: next_stage.unwrap_or(0),
        status_number: number,
        expected_command: 1,
        max_command: 32,
        ..LoginResponse::default()
    }
    .emit()
}

const TARGET: Option<&str> = Some("iqn.2026-01.org.rawcd.test:drive");

#[test]
fn one_pdu_each_is_a_login() {
    let answer =
        b"TargetPortalGroupTag=1\0HeaderDigest=CRC32C\0DataDigest=None\0InitialR2T=No\0ImmediateData=Yes\0\
        MaxBurstLength=65536\0FirstBurstLength=131072\0MaxRecvDataSegmentLength=4096\0MaxConnections=1\0";
    let digests = Digests { header: true, data: true };
    let options = Options { digests, ..Options::default() };
    let (login, said) = run(&[(response(1, Some(3), 7), answer)], &options, TARGET);
    let login = login.unwrap();
    let expected = Parameters {
        digests: Digests { header: true, data: false },
        initial_r2t: false,
        immediate_data: true,
        max_burst: 65_536,
        first_burst: 65_536,
        max_send: 4096,
    };
    assert_eq!(login.parameters, expected);
    assert_eq!((login.numbers.status, login.numbers.command), (8, 1));
    let pdus = said.pdus();
    assert_eq!(pdus.len(), 1);
    let request = LoginRequest::parse(&pdus[0].0).unwrap();
    assert!(request.transit && request.immediate && request.tsih == 0);
    assert_eq!((request.current_stage, request.next_stage), (1, 3));
    // What libiscsi, QEMU and Linux say, no more: a target need not know other keys.
    assert_eq!(
        String::from_utf8(pdus[0].1.clone()).unwrap().replace('\0', "\n"),
        "InitiatorName=iqn.2026-11.io.github.rawcd:initiator\nSessionType=Normal\n\
        TargetName=iqn.2026-01.org.rawcd.test:drive\nHeaderDigest=CRC32C,None\nDataDigest=CRC32C,None\n\
        MaxRecvDataSegmentLength=262144\nDefaultTime2Wait=2\nDefaultTime2Retain=0\nErrorRecoveryLevel=0\n\
        InitialR2T=No\nImmediateData=Yes\nMaxBurstLength=262144\nFirstBurstLength=262144\nMaxConnections=1\n\
        MaxOutstandingR2T=1\nDataPDUInOrder=Yes\nDataSequenceInOrder=Yes\n"
    );
}

#[test]
fn a_target_that_says_nothing_has_the_defaults() {
    let (login, _) = run(&[(response(1, Some(3), 0), b"")], &Options::default(), TARGET);
    let seen = login.unwrap().parameters;
    assert!(seen.initial_r2t && seen.immediate_data && seen.digests == Digests::default());
    assert_eq!((seen.max_send, seen.max_burst), (8192, 262_144));
}

#[test]
fn keys_that_we_do_not_know_are_answered() {
    let pdus =
        [(response(1, None, 0), &b"X-org.rawcd.a=1\0TargetAlias=x\0"[..]), (response(1, Some(3), 1), b"")];
    let (login, said) = run(&pdus, &Options::default(), TARGET);
    login.unwrap();
    assert_eq!(said.pdus()[1].1, b"X-org.rawcd.a=NotUnderstood\0");
}

#[test]
fn text_may_go_on_in_the_next_pdu() {
    let first =
        LoginResponse { goes_on: true, current_stage: 1, max_command: 32, ..LoginResponse::default() };
    let pdus = [(first.emit(), &b"MaxRecvDataSegm"[..]), (response(1, Some(3), 1), b"entLength=512\0")];
    let (login, said) = run(&pdus, &Options::default(), TARGET);
    assert_eq!(login.unwrap().parameters.max_send, 512);
    assert_eq!(said.pdus()[1].1, b"");
}

#[test]
fn refusals_say_why() {
    let refused = |status_class, status_detail| {
        LoginResponse { status_class, status_detail, current_stage: 1, ..LoginResponse::default() }.emit()
    };
    let nop = NopIn::default().emit();
    let next = Some(3);
    let cases: [(Pdus<'_>, &str); 13] = [
        (&[(refused(2, 3), b"")], "there is no such target (status 0203h)"),
        (&[(refused(2, 1), b"")], "authentication failed, or is asked for"),
        (&[(refused(3, 1), b"")], "not available"),
        (&[(refused(9, 9), b"")], "does not know (status 0909h)"),
        (&[(refused(1, 1), b"TargetAddress=h:1,1\0")], "has moved to h:1,1"),
        (&[(refused(1, 1), b"")], "says not where"),
        (&[(nop, b"")], "this is a NOP-In, expected a Login Response"),
        (&[(response(0, next, 0), b"")], "in stage 0, expected 1"),
        (&[(response(1, Some(2), 0), b"")], "goes on to stage 2, expected Some(3)"),
        (&[(response(1, next, 0), b"MaxBurstLength=511\0")], "MaxBurstLength=511, expected 512"),
        (&[(response(1, next, 0), b"DataDigest=CRC32C\0")], "DataDigest=CRC32C, expected one of those"),
        (&[(response(1, next, 0), b"InitialR2T=no\0")], "InitialR2T=no, expected Yes or No"),
        (&[(response(1, None, 0), b""), (response(1, next, 9), b"")], "StatSN is 9, expected 1"),
    ];
    for (pdus, what) in cases {
        let error = run(pdus, &Options::default(), TARGET).0.unwrap_err().to_string();
        assert!(error.contains(what), "{error}, expected {what}");
    }
    assert!(matches!(run(&[], &Options::default(), TARGET).0, Err(ConnectError::Timeout)));
}

#[test]
fn a_login_that_does_not_end_is_given_up() {
    let pdus: Vec<_> = (0..100).map(|number| (response(1, None, number), &b""[..])).collect();
    let error = run(&pdus, &Options::default(), TARGET).0.unwrap_err().to_string();
    assert!(error.contains("did not end within 16 answers"), "{error}");
    let goes_on = LoginResponse { goes_on: true, current_stage: 1, ..LoginResponse::default() };
    let text = [b'a'; 8192];
    let pdus: Vec<_> = (0..100)
        .map(|number| (LoginResponse { status_number: number, ..goes_on }.emit(), &text[..]))
        .collect();
    let error = run(&pdus, &Options::default(), TARGET).0.unwrap_err().to_string();
    assert!(error.contains("longer than 65536"), "{error}");
}

#[test]
fn who_wants_a_proof_gets_one_or_leaves() {
    let credentials =
        |name: &str| Credentials { name: name.into(), secret: [name, "secretsecret"].concat().into() };
    let chap = Chap { initiator: credentials("me"), target: Some(credentials("you")) };
    let options = Options { chap: Some(chap), ..Options::default() };
    let asked = (response(0, None, 1), &b"CHAP_A=5\0CHAP_I=1\0CHAP_C=0x0102\0"[..]);
    let first = (response(0, None, 0), &b"AuthMethod=CHAP\0"[..]);
    let cases: [(Pdus<'_>, &str); 4] = [
        (&[(response(0, Some(1), 0), b"AuthMethod=None\0")], "answers AuthMethod=None"),
        (&[first, (response(0, None, 1), b"CHAP_A=7\0CHAP_I=1\0CHAP_C=0x0102\0")], "chose CHAP_A=7"),
        (&[first, asked, (response(0, Some(1), 2), b"")], "did not send CHAP_N"),
        (
            &[first, asked, (response(0, Some(1), 2), b"CHAP_N=you\0CHAP_R=0x00\0")],
            "does not know its secret",
        ),
    ];
    for (pdus, what) in cases {
        let error = run(pdus, &options, TARGET).0.unwrap_err();
        assert!(
            matches!(error, ConnectError::Authentication(_)) && error.to_string().contains(what),
            "{error}"
        );
    }
    assert!(!format!("{options:?}").contains("secretsecret"));
}

#[test]
fn targets_are_listed() {
    let text = |is_final, status_number| TextResponse {
        is_final,
        goes_on: !is_final,
        transfer_tag: 9,
        status_number,
        ..TextResponse::default()
    };
    let script = [
        (response(1, Some(3), 0), &b""[..]),
        (text(false, 1).emit(), b"TargetName=a\0TargetAddress=h:3260,1\0TargetAddress=[::1]:32"),
        (text(true, 2).emit(), b"60,1\0TargetName=b\0"),
    ];
    let (login, said) = run(&script, &Options::default(), None);
    let targets = send_targets(&mut login.unwrap()).unwrap();
    assert_eq!((targets[0].name.as_str(), targets[1].name.as_str()), ("a", "b"));
    assert_eq!(targets[0].addresses, ["h:3260,1", "[::1]:3260,1"]);
    assert!(targets[1].addresses.is_empty());
    assert_eq!(said.pdus()[1].1, b"SendTargets=All\0");
}
