//! The object's two doors: Rust, and COM.

use raw_cd::{Error, HResult, MediaPolicy, RawCd, Recorder, SectorType};
use raw_cd_com::client::{self, Argument, ComRawCd, ComRecorder};

use crate::allowed::S_OK;
use crate::call::{Answer, Call, Drive, Value};

/// A way to the object.
pub trait Door {
    fn new(policy: MediaPolicy, raw: Recorder, plain: Recorder) -> Self;
    fn call(&self, call: &Call) -> Answer;
}

pub struct RustDoor {
    object: RawCd,
    raw: Recorder,
    plain: Recorder,
}

impl RustDoor {
    fn drive(&self, drive: Drive) -> &Recorder {
        match drive {
            Drive::Raw => &self.raw,
            Drive::Plain => &self.plain,
        }
    }
}

fn answer<T>(result: Result<T, Error>, value: impl FnOnce(T) -> Value) -> Answer {
    match result {
        Ok(found) => Answer { code: S_OK, value: value(found) },
        Err(error) => Answer { code: error.hresult().0, value: Value::None },
    }
}

pub fn done(result: Result<(), Error>) -> Answer {
    answer(result, |()| Value::None)
}

fn code(result: Result<raw_cd::Adjustment, Error>) -> Answer {
    let code = result.map_or_else(|error| error.hresult(), raw_cd::Adjustment::hresult);
    Answer { code: code.0, value: Value::None }
}

impl Door for RustDoor {
    fn new(policy: MediaPolicy, raw: Recorder, plain: Recorder) -> Self {
        Self { object: RawCd::new(policy), raw, plain }
    }

    fn call(&self, call: &Call) -> Answer {
        let it = &self.object;
        let int = |n: i32| Value::Int(n.into());
        match call {
            Call::IsRecorderSupported(drive) => {
                answer(it.is_recorder_supported(self.drive(*drive)), Value::Bool)
            }
            Call::IsCurrentMediaSupported(drive) => {
                answer(it.is_current_media_supported(self.drive(*drive)), Value::Bool)
            }
            Call::MediaPhysicallyBlank => answer(it.media_physically_blank(), Value::Bool),
            Call::MediaHeuristicallyBlank => answer(it.media_heuristically_blank(), Value::Bool),
            Call::SupportedMediaTypes => {
                answer(Ok(it.supported_media_types()), |all| ints(all.iter().map(|one| one.0)))
            }
            Call::PrepareMedia => code(it.prepare_media()),
            Call::CancelWrite => done(it.cancel_write()),
            Call::ReleaseMedia => done(it.release_media()),
            Call::SetWriteSpeed(speed, cav) => code(it.set_write_speed(*speed, *cav)),
            Call::PutRecorder(drive) => done(it.set_recorder(drive.map(|drive| self.drive(drive)))),
            Call::Recorder => answer(Ok(it.recorder()), |set| {
                Value::Recorder(
                    set.map(|set| if set.is_same_handle(&self.raw) { Drive::Raw } else { Drive::Plain }),
                )
            }),
            Call::PutBufferUnderrunFreeDisabled(off) => done(it.set_buffer_underrun_free_disabled(*off)),
            Call::BufferUnderrunFreeDisabled => answer(Ok(it.buffer_underrun_free_disabled()), Value::Bool),
            Call::StartOfNextSession => answer(it.start_of_next_session(), |lba| int(lba.0)),
            Call::LastPossibleStartOfLeadout => answer(it.last_possible_start_of_leadout(), |lba| int(lba.0)),
            Call::CurrentPhysicalMediaType => answer(it.current_physical_media_type(), |kind| int(kind.0)),
            Call::SupportedSectorTypes => {
                answer(it.supported_sector_types(), |all| ints(all.iter().map(|one| one.0)))
            }
            Call::PutRequestedSectorType(kind) => done(it.set_requested_sector_type(SectorType(*kind))),
            Call::RequestedSectorType => answer(it.requested_sector_type(), |kind| int(kind.0)),
            Call::PutClientName(name) => done(it.set_client_name(name)),
            Call::ClientName => answer(Ok(it.client_name()), Value::Text),
            Call::RequestedWriteSpeed => answer(Ok(it.requested_write_speed()), int),
            Call::RequestedRotationTypeIsPureCAV => {
                answer(Ok(it.requested_rotation_type_is_pure_cav()), Value::Bool)
            }
            Call::CurrentWriteSpeed => answer(it.current_write_speed(), int),
            Call::CurrentRotationTypeIsPureCAV => answer(it.current_rotation_type_is_pure_cav(), Value::Bool),
            Call::SupportedWriteSpeeds => answer(it.supported_write_speeds(), |all| ints(all.into_iter())),
            Call::SupportedWriteSpeedDescriptors => answer(it.supported_write_speed_descriptors(), |all| {
                let row = |one: &raw_cd::WriteSpeedDescriptor| {
                    (one.media_type.0.into(), one.rotation_is_pure_cav, one.write_speed.into())
                };
                Value::Speeds(all.iter().map(row).collect())
            }),
            Call::OtherProgramAcquires
            | Call::OtherProgramReleases
            | Call::PressEject
            | Call::Insert(_)
            | Call::Wait(_) => unreachable!("not a member: {call:?}"),
        }
    }
}

fn ints(all: impl Iterator<Item = i32>) -> Value {
    Value::Ints(all.map(i64::from).collect())
}

pub struct ComDoor {
    object: ComRawCd,
    raw: ComRecorder,
    plain: ComRecorder,
}

impl Door for ComDoor {
    fn new(policy: MediaPolicy, raw: Recorder, plain: Recorder) -> Self {
        Self {
            object: ComRawCd::new(RawCd::new(policy)),
            raw: ComRecorder::new(raw, "raw"),
            plain: ComRecorder::new(plain, "plain"),
        }
    }

    fn call(&self, call: &Call) -> Answer {
        let drive = |drive: &Drive| {
            Argument::Recorder(match drive {
                Drive::Raw => &self.raw,
                Drive::Plain => &self.plain,
            })
        };
        // Debug's name of a member without arguments is its page's name; properties are read with `get_`.
        let (member, arguments) = match call {
            Call::IsRecorderSupported(one) => ("IsRecorderSupported".to_owned(), vec![drive(one)]),
            Call::IsCurrentMediaSupported(one) => ("IsCurrentMediaSupported".to_owned(), vec![drive(one)]),
            Call::PrepareMedia | Call::CancelWrite | Call::ReleaseMedia => (format!("{call:?}"), vec![]),
            Call::SetWriteSpeed(speed, cav) => {
                ("SetWriteSpeed".to_owned(), vec![Argument::Int(*speed), Argument::Bool(*cav)])
            }
            Call::PutRecorder(one) => {
                ("put_Recorder".to_owned(), vec![one.as_ref().map_or(Argument::Null, drive)])
            }
            Call::PutBufferUnderrunFreeDisabled(off) => {
                ("put_BufferUnderrunFreeDisabled".to_owned(), vec![Argument::Bool(*off)])
            }
            Call::PutRequestedSectorType(kind) => {
                ("put_RequestedSectorType".to_owned(), vec![Argument::Int(*kind)])
            }
            Call::PutClientName(name) => ("put_ClientName".to_owned(), vec![Argument::Text(name)]),
            property => (format!("get_{property:?}"), vec![]),
        };
        let answer = self.object.call(&member, &arguments).unwrap();
        assert_ne!(answer.place, client::Place::Overrun, "{member}");
        assert_ne!(answer.place, client::Place::Untouched, "{member}");
        let value = match (call, answer.value) {
            (_, None) => Value::None,
            // An empty array does not tell what its elements would be.
            (Call::SupportedWriteSpeedDescriptors, Some(client::Value::Ints(none))) if none.is_empty() => {
                Value::Speeds(vec![])
            }
            (_, Some(value)) => self.value(value),
        };
        Answer { code: answer.hresult.0, value }
    }
}

impl ComDoor {
    fn value(&self, value: client::Value) -> Value {
        match value {
            client::Value::Bool(yes) => Value::Bool(yes),
            client::Value::Int(n) => Value::Int(n),
            client::Value::Text(text) => Value::Text(text),
            client::Value::Ints(all) => Value::Ints(all),
            client::Value::Speeds(all) => Value::Speeds(all.iter().map(speed).collect()),
            client::Value::Recorder(set) => {
                Value::Recorder(set.map(|set| if set == self.raw { Drive::Raw } else { Drive::Plain }))
            }
            other @ (client::Value::Texts(_) | client::Value::Stream(_) | client::Value::Track(_)) => {
                panic!("no member here gives {other:?}")
            }
        }
    }
}

fn speed(one: &client::ComWriteSpeed) -> (i64, bool, i64) {
    let get = |member| {
        let answer = one.call(member, &[]).unwrap();
        assert_eq!(answer.hresult, HResult::S_OK, "{member}");
        answer.value
    };
    match (get("get_MediaType"), get("get_RotationTypeIsPureCAV"), get("get_WriteSpeed")) {
        (Some(client::Value::Int(kind)), Some(client::Value::Bool(cav)), Some(client::Value::Int(speed))) => {
            (kind, cav, speed)
        }
        other => panic!("{other:?}"),
    }
}
