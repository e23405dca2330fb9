//! What lead-in and PMA say of a disc's sessions and tracks.

use crate::address::Lba;
use crate::atip::Atip;
use crate::session::{Session, Track, next_session};
use crate::toc::{Adr, Control, Point, TocEntry};

/// Why a disc has no table of contents.
#[derive(Clone, Debug, Eq, PartialEq, thiserror::Error)]
#[non_exhaustive]
pub enum LeadInError {
    /// An address that no time in the program area stands for.
    #[error("{what} at LBA {lba}: expected -150 to 449849, that is 00:00:00 to 99:59:74")]
    NoTime {
        /// What was to lie there.
        what: &'static str,
        /// Where.
        lba: Lba,
    },
    /// A session without a track.
    #[error("session {0} has no track: expected 1 to 99 of them")]
    NoTrack(u8),
    /// A track number that the disc cannot carry.
    #[error("track {0}: expected 1 to 99")]
    NotATrack(u8),
}

/// The disc that a table of contents describes.
#[derive(Clone, Copy, Debug)]
pub struct Contents<'a> {
    /// The closed sessions, in order.
    pub sessions: &'a [Session],
    /// The ATIP; `None` for a pressed disc.
    pub atip: Option<&'a Atip>,
    /// Whether another session may follow the last.
    pub appendable: bool,
}

impl Contents<'_> {
    /// The entries of all lead-ins: per session A0, A1, A2, the tracks, and where another session
    /// follows or may follow, the mode-5 points B0 and (first session, with an ATIP) C0.
    ///
    /// Order and bytes are those of a real disc's full TOC (readom -clone log of a Moser Baer
    /// CD-R, Ubuntu forums archive). A session that nothing can follow has no mode-5 points.
    ///
    /// B0 carries where the next program area starts, counting its pregap: lead-out + 11250 on
    /// that disc. (Descriptions that say + 11400 name the first user block.)
    pub fn full_toc(&self) -> Result<Vec<TocEntry>, LeadInError> {
        let mut entries = Vec::new();
        for (index, session) in self.sessions.iter().enumerate() {
            let (Some(first), Some(last)) = (session.tracks.first(), session.tracks.last()) else {
                return Err(LeadInError::NoTrack(session.number));
            };
            let entry = |adr, control, point| TocEntry::new(session.number, adr, control, point);
            let position = |control, point| entry(Adr::POSITION, control, point);
            entries.push(position(first.control, Point::A0).with_p_time([
                first.number,
                session.disc_type.0,
                0,
            ]));
            entries.push(position(last.control, Point::A1).with_p_time([last.number, 0, 0]));
            let lead_out = program_time("lead-out", session.lead_out)?;
            entries.push(position(last.control, Point::A2).with_p_time(lead_out));
            for track in &session.tracks {
                let point = Point::of_track(track.number).ok_or(LeadInError::NotATrack(track.number))?;
                let start = program_time("track", track.start)?;
                entries.push(position(track.control, point).with_p_time(start));
            }
            let Some(next) = self.next_program_area(index, session) else { continue };
            let info = if index == 0 { self.atip } else { None };
            let mut b0 = entry(Adr::MULTI_SESSION, first.control, Point::B0)
                .with_time(program_time("next session", next)?)
                .with_p_time(self.outermost_lead_out()?);
            b0.zero = 1 + u8::from(info.is_some());
            entries.push(b0);
            if let Some(atip) = info {
                entries.push(
                    entry(Adr::MULTI_SESSION, first.control, Point::C0)
                        .with_time(atip.special_information())
                        .with_p_time(atip.lead_in.fields()),
                );
            }
        }
        Ok(entries)
    }

    /// Where the pregap behind session `index` starts: of the session that is there, else of
    /// the one that may come.
    fn next_program_area(&self, index: usize, session: &Session) -> Option<Lba> {
        match self.sessions.get(index + 1) {
            Some(next) => next.tracks.first().map(|track| track.start - crate::address::PREGAP_FRAMES),
            None if self.appendable => Some(next_session(session.lead_out, index as u32 + 1).pregap),
            None => None,
        }
    }

    /// As the ATIP says; a pressed disc's last lead-out is its outermost.
    fn outermost_lead_out(&self) -> Result<[u8; 3], LeadInError> {
        match (self.atip, self.sessions.last()) {
            (Some(atip), _) => Ok(atip.last_lead_out.fields()),
            (None, Some(session)) => program_time("lead-out", session.lead_out),
            (None, None) => Ok([0; 3]),
        }
    }
}

/// The PMA's entry of a recorded track: where it starts (P fields) and stops (MIN, SEC, FRAME).
///
/// The stop is the track's [`end`](Track::end). Pioneer's R11 command reference, "READ TRACK
/// INFORMATION", computes a track's size as stop - start - 2.
pub fn pma_entry(track: &Track) -> Result<TocEntry, LeadInError> {
    let point = Point::of_track(track.number).ok_or(LeadInError::NotATrack(track.number))?;
    Ok(TocEntry::new(0, Adr::POSITION, track.control, point)
        .with_time(program_time("track end", track.end)?)
        .with_p_time(program_time("track", track.start)?))
}

/// The PMA's entry of the disc's identification, six digits in three bytes.
pub const fn pma_disc_id(id: [u8; 3]) -> TocEntry {
    TocEntry::new(0, Adr::CATALOGUE, Control::AUDIO, Point(0)).with_time(id)
}

fn program_time(what: &'static str, lba: Lba) -> Result<[u8; 3], LeadInError> {
    lba.to_program_msf().map(crate::address::Msf::fields).ok_or(LeadInError::NoTime { what, lba })
}
