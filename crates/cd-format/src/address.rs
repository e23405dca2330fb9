//! Addresses: logical blocks, minute:second:frame, and BCD.
//!
//! A CD counts time. One block is one frame of 1/75 s. The user area begins at
//! 00:02:00, which is block 0; what lies before it is negative. The clock of the
//! lead-in runs up to 99:59:74 and then rolls over to 00:00:00, so a minute of 90
//! or more names the time *before* the roll-over:
//!
//! ```text
//! t   = (M*60 + S)*75 + F
//! LBA = t - 150        when M < 90
//! LBA = t - 450150     when M >= 90
//! ```
//!
//! Source: MMC-3 "Logical Block addressing, CD" (legal range -45150..=404849); the
//! same rule in MMC-6 "CD address formats".

use core::fmt;
use core::str::FromStr;

use serde::{Deserialize, Deserializer, Serialize, Serializer};

/// Frames in a second.
pub const FRAMES_PER_SECOND: i32 = 75;
/// Frames in a minute.
pub const FRAMES_PER_MINUTE: i32 = 60 * FRAMES_PER_SECOND;
/// Frames between 00:00:00 and block 0: the two seconds of the first pregap.
pub const PREGAP_FRAMES: i32 = 150;
/// Frames of the whole two-digit clock, 00:00:00 to 99:59:74.
const CLOCK_FRAMES: i32 = 100 * FRAMES_PER_MINUTE;

/// A logical block address: a signed count of frames, 0 at 00:02:00.
///
/// An open value: it holds whatever 32 bits came over the wire. [`Lba::is_legal`]
/// tells whether a CD can have such an address.
#[derive(Clone, Copy, Debug, Default, Eq, Hash, Ord, PartialEq, PartialOrd, Serialize, Deserialize)]
#[serde(transparent)]
pub struct Lba(pub i32);

impl Lba {
    /// The lowest address a CD has: 90:00:00.
    pub const MIN: Self = Self(-45_150);
    /// The highest address a CD has: 89:59:74.
    pub const MAX: Self = Self(404_849);

    /// Whether the address lies in `MIN..=MAX`.
    pub const fn is_legal(self) -> bool {
        self.0 >= Self::MIN.0 && self.0 <= Self::MAX.0
    }

    /// The address as clock time; `None` where the clock has no such time.
    ///
    /// Addresses from -150 up count from 00:00:00, those below from 90:00:00.
    /// ```
    /// use cd_format::{Lba, Msf};
    /// assert_eq!(Lba(-11_634).to_msf(), Some(Msf::new(97, 26, 66)?));
    /// assert_eq!(Lba(404_850).to_msf(), None);
    /// # Ok::<(), cd_format::AddressError>(())
    /// ```
    pub const fn to_msf(self) -> Option<Msf> {
        if !self.is_legal() {
            return None;
        }
        let t = if self.0 >= -PREGAP_FRAMES {
            self.0 + PREGAP_FRAMES
        } else {
            self.0 + PREGAP_FRAMES + CLOCK_FRAMES
        };
        Some(Msf::from_clock(t))
    }

    /// The address as clock time counted straight on from 00:00:00, past minute 90.
    ///
    /// This is how the end of an over-long disc is written: 91:01:48 is a lead-out,
    /// not a lead-in. `None` below -150 and past 99:59:74.
    pub const fn to_program_msf(self) -> Option<Msf> {
        if self.0 < -PREGAP_FRAMES || self.0 >= CLOCK_FRAMES - PREGAP_FRAMES {
            return None;
        }
        Some(Msf::from_clock(self.0 + PREGAP_FRAMES))
    }

    /// The address `frames` further on; `None` when 32 bits cannot hold it.
    pub const fn checked_add(self, frames: i32) -> Option<Self> {
        match self.0.checked_add(frames) {
            Some(n) => Some(Self(n)),
            None => None,
        }
    }
}

impl fmt::Display for Lba {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        self.0.fmt(f)
    }
}

impl core::ops::Add<i32> for Lba {
    type Output = Self;
    /// Saturates: an address never wraps round to the other end of the disc.
    fn add(self, frames: i32) -> Self {
        Self(self.0.saturating_add(frames))
    }
}

impl core::ops::Sub<i32> for Lba {
    type Output = Self;
    fn sub(self, frames: i32) -> Self {
        Self(self.0.saturating_sub(frames))
    }
}

impl core::ops::Sub for Lba {
    type Output = i32;
    /// Frames from `other` to `self`.
    fn sub(self, other: Self) -> i32 {
        self.0.saturating_sub(other.0)
    }
}

/// Clock time on a disc: minute 0 to 99, second 0 to 59, frame 0 to 74, all binary.
///
/// Always a time that the clock can show; the wire's `FF:FF:FF` ("none") is not one.
#[derive(Clone, Copy, Debug, Default, Eq, Hash, Ord, PartialEq, PartialOrd)]
pub struct Msf {
    m: u8,
    s: u8,
    f: u8,
}

impl Msf {
    /// The time `m:s:f`, all binary.
    pub const fn new(m: u8, s: u8, f: u8) -> Result<Self, AddressError> {
        if m > 99 || s > 59 || f > 74 {
            return Err(AddressError::NotATime { m, s, f });
        }
        Ok(Self { m, s, f })
    }

    /// Minute, second and frame.
    pub const fn fields(self) -> [u8; 3] {
        [self.m, self.s, self.f]
    }

    /// Minute, 0 to 99.
    pub const fn minute(self) -> u8 {
        self.m
    }

    /// Second, 0 to 59.
    pub const fn second(self) -> u8 {
        self.s
    }

    /// Frame, 0 to 74.
    pub const fn frame(self) -> u8 {
        self.f
    }

    /// Frames since 00:00:00.
    pub const fn clock(self) -> i32 {
        (self.m as i32 * 60 + self.s as i32) * FRAMES_PER_SECOND + self.f as i32
    }

    /// The block this time names, minutes from 90 up lying before the roll-over.
    ///
    /// The right reading for lead-in times and for every address in a command.
    pub const fn to_lba(self) -> Lba {
        if self.m >= 90 {
            Lba(self.clock() - CLOCK_FRAMES - PREGAP_FRAMES)
        } else {
            Lba(self.clock() - PREGAP_FRAMES)
        }
    }

    /// The block this time names when it can only lie in the program area.
    ///
    /// The right reading for lead-out times: an over-long disc ends past minute 90.
    pub const fn to_program_lba(self) -> Lba {
        Lba(self.clock() - PREGAP_FRAMES)
    }

    /// `t` frames after 00:00:00; callers have checked `0 <= t < 450000`.
    const fn from_clock(t: i32) -> Self {
        Self {
            m: (t / FRAMES_PER_MINUTE) as u8,
            s: (t / FRAMES_PER_SECOND % 60) as u8,
            f: (t % FRAMES_PER_SECOND) as u8,
        }
    }
}

impl fmt::Display for Msf {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{:02}:{:02}:{:02}", self.m, self.s, self.f)
    }
}

impl FromStr for Msf {
    type Err = AddressError;

    /// Reads `97:26:66`; the `97:26/66` that burning programs print is understood too.
    fn from_str(text: &str) -> Result<Self, AddressError> {
        let bad = || AddressError::NotMsfText(text.chars().take(24).collect());
        let mut parts = text.split([':', '/']);
        let mut number = || -> Result<u8, AddressError> {
            let part = parts.next().ok_or_else(bad)?;
            if part.is_empty() || part.len() > 2 || !part.bytes().all(|b| b.is_ascii_digit()) {
                return Err(bad());
            }
            part.parse().map_err(|_| bad())
        };
        let (m, s, f) = (number()?, number()?, number()?);
        if parts.next().is_some() {
            return Err(bad());
        }
        Self::new(m, s, f)
    }
}

impl Serialize for Msf {
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        serializer.collect_str(self)
    }
}

impl<'de> Deserialize<'de> for Msf {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        String::deserialize(deserializer)?.parse().map_err(serde::de::Error::custom)
    }
}

/// A number of two decimal digits in one byte, as the sub-channel carries it.
#[derive(Clone, Copy, Debug, Default, Eq, Hash, PartialEq)]
pub struct Bcd(u8);

impl Bcd {
    /// Encodes 0 to 99.
    pub const fn encode(n: u8) -> Option<Self> {
        if n > 99 { None } else { Some(Self(n / 10 * 16 + n % 10)) }
    }

    /// Accepts a byte whose two digits are both 0 to 9.
    pub const fn from_byte(byte: u8) -> Option<Self> {
        if byte >> 4 > 9 || byte & 0x0F > 9 { None } else { Some(Self(byte)) }
    }

    /// The number.
    pub const fn decode(self) -> u8 {
        (self.0 >> 4) * 10 + (self.0 & 0x0F)
    }

    /// The byte as it stands on the disc.
    pub const fn byte(self) -> u8 {
        self.0
    }
}

/// Why something is not an address.
#[derive(Clone, Debug, Eq, PartialEq, thiserror::Error)]
#[non_exhaustive]
pub enum AddressError {
    /// The three numbers are no time of the disc's clock.
    #[error("{m}:{s}:{f} is not a time on a CD: expected at most 99:59:74")]
    NotATime {
        /// Minute as given.
        m: u8,
        /// Second as given.
        s: u8,
        /// Frame as given.
        f: u8,
    },
    /// The text is not minute:second:frame.
    #[error("{0:?} is not an address: expected minute:second:frame such as 97:26:66")]
    NotMsfText(String),
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;

    /// Vectors of "address arithmetic": MMC-3's range limits; the ATIP times are those
    /// that burning programs print beside their LBA for real discs.
    #[test]
    fn msf_and_lba_agree_with_published_pairs() {
        for (msf, lba) in [
            ("00:00:00", -150),
            ("00:01:74", -1),
            ("00:02:00", 0),
            ("74:43:00", 336_075),
            ("79:59:74", 359_849),
            ("89:59:74", 404_849),
            ("90:00:00", -45_150),
            ("95:00:00", -22_650),
            ("97:15:17", -12_508),
            ("97:24:01", -11_849),
            ("97:26:65", -11_635),
            ("97:26:66", -11_634),
            ("97:27:00", -11_625),
            ("97:34:20", -11_080),
            ("97:34:23", -11_077),
            ("99:59:74", -151),
        ] {
            let time: Msf = msf.parse().unwrap();
            assert_eq!(time.to_lba(), Lba(lba), "{msf}");
            assert_eq!(Lba(lba).to_msf(), Some(time), "{lba}");
            assert_eq!(time.to_string(), msf);
        }
    }

    #[test]
    fn a_lead_out_past_minute_90_is_not_a_lead_in() {
        let end: Msf = "91:01:48".parse().unwrap();
        assert_eq!(end.to_program_lba(), Lba(409_473));
        assert_eq!(Lba(409_473).to_program_msf(), Some(end));
        assert_eq!(Lba(409_473).to_msf(), None);
    }

    #[test]
    fn times_that_no_clock_shows_are_refused() {
        assert!(Msf::new(100, 0, 0).is_err());
        assert!(Msf::new(0, 60, 0).is_err());
        assert!(Msf::new(0, 0, 75).is_err());
        for text in ["", "97", "97:26", "97:26:66:1", "97:26:75", "9 7:26:66", "-1:00:00", "097:26:66"] {
            assert!(text.parse::<Msf>().is_err(), "{text:?}");
        }
        assert_eq!("97:26/66".parse::<Msf>(), Msf::new(97, 26, 66));
    }

    proptest! {
        #[test]
        fn every_legal_address_survives_the_clock(n in Lba::MIN.0..=Lba::MAX.0) {
            prop_assert_eq!(Lba(n).to_msf().map(Msf::to_lba), Some(Lba(n)));
        }

        #[test]
        fn no_other_address_has_a_time(n in any::<i32>()) {
            prop_assert_eq!(Lba(n).to_msf().is_some(), Lba(n).is_legal());
        }

        #[test]
        fn bcd_survives(n in 0u8..=99) {
            prop_assert_eq!(Bcd::encode(n).map(Bcd::decode), Some(n));
        }

        #[test]
        fn any_text_parses_or_fails_cleanly(text in ".{0,16}") {
            if let Ok(time) = text.parse::<Msf>() {
                prop_assert_eq!(time.to_string().parse::<Msf>(), Ok(time));
            }
        }
    }
}
