//! `IDiscFormat2RawCDEventArgs` on top of [`WriteProgress`].

#![allow(missing_docs, reason = "the implementing macro makes items that cannot carry a comment")]
#![allow(missing_debug_implementations, reason = "the implementing macro's outer object")]

use core::time::Duration;

use raw_cd::WriteProgress;
use windows_core::{HRESULT, implement};

use crate::border::out;
use crate::dispatch::implement_dispatch;
use crate::interfaces::{
    IDiscFormat2RawCDEventArgs, IDiscFormat2RawCDEventArgs_Impl, IWriteEngine2EventArgs_Impl,
};
use crate::members;

/// The figures of one event behind `IDiscFormat2RawCDEventArgs` and `IDispatch`. They stay what they
/// were when the event came.
#[implement(IDiscFormat2RawCDEventArgs, Agile = false)]
pub struct EventArgsObject(WriteProgress);

impl EventArgsObject {
    /// Puts figures behind the interfaces.
    pub const fn new(progress: WriteProgress) -> Self {
        Self(progress)
    }
}

implement_dispatch!(EventArgsObject_Impl, IDiscFormat2RawCDEventArgs, members::EVENT_ARGS);

/// A member that gives a number.
macro_rules! number {
    ($place:expr, $number:expr) => {
        // SAFETY: the interface's contract is that of `out`.
        unsafe { out($place, || Ok($number)) }
    };
}

impl IWriteEngine2EventArgs_Impl for EventArgsObject_Impl {
    unsafe fn get_StartLba(&self, value: *mut i32) -> HRESULT {
        number!(value, self.0.start_lba.0)
    }

    unsafe fn get_SectorCount(&self, value: *mut i32) -> HRESULT {
        number!(value, long(self.0.sector_count))
    }

    unsafe fn get_LastReadLba(&self, value: *mut i32) -> HRESULT {
        number!(value, self.0.last_read_lba.0)
    }

    unsafe fn get_LastWrittenLba(&self, value: *mut i32) -> HRESULT {
        number!(value, self.0.last_written_lba.0)
    }

    unsafe fn get_TotalSystemBuffer(&self, value: *mut i32) -> HRESULT {
        number!(value, long(self.0.total_system_buffer))
    }

    unsafe fn get_UsedSystemBuffer(&self, value: *mut i32) -> HRESULT {
        number!(value, long(self.0.used_system_buffer))
    }

    unsafe fn get_FreeSystemBuffer(&self, value: *mut i32) -> HRESULT {
        number!(value, long(self.0.free_system_buffer))
    }
}

impl IDiscFormat2RawCDEventArgs_Impl for EventArgsObject_Impl {
    unsafe fn get_CurrentAction(&self, value: *mut i32) -> HRESULT {
        number!(value, self.0.action.0)
    }

    unsafe fn get_ElapsedTime(&self, value: *mut i32) -> HRESULT {
        number!(value, seconds(self.0.elapsed))
    }

    unsafe fn get_RemainingTime(&self, value: *mut i32) -> HRESULT {
        number!(value, seconds(self.0.remaining))
    }
}

/// `LONG` has no more room than this.
fn long(number: u32) -> i32 {
    i32::try_from(number).unwrap_or(i32::MAX)
}

fn seconds(time: Duration) -> i32 {
    i32::try_from(time.as_secs()).unwrap_or(i32::MAX)
}
