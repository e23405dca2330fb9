//! What an owner allows, and what he does not: the road of a real drive with the simulated one at its end.

#![allow(clippy::unwrap_used, clippy::panic, reason = "in a test a panic is the answer")]

use core::time::Duration;
use std::collections::BTreeMap;
use std::path::Path;
use std::sync::{Arc, Mutex, OnceLock};

use mmc_conformance::dut::{Consent, Consumed, DiscId, Hardware, Simulated};
use mmc_conformance::fixture::{Medium, Risk};
use mmc_conformance::plan::Plan;
use mmc_conformance::runner::{CaseResult, Status, run_case};
use mmc_conformance::suite::{Case, Suite};
use mmc_conformance::tier::Allowed;
use mmc_sim::{Drive, HostAct, Personality, Scene};
use mmc_wire::command::{Effect, row_of};
use scsi_transport::{Data, Outcome, Status as ScsiStatus, Transport, TransportError};

/// A drive that stays within reach while the suite has it, and what was sent to it.
#[derive(Clone)]
struct Bench {
    drive: Arc<Mutex<Drive>>,
    sent: Arc<Mutex<Vec<Vec<u8>>>>,
    habit: Habit,
}

/// What is wrong with it.
#[derive(Clone, Copy, PartialEq)]
enum Habit {
    Sound,
    /// Once told to erase, it is busy for ever.
    HangsInBlank,
    /// It says that it has erased, and has not.
    ForgetsToBlank,
    /// When it has erased, it says that the disc may be another.
    DoubtsItsDisc,
    /// Once it was written to, its answers are noise that begins with this number.
    Mad(u64),
}

impl Bench {
    fn with(medium: &str) -> Self {
        Self::of(&suite().media().scene(&Medium::Named(medium.into())).unwrap())
    }

    fn of(scene: &Scene) -> Self {
        let drive = Drive::new(Personality::reference(), scene).unwrap();
        Self { drive: Arc::new(Mutex::new(drive)), sent: Arc::default(), habit: Habit::Sound }
    }

    fn hardware(&self) -> Hardware {
        Hardware::new(Box::new(self.clone())).unwrap()
    }

    /// The disc's name, as the plan prints it.
    fn id(&self) -> DiscId {
        let plan = Plan::new(&mut self.hardware(), &Allowed::default(), []).unwrap();
        plan.disc_id().unwrap()
    }

    /// Takes out the disc and puts in another.
    fn insert(&self, medium: &str) {
        let scene = suite().media().scene(&Medium::Named(medium.into())).unwrap();
        let mut drive = self.drive.lock().unwrap();
        drive.host(&HostAct::PressEject).unwrap();
        drive.host(&HostAct::Insert(scene)).unwrap();
        if medium == "no-disc" {
            drive.host(&HostAct::CloseTray).unwrap();
        }
        drive.wait(Duration::from_secs(60));
    }

    fn written(&self) -> Vec<Vec<u8>> {
        self.sent.lock().unwrap().iter().filter(|cdb| writes(cdb)).cloned().collect()
    }
}

fn writes(cdb: &[u8]) -> bool {
    row_of(cdb[0]).is_none_or(|row| row.effect == Effect::Writes)
}

impl Transport for Bench {
    fn execute(&mut self, cdb: &[u8], data: Data<'_>, timeout: Duration) -> Result<Outcome, TransportError> {
        let erasing = self.sent.lock().unwrap().iter().any(|cdb| cdb[0] == 0xA1);
        self.sent.lock().unwrap().push(cdb.to_vec());
        match self.habit {
            Habit::HangsInBlank if erasing => {
                let sense = vec![0x70, 0, 2, 0, 0, 0, 0, 10, 0, 0, 0, 0, 4, 7, 0, 0x80, 0x40, 0];
                Ok(Outcome { status: ScsiStatus::CHECK_CONDITION, sense, transferred: 0 })
            }
            Habit::ForgetsToBlank if cdb[0] == 0xA1 => {
                Ok(Outcome { status: ScsiStatus::GOOD, sense: Vec::new(), transferred: 0 })
            }
            Habit::DoubtsItsDisc
                if cdb[0] == 0
                    && self.sent.lock().unwrap().iter().rev().nth(1).is_some_and(|cdb| cdb[0] == 0xA1) =>
            {
                let sense = vec![0x70, 0, 6, 0, 0, 0, 0, 10, 0, 0, 0, 0, 0x28, 0, 0, 0, 0, 0];
                Ok(Outcome { status: ScsiStatus::CHECK_CONDITION, sense, transferred: 0 })
            }
            Habit::Mad(seed) if self.sent.lock().unwrap().iter().any(|cdb| cdb[0] == 0x2A) => {
                Ok(noise(seed, self.sent.lock().unwrap().len(), data))
            }
            _ => self.drive.execute(cdb, data, timeout),
        }
    }

    fn wait(&mut self, duration: Duration) {
        self.drive.wait(duration);
    }
}

/// An answer of no sense; each another one (splitmix64).
fn noise(seed: u64, n: usize, data: Data<'_>) -> Outcome {
    let mut state = seed.wrapping_add((n as u64).wrapping_mul(0x9E37_79B9_7F4A_7C15));
    let mut byte = || {
        state = state.wrapping_add(0x9E37_79B9_7F4A_7C15);
        let mixed = (state ^ (state >> 30)).wrapping_mul(0xBF58_476D_1CE4_E5B9);
        let mixed = (mixed ^ (mixed >> 27)).wrapping_mul(0x94D0_49BB_1331_11EB);
        (mixed >> 32) as u8
    };
    let good = byte() & 3 == 0;
    let mut sense = vec![0x70, 0, [2, 2, 2, 3, 5, 6][usize::from(byte()) % 6], 0, 0, 0, 0, 10];
    sense.extend((0..10).map(|_| byte()));
    sense[12] = [4, 4, 4, 0x3A, 0x28, 0x24][usize::from(byte()) % 6];
    let transferred = data.len();
    if let Data::In(room) = data {
        room.fill_with(&mut byte);
    }
    if good {
        return Outcome { status: ScsiStatus::GOOD, sense: Vec::new(), transferred };
    }
    Outcome { status: ScsiStatus([2, 2, 2, 8, 0x18][usize::from(byte()) % 5]), sense, transferred: 0 }
}

fn suite() -> &'static Suite {
    static SUITE: OnceLock<Suite> = OnceLock::new();
    SUITE.get_or_init(|| {
        let fixtures = Path::new(env!("CARGO_MANIFEST_DIR")).join("../../fixtures");
        Suite::load(&[fixtures]).unwrap_or_else(|error| panic!("{error}"))
    })
}

fn allowed(tiers: &str) -> Allowed {
    Allowed::read(tiers).unwrap()
}

/// Runs the cases that may write, in the order of the plan.
fn run(hardware: &mut Hardware, tiers: &str) -> (Vec<CaseResult>, Consumed) {
    let mut cases: Vec<&Case> =
        suite().cases().iter().filter(|case| case.fixture.risk == Risk::MayWrite).collect();
    let plan = Plan::new(hardware, &allowed(tiers), cases.iter().copied()).unwrap();
    plan.sort(&mut cases, |case| &case.id);
    let results = cases.into_iter().map(|case| run_case(case, hardware)).collect();
    (results, hardware.finish().unwrap_or_default())
}

fn ran(results: &[CaseResult]) -> Vec<&CaseResult> {
    results.iter().filter(|result| !matches!(result.status, Status::Ignored(_))).collect()
}

fn reasons(results: &[CaseResult]) -> BTreeMap<&str, usize> {
    let mut reasons = BTreeMap::new();
    for result in results {
        if let Status::Ignored(reason) = &result.status {
            *reasons.entry(reason.as_str()).or_default() += 1;
        }
    }
    reasons
}

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

/// Runs one case that fits `id`.
fn run_one(hardware: &mut Hardware, id: &str) -> Status {
    let case = suite().cases().iter().find(|case| case.id == id).unwrap_or_else(|| panic!("no case {id}"));
    run_case(case, hardware).status
}

fn agreed(bench: &Bench, tiers: &str) -> Hardware {
    let mut hardware = bench.hardware();
    hardware.consent(Consent { allowed: allowed(tiers), disc: bench.id() }).unwrap();
    hardware
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

const RECORDS: &str = "write/tao/whole_track::blank-cdrw-80";

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
        let progress = told.lock().unwrap().contains(&"erasing the CD-RW: 25 %".to_owned());
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
