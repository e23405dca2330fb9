//! Every frame of a disc: what was recorded on it, and what its scene laid out.
//!
//! A recorded frame is in the [`Store`](crate::store::Store); a session that a scene laid out has
//! none there, and its frames are made, the same ones each time, when they are read. Above this
//! module nobody can tell the two apart.
//!
//! | module | holds |
//! |---|---|
//! | [`laid`] | the sessions of a scene: P to W of each of their frames |
//! | `sector` | the main channel of such a frame |
//! | `readable` | which blocks a host may read, and what kind they are |

pub mod laid;
mod readable;
mod sector;
#[cfg(test)]
mod tests;

use core::ops::Range;

use cd_format::{Lba, RecordedFrames};

pub use laid::Laid;
pub(crate) use readable::{Stretch, StretchKind};

use super::Disc;
use crate::store::{FIRST, FRAME, ReadError};

/// Bytes of a frame: 2352 of main channel as recorded, 96 of P to W.
pub type Frame = [u8; FRAME];

/// All frames of a disc, lead-ins, pregaps, run-outs and lead-outs included.
#[derive(Clone, Copy, Debug)]
pub struct DiscFrames<'a>(&'a Disc);

impl Disc {
    /// All frames of the disc, recorded or laid out by its scene.
    pub const fn frames(&self) -> DiscFrames<'_> {
        DiscFrames(self)
    }

    /// Reads consecutive frames from `lba` on, as many as `out` has whole room for: as they lie on
    /// the disc, data scrambled.
    ///
    /// After [`ReadError::Unwritten`] the frames before the address it names are in `out`.
    pub fn read_frames(&self, lba: Lba, out: &mut [u8]) -> Result<(), ReadError> {
        self.frames().read(lba, out)
    }
}

impl DiscFrames<'_> {
    /// Calls `each` with every frame of `range` in order, without copying what is in memory.
    pub fn visit<E: From<ReadError>>(
        &self,
        range: Range<Lba>,
        mut each: impl FnMut(Lba, &Frame) -> Result<(), E>,
    ) -> Result<(), E> {
        let mut made = [0; FRAME];
        let mut lba = range.start;
        while lba < range.end {
            let left = usize::try_from(range.end - lba).unwrap_or(1);
            match self.0.store.piece(lba, left) {
                Ok(piece) => {
                    let (frames, _) = piece.as_chunks::<FRAME>();
                    for frame in frames {
                        each(lba, frame)?;
                        lba = lba + 1;
                    }
                }
                Err(ReadError::Unwritten { .. }) if self.0.laid.write(lba, &mut made) => {
                    each(lba, &made)?;
                    lba = lba + 1;
                }
                Err(error) => return Err(error.into()),
            }
        }
        Ok(())
    }
}

impl RecordedFrames for DiscFrames<'_> {
    type Error = ReadError;

    fn runs(&self) -> Vec<Range<Lba>> {
        let mut parts: Vec<Range<Lba>> = self.0.store.runs(FIRST).chain(self.0.laid.runs()).collect();
        parts.sort_by_key(|run| run.start);
        let mut runs: Vec<Range<Lba>> = Vec::with_capacity(parts.len());
        for part in parts {
            match runs.last_mut() {
                Some(last) if part.start <= last.end => last.end = last.end.max(part.end),
                _ => runs.push(part),
            }
        }
        runs
    }

    fn read(&self, lba: Lba, out: &mut [u8]) -> Result<(), ReadError> {
        let (frames, _) = out.as_chunks_mut::<FRAME>();
        let end = lba + i32::try_from(frames.len()).unwrap_or(i32::MAX);
        let mut frames = frames.iter_mut();
        self.visit(lba..end, |_, frame| {
            if let Some(out) = frames.next() {
                *out = *frame;
            }
            Ok(())
        })
    }

    fn for_each_frame(
        &self,
        range: Range<Lba>,
        each: &mut dyn FnMut(Lba, &Frame),
    ) -> Result<(), Self::Error> {
        self.visit(range, |lba, frame| {
            each(lba, frame);
            Ok(())
        })
    }
}
