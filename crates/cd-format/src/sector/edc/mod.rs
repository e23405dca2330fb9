//! The error detection code: a CRC of 32 bits.
//!
//! ECMA-130 14.3: the generator is (x^16 + x^15 + x^2 + 1)(x^16 + x^2 + x + 1), bytes are taken
//! least significant bit first, nothing is preset and nothing inverted. In the sector the code
//! stands least significant byte first, behind what [`SectorMode::edc_covers`] names.
//!
//! [`SectorMode::edc_covers`]: super::SectorMode::edc_covers

#[cfg(target_arch = "x86_64")]
mod fold;
mod table;

use multiversion::multiversion;

/// The generator without x^32, its highest power in the least significant bit.
const REFLECTED: u32 = 0xD801_8001;

/// The EDC of some bytes.
///
/// Carry-less multiplication where the processor has it, tables where not.
#[multiversion(targets("x86_64+avx512f+avx512bw+avx512vl+vpclmulqdq+pclmulqdq", "x86_64+avx+pclmulqdq",))]
pub fn edc(bytes: &[u8]) -> u32 {
    multiversion::target::match_target! {
        "x86_64+avx512f+vpclmulqdq" => fold::wide(bytes),
        "x86_64+avx+pclmulqdq" => fold::narrow(bytes),
        _ => table::advance(0, bytes),
    }
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::super::reference;
    use super::*;

    proptest! {
        /// Lengths around every step of the vector paths, up to a whole sector.
        #[test]
        fn every_path_agrees_with_the_shift_register(bytes in prop::collection::vec(any::<u8>(), 0..2400)) {
            let expected = reference::edc(&bytes);
            prop_assert_eq!(edc(&bytes), expected);
            prop_assert_eq!(table::advance(0, &bytes), expected);
        }

        #[test]
        fn the_code_of_bytes_and_their_code_is_zero(mut bytes in prop::collection::vec(any::<u8>(), 0..600)) {
            let code = edc(&bytes);
            bytes.extend(code.to_le_bytes());
            prop_assert_eq!(edc(&bytes), 0);
        }
    }

    #[test]
    fn every_length_agrees_with_the_shift_register() {
        let bytes: Vec<u8> = (0..1200u32).map(|n| (n.wrapping_mul(2_654_435_761) >> 24) as u8).collect();
        for end in 0..bytes.len() {
            assert_eq!(edc(&bytes[..end]), reference::edc(&bytes[..end]), "{end} bytes");
        }
    }

    #[cfg(target_arch = "x86_64")]
    #[multiversion(targets("x86_64+avx+pclmulqdq"))]
    fn by_128_bits(bytes: &[u8]) -> Option<u32> {
        multiversion::target::match_target! {
            "x86_64+avx+pclmulqdq" => Some(fold::narrow(bytes)),
            _ => {
                let _ = bytes;
                None
            }
        }
    }

    /// The widest path stands before it in the dispatch and would hide it.
    #[cfg(target_arch = "x86_64")]
    #[test]
    fn the_path_of_128_bits_agrees_with_the_shift_register() {
        let bytes: Vec<u8> = (0..2400u32).map(|n| (n * n / 11) as u8).collect();
        for end in [64, 65, 128, 200, 2056, 2064, 2332, 2400] {
            let Some(code) = by_128_bits(&bytes[..end]) else { return };
            assert_eq!(code, reference::edc(&bytes[..end]), "{end} bytes");
        }
    }
}
