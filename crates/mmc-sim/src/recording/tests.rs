//! Time and room: what a recording costs on the clock, and what a full or an empty buffer does.

use core::time::Duration;

use cd_format::Lba;
use mmc_wire::Sense;
use mmc_wire::block::mode::{DataBlockType, WriteParameters, WriteType};
use scsi_transport::{Data, Transport};

use crate::personality::{FullBuffer, SpeedProfile};
use crate::store::FIRST;
use crate::test_host::*;
use crate::{DiscKind, Drive, Personality, Scene};

const QUADRUPLE: u16 = 706;

fn drive_of(kind: DiscKind, change: impl FnOnce(&mut Personality)) -> Drive {
    let mut personality = Personality::reference();
    change(&mut personality);
    let scene = Scene::blank(kind, "97:26:66".parse().unwrap(), "79:59:74".parse().unwrap());
    Drive::new(personality, &scene).unwrap()
}

/// A drive at a write speed, in write type TAO of mode 1.
fn at(kbps: u16) -> Drive {
    let mut drive = blank(DiscKind::CdR);
    set_speed(&mut drive, kbps);
    select(&mut drive, &page(DataBlockType::MODE_1));
    drive
}

fn set_speed(drive: &mut Drive, kbps: u16) {
    let [a, b] = kbps.to_be_bytes();
    good(drive, &[0xBB, 0, 0xFF, 0xFF, a, b, 0, 0, 0, 0, 0, 0], Data::None);
}

fn calibrate(drive: &mut Drive) {
    good(drive, &[0x54, 1, 0, 0, 0, 0, 0, 0, 0, 0], Data::None);
}

/// Free bytes, or blocks, as READ BUFFER CAPACITY tells them.
fn free(drive: &mut Drive, in_blocks: bool) -> u64 {
    let reply = read(drive, &[0x5C, u8::from(in_blocks), 0, 0, 0, 0, 0, 0, 12, 0], 12);
    be(&reply, 8).unsigned_abs().into()
}

/// Seconds of the simulated clock that a command takes.
fn seconds(drive: &mut Drive, cdb: &[u8]) -> f64 {
    let before = drive.clock();
    good(drive, cdb, Data::None);
    (drive.clock() - before).as_secs_f64()
}

const SYNCHRONIZE: [u8; 10] = [0x35, 0, 0, 0, 0, 0, 0, 0, 0, 0];

/// Within a hundredth of a second: a command itself takes less.
fn assert_takes(seen: f64, expected: f64) {
    assert!((seen - expected).abs() < 0.01, "{seen} s, expected {expected} s");
}

/// Seconds that so many frames take at 4x, whose code is 706 kB/s.
fn at_quadruple(frames: u32) -> f64 {
    f64::from(frames) * 2352.0 / 706_000.0
}

/// 150 blocks of pregap, 10 of the host's, 290 of padding up to four seconds, two of run-out.
#[test]
fn synchronising_takes_as_long_as_the_laser_needs_for_the_whole_track() {
    let mut drive = at(QUADRUPLE);
    calibrate(&mut drive);
    assert_eq!(write(&mut drive, 0, 10, &[1; 10 * 2048]), None);
    assert_takes(seconds(&mut drive, &SYNCHRONIZE), at_quadruple(452));
    assert_eq!(drive.disc().unwrap().store.runs(FIRST).next(), Some(Lba(-150)..Lba(302)));
    // Lead-in and lead-out by the Orange Book.
    assert_takes(seconds(&mut drive, &[0x5B, 0, 2, 0, 0, 0, 0, 0, 0, 0]), at_quadruple(11_484 + 6750));
    assert_takes(seconds(&mut drive, &SYNCHRONIZE), 0.0);
}

/// With Immed it takes as long, behind the host's back.
#[test]
fn a_session_at_once_takes_its_lead_in_and_lead_out_as_well() {
    for immediate in [false, true] {
        let mut drive = at(QUADRUPLE);
        calibrate(&mut drive);
        begin_session_at_once(&mut drive, true);
        let before = drive.clock();
        good(&mut drive, &[0x35, u8::from(immediate) << 1, 0, 0, 0, 0, 0, 0, 0, 0], Data::None);
        while sense(&mut drive, &[0; 6], Data::None).is_some() {
            drive.wait(Duration::from_millis(5));
        }
        let frames = 11_484 + 150 + 300 + 6750;
        assert_takes((drive.clock() - before).as_secs_f64(), at_quadruple(frames));
        assert_eq!(drive.disc().unwrap().closed().len(), 1);
    }
}

/// A session of one track of 300 blocks, all of which are sent.
fn begin_session_at_once(drive: &mut Drive, underrun_free: bool) {
    let sheet = WriteParameters {
        write_type: WriteType::SAO,
        buffer_underrun_free: underrun_free,
        ..page(DataBlockType::RAW)
    };
    select(drive, &sheet);
    let entries = [
        [1, 0, 0, 1, 0, 0, 0, 0],
        [1, 1, 0, 1, 0, 0, 0, 0],
        [1, 1, 1, 0, 0, 0, 2, 0],
        [1, 0xAA, 1, 1, 0, 0, 6, 0],
    ]
    .concat();
    good(drive, &[0x5D, 0, 0, 0, 0, 0, 0, 0, 32, 0], Data::Out(&entries));
    assert_eq!(write(drive, 0, 300, &[7; 300 * 2352]), None);
}

#[test]
fn behind_the_last_block_of_a_session_at_once_the_laser_waits_for_nobody() {
    let mut drive = blank(DiscKind::CdR);
    begin_session_at_once(&mut drive, false);
    drive.wait(Duration::from_secs(600));
    sync(&mut drive);
    let disc = drive.disc().unwrap();
    assert!(!disc.is_damaged() && disc.closed().len() == 1);
}

#[test]
fn calibrating_takes_time_and_a_first_write_does_it_of_itself() {
    let mut drive = at(QUADRUPLE);
    assert_takes(seconds(&mut drive, &[0x54, 1, 0, 0, 0, 0, 0, 0, 0, 0]), 3.0);
    for (own, calibrations, takes) in [(true, 1, 3.0), (false, 1, 0.0)] {
        let mut drive = at(QUADRUPLE);
        if !own {
            calibrate(&mut drive);
        }
        assert_eq!(write(&mut drive, 0, 300, &vec![1; 300 * 2048]), None);
        assert_takes(seconds(&mut drive, &SYNCHRONIZE), takes + at_quadruple(452));
        // The second recording needs none.
        assert_eq!(write(&mut drive, 452, 300, &vec![1; 300 * 2048]), None);
        assert_takes(seconds(&mut drive, &SYNCHRONIZE), at_quadruple(452));
        assert_eq!(drive.disc().unwrap().store.areas().calibrations(), calibrations);
    }
}

/// A test write records nothing, and some drives do without; another disc is calibrated for anew.
#[test]
fn when_a_first_write_calibrates() {
    let calibrations = |change: fn(&mut Personality), test_write| {
        let mut drive = drive_of(DiscKind::CdR, change);
        select(&mut drive, &WriteParameters { test_write, ..page(DataBlockType::MODE_1) });
        assert_eq!(write(&mut drive, 0, 1, &[0; 2048]), None);
        sync(&mut drive);
        let disc = drive.take_disc().unwrap();
        drive.insert_disc(disc);
        drive.wait(Duration::from_secs(60));
        while sense(&mut drive, &[0; 6], Data::None).is_some() {}
        let (_, next) = invisible(&mut drive);
        assert_eq!(write(&mut drive, next, 1, &[0; 2048]), None);
        drive.disc().unwrap().store.areas().calibrations()
    };
    assert_eq!(calibrations(|_| {}, false), 2);
    assert_eq!(calibrations(|_| {}, true), 0);
    assert_eq!(calibrations(|personality| personality.habits.first_write_calibrates.is = false, false), 0);
}

/// ECMA-394 "Power Calibration Area": there are 100 partitions.
#[test]
fn without_room_to_calibrate_nothing_is_written() {
    let mut drive = blank(DiscKind::CdR);
    for _ in 0..100 {
        calibrate(&mut drive);
    }
    // Calibrated it is.
    select(&mut drive, &page(DataBlockType::MODE_1));
    assert_eq!(write(&mut drive, 0, 300, &vec![1; 300 * 2048]), None);
    sync(&mut drive);
    let disc = drive.take_disc().unwrap();
    drive.insert_disc(disc);
    drive.wait(Duration::from_secs(60));
    while sense(&mut drive, &[0; 6], Data::None).is_some() {}
    assert_eq!(write(&mut drive, 452, 1, &[0; 2048]), Some(Sense::POWER_CALIBRATION_AREA_FULL));
}

/// Whatever a block has: as many fit as are told, and not one more.
#[test]
fn what_read_buffer_capacity_tells_is_what_a_write_gets() {
    for (kind, bytes) in
        [(DataBlockType::MODE_1, 2048), (DataBlockType::RAW, 2352), (DataBlockType::MODE_2, 2336)]
    {
        let mut drive = at(QUADRUPLE);
        select(&mut drive, &page(kind));
        // Observed: 131800h bytes, Pioneer R8 command reference.
        assert_eq!(free(&mut drive, false), 0x13_1800);
        let mut next = 0;
        while free(&mut drive, true) > 0 {
            assert_eq!(free(&mut drive, true), free(&mut drive, false) / bytes as u64);
            let blocks = free(&mut drive, true).min(26) as u16;
            assert_eq!(write(&mut drive, next, blocks, &vec![1; usize::from(blocks) * bytes]), None);
            next += i32::from(blocks);
        }
        assert_eq!(next, 0x13_1800 / bytes as i32);
        assert_eq!(write(&mut drive, next, 1, &vec![1; bytes]), Some(Sense::LONG_WRITE_IN_PROGRESS));
    }
}

/// 2/04/08 means that room is being made: 16 blocks of it in the time that the laser needs for them.
#[test]
fn a_write_that_finds_no_room_starts_the_laser() {
    let mut drive = at(QUADRUPLE);
    calibrate(&mut drive);
    let mut next = 0;
    let block = vec![1; 26 * 2048];
    while write(&mut drive, next, 26, &block).is_none() {
        next += 26;
    }
    // 611 blocks less 598; the pregap's 150 are recorded first.
    assert_eq!((next, free(&mut drive, true)), (598, 13));
    let before = drive.clock();
    while write(&mut drive, next, 26, &block).is_some() {
        drive.wait(Duration::from_millis(1));
    }
    assert_takes((drive.clock() - before).as_secs_f64(), at_quadruple(150 + 13));
}

/// Where the drive holds the transfer the buffer never has more in it than it holds, and a WRITE that is larger
/// than the buffer is over when the rest of it fits.
#[test]
fn a_write_that_is_held_waits_for_its_room() {
    let mut drive = drive_of(DiscKind::CdR, |personality| {
        personality.habits.full_buffer.is = FullBuffer::Hold;
    });
    set_speed(&mut drive, QUADRUPLE);
    calibrate(&mut drive);
    select(&mut drive, &WriteParameters { buffer_underrun_free: false, ..page(DataBlockType::MODE_1) });
    assert_eq!(write(&mut drive, 0, 598, &vec![1; 598 * 2048]), None);
    let before = drive.clock();
    assert_eq!(write(&mut drive, 598, 26, &[1; 26 * 2048]), None);
    assert_takes((drive.clock() - before).as_secs_f64(), at_quadruple(150 + 13));
    assert_eq!(free(&mut drive, true), 0);
    let before = drive.clock();
    assert_eq!(write(&mut drive, 624, 2000, &vec![1; 2000 * 2048]), None);
    assert_takes((drive.clock() - before).as_secs_f64(), at_quadruple(2000));
    assert!(free(&mut drive, false) < 2 * 2048, "full, but for the block under the laser");
    sync(&mut drive);
    assert_eq!(drive.disc().unwrap().tracks().next().unwrap().blocks, 2624);
}

/// The time for each frame is its bytes over the speed that GET PERFORMANCE tells of its place.
#[test]
fn erasing_a_disc_takes_as_long_as_its_speed_has_it_everywhere() {
    for profile in [SpeedProfile::Clv, SpeedProfile::Cav] {
        let is_cav = profile == SpeedProfile::Cav;
        let mut drive = drive_of(DiscKind::CdRw, |personality| {
            personality.speeds.rewrite.truncate(1);
            personality.speeds.rewrite[0].profile = profile;
        });
        let nominal = read(&mut drive, &[0xAC, 0x14, 0, 0, 0, 0, 0, 0, 0, 9, 0, 0], 8 + 16);
        let (inner, outer) = (f64::from(be(&nominal, 12)), f64::from(be(&nominal, 20)));
        assert_eq!(inner < outer, is_cav);
        let took = seconds(&mut drive, &[0xA1, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0]);
        // The radius grows evenly with the speed, and as many frames lie in each unit of area.
        let program = 359_849.0 * 2352.0 / 1000.0 / ((inner + outer) / 2.0);
        let lead_in = 11_634.0 * 2352.0 / 1000.0 / inner;
        let slack = if is_cav { 1.0 } else { 0.01 };
        assert!((took - program - lead_in).abs() < slack, "{took} s, expected {program} + {lead_in}");
    }
}

/// MMC "GET PERFORMANCE Command": a descriptor for each stretch of the disc; and the laser keeps to them.
#[test]
fn zones_are_told_and_kept() {
    let mut drive = blank(DiscKind::CdR);
    set_speed(&mut drive, 7056);
    let told = |drive: &mut Drive, lba: i32| {
        let [a, b, c, d] = lba.to_be_bytes();
        let reply = read(drive, &[0xAC, 0x14, a, b, c, d, 0, 0, 0, 9, 0, 0], 8 + 9 * 16);
        let count = (be(&reply, 0) as usize + 4 - 8) / 16;
        (0..count).map(|n| [0, 4, 8, 12].map(|field| be(&reply, 8 + n * 16 + field))).collect::<Vec<_>>()
    };
    let zones = [[0, 4234, 44_999, 4234], [45_000, 5645, 112_499, 5645], [112_500, 7056, 359_848, 7056]];
    assert_eq!(told(&mut drive, 0), zones);
    assert_eq!(told(&mut drive, 60_000), zones[1..]);
    assert_eq!(told(&mut drive, 359_849), [] as [[i32; 4]; 0]);
    // A reserved track takes up the first zone; the one behind it lies in the second.
    calibrate(&mut drive);
    select(&mut drive, &page(DataBlockType::RAW));
    good(&mut drive, &[0x53, 0, 0, 0, 0, 0, 0, 0xAF, 0xC8, 0], Data::None);
    for (lba, kbps) in [(45_152, 5645.0), (0, 4234.0)] {
        assert_eq!(write(&mut drive, lba, 300, &vec![1; 300 * 2352]), None);
        let takes = seconds(&mut drive, &SYNCHRONIZE);
        let frames = if lba == 0 { 45_152.0 } else { 452.0 };
        let expected = frames * 2.352 / kbps;
        assert!((takes - expected).abs() < 0.02, "{takes} s at LBA {lba}, expected {expected}");
    }
}
