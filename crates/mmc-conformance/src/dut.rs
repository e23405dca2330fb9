//! Devices under test: what a case is run on, and what it refuses to be run on.

mod bench;
mod compose;
mod consent;
mod disc_id;
mod fatal;
mod fit;
mod guard;
mod hardware;
mod inspect;
mod settings;
mod settle;
mod simulated;
mod trial;

pub use bench::{BUDGET, Bench, Exchange};
pub use consent::{Consent, Consumed};
pub(crate) use consent::{tier_of, times};
pub use disc_id::DiscId;
pub use guard::{Grant, Guard};
pub use hardware::Hardware;
pub use inspect::{InDrive, Seen};
pub(crate) use settle::{After, settle};
pub use simulated::Simulated;
pub(crate) use trial::{Trace, trial};

use scsi_transport::Transport;

use crate::deviation::Identity;
use crate::fixture::Act;
use crate::media::Media;
use crate::suite::Case;

/// A device that is ready for one case.
pub trait Device: Transport + Send {
    /// A person does something to it, or the power does.
    fn act(&mut self, act: &Act, media: &Media) -> Result<(), String>;
}

/// Where devices come from: one for each case.
pub trait DutFactory {
    /// Who is asked: for reports, and for known deviations.
    fn identity(&self, case: &Case) -> Identity;

    /// A device in the state that the case needs.
    fn open(&mut self, case: &Case) -> Result<Box<dyn Device>, Refusal>;
}

/// Why a case does not run.
#[derive(Clone, Debug, Eq, PartialEq)]
pub enum Refusal {
    /// This device is not what the case needs: ignored, with this reason.
    Ignored(String),
    /// The device is broken, or out of reach: failed.
    Broken(String),
}
