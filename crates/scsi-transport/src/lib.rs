//! The seam: a host sends a CDB with a data phase and gets status, sense and a byte count.
//!
//! [`Transport`] is all that a drive is to the code above it. The simulated drive and a real one
//! implement it alike; nobody above can tell them apart. What is wrapped around it (trace,
//! recording, replay, faults) is a `Transport` too, in any order.
//!
//! A drive that says no has answered: CHECK CONDITION is an [`Outcome`]. [`TransportError`] means
//! that the question did not arrive or the answer did not come back.
//!
//! Never here: what is at the other end; what a command means beyond its name.
#![forbid(unsafe_code)]

use core::fmt;
use core::time::Duration;
use std::sync::{Arc, Mutex, PoisonError};

pub mod fault;
mod hex;
pub mod record;
pub mod replay;
#[cfg(test)]
mod testing;
pub mod trace;
mod typed;

pub use typed::{CommandError, Reason, TransportExt};

/// The data phase of a command.
#[derive(Debug)]
pub enum Data<'a> {
    /// None.
    None,
    /// Room for what the drive sends.
    In(&'a mut [u8]),
    /// What goes to the drive.
    Out(&'a [u8]),
}

impl Data<'_> {
    /// Bytes that the data phase may move.
    pub fn len(&self) -> usize {
        match self {
            Self::None => 0,
            Self::In(buffer) => buffer.len(),
            Self::Out(bytes) => bytes.len(),
        }
    }

    /// Whether no data may move.
    pub fn is_empty(&self) -> bool {
        self.len() == 0
    }

    /// The same data phase again, for a wrapper that has to look at the buffer afterwards.
    pub fn reborrow(&mut self) -> Data<'_> {
        match self {
            Self::None => Data::None,
            Self::In(buffer) => Data::In(buffer),
            Self::Out(bytes) => Data::Out(bytes),
        }
    }
}

/// SCSI status byte (SAM "Status codes"). Open: other values are kept.
#[derive(Clone, Copy, Eq, Hash, PartialEq)]
pub struct Status(pub u8);

impl Status {
    /// Done.
    pub const GOOD: Self = Self(0x00);
    /// See the sense data.
    pub const CHECK_CONDITION: Self = Self(0x02);
    /// Busy; try again.
    pub const BUSY: Self = Self(0x08);
    /// Somebody else has reserved the unit.
    pub const RESERVATION_CONFLICT: Self = Self(0x18);
    /// The queue is full.
    pub const TASK_SET_FULL: Self = Self(0x28);
    /// The task was aborted.
    pub const TASK_ABORTED: Self = Self(0x40);

    /// The standard's word.
    pub const fn name(self) -> Option<&'static str> {
        match self {
            Self::GOOD => Some("GOOD"),
            Self::CHECK_CONDITION => Some("CHECK CONDITION"),
            Self::BUSY => Some("BUSY"),
            Self::RESERVATION_CONFLICT => Some("RESERVATION CONFLICT"),
            Self::TASK_SET_FULL => Some("TASK SET FULL"),
            Self::TASK_ABORTED => Some("TASK ABORTED"),
            _ => None,
        }
    }
}

impl fmt::Display for Status {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self.name() {
            Some(name) => f.write_str(name),
            None => write!(f, "status {:#04x}", self.0),
        }
    }
}

impl fmt::Debug for Status {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        fmt::Display::fmt(self, f)
    }
}

/// What the device answered.
#[derive(Clone, Debug, Eq, PartialEq)]
pub struct Outcome {
    /// Status byte.
    pub status: Status,
    /// Sense data as it came, with CHECK CONDITION; else empty.
    pub sense: Vec<u8>,
    /// Bytes moved in the data phase.
    pub transferred: usize,
}

impl Outcome {
    /// GOOD, `transferred` bytes moved.
    pub const fn good(transferred: usize) -> Self {
        Self { status: Status::GOOD, sense: Vec::new(), transferred }
    }

    /// CHECK CONDITION with this sense data, nothing moved.
    pub const fn check(sense: Vec<u8>) -> Self {
        Self { status: Status::CHECK_CONDITION, sense, transferred: 0 }
    }

    /// Whether the status is GOOD.
    pub fn is_good(&self) -> bool {
        self.status == Status::GOOD
    }
}

/// Why no answer came.
#[derive(Clone, Debug, Eq, PartialEq, thiserror::Error, serde::Deserialize, serde::Serialize)]
#[non_exhaustive]
pub enum TransportError {
    /// The command did not end in time.
    #[error("no answer within {0:?}")]
    Timeout(Duration),
    /// The device is not there any more.
    #[error("the device is gone: {0}")]
    Gone(String),
    /// Somebody else holds the device, or we may not open it.
    #[error("access denied: {0}")]
    AccessDenied(String),
    /// The path to the device failed: cable, controller, kernel.
    #[error("the host failed to carry the command: {0}")]
    Host(String),
    /// The request itself cannot be sent, for example a CDB of 17 bytes.
    #[error("the request cannot be sent: {0}")]
    Request(String),
    /// A replay that was asked something else than what was recorded.
    #[error("{0}")]
    Replay(String),
}

/// A SCSI device that takes one command at a time.
pub trait Transport {
    /// Sends `cdb` with its data phase and waits for the answer, at most `timeout`.
    fn execute(&mut self, cdb: &[u8], data: Data<'_>, timeout: Duration) -> Result<Outcome, TransportError>;

    /// Lets `duration` pass: arithmetic on a simulated drive, a sleep on a real one.
    fn wait(&mut self, duration: Duration);
}

impl<T: Transport + ?Sized> Transport for &mut T {
    fn execute(&mut self, cdb: &[u8], data: Data<'_>, timeout: Duration) -> Result<Outcome, TransportError> {
        (**self).execute(cdb, data, timeout)
    }
    fn wait(&mut self, duration: Duration) {
        (**self).wait(duration);
    }
}

impl<T: Transport + ?Sized> Transport for Box<T> {
    fn execute(&mut self, cdb: &[u8], data: Data<'_>, timeout: Duration) -> Result<Outcome, TransportError> {
        (**self).execute(cdb, data, timeout)
    }
    fn wait(&mut self, duration: Duration) {
        (**self).wait(duration);
    }
}

/// Several have the same device: who commands it, and who looks at it meanwhile. One command at a time.
///
/// A lock that a panic has poisoned is taken all the same: the device is as its last command left it.
impl<T: Transport + ?Sized> Transport for Arc<Mutex<T>> {
    fn execute(&mut self, cdb: &[u8], data: Data<'_>, timeout: Duration) -> Result<Outcome, TransportError> {
        self.lock().unwrap_or_else(PoisonError::into_inner).execute(cdb, data, timeout)
    }
    fn wait(&mut self, duration: Duration) {
        self.lock().unwrap_or_else(PoisonError::into_inner).wait(duration);
    }
}
