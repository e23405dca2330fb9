//! The raw writing API in Rust, called by Microsoft's names.

mod creator;
mod recorder_ex;
mod stream;

use std::sync::{Arc, Mutex, PoisonError};

use raw_cd::{
    Error, HResult, MediaPolicy, RawCd, RawCdImage, RawImage, Recorder, SectorType, WriteProgress, Zeros,
};
use scsi_transport::Transport;

use crate::decode::Fields;
use crate::face::{Face, Heard, Request};
use crate::fixture::{Client, During, Policy};
use crate::image::Image;
use crate::judge::Called;
use crate::term::Term;
use creator::Creator;

/// A format object with a handle on the drive, and another client's handle.
#[derive(Debug)]
pub struct Api {
    format: RawCd,
    recorder: Recorder,
    other: Recorder,
    creator: Creator,
}

impl Api {
    /// A new format object in front of a drive.
    pub fn new(drive: impl Transport + Send + 'static, policy: Policy) -> Self {
        let recorder = Recorder::new(drive);
        let other = recorder.another();
        Self { format: RawCd::new(media_policy(policy)), recorder, other, creator: Creator::default() }
    }
}

/// The API's word for a fixture's policy.
pub const fn media_policy(policy: Policy) -> MediaPolicy {
    match policy {
        Policy::BlankOnly => MediaPolicy::BlankOnly,
        Policy::Appendable => MediaPolicy::Appendable,
    }
}

impl Face for Api {
    fn call(&mut self, request: &Request<'_>) -> Result<(Called, Heard), String> {
        let Request { member, args, image, during, .. } = *request;
        if let Some(called) = self.creator.call(request) {
            return Ok((called?, Heard::default()));
        }
        if !request.listen {
            let called = call(&self.format, &self.recorder, member, args, image, self.creator.result())?;
            return Ok((called, Heard::default()));
        }
        let heard = Arc::new(Mutex::new(Listener::new(during, &self.recorder)));
        let listener = Arc::clone(&heard);
        let subscription = self.format.on_update(move |format, progress| {
            listener.lock().unwrap_or_else(PoisonError::into_inner).hear(format, progress);
        });
        let called = call(&self.format, &self.recorder, member, args, image, self.creator.result());
        self.format.unsubscribe(subscription);
        let mut listener = heard.lock().unwrap_or_else(PoisonError::into_inner);
        Ok((called?, core::mem::take(&mut listener.heard)))
    }

    fn other_client(&mut self, client: &Client) -> Result<(), String> {
        match client {
            Client::Acquire(name) => self.other.acquire(true, name),
            Client::Release => self.other.release(),
        }
        .map_err(|error| error.to_string())
    }
}

/// Who is told of a write, and calls back.
struct Listener {
    during: Vec<During>,
    recorder: Recorder,
    heard: Heard,
}

impl Listener {
    fn new(during: &[During], recorder: &Recorder) -> Self {
        Self { during: during.to_vec(), recorder: recorder.clone(), heard: Heard::of(during) }
    }

    fn hear(&mut self, format: &RawCd, progress: &WriteProgress) {
        let action = format!("{:?}", progress.action);
        for (during, came) in self.during.iter().zip(&mut self.heard.during) {
            if during.action == action && came.is_none() {
                *came = Some(call(format, &self.recorder, &during.member, &during.args, None, None));
            }
        }
        self.heard.note(action.clone(), figures(progress, action));
    }
}

/// The figures of an event, by the names of [`FIGURES`](crate::face::FIGURES).
fn figures(progress: &WriteProgress, action: String) -> Fields {
    let WriteProgress { total_system_buffer: total, used_system_buffer: used, .. } = *progress;
    let free = progress.free_system_buffer;
    let seconds = |time: core::time::Duration| i64::try_from(time.as_secs()).unwrap_or(i64::MAX).into();
    let terms: [(&str, Term); 12] = [
        ("action", action.into()),
        ("start_lba", progress.start_lba.0.into()),
        ("sector_count", i64::from(progress.sector_count).into()),
        ("last_read_lba", progress.last_read_lba.0.into()),
        ("last_written_lba", progress.last_written_lba.0.into()),
        ("total_system_buffer", i64::from(total).into()),
        ("used_system_buffer", i64::from(used).into()),
        ("free_system_buffer", i64::from(free).into()),
        ("buffers_agree", (used.checked_add(free) == Some(total)).into()),
        ("elapsed", seconds(progress.elapsed)),
        ("remaining", seconds(progress.remaining)),
        ("sender", "writer".into()),
    ];
    terms.into_iter().map(|(name, term)| (name.to_owned(), term)).collect()
}

/// Calls one member.
fn call(
    format: &RawCd,
    recorder: &Recorder,
    member: &str,
    args: &[Term],
    image: Option<&Image>,
    result: Option<&mut RawCdImage>,
) -> Result<Called, String> {
    let wrong = || format!("{member} does not take {}", Term::List(args.to_vec()));
    let stream = |term: &Term| -> Result<Box<dyn RawImage + '_>, String> {
        match (term, image, result) {
            (Term::Int(bytes), ..) => Ok(Box::new(zeros(*bytes))),
            (Term::Text(text), _, Some(result)) if text == "result" => Ok(Box::new(result)),
            (Term::Text(text), Some(image), _) if text == "image" => Ok(Box::new(stream::of(image))),
            _ => Err(wrong()),
        }
    };
    Ok(match (member, args) {
        ("IsRecorderSupported", [Term::None]) | ("IsCurrentMediaSupported", [Term::None]) => {
            return Err(format!("{member} cannot be handed NULL in Rust: face: Com"));
        }
        ("IsRecorderSupported", [_]) => gives(format.is_recorder_supported(recorder)),
        ("IsCurrentMediaSupported", [_]) => gives(format.is_current_media_supported(recorder)),
        ("get_MediaPhysicallyBlank", []) => gives(format.media_physically_blank()),
        ("get_MediaHeuristicallyBlank", []) => gives(format.media_heuristically_blank()),
        ("get_SupportedMediaTypes", []) => {
            is(format.supported_media_types().iter().map(|media| media.0).collect::<Vec<_>>())
        }
        ("PrepareMedia", []) => match format.prepare_media() {
            Ok(adjustment) => code(adjustment.hresult()),
            Err(error) => failed(&error),
        },
        ("WriteMedia", [image]) => done(format.write_media(&mut *stream(image)?)),
        ("WriteMedia2", [image, Term::Int(sectors)]) => {
            done(format.write_media2(&mut *stream(image)?, int(*sectors)?))
        }
        ("CancelWrite", []) => done(format.cancel_write()),
        ("ReleaseMedia", []) => done(format.release_media()),
        ("SetWriteSpeed", [Term::Int(speed), Term::Bool(cav)]) => {
            match format.set_write_speed(int(*speed)?, *cav) {
                Ok(adjustment) => code(adjustment.hresult()),
                Err(error) => failed(&error),
            }
        }
        ("put_Recorder", [Term::None]) => done(format.set_recorder(None)),
        ("put_Recorder", [_]) => done(format.set_recorder(Some(recorder))),
        ("get_Recorder", []) => match format.recorder() {
            Some(set) if set.is_same_handle(recorder) => is("drive"),
            Some(_) => is("another drive"),
            None => is(Term::None),
        },
        ("put_BufferUnderrunFreeDisabled", [Term::Bool(off)]) => {
            done(format.set_buffer_underrun_free_disabled(*off))
        }
        ("get_BufferUnderrunFreeDisabled", []) => is(format.buffer_underrun_free_disabled()),
        ("get_StartOfNextSession", []) => gives(format.start_of_next_session().map(|lba| lba.0)),
        ("get_LastPossibleStartOfLeadout", []) => {
            gives(format.last_possible_start_of_leadout().map(|lba| lba.0))
        }
        ("get_CurrentPhysicalMediaType", []) => {
            gives(format.current_physical_media_type().map(|media| media.0))
        }
        ("get_SupportedSectorTypes", []) => gives(
            format.supported_sector_types().map(|types| types.iter().map(|one| one.0).collect::<Vec<_>>()),
        ),
        ("put_RequestedSectorType", [Term::Int(kind)]) => {
            done(format.set_requested_sector_type(SectorType(int(*kind)?)))
        }
        ("get_RequestedSectorType", []) => gives(format.requested_sector_type().map(|kind| kind.0)),
        ("put_ClientName", [Term::Text(name)]) => done(format.set_client_name(name)),
        ("put_ClientName", [Term::None]) => done(format.set_client_name("")),
        ("get_ClientName", []) => is(format.client_name()),
        ("get_RequestedWriteSpeed", []) => is(format.requested_write_speed()),
        ("get_RequestedRotationTypeIsPureCAV", []) => is(format.requested_rotation_type_is_pure_cav()),
        ("get_CurrentWriteSpeed", []) => gives(format.current_write_speed()),
        ("get_CurrentRotationTypeIsPureCAV", []) => gives(format.current_rotation_type_is_pure_cav()),
        ("get_SupportedWriteSpeeds", []) => gives(format.supported_write_speeds()),
        ("get_SupportedWriteSpeedDescriptors", []) => {
            gives(format.supported_write_speed_descriptors().map(|all| {
                all.iter()
                    .map(|one| {
                        Term::List(vec![
                            one.media_type.0.into(),
                            one.rotation_is_pure_cav.into(),
                            one.write_speed.into(),
                        ])
                    })
                    .collect::<Vec<_>>()
            }))
        }
        ("AcquireExclusiveAccess", [Term::Bool(force), name @ (Term::Text(_) | Term::None)]) => {
            let name = if let Term::Text(name) = name { name } else { "" };
            done(recorder.acquire(*force, name))
        }
        ("ReleaseExclusiveAccess", []) => done(recorder.release()),
        ("get_ExclusiveAccessOwner", []) => is(recorder.exclusive_access_owner().unwrap_or_default()),
        ("get_VendorId" | "get_ProductId" | "get_ProductRevision", []) => {
            return Err(format!("{member} is a member of the COM object: face: Com"));
        }
        _ => return recorder_ex::call(recorder, member, args).ok_or_else(wrong),
    })
}

/// The most bytes that a stream of a fixture may have: a whole disc with its sub-channels, twice.
pub const LARGEST_STREAM: i64 = 1 << 31;

fn zeros(bytes: i64) -> Zeros {
    Zeros::new(u64::try_from(bytes.clamp(0, LARGEST_STREAM)).unwrap_or(0))
}

fn int(n: i64) -> Result<i32, String> {
    i32::try_from(n).map_err(|_| format!("{n} does not fit a LONG"))
}

fn code(code: HResult) -> Called {
    Called { code, value: Term::None, note: String::new() }
}

fn is(value: impl Into<Term>) -> Called {
    Called { code: HResult::S_OK, value: value.into(), note: String::new() }
}

fn failed(error: &Error) -> Called {
    Called { code: error.hresult(), value: Term::None, note: error.to_string() }
}

fn done(result: Result<(), Error>) -> Called {
    match result {
        Ok(()) => code(HResult::S_OK),
        Err(error) => failed(&error),
    }
}

fn gives<T: Into<Term>>(result: Result<T, Error>) -> Called {
    match result {
        Ok(value) => is(value),
        Err(error) => failed(&error),
    }
}
