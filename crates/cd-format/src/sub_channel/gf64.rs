//! Numbers of six bits, GF(2^6) with x^6 + x + 1 and generator 2: the field of the R-W packs.

/// Elements besides zero.
const ORDER: u8 = 63;

/// Powers of 2, twice over so that a sum of two logarithms needs no remainder.
static EXP: [u8; 126] = powers();
static LOG: [u8; 64] = logarithms();

/// Product. Both below 64.
pub(super) fn mul(a: u8, b: u8) -> u8 {
    if a == 0 || b == 0 { 0 } else { EXP[(log(a) + log(b)) as usize] }
}

/// Quotient; `b` is not zero.
pub(super) fn div(a: u8, b: u8) -> u8 {
    if a == 0 { 0 } else { EXP[(log(a) + ORDER - log(b)) as usize] }
}

/// 2 to the power `n`, of which 63 is 1 again.
pub(super) fn power(n: usize) -> u8 {
    EXP[n % ORDER as usize]
}

/// The logarithm of an element that is not zero, 0 to 62.
pub(super) fn log(a: u8) -> u8 {
    LOG[(a & 0x3F) as usize]
}

/// Product by shifting and adding, for tables made when compiling.
pub(super) const fn slow_mul(mut a: u8, mut b: u8) -> u8 {
    let mut sum = 0;
    while b != 0 {
        if b & 1 != 0 {
            sum ^= a;
        }
        a <<= 1;
        if a & 0x40 != 0 {
            a ^= 0x43;
        }
        b >>= 1;
    }
    sum
}

const fn powers() -> [u8; 126] {
    let mut table = [1; 126];
    let mut n = 1;
    while n < 126 {
        table[n] = slow_mul(table[n - 1], 2);
        n += 1;
    }
    table
}

const fn logarithms() -> [u8; 64] {
    let mut table = [0; 64];
    let (powers, mut n) = (powers(), 0);
    while n < ORDER {
        table[powers[n as usize] as usize] = n;
        n += 1;
    }
    table
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn products_are_those_of_the_polynomials() {
        assert_eq!(slow_mul(0x20, 2), 3, "x^6 = x + 1");
        for a in 0..64 {
            for b in 0..64 {
                assert_eq!(mul(a, b), slow_mul(a, b), "{a} * {b}");
                if b != 0 {
                    assert_eq!(div(mul(a, b), b), a);
                }
            }
        }
    }
}
