//! What a drive alters of what it is given, and what therefore has to come back: the table of the module
//! above, block by block.

use cd_format::Lba;
use cd_format::sector::scramble::scramble_into;
use cd_format::sub_channel::QFrame;

use super::shift::{Compared, Shift};
use super::{Channel, MAIN_BYTES, MARGIN, SUB_BYTES, different};
use crate::Error;

/// What was recorded, block by block. `None` where nothing is known of a block.
pub trait Recorded {
    /// The main channel as it is on the disc: of a data sector scrambled.
    fn main(&self, lba: Lba) -> Option<&[u8]>;

    /// Q.
    fn q(&self, lba: Lba) -> Option<QFrame>;

    /// R to W, in bits 5 to 0 of 96 bytes, where they are on the disc as they were sent.
    fn rw(&self, lba: Lba) -> Option<&[u8; SUB_BYTES]>;
}

/// Compares what comes back with what was recorded. It remembers by how many samples audio is off, so one
/// goes with one session.
#[derive(Default)]
pub struct Mask {
    shift: Shift,
}

impl core::fmt::Debug for Mask {
    fn fmt(&self, f: &mut core::fmt::Formatter<'_>) -> core::fmt::Result {
        f.debug_struct("Mask").finish_non_exhaustive()
    }
}

impl Mask {
    /// The 2352 bytes of the block at `lba`, which is a data sector or else audio. A block of which nothing
    /// is known is as recorded.
    pub fn main(&mut self, recorded: &impl Recorded, lba: Lba, seen: &[u8], data: bool) -> Result<(), Error> {
        if !data {
            return match self.shift.compare(recorded, lba, seen) {
                Compared::Equal => Ok(()),
                Compared::Different(error) => Err(error),
            };
        }
        let Some(image) = recorded.main(lba) else { return Ok(()) };
        let Some(image) = image.first_chunk::<MAIN_BYTES>() else { return Ok(()) };
        let mut expected = [0; MAIN_BYTES];
        scramble_into(image, &mut expected);
        if expected == *seen { Ok(()) } else { Err(different(lba, Channel::Main, &expected, seen)) }
    }

    /// The Q frame that came with the block at `lba`; `false` where its CRC is bad, so that it says nothing.
    pub fn q(&self, recorded: &impl Recorded, lba: Lba, seen: QFrame) -> Result<bool, Error> {
        if !seen.crc_ok() {
            return Ok(false);
        }
        let near = (0..=MARGIN).flat_map(|away| [lba - away, lba + away]);
        let mut frames = near.filter_map(|at| recorded.q(at));
        if frames.any(|frame| frame.body() == seen.body()) {
            return Ok(true);
        }
        let Some(expected) = recorded.q(lba) else { return Ok(true) };
        Err(different(lba, Channel::Q, &expected.body(), &seen.body()))
    }

    /// Whether R to W of the block are as recorded.
    pub fn rw(&self, recorded: &impl Recorded, lba: Lba, seen: &[u8; SUB_BYTES]) -> bool {
        let Some(recorded) = recorded.rw(lba) else { return true };
        // All of them, as no one of them is more likely to differ: so they go side by side.
        let differing = recorded.iter().zip(seen).fold(0, |all, (one, other)| all | (one ^ other));
        differing & 0x3F == 0
    }

    /// By how many samples audio is late, at the end; or the sector that brought it up, if too few others
    /// speak for it.
    pub fn settle(&mut self) -> Result<i32, Error> {
        self.shift.settle()
    }
}
