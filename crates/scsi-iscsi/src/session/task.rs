//! A command whose data comes in pieces.
//!
//! RFC 7143 4.2.5.2 "Data Transfer Overview": immediate data with the command, unsolicited Data-Out behind it, then what the
//! target asks for with R2T. Here stands what of it is right, without a socket: what comes out of order, twice, too
//! far or unasked is the initiator's fault, and ends the task with the sense that 11.4.7.2 "Sense Data" names.

use std::time::Instant;

use mmc_wire::Sense;

use crate::login::Parameters;
use crate::pdu::NO_TAG;
use crate::pdu::request::{DataOut, ScsiCommand};

/// More than hosts move with a command (Linux and Windows cut at 1 to 4 MiB), and not enough to hurt.
pub const MAX_TRANSFER: usize = 8 << 20;

/// RFC 7143 11.4.7.2: unexpected unsolicited data.
pub const UNEXPECTED_DATA: Sense = Sense::new(0x0B, 0x0C, 0x0C);
/// RFC 7143 11.4.7.2: incorrect amount of data.
pub const WRONG_AMOUNT: Sense = Sense::new(0x0B, 0x0C, 0x0D);
/// RFC 7143 11.4.7.2: protocol service CRC error.
pub const CRC_ERROR: Sense = Sense::new(0x0B, 0x47, 0x05);
/// SPC: invalid field in command information unit; what an HBA says of a command that it cannot carry.
pub const INVALID_COMMAND_UNIT: Sense = Sense::new(0x05, 0x0E, 0x03);

/// Data that was asked for and has not all come.
#[derive(Clone, Copy, Debug, Eq, PartialEq)]
pub struct Asked {
    /// What the initiator has to copy.
    pub transfer_tag: u32,
    /// Where it ends in the task's data.
    pub end: usize,
}

/// Data that the target wants.
#[derive(Clone, Copy, Debug, Eq, PartialEq)]
pub struct Want {
    /// Where in the task's data.
    pub offset: usize,
    /// How many bytes.
    pub bytes: usize,
    /// Number of this R2T in the task.
    pub number: u32,
}

/// A command on its way to the device.
#[derive(Debug)]
pub struct Task {
    /// As it came.
    pub command: ScsiCommand,
    /// What has come of its data, from the first byte on.
    data: Vec<u8>,
    /// Unsolicited Data-Out may still come.
    open: bool,
    asked: Option<Asked>,
    /// DataSN of the next Data-Out of the present sequence.
    next_data: u32,
    /// How many R2T it has had.
    requests: u32,
    fault: Option<Sense>,
    /// When something of it last came, or was asked for.
    touched: Instant,
}

impl Task {
    /// A command with its immediate data.
    pub fn new(
        command: ScsiCommand,
        immediate: &[u8],
        has_additional: bool,
        agreed: &Parameters,
        now: Instant,
    ) -> Self {
        let mut task = Self {
            command,
            data: Vec::new(),
            open: command.write && !command.is_final,
            asked: None,
            next_data: 0,
            requests: 0,
            fault: None,
            touched: now,
        };
        let expected = task.expected();
        let limit = expected.min(agreed.first_burst as usize);
        if command.read && command.write || has_additional {
            // No CD command has data both ways or a CDB of more than 16 bytes.
            task.fault = Some(INVALID_COMMAND_UNIT);
        } else if command.write && expected > MAX_TRANSFER {
            task.fault = Some(Sense::INVALID_FIELD_IN_CDB);
        } else if !immediate.is_empty() && (!command.write || !agreed.immediate_data)
            || task.open && agreed.initial_r2t
        {
            task.fault = Some(UNEXPECTED_DATA);
        } else if immediate.len() > limit {
            task.fault = Some(WRONG_AMOUNT);
        } else {
            task.data.extend_from_slice(immediate);
        }
        task
    }

    /// Bytes that the initiator expects to move.
    pub const fn expected(&self) -> usize {
        self.command.expected_bytes as usize
    }

    /// What is wrong with it.
    pub const fn fault(&self) -> Option<Sense> {
        self.fault
    }

    /// It cannot go to the device, for this reason; what was there before was first.
    pub fn fail(&mut self, sense: Sense) {
        self.fault.get_or_insert(sense);
        self.asked = None;
        self.data = Vec::new();
    }

    /// What has come of the data.
    pub fn data(&self) -> &[u8] {
        &self.data
    }

    /// Bytes of memory that it holds or will hold with what has been asked for.
    pub fn held(&self) -> usize {
        self.asked.map_or(self.data.len(), |asked| asked.end)
    }

    /// R2T that it has had: they count in ExpDataSN.
    pub const fn requests(&self) -> u32 {
        self.requests
    }

    /// Since when data is awaited in vain that the initiator owes.
    pub fn awaits_since(&self) -> Option<Instant> {
        (self.open || self.asked.is_some()).then_some(self.touched)
    }

    /// Whether it can go to the device, or its fault to the initiator.
    pub fn is_ready(&self) -> bool {
        !self.open && (self.fault.is_some() || self.missing() == 0)
    }

    const fn missing(&self) -> usize {
        if self.command.write { self.expected().saturating_sub(self.data.len()) } else { 0 }
    }

    /// What to ask for next, if anything: one R2T at a time.
    pub fn want(&self, agreed: &Parameters) -> Option<Want> {
        let missing = self.missing();
        if self.open || self.fault.is_some() || self.asked.is_some() || missing == 0 {
            return None;
        }
        let bytes = missing.min(agreed.max_burst as usize);
        Some(Want { offset: self.data.len(), bytes, number: self.requests })
    }

    /// It has been asked for.
    pub fn ask(&mut self, want: Want, transfer_tag: u32, now: Instant) {
        let end = want.offset + want.bytes;
        self.asked = Some(Asked { transfer_tag, end });
        self.touched = now;
        self.next_data = 0;
        self.requests += 1;
        self.data.reserve_exact(want.bytes);
    }

    /// Takes a Data-Out in.
    pub fn take(&mut self, header: &DataOut, data: &[u8], agreed: &Parameters, now: Instant) {
        self.touched = now;
        let solicited = header.transfer_tag != NO_TAG;
        let limit = match self.asked {
            Some(asked) if asked.transfer_tag == header.transfer_tag => asked.end,
            None if !solicited && self.open => self.expected().min(agreed.first_burst as usize),
            // Of a sequence that is over, or that nobody asked for.
            Some(_) | None => {
                self.fail(UNEXPECTED_DATA);
                self.open &= solicited;
                return;
            }
        };
        if !solicited && header.is_final {
            self.open = false;
        }
        if self.fault.is_some() {
            return;
        }
        let in_order = header.data_number == self.next_data && header.offset as usize == self.data.len();
        let end = self.data.len() + data.len();
        if !in_order || end > limit || header.is_final && solicited && end < limit {
            self.fail(WRONG_AMOUNT);
            return;
        }
        self.data.extend_from_slice(data);
        self.next_data += 1;
        if solicited && header.is_final {
            self.asked = None;
        }
    }
}

#[cfg(test)]
mod tests;
