//! Errors of a reading: made from numbers, so that every reading has the same ones.

use cd_format::Lba;

use super::C2Flags;
use crate::disc::content::Frame;
use crate::store::MAIN;

/// `count` different bytes of the main channel come wrong, and flagged.
pub(super) fn bytes(count: usize, seed: u64, lba: Lba, frame: &mut Frame, flags: &mut C2Flags) {
    let mut noise = Noise::of(seed, lba);
    // The first places of a shuffled row: as many as are wanted, none twice.
    let mut places: Vec<usize> = (0..MAIN).collect();
    for n in 0..count.min(MAIN) {
        places.swap(n, n + noise.below(MAIN - n));
        let place = places.get(n).copied().unwrap_or(n);
        let error = noise.not_zero();
        // What another defect has made wrong stays so: two errors do not make it right.
        if let Some(byte) = frame.get_mut(place).filter(|_| !flags.is_flagged(place)) {
            *byte ^= error;
        }
        flags.flag(place);
    }
}

/// A burst of at most 16 bits in Q: a CRC of 16 bits tells each of them.
pub(super) fn q(lba: Lba, frame: &mut Frame) {
    const Q: u8 = 0x40;
    const BURST: usize = 16;
    let mut noise = Noise::of(0, lba);
    let Some((_, sub)) = frame.split_first_chunk_mut::<MAIN>() else { return };
    let start = noise.below(sub.len() - BURST);
    let burst = noise.next() | 1;
    for (n, symbol) in sub.iter_mut().skip(start).take(BURST).enumerate() {
        if burst >> n & 1 != 0 {
            *symbol ^= Q;
        }
    }
}

/// Q as above, and every fourth symbol or so of R to W.
pub(super) fn sub_channel(lba: Lba, frame: &mut Frame) {
    const R_TO_W: u8 = 0x3F;
    q(lba, frame);
    let mut noise = Noise::of(1, lba);
    let Some((_, sub)) = frame.split_first_chunk_mut::<MAIN>() else { return };
    for symbol in sub {
        if noise.below(4) == 0 {
            *symbol ^= noise.not_zero() & R_TO_W;
        }
    }
}

/// Numbers that look random (Steele, Lea and Flood's SplitMix64).
struct Noise(u64);

impl Noise {
    fn of(seed: u64, lba: Lba) -> Self {
        Self(seed ^ u64::from(lba.0.cast_unsigned()) << 32 ^ 0x5C2A)
    }

    fn next(&mut self) -> u64 {
        self.0 = self.0.wrapping_add(0x9E37_79B9_7F4A_7C15);
        let mut mixed = self.0;
        mixed = (mixed ^ mixed >> 30).wrapping_mul(0xBF58_476D_1CE4_E5B9);
        mixed = (mixed ^ mixed >> 27).wrapping_mul(0x94D0_49BB_1331_11EB);
        mixed ^ mixed >> 31
    }

    /// A number below `end`; 0 when that is 0.
    fn below(&mut self, end: usize) -> usize {
        let number = self.next() >> 33;
        usize::try_from(number).unwrap_or(0).checked_rem(end).unwrap_or(0)
    }

    fn not_zero(&mut self) -> u8 {
        (self.below(255) + 1) as u8
    }
}
