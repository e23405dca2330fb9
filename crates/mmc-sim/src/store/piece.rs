//! Frames as they are read: where they lie if they are in memory, else made or fetched a piece at a time.

use core::ops::{Deref, Range};
use std::sync::Arc;

use cd_format::Lba;

use super::backing::BLOCK;
use super::extent::{Extent, Form, Matter, Place};
use super::{FRAME, MAIN, ReadError, SUB};

/// Frames in a piece that is made or read on demand.
const PIECE: usize = BLOCK as usize;

/// Consecutive frames, read where they are if they are in memory. Never empty.
#[derive(Debug)]
pub struct Piece<'a>(Bytes<'a>);

#[derive(Debug)]
enum Bytes<'a> {
    There(&'a [u8]),
    Read(Vec<u8>),
    Block(Arc<Vec<u8>>, Range<usize>),
}

impl Deref for Piece<'_> {
    type Target = [u8];

    fn deref(&self) -> &[u8] {
        match &self.0 {
            Bytes::There(bytes) => bytes,
            Bytes::Read(bytes) => bytes,
            Bytes::Block(bytes, range) => bytes.get(range.clone()).unwrap_or_default(),
        }
    }
}

impl Extent {
    /// The frames from the `skip`th on that lie together, at most `limit`, at least one.
    pub(super) fn piece(&self, skip: u32, limit: usize) -> Result<Piece<'_>, ReadError> {
        match &self.matter {
            Matter::Kept { form: Form::Whole, .. } => self.kept(skip, limit),
            Matter::Kept { form: Form::Sub { main }, .. } => {
                let subs = self.kept(skip, limit.min(PIECE))?;
                let mut out = vec![*main; subs.len() / SUB * FRAME];
                for (frame, sub) in out.chunks_exact_mut(FRAME).zip(subs.chunks_exact(SUB)) {
                    if let Some(to) = frame.get_mut(MAIN..) {
                        to.copy_from_slice(sub);
                    }
                }
                Ok(Piece(Bytes::Read(out)))
            }
            Matter::Made(pattern) => {
                let mut out = vec![0; self.frames_from(skip, limit.min(PIECE)) * FRAME];
                pattern.write(Lba(self.first.saturating_add_unsigned(skip)), &mut out);
                Ok(Piece(Bytes::Read(out)))
            }
        }
    }

    /// The kept bytes of the frames from the `skip`th on that lie together, at most `limit` of them, at
    /// least one; of what is made, none.
    pub(super) fn kept(&self, skip: u32, limit: usize) -> Result<Piece<'_>, ReadError> {
        let Matter::Kept { form, place } = &self.matter else { return Ok(Piece(Bytes::There(&[]))) };
        let (frames, unit) = (self.frames_from(skip, limit), form.unit());
        Ok(Piece(match place {
            Place::Held { chunk, at } => {
                let from = (at + skip as usize) * unit;
                Bytes::There(chunk.get(from..from + frames * unit).unwrap_or_default())
            }
            Place::Spilled { file, at } => {
                let mut out = vec![0; frames.min(PIECE) * unit];
                file.read(at + form.bytes(skip), &mut out)?;
                Bytes::Read(out)
            }
            Place::Saved { file, at } => {
                let index = at + u64::from(skip);
                let block = file.block(index)?;
                let from = (index % BLOCK) as usize * unit;
                let end = (from + frames * unit).min(block.len());
                Bytes::Block(block, from..end)
            }
        }))
    }

    /// Bytes of it in memory.
    pub(super) fn bytes_in_memory(&self) -> u64 {
        match &self.matter {
            Matter::Kept { form, place: Place::Held { .. } } => form.bytes(self.frames),
            Matter::Kept { .. } | Matter::Made(_) => 0,
        }
    }

    fn frames_from(&self, skip: u32, limit: usize) -> usize {
        (self.frames.saturating_sub(skip) as usize).min(limit.max(1))
    }
}
