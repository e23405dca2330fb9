//! SET STREAMING's parameter list: a speed over a range of blocks.

use cd_format::Lba;

use super::Block;
use crate::parse::{FieldError, Input, Parsed, array, bit, bits, run, skip};

/// The speeds wanted over a range of blocks: so much data in so much time.
///
/// MMC "SET STREAMING Command", performance descriptor; Microsoft WDK
/// `CDROM_SET_STREAMING`.
#[derive(Clone, Copy, Debug, Default, Eq, Hash, PartialEq)]
pub struct StreamingDescriptor {
    /// WRC, rotation control, 0 to 3: 0 CLV or the disc's own, 1 CAV.
    pub rotation_control: u8,
    /// RDD: back to the drive's own speeds; the rest is overlooked.
    pub restore_defaults: bool,
    /// Exact: refuse instead of rounding.
    pub exact: bool,
    /// RA: random access instead of streaming.
    pub random_access: bool,
    /// First block.
    pub start: Lba,
    /// Last block.
    pub end: Lba,
    /// Data to read in `read_time`, kB of 1000 bytes.
    pub read_size: u32,
    /// Time for it, ms.
    pub read_time: u32,
    /// Data to write in `write_time`, kB of 1000 bytes.
    pub write_size: u32,
    /// Time for it, ms.
    pub write_time: u32,
}

impl StreamingDescriptor {
    /// Bytes of the list.
    pub const BYTES: usize = 28;

    /// Speed of reading, kB/s; `None` where the time is 0 or the speed past 32 bits.
    pub fn read_speed(&self) -> Option<u32> {
        speed(self.read_size, self.read_time)
    }

    /// Speed of writing, kB/s; `None` where the time is 0 or the speed past 32 bits.
    pub fn write_speed(&self) -> Option<u32> {
        speed(self.write_size, self.write_time)
    }

    fn fields(input: Input<'_>) -> Parsed<'_, Self> {
        let word = |input| array::<4>(input).map(|(rest, bytes)| (rest, u32::from_be_bytes(bytes)));
        let (input, [flags]) = array::<1>(input)?;
        let (input, ()) = skip(3)(input)?;
        let (input, start) = word(input)?;
        let (input, end) = word(input)?;
        let (input, read_size) = word(input)?;
        let (input, read_time) = word(input)?;
        let (input, write_size) = word(input)?;
        let (input, write_time) = word(input)?;
        let descriptor = Self {
            rotation_control: bits(flags, 4, 3),
            restore_defaults: bit(flags, 2),
            exact: bit(flags, 1),
            random_access: bit(flags, 0),
            start: Lba(start as i32),
            end: Lba(end as i32),
            read_size,
            read_time,
            write_size,
            write_time,
        };
        Ok((input, descriptor))
    }
}

fn speed(kilobytes: u32, milliseconds: u32) -> Option<u32> {
    let per_second = (u64::from(kilobytes) * 1000).checked_div(u64::from(milliseconds))?;
    u32::try_from(per_second).ok()
}

impl Block for StreamingDescriptor {
    fn parse(bytes: &[u8]) -> Result<Self, FieldError> {
        run(bytes, Self::fields)
    }

    fn emit(&self, out: &mut Vec<u8>) {
        let flags = (self.rotation_control & 3) << 3
            | u8::from(self.restore_defaults) << 2
            | u8::from(self.exact) << 1
            | u8::from(self.random_access);
        out.extend([flags, 0, 0, 0]);
        for word in [
            self.start.0 as u32,
            self.end.0 as u32,
            self.read_size,
            self.read_time,
            self.write_size,
            self.write_time,
        ] {
            out.extend(word.to_be_bytes());
        }
    }
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;
    use crate::parse::FieldFault;

    /// Laid out by hand from MMC's table: 16x (2822 kB/s) for an 80-minute disc, CAV, exact.
    #[test]
    fn a_speed_is_size_over_time() {
        #[rustfmt::skip]
        let bytes = [
            0x0A, 0x00, 0x00, 0x00,
            0x00, 0x00, 0x00, 0x00, 0x00, 0x05, 0x7D, 0xA8,
            0x00, 0x00, 0x0B, 0x06, 0x00, 0x00, 0x03, 0xE8,
            0x00, 0x00, 0x16, 0x0C, 0x00, 0x00, 0x07, 0xD0,
        ];
        let descriptor = StreamingDescriptor {
            rotation_control: 1,
            exact: true,
            end: Lba(359_848),
            read_size: 2822,
            read_time: 1000,
            write_size: 5644,
            write_time: 2000,
            ..Default::default()
        };
        assert_eq!(StreamingDescriptor::parse(&bytes), Ok(descriptor));
        assert_eq!(descriptor.to_bytes(), bytes);
        assert_eq!((descriptor.read_speed(), descriptor.write_speed()), (Some(2822), Some(2822)));
    }

    #[test]
    fn no_time_is_no_speed() {
        let descriptor =
            StreamingDescriptor { read_size: 1, write_size: u32::MAX, write_time: 1, ..Default::default() };
        assert_eq!((descriptor.read_speed(), descriptor.write_speed()), (None, None));
    }

    proptest! {
        #[test]
        fn any_bytes_parse_or_fail_cleanly(bytes in prop::collection::vec(any::<u8>(), 0..40)) {
            match StreamingDescriptor::parse(&bytes) {
                Ok(descriptor) => prop_assert_eq!(StreamingDescriptor::parse(&descriptor.to_bytes()), Ok(descriptor)),
                Err(fault) => prop_assert!(bytes.len() < StreamingDescriptor::BYTES && fault.fault == FieldFault::Short),
            }
        }
    }
}
