//! What a fixture says of a call and of what comes of it.

use super::{Lint, is_sink};
use crate::fixture::{CallExpect, Face};
use crate::member::{self, Arg};
use crate::suggest::did_you_mean;
use crate::term::Term;

impl<'a> Lint<'a> {
    pub(super) fn call(&mut self, name: &str, args: &[Term], null_out: bool) {
        if self.fixture.face == Face::Drive {
            return self.say(name, "a drive has no members to call", "face: Api or Com", None);
        }
        let Some(known) = member::member(name) else {
            let what = format!("the raw writing API has no member `{name}`");
            return self.say(name, &what, "one of Microsoft's names", did_you_mean(name, member::names()));
        };
        if known.args.len() != args.len() {
            let takes = known.args.iter().map(|arg| arg.expected()).collect::<Vec<_>>().join(", ");
            let what = format!("{name} takes {} arguments, here are {}", known.args.len(), args.len());
            return self.say(name, &what, &format!("args: [{takes}]"), None);
        }
        for (arg, term) in known.args.iter().zip(args) {
            let fits = match arg {
                Arg::Recorder => matches!(term, Term::None) || *term == Term::Text("drive".into()),
                Arg::Bool => matches!(term, Term::Bool(_)),
                Arg::Int => matches!(term, Term::Int(_)),
                Arg::Text => matches!(term, Term::Text(_) | Term::None),
                Arg::Stream => {
                    let streams = ["image", "tracks", "result"];
                    matches!(term, Term::Int(0..) | Term::None)
                        || matches!(term, Term::Text(text) if streams.contains(&text.as_str()))
                }
                Arg::Sink => matches!(term, Term::None) || is_sink(term),
                Arg::Cookie => matches!(term, Term::Int(0..)) || is_sink(term),
            };
            if !fits {
                self.say(name, &format!("{name} does not take {term}"), arg.expected(), None);
            }
        }
        if null_out && self.fixture.face != Face::Com {
            self.say(name, "only a COM call can be handed a NULL pointer", "face: Com", None);
        }
        if null_out && !known.returns {
            self.say(name, &format!("{name} returns nothing"), "a member with a result", None);
        }
    }

    pub(super) fn call_expect(&mut self, name: &str, expect: &'a CallExpect) {
        match expect {
            CallExpect::Relation(checks) => {
                for check in checks {
                    match check.field() {
                        Some("value") => {}
                        Some(field) => {
                            self.say(field, "what a call returns is called `value`", "\"value\"", None);
                        }
                        None => self.say(name, "a call moves no bytes", "a check of \"value\"", None),
                    }
                    self.check(check);
                }
            }
            CallExpect::Succeeds(codes) | CallExpect::Fails(codes) => {
                let wants_success = matches!(expect, CallExpect::Succeeds(_));
                if codes.is_empty() {
                    self.say(name, "no code is allowed, so nothing can pass", "at least one HRESULT", None);
                }
                for code in codes.iter().filter(|code| code.0.is_success() != wants_success) {
                    let kind = if wants_success { "a failure" } else { "a success" };
                    let what = format!("{} is {kind}", code.0);
                    self.say(
                        name,
                        &what,
                        if wants_success { "use Fails([…])" } else { "use Succeeds([…])" },
                        None,
                    );
                }
            }
            CallExpect::AnyOf(any) => {
                if any.is_empty() {
                    self.say(
                        name,
                        "no outcome is allowed, so nothing can pass",
                        "at least one outcome",
                        None,
                    );
                }
                any.iter().for_each(|expect| self.call_expect(name, expect));
            }
            CallExpect::Ok | CallExpect::Value(_) => {}
        }
    }
}
