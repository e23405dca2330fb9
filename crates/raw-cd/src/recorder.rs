//! A drive as a client sees it: commands, and the counted lock.

use core::time::Duration;
use std::sync::atomic::{AtomicBool, AtomicU64, AtomicUsize, Ordering};
use std::sync::{Arc, Mutex, MutexGuard, PoisonError};

use mmc_wire::{Cdb, FieldError, Query, Sense, SenseKey};
use scsi_transport::{CommandError, Data, Outcome, Reason, Status, Transport};

use crate::{ClientName, Clock, Error, HResult, WallClock, sense_map};

/// IMAPI's time-out for a command (`IMAPI2_DEFAULT_COMMAND_TIMEOUT`).
pub const COMMAND_TIMEOUT: Duration = Duration::from_secs(10);

/// Bytes that one command may move unless told otherwise: the limit of many adapters (Microsoft:
/// IDiscRecorder2Ex::GetMaximumPageAlignedTransferSize, IWriteEngine2, remarks on the transfer size).
pub const DEFAULT_TRANSFER_BYTES: usize = 64 * 1024;
/// The longest block of a CD: below this nothing could be written.
const LONGEST_BLOCK: usize = 2448;

/// What a drive may have to tell before it answers: a reset and a new disc.
const NEWS: u32 = 2;

/// Whether the drive only told of a new disc or a reset.
fn is_news(error: &Error) -> bool {
    error
        .sense()
        .is_some_and(|sense| sense.key == SenseKey::UNIT_ATTENTION && matches!(sense.asc, 0x28 | 0x29))
}

/// A handle onto a drive: what `IDiscRecorder2` is to a client.
///
/// Clones are the same handle: they share its hold on the drive. [`another`](Self::another) is the
/// handle of another client onto the same drive; while one of them holds the lock, the other's
/// commands fail with [`Error::Locked`] (Windows driver samples, cdrom: reads, writes and most
/// control codes of other handles are denied). The lock is given back when the last clone of the
/// handle goes.
#[derive(Clone)]
pub struct Recorder {
    handle: Arc<Handle>,
}

struct Handle {
    drive: Arc<Drive>,
    id: u64,
    /// Whether a new disc or a reset ends a question too: while a disc is being written.
    heeds_news: AtomicBool,
}

impl Handle {
    fn new(drive: Arc<Drive>, id: u64) -> Arc<Self> {
        Arc::new(Self { drive, id, heeds_news: AtomicBool::new(false) })
    }
}

/// From its making to its drop a new disc or a reset is an answer to every command.
pub(crate) struct HeedNews<'a>(&'a Handle);

impl<'a> HeedNews<'a> {
    pub fn of(recorder: &'a Recorder) -> Self {
        recorder.handle.heeds_news.store(true, Ordering::Relaxed);
        Self(&recorder.handle)
    }
}

impl Drop for HeedNews<'_> {
    fn drop(&mut self) {
        self.0.heeds_news.store(false, Ordering::Relaxed);
    }
}

struct Drive {
    transport: Mutex<Box<dyn Transport + Send>>,
    lock: Mutex<Lock>,
    handles: AtomicU64,
    clock: Box<dyn Clock>,
    transfer_bytes: AtomicUsize,
}

#[derive(Default)]
struct Lock {
    held: Option<Held>,
    mounted: bool,
}

struct Held {
    handle: u64,
    name: ClientName,
    count: u32,
}

impl Recorder {
    /// The first handle onto a drive, where time is the time of day.
    pub fn new(transport: impl Transport + Send + 'static) -> Self {
        Self::with_clock(transport, WallClock::default())
    }

    /// The first handle onto a drive with a time of its own: a simulated one.
    pub fn with_clock(transport: impl Transport + Send + 'static, clock: impl Clock + 'static) -> Self {
        let drive = Drive {
            transport: Mutex::new(Box::new(transport)),
            lock: Mutex::default(),
            handles: AtomicU64::new(1),
            clock: Box::new(clock),
            transfer_bytes: AtomicUsize::new(DEFAULT_TRANSFER_BYTES),
        };
        Self { handle: Handle::new(Arc::new(drive), 0) }
    }

    /// Another client's handle onto the same drive.
    #[must_use]
    pub fn another(&self) -> Self {
        let drive = Arc::clone(&self.handle.drive);
        let id = drive.handles.fetch_add(1, Ordering::Relaxed);
        Self { handle: Handle::new(drive, id) }
    }

    /// Whether both are clones of one handle.
    pub fn is_same_handle(&self, other: &Self) -> bool {
        Arc::ptr_eq(&self.handle, &other.handle)
    }

    /// Takes exclusive access, or one more of it: each needs its own [`release`](Self::release).
    ///
    /// The name is checked first, then `force` against a mounted file system, then who holds the
    /// drive: the driver's order (Windows driver samples, cdrom `ioctl.c`). A nested acquire
    /// keeps the first one's name.
    #[doc(alias = "AcquireExclusiveAccess")]
    pub fn acquire(&self, force: bool, name: &str) -> Result<(), Error> {
        let name = ClientName::for_lock(name).map_err(Error::LockName)?;
        let mut lock = self.lock();
        if lock.mounted && !force {
            return Err(Error::Mounted);
        }
        match &mut lock.held {
            Some(held) if held.handle == self.handle.id => held.count = held.count.saturating_add(1),
            Some(held) => return Err(Error::AccessDenied { owner: held.name.to_string() }),
            None => lock.held = Some(Held { handle: self.handle.id, name, count: 1 }),
        }
        Ok(())
    }

    /// Gives one acquire back; the drive is free after the last.
    #[doc(alias = "ReleaseExclusiveAccess")]
    pub fn release(&self) -> Result<(), Error> {
        let mut lock = self.lock();
        match &mut lock.held {
            Some(held) if held.handle == self.handle.id => {
                held.count -= 1;
                if held.count == 0 {
                    lock.held = None;
                }
                Ok(())
            }
            Some(held) => Err(Error::NotHeld { owner: Some(held.name.to_string()) }),
            None => Err(Error::NotHeld { owner: None }),
        }
    }

    /// Who holds the drive, if anybody does. Anyone may ask.
    #[doc(alias = "get_ExclusiveAccessOwner")]
    pub fn exclusive_access_owner(&self) -> Option<String> {
        self.lock().held.as_ref().map(|held| held.name.to_string())
    }

    /// Says whether a file system is mounted on the disc: then [`acquire`](Self::acquire) has to
    /// be forced.
    pub fn set_mounted(&self, mounted: bool) {
        self.lock().mounted = mounted;
    }

    /// Lets time pass at the drive.
    pub fn wait(&self, duration: Duration) {
        self.transport().wait(duration);
        self.clock().waited(duration);
    }

    /// The time at the drive.
    pub fn clock(&self) -> &dyn Clock {
        &*self.handle.drive.clock
    }

    /// Bytes that one command may move through the adapter.
    pub fn max_transfer_bytes(&self) -> usize {
        self.handle.drive.transfer_bytes.load(Ordering::Relaxed)
    }

    /// Says how many bytes one command may move through the adapter: [`DEFAULT_TRANSFER_BYTES`] at
    /// first, and never less than one block of 2448. All handles onto the drive share it.
    pub fn set_max_transfer_bytes(&self, bytes: usize) -> Result<(), Error> {
        if bytes < LONGEST_BLOCK {
            return Err(Error::InvalidArgument {
                argument: "max_transfer_bytes",
                given: i64::try_from(bytes).unwrap_or(i64::MAX),
                expected: "2448 or more, the bytes of one block",
            });
        }
        self.handle.drive.transfer_bytes.store(bytes, Ordering::Relaxed);
        Ok(())
    }

    /// Runs `work` on the drive as it is, for commands that have no method here. Refused while
    /// another handle holds the drive.
    pub fn with_transport<T>(&self, work: impl FnOnce(&mut dyn Transport) -> T) -> Result<T, Error> {
        self.may_use()?;
        Ok(work(&mut **self.transport()))
    }

    /// Sends a command that brings a block back.
    pub fn query<Q: Query>(&self, command: &Q, timeout: Duration) -> Result<Q::Reply, Error> {
        let bytes = self.read(command, command.allocation_bytes(), timeout)?;
        command.reply(&bytes).map_err(|fault: FieldError| Error::reply(Q::ROW.name, fault))
    }

    /// Sends a command that brings up to `room` bytes back.
    ///
    /// A new disc and a reset are told once, in place of an answer (6/28/xx, 6/29/xx): then the question
    /// is asked again, as asking changes nothing. Orders are not repeated so, and while a disc is written
    /// nothing is: who gives one has to know that the disc is another.
    pub fn read<C: Cdb>(&self, command: &C, room: usize, timeout: Duration) -> Result<Vec<u8>, Error> {
        let mut buffer = vec![0; room];
        let mut repeats = if self.handle.heeds_news.load(Ordering::Relaxed) { 0 } else { NEWS };
        let got = loop {
            match self.run(command, Data::In(&mut buffer), timeout) {
                Err(error) if is_news(&error) && repeats > 0 => repeats -= 1,
                other => break other?,
            }
        };
        buffer.truncate(got);
        Ok(buffer)
    }

    /// Sends a command without a data phase.
    pub fn order<C: Cdb>(&self, command: &C, timeout: Duration) -> Result<(), Error> {
        self.run(command, Data::None, timeout).map(|_| ())
    }

    /// Sends a command and its parameter list.
    pub fn send<C: Cdb>(&self, command: &C, parameters: &[u8], timeout: Duration) -> Result<(), Error> {
        self.run(command, Data::Out(parameters), timeout).map(|_| ())
    }

    /// Sends a command; gives the bytes that moved.
    ///
    /// Sense that the table takes for success is one (row 1: CHECK CONDITION with nothing to
    /// say), so the bytes are asked for here and not of `TransportExt`, which drops them.
    pub(crate) fn run<C: Cdb>(&self, command: &C, data: Data<'_>, timeout: Duration) -> Result<usize, Error> {
        let cdb = command.bytes();
        let failed = |reason| Error::Drive(CommandError { command: C::ROW.name, cdb, reason });
        let outcome = self.execute(command, data, timeout)?;
        match outcome.status {
            Status::GOOD => Ok(outcome.transferred),
            Status::CHECK_CONDITION => {
                let sense = Sense::in_data(&outcome.sense).unwrap_or(Sense::NO_SENSE);
                match sense_map::translate(sense, C::ROW.opcode) {
                    HResult::S_OK => Ok(outcome.transferred),
                    _ => Err(failed(Reason::Sense(sense))),
                }
            }
            status => Err(failed(Reason::Status(status))),
        }
    }

    /// Sends a command; gives what the drive answered, whatever that was.
    pub(crate) fn execute<C: Cdb>(
        &self,
        command: &C,
        data: Data<'_>,
        timeout: Duration,
    ) -> Result<Outcome, Error> {
        self.may_use()?;
        let cdb = command.bytes();
        let outcome = self.transport().execute(&cdb, data, timeout).map_err(|error| {
            Error::Drive(CommandError { command: C::ROW.name, cdb, reason: Reason::Transport(error) })
        })?;
        self.clock().moved(outcome.transferred);
        Ok(outcome)
    }

    /// Whether nobody else holds the drive.
    fn may_use(&self) -> Result<(), Error> {
        match &self.lock().held {
            Some(held) if held.handle != self.handle.id => {
                Err(Error::Locked { owner: held.name.to_string() })
            }
            _ => Ok(()),
        }
    }

    /// A lock whose holder panicked guards nothing that a panic could have left half done.
    fn lock(&self) -> MutexGuard<'_, Lock> {
        self.handle.drive.lock.lock().unwrap_or_else(PoisonError::into_inner)
    }

    fn transport(&self) -> MutexGuard<'_, Box<dyn Transport + Send>> {
        self.handle.drive.transport.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

impl Drop for Handle {
    fn drop(&mut self) {
        let mut lock = self.drive.lock.lock().unwrap_or_else(PoisonError::into_inner);
        if lock.held.as_ref().is_some_and(|held| held.handle == self.id) {
            lock.held = None;
        }
    }
}

impl core::fmt::Debug for Recorder {
    fn fmt(&self, f: &mut core::fmt::Formatter<'_>) -> core::fmt::Result {
        f.debug_struct("Recorder")
            .field("handle", &self.handle.id)
            .field("owner", &self.exclusive_access_owner())
            .finish_non_exhaustive()
    }
}
