//! Judging what came of a call.

use std::collections::BTreeMap;

use raw_cd::HResult;

use super::{Called, Mismatch, Saved, Verdict, all, any, check};
use crate::decode::Fields;
use crate::face::Heard;
use crate::fixture::{CallExpect, Check, Code, During, Figures};
use crate::term::Term;

/// Judges what came of a call.
pub fn call(expect: &CallExpect, called: &Called, saved: &Saved) -> Verdict {
    match expect {
        CallExpect::Ok => code(&[Code(HResult::S_OK)], called),
        CallExpect::Succeeds(codes) | CallExpect::Fails(codes) => code(codes, called),
        CallExpect::Value(term) => match code(&[Code(HResult::S_OK)], called) {
            Verdict::Pass => Verdict::when(called.value == *term, || {
                Mismatch::new("the result", term.to_string(), called.value.to_string())
            }),
            fail @ Verdict::Fail(_) => fail,
        },
        CallExpect::Relation(checks) => match code(&[Code(HResult::S_OK)], called) {
            Verdict::Pass => {
                let fields = Fields::from([("value".to_owned(), called.value.clone())]);
                all(checks.iter().map(|one| check(one, &fields, &[], saved)))
            }
            fail @ Verdict::Fail(_) => fail,
        },
        CallExpect::AnyOf(expects) => any(expects.iter().map(|expect| call(expect, called, saved))),
    }
}

/// What a step expects to hear while its call runs.
#[derive(Clone, Copy, Debug)]
pub struct Hearing<'a> {
    /// The events' actions.
    pub events: Option<&'a [String]>,
    /// Their figures.
    pub figures: &'a [Figures],
    /// The calls from them.
    pub during: &'a [During],
    /// What sinks are told of.
    pub by_sink: &'a BTreeMap<String, Vec<String>>,
}

/// Judges what events told of while a call ran, and the calls made from them. `Err` says which of these
/// could not be made.
pub fn heard(hearing: Hearing<'_>, heard: &Heard, saved: &Saved) -> Result<Verdict, String> {
    let Hearing { events, figures: expected, during, by_sink } = hearing;
    if let Some(events) = events {
        let verdict = actions("the events' actions", events, &heard.actions);
        if !verdict.is_pass() {
            return Ok(verdict);
        }
    }
    for (sink, expected) in by_sink {
        let none = Vec::new();
        let told = heard.by_sink.get(sink.as_str()).unwrap_or(&none);
        let verdict = actions(&format!("the actions that sink {sink:?} was told of"), expected, told);
        if !verdict.is_pass() {
            return Ok(verdict);
        }
    }
    let verdict = all(expected.iter().map(|figures| self::figures(figures, &heard.figures, saved)));
    if !verdict.is_pass() {
        return Ok(verdict);
    }
    for (during, came) in during.iter().zip(&heard.during) {
        let verdict = match came {
            Some(called) => call(&during.expect, called.as_ref().map_err(Clone::clone)?, saved),
            None => Verdict::Fail(Mismatch::new(
                format!("{} from inside an event", during.member),
                format!("an event that tells of {}", during.action),
                "none",
            )),
        };
        if !verdict.is_pass() {
            return Ok(verdict);
        }
    }
    Ok(Verdict::Pass)
}

fn actions(what: &str, expected: &[String], seen: &[String]) -> Verdict {
    let list = |actions: &[String]| match actions {
        [] => "none".to_owned(),
        some => some.join(", "),
    };
    Verdict::when(expected == seen, || Mismatch::new(what, list(expected), list(seen)))
}

fn figures(expected: &Figures, seen: &[Fields], saved: &Saved) -> Verdict {
    let of = |action: &str| {
        let action = Term::Text(action.to_owned());
        move |figures: &&Fields| figures.get("action") == Some(&action)
    };
    let judge =
        |checks: &[Check], figures: &Fields| all(checks.iter().map(|one| check(one, figures, &[], saved)));
    let one = |checks: &[Check], action: &str, figures: Option<&Fields>| match figures {
        Some(figures) => judge(checks, figures),
        None => Verdict::Fail(Mismatch::new("the events", format!("one that tells of {action}"), "none")),
    };
    match expected {
        Figures::Every(checks) => all(seen.iter().map(|figures| judge(checks, figures))),
        Figures::First(action, checks) => one(checks, action, seen.iter().find(of(action))),
        Figures::Last(action, checks) => one(checks, action, seen.iter().rev().find(of(action))),
    }
}

fn code(codes: &[Code], called: &Called) -> Verdict {
    Verdict::when(codes.iter().any(|code| code.0 == called.code), || {
        let expected = codes.iter().map(|code| code.0.to_string()).collect::<Vec<_>>().join(" or ");
        let note = if called.note.is_empty() { String::new() } else { format!(" ({})", called.note) };
        Mismatch::new("the code", expected, format!("{}{note}", called.code))
    })
}
