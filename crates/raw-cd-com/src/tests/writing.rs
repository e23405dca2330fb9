//! WriteMedia with streams of all kinds.

use core::ffi::c_void;
use core::ptr::null_mut as null;
use std::cell::RefCell;

use raw_cd::{HResult, RawCd, Recorder};
use windows_core::{HRESULT, Interface, implement};

use super::drive::TestDrive;
use super::{State, call, good, writer};
use crate::automation::Bstr;
use crate::border::raw;
use crate::client::{Argument, Value};
use crate::interfaces::{IDiscFormat2RawCD, IDiscRecorder2, ISequentialStream_Impl, IStream, IStream_Impl};
use crate::{RawCdObject, RecorderObject};

/// Microsoft: IDiscFormat2RawCD::WriteMedia2; the disc's lead-in starts at LBA -11634, so a stream needs
/// 11634 sectors before its first user sector. Sectors have 2448 bytes.
#[test]
fn streams_are_judged_by_raw_cd() {
    let (writer, _recorder) = writer(State::Prepared);
    let write = |sectors: u64, lead_in| {
        let stream = Argument::Zeros(sectors * 2448);
        call(&writer, "WriteMedia2", &[stream, Argument::Int(lead_in)]).hresult
    };
    assert_eq!(write(30_000, 11_633), HResult::E_IMAPI_DF2RAW_STREAM_LEADIN_TOO_SHORT);
    assert_eq!(write(30_000, -1), HResult::E_INVALIDARG);
    assert_eq!(write(500_000, 11_634), HResult::E_IMAPI_DF2RAW_NOT_ENOUGH_SPACE);
    let answer = call(&writer, "WriteMedia", &[Argument::Bytes(b"no whole sector")]);
    assert_eq!(answer.hresult, HResult::E_IMAPI_DF2RAW_STREAM_NOT_SUPPORTED);
    assert_eq!(good(&writer, "get_StartOfNextSession", &[]), Some(Value::Int(-11_634)), "still prepared");
}

/// A client's stream that calls the writer while the writer asks it for its size, notes the answers,
/// and fails.
#[implement(IStream, Agile = false)]
struct CallingBack<'a> {
    writer: &'a IDiscFormat2RawCD,
    answers: &'a RefCell<Vec<HResult>>,
}

/// `STG_E_FILENOTFOUND`: an HRESULT that this project never makes up.
const STREAM_FAILURE: HResult = HResult(0x8003_0002);

impl ISequentialStream_Impl for CallingBack_Impl<'_> {
    unsafe fn Read(&self, _: *mut c_void, _: u32, _: *mut u32) -> HRESULT {
        raw(STREAM_FAILURE)
    }
    unsafe fn Write(&self, _: *const c_void, _: u32, _: *mut u32) -> HRESULT {
        raw(STREAM_FAILURE)
    }
}

impl IStream_Impl for CallingBack_Impl<'_> {
    unsafe fn Seek(&self, _: i64, _: u32, _: *mut u64) -> HRESULT {
        raw(STREAM_FAILURE)
    }
    unsafe fn SetSize(&self, _: u64) -> HRESULT {
        raw(STREAM_FAILURE)
    }
    unsafe fn CopyTo(&self, _: *mut c_void, _: u64, _: *mut u64, _: *mut u64) -> HRESULT {
        raw(STREAM_FAILURE)
    }
    unsafe fn Commit(&self, _: u32) -> HRESULT {
        raw(STREAM_FAILURE)
    }
    unsafe fn Revert(&self) -> HRESULT {
        raw(STREAM_FAILURE)
    }
    unsafe fn LockRegion(&self, _: u64, _: u64, _: u32) -> HRESULT {
        raw(STREAM_FAILURE)
    }
    unsafe fn UnlockRegion(&self, _: u64, _: u64, _: u32) -> HRESULT {
        raw(STREAM_FAILURE)
    }
    unsafe fn Stat(&self, _: *mut c_void, _: u32) -> HRESULT {
        let mut start = 0;
        // SAFETY: a living writer, NULL or room for each result.
        let answers = unsafe {
            [
                self.writer.put_Recorder(null()),
                self.writer.ReleaseMedia(),
                self.writer.WriteMedia(null()),
                self.writer.get_StartOfNextSession(&raw mut start),
                self.writer.CancelWrite(),
            ]
        };
        self.answers.borrow_mut().extend(answers.map(|answer| HResult(answer.0 as u32)));
        raw(STREAM_FAILURE)
    }
    unsafe fn Clone(&self, _: *mut *mut c_void) -> HRESULT {
        raw(STREAM_FAILURE)
    }
}

/// Microsoft: return values of the members while a write runs; calls come from the thread that is
/// inside WriteMedia.
#[test]
fn calls_from_inside_a_write_are_answered_and_a_streams_failure_passes_through() {
    let recorder = IDiscRecorder2::from(RecorderObject::new(Recorder::new(TestDrive::default()), ""));
    let writer = IDiscFormat2RawCD::from(RawCdObject::new(RawCd::default()));
    let name = Bstr::new("rawcd test").unwrap();
    let answers = RefCell::new(Vec::new());
    // SAFETY: living objects and a valid string.
    let done = unsafe {
        assert!(writer.put_Recorder(recorder.as_raw()).is_ok());
        assert!(writer.put_ClientName(name.as_raw()).is_ok());
        assert!(writer.PrepareMedia().is_ok());
        let stream = windows_core::ComObject::new(CallingBack { writer: &writer, answers: &answers });
        writer.WriteMedia(stream.to_interface::<IStream>().as_raw())
    };
    let busy = HResult::E_IMAPI_DF2RAW_WRITE_IN_PROGRESS;
    assert_eq!(answers.take(), [busy, busy, HResult::E_POINTER, HResult::S_OK, HResult::S_OK]);
    assert_eq!(HResult(done.0 as u32), STREAM_FAILURE);
    // SAFETY: a living writer.
    assert!(unsafe { writer.ReleaseMedia() }.is_ok(), "prepared again after the write");
}
