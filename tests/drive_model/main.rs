//! The simulated drive as a whole: nothing that is sent to it breaks it, and what it tells of a disc in
//! one reply agrees with every other reply and with the rules of the format.

#![allow(clippy::unwrap_used, clippy::panic, reason = "a test program: a panic is its answer")]

mod agreement;
mod layout;
mod scenes;

use std::time::Duration;

use mmc_sim::{Drive, HostAct, Personality, Scene};
use mmc_wire::command::ROWS;
use mmc_wire::{Sense, SenseKey};
use proptest::collection::vec;
use proptest::prelude::*;
use proptest::test_runner::FileFailurePersistence;
use scsi_transport::{Data, Status, Transport, TransportError};

const TIMEOUT: Duration = Duration::from_secs(1);

/// What is done to a drive.
#[derive(Clone, Debug)]
enum Deed {
    Send { cdb: Vec<u8>, phase: Phase },
    Wait(u32),
    Host(Box<HostAct>),
}

/// The data phase offered, whatever the command is.
#[derive(Clone, Debug)]
enum Phase {
    None,
    In(usize),
    Out(Vec<u8>),
}

fn cdb() -> impl Strategy<Value = Vec<u8>> {
    let known = (0..ROWS.len(), any::<[u8; 15]>(), any::<[bool; 15]>(), any::<u8>());
    // Mostly zeros behind an opcode that exists: such a command gets further than noise.
    let plausible = known.prop_map(|(row, noise, mask, sparse)| {
        let row = &ROWS[row];
        let mut cdb = vec![0; row.cdb_bytes()];
        cdb[0] = row.opcode;
        for (n, byte) in cdb[1..].iter_mut().enumerate() {
            if mask[n] && sparse & 1 << (n % 8) != 0 {
                *byte = noise[n];
            }
        }
        cdb
    });
    prop_oneof![3 => plausible, 1 => vec(any::<u8>(), 1..=16)]
}

fn deed() -> impl Strategy<Value = Deed> {
    let phase = prop_oneof![
        1 => Just(Phase::None),
        3 => prop_oneof![0_usize..64, Just(255), Just(4096), Just(65_535)].prop_map(Phase::In),
        2 => vec(any::<u8>(), 0..80).prop_map(Phase::Out),
    ];
    prop_oneof![
        12 => (cdb(), phase).prop_map(|(cdb, phase)| Deed::Send { cdb, phase }),
        1 => any::<u32>().prop_map(Deed::Wait),
        1 => scenes::act().prop_map(|act| Deed::Host(Box::new(act))),
    ]
}

/// Sends one command and holds the answer to what every answer owes.
fn send(drive: &mut Drive, cdb: &[u8], phase: &Phase) -> Result<(), TestCaseError> {
    const UNTOUCHED: u8 = 0xA5;
    let mut buffer = vec![UNTOUCHED; if let Phase::In(room) = phase { *room } else { 0 }];
    let (data, room) = match phase {
        Phase::None => (Data::None, 0),
        Phase::In(room) => (Data::In(&mut buffer), *room),
        Phase::Out(bytes) => (Data::Out(bytes), bytes.len()),
    };
    let outcome = drive.execute(cdb, data, TIMEOUT);
    let Ok(outcome) = outcome else {
        return Err(TestCaseError::fail(format!("{outcome:?}: the drive is there and answers")));
    };
    prop_assert!(outcome.transferred <= room, "{} bytes moved into {room}", outcome.transferred);
    if let Some(rest) = buffer.get(outcome.transferred..) {
        prop_assert!(rest.iter().all(|byte| *byte == UNTOUCHED), "written behind {}", outcome.transferred);
    }
    match outcome.status {
        Status::GOOD => prop_assert!(outcome.sense.is_empty(), "sense with GOOD: {:02X?}", outcome.sense),
        Status::CHECK_CONDITION => {
            let sense = Sense::in_data(&outcome.sense);
            prop_assert!(
                sense.is_some_and(|sense| sense.key != SenseKey::NO_SENSE),
                "CHECK CONDITION with sense data {:02X?}",
                outcome.sense
            );
        }
        status => return Err(TestCaseError::fail(format!("the drive has no use for {status}"))),
    }
    Ok(())
}

fn config(cases: u32) -> ProptestConfig {
    let cases = std::env::var("PROPTEST_CASES").ok().and_then(|text| text.parse().ok()).unwrap_or(cases);
    ProptestConfig {
        cases,
        failure_persistence: Some(Box::new(FileFailurePersistence::Direct("tests/seeds/drive_model.txt"))),
        ..ProptestConfig::default()
    }
}

proptest! {
    #![proptest_config(config(300))]

    #[test]
    fn anything_may_be_sent_to_a_drive(
        personality in scenes::personality(),
        scene in scenes::wild_scene(),
        deeds in vec(deed(), 1..30),
    ) {
        // A scene that cannot be is refused in words; all others make a drive.
        let Ok(mut drive) = Drive::new(Personality::builtin(personality).unwrap(), &scene).inspect_err(|error| {
            assert!(!error.to_string().is_empty());
        }) else {
            return Ok(());
        };
        for deed in deeds {
            match deed {
                Deed::Send { cdb, phase } => send(&mut drive, &cdb, &phase)?,
                Deed::Wait(seconds) => drive.wait(Duration::from_secs(seconds.into())),
                Deed::Host(act) => {
                    if let Err(error) = drive.host(&act) {
                        prop_assert!(matches!(*act, HostAct::Insert(_)), "{act:?}: {error}");
                    }
                }
            }
        }
    }
}

proptest! {
    #![proptest_config(config(400))]

    #[test]
    fn replies_about_a_disc_agree(personality in scenes::personality(), disc in scenes::legal_disc()) {
        let scene = Scene { disc: Some(disc.clone()), ..Scene::default() };
        let drive = Drive::new(Personality::builtin(personality).unwrap(), &scene);
        prop_assert!(drive.is_ok(), "{}", drive.unwrap_err());
        agreement::check(&mut drive.unwrap(), &disc)?;
    }
}

#[test]
fn a_cdb_of_no_or_17_bytes_does_not_reach_the_drive() {
    let mut drive = Drive::new(Personality::reference(), &Scene::default()).unwrap();
    for cdb in [&[0; 0][..], &[0; 17]] {
        let answer = drive.execute(cdb, Data::None, TIMEOUT);
        assert!(matches!(answer, Err(TransportError::Request(_))), "{answer:?}");
    }
}
