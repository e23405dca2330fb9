//! The EDC by carry-less multiplication.
//!
//! A block of 128 bits that stands `n` bits before another can be added to it, multiplied by x^n
//! modulo the generator: its upper half by x^(n+64), its lower half by x^n. So a message folds
//! into its last block, many blocks side by side, and one division is left for the end
//! (V. Gopal et al., "Fast CRC Computation for Generic Polynomials Using PCLMULQDQ Instruction",
//! Intel, 2009; here with the highest power in bit 0, where a product comes out one bit low).

use core::arch::x86_64::{
    __m128i, __m512i, _mm_and_si128, _mm_clmulepi64_si128, _mm_extract_epi32, _mm_set_epi64x, _mm_srli_si128,
    _mm_xor_si128, _mm512_clmulepi64_epi128, _mm512_extracti32x4_epi32, _mm512_set4_epi64,
    _mm512_ternarylogic_epi64,
};

use bytemuck::pod_read_unaligned;

use super::{REFLECTED, table};

/// Four blocks of 512 bits at a time, then one, then what [`narrow`] has.
#[target_feature(enable = "avx512f,avx512bw,avx512vl,vpclmulqdq,pclmulqdq,avx")]
#[inline]
pub(super) fn wide(bytes: &[u8]) -> u32 {
    let (groups, rest) = bytes.as_chunks::<256>();
    let Some((first, groups)) = groups.split_first() else {
        return narrow(bytes);
    };
    let by_group = wide_factor::<2048>();
    let mut sums: [__m512i; 4] = quarters(first);
    for group in groups {
        let group: [__m512i; 4] = quarters(group);
        for (sum, block) in sums.iter_mut().zip(group) {
            *sum = wide_fold(*sum, by_group, block);
        }
    }
    let [a, b, c, mut sum] = sums;
    // Two and two, so that the steps need not wait for each other.
    let by_one = wide_factor::<512>();
    sum = wide_fold(wide_fold(a, by_one, b), wide_factor::<1024>(), wide_fold(c, by_one, sum));
    let by_block = factor::<128>();
    let low = fold(_mm512_extracti32x4_epi32::<0>(sum), by_block, _mm512_extracti32x4_epi32::<1>(sum));
    let high = fold(_mm512_extracti32x4_epi32::<2>(sum), by_block, _mm512_extracti32x4_epi32::<3>(sum));
    finish(fold(low, factor::<256>(), high), rest)
}

/// Four blocks of 128 bits at a time, then one.
#[target_feature(enable = "pclmulqdq,avx")]
#[inline]
pub(super) fn narrow(bytes: &[u8]) -> u32 {
    let (groups, rest) = bytes.as_chunks::<64>();
    let Some((first, groups)) = groups.split_first() else {
        return table::advance(0, bytes);
    };
    let by_group = factor::<512>();
    let mut sums: [__m128i; 4] = quarters(first);
    for group in groups {
        let group: [__m128i; 4] = quarters(group);
        for (sum, block) in sums.iter_mut().zip(group) {
            *sum = fold(*sum, by_group, block);
        }
    }
    let [a, b, c, d] = sums;
    let by_block = factor::<128>();
    finish(fold(fold(a, by_block, b), factor::<256>(), fold(c, by_block, d)), rest)
}

/// The code of the block `sum` and, behind it, the bytes `rest`.
#[target_feature(enable = "pclmulqdq,avx")]
#[inline]
fn finish(mut sum: __m128i, rest: &[u8]) -> u32 {
    let by_block = factor::<128>();
    let (blocks, rest) = rest.as_chunks::<16>();
    for block in blocks {
        sum = fold(sum, by_block, pod_read_unaligned(block));
    }
    table::advance(remainder(sum), rest)
}

/// A block, times x^32, modulo the generator.
#[target_feature(enable = "pclmulqdq,avx")]
#[inline]
fn remainder(block: __m128i) -> u32 {
    let low_32_of_each = _mm_set_epi64x(0xFFFF_FFFF, 0xFFFF_FFFF);
    // 128 bits to 96, to 64.
    let sum = _mm_xor_si128(_mm_srli_si128::<8>(block), _mm_clmulepi64_si128::<0x10>(block, factor::<128>()));
    let upper = _mm_and_si128(sum, low_32_of_each);
    let by_64 = _mm_set_epi64x(0, const { reflected_power(64) });
    let sum = _mm_xor_si128(_mm_srli_si128::<4>(sum), _mm_clmulepi64_si128::<0x00>(upper, by_64));
    // Barrett: the quotient is a product with x^64 / generator.
    let division = _mm_set_epi64x(const { reflected_inverse() }, (REFLECTED as i64) << 1 | 1);
    let upper = _mm_and_si128(sum, low_32_of_each);
    let quotient = _mm_and_si128(_mm_clmulepi64_si128::<0x10>(upper, division), low_32_of_each);
    let sum = _mm_xor_si128(sum, _mm_clmulepi64_si128::<0x00>(quotient, division));
    _mm_extract_epi32::<1>(sum) as u32
}

/// Adds to `block` the block that stands as far before it as the factor says.
#[target_feature(enable = "pclmulqdq,avx")]
#[inline]
fn fold(earlier: __m128i, factor: __m128i, block: __m128i) -> __m128i {
    let upper = _mm_clmulepi64_si128::<0x00>(earlier, factor);
    let lower = _mm_clmulepi64_si128::<0x11>(earlier, factor);
    _mm_xor_si128(_mm_xor_si128(upper, lower), block)
}

/// [`fold`], four times side by side.
#[target_feature(enable = "avx512f,vpclmulqdq")]
#[inline]
fn wide_fold(earlier: __m512i, factor: __m512i, block: __m512i) -> __m512i {
    const XOR_OF_THREE: i32 = 0x96;
    let upper = _mm512_clmulepi64_epi128::<0x00>(earlier, factor);
    let lower = _mm512_clmulepi64_epi128::<0x11>(earlier, factor);
    _mm512_ternarylogic_epi64::<XOR_OF_THREE>(upper, lower, block)
}

/// What takes both halves of a block `BITS` further.
#[target_feature(enable = "avx")]
#[inline]
fn factor<const BITS: u32>() -> __m128i {
    _mm_set_epi64x(const { reflected_power(BITS - 32) }, const { reflected_power(BITS + 32) })
}

/// [`factor`], four times side by side.
#[target_feature(enable = "avx512f")]
#[inline]
fn wide_factor<const BITS: u32>() -> __m512i {
    let (upper, lower) = const { (reflected_power(BITS + 32), reflected_power(BITS - 32)) };
    _mm512_set4_epi64(lower, upper, lower, upper)
}

/// The four quarters of some bytes.
#[inline(always)]
fn quarters<const LEN: usize, T: bytemuck::AnyBitPattern>(bytes: &[u8; LEN]) -> [T; 4] {
    core::array::from_fn(|n| pod_read_unaligned(&bytes[n * (LEN / 4)..(n + 1) * (LEN / 4)]))
}

/// x^n modulo the generator, its highest power in bit 1.
const fn reflected_power(n: u32) -> i64 {
    // x^0 is the last bit of 32.
    let mut power = 1u32 << 31;
    let mut i = 0;
    while i < n {
        power = power >> 1 ^ if power & 1 != 0 { REFLECTED } else { 0 };
        i += 1;
    }
    (power as i64) << 1
}

/// x^64 divided by the generator, its highest power, x^32, in bit 0.
const fn reflected_inverse() -> i64 {
    let generator = (REFLECTED.reverse_bits() as u128) | 1 << 32;
    let (mut rest, mut quotient) = (1u128 << 64, 0u64);
    let mut n = 33;
    while n > 0 {
        n -= 1;
        if rest >> (n + 32) & 1 != 0 {
            rest ^= generator << n;
            quotient |= 1 << n;
        }
    }
    (quotient.reverse_bits() >> 31) as i64
}
