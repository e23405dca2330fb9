use core::time::Duration;

use mmc_wire::Sense;
use mmc_wire::block::mode::DataBlockType;
use scsi_transport::{Data, Transport};

use crate::disc::DiscState;
use crate::scene::{Activity, LongOperation};
use crate::store::FIRST;
use crate::test_host::*;
use crate::{DiscKind, Drive, HostAct, Personality, Scene};

/// A CD-RW in a drive with every blanking type, and so many closed sessions of one track on it.
fn rewritable(sessions: u8) -> Drive {
    let mut personality = Personality::reference();
    personality.abilities.blanking_types = vec![2, 3, 4, 5, 6];
    let scene = Scene::blank(DiscKind::CdRw, "97:26:66".parse().unwrap(), "79:59:74".parse().unwrap());
    let mut drive = Drive::new(personality, &scene).unwrap();
    select(&mut drive, &page(DataBlockType::RAW));
    for byte in 1..=sessions {
        let (_, start) = invisible(&mut drive);
        write_all(&mut drive, start, 300, 2352, byte);
        sync(&mut drive);
        assert_eq!(close_session(&mut drive), None);
    }
    drive
}

fn blanked(drive: &mut Drive, kind: u8, start: i32) -> Option<Sense> {
    let [a, b, c, d] = start.to_be_bytes();
    sense(drive, &[0xA1, kind, a, b, c, d, 0, 0, 0, 0, 0, 0], Data::None)
}

fn end_of_store(drive: &Drive) -> i32 {
    drive.disc().unwrap().store.runs(FIRST).last().map_or(0, |run| run.end.0)
}

#[test]
fn erasing_the_last_session_leaves_those_before_it() {
    let mut drive = rewritable(2);
    assert_eq!(blanked(&mut drive, 6, 0), None);
    assert_eq!(invisible(&mut drive), (2, 11_702));
    assert_eq!(end_of_store(&drive), 302 + 6750);
    assert_eq!(blanked(&mut drive, 6, 0), None);
    assert!(matches!(drive.disc().unwrap().state, DiscState::Blank));
    assert!(drive.disc().unwrap().store.is_empty());
    assert_eq!(blanked(&mut drive, 6, 0), None, "nothing is left to erase");
}

#[test]
fn an_unclosed_session_takes_tracks_and_is_closed_again() {
    let mut drive = rewritable(2);
    assert_eq!(blanked(&mut drive, 5, 0), None);
    assert_eq!(invisible(&mut drive), (3, 11_702 + 452));
    write_all(&mut drive, 11_702 + 452, 300, 2352, 9);
    sync(&mut drive);
    assert_eq!(close_session(&mut drive), None);
    assert_eq!(drive.disc().unwrap().store.runs(FIRST).count(), 1);
}

#[test]
fn reservations_and_last_tracks_are_taken_back() {
    let mut drive = rewritable(0);
    assert_eq!(blanked(&mut drive, 3, 0), Some(Sense::ILLEGAL_MODE_FOR_THIS_TRACK));
    write_all(&mut drive, 0, 300, 2352, 1);
    sync(&mut drive);
    good(&mut drive, &[0x53, 0, 0, 0, 0, 0, 0, 0x03, 0xE8, 0], Data::None);
    assert_eq!(invisible(&mut drive).0, 3);
    assert_eq!(blanked(&mut drive, 3, 0), None);
    assert_eq!(invisible(&mut drive), (2, 452));
    assert_eq!(blanked(&mut drive, 2, 1), None);
    assert_eq!(invisible(&mut drive), (1, 0));
    write_all(&mut drive, 0, 300, 2352, 2);
    sync(&mut drive);
}

#[test]
fn the_power_goes_while_a_disc_is_blanked_or_a_session_closed() {
    for cdb in [&[0xA1, 0x10, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0][..], &[0x5B, 1, 2, 0, 0, 0, 0, 0, 0, 0]] {
        let mut drive = rewritable(0);
        write_all(&mut drive, 0, 300, 2352, 1);
        sync(&mut drive);
        good(&mut drive, cdb, Data::None);
        drive.host(&HostAct::PowerCycle).unwrap();
        drive.wait(Duration::from_secs(60));
        while sense(&mut drive, &[0; 6], Data::None).is_some() {}
        assert!(drive.disc().unwrap().is_damaged(), "{cdb:02X?}");
        assert_eq!(blanked(&mut drive, 1, 0), None);
        assert_eq!(invisible(&mut drive), (1, 0));
    }
}

/// A scene's operation ends, or is cut short, as one that a command began.
#[test]
fn a_scene_that_blanks_is_cut_short_as_any_other_blanking() {
    for (wait, damaged) in [(5, true), (20, false)] {
        let mut scene =
            Scene::blank(DiscKind::CdRw, "97:26:66".parse().unwrap(), "79:59:74".parse().unwrap());
        scene.activity = Activity::Long { operation: LongOperation::Blank, seconds: 10, done: 0 };
        let mut drive = Drive::new(Personality::reference(), &scene).unwrap();
        drive.wait(Duration::from_secs(wait));
        drive.host(&HostAct::PowerCycle).unwrap();
        drive.wait(Duration::from_secs(60));
        assert_eq!(drive.disc().unwrap().is_damaged(), damaged, "after {wait} s");
    }
}

/// With and without Immed the same comes of it.
#[test]
fn immed_changes_when_the_answer_comes_and_nothing_else() {
    let ended = [false, true].map(|immediate| {
        let mut drive = rewritable(0);
        write_all(&mut drive, 0, 300, 2352, 1);
        for cdb in [
            &[0x35, u8::from(immediate) << 1, 0, 0, 0, 0, 0, 0, 0, 0][..],
            &[0x5B, u8::from(immediate), 2, 0, 0, 0, 0, 0, 0, 0],
            &[0xA1, 6 | u8::from(immediate) << 4, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0],
        ] {
            good(&mut drive, cdb, Data::None);
            if immediate {
                assert_eq!(sense(&mut drive, &[0; 6], Data::None), Some(Sense::OPERATION_IN_PROGRESS));
                drive.wait(Duration::from_secs(600));
            }
            assert_eq!(sense(&mut drive, &[0; 6], Data::None), None, "{cdb:02X?}");
        }
        let disc = drive.disc().unwrap();
        (disc.state.clone(), disc.store.runs(FIRST).collect::<Vec<_>>(), disc.store.areas().pma().len())
    });
    assert_eq!(ended[0], ended[1]);
}
