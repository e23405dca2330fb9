//! Repair of a sector by its parities.

use super::super::field::{LOGS, ORDER, REDUCED};
use super::super::{EccHeader, HEADER, Sector};
use super::{agrees, with_header};

/// How often P and Q take turns at most. Each turn that goes on has repaired a codeword, and two
/// that undo each other's work must come to an end.
const TURNS: usize = 16;

/// P codewords, both byte planes taken together.
const P_CODEWORDS: usize = 86;
/// Q codewords, likewise.
const Q_CODEWORDS: usize = 52;

/// What became of a repair.
#[derive(Clone, Debug, Eq, PartialEq)]
pub enum Repair {
    /// Nothing was wrong.
    Clean,
    /// Both parities agree again. Not a proof: a sector with enough wrong bytes can be nearer to
    /// another one than to its own, so the EDC has the last word.
    Repaired {
        /// The bytes that were changed, by their place in the sector, in ascending order.
        places: Vec<usize>,
    },
    /// More is wrong than the parities can repair; the sector is left as it was.
    Beyond {
        /// P codewords, of 86, that do not agree after all that could be done.
        p: usize,
        /// Q codewords, of 52, that do not agree after all that could be done.
        q: usize,
    },
}

/// Repairs a sector as far as its parities can: one byte a codeword, P and Q in turn.
pub fn repair(sector: &mut Sector, header: EccHeader) -> Repair {
    if agrees(sector, header) {
        return Repair::Clean;
    }
    let mut trial = *sector;
    let (p, q) = with_header(&mut trial, header, |trial| take_turns(trial, header));
    if p + q > 0 {
        return Repair::Beyond { p, q };
    }
    let places = (0..sector.len()).filter(|&n| trial[n] != sector[n]).collect();
    *sector = trial;
    Repair::Repaired { places }
}

/// Repairs until nothing more can be; the P and Q codewords that are still wrong then.
fn take_turns(sector: &mut Sector, header: EccHeader) -> (usize, usize) {
    for _ in 0..TURNS {
        if turn(sector, header, P_CODEWORDS, p_codeword) + turn(sector, header, Q_CODEWORDS, q_codeword) == 0
        {
            break;
        }
    }
    (wrong(sector, P_CODEWORDS, p_codeword), wrong(sector, Q_CODEWORDS, q_codeword))
}

/// Goes once through the codewords of one parity; how many of them were repaired.
fn turn<const LEN: usize>(
    sector: &mut Sector,
    header: EccHeader,
    codewords: usize,
    places: fn(usize) -> [usize; LEN],
) -> usize {
    let mut repaired = 0;
    for places in (0..codewords).map(places) {
        let sums = sums(sector, &places);
        // The zeros that stand for the header are known to be right.
        let place = wrong_byte(sums, &places).filter(|&n| header == EccHeader::Covered || n >= HEADER + 4);
        if let Some(place) = place {
            sector[place] ^= sums.0;
            repaired += 1;
        }
    }
    repaired
}

/// How many codewords of one parity do not agree.
fn wrong<const LEN: usize>(sector: &Sector, codewords: usize, places: fn(usize) -> [usize; LEN]) -> usize {
    (0..codewords).filter(|&n| sums(sector, &places(n)) != (0, 0)).count()
}

/// The plain and the weighted sum of a codeword: both 0 when nothing is wrong.
fn sums(sector: &Sector, places: &[usize]) -> (u8, u8) {
    places.iter().fold((0, 0), |(plain, weighted), &place| {
        let by_alpha = weighted << 1 ^ if weighted & 0x80 != 0 { REDUCED } else { 0 };
        (plain ^ sector[place], by_alpha ^ sector[place])
    })
}

/// Where the one wrong byte of a codeword is, if there is such a place: its weight, α to the
/// power of the places behind it, is the quotient of the two sums.
fn wrong_byte((plain, weighted): (u8, u8), places: &[usize]) -> Option<usize> {
    if plain == 0 || weighted == 0 {
        return None;
    }
    let log = |byte: u8| usize::from(LOGS[usize::from(byte)]);
    let behind = (log(weighted) + ORDER - log(plain)) % ORDER;
    places.len().checked_sub(behind + 1).and_then(|n| places.get(n).copied())
}

/// The places in the sector of P codeword `n` of 86, both byte planes taken together.
fn p_codeword(n: usize) -> [usize; 26] {
    core::array::from_fn(|m| HEADER + 86 * m + n)
}

/// The same of Q codeword `n` of 52.
fn q_codeword(n: usize) -> [usize; 45] {
    let (n, plane) = (n / 2, n % 2);
    core::array::from_fn(|m| {
        let word = if m < 43 { (44 * m + 43 * n) % 1118 } else { 1118 + 26 * (m - 43) + n };
        HEADER + 2 * word + plane
    })
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::super::encode;
    use super::*;

    fn sound(seed: u8, header: EccHeader) -> Sector {
        let mut sector = core::array::from_fn(|n| (n as u8).wrapping_mul(seed) ^ (n >> 8) as u8);
        encode(&mut sector, header);
        sector
    }

    proptest! {
        #[test]
        fn any_single_byte_is_repaired(seed: u8, place in 12usize..2352, error in 1u8..) {
            let sector = sound(seed, EccHeader::Covered);
            let mut damaged = sector;
            damaged[place] ^= error;
            let places = vec![place];
            prop_assert_eq!(repair(&mut damaged, EccHeader::Covered), Repair::Repaired { places });
            prop_assert_eq!(damaged, sector);
        }

        /// 86 bytes next to each other lie in 86 P codewords.
        #[test]
        fn a_burst_of_a_row_is_repaired(seed: u8, start in 16usize..1990, len in 1usize..=86) {
            let sector = sound(seed, EccHeader::Zero);
            let mut damaged = sector;
            damaged[start..start + len].iter_mut().for_each(|byte| *byte = !*byte);
            let places = (start..start + len).collect();
            prop_assert_eq!(repair(&mut damaged, EccHeader::Zero), Repair::Repaired { places });
            prop_assert_eq!(damaged, sector);
        }

        #[test]
        fn what_is_not_repaired_is_left_alone(bytes in prop::collection::vec(any::<u8>(), 2352), zero: bool) {
            let header = if zero { EccHeader::Zero } else { EccHeader::Covered };
            let noise: Sector = bytes.try_into().unwrap();
            let mut sector = noise;
            match repair(&mut sector, header) {
                Repair::Beyond { p, q } => {
                    prop_assert!(p + q > 0 && p <= 86 && q <= 52);
                    prop_assert_eq!(sector, noise);
                }
                Repair::Clean | Repair::Repaired { .. } => prop_assert!(agrees(&sector, header)),
            }
        }
    }

    /// Two wrong bytes in one column and two in one diagonal need the other parity each.
    #[test]
    fn the_parities_help_each_other() {
        let sector = sound(29, EccHeader::Covered);
        let mut damaged = sector;
        let (column, diagonal) = (p_codeword(40), q_codeword(13));
        let mut places = vec![column[3], column[17], diagonal[5], diagonal[30]];
        for &place in &places {
            damaged[place] ^= 0x5A;
        }
        places.sort_unstable();
        assert_eq!(repair(&mut damaged, EccHeader::Covered), Repair::Repaired { places });
        assert_eq!(damaged, sector);
    }

    #[test]
    fn a_sound_sector_is_clean() {
        let mut sector = sound(7, EccHeader::Covered);
        assert_eq!(repair(&mut sector, EccHeader::Covered), Repair::Clean);
        // A wrong header is not the business of form 1.
        let mut moved = sound(7, EccHeader::Zero);
        moved[12..16].copy_from_slice(&[0x12, 0x34, 0x56, 2]);
        assert_eq!(repair(&mut moved, EccHeader::Zero), Repair::Clean);
        assert_eq!(moved[12..16], [0x12, 0x34, 0x56, 2]);
    }
}
