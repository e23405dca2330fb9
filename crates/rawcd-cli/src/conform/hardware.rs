//! The fixtures on a real drive: what its owner allows, and what comes of it.

use std::io::Write;
use std::process::ExitCode;
use std::sync::atomic::{AtomicBool, Ordering};

use indicatif::ProgressBar;
use mmc_conformance::dut::{Consent, DiscId, Hardware};
use mmc_conformance::plan::Plan;
use mmc_conformance::suite::Case;
use mmc_conformance::tier::Allowed;
use scsi_passthrough::Access;
use scsi_transport::Transport;

use crate::args::Conform;
use crate::consent;
use crate::device;
use crate::failure::Failure;

/// What the owner says on the command line.
pub struct Word {
    allowed: Allowed,
    disc: Option<DiscId>,
}

impl Word {
    /// Reads it, before a drive is looked for.
    pub fn read(options: &Conform) -> Result<Self, Failure> {
        let allowed = options.allow.as_deref().map(Allowed::read).transpose();
        let allowed = allowed.map_err(|why| Failure::new(format_args!("--allow: {why}")))?;
        let disc = options.disc_id.as_deref().map(DiscId::read).transpose();
        let disc = disc.map_err(|why| {
            Failure::new(format_args!("--disc-id: {why}"))
                .hint("--plan prints the id of the disc in the drive")
        })?;
        Ok(Self { allowed: allowed.unwrap_or_default(), disc })
    }
}

/// Set by Ctrl-C.
static STOPPED: AtomicBool = AtomicBool::new(false);

/// Whether no further case is to be run.
pub fn is_stopped() -> bool {
    STOPPED.load(Ordering::Relaxed)
}

/// The first Ctrl-C ends the run behind the case, so that drive and disc are left in order.
fn stop_on_interrupt() {
    // There is a handler already only when somebody else wants it so.
    let _ = ctrlc::set_handler(|| {
        if STOPPED.swap(true, Ordering::Relaxed) {
            std::process::exit(130);
        }
        let _ = writeln!(anstream::stderr().lock(), "ending behind this case, to leave the disc in order");
    });
}

/// The simulated drive in a real one's place.
const POSING: &str = "sim:";

/// Opens the drive; behind `sim:` the simulated one, with the medium that is named there.
pub fn open(options: &Conform) -> Result<Hardware, Failure> {
    let device = options.device.as_str();
    let drive: Box<dyn Transport + Send> = match device.strip_prefix(POSING) {
        Some(medium) => Box::new(device::simulate("reference", medium)?),
        // PrepareMedia sets write parameters, which the kernel lets through on a drive that may be
        // written; what may change a disc is held back by the suite itself.
        None => device::real(device, Access::ReadWrite)?,
    };
    Hardware::new(drive).map_err(|error| Failure::new(format_args!("{device}: INQUIRY: {error}")))
}

/// Prints what a run would consume, and sends nothing that writes.
pub fn plan(options: &Conform, word: &Word, cases: &[&Case]) -> Result<ExitCode, Failure> {
    let plan = made(options, &mut open(options)?, word, cases)?;
    write!(anstream::stdout().lock(), "{plan}")?;
    Ok(ExitCode::SUCCESS)
}

/// Says what will be consumed and gets the owner's word for it; puts the cases in the order of the plan.
pub fn prepare(
    options: &Conform,
    word: Word,
    hardware: &mut Hardware,
    cases: &mut [&Case],
) -> Result<(), Failure> {
    if word.allowed.is_empty() {
        return Ok(());
    }
    let plan = made(options, hardware, &word, cases)?;
    let Word { allowed, disc } = word;
    writeln!(anstream::stderr().lock(), "{plan}")?;
    let disc = match (disc, plan.disc_id()) {
        (Some(id), _) => id,
        (None, Some(id)) => {
            consent::ask("", &format!("--disc-id {id} agrees to this disc without asking"))?;
            id
        }
        (None, None) => {
            return Err(Failure::new(format_args!(
                "no disc that may be written to is in {}",
                options.device
            ))
            .hint(format!("--allow {allowed} needs a CD-RW or a blank CD-R; --plan tells what is there")));
        }
    };
    hardware.consent(Consent { allowed, disc }).map_err(|why| {
        Failure::new(format_args!("nothing was written: {why}"))
            .hint("--plan prints the id of the disc in the drive")
    })?;
    stop_on_interrupt();
    plan.sort(cases, |case| &case.id);
    Ok(())
}

/// Has what takes long shown beside the bar.
pub fn show(hardware: &mut Hardware, progress: &ProgressBar) {
    let shown = progress.clone();
    hardware.on_notice(move |notice| shown.set_message(notice.to_owned()));
}

/// Leaves drive and disc in order and tells what was consumed; whether that went as it should.
pub fn finish(hardware: &mut Hardware) -> bool {
    let Some(consumed) = hardware.finish() else { return true };
    let _ = writeln!(anstream::stderr().lock(), "{consumed}");
    consumed.ended.is_none() && !is_stopped()
}

fn made(options: &Conform, hardware: &mut Hardware, word: &Word, cases: &[&Case]) -> Result<Plan, Failure> {
    Plan::new(hardware, &word.allowed, cases.iter().copied())
        .map_err(|why| Failure::new(format_args!("{}: {why}", options.device)))
}
