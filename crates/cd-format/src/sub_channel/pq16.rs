//! P and Q alone in 16 bytes: data block type 1, and READ CD's formatted Q.
//!
//! Q's twelve bytes, three zeros, and P in bit 7 of the last (MMC "Write Parameters", "READ CD").

use super::q::QFrame;

/// Bytes of the form.
pub const PQ_BYTES: usize = 16;

/// A sector's Q frame and P bit in 16 bytes.
pub const fn to_pq16(q: QFrame, p: bool) -> [u8; PQ_BYTES] {
    let [a, b, c, d, e, f, g, h, i, j, k, l] = q.to_bytes();
    [a, b, c, d, e, f, g, h, i, j, k, l, 0, 0, 0, (p as u8) << 7]
}

/// Q frame and P bit of 16 bytes; the bits between do not count.
///
/// Writers disagree about the CRC here, see [`CrcState::NotInverted`](super::CrcState).
pub const fn from_pq16(bytes: &[u8; PQ_BYTES]) -> (QFrame, bool) {
    let [a, b, c, d, e, f, g, h, i, j, k, l, _, _, _, p] = *bytes;
    (QFrame::from_bytes([a, b, c, d, e, f, g, h, i, j, k, l]), p & 0x80 != 0)
}

/// The form with the CRC's remainder not inverted, as libburn and cdrdao send it. cdrtools inverts.
pub const fn to_pq16_not_inverted(q: QFrame, p: bool) -> [u8; PQ_BYTES] {
    let mut bytes = to_pq16(q, p);
    bytes[10] ^= 0xFF;
    bytes[11] ^= 0xFF;
    bytes
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;
    use crate::sub_channel::CrcState;

    /// By hand: the first pregap block of an audio disc, its CRC by ECMA-130 22.3.6.
    #[test]
    fn p_is_the_last_bytes_top_bit() {
        let q = QFrame::seal([0x01, 0x01, 0, 0, 0x01, 0x74, 0, 0, 0, 0]);
        let bytes = [0x01, 0x01, 0, 0, 0x01, 0x74, 0, 0, 0, 0, 0xAA, 0xB9, 0, 0, 0, 0x80];
        assert_eq!(to_pq16(q, true), bytes);
        assert_eq!(to_pq16_not_inverted(q, false)[10..], [0x55, 0x46, 0, 0, 0, 0]);
        assert_eq!(from_pq16(&to_pq16_not_inverted(q, false)).0.crc_state(), CrcState::NotInverted);
    }

    proptest! {
        #[test]
        fn both_survive(q: [u8; 12], p: bool) {
            prop_assert_eq!(from_pq16(&to_pq16(QFrame::from_bytes(q), p)), (QFrame::from_bytes(q), p));
        }
    }
}
