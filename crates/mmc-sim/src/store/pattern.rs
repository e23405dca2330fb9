//! Frames that are described rather than kept.

use cd_format::Lba;

use super::{FRAME, MAIN};

/// What every frame of an extent holds, in a few bytes however long the extent is.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Pattern {
    /// The 2352 bytes of the main channel, as recorded: whoever means data scrambles it first.
    pub main: Fill,
    /// The 96 bytes of the sub-channel.
    pub sub: Fill,
}

/// How the bytes of one channel come about.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Fill {
    /// The same byte throughout; 00h is digital silence.
    Byte(u8),
    /// Bytes that look random and differ from frame to frame, made from this number and the
    /// address: content that no compression and no mistaken offset can pass for.
    Seeded(u64),
}

impl Pattern {
    /// Digital silence with an empty sub-channel.
    pub const SILENCE: Self = Self { main: Fill::Byte(0), sub: Fill::Byte(0) };

    /// Writes the frames from `lba` on into `out`, a whole number of frames.
    pub(super) fn write(&self, lba: Lba, out: &mut [u8]) {
        for (frame, n) in out.chunks_exact_mut(FRAME).zip(0..) {
            let (main, sub) = frame.split_at_mut(MAIN);
            self.main.write(lba + n, Channel::Main, main);
            self.sub.write(lba + n, Channel::Sub, sub);
        }
    }
}

#[derive(Clone, Copy)]
enum Channel {
    Main,
    Sub,
}

impl Fill {
    /// Writes the main channel at `lba`, or so much of its beginning as `out` holds.
    pub(crate) fn main(self, lba: Lba, out: &mut [u8]) {
        self.write(lba, Channel::Main, out);
    }

    fn write(self, lba: Lba, channel: Channel, out: &mut [u8]) {
        match self {
            Self::Byte(byte) => out.fill(byte),
            Self::Seeded(seed) => {
                let place = (i64::from(lba.0) << 1) | channel as i64;
                let mut state = mix(seed ^ mix(place.cast_unsigned()));
                let mut next = || {
                    state = state.wrapping_add(GOLDEN);
                    mix(state).to_le_bytes()
                };
                let (words, rest) = out.as_chunks_mut::<8>();
                for word in words {
                    *word = next();
                }
                for (byte, made) in rest.iter_mut().zip(next()) {
                    *byte = made;
                }
            }
        }
    }
}

/// Odd, and 2^64 divided by the golden ratio.
const GOLDEN: u64 = 0x9E37_79B9_7F4A_7C15;

/// The finaliser of `SplitMix64` (Steele, Lea, Flood: "Fast splittable pseudorandom number
/// generators", 2014).
const fn mix(mut z: u64) -> u64 {
    z = (z ^ (z >> 30)).wrapping_mul(0xBF58_476D_1CE4_E5B9);
    z = (z ^ (z >> 27)).wrapping_mul(0x94D0_49BB_1331_11EB);
    z ^ (z >> 31)
}

#[cfg(test)]
mod tests {
    use super::*;

    /// First outputs of the reference implementation for seed 1234567 (Rosetta Code,
    /// "Pseudo-random numbers/Splitmix64").
    #[test]
    fn mix_is_splitmix64() {
        let first = 1_234_567_u64.wrapping_add(GOLDEN);
        assert_eq!(mix(first), 6_457_827_717_110_365_317);
        assert_eq!(mix(first.wrapping_add(GOLDEN)), 3_203_168_211_198_807_973);
    }

    #[test]
    fn frames_do_not_depend_on_where_reading_starts() {
        let pattern = Pattern { main: Fill::Seeded(7), sub: Fill::Seeded(7) };
        let mut all = vec![0; 3 * FRAME];
        pattern.write(Lba(-1), &mut all);
        for (frame, n) in all.chunks_exact(FRAME).zip(0..) {
            let mut alone = vec![0; FRAME];
            pattern.write(Lba(-1 + n), &mut alone);
            assert_eq!(alone, frame);
        }
        assert_ne!(all[..FRAME], all[FRAME..2 * FRAME]);
        assert_ne!(all[..96], all[MAIN..FRAME], "the channels differ");
    }
}
