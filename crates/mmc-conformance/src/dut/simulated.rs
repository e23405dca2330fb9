//! The simulated drive as a device under test.

use core::time::Duration;
use std::collections::BTreeMap;

use mmc_sim::{Drive, HostAct, Personality};
use scsi_transport::{Data, Outcome, Transport, TransportError};

use super::{Device, DutFactory, Refusal};
use crate::deviation::Identity;
use crate::fixture::Act;
use crate::media::Media;
use crate::suite::Case;

/// The drive on which cases are judged that hold of any.
const REFERENCE: &str = "reference";

/// A simulated drive for each case, with the disc that the case asks for.
#[derive(Clone, Debug, Default)]
pub struct Simulated {
    personality: Option<Personality>,
    /// Personalities that were read already.
    known: BTreeMap<String, Personality>,
}

impl Simulated {
    /// The drives that the fixtures ask for.
    pub fn new() -> Self {
        Self::default()
    }

    /// This drive for every case; cases about another drive are ignored.
    pub const fn with_personality(personality: Personality) -> Self {
        Self { personality: Some(personality), known: BTreeMap::new() }
    }

    /// The drive of a case; `None` for a name that no drive has.
    fn personality(&self, case: &Case) -> Option<Personality> {
        if let Some(own) = &self.personality {
            return Some(own.clone());
        }
        let name = wanted(case);
        self.known.get(name).cloned().or_else(|| Personality::builtin(name))
    }
}

/// The drive that a case is about, or is judged on.
fn wanted(case: &Case) -> &str {
    case.fixture.personality.as_deref().unwrap_or(REFERENCE)
}

impl DutFactory for Simulated {
    fn identity(&self, case: &Case) -> Identity {
        let Some(personality) = self.personality(case) else { return Identity::default() };
        Identity {
            vendor: personality.identity.vendor,
            product: personality.identity.product,
            revision: personality.identity.revision,
            personality: Some(personality.name),
        }
    }

    fn open(&mut self, case: &Case) -> Result<Box<dyn Device>, Refusal> {
        let name = wanted(case);
        let personality = self
            .personality(case)
            .ok_or_else(|| Refusal::Broken(format!("there is no simulated drive `{name}`")))?;
        if case.fixture.personality.as_ref().is_some_and(|about| *about != personality.name) {
            return Err(Refusal::Ignored(format!("is about the simulated drive `{name}`")));
        }
        if self.personality.is_none() {
            self.known.entry(name.to_owned()).or_insert_with(|| personality.clone());
        }
        let scene = case
            .media
            .scene(&case.fixture.medium)
            .ok_or_else(|| Refusal::Broken("the fixture names a medium that no file describes".into()))?;
        let drive = Drive::new(personality, &scene)
            .map_err(|error| Refusal::Broken(format!("the medium cannot be made: {error}")))?;
        Ok(Box::new(SimulatedDevice(drive)))
    }
}

struct SimulatedDevice(Drive);

impl Transport for SimulatedDevice {
    fn execute(&mut self, cdb: &[u8], data: Data<'_>, timeout: Duration) -> Result<Outcome, TransportError> {
        self.0.execute(cdb, data, timeout)
    }

    fn wait(&mut self, duration: Duration) {
        self.0.wait(duration);
    }
}

impl Device for SimulatedDevice {
    fn act(&mut self, act: &Act, media: &Media) -> Result<(), String> {
        let act = match act {
            Act::PressEject => HostAct::PressEject,
            Act::CloseTray => HostAct::CloseTray,
            Act::PowerCycle => HostAct::PowerCycle,
            Act::Insert(medium) => {
                HostAct::Insert(media.scene(medium).ok_or("the step names a medium that no file describes")?)
            }
        };
        self.0.host(&act).map_err(|error| error.to_string())
    }
}
