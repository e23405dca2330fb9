//! Sinks at the writer's connection point: the fixture's own, and the suite's that listens for a step.

use std::cell::RefCell;
use std::collections::BTreeMap;
use std::rc::Rc;

use raw_cd::{HResult, WriteAction};
use raw_cd_com::client::{Answer, Argument, ComEventArgs, ComRawCd, ComRecorder, ComSink, Value};

use super::{Given, plain, read, sound};
use crate::decode::Fields;
use crate::face::{Heard, note};
use crate::fixture::During;
use crate::judge::Called;
use crate::member::{Object, SINKS, member};
use crate::term::Term;

type Told = Rc<RefCell<Vec<String>>>;

/// The sinks that a fixture has advised.
#[derive(Debug, Default)]
pub(super) struct Sinks {
    made: BTreeMap<&'static str, Advised>,
}

#[derive(Debug)]
struct Advised {
    sink: ComSink,
    /// Each action that it was told of.
    told: Told,
    /// What Advise gave last.
    cookie: u32,
}

impl Sinks {
    /// Calls a member of the connection point.
    pub fn call(
        &mut self,
        writer: &ComRawCd,
        name: &str,
        args: &[Term],
        null: bool,
    ) -> Result<Called, String> {
        match (name, args) {
            ("Advise", [Term::None]) => {
                let (code, cookie) = writer.advise(None);
                Ok(plain(code, if code.is_success() { cookie.into() } else { Term::None }))
            }
            ("Advise", [Term::Text(sink)]) => {
                let made = self.made(sink)?;
                if null {
                    return Ok(plain(writer.advise_with_null_cookie(&made.sink), Term::None));
                }
                let (code, cookie) = writer.advise(Some(&made.sink));
                if !code.is_success() {
                    return Ok(plain(code, Term::None));
                }
                made.cookie = cookie;
                Ok(plain(code, cookie.into()))
            }
            ("Unadvise", [Term::Text(sink)]) => {
                let cookie = self.made(sink)?.cookie;
                Ok(plain(writer.unadvise(cookie), Term::None))
            }
            ("Unadvise", [Term::Int(cookie)]) => {
                let cookie = u32::try_from(*cookie).map_err(|_| format!("{cookie} is no DWORD"))?;
                Ok(plain(writer.unadvise(cookie), Term::None))
            }
            _ => Err(format!("{name} does not take {}", Term::List(args.to_vec()))),
        }
    }

    /// What was told before is not of the next call.
    pub fn forget(&self) {
        self.made.values().for_each(|made| made.told.borrow_mut().clear());
    }

    /// What each was told.
    pub fn told(&self) -> BTreeMap<&'static str, Vec<String>> {
        self.made.iter().map(|(name, made)| (*name, made.told.borrow().clone())).collect()
    }

    fn made(&mut self, name: &str) -> Result<&mut Advised, String> {
        let known = SINKS.into_iter().find(|known| *known == name);
        let name = known.ok_or_else(|| format!("there is no sink {name:?}"))?;
        Ok(self.made.entry(name).or_insert_with(|| {
            let told = Told::default();
            let into = Rc::clone(&told);
            let answer = if name == "failing" { HResult::E_FAIL } else { HResult::S_OK };
            let handler = Box::new(move |_: &ComRawCd, event: &ComEventArgs| {
                note(&mut into.borrow_mut(), action(event));
                answer
            });
            let sink = match name {
                "dispatch" => ComSink::dispatch(handler),
                "other" => ComSink::other(),
                _ => ComSink::vtable(handler),
            };
            Advised { sink, told, cookie: 0 }
        }))
    }
}

/// A sink of the suite's own, as long as a call lasts.
pub(super) struct Listener {
    writer: ComRawCd,
    cookie: u32,
    heard: Rc<RefCell<Heard>>,
}

impl Listener {
    /// Begins to listen, and makes the calls of `during` from inside the events.
    pub fn advise(writer: &ComRawCd, recorder: &ComRecorder, during: &[During]) -> Result<Self, String> {
        let heard = Rc::new(RefCell::new(Heard::of(during)));
        let (into, during, drive) = (Rc::clone(&heard), during.to_vec(), recorder.clone());
        let own = writer.clone();
        let sink = ComSink::vtable(Box::new(move |sender, event| {
            hear(&into, &during, &drive, sender, event, *sender == own);
            HResult::S_OK
        }));
        match writer.advise(Some(&sink)) {
            (code, cookie) if code.is_success() => Ok(Self { writer: writer.clone(), cookie, heard }),
            (code, _) => Err(format!("Advise of a sink failed with {code}")),
        }
    }

    /// Stops listening.
    pub fn heard(self) -> Result<Heard, String> {
        let code = self.writer.unadvise(self.cookie);
        if !code.is_success() {
            return Err(format!("Unadvise of a sink failed with {code}"));
        }
        Ok(self.heard.take())
    }
}

fn hear(
    heard: &RefCell<Heard>,
    during: &[During],
    recorder: &ComRecorder,
    sender: &ComRawCd,
    event: &ComEventArgs,
    is_writer: bool,
) {
    let action = action(event);
    for (n, during) in during.iter().enumerate() {
        let due = during.action == action && heard.borrow().during.get(n).is_some_and(Option::is_none);
        if due {
            let came = call(sender, recorder, &during.member, &during.args);
            if let Some(place) = heard.borrow_mut().during.get_mut(n) {
                *place = Some(came);
            }
        }
    }
    let figures = figures(event, &action, is_writer);
    heard.borrow_mut().note(action, figures);
}

/// A call from inside an event, of the object that the event came from.
fn call(sender: &ComRawCd, recorder: &ComRecorder, name: &str, args: &[Term]) -> Result<Called, String> {
    let known = member(name).ok_or_else(|| format!("there is no member `{name}`"))?;
    let arguments = Given { recorder, image: None, result: None }.arguments(known.args, args)?;
    let answer = match known.of {
        Object::Writer => sender.call(name, &arguments),
        Object::Recorder => recorder.call(name, &arguments),
        _ => return Err(format!("{name} is not called from inside an event")),
    };
    let answer: Answer = sound(name, answer.map_err(|misuse| misuse.to_string())?)?;
    Ok(read(&answer, recorder))
}

/// The end of Microsoft's constant.
fn action(event: &ComEventArgs) -> String {
    match number(event, "get_CurrentAction").and_then(|action| i32::try_from(action).ok()) {
        Some(action) => format!("{:?}", WriteAction(action)),
        None => "no action".to_owned(),
    }
}

fn number(event: &ComEventArgs, member: &str) -> Option<i64> {
    match event.call(member, &[] as &[Argument<'_>]) {
        Ok(Answer { value: Some(Value::Int(number)), .. }) => Some(number),
        _ => None,
    }
}

/// The figures of an event, by the names of [`FIGURES`](crate::face::FIGURES).
fn figures(event: &ComEventArgs, action: &str, is_writer: bool) -> Fields {
    let numbers = [
        ("start_lba", "get_StartLba"),
        ("sector_count", "get_SectorCount"),
        ("last_read_lba", "get_LastReadLba"),
        ("last_written_lba", "get_LastWrittenLba"),
        ("total_system_buffer", "get_TotalSystemBuffer"),
        ("used_system_buffer", "get_UsedSystemBuffer"),
        ("free_system_buffer", "get_FreeSystemBuffer"),
        ("elapsed", "get_ElapsedTime"),
        ("remaining", "get_RemainingTime"),
    ];
    let mut fields: Fields =
        numbers.into_iter().map(|(name, member)| (name.to_owned(), number(event, member).into())).collect();
    let of = |name: &str| fields.get(name).and_then(Term::int);
    let sum = of("used_system_buffer").zip(of("free_system_buffer")).and_then(|(a, b)| a.checked_add(b));
    let agree = sum.is_some() && sum == of("total_system_buffer");
    fields.insert("buffers_agree".to_owned(), agree.into());
    fields.insert("action".to_owned(), action.into());
    fields.insert("sender".to_owned(), if is_writer { "writer" } else { "another object" }.into());
    fields
}
