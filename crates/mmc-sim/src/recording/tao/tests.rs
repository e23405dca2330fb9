//! Track at once over the drive's commands, from WRITE to the closed session.

use core::time::Duration;

use cd_format::sector::scramble::scramble;
use cd_format::sector::{SECTOR_LEN, SectorMode, classify};
use cd_format::sub_channel::QContent;
use cd_format::sub_channel::interleave::q_frame;
use cd_format::{Adr, Control, Point};
use mmc_wire::block::mode::{DataBlockType, MultiSession};
use proptest::prelude::*;
use scsi_transport::{Data, Transport};

use super::*;
use crate::store::{FIRST, MAIN, Store};
use crate::test_host::*;
use crate::{DiscKind, HostAct};

fn frame(store: &Store, lba: i32) -> ([u8; SECTOR_LEN], [u8; 96]) {
    let mut frame = [0; FRAME];
    store.read(Lba(lba), &mut frame).unwrap();
    (frame[..MAIN].try_into().unwrap(), frame[MAIN..].try_into().unwrap())
}

#[test]
fn a_data_track_and_what_the_drive_puts_around_it() {
    let mut drive = blank(DiscKind::CdR);
    select(&mut drive, &page(DataBlockType::MODE_1));
    write_all(&mut drive, 0, 300, 2048, 0xA5);
    sync(&mut drive);
    let store = &drive.disc().unwrap().store;
    // 150 of pregap, 300 of the host's, 2 of run-out.
    assert_eq!(store.runs(FIRST).collect::<Vec<_>>(), [Lba(-150)..Lba(302)]);
    let (mut sector, sub) = frame(store, 299);
    scramble(&mut sector);
    assert_eq!(classify(&sector).mode, Some(SectorMode::Mode1));
    assert_eq!(sector[12..16], [0x00, 0x05, 0x74, 1], "00:05:74 in BCD, mode 1");
    assert!(sector[16..16 + 2048].iter().all(|byte| *byte == 0xA5));
    let q = q_frame(&sub);
    assert!(q.crc_ok() && q.control() == Control::DATA);
    let (_, sub) = frame(store, -150);
    assert!(matches!(q_frame(&sub).content().unwrap(), QContent::Position { tno: 1, index: 0, .. }));
    assert_eq!(store.areas().pma().len(), 1);
    assert_eq!(invisible(&mut drive), (2, 452));
}

/// The lead-in says what READ TOC says, and B0 is there when another session may follow.
#[test]
fn the_lead_in_holds_the_table_of_contents() {
    for (multi_session, next) in [(MultiSession::NEXT, Some(302 + 11_250)), (MultiSession::NONE, None)] {
        let mut drive = blank(DiscKind::CdR);
        select(&mut drive, &WriteParameters { multi_session, ..page(DataBlockType::MODE_1) });
        write_all(&mut drive, 0, 300, 2048, 1);
        sync(&mut drive);
        assert_eq!(close_session(&mut drive), None);
        let store = &drive.disc().unwrap().store;
        let entries: Vec<_> = (-11_634..-150)
            .map(|lba| q_frame(&frame(store, lba).1))
            .inspect(|q| assert!(q.crc_ok()))
            .map(|q| q.toc_entry(1).unwrap())
            .collect();
        let at = |point| entries.iter().find(|entry| entry.point == point);
        assert_eq!(at(Point::A0).unwrap().p_time, [1, 0, 0]);
        assert_eq!(at(Point::A1).unwrap().p_time, [1, 0, 0]);
        // 302 + 150 frames are 00:06:02.
        assert_eq!(at(Point::A2).unwrap().p_time, [0, 6, 2]);
        let b0 = at(Point::B0).map(|entry| entry.msf().unwrap().to_program_lba());
        assert_eq!(b0, next.map(Lba));
        assert!(entries.iter().all(|entry| entry.adr == Adr::POSITION || next.is_some()));
        for lba in [302, 302 + 6749] {
            let q = q_frame(&frame(store, lba).1);
            assert!(q.crc_ok() && q.body()[1] == 0xAA, "lead-out at {lba}");
        }
        assert!(!store.is_written(Lba(302 + 6750)));
    }
}

/// Catalogue number and recording code come at least once in a hundred frames (ECMA-130 22.3.4.2, 22.3.4.3).
#[test]
fn the_codes_of_the_page_are_in_the_track() {
    let mut drive = blank(DiscKind::CdR);
    let mut codes = page(DataBlockType::RAW);
    codes.catalogue_number[..14].copy_from_slice(b"\x801234567890128");
    codes.recording_code[..13].copy_from_slice(b"\x80DEABC0612345");
    select(&mut drive, &codes);
    write_all(&mut drive, 0, 400, 2352, 1);
    sync(&mut drive);
    let store = &drive.disc().unwrap().store;
    for from in [0, 100, 200, 300] {
        let adr: Vec<Adr> = (from..from + 100).map(|lba| q_frame(&frame(store, lba).1).adr()).collect();
        assert!(adr.contains(&Adr::CATALOGUE) && adr.contains(&Adr::ISRC));
        // Positions are at least nine in ten.
        assert!(adr.iter().filter(|adr| **adr == Adr::POSITION).count() >= 90);
    }
    assert_eq!(drive.disc().unwrap().mcn, Some(*b"1234567890128"));
    assert_eq!(drive.disc().unwrap().tracks().next().unwrap().isrc, Some(*b"DEABC0612345"));
}

/// IEC 60908 "Serial copy management": in a copy of what may not be copied the copy bit changes every four frames.
#[test]
fn the_copy_bit_of_the_page_makes_the_tracks_copy_bit_alternate() {
    for (copy, control) in [(true, Control::AUDIO), (false, Control::AUDIO), (true, Control::new(0b0010))] {
        let mut drive = blank(DiscKind::CdR);
        select(&mut drive, &WriteParameters { copy, track_mode: control, ..page(DataBlockType::RAW) });
        write_all(&mut drive, 0, 300, 2352, 1);
        sync(&mut drive);
        let store = &drive.disc().unwrap().store;
        let bits: Vec<bool> =
            (0..300).map(|lba| q_frame(&frame(store, lba).1).control().permits_copy()).collect();
        let lengths: Vec<usize> = bits.chunk_by(|a, b| a == b).map(<[bool]>::len).collect();
        let [_, whole @ .., _] = &lengths[..] else {
            assert!(!copy || control.permits_copy(), "it stays as it is");
            assert_eq!(bits[0], control.permits_copy());
            continue;
        };
        assert!(copy && !control.permits_copy() && whole.len() > 70);
        assert!(whole.iter().all(|length| *length == 4), "{whole:?}");
    }
}

/// Page 05h holds for a track (MMC "Write Parameters"), so a host can give the catalogue number to some
/// tracks and not to others. ECMA-130 wants it all over, readers cope: the linter warns, once.
#[test]
fn a_catalogue_number_in_one_of_three_tracks_is_a_warning() {
    let mut drive = blank(DiscKind::CdR);
    let mut start = 0;
    for track in 1..=3 {
        let mut codes = page(DataBlockType::RAW);
        if track == 2 {
            codes.catalogue_number[..14].copy_from_slice(b"\x801234567890128");
        }
        select(&mut drive, &codes);
        write_all(&mut drive, start, 400, 2352, track);
        sync(&mut drive);
        start += 400 + 152;
    }
    assert_eq!(close_session(&mut drive), None);
    let report = lint(&drive);
    let [finding] = &report.findings[..] else { panic!("{report}") };
    assert_eq!((finding.rule.id(), finding.lba), ("mcn-repetition", Lba(-150)), "{report}");
    assert!(!report.has_errors());
}

#[test]
fn a_short_track_is_filled_up_to_four_seconds() {
    let mut drive = blank(DiscKind::CdR);
    select(&mut drive, &page(DataBlockType::RAW));
    write_all(&mut drive, 0, 1, 2352, 0x11);
    sync(&mut drive);
    let disc = drive.disc().unwrap();
    assert_eq!(disc.tracks().map(|track| track.blocks).collect::<Vec<_>>(), [300]);
    assert_eq!(frame(&disc.store, 0).0, [0x11; 2352]);
    assert_eq!(frame(&disc.store, 1).0, [0; 2352]);
}

#[test]
fn a_test_write_leaves_the_disc_as_it_was() {
    let mut drive = blank(DiscKind::CdR);
    select(&mut drive, &WriteParameters { test_write: true, ..page(DataBlockType::RAW) });
    write_all(&mut drive, 0, 400, 2352, 1);
    assert_eq!(write(&mut drive, 0, 1, &[0; 2352]), Some(Sense::INVALID_ADDRESS_FOR_WRITE));
    sync(&mut drive);
    assert!(drive.disc().unwrap().store.is_empty());
    assert_eq!(invisible(&mut drive), (1, 0));
}

#[test]
fn sessions_follow_one_another() {
    let mut drive = blank(DiscKind::CdR);
    select(&mut drive, &page(DataBlockType::MODE_1));
    // Lead-out 302; then + 11400, and + 6900 (as cd-info lists a real disc of such sessions).
    for (track, start) in [(1, 0), (2, 11_702), (3, 18_904)] {
        assert_eq!(invisible(&mut drive), (track, start));
        write_all(&mut drive, start, 300, 2048, track);
        sync(&mut drive);
        assert_eq!(close_session(&mut drive), None);
        let information = read(&mut drive, &[0x51, 0, 0, 0, 0, 0, 0, 0, 34, 0], 34);
        assert_eq!(information[2] & 0xF, 1, "appendable, last session empty");
    }
    let store = &drive.disc().unwrap().store;
    let ends: Vec<_> = store.runs(FIRST).collect();
    assert_eq!(ends, [Lba(-11_634)..Lba(302 + 6750 + 4500 + 302 + 150 + 2250 + 4500 + 150 + 302 + 2250)]);
    let (_, sub) = frame(store, -11_634);
    assert!(q_frame(&sub).crc_ok());
}

#[test]
fn the_power_goes_and_the_track_is_repaired() {
    let mut drive = blank(DiscKind::CdR);
    select(&mut drive, &page(DataBlockType::MODE_1));
    write_all(&mut drive, 0, 1200, 2048, 7);
    drive.host(&HostAct::PowerCycle).unwrap();
    drive.wait(Duration::from_secs(20));
    while sense(&mut drive, &[0; 6], Data::None).is_some() {}
    let information = read(&mut drive, &[0x52, 1, 0, 0, 0, 1, 0, 0, 36, 0], 36);
    assert_eq!(information[5] & 0x20, 0x20, "damaged");
    assert_eq!(close_session(&mut drive), Some(Sense::INCOMPLETE_TRACK_IN_SESSION));
    good(&mut drive, &[0x58, 0, 0, 0, 0, 1, 0, 0, 0, 0], Data::None);
    assert_eq!(close_session(&mut drive), None);
    assert!(drive.disc().unwrap().open().is_none());
}

/// The code of the last frames before the cut reaches over what was never recorded.
#[test]
fn where_the_power_went_two_blocks_read_badly_until_they_are_erased() {
    let mut drive = blank(DiscKind::CdRw);
    select(&mut drive, &page(DataBlockType::MODE_1));
    write_all(&mut drive, 0, 1200, 2048, 7);
    drive.host(&HostAct::PowerCycle).unwrap();
    drive.wait(Duration::from_secs(20));
    while sense(&mut drive, &[0; 6], Data::None).is_some() {}
    let disc = drive.disc().unwrap();
    let [before, last] = [0, 1].map(|n| disc.damage.defects()[n].first);
    assert_eq!(before + 1, last);
    assert!(last > Lba(0) && disc.store.is_written(last) && !disc.store.is_written(last + 1));
    good(&mut drive, &[0x58, 0, 0, 0, 0, 1, 0, 0, 0, 0], Data::None);
    assert_eq!(close_session(&mut drive), None);
    let cdb = |lba: Lba| {
        let [a, b, c, d] = lba.0.to_be_bytes();
        [0x28, 0, a, b, c, d, 0, 0, 1, 0]
    };
    assert_eq!(sense(&mut drive, &cdb(last), Data::None), Some(Sense::UNRECOVERED_L_EC));
    assert_eq!(read(&mut drive, &cdb(before - 1), 2048), [7; 2048]);
    good(&mut drive, &[0xA1, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0], Data::None);
    assert!(drive.disc().unwrap().damage.is_empty());
}

#[test]
fn a_reserved_track_has_its_size() {
    let mut drive = blank(DiscKind::CdR);
    select(&mut drive, &page(DataBlockType::RAW));
    good(&mut drive, &[0x53, 0, 0, 0, 0, 0, 0, 0x01, 0x2C, 0], Data::None);
    assert_eq!(invisible(&mut drive), (2, 452));
    assert_eq!(close_session(&mut drive), Some(Sense::EMPTY_RESERVED_TRACK));
    assert_eq!(write(&mut drive, 0, 301, &vec![0; 301 * 2352]), Some(Sense::END_OF_USER_AREA));
    select(&mut drive, &page(DataBlockType::MODE_1));
    assert_eq!(write(&mut drive, 0, 1, &[0; 2048]), Some(Sense::ILLEGAL_MODE_FOR_THIS_TRACK));
    select(&mut drive, &page(DataBlockType::RAW));
    // The track behind it first.
    write_all(&mut drive, 452, 300, 2352, 2);
    sync(&mut drive);
    write_all(&mut drive, 0, 10, 2352, 1);
    sync(&mut drive);
    assert_eq!(close_session(&mut drive), None);
    let store = &drive.disc().unwrap().store;
    assert_eq!(store.runs(FIRST).count(), 1, "no gap is left");
}

#[test]
fn a_rewritable_disc_is_blanked_and_written_again() {
    let mut drive = blank(DiscKind::CdRw);
    select(&mut drive, &page(DataBlockType::MODE_1));
    for byte in [1, 2] {
        write_all(&mut drive, 0, 300, 2048, byte);
        sync(&mut drive);
        good(&mut drive, &[0xA1, 1, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0], Data::None);
        assert_eq!(invisible(&mut drive), (1, 0));
    }
}

proptest! {
    #![proptest_config(ProptestConfig::with_cases(4))]

    /// Whatever is written, the drive's replies tell of the same disc, and what a CD-R has stays.
    #[test]
    fn chains_of_tracks_keep_the_tables_in_agreement(
        steps in prop::collection::vec((300u16..420, prop::bool::weighted(0.3), prop::bool::ANY), 1..6)
    ) {
        let mut drive = blank(DiscKind::CdR);
        let mut tracks: Vec<(u8, i32)> = Vec::new();
        let mut closed = 0;
        for (blocks, close, audio) in steps {
            let (kind, bytes) =
                if audio { (DataBlockType::RAW, 2352) } else { (DataBlockType::MODE_1, 2048) };
            select(&mut drive, &page(kind));
            let before = drive.disc().unwrap().store.clone();
            let (number, nwa) = invisible(&mut drive);
            prop_assert_eq!(usize::from(number), tracks.len() + 1);
            write_all(&mut drive, nwa, blocks, bytes, number);
            sync(&mut drive);
            tracks.push((number, nwa));
            if close {
                prop_assert_eq!(close_session(&mut drive), None);
                closed = tracks.len();
            }
            let store = &drive.disc().unwrap().store;
            for run in before.runs(FIRST) {
                for lba in [run.start, run.end - 1] {
                    prop_assert_eq!(frame(&before, lba.0), frame(store, lba.0));
                }
            }
            // READ DISC INFORMATION: the invisible track is the last one.
            let information = read(&mut drive, &[0x51, 0, 0, 0, 0, 0, 0, 0, 34, 0], 34);
            prop_assert_eq!(usize::from(information[6]), tracks.len() + 1);
            prop_assert_eq!(usize::from(information[5]), closed + 1);
            prop_assert_eq!(information[2] & 3, 1);
            // READ TRACK INFORMATION of each.
            for (number, start) in &tracks {
                let track = read(&mut drive, &[0x52, 1, 0, 0, 0, *number, 0, 0, 36, 0], 36);
                prop_assert_eq!(be(&track, 8), *start);
                prop_assert_eq!(track[7] & 1, 0, "written whole");
            }
            // READ TOC shows those of closed sessions.
            if closed > 0 {
                let toc = read(&mut drive, &[0x43, 0, 0, 0, 0, 0, 0, 0x03, 0x24, 0], 804);
                prop_assert_eq!(usize::from(toc[3]), closed);
                for (n, (number, start)) in tracks[..closed].iter().enumerate() {
                    prop_assert_eq!(toc[4 + n * 8 + 2], *number);
                    prop_assert_eq!(be(&toc, 4 + n * 8 + 4), *start);
                }
            }
            let run_out = drive.disc().unwrap().store.runs(Lba(nwa)).next().unwrap();
            prop_assert!(run_out.end >= Lba(nwa + i32::from(blocks) + 2));
        }
    }
}
