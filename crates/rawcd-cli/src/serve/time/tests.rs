use std::cell::RefCell;

use mmc_sim::{DiscKind, Personality, Scene};
use mmc_wire::sense::{KeySpecific, SenseData};
use mmc_wire::{Block, Sense};
use proptest::prelude::*;

use super::super::test_host::*;
use super::*;

fn blank(kind: DiscKind) -> Drive {
    let scene = Scene::blank(kind, "97:26:66".parse().unwrap(), "79:59:74".parse().unwrap());
    Drive::new(Personality::reference(), &scene).unwrap()
}

/// Progress in 65536ths that the drive tells with 2/04/07 or its like, until it is ready.
fn polls(drive: &mut dyn Transport) -> Vec<u16> {
    let mut seen = Vec::new();
    loop {
        let sense = told(drive, &TEST_UNIT_READY, Data::None);
        if sense.is_empty() {
            return seen;
        }
        let Some(KeySpecific::Progress(done)) = SenseData::parse(&sense).unwrap().specific else {
            panic!("no progress in {sense:02X?}")
        };
        seen.push(done);
        assert!(seen.len() < 10, "{seen:?}");
    }
}

#[test]
fn a_long_operation_is_seen_to_advance_and_is_over_after_a_few_polls() {
    for cdb in [&BLANK_IMMED[..], &[0xA1, 0x11, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0]] {
        let mut drive = VirtualTime::new(blank(DiscKind::CdRw));
        good(&mut drive, cdb, Data::None);
        let seen = polls(&mut drive);
        assert_eq!(seen.len(), 3, "{seen:?}");
        assert!(seen.windows(2).all(|pair| pair[0] < pair[1]), "{seen:?}");
    }
}

#[test]
fn a_disc_spins_up_within_a_few_polls() {
    let mut drive = VirtualTime::new(blank(DiscKind::CdR));
    let disc = drive.drive_mut().take_disc().unwrap();
    assert_eq!(sense(&mut drive, &TEST_UNIT_READY, Data::None).unwrap().asc, 0x3A);
    drive.drive_mut().insert_disc(disc);
    let mut seen = Vec::new();
    while let Some(sense) = sense(&mut drive, &TEST_UNIT_READY, Data::None) {
        seen.push(sense);
        assert!(seen.len() < 10, "{seen:?}");
    }
    let loading = seen.iter().filter(|sense| **sense == Sense::BECOMING_READY).count();
    assert_eq!((loading, seen.len()), (3, 4), "then 6/28/00: {seen:?}");
    assert_eq!(seen.last(), Some(&Sense::MEDIUM_MAY_HAVE_CHANGED));
}

/// A host that has no patience at all: 18 MB make a buffer of 2 MB full some ten times.
#[test]
fn a_full_buffer_is_never_told() {
    for underrun_free in [true, false] {
        let mut drive = VirtualTime::new(blank(DiscKind::CdR));
        select(&mut drive, underrun_free);
        assert_eq!(write_all(&mut drive, 9000, 0xA5), 0);
        good(&mut drive, &SYNCHRONIZE_CACHE, Data::None);
        assert_eq!(drive.drive().disc().unwrap().tracks().count(), 1);
    }
}

#[test]
fn whoever_asks_for_room_gets_some() {
    let free = |drive: &mut VirtualTime<Drive>| {
        let mut reply = [0; 12];
        good(drive, &READ_BUFFER_CAPACITY_CDB, Data::In(&mut reply));
        u32::from_be_bytes([reply[8], reply[9], reply[10], reply[11]])
    };
    let mut drive = VirtualTime::new(blank(DiscKind::CdR));
    select(&mut drive, false);
    let mut lba = 0;
    while free(&mut drive) > u32::from(AT_ONCE) * 2048 {
        assert_eq!(write(&mut drive, lba, AT_ONCE, 1), None);
        lba += i32::from(AT_ONCE);
    }
    assert_eq!(write(&mut drive, lba, AT_ONCE, 1), None);
    lba += i32::from(AT_ONCE);
    // The laser is lit, and the buffer all but full; more is asked for.
    let (_, second, third) = (free(&mut drive), free(&mut drive), free(&mut drive));
    let buffer = drive.drive().personality().speeds.buffer_bytes;
    assert!(second > buffer / 2 && third >= second, "{second}, {third} of {buffer}");
    for _ in 0..1000 {
        free(&mut drive);
    }
    assert_eq!(write(&mut drive, lba, AT_ONCE, 1), None);
}

proptest! {
    #![proptest_config(ProptestConfig::with_cases(32))]

    /// Whatever a host asks between its blocks, and however often.
    #[test]
    fn no_recording_is_lost_by_asking(asked in prop::collection::vec((0..5_usize, 1..30_usize), 1..60)) {
        let mut drive = VirtualTime::new(blank(DiscKind::CdR));
        select(&mut drive, false);
        let mut lba = 0;
        for (what, times) in asked {
            for _ in 0..times {
                let mut reply = [0; 36];
                match what {
                    0 => { told(&mut drive, &TEST_UNIT_READY, Data::None); }
                    1 => { told(&mut drive, &INQUIRY, Data::In(&mut reply)); }
                    2 => { told(&mut drive, &READ_BUFFER_CAPACITY_CDB, Data::In(&mut reply)); }
                    3 => { told(&mut drive, &[0x4A, 1, 0, 0, 0x10, 0, 0, 0, 8, 0], Data::In(&mut reply)); }
                    _ => { told(&mut drive, &[0x51, 0, 0, 0, 0, 0, 0, 0, 34, 0], Data::In(&mut reply)); }
                }
            }
            for _ in 0..8 {
                if write(&mut drive, lba, AT_ONCE, 7).is_none() {
                    lba += i32::from(AT_ONCE);
                }
            }
        }
        prop_assert!(lba > 0);
        good(&mut drive, &SYNCHRONIZE_CACHE, Data::None);
        prop_assert_eq!(drive.drive().disc().unwrap().tracks().count(), 1);
    }
}

/// A wall on which time passes only as it is slept, and as a test has it.
#[derive(Clone, Default)]
struct Paper(Arc<Mutex<RefCell<(Duration, Duration)>>>);

impl Paper {
    fn pass(&self, duration: Duration) {
        self.0.lock().unwrap().borrow_mut().0 += duration;
    }
    fn slept(&self) -> Duration {
        self.0.lock().unwrap().borrow().1
    }
}

impl WallClock for Paper {
    fn now(&self) -> Duration {
        self.0.lock().unwrap().borrow().0
    }
    fn sleep(&self, duration: Duration) {
        self.pass(duration);
        self.0.lock().unwrap().borrow_mut().1 += duration;
    }
}

impl Clocked for Drive {
    fn clock(&self) -> Duration {
        Self::clock(self)
    }
}

#[test]
fn a_command_that_takes_long_is_answered_late() {
    let wall = Paper::default();
    let mut drive = RealTime::new(blank(DiscKind::CdRw), wall.clone());
    good(&mut drive, &BLANK, Data::None);
    // Some minutes at the disc's speed, and not a moment less.
    assert_eq!(wall.slept(), drive.clock());
    assert!(wall.slept() > Duration::from_secs(100), "{:?}", wall.slept());
}

#[test]
fn behind_the_hosts_back_time_goes_on() {
    let wall = Paper::default();
    let mut drive = RealTime::new(blank(DiscKind::CdRw), wall.clone());
    good(&mut drive, &BLANK_IMMED, Data::None);
    let slept = wall.slept();
    assert!(slept < Duration::from_secs(1));
    assert_ne!(sense(&mut drive, &TEST_UNIT_READY, Data::None), None);
    wall.pass(Duration::from_secs(3600));
    assert_eq!(sense(&mut drive, &TEST_UNIT_READY, Data::None), None);
    assert!(drive.clock() >= Duration::from_secs(3600));
}

/// Virtual time is kind to slow hosts; real time is not.
#[test]
fn a_slow_host_loses_its_recording() {
    let wall = Paper::default();
    let mut drive = RealTime::new(blank(DiscKind::CdR), wall.clone());
    select(&mut drive, false);
    assert_eq!(write(&mut drive, 0, AT_ONCE, 1), None);
    wall.pass(Duration::from_secs(60));
    assert_eq!(write(&mut drive, i32::from(AT_ONCE), AT_ONCE, 1), Some(Sense::LOSS_OF_STREAMING));
}

#[test]
fn who_hurries_does_not_sleep() {
    let wall = Wall::new();
    wall.hurry();
    let start = Instant::now();
    wall.sleep(Duration::from_secs(3600));
    assert!(start.elapsed() < Duration::from_secs(1800));
}

impl<D: Clocked, W: WallClock> RealTime<D, W> {
    fn clock(&self) -> Duration {
        self.inner.clock()
    }
}
