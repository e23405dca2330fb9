//! Whose clock the simulated drive goes by, when programs that know only the clock on the wall use it.
//!
//! | | between commands | a command that takes long |
//! |---|---|---|
//! | [`VirtualTime`] | no time passes, unless a host waits for something | ends at once |
//! | [`RealTime`] | as much as on the wall | is answered when a real drive would |

use core::time::Duration;
use std::sync::{Arc, Condvar, Mutex, PoisonError};
use std::time::Instant;

use mmc_sim::Drive;
use mmc_wire::Sense;
use scsi_transport::{Data, Outcome, Transport, TransportError};

/// A transport with the simulated drive at its bottom.
pub trait Simulated: Transport {
    /// The drive.
    fn drive(&self) -> &Drive;
    /// The drive, for what is done to it otherwise than by commands.
    fn drive_mut(&mut self) -> &mut Drive;
}

impl Simulated for Drive {
    fn drive(&self) -> &Drive {
        self
    }
    fn drive_mut(&mut self) -> &mut Drive {
        self
    }
}

impl<D: Simulated + ?Sized> Simulated for Box<D> {
    fn drive(&self) -> &Drive {
        (**self).drive()
    }
    fn drive_mut(&mut self) -> &mut Drive {
        (**self).drive_mut()
    }
}

/// Time that passes with commands only, and jumps where a host would have to wait.
///
/// A program that polls sleeps by the clock on the wall between its polls, and by that clock it would wait as long as
/// for a real drive, or for ever. So:
///
/// - each command that finds a long operation running, or a disc spinning up, advances it by a [`POLLS`]th of all that
///   it takes: a host sees it begin, advance and end;
/// - a WRITE for which the write buffer has no room waits until the laser has made it, also on a drive that would refuse
///   it (2/04/08): a host would sleep for that by the clock on the wall, 34 s in a burn of 80 minutes;
/// - a host that asks for the buffer's room again and again (READ BUFFER CAPACITY) sees the laser make it.
///
/// Nothing else lets time pass but the drive's own 200 µs a command, and those stop where a recording would be lost by
/// them: no host is too slow.
#[derive(Debug)]
pub struct VirtualTime<D> {
    inner: D,
    /// The last command asked for the room in the buffer.
    asked: bool,
}

/// Commands that find a long operation running until one finds it over.
const POLLS: u32 = 4;

/// How often room is made for one WRITE: once is enough.
const TRIES: u32 = 4;

/// READ BUFFER CAPACITY.
const READ_BUFFER_CAPACITY: u8 = 0x5C;

impl<D: Simulated> VirtualTime<D> {
    /// Puts the policy around the drive.
    pub const fn new(inner: D) -> Self {
        Self { inner, asked: false }
    }

    /// Lets the time pass that the host would have waited.
    fn jump(&mut self, opcode: Option<u8>) {
        let asks = opcode == Some(READ_BUFFER_CAPACITY);
        let asks_again = asks && core::mem::replace(&mut self.asked, asks);
        self.asked = asks;
        let drive = self.inner.drive_mut();
        if let Some(awaited) = drive.awaited() {
            // Past the moment by a hair at the last poll, rather than before it by rounding.
            drive.wait((awaited.whole / POLLS + Duration::from_nanos(1)).min(awaited.left));
        }
        if asks_again && let Some(time) = drive.time_to_make_room(0) {
            drive.wait(time);
        }
        let is_starving = drive.is_starving();
        drive.stop_clock(is_starving);
    }
}

impl<D: Simulated> Transport for VirtualTime<D> {
    fn execute(
        &mut self,
        cdb: &[u8],
        mut data: Data<'_>,
        timeout: Duration,
    ) -> Result<Outcome, TransportError> {
        self.jump(cdb.first().copied());
        let bytes = data.len() as u64;
        let mut answer = self.inner.execute(cdb, data.reborrow(), timeout);
        for _ in 0..TRIES {
            let refused = answer
                .as_ref()
                .is_ok_and(|outcome| Sense::in_data(&outcome.sense) == Some(Sense::LONG_WRITE_IN_PROGRESS));
            let Some(time) = self.inner.drive().time_to_make_room(bytes).filter(|_| refused) else { break };
            self.inner.drive_mut().wait(time);
            answer = self.inner.execute(cdb, data.reborrow(), timeout);
        }
        answer
    }

    fn wait(&mut self, duration: Duration) {
        self.inner.wait(duration);
    }
}

impl<D: Simulated> Simulated for VirtualTime<D> {
    fn drive(&self) -> &Drive {
        self.inner.drive()
    }
    fn drive_mut(&mut self) -> &mut Drive {
        self.inner.drive_mut()
    }
}

/// A transport that knows how late it is on the simulated drive.
pub trait Clocked: Transport {
    /// Simulated time since the drive was made.
    fn clock(&self) -> Duration;
}

impl<D: Clocked> Clocked for Arc<Mutex<D>> {
    fn clock(&self) -> Duration {
        self.lock().unwrap_or_else(PoisonError::into_inner).clock()
    }
}

/// The clock on the wall.
pub trait WallClock {
    /// Time since some moment.
    fn now(&self) -> Duration;
    /// Sleeps, unless there is reason to hurry.
    fn sleep(&self, duration: Duration);
}

/// Time as on the wall: the drive is as slow as a real one.
///
/// Before each command the drive's clock catches up with the wall's, so that a laser that was left alone has gone on
/// recording, and perhaps run empty. What a command takes on the simulated clock is slept before its answer goes out: a
/// WRITE that waits for room in the buffer, a BLANK, CLOSE TRACK SESSION or SYNCHRONIZE CACHE without the immediate bit.
///
/// The drive is not held while it sleeps: whoever else has it sees the command's end already.
#[derive(Debug)]
pub struct RealTime<D, W> {
    inner: D,
    wall: W,
    /// What the drive's clock was when the wall's was zero.
    offset: Duration,
}

impl<D: Clocked, W: WallClock> RealTime<D, W> {
    /// From now on both clocks go alike.
    pub fn new(inner: D, wall: W) -> Self {
        let offset = inner.clock().saturating_sub(wall.now());
        Self { inner, wall, offset }
    }

    fn sleep_until_true(&self) {
        let ahead = self.inner.clock().saturating_sub(self.offset + self.wall.now());
        if !ahead.is_zero() {
            self.wall.sleep(ahead);
        }
    }
}

impl<D: Clocked, W: WallClock> Transport for RealTime<D, W> {
    fn execute(&mut self, cdb: &[u8], data: Data<'_>, timeout: Duration) -> Result<Outcome, TransportError> {
        let behind = (self.offset + self.wall.now()).saturating_sub(self.inner.clock());
        if !behind.is_zero() {
            self.inner.wait(behind);
        }
        let answer = self.inner.execute(cdb, data, timeout);
        self.sleep_until_true();
        answer
    }

    fn wait(&mut self, duration: Duration) {
        self.inner.wait(duration);
        self.sleep_until_true();
    }
}

/// The machine's clock; who sleeps by it can be woken for good.
#[derive(Clone, Debug)]
pub struct Wall {
    start: Instant,
    hurry: Arc<(Mutex<bool>, Condvar)>,
}

impl Wall {
    /// Begins at zero.
    pub fn new() -> Self {
        Self { start: Instant::now(), hurry: Arc::default() }
    }

    /// Ends every sleep, now and from now on.
    pub fn hurry(&self) {
        *self.hurry.0.lock().unwrap_or_else(PoisonError::into_inner) = true;
        self.hurry.1.notify_all();
    }
}

impl WallClock for Wall {
    fn now(&self) -> Duration {
        self.start.elapsed()
    }

    fn sleep(&self, duration: Duration) {
        let hurry = self.hurry.0.lock().unwrap_or_else(PoisonError::into_inner);
        // Poisoned or not, and whether in time or not: there is nothing to be done about either.
        let _ = self.hurry.1.wait_timeout_while(hurry, duration, |hurry| !*hurry);
    }
}

#[cfg(test)]
mod tests;
