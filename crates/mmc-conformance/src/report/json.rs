//! One JSON object: device, verdict, counts, and every case.

use serde_json::{Map, Value, json};

use super::{Counts, Report, ReportError};
use crate::runner::{CaseResult, Cause, Failure, Status};

pub fn render(report: &Report) -> Result<String, ReportError> {
    let tables: Map<String, Value> = report
        .tables()
        .into_iter()
        .map(|(name, table)| {
            let table: Map<String, Value> =
                table.into_iter().map(|(key, value)| (key, counts(value))).collect();
            (name.to_owned(), table.into())
        })
        .collect();
    let value = json!({
        "device": report.device,
        "verdict": report.verdict().name(),
        "counts": counts(report.counts()),
        "by": tables,
        "cases": report.results.iter().map(case).collect::<Vec<_>>(),
    });
    serde_json::to_string_pretty(&value)
        .map(|text| text + "\n")
        .map_err(|error| ReportError(error.to_string()))
}

fn counts(counts: Counts) -> Value {
    counts
        .named()
        .into_iter()
        .map(|(word, count)| (word.to_owned(), count.into()))
        .collect::<Map<_, _>>()
        .into()
}

fn case(result: &CaseResult) -> Value {
    let mut value = json!({
        "id": result.id,
        "title": result.title,
        "place": result.place,
        "face": result.face.name(),
        "level": result.level.name(),
        "origin": result.origin.name(),
        "status": result.status.name(),
        "commands": result.commands,
    });
    match &result.status {
        Status::Passed => {}
        Status::Ignored(reason) => value["reason"] = reason.as_str().into(),
        Status::Failed(how) | Status::Differs(how) => value["failure"] = failure(how),
        Status::Known { reason, source, failure: how } => {
            value["reason"] = reason.as_str().into();
            value["source"] = source.as_str().into();
            value["failure"] = failure(how);
        }
        Status::Stale { reason, source } => {
            value["reason"] = reason.as_str().into();
            value["source"] = source.as_str().into();
        }
    }
    value
}

fn failure(failure: &Failure) -> Value {
    let mut value = match &failure.cause {
        Cause::Difference(difference) => json!({
            "step": difference.step,
            "action": difference.action,
            "what": difference.mismatch.what,
            "expected": difference.mismatch.expected,
            "seen": difference.mismatch.seen,
            "because": difference.origin.to_string(),
        }),
        Cause::Step { step, action, why } => json!({ "step": step, "action": action, "why": why }),
        Cause::Panic(text) => json!({ "panic": text }),
        Cause::Device(why) => json!({ "device": why }),
    };
    value["exchanges"] =
        failure.exchanges.iter().map(|exchange| exchange.to_string().trim().to_owned()).collect();
    value
}
