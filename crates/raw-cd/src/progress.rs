//! How a write is getting on: what `IDiscFormat2RawCDEventArgs` tells, and whom.

use core::fmt;
use core::time::Duration;
use std::sync::{Arc, Mutex, MutexGuard, PoisonError};

use cd_format::Lba;

use crate::RawCd;

/// What a write is doing: `IMAPI_FORMAT2_RAW_CD_WRITE_ACTION`. Open: other numbers are kept. There is
/// no 'completed'; WriteMedia returns instead.
#[derive(Clone, Copy, Eq, Hash, Ord, PartialEq, PartialOrd)]
pub struct WriteAction(pub i32);

impl WriteAction {
    /// None of the others. Of a write it is never told; [`RawCd::verify_media`], which Microsoft's
    /// object does not have, tells its progress with it.
    #[doc(alias = "IMAPI_FORMAT2_RAW_CD_WRITE_ACTION_UNKNOWN")]
    pub const UNKNOWN: Self = Self(0);
    /// Everything before the first sector: write parameters, power calibration.
    #[doc(alias = "IMAPI_FORMAT2_RAW_CD_WRITE_ACTION_PREPARING")]
    pub const PREPARING: Self = Self(1);
    /// Sectors are sent.
    #[doc(alias = "IMAPI_FORMAT2_RAW_CD_WRITE_ACTION_WRITING")]
    pub const WRITING: Self = Self(2);
    /// The last sector was sent; the drive empties its buffer.
    #[doc(alias = "IMAPI_FORMAT2_RAW_CD_WRITE_ACTION_FINISHING")]
    pub const FINISHING: Self = Self(3);

    /// The end of Microsoft's constant.
    pub const fn name(self) -> Option<&'static str> {
        match self {
            Self::UNKNOWN => Some("UNKNOWN"),
            Self::PREPARING => Some("PREPARING"),
            Self::WRITING => Some("WRITING"),
            Self::FINISHING => Some("FINISHING"),
            _ => None,
        }
    }
}

impl fmt::Debug for WriteAction {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self.name() {
            Some(name) => f.write_str(name),
            None => write!(f, "WriteAction({})", self.0),
        }
    }
}

/// What an event tells: `IDiscFormat2RawCDEventArgs`.
#[derive(Clone, Copy, Debug, Eq, PartialEq)]
pub struct WriteProgress {
    /// What is being done.
    #[doc(alias = "get_CurrentAction")]
    pub action: WriteAction,
    /// Since WriteMedia began to deal with the drive, by the recorder's [`Clock`](crate::Clock).
    #[doc(alias = "get_ElapsedTime")]
    pub elapsed: Duration,
    /// Estimated: what is left to send, at the pace so far, at first at the drive's write speed. The
    /// sum of both is so the estimate of the whole (IMAPI sample, `RawWriter2Event.cpp`, adds them). 0
    /// when nothing is left or nothing is known.
    #[doc(alias = "get_RemainingTime")]
    pub remaining: Duration,
    /// Where the write starts: StartOfNextSession, negative on a blank disc.
    #[doc(alias = "get_StartLba")]
    pub start_lba: Lba,
    /// Sectors from lead-in to lead-out.
    #[doc(alias = "get_SectorCount")]
    pub sector_count: u32,
    /// The last sector taken from the image; `start_lba` before there is one.
    #[doc(alias = "get_LastReadLba")]
    pub last_read_lba: Lba,
    /// The last sector that the drive took; `start_lba` before there is one.
    #[doc(alias = "get_LastWrittenLba")]
    pub last_written_lba: Lba,
    /// Bytes of the buffer between image and drive.
    #[doc(alias = "get_TotalSystemBuffer")]
    pub total_system_buffer: u32,
    /// Bytes in it: read, and not yet taken by the drive.
    #[doc(alias = "get_UsedSystemBuffer")]
    pub used_system_buffer: u32,
    /// The rest.
    #[doc(alias = "get_FreeSystemBuffer")]
    pub free_system_buffer: u32,
}

/// What an event is handed to, with the object that writes.
pub type UpdateHandler = Box<dyn FnMut(&RawCd, &WriteProgress) + Send>;

/// Names a handler, to take it away again.
#[derive(Clone, Copy, Debug, Eq, Hash, Ord, PartialEq, PartialOrd)]
pub struct Subscription(u64);

/// Those who want to know.
#[derive(Default)]
pub(crate) struct Subscribers {
    list: Mutex<List>,
}

#[derive(Default)]
struct List {
    given: u64,
    handlers: Vec<(Subscription, Arc<Mutex<UpdateHandler>>)>,
}

impl Subscribers {
    pub fn add(&self, handler: UpdateHandler) -> Subscription {
        let mut list = self.list();
        list.given += 1;
        let subscription = Subscription(list.given);
        list.handlers.push((subscription, Arc::new(Mutex::new(handler))));
        subscription
    }

    pub fn remove(&self, subscription: Subscription) -> bool {
        let mut list = self.list();
        let place = list.handlers.iter().position(|(of, _)| *of == subscription);
        let removed = place.map(|place| list.handlers.remove(place));
        // A handler may own what takes other handlers away as it goes.
        drop(list);
        removed.is_some()
    }

    /// Calls them in the order in which they came. No lock but the handler's own is held meanwhile, so
    /// that a handler may call any member of `object`; one that comes in the middle hears of the next
    /// event.
    pub fn tell(&self, object: &RawCd, progress: &WriteProgress) {
        let handlers = self.list().handlers.clone();
        for (_, handler) in handlers {
            // Held already only by a handler that called its way back to here.
            if let Ok(mut handler) = handler.try_lock() {
                handler(object, progress);
            }
        }
    }

    fn list(&self) -> MutexGuard<'_, List> {
        self.list.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

impl fmt::Debug for Subscribers {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_list().entries(self.list().handlers.iter().map(|(of, _)| of)).finish()
    }
}
