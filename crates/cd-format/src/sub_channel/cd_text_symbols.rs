//! CD-TEXT in the lead-in: four packs of 18 bytes a sector, as 96 symbols of six bits.
//!
//! The symbols lie in R to W one after the other, most significant bits first, without the parity and
//! the interleaving of the program area's [`RwPack`](super::RwPack)s; CD-TEXT packs have a CRC of
//! their own. The packs repeat to the end of the lead-in (libburn's doc/cdtext.txt).

use crate::cd_text::CdTextPack;

use super::interleave::SUB_CHANNEL_BYTES;

/// CD-TEXT packs of a sector.
pub const TEXT_PACKS_PER_SECTOR: usize = 4;
const TEXT_BYTES: usize = TEXT_PACKS_PER_SECTOR * CdTextPack::BYTES;

/// The R-W symbols of lead-in sector `sector`, counted from the one where the packs begin; bits 7 and
/// 6 zero. No packs make zeros.
pub fn cd_text_sector(packs: &[CdTextPack], sector: u32) -> [u8; SUB_CHANNEL_BYTES] {
    let mut bytes = [0; TEXT_BYTES];
    if packs.is_empty() {
        return [0; SUB_CHANNEL_BYTES];
    }
    let first = sector as usize % packs.len() * TEXT_PACKS_PER_SECTOR;
    let (out, _) = bytes.as_chunks_mut::<{ CdTextPack::BYTES }>();
    for (n, out) in out.iter_mut().enumerate() {
        if let Some(pack) = packs.get((first + n) % packs.len()) {
            *out = pack.to_bytes();
        }
    }
    to_symbols(&bytes)
}

/// The packs of a lead-in sector, intact or not; of each byte the low six bits count.
pub fn cd_text_packs(raw: &[u8; SUB_CHANNEL_BYTES]) -> [CdTextPack; TEXT_PACKS_PER_SECTOR] {
    let bytes = to_bytes(raw);
    let (chunks, _) = bytes.as_chunks::<{ CdTextPack::BYTES }>();
    let mut packs = [CdTextPack::from_bytes([0; CdTextPack::BYTES]); TEXT_PACKS_PER_SECTOR];
    for (pack, bytes) in packs.iter_mut().zip(chunks) {
        *pack = CdTextPack::from_bytes(*bytes);
    }
    packs
}

fn to_symbols(bytes: &[u8; TEXT_BYTES]) -> [u8; SUB_CHANNEL_BYTES] {
    let mut raw = [0; SUB_CHANNEL_BYTES];
    let (out, _) = raw.as_chunks_mut::<4>();
    let (groups, _) = bytes.as_chunks::<3>();
    for (out, [a, b, c]) in out.iter_mut().zip(groups) {
        *out = [a >> 2, (a << 4 | b >> 4) & 0x3F, (b << 2 | c >> 6) & 0x3F, c & 0x3F];
    }
    raw
}

fn to_bytes(raw: &[u8; SUB_CHANNEL_BYTES]) -> [u8; TEXT_BYTES] {
    let mut bytes = [0; TEXT_BYTES];
    let (out, _) = bytes.as_chunks_mut::<3>();
    let (groups, _) = raw.as_chunks::<4>();
    for (out, symbols) in out.iter_mut().zip(groups) {
        let [a, b, c, d] = symbols.map(|symbol| symbol & 0x3F);
        *out = [a << 2 | b >> 4, b << 4 | c >> 2, c << 6 | d];
    }
    bytes
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;

    fn pack(n: u8) -> CdTextPack {
        CdTextPack::new([0x80, 0, n, 0], [n; 12])
    }

    /// By hand: 80h 00h 01h 0Ch "s" 00h is 100000 000000 000000 000001 000011 000111 001100 000000.
    #[test]
    fn three_bytes_are_four_symbols() {
        let mut bytes = [0; TEXT_BYTES];
        bytes[..6].copy_from_slice(&[0x80, 0x00, 0x01, 0x0C, b's', 0x00]);
        assert_eq!(to_symbols(&bytes)[..8], [0x20, 0, 0, 1, 0x03, 0x07, 0x0C, 0]);
    }

    #[test]
    fn packs_repeat_and_a_sector_may_hold_the_end_and_the_beginning() {
        let packs: Vec<CdTextPack> = (0..6).map(pack).collect();
        let numbers = |sector| cd_text_packs(&cd_text_sector(&packs, sector)).map(|pack| pack.sequence);
        assert_eq!(numbers(0), [0, 1, 2, 3]);
        assert_eq!(numbers(1), [4, 5, 0, 1]);
        assert_eq!(numbers(2), [2, 3, 4, 5]);
        assert_eq!(numbers(3), [0, 1, 2, 3]);
        assert_eq!(cd_text_sector(&[], 7), [0; 96]);
    }

    proptest! {
        #[test]
        fn packs_survive(packs: [[u8; 18]; 4], pq: [u8; 32]) {
            let packs = packs.map(CdTextPack::from_bytes);
            let mut raw = cd_text_sector(&packs, 0);
            prop_assert!(raw.iter().all(|symbol| *symbol < 64));
            for (byte, noise) in raw.iter_mut().zip(pq) {
                *byte |= noise & 0xC0;
            }
            prop_assert_eq!(cd_text_packs(&raw), packs);
        }
    }
}
