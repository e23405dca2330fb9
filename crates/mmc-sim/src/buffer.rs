//! The write buffer, and the laser that empties it, on the simulated clock.
//!
//! A drive accepts blocks faster than it records them. Recording begins when the buffer is full, when
//! two seconds have passed since its first block, or when the host synchronises (Pioneer BDR-203 command
//! reference, "WRITE (10)"), and runs at the speed in force until the buffer is empty. Then, if the
//! session still goes on, the drive links, or the recording is lost (MMC "Buffer under-run
//! protection").

use core::time::Duration;
use std::collections::VecDeque;

use cd_format::Lba;

use crate::store::FRAME;

/// How long blocks wait for more before recording starts.
const PATIENCE: Duration = Duration::from_secs(2);

/// How fast the laser goes round.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Pace {
    /// Nanoseconds a frame at the outer edge of the program area.
    frame: u64,
    /// Constant angular velocity: slower further in.
    cav: bool,
}

impl Pace {
    /// The pace of a write speed in kB/s, 1x being 176.4 (MMC "SET CD SPEED Command").
    pub fn of(kbps: u16, cav: bool) -> Self {
        const NANOS_OF_2352_BYTES_AT_1_KBPS: u64 = 2_352_000_000;
        Self { frame: NANOS_OF_2352_BYTES_AT_1_KBPS / u64::from(kbps.max(1)), cav }
    }

    /// Nanoseconds for the frame at `lba`.
    ///
    /// At constant angular velocity the linear one goes with the radius, from 25 mm to 58 mm
    /// (ECMA-130, "Information area"); the area passed, and so the time, goes with its square.
    fn nanos(self, lba: Lba) -> u64 {
        if !self.cav {
            return self.frame;
        }
        const INNER: f64 = 25.0;
        const OUTER: f64 = 58.0;
        const FRAMES: f64 = 360_000.0;
        let part = (f64::from(lba.0.max(0)) / FRAMES).min(1.0);
        let radius = (INNER * INNER + part * (OUTER * OUTER - INNER * INNER)).sqrt();
        (self.frame as f64 * OUTER / radius) as u64
    }

    /// How long so many frames from `lba` on take.
    pub fn time(self, lba: Lba, frames: u32) -> Duration {
        Duration::from_nanos(self.nanos(lba).saturating_mul(frames.into()))
    }
}

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
    /// The host has sent it, so it takes up room. What the drive makes itself does not.
    held: bool,
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
    capacity: u32,
    pace: Pace,
    queue: VecDeque<Queued>,
    /// Frames in the queue that are not recorded.
    frames: u32,
    /// Those of them that the host has sent, and which take up room.
    held: u32,
    /// Frames of the first run that are.
    recorded: u32,
    laser: Laser,
    /// How often it was empty while the session went on.
    underruns: u32,
}

impl Buffer {
    /// An empty buffer for so many frames.
    pub fn new(capacity: u32, pace: Pace) -> Self {
        Self {
            capacity: capacity.max(1),
            pace,
            queue: VecDeque::new(),
            frames: 0,
            held: 0,
            recorded: 0,
            laser: Laser::Idle,
            underruns: 0,
        }
    }

    /// Frames that it holds at most.
    pub const fn capacity(&self) -> u32 {
        self.capacity
    }

    /// Frames that fit in now.
    pub const fn free(&self) -> u32 {
        self.capacity.saturating_sub(self.held)
    }

    /// How often it ran empty under the laser.
    pub const fn underruns(&self) -> u32 {
        self.underruns
    }

    /// Takes frames in. Whether they fit is asked before.
    pub fn push(&mut self, run: Run, now: Duration) {
        self.held = self.held.saturating_add(run.frames());
        self.enqueue(run, true, now);
    }

    /// Takes frames that the drive makes itself, such as a lead-in: it makes them under way.
    pub fn push_made(&mut self, run: Run, now: Duration) {
        self.enqueue(run, false, now);
    }

    fn enqueue(&mut self, run: Run, held: bool, now: Duration) {
        if run.bytes.is_empty() {
            return;
        }
        self.frames = self.frames.saturating_add(run.frames());
        self.queue.push_back(Queued { run, held });
        if self.laser == Laser::Idle {
            self.laser = Laser::Waiting { since: now };
        }
        if self.held >= self.capacity && matches!(self.laser, Laser::Waiting { .. }) {
            self.laser = Laser::On { until: now };
        }
    }

    /// Records at once what is waiting, as SYNCHRONIZE CACHE asks.
    pub fn start(&mut self, now: Duration) {
        if matches!(self.laser, Laser::Waiting { .. }) {
            self.laser = Laser::On { until: now };
        }
    }

    /// How long it takes from `now` until there is room for so many frames more; zero when there is.
    pub fn time_for(&self, frames: u32, now: Duration) -> Duration {
        let mut short = frames.min(self.capacity).saturating_sub(self.free());
        if short == 0 {
            return Duration::ZERO;
        }
        // What the drive makes itself has to be recorded on the way there, and makes no room.
        let mut count = 0_u32;
        for (n, queued) in self.queue.iter().enumerate() {
            let recorded = if n == 0 { self.recorded } else { 0 };
            let left = queued.run.frames() - recorded;
            let part = if queued.held { left.min(short) } else { left };
            count = count.saturating_add(part);
            if queued.held {
                short -= part;
            }
            if short == 0 {
                break;
            }
        }
        self.time_to_record(count, now)
    }

    /// How long it takes from `now` until everything is recorded.
    pub fn time_to_empty(&self, now: Duration) -> Duration {
        self.time_to_record(self.frames, now)
    }

    fn time_to_record(&self, frames: u32, now: Duration) -> Duration {
        let first = self.queue.front().map_or(Lba(0), |queued| queued.run.first);
        let time = self.pace.time(first, frames);
        match self.laser {
            // What has passed since the last whole frame counts.
            Laser::On { until } => time.saturating_sub(now.saturating_sub(until)),
            Laser::Waiting { .. } | Laser::Idle => time,
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
            self.laser = Laser::On { until: since + PATIENCE };
        }
        while let Laser::On { until } = self.laser {
            let Some(Queued { run, held }) = self.queue.front() else {
                self.laser = Laser::Idle;
                self.underruns += 1;
                break;
            };
            let each = self.pace.nanos(run.first).max(1);
            let passed = u64::try_from(now.saturating_sub(until).as_nanos()).unwrap_or(u64::MAX);
            let left = run.frames() - self.recorded;
            let done = u32::try_from(passed / each).unwrap_or(u32::MAX).min(left);
            self.laser = Laser::On { until: until + Duration::from_nanos(each.saturating_mul(done.into())) };
            self.frames -= done;
            if *held {
                self.held -= done;
            }
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
        self.frames = 0;
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
mod tests {
    use super::*;

    const AT_10_MS: Pace = Pace { frame: 10_000_000, cav: false };

    fn run(first: i32, frames: usize) -> Run {
        Run { first: Lba(first), bytes: vec![0; frames * FRAME] }
    }

    fn recorded(buffer: &mut Buffer, now: Duration) -> Vec<i32> {
        let mut seen = Vec::new();
        let all: Result<(), ()> = buffer.advance(now, |run| {
            seen.push(run.first.0);
            Ok(())
        });
        assert_eq!(all, Ok(()));
        seen
    }

    #[test]
    fn recording_starts_when_the_buffer_is_full() {
        let mut buffer = Buffer::new(4, AT_10_MS);
        buffer.push(run(0, 2), Duration::ZERO);
        assert_eq!(recorded(&mut buffer, Duration::from_secs(1)), [] as [i32; 0]);
        buffer.push(run(2, 2), Duration::from_secs(1));
        assert_eq!(buffer.free(), 0);
        assert_eq!(recorded(&mut buffer, Duration::from_millis(1019)), [] as [i32; 0]);
        assert_eq!(buffer.free(), 1);
        assert_eq!(recorded(&mut buffer, Duration::from_millis(1020)), [0]);
    }

    #[test]
    fn recording_starts_when_no_more_comes() {
        let mut buffer = Buffer::new(100, AT_10_MS);
        buffer.push(run(0, 1), Duration::ZERO);
        assert_eq!(recorded(&mut buffer, Duration::from_millis(1999)), [] as [i32; 0]);
        assert_eq!(recorded(&mut buffer, Duration::from_millis(2010)), [0]);
        assert_eq!(buffer.underruns(), 1);
    }

    #[test]
    fn the_power_goes_in_the_middle_of_a_run() {
        let mut buffer = Buffer::new(4, AT_10_MS);
        buffer.push(run(-150, 4), Duration::ZERO);
        assert!(recorded(&mut buffer, Duration::from_millis(35)).is_empty());
        let cut = buffer.cut().unwrap();
        assert_eq!((cut.first, cut.bytes.len()), (Lba(-150), 3 * FRAME));
        assert_eq!(buffer.free(), 4);
    }

    #[test]
    fn room_comes_with_time() {
        let mut buffer = Buffer::new(4, AT_10_MS);
        buffer.push(run(0, 4), Duration::ZERO);
        assert_eq!(buffer.time_for(2, Duration::ZERO), Duration::from_millis(20));
        assert_eq!(buffer.time_for(2, Duration::from_millis(5)), Duration::from_millis(15));
    }

    /// A lead-in of ten frames takes its time, but no room.
    #[test]
    fn what_the_drive_makes_takes_time_and_no_room() {
        let mut buffer = Buffer::new(4, AT_10_MS);
        buffer.push_made(run(-10, 10), Duration::ZERO);
        buffer.push(run(0, 3), Duration::ZERO);
        assert_eq!((buffer.free(), buffer.time_for(1, Duration::ZERO)), (1, Duration::ZERO));
        assert_eq!(buffer.time_for(2, Duration::ZERO), Duration::from_millis(110));
        assert_eq!(buffer.time_to_empty(Duration::ZERO), Duration::from_millis(130));
        buffer.start(Duration::ZERO);
        assert_eq!(recorded(&mut buffer, Duration::from_millis(110)), [-10]);
        assert_eq!(buffer.free(), 2);
    }

    #[test]
    fn constant_angular_velocity_is_slower_inside() {
        let pace = Pace::of(8467, true);
        assert!(pace.nanos(Lba(0)) > 2 * pace.nanos(Lba(350_000)) - pace.nanos(Lba(350_000)) / 4);
        assert_eq!(Pace::of(176, false).nanos(Lba(0)), 13_363_636);
    }
}
