//! What a target says unasked.

use core::fmt;
use core::time::Duration;

use mmc_wire::Sense;

/// An asynchronous message (RFC 7143 11.9).
#[derive(Clone, Debug, Eq, PartialEq)]
#[non_exhaustive]
pub enum Event {
    /// The unit has something to say: sense data.
    Scsi(Vec<u8>),
    /// We should log out. The initiator does before its next command, and is gone then.
    LogoutRequested {
        /// How soon.
        within: Duration,
    },
    /// The connection will end.
    Drops {
        /// When to try again.
        back_after: Duration,
    },
    /// Something else, by its AsyncEvent code.
    Other(u8),
}

impl fmt::Display for Event {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::Scsi(data) => match Sense::in_data(data) {
                Some(sense) => write!(f, "SCSI event {sense}"),
                None => write!(f, "SCSI event with sense data of no known format, {} bytes", data.len()),
            },
            Self::LogoutRequested { within } => write!(f, "log out within {within:?}"),
            Self::Drops { back_after } => write!(f, "the connection ends, try again after {back_after:?}"),
            Self::Other(code) => write!(f, "asynchronous event {code}"),
        }
    }
}
