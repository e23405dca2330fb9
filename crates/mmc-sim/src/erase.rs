//! Erasing a CD-RW (MMC "BLANK Command", "FORMAT UNIT Command").
//!
//! What a minimal blank leaves behind on a real disc cannot be read by any command, so it is not kept.

#[cfg(test)]
mod tests;

use core::ops::Range;

use cd_format::Lba;
use cd_format::address::PREGAP_FRAMES;

use crate::disc::{Disc, DiscState, OpenSession, Session};
use crate::scene::{Content, DiscScene, End, SessionFormat, SessionScene, TrackScene, Written};
use crate::store::{FIRST, LAST};

/// What is to be erased. That it is there has been seen to.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Erasure {
    /// Everything.
    All,
    /// The last track of the open session; what was reserved is no more.
    LastTrack,
    /// Frames of a packet track.
    Blocks { first: Lba, end: Lba },
    /// Lead-in and lead-out of the last session.
    Unclose,
    /// The last session.
    LastSession,
}

impl Erasure {
    /// Whether what is not meant stays readable all the while.
    pub const fn is_partial(self) -> bool {
        matches!(self, Self::LastTrack | Self::Blocks { .. })
    }
}

/// Erases.
pub(crate) fn erase(disc: &mut Disc, what: Erasure) {
    match what {
        Erasure::All => disc.blank(),
        Erasure::Blocks { first, end } => wipe(disc, first..end),
        Erasure::LastTrack => last_track(disc),
        Erasure::Unclose => unclose(disc),
        Erasure::LastSession => last_session(disc),
    }
}

fn wipe(disc: &mut Disc, range: Range<Lba>) {
    if let Some(store) = disc.store.as_rewritable() {
        store.erase(&range);
        disc.laid.erase(&range);
        disc.damage.erase(&range);
    }
}

fn last_track(disc: &mut Disc) {
    let DiscState::Open { closed, open } = &mut disc.state else { return };
    let Some(track) = open.tracks.pop() else { return };
    open.next = track.start;
    open.incomplete = open.incomplete.filter(|cut| cut.track != track.number);
    if open.tracks.is_empty() {
        disc.state = before(core::mem::take(closed));
    }
    wipe(disc, track.start - PREGAP_FRAMES..LAST + 1);
}

fn unclose(disc: &mut Disc) {
    let Some((last, closed)) = split(disc) else { return };
    let lead_in = disc.lead_in_of(last.number);
    let next = last.lead_out + PREGAP_FRAMES;
    if let (Some(lead_in), Some(first)) = (lead_in, last.tracks.first()) {
        wipe(disc, lead_in..first.start - PREGAP_FRAMES);
    }
    wipe(disc, last.lead_out..LAST + 1);
    let open = OpenSession { number: last.number, tracks: last.tracks, next, incomplete: None };
    disc.state = DiscState::Open { closed, open };
}

fn last_session(disc: &mut Disc) {
    let closed = match &disc.state {
        DiscState::Open { closed, .. } | DiscState::Damaged { closed } => closed.clone(),
        DiscState::Blank => return,
        DiscState::Appendable { .. } | DiscState::Complete { .. } => match split(disc) {
            Some((_, closed)) => closed,
            None => return,
        },
    };
    match closed.last() {
        None => disc.blank(),
        Some(last) => {
            let from = disc.lead_in_of(last.number + 1).unwrap_or(last.lead_out);
            disc.state = before(closed);
            wipe(disc, from..LAST + 1);
        }
    }
}

/// The last closed session, and those before it.
fn split(disc: &Disc) -> Option<(Session, Vec<Session>)> {
    let mut closed = disc.closed().to_vec();
    closed.pop().map(|last| (last, closed))
}

fn before(closed: Vec<Session>) -> DiscState {
    if closed.is_empty() { DiscState::Blank } else { DiscState::Appendable { closed } }
}

impl Disc {
    /// Makes the disc one track of fixed packets, all of zeros.
    pub(crate) fn format(&mut self, blocks: u32) {
        self.blank();
        wipe(self, FIRST..LAST + 1);
        let track = TrackScene {
            content: Content::Mode2,
            blocks,
            copy: true,
            pre_emphasis: false,
            isrc: None,
            reserved: false,
        };
        let session =
            SessionScene { tracks: vec![track], written: Written::default(), format: SessionFormat::Xa };
        let scene = DiscScene {
            kind: self.kind,
            atip: self.atip.clone(),
            sessions: vec![session],
            end: End::Finalised,
            mcn: None,
            cd_text: Vec::new(),
            identification: None,
            formatted: true,
            defects: Vec::new(),
        };
        if let Ok(formatted) = Self::build(&scene) {
            self.state = formatted.state;
            self.laid = formatted.laid;
            self.scene = formatted.scene;
            self.formatted = true;
        }
    }
}
