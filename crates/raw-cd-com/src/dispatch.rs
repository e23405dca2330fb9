//! `IDispatch` out of the member tables: names to numbers, numbers to slots.
//!
//! What `ITypeInfo::Invoke` does with IMAPI's type library on Windows (Microsoft, "IDispatch::Invoke",
//! "ITypeInfo::Invoke"): a member's failure becomes `DISP_E_EXCEPTION` with the member's own number in
//! `EXCEPINFO::scode`, and success codes are not told apart. There is no type library here, so
//! `GetTypeInfoCount` says 0.

use core::ffi::c_void;

use raw_cd::HResult;
use windows_core::{GUID, HRESULT, IUnknown, Interface};

use crate::automation::{Array, Bstr, Variant, VariantBool};
use crate::border::Failure;
use crate::interfaces::{DISPPARAMS, IDiscRecorder2, IStream};
use crate::members::{Gives, Kind, Member, Table, Takes};
use crate::slot::{self, Input, Output};

mod codes;

pub use codes::*;

/// `EXCEPINFO`: what went wrong in a member.
#[repr(C)]
#[derive(Debug)]
#[allow(non_snake_case, reason = "the names of Microsoft's structure")]
pub struct EXCEPINFO {
    /// An error code of the application's own; 0 where `scode` is used.
    pub wCode: u16,
    /// 0.
    pub wReserved: u16,
    /// Who failed.
    pub bstrSource: Bstr,
    /// What failed.
    pub bstrDescription: Bstr,
    /// Where to read more.
    pub bstrHelpFile: Bstr,
    /// And on which page.
    pub dwHelpContext: u32,
    /// NULL.
    pub pvReserved: *mut c_void,
    /// NULL.
    pub pfnDeferredFillIn: *mut c_void,
    /// The member's HRESULT.
    pub scode: i32,
}

#[cfg(target_pointer_width = "64")]
const _: () = assert!(size_of::<EXCEPINFO>() == 64);

/// Implements `IDispatch` for an `#[implement]`ed type through its interface's table.
macro_rules! implement_dispatch {
    ($outer:ty, $interface:ty, $table:expr) => {
        impl $crate::interfaces::IDispatch_Impl for $outer {
            unsafe fn GetTypeInfoCount(&self, count: *mut u32) -> windows_core::HRESULT {
                // SAFETY: the interface's contract is that of `out`.
                unsafe { $crate::border::out(count, || Ok(0)) }
            }

            unsafe fn GetTypeInfo(
                &self,
                _index: u32,
                _locale: u32,
                info: *mut *mut core::ffi::c_void,
            ) -> windows_core::HRESULT {
                // SAFETY: the interface's contract is that of `out`.
                unsafe { $crate::border::out(info, || Err($crate::dispatch::DISP_E_BADINDEX.into())) }
            }

            unsafe fn GetIDsOfNames(
                &self,
                iid: *const windows_core::GUID,
                names: *const *const u16,
                count: u32,
                _locale: u32,
                ids: *mut i32,
            ) -> windows_core::HRESULT {
                // SAFETY: the interface's contract is that of `numbers`.
                $crate::border::plain(|| unsafe {
                    $crate::dispatch::numbers(&$table, iid, names, count, ids)
                })
            }

            unsafe fn Invoke(
                &self,
                member: i32,
                iid: *const windows_core::GUID,
                _locale: u32,
                flags: u16,
                arguments: *mut $crate::interfaces::DISPPARAMS,
                result: *mut $crate::automation::Variant,
                exception: *mut core::ffi::c_void,
                argument: *mut u32,
            ) -> windows_core::HRESULT {
                let this = windows_core::IUnknownImpl::to_interface::<$interface>(self);
                let call =
                    $crate::dispatch::Call { member, iid, flags, arguments, result, exception, argument };
                // SAFETY: `this` implements the interface of the table and lives during the call; the
                // pointers are those of the interface's contract.
                $crate::border::plain(|| unsafe { call.run(windows_core::Interface::as_raw(&this), &$table) })
            }
        }
    };
}
pub(crate) use implement_dispatch;

/// `GetIDsOfNames`: the member's number first, then those of its arguments, which have no names
/// here. Names are compared without regard to case.
///
/// # Safety
/// `iid` is NULL or valid; `names` and `ids` are NULL or hold `count` elements; each name is NULL or
/// ends in NUL.
pub(crate) unsafe fn numbers(
    table: &Table,
    iid: *const GUID,
    names: *const *const u16,
    count: u32,
    ids: *mut i32,
) -> Result<(), Failure> {
    // SAFETY: the caller's contract.
    unsafe { no_interface(iid)? };
    if names.is_null() || ids.is_null() {
        return Err(HResult::E_POINTER.into());
    }
    let mut known = count > 0;
    for n in 0..count as usize {
        let mut id = DISPID_UNKNOWN;
        if n == 0 {
            // SAFETY: `names` has `count` elements, each NULL or ending in NUL.
            let name = unsafe { wide(names.read()) }.ok_or(HResult::E_POINTER)?;
            match table.members.iter().find(|member| member.script_name().eq_ignore_ascii_case(&name)) {
                Some(member) => id = member.dispid,
                None => known = false,
            }
        } else {
            known = false;
        }
        // SAFETY: `ids` has `count` elements.
        unsafe { ids.add(n).write(id) };
    }
    if known { Ok(()) } else { Err(DISP_E_UNKNOWNNAME.into()) }
}

/// The arguments of `Invoke`.
pub(crate) struct Call {
    pub member: i32,
    pub iid: *const GUID,
    pub flags: u16,
    pub arguments: *mut DISPPARAMS,
    pub result: *mut Variant,
    pub exception: *mut c_void,
    pub argument: *mut u32,
}

impl Call {
    /// Calls the member of `this`.
    ///
    /// # Safety
    /// `this` implements the interface of `table`. The pointers are NULL or valid for what
    /// `Invoke` takes.
    pub(crate) unsafe fn run(&self, this: *mut c_void, table: &Table) -> Result<(), Failure> {
        // SAFETY: the caller's contract. The result is taken for uninitialised, as documented.
        unsafe {
            no_interface(self.iid)?;
            if !self.result.is_null() {
                self.result.write(Variant::EMPTY);
            }
        }
        let member = self.member(table).ok_or(DISP_E_MEMBERNOTFOUND)?;
        // SAFETY: the caller's contract.
        let arguments = unsafe { self.arguments.as_ref() }.ok_or(HResult::E_INVALIDARG)?;
        // SAFETY: the caller's contract.
        unsafe { named_as_expected(member, arguments)? };
        if arguments.cArgs as usize != member.takes.count() {
            return Err(DISP_E_BADPARAMCOUNT.into());
        }
        let given: &[Variant] = if arguments.cArgs == 0 || arguments.rgvarg.is_null() {
            &[]
        } else {
            // SAFETY: `rgvarg` holds `cArgs` elements.
            unsafe { core::slice::from_raw_parts(arguments.rgvarg, arguments.cArgs as usize) }
        };
        let mut owned = Owned::default();
        let input = owned.input(member.takes, given).map_err(|(index, failure)| {
            if !self.argument.is_null() {
                // SAFETY: not NULL, so valid for writing.
                unsafe { self.argument.write(index) };
            }
            failure
        })?;

        let mut output = Output::UNTOUCHED;
        // SAFETY: `this` implements the table's interface; `input` is owned during the call and
        // `output` has room for any result.
        let done = unsafe { slot::call(this, member, &input, output.place()) };
        if done.is_err() {
            if !self.exception.is_null() {
                // SAFETY: not NULL, so an `EXCEPINFO` to write, uninitialised as documented.
                unsafe { self.exception.cast::<EXCEPINFO>().write(exception(done)) };
            }
            return Err(DISP_E_EXCEPTION.into());
        }
        // SAFETY: the member succeeded, so `output` holds what its row says, owned by the caller.
        let value = unsafe { value(member.gives, &output) };
        if !self.result.is_null() {
            // SAFETY: not NULL, so valid for writing.
            unsafe { self.result.write(value) };
        }
        Ok(())
    }

    fn member(&self, table: &Table) -> Option<&'static Member> {
        table.members.iter().find(|member| {
            let flag = match member.kind() {
                Kind::Method => DISPATCH_METHOD,
                Kind::Get => DISPATCH_PROPERTYGET,
                Kind::Put => DISPATCH_PROPERTYPUT,
            };
            member.dispid == self.member && self.flags & flag != 0
        })
    }
}

/// A put names its value, nothing else names anything.
///
/// # Safety
/// `rgdispidNamedArgs` is NULL or holds `cNamedArgs` elements.
unsafe fn named_as_expected(member: &Member, arguments: &DISPPARAMS) -> Result<(), Failure> {
    match (member.kind(), arguments.cNamedArgs) {
        (Kind::Put, 1) if !arguments.rgdispidNamedArgs.is_null() => {
            // SAFETY: one element by the contract.
            match unsafe { arguments.rgdispidNamedArgs.read() } {
                DISPID_PROPERTYPUT => Ok(()),
                _ => Err(DISP_E_NONAMEDARGS.into()),
            }
        }
        (Kind::Put, _) => Err(DISP_E_PARAMNOTOPTIONAL.into()),
        (Kind::Method | Kind::Get, 0) => Ok(()),
        (Kind::Method | Kind::Get, _) => Err(DISP_E_NONAMEDARGS.into()),
    }
}

/// References that the arguments of a call need while it runs.
#[derive(Default)]
struct Owned {
    object: Option<IUnknown>,
}

impl Owned {
    /// Variants, last argument first, to arguments. The error carries the variant's index.
    fn input(&mut self, takes: Takes, given: &[Variant]) -> Result<Input, (u32, Failure)> {
        let mut input = Input::NOTHING;
        let at = |index: usize| -> Result<&Variant, (u32, Failure)> {
            given.get(index).map(Variant::resolved).ok_or((index as u32, DISP_E_BADPARAMCOUNT.into()))
        };
        let fail = |index: u32| move |failure: HResult| (index, Failure(failure));
        match takes {
            Takes::Nothing => {}
            Takes::Recorder => input.object = self.object::<IDiscRecorder2>(at(0)?).map_err(fail(0))?,
            Takes::Stream => input.object = self.object::<IStream>(at(0)?).map_err(fail(0))?,
            Takes::StreamLong => {
                input.long = long(at(0)?).map_err(fail(0))?;
                input.object = self.object::<IStream>(at(1)?).map_err(fail(1))?;
            }
            Takes::LongStream => {
                input.object = self.object::<IStream>(at(0)?).map_err(fail(0))?;
                input.long = long(at(1)?).map_err(fail(1))?;
            }
            Takes::Long => input.long = long(at(0)?).map_err(fail(0))?,
            Takes::LongBool => {
                input.boolean = boolean(at(0)?).map_err(fail(0))?;
                input.long = long(at(1)?).map_err(fail(1))?;
            }
            Takes::Bool => input.boolean = boolean(at(0)?).map_err(fail(0))?,
            Takes::BoolText => {
                input.text = at(0)?.bstr().ok_or(DISP_E_TYPEMISMATCH).map_err(fail(0))?;
                input.boolean = boolean(at(1)?).map_err(fail(1))?;
            }
            Takes::Text => input.text = at(0)?.bstr().ok_or(DISP_E_TYPEMISMATCH).map_err(fail(0))?,
        }
        Ok(input)
    }

    /// The object as `I`, held until the call is over; NULL stays NULL.
    fn object<I: Interface + Into<IUnknown>>(&mut self, given: &Variant) -> Result<*mut c_void, HResult> {
        let Some(object) = given.object().ok_or(DISP_E_TYPEMISMATCH)? else {
            return Ok(core::ptr::null_mut());
        };
        let object = object.cast::<I>().map_err(|_| DISP_E_TYPEMISMATCH)?;
        let raw = object.as_raw();
        self.object = Some(object.into());
        Ok(raw)
    }
}

fn long(given: &Variant) -> Result<i32, HResult> {
    i32::try_from(given.number().ok_or(DISP_E_TYPEMISMATCH)?).map_err(|_| DISP_E_OVERFLOW)
}

fn boolean(given: &Variant) -> Result<VariantBool, HResult> {
    Ok((given.number().ok_or(DISP_E_TYPEMISMATCH)? != 0).into())
}

/// A member's result as a variant, which owns it from here on.
///
/// # Safety
/// `output` holds a result of this kind that the caller owns.
unsafe fn value(gives: Gives, output: &Output) -> Variant {
    // SAFETY: the caller's contract; what `get_Recorder` and `get_TrackInfo` give derives from
    // `IDispatch`, and a stream from `IUnknown`.
    unsafe {
        match gives {
            Gives::Nothing => Variant::EMPTY,
            Gives::Bool => Variant::from(output.boolean().is_true()),
            Gives::Long => Variant::from(output.long()),
            Gives::Text => Variant::from(Bstr::from_raw(output.text())),
            Gives::Stream => {
                let raw = output.pointer();
                Variant::unknown((!raw.is_null()).then(|| IUnknown::from_raw(raw)))
            }
            Gives::Recorder | Gives::Track => {
                let raw = output.pointer();
                Variant::dispatch((!raw.is_null()).then(|| IUnknown::from_raw(raw)))
            }
            Gives::Array => Array::from_raw(output.array()).map_or(Variant::EMPTY, Variant::from),
        }
    }
}

fn exception(failure: HRESULT) -> EXCEPINFO {
    let named = HResult(failure.0 as u32).to_string();
    EXCEPINFO {
        wCode: 0,
        wReserved: 0,
        bstrSource: Bstr::NULL,
        bstrDescription: Bstr::new(&named).unwrap_or_default(),
        bstrHelpFile: Bstr::NULL,
        dwHelpContext: 0,
        pvReserved: core::ptr::null_mut(),
        pfnDeferredFillIn: core::ptr::null_mut(),
        scode: failure.0,
    }
}

/// The reserved interface identifier has to be IID_NULL.
///
/// # Safety
/// `iid` is NULL or valid.
unsafe fn no_interface(iid: *const GUID) -> Result<(), Failure> {
    // SAFETY: the caller's contract.
    match unsafe { iid.as_ref() } {
        Some(iid) if *iid != GUID::zeroed() => Err(DISP_E_UNKNOWNINTERFACE.into()),
        _ => Ok(()),
    }
}

/// Names longer than this are none of ours.
const LONGEST_NAME: usize = 256;

/// A NUL-terminated name.
///
/// # Safety
/// `raw` is NULL or ends in NUL.
unsafe fn wide(raw: *const u16) -> Option<String> {
    if raw.is_null() {
        return None;
    }
    let mut units = Vec::new();
    while units.len() <= LONGEST_NAME {
        // SAFETY: no NUL so far, so there is another unit.
        match unsafe { raw.add(units.len()).read() } {
            0 => break,
            unit => units.push(unit),
        }
    }
    Some(String::from_utf16_lossy(&units))
}
