//! Runs of frames in the order of their addresses, shared between forks.
//!
//! A sorted list in two levels. A fork shares both; a change copies the upper level (one
//! reference for 64 extents) and the one leaf it touches, and only if they are shared.

use core::ops::Range;
use std::sync::Arc;

use super::backing::{Saved, Spill};
use super::{FRAME, Pattern, SUB};

/// Frames that follow one another on the disc and in what holds them.
#[derive(Clone, Debug)]
pub(super) struct Extent {
    pub(super) first: i32,
    /// Never 0.
    pub(super) frames: u32,
    pub(super) matter: Matter,
}

/// What an extent holds.
#[derive(Clone, Debug)]
pub(super) enum Matter {
    /// Bytes for each frame.
    Kept { form: Form, place: Place },
    /// No bytes.
    Made(Pattern),
}

/// Which bytes of a frame are kept.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Form {
    /// All.
    Whole,
    /// The sub-channel: every byte of the main channel is this one, as in silence.
    Sub { main: u8 },
}

impl Form {
    /// Bytes that are kept of a frame.
    pub(super) const fn unit(self) -> usize {
        match self {
            Self::Whole => FRAME,
            Self::Sub { .. } => SUB,
        }
    }

    /// Bytes that are kept of so many.
    pub(super) fn bytes(self, frames: u32) -> u64 {
        u64::from(frames) * self.unit() as u64
    }
}

/// Where the bytes of an extent are.
#[derive(Clone, Debug)]
pub(super) enum Place {
    /// In memory, from frame `at` of a chunk that other extents may use too.
    Held { chunk: Arc<Vec<u8>>, at: usize },
    /// In a temporary file, from byte `at`.
    Spilled { file: Arc<Spill>, at: u64 },
    /// In a section of a disc file, from frame `at` of it.
    Saved { file: Arc<Saved>, at: u64 },
}

impl Place {
    /// The place of what lies so many frames of a form further on.
    fn behind(&self, frames: u32, form: Form) -> Self {
        match self {
            Self::Held { chunk, at } => Self::Held { chunk: Arc::clone(chunk), at: at + frames as usize },
            Self::Spilled { file, at } => {
                Self::Spilled { file: Arc::clone(file), at: at + form.bytes(frames) }
            }
            Self::Saved { file, at } => Self::Saved { file: Arc::clone(file), at: at + u64::from(frames) },
        }
    }

    fn is(&self, other: &Self) -> bool {
        match (self, other) {
            (Self::Held { chunk, at }, Self::Held { chunk: other, at: there }) => {
                Arc::ptr_eq(chunk, other) && at == there
            }
            (Self::Spilled { file, at }, Self::Spilled { file: other, at: there }) => {
                Arc::ptr_eq(file, other) && at == there
            }
            (Self::Saved { file, at }, Self::Saved { file: other, at: there }) => {
                Arc::ptr_eq(file, other) && at == there
            }
            _ => false,
        }
    }
}

impl Extent {
    /// The address behind the last frame.
    pub(super) const fn end(&self) -> i32 {
        self.first.saturating_add_unsigned(self.frames)
    }

    /// The part of it within `range`, if there is one.
    fn within(&self, range: Range<i32>) -> Option<Self> {
        let (first, end) = (self.first.max(range.start), self.end().min(range.end));
        let skipped = first.checked_sub(self.first).and_then(|n| u32::try_from(n).ok())?;
        let frames = end.checked_sub(first).and_then(|n| u32::try_from(n).ok()).filter(|&n| n > 0)?;
        let matter = match &self.matter {
            Matter::Kept { form, place } => Matter::Kept { form: *form, place: place.behind(skipped, *form) },
            Matter::Made(pattern) => Matter::Made(*pattern),
        };
        Some(Self { first, frames, matter })
    }

    /// Takes `next` in, if it goes on where this one ends in every respect.
    fn absorb(&mut self, next: &Self) -> bool {
        let adjoins = self.end() == next.first
            && match (&self.matter, &next.matter) {
                (Matter::Kept { form, place }, Matter::Kept { form: other, place: there }) => {
                    form == other && place.behind(self.frames, *form).is(there)
                }
                (Matter::Made(pattern), Matter::Made(other)) => pattern == other,
                _ => false,
            };
        if adjoins {
            self.frames += next.frames;
        }
        adjoins
    }
}

/// Extents that do not overlap.
#[derive(Clone, Debug, Default)]
pub(super) struct ExtentMap {
    leaves: Arc<Vec<Leaf>>,
}

/// Neighbouring extents, at least one and at most [`LEAF`].
#[derive(Clone, Debug)]
struct Leaf {
    /// Where its first extent starts.
    first: i32,
    extents: Arc<Vec<Extent>>,
}

/// Extents in a leaf: about as many as there are leaves on a disc written in chunks.
const LEAF: usize = 64;

/// Memory behind a run of frames that can take more of them.
pub(super) struct Room<'a> {
    /// Bytes may be added up to its capacity, in whole frames.
    pub(super) chunk: &'a mut Vec<u8>,
    /// To be raised by as many frames.
    pub(super) frames: &'a mut u32,
}

impl ExtentMap {
    /// The extents that reach past `lba`, in order; the first of them may start before it.
    pub(super) fn from(&self, lba: i32) -> impl Iterator<Item = &Extent> {
        let (here, behind) = match self.leaves.get(self.leaf_of(lba)..).and_then(<[_]>::split_first) {
            Some((leaf, behind)) => {
                let skip = leaf.extents.partition_point(|extent| extent.end() <= lba);
                (leaf.extents.get(skip..).unwrap_or_default(), behind)
            }
            None => Default::default(),
        };
        here.iter().chain(behind.iter().flat_map(|leaf| leaf.extents.iter()))
    }

    /// The extent in which `lba` is.
    pub(super) fn at(&self, lba: i32) -> Option<&Extent> {
        self.from(lba).next().filter(|extent| extent.first <= lba)
    }

    /// The last extent that starts before `lba`.
    pub(super) fn before(&self, lba: i32) -> Option<&Extent> {
        let extents = &self.leaves.get(self.leaf_of(lba.saturating_sub(1)))?.extents;
        extents.get(extents.partition_point(|extent| extent.first < lba).checked_sub(1)?)
    }

    /// Adds an extent where nothing is.
    pub(super) fn insert(&mut self, new: Extent) {
        let number = self.leaf_of(new.first);
        let leaves = Arc::make_mut(&mut self.leaves);
        let Some(leaf) = leaves.get_mut(number) else {
            leaves.push(Leaf::new(vec![new]));
            return;
        };
        let extents = Arc::make_mut(&mut leaf.extents);
        let place = extents.partition_point(|extent| extent.first < new.first);
        let before = place.checked_sub(1).and_then(|n| extents.get_mut(n));
        if before.is_some_and(|before| before.absorb(&new)) {
            return;
        }
        leaf.first = leaf.first.min(new.first);
        extents.insert(place, new);
        if extents.len() > LEAF {
            // A disc grows at its end: leave full leaves behind there, halves elsewhere.
            let keep = if place == LEAF { LEAF } else { LEAF / 2 };
            let rest = extents.split_off(keep);
            leaves.insert(number + 1, Leaf::new(rest));
        }
    }

    /// Memory that no fork shares behind the frame before `lba`, for one frame of that form at least.
    pub(super) fn room_at(&mut self, lba: i32, wanted: Form) -> Option<Room<'_>> {
        let number = self.leaf_of(lba.saturating_sub(1));
        let leaf = Arc::get_mut(&mut self.leaves)?.get_mut(number)?;
        let extents = Arc::get_mut(&mut leaf.extents)?;
        let place = extents.partition_point(|extent| extent.first < lba).checked_sub(1)?;
        let extent = extents.get_mut(place).filter(|extent| extent.end() == lba)?;
        let Matter::Kept { form, place: Place::Held { chunk, at } } = &mut extent.matter else {
            return None;
        };
        if *form != wanted {
            return None;
        }
        let chunk = Arc::get_mut(chunk)?;
        let ends_the_chunk = (*at + extent.frames as usize) * form.unit() == chunk.len();
        let room = chunk.capacity() - chunk.len() >= form.unit();
        (ends_the_chunk && room).then_some(Room { chunk, frames: &mut extent.frames })
    }

    /// Removes the frames in `range` and returns those extents, cut to it.
    pub(super) fn remove(&mut self, range: &Range<i32>) -> Vec<Extent> {
        let mut removed = Vec::new();
        let mut kept = Vec::with_capacity(self.leaves.len() + 1);
        for leaf in self.leaves.iter() {
            if leaf.end() <= range.start || leaf.first >= range.end {
                kept.push(leaf.clone());
                continue;
            }
            let mut rest = Vec::new();
            for extent in leaf.extents.iter() {
                rest.extend(extent.within(i32::MIN..range.start));
                removed.extend(extent.within(range.clone()));
                rest.extend(extent.within(range.end..i32::MAX));
            }
            let behind = if rest.len() > LEAF { rest.split_off(LEAF / 2) } else { Vec::new() };
            kept.extend([rest, behind].into_iter().filter(|part| !part.is_empty()).map(Leaf::new));
        }
        if !removed.is_empty() {
            self.leaves = Arc::new(kept);
        }
        removed
    }

    /// The last leaf that starts at or before `lba`, or the first.
    fn leaf_of(&self, lba: i32) -> usize {
        self.leaves.partition_point(|leaf| leaf.first <= lba).saturating_sub(1)
    }
}

impl Leaf {
    /// `extents` is not empty.
    fn new(extents: Vec<Extent>) -> Self {
        let first = extents.first().map_or(i32::MAX, |extent| extent.first);
        Self { first, extents: Arc::new(extents) }
    }

    fn end(&self) -> i32 {
        self.extents.last().map_or(i32::MIN, Extent::end)
    }
}
