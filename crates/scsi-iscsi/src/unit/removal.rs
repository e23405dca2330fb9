//! Who keeps the tray shut.
//!
//! SPC-3 "PREVENT ALLOW MEDIUM REMOVAL command": removal is prevented from the first nexus that prevents it until the
//! last one allows it. The device knows one initiator, so the counting is done here.

/// What one nexus last asked for; with several, the strongest holds.
///
/// MMC "PREVENT ALLOW MEDIUM REMOVAL Command": bit 0 prevents, bit 1 makes it persistent. A persistent prevention is
/// here its nexus' own like a plain one, and both kinds of allow end both kinds of prevention: as no drive is known
/// that keeps two locks, and a lock that outlives its nexus would have nobody to open it.
#[derive(Clone, Copy, Debug, Default, Eq, Ord, PartialEq, PartialOrd)]
pub(super) enum Removal {
    /// The tray may open.
    #[default]
    Allowed,
    /// 01b.
    Prevented,
    /// 11b: and the button becomes an event.
    PersistentlyPrevented,
}

impl Removal {
    /// PREVENT ALLOW MEDIUM REMOVAL's opcode.
    pub(super) const OPCODE: u8 = 0x1E;

    /// What the CDB asks for.
    pub(super) fn of(cdb: &[u8]) -> Self {
        match cdb.get(4).copied().unwrap_or(0) & 3 {
            1 => Self::Prevented,
            3 => Self::PersistentlyPrevented,
            _ => Self::Allowed,
        }
    }

    /// The CDB that asks for it.
    pub(super) const fn cdb(self) -> [u8; 6] {
        let bits = match self {
            Self::Allowed => 0,
            Self::Prevented => 1,
            Self::PersistentlyPrevented => 3,
        };
        [Self::OPCODE, 0, 0, 0, bits, 0]
    }
}
