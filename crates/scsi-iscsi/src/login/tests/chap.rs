//! The security stage with CHAP.

use super::*;
use crate::chap::Algorithm;
use crate::text::{Hex, binary, number};

/// What the target asked: identifier and challenge.
type Asked = (u8, Vec<u8>);

/// The value of a key of an answer.
fn value<'a>(answer: &'a [String], key: &str) -> &'a str {
    answer.iter().find_map(|line| line.strip_prefix(key)?.strip_prefix('=')).unwrap()
}

/// Up to the challenge, as iscsid does: names and AuthMethod with T, then CHAP_A without.
#[track_caller]
fn until_asked(login: &mut Login, algorithms: &str) -> Asked {
    let first = text(&format!("{NAMES}\nAuthMethod=CHAP,None"));
    let (response, answer) = goes_on(login, &request(0, Some(1)), &first);
    assert!(!response.transit);
    assert_eq!(answer, ["TargetPortalGroupTag=1", "AuthMethod=CHAP"]);
    let (response, answer) = goes_on(login, &request(0, None), &text(&format!("CHAP_A={algorithms}")));
    assert!(!response.transit);
    let identifier = u8::try_from(number(value(&answer, "CHAP_I")).unwrap()).unwrap();
    (identifier, binary(value(&answer, "CHAP_C"), 1024).unwrap())
}

/// CHAP_N and CHAP_R of somebody with this secret.
fn proof(name: &str, known: &str, (identifier, challenge): &Asked) -> String {
    let response = Algorithm::Md5.response(*identifier, &secret(known), challenge);
    format!("CHAP_N={name}\nCHAP_R={}", Hex(&response))
}

#[test]
fn the_right_response_lets_in() {
    for mutual in [false, true] {
        let mut login = chap_login(mutual);
        let asked = until_asked(&mut login, "5");
        assert_eq!(asked.1.len(), 16);
        let proof = text(&proof("alice", "what alice knows", &asked));
        let (response, answer) = goes_on(&mut login, &request(0, Some(1)), &proof);
        assert_eq!((response.transit, response.next_stage, answer), (true, 1, vec![]));
        let (answer, agreed) = is_done(&mut login, &request(1, Some(3)), &text("InitialR2T=No"));
        assert_eq!(answer, ["InitialR2T=No", "MaxRecvDataSegmentLength=262144"]);
        assert_eq!(agreed.initiator, "iqn.1993-08.org.debian:01:abc");
    }
}

/// The response worked out anew here, from the standard's words.
#[test]
fn the_response_is_the_hash_of_identifier_secret_and_challenge() {
    use md5::{Digest, Md5};
    let mut login = chap_login(false);
    let (identifier, challenge) = until_asked(&mut login, "5");
    let hash = Md5::digest([&[identifier], &b"what alice knows"[..], &challenge].concat());
    let upper: String = hash.iter().map(|byte| format!("{byte:02X}")).collect();
    is_done(&mut login, &request(0, Some(3)), &text(&format!("CHAP_N=alice\nCHAP_R=0X{upper}")));
}

#[test]
fn the_first_hash_that_is_done_is_taken() {
    for (offered, taken, bytes) in [("5,7", "5", 16), ("7,5", "7", 32), ("8,6,0x7", "7", 32)] {
        let mut login = chap_login(false);
        goes_on(&mut login, &request(0, None), &text(&format!("{NAMES}\nAuthMethod=CHAP")));
        let (_, answer) = goes_on(&mut login, &request(0, None), &text(&format!("CHAP_A={offered}")));
        assert_eq!(value(&answer, "CHAP_A"), taken);
        assert_eq!(binary(value(&answer, "CHAP_C"), 1024).unwrap().len(), bytes);
        let identifier = number(value(&answer, "CHAP_I")).unwrap() as u8;
        let algorithm = if taken == "5" { Algorithm::Md5 } else { Algorithm::Sha256 };
        let challenge = binary(value(&answer, "CHAP_C"), 1024).unwrap();
        let response = algorithm.response(identifier, &secret("what alice knows"), &challenge);
        let proof = text(&format!("CHAP_N=alice\nCHAP_R={}", Hex(&response)));
        is_done(&mut login, &request(0, Some(3)), &proof);
    }
}

/// `printf '\x05the drive'"'"'s own oneCHALLENGE' | md5sum`
#[test]
fn the_target_proves_itself_when_asked() {
    let mut login = chap_login(true);
    let asked = until_asked(&mut login, "5");
    // CHALLENGE in base64.
    let proof = format!("{}\nCHAP_I=5\nCHAP_C=0bQ0hBTExFTkdF", proof("alice", "what alice knows", &asked));
    let (response, answer) = goes_on(&mut login, &request(0, Some(1)), &text(&proof));
    assert!(response.transit);
    assert_eq!(answer, ["CHAP_N=drive", "CHAP_R=0x22b21f8920d8c2ef7ba67c426753ee6e"]);
}

/// The hole of another target: its login lets in whoever does not ask for the security stage.
#[test]
fn nobody_skips_the_security_stage() {
    for first in [LIBISCSI, "InitiatorName=iqn.a:b\nSessionType=Discovery"] {
        let seen = is_refused(&mut chap_login(false), &request(1, Some(3)), &text(first));
        assert_eq!(seen, (0x0201, LoginFault::AuthRequired));
        let seen = is_refused(&mut chap_login(false), &request(1, None), &text(first));
        assert_eq!(seen, (0x0201, LoginFault::AuthRequired));
        for next in [1, 3] {
            let seen = is_refused(&mut chap_login(false), &request(0, Some(next)), &text(first));
            assert_eq!(seen, (0x0201, LoginFault::AuthRequired));
        }
        let part = LoginRequest { goes_on: true, ..request(1, None) };
        assert_eq!(is_refused(&mut chap_login(false), &part, &text(first)).0, 0x0201);
    }
}

#[test]
fn asking_to_transit_does_not_help() {
    let mut login = chap_login(false);
    until_asked(&mut login, "5");
    for next in [1, 3] {
        let (response, _) = goes_on(&mut login, &request(0, Some(next)), b"");
        assert!(!response.transit);
    }
    assert_eq!(is_refused(&mut login, &request(1, Some(3)), b"").0, 0x020B);
}

#[test]
fn discovery_is_authenticated_too() {
    let mut login = chap_login(false);
    let first = text("InitiatorName=iqn.a:b\nSessionType=Discovery\nAuthMethod=CHAP");
    let (_, answer) = goes_on(&mut login, &request(0, Some(1)), &first);
    assert_eq!(answer, ["AuthMethod=CHAP"]);
    let (_, answer) = goes_on(&mut login, &request(0, None), &text("CHAP_A=5"));
    let asked =
        (number(value(&answer, "CHAP_I")).unwrap() as u8, binary(value(&answer, "CHAP_C"), 1024).unwrap());
    let (_, agreed) =
        is_done(&mut login, &request(0, Some(3)), &text(&proof("alice", "what alice knows", &asked)));
    assert_eq!(agreed.session, SessionType::Discovery);
}

#[test]
fn no_common_method_or_hash_is_refused() {
    for (policy, method) in
        [(policy(), "CHAP"), (policy(), "KRB5,SRP"), (chap_policy(false), "None"), (chap_policy(false), "")]
    {
        let first = text(&format!("{NAMES}\nAuthMethod={method}"));
        let seen = is_refused(&mut Login::new(Arc::new(policy)), &request(0, Some(1)), &first);
        assert_eq!(seen.0, 0x0201, "{method}");
    }
    for offered in ["6,8", "", "MD5", "5x"] {
        let mut login = chap_login(false);
        goes_on(&mut login, &request(0, None), &text(&format!("{NAMES}\nAuthMethod=CHAP")));
        let seen = is_refused(&mut login, &request(0, None), &text(&format!("CHAP_A={offered}")));
        assert_eq!(seen, (0x0201, LoginFault::Algorithm { offered: offered.into() }));
    }
}

#[test]
fn a_wrong_proof_is_refused() {
    let right = |asked: &Asked| proof("alice", "what alice knows", asked);
    let wrong: [&dyn Fn(&Asked) -> String; 13] = [
        &|asked| proof("alice", "the drive's own one", asked),
        &|asked| proof("bob", "what alice knows", asked),
        &|asked| proof("alice", "what alice knows", &(asked.0.wrapping_add(1), asked.1.clone())),
        &|_| "CHAP_N=alice".into(),
        &|asked| right(asked).replace("CHAP_N=alice\n", ""),
        &|_| "CHAP_N=alice\nCHAP_R=0x".into(),
        &|_| "CHAP_N=alice\nCHAP_R=0".into(),
        &|asked| format!("{}00", right(asked)),
        &|asked| format!("{}\nCHAP_I=1", right(asked)),
        &|asked| format!("{}\nCHAP_C=0x1234", right(asked)),
        &|asked| format!("{}\nCHAP_I=256\nCHAP_C=0x1234", right(asked)),
        &|asked| format!("{}\nCHAP_I=1\nCHAP_C=0x{}", right(asked), "00".repeat(1025)),
        &|asked| format!("{}\nCHAP_I=1\nCHAP_C={}", right(asked), Hex(&asked.1)),
    ];
    for (at, wrong) in wrong.into_iter().enumerate() {
        let mut login = chap_login(true);
        let asked = until_asked(&mut login, "5");
        let (status, fault) = is_refused(&mut login, &request(0, Some(3)), &text(&wrong(&asked)));
        assert_eq!(status, 0x0201, "{at}: {fault}");
        assert!(!fault.to_string().contains("what alice knows"));
    }
    let mut login = chap_login(false);
    let asked = until_asked(&mut login, "5");
    let mutual = format!("{}\nCHAP_I=1\nCHAP_C=0x1234", right(&asked));
    let seen = is_refused(&mut login, &request(0, Some(3)), &text(&mutual));
    assert_eq!(seen, (0x0201, LoginFault::NoMutual));
}

#[test]
fn our_own_challenge_is_not_answered() {
    let mut login = chap_login(true);
    let asked = until_asked(&mut login, "5");
    let reflected =
        format!("{}\nCHAP_I=1\nCHAP_C={}", proof("alice", "what alice knows", &asked), Hex(&asked.1));
    let seen = is_refused(&mut login, &request(0, Some(1)), &text(&reflected));
    assert_eq!(seen, (0x0201, LoginFault::Reflected));
}

#[test]
fn keys_of_chap_have_their_turn() {
    for (first, second) in [
        ("AuthMethod=CHAP\nCHAP_A=5", ""),
        ("CHAP_A=5", ""),
        ("AuthMethod=CHAP", "CHAP_N=alice\nCHAP_R=0x00"),
        ("AuthMethod=CHAP", "CHAP_A=5\nCHAP_I=1\nCHAP_C=0x00"),
    ] {
        let mut login = chap_login(true);
        let first = text(&format!("{NAMES}\n{first}"));
        let seen = if second.is_empty() {
            is_refused(&mut login, &request(0, None), &first)
        } else {
            goes_on(&mut login, &request(0, None), &first);
            is_refused(&mut login, &request(0, None), &text(second))
        };
        assert!(matches!(seen, (0x0201, LoginFault::AuthOrder { .. })), "{seen:?}");
    }
}

#[test]
fn one_secret_for_both_directions_is_the_targets_fault() {
    let same = || secret("one for both of us");
    let auth = Auth::Chap { name: "alice".into(), secret: same(), mutual: Some(("drive".into(), same())) };
    let mut login = Login::new(Arc::new(LoginPolicy { auth, ..policy() }));
    let first = text(&format!("{NAMES}\nAuthMethod=CHAP"));
    assert_eq!(is_refused(&mut login, &request(0, Some(1)), &first), (0x0300, LoginFault::SameSecret));
}
