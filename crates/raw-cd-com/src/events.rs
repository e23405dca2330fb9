//! The connection point: clients that are told of a write.
//!
//! `IConnectionPointContainer` of the writer gives the one of `DDiscFormat2RawCDEvents`; each `Advise` there
//! adds a sink, and each event calls them all, on the thread that is inside WriteMedia. What a sink
//! answers is ignored (Microsoft: DDiscFormat2RawCDEvents::Update). One that is no
//! `DDiscFormat2RawCDEvents` but an `IDispatch` is called by number, 200h, its arguments in reverse
//! order as always there.

#![allow(missing_docs, reason = "the implementing macro makes items that cannot carry a comment")]
#![allow(missing_debug_implementations, reason = "the implementing macro's outer object")]

use core::ffi::c_void;
use std::sync::{Arc, Mutex, MutexGuard, PoisonError};
use std::thread::{self, ThreadId};

use raw_cd::{HResult, RawCd, Subscription, WriteProgress};
use windows_core::{GUID, HRESULT, IUnknown, Interface, implement};

use crate::automation::Variant;
use crate::border::{self, Failure, out, plain};
use crate::dispatch::DISPATCH_METHOD;
use crate::events_object::EventArgsObject;
use crate::interfaces::{
    DDiscFormat2RawCDEvents, DISPPARAMS, IConnectionPoint, IConnectionPoint_Impl, IConnectionPointContainer,
    IDiscFormat2RawCD, IDiscFormat2RawCDEventArgs, IDispatch,
};

/// `CONNECT_E_NOCONNECTION`: no sink has this number, or no events have this identifier (olectl.h).
pub(crate) const CONNECT_E_NOCONNECTION: HResult = HResult(0x8004_0200);
/// `CONNECT_E_CANNOTCONNECT`: the sink cannot be called.
pub(crate) const CONNECT_E_CANNOTCONNECT: HResult = HResult(0x8004_0202);
/// `DDiscFormat2RawCDEvents::Update`.
const UPDATE: i32 = 0x200;

/// A client's object, by the way it is called.
#[derive(Clone)]
enum Sink {
    Vtable(DDiscFormat2RawCDEvents),
    Number(IDispatch),
}

impl Sink {
    fn of(object: &IUnknown) -> Option<Self> {
        let vtable = object.cast().map(Self::Vtable);
        vtable.or_else(|_| object.cast().map(Self::Number)).ok()
    }

    fn tell(&self, writer: &IDiscFormat2RawCD, progress: &IDiscFormat2RawCDEventArgs) {
        match self {
            Self::Vtable(sink) => {
                // SAFETY: living objects.
                let _ = unsafe { sink.Update(writer.as_raw(), progress.as_raw()) };
            }
            Self::Number(sink) => {
                let mut arguments = [progress.clone().into(), writer.clone().into()]
                    .map(|object: IUnknown| Variant::dispatch(Some(object)));
                let mut parameters = DISPPARAMS {
                    rgvarg: arguments.as_mut_ptr(),
                    rgdispidNamedArgs: core::ptr::null_mut(),
                    cArgs: 2,
                    cNamedArgs: 0,
                };
                let iid = GUID::zeroed();
                let (exception, argument) = (core::ptr::null_mut(), core::ptr::null_mut());
                // SAFETY: a living sink; the arguments live during the call, the rest may be NULL.
                let _ = unsafe {
                    let parameters = &raw mut parameters;
                    sink.Invoke(
                        UPDATE,
                        &raw const iid,
                        0,
                        DISPATCH_METHOD,
                        parameters,
                        core::ptr::null_mut(),
                        exception,
                        argument,
                    )
                };
            }
        }
    }
}

/// The sinks of one writer.
#[derive(Default)]
pub(crate) struct Sinks {
    list: Mutex<(u32, Vec<(u32, Sink)>)>,
}

impl Sinks {
    fn add(&self, sink: Sink) -> u32 {
        let mut list = self.list();
        let (last, sinks) = &mut *list;
        *last = last.wrapping_add(1).max(1);
        sinks.push((*last, sink));
        *last
    }

    fn remove(&self, cookie: u32) -> Result<(), Failure> {
        let mut list = self.list();
        let place = list.1.iter().position(|(of, _)| *of == cookie).ok_or(CONNECT_E_NOCONNECTION)?;
        let removed = list.1.remove(place);
        // The client's Release is not ours to run under a lock.
        drop(list);
        drop(removed);
        Ok(())
    }

    /// Calls every sink; they may add and remove sinks meanwhile.
    fn tell(&self, writer: &IDiscFormat2RawCD, progress: &WriteProgress) {
        let sinks: Vec<Sink> = self.list().1.iter().map(|(_, sink)| sink.clone()).collect();
        if sinks.is_empty() {
            return;
        }
        let progress = IDiscFormat2RawCDEventArgs::from(EventArgsObject::new(*progress));
        for sink in sinks {
            sink.tell(writer, &progress);
        }
    }

    fn list(&self) -> MutexGuard<'_, (u32, Vec<(u32, Sink)>)> {
        self.list.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

/// Tells the sinks of a writer as long as it lives: for the time of one WriteMedia.
pub(crate) struct Telling<'a> {
    session: &'a RawCd,
    subscription: Subscription,
    /// Boxed, so that it stays where `Here` points.
    _told: Box<Told>,
}

/// Who is told, and of whom.
struct Told {
    writer: IDiscFormat2RawCD,
    sinks: Arc<Sinks>,
}

impl<'a> Telling<'a> {
    pub fn begin(session: &'a RawCd, writer: IDiscFormat2RawCD, sinks: Arc<Sinks>) -> Self {
        let told = Box::new(Told { writer, sinks });
        let here = Here { thread: thread::current().id(), told: &raw const *told };
        let subscription = session.on_update(move |_, progress| here.tell(progress));
        Self { session, subscription, _told: told }
    }
}

impl Drop for Telling<'_> {
    fn drop(&mut self) {
        self.session.unsubscribe(self.subscription);
    }
}

/// Where the interface pointers of one WriteMedia are, which stay on its thread. Owns nothing, so it may be
/// let go anywhere.
struct Here {
    thread: ThreadId,
    told: *const Told,
}

// SAFETY: `told` is followed only on the thread that made this; see `tell`.
unsafe impl Send for Here {}

impl Here {
    /// A second WriteMedia on another thread, which is about to be refused, tells nothing of the first.
    fn tell(&self, progress: &WriteProgress) {
        if thread::current().id() == self.thread {
            // SAFETY: an event on this thread comes from inside the WriteMedia that holds the `Telling`, and
            // with it what is pointed at. A WriteMedia within an event of it, refused, comes and goes
            // between the events: its own handler is never among those that are being called.
            let told = unsafe { &*self.told };
            told.sinks.tell(&told.writer, progress);
        }
    }
}

/// The connection point of `DDiscFormat2RawCDEvents`.
#[implement(IConnectionPoint, Agile = false)]
pub(crate) struct ConnectionPoint {
    container: IConnectionPointContainer,
    sinks: Arc<Sinks>,
}

impl ConnectionPoint {
    /// The point for the events with this identifier, of which there is one.
    pub fn find(
        container: IConnectionPointContainer,
        sinks: &Arc<Sinks>,
        iid: &GUID,
    ) -> Result<IConnectionPoint, Failure> {
        if *iid != DDiscFormat2RawCDEvents::IID {
            return Err(CONNECT_E_NOCONNECTION.into());
        }
        Ok(Self { container, sinks: Arc::clone(sinks) }.into())
    }
}

impl IConnectionPoint_Impl for ConnectionPoint_Impl {
    unsafe fn GetConnectionInterface(&self, iid: *mut GUID) -> HRESULT {
        if iid.is_null() {
            return border::raw(HResult::E_POINTER);
        }
        // SAFETY: not NULL, so valid for writing.
        unsafe { iid.write(DDiscFormat2RawCDEvents::IID) };
        border::raw(HResult::S_OK)
    }

    unsafe fn GetConnectionPointContainer(&self, container: *mut *mut c_void) -> HRESULT {
        // SAFETY: the interface's contract is that of `out`.
        unsafe { out(container, || Ok(self.container.clone().into_raw())) }
    }

    unsafe fn Advise(&self, sink: *mut c_void, cookie: *mut u32) -> HRESULT {
        // SAFETY: the interface's contract: NULL or a living object, NULL or valid for writing.
        unsafe {
            out(cookie, || {
                let sink = IUnknown::from_raw_borrowed(&sink).ok_or(HResult::E_POINTER)?;
                Ok(self.sinks.add(Sink::of(sink).ok_or(CONNECT_E_CANNOTCONNECT)?))
            })
        }
    }

    unsafe fn Unadvise(&self, cookie: u32) -> HRESULT {
        plain(|| self.sinks.remove(cookie))
    }

    unsafe fn EnumConnections(&self, connections: *mut *mut c_void) -> HRESULT {
        // SAFETY: the interface's contract is that of `out`.
        unsafe { out(connections, || Err(HResult::E_NOTIMPL.into())) }
    }
}
