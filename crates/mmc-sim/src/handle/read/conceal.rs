//! Audio with the wrong samples made inaudible.

use crate::disc::damage::C2Flags;
use crate::store::MAIN;

/// Bytes of a sample, left and right.
const STEREO: usize = 4;
/// Bytes of a channel's sample.
const MONO: usize = 2;

/// Puts the mean of the nearest right samples to both sides in place of wrong ones; at the sector's ends
/// the one there is; silence where there is none.
///
/// MMC "READ CD Command", DAP: "flaw obscuring mechanisms such as audio data mute and interpolate". What
/// a drive makes of it is its own.
pub(super) fn conceal(main: &mut [u8; MAIN], flags: &C2Flags) {
    for channel in [0, MONO] {
        let wrong = |n: usize| (0..MONO).any(|byte| flags.is_flagged(n * STEREO + channel + byte));
        let right: Vec<(usize, i32)> =
            (0..MAIN / STEREO).filter(|n| !wrong(*n)).map(|n| (n, sample(main, n, channel))).collect();
        for n in (0..MAIN / STEREO).filter(|n| wrong(*n)) {
            let behind = right.partition_point(|(at, _)| *at < n);
            let before = behind.checked_sub(1).and_then(|place| right.get(place));
            let made = match (before, right.get(behind)) {
                (Some((_, before)), Some((_, next))) => (before + next) / 2,
                (Some((_, one)), None) | (None, Some((_, one))) => *one,
                (None, None) => 0,
            };
            let place = n * STEREO + channel;
            if let Some(bytes) = main.get_mut(place..place + MONO) {
                bytes.copy_from_slice(&(made as i16).to_le_bytes());
            }
        }
    }
}

fn sample(main: &[u8; MAIN], n: usize, channel: usize) -> i32 {
    let place = n * STEREO + channel;
    let bytes = main.get(place..place + MONO).and_then(|bytes| bytes.first_chunk());
    bytes.map_or(0, |bytes| i16::from_le_bytes(*bytes).into())
}
