//! The encodings once more, slow and plain, word for word from the standard: what the fast ones
//! are held against.

use super::{EccHeader, Sector};

/// ECMA-130 14.3: the shift register, bit by bit.
pub(super) fn edc(bytes: &[u8]) -> u32 {
    // (x^16 + x^15 + x^2 + 1)(x^16 + x^2 + x + 1) without its highest power.
    const GENERATOR: u32 = 0x8001_801B;
    let mut register = 0u32;
    for byte in bytes {
        for bit in 0..8 {
            let incoming = u32::from(byte >> bit & 1);
            let outgoing = register >> 31;
            register <<= 1;
            if incoming ^ outgoing != 0 {
                register ^= GENERATOR;
            }
        }
    }
    register.reverse_bits()
}

/// Product in GF(2^8): schoolbook, then reduced by x^8 + x^4 + x^3 + x^2 + 1.
pub(super) fn times(a: u8, b: u8) -> u8 {
    let mut product = 0u16;
    for bit in 0..8 {
        if b >> bit & 1 != 0 {
            product ^= u16::from(a) << bit;
        }
    }
    for bit in (8..16).rev() {
        if product >> bit & 1 != 0 {
            product ^= 0x11D << (bit - 8);
        }
    }
    product as u8
}

/// The two parity bytes of a codeword: what is left of data * x^2 divided by (x + 1)(x + α).
fn parity(data: &[u8]) -> [u8; 2] {
    // (x + 1)(x + α) = x^2 + (α + 1) x + α
    let (mut high, mut low) = (0, 0);
    for byte in data {
        let lead = byte ^ high;
        high = low ^ times(lead, 3);
        low = times(lead, 2);
    }
    [high, low]
}

/// Offsets, from byte 12, of the bytes of P codeword `n` of 43 in the byte plane `plane`
/// (ECMA-130 annex A, with M_P running from 0 to 25).
pub(super) fn p_codeword(n: usize, plane: usize) -> [usize; 26] {
    core::array::from_fn(|m| 2 * (43 * m + n) + plane)
}

/// The same of Q codeword `n` of 26: 43 data bytes modulo 1118 words, and two of parity.
pub(super) fn q_codeword(n: usize, plane: usize) -> [usize; 45] {
    core::array::from_fn(|m| {
        let word = if m < 43 { (44 * m + 43 * n) % 1118 } else { 43 * 26 + 26 * (m - 43) + n };
        2 * word + plane
    })
}

/// ECMA-130 annex A: P parity, then Q parity over data and P parity.
pub(super) fn ecc(sector: &mut Sector, header: EccHeader) {
    let kept: [u8; 4] = sector[12..16].try_into().unwrap();
    if header == EccHeader::Zero {
        sector[12..16].fill(0);
    }
    for plane in 0..2 {
        for n in 0..43 {
            encode(sector, &p_codeword(n, plane));
        }
    }
    for plane in 0..2 {
        for n in 0..26 {
            encode(sector, &q_codeword(n, plane));
        }
    }
    sector[12..16].copy_from_slice(&kept);
}

fn encode(sector: &mut Sector, places: &[usize]) {
    let (data, code) = places.split_at(places.len() - 2);
    let data: Vec<u8> = data.iter().map(|place| sector[12 + place]).collect();
    for (place, byte) in code.iter().zip(parity(&data)) {
        sector[12 + place] = byte;
    }
}
