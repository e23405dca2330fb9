//! Why a raw CD operation did not happen, grouped by whose move is next.

use cd_format::{Lba, Point};
use mmc_wire::{FieldError, Sense, SenseKey};
use scsi_transport::{CommandError, Reason, Status, TransportError};

use crate::sector_type::SectorType;
use crate::verify::Channel;
use crate::write::Left;
use crate::{ClientNameError, HResult, ImageError, MediaType, sense_map};

/// Why it did not happen.
///
/// [`hresult`](Self::hresult) is the number that Windows has for it; the text says more: what was
/// expected, what was seen, and for a drive's refusal command, CDB and sense.
#[derive(Clone, Debug, Eq, PartialEq, thiserror::Error)]
#[non_exhaustive]
pub enum Error {
    // The caller's move: members in another order, or other arguments.
    /// A write is running; wait for it or cancel it.
    #[error("expected an idle object: a write is running")]
    WriteInProgress,
    /// There is no write to cancel.
    #[error("expected a running write: there is none to cancel")]
    WriteNotInProgress,
    /// Only between PrepareMedia and ReleaseMedia.
    #[error("expected prepared media: PrepareMedia has not been called, has failed, or is released")]
    NotPrepared,
    /// Not between PrepareMedia and ReleaseMedia.
    #[error("expected unprepared media: ReleaseMedia has to come first")]
    Prepared,
    /// No recorder is set. Which number that gives depends on the member.
    #[error("expected a recorder: none is set")]
    NoRecorder(NoRecorder),
    /// The client name is missing or malformed.
    #[error("client name: {0}")]
    ClientName(ClientNameError),
    /// The same at the lock.
    #[error("client name of the lock: {0}")]
    LockName(ClientNameError),
    /// An argument that the member does not take.
    #[error("{argument} is {given}: expected {expected}")]
    InvalidArgument {
        /// Microsoft's name of the parameter.
        argument: &'static str,
        /// As given.
        given: i64,
        /// What the member takes.
        expected: &'static str,
    },
    /// The write was cancelled.
    #[error("the write was cancelled {}: {left}", when_cancelled(*.written, *.of))]
    Cancelled {
        /// Sectors that the drive had taken.
        written: u32,
        /// Sectors that there were to write.
        of: u32,
        /// What is on the disc now.
        left: Left,
    },
    /// The lock is not held through this handle.
    #[error("the drive is not locked through this handle: there is nothing to release")]
    NotHeld {
        /// Who holds it, if anybody does.
        owner: Option<String>,
    },

    // The image's author's move.
    /// The image is no whole number of sectors, or has none to write.
    #[error("the image has {bytes} bytes: expected {expected}")]
    StreamNotSupported {
        /// Size as the stream gives it.
        bytes: u64,
        /// What a usable stream has.
        expected: String,
    },
    /// The image begins later than this disc's lead-in.
    #[error("the image has {given} sectors before its first user sector: this disc needs {needed}")]
    LeadInTooShort {
        /// Sectors before the session's first user sector, as given.
        given: i64,
        /// Sectors from the start of lead-in to the first user sector.
        needed: i64,
    },
    /// The session does not fit on the disc.
    #[error("the image ends at LBA {end}: the disc ends at LBA {limit}, lead-out included")]
    NotEnoughSpace {
        /// First block after the image.
        end: i64,
        /// First block after the last possible lead-out.
        limit: i64,
    },
    /// The stream failed.
    #[error("the image cannot be read: {0}")]
    Image(#[from] ImageError),

    // The user's move: another disc.
    /// A disc of the right type, but not blank.
    #[error("expected a blank disc: {found}")]
    MediaNotBlank {
        /// What was found.
        found: String,
    },
    /// Not a disc that can be written raw.
    #[error("expected a recordable CD: found {media_type}{why}")]
    MediaNotSupported {
        /// The disc's type.
        media_type: MediaType,
        /// More, when the type alone does not tell; begins with a separator.
        why: &'static str,
    },

    // The user's move: another drive.
    /// The drive cannot write raw; the answer of IsRecorderSupported.
    #[error("the drive cannot write raw CDs: {why}")]
    FormatNotSupported {
        /// What is missing.
        why: String,
    },
    /// The same, from put_Recorder.
    #[error("the drive cannot be used for raw CDs: {why}")]
    RecorderNotSupported {
        /// What is missing.
        why: String,
    },
    /// The drive takes no sectors of this type.
    #[error("the drive does not write sector type {0}")]
    SectorTypeNotSupported(SectorType),

    // The user's move: the disc is not what was written. Ours: see `verify`.
    /// A byte of the disc is not the image's.
    #[error("LBA {lba}, byte {byte} of {channel}: expected {expected:02X}, seen {seen:02X}")]
    VerifyFailed {
        /// Which sector.
        lba: Lba,
        /// What of it.
        channel: Channel,
        /// Which byte, from 0.
        byte: usize,
        /// The image's.
        expected: u8,
        /// The disc's.
        seen: u8,
    },
    /// A sector cannot be read.
    #[error("LBA {lba} cannot be read: {sense:?}")]
    Unreadable {
        /// Which sector.
        lba: Lba,
        /// What the drive says of it.
        sense: Sense,
    },
    /// The disc's table of contents is not the one in the image's lead-in.
    #[error("table of contents, point {:02X}h: expected {expected}, seen {seen}", point.0)]
    VerifyTocFailed {
        /// What is pointed at.
        point: Point,
        /// The image's entry.
        expected: String,
        /// The disc's.
        seen: String,
    },
    /// The disc is blank.
    #[error("expected a written disc: the drive took every sector, and says that the disc is blank")]
    NothingRecorded,
    /// The comparison was cancelled.
    #[error("the comparison was cancelled: what was not compared may be right or wrong")]
    VerifyCancelled,

    // Somebody else's move.
    /// Another client holds the drive, seen from a format object.
    #[error("the drive is locked by {owner:?}")]
    Locked {
        /// Who.
        owner: String,
    },
    /// Another client holds the drive, seen from AcquireExclusiveAccess.
    #[error("exclusive access is denied: the drive is locked by {owner:?}")]
    AccessDenied {
        /// Who.
        owner: String,
    },
    /// A file system is mounted and the lock was not to be forced.
    #[error("a file system is mounted on the disc: unmount it, or force the lock")]
    Mounted,

    // The drive's turn to explain itself.
    /// A command failed.
    #[error("{0}")]
    Drive(CommandError),
    /// A command failed while recording; the same sense means more then.
    #[error("{0}")]
    Recording(CommandError),
    /// A feature is not to be had.
    #[error("feature {feature:04X}h: {why}")]
    Feature {
        /// The feature's code.
        feature: u16,
        /// Which of the three.
        why: NoFeature,
    },
    /// The drive answered, but not with what the standard says.
    #[error("{command}: the answer makes no sense: {what}")]
    InvalidResponse {
        /// The command's name.
        command: &'static str,
        /// What was seen, and what was expected.
        what: String,
    },
    /// Mode page 2Ah is not as long as it says.
    #[error("MODE SENSE (10): page 2Ah has {seen} bytes: expected {expected}")]
    CapabilitiesPage {
        /// Bytes that came.
        seen: usize,
        /// Bytes that its length field announces, or that it needs at least.
        expected: usize,
        /// Too short to hold a speed, whatever it announces.
        too_short: bool,
    },
}

/// How far a cancelled write had come.
fn when_cancelled(written: u32, of: u32) -> String {
    match written {
        0 => "before its first sector".to_owned(),
        _ if written < of => format!("after {written} of {of} sectors"),
        _ => format!("when all {of} sectors had been sent"),
    }
}

/// Why a feature is not to be had (Microsoft: IDiscRecorder2Ex::GetFeaturePage).
#[derive(Clone, Copy, Debug, Eq, PartialEq, thiserror::Error)]
pub enum NoFeature {
    /// The drive does not know it.
    #[error("the drive does not have it")]
    Unknown,
    /// The drive knows it, but not with this disc.
    #[error("the drive has it, but not with this disc")]
    NotCurrent,
    /// The drive does not know GET CONFIGURATION.
    #[error("the drive does not know GET CONFIGURATION")]
    NoConfiguration,
}

/// Which number 'no recorder' has: Microsoft's pages give three, by member.
#[derive(Clone, Copy, Debug, Eq, PartialEq)]
pub enum NoRecorder {
    /// `E_IMAPI_DF2RAW_NO_RECORDER_SPECIFIED`: most members.
    NotSpecified,
    /// `E_IMAPI_RECORDER_REQUIRED`: SetWriteSpeed.
    Required,
    /// `E_POINTER`: the blank checks and SupportedSectorTypes.
    Pointer,
}

impl Error {
    /// The number Windows has for it. Never a success.
    pub fn hresult(&self) -> HResult {
        match self {
            Self::WriteInProgress => HResult::E_IMAPI_DF2RAW_WRITE_IN_PROGRESS,
            Self::WriteNotInProgress => HResult::E_IMAPI_DF2RAW_WRITE_NOT_IN_PROGRESS,
            Self::NotPrepared => HResult::E_IMAPI_DF2RAW_MEDIA_IS_NOT_PREPARED,
            Self::Prepared => HResult::E_IMAPI_DF2RAW_MEDIA_IS_PREPARED,
            Self::NoRecorder(NoRecorder::NotSpecified) => HResult::E_IMAPI_DF2RAW_NO_RECORDER_SPECIFIED,
            Self::NoRecorder(NoRecorder::Required) => HResult::E_IMAPI_RECORDER_REQUIRED,
            Self::NoRecorder(NoRecorder::Pointer) => HResult::E_POINTER,
            Self::ClientName(_) => HResult::E_IMAPI_DF2RAW_CLIENT_NAME_IS_NOT_VALID,
            Self::LockName(_) => HResult::E_IMAPI_RECORDER_CLIENT_NAME_IS_NOT_VALID,
            Self::InvalidArgument { .. } => HResult::E_INVALIDARG,
            Self::Cancelled { .. } | Self::VerifyCancelled => HResult::E_IMAPI_REQUEST_CANCELLED,
            Self::NotHeld { owner: Some(_) } => HResult::E_HANDLE,
            Self::NotHeld { owner: None } => HResult::E_FAIL,
            Self::StreamNotSupported { .. } => HResult::E_IMAPI_DF2RAW_STREAM_NOT_SUPPORTED,
            Self::LeadInTooShort { .. } => HResult::E_IMAPI_DF2RAW_STREAM_LEADIN_TOO_SHORT,
            Self::NotEnoughSpace { .. } => HResult::E_IMAPI_DF2RAW_NOT_ENOUGH_SPACE,
            Self::Image(error) => failure(error.hresult),
            Self::MediaNotBlank { .. } => HResult::E_IMAPI_DF2RAW_MEDIA_IS_NOT_BLANK,
            Self::MediaNotSupported { .. } | Self::FormatNotSupported { .. } => {
                HResult::E_IMAPI_DF2RAW_MEDIA_IS_NOT_SUPPORTED
            }
            Self::RecorderNotSupported { .. } => HResult::E_IMAPI_DF2RAW_RECORDER_NOT_SUPPORTED,
            Self::SectorTypeNotSupported(_) => HResult::E_IMAPI_DF2RAW_DATA_BLOCK_TYPE_NOT_SUPPORTED,
            Self::VerifyFailed { .. }
            | Self::Unreadable { .. }
            | Self::VerifyTocFailed { .. }
            | Self::NothingRecorded => HResult::E_IMAPI_BURN_VERIFICATION_FAILED,
            Self::Locked { .. } => HResult::E_IMAPI_RECORDER_LOCKED,
            Self::AccessDenied { .. } => HResult::E_ACCESSDENIED,
            Self::Mounted => HResult::E_FAIL,
            Self::Drive(error) => of_command(error, sense_map::translate),
            Self::Recording(error) => of_command(error, sense_map::translate_writing),
            Self::Feature { why, .. } => match why {
                NoFeature::Unknown => HResult::E_IMAPI_RECORDER_NO_SUCH_FEATURE,
                NoFeature::NotCurrent => HResult::E_IMAPI_RECORDER_FEATURE_IS_NOT_CURRENT,
                NoFeature::NoConfiguration => HResult::E_IMAPI_RECORDER_GET_CONFIGURATION_NOT_SUPPORTED,
            },
            Self::InvalidResponse { .. } => HResult::E_IMAPI_RECORDER_INVALID_RESPONSE_FROM_DEVICE,
            Self::CapabilitiesPage { too_short: true, .. } => HResult::E_FAIL,
            Self::CapabilitiesPage { too_short: false, .. } => {
                HResult::E_IMAPI_UNEXPECTED_RESPONSE_FROM_DEVICE
            }
        }
    }

    /// The sense triple, when a drive's refusal is the cause.
    pub const fn sense(&self) -> Option<Sense> {
        match self {
            Self::Drive(error) | Self::Recording(error) => error.sense(),
            Self::Unreadable { sense, .. } => Some(*sense),
            _ => None,
        }
    }

    /// Whether the drive refused a command it does not have or a field it does not take.
    pub(crate) fn is_refusal(&self) -> bool {
        self.sense().is_some_and(|sense| sense.key == SenseKey::ILLEGAL_REQUEST)
    }

    /// The sense, when the drive could not read or not get there.
    pub fn unreadable(&self) -> Option<Sense> {
        self.sense().filter(|sense| [SenseKey::MEDIUM_ERROR, SenseKey::HARDWARE_ERROR].contains(&sense.key))
    }

    /// Whether no answer came at all.
    pub(crate) const fn is_silence(&self) -> bool {
        matches!(
            self,
            Self::Drive(CommandError { reason: Reason::Transport(_), .. })
                | Self::Recording(CommandError { reason: Reason::Transport(_), .. })
        )
    }

    /// Whether the command was not begun, and may be sent again (SAM "Status codes").
    pub(crate) const fn is_busy(&self) -> bool {
        matches!(
            self,
            Self::Drive(CommandError { reason: Reason::Status(Status::BUSY | Status::TASK_SET_FULL), .. })
                | Self::Recording(CommandError {
                    reason: Reason::Status(Status::BUSY | Status::TASK_SET_FULL),
                    ..
                })
        )
    }

    /// The same error of a command that records.
    pub(crate) fn while_recording(self) -> Self {
        match self {
            Self::Drive(error) => Self::Recording(error),
            other => other,
        }
    }

    /// A reply that is not what the standard says.
    pub(crate) fn reply(command: &'static str, fault: FieldError) -> Self {
        Self::InvalidResponse { command, what: fault.to_string() }
    }
}

/// Sense by the table; what kept the question from arriving by IMAPI's pass-through codes
/// (Microsoft: IDiscRecorder2Ex, return values of its members). A bus status other than CHECK
/// CONDITION has no documented code: BUSY and a reservation are taken for what they say, by
/// inference.
fn of_command(error: &CommandError, translate: fn(Sense, u8) -> HResult) -> HResult {
    let opcode = error.cdb.first().copied().unwrap_or(0);
    match &error.reason {
        Reason::Sense(sense) => failure(translate(*sense, opcode)),
        Reason::Reply(_) => HResult::E_IMAPI_RECORDER_INVALID_RESPONSE_FROM_DEVICE,
        Reason::Status(Status::BUSY) => HResult::E_IMAPI_RECORDER_MEDIA_BUSY,
        Reason::Status(Status::RESERVATION_CONFLICT) => HResult::E_IMAPI_RECORDER_LOCKED,
        Reason::Transport(TransportError::Timeout(_)) => HResult::E_IMAPI_RECORDER_COMMAND_TIMEOUT,
        Reason::Transport(TransportError::Gone(_)) => HResult::ERROR_DEV_NOT_EXIST,
        Reason::Transport(TransportError::AccessDenied(_)) => HResult::E_IMAPI_RECORDER_LOCKED,
        _ => HResult::E_FAIL,
    }
}

/// An error never passes for a success, whatever number it was made from.
fn failure(value: HResult) -> HResult {
    if value.is_success() { HResult::E_FAIL } else { value }
}
