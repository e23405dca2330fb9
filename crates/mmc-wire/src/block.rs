//! Data blocks: what commands return and take.
//!
//! A reply is read leniently (reserved bits are ignored, longer blocks are newer ones, not wrong
//! ones) and written exactly: length fields are computed, nobody can set them wrong.
//!
//! SPC-3 "Allocation length" and "Parameter list length": a block is cut off without an error, and
//! its length fields count what was there before the cut. Each module names its command's clause.

pub mod buffer_capacity;
pub mod capacity;
pub mod configuration;
pub mod cue_sheet;
pub mod disc_information;
pub mod event;
pub mod feature;
pub mod format_capacities;
pub mod inquiry;
pub mod mechanism;
pub mod mode;
pub mod msf;
pub mod performance;
pub mod streaming;
pub mod sub_channel;
pub mod toc;
pub mod track_information;

use crate::layout::Cdb;
use crate::parse::FieldError;

/// A block of data that a command moves.
pub trait Block: Sized {
    /// Reads the block. Bytes after its end are left alone.
    fn parse(bytes: &[u8]) -> Result<Self, FieldError>;

    /// Appends the block to `out`, length fields computed.
    fn emit(&self, out: &mut Vec<u8>);

    /// The block as bytes of its own.
    fn to_bytes(&self) -> Vec<u8> {
        // Most CD blocks, sense data among them, are shorter: one allocation rather than four.
        let mut out = Vec::with_capacity(64);
        self.emit(&mut out);
        out
    }
}

/// A command that brings a block back.
pub trait Query: Cdb {
    /// What comes back.
    type Reply;

    /// Bytes to make room for: the allocation length of this CDB.
    fn allocation_bytes(&self) -> usize;

    /// Reads what came back.
    fn reply(&self, bytes: &[u8]) -> Result<Self::Reply, FieldError>;
}

/// The part of a reply that its own two-byte length field speaks of: what lies behind is the
/// buffer's, not the drive's. As much as there is where the field promises more.
pub(crate) fn declared(bytes: &[u8]) -> &[u8] {
    match bytes {
        [high, low, ..] => {
            let whole = 2 + usize::from(u16::from_be_bytes([*high, *low]));
            &bytes[..whole.min(bytes.len())]
        }
        _ => bytes,
    }
}
