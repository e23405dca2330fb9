//! What is known of the session that is being looked at.

use std::collections::BTreeMap;

use crate::steady::Steady;
use crate::toc::Toc;
use crate::track::Track;

/// Where a block lies, as Q says.
#[derive(Clone, Copy, Debug, Eq, PartialEq)]
pub(crate) enum Area {
    LeadIn,
    /// Program area.
    Index {
        tno: u8,
        index: u8,
    },
    LeadOut,
}

impl Area {
    /// Whether a block here may be followed by one there.
    pub(crate) const fn may_precede(self, next: Self) -> bool {
        match (self, next) {
            (Self::LeadIn, Self::LeadIn) | (Self::LeadOut, Self::LeadOut | Self::LeadIn) => true,
            (Self::LeadIn, Self::Index { index, .. }) => index <= 1,
            (Self::Index { tno, index }, Self::Index { tno: next_tno, index: next_index }) => {
                if tno == next_tno {
                    next_index == index || next_index == index + 1
                } else {
                    index > 0 && next_tno == tno + 1 && next_index <= 1
                }
            }
            (Self::Index { index, .. }, Self::LeadOut) => index > 0,
            (Self::LeadIn, Self::LeadOut)
            | (Self::Index { .. }, Self::LeadIn)
            | (Self::LeadOut, Self::Index { .. }) => false,
        }
    }

    pub(crate) fn text(self) -> String {
        match self {
            Self::LeadIn => "lead-in".to_owned(),
            Self::Index { tno, index } => format!("track {tno} index {index}"),
            Self::LeadOut => "lead-out".to_owned(),
        }
    }
}

/// The session.
#[derive(Debug)]
pub(crate) struct Session {
    /// From 1; 2 as well where the first one recorded is not the disc's first.
    pub(crate) number: u32,
    pub(crate) area: Area,
    pub(crate) lead_in: Option<i32>,
    pub(crate) program: Option<i32>,
    pub(crate) lead_out: Option<i32>,
    pub(crate) toc: Toc,
    pub(crate) tracks: BTreeMap<u8, Track>,
    /// Block minus relative time; in a pause, block plus relative time.
    pub(crate) relative: Steady,
}

impl Session {
    pub(crate) fn new(number: u32, area: Area) -> Self {
        Self {
            number,
            area,
            lead_in: None,
            program: None,
            lead_out: None,
            toc: Toc::default(),
            tracks: BTreeMap::new(),
            relative: Steady::default(),
        }
    }

    /// The track that the program area has come to, or the last.
    pub(crate) fn track(&self) -> Option<&Track> {
        match self.area {
            Area::Index { tno, .. } => self.tracks.get(&tno),
            Area::LeadIn | Area::LeadOut => self.tracks.values().next_back(),
        }
    }
}

/// The session before.
#[derive(Clone, Copy, Debug)]
pub(crate) struct Closed {
    pub(crate) number: u32,
    pub(crate) has_lead_in: bool,
    pub(crate) lead_out: Option<i32>,
    /// First block behind it.
    pub(crate) end: i32,
    /// Point B0, see [`Toc::next_session`].
    pub(crate) next: Option<Option<i32>>,
}
