//! The stream that holds a raw image.

use std::io::{Read, Seek, SeekFrom};

use crate::HResult;

/// A raw image: lead-in, program and lead-out with their sub-channels, sector after sector.
///
/// What `IStream` is to `IDiscFormat2RawCD::WriteMedia`. Whatever reads and seeks is one; for what only
/// reads there is [`ReadOnce`].
pub trait RawImage {
    /// Size in bytes (`IStream::Stat`).
    fn bytes(&mut self) -> Result<u64, ImageError>;

    /// Goes to `offset` bytes from the start (`IStream::Seek`).
    fn seek_to(&mut self, offset: u64) -> Result<(), ImageError>;

    /// Reads up to `buffer.len()` bytes (`IStream::Read`); 0 is the end.
    fn read_some(&mut self, buffer: &mut [u8]) -> Result<usize, ImageError>;
}

impl<T: Read + Seek> RawImage for T {
    fn bytes(&mut self) -> Result<u64, ImageError> {
        let at = self.stream_position()?;
        let end = self.seek(SeekFrom::End(0))?;
        self.seek(SeekFrom::Start(at))?;
        Ok(end)
    }

    fn seek_to(&mut self, offset: u64) -> Result<(), ImageError> {
        self.seek(SeekFrom::Start(offset))?;
        Ok(())
    }

    fn read_some(&mut self, buffer: &mut [u8]) -> Result<usize, ImageError> {
        read_on(self, buffer)
    }
}

/// An image that is read once, from its first byte to its last: a pipe, a decoder. What its beginning
/// has that a disc has no room for is read and thrown away.
#[derive(Debug)]
pub struct ReadOnce<R> {
    reader: R,
    bytes: u64,
}

impl<R: Read> ReadOnce<R> {
    /// An image of `bytes` bytes that `reader` is about to give.
    pub const fn new(reader: R, bytes: u64) -> Self {
        Self { reader, bytes }
    }
}

impl<R: Read> RawImage for ReadOnce<R> {
    fn bytes(&mut self) -> Result<u64, ImageError> {
        Ok(self.bytes)
    }

    fn seek_to(&mut self, _: u64) -> Result<(), ImageError> {
        Err(ImageError { hresult: HResult::E_NOTIMPL, text: "it can only be read in order".to_owned() })
    }

    fn read_some(&mut self, buffer: &mut [u8]) -> Result<usize, ImageError> {
        read_on(&mut self.reader, buffer)
    }
}

/// So many zeros, which take no memory: silence, or an image of which only the size matters.
#[derive(Clone, Debug)]
pub struct Zeros {
    bytes: u64,
    at: u64,
}

impl Zeros {
    /// A stream of `bytes` zeros.
    pub const fn new(bytes: u64) -> Self {
        Self { bytes, at: 0 }
    }
}

impl RawImage for Zeros {
    fn bytes(&mut self) -> Result<u64, ImageError> {
        Ok(self.bytes)
    }

    fn seek_to(&mut self, offset: u64) -> Result<(), ImageError> {
        self.at = offset;
        Ok(())
    }

    fn read_some(&mut self, buffer: &mut [u8]) -> Result<usize, ImageError> {
        let left = usize::try_from(self.bytes.saturating_sub(self.at)).unwrap_or(usize::MAX);
        let count = left.min(buffer.len());
        buffer.iter_mut().take(count).for_each(|byte| *byte = 0);
        self.at += count as u64;
        Ok(count)
    }
}

fn read_on(reader: &mut impl Read, buffer: &mut [u8]) -> Result<usize, ImageError> {
    loop {
        match reader.read(buffer) {
            Err(error) if error.kind() == std::io::ErrorKind::Interrupted => {}
            other => return Ok(other?),
        }
    }
}

/// The stream failed. Its own HRESULT is passed through.
#[derive(Clone, Debug, Eq, PartialEq, thiserror::Error)]
#[error("{text} ({hresult})")]
pub struct ImageError {
    /// What the stream said.
    pub hresult: HResult,
    /// The same in words.
    pub text: String,
}

impl From<std::io::Error> for ImageError {
    /// What went through [`std::io::Error`] comes back as it was.
    fn from(error: std::io::Error) -> Self {
        match error.get_ref().and_then(|inner| inner.downcast_ref::<Self>()) {
            Some(inner) => inner.clone(),
            None => Self { hresult: HResult::E_FAIL, text: error.to_string() },
        }
    }
}

impl From<ImageError> for std::io::Error {
    fn from(error: ImageError) -> Self {
        Self::other(error)
    }
}
