//! The raw writing API against a model of its documentation, over random sequences of calls.
//!
//! [`model`] says what each call may answer; the object is asked through Rust and, on a second
//! desk of the same kind, through COM. A failure is shrunk to the shortest list of calls that still fails,
//! and its seed is kept in `tests/seeds/`.

#![allow(clippy::unwrap_used, clippy::panic, reason = "a test program: a panic is its answer")]

mod allowed;
mod bench;
mod call;
mod doors;
mod model;

use std::collections::BTreeSet;

use allowed::CODES;
use bench::{Bench, Setting};
use call::{Call, Calls, Medium, calls};
use doors::{ComDoor, RustDoor};
use model::Model;
use proptest::prelude::*;
use proptest::strategy::ValueTree;
use proptest::test_runner::{FileFailurePersistence, TestRunner};

fn setting() -> impl Strategy<Value = Setting> {
    let sector_types = prop::sample::subsequence(vec![1, 2, 3], 0..=3);
    let starts_with = prop::sample::select(Medium::ALL.to_vec());
    (any::<bool>(), sector_types, any::<bool>(), prop::bool::weighted(0.8), 0_u8..3, starts_with).prop_map(
        |(appendable, sector_types, several_sessions, raw_on_cd_rw, next_writable, medium)| Setting {
            appendable,
            sector_types,
            several_sessions,
            raw_on_cd_rw,
            next_writable,
            medium,
        },
    )
}

/// How many sequences; more when the environment says so.
fn cases() -> u32 {
    std::env::var("PROPTEST_CASES").ok().and_then(|text| text.parse().ok()).unwrap_or(1000)
}

/// Runs the calls at both doors and the model; the first thing that is wrong.
fn differs(setting: &Setting, Calls(calls): &Calls) -> Result<(), String> {
    let mut model = Model::new(setting.appendable, setting.abilities(), setting.medium);
    let mut rust = Bench::<RustDoor>::new(setting);
    let mut com = Bench::<ComDoor>::new(setting);
    for (n, call) in calls.iter().enumerate() {
        let at = format!("call {} of {}, {call:?}", n + 1, calls.len());
        let allowed = model.predict(call);
        let answer = rust.run(call);
        if !allowed.takes(&answer) {
            return Err(format!("{at}: answered {answer:?}, allowed {allowed:?}"));
        }
        let clothed = com.run(call);
        if clothed != answer {
            return Err(format!("{at}: Rust answers {answer:?}, COM {clothed:?}"));
        }
        model.learn(call, &answer);
        for (door, open) in [("Rust", rust.tray_open()), ("COM", com.tray_open())] {
            if open != model.tray_open {
                return Err(format!("{at}, {door}: tray open is {open}, expected {}", model.tray_open));
            }
        }
    }
    rust.drop_object();
    com.drop_object();
    model.drop_object();
    model.predict(&Call::PressEject);
    let owner = model.owned_by_other().then(|| "another program".to_owned());
    for (door, found, open) in [
        ("Rust", rust.owner(), (rust.run(&Call::PressEject), rust.tray_open()).1),
        ("COM", com.owner(), (com.run(&Call::PressEject), com.tray_open()).1),
    ] {
        if found != owner {
            return Err(format!(
                "object dropped, {door}: the drive is held by {found:?}, expected {owner:?}"
            ));
        }
        if open != model.tray_open {
            return Err(format!("object dropped, {door}: the button leaves the tray open: {open}"));
        }
    }
    Ok(())
}

proptest! {
    #![proptest_config(ProptestConfig {
        cases: cases(),
        failure_persistence: Some(Box::new(FileFailurePersistence::Direct("tests/seeds/api_model.txt"))),
        ..ProptestConfig::default()
    })]

    #[test]
    fn every_sequence_of_calls_answers_as_documented(
        setting in setting(),
        calls in calls(),
    ) {
        if let Err(difference) = differs(&setting, &calls) {
            return Err(TestCaseError::fail(difference));
        }
    }
}

/// The property would hold of sequences that get nowhere; these see every code that the model knows.
#[test]
fn random_sequences_reach_every_code() {
    let mut runner = TestRunner::deterministic();
    let mut seen = BTreeSet::new();
    for _ in 0..600 {
        let setting = setting().new_tree(&mut runner).unwrap().current();
        let bench = Bench::<RustDoor>::new(&setting);
        for call in calls().new_tree(&mut runner).unwrap().current().0 {
            seen.insert(bench.run(&call).code);
        }
    }
    let missed: Vec<_> =
        CODES.iter().filter(|(_, code)| !seen.contains(code)).map(|(name, _)| *name).collect();
    assert!(missed.is_empty(), "{missed:?}");
}

#[test]
fn the_model_tells_right_from_wrong() {
    let setting = Setting {
        appendable: true,
        sector_types: vec![1, 3],
        several_sessions: true,
        raw_on_cd_rw: true,
        next_writable: 1,
        medium: Medium::TwoSessionsCdr,
    };
    let mut model = Model::new(true, setting.abilities(), setting.medium);
    for call in [
        Call::PutRecorder(Some(call::Drive::Raw)),
        Call::PutClientName("RawCD".to_owned()),
        Call::PrepareMedia,
    ] {
        model.predict(&call);
    }
    let answer = |code, value| call::Answer { code, value };
    let allowed = model.predict(&Call::StartOfNextSession);
    assert!(allowed.takes(&answer(0, call::Value::Int(43_650))));
    assert!(!allowed.takes(&answer(0, call::Value::Int(48_300))));
    assert!(!allowed.takes(&answer(0xC0AA_0602, call::Value::None)));
    assert!(!model.predict(&Call::PrepareMedia).takes(&answer(0, call::Value::None)));
}
