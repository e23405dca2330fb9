//! Why the creator refuses.

use cd_format::Lba;
use cd_format::lead_in::LeadInError;
use cd_format::sub_channel::{CodeError, PlanError};

use super::sector_type::CdSectorType;
use crate::{HResult, ImageError};

/// Why a raw image was not made, or not changed.
///
/// The pages of the creator's members list no failures. Numbers with a name of their own are paired
/// with members by the messages of `imapi2error.h`; `E_INVALIDARG` for the rest is inference.
#[derive(Clone, Debug, Eq, PartialEq, thiserror::Error)]
#[non_exhaustive]
pub enum ImageCreatorError {
    /// CreateResultImage has been called; from then on creator and tracks can only be read.
    #[error("the image has been created: creator and tracks can only be read from then on")]
    ReadOnly,
    /// No number is left for the track.
    #[error("track {number}: expected 1 to 99")]
    TooManyTracks {
        /// The number it would have.
        number: u32,
    },
    /// Not a type of track that this image takes.
    #[error("sector type {given}: expected {expected}")]
    SectorTypeNotSupported {
        /// As given.
        given: CdSectorType,
        /// What this image takes.
        expected: &'static str,
    },
    /// Nothing to say, or to make, without a track.
    #[error("expected an image with tracks: none has been added")]
    NoTracks,
    /// Too late for this member.
    #[error("{member} has to come before the first track: {tracks} added")]
    TracksAlreadyAdded {
        /// Microsoft's name, or for a member of our own ours.
        member: &'static str,
        /// Tracks there are.
        tracks: usize,
    },
    /// It does not fit.
    #[error("{what} would bring the lead-out to LBA {lead_out}: expected at most {limit}")]
    InsufficientSpace {
        /// What is too long.
        what: &'static str,
        /// Where the lead-out would start.
        lead_out: i64,
        /// Where it may start last.
        limit: Lba,
    },
    /// A track has all the indexes that two digits count.
    #[error("track {track} has 99 indexes: expected room for another")]
    TooManyIndexes {
        /// Which.
        track: u8,
    },
    /// There is no such index.
    #[error("track {track} has no index at offset {offset}")]
    IndexNotFound {
        /// Which.
        track: u8,
        /// Sectors from the track's start.
        offset: i32,
    },
    /// Index 1 is where the track starts, and stays.
    #[error("track {track}: the index at offset 0 is where the track starts, and cannot be cleared")]
    IndexZeroStays {
        /// Which.
        track: u8,
    },
    /// Two indexes with fewer than ten sectors between their starts.
    #[error(
        "track {track}: an index at offset {offset} is too close to {what} at {other}: expected 10 sectors"
    )]
    IndexTooClose {
        /// Which.
        track: u8,
        /// Sectors from the track's start.
        offset: i32,
        /// What lies too close.
        what: &'static str,
        /// And where.
        other: i32,
    },
    /// An argument that the member does not take.
    #[error("{argument} is {given}: expected {expected}")]
    InvalidArgument {
        /// Microsoft's name of the parameter or property.
        argument: &'static str,
        /// As given.
        given: i64,
        /// What the member takes.
        expected: String,
    },
    /// A stream that is no whole number of sectors, or has too few or too many.
    #[error("{what} has {bytes} bytes: expected {expected}")]
    StreamSize {
        /// Which stream.
        what: &'static str,
        /// Size as it gives it.
        bytes: u64,
        /// What is usable.
        expected: String,
    },
    /// P and Q alone leave no room for R to W.
    #[error("an R-W generator needs 96 bytes of sub-channel: the resulting image type has 16")]
    NoRoomForSubcode,
    /// A property of audio tracks, asked of a data track.
    #[error("track {track} has sector type {sector_type}: {property} is for audio tracks only")]
    NotAudio {
        /// Which.
        track: u8,
        /// Its type.
        sector_type: CdSectorType,
        /// Microsoft's name of the property.
        property: &'static str,
    },
    /// No catalogue number, or no recording code.
    #[error(transparent)]
    Code(#[from] CodeError),
    /// A stream failed.
    #[error("{what}: {source}")]
    Stream {
        /// Which.
        what: &'static str,
        /// Why.
        source: ImageError,
    },
    /// The sub-channel cannot say it.
    #[error("the session has no sub-channel: {0}")]
    Plan(#[from] PlanError),
    /// The table of contents cannot say it.
    #[error("the session has no table of contents: {0}")]
    LeadIn(#[from] LeadInError),
}

impl ImageCreatorError {
    /// The number Windows has for it. Never a success.
    pub fn hresult(&self) -> HResult {
        match self {
            Self::ReadOnly => HResult::E_IMAPI_RAW_IMAGE_IS_READ_ONLY,
            Self::TooManyTracks { .. } => HResult::E_IMAPI_RAW_IMAGE_TOO_MANY_TRACKS,
            Self::SectorTypeNotSupported { .. } => HResult::E_IMAPI_RAW_IMAGE_SECTOR_TYPE_NOT_SUPPORTED,
            Self::NoTracks => HResult::E_IMAPI_RAW_IMAGE_NO_TRACKS,
            Self::TracksAlreadyAdded { .. } => HResult::E_IMAPI_RAW_IMAGE_TRACKS_ALREADY_ADDED,
            Self::InsufficientSpace { .. } => HResult::E_IMAPI_RAW_IMAGE_INSUFFICIENT_SPACE,
            Self::TooManyIndexes { .. } => HResult::E_IMAPI_RAW_IMAGE_TOO_MANY_TRACK_INDEXES,
            Self::IndexNotFound { .. } => HResult::E_IMAPI_RAW_IMAGE_TRACK_INDEX_NOT_FOUND,
            Self::IndexZeroStays { .. } => {
                HResult::E_IMAPI_RAW_IMAGE_TRACK_INDEX_OFFSET_ZERO_CANNOT_BE_CLEARED
            }
            Self::IndexTooClose { .. } => HResult::E_IMAPI_RAW_IMAGE_TRACK_INDEX_TOO_CLOSE_TO_OTHER_INDEX,
            Self::InvalidArgument { .. }
            | Self::StreamSize { .. }
            | Self::NoRoomForSubcode
            | Self::NotAudio { .. }
            | Self::Code(_) => HResult::E_INVALIDARG,
            Self::Stream { source, .. } if !source.hresult.is_success() => source.hresult,
            Self::Stream { .. } | Self::Plan(_) | Self::LeadIn(_) => HResult::E_FAIL,
        }
    }
}
