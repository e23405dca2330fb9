//! How frames are kept: all of them, or of those whose main channel is one byte throughout only the
//! sub-channel.
//!
//! Silence, and the lead-ins, gaps and lead-outs of it, are most of what some discs hold, and twenty-five
//! bytes in twenty-six of it say nothing.

use std::sync::Arc;

use cd_format::Lba;

use super::extent::{Extent, Form, Matter, Place};
use super::frames::{CHUNK, Frames};
use super::{FRAME, MAIN, SUB, Source, WriteError};

impl Frames {
    /// Keeps `source`, whose place is free.
    pub(super) fn keep(&mut self, lba: Lba, frames: u32, source: Source<'_>) -> Result<(), WriteError> {
        if let Source::Pattern { pattern, .. } = source {
            self.extents.insert(Extent { first: lba.0, frames, matter: Matter::Made(pattern) });
            return Ok(());
        }
        let form = source.form();
        let size = form.bytes(frames);
        if let Some(limit) = &self.limit
            && self.held.saturating_add(size) > limit.bytes
        {
            let file = Arc::clone(&limit.spill);
            let at = match (form, &source) {
                (Form::Whole, Source::Frames(frames)) => file.write(frames),
                (Form::Whole, Source::Owned(frames)) => file.write(frames),
                (Form::Sub { .. }, Source::Channels { sub, .. }) => file.write(sub),
                _ => {
                    let mut bytes = Vec::with_capacity(form.bytes(frames) as usize);
                    source.put(form, 0..frames as usize, &mut bytes);
                    file.write(&bytes)
                }
            };
            let at = at.map_err(|source| WriteError::Spill { at: lba, source })?;
            let matter = Matter::Kept { form, place: Place::Spilled { file, at } };
            self.extents.insert(Extent { first: lba.0, frames, matter });
            return Ok(());
        }
        self.held += size;
        match source {
            Source::Owned(bytes) if form == Form::Whole => {
                let matter = Matter::Kept { form, place: Place::Held { chunk: Arc::new(bytes), at: 0 } };
                self.extents.insert(Extent { first: lba.0, frames, matter });
            }
            source => self.copy(lba.0, frames as usize, form, &source),
        }
        Ok(())
    }

    /// Copies what is kept of `source` into chunks: first into what room the chunk before `lba` has, then
    /// into new ones, each twice as large as the one before.
    fn copy(&mut self, mut lba: i32, frames: usize, form: Form, source: &Source<'_>) {
        let (unit, mut done) = (form.unit(), 0);
        if let Some(room) = self.extents.room_at(lba, form) {
            done = ((room.chunk.capacity() - room.chunk.len()) / unit).min(frames);
            source.put(form, 0..done, room.chunk);
            *room.frames += done as u32;
            lba = lba.saturating_add_unsigned(done as u32);
        }
        while done < frames {
            let grown = match self.extents.before(lba) {
                Some(Extent {
                    matter: Matter::Kept { form: other, place: Place::Held { chunk, .. } },
                    ..
                }) if *other == form => 2 * chunk.len() / unit,
                _ => 0,
            };
            let fit = (frames - done).min(CHUNK);
            let mut chunk = Vec::with_capacity(fit.max(grown.min(CHUNK)) * unit);
            source.put(form, done..done + fit, &mut chunk);
            let matter = Matter::Kept { form, place: Place::Held { chunk: Arc::new(chunk), at: 0 } };
            self.extents.insert(Extent { first: lba, frames: fit as u32, matter });
            (lba, done) = (lba.saturating_add_unsigned(fit as u32), done + fit);
        }
    }
}

impl Source<'_> {
    /// What has to be kept of it. Looking costs nothing where the first frame is not one byte throughout.
    fn form(&self) -> Form {
        let main = match self {
            Source::Frames(frames) => one_byte(frames.chunks_exact(FRAME)),
            Source::Owned(frames) => one_byte(frames.chunks_exact(FRAME)),
            Source::Channels { main, .. } => one_byte(main.chunks_exact(MAIN)),
            Source::Pattern { .. } => None,
        };
        main.map_or(Form::Whole, |main| Form::Sub { main })
    }

    /// Puts what is kept of some of the frames behind `to`.
    fn put(&self, form: Form, frames: core::ops::Range<usize>, to: &mut Vec<u8>) {
        let part = |bytes: &'_ [u8], unit: usize| -> core::ops::Range<usize> {
            (frames.start * unit).min(bytes.len())..(frames.end * unit).min(bytes.len())
        };
        let whole: &[u8] = match self {
            Source::Frames(bytes) => bytes,
            Source::Owned(bytes) => bytes,
            Source::Channels { main, sub } => {
                let (main, sub) = (&main[part(main, MAIN)], &sub[part(sub, SUB)]);
                match form {
                    Form::Sub { .. } => to.extend_from_slice(sub),
                    Form::Whole => {
                        for (main, sub) in main.chunks_exact(MAIN).zip(sub.chunks_exact(SUB)) {
                            to.extend_from_slice(main);
                            to.extend_from_slice(sub);
                        }
                    }
                }
                return;
            }
            Source::Pattern { .. } => &[],
        };
        let whole = &whole[part(whole, FRAME)];
        match form {
            Form::Whole => to.extend_from_slice(whole),
            Form::Sub { .. } => {
                for frame in whole.chunks_exact(FRAME) {
                    to.extend_from_slice(&frame[MAIN..]);
                }
            }
        }
    }
}

/// The byte of which the main channels of all frames consist, if there is one.
fn one_byte<'a>(mut frames: impl Iterator<Item = &'a [u8]>) -> Option<u8> {
    let first = frames.next()?.get(..MAIN)?;
    let (byte, rest) = first.split_first()?;
    let same = rest == &first[..MAIN - 1] && frames.all(|frame| frame.get(..MAIN) == Some(first));
    same.then_some(*byte)
}
