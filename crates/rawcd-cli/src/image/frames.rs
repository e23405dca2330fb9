//! Recorded frames as a stream of 2448-byte sectors: a raw image that nobody has to store.

use std::io::{self, Read, Seek, SeekFrom};
use std::ops::Range;

use cd_format::{FRAME_BYTES, Lba, RecordedFrames};

/// The frames of one stretch, from its first byte to its last.
#[derive(Debug)]
pub struct FramesImage<F> {
    frames: F,
    run: Range<Lba>,
    at: u64,
    /// One frame, for reads that begin or end within one.
    part: Box<[u8; FRAME_BYTES]>,
}

impl<F: RecordedFrames> FramesImage<F> {
    /// The first stretch of `frames`; empty where there is none.
    pub fn new(frames: F) -> Self {
        let run = frames.runs().into_iter().next().unwrap_or(Lba(0)..Lba(0));
        Self { frames, run, at: 0, part: Box::new([0; FRAME_BYTES]) }
    }

    fn size(&self) -> u64 {
        u64::try_from(self.run.end - self.run.start).unwrap_or(0) * FRAME_BYTES as u64
    }
}

impl<F: RecordedFrames> Read for FramesImage<F> {
    fn read(&mut self, buffer: &mut [u8]) -> io::Result<usize> {
        let left = usize::try_from(self.size().saturating_sub(self.at)).unwrap_or(usize::MAX);
        let wanted = buffer.len().min(left);
        if wanted == 0 {
            return Ok(0);
        }
        let frame = i32::try_from(self.at / FRAME_BYTES as u64).map_err(io::Error::other)?;
        let within = (self.at % FRAME_BYTES as u64) as usize;
        let lba = self.run.start + frame;
        let whole = wanted / FRAME_BYTES * FRAME_BYTES;
        let read = if within == 0 && whole > 0 {
            let out = buffer.get_mut(..whole).unwrap_or_default();
            self.frames.read(lba, out).map_err(io::Error::other)?;
            whole
        } else {
            self.frames.read(lba, &mut self.part[..]).map_err(io::Error::other)?;
            let part = self.part.get(within..).unwrap_or_default();
            let some = part.len().min(wanted);
            for (to, from) in buffer.iter_mut().zip(part.iter().take(some)) {
                *to = *from;
            }
            some
        };
        self.at += read as u64;
        Ok(read)
    }
}

impl<F: RecordedFrames> Seek for FramesImage<F> {
    fn seek(&mut self, to: SeekFrom) -> io::Result<u64> {
        let at = match to {
            SeekFrom::Start(at) => Some(at),
            SeekFrom::End(off) => self.size().checked_add_signed(off),
            SeekFrom::Current(off) => self.at.checked_add_signed(off),
        };
        self.at = at.ok_or_else(|| io::Error::new(io::ErrorKind::InvalidInput, "before the first byte"))?;
        Ok(self.at)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    struct Counted;

    impl RecordedFrames for Counted {
        type Error = io::Error;

        fn runs(&self) -> Vec<Range<Lba>> {
            vec![Lba(-5)..Lba(5)]
        }

        fn read(&self, lba: Lba, out: &mut [u8]) -> io::Result<()> {
            for (frame, n) in out.chunks_exact_mut(FRAME_BYTES).zip(lba.0..) {
                frame.fill((n + 5) as u8);
            }
            Ok(())
        }
    }

    #[test]
    fn any_reads_and_seeks_give_the_same_bytes() {
        let mut whole = Vec::new();
        FramesImage::new(Counted).read_to_end(&mut whole).unwrap();
        assert_eq!(whole.len(), 10 * FRAME_BYTES);
        let mut image = FramesImage::new(Counted);
        for (at, bytes) in [(0, 1), (2447, 2), (2448 * 3 + 7, 6000), (2448 * 10 - 1, 1), (2448 * 2, 2448)] {
            image.seek(SeekFrom::Start(at)).unwrap();
            let mut part = vec![0; bytes];
            image.read_exact(&mut part).unwrap();
            assert_eq!(part, whole[at as usize..at as usize + bytes]);
        }
        image.seek(SeekFrom::End(5)).unwrap();
        assert_eq!(image.read(&mut [0; 10]).unwrap(), 0);
    }
}
