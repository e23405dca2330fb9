//! What a session looks like to the sub-channel: its areas, tracks and indexes.

use crate::address::Lba;
use crate::lead_in::{Contents, LeadInError};
use crate::session::{DiscType, Session, Track};
use crate::toc::{Control, TocEntry};

use super::codes::{Isrc, Mcn};
use super::q::QError;

/// A session to be written, from the first block of its lead-in to the last of its lead-out.
#[derive(Clone, Debug, Eq, PartialEq)]
pub struct SessionLayout {
    /// First block of the lead-in; the first track's [`pregap`](TrackLayout::pregap) where there is
    /// none to fill.
    pub lead_in: Lba,
    /// The tracks, in order, numbers running.
    pub tracks: Vec<TrackLayout>,
    /// First block of the lead-out.
    pub lead_out: Lba,
    /// Blocks of the lead-out, see [`FIRST_LEAD_OUT_FRAMES`](crate::session::FIRST_LEAD_OUT_FRAMES).
    pub lead_out_frames: u32,
    /// The disc's catalogue number.
    pub mcn: Option<Mcn>,
}

/// A track to be written.
#[derive(Clone, Debug, Eq, PartialEq)]
pub struct TrackLayout {
    /// Number, 1 to 99.
    pub number: u8,
    /// What kind of track.
    pub control: Control,
    /// Whether the copy bit alternates at 9.375 Hz, four blocks on and four off: this is a copy, not
    /// to be copied again (SCMS, IEC 60958).
    pub alternate_copy: bool,
    /// First block of index 0; [`start`](Self::start) where there is no pause.
    pub pregap: Lba,
    /// First block of index 1.
    pub start: Lba,
    /// First blocks of index 2, 3, ...
    pub indexes: Vec<Lba>,
    /// The recording's code.
    pub isrc: Option<Isrc>,
}

/// Why a session cannot be written so.
#[derive(Clone, Debug, Eq, PartialEq, thiserror::Error)]
#[non_exhaustive]
pub enum PlanError {
    /// No track.
    #[error("session without a track: expected 1 to 99 of them")]
    NoTrack,
    /// A number out of range, or out of order.
    #[error("track {seen} behind track {before}: expected 1 to 99, each one more than the last")]
    TrackNumber {
        /// The track before, 0 when there is none.
        before: u8,
        /// This one.
        seen: u8,
    },
    /// More indexes than two digits count.
    #[error("track {track} has {indexes} indexes: expected at most 99")]
    TooManyIndexes {
        /// Which.
        track: u8,
        /// Index 1 included.
        indexes: usize,
    },
    /// Something that lies before what it should follow.
    #[error("{what} at LBA {seen}: expected {least} or later")]
    OutOfOrder {
        /// What.
        what: &'static str,
        /// Where.
        seen: Lba,
        /// Where it may lie first.
        least: Lba,
    },
    /// An address that the clock cannot show.
    #[error("{what} at LBA {lba}: expected {least} to {most}")]
    NoTime {
        /// What.
        what: &'static str,
        /// Where.
        lba: i64,
        /// The first address it may have.
        least: i32,
        /// The last.
        most: i32,
    },
    /// A lead-in with nothing to say.
    #[error("lead-in of {0} blocks without an entry: expected at least points A0, A1, A2 and a track")]
    EmptyToc(u32),
    /// An entry that no frame can show.
    #[error("lead-in entry {entry}: {source}")]
    Entry {
        /// Which, from 0.
        entry: usize,
        /// Why not.
        source: QError,
    },
}

impl SessionLayout {
    /// First block of the program area, that is of the first pregap.
    pub fn program(&self) -> Option<Lba> {
        self.tracks.first().map(|track| track.pregap)
    }

    /// The session as a reader will see it.
    pub fn session(&self, number: u8, disc_type: DiscType) -> Session {
        let ends = self.tracks.iter().skip(1).map(|track| track.pregap).chain([self.lead_out]);
        let track = |(track, end): (&TrackLayout, Lba)| Track {
            number: track.number,
            control: track.control,
            start: track.start,
            end,
        };
        let tracks = self.tracks.iter().zip(ends).map(track).collect();
        Session { number, tracks, lead_out: self.lead_out, disc_type }
    }

    /// The entries of the lead-in when this is the disc's only session. Of a session among others,
    /// see [`Contents::full_toc`].
    pub fn toc(&self, disc_type: DiscType) -> Result<Vec<TocEntry>, LeadInError> {
        let sessions = [self.session(1, disc_type)];
        Contents { sessions: &sessions, atip: None, appendable: false }.full_toc()
    }

    /// Checks what [`SubChannelPlan::new`](super::SubChannelPlan::new) builds upon.
    pub(super) fn check(&self) -> Result<(), PlanError> {
        let program = self.program().ok_or(PlanError::NoTrack)?;
        in_clock("lead-in", self.lead_in.0.into(), Lba::MIN.0)?;
        in_clock("first pregap", program.0.into(), -150)?;
        in_clock("end of lead-out", i64::from(self.lead_out.0) + i64::from(self.lead_out_frames) - 1, -150)?;
        in_order("first pregap", program, self.lead_in)?;
        let (mut before, mut least) = (0, program);
        for track in &self.tracks {
            if !matches!(track.number, 1..=99) || (before != 0 && track.number != before + 1) {
                return Err(PlanError::TrackNumber { before, seen: track.number });
            }
            if track.indexes.len() > 98 {
                return Err(PlanError::TooManyIndexes {
                    track: track.number,
                    indexes: track.indexes.len() + 1,
                });
            }
            in_order("pregap", track.pregap, least)?;
            in_order("index 1", track.start, track.pregap)?;
            least = track.start + 1;
            for index in &track.indexes {
                in_order("index", *index, least)?;
                least = *index + 1;
            }
            before = track.number;
        }
        in_order("lead-out", self.lead_out, least)
    }
}

/// The last block that the clock shows, 99:59:74.
const CLOCK_END: i32 = 449_849;

fn in_clock(what: &'static str, lba: i64, least: i32) -> Result<(), PlanError> {
    if (least.into()..=CLOCK_END.into()).contains(&lba) {
        Ok(())
    } else {
        Err(PlanError::NoTime { what, lba, least, most: CLOCK_END })
    }
}

fn in_order(what: &'static str, seen: Lba, least: Lba) -> Result<(), PlanError> {
    if seen >= least { Ok(()) } else { Err(PlanError::OutOfOrder { what, seen, least }) }
}
