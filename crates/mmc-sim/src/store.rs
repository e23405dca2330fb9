//! The medium's memory: every recorded frame with its 2352 + 96 bytes, wherever it lies.
//!
//! A [`Store`] knows frames and areas, and nothing of what they mean: sessions, tracks and the
//! state of the disc are told elsewhere. It keeps a frame as it is recorded, data sectors
//! scrambled, the sub-channel P to W interleaved and without error correction (MMC "raw P-W").
//!
//! | type | holds |
//! |---|---|
//! | [`Store`] | either of the two below, and saves and loads them |
//! | [`WriteOnce`] | a CD-R: there is no way to change a recorded frame |
//! | [`Rewritable`] | a CD-RW: frames can be erased and recorded anew |
//! | [`Frames`] | what both can be asked |
//!
//! Always: a fork (`clone`) costs the same whatever is recorded, and what is not recorded costs
//! nothing. Never: a recorded frame of a [`WriteOnce`] that changes; a file that is half loaded; a
//! refused write that leaves a trace.
//!
//! ```
//! use cd_format::Lba;
//! use mmc_sim::store::{At, FRAME, Fill, Pattern, Source, Store, WriteError};
//!
//! let mut disc = Store::write_once();
//! let silence = Source::Pattern { frames: 150, pattern: Pattern::SILENCE };
//! disc.append(At::Start(Lba(-150)), silence)?;
//! disc.append(At::Next(Lba(0)), Source::Frames(&[0xAA; 2 * FRAME]))?;
//!
//! let fork = disc.clone();
//! disc.append(At::Next(Lba(2)), Source::Frames(&[0xBB; FRAME]))?;
//! assert!(disc.is_written(Lba(2)) && !fork.is_written(Lba(2)));
//!
//! let burnt = disc.append(At::Next(Lba(1)), Source::Frames(&[0; FRAME]));
//! assert!(matches!(burnt, Err(WriteError::Written { lba: Lba(1) })));
//! # Ok::<(), WriteError>(())
//! ```

mod area;
mod backing;
mod error;
mod extent;
mod file;
mod frames;
mod keep;
mod pattern;
mod piece;
#[cfg(test)]
mod tests;

use core::ops::{Deref, Range};
use std::io;
use std::path::Path;

use cd_format::Lba;

pub use area::{Areas, PmaFrame};
pub use error::{ReadError, WriteError};
pub use file::{Fault, LoadError, Place, SaveError};
pub use frames::Frames;
pub use pattern::{Fill, Pattern};
pub use piece::Piece;

/// Bytes of a frame's main channel, as recorded.
pub const MAIN: usize = 2352;
/// Bytes of a frame's sub-channel, P to W interleaved.
pub const SUB: usize = 96;
/// Bytes of a frame: main channel, then sub-channel.
pub const FRAME: usize = MAIN + SUB;

/// The first frame that can be recorded, 90:00:00 of the lead-in clock.
pub const FIRST: Lba = Lba::MIN;
/// The last frame that can be recorded: 99:59:74, counted straight on from 00:00:00, so that the
/// lead-out of an over-long disc has its place.
pub const LAST: Lba = Lba(449_849);

/// What is to be recorded.
#[derive(Debug)]
pub enum Source<'a> {
    /// Whole frames of [`FRAME`] bytes, copied once.
    Frames(&'a [u8]),
    /// As many frames as [`MAIN`] bytes of main channel each, and [`SUB`] bytes of sub-channel
    /// each, copied once.
    Channels {
        /// Main channel.
        main: &'a [u8],
        /// Sub-channel.
        sub: &'a [u8],
    },
    /// Whole frames of [`FRAME`] bytes, kept as they are.
    Owned(Vec<u8>),
    /// Frames that need no memory.
    Pattern {
        /// How many.
        frames: u32,
        /// What they hold.
        pattern: Pattern,
    },
}

/// Where something is to be recorded.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum At {
    /// A run begins here: a lead-in, or the first packet. What is before it is not asked.
    Start(Lba),
    /// The run goes on here: the frame before it must be recorded, for a gap is never skipped.
    Next(Lba),
}

impl At {
    /// The address of the first frame.
    pub const fn lba(self) -> Lba {
        match self {
            Self::Start(lba) | Self::Next(lba) => lba,
        }
    }
}

/// The memory of a disc of either kind. [`Frames`] has what it can be asked.
#[derive(Clone, Debug)]
pub enum Store {
    /// CD-R, and pressed discs, which are recorded once as well.
    WriteOnce(WriteOnce),
    /// CD-RW.
    Rewritable(Rewritable),
}

/// Frames that are recorded once and stay.
#[derive(Clone, Debug, Default)]
pub struct WriteOnce(Frames);

/// Frames that can be erased.
#[derive(Clone, Debug, Default)]
pub struct Rewritable(Frames);

impl Store {
    /// A CD-R with nothing on it.
    pub fn write_once() -> Self {
        Self::WriteOnce(WriteOnce::default())
    }

    /// A CD-RW with nothing on it.
    pub fn rewritable() -> Self {
        Self::Rewritable(Rewritable::default())
    }

    /// The store as one that can be erased, if it can.
    pub const fn as_rewritable(&mut self) -> Option<&mut Rewritable> {
        match self {
            Self::WriteOnce(_) => None,
            Self::Rewritable(rewritable) => Some(rewritable),
        }
    }

    /// Records `source` from an address on.
    ///
    /// All of it or, with an error, nothing. Refused if any of the frames is recorded
    /// ([`WriteError::Written`] names the first), if a run is to go on where none ends, and
    /// outside [`FIRST`] to [`LAST`].
    pub fn append(&mut self, at: At, source: Source<'_>) -> Result<(), WriteError> {
        self.frames_mut().append(at, source)
    }

    /// Records a frame of the program memory area.
    pub fn record_pma(&mut self, frame: PmaFrame) {
        self.frames_mut().areas.record_pma(frame);
    }

    /// Uses up one partition of the power calibration area and returns how many are used up now.
    pub const fn calibrate(&mut self) -> u16 {
        self.frames_mut().areas.calibrate()
    }

    /// From now on keeps at most `bytes` of frames in memory, and what is recorded beyond that in
    /// a temporary file without a name in `dir`, or where the system has such files.
    ///
    /// Forks share the file. What is in memory already stays there.
    pub fn limit_memory(&mut self, bytes: u64, dir: Option<&Path>) -> io::Result<()> {
        self.frames_mut().limit_memory(bytes, dir)
    }

    /// Saves everything as one file, with a `description` that it does not look into.
    ///
    /// A file that is there is replaced in one step, and only when all is written and flushed;
    /// stores that were opened from it go on reading the old one.
    pub fn save(&self, path: &Path, description: &[u8]) -> Result<(), SaveError> {
        file::save(self, path, description)
    }

    /// Loads a saved store and its description into memory, all of it or nothing.
    pub fn load(path: &Path) -> Result<(Self, Vec<u8>), LoadError> {
        file::load(path)
    }

    /// Opens a saved store and its description, and leaves the frames in the file: all of it or nothing.
    ///
    /// Everything is checked now, and the frames once more as they are read: one that was altered in
    /// between is [`ReadError::Altered`].
    pub fn open(path: &Path) -> Result<(Self, Vec<u8>), LoadError> {
        file::open(path)
    }

    /// Not public: with it a recorded frame of a CD-R could be changed.
    const fn frames_mut(&mut self) -> &mut Frames {
        match self {
            Self::WriteOnce(WriteOnce(frames)) | Self::Rewritable(Rewritable(frames)) => frames,
        }
    }
}

impl Deref for Store {
    type Target = Frames;

    fn deref(&self) -> &Frames {
        match self {
            Self::WriteOnce(WriteOnce(frames)) | Self::Rewritable(Rewritable(frames)) => frames,
        }
    }
}

impl Deref for WriteOnce {
    type Target = Frames;

    fn deref(&self) -> &Frames {
        &self.0
    }
}

impl Deref for Rewritable {
    type Target = Frames;

    fn deref(&self) -> &Frames {
        &self.0
    }
}

impl WriteOnce {
    /// Records `source`; see [`Store::append`].
    pub fn append(&mut self, at: At, source: Source<'_>) -> Result<(), WriteError> {
        self.0.append(at, source)
    }
}

impl Rewritable {
    /// Records `source`; see [`Store::append`].
    pub fn append(&mut self, at: At, source: Source<'_>) -> Result<(), WriteError> {
        self.0.append(at, source)
    }

    /// Makes the frames from `range.start` up to, not including, `range.end` unrecorded.
    pub fn erase(&mut self, range: &Range<Lba>) {
        self.0.remove(range);
    }

    /// Makes the program memory area unrecorded.
    pub fn erase_pma(&mut self) {
        self.0.areas.erase_pma();
    }
}
