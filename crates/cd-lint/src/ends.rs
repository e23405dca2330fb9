//! What is to be said where an area, a track or a session begins and another is over.

use cd_format::address::PREGAP_FRAMES;
use cd_format::session::{
    FIRST_LEAD_OUT_FRAMES, LATER_LEAD_IN_FRAMES, LATER_LEAD_OUT_FRAMES, MINIMUM_TRACK_FRAMES, next_session,
};
use cd_format::{Lba, NextSession};

use crate::control::TrackControl;
use crate::disc::Disc;
use crate::findings::words;
use crate::program_time;
use crate::report::{MOST_SESSIONS, SessionSeen};
use crate::rule::{Rule, Severity};
use crate::session::{Area, Closed, Session};
use crate::steady::Steady;
use crate::toc::Program;
use crate::track::Track;

/// Shortest first lead-in that any program writes: a minute, as later ones have it.
const SHORTEST_LEAD_IN: i32 = LATER_LEAD_IN_FRAMES;

impl Disc<'_> {
    /// `area` begins, at `lba` or before it, but behind the last block that is known.
    pub(crate) fn begin(&mut self, lba: i32, area: Area, relative: i32) {
        let earliest = self.known.saturating_add(1);
        let or_here = |wanted: i32| if (earliest..=lba).contains(&wanted) { wanted } else { lba };
        if self.session.is_none() || area == Area::LeadIn {
            let begin =
                match self.session.as_ref().and_then(|session| nominal(session.lead_out, session.number)) {
                    _ if self.session.is_none() => earliest,
                    Some(next) => or_here(next.lead_in.0),
                    None => lba,
                };
            self.end_session(begin);
            self.begin_session(begin, area);
        }
        match area {
            Area::LeadIn => {}
            Area::Index { tno, index: 0 } => {
                let wanted = self.session.as_ref().map_or(lba, |session| match session.lead_in {
                    // A pause that counts down from 2 s, to 1 or to 0, began where that is.
                    _ if session.program.is_some() => {
                        let begin = lba.saturating_add(relative - PREGAP_FRAMES);
                        if begin < earliest { begin.saturating_add(1) } else { begin }
                    }
                    Some(_) if session.number == 1 => -PREGAP_FRAMES,
                    Some(lead_in) => lead_in.saturating_add(LATER_LEAD_IN_FRAMES),
                    None => earliest,
                });
                self.begin_track(or_here(wanted), tno, true, lba);
            }
            Area::Index { tno, index: 1 } => {
                self.begin_index_1(or_here(lba.saturating_sub(relative)), tno, lba);
            }
            Area::Index { tno, .. } => {
                self.begin_track(lba, tno, false, lba);
                self.codes.begin_index();
            }
            Area::LeadOut => self.begin_lead_out(or_here(lba.saturating_sub(relative))),
        }
        if let Some(session) = &mut self.session {
            session.area = area;
        }
    }

    fn begin_session(&mut self, begin: i32, area: Area) {
        let number = match self.closed {
            Some(closed) => closed.number.saturating_add(1),
            None if begin <= 0 => 1,
            None => 2,
        };
        let mut session = Session::new(number, area);
        session.lead_in = (area == Area::LeadIn).then_some(begin);
        if let Some(closed) = self.closed {
            self.check_gap(begin, area, closed);
        }
        if let (Some(lead_in), Some(atip), 1) = (session.lead_in, self.options.lead_in, number)
            && lead_in != atip.0
        {
            self.tell(Rule::AtipAddress, lead_in, format!("the lead-in to start at LBA {atip}"), lead_in);
        }
        self.session = Some(session);
        self.main.begin_session();
    }

    /// Between two sessions lies what Orange Book drives leave there.
    fn check_gap(&mut self, begin: i32, area: Area, closed: Closed) {
        let Some(next) = nominal(closed.lead_out, closed.number) else { return };
        if area != Area::LeadIn {
            if begin != next.pregap.0 {
                self.tell(Rule::SessionGap, begin, format!("the pregap at LBA {}", next.pregap), begin);
            }
        } else if begin != closed.end {
            let expected = format!("a lead-in behind the lead-out, at LBA {}", closed.end);
            self.tell(Rule::SessionGap, begin, expected, begin);
        } else if begin > next.lead_in.0 {
            self.tell(Rule::SessionGap, begin, format!("a lead-in at LBA {}", next.lead_in), begin);
        }
    }

    /// A program area begins at `lba`.
    fn begin_program(&mut self, lba: i32, tno: u8) {
        let Some(session) = &mut self.session else { return };
        session.program = Some(lba);
        let (number, lead_in, forms) = (session.number, session.lead_in, session.toc.has_forms());
        self.codes.begin_session(lba);
        self.rw.begin();
        self.main.begin_track(forms);
        if let Some(lead_in) = lead_in {
            let blocks = lba.saturating_sub(lead_in);
            if number > 1 && blocks != LATER_LEAD_IN_FRAMES {
                let expected = format!("a lead-in of {LATER_LEAD_IN_FRAMES} blocks");
                self.tell(Rule::LeadInLength, lead_in, expected, blocks);
            } else if number == 1 && lba != -PREGAP_FRAMES {
                self.tell(Rule::LeadInLength, lba, "a lead-in up to 99:59:74", program_time(lba));
            } else if number == 1 && blocks < SHORTEST_LEAD_IN {
                let expected = format!("a lead-in of {SHORTEST_LEAD_IN} blocks at least");
                self.tell(Rule::LeadInLength, lead_in, expected, blocks);
            }
        } else if number == 1 && lba != -PREGAP_FRAMES {
            self.tell(Rule::Pregap, lba, "the first pregap at 00:00:00", program_time(lba));
        }
        if self.last_track > 0 && tno != self.last_track.saturating_add(1) {
            let expected = format!("track {}", u16::from(self.last_track) + 1);
            self.tell(Rule::IndexOrder, lba, expected, format!("track {tno}"));
        }
        if let Some(closed) = self.closed.filter(|closed| closed.has_lead_in) {
            let as_told = matches!(closed.next, Some(Some(next)) if next == lba || next == lba.saturating_add(PREGAP_FRAMES));
            if !as_told {
                let seen = match closed.next {
                    Some(Some(next)) => program_time(next),
                    Some(None) => "that none may follow".to_owned(),
                    None => "no point B0".to_owned(),
                };
                let expected = format!("B0 of the session before to tell {}", program_time(lba));
                self.tell(Rule::NextSession, lba, expected, seen);
            }
        }
    }

    /// Track `tno` begins at `lba`, with its pause if it has one. `seen` is the block that says so.
    fn begin_track(&mut self, lba: i32, tno: u8, pause: bool, seen: i32) {
        let Some(session) = &self.session else { return };
        if session.tracks.contains_key(&tno) {
            return;
        }
        if session.program.is_none() {
            self.begin_program(lba, tno);
        } else {
            self.end_track(lba);
        }
        let Some(session) = &mut self.session else { return };
        let before = session.track().map(|track| track.control);
        let control = TrackControl::new(seen, self.control, pause, before.as_ref(), &mut self.findings);
        if session.tracks.is_empty() {
            self.main.end_lead_in(control.is_data(), &mut self.findings);
        }
        session.tracks.insert(tno, Track { control, begin: lba, start: None });
        session.relative = Steady::default();
        self.last_track = tno;
        self.main.begin_track(session.toc.has_forms());
        self.codes.begin_track(lba);
        if pause {
            self.codes.begin_index();
        }
    }

    fn begin_index_1(&mut self, lba: i32, tno: u8, seen: i32) {
        self.begin_track(lba, tno, false, seen);
        self.codes.begin_index_1(lba);
        self.codes.begin_index();
        self.p.begin(lba, &mut self.findings);
        let Some(session) = &mut self.session else { return };
        let is_first = session.tracks.len() == 1;
        let others = session.tracks.range(..tno).next_back().map(|(_, track)| track.control.is_data());
        let Some(track) = session.tracks.get_mut(&tno) else { return };
        track.control.begin_index_1(&mut self.findings);
        track.start = Some(lba);
        let pause = lba.saturating_sub(track.begin);
        let changes = others.is_some_and(|data| data != track.control.is_data());
        let end = session.relative.value().filter(|_| pause > 0);
        session.relative = Steady::at(lba);
        if let Some(end) = end
            && !(0..=1).contains(&lba.saturating_sub(end))
        {
            let expected = format!("index 1 at {}, where the pause counts to", program_time(end));
            self.tell(Rule::RelativeTime, lba, expected, program_time(lba));
        }
        if pause < PREGAP_FRAMES && is_first {
            self.tell(Rule::Pregap, lba, "a pause of 150 blocks before the first track", pause);
        } else if pause < PREGAP_FRAMES && changes {
            self.findings.add_single(Rule::Pregap, Severity::Warning, lba, || {
                words("a pause of 150 blocks between sound and data", pause)
            });
        }
    }

    fn begin_lead_out(&mut self, lba: i32) {
        self.end_track(lba);
        self.p.begin(lba, &mut self.findings);
        if let Some(session) = &mut self.session {
            session.lead_out = session.lead_out.or(Some(lba));
            session.relative = Steady::at(lba);
        }
    }

    /// The track that was there is over at `lba`.
    fn end_track(&mut self, lba: i32) {
        self.main.end_track(lba, &mut self.findings);
        let Some(track) = self.session.as_ref().and_then(Session::track).copied() else { return };
        let Some(start) = track.start else { return };
        if let Some((severity, words)) = track_length(track.begin, start, lba) {
            self.findings.add_single(Rule::TrackLength, severity, start, || words);
        }
    }

    /// The session that was there is over at `end`.
    pub(crate) fn end_session(&mut self, end: i32) {
        self.main.flush(&mut self.findings);
        self.p.begin(end, &mut self.findings);
        let Some(session) = self.session.take() else { return };
        self.codes.end_session(&mut self.findings);
        if let (Some(lead_in), Some(_)) = (session.lead_in, session.program) {
            let form = self.main.form();
            let program = Program { tracks: &session.tracks, lead_out: session.lead_out, form };
            session.toc.check(lead_in, program, self.options, &mut self.findings);
        }
        self.check_finished(&session, end);
        if let Some(lead_out) = session.lead_out {
            self.check_lead_out(session.number, lead_out, end);
        }
        if self.sessions.len() < MOST_SESSIONS {
            let ends = session.tracks.keys().next().zip(session.tracks.keys().next_back());
            self.sessions.push(SessionSeen {
                lead_in: session.lead_in.map(Lba),
                program: session.program.map(Lba),
                tracks: ends.map(|(first, last)| (*first, *last)),
                lead_out: session.lead_out.map(Lba),
                end: Lba(end),
            });
        }
        self.closed = Some(Closed {
            number: session.number,
            has_lead_in: session.lead_in.is_some(),
            lead_out: session.lead_out,
            end,
            next: session.toc.next_session(),
        });
    }

    fn check_finished(&mut self, session: &Session, end: i32) {
        let (severity, place, expected, seen) = match (session.lead_in, session.lead_out) {
            (Some(_), Some(_)) => return,
            (Some(_), None) => (Severity::Error, end.saturating_sub(1), "a lead-out", "the last block"),
            (None, Some(lead_out)) => {
                let begin = session.program.unwrap_or(lead_out);
                (Severity::Error, begin, "a lead-in before it", "the first block")
            }
            (None, None) => {
                (Severity::Warning, end.saturating_sub(1), "lead-in and lead-out", "an open session")
            }
        };
        self.findings.add_single(Rule::Unfinished, severity, place, || words(expected, seen));
    }

    fn check_lead_out(&mut self, number: u32, lead_out: i32, end: i32) {
        let least = if number == 1 { FIRST_LEAD_OUT_FRAMES } else { LATER_LEAD_OUT_FRAMES };
        let blocks = end.saturating_sub(lead_out);
        if blocks < least {
            self.tell(Rule::LeadOutLength, lead_out, format!("{least} blocks at least"), blocks);
        }
        if let Some(last) = self.options.last_lead_out.filter(|last| lead_out > last.0) {
            self.tell(
                Rule::AtipAddress,
                lead_out,
                format!("the lead-out at LBA {last} at the latest"),
                lead_out,
            );
        }
    }

    fn tell(&mut self, rule: Rule, lba: i32, expected: impl ToString, seen: impl ToString) {
        self.findings.add_single(rule, rule.severity(), lba, || words(expected, seen));
    }
}

/// Where the next session lies behind one that has a lead-out.
fn nominal(lead_out: Option<i32>, number: u32) -> Option<NextSession> {
    lead_out.map(|lead_out| next_session(Lba(lead_out), number))
}

/// What is wrong with the length of a track whose pause begins at `begin` and whose index 1 is at `start`. Four
/// seconds are counted with a pause of two.
pub(crate) fn track_length(begin: i32, start: i32, end: i32) -> Option<(Severity, (String, String))> {
    let blocks = end.saturating_sub(start);
    if blocks >= MINIMUM_TRACK_FRAMES {
        return None;
    }
    let pause = start.saturating_sub(begin).clamp(0, PREGAP_FRAMES);
    let all = blocks.saturating_add(pause);
    Some(if all < MINIMUM_TRACK_FRAMES {
        let expected = format!("{MINIMUM_TRACK_FRAMES} blocks at least, a pause of {pause} counted in");
        (Severity::Error, words(expected, all))
    } else {
        let expected = format_args!("{MINIMUM_TRACK_FRAMES} blocks from index 1 on");
        (Severity::Warning, words(expected, blocks))
    })
}
