//! A stream from the outside: the result of an image creator.

use raw_cd::HResult;
use windows_core::{HRESULT, Interface};

use crate::interfaces::IStream;
use crate::stream::Statistics;

/// An `IStream` from the outside.
#[derive(Clone, Debug, PartialEq)]
pub struct ComStream(pub(super) IStream);

/// The most bytes of one `Read`.
const MOST: u32 = 1 << 20;

fn code(done: HRESULT) -> HResult {
    HResult(done.0 as u32)
}

impl ComStream {
    /// `Read` of up to 1 MiB, and the bytes that it says were read.
    pub fn read(&self, bytes: u32) -> (HResult, Vec<u8>) {
        let mut buffer = vec![0xA5; bytes.min(MOST) as usize];
        let mut read = 0;
        // SAFETY: a living object; the buffer has room for as many bytes as are asked for.
        let done = unsafe { self.0.Read(buffer.as_mut_ptr().cast(), bytes.min(MOST), &raw mut read) };
        buffer.truncate(read as usize);
        (code(done), buffer)
    }

    /// `Read` with NULL where the bytes belong.
    pub fn read_into_null(&self, bytes: u32) -> HResult {
        // SAFETY: a living object; NULL is what is tried.
        code(unsafe { self.0.Read(core::ptr::null_mut(), bytes, core::ptr::null_mut()) })
    }

    /// `Seek`, and the new position.
    pub fn seek(&self, distance: i64, origin: u32) -> (HResult, u64) {
        let mut position = 0;
        // SAFETY: a living object, room for a number.
        let done = unsafe { self.0.Seek(distance, origin, &raw mut position) };
        (code(done), position)
    }

    /// `Stat`, and the size.
    pub fn stat(&self) -> (HResult, u64) {
        let mut statistics = Statistics::of_stream(0);
        // SAFETY: a living object, room for a Statistics.
        let done = unsafe { self.0.Stat((&raw mut statistics).cast(), 1) };
        (code(done), statistics.size())
    }

    /// `Stat` with NULL where the statistics belong.
    pub fn stat_into_null(&self) -> HResult {
        // SAFETY: a living object; NULL is what is tried.
        code(unsafe { self.0.Stat(core::ptr::null_mut(), 1) })
    }

    /// `Write` of one byte.
    pub fn write(&self) -> HResult {
        let (byte, mut written) = (0_u8, 0);
        // SAFETY: a living object, a byte, room for a number.
        code(unsafe { self.0.Write((&raw const byte).cast(), 1, &raw mut written) })
    }

    /// `SetSize`.
    pub fn set_size(&self, bytes: u64) -> HResult {
        // SAFETY: a living object.
        code(unsafe { self.0.SetSize(bytes) })
    }

    /// `CopyTo` into itself.
    pub fn copy_to(&self) -> HResult {
        let (mut read, mut written) = (0, 0);
        // SAFETY: living objects, room for two numbers.
        code(unsafe { self.0.CopyTo(self.0.as_raw(), 1, &raw mut read, &raw mut written) })
    }

    /// `Commit`.
    pub fn commit(&self) -> HResult {
        // SAFETY: a living object.
        code(unsafe { self.0.Commit(0) })
    }

    /// `Revert`.
    pub fn revert(&self) -> HResult {
        // SAFETY: a living object.
        code(unsafe { self.0.Revert() })
    }

    /// `LockRegion` of the first byte.
    pub fn lock_region(&self) -> HResult {
        // SAFETY: a living object.
        code(unsafe { self.0.LockRegion(0, 1, 1) })
    }

    /// `UnlockRegion` of the first byte.
    pub fn unlock_region(&self) -> HResult {
        // SAFETY: a living object.
        code(unsafe { self.0.UnlockRegion(0, 1, 1) })
    }

    /// `Clone`; what comes of it is let go.
    pub fn clone_stream(&self) -> HResult {
        let mut stream = core::ptr::null_mut();
        // SAFETY: a living object, room for a pointer, which is ours if there is one.
        unsafe {
            let done = self.0.Clone(&raw mut stream);
            if done.is_ok() && !stream.is_null() {
                drop(IStream::from_raw(stream));
            }
            code(done)
        }
    }

    /// `Clone` with NULL where the stream belongs.
    pub fn clone_into_null(&self) -> HResult {
        // SAFETY: a living object; NULL is what is tried.
        code(unsafe { self.0.Clone(core::ptr::null_mut()) })
    }
}
