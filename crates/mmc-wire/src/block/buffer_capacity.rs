//! READ BUFFER CAPACITY's reply: how much of the write buffer is free.

use super::{Block, Query, declared};
use crate::command::ReadBufferCapacity;
use crate::parse::{FieldError, Input, Parsed, array, bit, run, skip};

/// The write buffer, in bytes or in blocks.
///
/// MMC "READ BUFFER CAPACITY Command".
#[derive(Clone, Copy, Debug, Default, Eq, Hash, PartialEq)]
pub struct BufferCapacity {
    /// BLOCK: the numbers are blocks, not bytes.
    pub in_blocks: bool,
    /// The whole buffer. Reserved with `in_blocks`, though some drives tell it there too.
    pub length: u32,
    /// What is free of it.
    pub free: u32,
}

impl BufferCapacity {
    /// Bytes of the reply.
    pub const BYTES: usize = 12;

    fn fields(input: Input<'_>) -> Parsed<'_, Self> {
        let (input, ()) = skip(3)(input)?;
        let (input, [flags]) = array::<1>(input)?;
        let (input, length) = array::<4>(input)?;
        let (input, free) = array::<4>(input)?;
        let capacity = Self {
            in_blocks: bit(flags, 0),
            length: u32::from_be_bytes(length),
            free: u32::from_be_bytes(free),
        };
        Ok((input, capacity))
    }
}

impl Block for BufferCapacity {
    fn parse(bytes: &[u8]) -> Result<Self, FieldError> {
        run(declared(bytes), Self::fields)
    }

    fn emit(&self, out: &mut Vec<u8>) {
        out.extend([0, (Self::BYTES - 2) as u8, 0, u8::from(self.in_blocks)]);
        out.extend(self.length.to_be_bytes());
        out.extend(self.free.to_be_bytes());
    }
}

impl Query for ReadBufferCapacity {
    type Reply = BufferCapacity;

    fn allocation_bytes(&self) -> usize {
        usize::from(self.allocation)
    }

    fn reply(&self, bytes: &[u8]) -> Result<BufferCapacity, FieldError> {
        BufferCapacity::parse(bytes)
    }
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;
    use crate::parse::FieldFault;

    /// The buffer of Pioneer R8 and R11 drives with a CD, 131800h bytes ("READ BUFFER CAPACITY" of
    /// their command references), all of it free; laid out from MMC's table.
    #[test]
    fn a_pioneer_buffer_in_bytes() {
        let bytes = [0x00, 0x0A, 0x00, 0x00, 0x00, 0x13, 0x18, 0x00, 0x00, 0x13, 0x18, 0x00];
        let capacity = BufferCapacity { in_blocks: false, length: 0x0013_1800, free: 1_251_328 };
        assert_eq!(BufferCapacity::parse(&bytes), Ok(capacity));
        assert_eq!(capacity.to_bytes(), bytes);
    }

    /// By hand from MMC's table: 2048 blocks free.
    #[test]
    fn a_buffer_in_blocks_says_so() {
        let bytes = [0x00, 0x0A, 0x00, 0x01, 0, 0, 0, 0, 0x00, 0x00, 0x08, 0x00];
        let capacity = BufferCapacity { in_blocks: true, length: 0, free: 2048 };
        let asked = ReadBufferCapacity { in_blocks: true, allocation: 12 };
        assert_eq!(asked.reply(&bytes), Ok(capacity));
        assert_eq!(capacity.to_bytes(), bytes);
    }

    #[test]
    fn a_length_that_ends_before_the_numbers_is_believed() {
        let fault = BufferCapacity::parse(&[0, 4, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0]).unwrap_err();
        assert_eq!((fault.byte, fault.fault), (6, FieldFault::Short));
    }

    proptest! {
        #[test]
        fn survives_the_wire(in_blocks in any::<bool>(), length in any::<u32>(), free in any::<u32>()) {
            let capacity = BufferCapacity { in_blocks, length, free };
            prop_assert_eq!(BufferCapacity::parse(&capacity.to_bytes()), Ok(capacity));
        }

        #[test]
        fn any_bytes_parse_or_fail_cleanly(bytes in prop::collection::vec(any::<u8>(), 0..24)) {
            if let Ok(capacity) = BufferCapacity::parse(&bytes) {
                prop_assert_eq!(BufferCapacity::parse(&capacity.to_bytes()), Ok(capacity));
            }
        }
    }
}
