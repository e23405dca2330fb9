//! For a person: what failed and how, then the counts.

use core::fmt::Write;
use std::collections::BTreeMap;

use super::{Report, RunVerdict};
use crate::runner::{CaseResult, Status};

pub fn render(report: &Report) -> String {
    let mut out = String::new();
    for result in &report.results {
        case(&mut out, result);
    }
    reasons(&mut out, report);
    for (name, table) in report.tables() {
        let width = table.keys().map(String::len).max().unwrap_or(0).max(name.len());
        let _ = writeln!(out, "by {name}");
        for (key, counts) in table {
            let key = if key.is_empty() { "-" } else { &key };
            let _ = writeln!(out, "  {key:width$}  {counts}");
        }
        out.push('\n');
    }
    let counts = report.counts();
    let _ = writeln!(out, "{}: {} of {} cases ran: {counts}", report.device, counts.ran(), counts.total());
    if report.verdict() == RunVerdict::NothingRan {
        out.push_str("nothing ran, which is a failure\n");
    }
    out
}

fn case(out: &mut String, result: &CaseResult) {
    let body = match &result.status {
        Status::Passed | Status::Ignored(_) | Status::Known { .. } => return,
        Status::Failed(failure) | Status::Differs(failure) => failure.to_string(),
        Status::Stale { reason, source } => {
            format!("passes, but is listed as a known deviation: {reason} [{source}]\n")
        }
    };
    let word = result.status.name().to_uppercase();
    let _ = writeln!(out, "{word} {} ({}, {})", result.id, result.level.name(), result.place);
    let _ = writeln!(out, "  {}", result.title);
    for line in body.lines() {
        let _ = writeln!(out, "  {line}");
    }
    out.push('\n');
}

/// What was ignored and what is known, by reason.
fn reasons(out: &mut String, report: &Report) {
    let mut reasons: BTreeMap<(&str, String), usize> = BTreeMap::new();
    for result in &report.results {
        let reason = match &result.status {
            Status::Ignored(reason) => reason.clone(),
            Status::Known { reason, source, .. } => format!("{reason} [{source}]"),
            _ => continue,
        };
        *reasons.entry((result.status.name(), reason)).or_default() += 1;
    }
    for ((word, reason), count) in &reasons {
        let _ = writeln!(out, "{count:>5} {word}: {reason}");
    }
    if !reasons.is_empty() {
        out.push('\n');
    }
}
