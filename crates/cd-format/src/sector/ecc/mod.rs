//! P and Q parity: Reed-Solomon codes that repair a sector.
//!
//! ECMA-130 annex A, over GF(2^8) modulo x^8 + x^4 + x^3 + x^2 + 1. Bytes 12 to 2075 are 24 rows
//! of 43 words of two bytes; codewords run through either byte of the words. P parity is a
//! (26,24) code down the 43 columns, Q parity a (45,43) code along the 26 diagonals of data and P
//! parity together. Each codeword finds and repairs one wrong byte; turn by turn they repair far
//! more, as a byte that P cannot repair stands in a Q codeword with others.

mod kernel;
mod lanes;
mod repair;

use multiversion::multiversion;

use super::{EccHeader, HEADER, P_PARITY, Sector};

pub use repair::{Repair, repair};

/// Puts P and Q parity into a sector whose other bytes are in place.
pub fn encode(sector: &mut Sector, header: EccHeader) {
    with_header(sector, header, parity);
}

/// Whether both parities are what [`encode`] would put there.
pub fn agrees(sector: &Sector, header: EccHeader) -> bool {
    let mut again = *sector;
    encode(&mut again, header);
    again[P_PARITY..] == sector[P_PARITY..]
}

/// Does something with the sector as the parities see it.
fn with_header<T>(sector: &mut Sector, header: EccHeader, act: impl FnOnce(&mut Sector) -> T) -> T {
    match header {
        EccHeader::Covered => act(sector),
        EccHeader::Zero => {
            let [a, b, c, d] = [sector[HEADER], sector[HEADER + 1], sector[HEADER + 2], sector[HEADER + 3]];
            sector[HEADER..HEADER + 4].fill(0);
            let done = act(sector);
            sector[HEADER..HEADER + 4].copy_from_slice(&[a, b, c, d]);
            done
        }
    }
}

#[multiversion(targets("x86_64+avx512f+avx512bw+gfni", "x86_64+avx2"))]
fn parity(sector: &mut Sector) {
    multiversion::target::match_target! {
        "x86_64+avx512f+gfni" => kernel::wide(sector),
        "x86_64+avx2" => kernel::middle(sector),
        _ => kernel::narrow(sector),
    }
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::super::reference;
    use super::*;

    fn sectors() -> impl Strategy<Value = Sector> {
        prop::collection::vec(any::<u8>(), 2352).prop_map(|bytes| bytes.try_into().unwrap())
    }

    proptest! {
        #[test]
        fn parity_is_that_of_the_polynomials(sector in sectors(), zero in any::<bool>()) {
            let header = if zero { EccHeader::Zero } else { EccHeader::Covered };
            let (mut fast, mut slow) = (sector, sector);
            encode(&mut fast, header);
            reference::ecc(&mut slow, header);
            prop_assert_eq!(&fast[..], &slow[..]);
            prop_assert!(agrees(&fast, header));
        }

        #[test]
        fn the_narrow_kernel_is_equal(sector in sectors()) {
            let (mut fast, mut narrow) = (sector, sector);
            parity(&mut fast);
            kernel::narrow(&mut narrow);
            prop_assert_eq!(&fast[..], &narrow[..]);
        }

        /// The parities are linear, so every byte alone shows every weight.
        #[test]
        fn a_single_byte_has_its_parity(place in 12usize..2076, byte in 1u8..) {
            let mut sector = [0; 2352];
            sector[place] = byte;
            let mut slow = sector;
            encode(&mut sector, EccHeader::Covered);
            reference::ecc(&mut slow, EccHeader::Covered);
            prop_assert_eq!(&sector[..], &slow[..]);
        }
    }

    #[cfg(target_arch = "x86_64")]
    #[multiversion::multiversion(targets("x86_64+avx2"))]
    fn by_32_lanes(sector: &mut Sector) -> bool {
        multiversion::target::match_target! {
            "x86_64+avx2" => {
                kernel::middle(sector);
                true
            }
            _ => {
                let _ = sector;
                false
            }
        }
    }

    /// The widest kernel stands before it in the dispatch and would hide it.
    #[cfg(target_arch = "x86_64")]
    #[test]
    fn the_middle_kernel_is_equal() {
        let mut sector: Sector = core::array::from_fn(|n| (n * n / 7) as u8);
        let mut slow = sector;
        reference::ecc(&mut slow, EccHeader::Covered);
        if by_32_lanes(&mut sector) {
            assert_eq!(sector[..], slow[..]);
        }
    }
}
