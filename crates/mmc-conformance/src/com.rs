//! The raw writing API as a COM object, called through its vtable by Microsoft's names.

use raw_cd::{RawCd, Recorder};
use raw_cd_com::client::{Answer, Argument, ComRawCd, ComRecorder, Place, Value};
use scsi_transport::Transport;

use crate::api::{LARGEST_STREAM, media_policy};
use crate::face::{Face, Heard, Request};
use crate::fixture::{Client, Policy};
use crate::judge::Called;
use crate::member::{Arg, member};
use crate::term::Term;

/// What the recorder says it is called.
const DRIVE_NAME: &str = "drive";

/// A format object and a recorder behind COM, and another client's handle.
#[derive(Debug)]
pub struct Com {
    format: ComRawCd,
    recorder: ComRecorder,
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
            other,
        }
    }

    fn argument<'a>(
        &'a self,
        arg: Arg,
        term: &'a Term,
        image: Option<&'a [u8]>,
    ) -> Result<Argument<'a>, String> {
        Ok(match (arg, term) {
            (_, Term::None) => Argument::Null,
            (Arg::Recorder, _) => Argument::Recorder(&self.recorder),
            (Arg::Bool, Term::Bool(yes)) => Argument::Bool(*yes),
            (Arg::Int, Term::Int(n)) => {
                Argument::Int(i32::try_from(*n).map_err(|_| format!("{n} does not fit a LONG"))?)
            }
            (Arg::Text, Term::Text(text)) => Argument::Text(text),
            (Arg::Stream, Term::Int(bytes)) => {
                Argument::Zeros(u64::try_from((*bytes).clamp(0, LARGEST_STREAM)).unwrap_or(0))
            }
            (Arg::Stream, Term::Text(_)) => Argument::Bytes(image.ok_or("the step has no image")?),
            (arg, term) => return Err(format!("{term} is not {}", arg.expected())),
        })
    }

    fn term(&self, value: &Value) -> Term {
        match value {
            Value::Bool(yes) => (*yes).into(),
            Value::Int(n) => (*n).into(),
            Value::Text(text) => text.as_str().into(),
            Value::Ints(all) => all.clone().into(),
            Value::Texts(all) => all.clone().into(),
            Value::Speeds(all) => Term::List(all.iter().map(|speed| self.speed(speed)).collect()),
            Value::Recorder(None) => Term::None,
            Value::Recorder(Some(set)) if *set == self.recorder => DRIVE_NAME.into(),
            Value::Recorder(Some(_)) => "another drive".into(),
        }
    }

    /// Media type, rotation, speed: what the Rust face gives.
    fn speed(&self, speed: &raw_cd_com::client::ComWriteSpeed) -> Term {
        let members = ["get_MediaType", "get_RotationTypeIsPureCAV", "get_WriteSpeed"];
        let get = |member| match speed.call(member, &[]) {
            Ok(Answer { value: Some(value), .. }) => self.term(&value),
            _ => Term::None,
        };
        Term::List(members.into_iter().map(get).collect())
    }
}

impl Face for Com {
    fn call(&mut self, request: &Request<'_>) -> Result<(Called, Heard), String> {
        let Request { member: name, args, null_out, image, .. } = *request;
        let image = image.map(|image| {
            let mut bytes = Vec::new();
            (0..image.frames()).for_each(|n| image.append(n, &mut bytes));
            bytes
        });
        let known = member(name).ok_or_else(|| format!("there is no member `{name}`"))?;
        let arguments = known
            .args
            .iter()
            .zip(args)
            .map(|(arg, term)| self.argument(*arg, term, image.as_deref()))
            .collect::<Result<Vec<_>, _>>()?;
        let answer = match (of_recorder(name), null_out) {
            (true, false) => self.recorder.call(name, &arguments),
            (true, true) => self.recorder.call_with_null_result(name, &arguments),
            (false, false) => self.format.call(name, &arguments),
            (false, true) => self.format.call_with_null_result(name, &arguments),
        }
        .map_err(|misuse| misuse.to_string())?;
        match (answer.place, answer.hresult.is_success()) {
            (Place::Overrun, _) => return Err(format!("{name} wrote past the end of its result")),
            (Place::Untouched, true) => return Err(format!("{name} succeeded and gave no result")),
            (Place::Untouched, false) => {
                return Err(format!("{name} failed with {} and left its result as it was", answer.hresult));
            }
            _ => {}
        }
        let value = answer.value.as_ref().map_or(Term::None, |value| self.term(value));
        Ok((Called { code: answer.hresult, value, note: String::new() }, Heard::default()))
    }

    fn other_client(&mut self, client: &Client) -> Result<(), String> {
        match client {
            Client::Acquire(name) => self.other.acquire(true, name),
            Client::Release => self.other.release(),
        }
        .map_err(|error| error.to_string())
    }
}

/// Whether a member is one of IDiscRecorder2's.
fn of_recorder(name: &str) -> bool {
    matches!(
        name,
        "AcquireExclusiveAccess"
            | "ReleaseExclusiveAccess"
            | "get_ExclusiveAccessOwner"
            | "get_VendorId"
            | "get_ProductId"
            | "get_ProductRevision"
    )
}
