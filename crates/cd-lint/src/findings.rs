//! Findings as they come: neighbours become one, and of a rule only the first are kept.

use cd_format::Lba;

use crate::report::{Finding, Omitted};
use crate::rule::{Rule, Severity};

/// What was found so far. Memory does not grow with the disc.
#[derive(Debug)]
pub(crate) struct Findings {
    kept: Vec<Finding>,
    per_rule: u64,
    rules: Vec<Tally>,
}

/// What was found of one rule.
#[derive(Clone, Copy, Debug, Default)]
struct Tally {
    findings: u64,
    /// Where in `kept` the last one is, if it is there.
    last: Option<usize>,
    /// Behind the last one's last block.
    end: Option<i32>,
}

impl Findings {
    pub(crate) fn new(per_rule: usize) -> Self {
        Self { kept: Vec::new(), per_rule: per_rule as u64, rules: vec![Tally::default(); Rule::ALL.len()] }
    }

    /// Block `lba` breaks `rule`. `words` are what is expected and what was seen, and only asked for
    /// when they are going to be shown.
    pub(crate) fn add(&mut self, rule: Rule, lba: i32, words: impl FnOnce() -> (String, String)) {
        self.add_run(rule, lba, 1, words);
    }

    /// `blocks` blocks from `lba` on break `rule`.
    pub(crate) fn add_run(
        &mut self,
        rule: Rule,
        lba: i32,
        blocks: u32,
        words: impl FnOnce() -> (String, String),
    ) {
        let Some(tally) = self.rules.get_mut(rule as usize) else { return };
        let goes_on = tally.end == Some(lba);
        tally.end = Some(lba.saturating_add_unsigned(blocks));
        if goes_on {
            if let Some(finding) = tally.last.and_then(|last| self.kept.get_mut(last)) {
                finding.blocks = finding.blocks.saturating_add(blocks);
            }
            return;
        }
        self.put(rule, rule.severity(), lba, blocks, words);
    }

    /// A finding about more than blocks, which no neighbour goes on with.
    pub(crate) fn add_single(
        &mut self,
        rule: Rule,
        severity: Severity,
        lba: i32,
        words: impl FnOnce() -> (String, String),
    ) {
        if let Some(tally) = self.rules.get_mut(rule as usize) {
            tally.end = None;
        }
        self.put(rule, severity, lba, 1, words);
    }

    fn put(
        &mut self,
        rule: Rule,
        severity: Severity,
        lba: i32,
        blocks: u32,
        words: impl FnOnce() -> (String, String),
    ) {
        let Some(tally) = self.rules.get_mut(rule as usize) else { return };
        tally.findings += 1;
        tally.last = None;
        if tally.findings <= self.per_rule {
            tally.last = Some(self.kept.len());
            let (expected, seen) = words();
            let lba = Lba(lba);
            let msf = lba.to_msf().or_else(|| lba.to_program_msf());
            self.kept.push(Finding { rule, severity, lba, msf, blocks, expected, seen });
        }
    }

    /// The findings by address, and how many more there were.
    pub(crate) fn into_parts(mut self) -> (Vec<Finding>, Vec<Omitted>) {
        self.kept.sort_by_key(|finding| (finding.lba, finding.rule));
        let more = |(rule, tally): (&Rule, &Tally)| {
            let findings = tally.findings.saturating_sub(self.per_rule);
            (findings > 0).then_some(Omitted { rule: *rule, findings })
        };
        let omitted = Rule::ALL.iter().zip(&self.rules).filter_map(more).collect();
        (self.kept, omitted)
    }
}

/// A pair of words, each printed.
pub(crate) fn words(expected: impl ToString, seen: impl ToString) -> (String, String) {
    (expected.to_string(), seen.to_string())
}
