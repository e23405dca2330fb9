//! Discs as the encoders make them, by every custom there is, break no rule.

#![allow(clippy::unwrap_used, clippy::panic, reason = "tests: a panic is their answer")]

mod disc;

use std::ops::Range;

use cd_format::sector::{HeaderAddress, SectorMode, build};
use cd_format::sub_channel::p::{LeadOutP, ProgramP};
use cd_format::sub_channel::{Mcn, Rules};
use cd_format::{Control, Lba, Point, RecordedFrames};
use cd_lint::{Report, Rule, Severity, lint};

use disc::{Design, Disc, NotRecorded, TrackDesign};
use proptest::prelude::*;

fn report(design: Design) -> Report {
    let disc = design.disc();
    lint(&disc, &disc.options).unwrap()
}

fn rules(report: &Report) -> Vec<Rule> {
    let mut rules: Vec<Rule> = report.findings.iter().map(|finding| finding.rule).collect();
    rules.sort_unstable();
    rules.dedup();
    rules
}

fn assert_clean(design: Design) -> Report {
    let report = report(design);
    assert!(report.is_clean(), "{report}");
    report
}

#[test]
fn discs_of_every_program_are_clean() {
    let p_channels = Rules {
        program_p: ProgramP::PauseAndFirstBlock,
        lead_out_p: LeadOutP::TwoSecondsThenTwoHertz,
        ..Rules::default()
    };
    for rules in [Rules::default(), Rules::LIBBURN, Rules::CDRDAO, Rules::CDRECORD, p_channels] {
        let mut design = Design::whole();
        design.rules = rules;
        let report = assert_clean(design);
        assert_eq!(report.sessions.len(), 2, "{rules:?}");
        assert_eq!(report.blocks, 4650 + 16_250);
        assert_eq!(report.sessions[0].tracks, Some((1, 4)));
        assert_eq!(report.sessions[1].tracks, Some((5, 5)));
    }
}

#[test]
fn sectors_of_every_mode_are_clean() {
    for mode in SectorMode::ALL {
        let control = if mode == SectorMode::Audio { Control::AUDIO } else { Control::DATA };
        let track = TrackDesign { mode, control, ..TrackDesign::audio(300) };
        let mut design = Design::new(vec![vec![track]]);
        // Encoding takes its time in tests.
        design.sessions[0].lead_out_blocks = 50;
        assert_eq!(rules(&report(design)), [Rule::LeadOutLength], "{mode:?}");
    }
}

#[test]
fn both_customs_for_header_addresses_in_the_lead_in_are_clean() {
    let mut design = Design::new(vec![vec![TrackDesign::data(SectorMode::Mode1, 300)]]);
    design.sessions[0].lead_out_blocks = 50;
    for lba in -170..-150 {
        let address = HeaderAddress::in_lead_in_from_a0(Lba(lba), Lba(disc::LEAD_IN)).unwrap();
        design.edit_sector(lba, move |sector| build::mode1(sector, address, &[0; 2048]));
    }
    assert_eq!(rules(&report(design)), [Rule::LeadOutLength]);
}

/// SCSI-2, CD-ROM model, example of a disc: 'pre-gap part 1' of a data track behind audio is a second
/// of audio, its relative time 00:03:00, and part 2 has data.
#[test]
fn a_pause_may_begin_as_the_track_before_it() {
    let mut second = TrackDesign::data(SectorMode::Mode1, 300);
    second.pause = 225;
    let mut design = Design::new(vec![vec![TrackDesign::audio(300), second]]);
    design.sessions[0].lead_out_blocks = 50;
    for lba in 300..375 {
        design.edit(lba, |frame| frame[..2352].fill(0));
        design.edit_q(lba, |q| q[0] &= 0x0F);
    }
    assert_eq!(rules(&report(design)), [Rule::LeadOutLength]);
}

/// Descriptions of B0 differ in whether the pregap counts.
#[test]
fn b0_may_name_the_first_user_block() {
    let mut design = Design::whole();
    design.edit_toc = |toc| {
        let b0 = toc.iter_mut().find(|entry| entry.point == Point::B0).unwrap();
        b0.time = disc::time_of(13_600).fields();
    };
    assert_clean(design);
}

/// Where the block that should tell of a change cannot be read, the next one tells.
#[test]
fn unreadable_frames_at_every_border_hide_nothing_and_invent_nothing() {
    for blocks in [1, 2, 5] {
        let mut design = Design::whole();
        let borders =
            [-4650, -150, 0, 450, 600, 900, 1200, 1350, 1750, 1900, 2200, 8950, 13_450, 13_600, 14_000];
        for border in borders {
            for lba in border..border + blocks {
                design.edit(lba, |frame| frame[2352 + 90] ^= 0x40);
            }
        }
        let report = report(design);
        assert_eq!(rules(&report), [Rule::QCrc], "{report}");
        assert_eq!(report.findings.len(), borders.len());
        assert_eq!(report.sessions.len(), 2);
        assert_eq!(report.sessions[0].lead_out, Some(Lba(2200)));
    }
}

/// What is formless may begin like a sub-header; only a disc type or sectors that fit make it one.
#[test]
fn formless_sectors_that_look_like_form_1_are_clean_on_a_cd_rom() {
    let mut design = Design::new(vec![vec![TrackDesign::data(SectorMode::Mode2Formless, 300)]]);
    design.sessions[0].disc_type = cd_format::DiscType::CD_ROM;
    design.sessions[0].lead_out_blocks = 50;
    for lba in 0..300 {
        design.edit_sector(lba, |sector| sector[16..24].copy_from_slice(&[9, 8, 7, 6, 9, 8, 7, 6]));
    }
    assert_eq!(rules(&report(design)), [Rule::LeadOutLength]);
}

#[test]
fn gapless_tracks_with_short_indexes_and_alternating_copy_bits_are_clean() {
    for rules in [Rules::default(), Rules::LIBBURN, Rules::CDRDAO, Rules::CDRECORD] {
        let mut tracks = vec![TrackDesign::audio(333), TrackDesign::audio(401), TrackDesign::audio(2001)];
        for (n, track) in tracks.iter_mut().enumerate() {
            track.pause = [150, 0, 37][n];
            track.alternate_copy = n != 1;
            track.indexes = vec![99, 100, 101, 250];
            track.isrc = Some(format!("DEABC26{n:05}").parse().unwrap());
        }
        let mut design = Design::new(vec![tracks]);
        design.rules = rules;
        design.mcn = Some("4006381333931".parse().unwrap());
        assert_clean(design);
    }
}

/// Track-at-once: two blocks that are no sectors behind a track, then link and run-in.
#[test]
fn run_out_and_run_in_are_clean() {
    let tracks =
        || vec![TrackDesign::data(SectorMode::Mode1, 302), TrackDesign::data(SectorMode::Mode1, 302)];
    // With a lead-out of 50 blocks, since encoding takes its time in tests.
    let short = || {
        let mut design = Design::new(vec![tracks()]);
        design.sessions[0].lead_out_blocks = 50;
        design
    };
    let mut design = short();
    for lba in [300, 301, 302, 303, 304, 305, 306, 752, 753] {
        design.edit(lba, |frame| frame[..2352].fill(0));
    }
    assert_eq!(rules(&report(design)), [Rule::LeadOutLength]);

    let mut marked = short();
    for (lba, mode) in [(300, 0xE1), (301, 0xC1), (302, 0xA1), (303, 0x81), (304, 0x61), (305, 0x41)] {
        marked.edit_sector(lba, move |sector| sector[15] = mode);
    }
    assert_eq!(rules(&report(marked)), [Rule::LeadOutLength]);

    let mut alone = short();
    alone.edit(301, |frame| frame[..2352].fill(0));
    let report = report(alone);
    assert_eq!((report.findings[0].rule, report.findings[0].lba.0), (Rule::Sync, 301), "{report}");
}

#[test]
fn an_open_session_is_a_warning_and_nothing_else() {
    let mut design = Design::new(vec![vec![TrackDesign::data(SectorMode::Mode1, 302)]]);
    design.from = -150;
    design.cut = 302;
    for lba in [300, 301] {
        design.edit(lba, |frame| frame[..2352].fill(0));
    }
    let report = report(design);
    let [finding] = &report.findings[..] else { panic!("{report}") };
    assert_eq!((finding.rule, finding.severity), (Rule::Unfinished, Severity::Warning));
    assert!(!report.has_errors());
}

/// However early a burn is cut short, that is all there is to say.
#[test]
fn a_cut_burn_is_unfinished_wherever_it_was_cut() {
    for cut in [-4649, -4000, -151, -150, -149, 0, 1, 299, 450, 600, 601, 1200, 1749, 2199] {
        let mut design = Design::whole();
        design.cut = cut;
        let report = report(design);
        let [finding] = &report.findings[..] else { panic!("cut at {cut}: {report}") };
        assert_eq!((finding.rule, finding.lba.0), (Rule::Unfinished, cut - 1), "cut at {cut}");
    }
}

/// A disc with a stretch in which nothing is recorded.
struct Holed(Disc, Range<i32>);

impl RecordedFrames for Holed {
    type Error = NotRecorded;

    fn runs(&self) -> Vec<Range<Lba>> {
        let split = |run: Range<Lba>| [run.start..Lba(self.1.start), Lba(self.1.end)..run.end];
        self.0.runs().into_iter().flat_map(split).collect()
    }

    fn read(&self, lba: Lba, out: &mut [u8]) -> Result<(), NotRecorded> {
        self.0.read(lba, out)
    }
}

/// A drive leaves the place of a lead-in free until it closes the session.
#[test]
fn an_open_session_behind_a_closed_one_has_a_free_place_before_it() {
    for (hole, expected) in [
        (8950..13_450, &[Rule::Unfinished][..]),
        (8950..13_451, &[Rule::NextSession, Rule::SessionGap, Rule::Unfinished]),
        (8940..13_450, &[Rule::LeadOutLength, Rule::Unfinished]),
        (8950..8960, &[Rule::LeadInLength, Rule::SessionGap, Rule::Unfinished]),
    ] {
        let mut design = Design::whole();
        design.cut = 14_000;
        let disc = Holed(design.disc(), hole.clone());
        let report = lint(&disc, &disc.0.options).unwrap();
        let mut expected = expected.to_vec();
        expected.sort_unstable();
        // A pause that lacks its first block is too short as well.
        let seen: Vec<Rule> = rules(&report).into_iter().filter(|rule| *rule != Rule::Pregap).collect();
        assert_eq!(seen, expected, "{hole:?}: {report}");
    }
}

/// Sound of any legal layout. Lead-in and lead-out are left out for the time they take.
fn tracks() -> impl Strategy<Value = Vec<TrackDesign>> {
    let isrc = prop::option::of("[A-Z]{2}[0-9A-Z]{3}[0-9]{7}");
    let indexes = prop::collection::btree_set(1i32..300, 0..6);
    let pause = prop_oneof![Just(0), Just(150), 1i32..400];
    let track = (pause, 300i32..800, indexes, isrc, any::<bool>(), 0u8..4).prop_map(
        |(pause, blocks, indexes, isrc, alternate_copy, control)| TrackDesign {
            pause,
            indexes: indexes.into_iter().collect(),
            isrc: isrc.map(|isrc| isrc.parse().unwrap()),
            alternate_copy,
            control: Control::new(control),
            ..TrackDesign::audio(blocks)
        },
    );
    prop::collection::vec(track, 1..5)
}

proptest! {
    #![proptest_config(ProptestConfig::with_cases(32))]

    #[test]
    fn sound_of_any_layout_is_clean(
        mut tracks in tracks(),
        mcn in prop::option::of(prop::array::uniform12(0u8..10)),
        rules_of in prop::sample::select(vec![Rules::default(), Rules::LIBBURN, Rules::CDRDAO, Rules::CDRECORD]),
        rw: bool,
    ) {
        tracks[0].pause = 150;
        let mut design = Design::new(vec![tracks]);
        design.mcn = mcn.and_then(Mcn::with_check_digit);
        design.rules = rules_of;
        design.rw = rw;
        design.from = -150;
        design.sessions[0].lead_out_blocks = 250;
        let report = report(design);
        prop_assert_eq!(rules(&report), [Rule::LeadOutLength, Rule::Unfinished], "{}", report);
    }
}
