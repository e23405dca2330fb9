//! READ FORMAT CAPACITIES' reply: how much is there, and what the disc can be formatted to.

use super::{Block, Query};
use crate::command::ReadFormatCapacities;
use crate::open_number;
use crate::parse::{FieldError, Input, Parsed, array, run, skip};

open_number! {
    /// What the first descriptor tells of (MMC "READ FORMAT CAPACITIES Command", descriptor type).
    CapacityType(u8) {
        /// The most that an unformatted or blank disc can take.
        UNFORMATTED = 1 "unformatted or blank";
        /// What a formatted or recorded disc has.
        FORMATTED = 2 "formatted or recorded";
        /// No medium: the most that the drive can format.
        NO_MEDIUM = 3 "no medium";
    }
}

/// One capacity.
///
/// MMC "READ FORMAT CAPACITIES Command", current/maximum and formattable capacity descriptor.
#[derive(Clone, Copy, Debug, Default, Eq, Hash, PartialEq)]
pub struct CapacityDescriptor {
    /// Blocks.
    pub blocks: u32,
    /// Format type for FORMAT UNIT, 0 to 3Fh; 10h is the full format of CD-RW. Reserved in the first
    /// descriptor.
    pub format_type: u8,
    /// What the first descriptor tells of; reserved in the others.
    pub kind: CapacityType,
    /// Bytes in a block, 24 bits, or what the format type wants instead: packet size for CD-RW.
    pub parameter: u32,
}

impl CapacityDescriptor {
    fn fields(input: Input<'_>) -> Parsed<'_, Self> {
        let (input, blocks) = array::<4>(input)?;
        let (input, [types, a, b, c]) = array::<4>(input)?;
        let descriptor = Self {
            blocks: u32::from_be_bytes(blocks),
            format_type: types >> 2,
            kind: CapacityType(types & 3),
            parameter: u32::from_be_bytes([0, a, b, c]),
        };
        Ok((input, descriptor))
    }

    fn emit(&self, out: &mut Vec<u8>) {
        let [_, a, b, c] = self.parameter.to_be_bytes();
        out.extend(self.blocks.to_be_bytes());
        out.extend([self.format_type << 2 | self.kind.0 & 3, a, b, c]);
    }
}

/// How much is there, and what the disc can be formatted to.
#[derive(Clone, Debug, Default, Eq, PartialEq)]
pub struct FormatCapacities {
    /// What there is, or at most can be.
    pub current: CapacityDescriptor,
    /// What the disc can be formatted to; none on CD-R. At most 30.
    pub formattable: Vec<CapacityDescriptor>,
}

impl FormatCapacities {
    /// Descriptors that the length field can count, besides the first.
    const MOST: usize = 0xFF / 8 - 1;

    fn fields(input: Input<'_>) -> Parsed<'_, Self> {
        let (input, ()) = skip(3)(input)?;
        let (input, _list_bytes) = array::<1>(input)?;
        let (mut list, current) = CapacityDescriptor::fields(input)?;
        let mut formattable = Vec::new();
        while let Ok((rest, descriptor)) = CapacityDescriptor::fields(list) {
            formattable.push(descriptor);
            list = rest;
        }
        Ok((list, Self { current, formattable }))
    }
}

impl Block for FormatCapacities {
    /// Reads whole descriptors, as many as both the list length and the data allow; the first has
    /// to be there.
    fn parse(bytes: &[u8]) -> Result<Self, FieldError> {
        let whole = 4 + bytes.get(3).copied().map_or(0, usize::from);
        run(bytes.get(..whole).unwrap_or(bytes), Self::fields)
    }

    fn emit(&self, out: &mut Vec<u8>) {
        let formattable = self.formattable.get(..Self::MOST).unwrap_or(&self.formattable);
        out.extend([0, 0, 0, 8 + 8 * formattable.len() as u8]);
        self.current.emit(out);
        for descriptor in formattable {
            descriptor.emit(out);
        }
    }
}

impl Query for ReadFormatCapacities {
    type Reply = FormatCapacities;

    fn allocation_bytes(&self) -> usize {
        usize::from(self.allocation)
    }

    fn reply(&self, bytes: &[u8]) -> Result<FormatCapacities, FieldError> {
        FormatCapacities::parse(bytes)
    }
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;
    use crate::parse::FieldFault;

    /// Laid out by hand from MMC's table: a blank CD-RW of 359849 blocks that offers the full
    /// format, 10h, in packets of 32 blocks.
    #[test]
    fn a_blank_cd_rw_offers_the_full_format() {
        #[rustfmt::skip]
        let bytes = [
            0x00, 0x00, 0x00, 0x10,
            0x00, 0x05, 0x7D, 0xA9, 0x01, 0x00, 0x08, 0x00,
            0x00, 0x05, 0x7D, 0xA9, 0x40, 0x00, 0x00, 0x20,
        ];
        let blocks = 359_849;
        let current = CapacityDescriptor {
            kind: CapacityType::UNFORMATTED,
            parameter: 2048,
            blocks,
            ..Default::default()
        };
        let full = CapacityDescriptor { format_type: 0x10, parameter: 32, blocks, ..Default::default() };
        let capacities = FormatCapacities { current, formattable: vec![full] };
        assert_eq!(FormatCapacities::parse(&bytes), Ok(capacities.clone()));
        assert_eq!(capacities.to_bytes(), bytes);

        let asked = ReadFormatCapacities { allocation: 12 };
        assert_eq!(asked.reply(&bytes[..12]), Ok(FormatCapacities { current, formattable: vec![] }));
    }

    #[test]
    fn an_empty_list_is_refused_at_its_end() {
        let fault = FormatCapacities::parse(&[0, 0, 0, 0, 1, 2, 3, 4, 5, 6, 7, 8]).unwrap_err();
        assert_eq!((fault.byte, fault.fault), (4, FieldFault::Short));
    }

    prop_compose! {
        fn descriptor()(blocks in any::<u32>(), format_type in 0u8..0x40, kind in 0u8..4, parameter in 0u32..1 << 24)
            -> CapacityDescriptor
        {
            CapacityDescriptor { blocks, format_type, kind: CapacityType(kind), parameter }
        }
    }

    proptest! {
        #[test]
        fn survives_the_wire(current in descriptor(), formattable in prop::collection::vec(descriptor(), 0..=30)) {
            let capacities = FormatCapacities { current, formattable };
            prop_assert_eq!(FormatCapacities::parse(&capacities.to_bytes()), Ok(capacities));
        }

        #[test]
        fn any_bytes_parse_or_fail_cleanly(bytes in prop::collection::vec(any::<u8>(), 0..300)) {
            if let Ok(capacities) = FormatCapacities::parse(&bytes) {
                prop_assert_eq!(FormatCapacities::parse(&capacities.to_bytes()), Ok(capacities));
            }
        }
    }
}
