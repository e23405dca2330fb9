//! The image, read in order.

use crate::{Error, HResult, ImageError, RawImage};

/// An image that stands where the next sector is to be taken from.
pub(crate) struct Source<'a> {
    image: &'a mut dyn RawImage,
}

impl<'a> Source<'a> {
    /// Puts the image `skip` bytes from its start, by seeking, else by reading from where it stands
    /// (Microsoft: IDiscFormat2RawCD::WriteMedia, remarks). `None` when `go_on` says no meanwhile.
    pub fn at(
        image: &'a mut dyn RawImage,
        skip: u64,
        go_on: &mut dyn FnMut() -> bool,
    ) -> Result<Option<Self>, Error> {
        let source = Self { image };
        if source.image.seek_to(skip).is_ok() {
            return Ok(Some(source));
        }
        let mut left = skip;
        let mut buffer = vec![0; 64 * 1024];
        while left > 0 {
            if !go_on() {
                return Ok(None);
            }
            let room = usize::try_from(left).unwrap_or(usize::MAX).min(buffer.len());
            match source.image.read_some(&mut buffer[..room])?.min(room) {
                0 => return Err(ended(left, "the first sector to record")),
                got => left -= got as u64,
            }
        }
        Ok(Some(source))
    }

    /// Reads until the buffer is full.
    pub fn fill(&mut self, buffer: &mut [u8]) -> Result<(), Error> {
        let mut rest = buffer;
        while !rest.is_empty() {
            match self.image.read_some(rest)?.min(rest.len()) {
                0 => return Err(ended(rest.len() as u64, "the end of a sector that its size promises")),
                got => rest = rest.split_at_mut(got).1,
            }
        }
        Ok(())
    }
}

fn ended(short: u64, of: &str) -> Error {
    Error::Image(ImageError { hresult: HResult::E_FAIL, text: format!("it ends {short} bytes before {of}") })
}
