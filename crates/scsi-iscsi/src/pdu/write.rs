//! PDUs to a byte stream.

use std::io::{self, IoSlice, Write};

use super::{BasicHeader, Digests, digest, padding};

/// How much waits before it is sent unasked.
const BATCH: usize = 64 << 10;

/// Data segments from this size on go to the stream from where they are, without a copy.
const LARGE: usize = 8 << 10;

/// Puts PDUs into a byte stream. Small ones wait for [`flush`](Self::flush), so that several go out together.
#[derive(Debug)]
pub struct PduWriter<W> {
    stream: W,
    waiting: Vec<u8>,
    digests: Digests,
}

impl<W: Write> PduWriter<W> {
    /// Writes to `stream`.
    pub fn new(stream: W) -> Self {
        Self { stream, waiting: Vec::with_capacity(BATCH), digests: Digests::default() }
    }

    /// From the next PDU on these digests are sent.
    pub const fn set_digests(&mut self, digests: Digests) {
        self.digests = digests;
    }

    /// The stream.
    pub const fn stream(&self) -> &W {
        &self.stream
    }

    /// Sends `header` with this data segment, or keeps it until [`flush`](Self::flush).
    pub fn write(&mut self, mut header: BasicHeader, data: &[u8]) -> io::Result<()> {
        if data.len() >= 1 << 24 {
            return Err(io::Error::new(
                io::ErrorKind::InvalidInput,
                format!("a data segment has less than 16 MiB, this one has {} bytes", data.len()),
            ));
        }
        header.set_data_bytes(data.len());
        self.waiting.extend_from_slice(&header.0);
        if self.digests.header {
            self.waiting.extend_from_slice(&digest(crc32c::crc32c(&header.0)));
        }
        let zeros = &[0; 3][..padding(data.len())];
        if data.len() < LARGE {
            self.waiting.extend_from_slice(data);
        } else {
            let waiting = core::mem::take(&mut self.waiting);
            let sent = write_both(&mut self.stream, &waiting, data);
            self.waiting = waiting;
            self.waiting.clear();
            sent?;
        }
        self.waiting.extend_from_slice(zeros);
        if self.digests.data && !data.is_empty() {
            let crc = crc32c::crc32c_append(crc32c::crc32c(data), zeros);
            self.waiting.extend_from_slice(&digest(crc));
        }
        if self.waiting.len() >= BATCH { self.flush() } else { Ok(()) }
    }

    /// Sends what waits.
    pub fn flush(&mut self) -> io::Result<()> {
        let sent = self.stream.write_all(&self.waiting);
        self.waiting.clear();
        sent?;
        // Also when nothing waited: a large segment has gone past the buffer, and the stream hears that it was the last.
        self.stream.flush()
    }
}

/// Both, one behind the other, in as few calls as the stream takes.
fn write_both(stream: &mut impl Write, first: &[u8], second: &[u8]) -> io::Result<()> {
    let mut done = 0;
    while done < first.len() {
        let sent = stream.write_vectored(&[IoSlice::new(&first[done..]), IoSlice::new(second)]);
        match sent {
            Ok(0) => return Err(io::ErrorKind::WriteZero.into()),
            Ok(sent) => done += sent,
            Err(error) if error.kind() == io::ErrorKind::Interrupted => {}
            Err(error) => return Err(error),
        }
    }
    stream.write_all(&second[done - first.len()..])
}
