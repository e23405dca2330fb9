//! What a case would do to its disc: tried on the simulated drive, so that it can be said beforehand.

use core::time::Duration;
use std::sync::{Arc, Mutex, PoisonError};

use mmc_sim::{Drive, Personality};
use scsi_transport::{Data, Outcome, Transport, TransportError};

use super::inspect::{InDrive, Seen, inspect};
use super::settle::{After, LONGEST, settle};
use super::{Device, DutFactory, Refusal};
use crate::deviation::Identity;
use crate::fixture::Act;
use crate::media::Media;
use crate::runner::run_case;
use crate::suite::Case;

/// What a case leaves of its disc.
pub struct Trace {
    /// The disc behind the case; `None` where that cannot be said.
    pub left: Option<Seen>,
    /// Whether it is another than before. A case that cannot be tried is taken to change it.
    pub changes: bool,
}

/// Tries a case.
pub fn trial(case: &Case) -> Trace {
    let mut bench = Trial::default();
    run_case(case, &mut bench);
    let (Some(mut drive), Some(before)) = (bench.drive, bench.before) else {
        return Trace { left: None, changes: true };
    };
    let settled = settle(&mut drive, After::Recording, LONGEST, &mut |_| {});
    match inspect(&mut drive) {
        Ok(InDrive::Disc(left)) if settled.is_ok() => {
            let changes = InDrive::Disc(left.clone()) != before;
            Trace { left: Some(left), changes }
        }
        _ => Trace { left: None, changes: true },
    }
}

/// The simulated drive of one case, which is kept.
#[derive(Default)]
struct Trial {
    drive: Option<Arc<Mutex<Drive>>>,
    before: Option<InDrive>,
}

impl DutFactory for Trial {
    fn identity(&self, _case: &Case) -> Identity {
        Identity::default()
    }

    fn open(&mut self, case: &Case) -> Result<Box<dyn Device>, Refusal> {
        let broken = |why: &dyn core::fmt::Display| Refusal::Broken(why.to_string());
        let scene = case.media.scene(&case.fixture.medium).ok_or_else(|| broken(&"no such medium"))?;
        let drive = Drive::new(Personality::reference(), &scene).map_err(|error| broken(&error))?;
        // On another drive: looking clears what waits to be told.
        self.before = inspect(&mut drive.clone()).ok();
        let drive = Arc::new(Mutex::new(drive));
        self.drive = Some(Arc::clone(&drive));
        Ok(Box::new(Tried(drive)))
    }
}

struct Tried(Arc<Mutex<Drive>>);

impl Transport for Tried {
    fn execute(&mut self, cdb: &[u8], data: Data<'_>, timeout: Duration) -> Result<Outcome, TransportError> {
        self.0.lock().unwrap_or_else(PoisonError::into_inner).execute(cdb, data, timeout)
    }

    fn wait(&mut self, duration: Duration) {
        self.0.lock().unwrap_or_else(PoisonError::into_inner).wait(duration);
    }
}

impl Device for Tried {
    fn act(&mut self, _act: &Act, _media: &Media) -> Result<(), String> {
        Err("nobody is there to touch a real drive".into())
    }
}
