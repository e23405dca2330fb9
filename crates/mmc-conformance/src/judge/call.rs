//! Judging what came of a call.

use raw_cd::HResult;

use super::{Called, Mismatch, Saved, Verdict, all, any, check};
use crate::decode::Fields;
use crate::fixture::{CallExpect, Code};

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

fn code(codes: &[Code], called: &Called) -> Verdict {
    Verdict::when(codes.iter().any(|code| code.0 == called.code), || {
        let expected = codes.iter().map(|code| code.0.to_string()).collect::<Vec<_>>().join(" or ");
        let note = if called.note.is_empty() { String::new() } else { format!(" ({})", called.note) };
        Mismatch::new("the code", expected, format!("{}{note}", called.code))
    })
}
