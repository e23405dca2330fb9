//! The device as a logical unit. For now: handed on as it is.

use std::time::Duration;

use scsi_transport::{Data, Outcome, Transport, TransportError};

use crate::pdu::Lun;

/// An initiator's way to the unit (SAM "I_T nexus").
#[derive(Clone, Copy, Debug, Eq, Hash, PartialEq)]
pub struct NexusId(pub u64);

/// A device as logical unit 0.
#[derive(Debug)]
pub struct LogicalUnit<T>(T);

impl<T: Transport> LogicalUnit<T> {
    /// This device.
    pub const fn new(transport: T) -> Self {
        Self(transport)
    }
    /// A new nexus.
    pub fn attach(&mut self, _: NexusId) {}
    /// A nexus that is gone.
    pub fn detach(&mut self, _: NexusId) {}
    /// Reset.
    pub fn reset(&mut self) {}
    /// Something happened.
    pub fn announce(&mut self, _: mmc_wire::Sense) {}
    /// The next event.
    pub fn take_event(&mut self, _: NexusId) -> Option<mmc_wire::Sense> {
        None
    }
    /// A command.
    pub fn execute(
        &mut self,
        _: NexusId,
        _: Lun,
        cdb: &[u8],
        data: Data<'_>,
        timeout: Duration,
    ) -> Result<Outcome, TransportError> {
        self.0.execute(cdb, data, timeout)
    }
}

/// Whether this means unit 0.
pub fn is_unit_zero(lun: Lun) -> bool {
    lun == Lun::ZERO
}
