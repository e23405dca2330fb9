//! What the linter says, as text and for machines.

use core::fmt;

use cd_format::{Lba, Msf};
use serde::Serialize;

use crate::rule::{Rule, Severity};

/// What a disc is like.
#[derive(Clone, Debug, Default, Eq, PartialEq, Serialize)]
pub struct Report {
    /// Blocks that were looked at.
    pub blocks: u64,
    /// The sessions in order, [`MOST_SESSIONS`] at most.
    pub sessions: Vec<SessionSeen>,
    /// What breaks a rule, by address.
    pub findings: Vec<Finding>,
    /// How many more findings there are of a rule than [`Options::findings_per_rule`](crate::Options::findings_per_rule).
    pub omitted: Vec<Omitted>,
}

/// Sessions that a report lists: a disc cannot have more tracks.
pub const MOST_SESSIONS: usize = 99;

/// A session as Q tells it.
#[derive(Clone, Debug, Eq, PartialEq, Serialize)]
pub struct SessionSeen {
    /// First block of the lead-in.
    pub lead_in: Option<Lba>,
    /// First block of the program area.
    pub program: Option<Lba>,
    /// First track, and last.
    pub tracks: Option<(u8, u8)>,
    /// First block of the lead-out.
    pub lead_out: Option<Lba>,
    /// First block behind it all.
    pub end: Lba,
}

/// A rule that is broken, and where.
#[derive(Clone, Debug, Eq, PartialEq, Serialize)]
pub struct Finding {
    /// Which rule.
    pub rule: Rule,
    /// How bad.
    pub severity: Severity,
    /// First block.
    pub lba: Lba,
    /// The same as the disc's clock shows it.
    pub msf: Option<Msf>,
    /// Blocks in a row that break the rule.
    pub blocks: u32,
    /// What the first of them should have.
    pub expected: String,
    /// What it has.
    pub seen: String,
}

/// Findings of a rule that the report does not list.
#[derive(Clone, Copy, Debug, Eq, PartialEq, Serialize)]
pub struct Omitted {
    /// Which rule.
    pub rule: Rule,
    /// How many findings.
    pub findings: u64,
}

impl Report {
    /// Whether nothing breaks a rule.
    pub fn is_clean(&self) -> bool {
        self.findings.is_empty()
    }

    /// Whether anything is an error.
    pub fn has_errors(&self) -> bool {
        self.findings.iter().any(|finding| finding.severity == Severity::Error)
    }
}

impl fmt::Display for Report {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        for (n, session) in self.sessions.iter().enumerate() {
            writeln!(f, "session {}: {session}", n + 1)?;
        }
        for finding in &self.findings {
            writeln!(f, "{finding}")?;
        }
        for Omitted { rule, findings } in &self.omitted {
            writeln!(f, "... and {findings} more of {rule}")?;
        }
        let count = |severity| self.findings.iter().filter(|finding| finding.severity == severity).count();
        let omitted: u64 = self.omitted.iter().map(|omitted| omitted.findings).sum();
        match (count(Severity::Error), count(Severity::Warning)) {
            (0, 0) => writeln!(f, "{} blocks, nothing to complain of", self.blocks),
            (errors, warnings) => {
                write!(f, "{} blocks, {errors} errors, {warnings} warnings", self.blocks)?;
                if omitted > 0 {
                    write!(f, ", {omitted} not shown")?;
                }
                writeln!(f)
            }
        }
    }
}

impl fmt::Display for SessionSeen {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let area = |lba: Option<Lba>| lba.map_or_else(|| "none".to_owned(), |lba| lba.to_string());
        write!(f, "lead-in {}, program {}, ", area(self.lead_in), area(self.program))?;
        match self.tracks {
            Some((first, last)) => write!(f, "tracks {first} to {last}, ")?,
            None => f.write_str("no tracks, ")?,
        }
        write!(f, "lead-out {}, end {}", area(self.lead_out), self.end)
    }
}

impl fmt::Display for Finding {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{}: {} at LBA {}", self.severity, self.rule, self.lba)?;
        if let Some(msf) = self.msf {
            write!(f, " ({msf})")?;
        }
        match self.blocks {
            0 | 1 => {}
            2 => f.write_str(" and the next block")?,
            blocks => write!(f, " and {} blocks more", blocks - 1)?,
        }
        write!(f, ": expected {}, seen {}", self.expected, self.seen)
    }
}
