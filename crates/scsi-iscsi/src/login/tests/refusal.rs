//! Every refusal, with the status that RFC 7143 11.13.5 "Status-Class and Status-Detail" gives it.

use super::*;
use crate::login::policy::PolicyError;

#[test]
fn a_first_request_is_refused() {
    let long = format!("InitiatorName={}\nTargetName={TARGET}", "n".repeat(224));
    for (stages, first, status) in [
        ((1, Some(3)), "TargetName=iqn.2026-11.org.example:drive", 0x0207),
        ((1, Some(3)), "InitiatorName=iqn.a:b", 0x0207),
        ((1, Some(3)), "InitiatorName=iqn.a:b\nSessionType=Normal", 0x0207),
        ((1, Some(3)), "", 0x0207),
        ((1, Some(3)), "InitiatorName=\nTargetName=iqn.2026-11.org.example:drive", 0x0200),
        ((1, Some(3)), "InitiatorName=a b\nTargetName=iqn.2026-11.org.example:drive", 0x0200),
        ((1, Some(3)), &long, 0x0200),
        ((1, Some(3)), "InitiatorName=iqn.a:b\nTargetName=iqn.2026-11.org.example:other", 0x0203),
        ((1, Some(3)), "InitiatorName=iqn.a:b\nTargetName=", 0x0203),
        ((1, Some(3)), "InitiatorName=iqn.a:b\nSessionType=discovery", 0x0209),
        ((2, None), NAMES, 0x020B),
        ((3, None), NAMES, 0x020B),
        ((1, Some(1)), NAMES, 0x020B),
        ((1, Some(0)), NAMES, 0x020B),
        ((1, Some(2)), NAMES, 0x020B),
        ((0, Some(2)), NAMES, 0x020B),
        ((0, Some(0)), NAMES, 0x020B),
        ((1, Some(3)), "InitiatorName", 0x0200),
        ((1, Some(3)), "InitiatorName=iqn.a:b\nInitiatorName=iqn.a:b", 0x0200),
    ] {
        let (seen, fault) = is_refused(&mut open_login(), &request(stages.0, stages.1), &text(first));
        assert_eq!(seen, status, "{stages:?} {first}: {fault}");
    }
}

#[test]
fn a_later_version_is_refused() {
    let later = LoginRequest { version_min: 1, version_max: 1, ..request(1, Some(3)) };
    let (status, fault) = is_refused(&mut open_login(), &later, &text(NAMES));
    assert_eq!((status, fault), (0x0205, LoginFault::Version { seen: 1 }));
    let both = LoginRequest { version_min: 0, version_max: 1, ..request(1, Some(3)) };
    is_done(&mut open_login(), &both, &text(NAMES));
}

#[test]
fn a_declaration_that_cannot_be_is_refused() {
    for value in ["511", "16777216", "", "many"] {
        let first = text(&format!("{NAMES}\nMaxRecvDataSegmentLength={value}"));
        assert_eq!(is_refused(&mut open_login(), &request(1, Some(3)), &first).0, 0x0200, "{value}");
    }
    let first = text(&format!("{NAMES}\nInitiatorAlias=\x1B[2J"));
    assert_eq!(is_refused(&mut open_login(), &request(1, Some(3)), &first).0, 0x0200);
}

#[test]
fn nobody_changes_stage_without_asking() {
    let mut login = open_login();
    goes_on(&mut login, &request(0, None), &text(NAMES));
    assert_eq!(is_refused(&mut login, &request(1, Some(3)), b"").0, 0x020B);
    let mut login = open_login();
    goes_on(&mut login, &request(0, Some(1)), &text(NAMES));
    assert_eq!(is_refused(&mut login, &request(0, Some(1)), b"").0, 0x020B, "backwards");
    let mut login = open_login();
    goes_on(&mut login, &request(1, None), &text(NAMES));
    assert_eq!(is_refused(&mut login, &request(0, Some(1)), b"").0, 0x020B, "backwards");
}

#[test]
fn a_key_comes_once_in_a_login() {
    for (key, fault) in [
        ("InitialR2T=No", LoginFault::Again { key: "InitialR2T".into() }),
        ("InitiatorName=iqn.1993-08.org.debian:01:abc", LoginFault::Again { key: "InitiatorName".into() }),
        ("X-com.example=1", LoginFault::Again { key: "X-com.example".into() }),
        ("SessionType=Discovery", LoginFault::Late { key: "SessionType".into() }),
    ] {
        let mut login = open_login();
        let first = text(&format!("{NAMES}\nInitialR2T=No\nX-com.example=1"));
        goes_on(&mut login, &request(1, None), &first);
        assert_eq!(is_refused(&mut login, &request(1, None), &text(key)), (0x0200, fault));
    }
}

#[test]
fn security_keys_have_their_stage() {
    for key in ["AuthMethod=None", "CHAP_A=5", "CHAP_N=alice"] {
        let first = text(&format!("{NAMES}\n{key}"));
        assert_eq!(is_refused(&mut open_login(), &request(1, Some(3)), &first).0, 0x0201, "{key}");
    }
}

#[test]
fn a_text_that_goes_on_cannot_transit() {
    let wrong = LoginRequest { goes_on: true, ..request(1, Some(3)) };
    let seen = is_refused(&mut open_login(), &wrong, &text(NAMES));
    assert_eq!(seen, (0x0200, LoginFault::TransitWithin));
}

#[test]
fn text_while_ours_goes_on_is_refused() {
    let keys: Vec<String> = (0..1000).map(|n| format!("X-{n}=1")).collect();
    let mut login = open_login();
    let first = text(&format!("{NAMES}\n{}", keys.join("\n")));
    assert!(matches!(
        login.step(&request(1, Some(3)), &first),
        Step::Answer(LoginResponse { goes_on: true, .. }, _)
    ));
    let seen = is_refused(&mut login, &request(1, Some(3)), b"InitialR2T=No\0");
    assert_eq!(seen, (0x0200, LoginFault::OutOfTurn { seen: 14 }));
}

#[test]
fn a_login_has_bounds() {
    let mut login = open_login();
    goes_on(&mut login, &request(1, None), &text(NAMES));
    for _ in 1..MOST_REQUESTS {
        goes_on(&mut login, &request(1, None), b"");
    }
    let seen = is_refused(&mut login, &request(1, Some(3)), b"");
    assert_eq!(seen, (0x0200, LoginFault::TooManyRequests));

    let mut login = open_login();
    let part = LoginRequest { goes_on: true, ..request(1, None) };
    for _ in 0..8 {
        goes_on(&mut login, &part, &[b'x'; 8192]);
    }
    let seen = is_refused(&mut login, &part, b"x");
    assert_eq!(seen, (0x0200, LoginFault::TooMuchText { seen: 65_537 }));
}

#[test]
fn after_the_end_comes_nothing() {
    let mut login = open_login();
    is_done(&mut login, &request(1, Some(3)), &text(NAMES));
    assert_eq!(is_refused(&mut login, &request(1, Some(3)), &text(NAMES)), (0x020B, LoginFault::Over));
    let mut login = open_login();
    is_refused(&mut login, &request(1, Some(3)), b"");
    assert_eq!(is_refused(&mut login, &request(1, Some(3)), &text(NAMES)), (0x020B, LoginFault::Over));
}

#[test]
fn what_others_say_is_cut_in_the_log() {
    let first = text(&format!("InitiatorName=iqn.a:b\nTargetName={}", "ä".repeat(4000)));
    let (_, fault) = is_refused(&mut open_login(), &request(1, Some(3)), &first);
    assert!(fault.to_string().chars().count() < 300);
}

#[test]
fn a_policy_is_looked_at() {
    assert_eq!(policy().validate(), Ok(()));
    assert_eq!(chap_policy(true).validate(), Ok(()));
    for name in ["", "iqn.a b", "iqn.a\0b", &"n".repeat(224)] {
        assert_eq!(LoginPolicy::new(name).validate(), Err(PolicyError::Name { seen: name.into() }));
    }
    let alias = LoginPolicy { alias: Some("a\0b".into()), ..policy() };
    assert_eq!(alias.validate(), Err(PolicyError::Alias { seen: "a\0b".into() }));
    let nameless = Auth::Chap { name: String::new(), secret: secret("s"), mutual: None };
    let nameless = LoginPolicy { auth: nameless, ..policy() };
    assert_eq!(nameless.validate(), Err(PolicyError::ChapName { seen: String::new() }));
    let twice = Auth::Chap { name: "a".into(), secret: secret("s"), mutual: Some(("b".into(), secret("s"))) };
    assert_eq!(LoginPolicy { auth: twice, ..policy() }.validate(), Err(PolicyError::SameSecret));
    let bytes = LoginPolicy { offers: Offers { max_burst: 511, ..Offers::default() }, ..policy() };
    assert_eq!(bytes.validate(), Err(PolicyError::Bytes { key: "MaxBurstLength", seen: 511 }));
    let none = LoginPolicy { offers: Offers { max_outstanding_r2t: 0, ..Offers::default() }, ..policy() };
    assert_eq!(none.validate(), Err(PolicyError::NoR2t));
}
