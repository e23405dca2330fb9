//! The table of contents in the lead-in: repeated as it should be, and true.

use std::collections::BTreeMap;

use cd_format::toc::Adr;
use cd_format::{DiscType, Lba, Point, TocEntry};

use crate::findings::{Findings, words};
use crate::rule::Rule;
use crate::steady::Steady;
use crate::track::Track;
use crate::{CLOCK_BLOCKS, Options, program_time};

/// Times that an entry is repeated.
const REPEATS: i32 = cd_format::sub_channel::lead_in::REPEATS as i32;

/// The lead-in so far.
#[derive(Debug, Default)]
pub(crate) struct Toc {
    /// By ADR and point; where it was seen first.
    entries: BTreeMap<(u8, u8), (TocEntry, i32)>,
    turn: Option<Turn>,
    time: Steady,
}

/// Blocks in a row with one entry.
#[derive(Clone, Copy, Debug)]
struct Turn {
    key: (u8, u8),
    first: i32,
    last: i32,
    /// Blocks before the first that may have been the entry's too.
    before: i32,
    /// Whether the entry's first block is sure to have been looked at.
    whole: bool,
}

/// Where a session's program area ends and what is in it.
#[derive(Clone, Copy, Debug)]
pub(crate) struct Program<'a> {
    pub(crate) tracks: &'a BTreeMap<u8, Track>,
    pub(crate) lead_out: Option<i32>,
    /// A sector that has a form.
    pub(crate) form: Option<i32>,
}

impl Toc {
    /// Whether disc type, as far as known, has sectors with forms.
    pub(crate) fn has_forms(&self) -> bool {
        self.position(Point::A0)
            .is_some_and(|(entry, _)| [DiscType::CD_I.0, DiscType::CD_ROM_XA.0].contains(&entry.p_time[1]))
    }

    /// Where the next session's program area starts: as given, if B0 is there; `Some(None)` for none.
    pub(crate) fn next_session(&self) -> Option<Option<i32>> {
        let (entry, _) = self.entries.get(&(Adr::MULTI_SESSION.nibble(), Point::B0.0))?;
        Some(entry.msf().map(|time| time.to_program_lba().0))
    }

    /// The entry of block `lba`.
    pub(crate) fn see(&mut self, lba: i32, entry: TocEntry, findings: &mut Findings) {
        let key = (entry.adr.nibble(), entry.point.0);
        if entry.adr == Adr::POSITION {
            self.see_time(lba, entry, findings);
        }
        let timeless = if entry.adr == Adr::POSITION { entry.with_time([0; 3]) } else { entry };
        let (first, _) = self.entries.entry(key).or_insert((timeless, lba));
        if *first != timeless {
            findings.add(Rule::TocConsistent, lba, || words(text(first), text(&timeless)));
        }
        match &mut self.turn {
            Some(turn) if turn.key == key => turn.last = lba,
            turn => {
                let before = turn.map_or(0, |turn| lba.saturating_sub(turn.last).saturating_sub(1));
                let whole = turn.is_some();
                let over = turn.replace(Turn { key, first: lba, last: lba, before, whole });
                if let Some(over) = over {
                    over.check(lba, findings);
                }
            }
        }
    }

    fn see_time(&mut self, lba: i32, entry: TocEntry, findings: &mut Findings) {
        let Some(time) = entry.msf() else {
            findings.add(Rule::LeadInTime, lba, || words("a running time", format_args!("{:?}", entry.time)));
            return;
        };
        let start = time.clock().saturating_sub(lba).rem_euclid(CLOCK_BLOCKS);
        if let Some(expected) = self.time.see(start) {
            let clock = lba.saturating_add(expected).rem_euclid(CLOCK_BLOCKS);
            findings.add(Rule::LeadInTime, lba, || words(time_text(clock), time));
        }
    }

    /// Holds the lead-in that began at `lead_in` against what was recorded.
    pub(crate) fn check(
        &self,
        lead_in: i32,
        program: Program<'_>,
        options: &Options,
        findings: &mut Findings,
    ) {
        self.check_ends(lead_in, program, findings);
        self.check_end_bytes(program, findings);
        self.check_tracks(lead_in, program, findings);
        self.check_atip(options, findings);
    }

    /// A0, A1 and A2.
    fn check_ends(&self, lead_in: i32, program: Program<'_>, findings: &mut Findings) {
        // A session that was cut short has not come to its last track.
        let last = program.tracks.keys().next_back().filter(|_| program.lead_out.is_some());
        let ends = [
            (Point::A0, "A0", program.tracks.keys().next().map(|track| format!("first track {track}"))),
            (Point::A1, "A1", last.map(|track| format!("last track {track}"))),
            (Point::A2, "A2", program.lead_out.map(|lba| format!("lead-out {}", program_time(lba)))),
        ];
        for (point, name, expected) in ends {
            let Some(expected) = expected else { continue };
            let Some((entry, at)) = self.position(point) else {
                tell(Rule::TocProgram, lead_in, expected, format_args!("no point {name}"), findings);
                continue;
            };
            let seen = match point {
                Point::A0 => format!("first track {}", entry.p_time[0]),
                Point::A1 => format!("last track {}", entry.p_time[0]),
                _ => format!("lead-out {}", p_time(entry)),
            };
            if seen != expected {
                tell(Rule::TocProgram, *at, expected, seen, findings);
            }
            let known = [DiscType::CD_ROM, DiscType::CD_I, DiscType::CD_ROM_XA].map(|kind| kind.0);
            if point == Point::A0 && !known.contains(&entry.p_time[1]) {
                let seen = format!("{:02X}h", entry.p_time[1]);
                tell(Rule::DiscType, *at, "disc type 00h, 10h or 20h", seen, findings);
            }
        }
    }

    /// What else A0, A1 and A2 have.
    fn check_end_bytes(&self, program: Program<'_>, findings: &mut Findings) {
        let first = program.tracks.values().next();
        let last = program.tracks.values().next_back().filter(|_| program.lead_out.is_some());
        for (point, name, track) in
            [(Point::A0, "A0", first), (Point::A1, "A1", last), (Point::A2, "A2", last)]
        {
            let Some((entry, at)) = self.position(point) else { continue };
            if let Some(track) = track.filter(|track| !track.control.agrees_with(entry.control)) {
                let text = |nibble: u8| format!("point {name} of CONTROL {nibble:04b}b");
                let expected = text(track.control.control().nibble());
                tell(Rule::TocControl, *at, expected, text(entry.control.nibble()), findings);
            }
            let [_, second, frame] = entry.p_time;
            let zeros = match point {
                Point::A0 => [0, frame],
                Point::A1 => [second, frame],
                _ => [0; 2],
            };
            if zeros != [0; 2] {
                let seen = format!("{:?}", entry.p_time);
                tell(Rule::QZero, *at, format!("zeros behind PMIN of {name}"), seen, findings);
            }
            if let (Some(form), Point::A0) = (program.form, point)
                && second == DiscType::CD_ROM.0
            {
                let expected = format!("disc type 20h, as the sector at LBA {form} has a form");
                tell(Rule::DiscTypeForms, *at, expected, "00h", findings);
            }
        }
    }

    fn check_tracks(&self, lead_in: i32, program: Program<'_>, findings: &mut Findings) {
        for (number, track) in program.tracks {
            let Some(start) = track.start else { continue };
            let expected = format!("track {number} at {}", program_time(start));
            let Some((entry, at)) = self.position(Point(*number)) else {
                tell(Rule::TocProgram, lead_in, expected, "no entry", findings);
                continue;
            };
            if entry.p_msf().map(|time| time.to_program_lba().0) != Some(start) {
                let seen = format!("track {number} at {}", p_time(entry));
                tell(Rule::TocProgram, *at, expected, seen, findings);
            }
            if !track.control.agrees_with(entry.control) {
                let text = |nibble: u8| format!("track {number} of CONTROL {nibble:04b}b");
                let expected = text(track.control.control().nibble());
                tell(Rule::TocProgram, *at, expected, text(entry.control.nibble()), findings);
            }
        }
        for (entry, at) in self.entries.values() {
            let stray = entry.adr == Adr::POSITION
                && entry.point.track().is_some_and(|number| !program.tracks.contains_key(&number));
            if stray && program.lead_out.is_some() {
                tell(Rule::TocProgram, *at, "tracks of the program area", text(entry), findings);
            }
        }
    }

    /// B0 and C0.
    fn check_atip(&self, options: &Options, findings: &mut Findings) {
        let points = [
            (Point::B0, "last lead-out", options.last_lead_out.and_then(Lba::to_program_msf)),
            (Point::C0, "lead-in", options.lead_in.and_then(Lba::to_msf)),
        ];
        for (point, what, atip) in points {
            let entry = self.entries.get(&(Adr::MULTI_SESSION.nibble(), point.0));
            if let (Some((entry, at)), Some(atip)) = (entry, atip)
                && entry.p_msf() != Some(atip)
            {
                let expected = format!("{what} {atip}, as the ATIP has it");
                tell(Rule::AtipAddress, *at, expected, p_time(entry), findings);
            }
        }
    }

    fn position(&self, point: Point) -> Option<&(TocEntry, i32)> {
        self.entries.get(&(Adr::POSITION.nibble(), point.0))
    }
}

impl Turn {
    /// The next entry's turn began at `next`.
    fn check(self, next: i32, findings: &mut Findings) {
        let least = self.last.saturating_sub(self.first).saturating_add(1);
        let after = next.saturating_sub(self.last).saturating_sub(1);
        let most = least.saturating_add(after).saturating_add(self.before);
        if self.whole && !(least..=most).contains(&REPEATS) {
            findings.add_single(Rule::TocRepeat, Rule::TocRepeat.severity(), self.first, || {
                words("the entry 3 times in a row", format_args!("{least} times"))
            });
        }
    }
}

fn tell(rule: Rule, lba: i32, expected: impl ToString, seen: impl ToString, findings: &mut Findings) {
    findings.add_single(rule, rule.severity(), lba, || words(expected, seen));
}

fn p_time(entry: &TocEntry) -> String {
    entry.p_msf().map_or_else(|| format!("{:?}", entry.p_time), |time| time.to_string())
}

fn text(entry: &TocEntry) -> String {
    format!(
        "ADR {} CONTROL {:04b}b point {:02X}h {:?} {} {:?}",
        entry.adr.nibble(),
        entry.control.nibble(),
        entry.point.0,
        entry.time,
        entry.zero,
        entry.p_time
    )
}

fn time_text(clock: i32) -> String {
    let lba = Lba(clock.saturating_sub(cd_format::address::PREGAP_FRAMES));
    lba.to_program_msf().map_or_else(|| clock.to_string(), |time| time.to_string())
}
