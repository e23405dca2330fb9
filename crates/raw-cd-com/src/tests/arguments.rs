//! NULL pointers, results after a failure, values there and back.

use raw_cd::{HResult, RawCd, Recorder};
use windows_core::{HRESULT, Interface};

use super::drive::TestDrive;
use super::{State, call, good, writer};
use crate::automation::{Array, Bstr, SAFEARRAY, Variant, VariantType, live};
use crate::client::{Argument, ComRawCd, ComRecorder, Misuse, Place, Value};
use crate::interfaces::{IDiscFormat2RawCD, IDiscRecorder2};
use crate::members::{Gives, RAW_CD, RECORDER, Takes};
use crate::{RawCdObject, RecorderObject};

/// Microsoft's pages list E_POINTER first, and the erase sample checks pointers first everywhere;
/// that this holds in every state is the recommended reading.
#[test]
fn null_result_is_e_pointer_in_every_state() {
    for state in State::ALL {
        let (writer, recorder) = writer(state);
        let mut asked = 0;
        for member in RAW_CD.members.iter().filter(|member| member.gives != Gives::Nothing) {
            let arguments = match member.takes {
                Takes::Nothing => vec![vec![]],
                Takes::Recorder => vec![vec![Argument::Recorder(&recorder)], vec![Argument::Null]],
                other => panic!("{}: a member with a result takes {other:?}", member.name),
            };
            for arguments in arguments {
                let answer = writer.call_with_null_result(member.name, &arguments).unwrap();
                assert_eq!(answer.hresult, HResult::E_POINTER, "{} {state:?}", member.name);
                asked += 1;
            }
        }
        assert_eq!(asked, 21, "19 members with a result, two of them asked twice");
    }
}

#[test]
fn null_result_is_e_pointer_for_every_member_of_the_recorder() {
    let recorder = ComRecorder::new(Recorder::new(TestDrive::default()), "drive 0");
    for member in RECORDER.members.iter().filter(|member| member.gives != Gives::Nothing) {
        let answer = recorder.call_with_null_result(member.name, &[]).unwrap();
        assert_eq!(answer.hresult, HResult::E_POINTER, "{}", member.name);
    }
}

/// The erase sample blanks results first; what a failure leaves is FALSE, 0 or NULL.
#[test]
fn a_failure_leaves_a_blank_result_and_nothing_beyond_it() {
    let mut failures = 0;
    for state in State::ALL {
        let (writer, recorder) = writer(state);
        for member in RAW_CD.members.iter().filter(|member| member.gives != Gives::Nothing) {
            for recorder in
                [Argument::Recorder(&recorder), Argument::Null, Argument::ForeignRecorder(&writer)]
            {
                let arguments = if member.takes == Takes::Recorder { vec![recorder] } else { vec![] };
                let answer = call(&writer, member.name, &arguments);
                if answer.hresult.is_success() {
                    assert!(matches!(answer.place, Place::Set | Place::Blank), "{} {answer:?}", member.name);
                    assert!(answer.value.is_some(), "{}", member.name);
                } else {
                    assert_eq!(answer.place, Place::Blank, "{} {state:?} {}", member.name, answer.hresult);
                    failures += 1;
                }
            }
        }
    }
    assert!(failures > 50, "only {failures} failures were seen");
}

#[test]
fn null_arguments_have_three_meanings() {
    for state in State::ALL {
        let (writer, _recorder) = writer(state);
        for member in ["IsRecorderSupported", "IsCurrentMediaSupported", "WriteMedia"] {
            assert_eq!(
                call(&writer, member, &[Argument::Null]).hresult,
                HResult::E_POINTER,
                "{member} {state:?}"
            );
        }
        let answer = call(&writer, "WriteMedia2", &[Argument::Null, Argument::Int(22_650)]);
        assert_eq!(answer.hresult, HResult::E_POINTER, "{state:?}");
    }

    let (unprepared, _recorder) = writer(State::Unprepared);
    let answer = call(&unprepared, "put_ClientName", &[Argument::Null]);
    assert_eq!(answer.hresult, HResult::E_IMAPI_DF2RAW_CLIENT_NAME_IS_NOT_VALID);
    assert_eq!(good(&unprepared, "get_ClientName", &[]), Some(Value::Text("rawcd test".to_owned())));

    good(&unprepared, "put_Recorder", &[Argument::Null]);
    assert_eq!(good(&unprepared, "get_Recorder", &[]), Some(Value::Recorder(None)));
}

#[test]
fn a_recorder_of_another_make_is_no_interface() {
    let (writer, recorder) = writer(State::Unprepared);
    let foreign = ComRawCd::new(RawCd::default());
    for member in ["put_Recorder", "IsRecorderSupported", "IsCurrentMediaSupported"] {
        let answer = call(&writer, member, &[Argument::ForeignRecorder(&foreign)]);
        assert_eq!(answer.hresult, HResult::E_NOINTERFACE, "{member}");
    }
    assert_eq!(
        good(&writer, "get_Recorder", &[]),
        Some(Value::Recorder(Some(recorder))),
        "the old one stays"
    );
    assert_eq!(foreign.references(), 1);
}

#[test]
fn values_come_through_as_they_are() {
    let (writer, recorder) = writer(State::Prepared);
    let int = |value| Some(Value::Int(value));
    assert_eq!(good(&writer, "get_StartOfNextSession", &[]), int(-11_634));
    assert_eq!(good(&writer, "get_LastPossibleStartOfLeadout", &[]), int(359_849));
    assert_eq!(good(&writer, "get_CurrentPhysicalMediaType", &[]), int(2));
    assert_eq!(good(&writer, "get_RequestedSectorType", &[]), int(2));
    assert_eq!(good(&writer, "get_MediaPhysicallyBlank", &[]), Some(Value::Bool(true)));
    assert_eq!(good(&writer, "get_CurrentWriteSpeed", &[]), int(3000));
    assert_eq!(good(&writer, "get_SupportedSectorTypes", &[]), Some(Value::Ints(vec![1, 2, 3])));
    assert_eq!(good(&writer, "get_SupportedWriteSpeeds", &[]), Some(Value::Ints(vec![3000, 300])));
    assert_eq!(
        good(&writer, "IsRecorderSupported", &[Argument::Recorder(&recorder)]),
        Some(Value::Bool(true))
    );

    good(&writer, "put_RequestedSectorType", &[Argument::Int(3)]);
    assert_eq!(good(&writer, "get_RequestedSectorType", &[]), int(3));
    good(&writer, "put_BufferUnderrunFreeDisabled", &[Argument::Bool(true)]);
    assert_eq!(good(&writer, "get_BufferUnderrunFreeDisabled", &[]), Some(Value::Bool(true)));

    let Some(Value::Speeds(speeds)) = good(&writer, "get_SupportedWriteSpeedDescriptors", &[]) else {
        panic!("an array of descriptors")
    };
    let speeds: Vec<_> = speeds
        .iter()
        .map(|speed| ["get_MediaType", "get_WriteSpeed"].map(|name| speed.call(name, &[]).unwrap().value))
        .collect();
    assert_eq!(speeds, [[int(2), int(3000)], [int(2), int(300)]]);
}

/// Microsoft: IDiscFormat2::get_SupportedMediaTypes (VT_I4), get_SupportedSectorTypes and
/// get_SupportedWriteSpeeds (VT_UI4), get_SupportedWriteSpeedDescriptors (VT_DISPATCH).
#[test]
fn array_elements_have_the_documented_types() {
    let recorder = IDiscRecorder2::from(RecorderObject::new(Recorder::new(TestDrive::default()), ""));
    let writer = IDiscFormat2RawCD::from(RawCdObject::new(RawCd::default()));
    let name = Bstr::new("rawcd test").unwrap();
    // SAFETY: this contract is the caller's; IDiscFormat2 is a base of the interface.
    let media_types = |writer: &IDiscFormat2RawCD, place| unsafe { writer.get_SupportedMediaTypes(place) };
    // SAFETY: living objects, a valid string, room for a result.
    let types = |member: unsafe fn(&IDiscFormat2RawCD, *mut *mut SAFEARRAY) -> HRESULT| unsafe {
        let mut raw = core::ptr::null_mut();
        assert!(member(&writer, &raw mut raw).is_ok());
        let array = Array::from_raw(raw).unwrap();
        array.elements().iter().map(Variant::vt).collect::<Vec<_>>()
    };
    // SAFETY: as above.
    unsafe {
        assert!(writer.put_Recorder(recorder.as_raw()).is_ok());
        assert!(writer.put_ClientName(name.as_raw()).is_ok());
        assert!(writer.PrepareMedia().is_ok());
    }
    assert_eq!(types(media_types), [VariantType::I4; 2]);
    assert_eq!(types(IDiscFormat2RawCD::get_SupportedSectorTypes), [VariantType::UI4; 3]);
    assert_eq!(types(IDiscFormat2RawCD::get_SupportedWriteSpeeds), [VariantType::UI4; 2]);
    assert_eq!(types(IDiscFormat2RawCD::get_SupportedWriteSpeedDescriptors), [VariantType::DISPATCH; 2]);
}

#[test]
fn calls_that_cannot_be_made_are_the_callers_fault() {
    let (writer, _recorder) = writer(State::NoRecorder);
    assert!(matches!(writer.call("get_Nothing", &[]), Err(Misuse::Member { .. })));
    assert!(matches!(writer.call("PrepareMedia", &[Argument::Int(1)]), Err(Misuse::Arguments { .. })));
    assert!(matches!(writer.call("put_ClientName", &[Argument::Int(1)]), Err(Misuse::Arguments { .. })));
    assert!(matches!(writer.call_with_null_result("PrepareMedia", &[]), Err(Misuse::NoResult { .. })));
}

#[test]
fn strings_and_arrays_are_freed() {
    let before = live();
    for state in State::ALL {
        let (writer, recorder) = writer(state);
        for member in RAW_CD.members {
            let arguments = match member.takes {
                Takes::Nothing => vec![],
                Takes::Recorder => vec![Argument::Recorder(&recorder)],
                Takes::Stream => vec![Argument::Bytes(b"abc")],
                Takes::StreamLong => vec![Argument::Zeros(7), Argument::Int(0)],
                Takes::Long => vec![Argument::Int(1)],
                Takes::LongStream => vec![Argument::Int(0), Argument::Zeros(7)],
                Takes::LongBool => vec![Argument::Int(-1), Argument::Bool(true)],
                Takes::Bool => vec![Argument::Bool(true)],
                Takes::BoolText => vec![Argument::Bool(true), Argument::Text("x")],
                Takes::Text => vec![Argument::Text("another name")],
            };
            let _ = call(&writer, member.name, &arguments);
        }
    }
    assert_eq!(live(), before);
}

#[test]
fn a_panic_becomes_e_fail_and_the_object_lives_on() {
    let drive = TestDrive { panics: true, ..TestDrive::default() };
    let recorder = ComRecorder::new(Recorder::new(drive), "drive 0");
    let writer = ComRawCd::new(RawCd::default());
    good(&writer, "put_Recorder", &[Argument::Recorder(&recorder)]);
    good(&writer, "put_ClientName", &[Argument::Text("rawcd test")]);
    for _ in 0..2 {
        let answer = call(&writer, "get_MediaPhysicallyBlank", &[]);
        assert_eq!((answer.hresult, answer.place), (HResult::E_FAIL, Place::Blank));
        assert_eq!(call(&writer, "PrepareMedia", &[]).hresult, HResult::E_FAIL);
    }
    assert_eq!(good(&writer, "get_ClientName", &[]), Some(Value::Text("rawcd test".to_owned())));
    let answer = recorder.call("get_ExclusiveAccessOwner", &[]).unwrap();
    assert_eq!(answer.value, Some(Value::Text(String::new())), "PrepareMedia gave the drive back");
}
