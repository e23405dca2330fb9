//! The raw writing API as COM objects, called through their vtables by Microsoft's names.

mod image;
mod sinks;

use raw_cd::{HResult, RawCd, Recorder};
use raw_cd_com::client::{
    Answer, Argument, ComImageCreator, ComRawCd, ComRecorder, ComStream, ComTrackInfo, ComWriteSpeed, Misuse,
    Place, Value,
};
use scsi_transport::Transport;

use crate::api::{LARGEST_STREAM, media_policy};
use crate::face::{Face, Heard, Request};
use crate::fixture::{Client, Policy};
use crate::image::Image;
use crate::judge::Called;
use crate::member::{Arg, Object, member};
use crate::term::Term;
use sinks::{Listener, Sinks};

/// What the recorder says it is called.
const DRIVE_NAME: &str = "drive";

/// A format object, a recorder and an image creator behind COM, and another client's handle.
#[derive(Debug)]
pub struct Com {
    format: ComRawCd,
    recorder: ComRecorder,
    creator: ComImageCreator,
    /// What CreateResultImage gave.
    result: Option<ComStream>,
    sinks: Sinks,
    other: Recorder,
}

impl Com {
    /// A new format object in front of a drive.
    pub fn new(drive: impl Transport + Send + 'static, policy: Policy) -> Self {
        let recorder = Recorder::new(drive);
        let other = recorder.another();
        Self {
            format: ComRawCd::new(RawCd::new(media_policy(policy))),
            recorder: ComRecorder::new(recorder, DRIVE_NAME),
            creator: ComImageCreator::new(),
            result: None,
            sinks: Sinks::default(),
            other,
        }
    }

    /// The track object of this index.
    fn track(&self, index: i32) -> Result<ComTrackInfo, String> {
        let answer = self.creator.call("get_TrackInfo", &[Argument::Int(index)]);
        match answer.map_err(|misuse| misuse.to_string())? {
            Answer { value: Some(Value::Track(Some(track))), .. } => Ok(track),
            Answer { hresult, .. } => Err(format!("get_TrackInfo({index}) gave no track: {hresult}")),
        }
    }

    /// Keeps what is called again later.
    fn keep(&mut self, answer: &Answer) {
        if let Some(Value::Stream(stream)) = &answer.value {
            self.result.clone_from(stream);
        }
    }
}

impl Face for Com {
    fn call(&mut self, request: &Request<'_>) -> Result<(Called, Heard), String> {
        let Request { member: name, args, null_out, image, track, during, listen } = *request;
        let known = member(name).ok_or_else(|| format!("there is no member `{name}`"))?;
        match known.of {
            Object::Point => {
                let called = self.sinks.call(&self.format, name, args, null_out)?;
                return Ok((called, Heard::default()));
            }
            Object::Image | Object::ComImage => {
                let stream = self.result.as_ref().ok_or("CreateResultImage has given no image")?;
                return Ok((image::call(stream, name, args, null_out)?, Heard::default()));
            }
            Object::Writer | Object::Recorder | Object::RecorderEx | Object::Creator | Object::Track => {}
        }
        let bytes = image.map(|image| bytes(image, args));
        let given = Given { recorder: &self.recorder, image: bytes.as_deref(), result: self.result.as_ref() };
        let arguments = given.arguments(known.args, args)?;
        let called = |null: bool, call: &dyn Fn(bool) -> Result<Answer, Misuse>| {
            call(null).map_err(|misuse| misuse.to_string()).and_then(|answer| sound(name, answer))
        };
        self.sinks.forget();
        let listener = listen.then(|| Listener::advise(&self.format, &self.recorder, during)).transpose()?;
        let answer = match known.of {
            Object::Recorder | Object::RecorderEx => called(null_out, &|null| match null {
                false => self.recorder.call(name, &arguments),
                true => self.recorder.call_with_null_result(name, &arguments),
            }),
            Object::Creator => called(null_out, &|null| match null {
                false => self.creator.call(name, &arguments),
                true => self.creator.call_with_null_result(name, &arguments),
            }),
            Object::Track => {
                let track = self.track(track.unwrap_or(0))?;
                called(null_out, &|null| match null {
                    false => track.call(name, &arguments),
                    true => track.call_with_null_result(name, &arguments),
                })
            }
            _ => called(null_out, &|null| match null {
                false => self.format.call(name, &arguments),
                true => self.format.call_with_null_result(name, &arguments),
            }),
        };
        let mut heard = listener.map(Listener::heard).transpose()?.unwrap_or_default();
        heard.by_sink = self.sinks.told();
        let answer = answer?;
        self.keep(&answer);
        Ok((read(&answer, &self.recorder), heard))
    }

    fn other_client(&mut self, client: &Client) -> Result<(), String> {
        match client {
            Client::Acquire(name) => self.other.acquire(true, name),
            Client::Release => self.other.release(),
        }
        .map_err(|error| error.to_string())
    }
}

/// What an argument may stand for.
struct Given<'a> {
    recorder: &'a ComRecorder,
    image: Option<&'a [u8]>,
    result: Option<&'a ComStream>,
}

impl<'a> Given<'a> {
    fn arguments(&self, takes: &[Arg], args: &'a [Term]) -> Result<Vec<Argument<'a>>, String> {
        takes.iter().zip(args).map(|(arg, term)| self.argument(*arg, term)).collect()
    }

    fn argument(&self, arg: Arg, term: &'a Term) -> Result<Argument<'a>, String> {
        Ok(match (arg, term) {
            (_, Term::None) => Argument::Null,
            (Arg::Recorder, _) => Argument::Recorder(self.recorder),
            (Arg::Bool, Term::Bool(yes)) => Argument::Bool(*yes),
            (Arg::Int, Term::Int(n)) => Argument::Int(long(*n)?),
            (Arg::Text, Term::Text(text)) => Argument::Text(text),
            (Arg::Stream, Term::Int(bytes)) => {
                Argument::Zeros(u64::try_from((*bytes).clamp(0, LARGEST_STREAM)).unwrap_or(0))
            }
            (Arg::Stream, Term::Text(text)) if text == "result" => {
                Argument::Stream(self.result.ok_or("CreateResultImage has given no image")?)
            }
            (Arg::Stream, Term::Text(_)) => Argument::Bytes(self.image.ok_or("the step has no image")?),
            (arg, term) => return Err(format!("{term} is not {}", arg.expected())),
        })
    }
}

fn long(n: i64) -> Result<i32, String> {
    i32::try_from(n).map_err(|_| format!("{n} does not fit a LONG"))
}

/// The bytes that `"image"` or `"tracks"` stands for.
fn bytes(image: &Image, args: &[Term]) -> Vec<u8> {
    if args.contains(&Term::Text("tracks".into())) {
        return image.tracks();
    }
    let mut bytes = Vec::new();
    (0..image.frames()).for_each(|n| image.append(n, &mut bytes));
    bytes
}

/// An answer that keeps COM's rules about results.
fn sound(name: &str, answer: Answer) -> Result<Answer, String> {
    match (answer.place, answer.hresult.is_success()) {
        (Place::Overrun, _) => Err(format!("{name} wrote past the end of its result")),
        (Place::Untouched, true) => Err(format!("{name} succeeded and gave no result")),
        (Place::Untouched, false) => {
            Err(format!("{name} failed with {} and left its result as it was", answer.hresult))
        }
        _ => Ok(answer),
    }
}

/// What came of a call, in a fixture's words.
fn read(answer: &Answer, recorder: &ComRecorder) -> Called {
    let value = answer.value.as_ref().map_or(Term::None, |value| term(value, recorder));
    plain(answer.hresult, value)
}

fn plain(code: HResult, value: Term) -> Called {
    Called { code, value, note: String::new() }
}

fn term(value: &Value, recorder: &ComRecorder) -> Term {
    match value {
        Value::Bool(yes) => (*yes).into(),
        Value::Int(n) => (*n).into(),
        Value::Text(text) => text.as_str().into(),
        Value::Ints(all) => all.clone().into(),
        Value::Texts(all) => all.clone().into(),
        Value::Speeds(all) => Term::List(all.iter().map(|one| speed(one, recorder)).collect()),
        Value::Recorder(None) | Value::Stream(None) | Value::Track(None) => Term::None,
        Value::Recorder(Some(set)) if set == recorder => DRIVE_NAME.into(),
        Value::Recorder(Some(_)) => "another drive".into(),
        Value::Stream(Some(_)) => "image".into(),
        Value::Track(Some(track)) => match track.call("get_TrackNumber", &[]) {
            Ok(Answer { value: Some(Value::Int(number)), .. }) => format!("track {number}").into(),
            _ => "a track without a number".into(),
        },
    }
}

/// Media type, rotation, speed: what the Rust face gives.
fn speed(speed: &ComWriteSpeed, recorder: &ComRecorder) -> Term {
    let members = ["get_MediaType", "get_RotationTypeIsPureCAV", "get_WriteSpeed"];
    let get = |member| match speed.call(member, &[]) {
        Ok(Answer { value: Some(value), .. }) => term(&value, recorder),
        _ => Term::None,
    };
    Term::List(members.into_iter().map(get).collect())
}
