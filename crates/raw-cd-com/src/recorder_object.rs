//! `IDiscRecorder2` on top of [`Recorder`].

#![allow(missing_docs, reason = "the implementing macro makes items that cannot carry a comment")]
#![allow(missing_debug_implementations, reason = "the implementing macro's outer object")]

use std::sync::{Mutex, PoisonError};

use mmc_wire::block::inquiry::{InquiryData, StandardInquiry};
use mmc_wire::command::Inquiry;
use raw_cd::{COMMAND_TIMEOUT, HResult, Recorder};
use windows_core::{HRESULT, implement};

use crate::automation::{BSTR, SAFEARRAY, VariantBool, bstr};
use crate::border::{self, Blank, Failure, out, plain};
use crate::dispatch::implement_dispatch;
use crate::interfaces::{IDiscRecorder2, IDiscRecorder2_Impl};
use crate::members;

/// A drive behind `IDiscRecorder2` and `IDispatch`.
///
/// Served are the identity of the drive and exclusive access. The other members exist at their
/// slots, check their pointers, and answer `E_NOTIMPL`.
#[implement(IDiscRecorder2, Agile = false)]
pub struct RecorderObject {
    drive: Recorder,
    id: String,
    /// What INQUIRY said: asked once, as Windows asks when it finds the drive, so that a locked
    /// drive can still say its name.
    inquiry: Mutex<Option<StandardInquiry>>,
}

impl RecorderObject {
    /// Puts a drive behind the interfaces. `id` is what `ActiveDiscRecorder` gives back.
    pub fn new(drive: Recorder, id: &str) -> Self {
        Self { drive, id: id.to_owned(), inquiry: Mutex::new(None) }
    }

    /// The drive.
    pub(crate) const fn drive(&self) -> &Recorder {
        &self.drive
    }

    /// One of the identification fields, with the blanks that fill it (Microsoft:
    /// IDiscRecorder2::get_VendorId; clients trim).
    fn identity(&self, field: impl FnOnce(&StandardInquiry) -> &[u8]) -> Result<BSTR, Failure> {
        let mut known = self.inquiry.lock().unwrap_or_else(PoisonError::into_inner);
        let inquiry = match &mut *known {
            Some(inquiry) => inquiry,
            unknown => {
                let command = Inquiry { vital: false, page: 0, allocation: 36 };
                match self.drive.query(&command, COMMAND_TIMEOUT)? {
                    InquiryData::Standard(inquiry) => unknown.insert(inquiry),
                    InquiryData::Vital(_) => {
                        return Err(HResult::E_IMAPI_RECORDER_INVALID_RESPONSE_FROM_DEVICE.into());
                    }
                }
            }
        };
        border::text(&String::from_utf8_lossy(field(inquiry)))
    }
}

/// A member with a result that is not served.
///
/// # Safety
/// As [`out`].
unsafe fn not_served<T: Blank>(place: *mut T) -> HRESULT {
    // SAFETY: the caller's contract.
    unsafe { out(place, || Err(HResult::E_NOTIMPL.into())) }
}

/// Answers through a result pointer.
macro_rules! result {
    ($place:expr, $work:expr) => {
        // SAFETY: the interface's contract: the pointer is NULL or valid for writing.
        unsafe { out($place, || $work) }
    };
}

/// The same where nothing is served.
macro_rules! not_served {
    ($place:expr) => {
        // SAFETY: the interface's contract: the pointer is NULL or valid for writing.
        unsafe { not_served($place) }
    };
}

implement_dispatch!(RecorderObject_Impl, IDiscRecorder2, members::RECORDER);

impl IDiscRecorder2_Impl for RecorderObject_Impl {
    unsafe fn EjectMedia(&self) -> HRESULT {
        border::raw(HResult::E_NOTIMPL)
    }

    unsafe fn CloseTray(&self) -> HRESULT {
        border::raw(HResult::E_NOTIMPL)
    }

    unsafe fn AcquireExclusiveAccess(&self, force: VariantBool, client_name: BSTR) -> HRESULT {
        plain(|| {
            // SAFETY: the interface's contract: NULL or a valid string.
            let name = unsafe { bstr::text(client_name) }.unwrap_or_default();
            Ok(self.drive.acquire(force.is_true(), &name)?)
        })
    }

    unsafe fn ReleaseExclusiveAccess(&self) -> HRESULT {
        plain(|| Ok(self.drive.release()?))
    }

    unsafe fn DisableMcn(&self) -> HRESULT {
        border::raw(HResult::E_NOTIMPL)
    }

    unsafe fn EnableMcn(&self) -> HRESULT {
        border::raw(HResult::E_NOTIMPL)
    }

    unsafe fn InitializeDiscRecorder(&self, _id: BSTR) -> HRESULT {
        border::raw(HResult::E_NOTIMPL)
    }

    unsafe fn get_ActiveDiscRecorder(&self, value: *mut BSTR) -> HRESULT {
        result!(value, border::text(&self.id))
    }

    unsafe fn get_VendorId(&self, value: *mut BSTR) -> HRESULT {
        result!(value, self.identity(|inquiry| &inquiry.vendor.0))
    }

    unsafe fn get_ProductId(&self, value: *mut BSTR) -> HRESULT {
        result!(value, self.identity(|inquiry| &inquiry.product.0))
    }

    unsafe fn get_ProductRevision(&self, value: *mut BSTR) -> HRESULT {
        result!(value, self.identity(|inquiry| &inquiry.revision.0))
    }

    unsafe fn get_VolumeName(&self, value: *mut BSTR) -> HRESULT {
        not_served!(value)
    }

    unsafe fn get_VolumePathNames(&self, value: *mut *mut SAFEARRAY) -> HRESULT {
        not_served!(value)
    }

    unsafe fn get_DeviceCanLoadMedia(&self, value: *mut VariantBool) -> HRESULT {
        not_served!(value)
    }

    unsafe fn get_LegacyDeviceNumber(&self, value: *mut i32) -> HRESULT {
        not_served!(value)
    }

    unsafe fn get_SupportedFeaturePages(&self, value: *mut *mut SAFEARRAY) -> HRESULT {
        not_served!(value)
    }

    unsafe fn get_CurrentFeaturePages(&self, value: *mut *mut SAFEARRAY) -> HRESULT {
        not_served!(value)
    }

    unsafe fn get_SupportedProfiles(&self, value: *mut *mut SAFEARRAY) -> HRESULT {
        not_served!(value)
    }

    unsafe fn get_CurrentProfiles(&self, value: *mut *mut SAFEARRAY) -> HRESULT {
        not_served!(value)
    }

    unsafe fn get_SupportedModePages(&self, value: *mut *mut SAFEARRAY) -> HRESULT {
        not_served!(value)
    }

    /// Nobody holds it: the empty string.
    unsafe fn get_ExclusiveAccessOwner(&self, value: *mut BSTR) -> HRESULT {
        result!(value, border::text(&self.drive.exclusive_access_owner().unwrap_or_default()))
    }
}
