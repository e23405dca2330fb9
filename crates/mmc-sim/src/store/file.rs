//! A disc as a file.
//!
//! Little-endian throughout. Every byte is under a checksum (CRC-32, ISO-HDLC), so a changed byte
//! is always found; sections follow one another without gaps, and the file ends where they do, so
//! a cut one is found before anything is read.
//!
//! ```text
//! header        8  magic 89 'RawCD' 0D 0A: a transfer as text, or of 7 bits, spoils it
//!               4  version, 2
//!               4  kind: 0 write-once, 1 rewritable
//!          7 × 16  for each section: length (8), CRC-32 (4; 0 for data and subs), tag (4)
//!               4  CRC-32 of the header up to here
//! desc             the caller's description
//! area             calibrations (2), then program memory frames of 12 bytes
//! indx             extents of 32 bytes, ascending, not overlapping:
//!                  first address (4, signed), frames (4), stored 0, pattern 1 or sub-channel 2 (1),
//!                  main fill (1), sub fill (1): byte 0 or seeded 1, zero (5),
//!                  main value (8), sub value (8)
//! data             the frames of the stored extents, 2448 bytes each, in order of address
//! sums             CRC-32 (4) of each 64 frames of data
//! subs             the sub-channels of the extents of kind 2, whose main channel is one byte
//!                  throughout, 96 bytes each, in order of address
//! ssum             CRC-32 (4) of each 64 sub-channels
//! ```

mod load;
mod save;
#[cfg(test)]
mod tests;

use core::fmt;
use std::io;
use std::path::PathBuf;

use super::ReadError;

pub(super) use load::{load, open};
pub(super) use save::save;

const MAGIC: [u8; 8] = *b"\x89RawCD\r\n";
const VERSION: u32 = 2;

const WRITE_ONCE: u32 = 0;
const REWRITABLE: u32 = 1;

/// In the order of the file.
const SECTIONS: [(Place, [u8; 4]); 7] = [
    (Place::Description, *b"desc"),
    (Place::Areas, *b"area"),
    (Place::Index, *b"indx"),
    (Place::Data, *b"data"),
    (Place::Sums, *b"sums"),
    (Place::SubChannels, *b"subs"),
    (Place::SubChannelSums, *b"ssum"),
];

/// Bytes before the table of sections.
const TABLE: usize = 16;
/// Bytes of a row of it.
const ROW: usize = 16;
/// Bytes that the header's own checksum covers.
const CHECKED: usize = TABLE + SECTIONS.len() * ROW;
const HEADER: usize = CHECKED + 4;

/// Bytes of an extent in the index.
const ENTRY: usize = 32;

const STORED: u8 = 0;
const PATTERN: u8 = 1;
const SUB_CHANNEL: u8 = 2;
const BYTE: u8 = 0;
const SEEDED: u8 = 1;

/// A part of a disc file.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Place {
    /// Magic, version, table of sections.
    Header,
    /// What the caller says of the disc.
    Description,
    /// Program memory and power calibration.
    Areas,
    /// Which frames there are.
    Index,
    /// The frames.
    Data,
    /// Checksums of the frames.
    Sums,
    /// The sub-channels of frames whose main channel is one byte throughout.
    SubChannels,
    /// Checksums of these sub-channels.
    SubChannelSums,
}

impl Place {
    /// Whether it is checked by another section, block by block.
    const fn has_sums(self) -> bool {
        matches!(self, Self::Data | Self::SubChannels)
    }
}

impl fmt::Display for Place {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(match self {
            Self::Header => "header",
            Self::Description => "description",
            Self::Areas => "areas",
            Self::Index => "index",
            Self::Data => "data",
            Self::Sums => "checksums",
            Self::SubChannels => "sub-channels",
            Self::SubChannelSums => "checksums of the sub-channels",
        })
    }
}

/// Why a disc file was not loaded.
#[derive(Debug, thiserror::Error)]
#[error("{}: {place} at byte {offset}: {fault}", .path.display())]
pub struct LoadError {
    /// The file.
    pub path: PathBuf,
    /// The part of it.
    pub place: Place,
    /// Where in the file: the byte at fault, or the start of what is.
    pub offset: u64,
    /// What is wrong there.
    pub fault: Fault,
}

/// What is wrong with a disc file.
#[derive(Debug, thiserror::Error)]
pub enum Fault {
    /// The file could not be read.
    #[error("{0}")]
    Io(#[from] io::Error),
    /// It does not begin as a disc file does.
    #[error("not a disc file")]
    NotADisc,
    /// It is of a version that is not known here.
    #[error("version {0}, expected {VERSION}")]
    Version(u32),
    /// The file ends too early, or does not end where it should.
    #[error("the file has {found} bytes, expected {expected}")]
    Length {
        /// Bytes by its header.
        expected: u64,
        /// Bytes it has.
        found: u64,
    },
    /// The bytes are not those that were saved.
    #[error("checksum {found:08X}, expected {expected:08X}")]
    Checksum {
        /// As saved.
        expected: u32,
        /// Of what is there.
        found: u32,
    },
    /// The bytes are as saved, and cannot be.
    #[error("{0}")]
    Malformed(&'static str),
}

/// Why a disc was not saved. What was in the file's place still is.
#[derive(Debug, thiserror::Error)]
pub enum SaveError {
    /// The new file could not be written, flushed or put into place.
    #[error("{}: {doing}: {source}", .path.display())]
    Io {
        /// The file.
        path: PathBuf,
        /// The step that failed.
        doing: &'static str,
        /// What the system says.
        source: io::Error,
    },
    /// The frames could not be read.
    #[error(transparent)]
    Read(#[from] ReadError),
}
