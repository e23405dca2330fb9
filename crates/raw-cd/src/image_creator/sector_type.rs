//! What the sectors of a track are.

use core::fmt;

use cd_format::sector::{SECTOR_LEN, SectorMode};

/// `IMAPI_CD_SECTOR_TYPE`: what a track's stream holds, sector after sector. Open: other numbers are
/// kept, and refused.
#[derive(Clone, Copy, Eq, Hash, Ord, PartialEq, PartialOrd)]
pub struct CdSectorType(pub i32);

impl CdSectorType {
    /// 2352 bytes of sound.
    #[doc(alias = "IMAPI_CD_SECTOR_AUDIO")]
    pub const AUDIO: Self = Self(0x00);
    /// 2336 bytes, which are zero whatever the stream has.
    #[doc(alias = "IMAPI_CD_SECTOR_MODE_ZERO")]
    pub const MODE_ZERO: Self = Self(0x01);
    /// 2048 bytes.
    #[doc(alias = "IMAPI_CD_SECTOR_MODE1")]
    pub const MODE1: Self = Self(0x02);
    /// 2336 bytes of mode 2 without forms.
    #[doc(alias = "IMAPI_CD_SECTOR_MODE2FORM0")]
    pub const MODE2FORM0: Self = Self(0x03);
    /// 2048 bytes of mode 2 form 1. Their sub-header says data, and no more.
    #[doc(alias = "IMAPI_CD_SECTOR_MODE2FORM1")]
    pub const MODE2FORM1: Self = Self(0x04);
    /// 2336 bytes of mode 2 form 2: sub-header, twice, 2324 bytes, EDC. The EDC is made anew, unless it
    /// is zero: then the sectors have none.
    #[doc(alias = "IMAPI_CD_SECTOR_MODE2FORM2")]
    pub const MODE2FORM2: Self = Self(0x05);
    /// 2352 bytes of mode 1, EDC, ECC and scrambling done.
    #[doc(alias = "IMAPI_CD_SECTOR_MODE1RAW")]
    pub const MODE1RAW: Self = Self(0x06);
    /// 2352 bytes of mode 2 without forms, scrambling done.
    #[doc(alias = "IMAPI_CD_SECTOR_MODE2FORM0RAW")]
    pub const MODE2FORM0RAW: Self = Self(0x07);
    /// 2352 bytes of mode 2 form 1, EDC, ECC and scrambling done.
    #[doc(alias = "IMAPI_CD_SECTOR_MODE2FORM1RAW")]
    pub const MODE2FORM1RAW: Self = Self(0x08);
    /// 2352 bytes of mode 2 form 2, EDC and scrambling done.
    #[doc(alias = "IMAPI_CD_SECTOR_MODE2FORM2RAW")]
    pub const MODE2FORM2RAW: Self = Self(0x09);
    /// All of them.
    pub const ALL: [Self; 10] = [
        Self::AUDIO,
        Self::MODE_ZERO,
        Self::MODE1,
        Self::MODE2FORM0,
        Self::MODE2FORM1,
        Self::MODE2FORM2,
        Self::MODE1RAW,
        Self::MODE2FORM0RAW,
        Self::MODE2FORM1RAW,
        Self::MODE2FORM2RAW,
    ];

    /// Bytes of the stream for one sector; `None` for a number that is no type.
    pub const fn source_bytes(self) -> Option<usize> {
        match self {
            Self::AUDIO
            | Self::MODE1RAW
            | Self::MODE2FORM0RAW
            | Self::MODE2FORM1RAW
            | Self::MODE2FORM2RAW => Some(SECTOR_LEN),
            Self::MODE1 | Self::MODE2FORM1 => Some(2048),
            Self::MODE_ZERO | Self::MODE2FORM0 | Self::MODE2FORM2 => Some(2336),
            _ => None,
        }
    }

    /// How the sectors are laid out; `None` for a number that is no type.
    pub const fn mode(self) -> Option<SectorMode> {
        match self {
            Self::AUDIO => Some(SectorMode::Audio),
            Self::MODE_ZERO => Some(SectorMode::Mode0),
            Self::MODE1 | Self::MODE1RAW => Some(SectorMode::Mode1),
            Self::MODE2FORM0 | Self::MODE2FORM0RAW => Some(SectorMode::Mode2Formless),
            Self::MODE2FORM1 | Self::MODE2FORM1RAW => Some(SectorMode::Mode2Form1),
            Self::MODE2FORM2 | Self::MODE2FORM2RAW => Some(SectorMode::Mode2Form2),
            _ => None,
        }
    }

    /// The end of Microsoft's constant.
    pub const fn name(self) -> Option<&'static str> {
        match self {
            Self::AUDIO => Some("AUDIO"),
            Self::MODE_ZERO => Some("MODE_ZERO"),
            Self::MODE1 => Some("MODE1"),
            Self::MODE2FORM0 => Some("MODE2FORM0"),
            Self::MODE2FORM1 => Some("MODE2FORM1"),
            Self::MODE2FORM2 => Some("MODE2FORM2"),
            Self::MODE1RAW => Some("MODE1RAW"),
            Self::MODE2FORM0RAW => Some("MODE2FORM0RAW"),
            Self::MODE2FORM1RAW => Some("MODE2FORM1RAW"),
            Self::MODE2FORM2RAW => Some("MODE2FORM2RAW"),
            _ => None,
        }
    }
}

impl fmt::Display for CdSectorType {
    /// `2 (MODE1)`.
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self.name() {
            Some(name) => write!(f, "{} ({name})", self.0),
            None => self.0.fmt(f),
        }
    }
}

impl fmt::Debug for CdSectorType {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        fmt::Display::fmt(self, f)
    }
}
