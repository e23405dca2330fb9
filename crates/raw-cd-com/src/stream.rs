//! `IStream` as an image to write, and bytes in memory as an `IStream`.

use core::ffi::c_void;
use std::sync::{Mutex, MutexGuard, PoisonError};

use raw_cd::{HResult, ImageError, RawImage};
use windows_core::{GUID, HRESULT, implement};

use crate::border;
use crate::interfaces::{ISequentialStream_Impl, IStream, IStream_Impl};

/// `STREAM_SEEK_SET`, `STREAM_SEEK_CUR`, `STREAM_SEEK_END`.
pub(crate) const SEEK_SET: u32 = 0;
pub(crate) const SEEK_CUR: u32 = 1;
pub(crate) const SEEK_END: u32 = 2;
/// `STATFLAG_NONAME`: leave the name out, so that nothing has to be freed.
const STATFLAG_NONAME: u32 = 1;
/// `STGTY_STREAM`.
const STGTY_STREAM: u32 = 2;
/// `STG_E_INVALIDFUNCTION`: an origin that is none, or a position before the start.
pub(crate) const STG_E_INVALIDFUNCTION: HResult = HResult(0x8003_0001);
/// `STG_E_ACCESSDENIED`: the stream is read-only.
pub(crate) const STG_E_ACCESSDENIED: HResult = HResult(0x8003_0005);

/// `STATSTG` (objidl.h).
#[repr(C)]
#[allow(non_snake_case, reason = "the names of Microsoft's structure")]
pub(crate) struct Statistics {
    pwcsName: *mut u16,
    r#type: u32,
    cbSize: u64,
    times: [[u32; 2]; 3],
    grfMode: u32,
    grfLocksSupported: u32,
    clsid: GUID,
    grfStateBits: u32,
    reserved: u32,
}

#[cfg(target_pointer_width = "64")]
const _: () = assert!(size_of::<Statistics>() == 80);

impl Statistics {
    pub(crate) const fn of_stream(bytes: u64) -> Self {
        Self {
            pwcsName: core::ptr::null_mut(),
            r#type: STGTY_STREAM,
            cbSize: bytes,
            times: [[0; 2]; 3],
            grfMode: 0,
            grfLocksSupported: 0,
            clsid: GUID::zeroed(),
            grfStateBits: 0,
            reserved: 0,
        }
    }

    pub(crate) const fn size(&self) -> u64 {
        self.cbSize
    }
}

/// `Write` of a stream that cannot be written.
macro_rules! nothing_is_written {
    () => {
        unsafe fn Write(&self, _bytes: *const c_void, _count: u32, _written: *mut u32) -> HRESULT {
            border::raw($crate::stream::STG_E_ACCESSDENIED)
        }
    };
}

/// The members of `IStream` that a stream does not have which can only be read and sought.
macro_rules! nothing_but_reading {
    () => {
        unsafe fn SetSize(&self, _bytes: u64) -> HRESULT {
            border::raw($crate::stream::STG_E_ACCESSDENIED)
        }

        unsafe fn CopyTo(&self, _: *mut c_void, _: u64, _: *mut u64, _: *mut u64) -> HRESULT {
            border::raw(HResult::E_NOTIMPL)
        }

        unsafe fn Commit(&self, _flags: u32) -> HRESULT {
            border::raw(HResult::S_OK)
        }

        unsafe fn Revert(&self) -> HRESULT {
            border::raw(HResult::S_OK)
        }

        unsafe fn LockRegion(&self, _offset: u64, _bytes: u64, _kind: u32) -> HRESULT {
            border::raw($crate::stream::STG_E_INVALIDFUNCTION)
        }

        unsafe fn UnlockRegion(&self, _offset: u64, _bytes: u64, _kind: u32) -> HRESULT {
            border::raw($crate::stream::STG_E_INVALIDFUNCTION)
        }

        unsafe fn Clone(&self, stream: *mut *mut c_void) -> HRESULT {
            // SAFETY: the interface's contract is that of `out`.
            unsafe { border::out(stream, || Err($crate::border::Failure(HResult::E_NOTIMPL))) }
        }
    };
}

pub(crate) use {nothing_but_reading, nothing_is_written};

/// A client's stream, read as an image. The stream's own failures pass through.
pub(crate) struct StreamImage(pub IStream);

impl RawImage for StreamImage {
    fn bytes(&mut self) -> Result<u64, ImageError> {
        let mut statistics = Statistics::of_stream(0);
        // SAFETY: a living stream, room for a Statistics.
        let done = unsafe { self.0.Stat((&raw mut statistics).cast(), STATFLAG_NONAME) };
        checked("IStream::Stat", done).map(|()| statistics.cbSize)
    }

    fn seek_to(&mut self, offset: u64) -> Result<(), ImageError> {
        let distance = i64::try_from(offset).map_err(|_| ImageError {
            hresult: HResult::E_INVALIDARG,
            text: format!("IStream::Seek takes no offset of {offset} bytes"),
        })?;
        // SAFETY: a living stream; a caller may leave the new position out.
        checked("IStream::Seek", unsafe { self.0.Seek(distance, SEEK_SET, core::ptr::null_mut()) })
    }

    fn read_some(&mut self, buffer: &mut [u8]) -> Result<usize, ImageError> {
        let room = u32::try_from(buffer.len()).unwrap_or(u32::MAX);
        let mut read = 0;
        // SAFETY: a living stream; the buffer has at least `room` bytes.
        let done = unsafe { self.0.Read(buffer.as_mut_ptr().cast(), room, &raw mut read) };
        checked("IStream::Read", done)?;
        if read > room {
            return Err(ImageError {
                hresult: HResult::E_FAIL,
                text: format!("IStream::Read says {read} bytes: expected at most {room}"),
            });
        }
        Ok(read as usize)
    }
}

fn checked(member: &str, done: HRESULT) -> Result<(), ImageError> {
    let hresult = HResult(done.0 as u32);
    if hresult.is_success() {
        return Ok(());
    }
    Err(ImageError { hresult, text: format!("{member} failed") })
}

/// Bytes behind `IStream`, read-only: first those in memory, then zeros.
#[implement(IStream, Agile = false)]
pub(crate) struct MemoryStream {
    at: Mutex<u64>,
    bytes: Vec<u8>,
    len: u64,
}

impl MemoryStream {
    /// These bytes.
    pub(crate) const fn new(bytes: Vec<u8>) -> Self {
        let len = bytes.len() as u64;
        Self { at: Mutex::new(0), bytes, len }
    }

    /// So many zeros, which take no memory.
    pub(crate) const fn zeros(len: u64) -> Self {
        Self { at: Mutex::new(0), bytes: Vec::new(), len }
    }

    fn at(&self) -> MutexGuard<'_, u64> {
        self.at.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

impl ISequentialStream_Impl for MemoryStream_Impl {
    unsafe fn Read(&self, buffer: *mut c_void, bytes: u32, read: *mut u32) -> HRESULT {
        border::plain(|| {
            if buffer.is_null() {
                return Err(HResult::E_POINTER.into());
            }
            let mut at = self.at();
            let rest = u32::try_from(self.len.saturating_sub(*at)).unwrap_or(u32::MAX);
            let count = bytes.min(rest);
            let held = usize::try_from(*at).ok().and_then(|at| self.bytes.get(at..)).unwrap_or_default();
            let held = held.get(..count as usize).unwrap_or(held);
            // SAFETY: `buffer` has room for `bytes` bytes, of which `count`, and of these first what
            // is held, are written; `read` is NULL or valid for writing.
            unsafe {
                let buffer = buffer.cast::<u8>();
                buffer.copy_from_nonoverlapping(held.as_ptr(), held.len());
                buffer.add(held.len()).write_bytes(0, count as usize - held.len());
                if !read.is_null() {
                    read.write(count);
                }
            }
            *at += u64::from(count);
            Ok(())
        })
    }

    nothing_is_written!();
}

impl IStream_Impl for MemoryStream_Impl {
    unsafe fn Seek(&self, distance: i64, origin: u32, position: *mut u64) -> HRESULT {
        border::plain(|| {
            let mut at = self.at();
            let from = match origin {
                SEEK_SET => 0,
                SEEK_CUR => *at,
                SEEK_END => self.len,
                _ => return Err(STG_E_INVALIDFUNCTION.into()),
            };
            *at = from.checked_add_signed(distance).ok_or(STG_E_INVALIDFUNCTION)?;
            if !position.is_null() {
                // SAFETY: not NULL, so valid for writing.
                unsafe { position.write(*at) };
            }
            Ok(())
        })
    }

    unsafe fn Stat(&self, statistics: *mut c_void, _flags: u32) -> HRESULT {
        if statistics.is_null() {
            return border::raw(HResult::E_POINTER);
        }
        // SAFETY: not NULL, so room for a Statistics.
        unsafe { statistics.cast::<Statistics>().write(Statistics::of_stream(self.len)) };
        border::raw(HResult::S_OK)
    }

    nothing_but_reading!();
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn an_image_is_read_through_the_stream() {
        let mut image = StreamImage(MemoryStream::new((0..100).collect()).into());
        assert_eq!(image.bytes(), Ok(100));
        image.seek_to(90).unwrap();
        let mut buffer = [0; 16];
        assert_eq!(image.read_some(&mut buffer), Ok(10));
        assert_eq!(buffer[..10], [90, 91, 92, 93, 94, 95, 96, 97, 98, 99]);
        assert_eq!(image.read_some(&mut buffer), Ok(0));
        image.seek_to(1_000).unwrap();
        assert_eq!(image.read_some(&mut buffer), Ok(0));
        assert_eq!(image.seek_to(u64::MAX).unwrap_err().hresult, HResult::E_INVALIDARG);
    }

    #[test]
    fn zeros_are_read_without_being_held() {
        let mut image = StreamImage(MemoryStream::zeros(5_000_000_000).into());
        assert_eq!(image.bytes(), Ok(5_000_000_000));
        image.seek_to(4_999_999_998).unwrap();
        let mut buffer = [1; 4];
        assert_eq!(image.read_some(&mut buffer), Ok(2));
        assert_eq!(buffer, [0, 0, 1, 1]);
    }

    #[test]
    fn seeking_follows_the_origin_and_stays_in_front_of_nothing() {
        let stream = IStream::from(MemoryStream::new(vec![0; 10]));
        let mut at = 0;
        // SAFETY: a living stream and room for a position.
        unsafe {
            assert_eq!(stream.Seek(-3, SEEK_END, &raw mut at), HRESULT(0));
            assert_eq!(at, 7);
            assert_eq!(stream.Seek(-2, SEEK_CUR, &raw mut at), HRESULT(0));
            assert_eq!(at, 5);
            assert_eq!(stream.Seek(-1, SEEK_SET, &raw mut at), border::raw(STG_E_INVALIDFUNCTION));
            assert_eq!(stream.Seek(0, 3, &raw mut at), border::raw(STG_E_INVALIDFUNCTION));
            assert_eq!(at, 5);
        }
    }
}
