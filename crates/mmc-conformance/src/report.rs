//! What a run came to, and the four ways to tell it.

mod json;
mod junit;
mod tap;
mod text;

use core::fmt;
use core::str::FromStr;
use std::collections::BTreeMap;

use crate::fixture::{Level, OriginKind};
use crate::runner::{CaseResult, Cause, Failure, Status};

/// The results of a run on one device.
#[derive(Clone, Debug, Default)]
pub struct Report {
    /// What the cases ran on.
    pub device: String,
    /// One for each case that was asked for.
    pub results: Vec<CaseResult>,
}

/// What a run came to.
#[derive(Clone, Copy, Debug, Eq, PartialEq)]
pub enum RunVerdict {
    /// Something ran, and all of it is as expected.
    AsExpected,
    /// Something failed, or a known deviation is stale.
    Failed,
    /// Not one case ran: the run says nothing, and that is a failure.
    NothingRan,
}

/// How many cases came to what.
#[derive(Clone, Copy, Debug, Default, Eq, PartialEq)]
pub struct Counts {
    /// As expected.
    pub passed: usize,
    /// Otherwise.
    pub failed: usize,
    /// Otherwise, as a drive may.
    pub differs: usize,
    /// Otherwise, and known.
    pub known: usize,
    /// As expected, although listed as a known deviation.
    pub stale: usize,
    /// Not run.
    pub ignored: usize,
}

/// How a report is told.
#[derive(Clone, Copy, Debug, Default, Eq, PartialEq)]
pub enum Format {
    /// For a person.
    #[default]
    Text,
    /// One JSON object.
    Json,
    /// JUnit XML, as CI servers read it.
    Junit,
    /// Test Anything Protocol, version 14.
    Tap,
}

/// The word is not a format.
#[derive(Clone, Debug, Eq, PartialEq, thiserror::Error)]
#[error("{0:?} is not a report format: expected text, json, junit or tap")]
pub struct NotAFormat(String);

/// The report could not be put into its format.
#[derive(Debug, thiserror::Error)]
#[error("the report cannot be written: {0}")]
pub struct ReportError(String);

impl Report {
    /// A report on this device, without results yet.
    pub fn new(device: impl Into<String>) -> Self {
        Self { device: device.into(), results: Vec::new() }
    }

    /// How many cases came to what.
    pub fn counts(&self) -> Counts {
        Counts::of(&self.results)
    }

    /// The counts for each value of `key`.
    pub fn counts_by<K: Ord>(&self, key: impl Fn(&CaseResult) -> K) -> BTreeMap<K, Counts> {
        let mut counts: BTreeMap<K, Counts> = BTreeMap::new();
        for result in &self.results {
            counts.entry(key(result)).or_default().add(&result.status);
        }
        counts
    }

    /// The counts for each origin, family and level, in the words of reports.
    pub fn tables(&self) -> [(&'static str, BTreeMap<String, Counts>); 3] {
        let origin = |kind: OriginKind| kind.name().to_owned();
        let level = |level: Level| level.name().to_owned();
        [
            ("origin", self.counts_by(|result| origin(result.origin))),
            ("family", self.counts_by(|result| result.family.clone())),
            ("level", self.counts_by(|result| level(result.level))),
        ]
    }

    /// What the run came to.
    pub fn verdict(&self) -> RunVerdict {
        let counts = self.counts();
        if counts.ran() == 0 {
            RunVerdict::NothingRan
        } else if counts.failed + counts.stale > 0 {
            RunVerdict::Failed
        } else {
            RunVerdict::AsExpected
        }
    }

    /// The report as text of this format.
    pub fn render(&self, format: Format) -> Result<String, ReportError> {
        match format {
            Format::Text => Ok(text::render(self)),
            Format::Json => json::render(self),
            Format::Junit => junit::render(self),
            Format::Tap => Ok(tap::render(self)),
        }
    }
}

impl Counts {
    fn of(results: &[CaseResult]) -> Self {
        let mut counts = Self::default();
        results.iter().for_each(|result| counts.add(&result.status));
        counts
    }

    const fn add(&mut self, status: &Status) {
        match status {
            Status::Passed => self.passed += 1,
            Status::Failed(_) => self.failed += 1,
            Status::Differs(_) => self.differs += 1,
            Status::Known { .. } => self.known += 1,
            Status::Stale { .. } => self.stale += 1,
            Status::Ignored(_) => self.ignored += 1,
        }
    }

    /// Cases that ran.
    pub const fn ran(&self) -> usize {
        self.total() - self.ignored
    }

    /// Cases.
    pub const fn total(&self) -> usize {
        self.passed + self.failed + self.differs + self.known + self.stale + self.ignored
    }

    /// Each count with its word.
    pub const fn named(&self) -> [(&'static str, usize); 6] {
        [
            ("passed", self.passed),
            ("failed", self.failed),
            ("differs", self.differs),
            ("known", self.known),
            ("stale", self.stale),
            ("ignored", self.ignored),
        ]
    }
}

impl fmt::Display for Counts {
    /// `1573 passed, 3 failed`; what is zero is left out, but never `passed` and `failed`.
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{} passed, {} failed", self.passed, self.failed)?;
        for (word, count) in self.named().into_iter().skip(2).filter(|(_, count)| *count > 0) {
            write!(f, ", {count} {word}")?;
        }
        Ok(())
    }
}

impl RunVerdict {
    /// The word in reports.
    pub const fn name(self) -> &'static str {
        match self {
            Self::AsExpected => "as expected",
            Self::Failed => "failed",
            Self::NothingRan => "nothing ran",
        }
    }
}

impl Format {
    /// The words that choose a format.
    pub const NAMES: [&'static str; 4] = ["text", "json", "junit", "tap"];
}

impl FromStr for Format {
    type Err = NotAFormat;

    fn from_str(text: &str) -> Result<Self, NotAFormat> {
        match text {
            "text" => Ok(Self::Text),
            "json" => Ok(Self::Json),
            "junit" => Ok(Self::Junit),
            "tap" => Ok(Self::Tap),
            other => Err(NotAFormat(other.chars().take(24).collect())),
        }
    }
}

impl fmt::Display for Failure {
    /// What, where, expected, seen, why; then the last exchanges.
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match &self.cause {
            Cause::Difference(difference) => {
                writeln!(f, "step {}: {}", difference.step, difference.action)?;
                writeln!(f, "  {}", difference.mismatch.what)?;
                writeln!(f, "    expected  {}", difference.mismatch.expected)?;
                writeln!(f, "    seen      {}", difference.mismatch.seen)?;
                writeln!(f, "    because   {}", difference.origin)?;
            }
            Cause::Step { step, action, why } => {
                writeln!(f, "step {step}: {action}\n  could not be done: {why}")?;
            }
            Cause::Panic(text) => writeln!(f, "panicked: {text}")?,
            Cause::Device(why) => writeln!(f, "the device: {why}")?,
        }
        if !self.exchanges.is_empty() {
            writeln!(f, "  last commands")?;
        }
        for exchange in &self.exchanges {
            writeln!(f, "    {exchange}")?;
        }
        Ok(())
    }
}

impl Failure {
    /// The cause in one line.
    pub fn headline(&self) -> String {
        match &self.cause {
            Cause::Difference(difference) => {
                let mismatch = &difference.mismatch;
                format!(
                    "step {}: {}: expected {}, seen {}",
                    difference.step, mismatch.what, mismatch.expected, mismatch.seen
                )
            }
            Cause::Step { step, why, .. } => format!("step {step} could not be done: {why}"),
            Cause::Panic(text) => format!("panicked: {text}"),
            Cause::Device(why) => format!("the device: {why}"),
        }
    }
}

#[cfg(test)]
mod tests;
