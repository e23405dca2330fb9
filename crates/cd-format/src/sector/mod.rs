//! The main channel: what the 2352 bytes of a sector are.
//!
//! | module | holds | source |
//! |---|---|---|
//! | this one | where the fields of a sector lie, [`SectorMode`], [`SubHeader`] | ECMA-130 14; CD-ROM XA for the forms |
//! | [`build`] | sectors of every mode from their user data | ECMA-130 14 |
//! | [`check`] | what a sector is, and whether its fields agree | ECMA-130 14 |
//! | [`edc`] | the error detection code | ECMA-130 14.3 |
//! | [`ecc`] | P and Q parity: made, compared, used to repair | ECMA-130 annex A |
//! | [`scramble`] | the scrambler | ECMA-130 annex B |
//!
//! Everything works on [`Sector`]s in place, allocates nothing but the report of a repair, and
//! takes the widest vector instructions that the processor turns out to have. The portable path
//! computes the same and is kept equal to it by tests.

pub mod build;
pub mod check;
pub mod ecc;
pub mod edc;
mod field;
pub mod scramble;

#[cfg(test)]
mod reference;
#[cfg(test)]
mod tests;

pub use build::{BuildError, Form2Edc, HeaderAddress};
pub use check::{Classified, EdcState, classify};
pub use ecc::Repair;

/// Bytes of a sector in the main channel.
pub const SECTOR_LEN: usize = 2352;

/// A sector of the main channel, as audio players would play it.
pub type Sector = [u8; SECTOR_LEN];

/// What every sector of a data track begins with (ECMA-130 14.1).
pub const SYNC: [u8; 12] = [0, 255, 255, 255, 255, 255, 255, 255, 255, 255, 255, 0];

/// The header: minute, second, frame, mode.
pub const HEADER: usize = 12;
/// Where user data begins in modes 0, 1 and 2 without forms, and the sub-header in the forms.
pub const AFTER_HEADER: usize = 16;
/// Where the user data of both forms of mode 2 begins.
pub const AFTER_SUB_HEADER: usize = 24;
/// Where P parity begins.
pub const P_PARITY: usize = 2076;
/// Where Q parity begins.
pub const Q_PARITY: usize = 2248;

/// How a sector is laid out.
#[derive(Clone, Copy, Debug, Eq, Hash, PartialEq)]
pub enum SectorMode {
    /// 2352 bytes of sound: no sync, no header, not scrambled.
    Audio,
    /// 2336 bytes of zero after the header.
    Mode0,
    /// 2048 bytes with EDC and ECC.
    Mode1,
    /// Mode 2 as ECMA-130 has it: 2336 bytes and nothing to check them by.
    Mode2Formless,
    /// Mode 2 form 1 of CD-ROM XA: sub-header, 2048 bytes, EDC, ECC.
    Mode2Form1,
    /// Mode 2 form 2 of CD-ROM XA: sub-header, 2324 bytes, EDC or zero.
    Mode2Form2,
}

impl SectorMode {
    /// Every mode.
    pub const ALL: [Self; 6] =
        [Self::Audio, Self::Mode0, Self::Mode1, Self::Mode2Formless, Self::Mode2Form1, Self::Mode2Form2];

    /// Bytes of user data; the sub-header is not among them. Mode 0 has none.
    pub const fn user_len(self) -> usize {
        match self {
            Self::Audio => SECTOR_LEN,
            Self::Mode0 => 0,
            Self::Mode1 | Self::Mode2Form1 => 2048,
            Self::Mode2Formless => 2336,
            Self::Mode2Form2 => 2324,
        }
    }

    /// Where in the sector the user data begins.
    pub const fn user_start(self) -> usize {
        match self {
            Self::Audio => 0,
            Self::Mode0 | Self::Mode1 | Self::Mode2Formless => AFTER_HEADER,
            Self::Mode2Form1 | Self::Mode2Form2 => AFTER_SUB_HEADER,
        }
    }

    /// The mode byte of the header; audio has no header.
    pub const fn mode_byte(self) -> Option<u8> {
        match self {
            Self::Audio => None,
            Self::Mode0 => Some(0),
            Self::Mode1 => Some(1),
            Self::Mode2Formless | Self::Mode2Form1 | Self::Mode2Form2 => Some(2),
        }
    }

    /// The bytes that the EDC covers; it stands, least significant byte first, right behind them.
    pub const fn edc_covers(self) -> Option<core::ops::Range<usize>> {
        match self {
            Self::Audio | Self::Mode0 | Self::Mode2Formless => None,
            Self::Mode1 => Some(0..2064),
            Self::Mode2Form1 => Some(16..2072),
            Self::Mode2Form2 => Some(16..2348),
        }
    }

    /// How ECC sees the header; `None` where there is no ECC.
    pub const fn ecc_header(self) -> Option<EccHeader> {
        match self {
            Self::Mode1 => Some(EccHeader::Covered),
            Self::Mode2Form1 => Some(EccHeader::Zero),
            Self::Audio | Self::Mode0 | Self::Mode2Formless | Self::Mode2Form2 => None,
        }
    }
}

/// Whether P and Q parity protect the four bytes of the header.
#[derive(Clone, Copy, Debug, Eq, Hash, PartialEq)]
pub enum EccHeader {
    /// As they stand: mode 1.
    Covered,
    /// As if they were zero: mode 2 form 1, so that a sector can be moved without new parity.
    Zero,
}

/// The sub-header of both forms of mode 2, which stands in the sector twice (CD-ROM XA).
#[derive(Clone, Copy, Debug, Default, Eq, Hash, PartialEq)]
pub struct SubHeader {
    /// File number; sectors of interleaved files are told apart by it.
    pub file: u8,
    /// Channel number within the file.
    pub channel: u8,
    /// Sub-mode bits, [`SubHeader::FORM_2`] among them.
    pub submode: u8,
    /// How audio and video are coded.
    pub coding: u8,
}

impl SubHeader {
    /// Sub-mode: the file ends here.
    pub const END_OF_FILE: u8 = 0x80;
    /// Sub-mode: the sector has form 2.
    pub const FORM_2: u8 = 0x20;
    /// Sub-mode: data.
    pub const DATA: u8 = 0x08;
    /// Sub-mode: audio.
    pub const AUDIO: u8 = 0x04;
    /// Sub-mode: video.
    pub const VIDEO: u8 = 0x02;
    /// Sub-mode: the record ends here.
    pub const END_OF_RECORD: u8 = 0x01;

    /// Reads one copy.
    pub const fn from_bytes([file, channel, submode, coding]: [u8; 4]) -> Self {
        Self { file, channel, submode, coding }
    }

    /// One copy as it stands on the disc.
    pub const fn to_bytes(self) -> [u8; 4] {
        [self.file, self.channel, self.submode, self.coding]
    }
}
