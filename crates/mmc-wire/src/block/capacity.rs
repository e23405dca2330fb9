//! READ CAPACITY's reply: the last block, and how long blocks are.

use cd_format::Lba;

use super::{Block, Query};
use crate::command::ReadCapacity;
use crate::parse::{FieldError, Input, Parsed, array, run};

/// The last block that can be read, and the length of a block.
///
/// MMC "READ CAPACITY Command". A blank disc, or one without a closed session, answers block 0.
/// Behind a track at once the last block is a run-out block, which may not be readable.
#[derive(Clone, Copy, Debug, Default, Eq, Hash, PartialEq)]
pub struct Capacity {
    /// Last block: lead-out of the last closed session less 1.
    pub last_lba: Lba,
    /// Bytes in a block; 2048 on CD.
    pub block_bytes: u32,
}

impl Capacity {
    /// Bytes of the reply.
    pub const BYTES: usize = 8;

    fn fields(input: Input<'_>) -> Parsed<'_, Self> {
        let (input, lba) = array::<4>(input)?;
        let (input, bytes) = array::<4>(input)?;
        let last_lba = Lba(i32::from_be_bytes(lba));
        Ok((input, Self { last_lba, block_bytes: u32::from_be_bytes(bytes) }))
    }
}

impl Block for Capacity {
    fn parse(bytes: &[u8]) -> Result<Self, FieldError> {
        run(bytes, Self::fields)
    }

    fn emit(&self, out: &mut Vec<u8>) {
        out.extend(self.last_lba.0.to_be_bytes());
        out.extend(self.block_bytes.to_be_bytes());
    }
}

impl Query for ReadCapacity {
    type Reply = Capacity;

    /// The command has no allocation length; the reply is eight bytes.
    fn allocation_bytes(&self) -> usize {
        Capacity::BYTES
    }

    fn reply(&self, bytes: &[u8]) -> Result<Capacity, FieldError> {
        Capacity::parse(bytes)
    }
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;
    use crate::parse::FieldFault;

    /// Laid out by hand from MMC's table: a lead-out at block 100000.
    #[test]
    fn the_last_block_lies_before_the_lead_out() {
        let bytes = [0x00, 0x01, 0x86, 0x9F, 0x00, 0x00, 0x08, 0x00];
        let capacity = Capacity { last_lba: Lba(99_999), block_bytes: 2048 };
        assert_eq!(ReadCapacity::default().reply(&bytes), Ok(capacity));
        assert_eq!(capacity.to_bytes(), bytes);
    }

    #[test]
    fn half_a_reply_is_refused() {
        let fault = Capacity::parse(&[0, 0, 0, 0, 0, 0]).unwrap_err();
        assert_eq!((fault.byte, fault.fault), (6, FieldFault::Short));
    }

    proptest! {
        #[test]
        fn survives_the_wire(lba in any::<i32>(), block_bytes in any::<u32>()) {
            let capacity = Capacity { last_lba: Lba(lba), block_bytes };
            prop_assert_eq!(Capacity::parse(&capacity.to_bytes()), Ok(capacity));
        }

        #[test]
        fn any_bytes_parse_or_fail_cleanly(bytes in prop::collection::vec(any::<u8>(), 0..16)) {
            prop_assert_eq!(Capacity::parse(&bytes).is_ok(), bytes.len() >= Capacity::BYTES);
        }
    }
}
