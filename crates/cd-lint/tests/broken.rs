//! Discs that break one rule each: that rule is told, where it is broken, and no other.

#![allow(clippy::unwrap_used, reason = "tests: a panic is their answer")]

mod disc;

use std::collections::BTreeSet;

use cd_format::sector::scramble::scramble;
use cd_format::sector::{SectorMode, build, ecc};
use cd_format::sub_channel::{Isrc, Mcn, QFrame};
use cd_format::{Control, Lba, Point};
use cd_lint::{Rule, lint};

use disc::{Design, LEAD_IN, add_frames, time_of};

/// A rule, how the disc of [`Design::whole`] is made to break it, and where.
type Case = (Rule, i32, fn(&mut Design));

const CASES: &[Case] = &[
    (Rule::QCrc, 700, |design| design.edit(700, |frame| frame[2352 + 40] ^= 0x40)),
    (Rule::QContent, 701, |design| design.edit_q(701, |q| q[2] = 0x1A)),
    // ZERO of a position in the program area and in the lead-out, and of an entry.
    (Rule::QZero, 701, |design| design.edit_q(701, |q| q[6] = 0x11)),
    (Rule::QZero, 2460, |design| design.edit_q(2460, |q| q[6] = 0x01)),
    (Rule::QZero, LEAD_IN + 3, |design| {
        design.edit_toc = |toc| entry(toc, 1, Point::A1).zero = 1;
    }),
    // A catalogue number's last nibble and byte 8; what pads a recording code.
    (Rule::QZero, 750, |design| design.edit_q(750, |q| q[7] |= 0x05)),
    (Rule::QZero, 750, |design| design.edit_q(750, |q| q[8] = 0x55)),
    (Rule::QZero, 800, |design| design.edit_q(800, |q| q[4] |= 0x03)),
    (Rule::QZero, 800, |design| design.edit_q(800, |q| q[8] |= 0x01)),
    (Rule::QZero, LEAD_IN, |design| {
        design.edit_toc = |toc| entry(toc, 1, Point::A0).p_time[2] = 11;
    }),
    (Rule::QZero, LEAD_IN + 3, |design| {
        design.edit_toc = |toc| entry(toc, 1, Point::A1).p_time[2] = 11;
    }),
    (Rule::QZero, LEAD_IN + 3, |design| {
        design.edit_toc = |toc| entry(toc, 1, Point::A1).p_time[1] = 11;
    }),
    (Rule::MsfContinuity, 702, |design| design.edit_q(702, |q| add_frames(q, 7, 1))),
    // AFRAME of a catalogue number.
    (Rule::MsfContinuity, 750, |design| design.edit_q(750, |q| add_frames(q, 7, 1))),
    (Rule::LeadInTime, -4000, |design| design.edit_q(-4000, |q| add_frames(q, 3, 1))),
    (Rule::RelativeTime, 703, |design| design.edit_q(703, |q| add_frames(q, 3, 1))),
    // In a pause, and in the lead-out.
    (Rule::RelativeTime, 503, |design| design.edit_q(503, |q| add_frames(q, 3, 1))),
    (Rule::RelativeTime, 2453, |design| design.edit_q(2453, |q| add_frames(q, 3, 1))),
    (Rule::IndexOrder, 704, |design| design.edit_q(704, |q| q[2] = 0x05)),
    (Rule::IndexOrder, 714, |design| design.edit_q(714, |q| q[1] = 0xAA)),
    (Rule::LeadOutIndex, 2460, |design| design.edit_q(2460, |q| q[2] = 0x00)),
    (Rule::LeadOutIndex, 2200, |design| {
        for lba in 2200..8950 {
            design.edit_q(lba, |q| q[2] = 0x00);
        }
    }),
    (Rule::Pregap, -50, |design| design.sessions[0].tracks[0].pause = 100),
    (Rule::Pregap, 450, |design| design.sessions[0].tracks[1].pause = 0),
    (Rule::ControlBits, 705, |design| design.edit_q(705, |q| q[0] ^= 0x10)),
    (Rule::ControlBits, 707, |design| design.edit_q(707, |q| q[0] ^= 0x40)),
    (Rule::ControlBits, 708, |design| design.edit_q(708, |q| q[0] ^= 0x20)),
    (Rule::ControlBits, 2450, |design| design.edit_q(2450, |q| q[0] ^= 0x40)),
    (Rule::ControlBits, 720, |design| {
        design.edit(720, |frame| {
            let sector = frame.first_chunk_mut().unwrap();
            build::mode0(sector, cd_format::sector::HeaderAddress::of(Lba(720)).unwrap());
            scramble(sector);
        });
    }),
    (Rule::PChannel, 706, |design| design.edit(706, |frame| set_p(frame, 0x80))),
    (Rule::PChannel, 506, |design| design.edit(506, |frame| set_p(frame, 0))),
    (Rule::PChannel, 4500, |design| design.edit(4500, |frame| frame[2352] ^= 0x80)),
    (Rule::PChannel, 2950, |design| {
        design.edit(2950, |frame| {
            let p = !frame[2352] & 0x80;
            set_p(frame, p);
        });
    }),
    (Rule::TocRepeat, LEAD_IN + 12, |design| {
        // Track 2's entry has blocks 12 to 14, and gets 15 too.
        design.edit_q(LEAD_IN + 15, |q| {
            let time = [q[3], q[4], q[5]];
            *q = [0x01, 0x00, 0x02, time[0], time[1], time[2], 0x00, 0x00, 0x10, 0x00];
        });
    }),
    (Rule::TocConsistent, LEAD_IN + 7, |design| {
        design.edit_q(LEAD_IN + 7, |q| add_frames(q, 7, 1));
    }),
    (Rule::TocProgram, LEAD_IN + 12, |design| {
        design.edit_toc = |toc| entry(toc, 1, Point(2)).p_time[2] += 1;
    }),
    (Rule::TocProgram, LEAD_IN + 9, |design| {
        design.edit_toc = |toc| entry(toc, 1, Point(1)).control = Control::AUDIO;
    }),
    (Rule::TocProgram, LEAD_IN + 6, |design| {
        design.edit_toc = |toc| entry(toc, 1, Point::A2).p_time[2] += 1;
    }),
    (Rule::TocProgram, LEAD_IN, |design| {
        design.edit_toc = |toc| toc.retain(|entry| entry.point != Point(3));
    }),
    (Rule::DiscType, 8950, |design| {
        design.edit_toc = |toc| entry(toc, 2, Point::A0).p_time[1] = 0x30;
    }),
    (Rule::TocControl, LEAD_IN, |design| {
        design.edit_toc = |toc| entry(toc, 1, Point::A0).control = Control::AUDIO;
    }),
    (Rule::TocControl, LEAD_IN + 3, |design| {
        design.edit_toc = |toc| entry(toc, 1, Point::A1).control = Control::DATA;
    }),
    (Rule::TocControl, LEAD_IN + 6, |design| {
        design.edit_toc = |toc| entry(toc, 1, Point::A2).control = Control::DATA;
    }),
    (Rule::DiscTypeForms, LEAD_IN, |design| {
        design.edit_toc = |toc| entry(toc, 1, Point::A0).p_time[1] = 0x00;
    }),
    (Rule::NextSession, 13_450, |design| {
        design.edit_toc = |toc| entry(toc, 1, Point::B0).time[2] += 1;
    }),
    (Rule::NextSession, 13_450, |design| {
        design.edit_toc = |toc| toc.retain(|entry| entry.point != Point::B0);
    }),
    (Rule::AtipAddress, LEAD_IN, |design| design.options.lead_in = Some(Lba(LEAD_IN - 1))),
    (Rule::AtipAddress, 14_000, |design| {
        design.edit_toc = |toc| entry(toc, 1, Point::B0).p_time = time_of(13_999).fields();
        design.options.last_lead_out = Some(Lba(13_999));
    }),
    (Rule::LeadInLength, 8950, |design| design.sessions[1].lead_in_blocks = 4600),
    (Rule::LeadOutLength, 14_000, |design| design.sessions[1].lead_out_blocks = 2249),
    (Rule::SessionGap, 8960, |design| design.sessions[0].lead_out_blocks = 6760),
    // With its pause 299 blocks, and with its pause enough but not from index 1 on.
    (Rule::TrackLength, 13_600, |design| design.sessions[1].tracks[0].blocks = 149),
    (Rule::TrackLength, 13_600, |design| design.sessions[1].tracks[0].blocks = 299),
    (Rule::Unfinished, 13_749, |design| design.cut = 13_750),
    (Rule::Unfinished, -150, |design| design.from = -150),
    (Rule::McnRepetition, 761, |design| design.edit_q(750, |q| *q = position(750))),
    // A track without the number that the others have.
    (Rule::McnRepetition, 450, |design| {
        for lba in (480..1200).step_by(90) {
            design.edit_q(lba, move |q| *q = position(lba));
        }
    }),
    (Rule::McnConsistent, 750, |design| {
        design.edit_q(750, |q| {
            let other: Mcn = "4006381333931".parse().unwrap();
            *q = QFrame::mcn(Control::AUDIO, &other, time_of(750)).body();
        });
    }),
    (Rule::McnCheckDigit, -149, |design| design.mcn = Some("0012345678906".parse().unwrap())),
    (Rule::IsrcRepetition, 811, |design| design.edit_q(800, |q| *q = position(800))),
    (Rule::IsrcConsistent, 800, |design| {
        design.edit_q(800, |q| {
            let other: Isrc = "US-K7Y-98-12346".parse().unwrap();
            *q = QFrame::isrc(Control::AUDIO, &other, time_of(800)).body();
        });
    }),
    (Rule::IsrcFormat, 530, |design| {
        design.sessions[0].tracks[1].isrc = Some("12-K7Y-98-12345".parse().unwrap());
    }),
    (Rule::IsrcTrack, -100, |design| {
        design.sessions[0].tracks[0].isrc = Some("US-K7Y-98-12345".parse().unwrap());
    }),
    (Rule::RwParity, 720, |design| design.edit(720, |frame| frame[2352] ^= 0x01)),
    // The last symbol of the pack that began seven places before.
    (Rule::RwParity, 718, |design| design.edit(720, |frame| frame[2352 + 7] ^= 0x01)),
    // The first two blocks may have the end of packs.
    (Rule::LeadOutRw, 2202, |design| {
        for lba in 2200..2250 {
            design.edit(lba, |frame| frame[2352 + 7] ^= 0x01);
        }
    }),
    (Rule::CdTextCrc, -3000, |design| design.edit(-3000, |frame| frame[2352] ^= 0x01)),
    // Noise before data, sectors before sound.
    (Rule::LeadInMain, -3000, |design| design.edit(-3000, |frame| frame[1000] = 1)),
    (Rule::LeadInMain, 9000, |design| {
        for lba in 9000..13_450 {
            design.edit(lba, move |frame| {
                let sector = frame.first_chunk_mut().unwrap();
                build::mode0(sector, cd_format::sector::HeaderAddress::of(Lba(lba)).unwrap());
                scramble(sector);
            });
        }
    }),
    (Rule::LeadOutMain, 2200, |design| {
        for lba in 2200..8950 {
            design.edit(lba, |frame| frame[..2352].fill(0x5A));
        }
    }),
    // A sector of another address.
    (Rule::LeadOutMain, 2300, |design| {
        design.edit(2300, |frame| {
            let sector = frame.first_chunk_mut().unwrap();
            build::mode0(sector, cd_format::sector::HeaderAddress::of(Lba(0)).unwrap());
            scramble(sector);
        });
    }),
    (Rule::Sync, 100, |design| design.edit(100, |frame| frame[0] = 1)),
    (Rule::Scrambling, 101, |design| design.edit(101, |frame| scramble(frame.first_chunk_mut().unwrap()))),
    (Rule::SectorMode, 102, |design| design.edit_sector(102, |sector| sector[15] = 3)),
    (Rule::SectorMode, 1400, |design| {
        design.edit_sector(1400, |sector| {
            let [m, s, f] = [sector[12], sector[13], sector[14]];
            build::mode0(sector, cd_format::sector::HeaderAddress::from_bytes([m, s, f]));
        });
    }),
    (Rule::HeaderAddress, 103, |design| {
        design.edit_sector(103, |sector| {
            sector[14] ^= 1;
            build::protect(sector, SectorMode::Mode1);
        });
    }),
    (Rule::ZeroBytes, 104, |design| {
        design.edit_sector(104, |sector| {
            sector[2070] = 1;
            ecc::encode(sector, cd_format::sector::EccHeader::Covered);
        });
    }),
    (Rule::Edc, 105, |design| design.edit_sector(105, |sector| sector[1000] ^= 1)),
    (Rule::Edc, 1405, |design| design.edit_sector(1405, |sector| sector[1000] ^= 1)),
    (Rule::Ecc, 106, |design| design.edit_sector(106, |sector| sector[2100] ^= 1)),
    (Rule::Ecc, 1406, |design| design.edit_sector(1406, |sector| sector[2300] ^= 1)),
];

#[test]
fn every_rule_is_told_where_it_is_broken_and_no_other_is() {
    let half = CASES.len() / 2;
    let wrong = std::thread::scope(|scope| {
        let other = scope.spawn(|| differences(&CASES[half..]));
        differences(&CASES[..half]) + &other.join().unwrap()
    });
    assert!(wrong.is_empty(), "{wrong}");
}

/// The cases whose report is another than they say.
fn differences(cases: &[Case]) -> String {
    let mut wrong = String::new();
    for (rule, lba, break_it) in cases {
        let mut design = Design::whole();
        break_it(&mut design);
        let disc = design.disc();
        let report = lint(&disc, &disc.options).unwrap();
        let rules: BTreeSet<Rule> = report.findings.iter().map(|finding| finding.rule).collect();
        let first = report.findings.first().map(|finding| finding.lba);
        if rules != BTreeSet::from([*rule]) || first != Some(Lba(*lba)) {
            wrong += &format!("{rule} at {lba}:\n{report}\n");
        }
    }
    wrong
}

#[test]
fn every_rule_has_a_disc_that_breaks_it() {
    let broken: BTreeSet<Rule> = CASES.iter().map(|case| case.0).collect();
    let all: BTreeSet<Rule> = Rule::ALL.iter().copied().collect();
    assert_eq!(broken, all);
}

fn set_p(frame: &mut [u8], p: u8) {
    for byte in &mut frame[2352..] {
        *byte = *byte & 0x7F | p;
    }
}

/// The position that block `lba` of track 2 would have, were it not a code. In the pause time counts down.
fn position(lba: i32) -> [u8; 10] {
    let (index, relative) = match lba {
        ..600 => (0, 599 - lba),
        600..900 => (1, lba - 600),
        _ => (2, lba - 600),
    };
    QFrame::position(Control::AUDIO, 2, index, time_of(relative - 150), time_of(lba)).unwrap().body()
}

fn entry(toc: &mut [cd_format::TocEntry], session: u8, point: Point) -> &mut cd_format::TocEntry {
    toc.iter_mut().find(|entry| entry.session == session && entry.point == point).unwrap()
}
