//! The blocks that a command asks for: whether all of them can be had, then each in turn.

use core::ops::ControlFlow;

use cd_format::sector::Sector;
use cd_format::sector::scramble::scramble_into;
use cd_format::{Control, Lba};
use mmc_wire::{Sense, SenseKey};

use super::has_sync;
use crate::disc::Disc;
use crate::disc::content::{Frame, Stretch, StretchKind};
use crate::personality::NegativeAddresses;
use crate::refusal::{Detail, Refusal};
use crate::store::ReadError;

/// Blocks that all exist. What kind they are is still to be asked.
pub(super) struct Blocks<'a> {
    disc: &'a Disc,
    stretches: Vec<Stretch>,
}

/// A block, by its address and by where its frame lies: behind packets of one length the two part ways.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) struct Spot {
    /// What the host calls it.
    pub lba: Lba,
    /// Where it is on the disc.
    pub place: Lba,
}

/// Why no further block is looked at.
enum Fault {
    Enough,
    Medium(ReadError),
    Refused(Refusal),
}

impl From<ReadError> for Fault {
    fn from(error: ReadError) -> Self {
        Self::Medium(error)
    }
}

impl Fault {
    fn end(self) -> Result<(), Refusal> {
        match self {
            Self::Enough => Ok(()),
            // A blank area within a session; drives say 5/21/00, 8/00/00 or 3/11/00.
            Self::Medium(ReadError::Unwritten { .. }) => Err(Sense::LBA_OUT_OF_RANGE.into()),
            Self::Medium(ReadError::Altered { .. } | ReadError::Io { .. }) => {
                Err(Sense::UNRECOVERED_READ.into())
            }
            Self::Refused(refusal) => Err(refusal),
        }
    }
}

impl<'a> Blocks<'a> {
    /// `count` blocks from `lba` on; 5/21/00 unless a host can read each of them.
    pub fn find(disc: &'a Disc, lba: Lba, count: u32, below: NegativeAddresses) -> Result<Self, Refusal> {
        let end = i32::try_from(i64::from(lba.0) + i64::from(count)).map_err(|_| Sense::LBA_OUT_OF_RANGE)?;
        let (mut next, end) = (lba, Lba(end));
        let mut stretches = Vec::new();
        while next < end {
            let found = match below.first() {
                Some(first) if (first..Lba(0)).contains(&next) => disc.before_program(next),
                _ => disc.stretch(next),
            };
            let stretch = found.ok_or(Sense::LBA_OUT_OF_RANGE)?;
            let range = next..stretch.range.end.min(end);
            next = range.end;
            stretches.push(Stretch { range, ..stretch });
        }
        Ok(Self { disc, stretches })
    }

    /// How many.
    pub fn count(&self) -> usize {
        let lengths = self.stretches.iter().map(|stretch| stretch.range.end - stretch.range.start);
        lengths.map(|blocks| usize::try_from(blocks).unwrap_or(0)).sum()
    }

    /// 5/64/00 unless each is a block of a data track (the run-out behind a track is none: a drive
    /// answered 5/64/00 to READ (10) over it).
    pub fn of_data(&self) -> Result<(), Refusal> {
        self.all(Control::is_data)
    }

    /// 5/64/00 unless each is a block of a track whose control nibble passes.
    pub fn all(&self, passes: impl Fn(Control) -> bool) -> Result<(), Refusal> {
        let good = |stretch: &Stretch| match stretch.kind {
            StretchKind::Blocks(control) => passes(control),
            // What is there its frames say.
            StretchKind::BeforeProgram => true,
            StretchKind::RunOut => false,
        };
        if self.stretches.iter().all(good) { Ok(()) } else { Err(Sense::ILLEGAL_MODE_FOR_THIS_TRACK.into()) }
    }

    /// Calls `each` with every block, its frame, and whether it is data, until it has enough.
    pub fn frames(
        &self,
        mut each: impl FnMut(Spot, &Frame, bool) -> Result<ControlFlow<()>, Refusal>,
    ) -> Result<(), Refusal> {
        for Stretch { range, kind, shift } in &self.stretches {
            let frames = range.start + *shift..range.end + *shift;
            let looked = self.disc.frames().visit(frames, |place, frame| {
                let is_data = match kind {
                    StretchKind::Blocks(control) => control.is_data(),
                    StretchKind::BeforeProgram => frame.first_chunk().is_some_and(has_sync),
                    StretchKind::RunOut => return Ok(()),
                };
                let lba = place - *shift;
                match each(Spot { lba, place }, frame, is_data)
                    .map_err(|refusal| Fault::Refused(at(lba, refusal)))?
                {
                    ControlFlow::Continue(()) => Ok(()),
                    ControlFlow::Break(()) => Err(Fault::Enough),
                }
            });
            if let Err(fault) = looked {
                return fault.end();
            }
        }
        Ok(())
    }
}

/// A block that is at fault itself, and not the command, is named (SPC "Information field", MMC "READ (10)
/// Command").
fn at(lba: Lba, refusal: Refusal) -> Refusal {
    match refusal.detail {
        Detail::None if refusal.sense.key == SenseKey::MEDIUM_ERROR => {
            Refusal { detail: Detail::Block(lba), ..refusal }
        }
        _ => refusal,
    }
}

/// The sector of a frame of a data track. One without a sync is none, whatever the track's control
/// nibble says: 5/64/00.
pub(super) fn descramble(frame: &Frame, sector: &mut Sector) -> Result<(), Sense> {
    match frame.first_chunk() {
        Some(main) if has_sync(main) => scramble_into(main, sector),
        _ => return Err(Sense::ILLEGAL_MODE_FOR_THIS_TRACK),
    }
    Ok(())
}
