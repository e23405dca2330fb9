//! What an owner allows, and what he does not: the road of a real drive with the simulated one at its end.

#![allow(clippy::unwrap_used, clippy::panic, reason = "in a test a panic is the answer")]

mod bench;
mod changed;

use core::time::Duration;
use std::sync::Arc;

use mmc_conformance::dut::{Consent, Consumed, Simulated};
use mmc_conformance::fixture::Risk;
use mmc_conformance::plan::Plan;
use mmc_conformance::runner::{CaseResult, Status, run_case};
use mmc_wire::command::row_of;
use scsi_transport::{Data, Transport};

use bench::*;

/// With everything but its owner's word, a disc is safe.
#[test]
fn without_permission_nothing_that_writes_is_sent() {
    for medium in ["blank-cdr-80", "appendable-cdrw-1"] {
        let bench = Bench::with(medium);
        let mut hardware = bench.hardware();
        let results: Vec<CaseResult> =
            suite().cases().iter().map(|case| run_case(case, &mut hardware)).collect();
        assert!(hardware.finish().is_none());
        assert!(!ran(&results).is_empty());
        assert_eq!(bench.written(), Vec::<Vec<u8>>::new(), "{medium}");
    }
}

#[test]
fn another_disc_than_the_one_agreed_to_is_not_written_to() {
    let other = Bench::with("blank-cdrw-74").id();
    for (medium, tiers) in [
        ("blank-cdrw-80", "rewritable,consumes_blank"),
        ("blank-cdr-80", "rewritable,consumes_blank"),
        ("no-disc", "rewritable"),
    ] {
        let bench = Bench::with(medium);
        let mut hardware = bench.hardware();
        let consent = Consent { allowed: allowed(tiers), disc: other.clone() };
        let why = hardware.consent(consent).unwrap_err();
        assert!(why.starts_with(&format!("{other} was agreed to, and there is ")), "{why}");
        let (results, consumed) = run(&mut hardware, tiers);
        assert!(ran(&results).is_empty());
        assert_eq!((consumed, bench.written()), (Consumed::default(), Vec::new()));
    }
}

/// A tier is for one kind of disc; the other one is not touched, whatever name it was given.
#[test]
fn a_disc_of_another_tier_is_not_written_to() {
    for (medium, tiers, told) in [
        (
            "blank-cdr-80",
            "rewritable",
            "a blank CD-R is for the tier consumes_blank, and allowed is rewritable",
        ),
        (
            "blank-cdrw-80",
            "consumes_blank",
            "a blank CD-RW is for the tier rewritable, and allowed is consumes_blank",
        ),
    ] {
        let bench = Bench::with(medium);
        let mut hardware = bench.hardware();
        let consent = Consent { allowed: allowed(tiers), disc: bench.id() };
        assert_eq!(hardware.consent(consent).unwrap_err(), told);
        let (results, _) = run(&mut hardware, tiers);
        assert!(ran(&results).is_empty());
        assert_eq!(bench.written(), Vec::<Vec<u8>>::new());
    }
}

/// What the simulated drive passes with a fresh disc for every case, it passes with one disc for all of them.
#[test]
fn on_a_cd_rw_the_cases_come_to_what_they_come_to_on_the_simulator() {
    let bench = Bench::with("appendable-cdrw-2");
    let mut hardware = bench.hardware();
    hardware.consent(Consent { allowed: allowed("rewritable"), disc: bench.id() }).unwrap();
    let plan = Plan::new(&mut hardware, &allowed("rewritable"), suite().cases()).unwrap().to_string();
    let (results, consumed) = run(&mut hardware, "rewritable");
    let wrong: Vec<String> = ran(&results)
        .into_iter()
        .filter_map(|result| {
            let case = suite().cases().iter().find(|case| case.id == result.id).unwrap();
            let expected = run_case(case, &mut Simulated::new()).status;
            let same = expected.name() == result.status.name();
            (!same).then(|| match &result.status {
                Status::Failed(failure) => format!("{}: {}\n{failure}", result.id, failure.headline()),
                status => format!("{}: {}", result.id, status.name()),
            })
        })
        .collect();
    assert!(wrong.is_empty(), "{}", wrong.join("\n"));
    assert!(ran(&results).len() >= 130, "{} ran: {:#?}", ran(&results).len(), reasons(&results));
    assert_eq!(consumed.cases, ran(&results).len());
    assert_eq!((consumed.blanks, consumed.left.as_str(), &consumed.ended), (0, "a blank CD-RW", &None));
    assert!(consumed.erased >= 30 && consumed.recorded >= 30, "{consumed}");
    let Consumed { erased, recorded, .. } = consumed;
    let said = format!("Expected: erased {erased} times; recorded on {recorded} times, beside");
    assert!(plan.contains(&said), "{consumed}\n{plan}");
    for cdb in bench.written() {
        assert!(row_of(cdb[0]).is_some_and(|row| row.name != "FORMAT UNIT"), "{cdb:02X?}");
    }
    assert!(!reasons(&results).keys().any(|reason| reason.contains("read-only")), "{:#?}", reasons(&results));
}

/// A CD-R is blank once. What is refused leaves it so; the first recording ends it.
#[test]
fn one_blank_cd_r_is_consumed_and_no_more() {
    let bench = Bench::with("blank-cdr-80");
    let mut hardware = agreed(&bench, "rewritable,consumes_blank");
    let (results, consumed) = run(&mut hardware, "rewritable,consumes_blank");
    let changed = results.iter().filter(|result| matches!(result.status, Status::Passed)).count();
    assert!(changed >= 20, "{changed}");
    assert!(ran(&results).iter().all(|result| matches!(result.status, Status::Passed)));
    let used_up = "needs a blank CD-R, and the one that was agreed to has been recorded on";
    assert!(reasons(&results)[used_up] >= 50, "{:#?}", reasons(&results));
    assert_eq!((consumed.blanks, consumed.erased, &consumed.ended), (1, 0, &None), "{consumed}");
    // Behind the recording nothing but what ends it.
    let written = bench.written();
    let last = written.iter().rposition(|cdb| matches!(cdb[0], 0x2A | 0xAA)).unwrap();
    assert!(
        written[last..].iter().all(|cdb| matches!(cdb[0], 0x2A | 0xAA | 0x35 | 0x5B)),
        "{:02X?}",
        &written[last..]
    );
}

/// Where anything is allowed, what moves the lock or the spindle runs; the tray stays where it is.
#[test]
fn what_moves_runs_where_anything_is_allowed() {
    let bench = Bench::with("blank-cdr-80");
    let mut hardware = agreed(&bench, "consumes_blank");
    let moving = || suite().cases().iter().filter(|case| case.fixture.risk == Risk::MayMove);
    let results: Vec<CaseResult> = moving().map(|case| run_case(case, &mut hardware)).collect();
    assert!(ran(&results).len() >= 3, "{:#?}", reasons(&results));
    for result in ran(&results) {
        assert_eq!(result.status, Status::Passed, "{}", result.id);
    }
    assert!(reasons(&results).contains_key("would have to send START STOP UNIT, and no run does"));
    let consumed = hardware.finish().unwrap();
    assert_eq!(
        consumed.to_string(),
        "0 cases ran that may write. No disc was consumed. In the drive is a blank CD-R."
    );
    let sent = bench.sent.lock().unwrap();
    assert!(sent.iter().all(|cdb| cdb[0] != 0xA6 && (cdb[0] != 0x1B || cdb[4] & 2 == 0)));
    // Unlocked at the end.
    let lock = sent.iter().rfind(|cdb| cdb[0] == 0x1E).unwrap();
    assert_eq!(lock[4] & 1, 0);
}

/// After a run the drive is as it was found.
#[test]
fn the_drive_is_left_as_it_was_found() {
    let bench = Bench::with("blank-cdrw-80");
    let page = |bench: &Bench| {
        let mut room = [0; 60];
        let sense = [0x5A, 8, 5, 0, 0, 0, 0, 0, 60, 0];
        let mut drive = Arc::clone(&bench.drive);
        drive.execute(&sense, Data::In(&mut room), Duration::from_secs(1)).unwrap();
        room
    };
    let found = page(&bench);
    let mut hardware = agreed(&bench, "rewritable");
    assert_eq!(run_one(&mut hardware, "write/tao/whole_track::blank-cdrw-80"), Status::Passed);
    assert_ne!(page(&bench), found, "the case sets nothing: this proves nothing");
    let consumed = hardware.finish().unwrap();
    assert_eq!(
        consumed.to_string(),
        "1 case ran that may write. The CD-RW was erased once. In the drive is a blank CD-RW."
    );
    assert_eq!(page(&bench), found);
}

/// Whoever forgets to end a run leaves the disc in order all the same.
#[test]
fn a_run_that_nobody_ends_is_ended() {
    let bench = Bench::with("blank-cdrw-80");
    let mut hardware = agreed(&bench, "rewritable");
    assert_eq!(run_one(&mut hardware, "write/tao/whole_track::blank-cdrw-80"), Status::Passed);
    drop(hardware);
    assert!(bench.id().to_string().contains("-blank-"));
}

#[test]
fn the_plan_says_what_will_be_consumed() {
    let plan = |medium: &str, tiers: Option<&str>| {
        let bench = Bench::with(medium);
        let allowed = tiers.map(allowed).unwrap_or_default();
        let cases = suite().cases().iter().filter(|case| case.id.starts_with("write/tao/whole_track"));
        let plan = Plan::new(&mut bench.hardware(), &allowed, cases).unwrap();
        assert_eq!(bench.written(), Vec::<Vec<u8>>::new());
        plan.to_string()
    };
    insta::assert_snapshot!(plan("blank-cdrw-80", Some("rewritable")));
    insta::assert_snapshot!(plan("appendable-cdrw-1", Some("rewritable,consumes_blank")));
    insta::assert_snapshot!(plan("blank-cdr-80", Some("consumes_blank")));
    insta::assert_snapshot!(plan("blank-cdr-80", Some("rewritable")));
    insta::assert_snapshot!(plan("blank-cdrw-80", None));
    insta::assert_snapshot!(plan("no-disc", Some("rewritable")));
}
