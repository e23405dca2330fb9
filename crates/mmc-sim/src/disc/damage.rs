//! What of a disc reads badly: scratches, dirt, and frames that were recorded badly.
//!
//! The frames themselves stay what was recorded: a defect changes what a *reading* brings, as a
//! scratch does not change the pits below it. So an image, a comparison or a linter that looks at the
//! medium sees the truth, and only a drive has trouble.
//!
//! | module | holds |
//! |---|---|
//! | `errors` | which bytes of a frame come wrong: the same ones each time |
//! | `c2` | a bit for each byte of the main channel |
//!
//! Always: what the second decoder could not correct is flagged (ECMA-130 "CIRC"; a byte that is wrong
//! and not flagged is what no defect makes). Never: a frame of the medium changed.

mod c2;
mod errors;
#[cfg(test)]
mod tests;

use core::fmt;
use core::ops::Range;
use std::sync::Arc;

use cd_format::Lba;
use mmc_wire::Sense;
use serde::{Deserialize, Serialize};

pub use c2::{C2_BYTES, C2Flags};

use super::{Disc, SceneError};
use crate::disc::content::Frame;
use crate::store::{FIRST, LAST, MAIN};

/// Neighbouring frames that read badly in the same way.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Defect {
    /// The first of them.
    pub first: Lba,
    /// How many.
    pub frames: u32,
    /// What comes of reading one.
    pub kind: DefectKind,
    /// So many readings of a frame fail, and the next ones do not; 0: all fail.
    #[serde(default)]
    pub recovers_after: u32,
    /// What it comes from.
    #[serde(default)]
    pub cause: Cause,
}

/// What comes of reading a frame.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub enum DefectKind {
    /// The first decoder corrects it, and nobody hears of it.
    C1,
    /// So many bytes of the main channel come wrong, and flagged.
    C2 {
        /// 1 to 2352.
        bytes: u16,
        /// Which ones, and how: the same number gives the same errors.
        seed: u64,
    },
    /// Every byte of the main channel comes wrong, and flagged: the decoders had nothing to go by.
    Lost,
    /// Q comes with errors that its CRC tells.
    Q,
    /// All of the sub-channel comes with errors, Q with ones that its CRC tells.
    SubChannel,
    /// The head does not get there.
    Servo(Servo),
}

/// Why the head does not get there.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub enum Servo {
    /// 3/02/00.
    NoSeekComplete,
    /// 3/15/00.
    Positioning,
    /// 4/09/01.
    Tracking,
    /// 4/09/02.
    Focus,
}

impl Servo {
    /// What a drive says.
    pub const fn sense(self) -> Sense {
        match self {
            Self::NoSeekComplete => Sense::NO_SEEK_COMPLETE,
            Self::Positioning => Sense::RANDOM_POSITIONING_ERROR,
            Self::Tracking => Sense::TRACKING_SERVO_FAILURE,
            Self::Focus => Sense::FOCUS_SERVO_FAILURE,
        }
    }
}

/// What a defect comes from.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
pub enum Cause {
    /// Something on the disc, which stays whatever is erased and written below it.
    #[default]
    Scratch,
    /// The recording: gone with it when a CD-RW is erased.
    Recording,
}

impl Defect {
    /// Frames of `range` that read so each time, by a scratch.
    pub fn new(range: &Range<Lba>, kind: DefectKind) -> Self {
        let frames = u32::try_from(range.end - range.start).unwrap_or(0);
        Self { first: range.start, frames, kind, recovers_after: 0, cause: Cause::Scratch }
    }

    /// The frames.
    pub fn range(&self) -> Range<Lba> {
        self.first..self.first + i32::try_from(self.frames).unwrap_or(i32::MAX)
    }

    fn check(&self) -> Result<(), SceneError> {
        let end = i64::from(self.first.0) + i64::from(self.frames);
        if self.frames == 0 || self.first < FIRST || end > i64::from(LAST.0) + 1 {
            return Err(SceneError(format!(
                "defect of {} frames at LBA {}: expected at least one, from LBA {FIRST} to {LAST}",
                self.frames, self.first
            )));
        }
        match self.kind {
            DefectKind::C2 { bytes, .. } if bytes == 0 || usize::from(bytes) > MAIN => {
                Err(SceneError(format!("defect of {bytes} bytes a frame: expected 1 to {MAIN}")))
            }
            _ => Ok(()),
        }
    }
}

impl fmt::Display for Defect {
    /// `C2 of 40 bytes, from the 3rd reading on right`.
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self.kind {
            DefectKind::C1 => f.write_str("C1, corrected unseen"),
            DefectKind::C2 { bytes, .. } => write!(f, "C2, {bytes} bytes of 2352 wrong"),
            DefectKind::Lost => f.write_str("lost, no byte right"),
            DefectKind::Q => f.write_str("Q unreadable"),
            DefectKind::SubChannel => f.write_str("sub-channel unreadable"),
            DefectKind::Servo(servo) => write!(f, "out of reach, {}", servo.sense()),
        }?;
        if self.recovers_after > 0 {
            write!(f, "; {} readings fail", self.recovers_after)?;
        }
        if self.cause == Cause::Recording { f.write_str("; by the recording") } else { Ok(()) }
    }
}

/// The defects of a disc. A clone shares them.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Damage(Arc<Vec<Defect>>);

/// Defects that a disc may have: more than any test needs, and few enough to look through.
const MOST: usize = 4096;

impl Damage {
    /// Whether nothing reads badly.
    pub fn is_empty(&self) -> bool {
        self.0.is_empty()
    }

    /// All of it, in the order in which it came about.
    pub fn defects(&self) -> &[Defect] {
        &self.0
    }

    /// What befalls one reading of a frame, `failed` readings of which have failed before.
    pub(crate) fn at(&self, lba: Lba, failed: u32) -> Option<Hurt<'_>> {
        if self.0.is_empty() {
            return None;
        }
        let here = |defect: &&Defect| {
            let seen = defect.kind != DefectKind::C1;
            let still = defect.recovers_after == 0 || failed < defect.recovers_after;
            seen && still && defect.range().contains(&lba)
        };
        let defects: Vec<&Defect> = self.0.iter().filter(here).collect();
        (!defects.is_empty()).then_some(Hurt { lba, defects })
    }

    /// Whether a number of readings cures something of this frame.
    pub(crate) fn recovers(&self, lba: Lba) -> bool {
        self.0.iter().any(|defect| defect.recovers_after > 0 && defect.range().contains(&lba))
    }

    fn add(&mut self, defect: Defect) -> Result<(), SceneError> {
        defect.check()?;
        if self.0.len() >= MOST {
            return Err(SceneError(format!("more than {MOST} defects")));
        }
        Arc::make_mut(&mut self.0).push(defect);
        Ok(())
    }

    /// The frames of `range` are erased: what their recording had brought is gone.
    pub(crate) fn erase(&mut self, range: &Range<Lba>) {
        if !self.0.iter().any(|defect| defect.cause == Cause::Recording) {
            return;
        }
        let kept = self.0.iter().flat_map(|defect| {
            let own = defect.range();
            let (before, behind) = match defect.cause {
                Cause::Scratch => (own.clone(), own.end..own.end),
                Cause::Recording => (own.start..own.end.min(range.start), own.start.max(range.end)..own.end),
            };
            [before, behind].into_iter().filter(|rest| rest.start < rest.end).map(|rest| Defect {
                first: rest.start,
                frames: u32::try_from(rest.end - rest.start).unwrap_or(0),
                ..defect.clone()
            })
        });
        self.0 = Arc::new(kept.take(MOST).collect());
    }
}

impl Disc {
    /// Scratches the disc, or says why that cannot be. What is recorded stays as it is.
    pub fn damage(&mut self, defect: Defect) -> Result<(), SceneError> {
        self.damage.add(defect)
    }

    /// The laser went out here, before `end`: the code of the last frames reaches over frames that were
    /// never recorded.
    ///
    /// Bytes of a frame are spread over the 108 F1-frames behind (ECMA-130 annex C), a little more
    /// than a frame: hardly anything of the last one is right, and some of the one before is wrong. The
    /// figures are those of CD-R recordings that end without a link block (C2 flags of 1704 and 168 bytes in
    /// two neighbouring frames: forum.redump.org topic 70496).
    pub(crate) fn recording_cut(&mut self, end: Lba) {
        for (away, bytes) in [(2, 168), (1, 1704)] {
            let (first, kind) = (end - away, DefectKind::C2 { bytes, seed: 0 });
            let cut = Defect { first, frames: 1, kind, recovers_after: 0, cause: Cause::Recording };
            if self.store.is_written(first) {
                // There is room for one recording's end more, or nobody can tell any more.
                let _ = self.damage.add(cut);
            }
        }
    }
}

/// What befalls one reading of a frame.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) struct Hurt<'a> {
    lba: Lba,
    defects: Vec<&'a Defect>,
}

impl Hurt<'_> {
    /// Why the frame is out of reach, if it is.
    pub fn servo(&self) -> Option<Servo> {
        self.defects.iter().find_map(|defect| match defect.kind {
            DefectKind::Servo(servo) => Some(servo),
            _ => None,
        })
    }

    /// Makes of a frame as recorded what is read of it; the flags say which bytes the decoders gave up.
    pub fn read(&self, frame: &mut Frame) -> C2Flags {
        let mut flags = C2Flags::default();
        // Errors of the sub-channel are made once: twice the same ones would be none.
        let has = |kind| self.defects.iter().any(|defect| defect.kind == kind);
        if has(DefectKind::SubChannel) {
            errors::sub_channel(self.lba, frame);
        } else if has(DefectKind::Q) {
            errors::q(self.lba, frame);
        }
        for defect in &self.defects {
            match defect.kind {
                DefectKind::C1 | DefectKind::Servo(_) | DefectKind::Q | DefectKind::SubChannel => {}
                DefectKind::C2 { bytes, seed } => {
                    errors::bytes(usize::from(bytes), seed, self.lba, frame, &mut flags);
                }
                DefectKind::Lost => errors::bytes(MAIN, 0, self.lba, frame, &mut flags),
            }
        }
        flags
    }
}
