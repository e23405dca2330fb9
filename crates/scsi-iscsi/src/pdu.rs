//! Protocol data units: headers as values, and the two directions of a byte stream.
//!
//! RFC 7143 section 11 "iSCSI PDU Formats". A PDU is a basic header segment of 48 bytes, perhaps additional header
//! segments, a header digest, a data segment padded to four bytes, and a data digest.
//!
//! | module | holds |
//! |---|---|
//! | `header` | the 48 bytes, and what all kinds have at the same place |
//! | [`request`] | what an initiator sends |
//! | [`answer`] | what a target sends |
//! | [`mod@read`] | PDUs from a byte stream that is hostile until proved otherwise |
//! | [`mod@write`] | PDUs to a byte stream |

pub mod answer;
mod header;
pub mod read;
pub mod request;
pub mod write;

pub use header::{BasicHeader, HEADER, Lun, NO_TAG, Opcode, WrongOpcode};

/// Which digests the two sides have agreed on (RFC 7143 13.1 "HeaderDigest and DataDigest").
#[derive(Clone, Copy, Debug, Default, Eq, PartialEq)]
pub struct Digests {
    /// CRC32C over the basic and the additional header segments.
    pub header: bool,
    /// CRC32C over the data segment and its padding.
    pub data: bool,
}

/// Bytes that follow `length` up to a multiple of four.
const fn padding(length: usize) -> usize {
    length.wrapping_neg() & 3
}

/// A CRC32C as it goes over the wire. RFC 7143 13.1 numbers its bits so that the bytes of the register come lowest
/// first; the vectors of RFC 7143 A.4 "CRC Examples" say the same.
fn digest(crc: u32) -> [u8; 4] {
    crc.to_le_bytes()
}

#[cfg(test)]
mod tests {
    use super::*;

    /// RFC 7143 A.4 "CRC Examples", the column "CRC" in the order of the wire.
    #[test]
    fn digests_are_those_of_the_standard() {
        let ascending: Vec<u8> = (0..32).collect();
        let descending: Vec<u8> = (0..32).rev().collect();
        let mut read10 = [0; 48];
        read10[..2].copy_from_slice(&[0x01, 0xc0]);
        read10[16] = 0x14;
        read10[22] = 0x04;
        read10[27] = 0x14;
        read10[31] = 0x18;
        read10[32] = 0x28;
        read10[40] = 0x02;
        for (bytes, crc) in [
            (&[0; 32][..], [0xaa, 0x36, 0x91, 0x8a]),
            (&[0xff; 32], [0x43, 0xab, 0xa8, 0x62]),
            (&ascending, [0x4e, 0x79, 0xdd, 0x46]),
            (&descending, [0x5c, 0xdb, 0x3f, 0x11]),
            (&read10, [0x56, 0x3a, 0x96, 0xd9]),
        ] {
            assert_eq!(digest(crc32c::crc32c(bytes)), crc);
        }
    }

    #[test]
    fn padding_goes_to_four() {
        assert_eq!([0, 1, 2, 3, 4, 5].map(padding), [0, 3, 2, 1, 0, 3]);
    }
}
