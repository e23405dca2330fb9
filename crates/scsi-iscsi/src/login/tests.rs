//! Logins as real initiators do them, and every way to be refused.

mod chap;
mod properties;
mod refusal;

use std::sync::Arc;

use super::*;
use crate::chap::Secret;
use crate::pdu::Digests;

const TARGET: &str = "iqn.2026-11.org.example:drive";

fn policy() -> LoginPolicy {
    LoginPolicy::new(TARGET)
}

fn open_login() -> Login {
    Login::new(Arc::new(policy()))
}

fn secret(text: &str) -> Secret {
    Secret::new(text).unwrap()
}

fn chap_policy(mutual: bool) -> LoginPolicy {
    let mutual = mutual.then(|| ("drive".to_owned(), secret("the drive's own one")));
    LoginPolicy {
        auth: Auth::Chap { name: "alice".into(), secret: secret("what alice knows"), mutual },
        ..policy()
    }
}

fn chap_login(mutual: bool) -> Login {
    Login::new(Arc::new(chap_policy(mutual)))
}

/// From this stage to that one, or staying there.
fn request(current_stage: u8, next_stage: Option<u8>) -> LoginRequest {
    LoginRequest {
        immediate: true,
        transit: next_stage.is_some(),
        current_stage,
        next_stage: next_stage.unwrap_or(0),
        isid: [0x80, 1, 2, 3, 4, 5],
        task_tag: 0x0BAD_CAFE,
        connection: 7,
        command_number: 41,
        ..LoginRequest::default()
    }
}

/// Lines to a text: every line is closed by a NUL.
fn text(lines: &str) -> Vec<u8> {
    lines.lines().flat_map(|line| line.trim().bytes().chain([0])).collect()
}

fn lines(text: &[u8]) -> Vec<String> {
    let pairs = text::parse(text).unwrap();
    pairs.into_iter().map(|(key, value)| format!("{key}={value}")).collect()
}

/// What a target must say of the request that it answers.
fn check_echo(response: &LoginResponse, request: &LoginRequest) {
    assert_eq!((response.isid, response.task_tag), (request.isid, request.task_tag));
    assert_eq!(response.current_stage, request.current_stage);
    assert_eq!((response.version_max, response.version_active), (0, 0));
    assert!(!(response.transit && response.goes_on));
}

/// The response and its text, of a login that goes on.
#[track_caller]
fn goes_on(login: &mut Login, request: &LoginRequest, text: &[u8]) -> (LoginResponse, Vec<String>) {
    match login.step(request, text) {
        Step::Answer(response, text) => {
            check_echo(&response, request);
            assert_eq!((response.status_class, response.status_detail), (0, 0));
            (response, lines(&text))
        }
        step => panic!("expected an answer: {step:?}"),
    }
}

/// The text, and what was agreed on.
#[track_caller]
fn is_done(login: &mut Login, request: &LoginRequest, text: &[u8]) -> (Vec<String>, Agreed) {
    match login.step(request, text) {
        Step::Done(response, text, agreed) => {
            check_echo(&response, request);
            assert_eq!((response.status_class, response.status_detail), (0, 0));
            assert_eq!((response.transit, response.next_stage), (true, 3));
            (lines(&text), *agreed)
        }
        step => panic!("expected the end of the login: {step:?}"),
    }
}

/// The status, as class and detail in one number, and the fault.
#[track_caller]
fn is_refused(login: &mut Login, request: &LoginRequest, text: &[u8]) -> (u16, LoginFault) {
    match login.step(request, text) {
        Step::Refused(response, fault) => {
            check_echo(&response, request);
            assert!(!response.transit);
            assert!(!fault.to_string().is_empty());
            (u16::from_be_bytes([response.status_class, response.status_detail]), fault)
        }
        step => panic!("expected a refusal: {step:?}"),
    }
}

const NAMES: &str = "InitiatorName=iqn.1993-08.org.debian:01:abc
    TargetName=iqn.2026-11.org.example:drive";

/// As libiscsi 1.19 and, through it, QEMU 7.2 do.
const LIBISCSI: &str = "InitiatorName=iqn.2008-11.org.linux-kvm:guest
    TargetName=iqn.2026-11.org.example:drive
    SessionType=Normal
    HeaderDigest=None,CRC32C
    DataDigest=None
    InitialR2T=No
    ImmediateData=Yes
    MaxBurstLength=262144
    FirstBurstLength=262144
    MaxRecvDataSegmentLength=262144
    DataPDUInOrder=Yes
    DefaultTime2Wait=2
    DefaultTime2Retain=0
    IFMarker=No
    OFMarker=No
    ErrorRecoveryLevel=0
    MaxConnections=1
    MaxOutstandingR2T=1
    DataSequenceInOrder=Yes";

#[test]
fn libiscsi_and_qemu_log_in_with_one_request() {
    let (answer, agreed) = is_done(&mut open_login(), &request(1, Some(3)), &text(LIBISCSI));
    assert_eq!(
        answer,
        [
            "TargetPortalGroupTag=1",
            "HeaderDigest=None",
            "DataDigest=None",
            "InitialR2T=No",
            "ImmediateData=Yes",
            "MaxBurstLength=262144",
            "DataPDUInOrder=Yes",
            "DefaultTime2Wait=2",
            "DefaultTime2Retain=0",
            "IFMarker=No",
            "OFMarker=No",
            "ErrorRecoveryLevel=0",
            "MaxConnections=1",
            "MaxOutstandingR2T=1",
            "DataSequenceInOrder=Yes",
            "FirstBurstLength=65536",
            "MaxRecvDataSegmentLength=262144",
        ]
    );
    assert_eq!(agreed.initiator, "iqn.2008-11.org.linux-kvm:guest");
    assert_eq!((agreed.session, agreed.initiator_alias), (SessionType::Normal, None));
    assert_eq!((agreed.isid, agreed.tsih), ([0x80, 1, 2, 3, 4, 5], 0));
    assert_eq!((agreed.connection, agreed.command_number), (7, 41));
    assert_eq!(
        agreed.parameters,
        Parameters {
            max_recv_data_segment: 262_144,
            max_send_data_segment: 262_144,
            max_burst: 262_144,
            first_burst: 65_536,
            initial_r2t: false,
            time_to_retain: 0,
            ..Parameters::default()
        }
    );
}

#[test]
fn linux_logs_in_with_one_request() {
    let linux = "InitiatorName=iqn.1993-08.org.debian:01:abc
        InitiatorAlias=guest
        TargetName=iqn.2026-11.org.example:drive
        SessionType=Normal
        HeaderDigest=None
        DataDigest=None
        DefaultTime2Wait=2
        DefaultTime2Retain=0
        IFMarker=No
        OFMarker=No
        ErrorRecoveryLevel=0
        InitialR2T=No
        ImmediateData=Yes
        MaxBurstLength=16776192
        FirstBurstLength=262144
        MaxOutstandingR2T=1
        MaxConnections=1
        DataPDUInOrder=Yes
        DataSequenceInOrder=Yes
        MaxRecvDataSegmentLength=262144";
    let policy = LoginPolicy { alias: Some("A drive".into()), portal_group: 3, ..policy() };
    let (answer, agreed) = is_done(&mut Login::new(Arc::new(policy)), &request(1, Some(3)), &text(linux));
    assert_eq!(answer[..2], ["TargetAlias=A drive", "TargetPortalGroupTag=3"]);
    assert!(answer.contains(&"MaxBurstLength=1048576".to_owned()), "{answer:?}");
    assert!(!answer.iter().any(|line| line.starts_with("InitiatorAlias")), "{answer:?}");
    assert_eq!(agreed.initiator_alias.as_deref(), Some("guest"));
    assert_eq!((agreed.parameters.max_burst, agreed.parameters.first_burst), (1 << 20, 65_536));
}

#[test]
fn linux_discovers_with_one_request() {
    let discovery = "InitiatorName=iqn.1993-08.org.debian:01:abc
        InitiatorAlias=guest
        SessionType=Discovery
        HeaderDigest=None
        DataDigest=None
        DefaultTime2Wait=2
        DefaultTime2Retain=0
        IFMarker=No
        OFMarker=No
        ErrorRecoveryLevel=0
        InitialR2T=No
        MaxBurstLength=16776192
        MaxRecvDataSegmentLength=32768";
    let (answer, agreed) = is_done(&mut open_login(), &request(1, Some(3)), &text(discovery));
    assert_eq!(
        answer,
        [
            "HeaderDigest=None",
            "DataDigest=None",
            "DefaultTime2Wait=2",
            "DefaultTime2Retain=0",
            "IFMarker=No",
            "OFMarker=No",
            "ErrorRecoveryLevel=0",
            "InitialR2T=Irrelevant",
            "MaxBurstLength=Irrelevant",
            "MaxRecvDataSegmentLength=262144",
        ]
    );
    assert_eq!(agreed.session, SessionType::Discovery);
    assert_eq!(agreed.parameters.max_send_data_segment, 32_768);
}

#[test]
fn an_initiator_that_offers_nothing_gets_the_standards_defaults() {
    let (answer, agreed) = is_done(&mut open_login(), &request(1, Some(3)), &text(NAMES));
    assert_eq!(answer, ["TargetPortalGroupTag=1", "MaxRecvDataSegmentLength=262144"]);
    let defaults = Parameters { max_recv_data_segment: 262_144, ..Parameters::default() };
    assert_eq!(agreed.parameters, defaults);
}

/// As iscsid does where it is told a secret, and the target none.
#[test]
fn all_stages_are_gone_through_one_by_one() {
    let mut login = open_login();
    let first = text(&format!("{NAMES}\nAuthMethod=CHAP,None"));
    let (response, answer) = goes_on(&mut login, &request(0, Some(1)), &first);
    assert_eq!((response.transit, response.next_stage), (true, 1));
    assert_eq!(answer, ["TargetPortalGroupTag=1", "AuthMethod=None"]);
    let (response, answer) = goes_on(&mut login, &request(1, None), &text("HeaderDigest=CRC32C,None"));
    assert!(!response.transit);
    assert_eq!(answer, ["HeaderDigest=CRC32C", "MaxRecvDataSegmentLength=262144"]);
    let (answer, agreed) = is_done(&mut login, &request(1, Some(3)), &text("DataDigest=CRC32C"));
    assert_eq!(answer, ["DataDigest=CRC32C"], "declared once");
    assert_eq!(agreed.parameters.digests, Digests { header: true, data: true });
}

#[test]
fn the_operational_stage_may_be_skipped() {
    let first = text(&format!("{NAMES}\nAuthMethod=None"));
    let (answer, _) = is_done(&mut open_login(), &request(0, Some(3)), &first);
    assert_eq!(answer, ["TargetPortalGroupTag=1", "AuthMethod=None", "MaxRecvDataSegmentLength=262144"]);
    let (answer, _) = is_done(&mut open_login(), &request(0, Some(3)), &text(NAMES));
    assert_eq!(answer, ["TargetPortalGroupTag=1", "MaxRecvDataSegmentLength=262144"]);
}

#[test]
fn a_text_may_go_on_in_the_middle_of_a_key() {
    let mut login = open_login();
    let whole = text(LIBISCSI);
    for part in whole.chunks(100).take(whole.len() / 100) {
        let part_request = LoginRequest { goes_on: true, ..request(1, None) };
        let (response, answer) = goes_on(&mut login, &part_request, part);
        assert_eq!((response.transit, response.goes_on, answer), (false, false, vec![]));
    }
    let (answer, _) = is_done(&mut login, &request(1, Some(3)), &whole[whole.len() / 100 * 100..]);
    assert_eq!(answer.len(), 17);
}

/// RFC 7143 6.1: 8192 bytes are to be taken from everybody, and no more may be sent to somebody who declared nothing.
#[test]
fn an_answer_that_is_too_long_goes_on_in_the_next_response() {
    let mut login = open_login();
    let keys: Vec<String> = (0..1000).map(|n| format!("X-{n}=1")).collect();
    let mut first = text(&format!("{NAMES}\n{}", keys.join("\n")));
    assert!(first.len() <= 8192, "what RFC 7143 asks for");
    let mut whole = Vec::new();
    loop {
        match login.step(&request(1, Some(3)), &core::mem::take(&mut first)) {
            Step::Answer(response, part) => {
                assert_eq!((response.transit, response.goes_on, part.len()), (false, true, 8192));
                whole.extend(part);
            }
            Step::Done(_, part, _) => {
                assert!(part.len() <= 8192);
                whole.extend(part);
                break;
            }
            Step::Refused(_, fault) => panic!("{fault}"),
        }
    }
    let answer = lines(&whole);
    assert_eq!(answer[0], "TargetPortalGroupTag=1");
    assert_eq!(answer[1], "X-0=NotUnderstood");
    assert_eq!(answer[1000], "X-999=NotUnderstood");
    assert_eq!(answer[1001], "MaxRecvDataSegmentLength=262144");
}

#[test]
fn names_are_compared_without_case() {
    let names = "InitiatorName=IQN.1993-08.ORG.Debian:01:ABC\nTargetName=iqn.2026-11.ORG.example:Drive";
    let (_, agreed) = is_done(&mut open_login(), &request(1, Some(3)), &text(names));
    assert_eq!(agreed.initiator, "iqn.1993-08.org.debian:01:abc");
}

#[test]
fn which_session_is_said_by_the_first_request() {
    let mut login = open_login();
    let first = LoginRequest { tsih: 5, ..request(1, None) };
    goes_on(&mut login, &first, &text(NAMES));
    let last =
        LoginRequest { tsih: 6, isid: [9; 6], connection: 8, command_number: 42, ..request(1, Some(3)) };
    let (_, agreed) = is_done(&mut login, &last, b"");
    assert_eq!((agreed.tsih, agreed.isid), (5, [0x80, 1, 2, 3, 4, 5]));
    assert_eq!((agreed.connection, agreed.command_number), (7, 41));
}

/// One row a key: what is offered, what is answered (RFC 7143 13).
#[test]
fn keys_have_their_results() {
    for (offer, answer) in [
        ("HeaderDigest=CRC32C", "HeaderDigest=CRC32C"),
        ("HeaderDigest=X-new,CRC32C,None", "HeaderDigest=CRC32C"),
        ("DataDigest=None,CRC32C", "DataDigest=None"),
        ("DataDigest=X-new", "DataDigest=Reject"),
        ("DataDigest=", "DataDigest=Reject"),
        ("MaxConnections=8", "MaxConnections=1"),
        ("MaxConnections=0", "MaxConnections=Reject"),
        ("MaxConnections=65536", "MaxConnections=Reject"),
        ("InitialR2T=Yes", "InitialR2T=Yes"),
        ("InitialR2T=yes", "InitialR2T=Reject"),
        ("ImmediateData=No", "ImmediateData=No"),
        ("MaxBurstLength=0x200", "MaxBurstLength=512"),
        ("MaxBurstLength=511", "MaxBurstLength=Reject"),
        ("MaxBurstLength=16777216", "MaxBurstLength=Reject"),
        ("MaxBurstLength=-1", "MaxBurstLength=Reject"),
        ("FirstBurstLength=16777215", "FirstBurstLength=65536"),
        ("DefaultTime2Wait=0", "DefaultTime2Wait=2"),
        ("DefaultTime2Wait=3600", "DefaultTime2Wait=3600"),
        ("DefaultTime2Wait=3601", "DefaultTime2Wait=Reject"),
        ("DefaultTime2Retain=20", "DefaultTime2Retain=0"),
        ("MaxOutstandingR2T=16", "MaxOutstandingR2T=1"),
        ("DataPDUInOrder=No", "DataPDUInOrder=Yes"),
        ("DataSequenceInOrder=No", "DataSequenceInOrder=Yes"),
        ("ErrorRecoveryLevel=2", "ErrorRecoveryLevel=0"),
        ("ErrorRecoveryLevel=3", "ErrorRecoveryLevel=Reject"),
        ("TaskReporting=FastAbort,ResponseFence,RFC3720", "TaskReporting=RFC3720"),
        ("TaskReporting=FastAbort", "TaskReporting=Reject"),
        ("iSCSIProtocolLevel=2", "iSCSIProtocolLevel=1"),
        ("iSCSIProtocolLevel=0", "iSCSIProtocolLevel=0"),
        ("IFMarker=Yes", "IFMarker=No"),
        ("OFMarker=No", "OFMarker=No"),
        ("IFMarkInt=1~65535", "IFMarkInt=Reject"),
        ("OFMarkInt=2048", "OFMarkInt=Reject"),
        ("RDMAExtensions=Yes", "RDMAExtensions=NotUnderstood"),
        ("X-com.example.key=1", "X-com.example.key=NotUnderstood"),
        ("X#NodeArchitecture=os", "X#NodeArchitecture=NotUnderstood"),
        ("initialR2T=No", "initialR2T=NotUnderstood"),
        ("SendTargets=All", "SendTargets=Reject"),
        ("TargetPortalGroupTag=1", "TargetPortalGroupTag=Reject"),
    ] {
        let mut login = open_login();
        goes_on(&mut login, &request(1, None), &text(NAMES));
        let (_, seen) = goes_on(&mut login, &request(1, None), &text(offer));
        assert_eq!(seen, [answer], "{offer}");
    }
}

/// What is rejected keeps its default, and what is an answer itself is not answered.
#[test]
fn a_rejected_key_and_an_answer_change_nothing() {
    let keys = "MaxBurstLength=1\nInitialR2T=Maybe\nDefaultTime2Wait=Irrelevant\nTargetAlias=NotUnderstood";
    let first = text(&format!("{NAMES}\n{keys}"));
    let (answer, agreed) = is_done(&mut open_login(), &request(1, Some(3)), &first);
    assert_eq!(answer[1..3], ["MaxBurstLength=Reject", "InitialR2T=Reject"]);
    assert_eq!(answer.len(), 4);
    let defaults = Parameters { max_recv_data_segment: 262_144, ..Parameters::default() };
    assert_eq!(agreed.parameters, defaults);
}

/// RFC 7143 13.14: FirstBurstLength MUST NOT exceed MaxBurstLength.
#[test]
fn the_first_burst_is_never_longer_than_any() {
    let first = text(&format!("{NAMES}\nFirstBurstLength=8192\nMaxBurstLength=4096"));
    let (answer, agreed) = is_done(&mut open_login(), &request(1, Some(3)), &first);
    assert_eq!(answer[1..3], ["MaxBurstLength=4096", "FirstBurstLength=4096"]);
    assert_eq!(agreed.parameters.first_burst, 4096);
    let first = text(&format!("{NAMES}\nMaxBurstLength=4096"));
    let (_, agreed) = is_done(&mut open_login(), &request(1, Some(3)), &first);
    assert_eq!(agreed.parameters.first_burst, 4096, "not its default, 65536");
}
