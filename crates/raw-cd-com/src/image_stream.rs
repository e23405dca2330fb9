//! A raw image as an `IStream`, read-only, made when it is read.

use core::ffi::c_void;
use std::io::{Seek, SeekFrom};

use raw_cd::{HResult, RawCdImage, RawImage};
use windows_core::{HRESULT, implement};

use crate::border::{self, Failure};
use crate::exclusive::Exclusive;
use crate::interfaces::{ISequentialStream_Impl, IStream, IStream_Impl};
use crate::stream::{
    SEEK_CUR, SEEK_END, SEEK_SET, STG_E_INVALIDFUNCTION, Statistics, StreamImage, nothing_but_reading,
    nothing_is_written,
};

/// The image behind `IStream`. It holds the client's streams, and reads them when it is read: what
/// they fail with is what `Read` fails with.
#[implement(IStream, Agile = false)]
pub(crate) struct ImageStream(Exclusive<RawCdImage<StreamImage>>);

impl ImageStream {
    pub(crate) const fn new(image: RawCdImage<StreamImage>) -> Self {
        Self(Exclusive::new(image))
    }
}

impl ISequentialStream_Impl for ImageStream_Impl {
    /// As many bytes as asked for, fewer only at the end. A failure leaves the position where it was.
    unsafe fn Read(&self, buffer: *mut c_void, bytes: u32, read: *mut u32) -> HRESULT {
        border::plain(|| {
            if buffer.is_null() {
                return Err(HResult::E_POINTER.into());
            }
            let mut image = self.0.enter()?;
            // SAFETY: `buffer` has room for `bytes` bytes, and nobody else uses it during the call;
            // they are written before they are lent as a slice.
            let buffer = unsafe {
                buffer.cast::<u8>().write_bytes(0, bytes as usize);
                core::slice::from_raw_parts_mut(buffer.cast::<u8>(), bytes as usize)
            };
            let at = image.stream_position().map_err(|_| HResult::E_FAIL)?;
            let done = fill(&mut *image, buffer);
            if done.is_err() {
                image.seek_to(at)?;
            }
            if !read.is_null() {
                // SAFETY: not NULL, so valid for writing.
                unsafe { read.write(*done.as_ref().unwrap_or(&0)) };
            }
            done.map(|_| ())
        })
    }

    nothing_is_written!();
}

fn fill(image: &mut impl RawImage, buffer: &mut [u8]) -> Result<u32, Failure> {
    let mut filled = 0;
    while let Some(rest) = buffer.get_mut(filled..)
        && !rest.is_empty()
    {
        match image.read_some(rest)? {
            0 => break,
            got => filled += got,
        }
    }
    u32::try_from(filled).map_err(|_| HResult::E_FAIL.into())
}

impl IStream_Impl for ImageStream_Impl {
    unsafe fn Seek(&self, distance: i64, origin: u32, position: *mut u64) -> HRESULT {
        border::plain(|| {
            let to = match origin {
                SEEK_SET => SeekFrom::Start(u64::try_from(distance).map_err(|_| STG_E_INVALIDFUNCTION)?),
                SEEK_CUR => SeekFrom::Current(distance),
                SEEK_END => SeekFrom::End(distance),
                _ => return Err(STG_E_INVALIDFUNCTION.into()),
            };
            let at = self.0.enter()?.seek(to).map_err(|_| STG_E_INVALIDFUNCTION)?;
            if !position.is_null() {
                // SAFETY: not NULL, so valid for writing.
                unsafe { position.write(at) };
            }
            Ok(())
        })
    }

    unsafe fn Stat(&self, statistics: *mut c_void, _flags: u32) -> HRESULT {
        border::plain(|| {
            if statistics.is_null() {
                return Err(HResult::E_POINTER.into());
            }
            let bytes = self.0.enter()?.size();
            // SAFETY: not NULL, so room for a Statistics.
            unsafe { statistics.cast::<Statistics>().write(Statistics::of_stream(bytes)) };
            Ok(())
        })
    }

    nothing_but_reading!();
}
