//! By name and number, as a script does.

use core::ptr::null_mut as null;

use raw_cd::{HResult, RawCd, Recorder};
use windows_core::{GUID, Interface};

use super::drive::TestDrive;
use crate::automation::{Bstr, Variant, VariantType, live};
use crate::dispatch::{
    DISP_E_BADPARAMCOUNT, DISP_E_EXCEPTION, DISP_E_MEMBERNOTFOUND, DISP_E_OVERFLOW, DISP_E_PARAMNOTOPTIONAL,
    DISP_E_TYPEMISMATCH, DISP_E_UNKNOWNINTERFACE, DISP_E_UNKNOWNNAME, DISPATCH_METHOD, DISPATCH_PROPERTYGET,
    DISPATCH_PROPERTYPUT, DISPID_PROPERTYPUT, EXCEPINFO,
};
use crate::interfaces::{DISPPARAMS, IDiscFormat2RawCD, IDiscRecorder2, IDispatch};
use crate::{RawCdObject, RecorderObject};

/// What a script gets back.
#[derive(Debug)]
struct Got {
    hresult: HResult,
    result: Variant,
    scode: Option<i32>,
    argument: u32,
}

fn writer() -> IDispatch {
    IDiscFormat2RawCD::from(RawCdObject::new(RawCd::default())).cast().unwrap()
}

fn number(object: &IDispatch, name: &str) -> Result<i32, HResult> {
    let name: Vec<u16> = name.encode_utf16().chain([0]).collect();
    let names = [name.as_ptr()];
    let mut id = 0;
    let iid = GUID::zeroed();
    // SAFETY: a living object, one name that ends in NUL, room for one number.
    let done = unsafe { object.GetIDsOfNames(&raw const iid, names.as_ptr(), 1, 0, &raw mut id) };
    if done.is_ok() { Ok(id) } else { Err(HResult(done.0 as u32)) }
}

/// Arguments in the script's order; `Invoke` takes them reversed.
fn invoke(object: &IDispatch, member: i32, flags: u16, mut arguments: Vec<Variant>) -> Got {
    arguments.reverse();
    let mut name = DISPID_PROPERTYPUT;
    let put = flags == DISPATCH_PROPERTYPUT;
    let mut passed = DISPPARAMS {
        rgvarg: arguments.as_mut_ptr(),
        rgdispidNamedArgs: if put { &raw mut name } else { core::ptr::null_mut() },
        cArgs: arguments.len() as u32,
        cNamedArgs: put.into(),
    };
    let mut result = Variant::EMPTY;
    let mut exception = core::mem::MaybeUninit::<EXCEPINFO>::uninit();
    let mut argument = u32::MAX;
    let iid = GUID::zeroed();
    // SAFETY: a living object; every pointer is valid; the exception is read only when it was
    // written, which DISP_E_EXCEPTION says.
    unsafe {
        let done = object.Invoke(
            member,
            &raw const iid,
            0,
            flags,
            &raw mut passed,
            &raw mut result,
            exception.as_mut_ptr().cast(),
            &raw mut argument,
        );
        let hresult = HResult(done.0 as u32);
        let scode = (hresult == DISP_E_EXCEPTION).then(|| exception.assume_init().scode);
        Got { hresult, result, scode, argument }
    }
}

fn method(object: &IDispatch, name: &str, arguments: Vec<Variant>) -> Got {
    invoke(object, number(object, name).unwrap(), DISPATCH_METHOD, arguments)
}

fn get(object: &IDispatch, name: &str) -> Got {
    invoke(object, number(object, name).unwrap(), DISPATCH_PROPERTYGET, Vec::new())
}

fn put(object: &IDispatch, name: &str, value: Variant) -> Got {
    invoke(object, number(object, name).unwrap(), DISPATCH_PROPERTYPUT, vec![value])
}

/// DISPIDs: the `id()` attributes of imapi2.idl.
#[test]
fn names_have_the_numbers_of_the_idl() {
    let writer = writer();
    for (name, id) in [
        ("Recorder", 0x100),
        ("BufferUnderrunFreeDisabled", 0x102),
        ("StartOfNextSession", 0x103),
        ("LastPossibleStartOfLeadout", 0x104),
        ("CurrentPhysicalMediaType", 0x105),
        ("SupportedSectorTypes", 0x108),
        ("ClientName", 0x10A),
        ("PrepareMedia", 0x200),
        ("WriteMedia2", 0x202),
        ("SetWriteSpeed", 0x205),
        ("MediaPhysicallyBlank", 0x700),
        ("IsRecorderSupported", 0x800),
        ("startofnextsession", 0x103),
    ] {
        assert_eq!(number(&writer, name), Ok(id), "{name}");
    }
    for unknown in ["get_StartOfNextSession", "StartOfNextSessions", ""] {
        assert_eq!(number(&writer, unknown), Err(DISP_E_UNKNOWNNAME), "{unknown:?}");
    }
}

#[test]
fn a_script_prepares_and_asks() {
    let before = live();
    {
        let writer = writer();
        let recorder = IDiscRecorder2::from(RecorderObject::new(Recorder::new(TestDrive::default()), ""));
        let object = Variant::dispatch(Some(recorder.into()));
        assert_eq!(put(&writer, "Recorder", object).hresult, HResult::S_OK);
        let name = Variant::from(Bstr::new("script").unwrap());
        assert_eq!(put(&writer, "ClientName", name).hresult, HResult::S_OK);
        assert_eq!(get(&writer, "ClientName").result.text().as_deref(), Some("script"));

        let early = get(&writer, "StartOfNextSession");
        assert_eq!(early.hresult, DISP_E_EXCEPTION);
        assert_eq!(early.scode, Some(0xC0AA_0602_u32 as i32));
        assert_eq!(early.result.vt(), VariantType::EMPTY);

        assert_eq!(method(&writer, "PrepareMedia", vec![]).hresult, HResult::S_OK);
        let start = get(&writer, "StartOfNextSession").result;
        assert_eq!((start.vt(), start.number()), (VariantType::I4, Some(-11_634)));
        let blank = get(&writer, "MediaPhysicallyBlank").result;
        assert_eq!((blank.vt(), blank.number()), (VariantType::BOOL, Some(-1)));
        let types = get(&writer, "SupportedSectorTypes").result;
        assert_eq!(types.vt(), VariantType::ARRAY_OF_VARIANT);
        assert_eq!(types.elements().map(<[_]>::len), Some(3));
        let back = get(&writer, "Recorder").result;
        assert_eq!(back.vt(), VariantType::DISPATCH);
        assert!(back.object().flatten().is_some_and(|object| object.cast::<IDiscRecorder2>().is_ok()));
        // The first argument is the number, the second the truth value.
        let speed = method(&writer, "SetWriteSpeed", vec![Variant::from(300), Variant::from(false)]);
        assert_eq!(speed.hresult, HResult::S_OK);
        assert_eq!(get(&writer, "RequestedWriteSpeed").result.number(), Some(300));
        assert_eq!(method(&writer, "ReleaseMedia", vec![]).hresult, HResult::S_OK);
    }
    assert_eq!(live(), before);
}

#[test]
fn wrong_calls_are_told_apart() {
    let writer = writer();
    let hresult = |got: Got| got.hresult;
    assert_eq!(hresult(invoke(&writer, 0x999, DISPATCH_METHOD, vec![])), DISP_E_MEMBERNOTFOUND);
    assert_eq!(hresult(invoke(&writer, 0x200, DISPATCH_PROPERTYGET, vec![])), DISP_E_MEMBERNOTFOUND);
    assert_eq!(hresult(invoke(&writer, 0x103, DISPATCH_PROPERTYPUT, vec![1.into()])), DISP_E_MEMBERNOTFOUND);
    assert_eq!(hresult(method(&writer, "PrepareMedia", vec![1.into()])), DISP_E_BADPARAMCOUNT);
    assert_eq!(hresult(method(&writer, "SetWriteSpeed", vec![1.into()])), DISP_E_BADPARAMCOUNT);
    assert_eq!(hresult(put(&writer, "RequestedSectorType", Variant::from(u32::MAX))), DISP_E_OVERFLOW);
    assert_eq!(hresult(put(&writer, "ClientName", 5.into())), DISP_E_TYPEMISMATCH);
    assert_eq!(hresult(put(&writer, "Recorder", 5.into())), DISP_E_TYPEMISMATCH);
    assert_eq!(hresult(put(&writer, "Recorder", Variant::dispatch(None))), HResult::S_OK);
    let own = writer.cast().unwrap();
    assert_eq!(hresult(put(&writer, "Recorder", Variant::dispatch(Some(own)))), DISP_E_TYPEMISMATCH);

    // Of two arguments the first is the wrong one; it stands last.
    let text = Variant::from(Bstr::new("fast").unwrap());
    let got = method(&writer, "SetWriteSpeed", vec![text, true.into()]);
    assert_eq!((got.hresult, got.argument), (DISP_E_TYPEMISMATCH, 1));
}

#[test]
fn careless_pointers_are_answered() {
    let writer = writer();
    let iid = GUID::from_u128(1);
    let hresult = |done: windows_core::HRESULT| HResult(done.0 as u32);
    let mut value = Variant::from(1);
    let mut nameless =
        DISPPARAMS { rgvarg: &raw mut value, rgdispidNamedArgs: null(), cArgs: 1, cNamedArgs: 0 };
    // SAFETY: a living object, and pointers that are NULL or valid.
    unsafe {
        let invoke = |member, flags, arguments| {
            hresult(writer.Invoke(member, core::ptr::null(), 0, flags, arguments, null(), null(), null()))
        };
        assert_eq!(invoke(0x200, DISPATCH_METHOD, null()), HResult::E_INVALIDARG);
        assert_eq!(invoke(0x109, DISPATCH_PROPERTYPUT, &raw mut nameless), DISP_E_PARAMNOTOPTIONAL);
        nameless.rgvarg = null();
        nameless.cArgs = 0;
        assert_eq!(invoke(0x200, DISPATCH_METHOD, &raw mut nameless), DISP_E_EXCEPTION);
        assert_eq!(invoke(0x702, DISPATCH_PROPERTYGET, &raw mut nameless), HResult::S_OK);
        let done = writer.Invoke(0x200, &raw const iid, 0, 1, &raw mut nameless, null(), null(), null());
        assert_eq!(hresult(done), DISP_E_UNKNOWNINTERFACE);
        assert_eq!(hresult(writer.GetTypeInfoCount(null())), HResult::E_POINTER);
        let done = writer.GetIDsOfNames(core::ptr::null(), core::ptr::null(), 1, 0, null());
        assert_eq!(hresult(done), HResult::E_POINTER);
        let mut count = 7;
        assert_eq!(hresult(writer.GetTypeInfoCount(&raw mut count)), HResult::S_OK);
        assert_eq!(count, 0);
    }
}
