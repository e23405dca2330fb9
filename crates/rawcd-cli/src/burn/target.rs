//! Where a command's disc is: in a file and so in a simulated drive, or in a real one.

use std::path::Path;
use std::sync::{Arc, Mutex, PoisonError};

use mmc_sim::{Disc, Drive};
use raw_cd::Recorder;
use scsi_passthrough::Access;

use crate::args::disc::Onto;
use crate::device::{self, Opener};
use crate::disc;
use crate::disc::held::Held;
use crate::failure::Failure;
use crate::output;

/// Recorded frames that stay in memory while a disc file is written to.
pub const IN_MEMORY: u64 = 24 << 20;

/// A drive with a disc in it.
pub enum Target {
    /// A simulated drive, and the file that its disc is saved into.
    Simulated { drive: Arc<Mutex<Drive>>, recorder: Recorder, file: Held },
    /// A real drive.
    Real { name: String, recorder: Recorder },
}

impl Target {
    /// Opens what the options name, to write to.
    pub fn open(onto: &Onto, opener: Opener<'_>) -> Result<Self, Failure> {
        match (&onto.disc, &onto.device) {
            (Some(path), _) => {
                let (disc, file) = Held::open(path, "rawcd burn")?;
                Self::of_disc(disc, file, &onto.personality)
            }
            (None, Some(name)) => {
                let device = opener(name, Access::ReadWrite)?;
                Ok(Self::Real { name: name.clone(), recorder: Recorder::new(device) })
            }
            (None, None) => Err(Failure::new("neither a disc file nor a device is named")),
        }
    }

    /// A simulated drive with this disc in it, which is saved into that file.
    pub fn of_disc(disc: Disc, file: Held, personality: &str) -> Result<Self, Failure> {
        let drive = Arc::new(Mutex::new(simulated(disc, file.path(), personality)?));
        Ok(Self::Simulated { recorder: Recorder::new(Arc::clone(&drive)), drive, file })
    }

    pub const fn recorder(&self) -> &Recorder {
        match self {
            Self::Simulated { recorder, .. } | Self::Real { recorder, .. } => recorder,
        }
    }

    /// What to call it.
    pub fn name(&self) -> String {
        match self {
            Self::Simulated { file, .. } => file.as_given().display().to_string(),
            Self::Real { name, .. } => name.clone(),
        }
    }

    /// Saves the disc of a simulated drive.
    pub fn save(&self) -> Result<(), Failure> {
        let Self::Simulated { drive, file, .. } = self else { return Ok(()) };
        let drive = drive.lock().unwrap_or_else(PoisonError::into_inner);
        match drive.disc() {
            Some(disc) => file.save(disc),
            None => Err(Failure::new("the disc is not in the drive any more")),
        }
    }
}

/// A simulated drive with the disc of a file in it, to read from: what happens to the disc is not saved.
pub fn to_read(file: &Path, personality: &str) -> Result<Recorder, Failure> {
    simulated(disc::load(file)?, file, personality).map(Recorder::new)
}

fn simulated(mut disc: Disc, file: &Path, personality: &str) -> Result<Drive, Failure> {
    disc.store
        .limit_memory(IN_MEMORY, Some(output::folder(file)))
        .map_err(|error| Failure::new(format_args!("beside {}: {error}", file.display())))?;
    Drive::with_disc(device::personality(personality)?, Some(disc)).map_err(Failure::new)
}
