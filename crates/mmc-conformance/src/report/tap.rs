//! Test Anything Protocol, version 14. Known deviations are TODO, ignored cases SKIP.

use core::fmt::Write;

use super::Report;
use crate::runner::Status;

pub fn render(report: &Report) -> String {
    let mut out = format!("TAP version 14\n1..{}\n# {}\n", report.results.len(), line(&report.device));
    for (n, result) in report.results.iter().enumerate() {
        let ok = match result.status {
            Status::Passed | Status::Differs(_) | Status::Ignored(_) => "ok",
            Status::Failed(_) | Status::Stale { .. } | Status::Known { .. } => "not ok",
        };
        let directive = match &result.status {
            Status::Ignored(reason) => format!(" # SKIP {}", line(reason)),
            Status::Known { reason, .. } => format!(" # TODO known: {}", line(reason)),
            _ => String::new(),
        };
        let _ = writeln!(out, "{ok} {} - {}{directive}", n + 1, line(&result.id));
        let told = match &result.status {
            Status::Failed(failure) | Status::Differs(failure) | Status::Known { failure, .. } => {
                failure.to_string()
            }
            Status::Stale { reason, source } => {
                format!("passes, but is listed as a known deviation: {reason} [{source}]")
            }
            Status::Passed | Status::Ignored(_) => continue,
        };
        let _ = writeln!(out, "  ---\n  title: {}\n  message: |", quoted(&result.title));
        for line in told.lines() {
            let _ = writeln!(out, "    {line}");
        }
        out.push_str("  ...\n");
    }
    out
}

/// One line, and no `#`, which would begin a directive.
fn line(text: &str) -> String {
    text.replace(['\n', '\r'], " ").replace('#', "\\#")
}

/// A YAML string in single quotes.
fn quoted(text: &str) -> String {
    format!("'{}'", text.replace('\'', "''").replace(['\n', '\r'], " "))
}
