//! Commands as values on top of a transport of bytes.

use core::fmt;
use core::time::Duration;

use mmc_wire::{Cdb, CdbBytes, FieldError, Query, Sense};

use crate::{Data, Outcome, Status, Transport, TransportError};

/// Typed commands over any transport.
pub trait TransportExt: Transport {
    /// Sends a command that brings a block back, and reads the block.
    fn query<Q: Query>(&mut self, command: &Q, timeout: Duration) -> Result<Q::Reply, CommandError> {
        let mut buffer = vec![0; command.allocation_bytes()];
        let got = self.run(command, Data::In(&mut buffer), timeout)?.transferred.min(buffer.len());
        command.reply(&buffer[..got]).map_err(|fault| CommandError::new(command, Reason::Reply(fault)))
    }

    /// Sends a command without a data phase.
    fn order<C: Cdb>(&mut self, command: &C, timeout: Duration) -> Result<(), CommandError> {
        self.run(command, Data::None, timeout).map(|_| ())
    }

    /// Sends a command and its parameter list.
    fn send<C: Cdb>(
        &mut self,
        command: &C,
        parameters: &[u8],
        timeout: Duration,
    ) -> Result<(), CommandError> {
        self.run(command, Data::Out(parameters), timeout).map(|_| ())
    }

    /// Sends a command with any data phase; everything but GOOD is an error.
    fn run<C: Cdb>(
        &mut self,
        command: &C,
        data: Data<'_>,
        timeout: Duration,
    ) -> Result<Outcome, CommandError> {
        let outcome = self
            .execute(&command.bytes(), data, timeout)
            .map_err(|error| CommandError::new(command, Reason::Transport(error)))?;
        match outcome.status {
            Status::GOOD => Ok(outcome),
            Status::CHECK_CONDITION => {
                let sense = Sense::in_data(&outcome.sense).unwrap_or(Sense::NO_SENSE);
                Err(CommandError::new(command, Reason::Sense(sense)))
            }
            status => Err(CommandError::new(command, Reason::Status(status))),
        }
    }
}

impl<T: Transport + ?Sized> TransportExt for T {}

/// Why a command failed. Carries all that a user would ask for: the command, its CDB, and what
/// the drive said.
#[derive(Clone, Debug, Eq, PartialEq)]
pub struct CommandError {
    /// The command's name.
    pub command: &'static str,
    /// The CDB as it was sent.
    pub cdb: CdbBytes,
    /// What happened.
    pub reason: Reason,
}

/// What happened to a command.
#[derive(Clone, Debug, Eq, PartialEq)]
#[non_exhaustive]
pub enum Reason {
    /// CHECK CONDITION with this sense; 0/00/00 where the drive gave none.
    Sense(Sense),
    /// Another status than GOOD and CHECK CONDITION.
    Status(Status),
    /// The reply is not what the standard says.
    Reply(FieldError),
    /// No answer.
    Transport(TransportError),
}

impl CommandError {
    fn new<C: Cdb>(command: &C, reason: Reason) -> Self {
        Self { command: C::ROW.name, cdb: command.bytes(), reason }
    }

    /// The sense triple, when that is what the drive answered.
    pub const fn sense(&self) -> Option<Sense> {
        match self.reason {
            Reason::Sense(sense) => Some(sense),
            _ => None,
        }
    }
}

impl fmt::Display for CommandError {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{} [{}]: ", self.command, self.cdb)?;
        match &self.reason {
            Reason::Sense(sense) => {
                write!(f, "drive said {sense} ({})", sense.name().unwrap_or("a code without a name here"))
            }
            Reason::Status(status) => write!(f, "drive answered {status}"),
            Reason::Reply(fault) => write!(f, "the reply is malformed at {fault}"),
            Reason::Transport(error) => error.fmt(f),
        }
    }
}

impl core::error::Error for CommandError {}
