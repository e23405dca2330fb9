//! `IDiscFormat2RawCD` on top of [`RawCd`]: the same answers in other clothes.

#![allow(missing_docs, reason = "the implementing macro makes items that cannot carry a comment")]
#![allow(missing_debug_implementations, reason = "the implementing macro's outer object")]

use core::ffi::c_void;
use std::sync::{Arc, Mutex, MutexGuard, PoisonError};

use raw_cd::{HResult, RawCd, SectorType};
use windows_core::{GUID, HRESULT, IUnknown, IUnknownImpl, Interface, implement};

use crate::automation::{BSTR, SAFEARRAY, Variant, VariantBool, bstr};
use crate::border::{self, Failure, out, plain};
use crate::dispatch::implement_dispatch;
use crate::events::{ConnectionPoint, Sinks, Telling};
use crate::interfaces::{
    IConnectionPointContainer, IConnectionPointContainer_Impl, IDiscFormat2_Impl, IDiscFormat2RawCD,
    IDiscFormat2RawCD_Impl, IDiscRecorder2, IStream, IWriteSpeedDescriptor,
};
use crate::members;
use crate::recorder_object::RecorderObject;
use crate::speed_object::SpeedObject;
use crate::stream::StreamImage;

/// A raw CD writer behind `IDiscFormat2RawCD`, `IDiscFormat2`, `IDispatch` and, for its events,
/// `IConnectionPointContainer`.
///
/// `IDiscFormat2RawCD::from(RawCdObject::new(RawCd::default()))` is the interface pointer.
///
/// NULL where a result belongs is `E_POINTER` before any other check, in every state. A result is
/// blanked (FALSE, 0, NULL) before the work begins, so that is what a failure leaves. Panics end
/// here as `E_FAIL`.
#[implement(IDiscFormat2RawCD, IConnectionPointContainer, Agile = false)]
pub struct RawCdObject {
    /// `None` only while it is dropped.
    session: Option<RawCd>,
    /// The pointer that `put_Recorder` was given, for `get_Recorder` to give back.
    recorder: Mutex<Option<IDiscRecorder2>>,
    sinks: Arc<Sinks>,
}

impl RawCdObject {
    /// Puts a writer behind the interfaces. The recorder of `session` is `get_Recorder`'s answer only
    /// once it has been set through `put_Recorder`.
    pub fn new(session: RawCd) -> Self {
        Self { session: Some(session), recorder: Mutex::new(None), sinks: Arc::default() }
    }

    fn session(&self) -> Result<&RawCd, Failure> {
        self.session.as_ref().ok_or(Failure(HResult::E_FAIL))
    }

    fn recorder(&self) -> MutexGuard<'_, Option<IDiscRecorder2>> {
        self.recorder.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

impl Drop for RawCdObject {
    /// Dropping a prepared writer talks to the drive; a panic there must not reach `Release`.
    fn drop(&mut self) {
        let session = self.session.take();
        let _ = border::stopped(|| {
            drop(session);
            Ok(())
        });
    }
}

/// A recorder argument: NULL, ours, or somebody else's.
///
/// # Safety
/// `raw` is NULL or a living object.
unsafe fn recorder_argument(raw: &*mut c_void) -> Result<Option<IDiscRecorder2>, Failure> {
    // SAFETY: the caller's contract.
    let Some(object) = (unsafe { IUnknown::from_raw_borrowed(raw) }) else { return Ok(None) };
    let recorder = object.cast::<IDiscRecorder2>().map_err(|_| HResult::E_NOINTERFACE)?;
    if recorder.is_object::<RecorderObject>() {
        Ok(Some(recorder))
    } else {
        Err(HResult::E_NOINTERFACE.into())
    }
}

/// The drive behind one of our recorders.
fn drive(recorder: &IDiscRecorder2) -> Result<raw_cd::Recorder, Failure> {
    let object = recorder.cast_object_ref::<RecorderObject>().map_err(|_| HResult::E_NOINTERFACE)?;
    Ok(object.drive().clone())
}

/// A recorder argument that may not be NULL.
///
/// # Safety
/// `raw` is NULL or a living object.
unsafe fn required_drive(raw: &*mut c_void) -> Result<raw_cd::Recorder, Failure> {
    // SAFETY: the caller's contract.
    let recorder = unsafe { recorder_argument(raw)? };
    drive(&recorder.ok_or(HResult::E_POINTER)?)
}

/// A stream argument, which may not be NULL.
///
/// # Safety
/// `raw` is NULL or a living `IStream`.
pub(crate) unsafe fn stream_argument(raw: &*mut c_void) -> Result<StreamImage, Failure> {
    // SAFETY: the caller's contract.
    let stream = unsafe { IStream::from_raw_borrowed(raw) };
    Ok(StreamImage(stream.ok_or(HResult::E_POINTER)?.clone()))
}

/// Answers through a result pointer.
macro_rules! result {
    ($place:expr, $work:expr) => {
        // SAFETY: the interface's contract: the pointer is NULL or valid for writing, other pointers
        // are NULL or what their type says, as long as the call lasts.
        unsafe { out($place, || $work) }
    };
}

impl RawCdObject_Impl {
    /// Events reach the sinks while this lives.
    fn telling(&self) -> Result<Telling<'_>, Failure> {
        Ok(Telling::begin(self.session()?, self.to_interface(), Arc::clone(&self.sinks)))
    }
}

impl IConnectionPointContainer_Impl for RawCdObject_Impl {
    unsafe fn EnumConnectionPoints(&self, points: *mut *mut c_void) -> HRESULT {
        result!(points, Err(HResult::E_NOTIMPL.into()))
    }

    unsafe fn FindConnectionPoint(&self, iid: *const GUID, point: *mut *mut c_void) -> HRESULT {
        result!(point, {
            let iid = iid.as_ref().ok_or(HResult::E_POINTER)?;
            ConnectionPoint::find(self.to_interface(), &self.sinks, iid).map(Interface::into_raw)
        })
    }
}

implement_dispatch!(RawCdObject_Impl, IDiscFormat2RawCD, members::RAW_CD);

impl IDiscFormat2_Impl for RawCdObject_Impl {
    unsafe fn IsRecorderSupported(&self, recorder: *mut c_void, value: *mut VariantBool) -> HRESULT {
        result!(value, Ok(self.session()?.is_recorder_supported(&required_drive(&recorder)?)?.into()))
    }

    unsafe fn IsCurrentMediaSupported(&self, recorder: *mut c_void, value: *mut VariantBool) -> HRESULT {
        result!(value, Ok(self.session()?.is_current_media_supported(&required_drive(&recorder)?)?.into()))
    }

    unsafe fn get_MediaPhysicallyBlank(&self, value: *mut VariantBool) -> HRESULT {
        result!(value, Ok(self.session()?.media_physically_blank()?.into()))
    }

    unsafe fn get_MediaHeuristicallyBlank(&self, value: *mut VariantBool) -> HRESULT {
        result!(value, Ok(self.session()?.media_heuristically_blank()?.into()))
    }

    /// Elements are `VT_I4` (Microsoft: IDiscFormat2::get_SupportedMediaTypes).
    unsafe fn get_SupportedMediaTypes(&self, value: *mut *mut SAFEARRAY) -> HRESULT {
        result!(value, {
            let types = self.session()?.supported_media_types();
            border::array(types.into_iter().map(|media_type| Variant::from(media_type.0)).collect())
        })
    }
}

impl IDiscFormat2RawCD_Impl for RawCdObject_Impl {
    unsafe fn PrepareMedia(&self) -> HRESULT {
        plain(|| Ok(self.session()?.prepare_media()?))
    }

    unsafe fn WriteMedia(&self, data: *mut c_void) -> HRESULT {
        plain(|| {
            // SAFETY: the interface's contract.
            let mut image = unsafe { stream_argument(&data)? };
            let _telling = self.telling()?;
            Ok(self.session()?.write_media(&mut image)?)
        })
    }

    unsafe fn WriteMedia2(&self, data: *mut c_void, stream_lead_in_sectors: i32) -> HRESULT {
        plain(|| {
            // SAFETY: the interface's contract.
            let mut image = unsafe { stream_argument(&data)? };
            let _telling = self.telling()?;
            Ok(self.session()?.write_media2(&mut image, stream_lead_in_sectors)?)
        })
    }

    unsafe fn CancelWrite(&self) -> HRESULT {
        plain(|| Ok(self.session()?.cancel_write()?))
    }

    unsafe fn ReleaseMedia(&self) -> HRESULT {
        plain(|| Ok(self.session()?.release_media()?))
    }

    unsafe fn SetWriteSpeed(&self, requested_sectors_per_second: i32, pure_cav: VariantBool) -> HRESULT {
        plain(|| Ok(self.session()?.set_write_speed(requested_sectors_per_second, pure_cav.is_true())?))
    }

    /// NULL clears. A recorder that is not ours does not lead to a drive: `E_NOINTERFACE`, whatever
    /// the state.
    unsafe fn put_Recorder(&self, value: *mut c_void) -> HRESULT {
        plain(|| {
            // SAFETY: the interface's contract.
            let recorder = unsafe { recorder_argument(&value)? };
            let drive = recorder.as_ref().map(drive).transpose()?;
            let mut held = self.recorder();
            self.session()?.set_recorder(drive.as_ref())?;
            let old = core::mem::replace(&mut *held, recorder);
            // The old one's Release is not ours to run under a lock.
            drop(held);
            drop(old);
            Ok(())
        })
    }

    unsafe fn get_Recorder(&self, value: *mut *mut c_void) -> HRESULT {
        result!(value, {
            let recorder = self.recorder().clone();
            Ok(recorder.map_or(core::ptr::null_mut(), Interface::into_raw))
        })
    }

    unsafe fn put_BufferUnderrunFreeDisabled(&self, value: VariantBool) -> HRESULT {
        plain(|| Ok(self.session()?.set_buffer_underrun_free_disabled(value.is_true())?))
    }

    unsafe fn get_BufferUnderrunFreeDisabled(&self, value: *mut VariantBool) -> HRESULT {
        result!(value, Ok(self.session()?.buffer_underrun_free_disabled().into()))
    }

    unsafe fn get_StartOfNextSession(&self, value: *mut i32) -> HRESULT {
        result!(value, Ok(self.session()?.start_of_next_session()?.0))
    }

    unsafe fn get_LastPossibleStartOfLeadout(&self, value: *mut i32) -> HRESULT {
        result!(value, Ok(self.session()?.last_possible_start_of_leadout()?.0))
    }

    unsafe fn get_CurrentPhysicalMediaType(&self, value: *mut i32) -> HRESULT {
        result!(value, Ok(self.session()?.current_physical_media_type()?.0))
    }

    /// Elements are `VT_UI4` (Microsoft: IDiscFormat2RawCD::get_SupportedSectorTypes).
    unsafe fn get_SupportedSectorTypes(&self, value: *mut *mut SAFEARRAY) -> HRESULT {
        result!(value, {
            let types = self.session()?.supported_sector_types()?;
            border::array(types.into_iter().map(|sector_type| unsigned(sector_type.0)).collect())
        })
    }

    unsafe fn put_RequestedSectorType(&self, value: i32) -> HRESULT {
        plain(|| Ok(self.session()?.set_requested_sector_type(SectorType(value))?))
    }

    unsafe fn get_RequestedSectorType(&self, value: *mut i32) -> HRESULT {
        result!(value, Ok(self.session()?.requested_sector_type()?.0))
    }

    /// NULL is the empty string and as bad a name, not `E_POINTER` (IMAPI erase sample).
    unsafe fn put_ClientName(&self, value: BSTR) -> HRESULT {
        plain(|| {
            // SAFETY: the interface's contract.
            let name = unsafe { bstr::text(value) }.unwrap_or_default();
            Ok(self.session()?.set_client_name(&name)?)
        })
    }

    unsafe fn get_ClientName(&self, value: *mut BSTR) -> HRESULT {
        result!(value, border::text(&self.session()?.client_name()))
    }

    unsafe fn get_RequestedWriteSpeed(&self, value: *mut i32) -> HRESULT {
        result!(value, Ok(self.session()?.requested_write_speed()))
    }

    unsafe fn get_RequestedRotationTypeIsPureCAV(&self, value: *mut VariantBool) -> HRESULT {
        result!(value, Ok(self.session()?.requested_rotation_type_is_pure_cav().into()))
    }

    unsafe fn get_CurrentWriteSpeed(&self, value: *mut i32) -> HRESULT {
        result!(value, Ok(self.session()?.current_write_speed()?))
    }

    unsafe fn get_CurrentRotationTypeIsPureCAV(&self, value: *mut VariantBool) -> HRESULT {
        result!(value, Ok(self.session()?.current_rotation_type_is_pure_cav()?.into()))
    }

    /// Elements are `VT_UI4` (Microsoft: IDiscFormat2RawCD::get_SupportedWriteSpeeds).
    unsafe fn get_SupportedWriteSpeeds(&self, value: *mut *mut SAFEARRAY) -> HRESULT {
        result!(value, {
            let speeds = self.session()?.supported_write_speeds()?;
            border::array(speeds.into_iter().map(unsigned).collect())
        })
    }

    /// Elements are `VT_DISPATCH` of `IWriteSpeedDescriptor`.
    unsafe fn get_SupportedWriteSpeedDescriptors(&self, value: *mut *mut SAFEARRAY) -> HRESULT {
        result!(value, {
            let speeds = self.session()?.supported_write_speed_descriptors()?;
            let objects = speeds.into_iter().map(|speed| {
                let object = IWriteSpeedDescriptor::from(SpeedObject::new(speed));
                Variant::dispatch(Some(object.into()))
            });
            border::array(objects.collect())
        })
    }
}

/// A number as `VT_UI4`.
fn unsigned(number: i32) -> Variant {
    Variant::from(number as u32)
}
