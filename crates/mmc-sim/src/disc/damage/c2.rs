//! The C2 pointers of a frame.

use crate::store::MAIN;

/// Bytes of them: a bit for each byte of the main channel.
pub const C2_BYTES: usize = MAIN / 8;

/// Which bytes of the main channel the second decoder gave up.
///
/// MMC "READ CD Command", C2 error flags: the first byte of the sector has the most significant bit of the
/// first byte (so too Pioneer's CD-ROM SCSI-2 command reference, table "Error flag field").
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct C2Flags([u8; C2_BYTES]);

impl Default for C2Flags {
    fn default() -> Self {
        Self([0; C2_BYTES])
    }
}

impl C2Flags {
    /// As they go over the wire.
    pub const fn bytes(&self) -> &[u8; C2_BYTES] {
        &self.0
    }

    /// Whether this byte of the main channel is flagged.
    pub fn is_flagged(&self, byte: usize) -> bool {
        self.0.get(byte / 8).is_some_and(|flags| flags & bit(byte) != 0)
    }

    /// Whether any is.
    pub fn any(&self) -> bool {
        self.0.iter().any(|flags| *flags != 0)
    }

    /// The block error byte: the OR of all.
    pub fn block_error(&self) -> u8 {
        self.0.iter().fold(0, |all, flags| all | flags)
    }

    pub(super) fn flag(&mut self, byte: usize) {
        if let Some(flags) = self.0.get_mut(byte / 8) {
            *flags |= bit(byte);
        }
    }
}

const fn bit(byte: usize) -> u8 {
    0x80 >> (byte % 8)
}
