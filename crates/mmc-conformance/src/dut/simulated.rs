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

/// The name of the personality that a fixture gets unless it asks for another.
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

    /// This drive, for every case that does not name another.
    pub const fn with_personality(personality: Personality) -> Self {
        Self { personality: Some(personality), known: BTreeMap::new() }
    }

    fn personality(&self, case: &Case) -> Option<Personality> {
        let name = &case.fixture.personality;
        match &self.personality {
            Some(own) if name == REFERENCE => Some(own.clone()),
            _ => self.known.get(name).cloned().or_else(|| Personality::builtin(name)),
        }
    }
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
        let name = &case.fixture.personality;
        let personality = self
            .personality(case)
            .ok_or_else(|| Refusal::Broken(format!("there is no simulated drive `{name}`")))?;
        if self.personality.is_none() || name != REFERENCE {
            self.known.entry(name.clone()).or_insert_with(|| personality.clone());
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
