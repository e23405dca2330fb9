//! Where a command's disc is: in a file and so in a simulated drive, or in a real one.

use std::path::{Path, PathBuf};
use std::sync::{Arc, Mutex, PoisonError};

use mmc_sim::{Disc, Drive};
use raw_cd::Recorder;
use scsi_passthrough::Access;

use crate::args::disc::Onto;
use crate::device::{self, Opener};
use crate::disc;
use crate::failure::Failure;

/// Recorded frames that stay in memory while a disc file is written to.
pub const IN_MEMORY: u64 = 24 << 20;

/// A drive with a disc in it.
pub enum Target {
    /// A simulated drive, and the file that its disc came from.
    Simulated { drive: Arc<Mutex<Drive>>, recorder: Recorder, file: PathBuf },
    /// A real drive.
    Real { name: String, recorder: Recorder },
}

impl Target {
    /// Opens what the options name, to write to.
    pub fn open(onto: &Onto, opener: Opener<'_>) -> Result<Self, Failure> {
        match (&onto.disc, &onto.device) {
            (Some(file), _) => Self::simulated(file, &onto.personality),
            (None, Some(name)) => {
                let device = opener(name, Access::ReadWrite)?;
                Ok(Self::Real { name: name.clone(), recorder: Recorder::new(device) })
            }
            (None, None) => Err(Failure::new("neither a disc file nor a device is named")),
        }
    }

    /// A simulated drive with this disc in it.
    pub fn simulated(file: &Path, personality: &str) -> Result<Self, Failure> {
        Self::of_disc(disc::load(file)?, file, personality)
    }

    /// The same with a disc that is not in that file yet.
    pub fn of_disc(mut disc: Disc, file: &Path, personality: &str) -> Result<Self, Failure> {
        let folder = file.parent().filter(|folder| !folder.as_os_str().is_empty());
        disc.store
            .limit_memory(IN_MEMORY, folder.or(Some(Path::new("."))))
            .map_err(|error| Failure::new(format_args!("beside {}: {error}", file.display())))?;
        let drive = Drive::with_disc(device::personality(personality)?, Some(disc)).map_err(Failure::new)?;
        let drive = Arc::new(Mutex::new(drive));
        Ok(Self::Simulated { recorder: Recorder::new(Arc::clone(&drive)), drive, file: file.to_owned() })
    }

    pub const fn recorder(&self) -> &Recorder {
        match self {
            Self::Simulated { recorder, .. } | Self::Real { recorder, .. } => recorder,
        }
    }

    /// The drive alone; what it does to its disc is not saved.
    pub fn into_recorder(self) -> Recorder {
        match self {
            Self::Simulated { recorder, .. } | Self::Real { recorder, .. } => recorder,
        }
    }

    /// What to call it.
    pub fn name(&self) -> String {
        match self {
            Self::Simulated { file, .. } => file.display().to_string(),
            Self::Real { name, .. } => name.clone(),
        }
    }

    /// Saves the disc of a simulated drive.
    pub fn save(&self) -> Result<(), Failure> {
        let Self::Simulated { drive, file, .. } = self else { return Ok(()) };
        let drive = drive.lock().unwrap_or_else(PoisonError::into_inner);
        match drive.disc() {
            Some(disc) => disc.save(file).map_err(Failure::new),
            None => Err(Failure::new("the disc is not in the drive any more")),
        }
    }
}
