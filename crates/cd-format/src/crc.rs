//! The checksum of Q sub-channel frames and of CD-TEXT packs.

/// CRC-16 with x^16 + x^12 + x^5 + 1, initial value 0, most significant bit first, *before* the
/// inversion that both uses apply.
///
/// ECMA-130 22.3.6 for Q; the same polynomial protects a CD-TEXT pack.
pub const fn crc16(bytes: &[u8]) -> u16 {
    let mut crc = 0u16;
    let mut n = 0;
    while n < bytes.len() {
        crc = crc << 8 ^ TABLES[0][(crc >> 8) as usize ^ bytes[n] as usize];
        n += 1;
    }
    crc
}

/// [`crc16`] of the ten bytes that a Q frame's CRC covers.
///
/// A CRC without an initial value is linear: that of a frame is the sum of those of its bytes, each
/// with zeros behind it. So ten look-ups that need not wait for one another do.
pub const fn crc16_of_q(frame: &[u8; 10]) -> u16 {
    let mut crc = 0;
    let mut n = 0;
    while n < 10 {
        crc ^= TABLES[9 - n][frame[n] as usize];
        n += 1;
    }
    crc
}

/// `TABLES[n][byte]`: the CRC of `byte` and `n` zeros behind it.
static TABLES: [[u16; 256]; 10] = tables();

const fn tables() -> [[u16; 256]; 10] {
    let mut tables = [[0; 256]; 10];
    let mut byte = 0;
    while byte < 256 {
        let mut crc = (byte as u16) << 8;
        let mut zeros = 0;
        while zeros < 10 {
            let mut bit = 0;
            while bit < 8 {
                crc = if crc & 0x8000 != 0 { crc << 1 ^ 0x1021 } else { crc << 1 };
                bit += 1;
            }
            tables[zeros][byte] = crc;
            zeros += 1;
        }
        byte += 1;
    }
    tables
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;

    /// The definition, bit by bit: remainder of the message times x^16.
    fn bit_by_bit(bytes: &[u8]) -> u16 {
        bytes.iter().flat_map(|byte| (0..8).rev().map(move |bit| u16::from(byte >> bit & 1))).fold(
            0,
            |crc, bit| {
                let shifted = crc << 1;
                if crc >> 15 ^ bit == 1 { shifted ^ 0x1021 } else { shifted }
            },
        )
    }

    proptest! {
        #[test]
        fn tables_agree_with_the_definition(bytes in prop::collection::vec(any::<u8>(), 0..40), frame: [u8; 10]) {
            prop_assert_eq!(crc16(&bytes), bit_by_bit(&bytes));
            prop_assert_eq!(crc16_of_q(&frame), bit_by_bit(&frame));
        }
    }

    /// The check value that catalogues of CRCs give for this polynomial without inversion
    /// ("CRC-16/XMODEM").
    #[test]
    fn the_catalogue_agrees() {
        assert_eq!(crc16(b"123456789"), 0x31C3);
    }

    /// Q frames of lead-in, program area and lead-out, computed by an independent implementation
    /// of ECMA-130 22.3.6.
    #[test]
    fn q_frames_have_their_crc() {
        let frames: [([u8; 10], u16); 5] = [
            ([0x01, 0x00, 0xA0, 0, 0, 0, 0, 0x01, 0x00, 0x00], 0xDE9C),
            ([0x01, 0x00, 0xA1, 0, 0, 0, 0, 0x01, 0x00, 0x00], 0x994F),
            ([0x01, 0x00, 0xA2, 0, 0, 0, 0, 0x00, 0x06, 0x00], 0xCCAC),
            ([0x05, 0x00, 0xB0, 0x25, 0x32, 0x00, 0x02, 0x79, 0x59, 0x74], 0xEB75),
            ([0x41, 0x01, 0x01, 0, 0, 0, 0, 0x00, 0x02, 0x00], 0xD7CD),
        ];
        for (frame, crc) in frames {
            assert_eq!(crc16(&frame), crc, "{frame:02X?}");
            assert_eq!(crc16_of_q(&frame), crc, "{frame:02X?}");
        }
    }
}
