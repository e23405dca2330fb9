//! The interfaces as they lie in memory: identifiers, and methods in the order of their slots.
//!
//! Source: Microsoft, `imapi2.idl` of the Windows SDK (identifiers, order, types, and the DISPIDs
//! of [`crate::members`]); `oaidl.h` for `IDispatch`; `objidl.h` for `ISequentialStream` and
//! `IStream`. windows-core knows `IUnknown` on every system, the rest is declared here.
//!
//! Every interface pointer is a bare pointer and every result an `HRESULT`, as a C caller sees
//! them. Slots 0 to 2 are `IUnknown`, 3 to 6 `IDispatch`.

#![allow(non_snake_case, reason = "Microsoft's names")]
#![allow(missing_docs, reason = "the declaring macro makes items that cannot carry a comment")]
#![allow(missing_debug_implementations, reason = "vtables of the declaring macro")]
#![allow(unsafe_op_in_unsafe_fn, reason = "code of the declaring macro")]
#![allow(clippy::undocumented_unsafe_blocks, reason = "code of the declaring macro")]
#![allow(clippy::missing_safety_doc, reason = "the contract is the same everywhere; see below")]
#![allow(clippy::too_many_arguments, reason = "IDispatch::Invoke has nine")]

mod image_creator;

use core::ffi::c_void;

use windows_core::{GUID, HRESULT, IUnknown, IUnknown_Vtbl, interface};

pub use image_creator::*;

use crate::automation::{BSTR, SAFEARRAY, Variant, VariantBool};

// The contract of every method: pointers are NULL or valid for what their type says during the
// call; an interface pointer is NULL or points at a living object.

/// `DISPPARAMS`: the arguments of [`IDispatch`]'s `Invoke`, last one first.
#[repr(C)]
#[derive(Debug)]
pub struct DISPPARAMS {
    /// The arguments, in reverse order.
    pub rgvarg: *mut Variant,
    /// DISPIDs of the named arguments; a property put names one, `DISPID_PROPERTYPUT` (-3).
    pub rgdispidNamedArgs: *mut i32,
    /// Arguments.
    pub cArgs: u32,
    /// Named arguments.
    pub cNamedArgs: u32,
}

/// Calls by name and number (oaidl.h).
#[interface("00020400-0000-0000-C000-000000000046")]
pub unsafe trait IDispatch: IUnknown {
    /// 3. How many type descriptions there are, 0 or 1.
    pub fn GetTypeInfoCount(&self, count: *mut u32) -> HRESULT;
    /// 4. The type description.
    pub fn GetTypeInfo(&self, index: u32, locale: u32, info: *mut *mut c_void) -> HRESULT;
    /// 5. The DISPIDs of a member and its arguments.
    pub fn GetIDsOfNames(
        &self,
        iid: *const GUID,
        names: *const *const u16,
        count: u32,
        locale: u32,
        ids: *mut i32,
    ) -> HRESULT;
    /// 6. Calls a member.
    pub fn Invoke(
        &self,
        member: i32,
        iid: *const GUID,
        locale: u32,
        flags: u16,
        arguments: *mut DISPPARAMS,
        result: *mut Variant,
        exception: *mut c_void,
        argument: *mut u32,
    ) -> HRESULT;
}

/// What every format object answers.
#[interface("27354152-8F64-5B0F-8F00-5D77AFBE261E")]
pub unsafe trait IDiscFormat2: IDispatch {
    /// 7.
    pub fn IsRecorderSupported(&self, recorder: *mut c_void, value: *mut VariantBool) -> HRESULT;
    /// 8.
    pub fn IsCurrentMediaSupported(&self, recorder: *mut c_void, value: *mut VariantBool) -> HRESULT;
    /// 9.
    pub fn get_MediaPhysicallyBlank(&self, value: *mut VariantBool) -> HRESULT;
    /// 10.
    pub fn get_MediaHeuristicallyBlank(&self, value: *mut VariantBool) -> HRESULT;
    /// 11.
    pub fn get_SupportedMediaTypes(&self, value: *mut *mut SAFEARRAY) -> HRESULT;
}

/// Writing a CD in raw mode.
#[interface("27354155-8F64-5B0F-8F00-5D77AFBE261E")]
pub unsafe trait IDiscFormat2RawCD: IDiscFormat2 {
    /// 12.
    pub fn PrepareMedia(&self) -> HRESULT;
    /// 13.
    pub fn WriteMedia(&self, data: *mut c_void) -> HRESULT;
    /// 14.
    pub fn WriteMedia2(&self, data: *mut c_void, streamLeadInSectors: i32) -> HRESULT;
    /// 15.
    pub fn CancelWrite(&self) -> HRESULT;
    /// 16.
    pub fn ReleaseMedia(&self) -> HRESULT;
    /// 17.
    pub fn SetWriteSpeed(
        &self,
        RequestedSectorsPerSecond: i32,
        RotationTypeIsPureCAV: VariantBool,
    ) -> HRESULT;
    /// 18.
    pub fn put_Recorder(&self, value: *mut c_void) -> HRESULT;
    /// 19.
    pub fn get_Recorder(&self, value: *mut *mut c_void) -> HRESULT;
    /// 20.
    pub fn put_BufferUnderrunFreeDisabled(&self, value: VariantBool) -> HRESULT;
    /// 21.
    pub fn get_BufferUnderrunFreeDisabled(&self, value: *mut VariantBool) -> HRESULT;
    /// 22.
    pub fn get_StartOfNextSession(&self, value: *mut i32) -> HRESULT;
    /// 23.
    pub fn get_LastPossibleStartOfLeadout(&self, value: *mut i32) -> HRESULT;
    /// 24.
    pub fn get_CurrentPhysicalMediaType(&self, value: *mut i32) -> HRESULT;
    /// 25.
    pub fn get_SupportedSectorTypes(&self, value: *mut *mut SAFEARRAY) -> HRESULT;
    /// 26.
    pub fn put_RequestedSectorType(&self, value: i32) -> HRESULT;
    /// 27.
    pub fn get_RequestedSectorType(&self, value: *mut i32) -> HRESULT;
    /// 28.
    pub fn put_ClientName(&self, value: BSTR) -> HRESULT;
    /// 29.
    pub fn get_ClientName(&self, value: *mut BSTR) -> HRESULT;
    /// 30.
    pub fn get_RequestedWriteSpeed(&self, value: *mut i32) -> HRESULT;
    /// 31.
    pub fn get_RequestedRotationTypeIsPureCAV(&self, value: *mut VariantBool) -> HRESULT;
    /// 32.
    pub fn get_CurrentWriteSpeed(&self, value: *mut i32) -> HRESULT;
    /// 33.
    pub fn get_CurrentRotationTypeIsPureCAV(&self, value: *mut VariantBool) -> HRESULT;
    /// 34.
    pub fn get_SupportedWriteSpeeds(&self, supportedSpeeds: *mut *mut SAFEARRAY) -> HRESULT;
    /// 35.
    pub fn get_SupportedWriteSpeedDescriptors(
        &self,
        supportedSpeedDescriptors: *mut *mut SAFEARRAY,
    ) -> HRESULT;
}

/// A drive.
#[interface("27354133-7F64-5B0F-8F00-5D77AFBE261E")]
pub unsafe trait IDiscRecorder2: IDispatch {
    /// 7.
    pub fn EjectMedia(&self) -> HRESULT;
    /// 8.
    pub fn CloseTray(&self) -> HRESULT;
    /// 9. The string, unnamed in the IDL, is the client's name.
    pub fn AcquireExclusiveAccess(&self, force: VariantBool, clientName: BSTR) -> HRESULT;
    /// 10.
    pub fn ReleaseExclusiveAccess(&self) -> HRESULT;
    /// 11.
    pub fn DisableMcn(&self) -> HRESULT;
    /// 12.
    pub fn EnableMcn(&self) -> HRESULT;
    /// 13.
    pub fn InitializeDiscRecorder(&self, recorderUniqueId: BSTR) -> HRESULT;
    /// 14.
    pub fn get_ActiveDiscRecorder(&self, value: *mut BSTR) -> HRESULT;
    /// 15.
    pub fn get_VendorId(&self, value: *mut BSTR) -> HRESULT;
    /// 16.
    pub fn get_ProductId(&self, value: *mut BSTR) -> HRESULT;
    /// 17.
    pub fn get_ProductRevision(&self, value: *mut BSTR) -> HRESULT;
    /// 18.
    pub fn get_VolumeName(&self, value: *mut BSTR) -> HRESULT;
    /// 19.
    pub fn get_VolumePathNames(&self, value: *mut *mut SAFEARRAY) -> HRESULT;
    /// 20.
    pub fn get_DeviceCanLoadMedia(&self, value: *mut VariantBool) -> HRESULT;
    /// 21.
    pub fn get_LegacyDeviceNumber(&self, legacyDeviceNumber: *mut i32) -> HRESULT;
    /// 22.
    pub fn get_SupportedFeaturePages(&self, value: *mut *mut SAFEARRAY) -> HRESULT;
    /// 23.
    pub fn get_CurrentFeaturePages(&self, value: *mut *mut SAFEARRAY) -> HRESULT;
    /// 24.
    pub fn get_SupportedProfiles(&self, value: *mut *mut SAFEARRAY) -> HRESULT;
    /// 25.
    pub fn get_CurrentProfiles(&self, value: *mut *mut SAFEARRAY) -> HRESULT;
    /// 26.
    pub fn get_SupportedModePages(&self, value: *mut *mut SAFEARRAY) -> HRESULT;
    /// 27.
    pub fn get_ExclusiveAccessOwner(&self, value: *mut BSTR) -> HRESULT;
}

/// A write speed that drive and disc offer together.
#[interface("27354144-7F64-5B0F-8F00-5D77AFBE261E")]
pub unsafe trait IWriteSpeedDescriptor: IDispatch {
    /// 7.
    pub fn get_MediaType(&self, value: *mut i32) -> HRESULT;
    /// 8.
    pub fn get_RotationTypeIsPureCAV(&self, value: *mut VariantBool) -> HRESULT;
    /// 9. Sectors per second.
    pub fn get_WriteSpeed(&self, value: *mut i32) -> HRESULT;
}

/// What an event of a write engine tells.
#[interface("27354136-7F64-5B0F-8F00-5D77AFBE261E")]
pub unsafe trait IWriteEngine2EventArgs: IDispatch {
    /// 7.
    pub fn get_StartLba(&self, value: *mut i32) -> HRESULT;
    /// 8.
    pub fn get_SectorCount(&self, value: *mut i32) -> HRESULT;
    /// 9.
    pub fn get_LastReadLba(&self, value: *mut i32) -> HRESULT;
    /// 10.
    pub fn get_LastWrittenLba(&self, value: *mut i32) -> HRESULT;
    /// 11. Bytes.
    pub fn get_TotalSystemBuffer(&self, value: *mut i32) -> HRESULT;
    /// 12. Bytes.
    pub fn get_UsedSystemBuffer(&self, value: *mut i32) -> HRESULT;
    /// 13. Bytes.
    pub fn get_FreeSystemBuffer(&self, value: *mut i32) -> HRESULT;
}

/// What an event of a raw write tells.
#[interface("27354143-7F64-5B0F-8F00-5D77AFBE261E")]
pub unsafe trait IDiscFormat2RawCDEventArgs: IWriteEngine2EventArgs {
    /// 14.
    pub fn get_CurrentAction(&self, value: *mut i32) -> HRESULT;
    /// 15. Seconds.
    pub fn get_ElapsedTime(&self, value: *mut i32) -> HRESULT;
    /// 16. Seconds.
    pub fn get_RemainingTime(&self, value: *mut i32) -> HRESULT;
}

/// Who is told of a raw write: the client's own.
#[interface("27354142-7F64-5B0F-8F00-5D77AFBE261E")]
pub unsafe trait DDiscFormat2RawCDEvents: IDispatch {
    /// 7. DISPID 200h. `object` writes; `progress` is an [`IDiscFormat2RawCDEventArgs`].
    pub fn Update(&self, object: *mut c_void, progress: *mut c_void) -> HRESULT;
}

/// An object that has events (ocidl.h).
#[interface("B196B284-BAB4-101A-B69C-00AA00341D07")]
pub unsafe trait IConnectionPointContainer: IUnknown {
    /// 3.
    pub fn EnumConnectionPoints(&self, points: *mut *mut c_void) -> HRESULT;
    /// 4.
    pub fn FindConnectionPoint(&self, iid: *const GUID, point: *mut *mut c_void) -> HRESULT;
}

/// One kind of events (ocidl.h).
#[interface("B196B286-BAB4-101A-B69C-00AA00341D07")]
pub unsafe trait IConnectionPoint: IUnknown {
    /// 3.
    pub fn GetConnectionInterface(&self, iid: *mut GUID) -> HRESULT;
    /// 4.
    pub fn GetConnectionPointContainer(&self, container: *mut *mut c_void) -> HRESULT;
    /// 5.
    pub fn Advise(&self, sink: *mut c_void, cookie: *mut u32) -> HRESULT;
    /// 6.
    pub fn Unadvise(&self, cookie: u32) -> HRESULT;
    /// 7.
    pub fn EnumConnections(&self, connections: *mut *mut c_void) -> HRESULT;
}

/// Bytes in a row (objidl.h).
#[interface("0C733A30-2A1C-11CE-ADE5-00AA0044773D")]
pub unsafe trait ISequentialStream: IUnknown {
    /// 3.
    pub fn Read(&self, buffer: *mut c_void, bytes: u32, read: *mut u32) -> HRESULT;
    /// 4.
    pub fn Write(&self, buffer: *const c_void, bytes: u32, written: *mut u32) -> HRESULT;
}

/// Bytes with a position and a size (objidl.h).
#[interface("0000000C-0000-0000-C000-000000000046")]
pub unsafe trait IStream: ISequentialStream {
    /// 5. `origin`: 0 from the start, 1 from the position, 2 from the end.
    pub fn Seek(&self, distance: i64, origin: u32, position: *mut u64) -> HRESULT;
    /// 6.
    pub fn SetSize(&self, bytes: u64) -> HRESULT;
    /// 7.
    pub fn CopyTo(&self, stream: *mut c_void, bytes: u64, read: *mut u64, written: *mut u64) -> HRESULT;
    /// 8.
    pub fn Commit(&self, flags: u32) -> HRESULT;
    /// 9.
    pub fn Revert(&self) -> HRESULT;
    /// 10.
    pub fn LockRegion(&self, offset: u64, bytes: u64, kind: u32) -> HRESULT;
    /// 11.
    pub fn UnlockRegion(&self, offset: u64, bytes: u64, kind: u32) -> HRESULT;
    /// 12. Fills a `STATSTG`.
    pub fn Stat(&self, statistics: *mut c_void, flags: u32) -> HRESULT;
    /// 13.
    pub fn Clone(&self, stream: *mut *mut c_void) -> HRESULT;
}

#[cfg(test)]
mod tests {
    use super::*;

    /// A vtable is nothing but slots, so its size says how many there are.
    #[test]
    fn vtables_have_as_many_slots_as_the_idl_lists() {
        const POINTER: usize = size_of::<*const ()>();
        for (name, bytes, slots) in [
            ("IDispatch", size_of::<IDispatch_Vtbl>(), 7),
            ("IDiscFormat2", size_of::<IDiscFormat2_Vtbl>(), 12),
            ("IDiscFormat2RawCD", size_of::<IDiscFormat2RawCD_Vtbl>(), 36),
            ("IDiscRecorder2", size_of::<IDiscRecorder2_Vtbl>(), 28),
            ("IWriteSpeedDescriptor", size_of::<IWriteSpeedDescriptor_Vtbl>(), 10),
            ("IDiscFormat2RawCDEventArgs", size_of::<IDiscFormat2RawCDEventArgs_Vtbl>(), 17),
            ("DDiscFormat2RawCDEvents", size_of::<DDiscFormat2RawCDEvents_Vtbl>(), 8),
            ("IConnectionPointContainer", size_of::<IConnectionPointContainer_Vtbl>(), 5),
            ("IConnectionPoint", size_of::<IConnectionPoint_Vtbl>(), 8),
            ("IStream", size_of::<IStream_Vtbl>(), 14),
        ] {
            assert_eq!(bytes, slots * POINTER, "{name}");
        }
    }

    /// The slot numbers, against the offset of each entry in the vtable.
    #[test]
    fn slots_stand_where_the_idl_puts_them() {
        macro_rules! at { ($vtable:ty { $($name:ident = $slot:literal),* $(,)? }) => { $(
            assert_eq!(
                core::mem::offset_of!($vtable, $name),
                $slot * size_of::<*const ()>(),
                stringify!($name)
            );
        )* } }
        at!(IDiscFormat2_Vtbl {
            IsRecorderSupported = 7,
            IsCurrentMediaSupported = 8,
            get_MediaPhysicallyBlank = 9,
            get_MediaHeuristicallyBlank = 10,
            get_SupportedMediaTypes = 11,
        });
        at!(IDiscFormat2RawCD_Vtbl {
            PrepareMedia = 12,
            WriteMedia = 13,
            WriteMedia2 = 14,
            CancelWrite = 15,
            ReleaseMedia = 16,
            SetWriteSpeed = 17,
            put_Recorder = 18,
            get_Recorder = 19,
            put_BufferUnderrunFreeDisabled = 20,
            get_BufferUnderrunFreeDisabled = 21,
            get_StartOfNextSession = 22,
            get_LastPossibleStartOfLeadout = 23,
            get_CurrentPhysicalMediaType = 24,
            get_SupportedSectorTypes = 25,
            put_RequestedSectorType = 26,
            get_RequestedSectorType = 27,
            put_ClientName = 28,
            get_ClientName = 29,
            get_RequestedWriteSpeed = 30,
            get_RequestedRotationTypeIsPureCAV = 31,
            get_CurrentWriteSpeed = 32,
            get_CurrentRotationTypeIsPureCAV = 33,
            get_SupportedWriteSpeeds = 34,
            get_SupportedWriteSpeedDescriptors = 35,
        });
        at!(IDiscRecorder2_Vtbl {
            EjectMedia = 7,
            AcquireExclusiveAccess = 9,
            InitializeDiscRecorder = 13,
            get_ActiveDiscRecorder = 14,
            get_VendorId = 15,
            get_ProductRevision = 17,
            get_DeviceCanLoadMedia = 20,
            get_ExclusiveAccessOwner = 27,
        });
    }
}
