//! Discs that are changed and drives that do not do what they are told: the run ends, and nothing is written.

use core::time::Duration;
use std::sync::{Arc, Mutex};

use mmc_conformance::runner::Status;
use mmc_sim::{HostAct, Scene};
use scsi_transport::{Data, Status as ScsiStatus, Transport};

use super::bench::*;

/// In the middle of a run somebody puts in another disc, even of the same make.
#[test]
fn a_disc_that_was_changed_is_not_written_to() {
    // Of a disc that is never there; it has the drive tidied all the same.
    const READS: &str = "disc/session_counts::appendable-cdr-1";
    for other in ["blank-cdrw-80", "blank-cdrw-74", "appendable-cdrw-1", "blank-cdr-80", "no-disc"] {
        let bench = Bench::with("blank-cdrw-80");
        let mut hardware = agreed(&bench, "rewritable,consumes_blank");
        assert_eq!(run_one(&mut hardware, RECORDS), Status::Passed, "{other}");
        // Tidied, so that the disc is known as it was left.
        assert!(matches!(run_one(&mut hardware, READS), Status::Ignored(_)));
        bench.insert(other);
        bench.sent.lock().unwrap().clear();
        let Status::Failed(failure) = run_one(&mut hardware, RECORDS) else { panic!("{other}") };
        assert!(failure.headline().contains("nothing is written any more"), "{failure}");
        let Status::Ignored(reason) = run_one(&mut hardware, RECORDS) else { panic!("{other}") };
        assert!(reason.starts_with("may write to the disc, and that has ended: "), "{reason}");
        let consumed = hardware.finish().unwrap();
        assert!(consumed.ended.is_some(), "{consumed}");
        assert_eq!(bench.written(), Vec::<Vec<u8>>::new(), "{other}");
    }
}

/// Somebody's own CD-RW comes into the drive behind the last case that writes. Whoever hears of it first, a case
/// that only reads or another program, the run does not erase it at its end.
#[test]
fn a_disc_that_comes_behind_the_last_case_is_not_erased() {
    const READS: &str = "disc/session_counts::appendable-cdr-1";
    for (another_program_hears_of_it, a_case_reads) in
        [(false, true), (true, true), (false, false), (true, false)]
    {
        let bench = Bench::with("blank-cdrw-80");
        let mut hardware = agreed(&bench, "rewritable");
        assert_eq!(run_one(&mut hardware, RECORDS), Status::Passed);
        assert!(matches!(run_one(&mut hardware, READS), Status::Ignored(_)));
        bench.insert("appendable-cdrw-2");
        if another_program_hears_of_it {
            let mut drive = bench.drive.lock().unwrap();
            for _ in 0..3 {
                drive.execute(&[0; 6], Data::None, Duration::from_secs(1)).unwrap();
            }
        }
        bench.sent.lock().unwrap().clear();
        if a_case_reads {
            run_one(&mut hardware, READS);
        }
        let consumed = hardware.finish().unwrap();
        assert_eq!(bench.written(), Vec::<Vec<u8>>::new(), "{consumed}");
        assert!(consumed.ended.is_some(), "{consumed}");
        let drive = bench.drive.lock().unwrap();
        assert_eq!(drive.disc().unwrap().closed().len(), 2);
    }
}

/// Somebody who is quick: the drive tells of it only while the case runs.
#[test]
fn a_disc_that_is_changed_during_a_case_is_not_written_to() {
    let bench = Bench::with("blank-cdrw-80");
    let mut hardware = agreed(&bench, "rewritable");
    let device = Arc::clone(&bench.drive);
    let case = suite().cases().iter().find(|case| case.id == "write/tao/whole_track::blank-cdrw-80").unwrap();
    let mut opened = mmc_conformance::dut::DutFactory::open(&mut hardware, case).unwrap();
    device.lock().unwrap().host(&HostAct::PressEject).unwrap();
    device.lock().unwrap().host(&HostAct::Insert(Scene::default())).unwrap();
    let blank = [0xA1, 1, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0];
    let first = opened.execute(&[0; 6], Data::None, Duration::from_secs(1)).unwrap();
    assert_eq!(first.status, ScsiStatus::CHECK_CONDITION);
    let refused = opened.execute(&blank, Data::None, Duration::from_secs(1)).unwrap_err();
    assert!(refused.to_string().contains("not sent"), "{refused}");
    assert_eq!(bench.written(), Vec::<Vec<u8>>::new());
}

/// Nothing waits for ever, and nothing goes on behind a drive that does not do what it is told.
#[test]
fn a_drive_that_does_not_erase_ends_the_run() {
    let hangs = "BLANK: the drive still says 2/04/07 (LOGICAL UNIT NOT READY, OPERATION IN PROGRESS) after 10 minutes";
    let forgets =
        "BLANK was done, and there is an appendable CD-RW with 1 closed session (1 data, 0 audio tracks)";
    let doubts = "the drive says 6/28/00: the disc may be another";
    for (habit, why, sent) in [
        (Habit::HangsInBlank, hangs, 1),
        (Habit::ForgetsToBlank, forgets, 2),
        (Habit::DoubtsItsDisc, doubts, 1),
    ] {
        let bench = Bench { habit, ..Bench::with("appendable-cdrw-1") };
        let mut hardware = agreed(&bench, "rewritable");
        let told = Arc::new(Mutex::new(Vec::new()));
        let heard = Arc::clone(&told);
        hardware.on_notice(move |notice| heard.lock().unwrap().push(notice.to_owned()));
        let Status::Failed(failure) = run_one(&mut hardware, RECORDS) else { panic!("it ran") };
        assert_eq!(failure.headline(), format!("the device: nothing is written any more: {why}"));
        let Status::Ignored(reason) = run_one(&mut hardware, RECORDS) else { panic!("it ran") };
        assert_eq!(reason, format!("may write to the disc, and that has ended: {why}"));
        let consumed = hardware.finish().unwrap();
        assert_eq!((consumed.cases, consumed.ended.as_deref()), (0, Some(why)));
        let written = bench.written();
        assert!(written.len() == sent && written.iter().all(|cdb| cdb[0] == 0xA1), "{written:02X?}");
        let is_progress =
            |notice: &String| notice.starts_with("erasing the CD-RW: ") && notice.ends_with(" %");
        let progress = told.lock().unwrap().iter().any(is_progress);
        assert_eq!(progress, habit != Habit::ForgetsToBlank);
    }
}

/// The same where it is a case that sends BLANK: it fails, and whatever is behind it does not run.
#[test]
fn a_drive_that_hangs_in_a_case_ends_the_run() {
    let bench = Bench { habit: Habit::HangsInBlank, ..Bench::with("blank-cdrw-80") };
    let mut hardware = agreed(&bench, "rewritable");
    let (results, consumed) = run(&mut hardware, "rewritable");
    let hung =
        "the drive still says 2/04/07 (LOGICAL UNIT NOT READY, OPERATION IN PROGRESS) after 100 minutes";
    assert_eq!(consumed.ended.as_deref(), Some(hung));
    let written = bench.written();
    let blank = written.iter().position(|cdb| cdb[0] == 0xA1).unwrap();
    assert!(written[blank..].iter().all(|cdb| matches!(cdb[0], 0xA1 | 0x35)), "{:02X?}", &written[blank..]);
    assert!(reasons(&results).keys().any(|reason| reason.contains(hung)), "{:#?}", reasons(&results));
}

/// A drive that goes mad in the middle of a recording: the run ends, and nothing panics or waits for ever.
#[test]
fn a_drive_that_goes_mad_ends_the_run() {
    for seed in 0..64 {
        let bench = Bench { habit: Habit::Mad(seed), ..Bench::with("blank-cdrw-80") };
        let mut hardware = agreed(&bench, "rewritable");
        for _ in 0..3 {
            run_one(&mut hardware, RECORDS);
        }
        let consumed = hardware.finish().unwrap();
        assert!(consumed.ended.is_some(), "seed {seed}: {consumed}");
        let ends = bench.written().iter().filter(|cdb| cdb[0] == 0xA1).count();
        assert_eq!(ends, 0, "seed {seed}: erases a disc that it does not know");
    }
}
