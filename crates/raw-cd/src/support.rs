//! Whether a drive can write raw at all.

use mmc_wire::Sense;
use mmc_wire::block::configuration::Configuration;
use mmc_wire::block::feature::CdMastering;
use mmc_wire::command::{GetConfiguration, RequestedType};
use scsi_transport::Reason;

use crate::{COMMAND_TIMEOUT, Error, Recorder};

/// What the drive says of raw writing.
#[derive(Clone, Copy, Debug, Eq, PartialEq)]
pub(crate) enum Raw {
    /// Its CD Mastering feature (MMC "CD Mastering Feature"), with the RAW bit.
    Mastering(CdMastering),
    /// Nothing: the drive is older than GET CONFIGURATION. MODE SELECT will tell.
    Unknown,
}

impl Raw {
    /// Whether CD-RW can be written. Asked of the feature, not of the disc; inference.
    pub const fn writes_cd_rw(self) -> bool {
        match self {
            Self::Mastering(mastering) => mastering.cd_rw,
            Self::Unknown => true,
        }
    }

    /// Whether sessions can be appended raw.
    pub const fn writes_several_sessions(self) -> bool {
        match self {
            Self::Mastering(mastering) => mastering.raw_multi_session,
            Self::Unknown => false,
        }
    }
}

/// All features of the drive; `None` where it does not know GET CONFIGURATION (5/20/00).
///
/// One command with all features instead of one a feature: a drive that knows only the first
/// form (QEMU's refuses any starting feature but 0) answers it too.
pub(crate) fn configuration(recorder: &Recorder) -> Result<Option<Configuration>, Error> {
    const ROOM: u16 = 4096;
    let all = GetConfiguration { requested: RequestedType::ALL, starting_feature: 0, allocation: ROOM };
    match recorder.query(&all, COMMAND_TIMEOUT) {
        Ok(configuration) => Ok(Some(configuration)),
        Err(Error::Drive(error)) if error.reason == Reason::Sense(Sense::INVALID_OPERATION_CODE) => Ok(None),
        Err(error) => Err(error),
    }
}

/// What the drive's feature says, or [`Error::FormatNotSupported`].
pub(crate) fn of_configuration(configuration: Option<&Configuration>) -> Result<Raw, Error> {
    let no = |why: &str| Err(Error::FormatNotSupported { why: why.to_owned() });
    match configuration.map(Configuration::find::<CdMastering>) {
        None => Ok(Raw::Unknown),
        Some(None) => no("it has no CD Mastering feature (002Eh)"),
        Some(Some(mastering)) if !mastering.raw => no("its CD Mastering feature (002Eh) has RAW 0"),
        Some(Some(mastering)) => Ok(Raw::Mastering(*mastering)),
    }
}

/// The same of a drive. One that cannot be asked counts as one that cannot write raw (Microsoft's erase
/// sample swallows device errors here), except that one that is locked says so.
pub(crate) fn of_recorder(recorder: &Recorder) -> Result<Raw, Error> {
    match configuration(recorder) {
        Ok(configuration) => of_configuration(configuration.as_ref()),
        Err(error @ Error::Locked { .. }) => Err(error),
        Err(error) => Err(Error::FormatNotSupported { why: error.to_string() }),
    }
}
