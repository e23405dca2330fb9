//! Whatever comes: an answer, an end, no way past CHAP; and results that obey their functions.

use std::collections::HashMap;

use proptest::prelude::*;

use super::*;
use crate::text::{Hex, binary};

/// Any request, mostly of the kind that a login takes.
fn any_request() -> impl Strategy<Value = LoginRequest> {
    let stages =
        (prop_oneof![8 => 0..2_u8, 1 => 2..4_u8], prop_oneof![4 => Just(3_u8), 4 => Just(1), 1 => 0..4_u8]);
    (stages, any::<bool>(), prop::bool::weighted(0.1), prop::bool::weighted(0.02)).prop_map(
        |((current_stage, next_stage), transit, goes_on, is_later)| LoginRequest {
            transit,
            goes_on,
            current_stage,
            next_stage,
            version_min: u8::from(is_later),
            ..LoginRequest::default()
        },
    )
}

/// Pairs that mean something to a login, right or wrong.
const KNOWN: [&str; 18] = [
    "InitiatorName=iqn.a:b",
    "TargetName=iqn.2026-11.org.example:drive",
    "SessionType=Normal",
    "SessionType=Discovery",
    "AuthMethod=CHAP",
    "AuthMethod=CHAP,None",
    "AuthMethod=None",
    "CHAP_A=5",
    "CHAP_A=7,5",
    "CHAP_N=alice",
    "CHAP_R=0x00112233445566778899aabbccddeeff",
    "CHAP_I=1",
    "CHAP_C=0x0123456789abcdef",
    "InitialR2T=No",
    "MaxBurstLength=4096",
    "FirstBurstLength=65536",
    "MaxRecvDataSegmentLength=8192",
    "HeaderDigest=CRC32C,None",
];

/// Such a pair, or a strange one.
fn any_pair() -> impl Strategy<Value = String> {
    prop_oneof![
        6 => prop::sample::select(&KNOWN).prop_map(str::to_owned),
        1 => "[A-Za-z_]{1,12}=[ -~]{0,12}",
        1 => "\\PC{0,12}",
    ]
}

/// Texts as above, or bytes.
fn any_text() -> impl Strategy<Value = Vec<u8>> {
    prop_oneof![
        8 => prop::collection::vec(any_pair(), 0..4).prop_map(|pairs| text(&pairs.join("\n"))),
        1 => prop::collection::vec(any::<u8>(), 0..64),
        1 => prop::collection::vec(any::<u8>(), 8000..8192),
    ]
}

/// The names first, so that most logins get beyond them.
fn any_login() -> impl Strategy<Value = Vec<(LoginRequest, Vec<u8>)>> {
    let requests = prop::collection::vec((any_request(), any_text()), 1..40);
    (prop::bool::weighted(0.8), requests).prop_map(|(with_names, mut requests)| {
        if with_names {
            requests[0].1.splice(0..0, text(NAMES));
        }
        requests
    })
}

/// A login with CHAP by somebody who does all right but the response: challenges are answered with another secret.
fn impostor(login: &mut Login, wrong: &str, requests: &[(LoginRequest, Vec<u8>)]) -> Option<Step> {
    let mut asked = None;
    let mut opening = vec![
        (request(0, Some(1)), text(&format!("{NAMES}\nAuthMethod=CHAP"))),
        (request(0, Some(3)), text("CHAP_A=5")),
    ];
    opening.extend_from_slice(requests);
    for (at, (mut request, mut text)) in opening.into_iter().enumerate() {
        if at == 2 {
            let (identifier, challenge): (u8, Vec<u8>) = asked.take()?;
            let response = crate::chap::Algorithm::Md5.response(identifier, &secret(wrong), &challenge);
            text = super::text(&format!("CHAP_N=alice\nCHAP_R={}", Hex(&response)));
            (request.current_stage, request.goes_on) = (0, false);
        }
        match login.step(&request, &text) {
            Step::Answer(_, answer) if at == 1 => {
                let pairs: HashMap<_, _> = text::parse(&answer).unwrap().into_iter().collect();
                asked = Some((pairs["CHAP_I"].parse().unwrap(), binary(pairs["CHAP_C"], 1024).unwrap()));
            }
            Step::Answer(..) => {}
            end => return Some(end),
        }
    }
    None
}

proptest! {
    #[test]
    fn every_login_is_answered_and_ends(requests in any_login(), policy in 0..3_usize) {
        let policy = [super::policy(), chap_policy(false), chap_policy(true)][policy].clone();
        let is_open = matches!(policy.auth, Auth::None);
        let mut login = Login::new(Arc::new(policy));
        let mut is_over = false;
        let mut steps = 0;
        // Long enough to meet the bounds.
        for (request, text) in requests.iter().cycle().take(MOST_REQUESTS + 2) {
            steps += 1;
            match login.step(request, text) {
                Step::Answer(response, text) => {
                    prop_assert!(!is_over);
                    prop_assert!(steps <= MOST_REQUESTS);
                    prop_assert!(text.len() <= 8192);
                    prop_assert_eq!(response.status_class, 0);
                    // Only a step forward, only where one was asked for.
                    prop_assert!(!response.transit || request.transit);
                    prop_assert!(!response.transit || response.next_stage > response.current_stage);
                }
                Step::Done(response, text, agreed) => {
                    prop_assert!(!is_over && is_open);
                    prop_assert!(text.len() <= 8192);
                    prop_assert_eq!((response.transit, response.next_stage), (true, 3));
                    prop_assert!(!agreed.initiator.is_empty());
                    prop_assert!(agreed.parameters.first_burst <= agreed.parameters.max_burst);
                    is_over = true;
                }
                Step::Refused(response, fault) => {
                    prop_assert!(matches!(response.status_class, 2 | 3));
                    prop_assert!(!is_over || fault == LoginFault::Over);
                    is_over = true;
                }
            }
        }
        prop_assert!(is_over);
    }

    #[test]
    fn without_the_right_response_nobody_gets_past_chap(
        requests in any_login(),
        wrong in "[a-z' ]{1,20}",
        mutual: bool,
    ) {
        prop_assume!(wrong != "what alice knows");
        let mut login = chap_login(mutual);
        for (request, text) in &requests {
            let step = login.step(request, text);
            prop_assert!(!matches!(step, Step::Done(..)), "{:?}", step);
            if let Step::Answer(response, _) = step {
                prop_assert_eq!((response.current_stage, response.transit), (0, false));
            }
        }
        let end = impostor(&mut chap_login(mutual), &wrong, &requests);
        prop_assert!(matches!(end, Some(Step::Refused(LoginResponse { status_class: 2, .. }, _))), "{:?}", end);
    }

    /// RFC 7143 13 says of each key which function of both sides' values its result is.
    #[test]
    fn results_obey_their_functions(
        (max_burst, first_burst, segment) in (512..=0x00FF_FFFF_u32, 512..=0x00FF_FFFF_u32, 512..=0x00FF_FFFF_u32),
        (wait, retain) in (0..=3600_u16, 0..=3600_u16),
        (connections, r2ts) in (1..=u16::MAX, 1..=u16::MAX),
        (initial_r2t, immediate_data, in_order) in any::<(bool, bool, bool)>(),
        level in 0..=2_u8,
        header in prop::sample::select(&["None", "CRC32C", "None,CRC32C", "CRC32C,None"][..]),
        offers in any_offers(),
        order in any::<prop::sample::Index>(),
    ) {
        let word = |yes| if yes { "Yes" } else { "No" };
        let mut keys = [
            format!("MaxBurstLength={max_burst}"),
            format!("FirstBurstLength={first_burst:#x}"),
            format!("MaxRecvDataSegmentLength={segment}"),
            format!("DefaultTime2Wait={wait}"),
            format!("DefaultTime2Retain={retain}"),
            format!("MaxConnections={connections}"),
            format!("MaxOutstandingR2T={r2ts}"),
            format!("InitialR2T={}", word(initial_r2t)),
            format!("ImmediateData={}", word(immediate_data)),
            format!("DataPDUInOrder={}", word(in_order)),
            format!("ErrorRecoveryLevel={level}"),
            format!("HeaderDigest={header}"),
        ];
        let first = order.index(keys.len());
        keys.rotate_left(first);
        let mut login = Login::new(Arc::new(LoginPolicy { offers, ..policy() }));
        let first = text(&format!("{NAMES}\n{}", keys.join("\n")));
        let Step::Done(_, answer, agreed) = login.step(&request(1, Some(3)), &first) else {
            return Err(TestCaseError::fail("refused"));
        };
        let max_burst = max_burst.min(offers.max_burst);
        let with_header = header.starts_with("CRC32C") && offers.digests.header;
        let expected = Parameters {
            digests: Digests { header: with_header, data: false },
            max_recv_data_segment: offers.max_recv_data_segment,
            max_send_data_segment: segment,
            max_burst,
            first_burst: first_burst.min(offers.first_burst).min(max_burst),
            initial_r2t: initial_r2t || offers.initial_r2t,
            immediate_data: immediate_data && offers.immediate_data,
            time_to_wait: wait.max(offers.time_to_wait),
            time_to_retain: retain.min(offers.time_to_retain),
            max_outstanding_r2t: r2ts.min(offers.max_outstanding_r2t),
            ..Parameters::default()
        };
        prop_assert_eq!(&agreed.parameters, &expected);
        // And that is what the initiator was told.
        let answer: HashMap<_, _> = text::parse(&answer).unwrap().into_iter().collect();
        for (key, value) in [
            ("MaxBurstLength", expected.max_burst.to_string()),
            ("FirstBurstLength", expected.first_burst.to_string()),
            ("MaxRecvDataSegmentLength", expected.max_recv_data_segment.to_string()),
            ("DefaultTime2Wait", expected.time_to_wait.to_string()),
            ("DefaultTime2Retain", expected.time_to_retain.to_string()),
            ("MaxConnections", "1".to_owned()),
            ("MaxOutstandingR2T", expected.max_outstanding_r2t.to_string()),
            ("InitialR2T", word(expected.initial_r2t).to_owned()),
            ("ImmediateData", word(expected.immediate_data).to_owned()),
            ("DataPDUInOrder", "Yes".to_owned()),
            ("ErrorRecoveryLevel", "0".to_owned()),
        ] {
            prop_assert_eq!(answer.get(key).copied(), Some(value.as_str()), "{}", key);
        }
        let told = answer["HeaderDigest"];
        let only_crc = header == "CRC32C" && !offers.digests.header;
        prop_assert_eq!(told, if with_header { "CRC32C" } else if only_crc { "Reject" } else { "None" });
    }
}

fn any_offers() -> impl Strategy<Value = Offers> {
    let bytes = || 512..=0x00FF_FFFF_u32;
    ((bytes(), bytes(), bytes()), any::<(bool, bool, bool)>(), 1..=u16::MAX, 0..=3600_u16, 0..=3600_u16)
        .prop_map(
            |(
                (max_recv_data_segment, max_burst, first_burst),
                (crc, initial_r2t, immediate_data),
                r2ts,
                wait,
                retain,
            )| {
                Offers {
                    digests: Digests { header: crc, data: crc },
                    max_recv_data_segment,
                    max_burst,
                    first_burst,
                    initial_r2t,
                    immediate_data,
                    max_outstanding_r2t: r2ts,
                    time_to_wait: wait,
                    time_to_retain: retain,
                }
            },
        )
}
