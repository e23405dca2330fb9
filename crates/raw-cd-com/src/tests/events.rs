//! Sinks at the connection point, as C clients and scripts have them.

use core::ffi::c_void;
use core::ptr::null_mut as null;
use std::cell::RefCell;
use std::rc::Rc;

use raw_cd::{HResult, RawCd, Recorder};
use windows_core::{GUID, HRESULT, Interface, implement};

use super::drive::TestDrive;
use crate::automation::{Bstr, Variant};
use crate::border::raw;
use crate::events::{CONNECT_E_CANNOTCONNECT, CONNECT_E_NOCONNECTION};
use crate::interfaces::{
    DDiscFormat2RawCDEvents, DDiscFormat2RawCDEvents_Impl, DISPPARAMS, IConnectionPoint,
    IConnectionPointContainer, IDiscFormat2RawCD, IDiscFormat2RawCDEventArgs, IDiscRecorder2, IDispatch,
    IDispatch_Impl, IStream,
};
use crate::stream::MemoryStream;
use crate::{RawCdObject, RecorderObject};

/// What a sink was told: action, start, count, last written, used + free = total.
type Notes = Rc<RefCell<Vec<(i32, i32, i32, i32, bool)>>>;

/// A client's sink. It fails, which is nobody's business; and it cancels, if it is to.
#[implement(DDiscFormat2RawCDEvents, Agile = false)]
struct EarlySink {
    notes: Notes,
    cancel: bool,
}

/// The same for a client that only knows `IDispatch`.
#[implement(IDispatch, Agile = false)]
struct LateSink {
    notes: Notes,
}

fn note(notes: &Notes, progress: &IDiscFormat2RawCDEventArgs) {
    let number = |get: &dyn Fn(*mut i32) -> HRESULT| {
        let mut value = -1;
        assert!(get(&raw mut value).is_ok());
        value
    };
    // SAFETY: a living object, room for each result.
    let note = unsafe {
        let total = number(&|place| progress.get_TotalSystemBuffer(place));
        let used = number(&|place| progress.get_UsedSystemBuffer(place));
        let free = number(&|place| progress.get_FreeSystemBuffer(place));
        assert!(number(&|place| progress.get_ElapsedTime(place)) >= 0);
        assert!(number(&|place| progress.get_RemainingTime(place)) >= 0);
        assert_eq!(progress.get_CurrentAction(null()), raw(HResult::E_POINTER));
        (
            number(&|place| progress.get_CurrentAction(place)),
            number(&|place| progress.get_StartLba(place)),
            number(&|place| progress.get_SectorCount(place)),
            number(&|place| progress.get_LastWrittenLba(place)),
            used + free == total && total > 0,
        )
    };
    notes.borrow_mut().push(note);
}

macro_rules! no_dispatch {
    () => {
        unsafe fn GetTypeInfoCount(&self, _: *mut u32) -> HRESULT {
            raw(HResult::E_NOTIMPL)
        }
        unsafe fn GetTypeInfo(&self, _: u32, _: u32, _: *mut *mut c_void) -> HRESULT {
            raw(HResult::E_NOTIMPL)
        }
        unsafe fn GetIDsOfNames(
            &self,
            _: *const GUID,
            _: *const *const u16,
            _: u32,
            _: u32,
            _: *mut i32,
        ) -> HRESULT {
            raw(HResult::E_NOTIMPL)
        }
    };
}

impl IDispatch_Impl for EarlySink_Impl {
    no_dispatch!();
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
        panic!("called through its vtable")
    }
}

impl DDiscFormat2RawCDEvents_Impl for EarlySink_Impl {
    unsafe fn Update(&self, object: *mut c_void, progress: *mut c_void) -> HRESULT {
        // SAFETY: the interface's contract.
        unsafe {
            let writer = IDispatch::from_raw_borrowed(&object).unwrap().cast::<IDiscFormat2RawCD>().unwrap();
            let progress = IDispatch::from_raw_borrowed(&progress).unwrap();
            note(&self.notes, &progress.cast().unwrap());
            assert_eq!(writer.ReleaseMedia(), raw(HResult::E_IMAPI_DF2RAW_WRITE_IN_PROGRESS));
            if self.cancel {
                assert!(writer.CancelWrite().is_ok());
            }
        }
        raw(HResult::E_FAIL)
    }
}

impl IDispatch_Impl for LateSink_Impl {
    no_dispatch!();
    unsafe fn Invoke(
        &self,
        member: i32,
        iid: *const GUID,
        _: u32,
        flags: u16,
        arguments: *mut DISPPARAMS,
        _: *mut Variant,
        _: *mut c_void,
        _: *mut u32,
    ) -> HRESULT {
        // SAFETY: the interface's contract.
        let (iid, arguments) = unsafe { (*iid, &*arguments) };
        assert_eq!((member, iid, flags), (0x200, GUID::zeroed(), 1));
        assert_eq!((arguments.cArgs, arguments.cNamedArgs), (2, 0));
        // SAFETY: two arguments, last one first.
        let given = unsafe { core::slice::from_raw_parts(arguments.rgvarg, 2) };
        let object = |n: usize| given[n].object().unwrap().unwrap();
        note(&self.notes, &object(0).cast().unwrap());
        assert!(object(1).cast::<IDiscFormat2RawCD>().is_ok());
        raw(HResult::S_OK)
    }
}

/// A prepared writer on a disc whose lead-in starts at -11634.
fn prepared() -> IDiscFormat2RawCD {
    let recorder = IDiscRecorder2::from(RecorderObject::new(Recorder::new(TestDrive::default()), ""));
    let writer = IDiscFormat2RawCD::from(RawCdObject::new(RawCd::default()));
    let name = Bstr::new("rawcd test").unwrap();
    // SAFETY: living objects and a valid string.
    unsafe {
        assert!(writer.put_Recorder(recorder.as_raw()).is_ok());
        assert!(writer.put_ClientName(name.as_raw()).is_ok());
        assert!(writer.PrepareMedia().is_ok());
    }
    writer
}

fn find(writer: &IDiscFormat2RawCD, iid: &GUID) -> Result<IConnectionPoint, HResult> {
    let container = writer.cast::<IConnectionPointContainer>().unwrap();
    let mut point = null();
    // SAFETY: a living object, a valid identifier, room for a pointer, which is ours.
    unsafe {
        match container.FindConnectionPoint(iid, &raw mut point) {
            HRESULT(0) => Ok(IConnectionPoint::from_raw(point)),
            failure => Err(HResult(failure.0 as u32)),
        }
    }
}

fn advise(point: &IConnectionPoint, sink: *mut c_void) -> Result<u32, HResult> {
    let mut cookie = 0xA5A5_A5A5;
    // SAFETY: a living object or NULL, room for a number.
    match unsafe { point.Advise(sink, &raw mut cookie) } {
        HRESULT(0) => Ok(cookie),
        failure => Err(HResult(failure.0 as u32)),
    }
}

/// Lead-in, pregap and 66 sectors more.
fn write(writer: &IDiscFormat2RawCD) -> HResult {
    let stream = IStream::from(MemoryStream::zeros(11_700 * 2448));
    // SAFETY: living objects.
    HResult(unsafe { writer.WriteMedia2(stream.as_raw(), 11_634) }.0 as u32)
}

fn early(notes: &Notes, cancel: bool) -> DDiscFormat2RawCDEvents {
    EarlySink { notes: Rc::clone(notes), cancel }.into()
}

/// Microsoft: IMAPI_FORMAT2_RAW_CD_WRITE_ACTION, preparing 1, writing 2, finishing 3.
#[test]
fn sinks_are_told_through_their_vtable_and_by_number() {
    let writer = prepared();
    let point = find(&writer, &DDiscFormat2RawCDEvents::IID).unwrap();
    let (through_vtable, by_number) = (Notes::default(), Notes::default());
    let first = early(&through_vtable, false);
    let second = IDispatch::from(LateSink { notes: Rc::clone(&by_number) });
    let cookie = advise(&point, first.as_raw()).unwrap();
    assert_ne!(advise(&point, second.as_raw()).unwrap(), cookie);
    assert_eq!(write(&writer), HResult::S_OK);
    let told = through_vtable.take();
    let mut actions: Vec<_> = told.iter().map(|note| note.0).collect();
    actions.dedup();
    assert_eq!(actions, [1, 2, 3]);
    assert!(told.iter().all(|note| (note.1, note.2, note.4) == (-11_634, 11_700, true)));
    assert_eq!(told.last().unwrap().3, 65);
    assert_eq!(by_number.take(), told);
    // One leaves, one stays.
    // SAFETY: a living object.
    unsafe {
        assert!(point.Unadvise(cookie).is_ok());
        assert_eq!(point.Unadvise(cookie), raw(CONNECT_E_NOCONNECTION));
    }
    assert_eq!(write(&writer), HResult::S_OK);
    assert!(through_vtable.take().is_empty());
    assert!(!by_number.take().is_empty());
}

/// Microsoft: IDiscFormat2RawCD::CancelWrite, called from an event; ReleaseMedia is still due.
#[test]
fn a_sink_cancels() {
    let writer = prepared();
    let point = find(&writer, &DDiscFormat2RawCDEvents::IID).unwrap();
    let notes = Notes::default();
    advise(&point, early(&notes, true).as_raw()).unwrap();
    assert_eq!(write(&writer), HResult::E_IMAPI_REQUEST_CANCELLED);
    assert_eq!(notes.take().iter().map(|note| note.0).collect::<Vec<_>>(), [1]);
    // SAFETY: a living object.
    assert!(unsafe { writer.ReleaseMedia() }.is_ok());
}

#[test]
fn what_is_no_sink_is_refused() {
    let writer = prepared();
    assert_eq!(find(&writer, &IDispatch::IID).unwrap_err(), CONNECT_E_NOCONNECTION);
    let point = find(&writer, &DDiscFormat2RawCDEvents::IID).unwrap();
    assert_eq!(advise(&point, null()), Err(HResult::E_POINTER));
    let stream = IStream::from(MemoryStream::zeros(0));
    assert_eq!(advise(&point, stream.as_raw()), Err(CONNECT_E_CANNOTCONNECT));
    let notes = Notes::default();
    let sink = early(&notes, false);
    // SAFETY: living objects; NULL where a result belongs, or room for it.
    unsafe {
        assert_eq!(point.Advise(sink.as_raw(), null()), raw(HResult::E_POINTER));
        let mut iid = GUID::zeroed();
        assert!(point.GetConnectionInterface(&raw mut iid).is_ok());
        assert_eq!(iid, DDiscFormat2RawCDEvents::IID);
        assert_eq!(point.GetConnectionInterface(null()), raw(HResult::E_POINTER));
        let mut container = null();
        assert!(point.GetConnectionPointContainer(&raw mut container).is_ok());
        let container = IConnectionPointContainer::from_raw(container);
        assert_eq!(container.cast::<IDiscFormat2RawCD>().unwrap(), writer);
        let mut found = null();
        let answer = container.FindConnectionPoint(core::ptr::null(), &raw mut found);
        assert_eq!((answer, found), (raw(HResult::E_POINTER), null()));
    }
    assert_eq!(write(&writer), HResult::S_OK);
    assert!(notes.take().is_empty());
}
