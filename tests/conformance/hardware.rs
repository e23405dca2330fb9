//! The same cases on the drive that `RAWCD_DEVICE` names. Nothing that may write, close or blank is sent
//! unless `RAWCD_HW_ALLOW` names a tier and `RAWCD_HW_DISC` the disc in the drive; nothing ever ejects.

use std::path::PathBuf;
use std::sync::atomic::{AtomicUsize, Ordering};
use std::sync::{Arc, Mutex, MutexGuard, PoisonError};

use libtest_mimic::{Arguments, Failed, Trial};
use mmc_conformance::dut::{Consent, DiscId, Hardware};
use mmc_conformance::fixture::Medium;
use mmc_conformance::plan::Plan;
use mmc_conformance::runner::Status;
use mmc_conformance::suite::Case;
use mmc_conformance::tier::Allowed;
use mmc_sim::{Drive, Personality};
use scsi_passthrough::{Access, Device};

/// Names the drive: `/dev/sr0`; or `sim:blank-cdrw-80`, to try the road of a real drive with a simulated one.
const DEVICE: &str = "RAWCD_DEVICE";
/// The tiers that may run beside `read_only`, with commas between.
const ALLOW: &str = "RAWCD_HW_ALLOW";
/// The disc that may be consumed, as the plan names it.
const DISC: &str = "RAWCD_HW_DISC";

/// Cases that ran on the drive, whatever came of them.
static RAN: AtomicUsize = AtomicUsize::new(0);

/// Whether the drive was not asked for a single case.
pub fn nothing_ran() -> bool {
    RAN.load(Ordering::Relaxed) == 0
}

/// The drive for as long as cases run on it.
pub struct Bench(Option<Arc<Mutex<Hardware>>>);

impl Bench {
    /// Whether cases may write: then the plan's order is kept, and the case that it names consumes the disc.
    pub fn keeps_order(&self) -> bool {
        self.0.as_ref().is_some_and(|hardware| locked(hardware).may_write())
    }

    /// Leaves drive and disc in order and tells what was consumed; whether that went as it should.
    pub fn finish(self) -> bool {
        let Some(consumed) = self.0.and_then(|hardware| locked(&hardware).finish()) else { return true };
        eprintln!("{consumed}");
        consumed.ended.is_none()
    }
}

/// A test a case, `hw/` before its name; or one that says why there can be none.
pub fn trials(cases: &[Arc<Case>], args: &Arguments) -> (Vec<Trial>, Bench) {
    let mut cases = cases.to_vec();
    let hardware = match open(&cases).and_then(|mut hardware| {
        if !args.list {
            agree(&mut hardware, &mut cases, args)?;
        }
        Ok(hardware)
    }) {
        Ok(hardware) => Arc::new(Mutex::new(hardware)),
        Err(why) => {
            return (vec![Trial::test("hw/device", move || Err(Failed::from(why)))], Bench(None));
        }
    };
    let trials = cases
        .iter()
        .map(|case| {
            let (case, hardware) = (Arc::clone(case), Arc::clone(&hardware));
            Trial::ignorable_test(name(&case), move || {
                // One drive, one case at a time.
                let result = super::run(&case, &mut *locked(&hardware));
                if !matches!(result.status, Status::Ignored(_)) {
                    RAN.fetch_add(1, Ordering::Relaxed);
                }
                super::completion(&result)
            })
        })
        .collect();
    (trials, Bench(Some(hardware)))
}

fn name(case: &Case) -> String {
    format!("hw/{}", case.id)
}

fn locked(hardware: &Mutex<Hardware>) -> MutexGuard<'_, Hardware> {
    hardware.lock().unwrap_or_else(PoisonError::into_inner)
}

/// Prints what the run would consume, and takes the owner's word for it. What costs least is put first.
fn agree(hardware: &mut Hardware, cases: &mut [Arc<Case>], args: &Arguments) -> Result<(), String> {
    let Some(tiers) = set(ALLOW)? else {
        return match set(DISC)? {
            None => Ok(()),
            Some(_) => Err(format!(
                "{DISC} names a disc and nothing is allowed: set {ALLOW}, for example to rewritable"
            )),
        };
    };
    let allowed = Allowed::read(&tiers).map_err(|why| format!("{ALLOW}={tiers}: {why}"))?;
    if allowed.is_empty() {
        return Ok(());
    }
    let asked = set(DISC)?;
    let disc = asked.as_deref().map(DiscId::read).transpose().map_err(|why| format!("{DISC}: {why}"))?;
    let chosen = cases.iter().filter(|case| is_chosen(&name(case), args)).map(|case| &**case);
    let plan = Plan::new(hardware, &allowed, chosen)?;
    eprintln!("{plan}");
    let disc = match (disc, plan.disc_id()) {
        (Some(disc), _) => disc,
        (None, Some(id)) => {
            return Err(format!(
                "{ALLOW}={allowed} needs your word for the disc in the drive: set {DISC}={id}"
            ));
        }
        (None, None) => {
            return Err(format!(
                "{ALLOW}={allowed}: no disc that may be written to is in the drive: expected a CD-RW or a blank CD-R"
            ));
        }
    };
    hardware.consent(Consent { allowed, disc }).map_err(|why| format!("{DISC}: {why}"))?;
    plan.sort(cases, |case| &case.id);
    Ok(())
}

/// Whether the arguments leave a test in, as libtest has it.
fn is_chosen(name: &str, args: &Arguments) -> bool {
    let fits = |filter: &String| if args.exact { name == filter } else { name.contains(filter.as_str()) };
    args.filter.as_ref().is_none_or(fits) && !args.skip.iter().any(fits)
}

/// An environment variable that is not empty.
fn set(name: &str) -> Result<Option<String>, String> {
    match std::env::var(name) {
        Ok(value) => Ok(Some(value).filter(|value| !value.is_empty())),
        Err(std::env::VarError::NotPresent) => Ok(None),
        Err(std::env::VarError::NotUnicode(value)) => {
            Err(format!("{name}={}: expected plain text", value.display()))
        }
    }
}

fn open(cases: &[Arc<Case>]) -> Result<Hardware, String> {
    let Some(path) = std::env::var_os(DEVICE).filter(|path| !path.is_empty()) else {
        return Err(format!(
            "the feature `hw` needs a drive: set {DEVICE}, for example {DEVICE}=/dev/sr0 cargo test --features hw; \
             `cargo run -- drives` lists the drives of this machine"
        ));
    };
    let path = PathBuf::from(path);
    let shown = path.display();
    if let Some(medium) = path.to_str().and_then(|path| path.strip_prefix("sim:")) {
        let drive = simulated(medium, cases).map_err(|why| format!("{DEVICE}={shown}: {why}"))?;
        return Hardware::new(Box::new(drive)).map_err(|error| format!("{DEVICE}={shown}: INQUIRY: {error}"));
    }
    let device =
        Device::open(&path, Access::ReadWrite).map_err(|error| format!("{DEVICE}={shown}: {error}"))?;
    Hardware::new(Box::new(device)).map_err(|error| format!("{DEVICE}={shown}: INQUIRY: {error}"))
}

/// A simulated drive where a real one would be.
fn simulated(medium: &str, cases: &[Arc<Case>]) -> Result<Drive, String> {
    let media = cases.first().map(|case| Arc::clone(&case.media)).unwrap_or_default();
    let scene = media.scene(&Medium::Named(medium.to_owned())).ok_or_else(|| {
        format!("expected the name of a medium of fixtures/media behind sim:, seen `{medium}`")
    })?;
    Drive::new(Personality::reference(), &scene).map_err(|error| error.to_string())
}
