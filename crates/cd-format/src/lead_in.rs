//! What lead-in and PMA say of a disc's sessions and tracks.

use crate::address::{Lba, Msf, PREGAP_FRAMES};
use crate::atip::Atip;
use crate::session::{DiscType, Session, Track, next_session};
use crate::sub_channel::rules::NextProgram;
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
    /// that disc. (Descriptions that say + 11400 name the first user block:
    /// [`full_toc_by`](Self::full_toc_by).)
    pub fn full_toc(&self) -> Result<Vec<TocEntry>, LeadInError> {
        self.full_toc_by(NextProgram::default())
    }

    /// The same, B0 by either reading.
    pub fn full_toc_by(&self, b0: NextProgram) -> Result<Vec<TocEntry>, LeadInError> {
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
            let Some(pregap) = self.next_program_area(index, session) else { continue };
            let next = match b0 {
                NextProgram::Pregap => pregap,
                NextProgram::FirstUser => pregap + PREGAP_FRAMES,
            };
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
            Some(next) => next.tracks.first().map(|track| track.start - PREGAP_FRAMES),
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

/// The sessions that a full TOC tells of, by number; those without a lead-out are left out.
///
/// A table says where tracks start, not where they end: each [`end`](Track::end) is the start of
/// the next track, or the lead-out. Of entries that repeat one another, the first counts.
pub fn sessions(entries: &[TocEntry]) -> Vec<Session> {
    let mut numbers: Vec<u8> = entries.iter().map(|entry| entry.session).collect();
    numbers.sort_unstable();
    numbers.dedup();
    numbers.into_iter().filter_map(|number| session(number, entries)).collect()
}

fn session(number: u8, entries: &[TocEntry]) -> Option<Session> {
    let positions = || entries.iter().filter(|entry| entry.session == number && entry.adr == Adr::POSITION);
    let at = |point| positions().find(|entry| entry.point == point);
    let lead_out = at(Point::A2)?.p_msf()?.to_program_lba();
    let disc_type = at(Point::A0).map_or(DiscType::default(), |entry| DiscType(entry.p_time[1]));
    let mut tracks: Vec<Track> = positions()
        .filter_map(|entry| {
            let start = entry.p_msf()?.to_program_lba();
            Some(Track { number: entry.point.track()?, control: entry.control, start, end: lead_out })
        })
        .collect();
    tracks.sort_by_key(|track| track.number);
    tracks.dedup_by_key(|track| track.number);
    let starts: Vec<Lba> = tracks.iter().skip(1).map(|track| track.start).collect();
    for (track, next) in tracks.iter_mut().zip(starts) {
        track.end = next;
    }
    Some(Session { number, tracks, lead_out, disc_type })
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
    lba.to_program_msf().map(Msf::fields).ok_or(LeadInError::NoTime { what, lba })
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;

    fn track(number: u8, start: i32, end: i32) -> Track {
        Track { number, control: Control::DATA, start: Lba(start), end: Lba(end) }
    }

    fn session_of(number: u8, start: i32, end: i32) -> Session {
        Session {
            number,
            tracks: vec![track(number, start, end)],
            lead_out: Lba(end),
            disc_type: DiscType::CD_ROM,
        }
    }

    /// ADR, point, MIN SEC FRAME, ZERO, PMIN PSEC PFRAME.
    type Logged = (u8, Point, [u8; 3], u8, [u8; 3]);

    /// readom -clone log of a Moser Baer CD-R, ATIP 97:17:06 / 79:59:74, one session, appendable
    /// (Ubuntu forums archive).
    const MOSER_BAER: [Logged; 6] = [
        (1, Point::A0, [0, 0, 0], 0, [0x01, 0x00, 0x00]),
        (1, Point::A1, [0, 0, 0], 0, [0x01, 0x00, 0x00]),
        (1, Point::A2, [0, 0, 0], 0, [0x0E, 0x37, 0x2F]),
        (1, Point(0x01), [0, 0, 0], 0, [0x00, 0x02, 0x00]),
        (5, Point::B0, [0x11, 0x19, 0x2F], 2, [0x4F, 0x3B, 0x4A]),
        (5, Point::C0, [0xA0, 0x00, 0x40], 0, [0x61, 0x11, 0x06]),
    ];

    #[test]
    fn an_appendable_disc_has_the_lead_in_of_a_real_one() {
        let atip =
            Atip { write_power: 2, ..Atip::new("97:17:06".parse().unwrap(), "79:59:74".parse().unwrap()) };
        let sessions = [session_of(1, 0, 67_022)];
        let toc = Contents { sessions: &sessions, atip: Some(&atip), appendable: true }.full_toc().unwrap();
        assert_eq!(toc.len(), MOSER_BAER.len());
        for (entry, (adr, point, time, zero, p_time)) in toc.iter().zip(MOSER_BAER) {
            assert_eq!((entry.session, entry.tno, entry.control), (1, 0, Control::DATA));
            assert_eq!((entry.adr, entry.point), (Adr::new(adr), point));
            assert_eq!((entry.zero, entry.p_time), (zero, p_time), "{point:?}");
            if point == Point::C0 {
                // This drive's third byte is 40h. Its top bit is 1 by the layout, and in
                // the C0h 00h 98h of another log, so only the other two are compared.
                assert_eq!(entry.time[..2], time[..2]);
            } else {
                assert_eq!(entry.time, time, "{point:?}");
            }
        }
    }

    /// B0 of the same log: 17:25:47 is LBA 78272, 11250 behind the lead-out.
    #[test]
    fn the_next_program_area_counts_its_pregap() {
        let b0 = TocEntry::new(1, Adr::MULTI_SESSION, Control::DATA, Point::B0).with_time([0x11, 0x19, 0x2F]);
        assert_eq!(b0.msf().map(Msf::to_program_lba), Some(next_session(Lba(67_022), 1).pregap));
        assert_eq!(next_session(Lba(67_022), 1).pregap, Lba(67_022 + 11_250));
    }

    /// Lead-out + 11400, and + 6900 behind a later session (burning programs' figures).
    #[test]
    fn b0_may_name_the_next_first_user_block() {
        let sessions = [session_of(1, 0, 302), session_of(2, 11_702, 12_004)];
        let contents = Contents { sessions: &sessions, atip: None, appendable: true };
        let b0 = |by| -> Vec<Lba> {
            let toc = contents.full_toc_by(by).unwrap();
            let b0 = toc.iter().filter(|entry| entry.point == Point::B0);
            b0.map(|entry| entry.msf().unwrap().to_program_lba()).collect()
        };
        assert_eq!(b0(NextProgram::FirstUser), [Lba(302 + 11_400), Lba(12_004 + 6900)]);
        assert_eq!(b0(NextProgram::Pregap), [Lba(302 + 11_250), Lba(12_004 + 6750)]);
        assert_eq!(contents.full_toc(), contents.full_toc_by(NextProgram::Pregap));
    }

    #[test]
    fn a_finished_disc_of_one_session_has_no_mode_5_points() {
        let atip = Atip::new("97:17:06".parse().unwrap(), "79:59:74".parse().unwrap());
        let sessions = [session_of(1, 0, 335_566)];
        let toc = Contents { sessions: &sessions, atip: Some(&atip), appendable: false }.full_toc().unwrap();
        assert_eq!(toc.len(), 4);
        assert!(toc.iter().all(|entry| entry.adr == Adr::POSITION));
        // cdrecord -toc of that disc prints its lead-out as 74:36:16 (linux-kernel, 2006-04-02).
        assert_eq!(toc[2].p_msf().unwrap().to_string(), "74:36:16");
    }

    /// The four-session disc of [`crate::session`]'s tests: the last session has no pointers.
    #[test]
    fn inner_sessions_point_at_the_one_that_follows() {
        let sessions =
            [(1, 0), (2, 11_702), (3, 18_904), (4, 26_106)].map(|(n, at)| session_of(n, at, at + 302));
        let contents = Contents { sessions: &sessions, atip: None, appendable: false };
        let toc = contents.full_toc().unwrap();
        let b0: Vec<_> = toc
            .iter()
            .filter(|entry| entry.adr == Adr::MULTI_SESSION)
            .map(|entry| (entry.session, entry.point, entry.msf().unwrap().to_program_lba(), entry.zero))
            .collect();
        let pregaps = [(1, 11_552), (2, 18_754), (3, 25_956)];
        assert_eq!(b0, pregaps.map(|(n, at)| (n, Point::B0, Lba(at), 1)));
        assert_eq!(super::sessions(&toc), sessions);
    }

    /// Pioneer R11, "READ TRACK INFORMATION": size = stop - start - 2.
    #[test]
    fn pma_stop_counts_the_run_out() {
        let entry = pma_entry(&track(1, 0, 302)).unwrap();
        let (start, stop) = (entry.p_msf().unwrap().clock(), entry.msf().unwrap().clock());
        assert_eq!((entry.session, entry.point, stop - start - 2), (0, Point(1), 300));
        assert_eq!(pma_disc_id([1, 2, 3]).time, [1, 2, 3]);
    }

    #[test]
    fn what_no_disc_has_is_refused() {
        let full =
            |session: Session| Contents { sessions: &[session], atip: None, appendable: false }.full_toc();
        let far = full(session_of(1, 0, 449_850));
        assert_eq!(far, Err(LeadInError::NoTime { what: "lead-out", lba: Lba(449_850) }));
        assert_eq!(full(session_of(100, 0, 300)), Err(LeadInError::NotATrack(100)));
        let empty = Session { tracks: Vec::new(), ..session_of(1, 0, 300) };
        assert_eq!(full(empty), Err(LeadInError::NoTrack(1)));
        assert_eq!(pma_entry(&track(0, 0, 300)), Err(LeadInError::NotATrack(0)));
        // An appendable disc whose next session no clock can name.
        let sessions = [session_of(1, 0, 449_000)];
        assert!(Contents { sessions: &sessions, atip: None, appendable: true }.full_toc().is_err());
    }

    prop_compose! {
        fn entry()(bytes in any::<[u8; 3]>(), adr in 0u8..8, point in any::<u8>(), p in any::<[u8; 3]>()) -> TocEntry {
            TocEntry::new(bytes[0], Adr::new(adr), Control::new(bytes[1]), Point(point))
                .with_time([bytes[2]; 3])
                .with_p_time(p)
        }
    }

    proptest! {
        #[test]
        fn sessions_survive_the_lead_in(lengths in prop::collection::vec(300i32..5000, 1..20), control in 0u8..16, appendable: bool) {
            let (mut sessions, mut start) = (Vec::new(), Lba(0));
            for (n, length) in (1u8..).zip(lengths) {
                let (middle, end) = (start + length, start + 2 * length);
                let track = |number, start, end| Track { number, control: Control::new(control), start, end };
                sessions.push(Session {
                    number: n,
                    tracks: vec![track(2 * n - 1, start, middle), track(2 * n, middle, end)],
                    lead_out: end,
                    disc_type: DiscType::CD_ROM_XA,
                });
                start = next_session(end, u32::from(n)).first_user;
            }
            let toc = Contents { sessions: &sessions, atip: None, appendable }.full_toc().unwrap();
            prop_assert_eq!(super::sessions(&toc), sessions);
        }

        #[test]
        fn any_entries_are_read_or_left_out(entries in prop::collection::vec(entry(), 0..60)) {
            for session in sessions(&entries) {
                prop_assert!(session.tracks.windows(2).all(|pair| pair[0].number < pair[1].number));
            }
        }
    }
}
