//! A TCP connection on which nothing waits longer than it may.

use core::cell::Cell;
use core::time::Duration;
use std::io::{self, ErrorKind, Read, Write};
use std::net::TcpStream;
use std::time::Instant;

/// The longest single wait. As most waits are as long, the system is rarely told another time.
const TICK: Duration = Duration::from_secs(1);

/// A stream with a time at which reading and writing end.
pub(super) trait Wire {
    /// From `deadline` on nothing is waited for.
    fn until(&self, deadline: Instant);
}

/// One direction of a TCP connection.
#[derive(Debug)]
pub(super) struct TcpWire {
    stream: TcpStream,
    deadline: Cell<Instant>,
    /// What the system was told last.
    told: Cell<Option<Duration>>,
}

impl TcpWire {
    /// Both directions: what reads, what writes.
    pub(super) fn both(stream: TcpStream) -> io::Result<(Self, Self)> {
        stream.set_nodelay(true)?;
        let new = |stream| Self { stream, deadline: Cell::new(Instant::now()), told: Cell::new(None) };
        Ok((new(stream.try_clone()?), new(stream)))
    }

    /// How long the next call may wait; tells the system if that is news.
    fn patience(&self, tell: impl Fn(&TcpStream, Option<Duration>) -> io::Result<()>) -> io::Result<()> {
        let left = self.deadline.get().saturating_duration_since(Instant::now());
        if left.is_zero() {
            return Err(ErrorKind::TimedOut.into());
        }
        // The system counts in coarse steps; less than one would be "for ever" or an error.
        let patience = Some(left.clamp(Duration::from_millis(1), TICK));
        if self.told.get() != patience {
            tell(&self.stream, patience)?;
            self.told.set(patience);
        }
        Ok(())
    }
}

impl Wire for TcpWire {
    fn until(&self, deadline: Instant) {
        self.deadline.set(deadline);
    }
}

impl Read for TcpWire {
    fn read(&mut self, buffer: &mut [u8]) -> io::Result<usize> {
        loop {
            self.patience(TcpStream::set_read_timeout)?;
            match self.stream.read(buffer) {
                Err(error) if matches!(error.kind(), ErrorKind::WouldBlock | ErrorKind::TimedOut) => {}
                answer => return answer,
            }
        }
    }
}

impl Write for TcpWire {
    fn write(&mut self, bytes: &[u8]) -> io::Result<usize> {
        self.write_vectored(&[io::IoSlice::new(bytes)])
    }

    fn write_vectored(&mut self, slices: &[io::IoSlice<'_>]) -> io::Result<usize> {
        loop {
            self.patience(TcpStream::set_write_timeout)?;
            match self.stream.write_vectored(slices) {
                Err(error) if matches!(error.kind(), ErrorKind::WouldBlock | ErrorKind::TimedOut) => {}
                answer => return answer,
            }
        }
    }

    fn flush(&mut self) -> io::Result<()> {
        Ok(())
    }
}
