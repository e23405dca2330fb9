//! Parity of a whole sector, many codewords side by side.
//!
//! A codeword of n bytes d_0 to d_(n-1), the last two of them parity, satisfies
//!
//! ```text
//! Σ d_m = 0          Σ α^(n-1-m) d_m = 0
//! ```
//!
//! so with `plain` and `weighted` for these sums over data alone, the parity bytes are
//! (plain + weighted) / (α + 1), and that plus plain. `weighted` is summed by Horner's rule:
//! one multiplication by α a step, of all lanes at once.
//!
//! *P*: bytes that are 86 apart share a codeword, so a row of 86 bytes is a vector of codewords.
//!
//! *Q*: word m of codeword n stands in row m + n (modulo 26) and column m of the 26 rows of 43
//! words. Let R = m + n run from 0 to 67. Then the words of codewords 25, 24, … 0 lie next to
//! each other, from word 43 (R mod 26) + R - 25 on; those that do not exist (m < 0, m > 42) are
//! masked. R goes round the rows in laps, of 26, 26 and 16 steps, and the laps are summed side by
//! side: no lap waits for the one before. In the end word m has been multiplied 67 - m - n times
//! and not 44 - m times, which one multiplication by α^(n-23), lane by lane, puts right.

use bytemuck::{bytes_of, pod_read_unaligned};

use super::super::{HEADER, P_PARITY, Q_PARITY, Sector, field};

/// Words of a Q codeword that are data.
const Q_DATA: usize = 43;
/// Q codewords in each byte plane.
const Q_CODEWORDS: usize = 26;
/// Bytes of one word of every Q codeword.
const Q_STEP: usize = 2 * Q_CODEWORDS;
/// Steps that see every word of every Q codeword.
const Q_STEPS: usize = Q_DATA + Q_CODEWORDS - 1;

/// Steps of the last lap.
const Q_LAST_LAP: usize = Q_STEPS - 2 * Q_CODEWORDS;
const BY_LAP: u8 = field::power(Q_CODEWORDS as i32);
const BY_LAST_LAP: u8 = field::power(Q_LAST_LAP as i32);

/// From byte 2 R on: which of the bytes of step R exist.
static BAND: [u8; 2 * Q_STEPS + 64] = {
    let mut band = [0; 2 * Q_STEPS + 64];
    let mut n = Q_STEP - 2;
    while n < Q_STEP - 2 + 2 * Q_DATA {
        band[n] = 0xFF;
        n += 1;
    }
    band
};

/// For bits 7 to 0, lane by lane: α^(n-23) times α^bit. Lanes hold codewords 25, 25, 24, 24, …
static Q_FACTORS: [[u8; 64]; 8] = {
    let mut factors = [[0; 64]; 8];
    let mut bit = 0;
    while bit < 8 {
        let mut lane = 0;
        while lane < Q_STEP {
            let n = 25 - lane as i32 / 2;
            factors[7 - bit][lane] = field::power(n - 23 + bit as i32);
            lane += 1;
        }
        bit += 1;
    }
    factors
};

/// One function that makes both parities, for one width of lanes.
macro_rules! kernel {
    ($(#[$attribute:meta])* $name:ident, $lanes:ident, p: $p_starts:expr, q: $q_starts:expr) => {
        /// Puts P and Q parity into a sector.
        $(#[$attribute])*
        #[inline]
        pub(super) fn $name(sector: &mut Sector) {
            use super::lanes::$lanes::{Lanes, add, and, shift, times, where_top_bit, zero};
            const WIDTH: usize = size_of::<Lanes>();
            const P_STARTS: [usize; $p_starts.len()] = $p_starts;
            const Q_STARTS: [usize; $q_starts.len()] = $q_starts;
            let load = |bytes: &[u8], at: usize| -> Lanes { pod_read_unaligned(&bytes[at..at + WIDTH]) };

            let mut plain = P_STARTS.map(|_| zero());
            let mut weighted = plain;
            for row in 0..24 {
                for (n, start) in P_STARTS.into_iter().enumerate() {
                    let data = load(sector, HEADER + 86 * row + start);
                    plain[n] = add(plain[n], data);
                    weighted[n] = add(times::<2>(weighted[n]), data);
                }
            }
            for (n, start) in P_STARTS.into_iter().enumerate() {
                let both = add(plain[n], times::<4>(weighted[n]));
                let first = times::<{ field::ONE_OVER_ALPHA_PLUS_ONE }>(both);
                let second = add(first, plain[n]);
                for (at, parity) in [(P_PARITY + start, first), (P_PARITY + 86 + start, second)] {
                    sector[at..at + WIDTH].copy_from_slice(bytes_of(&parity));
                }
            }

            // Step 0 has one word, and no room for the others before it.
            let mut head = [0; Q_STEP + WIDTH];
            head[Q_STEP - 2..Q_STEP].copy_from_slice(&sector[HEADER..HEADER + 2]);
            let mut plain = Q_STARTS.map(|start| load(&head, start));
            let mut laps = [plain, Q_STARTS.map(|_| zero()), Q_STARTS.map(|_| zero())];
            let mut step = |row: usize, lap: usize| {
                for (n, start) in Q_STARTS.into_iter().enumerate() {
                    let at = 2 * (row + Q_CODEWORDS * lap) + start;
                    let data = load(sector, HEADER + 86 * row + at - (Q_STEP - 2));
                    let data = and(data, load(&BAND, at));
                    plain[n] = add(plain[n], data);
                    laps[lap][n] = add(times::<2>(laps[lap][n]), data);
                }
            };
            step(0, 1);
            step(0, 2);
            for row in 1..Q_LAST_LAP {
                step(row, 0);
                step(row, 1);
                step(row, 2);
            }
            for row in Q_LAST_LAP..Q_CODEWORDS {
                step(row, 0);
                step(row, 1);
            }
            let mut parity = [[0u8; Q_STEP + 12]; 2];
            for (n, start) in Q_STARTS.into_iter().enumerate() {
                let mut both = plain[n];
                let [first, second, third] = [laps[0][n], laps[1][n], laps[2][n]];
                let second = add(times::<BY_LAP>(first), second);
                let mut bits = add(times::<BY_LAST_LAP>(second), third);
                for factors in &Q_FACTORS {
                    both = add(both, where_top_bit(bits, load(factors, start)));
                    bits = shift(bits);
                }
                let first = times::<{ field::ONE_OVER_ALPHA_PLUS_ONE }>(both);
                let second = add(first, plain[n]);
                parity[0][start..start + WIDTH].copy_from_slice(bytes_of(&first));
                parity[1][start..start + WIDTH].copy_from_slice(bytes_of(&second));
            }
            // From the codeword with the highest number to that with the lowest, and back.
            let (places, _) = sector[Q_PARITY..].as_chunks_mut::<2>();
            let (first, second) = places.split_at_mut(26);
            for (places, parity) in [(first, &parity[0]), (second, &parity[1])] {
                let (words, _) = parity.as_chunks::<2>();
                for (place, word) in places.iter_mut().zip(words[..26].iter().rev()) {
                    *place = *word;
                }
            }
        }
    };
}

#[cfg(target_arch = "x86_64")]
kernel!(
    #[target_feature(enable = "avx512f,avx512bw,gfni")]
    wide, wide, p: [0, 22], q: [0]
);

#[cfg(target_arch = "x86_64")]
kernel!(
    #[target_feature(enable = "avx2")]
    middle, middle, p: [0, 32, 54], q: [0, 20]
);

kernel!(narrow, narrow, p: [0, 8, 16, 24, 32, 40, 48, 56, 64, 72, 78], q: [0, 8, 16, 24, 32, 40, 44]);
