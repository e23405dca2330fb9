//! The plan against literals, and against a slow reading of the rules that walks block by block.

use proptest::prelude::*;

use super::*;
use crate::address::Msf;
use crate::atip::Atip;
use crate::lead_in::Contents;
use crate::session::DiscType;
use crate::sub_channel::p::{LeadOutP, ProgramP};
use crate::sub_channel::rules::{CodePositions, LeadInTime, PauseTime, TocOrder};
use crate::sub_channel::{Isrc, LEAD_OUT_TNO, QContent, TrackLayout};
use crate::toc::{Adr, Point};

fn track(number: u8, pregap: i32, start: i32) -> TrackLayout {
    TrackLayout {
        number,
        control: Control::AUDIO,
        alternate_copy: false,
        pregap: Lba(pregap),
        start: Lba(start),
        indexes: vec![],
        isrc: None,
    }
}

/// One audio track of four seconds behind a CMC disc's lead-in, 97:26:65.
fn smallest() -> SessionLayout {
    SessionLayout {
        lead_in: Lba(-11_635),
        tracks: vec![track(1, -150, 0)],
        lead_out: Lba(300),
        lead_out_frames: 6750,
        mcn: None,
    }
}

fn plan(layout: &SessionLayout, rules: Rules) -> SubChannelPlan {
    SubChannelPlan::new(layout, &layout.toc(DiscType::CD_ROM).unwrap(), rules).unwrap()
}

fn bytes(plan: &SubChannelPlan, lba: i32) -> [u8; 12] {
    plan.at(Lba(lba)).unwrap().0.to_bytes()
}

fn content(plan: &SubChannelPlan, lba: i32) -> QContent {
    plan.at(Lba(lba)).unwrap().0.content().unwrap()
}

/// Blocks of `range` with P set, as runs.
fn p_runs(plan: &SubChannelPlan, range: core::ops::Range<i32>) -> Vec<core::ops::Range<i32>> {
    let mut runs: Vec<core::ops::Range<i32>> = Vec::new();
    for lba in range.filter(|lba| plan.at(Lba(*lba)).unwrap().1) {
        match runs.last_mut() {
            Some(run) if run.end == lba => run.end += 1,
            _ => runs.push(lba..lba + 1),
        }
    }
    runs
}

/// CRCs by an independent implementation of ECMA-130 22.3.6; running time and pregap as cdrecord
/// sends them.
#[test]
fn first_frames_of_each_area_are_those_of_a_raw_burn() {
    let plan = plan(&smallest(), Rules::default());
    for (lba, frame) in [
        (-11_635, [0x01, 0x00, 0xA0, 0x97, 0x26, 0x65, 0, 0x01, 0x00, 0x00, 0x26, 0xC7]),
        (-150, [0x01, 0x01, 0x00, 0x00, 0x01, 0x74, 0, 0x00, 0x00, 0x00, 0xAA, 0xB9]),
        (0, [0x01, 0x01, 0x01, 0x00, 0x00, 0x00, 0, 0x00, 0x02, 0x00, 0x5A, 0x28]),
        (300, [0x01, 0xAA, 0x01, 0x00, 0x00, 0x00, 0, 0x00, 0x06, 0x00, 0x8A, 0x19]),
    ] {
        assert_eq!(bytes(&plan, lba), frame, "{lba}");
    }
    assert_eq!(bytes(&plan, -151)[3..6], [0x99, 0x59, 0x74]);
    assert_eq!(bytes(&plan, -1)[3..10], [0x00, 0x00, 0x00, 0, 0x00, 0x01, 0x74]);
    assert_eq!((plan.at(Lba(-11_636)), plan.at(Lba(7050))), (None, None));
}

/// libburn and cdrdao: running time from 00:00:00, pause from 00:02:00 to 00:00:01.
#[test]
fn other_programs_count_otherwise() {
    for (rules, first) in [(Rules::LIBBURN, 0xA0), (Rules::CDRDAO, 0x01)] {
        let plan = plan(&smallest(), rules);
        assert_eq!(bytes(&plan, -11_635)[2..6], [first, 0, 0, 0]);
        assert_eq!(bytes(&plan, -11_635 + 75)[3..6], [0, 1, 0]);
        assert_eq!(bytes(&plan, -150), [0x01, 1, 0, 0, 0x02, 0, 0, 0, 0, 0, 0xF0, 0xD9]);
        assert_eq!(bytes(&plan, -1)[3..6], [0x00, 0x00, 0x01]);
    }
}

/// Order and figures: readom -clone log of a Moser Baer CD-R, 97:17:06 / 79:59:74, lead-out 14:55:47,
/// B0 17:25:47 (Ubuntu forums archive).
#[test]
fn every_entry_comes_three_times_and_the_table_over_again() {
    let layout = SessionLayout {
        lead_in: "97:17:06".parse::<Msf>().unwrap().to_lba(),
        tracks: vec![TrackLayout { control: Control::DATA, ..track(1, -150, 0) }],
        lead_out: Lba(67_022),
        ..smallest()
    };
    let atip = Atip::new("97:17:06".parse().unwrap(), "79:59:74".parse().unwrap());
    let sessions = [layout.session(1, DiscType::CD_ROM)];
    let toc = Contents { sessions: &sessions, atip: Some(&atip), appendable: true }.full_toc().unwrap();
    let points = |order| {
        let plan =
            SubChannelPlan::new(&layout, &toc, Rules { toc_order: order, ..Rules::default() }).unwrap();
        let points: Vec<u8> = plan.frames().take(3 * 6 + 2).map(|(q, _)| q.to_bytes()[2]).collect();
        points
            .chunks(3)
            .for_each(|turn| assert!(turn.iter().all(|point| *point == turn[0]), "{points:02X?}"));
        points.into_iter().step_by(3).collect::<Vec<_>>()
    };
    assert_eq!(points(TocOrder::PointsFirst), [0xA0, 0xA1, 0xA2, 0x01, 0xB0, 0xC0, 0xA0]);
    assert_eq!(points(TocOrder::TracksFirst), [0x01, 0xA0, 0xA1, 0xA2, 0xB0, 0xC0, 0x01]);

    let plan = SubChannelPlan::new(&layout, &toc, Rules::default()).unwrap();
    let entry = |n: usize| plan.frames().nth(3 * n).unwrap().0.toc_entry(1).unwrap();
    assert_eq!((entry(2).point, entry(2).p_time), (Point::A2, [14, 55, 47]));
    assert_eq!(entry(2).msf(), layout.lead_in.checked_add(6).unwrap().to_msf(), "running time");
    assert_eq!((entry(4).time, entry(4).zero, entry(4).p_time), ([17, 25, 47], 2, [79, 59, 74]));
    assert_eq!(entry(5).p_time, [97, 17, 6]);
}

#[test]
fn a_later_sessions_lead_in_counts_on() {
    let layout = SessionLayout {
        lead_in: Lba(7050),
        tracks: vec![track(2, 11_550, 11_700)],
        lead_out: Lba(12_000),
        lead_out_frames: 2250,
        mcn: None,
    };
    let plan = plan(&layout, Rules::default());
    // 7050 is 01:36:00, and 11550, the pregap, 02:36:00.
    assert_eq!(bytes(&plan, 7050)[3..6], [0x01, 0x36, 0x00]);
    assert_eq!(bytes(&plan, 11_550)[7..10], [0x02, 0x36, 0x00]);
    assert_eq!(plan.frames().len(), 4500 + 150 + 300 + 2250);
}

/// Pause of 50 blocks before track 2: two seconds begin in track 1.
#[test]
fn p_warns_as_each_rule_says() {
    let layout = SessionLayout {
        tracks: vec![track(1, -150, 0), track(2, 400, 450)],
        lead_out: Lba(900),
        ..smallest()
    };
    let runs = |program_p| p_runs(&plan(&layout, Rules { program_p, ..Rules::default() }), -11_635..900);
    assert_eq!(runs(ProgramP::TwoSeconds), [-150..0, 300..450]);
    assert_eq!(runs(ProgramP::Pause), [-150..0, 400..450]);
    assert_eq!(runs(ProgramP::PauseAndFirstBlock), [-150..1, 400..450]);
    let plan = plan(&layout, Rules { lead_out_p: LeadOutP::TwoHertz, ..Rules::default() });
    assert_eq!(p_runs(&plan, 900..1100), [1050..1069, 1088..1100]);
}

/// A pause of more than two seconds is P whole; a track without one has its two seconds all the same.
#[test]
fn p_is_as_long_as_the_pause_and_no_shorter_than_two_seconds() {
    let layout = SessionLayout {
        tracks: vec![track(1, -150, 0), track(2, 400, 700), track(3, 1100, 1100)],
        lead_out: Lba(1500),
        ..smallest()
    };
    assert_eq!(p_runs(&plan(&layout, Rules::default()), -150..1500), [-150..0, 400..700, 950..1100]);
}

#[test]
fn indexes_count_up_and_relative_time_counts_on() {
    let layout = SessionLayout {
        tracks: vec![TrackLayout { indexes: vec![Lba(80), Lba(200)], ..track(1, -150, 0) }],
        ..smallest()
    };
    let plan = plan(&layout, Rules::default());
    for (lba, index, relative) in
        [(79, 1, "00:01:04"), (80, 2, "00:01:05"), (199, 2, "00:02:49"), (200, 3, "00:02:50")]
    {
        let QContent::Position { index: seen, relative: time, tno: 1, .. } = content(&plan, lba) else {
            panic!("no position at {lba}")
        };
        assert_eq!((seen, time.to_string().as_str()), (index, relative), "{lba}");
    }
}

/// Blocks of the program area that carry a code.
fn code_blocks(plan: &SubChannelPlan, adr: Adr, range: core::ops::Range<i32>) -> Vec<i32> {
    range.filter(|lba| plan.at(Lba(*lba)).unwrap().0.adr() == adr).collect()
}

/// Absolute time is LBA + 150. Index 2 begins where the default has a catalogue number due.
#[test]
fn codes_stand_where_each_program_has_them_and_move_on_at_a_transition() {
    let layout = SessionLayout {
        tracks: vec![TrackLayout {
            isrc: "US-K7Y-98-12345".parse().ok(),
            indexes: vec![Lba(210)],
            ..track(1, -150, 0)
        }],
        mcn: "0012345678905".parse().ok(),
        ..smallest()
    };
    let codes = |codes| {
        let plan = plan(&layout, Rules { codes, ..Rules::default() });
        [Adr::CATALOGUE, Adr::ISRC].map(|adr| code_blocks(&plan, adr, -150..300))
    };
    assert_eq!(codes(CodePositions::Every90), [vec![-149, -60, 30, 120, 211], vec![-100, -10, 80, 170, 260]]);
    assert_eq!(codes(CodePositions::Every100), [vec![-51, 49, 149, 249], vec![-101, -1, 99, 199, 299]]);
    assert_eq!(codes(CodePositions::TrackEvery100), [vec![-100, 1, 100, 200], vec![-90, 10, 110, 211]]);
    let plan = plan(&layout, Rules::default());
    assert_eq!(content(&plan, 30), QContent::Mcn { mcn: layout.mcn.unwrap(), frame: 180 % 75 });
    assert_eq!(content(&plan, 80), QContent::Isrc { isrc: layout.tracks[0].isrc.unwrap(), frame: 230 % 75 });
    assert!(code_blocks(&plan, Adr::CATALOGUE, 300..7050).is_empty());
}

/// Copies alternate four blocks and four: 75 / 8 = 9.375 Hz.
#[test]
fn a_copys_copy_bit_alternates() {
    let layout = SessionLayout {
        tracks: vec![TrackLayout { alternate_copy: true, ..track(1, -150, 0) }],
        ..smallest()
    };
    let plan = plan(&layout, Rules::default());
    let bits: Vec<bool> = (0..80).map(|lba| plan.at(Lba(lba)).unwrap().0.control().permits_copy()).collect();
    assert_eq!(bits.iter().filter(|bit| **bit).count(), 40);
    let turns: Vec<usize> = (1..80).filter(|n| bits[*n] != bits[n - 1]).collect();
    assert!(turns.windows(2).all(|pair| pair[1] - pair[0] == 4), "{turns:?}");
}

#[test]
fn what_cannot_be_written_is_named() {
    let refused = |change: &dyn Fn(&mut SessionLayout)| {
        let mut layout = smallest();
        change(&mut layout);
        SubChannelPlan::new(&layout, &[], Rules::default()).unwrap_err().to_string()
    };
    assert_eq!(refused(&|s| s.tracks.clear()), "session without a track: expected 1 to 99 of them");
    assert_eq!(
        refused(&|s| s.tracks.push(track(3, 200, 200))),
        "track 3 behind track 1: expected 1 to 99, each one more than the last"
    );
    assert_eq!(refused(&|s| s.lead_out = Lba(0)), "lead-out at LBA 0: expected 1 or later");
    assert_eq!(
        refused(&|s| s.tracks[0].indexes = vec![Lba(9), Lba(9)]),
        "index at LBA 9: expected 10 or later"
    );
    assert_eq!(refused(&|s| s.lead_in = Lba(-149)), "first pregap at LBA -150: expected -149 or later");
    assert_eq!(
        refused(&|s| s.lead_out_frames = u32::MAX),
        "end of lead-out at LBA 4294967594: expected -150 to 449849"
    );
    assert_eq!(
        refused(&|_| ()),
        "lead-in of 11485 blocks without an entry: expected at least points A0, A1, A2 and a track"
    );
}

/// The rules read slowly: walks from the session's first block to its last and keeps what is waiting.
fn walk(layout: &SessionLayout, toc: &[TocEntry], rules: Rules) -> Vec<(QFrame, bool)> {
    let mut seen = Vec::new();
    let mut waiting = None;
    let program = layout.tracks[0].pregap.0;
    let end = layout.lead_out.0 + layout.lead_out_frames as i32;
    let msf =
        |frames: i32| Msf::new((frames / 4500) as u8, (frames / 75 % 60) as u8, (frames % 75) as u8).unwrap();
    for lba in layout.lead_in.0..end {
        let absolute = msf(if lba < -150 { lba + 450_150 } else { lba + 150 });
        if lba < program {
            let n = lba - layout.lead_in.0;
            let mut entry = toc[n as usize / 3 % toc.len()];
            if entry.adr == Adr::POSITION {
                let running = if rules.lead_in_time == LeadInTime::FromZero { msf(n) } else { absolute };
                entry = entry.with_time(running.fields());
            }
            seen.push((QFrame::toc(&entry).unwrap(), false));
            continue;
        }
        if lba >= layout.lead_out.0 {
            let n = lba - layout.lead_out.0;
            let control = layout.tracks.last().unwrap().control;
            let q = QFrame::position(control, LEAD_OUT_TNO, 1, msf(n), absolute).unwrap();
            seen.push((q, rules.lead_out_p.bit(n as u32)));
            continue;
        }
        let number = layout.tracks.iter().rposition(|track| track.pregap.0 <= lba).unwrap();
        let track = &layout.tracks[number];
        let index = if lba < track.start.0 {
            0
        } else {
            1 + track.indexes.iter().filter(|index| index.0 <= lba).count()
        };
        let transition =
            lba == track.pregap.0 || lba == track.start.0 || track.indexes.iter().any(|index| index.0 == lba);
        let (place, mcn, isrc) = match rules.codes {
            CodePositions::Every90 => ((lba + 150) % 90, 0, 50),
            CodePositions::Every100 => ((lba + 150) % 100, 99, 49),
            CodePositions::TrackEvery100 => ((lba - track.start.0).rem_euclid(100), 0, 10),
        };
        if waiting.is_none() && (place == mcn || place == isrc) {
            waiting = Some(place == mcn);
        }
        let mut control = track.control;
        if track.alternate_copy {
            control = control.with_copy((lba + 150) % 8 < 4);
        }
        let code = if transition { None } else { waiting.take() };
        let q = match (code, layout.mcn, track.isrc) {
            (Some(true), Some(mcn), _) => QFrame::mcn(control, &mcn, absolute),
            (Some(false), _, Some(isrc)) => QFrame::isrc(control, &isrc, absolute),
            _ => {
                let left = track.start.0 - lba;
                let relative = match (index, rules.pause_time) {
                    (0, PauseTime::EndsAtZero) => left - 1,
                    (0, PauseTime::EndsAtOne) => left,
                    _ => -left,
                };
                QFrame::position(control, track.number, index as u8, msf(relative), absolute).unwrap()
            }
        };
        let soon = layout.tracks.iter().any(|track| (1..=150).contains(&(track.start.0 - lba)));
        let p = match rules.program_p {
            ProgramP::TwoSeconds => index == 0 || soon,
            ProgramP::Pause => index == 0,
            ProgramP::PauseAndFirstBlock => index == 0 || lba == layout.tracks[0].start.0,
        };
        seen.push((q, p));
    }
    seen
}

fn rules() -> impl Strategy<Value = Rules> {
    let two_seconds = |rules| Rules { program_p: ProgramP::TwoSeconds, ..rules };
    prop_oneof![
        Just(Rules::default()),
        Just(Rules::LIBBURN),
        Just(Rules::CDRDAO),
        Just(Rules::CDRECORD),
        Just(two_seconds(Rules::CDRECORD)),
    ]
}

/// Lead-in length, first pregap, then tracks: pause, lengths of the indexes, CONTROL, alternation, ISRC.
fn layout() -> impl Strategy<Value = SessionLayout> {
    let length = || prop_oneof![1i32..4, 1i32..400];
    let tracks = (
        prop_oneof![Just(0), 1i32..3, 0i32..320],
        prop::collection::vec(length(), 1..5),
        0u8..16,
        any::<bool>(),
        any::<bool>(),
    );
    let first = prop_oneof![Just(-150), -150i32..300_000];
    (first, 0i32..300, 1u8..90, prop::collection::vec(tracks, 1..6), 0u32..400, any::<bool>()).prop_map(
        |(first, lead_in, number, tracks, lead_out_frames, mcn)| {
            let mut at = first;
            let isrc: Isrc = "QMABC2600001".parse().unwrap();
            let tracks: Vec<TrackLayout> = (number..)
                .zip(tracks)
                .map(|(number, (pause, lengths, control, alternate_copy, has_isrc))| {
                    let pregap = Lba(at);
                    at += pause;
                    let starts: Vec<Lba> = lengths
                        .into_iter()
                        .map(|length| {
                            at += length;
                            Lba(at - length)
                        })
                        .collect();
                    TrackLayout {
                        number,
                        control: Control::new(control),
                        alternate_copy,
                        pregap,
                        start: starts[0],
                        indexes: starts[1..].to_vec(),
                        isrc: has_isrc.then_some(isrc),
                    }
                })
                .collect();
            SessionLayout {
                lead_in: Lba(first - lead_in),
                tracks,
                lead_out: Lba(at),
                lead_out_frames,
                mcn: mcn.then(|| "4006381333931".parse().unwrap()),
            }
        },
    )
}

proptest! {
    #[test]
    fn the_plan_agrees_with_a_slow_walk(layout in layout(), rules in rules()) {
        let rules = Rules { toc_order: TocOrder::AsGiven, ..rules };
        let toc = layout.toc(DiscType::CD_ROM).unwrap();
        let plan = SubChannelPlan::new(&layout, &toc, rules).unwrap();
        let slow = walk(&layout, &toc, rules);
        prop_assert_eq!(plan.frames().len(), slow.len());
        for (lba, (seen, expected)) in (layout.lead_in.0..).zip(plan.frames().zip(&slow)) {
            prop_assert_eq!(&seen, expected, "LBA {}", lba);
            prop_assert_eq!(plan.at(Lba(lba)), Some(seen), "LBA {}", lba);
        }
    }

    #[test]
    fn a_late_start_changes_nothing(layout in layout(), skip in 0usize..2000) {
        let plan = SubChannelPlan::new(&layout, &layout.toc(DiscType::CD_ROM).unwrap(), Rules::default()).unwrap();
        let late = plan.frames_from(Lba(layout.lead_in.0 + skip as i32));
        prop_assert!(late.eq(plan.frames().skip(skip)));
    }

    /// IEC 60908: the catalogue number at least once in 100 consecutive blocks.
    #[test]
    fn no_hundred_blocks_go_without_the_catalogue_number(mut layout in layout()) {
        layout.mcn = "4006381333931".parse().ok();
        let plan = SubChannelPlan::new(&layout, &layout.toc(DiscType::CD_ROM).unwrap(), Rules::default()).unwrap();
        let (first, end) = (layout.tracks[0].pregap.0, layout.lead_out.0);
        let blocks = code_blocks(&plan, Adr::CATALOGUE, first..end);
        let gaps = [first - 1].into_iter().chain(blocks.iter().copied()).zip(blocks.iter().copied().chain([end]));
        for (before, after) in gaps {
            prop_assert!(after - before <= 100, "none from {} to {}", before, after);
        }
    }

    #[test]
    fn every_frame_is_intact_and_readable(layout in layout(), rules in rules()) {
        let plan = SubChannelPlan::new(&layout, &layout.toc(DiscType::CD_ROM).unwrap(), rules).unwrap();
        for (q, _) in plan.frames() {
            prop_assert!(q.crc_ok() && q.content().is_ok(), "{:?}", q);
        }
    }

    #[test]
    fn any_layout_is_planned_or_refused(
        numbers in any::<[i32; 6]>(), track in any::<u8>(), frames in any::<u32>(), lba in any::<i32>(),
    ) {
        let [lead_in, pregap, start, index, lead_out, _] = numbers.map(Lba);
        let layout = SessionLayout {
            lead_in,
            tracks: vec![TrackLayout { indexes: vec![index], pregap, start, ..self::track(track, 0, 0) }],
            lead_out,
            lead_out_frames: frames,
            mcn: None,
        };
        if let Ok(plan) = SubChannelPlan::new(&layout, &[], Rules::default()) {
            let _ = (plan.at(Lba(lba)), plan.frames_from(Lba(lba)).next());
        }
    }
}
