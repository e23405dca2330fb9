//! The way to the device, and what its answer to one nexus means for the others.

use core::time::Duration;

use mmc_wire::command::row_of;
use mmc_wire::{Sense, SenseKey};
use scsi_transport::{Data, Outcome, Status, Transport, TransportError};

use super::attention::is_reset;
use super::identity::byte;
use super::removal::Removal;
use super::{LogicalUnit, NexusId};

const MODE_SELECT_6: u8 = 0x15;
const MODE_SELECT_10: u8 = 0x55;

impl<T: Transport> LogicalUnit<T> {
    /// To the device, and what its answer means for the others.
    ///
    /// A device that has been switched on says so itself, and so does every new nexus' first unit attention: to a nexus
    /// that was just told of a reset it is told once, and the command is sent again.
    pub(super) fn below(
        &mut self,
        nexus: NexusId,
        cdb: &[u8],
        mut data: Data<'_>,
        timeout: Duration,
    ) -> Result<Outcome, TransportError> {
        let mut outcome = self.transport.execute(cdb, data.reborrow(), timeout)?;
        if let Some(sense) = unit_attention(&outcome)
            && self.is_told(nexus, sense)
        {
            self.observe(Some(nexus), sense);
            outcome = self.transport.execute(cdb, data, timeout)?;
        }
        match unit_attention(&outcome) {
            Some(sense) => self.observe(Some(nexus), sense),
            None if !passes(byte(cdb, 0)) => {
                self.untouched = false;
                if let Some(nexus) = self.nexuses.iter_mut().find(|known| known.id == nexus) {
                    nexus.told_reset = false;
                }
            }
            None => {}
        }
        if outcome.is_good() && matches!(byte(cdb, 0), MODE_SELECT_6 | MODE_SELECT_10) {
            // SPC-3 "MODE SELECT(6) command": for every other nexus.
            for other in self.nexuses.iter_mut().filter(|known| known.id != nexus) {
                other.pending.raise(Sense::MODE_PARAMETERS_CHANGED);
            }
        }
        Ok(outcome)
    }

    pub(super) fn is_told(&self, nexus: NexusId, sense: Sense) -> bool {
        is_reset(sense) && self.nexuses.iter().any(|known| known.id == nexus && known.told_reset)
    }

    /// The device told `hearer` of a unit attention: the others hear of it too, each at its own next command.
    pub(super) fn observe(&mut self, hearer: Option<NexusId>, sense: Sense) {
        let announced = self.announced.contains(&sense);
        self.announced.retain(|known| *known != sense);
        // The power failed under a running unit: SPC-2 "RESERVE(6) command", SPC-3 "PREVENT ALLOW MEDIUM REMOVAL
        // command". What is from before the first command ends nothing.
        if is_reset(sense) && !self.untouched {
            self.holder = None;
            for nexus in &mut self.nexuses {
                nexus.removal = Removal::Allowed;
            }
        }
        for nexus in &mut self.nexuses {
            if Some(nexus.id) == hearer {
                nexus.heard(sense);
            } else if !(is_reset(sense) && nexus.told_reset) && nexus.pending.raise(sense) && !announced {
                nexus.event(sense);
            }
        }
    }
}

/// Whether a command runs although a unit attention is pending, and leaves it pending.
pub(super) fn passes(opcode: u8) -> bool {
    row_of(opcode).is_some_and(|row| row.passes_unit_attention)
}

/// The unit attention that an answer is.
pub(super) fn unit_attention(outcome: &Outcome) -> Option<Sense> {
    let sense = Sense::in_data(&outcome.sense)?;
    (outcome.status == Status::CHECK_CONDITION && sense.key == SenseKey::UNIT_ATTENTION).then_some(sense)
}
