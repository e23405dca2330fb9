//! The disc: what is on it and where, as the drive finds it.
//!
//! An enum of what the disc *is*, with data only where it exists: a blank disc has no last
//! session to ask for. Addresses follow from lengths by the rules of the format, so a disc
//! whose parts overlap cannot be made.

mod build;
pub mod content;
mod contradiction;
pub mod damage;
mod file;
pub mod packets;

use std::sync::Arc;

use cd_format::atip::Atip;
use cd_format::session::{NextSession, RUN_OUT_FRAMES, next_session};
use cd_format::{Control, Lba, TocEntry};
use serde::{Deserialize, Serialize};

pub use build::SceneError;
pub use content::{DiscFrames, Laid};
pub(crate) use contradiction::sessions_contradict;
pub use damage::{Damage, Defect, DefectKind};
pub use file::DiscFileError;
pub use packets::Packets;

use crate::scene::{Content, DiscKind, DiscScene, Written};
use crate::store::{FIRST, LAST, Store};

/// A disc.
#[derive(Clone, Debug)]
pub struct Disc {
    /// What kind of disc.
    pub kind: DiscKind,
    /// What the pregroove says; `None` on a pressed disc.
    pub atip: Option<Atip>,
    /// What is on it.
    pub state: DiscState,
    /// Media catalogue number, 13 digits.
    pub mcn: Option<[u8; 13]>,
    /// CD-TEXT packs of the first lead-in.
    pub cd_text: Vec<[u8; 18]>,
    /// Disc identification in the PMA.
    pub identification: Option<u32>,
    /// Formatted in fixed packets of 32 blocks.
    pub formatted: bool,
    /// The frames that were recorded on it. What a scene laid out is not among them.
    pub store: Store,
    /// The sessions that its scene laid out; their frames are made when they are read.
    pub laid: Laid,
    /// What of it reads badly.
    pub damage: Damage,
    /// What laid them out, to be told when the disc is saved.
    pub(crate) scene: Option<Arc<DiscScene>>,
}

/// What is on a disc.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub enum DiscState {
    /// Nothing.
    Blank,
    /// The last session has tracks, but no lead-in and lead-out.
    Open {
        /// Sessions before it.
        closed: Vec<Session>,
        /// The last one.
        open: OpenSession,
    },
    /// Every session is closed, and another may follow.
    Appendable {
        /// At least one.
        closed: Vec<Session>,
    },
    /// Every session is closed, and none may follow.
    Complete {
        /// At least one.
        closed: Vec<Session>,
    },
    /// A recording was cut short, or had no lead-in that could be read: nothing may follow.
    Damaged {
        /// Sessions before it, perhaps none.
        closed: Vec<Session>,
    },
}

/// A closed session.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Session {
    /// 1 for the first.
    pub number: u16,
    /// At least one.
    pub tracks: Vec<Track>,
    /// First block of the lead-out.
    pub lead_out: Lba,
    /// PSEC of point A0: 00h, 10h or 20h.
    pub format: u8,
    /// Q of the lead-in as it was recorded; `None` where it follows from what is above. A lead-in that a
    /// host has recorded (write type RAW) has no entries in the PMA.
    pub lead_in: Option<Vec<TocEntry>>,
}

/// A session without lead-in and lead-out.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct OpenSession {
    /// 1 for the first.
    pub number: u16,
    /// Written and reserved tracks, at least one.
    pub tracks: Vec<Track>,
    /// Where the track after them would start.
    pub next: Lba,
    /// A track that is not complete. Until it is closed nothing else can be written; one that was cut short
    /// goes on only when it has been repaired.
    pub incomplete: Option<Incomplete>,
}

/// How far a track came that is not complete: its recording was cut short, or it grows packet by packet.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Incomplete {
    /// Its number.
    pub track: u8,
    /// The block behind the last that is recorded, perhaps in the pregap.
    pub next: Lba,
    /// It had been reserved, so its end is known.
    pub reserved: bool,
    /// It is in packets and ends with a whole one: nothing is broken, and more may follow.
    #[serde(default)]
    pub whole_packets: bool,
}

/// A track.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Track {
    /// 1 to 99.
    pub number: u8,
    /// The session it is in.
    pub session: u16,
    /// Control nibble of Q.
    pub control: Control,
    /// What is in it.
    pub content: Content,
    /// First user block.
    pub start: Lba,
    /// User blocks.
    pub blocks: u32,
    /// What lies around it.
    pub written: Written,
    /// How it is divided, if it was written in packets.
    #[serde(default)]
    pub packets: Option<Packets>,
    /// Reserved, nothing written yet.
    pub reserved: bool,
    /// Recording code.
    pub isrc: Option<[u8; 12]>,
}

impl Session {
    /// The session as tables of contents tell it.
    pub fn to_format(&self) -> cd_format::Session {
        cd_format::Session {
            number: u8::try_from(self.number).unwrap_or(u8::MAX),
            tracks: self.tracks.iter().map(Track::to_format).collect(),
            lead_out: self.lead_out,
            disc_type: cd_format::DiscType(self.format),
        }
    }
}

impl Track {
    /// The track as tables of contents tell it.
    pub fn to_format(&self) -> cd_format::Track {
        let runs_out = self.written == Written::Tao || self.packets.is_some();
        let run_out = if runs_out { RUN_OUT_FRAMES } else { 0 };
        let end = self.end_frame() + run_out;
        cd_format::Track { number: self.number, control: self.control, start: self.start, end }
    }

    /// The block after the last user block.
    pub fn end(&self) -> Lba {
        self.start + i32::try_from(self.blocks).unwrap_or(i32::MAX)
    }

    /// Data mode as READ TRACK INFORMATION has it: 1 audio or Mode 1, 2 Mode 2.
    pub const fn data_mode(&self) -> u8 {
        match self.content {
            Content::Audio | Content::Mode1 => 1,
            Content::Mode2 => 2,
        }
    }
}

/// The track that would be written next, which the table of contents does not show.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct InvisibleTrack {
    /// Its number.
    pub number: u8,
    /// Its session.
    pub session: u16,
    /// Its first user block.
    pub start: Lba,
}

impl InvisibleTrack {
    /// The track as it begins, written or reserved on its own: nothing is in it yet.
    pub(crate) const fn begin(self, control: Control, content: Content) -> Track {
        Track {
            number: self.number,
            session: self.session,
            control,
            content,
            start: self.start,
            blocks: 0,
            written: Written::Tao,
            packets: None,
            reserved: false,
            isrc: None,
        }
    }
}

impl Disc {
    /// The closed sessions.
    pub fn closed(&self) -> &[Session] {
        match &self.state {
            DiscState::Blank => &[],
            DiscState::Open { closed, .. }
            | DiscState::Appendable { closed }
            | DiscState::Complete { closed }
            | DiscState::Damaged { closed } => closed,
        }
    }

    /// The session that is not closed, if there is one.
    pub const fn open(&self) -> Option<&OpenSession> {
        match &self.state {
            DiscState::Open { open, .. } => Some(open),
            DiscState::Blank
            | DiscState::Appendable { .. }
            | DiscState::Complete { .. }
            | DiscState::Damaged { .. } => None,
        }
    }

    /// The open track that more packets may be added to.
    pub fn packet_track(&self) -> Option<&Track> {
        let open = self.open()?;
        let grows = open.incomplete.filter(|cut| cut.whole_packets)?;
        open.tracks.iter().find(|track| track.number == grows.track && track.packets.is_some())
    }

    /// Whether it can be erased.
    pub fn erasable(&self) -> bool {
        self.kind == DiscKind::CdRw
    }

    /// Whether nothing may be added.
    pub const fn is_complete(&self) -> bool {
        matches!(self.state, DiscState::Complete { .. } | DiscState::Damaged { .. })
    }

    /// Whether its last session was cut short.
    pub const fn is_damaged(&self) -> bool {
        matches!(self.state, DiscState::Damaged { .. })
    }

    /// Every track, written or reserved, in order.
    pub fn tracks(&self) -> impl Iterator<Item = &Track> {
        self.closed()
            .iter()
            .flat_map(|session| &session.tracks)
            .chain(self.open().into_iter().flat_map(|open| &open.tracks))
    }

    /// Where the lead-in of the next (or the open) session starts; `None` when none may follow.
    ///
    /// The first lead-in is where the pregroove says, later ones behind the lead-out before
    /// them (Orange Book; MMC READ DISC INFORMATION, "last session lead-in start address").
    pub fn next_lead_in(&self) -> Option<Lba> {
        if self.is_complete() {
            return None;
        }
        match self.after_closed() {
            Some(next) => Some(next.lead_in),
            None => self.atip.as_ref().map(Atip::lead_in_lba),
        }
    }

    /// Where session `number` has its lead-in.
    pub fn lead_in_of(&self, number: u16) -> Option<Lba> {
        match self.closed().iter().rev().find(|session| session.number + 1 == number) {
            Some(before) => Some(next_session(before.lead_out, u32::from(before.number)).lead_in),
            None => self.atip.as_ref().map(Atip::lead_in_lba),
        }
    }

    /// The last block at which a lead-out may start; `None` when nothing may be added.
    pub fn lead_out_limit(&self) -> Option<Lba> {
        if self.is_complete() { None } else { self.atip.as_ref().map(Atip::last_lead_out_lba) }
    }

    /// The track that would be written next; `None` on a complete disc.
    pub fn invisible(&self) -> Option<InvisibleTrack> {
        let last = self.tracks().last();
        let (session, start) = match &self.state {
            DiscState::Blank => (1, Lba(0)),
            // A track that was cut short and has no end yet is the last one.
            DiscState::Open { open, .. } if open.incomplete.is_some_and(|cut| !cut.reserved) => return None,
            DiscState::Open { open, .. } => (open.number, open.next),
            DiscState::Appendable { closed } => {
                (closed.last().map_or(1, |session| session.number + 1), self.after_closed()?.first_user)
            }
            DiscState::Complete { .. } | DiscState::Damaged { .. } => return None,
        };
        let number = last.map_or(1, |track| track.number + 1);
        // A disc has at most 99 tracks.
        (number <= 99).then_some(InvisibleTrack { number, session, start })
    }

    /// The open session; on a blank or an appendable disc a new one begins. `None` when none may.
    pub(crate) fn open_session(&mut self) -> Option<&mut OpenSession> {
        if let DiscState::Blank | DiscState::Appendable { .. } = self.state {
            let next = self.invisible()?;
            let closed = self.closed().to_vec();
            let open =
                OpenSession { number: next.session, tracks: Vec::new(), next: next.start, incomplete: None };
            self.state = DiscState::Open { closed, open };
        }
        match &mut self.state {
            DiscState::Open { open, .. } => Some(open),
            DiscState::Blank
            | DiscState::Appendable { .. }
            | DiscState::Complete { .. }
            | DiscState::Damaged { .. } => None,
        }
    }

    /// Erases everything, as BLANK of a whole CD-RW does.
    pub fn blank(&mut self) {
        if self.erasable() {
            self.state = DiscState::Blank;
            self.mcn = None;
            self.cd_text.clear();
            self.identification = None;
            self.formatted = false;
            if let Some(store) = self.store.as_rewritable() {
                store.erase(&(FIRST..LAST + 1));
                store.erase_pma();
            }
            self.laid = Laid::default();
            self.damage.erase(&(FIRST..LAST + 1));
        }
    }

    fn after_closed(&self) -> Option<NextSession> {
        self.closed().last().map(|session| next_session(session.lead_out, u32::from(session.number)))
    }
}
