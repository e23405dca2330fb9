//! A client's sinks: objects that are told of a write.

#![allow(missing_docs, reason = "the implementing macro makes items that cannot carry a comment")]
#![allow(missing_debug_implementations, reason = "the implementing macro's outer object")]

use core::cell::RefCell;
use core::ffi::c_void;

use raw_cd::HResult;
use windows_core::{GUID, HRESULT, IUnknown, Interface, implement};

use super::{ComEventArgs, ComRawCd};
use crate::automation::Variant;
use crate::border::{self, Failure};
use crate::interfaces::{
    DDiscFormat2RawCDEvents, DDiscFormat2RawCDEvents_Impl, DISPPARAMS, IConnectionPoint,
    IConnectionPointContainer, IDispatch, IDispatch_Impl, IStream,
};
use crate::stream::MemoryStream;

/// What is done with an event: the object that writes, and the event's figures. What it gives is what
/// `Update` returns.
pub type Handler = Box<dyn FnMut(&ComRawCd, &ComEventArgs) -> HResult>;

/// An object to be advised of events.
#[derive(Clone, Debug, PartialEq)]
pub struct ComSink(IUnknown);

impl ComSink {
    /// One that is called through its vtable, as C clients have it.
    pub fn vtable(handler: Handler) -> Self {
        let sink = DDiscFormat2RawCDEvents::from(VtableSink(RefCell::new(handler)));
        Self(sink.into())
    }

    /// One that only knows `IDispatch`, as scripts have it.
    pub fn dispatch(handler: Handler) -> Self {
        let sink = IDispatch::from(DispatchSink(RefCell::new(handler)));
        Self(sink.into())
    }

    /// An object that is no sink.
    pub fn other() -> Self {
        let stream = IStream::from(MemoryStream::zeros(0));
        Self(stream.into())
    }
}

impl ComRawCd {
    /// `IConnectionPoint::Advise` of the events of a write; NULL without a sink. With it the cookie.
    pub fn advise(&self, sink: Option<&ComSink>) -> (HResult, u32) {
        let mut cookie = 0;
        let sink = sink.map_or(core::ptr::null_mut(), |sink| sink.0.as_raw());
        let done = self.with_point(|point| {
            // SAFETY: a living object or NULL, room for a number.
            unsafe { point.Advise(sink, &raw mut cookie) }
        });
        (done, cookie)
    }

    /// The same with NULL where the cookie belongs.
    pub fn advise_with_null_cookie(&self, sink: &ComSink) -> HResult {
        self.with_point(|point| {
            // SAFETY: a living object; NULL is what is tried.
            unsafe { point.Advise(sink.0.as_raw(), core::ptr::null_mut()) }
        })
    }

    /// `IConnectionPoint::Unadvise`.
    pub fn unadvise(&self, cookie: u32) -> HResult {
        self.with_point(|point| {
            // SAFETY: a living object.
            unsafe { point.Unadvise(cookie) }
        })
    }

    fn with_point(&self, work: impl FnOnce(&IConnectionPoint) -> HRESULT) -> HResult {
        let Ok(container) = self.0.cast::<IConnectionPointContainer>() else { return HResult::E_NOINTERFACE };
        let mut point = core::ptr::null_mut();
        // SAFETY: a living object, a valid identifier, room for a pointer.
        let found = unsafe { container.FindConnectionPoint(&DDiscFormat2RawCDEvents::IID, &raw mut point) };
        if found.is_err() || point.is_null() {
            return HResult(found.0 as u32);
        }
        // SAFETY: FindConnectionPoint gave a counted pointer.
        let point = unsafe { IConnectionPoint::from_raw(point) };
        HResult(work(&point).0 as u32)
    }
}

#[implement(DDiscFormat2RawCDEvents, Agile = false)]
struct VtableSink(RefCell<Handler>);

#[implement(IDispatch, Agile = false)]
struct DispatchSink(RefCell<Handler>);

/// Hands an event on. One that comes while another is being handled is refused.
fn tell(handler: &RefCell<Handler>, object: &IUnknown, progress: &IUnknown) -> Result<(), Failure> {
    let writer = ComRawCd(object.cast().map_err(|_| HResult::E_NOINTERFACE)?);
    let progress = ComEventArgs(progress.cast().map_err(|_| HResult::E_NOINTERFACE)?);
    let mut handler = handler.try_borrow_mut().map_err(|_| HResult::E_FAIL)?;
    match handler(&writer, &progress) {
        failure if !failure.is_success() => Err(failure.into()),
        _ => Ok(()),
    }
}

/// The object in an argument.
fn held(argument: &Variant) -> Result<&IUnknown, Failure> {
    argument.object().flatten().ok_or(Failure(HResult::E_INVALIDARG))
}

/// What a sink has of `IDispatch` beside `Invoke`.
macro_rules! no_names {
    () => {
        unsafe fn GetTypeInfoCount(&self, _: *mut u32) -> HRESULT {
            border::raw(HResult::E_NOTIMPL)
        }

        unsafe fn GetTypeInfo(&self, _: u32, _: u32, _: *mut *mut c_void) -> HRESULT {
            border::raw(HResult::E_NOTIMPL)
        }

        unsafe fn GetIDsOfNames(
            &self,
            _: *const GUID,
            _: *const *const u16,
            _: u32,
            _: u32,
            _: *mut i32,
        ) -> HRESULT {
            border::raw(HResult::E_NOTIMPL)
        }
    };
}

impl IDispatch_Impl for VtableSink_Impl {
    no_names!();

    unsafe fn Invoke(
        &self,
        _: i32,
        _: *const GUID,
        _: u32,
        _: u16,
        _: *mut DISPPARAMS,
        _: *mut Variant,
        _: *mut c_void,
        _: *mut u32,
    ) -> HRESULT {
        border::raw(HResult::E_NOTIMPL)
    }
}

impl DDiscFormat2RawCDEvents_Impl for VtableSink_Impl {
    unsafe fn Update(&self, object: *mut c_void, progress: *mut c_void) -> HRESULT {
        border::plain(|| {
            // SAFETY: the interface's contract: living objects, or NULL.
            let (object, progress) =
                unsafe { (IUnknown::from_raw_borrowed(&object), IUnknown::from_raw_borrowed(&progress)) };
            tell(&self.0, object.ok_or(HResult::E_POINTER)?, progress.ok_or(HResult::E_POINTER)?)
        })
    }
}

impl IDispatch_Impl for DispatchSink_Impl {
    no_names!();

    unsafe fn Invoke(
        &self,
        _: i32,
        _: *const GUID,
        _: u32,
        _: u16,
        arguments: *mut DISPPARAMS,
        _: *mut Variant,
        _: *mut c_void,
        _: *mut u32,
    ) -> HRESULT {
        border::plain(|| {
            // SAFETY: the interface's contract: NULL, or arguments that live as long as the call.
            let given = unsafe {
                let arguments = arguments.as_ref().ok_or(HResult::E_POINTER)?;
                if arguments.rgvarg.is_null() || arguments.cArgs != 2 {
                    return Err(HResult::E_INVALIDARG.into());
                }
                core::slice::from_raw_parts(arguments.rgvarg, 2)
            };
            // The last argument comes first.
            let [progress, object] = given else { return Err(HResult::E_INVALIDARG.into()) };
            tell(&self.0, held(object)?, held(progress)?)
        })
    }
}
