//! The speeds in force.

use crate::personality::{Speeds, WriteSpeed};
use crate::scene::DiscKind;

/// What SET CD SPEED and SET STREAMING left behind; `None` is as fast as the disc allows.
#[derive(Clone, Debug, Default)]
pub struct Speed {
    /// Read speed asked for, kB/s.
    pub read: Option<u16>,
    /// Write speed asked for, kB/s.
    pub write: Option<u16>,
    /// Constant angular velocity asked for.
    pub cav: bool,
}

/// The write speeds that a drive has for a disc of this kind, fastest first.
pub fn write_speeds(speeds: &Speeds, kind: Option<DiscKind>) -> &[WriteSpeed] {
    match kind {
        Some(DiscKind::CdRw) => &speeds.rewrite,
        Some(DiscKind::CdR) | None => &speeds.write,
        Some(DiscKind::CdRom) => &[],
    }
}

impl Speed {
    /// The write speed in force: the fastest one not above what was asked, or the slowest
    /// (MMC "SET CD SPEED Command": the drive rounds down).
    pub fn write_in_force<'a>(&self, speeds: &'a [WriteSpeed]) -> Option<&'a WriteSpeed> {
        let asked = self.write.unwrap_or(u16::MAX);
        let fits = |speed: &&WriteSpeed| {
            speed.kbps <= asked && (self.cav || speed.rotation_control() == 0 || self.write.is_none())
        };
        speeds.iter().find(fits).or(speeds.last())
    }

    /// The read speed in force.
    pub fn read_in_force(&self, fastest: u16) -> u16 {
        self.read.unwrap_or(u16::MAX).min(fastest)
    }
}
