//! One readable line a command.
//!
//! ```text
//! READ DISC INFORMATION [51 00 00 00 00 00 00 00 22 00] in 34 -> GOOD 34
//! TEST UNIT READY [00 00 00 00 00 00] -> CHECK CONDITION 2/3A/01 MEDIUM NOT PRESENT - TRAY CLOSED
//! wait 2s
//! ```

use core::fmt;
use core::time::Duration;

use mmc_wire::{Sense, command};

use crate::hex::Brief;
use crate::{Data, Outcome, Status, Transport, TransportError};

/// Direction and size of a data phase, seen from the host.
#[derive(Clone, Copy, Debug, Eq, Hash, PartialEq)]
pub enum Phase {
    /// No data phase.
    None,
    /// Room for so many bytes from the drive.
    In(usize),
    /// So many bytes to the drive.
    Out(usize),
}

impl From<&Data<'_>> for Phase {
    fn from(data: &Data<'_>) -> Self {
        match data {
            Data::None => Self::None,
            Data::In(buffer) => Self::In(buffer.len()),
            Data::Out(bytes) => Self::Out(bytes.len()),
        }
    }
}

impl fmt::Display for Phase {
    /// `in 34`, `out 2352`, `no data`.
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::None => f.write_str("no data"),
            Self::In(room) => write!(f, "in {room}"),
            Self::Out(bytes) => write!(f, "out {bytes}"),
        }
    }
}

/// A transport that tells `sink` a line for every command and every wait, after it is over.
#[derive(Clone)]
pub struct Traced<T, S> {
    inner: T,
    sink: S,
}

impl<T: Transport, S: FnMut(&str)> Traced<T, S> {
    /// Puts the trace around `inner`. The lines come without a line feed.
    pub const fn new(inner: T, sink: S) -> Self {
        Self { inner, sink }
    }

    /// The transport below.
    pub const fn get_mut(&mut self) -> &mut T {
        &mut self.inner
    }

    /// The transport below, without the trace.
    pub fn into_inner(self) -> T {
        self.inner
    }
}

impl<T: Transport, S: FnMut(&str)> Transport for Traced<T, S> {
    fn execute(&mut self, cdb: &[u8], data: Data<'_>, timeout: Duration) -> Result<Outcome, TransportError> {
        let phase = Phase::from(&data);
        let answer = self.inner.execute(cdb, data, timeout);
        (self.sink)(&line(cdb, phase, &answer));
        answer
    }

    fn wait(&mut self, duration: Duration) {
        self.inner.wait(duration);
        (self.sink)(&wait_line(duration));
    }
}

impl<T: fmt::Debug, S> fmt::Debug for Traced<T, S> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Traced").field("inner", &self.inner).finish_non_exhaustive()
    }
}

/// The line of a command and what came of it, without a line feed.
pub fn line(cdb: &[u8], phase: Phase, answer: &Result<Outcome, TransportError>) -> String {
    let mut line = named(cdb);
    if phase != Phase::None {
        line += &format!(" {phase}");
    }
    line += " -> ";
    match answer {
        Ok(outcome) => line += &told(phase, outcome),
        Err(error @ TransportError::Timeout(_)) => line += &error.to_string(),
        Err(error) => line += &format!("no answer: {error}"),
    }
    // Reasons are a system's or a file's words, and may run over lines.
    line.replace(['\n', '\r'], " ")
}

/// The line of a wait.
pub fn wait_line(duration: Duration) -> String {
    format!("wait {duration:?}")
}

/// `READ CAPACITY [25 00 00 00 00 00 00 00 00 00]`: the command by name, and its CDB.
pub(crate) fn named(cdb: &[u8]) -> String {
    format!("{} [{}]", name(cdb), Brief(cdb))
}

fn name(cdb: &[u8]) -> String {
    let Some(&opcode) = cdb.first() else { return "empty CDB".to_owned() };
    command::row_of(opcode).map_or_else(|| format!("opcode {opcode:02X}h"), |row| row.name.to_owned())
}

/// What the drive answered, and how much moved where anything could or did.
fn told(phase: Phase, outcome: &Outcome) -> String {
    let Outcome { status, sense, transferred } = outcome;
    match *status {
        Status::GOOD if phase == Phase::None && *transferred == 0 => status.to_string(),
        Status::GOOD => format!("{status} {transferred}"),
        _ => {
            let mut text = status.to_string();
            if *status == Status::CHECK_CONDITION || !sense.is_empty() {
                text += &said(sense);
            }
            if *transferred > 0 {
                text += &format!(", moved {transferred}");
            }
            text
        }
    }
}

/// The sense data in words, with a blank or comma in front.
fn said(data: &[u8]) -> String {
    let Some(sense) = Sense::in_data(data) else {
        return match data {
            [] => " without sense data".to_owned(),
            _ => format!(" with sense data of no known format [{}]", Brief(data)),
        };
    };
    // Response codes 71h and 73h: about an earlier command (SPC "Deferred errors").
    let deferred = if data.first().is_some_and(|code| code & 1 != 0) { "deferred " } else { "" };
    match sense.name() {
        Some(name) => format!(" {deferred}{sense} {name}"),
        None => format!(" {deferred}{sense}"),
    }
}

#[cfg(test)]
mod tests;
