//! Catalogue number and recording codes: the same everywhere, and often enough.

use core::fmt::Display;

use cd_format::sub_channel::{Isrc, Mcn};

use crate::findings::{Findings, words};
use crate::rule::{Rule, Severity};

/// Blocks in which a code comes at least once.
const EVERY: i32 = 100;

/// The codes so far.
#[derive(Debug, Default)]
pub(crate) struct Codes {
    mcn: Option<Mcn>,
    isrc: Option<Isrc>,
    mcn_gap: Gap,
    isrc_gap: Gap,
    /// Whether a track of the session that is over has the catalogue number.
    with_mcn: bool,
    /// The first one that has not.
    without_mcn: Option<i32>,
    /// Where the track begins.
    track: i32,
}

/// How long a code has not come.
#[derive(Clone, Copy, Debug, Default)]
struct Gap {
    from: i32,
    /// Blocks since then that had to be positions, or could not be read.
    allowed: i32,
    /// Whether the code has come at all: if not, nothing is late.
    seen: bool,
    late: Option<i32>,
}

impl Codes {
    /// A program area begins at `lba`.
    pub(crate) fn begin_session(&mut self, lba: i32) {
        self.mcn_gap = Gap { from: lba, ..Gap::default() };
        self.with_mcn = false;
        self.without_mcn = None;
    }

    /// Its session is over. A drive that writes track at once has a catalogue number for every track,
    /// given or not, so discs with some exist.
    pub(crate) fn end_session(&mut self, findings: &mut Findings) {
        self.end_track();
        if let (true, Some(lba)) = (self.with_mcn, self.without_mcn) {
            findings.add_single(Rule::McnRepetition, Severity::Warning, lba, || {
                words("the catalogue number, as in other tracks", "a track without it")
            });
        }
    }

    fn end_track(&mut self) {
        self.with_mcn |= self.mcn_gap.seen;
        if !self.mcn_gap.seen && self.mcn_gap.late.is_some() {
            self.without_mcn.get_or_insert(self.track);
        }
    }

    /// A track begins, with its pause where it has one. Codes placed by the track's time start anew.
    pub(crate) fn begin_track(&mut self, lba: i32) {
        self.end_track();
        self.track = lba;
        self.isrc = None;
        self.isrc_gap = Gap { from: lba, ..Gap::default() };
        self.mcn_gap = Gap { from: lba, ..Gap::default() };
    }

    /// Index 1 begins: recording codes may wait for it.
    pub(crate) fn begin_index_1(&mut self, lba: i32) {
        if !self.isrc_gap.seen {
            self.isrc_gap.restart(lba);
        }
    }

    /// An index begins, whose first block has to be a position.
    pub(crate) fn begin_index(&mut self) {
        self.mcn_gap.allowed += 1;
        self.isrc_gap.allowed += 1;
    }

    /// A frame that cannot be read may have been a code.
    pub(crate) fn unreadable(&mut self) {
        self.mcn_gap.allowed = self.mcn_gap.allowed.max(EVERY).saturating_add(1);
        self.isrc_gap.allowed = self.isrc_gap.allowed.max(EVERY).saturating_add(1);
    }

    /// A block of the program area that carries neither.
    pub(crate) fn pass(&mut self, lba: i32, findings: &mut Findings) {
        self.mcn_gap.pass(lba, Rule::McnRepetition, findings);
        self.isrc_gap.pass(lba, Rule::IsrcRepetition, findings);
    }

    /// A block of the program area with a catalogue number.
    pub(crate) fn mcn(&mut self, lba: i32, mcn: Mcn, findings: &mut Findings) {
        self.isrc_gap.pass(lba, Rule::IsrcRepetition, findings);
        self.mcn_gap.come(lba, Rule::McnRepetition, findings);
        if self.mcn.is_none() && !mcn.is_valid() {
            findings.add(Rule::McnCheckDigit, lba, || {
                words(format_args!("check digit {} of {mcn}", mcn.expected_check_digit()), mcn.check_digit())
            });
        }
        same(self.mcn.get_or_insert(mcn), &mcn, Rule::McnConsistent, lba, findings);
    }

    /// A block of the program area with a recording code.
    pub(crate) fn isrc(&mut self, lba: i32, isrc: Isrc, is_data: bool, findings: &mut Findings) {
        self.mcn_gap.pass(lba, Rule::McnRepetition, findings);
        self.isrc_gap.come(lba, Rule::IsrcRepetition, findings);
        if self.isrc.is_none() {
            check_new(lba, &isrc, is_data, findings);
        }
        same(self.isrc.get_or_insert(isrc), &isrc, Rule::IsrcConsistent, lba, findings);
    }
}

/// A track's recording code comes for the first time. Zeros are none.
fn check_new(lba: i32, isrc: &Isrc, is_data: bool, findings: &mut Findings) {
    let ascii = isrc.ascii();
    if ascii.iter().all(|character| *character == b'0') {
        return;
    }
    if !ascii.iter().take(2).all(u8::is_ascii_uppercase) {
        findings.add(Rule::IsrcFormat, lba, || words("a code of a country in letters", isrc));
    }
    if is_data {
        findings.add(Rule::IsrcTrack, lba, || words("no recording code in a data track", isrc));
    }
}

fn same<T: PartialEq + Display>(first: &T, seen: &T, rule: Rule, lba: i32, findings: &mut Findings) {
    if first != seen {
        findings.add(rule, lba, || words(first, seen));
    }
}

impl Gap {
    fn restart(&mut self, lba: i32) {
        // What is late already stays so.
        self.from = lba;
        self.allowed = 0;
    }

    fn pass(&mut self, lba: i32, rule: Rule, findings: &mut Findings) {
        let most = EVERY.saturating_add(self.allowed);
        if lba.saturating_sub(self.from) > most && self.late.is_none() {
            self.late = Some(lba);
            if self.seen {
                tell(lba, rule, findings);
            }
        }
    }

    fn come(&mut self, lba: i32, rule: Rule, findings: &mut Findings) {
        self.pass(lba, rule, findings);
        if let (false, Some(late)) = (self.seen, self.late) {
            tell(late, rule, findings);
        }
        *self = Self { from: lba, allowed: 0, seen: true, late: None };
    }
}

fn tell(lba: i32, rule: Rule, findings: &mut Findings) {
    findings.add_single(rule, rule.severity(), lba, || {
        words("the code by now, 100 blocks behind the last at the latest", "another position")
    });
}
