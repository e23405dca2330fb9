//! The simulated drive at the end of the road of a real one, and the suite that is run on it.

use core::time::Duration;
use std::collections::BTreeMap;
use std::path::Path;
use std::sync::{Arc, Mutex, OnceLock};

use mmc_conformance::dut::{Consent, Consumed, DiscId, Hardware};
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
pub struct Bench {
    pub drive: Arc<Mutex<Drive>>,
    pub sent: Arc<Mutex<Vec<Vec<u8>>>>,
    pub habit: Habit,
}

/// What is wrong with it.
#[derive(Clone, Copy, PartialEq)]
pub enum Habit {
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
    pub fn with(medium: &str) -> Self {
        Self::of(&suite().media().scene(&Medium::Named(medium.into())).unwrap())
    }

    pub fn of(scene: &Scene) -> Self {
        let drive = Drive::new(Personality::reference(), scene).unwrap();
        Self { drive: Arc::new(Mutex::new(drive)), sent: Arc::default(), habit: Habit::Sound }
    }

    pub fn hardware(&self) -> Hardware {
        Hardware::new(Box::new(self.clone())).unwrap()
    }

    /// The disc's name, as the plan prints it.
    pub fn id(&self) -> DiscId {
        let plan = Plan::new(&mut self.hardware(), &Allowed::default(), []).unwrap();
        plan.disc_id().unwrap()
    }

    /// Takes out the disc and puts in another.
    pub fn insert(&self, medium: &str) {
        let scene = suite().media().scene(&Medium::Named(medium.into())).unwrap();
        let mut drive = self.drive.lock().unwrap();
        drive.host(&HostAct::PressEject).unwrap();
        drive.host(&HostAct::Insert(scene)).unwrap();
        if medium == "no-disc" {
            drive.host(&HostAct::CloseTray).unwrap();
        }
        drive.wait(Duration::from_secs(60));
    }

    pub fn written(&self) -> Vec<Vec<u8>> {
        self.sent.lock().unwrap().iter().filter(|cdb| writes(cdb)).cloned().collect()
    }
}

pub fn writes(cdb: &[u8]) -> bool {
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
pub fn noise(seed: u64, n: usize, data: Data<'_>) -> Outcome {
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

pub fn suite() -> &'static Suite {
    static SUITE: OnceLock<Suite> = OnceLock::new();
    SUITE.get_or_init(|| {
        let fixtures = Path::new(env!("CARGO_MANIFEST_DIR")).join("../../fixtures");
        Suite::load(&[fixtures]).unwrap_or_else(|error| panic!("{error}"))
    })
}

pub fn allowed(tiers: &str) -> Allowed {
    Allowed::read(tiers).unwrap()
}

/// Runs the cases that may write, in the order of the plan.
pub fn run(hardware: &mut Hardware, tiers: &str) -> (Vec<CaseResult>, Consumed) {
    let mut cases: Vec<&Case> =
        suite().cases().iter().filter(|case| case.fixture.risk == Risk::MayWrite).collect();
    let plan = Plan::new(hardware, &allowed(tiers), cases.iter().copied()).unwrap();
    plan.sort(&mut cases, |case| &case.id);
    let results = cases.into_iter().map(|case| run_case(case, hardware)).collect();
    (results, hardware.finish().unwrap_or_default())
}

pub fn ran(results: &[CaseResult]) -> Vec<&CaseResult> {
    results.iter().filter(|result| !matches!(result.status, Status::Ignored(_))).collect()
}

pub fn reasons(results: &[CaseResult]) -> BTreeMap<&str, usize> {
    let mut reasons = BTreeMap::new();
    for result in results {
        if let Status::Ignored(reason) = &result.status {
            *reasons.entry(reason.as_str()).or_default() += 1;
        }
    }
    reasons
}

/// Runs one case that fits `id`.
pub fn run_one(hardware: &mut Hardware, id: &str) -> Status {
    let case = suite().cases().iter().find(|case| case.id == id).unwrap_or_else(|| panic!("no case {id}"));
    run_case(case, hardware).status
}

pub fn agreed(bench: &Bench, tiers: &str) -> Hardware {
    let mut hardware = bench.hardware();
    hardware.consent(Consent { allowed: allowed(tiers), disc: bench.id() }).unwrap();
    hardware
}

/// It records, on a blank CD-RW.
pub const RECORDS: &str = "write/tao/whole_track::blank-cdrw-80";
