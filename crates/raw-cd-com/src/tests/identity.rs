//! QueryInterface and reference counts.

use std::sync::Arc;

use raw_cd::{HResult, RawCd, Recorder};
use windows_core::{GUID, IUnknown, Interface};

use super::drive::TestDrive;
use super::{State, call, good, writer};
use crate::RawCdObject;
use crate::client::{Argument, ComRawCd, ComRecorder, Value};
use crate::interfaces::{IDiscFormat2, IDiscFormat2RawCD, IDispatch};

const UNKNOWN: u128 = 0x0000_0000_0000_0000_C000_0000_0000_0046;
const DISPATCH: u128 = 0x0002_0400_0000_0000_C000_0000_0000_0046;
const DISC_FORMAT2: u128 = 0x2735_4152_8F64_5B0F_8F00_5D77_AFBE_261E;
const DISC_FORMAT2_DATA: u128 = 0x2735_4153_9F64_5B0F_8F00_5D77_AFBE_261E;
const DISC_FORMAT2_TRACK_AT_ONCE: u128 = 0x2735_4154_8F64_5B0F_8F00_5D77_AFBE_261E;
const DISC_FORMAT2_RAW_CD: u128 = 0x2735_4155_8F64_5B0F_8F00_5D77_AFBE_261E;
const DISC_FORMAT2_ERASE: u128 = 0x2735_4156_8F64_5B0F_8F00_5D77_AFBE_261E;
const DISC_RECORDER2: u128 = 0x2735_4133_7F64_5B0F_8F00_5D77_AFBE_261E;
const WRITE_SPEED_DESCRIPTOR: u128 = 0x2735_4144_7F64_5B0F_8F00_5D77_AFBE_261E;
const BURN_VERIFICATION: u128 = 0xD2FF_D834_958B_426D_8470_2A13_879C_6A91;
/// The raw CD interface with the tail of the other group: a common slip.
const RAW_CD_WITH_7F64: u128 = 0x2735_4155_7F64_5B0F_8F00_5D77_AFBE_261E;

/// Microsoft, imapi2.idl. The raw coclass does not list IBurnVerification.
#[test]
fn each_object_answers_for_its_own_interfaces() {
    let (writer, recorder) = writer(State::Prepared);
    let Some(Value::Speeds(speeds)) = good(&writer, "get_SupportedWriteSpeedDescriptors", &[]) else {
        panic!("an array of descriptors")
    };
    let all = [
        DISC_FORMAT2,
        DISC_FORMAT2_DATA,
        DISC_FORMAT2_TRACK_AT_ONCE,
        DISC_FORMAT2_RAW_CD,
        DISC_FORMAT2_ERASE,
        DISC_RECORDER2,
        WRITE_SPEED_DESCRIPTOR,
        BURN_VERIFICATION,
        RAW_CD_WITH_7F64,
        0,
    ];
    let no = HResult::E_NOINTERFACE;
    for iid in all {
        let expected = |own: &[u128]| if own.contains(&iid) { HResult::S_OK } else { no };
        assert_eq!(writer.query_interface(iid), expected(&[DISC_FORMAT2, DISC_FORMAT2_RAW_CD]), "{iid:x}");
        assert_eq!(recorder.query_interface(iid), expected(&[DISC_RECORDER2]), "{iid:x}");
        assert_eq!(speeds[0].query_interface(iid), expected(&[WRITE_SPEED_DESCRIPTOR]), "{iid:x}");
    }
    for iid in [UNKNOWN, DISPATCH] {
        assert_eq!(writer.query_interface(iid), HResult::S_OK);
        assert_eq!(recorder.query_interface(iid), HResult::S_OK);
        assert_eq!(speeds[0].query_interface(iid), HResult::S_OK);
    }
}

/// COM's rules of identity: one IUnknown pointer, whichever interface is asked.
#[test]
fn all_interfaces_lead_to_one_unknown() {
    let writer = IDiscFormat2RawCD::from(RawCdObject::new(RawCd::default()));
    let unknown = writer.cast::<IUnknown>().unwrap();
    let format = writer.cast::<IDiscFormat2>().unwrap();
    let dispatch = writer.cast::<IDispatch>().unwrap();
    assert_eq!(format.cast::<IUnknown>().unwrap().as_raw(), unknown.as_raw());
    assert_eq!(dispatch.cast::<IUnknown>().unwrap().as_raw(), unknown.as_raw());
    assert_eq!(unknown.cast::<IDiscFormat2RawCD>().unwrap().as_raw(), writer.as_raw());
}

#[test]
fn query_interface_without_a_place_is_e_pointer() {
    let writer = IDiscFormat2RawCD::from(RawCdObject::new(RawCd::default()));
    let iid = GUID::from_u128(UNKNOWN);
    // SAFETY: a living object; NULL is what is tested.
    let done = unsafe { writer.query(&raw const iid, core::ptr::null_mut()) };
    assert_eq!(done.0 as u32, HResult::E_POINTER.0);
}

#[test]
fn the_recorder_is_counted_and_comes_back_as_itself() {
    let (writer, recorder) = writer(State::NoRecorder);
    assert_eq!(recorder.references(), 1);
    good(&writer, "put_Recorder", &[Argument::Recorder(&recorder)]);
    assert_eq!(recorder.references(), 2);
    let back = good(&writer, "get_Recorder", &[]);
    assert_eq!(recorder.references(), 3);
    assert_eq!(back, Some(Value::Recorder(Some(recorder.clone()))));
    drop(back);
    for member in ["IsRecorderSupported", "IsCurrentMediaSupported"] {
        good(&writer, member, &[Argument::Recorder(&recorder)]);
        assert_eq!(recorder.references(), 2, "{member}");
    }
    good(&writer, "put_Recorder", &[Argument::Recorder(&recorder)]);
    assert_eq!(recorder.references(), 2);
    good(&writer, "put_Recorder", &[Argument::Null]);
    assert_eq!(recorder.references(), 1);
}

#[test]
fn a_refused_recorder_is_not_kept() {
    let (writer, first) = writer(State::Prepared);
    let second = ComRecorder::new(Recorder::new(TestDrive::default()), "drive 1");
    let answer = call(&writer, "put_Recorder", &[Argument::Recorder(&second)]);
    assert_eq!(answer.hresult, HResult::E_IMAPI_DF2RAW_MEDIA_IS_PREPARED);
    assert_eq!(second.references(), 1);
    assert_eq!(good(&writer, "get_Recorder", &[]), Some(Value::Recorder(Some(first))));
}

/// The last Release drops the writer, and with it its hold on the drive.
#[test]
fn the_last_release_gives_the_drive_back() {
    let alive = Arc::new(());
    let drive = TestDrive { alive: Arc::clone(&alive), ..TestDrive::default() };
    let recorder = ComRecorder::new(Recorder::new(drive), "drive 0");
    let writer = ComRawCd::new(RawCd::default());
    good(&writer, "put_Recorder", &[Argument::Recorder(&recorder)]);
    good(&writer, "put_ClientName", &[Argument::Text("rawcd test")]);
    good(&writer, "PrepareMedia", &[]);
    let owner = |recorder: &ComRecorder| recorder.call("get_ExclusiveAccessOwner", &[]).unwrap().value;
    assert_eq!(owner(&recorder), Some(Value::Text("rawcd test".to_owned())));

    let again = writer.clone();
    assert_eq!(writer.references(), 2);
    drop(writer);
    assert_eq!(owner(&recorder), Some(Value::Text("rawcd test".to_owned())));
    drop(again);
    assert_eq!(owner(&recorder), Some(Value::Text(String::new())));
    assert_eq!(recorder.references(), 1);
    assert_eq!(Arc::strong_count(&alive), 2);
    drop(recorder);
    assert_eq!(Arc::strong_count(&alive), 1);
}

/// Microsoft: IDiscRecorder2, pages of the members.
#[test]
fn the_recorder_says_who_it_is_and_who_holds_it() {
    let drive = Recorder::new(TestDrive::default());
    let recorder = ComRecorder::new(drive.clone(), "drive 0");
    let other = ComRecorder::new(drive.another(), "drive 0");
    let text = |recorder: &ComRecorder, member: &str| match recorder.call(member, &[]).unwrap() {
        answer if answer.hresult == HResult::S_OK => answer.value,
        answer => panic!("{member}: {}", answer.hresult),
    };
    let is = |text: &str| Some(Value::Text(text.to_owned()));
    assert_eq!(text(&recorder, "get_ActiveDiscRecorder"), is("drive 0"));
    assert_eq!(text(&recorder, "get_VendorId"), is("RAWCD   "));
    assert_eq!(text(&recorder, "get_ProductId"), is("TEST DRIVE      "));
    assert_eq!(text(&recorder, "get_ProductRevision"), is("1.00"));

    let acquire = |recorder: &ComRecorder, name| {
        recorder.call("AcquireExclusiveAccess", &[Argument::Bool(true), name]).unwrap().hresult
    };
    let bad = HResult::E_IMAPI_RECORDER_CLIENT_NAME_IS_NOT_VALID;
    assert_eq!(acquire(&recorder, Argument::Null), bad);
    assert_eq!(acquire(&recorder, Argument::Text("first")), HResult::S_OK);
    assert_eq!(text(&other, "get_ExclusiveAccessOwner"), is("first"));
    assert_eq!(acquire(&other, Argument::Text("second")), HResult::E_ACCESSDENIED);
    assert_eq!(recorder.call("ReleaseExclusiveAccess", &[]).unwrap().hresult, HResult::S_OK);
    assert_eq!(acquire(&other, Argument::Text("second")), HResult::S_OK);
    assert_eq!(text(&recorder, "get_VendorId"), is("RAWCD   "), "known before the drive was locked");
    assert_eq!(recorder.call("EjectMedia", &[]).unwrap().hresult, HResult::E_NOTIMPL);
    assert_eq!(recorder.call("get_VolumeName", &[]).unwrap().hresult, HResult::E_NOTIMPL);
}
