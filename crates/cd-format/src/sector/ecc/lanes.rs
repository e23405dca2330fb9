//! Many elements of GF(2^8) side by side: the few operations that parity is made of, for every
//! width of register that there is.
//!
//! Each module has the same names, so that one text (`kernel!`) becomes one function a width.

use super::super::field;

/// 64 bytes, with the instructions for GF(2^8) that newer processors have: they multiply by any
/// matrix over GF(2), so by any constant of any such field.
#[cfg(target_arch = "x86_64")]
pub(super) mod wide {
    use core::arch::x86_64::{
        _mm512_add_epi8, _mm512_and_si512, _mm512_gf2p8affine_epi64_epi8, _mm512_maskz_mov_epi8,
        _mm512_movepi8_mask, _mm512_set1_epi64, _mm512_setzero_si512, _mm512_xor_si512,
    };

    pub(in super::super) use core::arch::x86_64::__m512i as Lanes;

    #[target_feature(enable = "avx512f,avx512bw,gfni")]
    #[inline]
    pub(in super::super) fn zero() -> Lanes {
        _mm512_setzero_si512()
    }

    #[target_feature(enable = "avx512f,avx512bw,gfni")]
    #[inline]
    pub(in super::super) fn add(a: Lanes, b: Lanes) -> Lanes {
        _mm512_xor_si512(a, b)
    }

    /// Bit by bit.
    #[target_feature(enable = "avx512f,avx512bw,gfni")]
    #[inline]
    pub(in super::super) fn and(a: Lanes, b: Lanes) -> Lanes {
        _mm512_and_si512(a, b)
    }

    /// The lanes of `value` where the top bit of `chosen` is set.
    #[target_feature(enable = "avx512f,avx512bw,gfni")]
    #[inline]
    pub(in super::super) fn where_top_bit(chosen: Lanes, value: Lanes) -> Lanes {
        _mm512_maskz_mov_epi8(_mm512_movepi8_mask(chosen), value)
    }

    /// Every byte one bit up; what leaves it is lost.
    #[target_feature(enable = "avx512f,avx512bw,gfni")]
    #[inline]
    pub(in super::super) fn shift(a: Lanes) -> Lanes {
        _mm512_add_epi8(a, a)
    }

    #[target_feature(enable = "avx512f,avx512bw,gfni")]
    #[inline]
    pub(in super::super) fn times<const FACTOR: u8>(a: Lanes) -> Lanes {
        let matrix = _mm512_set1_epi64(const { super::matrix(FACTOR) as i64 });
        _mm512_gf2p8affine_epi64_epi8::<0>(a, matrix)
    }
}

/// 32 bytes.
#[cfg(target_arch = "x86_64")]
pub(super) mod middle {
    use core::arch::x86_64::{
        _mm256_add_epi8, _mm256_and_si256, _mm256_cmpgt_epi8, _mm256_set1_epi8, _mm256_setzero_si256,
        _mm256_xor_si256,
    };

    pub(in super::super) use core::arch::x86_64::__m256i as Lanes;

    #[target_feature(enable = "avx2")]
    #[inline]
    pub(in super::super) fn zero() -> Lanes {
        _mm256_setzero_si256()
    }

    #[target_feature(enable = "avx2")]
    #[inline]
    pub(in super::super) fn add(a: Lanes, b: Lanes) -> Lanes {
        _mm256_xor_si256(a, b)
    }

    /// Bit by bit.
    #[target_feature(enable = "avx2")]
    #[inline]
    pub(in super::super) fn and(a: Lanes, b: Lanes) -> Lanes {
        _mm256_and_si256(a, b)
    }

    /// The lanes of `value` where the top bit of `chosen` is set.
    #[target_feature(enable = "avx2")]
    #[inline]
    pub(in super::super) fn where_top_bit(chosen: Lanes, value: Lanes) -> Lanes {
        _mm256_and_si256(_mm256_cmpgt_epi8(_mm256_setzero_si256(), chosen), value)
    }

    /// Every byte one bit up; what leaves it is lost.
    #[target_feature(enable = "avx2")]
    #[inline]
    pub(in super::super) fn shift(a: Lanes) -> Lanes {
        _mm256_add_epi8(a, a)
    }

    #[target_feature(enable = "avx2")]
    #[inline]
    pub(in super::super) fn times<const FACTOR: u8>(a: Lanes) -> Lanes {
        let reduced = _mm256_set1_epi8(super::field::REDUCED as i8);
        let mut product = zero();
        for bit in (0..8 - FACTOR.leading_zeros()).rev() {
            product = add(shift(product), where_top_bit(product, reduced));
            if FACTOR >> bit & 1 != 0 {
                product = add(product, a);
            }
        }
        product
    }
}

/// 8 bytes in a register that every processor has.
pub(super) mod narrow {
    pub(in super::super) type Lanes = u64;

    const TOP_BITS: u64 = 0x8080_8080_8080_8080;

    #[inline(always)]
    pub(in super::super) fn zero() -> Lanes {
        0
    }

    #[inline(always)]
    pub(in super::super) fn add(a: Lanes, b: Lanes) -> Lanes {
        a ^ b
    }

    /// Bit by bit.
    #[inline(always)]
    pub(in super::super) fn and(a: Lanes, b: Lanes) -> Lanes {
        a & b
    }

    /// The lanes of `value` where the top bit of `chosen` is set.
    #[inline(always)]
    pub(in super::super) fn where_top_bit(chosen: Lanes, value: Lanes) -> Lanes {
        let bits = (chosen & TOP_BITS) >> 7;
        bits.wrapping_mul(0xFF) & value
    }

    /// Every byte one bit up; what leaves it is lost.
    #[inline(always)]
    pub(in super::super) fn shift(a: Lanes) -> Lanes {
        (a & !TOP_BITS) << 1
    }

    #[inline(always)]
    pub(in super::super) fn times<const FACTOR: u8>(a: Lanes) -> Lanes {
        let reduced = u64::from_ne_bytes([super::field::REDUCED; 8]);
        let mut product = zero();
        for bit in (0..8 - FACTOR.leading_zeros()).rev() {
            product = add(shift(product), where_top_bit(product, reduced));
            if FACTOR >> bit & 1 != 0 {
                product = add(product, a);
            }
        }
        product
    }
}

/// Multiplication by a constant as a matrix over GF(2): the top byte makes bit 0 of the product.
#[cfg(target_arch = "x86_64")]
const fn matrix(factor: u8) -> u64 {
    let mut matrix = 0;
    let mut bit = 0;
    while bit < 8 {
        let column = field::times(factor, 1 << bit);
        let mut row = 0;
        while row < 8 {
            matrix |= ((column >> row & 1) as u64) << (8 * (7 - row) + bit);
            row += 1;
        }
        bit += 1;
    }
    matrix
}
