//! How long the laser takes: a write speed's profile, and the way along the spiral.
//!
//! GET PERFORMANCE, the buffer and every operation's time go by what is here.

use core::time::Duration;

use cd_format::Lba;

use crate::personality::{SpeedProfile, WriteSpeed, Zone};

/// Radii of the program area's edges in mm (ECMA-130, "Information area").
const INNER: f64 = 25.0;
const OUTER: f64 = 58.0;
/// Frames between them.
const FRAMES: f64 = 360_000.0;
/// How the square of the radius grows with each frame, for a frame has the same area everywhere. From the
/// program area inwards the same rule puts the start of a lead-in of two and a half minutes at 23 mm, where
/// the standard has it.
const GROWTH: f64 = (OUTER * OUTER - INNER * INNER) / FRAMES;

/// How fast the laser goes round.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Pace(WriteSpeed);

impl Pace {
    /// The pace of a write speed.
    pub const fn of(speed: WriteSpeed) -> Self {
        Self(speed)
    }

    /// kB/s at `lba`.
    pub fn kbps(&self, lba: Lba) -> u16 {
        match &self.0.profile {
            SpeedProfile::Clv => self.0.kbps,
            SpeedProfile::Cav => (f64::from(self.0.kbps) * radius(lba) / OUTER).round() as u16,
            SpeedProfile::Zclv(zones) => {
                let zone = zones.iter().rev().find(|zone| zone.start <= lba).or(zones.first());
                zone.map_or(self.0.kbps, |zone| zone.kbps)
            }
        }
    }

    /// Where the speed jumps, up to `end`: the first block of each stretch.
    pub fn zones(&self, end: Lba) -> Vec<Lba> {
        match &self.0.profile {
            SpeedProfile::Clv | SpeedProfile::Cav => vec![Lba(0)],
            SpeedProfile::Zclv(zones) => {
                zones.iter().map(|zone| zone.start).filter(|start| *start <= end).collect()
            }
        }
    }

    /// How long so many frames from `lba` on take. Of two stretches that follow one another it is the sum.
    pub fn time(&self, lba: Lba, frames: u32) -> Duration {
        let end = i64::from(lba.0) + i64::from(frames);
        let nanos = self.nanos_to(end) - self.nanos_to(lba.0.into());
        Duration::from_nanos(u64::try_from(nanos).unwrap_or(0))
    }

    /// How many frames from `lba` on, at most `most`, are whole after that time.
    pub fn frames_in(&self, lba: Lba, passed: Duration, most: u32) -> u32 {
        if self.time(lba, most) <= passed {
            return most;
        }
        // So many are whole, and so many are not.
        let (mut whole, mut not) = (0, most);
        while not - whole > 1 {
            let middle = whole + (not - whole) / 2;
            if self.time(lba, middle) <= passed { whole = middle } else { not = middle }
        }
        whole
    }

    /// Nanoseconds from block 0 to `lba`; less than none before it.
    fn nanos_to(&self, lba: i64) -> i64 {
        match &self.0.profile {
            SpeedProfile::Clv => lba * frame_nanos(self.0.kbps),
            // A frame takes time as 1 / radius: this is the integral of that.
            SpeedProfile::Cav => {
                let outer = frame_nanos(self.0.kbps) as f64;
                let inside = (lba as f64).min(FRAMES);
                let inside_nanos =
                    2.0 * OUTER / GROWTH * ((INNER * INNER + GROWTH * inside).max(0.0).sqrt() - INNER);
                ((inside_nanos + (lba as f64 - inside)) * outer) as i64
            }
            SpeedProfile::Zclv(zones) => {
                let ends = zones.iter().skip(1).map(|zone| i64::from(zone.start.0)).chain([i64::MAX]);
                let first = zones.first().map_or(0, |zone| frame_nanos(zone.kbps));
                let inside = |(zone, end): (&Zone, i64)| {
                    let frames = lba.min(end) - i64::from(zone.start.0).max(0);
                    frames.max(0) * frame_nanos(zone.kbps)
                };
                lba.min(0) * first + zones.iter().zip(ends).map(inside).sum::<i64>()
            }
        }
    }
}

/// Nanoseconds a frame of 2352 bytes, 1x being 176.4 kB/s (MMC "SET CD SPEED Command").
fn frame_nanos(kbps: u16) -> i64 {
    2_352_000_000 / i64::from(kbps.max(1))
}

/// Distance from the axis in mm.
fn radius(lba: Lba) -> f64 {
    (INNER * INNER + GROWTH * f64::from(lba.0).min(FRAMES)).max(0.0).sqrt()
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;
    use crate::store::{FIRST, LAST};

    fn pace(kbps: u16, profile: SpeedProfile) -> Pace {
        Pace::of(WriteSpeed { kbps, profile })
    }

    fn zones() -> SpeedProfile {
        SpeedProfile::Zclv(vec![
            Zone { start: Lba(0), kbps: 2822 },
            Zone { start: Lba(40_000), kbps: 4234 },
            Zone { start: Lba(100_000), kbps: 7056 },
        ])
    }

    /// 75 frames a second are 1x; a zone's frames go at its speed.
    #[test]
    fn constant_linear_velocity_takes_as_long_everywhere() {
        assert_eq!(pace(176, SpeedProfile::Clv).time(Lba(-150), 75).as_millis(), 1002);
        let whole = pace(7056, zones()).time(Lba(0), 120_000).as_secs_f64();
        let by_hand = 40_000.0 / (16.0 * 75.0) + 60_000.0 / (24.0 * 75.0) + 20_000.0 / (40.0 * 75.0);
        assert!((whole - by_hand).abs() < 0.1, "{whole} s, {by_hand} s");
    }

    /// As Red Book discs have it: from 25 to 58 mm the linear velocity grows 2.32 times, and the whole disc takes
    /// as long as at the mean of both.
    #[test]
    fn constant_angular_velocity_is_slower_inside() {
        let pace = pace(8467, SpeedProfile::Cav);
        assert_eq!((pace.kbps(Lba(0)), pace.kbps(Lba(360_000))), (3650, 8467));
        let whole = pace.time(Lba(0), 360_000).as_secs_f64();
        let mean = 48.0 * 75.0 * (25.0 / 58.0 + 1.0) / 2.0;
        assert!((whole - 360_000.0 / mean).abs() < 0.1, "{whole} s");
    }

    proptest! {
        #[test]
        fn stretches_add_up_and_frames_come_one_by_one(
            kbps in 176_u16..9000,
            profile in prop_oneof![Just(SpeedProfile::Clv), Just(SpeedProfile::Cav), Just(zones())],
            lba in FIRST.0..LAST.0,
            frames in 1_u32..50_000,
            part in 0.0..1.0_f64,
        ) {
            let pace = pace(kbps, profile);
            let first = (f64::from(frames) * part) as u32;
            let behind = lba + first.cast_signed();
            let whole = pace.time(Lba(lba), frames);
            prop_assert_eq!(pace.time(Lba(lba), first) + pace.time(Lba(behind), frames - first), whole);
            prop_assert_eq!(pace.frames_in(Lba(lba), whole, u32::MAX >> 2), frames);
            let short = whole.saturating_sub(Duration::from_nanos(1));
            prop_assert_eq!(pace.frames_in(Lba(lba), short, frames), frames - 1);
            prop_assert!(pace.kbps(Lba(lba)) > 0);
        }
    }
}
