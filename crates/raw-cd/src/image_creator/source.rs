//! The streams that a creator is given.

use core::fmt;

use cd_format::sector::SECTOR_LEN;

use super::error::ImageCreatorError;
use super::sector_type::CdSectorType;
use crate::{HResult, ImageError, RawImage};

/// Data of a track, whatever it comes from: a file, bytes in memory, a decoder.
///
/// A [`RawImage`] is what can be sized, sought and read, so anything that reads and seeks is one.
pub struct TrackData(Box<dyn RawImage + Send>);

impl TrackData {
    /// The data that `image` gives. It is read when the image is.
    pub fn new(image: impl RawImage + Send + 'static) -> Self {
        Self(Box::new(image))
    }
}

impl fmt::Debug for TrackData {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("TrackData")
    }
}

impl RawImage for TrackData {
    fn bytes(&mut self) -> Result<u64, ImageError> {
        self.0.bytes()
    }

    fn seek_to(&mut self, offset: u64) -> Result<(), ImageError> {
        self.0.seek_to(offset)
    }

    fn read_some(&mut self, buffer: &mut [u8]) -> Result<usize, ImageError> {
        self.0.read_some(buffer)
    }
}

/// Whole sectors of a stream of `sector_type`, `least` of them or more.
pub(super) fn sectors(
    what: &'static str,
    data: &mut impl RawImage,
    sector_type: CdSectorType,
    least: i32,
) -> Result<i64, ImageCreatorError> {
    let bytes = data.bytes().map_err(|source| ImageCreatorError::Stream { what, source })?;
    let each = sector_type.source_bytes().unwrap_or(SECTOR_LEN) as u64;
    match i64::try_from(bytes / each) {
        Ok(sectors) if bytes.is_multiple_of(each) && sectors >= least.into() => Ok(sectors),
        _ => {
            let expected = format!("a multiple of {each}, and at least {least} sectors");
            Err(ImageCreatorError::StreamSize { what, bytes, expected })
        }
    }
}

/// A stream that is read piece by piece, in any order if it can be sought.
pub(super) struct Source<S> {
    /// Who is to blame when it fails.
    name: String,
    data: S,
    /// Where it stands, if known.
    at: Option<u64>,
}

impl<S: RawImage> Source<S> {
    pub fn new(name: String, data: S) -> Self {
        Self { name, data, at: Some(0) }
    }

    /// Fills `buffer` from `offset` on. Seeks every time, as one stream may be several sources; what
    /// cannot seek is read in order.
    pub fn read(&mut self, offset: u64, buffer: &mut [u8]) -> Result<(), ImageError> {
        let stands = self.at.take();
        if let Err(error) = self.data.seek_to(offset)
            && stands != Some(offset)
        {
            return Err(self.blamed(error));
        }
        let end = offset + buffer.len() as u64;
        let mut rest = buffer;
        while !rest.is_empty() {
            let got = match self.data.read_some(rest) {
                Ok(got) => got.min(rest.len()),
                Err(error) => return Err(self.blamed(error)),
            };
            if got == 0 {
                let text = format!("it ends {} bytes before its size promised", rest.len());
                return Err(self.blamed(ImageError { hresult: HResult::E_FAIL, text }));
            }
            rest = rest.split_at_mut(got).1;
        }
        self.at = Some(end);
        Ok(())
    }

    fn blamed(&self, error: ImageError) -> ImageError {
        ImageError { hresult: error.hresult, text: format!("{}: {}", self.name, error.text) }
    }
}

impl<S> fmt::Debug for Source<S> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "Source({})", self.name)
    }
}
