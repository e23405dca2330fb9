//! The bench of one case: the device behind faults, a tape and a budget.

use core::fmt;
use core::time::Duration;
use std::collections::VecDeque;
use std::sync::{Arc, Mutex, PoisonError};

use mmc_wire::Sense;
use mmc_wire::command::row_of;
use scsi_transport::fault::{FaultRule, Faulty};
use scsi_transport::{Data, Outcome, Status, Transport, TransportError};

use super::Device;
use crate::fixture::Act;
use crate::literal::hex;
use crate::media::Media;

/// Commands that one case may send. A host that polls for ever stops here.
pub const BUDGET: usize = 20_000;

/// Exchanges that a failure shows.
const REMEMBERED: usize = 12;

/// A device, everything that stands in front of it, and what went over the line.
pub struct Bench {
    device: Shared<Box<dyn Device>>,
    line: Line,
}

impl Bench {
    /// Puts a device on the bench.
    pub fn new(device: Box<dyn Device>, faults: &[FaultRule]) -> Self {
        let device = Shared::new(device);
        let faulty = Faulty::new(device.clone(), faults.to_vec());
        Self { device, line: Line { tape: Shared::new(Tape::new(Box::new(faulty))) } }
    }

    /// Another end of the line to the device.
    pub fn line(&self) -> Line {
        self.line.clone()
    }

    /// A person does something to the device.
    pub fn act(&self, act: &Act, media: &Media) -> Result<(), String> {
        self.device.with(|device| device.act(act, media))
    }

    /// The last exchanges, oldest first.
    pub fn exchanges(&self) -> Vec<Exchange> {
        self.line.tape.with(|tape| tape.last.iter().cloned().collect())
    }

    /// Commands sent.
    pub fn count(&self) -> usize {
        self.line.tape.with(|tape| tape.count)
    }
}

impl fmt::Debug for Bench {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Bench").field("commands", &self.count()).finish_non_exhaustive()
    }
}

/// One end of the line to a device. Clones lead to the same device.
#[derive(Clone)]
pub struct Line {
    tape: Shared<Tape>,
}

impl fmt::Debug for Line {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Line").finish_non_exhaustive()
    }
}

impl Transport for Line {
    fn execute(&mut self, cdb: &[u8], data: Data<'_>, timeout: Duration) -> Result<Outcome, TransportError> {
        self.tape.with(|tape| tape.execute(cdb, data, timeout))
    }

    fn wait(&mut self, duration: Duration) {
        self.tape.with(|tape| tape.inner.wait(duration));
    }
}

/// A command and what came of it, in one line each.
#[derive(Clone, Debug, Eq, PartialEq)]
pub struct Exchange {
    /// Which one of the case, from 1.
    pub number: usize,
    /// Name and CDB.
    pub command: String,
    /// Status, sense, data.
    pub answer: String,
}

impl fmt::Display for Exchange {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{:>3}  {} -> {}", self.number, self.command, self.answer)
    }
}

/// Remembers the last exchanges and stops at the budget.
struct Tape {
    inner: Box<dyn Transport + Send>,
    last: VecDeque<Exchange>,
    count: usize,
}

impl Tape {
    const fn new(inner: Box<dyn Transport + Send>) -> Self {
        Self { inner, last: VecDeque::new(), count: 0 }
    }

    fn execute(
        &mut self,
        cdb: &[u8],
        mut data: Data<'_>,
        timeout: Duration,
    ) -> Result<Outcome, TransportError> {
        if self.count >= BUDGET {
            return Err(TransportError::Host(format!("the case has sent its {BUDGET} commands")));
        }
        self.count += 1;
        let answer = self.inner.execute(cdb, data.reborrow(), timeout);
        let name =
            cdb.first().and_then(|opcode| row_of(*opcode)).map_or("a command without a name", |row| row.name);
        let sent = if let Data::Out(bytes) = &data { format!(" out {}", hex(bytes)) } else { String::new() };
        let exchange = Exchange {
            number: self.count,
            command: format!("{name} [{}]{sent}", hex(cdb)),
            answer: told(&answer, &data),
        };
        if self.last.len() == REMEMBERED {
            self.last.pop_front();
        }
        self.last.push_back(exchange);
        answer
    }
}

fn told(answer: &Result<Outcome, TransportError>, data: &Data<'_>) -> String {
    match answer {
        Err(error) => error.to_string(),
        Ok(outcome) if outcome.status == Status::CHECK_CONDITION => match Sense::in_data(&outcome.sense) {
            Some(sense) => {
                format!("CHECK CONDITION {sense} {}", sense.name().unwrap_or("")).trim_end().to_owned()
            }
            None => format!("CHECK CONDITION, sense data {}", hex(&outcome.sense)),
        },
        Ok(outcome) => match data {
            Data::In(buffer) => {
                let moved = &buffer[..outcome.transferred.min(buffer.len())];
                format!("{} {}: {}", outcome.status, moved.len(), hex(moved))
            }
            Data::None | Data::Out(_) => outcome.status.to_string(),
        },
    }
}

/// Something that several hold. A panic of one holder does not take it from the others.
struct Shared<T: ?Sized>(Arc<Mutex<T>>);

impl<T> Shared<T> {
    fn new(value: T) -> Self {
        Self(Arc::new(Mutex::new(value)))
    }
}

impl<T: ?Sized> Shared<T> {
    fn with<R>(&self, work: impl FnOnce(&mut T) -> R) -> R {
        work(&mut self.0.lock().unwrap_or_else(PoisonError::into_inner))
    }
}

impl<T: ?Sized> Clone for Shared<T> {
    fn clone(&self) -> Self {
        Self(Arc::clone(&self.0))
    }
}

impl<T: Transport + ?Sized> Transport for Shared<T> {
    fn execute(&mut self, cdb: &[u8], data: Data<'_>, timeout: Duration) -> Result<Outcome, TransportError> {
        self.with(|inner| inner.execute(cdb, data, timeout))
    }

    fn wait(&mut self, duration: Duration) {
        self.with(|inner| inner.wait(duration));
    }
}
