//! The same cases on the drive that `RAWCD_DEVICE` names. Read-only: nothing that may write, close,
//! blank or eject is sent.

use std::path::PathBuf;
use std::sync::atomic::{AtomicUsize, Ordering};
use std::sync::{Arc, Mutex, PoisonError};

use libtest_mimic::{Failed, Trial};
use mmc_conformance::dut::Hardware;
use mmc_conformance::runner::Status;
use mmc_conformance::suite::Case;
use scsi_passthrough::{Access, Device};

/// Names the drive.
const DEVICE: &str = "RAWCD_DEVICE";

/// Cases that ran on the drive, whatever came of them.
static RAN: AtomicUsize = AtomicUsize::new(0);

/// Whether the drive was not asked for a single case.
pub fn nothing_ran() -> bool {
    RAN.load(Ordering::Relaxed) == 0
}

/// A test a case, `hw/` before its name; or one that says why there can be none.
pub fn trials(cases: &[Arc<Case>]) -> Vec<Trial> {
    let hardware = match open() {
        Ok(hardware) => Arc::new(Mutex::new(hardware)),
        Err(why) => return vec![Trial::test("hw/device", move || Err(Failed::from(why)))],
    };
    cases
        .iter()
        .map(|case| {
            let (case, hardware) = (Arc::clone(case), Arc::clone(&hardware));
            Trial::ignorable_test(format!("hw/{}", case.id), move || {
                // One drive, one case at a time.
                let mut hardware = hardware.lock().unwrap_or_else(PoisonError::into_inner);
                let result = super::run(&case, &mut *hardware);
                if !matches!(result.status, Status::Ignored(_)) {
                    RAN.fetch_add(1, Ordering::Relaxed);
                }
                super::completion(&result)
            })
        })
        .collect()
}

fn open() -> Result<Hardware, String> {
    let Some(path) = std::env::var_os(DEVICE).filter(|path| !path.is_empty()) else {
        return Err(format!(
            "the feature `hw` needs a drive: set {DEVICE}, for example {DEVICE}=/dev/sr0 cargo test --features hw; \
             `cargo run -- drives` lists the drives of this machine"
        ));
    };
    let path = PathBuf::from(path);
    let shown = path.display();
    let device =
        Device::open(&path, Access::ReadWrite).map_err(|error| format!("{DEVICE}={shown}: {error}"))?;
    Hardware::new(Box::new(device)).map_err(|error| format!("{DEVICE}={shown}: INQUIRY: {error}"))
}
