//! CD-TEXT packs: 18 bytes each, cyclic in the lead-in's sub-channels R to W.
//!
//! Four header bytes, twelve of text, two of CRC (MMC "READ TOC/PMA/ATIP Command", CD-TEXT
//! response; Microsoft `CDROM_TOC_CD_TEXT_DATA_BLOCK`).

use crate::crc::crc16;

/// One CD-TEXT pack.
#[derive(Clone, Copy, Debug, Eq, Hash, PartialEq)]
pub struct CdTextPack {
    /// Pack type: 80h title, 81h performer, ... 8Fh size information.
    pub kind: u8,
    /// Track the text begins with in bits 6-0, 0 the disc; bit 7 marks an extension.
    pub track: u8,
    /// Count of the pack within its block, from 0.
    pub sequence: u8,
    /// Bit 7 double-byte characters, bits 6-4 block (language), bits 3-0 how many characters of
    /// this text lie in packs before.
    pub position: u8,
    /// Text, or numbers, by the pack type.
    pub payload: [u8; 12],
    /// The CRC as it stands on the disc; see [`CdTextPack::is_intact`].
    pub crc: u16,
}

impl CdTextPack {
    /// Bytes of a pack.
    pub const BYTES: usize = 18;

    /// A pack with the CRC it should have. `header` is pack type, track, sequence, position.
    pub fn new(header: [u8; 4], payload: [u8; 12]) -> Self {
        let [kind, track, sequence, position] = header;
        let mut pack = Self { kind, track, sequence, position, payload, crc: 0 };
        pack.crc = pack.expected_crc();
        pack
    }

    /// The pack that these bytes hold, intact or not.
    pub const fn from_bytes(bytes: [u8; Self::BYTES]) -> Self {
        let [kind, track, sequence, position, a, b, c, d, e, f, g, h, i, j, k, l, hi, lo] = bytes;
        Self {
            kind,
            track,
            sequence,
            position,
            payload: [a, b, c, d, e, f, g, h, i, j, k, l],
            crc: u16::from_be_bytes([hi, lo]),
        }
    }

    /// The bytes as they stand on the disc.
    pub fn to_bytes(self) -> [u8; Self::BYTES] {
        let mut bytes = [0; Self::BYTES];
        bytes[..4].copy_from_slice(&[self.kind, self.track, self.sequence, self.position]);
        bytes[4..16].copy_from_slice(&self.payload);
        bytes[16..].copy_from_slice(&self.crc.to_be_bytes());
        bytes
    }

    /// The inverted CRC-16 of header and payload.
    pub fn expected_crc(self) -> u16 {
        !crc16(&self.to_bytes()[..16])
    }

    /// Whether the CRC is the one that header and payload ask for.
    pub fn is_intact(self) -> bool {
        self.crc == self.expected_crc()
    }

    /// Block number, 0 to 7: one language each.
    pub const fn block(self) -> u8 {
        self.position >> 4 & 7
    }

    /// Whether the text is of two-byte characters.
    pub const fn is_double_byte(self) -> bool {
        self.position & 0x80 != 0
    }
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;

    /// Two title packs; their CRCs were computed bit by bit in another language, by the rule of
    /// MMC "CD-TEXT": x^16+x^12+x^5+1 over the first 16 bytes, inverted.
    const JOYFUL_NIGHTS: [[u8; 18]; 2] =
        [*b"\x80\x00\x00\x00Joyful Night\xF0\xF7", *b"\x80\x00\x01\x0Cs\0Song of Jo\x43\x1C"];

    #[test]
    fn packs_with_the_right_crc_are_intact() {
        for bytes in JOYFUL_NIGHTS {
            let pack = CdTextPack::from_bytes(bytes);
            assert!(pack.is_intact(), "{pack:02X?}");
            assert_eq!(CdTextPack::new([bytes[0], bytes[1], bytes[2], bytes[3]], pack.payload), pack);
        }
    }

    proptest! {
        #[test]
        fn every_pack_survives(bytes in any::<[u8; 18]>()) {
            prop_assert_eq!(CdTextPack::from_bytes(bytes).to_bytes(), bytes);
        }

        #[test]
        fn a_flipped_bit_is_seen(head in any::<[u8; 4]>(), payload in any::<[u8; 12]>(), bit in 0usize..144) {
            let mut bytes = CdTextPack::new(head, payload).to_bytes();
            bytes[bit / 8] ^= 1 << (bit % 8);
            prop_assert!(!CdTextPack::from_bytes(bytes).is_intact());
        }
    }
}
