//! Judging: an expectation, what came, what was kept; and a verdict. Pure.

mod call;
mod command;
mod pointer;

use std::collections::BTreeMap;

use raw_cd::HResult;
use scsi_transport::{Outcome, TransportError};

use crate::decode::Fields;
use crate::fixture::{Check, Origin};
use crate::literal::hex;
use crate::term::Term;

pub use call::{Hearing, call, heard};
pub use command::command;
pub use pointer::FieldPointer;

/// What earlier steps kept: name, then field.
pub type Saved = BTreeMap<String, Fields>;

/// What came of a command.
#[derive(Clone, Debug)]
pub struct Answer {
    /// The CDB that was sent.
    pub cdb: Vec<u8>,
    /// What the drive said, or why nothing came.
    pub outcome: Result<Outcome, TransportError>,
    /// What the drive sent: of the room that there was, as much as was moved.
    pub data: Vec<u8>,
}

/// What came of a call.
#[derive(Clone, Debug)]
pub struct Called {
    /// The code.
    pub code: HResult,
    /// The result; `Term::None` for none.
    pub value: Term,
    /// What the implementation says about a failure, for the report.
    pub note: String,
}

/// What is different.
#[derive(Clone, Debug, Eq, PartialEq)]
pub struct Mismatch {
    /// What was looked at.
    pub what: String,
    /// What the fixture expects there.
    pub expected: String,
    /// What was there.
    pub seen: String,
}

/// A difference in its place: the message that the suite exists for.
#[derive(Clone, Debug, Eq, PartialEq)]
pub struct Difference {
    /// Which step, from 1.
    pub step: usize,
    /// What the step does.
    pub action: String,
    /// Where the expectation comes from.
    pub origin: Origin,
    /// What is different.
    pub mismatch: Mismatch,
}

/// What came of judging.
#[derive(Clone, Debug, Eq, PartialEq)]
pub enum Verdict {
    /// As expected.
    Pass,
    /// Otherwise.
    Fail(Mismatch),
}

impl Verdict {
    fn when(holds: bool, mismatch: impl FnOnce() -> Mismatch) -> Self {
        if holds { Self::Pass } else { Self::Fail(mismatch()) }
    }

    /// Whether all is as expected.
    pub const fn is_pass(&self) -> bool {
        matches!(self, Self::Pass)
    }
}

impl Mismatch {
    fn new(what: impl Into<String>, expected: impl Into<String>, seen: impl Into<String>) -> Self {
        Self { what: what.into(), expected: expected.into(), seen: seen.into() }
    }
}

/// The first of several verdicts that is a failure.
fn all(verdicts: impl IntoIterator<Item = Verdict>) -> Verdict {
    verdicts.into_iter().find(|verdict| !verdict.is_pass()).unwrap_or(Verdict::Pass)
}

/// Passes when one does; else tells what each of them missed.
fn any(verdicts: impl IntoIterator<Item = Verdict>) -> Verdict {
    let mut missed: Vec<Mismatch> = Vec::new();
    for verdict in verdicts {
        match verdict {
            Verdict::Pass => return Verdict::Pass,
            Verdict::Fail(mismatch) => missed.push(mismatch),
        }
    }
    let list = |part: fn(&Mismatch) -> &String| {
        let mut parts: Vec<&str> = Vec::new();
        for text in missed.iter().map(part) {
            if !parts.contains(&text.as_str()) {
                parts.push(text);
            }
        }
        parts
    };
    let what = match list(|mismatch| &mismatch.what)[..] {
        [] => "an outcome that is allowed",
        [one] => one,
        _ => "the outcome",
    };
    let expected = list(|mismatch| &mismatch.expected).join(", or ");
    Verdict::Fail(Mismatch::new(what, expected, list(|mismatch| &mismatch.seen).join("; ")))
}

/// Judges one check of a reply's or a result's fields.
fn check(check: &Check, fields: &Fields, data: &[u8], saved: &Saved) -> Verdict {
    let compare = |name: &str, expected: String, holds: &dyn Fn(&Term) -> bool| {
        let seen = fields.get(name);
        Verdict::when(seen.is_some_and(holds), || {
            let seen = seen.map_or_else(|| format!("no such field; reply: {}", hex(data)), Term::to_string);
            Mismatch::new(name, expected, seen)
        })
    };
    let earlier = |reference: &str| -> Option<&Term> {
        let (name, field) = reference.split_once('.')?;
        saved.get(name)?.get(field)
    };
    let relate = |name: &str, reference: &str, word: &str, holds: &dyn Fn(&Term, &Term) -> bool| match earlier(
        reference,
    ) {
        Some(term) => {
            compare(name, format!("{word} {reference}, which is {term}"), &|seen| holds(seen, term))
        }
        None => Verdict::Fail(Mismatch::new(
            name,
            format!("{word} {reference}"),
            format!("{reference} was not there to compare with"),
        )),
    };
    let number = |name: &str, expected: String, holds: &dyn Fn(i64) -> bool| {
        compare(name, expected, &|seen| seen.int().is_some_and(holds))
    };
    let transferred = |expected: String, holds: bool| {
        Verdict::when(holds, || Mismatch::new("bytes transferred", expected, data.len().to_string()))
    };
    match check {
        Check::Is(name, term) => compare(name, term.to_string(), &|seen| seen == term),
        Check::IsNot(name, term) => compare(name, format!("not {term}"), &|seen| seen != term),
        Check::OneOf(name, terms) => {
            let list = terms.iter().map(Term::to_string).collect::<Vec<_>>().join(", ");
            compare(name, format!("one of {list}"), &|seen| terms.contains(seen))
        }
        Check::AtLeast(name, n) => number(name, format!("{n} or more"), &|seen| seen >= *n),
        Check::AtMost(name, n) => number(name, format!("{n} or less"), &|seen| seen <= *n),
        Check::Present(name) => compare(name, "there".into(), &|_| true),
        Check::Absent(name) => Verdict::when(!fields.contains_key(name), || {
            Mismatch::new(name, "not there", fields.get(name).map(Term::to_string).unwrap_or_default())
        }),
        Check::Same(name, reference) => relate(name, reference, "the same as", &|seen, term| seen == term),
        Check::Differs(name, reference) => relate(name, reference, "other than", &|seen, term| seen != term),
        Check::Plus(name, reference, n) => relate(
            name,
            reference,
            &format!("{n} more than"),
            &|seen, term| matches!((seen.int(), term.int()), (Some(seen), Some(term)) if term.checked_add(*n) == Some(seen)),
        ),
        Check::NotAbove(name, reference) => relate(
            name,
            reference,
            "not above",
            &|seen, term| matches!((seen.int(), term.int()), (Some(seen), Some(term)) if seen <= term),
        ),
        Check::Bytes { at, are, mask } => {
            bytes("a reply", *at, &are.0, mask.as_ref().map(|mask| &mask.0[..]), data)
        }
        Check::Transferred(n) => transferred(n.to_string(), data.len() == *n),
        Check::TransferredAtLeast(n) => transferred(format!("{n} or more"), data.len() >= *n),
        Check::TransferredAtMost(n) => transferred(format!("{n} or fewer"), data.len() <= *n),
    }
}

/// Judges bytes `at` an offset of `data`, which are called `of`.
fn bytes(of: &str, at: usize, are: &[u8], mask: Option<&[u8]>, data: &[u8]) -> Verdict {
    let seen = at.checked_add(are.len()).and_then(|end| data.get(at..end));
    let bits = |n: usize| mask.map_or(0xFF, |mask| mask.get(n).copied().unwrap_or(0));
    let same =
        |seen: &[u8]| seen.iter().zip(are).enumerate().all(|(n, (seen, are))| (seen ^ are) & bits(n) == 0);
    Verdict::when(seen.is_some_and(same), || {
        let under = mask.map(|mask| format!(" under mask {}", hex(mask))).unwrap_or_default();
        let seen = seen.map_or_else(|| format!("{of} of {} bytes: {}", data.len(), hex(data)), hex);
        Mismatch::new(format!("bytes from {at} on"), format!("{}{under}", hex(are)), seen)
    })
}

#[cfg(test)]
mod tests;
