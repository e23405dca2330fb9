//! PDUs from a byte stream.
//!
//! Whoever sends is hostile until proved otherwise: how much a PDU may bring is asked before room is made for it.

use std::io::{self, Read};
use std::time::{Duration, Instant};

use super::{BasicHeader, Digests, HEADER, digest, padding};

/// The least room of the buffer: several small PDUs come with one read.
const LEAST: usize = 16 << 10;

/// Bytes of a digest.
const DIGEST: usize = 4;

/// A PDU as it lies in the reader's buffer.
#[derive(Clone, Copy, Debug)]
pub struct Pdu<'a> {
    /// The basic header segment.
    pub header: BasicHeader,
    /// Additional header segments.
    pub additional: &'a [u8],
    /// The data segment without its padding.
    pub data: &'a [u8],
    /// The data digest was wrong: what `data` says cannot be believed.
    pub data_is_corrupt: bool,
}

/// Why the stream ends here.
#[derive(Debug, thiserror::Error)]
pub enum ReadError {
    /// The connection: its own error, or its end within a PDU.
    #[error("{0}")]
    Io(#[from] io::Error),
    /// The header digest is wrong: where the next PDU begins nobody knows.
    #[error("header digest is {seen:02X?}, expected {expected:02X?} for {header:?}")]
    HeaderDigest {
        /// What came.
        seen: [u8; 4],
        /// What the header gives.
        expected: [u8; 4],
        /// The header.
        header: BasicHeader,
    },
    /// A PDU was begun, and is not whole after as long as that.
    #[error("a PDU was begun {taken:?} ago and is not finished")]
    TooSlow {
        /// How long it has been coming.
        taken: Duration,
    },
    /// The data segment is longer than was agreed.
    #[error("{header:?} brings {seen} bytes, at most {limit} were agreed")]
    TooLong {
        /// What the header says.
        seen: usize,
        /// MaxRecvDataSegmentLength.
        limit: usize,
        /// The header.
        header: BasicHeader,
    },
}

impl ReadError {
    /// Whether nothing is wrong, but nothing came within the time that the stream waits.
    pub fn is_timeout(&self) -> bool {
        matches!(self, Self::Io(error)
            if matches!(error.kind(), io::ErrorKind::WouldBlock | io::ErrorKind::TimedOut))
    }
}

/// Takes PDUs out of a byte stream.
///
/// A read that times out loses nothing: what has come of a PDU stays, and the next call goes on.
#[derive(Debug)]
pub struct PduReader<R> {
    stream: R,
    buffer: Vec<u8>,
    /// What has come and is not taken: from `start` to `end`.
    start: usize,
    end: usize,
    digests: Digests,
    limit: usize,
    /// How long a PDU may take from its first byte to its last.
    patience: Option<Duration>,
    /// When the first byte was there of the PDU that is not whole.
    begun: Option<Instant>,
}

impl<R: Read> PduReader<R> {
    /// Reads from `stream`; a data segment has at most `limit` bytes.
    pub fn new(stream: R, limit: usize) -> Self {
        Self {
            stream,
            buffer: vec![0; LEAST],
            start: 0,
            end: 0,
            digests: Digests::default(),
            limit,
            patience: None,
            begun: None,
        }
    }

    /// From the next PDU on these digests come.
    pub const fn set_digests(&mut self, digests: Digests) {
        self.digests = digests;
    }

    /// From the next PDU on a data segment has at most so many bytes.
    pub const fn set_limit(&mut self, limit: usize) {
        self.limit = limit;
    }

    /// From now on a PDU that is not whole after so long ends the stream, however steadily its bytes come.
    pub const fn set_patience(&mut self, patience: Duration) {
        self.patience = Some(patience);
    }

    /// The stream.
    pub const fn stream(&self) -> &R {
        &self.stream
    }

    /// Whether the next PDU is here as a whole: [`next`](Self::next) will not wait.
    pub fn has_whole(&self) -> bool {
        let have = &self.buffer[self.start..self.end];
        header_of(have).is_some_and(|header| have.len() >= self.layout(&header).whole)
    }

    /// The next PDU, or `None` where the stream ends between two.
    #[expect(clippy::should_implement_trait, reason = "what it gives borrows from the reader")]
    pub fn next(&mut self) -> Result<Option<Pdu<'_>>, ReadError> {
        if !self.fill(HEADER)? {
            return Ok(None);
        }
        let Some(header) = header_of(&self.buffer[self.start..self.end]) else { return Ok(None) };
        if header.data_bytes() > self.limit {
            return Err(ReadError::TooLong { seen: header.data_bytes(), limit: self.limit, header });
        }
        let layout = self.layout(&header);
        // The header is looked at before its word is taken for how much is to come.
        if self.digests.header {
            self.fill(layout.header + DIGEST)?;
            let bytes = &self.buffer[self.start..][..layout.header + DIGEST];
            let (segment, seen) = bytes.split_at(layout.header);
            let expected = digest(crc32c::crc32c(segment));
            if seen != expected {
                return Err(ReadError::HeaderDigest { seen: four(seen), expected, header });
            }
        }
        self.fill(layout.whole)?;
        self.begun = None;
        let bytes = &self.buffer[self.start..][..layout.whole];
        self.start += layout.whole;
        let padded = &bytes[layout.data..layout.data + header.data_bytes() + padding(header.data_bytes())];
        let data_is_corrupt = self.digests.data
            && !padded.is_empty()
            && bytes[layout.whole - DIGEST..] != digest(crc32c::crc32c(padded));
        Ok(Some(Pdu {
            header,
            additional: &bytes[HEADER..layout.header],
            data: &padded[..header.data_bytes()],
            data_is_corrupt,
        }))
    }

    /// Reads until `bytes` are here. False: the stream has ended before the first of them.
    fn fill(&mut self, bytes: usize) -> Result<bool, ReadError> {
        while self.end - self.start < bytes {
            if self.end > self.start {
                let begun = *self.begun.get_or_insert_with(Instant::now);
                if self.patience.is_some_and(|patience| begun.elapsed() > patience) {
                    return Err(ReadError::TooSlow { taken: begun.elapsed() });
                }
            }
            if self.start == self.end {
                (self.start, self.end) = (0, 0);
            }
            if self.start + bytes > self.buffer.len() {
                self.buffer.copy_within(self.start..self.end, 0);
                (self.start, self.end) = (0, self.end - self.start);
                if bytes > self.buffer.len() {
                    self.buffer.resize(bytes.next_multiple_of(LEAST), 0);
                }
            }
            // Behind a large PDU nothing is read on stock: it would have to be moved to the front for the next one.
            let end = if bytes > LEAST { self.start + bytes } else { self.buffer.len() };
            match self.stream.read(&mut self.buffer[self.end..end]) {
                Ok(0) if self.end == self.start => return Ok(false),
                Ok(0) => {
                    let have = self.end - self.start;
                    return Err(io::Error::new(
                        io::ErrorKind::UnexpectedEof,
                        format!("the stream ended {have} bytes into a PDU of at least {bytes}"),
                    )
                    .into());
                }
                Ok(read) => self.end += read,
                Err(error) if error.kind() == io::ErrorKind::Interrupted => {}
                Err(error) => return Err(error.into()),
            }
        }
        Ok(true)
    }

    fn layout(&self, header: &BasicHeader) -> Layout {
        let segment = HEADER + header.additional_bytes();
        let data = segment + if self.digests.header { DIGEST } else { 0 };
        let bytes = header.data_bytes();
        let behind = if self.digests.data && bytes > 0 { DIGEST } else { 0 };
        Layout { header: segment, data, whole: data + bytes + padding(bytes) + behind }
    }
}

/// Where things are in a PDU.
struct Layout {
    /// Bytes of basic and additional headers.
    header: usize,
    /// Where the data segment begins.
    data: usize,
    /// Bytes of everything.
    whole: usize,
}

fn header_of(bytes: &[u8]) -> Option<BasicHeader> {
    bytes.first_chunk::<HEADER>().map(|bytes| BasicHeader(*bytes))
}

fn four(bytes: &[u8]) -> [u8; 4] {
    bytes.first_chunk().copied().unwrap_or_default()
}
