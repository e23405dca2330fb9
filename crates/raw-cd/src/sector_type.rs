//! What one sector of a raw image holds.

use core::fmt;

/// Main channel and how much of the sub-channel: `IMAPI_FORMAT2_RAW_CD_DATA_SECTOR_TYPE`.
///
/// The numbers are MMC's data block types 1, 2 and 3 (MMC "Write Parameters Page"). Open: other numbers
/// are kept, and refused where a drive would have to write them.
#[derive(Clone, Copy, Eq, Hash, Ord, PartialEq, PartialOrd)]
pub struct SectorType(pub i32);

impl SectorType {
    /// 2352 bytes and 16 of P and Q.
    #[doc(alias = "IMAPI_FORMAT2_RAW_CD_SUBCODE_PQ_ONLY")]
    pub const PQ_ONLY: Self = Self(1);
    /// 2352 bytes and 96 of sub-channel, R to W as packs: the drive interleaves and adds
    /// parity. What a format object asks for unless told otherwise.
    #[doc(alias = "IMAPI_FORMAT2_RAW_CD_SUBCODE_IS_COOKED")]
    pub const COOKED: Self = Self(2);
    /// 2352 bytes and 96 of sub-channel, recorded as they stand.
    #[doc(alias = "IMAPI_FORMAT2_RAW_CD_SUBCODE_IS_RAW")]
    pub const RAW: Self = Self(3);
    /// All three.
    pub const ALL: [Self; 3] = [Self::PQ_ONLY, Self::COOKED, Self::RAW];

    /// Bytes of one sector; `None` for a number that is no type.
    pub const fn sector_bytes(self) -> Option<u32> {
        match self {
            Self::PQ_ONLY => Some(2352 + 16),
            Self::COOKED | Self::RAW => Some(2352 + 96),
            _ => None,
        }
    }

    /// The end of Microsoft's constant.
    pub const fn name(self) -> Option<&'static str> {
        match self {
            Self::PQ_ONLY => Some("SUBCODE_PQ_ONLY"),
            Self::COOKED => Some("SUBCODE_IS_COOKED"),
            Self::RAW => Some("SUBCODE_IS_RAW"),
            _ => None,
        }
    }
}

impl Default for SectorType {
    fn default() -> Self {
        Self::COOKED
    }
}

impl fmt::Display for SectorType {
    /// `2 (SUBCODE_IS_COOKED)`.
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self.name() {
            Some(name) => write!(f, "{} ({name})", self.0),
            None => self.0.fmt(f),
        }
    }
}

impl fmt::Debug for SectorType {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        fmt::Display::fmt(self, f)
    }
}
