//! What goes to the initiator: numbered, in one order, whoever says it.

use std::io;
use std::net::TcpStream;
use std::time::{Duration, Instant};

use crate::pdu::answer::{
    AsyncMessage, DataIn, LogoutResponse, NopIn, R2t, Reject, ScsiResponse, TaskResponse, TextResponse,
};
use crate::pdu::write::PduWriter;
use crate::pdu::{BasicHeader, Digests};

/// A stream to an initiator that has to keep up.
///
/// The system's time limit is for one call; an initiator that takes a byte now and then would never meet it. Here what
/// goes out at once has a limit as a whole.
#[derive(Debug)]
pub struct Patient {
    stream: TcpStream,
    patience: Duration,
    /// Until when what is being sent has to be gone.
    until: Option<Instant>,
}

impl Patient {
    /// Gives up on what cannot be sent within `patience`.
    pub fn new(stream: TcpStream, patience: Duration) -> io::Result<Self> {
        stream.set_write_timeout(Some(patience))?;
        Ok(Self { stream, patience, until: None })
    }

    fn watch(&mut self, sent: io::Result<usize>) -> io::Result<usize> {
        let now = Instant::now();
        match &sent {
            Ok(_) if now > *self.until.get_or_insert(now + self.patience) => Err(io::Error::new(
                io::ErrorKind::TimedOut,
                format!("the initiator did not take what was sent within {:?}", self.patience),
            )),
            _ => sent,
        }
    }
}

impl io::Write for Patient {
    fn write(&mut self, bytes: &[u8]) -> io::Result<usize> {
        let sent = self.stream.write(bytes);
        self.watch(sent)
    }

    fn write_vectored(&mut self, slices: &[io::IoSlice<'_>]) -> io::Result<usize> {
        let sent = self.stream.write_vectored(slices);
        self.watch(sent)
    }

    /// A stretch of sending is over.
    fn flush(&mut self) -> io::Result<()> {
        self.until = None;
        Ok(())
    }
}

/// The numbers that every answer carries.
#[derive(Clone, Copy, Debug, Eq, PartialEq)]
pub struct Window {
    /// ExpCmdSN.
    pub expected: u32,
    /// MaxCmdSN.
    pub max: u32,
}

/// The sending side of a connection.
#[derive(Debug)]
pub struct Outgoing {
    writer: PduWriter<Patient>,
    /// StatSN of the next answer.
    status: u32,
}

/// An answer whose numbers are filled in when it is sent.
pub trait Numbered {
    /// The header with these numbers.
    fn numbered(self, status: u32, window: Window) -> BasicHeader;
}

macro_rules! numbered {
    ($($kind:ty),*) => {
        $(impl Numbered for $kind {
            fn numbered(mut self, status: u32, window: Window) -> BasicHeader {
                self.status_number = status;
                self.expected_command = window.expected;
                self.max_command = window.max;
                self.emit()
            }
        })*
    };
}
numbered!(
    ScsiResponse,
    TaskResponse,
    DataIn,
    R2t,
    AsyncMessage,
    TextResponse,
    LogoutResponse,
    Reject,
    NopIn,
    crate::pdu::answer::LoginResponse
);

impl Outgoing {
    /// Sends to `stream`.
    pub fn new(stream: Patient) -> Self {
        Self { writer: PduWriter::new(stream), status: 1 }
    }

    /// From the next PDU on these digests are sent.
    pub const fn set_digests(&mut self, digests: Digests) {
        self.writer.set_digests(digests);
    }

    /// An answer: it takes a StatSN of its own.
    pub fn answer(&mut self, answer: impl Numbered, window: Window, data: &[u8]) -> io::Result<()> {
        let header = answer.numbered(self.status, window);
        self.status = self.status.wrapping_add(1);
        self.writer.write(header, data)
    }

    /// Something that is no answer: it carries the next StatSN and does not take it.
    pub fn remark(&mut self, remark: impl Numbered, window: Window, data: &[u8]) -> io::Result<()> {
        let header = remark.numbered(self.status, window);
        self.writer.write(header, data)
    }

    /// A Data-In without status: it carries no StatSN.
    pub fn data(&mut self, data_in: DataIn, window: Window, data: &[u8]) -> io::Result<()> {
        self.writer.write(data_in.numbered(0, window), data)
    }

    /// Sends what waits.
    pub fn flush(&mut self) -> io::Result<()> {
        self.writer.flush()
    }
}
