//! One command on its way: what has moved, and what may.

use std::io::Write;
use std::ops::Range;

use scsi_transport::{Data, Outcome, Status};

use super::error::Failure;
use super::login::Parameters;
use super::numbers::Numbers;
use crate::pdu::answer::{DataIn, R2t, ScsiResponse};
use crate::pdu::read::Pdu;
use crate::pdu::request::{DataOut, ScsiCommand};
use crate::pdu::write::PduWriter;
use crate::pdu::{Lun, NO_TAG};

/// The longest CDB that fits into the header of a command.
pub(super) const LONGEST_CDB: usize = 16;

/// The data phase of a command that is submitted; comes back when it is complete.
#[derive(Clone, Debug, Eq, PartialEq)]
pub enum Payload {
    /// None.
    None,
    /// Room for what the drive sends.
    In(Vec<u8>),
    /// What goes to the drive.
    Out(Vec<u8>),
}

impl Payload {
    /// As a data phase.
    pub(super) fn lend(&mut self) -> Data<'_> {
        match self {
            Self::None => Data::None,
            Self::In(room) => Data::In(room),
            Self::Out(bytes) => Data::Out(bytes),
        }
    }
}

/// A command that the target has and has not answered.
#[derive(Debug)]
pub(super) struct Task {
    pub(super) tag: u32,
    /// CmdSN.
    pub(super) number: u32,
    /// The data phase, where it is ours; else whoever waits lends it.
    pub(super) payload: Option<Payload>,
    lun: Lun,
    /// Bytes that were expected to move.
    expected: usize,
    /// Bytes that have, from the first on.
    moved: usize,
    /// DataSN of the next Data-In, or R2TSN of the next R2T.
    next: u32,
}

impl Task {
    /// Sends the command and what may go unasked.
    pub(super) fn start(
        writer: &mut PduWriter<impl Write>,
        numbers: &mut Numbers,
        parameters: &Parameters,
        (lun, cdb): (Lun, &[u8; LONGEST_CDB]),
        data: &Data<'_>,
    ) -> Result<Self, Failure> {
        let tag = numbers.tag();
        let number = numbers.command;
        numbers.command = number.wrapping_add(1);
        let mut task = Self { tag, number, payload: None, lun, expected: data.len(), moved: 0, next: 0 };
        let bytes = if let Data::Out(bytes) = data { *bytes } else { &[] };
        let first_burst = bytes.len().min(parameters.first_burst);
        let immediate = if parameters.immediate_data { first_burst.min(parameters.max_send) } else { 0 };
        let unsolicited = if parameters.initial_r2t { immediate } else { first_burst };
        let command = ScsiCommand {
            is_final: unsolicited == immediate,
            read: matches!(data, Data::In(room) if !room.is_empty()),
            write: !bytes.is_empty(),
            attribute: 1,
            lun,
            task_tag: tag,
            // Looked at before: see `Session::start`.
            expected_bytes: u32::try_from(task.expected).unwrap_or(u32::MAX),
            command_number: number,
            expected_status: numbers.status,
            cdb: *cdb,
            ..ScsiCommand::default()
        };
        writer.write(command.emit(), &bytes[..immediate]).map_err(|error| Failure::sending(&error))?;
        task.moved = immediate;
        if immediate < unsolicited {
            task.send(writer, numbers, parameters, bytes, immediate..unsolicited, NO_TAG)?;
        }
        Ok(task)
    }

    /// One sequence of Data-Out PDUs.
    fn send(
        &mut self,
        writer: &mut PduWriter<impl Write>,
        numbers: &Numbers,
        parameters: &Parameters,
        bytes: &[u8],
        range: Range<usize>,
        transfer_tag: u32,
    ) -> Result<(), Failure> {
        let mut header = DataOut {
            lun: self.lun,
            task_tag: self.tag,
            transfer_tag,
            expected_status: numbers.status,
            ..DataOut::default()
        };
        let mut from = range.start;
        while from < range.end {
            let to = range.end.min(from + parameters.max_send);
            header.is_final = to == range.end;
            header.offset = u32::try_from(from).unwrap_or(u32::MAX);
            writer.write(header.emit(), &bytes[from..to]).map_err(|error| Failure::sending(&error))?;
            header.data_number += 1;
            from = to;
        }
        self.moved = range.end;
        Ok(())
    }

    /// Sends what the target asks for.
    pub(super) fn ready(
        &mut self,
        writer: &mut PduWriter<impl Write>,
        numbers: &Numbers,
        parameters: &Parameters,
        data: &Data<'_>,
        r2t: &R2t,
    ) -> Result<(), Failure> {
        let Data::Out(bytes) = data else {
            return Err(Failure::protocol(format!("R2T for task {}, which sends nothing", self.tag)));
        };
        if r2t.number != self.next {
            return Err(self.unlike("R2TSN", self.next, r2t.number));
        }
        let (offset, length) = (r2t.offset as usize, r2t.bytes as usize);
        if offset != self.moved {
            return Err(self.unlike("buffer offset of R2T", self.moved, offset));
        }
        let left = self.expected.saturating_sub(offset).min(parameters.max_burst);
        if length == 0 || length > left {
            return Err(self.unlike("length of R2T", format!("1 to {left}"), length));
        }
        if r2t.transfer_tag == NO_TAG {
            return Err(self.unlike("target transfer tag", "another than that for none", NO_TAG));
        }
        self.next = self.next.wrapping_add(1);
        self.send(writer, numbers, parameters, bytes, offset..offset + length, r2t.transfer_tag)
    }

    /// Takes what the drive sends to where it belongs.
    pub(super) fn take(
        &mut self,
        data: &mut Data<'_>,
        header: &DataIn,
        pdu: &Pdu<'_>,
    ) -> Result<(), Failure> {
        let Data::In(room) = data else {
            return Err(Failure::protocol(format!("Data-In for task {}, which expects none", self.tag)));
        };
        if header.data_number != self.next {
            return Err(self.unlike("DataSN", self.next, header.data_number));
        }
        let offset = header.offset as usize;
        if offset != self.moved {
            return Err(self.unlike("buffer offset of Data-In", self.moved, offset));
        }
        if pdu.data_is_corrupt {
            return Err(Failure::protocol(format!("data digest is wrong: {:?}", pdu.header)));
        }
        let end = offset.saturating_add(pdu.data.len());
        let Some(place) = room.get_mut(offset..end) else {
            return Err(self.unlike("end of Data-In", format!("at most {}", self.expected), end));
        };
        place.copy_from_slice(pdu.data);
        self.moved = end;
        self.next = self.next.wrapping_add(1);
        Ok(())
    }

    /// What a Data-In with status says.
    pub(super) fn collapsed(&self, header: &DataIn) -> Result<Outcome, Failure> {
        let transferred = self.transferred(header.underflow, header.overflow, header.residual)?;
        Ok(Outcome { status: Status(header.status), sense: Vec::new(), transferred })
    }

    /// What a response says.
    pub(super) fn responded(&self, header: &ScsiResponse, pdu: &Pdu<'_>) -> Result<Outcome, Failure> {
        if pdu.data_is_corrupt {
            return Err(Failure::protocol(format!("data digest is wrong: {:?}", pdu.header)));
        }
        let transferred = self.transferred(header.underflow, header.overflow, header.residual)?;
        Ok(Outcome { status: Status(header.status), sense: sense_in(pdu.data)?, transferred })
    }

    /// The target's word of what it moved; but no more than passed by here.
    fn transferred(&self, underflow: bool, overflow: bool, residual: u32) -> Result<usize, Failure> {
        let residual = residual as usize;
        match (underflow, overflow) {
            (true, true) => Err(self.unlike("residual", "underflow or overflow", "both")),
            (true, false) => match self.expected.checked_sub(residual) {
                Some(said) => Ok(said.min(self.moved)),
                None => Err(self.unlike("residual", format!("at most {}", self.expected), residual)),
            },
            (false, _) => Ok(self.moved),
        }
    }

    fn unlike(
        &self,
        what: &str,
        expected: impl core::fmt::Display,
        seen: impl core::fmt::Display,
    ) -> Failure {
        Failure::protocol(format!("task {}: {what} is {seen}, expected {expected}", self.tag))
    }
}

/// Sense data behind its length in two bytes (RFC 7143 11.4.7 "Data Segment - Sense and Response Data Segment").
pub(super) fn sense_in(data: &[u8]) -> Result<Vec<u8>, Failure> {
    let Some((length, rest)) = data.split_first_chunk() else {
        return match data {
            [] => Ok(Vec::new()),
            _ => Err(Failure::protocol("sense data have no length: 1 byte came")),
        };
    };
    let length = usize::from(u16::from_be_bytes(*length));
    rest.get(..length).map(<[u8]>::to_vec).ok_or_else(|| {
        let came = rest.len();
        Failure::protocol(format!("sense data have {length} bytes, of which {came} came"))
    })
}
