//! A burn from end to end: the image creator's image through WriteMedia onto a simulated disc, verified,
//! and every user sector read back and held against what went in.

#![allow(clippy::unwrap_used, clippy::panic, reason = "a test program: a panic is its answer")]

mod bench;
mod disc;

use bench::Bench;
use cd_format::Lba;
use cd_lint::{Finding, Rule, Severity};
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
        gaps: false,
        special: None,
        rw: false,
        tracks: vec![
            TrackRecipe {
                isrc: Some("DEA400000001".to_owned()),
                indexes: vec![75, 150],
                ..TrackRecipe::new(CdSectorType::AUDIO, 400)
            },
            TrackRecipe::new(CdSectorType::MODE1, 350),
        ],
    }
}

/// Nothing breaks a rule, but for sound without gaps: 150 sectors of a stream of 300 are the next track's
/// pause, and the track has its four seconds with its own.
fn assert_clean(bench: &Bench) -> Result<(), TestCaseError> {
    let report = bench.lint();
    let is_short =
        |finding: &Finding| finding.rule == Rule::TrackLength && finding.severity == Severity::Warning;
    prop_assert!(report.findings.iter().all(is_short), "{report}");
    Ok(())
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
        assert_clean(&bench)?;
    }
}

proptest! {
    #![proptest_config(config(12))]

    #[test]
    fn sessions_come_back_one_behind_the_other(
        mut recipes in proptest::collection::vec(recipe(), 2..4),
        rewritable in any::<bool>(),
        appendable in any::<bool>(),
    ) {
        let kind = if rewritable { DiscKind::CdRw } else { DiscKind::CdR };
        let mut bench = Bench::new(kind, MediaPolicy::Appendable);
        // A disc has one catalogue number.
        let mcn = recipes[0].mcn.clone();
        let last = recipes.len() - 1;
        for (n, recipe) in recipes.iter_mut().enumerate() {
            recipe.mcn = mcn.clone();
            bench.burn(recipe, n < last || appendable).unwrap();
        }
        for (n, recipe) in (1..).zip(&recipes) {
            bench.compare(recipe, n)?;
        }
        prop_assert_eq!(bench.disc().is_complete(), !appendable);
        assert_clean(&bench)?;
    }
}

/// Sound that is heard only by going back from the first track lies from LBA 0 on, and is verified too.
#[test]
fn a_special_pregap_is_verified_in_any_session() {
    let mut recipe = small(SectorType::PQ_ONLY);
    recipe.special = Some(400);
    let mut bench = Bench::new(DiscKind::CdR, MediaPolicy::Appendable);
    for n in 1..=2 {
        let verified = bench.burn_verified(&recipe, true).unwrap();
        assert!(verified.toc && verified.sectors > 750, "{verified:?}");
        bench.compare(&recipe, n).unwrap();
    }
    assert_clean(&bench).unwrap();
}

/// Of the shortest streams, 300 sectors, without gaps: IEC 60908 counts a track's four seconds with its
/// pause of two, so the linter warns and no more.
#[test]
fn gapless_tracks_of_the_shortest_streams_are_no_error() {
    let mut recipe = small(SectorType::RAW);
    recipe.tracks = vec![TrackRecipe::new(CdSectorType::AUDIO, 300); 3];
    let mut bench = Bench::new(DiscKind::CdR, MediaPolicy::BlankOnly);
    bench.burn(&recipe, false).unwrap();
    bench.compare(&recipe, 1).unwrap();
    let report = bench.lint();
    let short: Vec<_> = report.findings.iter().map(|finding| (finding.rule, finding.lba)).collect();
    assert_eq!(short, [(Rule::TrackLength, Lba(0)), (Rule::TrackLength, Lba(300))]);
    assert!(!report.has_errors());
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
