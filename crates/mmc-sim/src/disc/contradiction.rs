//! What cannot be on one disc together, whoever says so: a description in a file, or a host's lead-in.

use cd_format::Lba;

use super::{Disc, DiscState, OpenSession, Session, Track};
use crate::scene::DiscKind;
use crate::store::{FIRST, LAST, Store};

impl Disc {
    /// What of the disc does not go together. One like that is neither saved nor loaded.
    pub(crate) fn contradiction(&self) -> Option<String> {
        if (self.kind == DiscKind::CdRom) != self.atip.is_none() {
            return Some(format!("{:?} and pregroove information do not go together", self.kind));
        }
        if self.erasable() != matches!(self.store, Store::Rewritable(_)) {
            return Some(format!("{:?} does not go with the kind of frames in the file", self.kind));
        }
        if matches!(&self.state, DiscState::Appendable { closed } | DiscState::Complete { closed } if closed.is_empty())
        {
            return Some("closed, but without a session".to_owned());
        }
        if let Some(digits) = self.mcn.filter(|mcn| !mcn.iter().all(u8::is_ascii_digit)) {
            return Some(format!("catalogue number {digits:?}, expected 13 digits"));
        }
        sessions_contradict(self.closed(), self.open())
    }
}

/// What is wrong with the sessions of a disc: each lies behind the one before it, and so do its tracks.
pub(crate) fn sessions_contradict(closed: &[Session], open: Option<&OpenSession>) -> Option<String> {
    let mut least = FIRST;
    for (n, session) in (1..).zip(closed) {
        if session.number != n {
            return Some(format!("session {} in place {n}", session.number));
        }
        if let Some(why) = tracks_contradict(&session.tracks, &mut least) {
            return Some(why);
        }
        if session.lead_out < least || session.lead_out > LAST {
            return Some(format!(
                "lead-out of session {n} at LBA {}, expected {least} to {LAST}",
                session.lead_out
            ));
        }
        least = session.lead_out;
    }
    if let Some(open) = open {
        if usize::from(open.number) != closed.len() + 1 {
            return Some(format!("open session {} behind {} closed ones", open.number, closed.len()));
        }
        if let Some(why) = tracks_contradict(&open.tracks, &mut least) {
            return Some(why);
        }
        if let Some(cut) = &open.incomplete
            && (!open.tracks.iter().any(|track| track.number == cut.track)
                || !(FIRST..=LAST).contains(&cut.next))
        {
            return Some(format!("track {} cut short at LBA {}, and not there", cut.track, cut.next));
        }
        if open.next < least || open.next > LAST {
            return Some(format!("next track at LBA {}, expected {least} to {LAST}", open.next));
        }
    }
    let tracks =
        closed.iter().flat_map(|session| &session.tracks).chain(open.iter().flat_map(|open| &open.tracks));
    let numbers: Vec<u8> = tracks.map(|track| track.number).collect();
    if numbers.windows(2).any(|pair| pair[1] != pair[0].saturating_add(1)) {
        return Some(format!("tracks {numbers:?}, expected each one more than the last"));
    }
    None
}

/// What is wrong with the tracks of a session; moves `least` behind them.
fn tracks_contradict(tracks: &[Track], least: &mut Lba) -> Option<String> {
    if tracks.is_empty() {
        return Some("a session without a track".to_owned());
    }
    for track in tracks {
        let number = track.number;
        if !(1..=99).contains(&number) {
            return Some(format!("track {number}, expected 1 to 99"));
        }
        if track.start < *least || track.start > LAST || i64::from(track.blocks) > i64::from(LAST.0) + 1 {
            return Some(format!(
                "track {number} has {} blocks at LBA {}, expected {least} to {LAST}",
                track.blocks, track.start
            ));
        }
        if track.isrc.is_some_and(|isrc| !isrc.iter().all(u8::is_ascii_alphanumeric)) {
            return Some(format!("track {number} has a recording code of other characters than A-Z, 0-9"));
        }
        *least = track.end_frame();
    }
    None
}
