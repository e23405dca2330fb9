//! By slot number alone, without the tables or types of this crate.

use core::ffi::c_void;

use raw_cd::{HResult, RawCd, Recorder};
use windows_core::Interface;

use super::drive::TestDrive;
use crate::interfaces::{IDiscFormat2RawCD, IDiscRecorder2};
use crate::{RawCdObject, RecorderObject};

/// The function in a slot, as a C caller finds it: for use where the test vouches that the slot
/// holds a function of this signature.
macro_rules! slot {
    ($object:expr, $slot:literal, $signature:ty) => {{
        let vtable = $object.as_raw().cast::<*const *const c_void>().read();
        core::mem::transmute::<*const c_void, $signature>(vtable.add($slot).read())
    }};
}

type Plain = unsafe extern "system" fn(*mut c_void) -> i32;
type Pointer = unsafe extern "system" fn(*mut c_void, *mut c_void) -> i32;
type Long = unsafe extern "system" fn(*mut c_void, *mut i32) -> i32;

/// imapi2.h, vtable of IDiscFormat2RawCD; two independent bindings number these slots alike.
#[test]
fn slots_22_and_23_are_the_two_addresses() {
    let recorder = IDiscRecorder2::from(RecorderObject::new(Recorder::new(TestDrive::default()), ""));
    let writer = IDiscFormat2RawCD::from(RawCdObject::new(RawCd::default()));
    let this = writer.as_raw();
    let mut start = 1;
    let mut last = 1;
    let units: Vec<u16> = "slots".encode_utf16().collect();
    let name = crate::automation::Bstr::from_units(&units).unwrap();
    // SAFETY: signatures as in imapi2.h, living objects, room for each result.
    unsafe {
        assert_eq!(slot!(writer, 22, Long)(this, &raw mut start) as u32, 0xC0AA_0602);
        assert_eq!(slot!(writer, 18, Pointer)(this, recorder.as_raw()), 0);
        assert_eq!(slot!(writer, 28, Pointer)(this, name.as_raw().cast()), 0);
        assert_eq!(slot!(writer, 12, Plain)(this), 0);
        assert_eq!(slot!(writer, 22, Long)(this, &raw mut start), 0);
        assert_eq!(slot!(writer, 23, Long)(this, &raw mut last), 0);
        assert_eq!((start, last), (-11_634, 359_849));
        assert_eq!(slot!(writer, 16, Plain)(this), 0);
        assert_eq!(slot!(writer, 23, Long)(this, &raw mut last) as u32, 0xC0AA_0602);
        assert_eq!(last, 0, "blank after a failure");
        assert_eq!(slot!(writer, 15, Plain)(this) as u32, 0xC0AA_0601, "CancelWrite");
    }
}

#[test]
fn every_slot_holds_a_function_of_its_own() {
    let writer = IDiscFormat2RawCD::from(RawCdObject::new(RawCd::default()));
    // SAFETY: the vtable has 36 slots by its type.
    let vtable = unsafe {
        let vtable = writer.as_raw().cast::<*const *const c_void>().read();
        core::slice::from_raw_parts(vtable, 36)
    };
    for (n, entry) in vtable.iter().enumerate() {
        assert!(!entry.is_null(), "slot {n}");
    }
}

/// What calls by the table's numbers reaches the object's method of that name: each member is asked
/// on a fresh object, where its answer tells it from its neighbours as far as answers differ.
#[test]
fn members_without_recorder_answer_by_their_own_rule() {
    use crate::client::{Argument, ComRawCd, Value};
    let none = HResult::E_IMAPI_DF2RAW_NO_RECORDER_SPECIFIED;
    let unprepared = HResult::E_IMAPI_DF2RAW_MEDIA_IS_NOT_PREPARED;
    let name = HResult::E_IMAPI_DF2RAW_CLIENT_NAME_IS_NOT_VALID;
    // Microsoft: return values on the page of each member, in a state without recorder.
    for (member, arguments, hresult, value) in [
        ("IsRecorderSupported", vec![Argument::Null], HResult::E_POINTER, None),
        ("IsCurrentMediaSupported", vec![Argument::Null], HResult::E_POINTER, None),
        ("get_MediaPhysicallyBlank", vec![], HResult::E_POINTER, None),
        ("get_MediaHeuristicallyBlank", vec![], HResult::E_POINTER, None),
        ("get_SupportedMediaTypes", vec![], HResult::S_OK, Some(Value::Ints(vec![2, 3]))),
        ("PrepareMedia", vec![], none, None),
        ("WriteMedia", vec![Argument::Zeros(2448)], unprepared, None),
        ("WriteMedia2", vec![Argument::Zeros(2448), Argument::Int(22_650)], unprepared, None),
        ("CancelWrite", vec![], HResult::E_IMAPI_DF2RAW_WRITE_NOT_IN_PROGRESS, None),
        ("ReleaseMedia", vec![], unprepared, None),
        (
            "SetWriteSpeed",
            vec![Argument::Int(300), Argument::Bool(false)],
            HResult::E_IMAPI_RECORDER_REQUIRED,
            None,
        ),
        ("put_Recorder", vec![Argument::Null], HResult::S_OK, None),
        ("get_Recorder", vec![], HResult::S_OK, Some(Value::Recorder(None))),
        ("put_BufferUnderrunFreeDisabled", vec![Argument::Bool(true)], unprepared, None),
        ("get_BufferUnderrunFreeDisabled", vec![], HResult::S_OK, Some(Value::Bool(false))),
        ("get_StartOfNextSession", vec![], unprepared, None),
        ("get_LastPossibleStartOfLeadout", vec![], unprepared, None),
        ("get_CurrentPhysicalMediaType", vec![], none, None),
        ("get_SupportedSectorTypes", vec![], HResult::E_POINTER, None),
        ("put_RequestedSectorType", vec![Argument::Int(3)], unprepared, None),
        ("get_RequestedSectorType", vec![], unprepared, None),
        ("put_ClientName", vec![Argument::Null], name, None),
        ("get_ClientName", vec![], HResult::S_OK, Some(Value::Text(String::new()))),
        ("get_RequestedWriteSpeed", vec![], HResult::S_OK, Some(Value::Int(-1))),
        ("get_RequestedRotationTypeIsPureCAV", vec![], HResult::S_OK, Some(Value::Bool(false))),
        ("get_CurrentWriteSpeed", vec![], none, None),
        ("get_CurrentRotationTypeIsPureCAV", vec![], none, None),
        ("get_SupportedWriteSpeeds", vec![], none, None),
        ("get_SupportedWriteSpeedDescriptors", vec![], none, None),
    ] {
        let answer = ComRawCd::new(RawCd::default()).call(member, &arguments).unwrap();
        assert_eq!((answer.hresult, answer.value), (hresult, value), "{member}");
    }
}
