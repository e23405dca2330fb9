use std::fs;
use std::path::PathBuf;
use std::time::SystemTime;

use mmc_sim::{DiscKind, Personality, Scene};
use tempfile::TempDir;

use super::super::test_host::*;
use super::super::time::VirtualTime;
use super::*;

type Kept = Keeper<VirtualTime<Drive>>;

/// A drive in virtual time with a disc from a file in a folder.
fn served(kind: DiscKind) -> (Kept, PathBuf, TempDir) {
    let folder = tempfile::tempdir().unwrap();
    let path = folder.path().join("served.disc");
    let scene = Scene::blank(kind, "97:26:66".parse().unwrap(), "79:59:74".parse().unwrap());
    Disc::build(&scene.disc.unwrap()).unwrap().save(&path).unwrap();
    let (disc, file) = open(&path).unwrap();
    let drive = Drive::with_disc(Personality::reference(), Some(disc)).unwrap();
    (Keeper::new(VirtualTime::new(drive), Some(file)), path, folder)
}

/// Whether a file has what is in the drive: state, and every frame.
fn is_kept(keeper: &Kept, path: &Path) -> bool {
    let (file, disc) = (Disc::load(path).unwrap(), keeper.drive().disc_on_tray().unwrap());
    file.state == disc.state
        && file.store.areas() == disc.store.areas()
        && file.store.first_difference(&disc.store).unwrap().is_none()
}

fn modified(path: &Path) -> SystemTime {
    fs::metadata(path).unwrap().modified().unwrap()
}

#[test]
fn what_is_synchronised_is_in_the_file_before_the_host_knows() {
    let (mut keeper, path, _folder) = served(DiscKind::CdR);
    select(&mut keeper, true);
    write_all(&mut keeper, 400, 0xA5);
    assert!(!is_kept(&keeper, &path) || keeper.drive().is_recording());
    good(&mut keeper, &SYNCHRONIZE_CACHE, Data::None);
    assert!(is_kept(&keeper, &path) && !keeper.is_changed());
    assert_eq!(Disc::load(&path).unwrap().tracks().count(), 1);
}

/// With the immediate bit: the answer after which a host goes on is the first GOOD of TEST UNIT READY.
#[test]
fn what_goes_on_behind_the_hosts_back_is_kept_when_it_is_told_to_be_over() {
    let (mut keeper, path, _folder) = served(DiscKind::CdR);
    select(&mut keeper, true);
    write_all(&mut keeper, 400, 0xA5);
    for cdb in [&SYNCHRONIZE_CACHE_IMMED[..], &CLOSE_SESSION_IMMED] {
        good(&mut keeper, cdb, Data::None);
        assert!(!is_kept(&keeper, &path) || keeper.drive().awaited().is_some());
        let mut polls = 0;
        while sense(&mut keeper, &TEST_UNIT_READY, Data::None).is_some() {
            polls += 1;
        }
        assert!(polls > 1 && is_kept(&keeper, &path));
    }
    assert_eq!(Disc::load(&path).unwrap().closed().len(), 1);
}

/// Some programs ask for the disc's information instead.
#[test]
fn any_answer_that_shows_the_end_will_do() {
    let (mut keeper, path, _folder) = served(DiscKind::CdRw);
    select(&mut keeper, true);
    write_all(&mut keeper, 400, 1);
    good(&mut keeper, &SYNCHRONIZE_CACHE, Data::None);
    good(&mut keeper, &BLANK_IMMED, Data::None);
    let mut reply = [0; 34];
    let ask = [0x51, 0, 0, 0, 0, 0, 0, 0, 34, 0];
    while sense(&mut keeper, &ask, Data::In(&mut reply)).is_some() {}
    assert_eq!(reply[2] & 3, 0, "blank");
    assert!(is_kept(&keeper, &path));
    assert_eq!(Disc::load(&path).unwrap().tracks().count(), 0);
}

#[test]
fn blanking_at_once_is_kept() {
    let (mut keeper, path, _folder) = served(DiscKind::CdRw);
    select(&mut keeper, true);
    write_all(&mut keeper, 400, 1);
    good(&mut keeper, &SYNCHRONIZE_CACHE, Data::None);
    good(&mut keeper, &BLANK, Data::None);
    assert!(is_kept(&keeper, &path));
    assert_eq!(Disc::load(&path).unwrap().store.runs(cd_format::Lba(-12_000)).count(), 0);
}

#[test]
fn a_track_that_is_reserved_is_kept() {
    let (mut keeper, path, _folder) = served(DiscKind::CdR);
    select(&mut keeper, true);
    good(&mut keeper, &[0x53, 0, 0, 0, 0, 0, 0, 0x10, 0, 0], Data::None);
    assert!(is_kept(&keeper, &path));
    assert_eq!(Disc::load(&path).unwrap().tracks().count(), 1);
}

/// A power cut leaves a track cut short; REPAIR TRACK makes it whole.
#[test]
fn a_track_that_is_repaired_is_kept() {
    let (mut keeper, path, _folder) = served(DiscKind::CdR);
    select(&mut keeper, false);
    write_all(&mut keeper, 2000, 0xA5);
    keeper.drive_mut().host(&mmc_sim::HostAct::PowerCycle).unwrap();
    ready(&mut keeper);
    good(&mut keeper, &[0x58, 0, 0, 0, 0, 1, 0, 0, 0, 0], Data::None);
    ready(&mut keeper);
    assert!(is_kept(&keeper, &path));
    assert_eq!(Disc::load(&path).unwrap().tracks().count(), 1);
}

#[test]
fn nothing_is_saved_that_has_not_changed() {
    let (mut keeper, path, _folder) = served(DiscKind::CdR);
    let before = (modified(&path), inode(&path));
    good(&mut keeper, &SYNCHRONIZE_CACHE, Data::None);
    // A recorded disc cannot be blanked: refused, and nothing written.
    assert!(sense(&mut keeper, &BLANK, Data::None).is_some());
    assert!(!keeper.save().unwrap());
    good(&mut keeper, &EJECT, Data::None);
    assert!(!keeper.is_changed());
    assert_eq!((modified(&path), inode(&path)), before);
}

#[cfg(unix)]
fn inode(path: &Path) -> u64 {
    std::os::unix::fs::MetadataExt::ino(&fs::metadata(path).unwrap())
}

#[cfg(not(unix))]
const fn inode(_: &Path) -> u64 {
    0
}

#[test]
fn a_save_that_fails_is_a_write_error_and_is_tried_again() {
    let (mut keeper, path, folder) = served(DiscKind::CdR);
    select(&mut keeper, true);
    write_all(&mut keeper, 400, 0xA5);
    // A folder that is gone keeps nobody's files, not even root's.
    let away = folder.path().with_extension("away");
    fs::rename(folder.path(), &away).unwrap();
    let told = told(&mut keeper, &SYNCHRONIZE_CACHE, Data::None);
    assert_eq!((told[0], Sense::in_data(&told)), (0x70, Some(Sense::WRITE_ERROR)));
    assert!(keeper.is_changed() && keeper.save().is_err());
    good(&mut keeper, &TEST_UNIT_READY, Data::None);
    fs::rename(&away, folder.path()).unwrap();
    good(&mut keeper, &SYNCHRONIZE_CACHE, Data::None);
    assert!(is_kept(&keeper, &path) && !keeper.is_changed());
}

/// SPC "Deferred errors": not with INQUIRY, and once.
#[test]
fn an_earlier_commands_save_that_fails_is_deferred() {
    let (mut keeper, _path, folder) = served(DiscKind::CdR);
    select(&mut keeper, true);
    write_all(&mut keeper, 400, 0xA5);
    let away = folder.path().with_extension("away");
    fs::rename(folder.path(), &away).unwrap();
    good(&mut keeper, &SYNCHRONIZE_CACHE_IMMED, Data::None);
    for _ in 0..6 {
        good(&mut keeper, &INQUIRY, Data::In(&mut [0; 36]));
    }
    let told = told(&mut keeper, &TEST_UNIT_READY, Data::None);
    assert_eq!((told[0], Sense::in_data(&told)), (0x71, Some(Sense::WRITE_ERROR)));
    good(&mut keeper, &TEST_UNIT_READY, Data::None);
    fs::rename(&away, folder.path()).unwrap();
}

/// A recording that a deferred error is told of has not begun: its repetition is taken, block for block.
#[test]
fn a_command_that_is_told_of_an_earlier_one_is_not_executed() {
    let (mut keeper, path, folder) = served(DiscKind::CdR);
    select(&mut keeper, true);
    write_all(&mut keeper, 400, 0xA5);
    let away = folder.path().with_extension("away");
    fs::rename(folder.path(), &away).unwrap();
    good(&mut keeper, &SYNCHRONIZE_CACHE_IMMED, Data::None);
    for _ in 0..6 {
        good(&mut keeper, &INQUIRY, Data::In(&mut [0; 36]));
    }
    let next = 400 + 152;
    assert_eq!(write(&mut keeper, next, AT_ONCE, 0x5A), Some(Sense::WRITE_ERROR));
    assert!(!keeper.drive().is_recording());
    fs::rename(&away, folder.path()).unwrap();
    assert_eq!(write(&mut keeper, next, AT_ONCE, 0x5A), None);
    good(&mut keeper, &SYNCHRONIZE_CACHE, Data::None);
    assert!(is_kept(&keeper, &path));
    assert_eq!(Disc::load(&path).unwrap().tracks().count(), 2);
}

/// Where the operation ends within a WRITE that is taken, GOOD is the truth of that WRITE.
#[test]
fn a_command_that_was_executed_is_answered_as_it_went() {
    let (mut keeper, _path, folder) = served(DiscKind::CdR);
    select(&mut keeper, true);
    write_all(&mut keeper, 400, 0xA5);
    let away = folder.path().with_extension("away");
    fs::rename(folder.path(), &away).unwrap();
    good(&mut keeper, &SYNCHRONIZE_CACHE_IMMED, Data::None);
    let told: Vec<_> = (0..8)
        .map(|_| write(&mut keeper, 400 + 152, AT_ONCE, 0x5A))
        .take_while(|told| told.is_some_and(|told| told.key == SenseKey::NOT_READY))
        .collect();
    assert!(keeper.drive().is_recording(), "{told:?}");
    assert_eq!(sense(&mut keeper, &TEST_UNIT_READY, Data::None), Some(Sense::WRITE_ERROR));
    fs::rename(&away, folder.path()).unwrap();
}

/// What a real drive has to tell for itself comes after it.
#[test]
fn a_deferred_error_swallows_no_unit_attention() {
    let (mut keeper, _path, folder) = served(DiscKind::CdR);
    select(&mut keeper, true);
    write_all(&mut keeper, 400, 0xA5);
    let away = folder.path().with_extension("away");
    fs::rename(folder.path(), &away).unwrap();
    good(&mut keeper, &SYNCHRONIZE_CACHE_IMMED, Data::None);
    for _ in 0..6 {
        good(&mut keeper, &INQUIRY, Data::In(&mut [0; 36]));
    }
    keeper.drive_mut().host(&mmc_sim::HostAct::PowerCycle).unwrap();
    assert_eq!(sense(&mut keeper, &TEST_UNIT_READY, Data::None), Some(Sense::WRITE_ERROR));
    let told = sense(&mut keeper, &TEST_UNIT_READY, Data::None).unwrap();
    assert_eq!(told.key, SenseKey::UNIT_ATTENTION);
    fs::rename(&away, folder.path()).unwrap();
}

#[test]
fn what_is_taken_out_while_it_is_written_is_kept_as_far_as_it_was() {
    let (mut keeper, path, _folder) = served(DiscKind::CdR);
    select(&mut keeper, true);
    write_all(&mut keeper, 4000, 0xA5);
    let disc = keeper.take().unwrap().unwrap();
    let file = Disc::load(&path).unwrap();
    assert_eq!(file.state, disc.state);
    assert_eq!(file.store.first_difference(&disc.store).unwrap(), None);
    assert!(file.store.is_written(cd_format::Lba(1000)), "some of it was on the disc");
    assert!(keeper.file().is_none() && keeper.drive().disc_on_tray().is_none());
}

#[test]
fn what_cannot_be_saved_is_not_taken_out() {
    let (mut keeper, _path, folder) = served(DiscKind::CdR);
    select(&mut keeper, true);
    write_all(&mut keeper, 400, 0xA5);
    let away = folder.path().with_extension("away");
    fs::rename(folder.path(), &away).unwrap();
    assert!(keeper.take().is_err());
    assert!(keeper.drive().disc_on_tray().is_some() && keeper.is_changed());
    let elsewhere = away.join("rescued.disc");
    keeper.save_as(Held::new(&elsewhere, USER).unwrap()).unwrap();
    assert!(is_kept(&keeper, &elsewhere) && keeper.take().unwrap().is_some());
    fs::rename(&away, folder.path()).unwrap();
}

#[test]
fn a_disc_file_is_in_one_drive_at_a_time() {
    let (mut keeper, path, _folder) = served(DiscKind::CdR);
    let refused = open(&path).unwrap_err();
    assert!(refused.what().contains("is in a drive already: `rawcd serve`, process"), "{}", refused.what());
    keeper.take().unwrap();
    open(&path).unwrap();
}
