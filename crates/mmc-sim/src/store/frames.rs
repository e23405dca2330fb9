//! What is recorded, whoever may change it: reading, adding, and (for those who may) removing.

use core::ops::Range;
use std::path::Path;
use std::sync::Arc;
use std::{env, io};

use cd_format::{Lba, RecordedFrames};

use super::area::Areas;
use super::backing::Spill;
use super::extent::{Extent, ExtentMap, Matter, Place};
use super::piece::Piece;
use super::{At, FIRST, FRAME, LAST, MAIN, ReadError, SUB, Source, WriteError};

/// The recorded frames and areas of a disc. A clone is a fork: it costs the same whatever is
/// recorded, and neither sees what is written to the other.
#[derive(Clone, Debug, Default)]
pub struct Frames {
    pub(super) extents: ExtentMap,
    pub(super) areas: Areas,
    /// Frames recorded.
    written: u32,
    /// Bytes of them in memory; those that forks share count for each.
    pub(super) held: u64,
    pub(super) limit: Option<Limit>,
}

/// What may stay in memory, and where the rest goes.
#[derive(Clone, Debug)]
pub(super) struct Limit {
    pub(super) bytes: u64,
    pub(super) spill: Arc<Spill>,
}

/// Frames in the largest chunk of memory: 1.2 MB, so that the last one of a disc wastes little.
pub(super) const CHUNK: usize = 512;

impl Frames {
    /// Nothing but `areas`.
    pub(super) fn with_areas(areas: Areas) -> Self {
        Self { areas, ..Self::default() }
    }

    /// Number of recorded frames.
    pub const fn len(&self) -> u32 {
        self.written
    }

    /// Whether no frame is recorded.
    pub const fn is_empty(&self) -> bool {
        self.written == 0
    }

    /// Bytes of recorded frames in memory. Forks share them, so their figures do not add up.
    pub const fn bytes_in_memory(&self) -> u64 {
        self.held
    }

    /// The program memory area and the power calibration area.
    pub const fn areas(&self) -> &Areas {
        &self.areas
    }

    /// Whether the frame at `lba` is recorded.
    pub fn is_written(&self, lba: Lba) -> bool {
        self.extents.at(lba.0).is_some()
    }

    /// The recorded stretches that reach past `from`, without gaps inside: first address and the
    /// one behind the last. The first stretch is cut to `from`.
    pub fn runs(&self, from: Lba) -> impl Iterator<Item = Range<Lba>> {
        let mut extents = self.extents.from(from.0).peekable();
        core::iter::from_fn(move || {
            let extent = extents.next()?;
            let first = extent.first.max(from.0);
            let mut end = extent.end();
            while let Some(next) = extents.next_if(|next| next.first == end) {
                end = next.end();
            }
            Some(Lba(first)..Lba(end))
        })
    }

    /// Reads consecutive frames from `lba` on, as many as `out` has whole room for: 2352 bytes of
    /// main channel, then 96 of sub-channel, each.
    ///
    /// After [`ReadError::Unwritten`] the frames before the address it names are in `out`.
    pub fn read(&self, lba: Lba, out: &mut [u8]) -> Result<(), ReadError> {
        let (mut lba, mut rest) = (lba, out);
        while rest.len() >= FRAME {
            let piece = self.piece(lba, rest.len() / FRAME)?;
            let (to, behind) = rest.split_at_mut(piece.len());
            to.copy_from_slice(&piece);
            lba = lba + count(to);
            rest = behind;
        }
        Ok(())
    }

    /// The frames from `lba` on that lie together: at least one, at most `limit`. Nothing is copied
    /// if they are in memory.
    pub fn piece(&self, lba: Lba, limit: usize) -> Result<Piece<'_>, ReadError> {
        let extent = self.extents.at(lba.0).ok_or(ReadError::Unwritten { lba })?;
        let skip = lba.0.abs_diff(extent.first);
        extent.piece(skip, limit)
    }

    /// The first address at which the two discs do not hold the same, written or not; areas aside.
    pub fn first_difference(&self, other: &Self) -> Result<Option<Lba>, ReadError> {
        let mut next = FIRST;
        loop {
            let (mine, theirs) = (self.runs(next).next(), other.runs(next).next());
            let (mine, theirs) = match (mine, theirs) {
                (None, None) => return Ok(None),
                (Some(run), None) | (None, Some(run)) => return Ok(Some(run.start)),
                (Some(mine), Some(theirs)) => (mine, theirs),
            };
            if mine.start != theirs.start {
                return Ok(Some(mine.start.min(theirs.start)));
            }
            let end = mine.end.min(theirs.end);
            next = mine.start;
            while next < end {
                let limit = (end - next).unsigned_abs() as usize;
                let (a, b) = (self.piece(next, limit)?, other.piece(next, limit)?);
                let both = a.len().min(b.len());
                let (a, b) = (a.get(..both).unwrap_or_default(), b.get(..both).unwrap_or_default());
                if a != b {
                    let same = a.chunks(FRAME).zip(b.chunks(FRAME)).take_while(|(a, b)| a == b).count();
                    return Ok(next.checked_add(i32::try_from(same).unwrap_or(i32::MAX)));
                }
                next = next + count(a);
            }
        }
    }

    /// From now on keeps at most `bytes` of newly recorded frames in memory, and the rest in a
    /// temporary file without a name in `dir` (or where the system has such files). Forks share
    /// the file.
    pub(super) fn limit_memory(&mut self, bytes: u64, dir: Option<&Path>) -> io::Result<()> {
        let file = tempfile::tempfile_in(dir.map_or_else(env::temp_dir, Path::to_path_buf))?;
        self.limit = Some(Limit { bytes, spill: Arc::new(Spill::new(file)) });
        Ok(())
    }

    /// Records `source`, if nothing is in the way; see [`Store::append`](super::Store::append).
    pub(super) fn append(&mut self, at: At, source: Source<'_>) -> Result<(), WriteError> {
        let (lba, frames) = (at.lba(), source.frames()?);
        let off = || WriteError::OffTheDisc { at: lba, frames };
        let count = u32::try_from(frames).map_err(|_| off())?;
        let end = lba.0.checked_add_unsigned(count).ok_or_else(off)?;
        if lba < FIRST || end > LAST.0 + 1 {
            return Err(off());
        }
        let in_the_way = self.extents.from(lba.0).next().map(|extent| extent.first.max(lba.0));
        if let Some(n) = in_the_way.filter(|&n| n < end) {
            return Err(WriteError::Written { lba: Lba(n) });
        }
        if matches!(at, At::Next(_)) && self.extents.at(lba.0.saturating_sub(1)).is_none() {
            let end = self.extents.before(lba.0).map(|extent| Lba(extent.end()));
            return Err(WriteError::Gap { at: lba, end });
        }
        if count == 0 {
            return Ok(());
        }
        self.keep(lba, count, source)?;
        self.written += count;
        Ok(())
    }

    /// Removes the frames in `range`, written or not.
    pub(super) fn remove(&mut self, range: &Range<Lba>) {
        for extent in self.extents.remove(&(range.start.0..range.end.0)) {
            self.written = self.written.saturating_sub(extent.frames);
            self.held = self.held.saturating_sub(extent.bytes_in_memory());
        }
    }

    /// Adds an extent, nothing being there, as it comes out of a disc file.
    pub(super) fn adopt(&mut self, extent: Extent) {
        self.written += extent.frames;
        self.held += extent.bytes_in_memory();
        self.extents.insert(extent);
    }

    /// The same with everything in memory.
    pub(super) fn into_memory(self) -> Result<Self, ReadError> {
        let mut all = Self { areas: self.areas, limit: self.limit, ..Self::default() };
        for extent in self.extents.from(FIRST.0) {
            let form = match &extent.matter {
                Matter::Kept { form, place: Place::Spilled { .. } | Place::Saved { .. } } => *form,
                Matter::Kept { place: Place::Held { .. }, .. } | Matter::Made(_) => {
                    all.adopt(extent.clone());
                    continue;
                }
            };
            let mut done = 0;
            while done < extent.frames {
                let frames = (extent.frames - done).min(CHUNK as u32);
                let mut chunk = Vec::with_capacity(form.bytes(frames) as usize);
                while let Some(rest) =
                    (frames as usize).checked_sub(chunk.len() / form.unit()).filter(|&n| n > 0)
                {
                    let skip = done + frames - rest as u32;
                    chunk.extend_from_slice(&extent.kept(skip, rest)?);
                }
                let first = extent.first.saturating_add_unsigned(done);
                let place = Place::Held { chunk: Arc::new(chunk), at: 0 };
                all.adopt(Extent { first, frames, matter: Matter::Kept { form, place } });
                done += frames;
            }
        }
        Ok(all)
    }
}

impl Source<'_> {
    fn frames(&self) -> Result<usize, WriteError> {
        let (main, sub, unit) = match self {
            Source::Frames(frames) => (frames.len(), 0, FRAME),
            Source::Owned(frames) => (frames.len(), 0, FRAME),
            Source::Channels { main, sub } => (main.len(), sub.len(), MAIN),
            Source::Pattern { frames, .. } => return Ok(*frames as usize),
        };
        let frames = main / unit;
        let whole = main == frames * unit && (unit == FRAME || sub == frames * SUB);
        if whole { Ok(frames) } else { Err(WriteError::Ragged { main, sub }) }
    }
}

/// Frames in `bytes`.
fn count(bytes: &[u8]) -> i32 {
    i32::try_from(bytes.len() / FRAME).unwrap_or(i32::MAX)
}

impl RecordedFrames for Frames {
    type Error = ReadError;

    fn runs(&self) -> Vec<Range<Lba>> {
        Self::runs(self, FIRST).collect()
    }

    fn read(&self, lba: Lba, out: &mut [u8]) -> Result<(), ReadError> {
        Self::read(self, lba, out)
    }
}
