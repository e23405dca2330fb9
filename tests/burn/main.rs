//! A burn from end to end: the image creator's image through WriteMedia onto a simulated disc, verified,
//! and every user sector read back and held against what went in.

#![allow(clippy::unwrap_used, clippy::panic, reason = "a test program: a panic is its answer")]

mod bench;
mod disc;

use bench::Bench;
use cd_format::Lba;
use disc::{Recipe, TrackRecipe, recipe};
use mmc_sim::DiscKind;
use proptest::prelude::*;
use proptest::test_runner::FileFailurePersistence;
use raw_cd::image_creator::CdSectorType;
use raw_cd::{Error, Left, MediaPolicy, SectorType, WriteAction};

fn config(cases: u32) -> ProptestConfig {
    let cases = std::env::var("PROPTEST_CASES").ok().and_then(|text| text.parse().ok()).unwrap_or(cases);
    ProptestConfig {
        cases,
        failure_persistence: Some(Box::new(FileFailurePersistence::Direct("tests/seeds/burn.txt"))),
        ..ProptestConfig::default()
    }
}

fn small(sector_type: SectorType) -> Recipe {
    Recipe {
        sector_type,
        mcn: Some("0012345678905".to_owned()),
        tracks: vec![
            TrackRecipe {
                kind: CdSectorType::AUDIO,
                blocks: 400,
                isrc: Some("DEA400000001".to_owned()),
                indexes: vec![75, 150],
            },
            TrackRecipe { kind: CdSectorType::MODE1, blocks: 350, isrc: None, indexes: Vec::new() },
        ],
    }
}

proptest! {
    #![proptest_config(config(24))]

    #[test]
    fn what_is_burnt_comes_back(recipe in recipe(), rewritable in any::<bool>()) {
        let mut bench = Bench::new(if rewritable { DiscKind::CdRw } else { DiscKind::CdR }, MediaPolicy::BlankOnly);
        bench.burn(&recipe, false).unwrap();
        let verified = bench.verify(&recipe, false).unwrap();
        prop_assert!(verified.toc && verified.sub_channel);
        prop_assert_eq!((verified.q_unreadable, verified.rw_different), (0, 0));
        bench.compare(&recipe, 1)?;
        let report = bench.lint();
        prop_assert!(!report.has_errors(), "{report}");
    }
}

#[test]
fn all_three_sector_types_leave_the_same_disc() {
    let mut discs = Vec::new();
    for sector_type in SectorType::ALL {
        let recipe = small(sector_type);
        let mut bench = Bench::new(DiscKind::CdR, MediaPolicy::BlankOnly);
        bench.burn(&recipe, false).unwrap();
        bench.compare(&recipe, 1).unwrap();
        discs.push(bench.disc());
    }
    for disc in &discs[1..] {
        assert_eq!(disc.store.first_difference(&discs[0].store).unwrap(), None);
        assert_eq!(disc.state, discs[0].state);
    }
}

#[test]
fn a_second_session_is_burnt_behind_the_first() {
    let mut bench = Bench::new(DiscKind::CdR, MediaPolicy::Appendable);
    let recipe = small(SectorType::RAW);
    assert_eq!(bench.burn(&recipe, true).unwrap(), Lba(-11_634));
    let lead_out = bench.disc().closed()[0].lead_out;
    // Orange Book figures: 6750 frames of lead-out lie between the sessions.
    assert_eq!(bench.burn(&recipe, true).unwrap(), lead_out + 6750);
    bench.compare(&recipe, 1).unwrap();
    bench.compare(&recipe, 2).unwrap();
    let lead_out = bench.disc().closed()[1].lead_out;
    assert_eq!(bench.burn(&recipe, false).unwrap(), lead_out + 2250);
    let disc = bench.disc();
    assert_eq!(disc.closed().len(), 3);
    assert!(disc.is_complete());
    assert!(matches!(
        bench.burn(&recipe, false),
        Err(Error::MediaNotBlank { .. } | Error::MediaNotSupported { .. })
    ));
}

#[test]
fn a_write_that_is_cancelled_leaves_a_drive_that_can_be_used() {
    let mut bench = Bench::new(DiscKind::CdR, MediaPolicy::BlankOnly);
    let error = bench.burn_until(&small(SectorType::RAW), Lba(100)).unwrap_err();
    assert!(matches!(error, Error::Cancelled { left: Left::Part, .. }), "{error}");
    assert!(bench.disc().is_damaged());
    // In the lead-out, of 6750 frames behind a thousand: what the drive takes for a whole session is not
    // called a part of one.
    bench.change_disc(DiscKind::CdR);
    let error = bench.burn_until(&small(SectorType::RAW), Lba(2500)).unwrap_err();
    assert!(matches!(error, Error::Cancelled { left: Left::Session, .. }), "{error}");
    assert!(!bench.disc().is_damaged());
    // Another disc is written by the same drive and object.
    bench.change_disc(DiscKind::CdR);
    bench.burn(&small(SectorType::RAW), false).unwrap();
    bench.compare(&small(SectorType::RAW), 1).unwrap();
}

#[test]
fn events_come_in_the_order_of_the_documentation() {
    let mut bench = Bench::new(DiscKind::CdR, MediaPolicy::BlankOnly);
    bench.burn(&small(SectorType::COOKED), false).unwrap();
    let mut actions = bench.actions();
    actions.dedup();
    // IMAPI_FORMAT2_RAW_CD_WRITE_ACTION: preparing, writing, finishing.
    assert_eq!(actions, [WriteAction::PREPARING, WriteAction::WRITING, WriteAction::FINISHING]);
}

#[test]
fn a_rewritable_disc_is_written_blanked_and_written_again() {
    let mut bench = Bench::new(DiscKind::CdRw, MediaPolicy::BlankOnly);
    for round in 0..3 {
        bench.burn(&small(SectorType::RAW), false).unwrap();
        bench.compare(&small(SectorType::RAW), 1).unwrap();
        bench.blank(round % 2 == 0);
        assert_eq!(bench.disc().store.len(), 0);
    }
}
