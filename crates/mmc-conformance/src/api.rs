//! The raw writing API in Rust, called by Microsoft's names.

mod recorder_ex;

use raw_cd::{Error, HResult, ImageError, MediaPolicy, RawCd, RawImage, Recorder, SectorType};
use scsi_transport::Transport;

use crate::face::Face;
use crate::fixture::{Client, Policy};
use crate::judge::Called;
use crate::term::Term;

/// A format object with a handle on the drive, and another client's handle.
#[derive(Debug)]
pub struct Api {
    format: RawCd,
    recorder: Recorder,
    other: Recorder,
}

impl Api {
    /// A new format object in front of a drive.
    pub fn new(drive: impl Transport + Send + 'static, policy: Policy) -> Self {
        let recorder = Recorder::new(drive);
        let other = recorder.another();
        Self { format: RawCd::new(media_policy(policy)), recorder, other }
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
    fn call(&mut self, member: &str, args: &[Term], _null_out: bool) -> Result<Called, String> {
        let wrong = || format!("{member} does not take {}", Term::List(args.to_vec()));
        let format = &self.format;
        Ok(match (member, args) {
            ("IsRecorderSupported", [Term::None]) | ("IsCurrentMediaSupported", [Term::None]) => {
                return Err(format!("{member} cannot be handed NULL in Rust: face: Com"));
            }
            ("IsRecorderSupported", [_]) => gives(format.is_recorder_supported(&self.recorder)),
            ("IsCurrentMediaSupported", [_]) => gives(format.is_current_media_supported(&self.recorder)),
            ("get_MediaPhysicallyBlank", []) => gives(format.media_physically_blank()),
            ("get_MediaHeuristicallyBlank", []) => gives(format.media_heuristically_blank()),
            ("get_SupportedMediaTypes", []) => {
                is(format.supported_media_types().iter().map(|media| media.0).collect::<Vec<_>>())
            }
            ("PrepareMedia", []) => match format.prepare_media() {
                Ok(adjustment) => code(adjustment.hresult()),
                Err(error) => failed(&error),
            },
            ("WriteMedia", [Term::Int(bytes)]) => done(format.write_media(&mut zeros(*bytes))),
            ("WriteMedia2", [Term::Int(bytes), Term::Int(sectors)]) => {
                done(format.write_media2(&mut zeros(*bytes), int(*sectors)?))
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
            ("put_Recorder", [_]) => done(format.set_recorder(Some(&self.recorder))),
            ("get_Recorder", []) => match format.recorder() {
                Some(set) if set.is_same_handle(&self.recorder) => is("drive"),
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
                format
                    .supported_sector_types()
                    .map(|types| types.iter().map(|one| one.0).collect::<Vec<_>>()),
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
                done(self.recorder.acquire(*force, name))
            }
            ("ReleaseExclusiveAccess", []) => done(self.recorder.release()),
            ("get_ExclusiveAccessOwner", []) => {
                is(self.recorder.exclusive_access_owner().unwrap_or_default())
            }
            ("get_VendorId" | "get_ProductId" | "get_ProductRevision", []) => {
                return Err(format!("{member} is a member of the COM object: face: Com"));
            }
            _ => return recorder_ex::call(&self.recorder, member, args).ok_or_else(wrong),
        })
    }

    fn other_client(&mut self, client: &Client) -> Result<(), String> {
        match client {
            Client::Acquire(name) => self.other.acquire(true, name),
            Client::Release => self.other.release(),
        }
        .map_err(|error| error.to_string())
    }
}

/// The most bytes that a stream of a fixture may have: a whole disc with its sub-channels, twice.
pub const LARGEST_STREAM: i64 = 1 << 31;

/// A stream of zeros that takes no room.
struct Zeros {
    bytes: u64,
    at: u64,
}

fn zeros(bytes: i64) -> Zeros {
    Zeros { bytes: u64::try_from(bytes.clamp(0, LARGEST_STREAM)).unwrap_or(0), at: 0 }
}

impl RawImage for Zeros {
    fn bytes(&mut self) -> Result<u64, ImageError> {
        Ok(self.bytes)
    }

    fn seek_to(&mut self, offset: u64) -> Result<(), ImageError> {
        self.at = offset;
        Ok(())
    }

    fn read_some(&mut self, buffer: &mut [u8]) -> Result<usize, ImageError> {
        let left = usize::try_from(self.bytes.saturating_sub(self.at)).unwrap_or(usize::MAX);
        let count = left.min(buffer.len());
        buffer[..count].fill(0);
        self.at += count as u64;
        Ok(count)
    }
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
