//! `IWriteSpeedDescriptor` on top of [`WriteSpeedDescriptor`].
//!
//! Microsoft: IWriteSpeedDescriptor (imapi2.h), its members MediaType, RotationTypeIsPureCAV and
//! WriteSpeed.

#![allow(missing_docs, reason = "the implementing macro makes items that cannot carry a comment")]
#![allow(missing_debug_implementations, reason = "the implementing macro's outer object")]

use raw_cd::WriteSpeedDescriptor;
use windows_core::{HRESULT, implement};

use crate::automation::VariantBool;
use crate::border::out;
use crate::dispatch::implement_dispatch;
use crate::interfaces::{IWriteSpeedDescriptor, IWriteSpeedDescriptor_Impl};
use crate::members;

/// A write speed behind `IWriteSpeedDescriptor` and `IDispatch`.
#[implement(IWriteSpeedDescriptor, Agile = false)]
pub struct SpeedObject(WriteSpeedDescriptor);

impl SpeedObject {
    /// Puts a speed behind the interfaces.
    pub const fn new(speed: WriteSpeedDescriptor) -> Self {
        Self(speed)
    }
}

implement_dispatch!(SpeedObject_Impl, IWriteSpeedDescriptor, members::WRITE_SPEED);

impl IWriteSpeedDescriptor_Impl for SpeedObject_Impl {
    unsafe fn get_MediaType(&self, value: *mut i32) -> HRESULT {
        // SAFETY: the interface's contract is that of `out`.
        unsafe { out(value, || Ok(self.0.media_type.0)) }
    }

    unsafe fn get_RotationTypeIsPureCAV(&self, value: *mut VariantBool) -> HRESULT {
        // SAFETY: as above.
        unsafe { out(value, || Ok(self.0.rotation_is_pure_cav.into())) }
    }

    unsafe fn get_WriteSpeed(&self, value: *mut i32) -> HRESULT {
        // SAFETY: as above.
        unsafe { out(value, || Ok(self.0.write_speed)) }
    }
}
