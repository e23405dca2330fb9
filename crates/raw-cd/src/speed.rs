//! Speeds as values.

use crate::{HResult, MediaType};

/// Sectors a second at 1x (`IMAPI_SECTORS_PER_SECOND_AT_1X_CD`).
pub const SECTORS_PER_SECOND_AT_1X: i32 = 75;
/// The fastest there is: what a format object asks for unless told otherwise.
pub const FASTEST: i32 = -1;

/// A speed that the drive offers for the disc: `IWriteSpeedDescriptor`.
#[doc(alias = "IWriteSpeedDescriptor")]
#[derive(Clone, Copy, Debug, Eq, Hash, PartialEq)]
pub struct WriteSpeedDescriptor {
    /// The disc it is meant for.
    pub media_type: MediaType,
    /// Constant angular velocity all over the disc.
    pub rotation_is_pure_cav: bool,
    /// Sectors a second.
    pub write_speed: i32,
}

/// Whether a speed was taken as asked for.
#[derive(Clone, Copy, Debug, Default, Eq, Hash, PartialEq)]
pub enum Adjustment {
    /// As asked for.
    #[default]
    None,
    /// Another speed.
    Speed,
    /// Another rotation control.
    Rotation,
    /// Both are others.
    Both,
}

impl Adjustment {
    /// By what was adjusted.
    pub const fn new(speed: bool, rotation: bool) -> Self {
        match (speed, rotation) {
            (false, false) => Self::None,
            (true, false) => Self::Speed,
            (false, true) => Self::Rotation,
            (true, true) => Self::Both,
        }
    }

    /// The success code for it.
    pub const fn hresult(self) -> HResult {
        match self {
            Self::None => HResult::S_OK,
            Self::Speed => HResult::S_IMAPI_SPEEDADJUSTED,
            Self::Rotation => HResult::S_IMAPI_ROTATIONADJUSTED,
            Self::Both => HResult::S_IMAPI_BOTHADJUSTED,
        }
    }
}
