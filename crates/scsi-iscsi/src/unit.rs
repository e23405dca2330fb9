//! The SCSI side of the target: several initiators share one device as logical unit 0.
//!
//! The device below is a [`Transport`]: it believes that it has one initiator. What SAM and SPC ask of a unit that has
//! several is added here, an I_T nexus at a time: unit attentions for each, reservations, who keeps the tray shut;
//! and what an iSCSI initiator asks and an ATAPI drive does not know: REPORT LUNS, vital product data.
//!
//! No I/O of its own, no thread, no clock: whoever has the connections keeps it behind a lock.

mod attention;
mod below;
mod identity;
mod nexus;
mod removal;
mod reservation;
#[cfg(test)]
mod tests;

use core::fmt;
use core::time::Duration;

use mmc_wire::block::inquiry::StandardInquiry;
use mmc_wire::{Block, Sense, SenseKey};
use scsi_transport::{Data, Outcome, Status, Transport, TransportError};

use crate::pdu::Lun;
use below::passes;
pub(crate) use identity::is_unit_zero;
use identity::{byte, check};
use nexus::Nexus;
use removal::Removal;
use reservation::Ask;

/// Bytes that a command of our own asks for: more does not fit the one byte that old devices look at.
const ROOM: u8 = 252;

/// One initiator port with our target port (SAM "I_T nexus"): an iSCSI session.
#[derive(Clone, Copy, Eq, PartialEq, Hash, Debug)]
pub struct NexusId(pub u64);

/// One device, and every nexus that has it.
pub struct LogicalUnit<T> {
    transport: T,
    on_reset: Option<OnReset<T>>,
    target: Option<String>,
    nexuses: Vec<Nexus>,
    /// Who has the unit reserved.
    holder: Option<NexusId>,
    /// What was announced and the device has not yet said itself.
    announced: Vec<Sense>,
    /// No command since the start or the last reset could have told that the device had been switched on.
    untouched: bool,
}

type OnReset<T> = Box<dyn FnMut(&mut T) + Send>;

impl<T> fmt::Debug for LogicalUnit<T> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("LogicalUnit")
            .field("target", &self.target)
            .field("nexuses", &self.nexuses)
            .field("holder", &self.holder)
            .field("announced", &self.announced)
            .finish_non_exhaustive()
    }
}

impl<T: Transport> LogicalUnit<T> {
    /// The device as logical unit 0, nobody attached.
    pub fn new(transport: T) -> Self {
        Self {
            transport,
            on_reset: None,
            target: None,
            nexuses: Vec::new(),
            holder: None,
            announced: Vec::new(),
            untouched: true,
        }
    }

    /// What a reset does to the device itself: a transport has no word for it. Without it a reset ends reservations and
    /// preventions and is told, and the device does not notice.
    #[must_use]
    pub fn on_reset(self, reset: impl FnMut(&mut T) + Send + 'static) -> Self {
        Self { on_reset: Some(Box::new(reset)), ..self }
    }

    /// The target's iSCSI name, that page 83h then has as names of the target port (portal group 1) and target device.
    #[must_use]
    pub fn with_target_name(self, iqn: &str) -> Self {
        Self { target: Some(iqn.to_owned()), ..self }
    }

    /// A new nexus. The first thing that it is told is 6/29/00, power on, reset or bus device reset (SAM "Unit
    /// attention condition"). One that was there already is lost first.
    pub fn attach(&mut self, nexus: NexusId) {
        self.detach(nexus);
        self.nexuses.push(Nexus::new(nexus));
    }

    /// The nexus is lost (SAM "I_T nexus loss"): its reservation and its prevention of removal end with it.
    pub fn detach(&mut self, nexus: NexusId) {
        let before = self.removal();
        self.nexuses.retain(|known| known.id != nexus);
        if self.holder == Some(nexus) {
            self.holder = None;
        }
        let after = self.removal();
        if after != before {
            self.tell_removal(after);
        }
    }

    /// Logical unit reset (SAM "Logical unit reset"): the device's own reset, no reservation and no prevention left,
    /// and 6/29/03 for every nexus. SAM "Unit attention condition" names this code, BUS DEVICE RESET FUNCTION
    /// OCCURRED, for a logical unit reset; 29/00 would claim that the power could have failed.
    pub fn reset(&mut self) {
        let locked = self.removal() != Removal::Allowed;
        self.holder = None;
        for nexus in &mut self.nexuses {
            nexus.removal = Removal::Allowed;
        }
        // Before the reset: afterwards the device would have its own unit attention to tell.
        if locked {
            self.tell_removal(Removal::Allowed);
        }
        if let Some(reset) = &mut self.on_reset {
            reset(&mut self.transport);
        }
        self.untouched = true;
        for nexus in &mut self.nexuses {
            nexus.pending.raise(BUS_DEVICE_RESET);
            nexus.told_reset = false;
        }
    }

    /// Somebody outside did something that the device is going to tell as this unit attention at its next command: a
    /// disc was put in. Here it becomes an event for every nexus at once; the unit attention itself comes from the
    /// device, and makes no second event. Call it under the lock under which it happened.
    pub fn announce(&mut self, sense: Sense) {
        for nexus in &mut self.nexuses {
            nexus.event(sense);
        }
        if !self.announced.contains(&sense) {
            self.announced.push(sense);
        }
    }

    /// The same for what the device is not going to tell: unit attention and event for every nexus.
    pub fn raise(&mut self, sense: Sense) {
        for nexus in &mut self.nexuses {
            nexus.pending.raise(sense);
            nexus.event(sense);
        }
    }

    /// A unit attention for one nexus, because of what another did.
    pub fn raise_for(&mut self, nexus: NexusId, sense: Sense) {
        if let Some(nexus) = self.nexuses.iter_mut().find(|known| known.id == nexus) {
            nexus.pending.raise(sense);
        }
    }

    /// The next event to send this nexus at once (RFC 7143 "Asynchronous Message", event 0), each once. What it has
    /// heard by a command meanwhile is no event any more.
    pub fn take_event(&mut self, nexus: NexusId) -> Option<Sense> {
        let nexus = self.nexuses.iter_mut().find(|known| known.id == nexus)?;
        if nexus.events.is_empty() { None } else { Some(nexus.events.remove(0)) }
    }

    /// The device.
    pub fn transport_mut(&mut self) -> &mut T {
        &mut self.transport
    }

    /// A command of a nexus that is attached.
    ///
    /// Order: a unit that is not there; a reservation (SAM "Status precedence" has it before a unit attention, which
    /// stays pending); a unit attention; then the command.
    pub fn execute(
        &mut self,
        nexus: NexusId,
        lun: Lun,
        cdb: &[u8],
        data: Data<'_>,
        timeout: Duration,
    ) -> Result<Outcome, TransportError> {
        let Some(at) = self.nexuses.iter().position(|known| known.id == nexus) else {
            return Err(TransportError::Request(format!("I_T nexus {} is not attached", nexus.0)));
        };
        let opcode = byte(cdb, 0);
        if opcode == identity::REPORT_LUNS {
            return self.report_luns(nexus, cdb, data, timeout);
        }
        if !is_unit_zero(lun) {
            return Ok(identity::absent(cdb, data));
        }
        if self.holder.is_some_and(|holder| holder != nexus) && !reservation::runs_beside(cdb) {
            return Ok(Outcome { status: Status::RESERVATION_CONFLICT, sense: Vec::new(), transferred: 0 });
        }
        let pending = if passes(opcode) && opcode != identity::REQUEST_SENSE {
            None
        } else {
            self.nexuses.get_mut(at).and_then(Nexus::take)
        };
        if let Some(sense) = pending {
            let asked = opcode == identity::REQUEST_SENSE;
            return Ok(if asked { identity::sense_reply(cdb, sense, data) } else { check(sense) });
        }
        if let Some(ask) = reservation::ask(cdb) {
            return Ok(match ask {
                Ok(ask) => self.reserve(nexus, ask),
                Err(refusal) => Outcome::check(refusal.to_bytes()),
            });
        }
        match opcode {
            identity::REQUEST_SENSE => self.request_sense(nexus, cdb, data, timeout),
            identity::INQUIRY => self.inquiry(nexus, cdb, data, timeout),
            Removal::OPCODE => self.prevent(nexus, cdb, data, timeout),
            _ => self.below(nexus, cdb, data, timeout),
        }
    }

    fn reserve(&mut self, nexus: NexusId, ask: Ask) -> Outcome {
        match ask {
            Ask::Reserve => self.holder = Some(nexus),
            Ask::Release if self.holder == Some(nexus) => self.holder = None,
            // Not an error, and without effect (SPC-2 "RELEASE(6) command").
            Ask::Release => {}
        }
        Outcome::good(0)
    }

    /// The device's sense, and whole: whoever asks for less would take a unit attention from the others unseen.
    fn request_sense(
        &mut self,
        nexus: NexusId,
        cdb: &[u8],
        data: Data<'_>,
        timeout: Duration,
    ) -> Result<Outcome, TransportError> {
        let mut whole = cdb.to_vec();
        if let Some(allocation) = whole.get_mut(4) {
            *allocation = ROOM;
        }
        // A second time when the first told only of the reset that this nexus knows.
        for _ in 0..2 {
            let mut buffer = [0; ROOM as usize];
            let outcome = self.below(nexus, &whole, Data::In(&mut buffer), timeout)?;
            if !outcome.is_good() {
                return Ok(outcome);
            }
            let bytes = buffer.get(..outcome.transferred).unwrap_or(&buffer);
            let sense = Sense::in_data(bytes).filter(|sense| sense.key == SenseKey::UNIT_ATTENTION);
            let known = sense.is_some_and(|sense| self.is_told(nexus, sense));
            if let Some(sense) = sense {
                self.observe(Some(nexus), sense);
            }
            if !known {
                return Ok(identity::reply(bytes, byte(cdb, 4).into(), data));
            }
        }
        Ok(identity::sense_reply(cdb, Sense::NO_SENSE, data))
    }

    /// The device's answer; of the pages that are seen to here, one is made when it refuses.
    fn inquiry(
        &mut self,
        nexus: NexusId,
        cdb: &[u8],
        mut data: Data<'_>,
        timeout: Duration,
    ) -> Result<Outcome, TransportError> {
        let Some(page) = identity::vital_page(cdb) else { return self.below(nexus, cdb, data, timeout) };
        let mut buffer = [0; ROOM as usize];
        let ask = [identity::INQUIRY, byte(cdb, 1), page, 0, ROOM, byte(cdb, 5)];
        let outcome = self.below(nexus, &ask, Data::In(&mut buffer), timeout)?;
        let whole = if outcome.is_good() {
            let bytes = buffer.get(..outcome.transferred).unwrap_or(&buffer);
            let length = usize::from(u16::from_be_bytes([byte(bytes, 2), byte(bytes, 3)]));
            if length + 4 > ROOM.into() {
                // More than fits here, and so nothing to add to.
                return self.below(nexus, cdb, data.reborrow(), timeout);
            }
            identity::completed(bytes.to_vec(), self.target.as_deref())
        } else if Sense::in_data(&outcome.sense) == Some(Sense::INVALID_FIELD_IN_CDB) {
            let mut buffer = [0; 36];
            let standard =
                self.below(nexus, &[identity::INQUIRY, 0, 0, 0, 36, 0], Data::In(&mut buffer), timeout)?;
            let standard = if standard.is_good() { StandardInquiry::parse(&buffer).ok() } else { None };
            let made = identity::made(page, standard.as_ref(), self.target.as_deref());
            identity::completed(made, self.target.as_deref())
        } else {
            return Ok(outcome);
        };
        Ok(identity::reply(&whole, identity::inquiry_allocation(cdb), data))
    }

    /// The device's answer, or ours when it does not know the command.
    fn report_luns(
        &mut self,
        nexus: NexusId,
        cdb: &[u8],
        mut data: Data<'_>,
        timeout: Duration,
    ) -> Result<Outcome, TransportError> {
        let outcome = self.below(nexus, cdb, data.reborrow(), timeout)?;
        let unknown = Sense::in_data(&outcome.sense) == Some(Sense::INVALID_OPERATION_CODE);
        Ok(if unknown { identity::report_luns(cdb, data) } else { outcome })
    }
}

/// 6/29/03 (T10 "ASC/ASCQ assignments").
const BUS_DEVICE_RESET: Sense = Sense::new(6, 0x29, 0x03);
