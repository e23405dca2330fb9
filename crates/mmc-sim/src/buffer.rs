//! The write buffer, and the laser that empties it, on the simulated clock.
//!
//! A drive accepts blocks faster than it records them. Recording begins when the buffer is full, when
//! two seconds have passed since its first block, or when the host synchronises (Pioneer BDR-203 command
//! reference, "WRITE (10)"), and runs at the speed in force until the buffer is empty. Then, if the
//! session still goes on, the drive links, or the recording is lost (MMC "Buffer under-run
//! protection"). A laser that has to be calibrated is from the first block on,
//! and records no sooner.
//!
//! Room is counted in bytes of what the host sends: what READ BUFFER CAPACITY tells is what a WRITE gets.

use core::time::Duration;
use std::collections::VecDeque;

use cd_format::Lba;

use crate::pace::Pace;
use crate::store::FRAME;

/// How long blocks wait for more before recording starts.
const PATIENCE: Duration = Duration::from_secs(2);

/// Frames that the host has sent together.
#[derive(Clone, Debug)]
pub struct Run {
    /// Address of the first.
    pub first: Lba,
    /// Whole frames.
    pub bytes: Vec<u8>,
}

impl Run {
    fn frames(&self) -> u32 {
        u32::try_from(self.bytes.len() / FRAME).unwrap_or(u32::MAX)
    }
}

/// A run in the queue.
#[derive(Clone, Debug)]
struct Queued {
    run: Run,
    /// Bytes that a frame of it takes up: of the block that the host has sent. What the drive makes itself takes
    /// up none.
    block_bytes: u64,
}

/// What the laser is doing.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum Laser {
    /// Nothing to record.
    Idle,
    /// Waits for more since then.
    Waiting { since: Duration },
    /// Records; up to this moment everything is accounted for.
    On { until: Duration },
}

/// Accepted frames that are not on the medium yet.
#[derive(Clone, Debug)]
pub struct Buffer {
    /// Bytes.
    capacity: u64,
    pace: Pace,
    /// The moment from which on the laser can record.
    ready: Duration,
    queue: VecDeque<Queued>,
    /// Bytes that are taken up.
    held: u64,
    /// Frames of the first run that are.
    recorded: u32,
    laser: Laser,
    /// How often it was empty while the session went on.
    underruns: u32,
}

impl Buffer {
    /// An empty buffer of so many bytes, and a laser that can record from that moment on.
    pub fn new(capacity: u32, pace: Pace, ready: Duration) -> Self {
        Self {
            capacity: capacity.max(1).into(),
            pace,
            ready,
            queue: VecDeque::new(),
            held: 0,
            recorded: 0,
            laser: Laser::Idle,
            underruns: 0,
        }
    }

    /// Bytes that fit in now.
    pub const fn free(&self) -> u64 {
        self.capacity.saturating_sub(self.held)
    }

    /// Whether so many bytes can be in it at once.
    pub const fn holds(&self, bytes: u64) -> bool {
        bytes <= self.capacity
    }

    /// Whether the laser can record.
    pub fn is_ready(&self, now: Duration) -> bool {
        self.ready <= now
    }

    /// How fast the laser goes.
    pub const fn pace(&self) -> &Pace {
        &self.pace
    }

    /// How often it ran empty under the laser.
    pub const fn underruns(&self) -> u32 {
        self.underruns
    }

    /// Takes frames in that the host has sent in blocks of so many bytes. They may be more than there is room
    /// for: then the laser works, and the transfer is over after [`time_to_fit`](Self::time_to_fit).
    pub fn push(&mut self, run: Run, block_bytes: usize, now: Duration) {
        let block_bytes = block_bytes as u64;
        self.held += u64::from(run.frames()) * block_bytes;
        self.enqueue(Queued { run, block_bytes }, now);
        if self.free() < block_bytes {
            self.start(now);
        }
    }

    /// Takes frames that the drive makes itself, such as a lead-in: it makes them under way.
    pub fn push_made(&mut self, run: Run, now: Duration) {
        self.enqueue(Queued { run, block_bytes: 0 }, now);
    }

    fn enqueue(&mut self, queued: Queued, now: Duration) {
        if queued.run.bytes.is_empty() {
            return;
        }
        self.queue.push_back(queued);
        if self.laser == Laser::Idle {
            self.laser = Laser::Waiting { since: now };
        }
    }

    /// Records at once what is waiting: the host synchronises, or there is no room left.
    pub fn start(&mut self, now: Duration) {
        if matches!(self.laser, Laser::Waiting { .. }) {
            self.light(now);
        }
    }

    fn light(&mut self, now: Duration) {
        self.laser = Laser::On { until: now.max(self.ready) };
    }

    /// How long it takes from `now`, with the laser at work, until no more is in it than it holds.
    pub fn time_to_fit(&self, now: Duration) -> Duration {
        let mut over = self.held.saturating_sub(self.capacity);
        if over == 0 {
            return Duration::ZERO;
        }
        // What the drive makes itself has to be recorded on the way there, and makes no room.
        let mut time = Duration::ZERO;
        for (first, left, block_bytes) in self.left() {
            let frames = if block_bytes == 0 { left.into() } else { over.div_ceil(block_bytes) };
            let frames = u32::try_from(frames).unwrap_or(left).min(left);
            time += self.pace.time(first, frames);
            over = over.saturating_sub(u64::from(frames) * block_bytes);
            if over == 0 {
                break;
            }
        }
        self.from(now, time)
    }

    /// How long it takes from `now`, with the laser at work, until an eighth of what it holds is left in it, or less
    /// where so many bytes need more room. It does not run empty by that, unless they need all of it.
    pub fn time_to_make_room(&self, now: Duration, bytes: u64) -> Duration {
        let rest = (self.capacity / 8).min(self.capacity.saturating_sub(bytes));
        let (mut over, mut time) = (self.held.saturating_sub(rest), Duration::ZERO);
        for (first, left, block_bytes) in self.left() {
            let blocks = match block_bytes {
                0 => left.into(),
                // There is no room without the last block in part; otherwise it would be one too many.
                _ if rest < self.capacity / 8 => over.div_ceil(block_bytes),
                _ => over / block_bytes,
            };
            let frames = u32::try_from(blocks).unwrap_or(left).min(left);
            time += self.pace.time(first, frames);
            over = over.saturating_sub(u64::from(frames) * block_bytes);
            if over < block_bytes.max(1) {
                break;
            }
        }
        self.from(now, time)
    }

    /// Whether the laser is at work, and no more than an eighth of what the buffer holds is left for it.
    pub fn is_low(&self, now: Duration) -> bool {
        matches!(self.laser, Laser::On { until } if until <= now) && self.held <= self.capacity / 8
    }

    /// How long it takes from `now` until everything is recorded.
    pub fn time_to_empty(&self, now: Duration) -> Duration {
        let time = self.left().map(|(first, left, _)| self.pace.time(first, left)).sum();
        self.from(now, time)
    }

    /// What is not recorded of each run: from where, how many frames, bytes that each takes up.
    fn left(&self) -> impl Iterator<Item = (Lba, u32, u64)> {
        let recorded = core::iter::once(self.recorded).chain(core::iter::repeat(0));
        self.queue.iter().zip(recorded).map(|(Queued { run, block_bytes }, recorded)| {
            (run.first + recorded.cast_signed(), run.frames() - recorded, *block_bytes)
        })
    }

    /// What so much work of the laser takes, seen from `now`: what has passed since the last whole frame
    /// counts, and so does the calibration.
    fn from(&self, now: Duration, work: Duration) -> Duration {
        match self.laser {
            Laser::On { until } => (until + work).saturating_sub(now),
            Laser::Waiting { .. } | Laser::Idle => self.ready.saturating_sub(now) + work,
        }
    }

    /// Lets the laser work up to `now`, and gives what is wholly recorded to `record`, in order.
    pub fn advance<E>(
        &mut self,
        now: Duration,
        mut record: impl FnMut(Run) -> Result<(), E>,
    ) -> Result<(), E> {
        if let Laser::Waiting { since } = self.laser
            && now.saturating_sub(since) >= PATIENCE
        {
            self.light(since + PATIENCE);
        }
        while let Laser::On { until } = self.laser
            && until <= now
        {
            let Some(Queued { run, block_bytes }) = self.queue.front() else {
                self.laser = Laser::Idle;
                self.underruns += 1;
                break;
            };
            let at = run.first + self.recorded.cast_signed();
            let left = run.frames() - self.recorded;
            let done = self.pace.frames_in(at, now - until, left);
            self.laser = Laser::On { until: until + self.pace.time(at, done) };
            self.held -= u64::from(done) * block_bytes;
            self.recorded += done;
            if done < left {
                break;
            }
            self.recorded = 0;
            if let Some(queued) = self.queue.pop_front() {
                record(queued.run)?;
            }
        }
        Ok(())
    }

    /// Takes everything out, in order: it has been recorded.
    pub fn drain(&mut self) -> impl Iterator<Item = Run> {
        self.held = 0;
        self.recorded = 0;
        self.laser = Laser::Idle;
        core::mem::take(&mut self.queue).into_iter().map(|queued| queued.run)
    }

    /// The power goes: gives what of the first run was recorded, and forgets the rest.
    pub fn cut(&mut self) -> Option<Run> {
        let recorded = self.recorded as usize * FRAME;
        let mut first = self.drain().next()?;
        first.bytes.truncate(recorded);
        (recorded > 0).then_some(first)
    }
}

#[cfg(test)]
mod tests;
