//! What a disc keeps outside the scale of block addresses.

use std::sync::Arc;

/// One frame of the program memory area: the 12 bytes of Q as recorded, CRC included
/// (ECMA-394, program memory area).
pub type PmaFrame = [u8; 12];

/// The areas inside the first lead-in, which a host never addresses: READ TOC/PMA/ATIP format 3
/// shows the one, and SEND OPC INFORMATION uses up the other.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Areas {
    pma: Arc<Vec<PmaFrame>>,
    calibrations: u16,
}

impl Areas {
    pub(super) fn new(pma: Vec<PmaFrame>, calibrations: u16) -> Self {
        Self { pma: Arc::new(pma), calibrations }
    }

    /// The program memory area, in the order of recording.
    pub fn pma(&self) -> &[PmaFrame] {
        &self.pma
    }

    /// Partitions of the power calibration area that are used up.
    pub const fn calibrations(&self) -> u16 {
        self.calibrations
    }

    pub(super) fn record_pma(&mut self, frame: PmaFrame) {
        Arc::make_mut(&mut self.pma).push(frame);
    }

    pub(super) const fn calibrate(&mut self) -> u16 {
        self.calibrations = self.calibrations.saturating_add(1);
        self.calibrations
    }

    pub(super) fn erase_pma(&mut self) {
        self.pma = Arc::default();
    }
}
