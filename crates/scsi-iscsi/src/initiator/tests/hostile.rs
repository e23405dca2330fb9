//! Targets at random: nothing panics, everything ends, and no more moves than there is room for.

use proptest::prelude::*;
use scsi_transport::Data;

use super::*;
use crate::initiator::discovery::send_targets;
use crate::initiator::login::login;
use crate::initiator::{Chap, Credentials, Options, Payload};
use crate::pdu::answer::LoginResponse;

/// PDUs that are nearly right: small numbers at the places where numbers are, so that checks are passed as well.
fn plausible() -> impl Strategy<Value = (BasicHeader, Vec<u8>)> {
    let opcode = prop_oneof![
        8 => prop::sample::select(vec![0x20_u8, 0x21, 0x22, 0x24, 0x25, 0x26, 0x31, 0x32, 0x3F]),
        1 => any::<u8>(),
    ];
    let number = || prop_oneof![6 => 0_u32..4, 2 => (0_u32..5).prop_map(|n| n * 512), 1 => any::<u32>()];
    let data = prop_oneof![
        Just(Vec::new()),
        prop::collection::vec(any::<u8>(), 0..60),
        (0_usize..5).prop_map(|n| vec![0; n * 512]),
        Just([0; 48].to_vec()),
    ];
    (opcode, any::<u8>(), any::<[u8; 2]>(), prop::array::uniform8(number()), data).prop_map(
        |(opcode, flags, codes, numbers, data)| {
            let mut header = BasicHeader([0; 48]);
            header.0[..4].copy_from_slice(&[opcode, flags, codes[0] & 3, codes[1] & 3]);
            for (place, number) in header.0[16..].chunks_exact_mut(4).zip(numbers) {
                place.copy_from_slice(&number.to_be_bytes());
            }
            (header, data)
        },
    )
}

fn script() -> impl Strategy<Value = VecDeque<u8>> {
    let orderly = prop::collection::vec(plausible(), 0..24).prop_map(|pdus| {
        let pdus: Vec<_> = pdus.iter().map(|(header, data)| (*header, data.as_slice())).collect();
        bytes(&pdus)
    });
    prop_oneof![
        4 => orderly,
        1 => prop::collection::vec(any::<u8>(), 0..2000).prop_map(VecDeque::from),
    ]
}

proptest! {
    #[test]
    fn a_session_ends_whatever_comes(script in script(), is_silent: bool, asks in prop::collection::vec(0_u8..6, 1..8)) {
        let parameters = Parameters { immediate_data: true, initial_r2t: false, ..PARAMETERS };
        let (mut session, _) = session(Script { bytes: script, is_silent }, parameters);
        let mut room = [0; 1024];
        for ask in asks {
            let failed = match ask {
                0 | 1 => {
                    let mut data = if ask == 0 { Data::In(&mut room) } else { Data::Out(&[1; 9000]) };
                    let length = data.len();
                    match session.start(&[0x28; 10], &mut data, soon()) {
                        Ok(tag) => match session.finish(tag, &mut data, soon()) {
                            Ok(completion) => {
                                if let Ok(outcome) = completion.outcome {
                                    prop_assert!(outcome.transferred <= length);
                                }
                                false
                            }
                            Err(_) => true,
                        },
                        Err(_) => true,
                    }
                }
                2 => session.submit(&[0; 6], Payload::In(vec![0; 600]), soon()).is_err(),
                3 => session.submit(&[0; 6], Payload::Out(vec![0; 6000]), soon()).is_err(),
                4 => session.manage(5, None, None, soon()).is_err(),
                _ => session.complete(soon()).is_err(),
            };
            if failed {
                break;
            }
        }
        prop_assert!(session.events().count() <= 64);
    }

    #[test]
    fn a_login_ends_whatever_comes(
        pdus in prop::collection::vec((0_u8..4, any::<u8>(), 0_u32..4, text()), 0..24),
        with_chap: bool,
        is_silent: bool,
    ) {
        let pdus: Vec<_> = pdus
            .iter()
            .enumerate()
            .map(|(at, (stage, flags, number, text))| {
                let response = LoginResponse {
                    transit: flags & 1 != 0,
                    goes_on: flags & 0x1E == 0,
                    current_stage: *stage,
                    next_stage: if flags & 0x20 == 0 { 3 } else { *stage + 1 },
                    status_number: if *number == 0 { u32::MAX } else { u32::try_from(at).unwrap() },
                    status_class: u8::from(flags & 0xE0 == 0),
                    ..LoginResponse::default()
                };
                (response.emit(), text.as_bytes())
            })
            .collect();
        let credentials = |name: &str| Credentials { name: name.into(), secret: name.into() };
        let chap = with_chap.then(|| Chap { initiator: credentials("a"), target: Some(credentials("b")) });
        let options = Options { chap, ..Options::default() };
        let script = Script { bytes: bytes(&pdus), is_silent };
        if let Ok(mut login) = login(script, Said::default(), &options, None, soon()) {
            prop_assert!(!with_chap, "nobody can have proved anything");
            let _ = send_targets(&mut login);
        }
    }
}

/// Text with the keys of a login.
fn text() -> impl Strategy<Value = String> {
    let key = prop::sample::select(vec![
        "AuthMethod",
        "CHAP_A",
        "CHAP_I",
        "CHAP_C",
        "CHAP_N",
        "CHAP_R",
        "HeaderDigest",
        "MaxBurstLength",
        "MaxRecvDataSegmentLength",
        "InitialR2T",
        "TargetAddress",
        "TargetName",
        "X-a",
    ]);
    let value = prop_oneof![
        4 => prop::sample::select(vec!["CHAP", "5", "0x01", "0bAAAA", "None", "Yes", "512", "b", "h:1,1"])
            .prop_map(str::to_owned),
        1 => "\\PC{0,12}",
    ];
    prop::collection::vec((key, value), 0..5)
        .prop_map(|keys| keys.into_iter().map(|(key, value)| format!("{key}={value}\0")).collect())
}
