//! Who keeps the tray shut.
//!
//! SPC-3 "PREVENT ALLOW MEDIUM REMOVAL command": removal is prevented from the first nexus that prevents it until the
//! last one allows it. The device knows one initiator, so the counting is done here.

use core::time::Duration;

use scsi_transport::{Data, Outcome, Transport, TransportError};

use super::below::unit_attention;
use super::{LogicalUnit, NexusId};

/// How long the device has for a command of our own.
const OWN: Duration = Duration::from_secs(10);
/// How often a command of our own is sent again when the device had something to tell first.
const ATTEMPTS: usize = 5;

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

impl<T: Transport> LogicalUnit<T> {
    /// Passes below what the device has to know, and keeps who asked for what.
    pub(super) fn prevent(
        &mut self,
        nexus: NexusId,
        cdb: &[u8],
        data: Data<'_>,
        timeout: Duration,
    ) -> Result<Outcome, TransportError> {
        let asked = Removal::of(cdb);
        let others = self.nexuses.iter().filter(|known| known.id != nexus).map(|known| known.removal).max();
        let before = self.removal();
        let after = others.unwrap_or_default().max(asked);
        let outcome = if after == asked {
            self.below(nexus, cdb, data, timeout)?
        } else if after != before {
            self.below(nexus, &after.cdb(), Data::None, timeout)?
        } else {
            Outcome::good(0)
        };
        if outcome.is_good()
            && let Some(nexus) = self.nexuses.iter_mut().find(|known| known.id == nexus)
        {
            nexus.removal = asked;
        }
        Ok(outcome)
    }

    /// What all together ask for.
    pub(super) fn removal(&self) -> Removal {
        self.nexuses.iter().map(|nexus| nexus.removal).max().unwrap_or_default()
    }

    /// Tells the device for nobody. What it has to say first is heard for those that are there.
    pub(super) fn tell_removal(&mut self, removal: Removal) {
        for _ in 0..ATTEMPTS {
            match self.transport.execute(&removal.cdb(), Data::None, OWN) {
                Ok(outcome) if outcome.is_good() => return,
                Ok(outcome) => match unit_attention(&outcome) {
                    Some(sense) => self.observe(None, sense),
                    None => {
                        log::warn!("PREVENT ALLOW MEDIUM REMOVAL: {} {:02X?}", outcome.status, outcome.sense);
                    }
                },
                Err(error) => return log::warn!("PREVENT ALLOW MEDIUM REMOVAL: {error}"),
            }
        }
    }
}
