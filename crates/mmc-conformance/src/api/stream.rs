//! A session of a fixture as a stream.

use std::io::{Read, Seek, SeekFrom};

use crate::image::Image;

/// The blocks of a session, made as they are read.
pub(super) struct Blocks<'a> {
    image: &'a Image,
    at: u64,
    block: Vec<u8>,
    /// Which block is in `block`.
    made: Option<u32>,
}

/// A stream of a session.
pub(super) const fn of(image: &Image) -> Blocks<'_> {
    Blocks { image, at: 0, block: Vec::new(), made: None }
}

impl Read for Blocks<'_> {
    fn read(&mut self, buffer: &mut [u8]) -> std::io::Result<usize> {
        let bytes = self.image.block_bytes() as u64;
        let n = u32::try_from(self.at / bytes).unwrap_or(u32::MAX);
        if n >= self.image.frames() {
            return Ok(0);
        }
        if self.made != Some(n) {
            self.block.clear();
            self.image.append(n, &mut self.block);
            self.made = Some(n);
        }
        let rest = usize::try_from(self.at % bytes).ok().and_then(|at| self.block.get(at..));
        let count = rest.unwrap_or_default().read(buffer)?;
        self.at += count as u64;
        Ok(count)
    }
}

impl Seek for Blocks<'_> {
    fn seek(&mut self, to: SeekFrom) -> std::io::Result<u64> {
        let end = u64::from(self.image.frames()) * self.image.block_bytes() as u64;
        let to = match to {
            SeekFrom::Start(at) => Some(at),
            SeekFrom::End(by) => end.checked_add_signed(by),
            SeekFrom::Current(by) => self.at.checked_add_signed(by),
        };
        self.at = to.ok_or_else(|| std::io::Error::other("a place before the stream's first byte"))?;
        Ok(self.at)
    }
}
