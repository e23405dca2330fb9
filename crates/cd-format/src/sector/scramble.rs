//! The scrambler: no run of equal bytes in a data sector upsets the player's clock.
//!
//! ECMA-130 annex B: bytes 12 to 2351 are added, modulo 2, to what a 15-bit shift register puts
//! out, least significant bit first. The register feeds back x^15 + x + 1 and holds 1 at the
//! start of every sector. Adding the same twice gives the sector back, so one function both
//! scrambles and descrambles. Audio is never scrambled.

use multiversion::multiversion;

use super::{HEADER, SECTOR_LEN, Sector};

/// Bytes that are scrambled: all but the sync.
pub const SCRAMBLED_LEN: usize = SECTOR_LEN - HEADER;

/// What the shift register puts out from the end of the sync to the end of the sector.
pub static SEQUENCE: [u8; SCRAMBLED_LEN] = sequence();

/// Scrambles a sector, or descrambles it.
#[multiversion(targets("x86_64+avx512f+avx512bw", "x86_64+avx2"))]
pub fn scramble(sector: &mut Sector) {
    for (byte, mask) in sector[HEADER..].iter_mut().zip(&SEQUENCE) {
        *byte ^= mask;
    }
}

/// Puts the sector, scrambled or descrambled, somewhere else.
///
/// Where `out` is far from the processor, as a disc image is, this is how to make sectors for it: built
/// in one that stays at hand, and moved once. What is built in place goes over `out` five times, and
/// each pass waits for what the one before it has stored.
#[multiversion(targets("x86_64+avx512f+avx512bw", "x86_64+avx2"))]
pub fn scramble_into(sector: &Sector, out: &mut Sector) {
    out[..HEADER].copy_from_slice(&sector[..HEADER]);
    for ((out, byte), mask) in out[HEADER..].iter_mut().zip(&sector[HEADER..]).zip(&SEQUENCE) {
        *out = byte ^ mask;
    }
}

const fn sequence() -> [u8; SCRAMBLED_LEN] {
    let mut bytes = [0; SCRAMBLED_LEN];
    let mut register = 1u16;
    let mut n = 0;
    while n < SCRAMBLED_LEN * 8 {
        bytes[n / 8] |= ((register & 1) as u8) << (n % 8);
        let feedback = (register ^ register >> 1) & 1;
        register = register >> 1 | feedback << 14;
        n += 1;
    }
    bytes
}
