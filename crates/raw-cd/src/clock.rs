//! The time at the drive, as an argument.
//!
//! Nothing in this crate looks at a clock of its own. A [`Recorder`](crate::Recorder) has one, tells it
//! what it does (waits, moves bytes), and asks it how late it is; events are paced, and elapsed and
//! remaining times told, by that alone. Which clock is right depends on what is at the other end: a
//! real drive takes [`WallClock`], the default; a simulated one, which waits in no time, takes its own,
//! or [`CountingClock`].

use core::fmt;
use core::time::Duration;
use std::sync::atomic::{AtomicU64, Ordering};
use std::time::Instant;

/// How late it is at the drive.
pub trait Clock: fmt::Debug + Send + Sync {
    /// Time since any fixed moment; never less than before.
    fn now(&self) -> Duration;

    /// The transport was told to wait.
    fn waited(&self, duration: Duration) {
        let _ = duration;
    }

    /// So many bytes were moved by a command's data phase.
    fn moved(&self, bytes: usize) {
        let _ = bytes;
    }
}

/// The time of day, for real drives: there a wait takes as long as it says by itself.
#[derive(Debug)]
pub struct WallClock {
    start: Instant,
}

impl Default for WallClock {
    fn default() -> Self {
        Self { start: Instant::now() }
    }
}

impl Clock for WallClock {
    fn now(&self) -> Duration {
        self.start.elapsed()
    }
}

/// Time made of what happened: waits as long as they say, transfers at so many bytes a second. The
/// same calls always take the same time.
#[derive(Debug)]
pub struct CountingClock {
    bytes_per_second: u64,
    waited_nanos: AtomicU64,
    moved_bytes: AtomicU64,
}

impl CountingClock {
    /// A clock on which `bytes_per_second` bytes are moved in a second; 0 stands for 1.
    pub fn new(bytes_per_second: u64) -> Self {
        Self {
            bytes_per_second: bytes_per_second.max(1),
            waited_nanos: AtomicU64::new(0),
            moved_bytes: AtomicU64::new(0),
        }
    }
}

impl Clock for CountingClock {
    fn now(&self) -> Duration {
        let bytes = self.moved_bytes.load(Ordering::Relaxed);
        let rest =
            u128::from(bytes % self.bytes_per_second) * 1_000_000_000 / u128::from(self.bytes_per_second);
        let moving = Duration::from_secs(bytes / self.bytes_per_second)
            .saturating_add(Duration::from_nanos(u64::try_from(rest).unwrap_or(0)));
        moving.saturating_add(Duration::from_nanos(self.waited_nanos.load(Ordering::Relaxed)))
    }

    fn waited(&self, duration: Duration) {
        add(&self.waited_nanos, u64::try_from(duration.as_nanos()).unwrap_or(u64::MAX));
    }

    fn moved(&self, bytes: usize) {
        add(&self.moved_bytes, bytes as u64);
    }
}

/// Adds and stays at the end: time does not go back.
fn add(count: &AtomicU64, more: u64) {
    let sum = |count: u64| Some(count.saturating_add(more));
    let _ = count.fetch_update(Ordering::Relaxed, Ordering::Relaxed, sum);
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_counting_clock_knows_what_it_is_told_and_nothing_else() {
        let clock = CountingClock::new(1000);
        assert_eq!(clock.now(), Duration::ZERO);
        clock.waited(Duration::from_millis(40));
        clock.moved(2500);
        assert_eq!(clock.now(), Duration::from_millis(2540));
        clock.waited(Duration::MAX);
        clock.moved(usize::MAX);
        let late = clock.now();
        clock.waited(Duration::from_secs(1));
        assert_eq!(clock.now(), late, "it stops rather than turn over");
        let clock = CountingClock::new(0);
        clock.moved(3);
        assert_eq!(clock.now(), Duration::from_secs(3), "no speed is the slowest");
    }

    #[test]
    fn a_wall_clock_waits_by_itself() {
        let clock = WallClock::default();
        clock.waited(Duration::from_secs(1000));
        assert!(clock.now() < Duration::from_secs(1000));
    }
}
