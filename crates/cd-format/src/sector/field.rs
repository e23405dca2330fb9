//! GF(2^8) as ECMA-130 annex A has it: polynomials modulo x^8 + x^4 + x^3 + x^2 + 1, and α = x.

/// What x^8 is.
pub(super) const REDUCED: u8 = 0x1D;

/// The order of α: α^255 = 1.
pub(super) const ORDER: usize = 255;

/// α^0 to α^254, and α^0 again.
pub(super) const POWERS: [u8; 256] = powers();

/// The power of α that a byte is; 0 is none, and has 0 here.
pub(super) const LOGS: [u8; 256] = logs();

/// The product of two elements, bit by bit: for constants.
pub(super) const fn times(a: u8, b: u8) -> u8 {
    let mut product = 0;
    let mut bit = 8;
    while bit > 0 {
        bit -= 1;
        product = product << 1 ^ if product & 0x80 != 0 { REDUCED } else { 0 };
        if b >> bit & 1 != 0 {
            product ^= a;
        }
    }
    product
}

/// α to the power of `n`, which may be negative.
pub(super) const fn power(n: i32) -> u8 {
    POWERS[n.rem_euclid(ORDER as i32) as usize]
}

/// 1 / (α + 1): takes both syndromes of a codeword to the first of its parity bytes.
pub(super) const ONE_OVER_ALPHA_PLUS_ONE: u8 = power(-(LOGS[3] as i32));

const fn powers() -> [u8; 256] {
    let mut powers = [1; 256];
    let mut n = 1;
    while n < 256 {
        powers[n] = times(powers[n - 1], 2);
        n += 1;
    }
    powers
}

const fn logs() -> [u8; 256] {
    let mut logs = [0; 256];
    let mut n = 0;
    while n < ORDER {
        logs[POWERS[n] as usize] = n as u8;
        n += 1;
    }
    logs
}
