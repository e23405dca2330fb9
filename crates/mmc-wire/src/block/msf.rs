//! Clock time as the wire carries it: four bytes that may or may not be a time.

use core::fmt;

use cd_format::{Lba, Msf};

/// Hour, minute, second, frame, binary, whatever they are.
///
/// Drives write `FF FF FF` for "there is none", with the hour 00 or FFh; hosts overlook the
/// hour, which no CD needs. A value that is not a time is kept as it came.
#[derive(Clone, Copy, Eq, Hash, PartialEq)]
pub struct WireMsf {
    /// Hour, or reserved; 0 from most drives.
    pub hour: u8,
    /// Minute.
    pub m: u8,
    /// Second.
    pub s: u8,
    /// Frame.
    pub f: u8,
}

impl WireMsf {
    /// "There is none": all bytes FFh.
    pub const NONE: Self = Self::from_bytes([0xFF; 4]);

    /// From the four bytes.
    pub const fn from_bytes([hour, m, s, f]: [u8; 4]) -> Self {
        Self { hour, m, s, f }
    }

    /// The four bytes.
    pub const fn to_bytes(self) -> [u8; 4] {
        [self.hour, self.m, self.s, self.f]
    }

    /// The time, where minute, second and frame are one; the hour is overlooked.
    pub fn msf(self) -> Option<Msf> {
        Msf::new(self.m, self.s, self.f).ok()
    }

    /// Whether minute, second and frame are all FFh, the drive's way to say that there is none.
    pub const fn is_none(self) -> bool {
        matches!([self.m, self.s, self.f], [0xFF, 0xFF, 0xFF])
    }

    /// The block, read as a command's address or a lead-in: minutes from 90 up lie before the
    /// roll-over ([`Msf::to_lba`]).
    pub fn lba(self) -> Option<Lba> {
        self.msf().map(Msf::to_lba)
    }

    /// The block, read as a lead-out: it never lies before the roll-over
    /// ([`Msf::to_program_lba`]).
    pub fn program_lba(self) -> Option<Lba> {
        self.msf().map(Msf::to_program_lba)
    }
}

impl Default for WireMsf {
    /// [`WireMsf::NONE`].
    fn default() -> Self {
        Self::NONE
    }
}

impl From<Msf> for WireMsf {
    fn from(time: Msf) -> Self {
        let [m, s, f] = time.fields();
        Self { hour: 0, m, s, f }
    }
}

impl fmt::Debug for WireMsf {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self.msf() {
            Some(time) if self.hour == 0 => time.fmt(f),
            _ => write!(f, "{:02X?} (no time)", self.to_bytes()),
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    /// FF:FF:FF converted blindly is LBA 1166730 or 716730, which cdrecord prints as nonsense.
    #[test]
    fn none_is_never_an_address() {
        for hour in [0, 0xFF] {
            let none = WireMsf::from_bytes([hour, 0xFF, 0xFF, 0xFF]);
            assert!(none.is_none());
            assert_eq!((none.msf(), none.lba(), none.program_lba()), (None, None, None));
        }
    }

    #[test]
    fn what_is_not_a_time_is_kept() {
        let odd = WireMsf::from_bytes([7, 97, 75, 66]);
        assert_eq!((odd.to_bytes(), odd.msf(), odd.is_none()), ([7, 97, 75, 66], None, false));
    }
}
