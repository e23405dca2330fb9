//! The types of a fixture, as `fixtures/README.md` describes them.
//!
//! A fixture is data: one situation, the steps that are taken in it, and what each step must
//! bring. Nothing here runs anything.

mod expect;
mod origin;
mod read_back;
mod session;
mod step;

pub use expect::{CallExpect, Check, Code, DriveExpect, SenseCheck};
pub use origin::{Level, Origin, OriginKind};
pub use read_back::{Equals, MainPart, ReadCommand, SubPart};
pub use session::{BlockForm, NextSession, SessionImage, TrackContent, TrackImage, WriteCommand};
pub use step::{Act, Client, During, Figures, Step};

use cd_format::Msf;
use mmc_sim::{DiscKind, Scene};
use scsi_transport::fault::FaultRule;
use serde::Deserialize;
use serde::de::IgnoredAny;

use crate::tier::Tier;

/// A case after its parameters have been filled in.
#[derive(Clone, Debug, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Fixture {
    /// A sentence that is true or false of a drive.
    pub title: String,
    /// Through which door the steps go.
    pub face: Face,
    /// The disc: made on the simulator, required of the drive on hardware.
    pub medium: Medium,
    /// The simulated drive that the case is about; `None` where it holds of any drive, and is judged
    /// on the reference drive unless another is asked for.
    #[serde(default)]
    pub personality: Option<String>,
    /// What the raw writing API does about discs that are not blank; faces Api and Com.
    #[serde(default)]
    pub policy: Option<Policy>,
    /// What happens to a disc if the drive is wrong.
    pub risk: Risk,
    /// What a real drive's owner must allow, where it is more than risk and medium tell.
    #[serde(default)]
    pub tier: Option<Tier>,
    /// How binding the expectation is.
    pub level: Level,
    /// Where the expectation comes from.
    pub origin: Origin,
    /// Trouble on the way to the drive.
    #[serde(default)]
    pub faults: Vec<FaultRule>,
    /// What is done, and what must come of it.
    pub steps: Vec<Step>,
    /// The table of cases; empty once a case has been made of a row.
    #[serde(default, rename = "cases")]
    _cases: Vec<IgnoredAny>,
}

/// Through which door the steps of a fixture go.
#[derive(Clone, Copy, Debug, Deserialize, Eq, Hash, Ord, PartialEq, PartialOrd)]
pub enum Face {
    /// SCSI commands.
    Drive,
    /// The raw writing API in Rust.
    Api,
    /// The same API as a COM object, through its vtable.
    Com,
}

impl Face {
    /// The word in reports.
    pub const fn name(self) -> &'static str {
        match self {
            Self::Drive => "drive",
            Self::Api => "api",
            Self::Com => "com",
        }
    }
}

/// A disc and the state of the drive around it.
#[derive(Clone, Debug, Deserialize)]
#[serde(deny_unknown_fields)]
pub enum Medium {
    /// A file of the folder `media`, without `.ron`.
    Named(String),
    /// A blank disc with these times in its ATIP.
    Blank {
        /// CdR or CdRw.
        kind: DiscKind,
        /// Start of the lead-in.
        lead_in: Msf,
        /// Last possible start of the lead-out.
        last_lead_out: Msf,
    },
    /// Anything, described in place as a file of the folder `media` does.
    Scene(Box<Scene>),
}

/// What the raw writing API does about discs that are not blank.
#[derive(Clone, Copy, Debug, Deserialize, Eq, PartialEq)]
pub enum Policy {
    /// Refuses them, as Microsoft's table of errors says.
    BlankOnly,
    /// Goes on after the last session of an appendable disc, as the properties' remarks say.
    Appendable,
}

/// What happens to the disc if the drive does not do what the fixture expects.
#[derive(Clone, Copy, Debug, Deserialize, Eq, Ord, PartialEq, PartialOrd)]
pub enum Risk {
    /// Nothing: no step can change or move anything.
    ReadOnly,
    /// The tray or the lock may move.
    MayMove,
    /// A disc may be written, erased or spoilt.
    MayWrite,
}
