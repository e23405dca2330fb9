//! Audio that comes some samples early or late.
//!
//! A data sector is found by its sync; audio is counted off from the sub-channel, by every model of
//! drive a little differently, when reading as when writing. The difference is the same all over a
//! disc. So the first sector that is not where the image has it may say by how many samples it is off;
//! all others then have to agree.

use cd_format::Lba;

use super::mask::Recorded;
use super::{Channel, MAIN_BYTES, MARGIN, different};
use crate::Error;

/// Bytes of a sample, left and right.
const SAMPLE: i32 = 4;
/// The farthest shift, in samples.
const FARTHEST: i32 = MARGIN * (MAIN_BYTES as i32) / SAMPLE;
/// Sectors that have to agree about a shift before it is believed: one can look like its neighbour.
const WITNESSES: u32 = 2;

/// What is known of the shift.
#[derive(Default)]
pub(super) struct Shift {
    /// None is in doubt, or these are left, in samples.
    possible: Option<Vec<i32>>,
    /// The sector that began it.
    doubt: Option<Error>,
    /// Sectors with more than one value that agreed, with the shifts that were possible then.
    witnesses: u32,
}

/// What a sector is.
pub(super) enum Compared {
    Equal,
    Different(Error),
}

impl Shift {
    /// Compares a sector with the image, at the shifts that are still possible.
    pub fn compare(&mut self, recorded: &impl Recorded, lba: Lba, seen: &[u8]) -> Compared {
        let left: Vec<i32> = match &self.possible {
            None if matches(recorded, lba, seen, 0) => {
                self.testify(seen);
                return Compared::Equal;
            }
            // What has been where it belongs does not move.
            None if self.witnesses > 0 => Vec::new(),
            None => (-FARTHEST..=FARTHEST).filter(|shift| matches(recorded, lba, seen, *shift)).collect(),
            Some(possible) => {
                possible.iter().copied().filter(|shift| matches(recorded, lba, seen, *shift)).collect()
            }
        };
        let here = || different(lba, Channel::Main, recorded.main(lba).unwrap_or_default(), seen);
        if left.is_empty() {
            return Compared::Different(self.doubt.take().unwrap_or_else(here));
        }
        if self.doubt.is_none() {
            self.doubt = Some(here());
        }
        self.testify(seen);
        self.possible = Some(left);
        Compared::Equal
    }

    /// A sector that agrees is a witness unless all its samples are one and the same.
    fn testify(&mut self, seen: &[u8]) {
        if self.witnesses < WITNESSES {
            let behind = seen.get(SAMPLE as usize..).unwrap_or_default();
            let is_one_value = seen.starts_with(behind);
            self.witnesses += u32::from(!is_one_value);
        }
    }

    /// The shift, at the end: the smallest that is left; or the sector that brought it up, if too few
    /// others speak for it.
    pub fn settle(&mut self) -> Result<i32, Error> {
        let Some(possible) = &self.possible else { return Ok(0) };
        let smallest = possible.iter().copied().min_by_key(|shift| shift.unsigned_abs());
        match (smallest, self.doubt.take()) {
            (_, Some(doubt)) if self.witnesses < WITNESSES => Err(doubt),
            (shift, _) => Ok(shift.unwrap_or(0)),
        }
    }
}

/// Whether the sector is the image's, `shift` samples before it: what comes late was earlier in the
/// image.
fn matches(recorded: &impl Recorded, lba: Lba, seen: &[u8], shift: i32) -> bool {
    let sector = MAIN_BYTES as i32;
    let from = -shift * SAMPLE;
    let (first, place) = (lba + from.div_euclid(sector), from.rem_euclid(sector));
    let Ok(place) = usize::try_from(place) else { return false };
    let (head, tail) = seen.split_at((MAIN_BYTES - place).min(seen.len()));
    let piece = |lba, range: core::ops::Range<usize>| recorded.main(lba).and_then(|main| main.get(range));
    piece(first, place..MAIN_BYTES) == Some(head)
        && (tail.is_empty() || piece(first + 1, 0..tail.len()) == Some(tail))
}
