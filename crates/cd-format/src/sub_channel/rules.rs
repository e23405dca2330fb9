//! Where burning programs and standards part ways: one default, and the others by name.
//!
//! What the programs do was read off what they send: libburn, cdrdao's raw driver, cdrecord in its
//! RAW modes (wodim sends the same).

use serde::{Deserialize, Serialize};

use super::p::{LeadOutP, ProgramP};

/// How a session's sub-channel is filled where there is a choice.
#[derive(Clone, Copy, Debug, Default, Eq, Hash, PartialEq, Serialize, Deserialize)]
#[serde(default, deny_unknown_fields)]
pub struct Rules {
    /// MIN, SEC, FRAME in the lead-in.
    pub lead_in_time: LeadInTime,
    /// Which point comes first.
    pub toc_order: TocOrder,
    /// How the relative time of a pause ends.
    pub pause_time: PauseTime,
    /// Where catalogue number and recording codes go.
    pub codes: CodePositions,
    /// P before and in the program.
    pub program_p: ProgramP,
    /// P in the lead-out.
    pub lead_out_p: LeadOutP,
    /// What point B0 names.
    pub next_program: NextProgram,
}

impl Rules {
    /// As libburn fills it.
    pub const LIBBURN: Self = Self {
        lead_in_time: LeadInTime::FromZero,
        toc_order: TocOrder::PointsFirst,
        pause_time: PauseTime::EndsAtOne,
        codes: CodePositions::TrackEvery100,
        program_p: ProgramP::PauseAndFirstBlock,
        lead_out_p: LeadOutP::FirstBlockThenTwoHertz,
        next_program: NextProgram::Pregap,
    };
    /// As cdrdao fills it.
    pub const CDRDAO: Self = Self {
        lead_in_time: LeadInTime::FromZero,
        toc_order: TocOrder::TracksFirst,
        pause_time: PauseTime::EndsAtOne,
        codes: CodePositions::Every90,
        program_p: ProgramP::TwoSeconds,
        lead_out_p: LeadOutP::TwoSecondsThenTwoHertz,
        next_program: NextProgram::Pregap,
    };
    /// As cdrecord and wodim fill it.
    pub const CDRECORD: Self = Self {
        lead_in_time: LeadInTime::Absolute,
        toc_order: TocOrder::PointsFirst,
        pause_time: PauseTime::EndsAtZero,
        codes: CodePositions::Every100,
        program_p: ProgramP::Pause,
        lead_out_p: LeadOutP::HalfHertz,
        next_program: NextProgram::Pregap,
    };
}

/// What MIN, SEC, FRAME of the lead-in's mode 1 frames count.
#[derive(Clone, Copy, Debug, Default, Eq, Hash, PartialEq, Serialize, Deserialize)]
pub enum LeadInTime {
    /// The block's own address, 97:26:65 and up (cdrecord).
    #[default]
    Absolute,
    /// From 00:00:00 at the first block (libburn, cdrdao).
    FromZero,
}

/// Which entries the lead-in begins with. A reader may not depend on it.
#[derive(Clone, Copy, Debug, Default, Eq, Hash, PartialEq, Serialize, Deserialize)]
pub enum TocOrder {
    /// A0, A1, A2, the tracks, B0, C0 (libburn, cdrecord; full TOC of real discs).
    #[default]
    PointsFirst,
    /// The tracks, A0, A1, A2, B0, C0 (cdrdao).
    TracksFirst,
    /// The entries as they were given.
    AsGiven,
}

/// Which block of the next session MIN, SEC, FRAME of point B0 name.
///
/// A reader has to take either. None of the burning programs above was seen to send B0.
#[derive(Clone, Copy, Debug, Default, Eq, Hash, PartialEq, Serialize, Deserialize)]
pub enum NextProgram {
    /// The first of its pregap: lead-out + 11250, + 6750 behind later sessions (readom -clone log of a
    /// Moser Baer CD-R that a drive had closed).
    #[default]
    Pregap,
    /// Its first user block: lead-out + 11400, + 6900 behind later sessions (descriptions of B0 as the
    /// start of the next possible program area, and burning programs' next writable address).
    FirstUser,
}

/// How the relative time runs through a pause (index 0): down, but to what.
#[derive(Clone, Copy, Debug, Default, Eq, Hash, PartialEq, Serialize, Deserialize)]
pub enum PauseTime {
    /// 00:01:74 to 00:00:00 for 150 blocks (cdrecord; CDEmu expects it).
    #[default]
    EndsAtZero,
    /// 00:02:00 to 00:00:01 for 150 blocks (libburn, cdrdao).
    EndsAtOne,
}

/// Which blocks of the program area carry the catalogue number (ADR 2) and the recording code (ADR
/// 3) in place of a position.
///
/// Each is to come at least once in 100 blocks. The first block of an index always has a position,
/// so that a reader sees the transition; a code due there moves on by one. (So cdrecord and cdrdao;
/// libburn's choice is kept to the same.)
#[derive(Clone, Copy, Debug, Default, Eq, Hash, PartialEq, Serialize, Deserialize)]
pub enum CodePositions {
    /// Absolute time 0 and 50 modulo 90 frames (cdrdao). Moving on cannot break the limit of 100.
    #[default]
    Every90,
    /// Absolute time 99 and 49 modulo 100 frames (cdrecord).
    Every100,
    /// 0 and 10 modulo 100 frames from the track's index 1 (libburn).
    TrackEvery100,
}

/// A frame that is not a position.
#[derive(Clone, Copy, Debug, Eq, PartialEq)]
pub(super) enum Code {
    Mcn,
    Isrc,
}

impl CodePositions {
    /// What is due `absolute` frames behind 00:00:00 and `relative` behind index 1.
    pub(super) const fn due(self, absolute: i32, relative: i32) -> Option<Code> {
        let (place, mcn, isrc) = match self {
            Self::Every90 => (absolute.rem_euclid(90), 0, 50),
            Self::Every100 => (absolute.rem_euclid(100), 99, 49),
            Self::TrackEvery100 => (relative.rem_euclid(100), 0, 10),
        };
        if place == mcn {
            Some(Code::Mcn)
        } else if place == isrc {
            Some(Code::Isrc)
        } else {
            None
        }
    }
}
