//! Frames that stay in a file until they are asked for.

use std::fs::File;
use std::io;
use std::sync::atomic::{AtomicU64, Ordering};
use std::sync::{Arc, Mutex, PoisonError};

use super::ReadError;

/// Frames in a block: what one checksum of a disc file covers, and what is read at once.
pub(super) const BLOCK: u64 = 64;

/// A temporary file without a name, for what does not fit into memory. Forks write into the same
/// file, each at a place of its own.
#[derive(Debug)]
pub(super) struct Spill {
    file: File,
    end: AtomicU64,
}

impl Spill {
    pub(super) const fn new(file: File) -> Self {
        Self { file, end: AtomicU64::new(0) }
    }

    /// Puts `bytes` into the file and returns their offset.
    pub(super) fn write(&self, bytes: &[u8]) -> io::Result<u64> {
        let offset = self.end.fetch_add(bytes.len() as u64, Ordering::Relaxed);
        write_all_at(&self.file, bytes, offset)?;
        Ok(offset)
    }

    pub(super) fn read(&self, offset: u64, out: &mut [u8]) -> Result<(), ReadError> {
        read_exact_at(&self.file, out, offset).map_err(|source| ReadError::Io { offset, source })
    }
}

/// A section of frames in a disc file, checked block by block as it is read.
#[derive(Debug)]
pub(super) struct Saved {
    file: Arc<File>,
    /// Where the section starts.
    start: u64,
    /// Bytes that it has of each frame.
    unit: usize,
    frames: u64,
    /// CRC-32 of each block.
    sums: Vec<u32>,
    recent: Mutex<Vec<(u64, Arc<Vec<u8>>)>>,
}

/// Blocks kept of each section: 1.2 MB at most, enough for a reader or two that go forward.
const RECENT: usize = 8;

impl Saved {
    /// `sums` has one number for each block of `frames`, the last of which may be short.
    pub(super) const fn new(file: Arc<File>, start: u64, unit: usize, frames: u64, sums: Vec<u32>) -> Self {
        Self { file, start, unit, frames, sums, recent: Mutex::new(Vec::new()) }
    }

    /// Checks the whole section.
    pub(super) fn check(&self) -> Result<(), ReadError> {
        let mut bytes = Vec::new();
        (0..self.frames.div_ceil(BLOCK)).try_for_each(|number| self.fetch(number, &mut bytes))
    }

    /// The block in which frame `index` is, whole and checked.
    pub(super) fn block(&self, index: u64) -> Result<Arc<Vec<u8>>, ReadError> {
        let number = index / BLOCK;
        let mut recent = self.recent.lock().unwrap_or_else(PoisonError::into_inner);
        if let Some(place) = recent.iter().position(|(n, _)| *n == number) {
            let hit = recent.remove(place);
            let bytes = Arc::clone(&hit.1);
            recent.push(hit);
            return Ok(bytes);
        }
        let mut bytes = Vec::new();
        self.fetch(number, &mut bytes)?;
        let bytes = Arc::new(bytes);
        if recent.len() >= RECENT {
            recent.remove(0);
        }
        recent.push((number, Arc::clone(&bytes)));
        Ok(bytes)
    }

    /// Puts a block into `bytes`, in place of what is there.
    fn fetch(&self, number: u64, bytes: &mut Vec<u8>) -> Result<(), ReadError> {
        let first = number.saturating_mul(BLOCK);
        let frames = self.frames.saturating_sub(first).min(BLOCK);
        let offset = self.start.saturating_add(first.saturating_mul(self.unit as u64));
        bytes.resize(frames as usize * self.unit, 0);
        read_exact_at(&self.file, bytes, offset).map_err(|source| ReadError::Io { offset, source })?;
        let found = crc32fast::hash(bytes);
        match usize::try_from(number).ok().and_then(|n| self.sums.get(n)) {
            Some(&expected) if expected == found => Ok(()),
            sum => Err(ReadError::Altered { offset, expected: sum.copied().unwrap_or(0), found }),
        }
    }
}

#[cfg(unix)]
pub(super) fn read_exact_at(file: &File, out: &mut [u8], offset: u64) -> io::Result<()> {
    std::os::unix::fs::FileExt::read_exact_at(file, out, offset)
}

#[cfg(unix)]
fn write_all_at(file: &File, bytes: &[u8], offset: u64) -> io::Result<()> {
    std::os::unix::fs::FileExt::write_all_at(file, bytes, offset)
}

#[cfg(windows)]
pub(super) fn read_exact_at(file: &File, mut out: &mut [u8], mut offset: u64) -> io::Result<()> {
    while !out.is_empty() {
        match std::os::windows::fs::FileExt::seek_read(file, out, offset) {
            Ok(0) => return Err(io::ErrorKind::UnexpectedEof.into()),
            Ok(n) => {
                out = out.get_mut(n..).unwrap_or_default();
                offset += n as u64;
            }
            Err(error) if error.kind() == io::ErrorKind::Interrupted => {}
            Err(error) => return Err(error),
        }
    }
    Ok(())
}

#[cfg(windows)]
fn write_all_at(file: &File, mut bytes: &[u8], mut offset: u64) -> io::Result<()> {
    while !bytes.is_empty() {
        match std::os::windows::fs::FileExt::seek_write(file, bytes, offset) {
            Ok(0) => return Err(io::ErrorKind::WriteZero.into()),
            Ok(n) => {
                bytes = bytes.get(n..).unwrap_or_default();
                offset += n as u64;
            }
            Err(error) if error.kind() == io::ErrorKind::Interrupted => {}
            Err(error) => return Err(error),
        }
    }
    Ok(())
}
