//! Judging what came of a call.

use raw_cd::HResult;

use super::{Called, Mismatch, Saved, Verdict, all, any, check};
use crate::decode::Fields;
use crate::face::Heard;
use crate::fixture::{CallExpect, Code, During};

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

/// Judges what events told of while a call ran, and the calls made from them. `Err` says which of these
/// could not be made.
pub fn heard(
    events: Option<&[String]>,
    during: &[During],
    heard: &Heard,
    saved: &Saved,
) -> Result<Verdict, String> {
    if let Some(events) = events.filter(|events| **events != heard.actions[..]) {
        let list = |actions: &[String]| match actions {
            [] => "none".to_owned(),
            some => some.join(", "),
        };
        let mismatch = Mismatch::new("the events' actions", list(events), list(&heard.actions));
        return Ok(Verdict::Fail(mismatch));
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

fn code(codes: &[Code], called: &Called) -> Verdict {
    Verdict::when(codes.iter().any(|code| code.0 == called.code), || {
        let expected = codes.iter().map(|code| code.0.to_string()).collect::<Vec<_>>().join(" or ");
        let note = if called.note.is_empty() { String::new() } else { format!(" ({})", called.note) };
        Mismatch::new("the code", expected, format!("{}{note}", called.code))
    })
}
