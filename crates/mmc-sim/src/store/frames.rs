//! What is recorded, whoever may change it: reading, adding, and (for those who may) removing.

use core::ops::{Deref, Range};
use std::path::Path;
use std::sync::Arc;
use std::{env, io};

use cd_format::{Lba, RecordedFrames};

use super::area::Areas;
use super::backing::{BLOCK, Spill};
use super::extent::{Extent, ExtentMap, Matter};
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
    held: u64,
    limit: Option<Limit>,
}

/// What may stay in memory, and where the rest goes.
#[derive(Clone, Debug)]
struct Limit {
    bytes: u64,
    spill: Arc<Spill>,
}

/// Frames in the largest chunk of memory: 1.2 MB, so that the last one of a disc wastes little.
const CHUNK: usize = 512;

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
            if matches!(extent.matter, Matter::Held { .. }) {
                self.held = self.held.saturating_sub(bytes(extent.frames));
            }
        }
    }

    /// Adds an extent, nothing being there, as it comes out of a disc file.
    pub(super) fn adopt(&mut self, extent: Extent) {
        self.written += extent.frames;
        if matches!(extent.matter, Matter::Held { .. }) {
            self.held += bytes(extent.frames);
        }
        self.extents.insert(extent);
    }

    /// The same with everything in memory.
    pub(super) fn into_memory(self) -> Result<Self, ReadError> {
        let mut all = Self { areas: self.areas, limit: self.limit, ..Self::default() };
        for extent in self.extents.from(FIRST.0) {
            if matches!(extent.matter, Matter::Held { .. } | Matter::Made(_)) {
                all.adopt(extent.clone());
                continue;
            }
            let mut done = 0;
            while done < extent.frames {
                let frames = (extent.frames - done).min(CHUNK as u32);
                let mut chunk = Vec::with_capacity(frames as usize * FRAME);
                while let Some(rest) = (frames as usize).checked_sub(chunk.len() / FRAME).filter(|&n| n > 0) {
                    let skip = done + frames - rest as u32;
                    chunk.extend_from_slice(&extent.piece(skip, rest)?);
                }
                let first = extent.first.saturating_add_unsigned(done);
                all.adopt(Extent { first, frames, matter: Matter::Held { chunk: Arc::new(chunk), at: 0 } });
                done += frames;
            }
        }
        Ok(all)
    }

    fn keep(&mut self, lba: Lba, frames: u32, source: Source<'_>) -> Result<(), WriteError> {
        let size = bytes(frames);
        let fits = |limit: &&Limit| self.held.saturating_add(size) > limit.bytes;
        let spill = self.limit.as_ref().filter(fits).map(|limit| Arc::clone(&limit.spill));
        let matter = match (source, spill) {
            (Source::Pattern { pattern, .. }, _) => Matter::Made(pattern),
            (source, Some(file)) => {
                let at = match source {
                    Source::Frames(frames) => file.write(frames),
                    Source::Owned(frames) => file.write(&frames),
                    Source::Channels { main, sub } => file.write(&interleaved(main, sub)),
                    Source::Pattern { .. } => Ok(0),
                };
                Matter::Spilled { at: at.map_err(|source| WriteError::Spill { at: lba, source })?, file }
            }
            (Source::Owned(frames), None) => {
                self.held += size;
                Matter::Held { chunk: Arc::new(frames), at: 0 }
            }
            (Source::Frames(frames), None) => {
                self.held += size;
                self.copy(lba, frames, FRAME, <Vec<u8>>::extend_from_slice);
                return Ok(());
            }
            (Source::Channels { main, sub }, None) => {
                self.held += size;
                let mut sub = sub.chunks_exact(SUB);
                self.copy(lba, main, MAIN, |chunk, main| {
                    for (main, sub) in main.chunks_exact(MAIN).zip(&mut sub) {
                        chunk.extend_from_slice(main);
                        chunk.extend_from_slice(sub);
                    }
                });
                return Ok(());
            }
        };
        self.extents.insert(Extent { first: lba.0, frames, matter });
        Ok(())
    }

    /// Copies `from`, frames of `unit` bytes, by `put` into chunks: first into what room the chunk
    /// before `lba` has, then into new ones, each twice as large as the one before.
    fn copy(&mut self, lba: Lba, from: &[u8], unit: usize, mut put: impl FnMut(&mut Vec<u8>, &[u8])) {
        let (mut lba, mut rest) = (lba.0, from);
        if let Some(room) = self.extents.room_at(lba) {
            let fit = ((room.chunk.capacity() - room.chunk.len()) / FRAME * unit).min(rest.len());
            let (now, behind) = rest.split_at(fit);
            put(room.chunk, now);
            let frames = (fit / unit) as u32;
            *room.frames += frames;
            (lba, rest) = (lba.saturating_add_unsigned(frames), behind);
        }
        while !rest.is_empty() {
            let grown = match self.extents.before(lba) {
                Some(Extent { matter: Matter::Held { chunk, .. }, .. }) => 2 * chunk.len() / FRAME,
                _ => 0,
            };
            let fit = (rest.len() / unit).min(CHUNK);
            let mut chunk = Vec::with_capacity(fit.max(grown.min(CHUNK)) * FRAME);
            let (now, behind) = rest.split_at(fit * unit);
            put(&mut chunk, now);
            let matter = Matter::Held { chunk: Arc::new(chunk), at: 0 };
            self.extents.insert(Extent { first: lba, frames: fit as u32, matter });
            (lba, rest) = (lba.saturating_add_unsigned(fit as u32), behind);
        }
    }
}

impl Extent {
    /// The frames from the `skip`th on that lie together, at most `limit`, at least one.
    pub(super) fn piece(&self, skip: u32, limit: usize) -> Result<Piece<'_>, ReadError> {
        let left = self.frames.saturating_sub(skip) as usize;
        let frames = left.min(limit.max(1));
        let on_demand = || vec![0; frames.min(PIECE) * FRAME];
        Ok(Piece(match &self.matter {
            Matter::Held { chunk, at } => {
                let from = (at + skip as usize) * FRAME;
                Bytes::There(chunk.get(from..from + frames * FRAME).unwrap_or_default())
            }
            Matter::Spilled { file, at } => {
                let mut out = on_demand();
                file.read(at + bytes(skip), &mut out)?;
                Bytes::Read(out)
            }
            Matter::Saved { file, at } => {
                let index = at + u64::from(skip);
                let block = file.block(index)?;
                let from = (index % BLOCK) as usize * FRAME;
                let end = (from + frames * FRAME).min(block.len());
                Bytes::Block(block, from..end)
            }
            Matter::Made(pattern) => {
                let mut out = on_demand();
                pattern.write(Lba(self.first.saturating_add_unsigned(skip)), &mut out);
                Bytes::Read(out)
            }
        }))
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

fn interleaved(main: &[u8], sub: &[u8]) -> Vec<u8> {
    let frames = main.chunks_exact(MAIN).zip(sub.chunks_exact(SUB));
    let mut all = Vec::with_capacity(main.len() + sub.len());
    for (main, sub) in frames {
        all.extend_from_slice(main);
        all.extend_from_slice(sub);
    }
    all
}

fn bytes(frames: u32) -> u64 {
    u64::from(frames) * FRAME as u64
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
