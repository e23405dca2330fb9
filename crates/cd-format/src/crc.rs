//! The checksum of Q sub-channel frames and of CD-TEXT packs.

/// CRC-16 with x^16 + x^12 + x^5 + 1, initial value 0, most significant bit first, *before* the
/// inversion that both uses apply.
///
/// ECMA-130 22.3.6 for Q; the same polynomial protects a CD-TEXT pack.
pub const fn crc16(bytes: &[u8]) -> u16 {
    let mut crc = 0u16;
    let mut n = 0;
    while n < bytes.len() {
        crc ^= (bytes[n] as u16) << 8;
        let mut bit = 0;
        while bit < 8 {
            crc = if crc & 0x8000 != 0 { crc << 1 ^ 0x1021 } else { crc << 1 };
            bit += 1;
        }
        n += 1;
    }
    crc
}

#[cfg(test)]
mod tests {
    use super::*;

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
        }
    }
}
