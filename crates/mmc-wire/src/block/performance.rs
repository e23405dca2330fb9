//! GET PERFORMANCE's reply: speeds over the disc.
//!
//! MMC "GET PERFORMANCE Command"; Microsoft WDK `CDROM_PERFORMANCE_HEADER`,
//! `CDROM_NOMINAL_PERFORMANCE_DESCRIPTOR`, `CDROM_EXCEPTION_PERFORMANCE_DESCRIPTOR` and
//! `CDROM_WRITE_SPEED_DESCRIPTOR`. Speeds are kB/s of 1000 bytes.

use cd_format::Lba;

use super::Query;
use crate::command::{GetPerformance, PerformanceType};
use crate::parse::{FieldError, Input, Parsed, array, bit, bits, run};

#[cfg(test)]
mod tests;

/// Speed over a range of blocks, when all goes well. Between the ends it changes evenly.
#[derive(Clone, Copy, Debug, Default, Eq, Hash, PartialEq)]
pub struct NominalPerformance {
    /// First block.
    pub start: Lba,
    /// Speed there, kB/s.
    pub start_speed: u32,
    /// Last block.
    pub end: Lba,
    /// Speed there, kB/s.
    pub end_speed: u32,
}

/// A block that takes longer.
#[derive(Clone, Copy, Debug, Default, Eq, Hash, PartialEq)]
pub struct PerformanceException {
    /// The block.
    pub lba: Lba,
    /// How long it takes, units of 0.1 ms.
    pub time: u16,
}

/// A speed at which the drive can write the disc in it.
#[derive(Clone, Copy, Debug, Default, Eq, Hash, PartialEq)]
pub struct WriteSpeedDescriptor {
    /// WRC, rotation control, 0 to 3: 0 CLV or the disc's own, 1 CAV.
    pub rotation_control: u8,
    /// Exact: the drive holds this speed over the whole disc.
    pub exact: bool,
    /// MRW: meant for a mix of reading and writing.
    pub mixed: bool,
    /// Last block of the medium's capacity.
    pub end: Lba,
    /// Read speed, kB/s.
    pub read_speed: u32,
    /// Write speed, kB/s.
    pub write_speed: u32,
}

/// What GET PERFORMANCE brings.
#[derive(Clone, Debug, Eq, PartialEq)]
pub enum Performance {
    /// Type 00h: nominal performance.
    Nominal {
        /// Of writing, not reading.
        write: bool,
        /// Range by range.
        ranges: Vec<NominalPerformance>,
    },
    /// Type 00h with exceptions asked for.
    Exceptions {
        /// Of writing, not reading.
        write: bool,
        /// Block by block.
        blocks: Vec<PerformanceException>,
    },
    /// Type 03h: write speeds, fastest first.
    WriteSpeeds(Vec<WriteSpeedDescriptor>),
    /// Another type: descriptors as they stand.
    Other(PerformanceType, Vec<u8>),
}

const HEADER_BYTES: usize = 8;

impl Performance {
    /// Reads a reply to a command of this type: whole descriptors, as many as both the data length
    /// and the data allow. Whether there are exceptions is the header's word.
    pub fn parse(kind: PerformanceType, bytes: &[u8]) -> Result<Self, FieldError> {
        let whole = match bytes {
            [a, b, c, d, ..] => u32::from_be_bytes([*a, *b, *c, *d]).saturating_add(4),
            _ => HEADER_BYTES as u32,
        };
        let whole = usize::try_from(whole).unwrap_or(usize::MAX);
        run(bytes.get(..whole).unwrap_or(bytes), |input| Self::fields(kind, input))
    }

    fn fields(kind: PerformanceType, input: Input<'_>) -> Parsed<'_, Self> {
        let (input, [_, _, _, _, flags, ..]) = array::<HEADER_BYTES>(input)?;
        let write = bit(flags, 1);
        let performance = match kind {
            PerformanceType::PERFORMANCE if bit(flags, 0) => Self::Exceptions {
                write,
                blocks: input.as_chunks::<6>().0.iter().map(PerformanceException::from_bytes).collect(),
            },
            PerformanceType::PERFORMANCE => Self::Nominal {
                write,
                ranges: input.as_chunks::<16>().0.iter().map(NominalPerformance::from_bytes).collect(),
            },
            PerformanceType::WRITE_SPEED => Self::WriteSpeeds(
                input.as_chunks::<16>().0.iter().map(WriteSpeedDescriptor::from_bytes).collect(),
            ),
            _ => Self::Other(kind, input.to_vec()),
        };
        Ok((&[], performance))
    }

    /// Appends the reply, data length computed.
    pub fn emit(&self, out: &mut Vec<u8>) {
        let mut body = Vec::new();
        let flags = match self {
            Self::Nominal { write, ranges } => {
                body.extend(ranges.iter().flat_map(|range| range.to_bytes()));
                u8::from(*write) << 1
            }
            Self::Exceptions { write, blocks } => {
                body.extend(blocks.iter().flat_map(|block| block.to_bytes()));
                u8::from(*write) << 1 | 1
            }
            Self::WriteSpeeds(speeds) => {
                body.extend(speeds.iter().flat_map(|speed| speed.to_bytes()));
                0
            }
            Self::Other(_, bytes) => {
                body.extend_from_slice(bytes);
                0
            }
        };
        let length = u32::try_from(body.len() + HEADER_BYTES - 4).unwrap_or(u32::MAX);
        out.extend(length.to_be_bytes());
        out.extend([flags, 0, 0, 0]);
        out.append(&mut body);
    }
}

fn word(bytes: &[u8; 16], n: usize) -> u32 {
    let mut word = [0; 4];
    for (to, from) in word.iter_mut().zip(bytes.iter().skip(4 * n)) {
        *to = *from;
    }
    u32::from_be_bytes(word)
}

fn words(words: [u32; 4]) -> [u8; 16] {
    let mut bytes = [0; 16];
    for (to, from) in bytes.iter_mut().zip(words.into_iter().flat_map(u32::to_be_bytes)) {
        *to = from;
    }
    bytes
}

impl NominalPerformance {
    fn from_bytes(bytes: &[u8; 16]) -> Self {
        Self {
            start: Lba(word(bytes, 0) as i32),
            start_speed: word(bytes, 1),
            end: Lba(word(bytes, 2) as i32),
            end_speed: word(bytes, 3),
        }
    }

    fn to_bytes(self) -> [u8; 16] {
        words([self.start.0 as u32, self.start_speed, self.end.0 as u32, self.end_speed])
    }
}

impl PerformanceException {
    fn from_bytes(&[a, b, c, d, hi, lo]: &[u8; 6]) -> Self {
        Self { lba: Lba(i32::from_be_bytes([a, b, c, d])), time: u16::from_be_bytes([hi, lo]) }
    }

    fn to_bytes(self) -> [u8; 6] {
        let [a, b, c, d] = self.lba.0.to_be_bytes();
        let [hi, lo] = self.time.to_be_bytes();
        [a, b, c, d, hi, lo]
    }
}

impl WriteSpeedDescriptor {
    fn from_bytes(bytes: &[u8; 16]) -> Self {
        let flags = bytes[0];
        Self {
            rotation_control: bits(flags, 4, 3),
            exact: bit(flags, 1),
            mixed: bit(flags, 0),
            end: Lba(word(bytes, 1) as i32),
            read_speed: word(bytes, 2),
            write_speed: word(bytes, 3),
        }
    }

    fn to_bytes(self) -> [u8; 16] {
        let flags = (self.rotation_control & 3) << 3 | u8::from(self.exact) << 1 | u8::from(self.mixed);
        words([u32::from(flags) << 24, self.end.0 as u32, self.read_speed, self.write_speed])
    }
}

impl GetPerformance {
    /// Asks for the write speeds of the disc in the drive.
    pub fn write_speeds(max_descriptors: u16) -> Self {
        Self { kind: PerformanceType::WRITE_SPEED, max_descriptors, ..Self::default() }
    }

    /// Asks for nominal performance from `lba` on, tolerance 10b (20 percent, the only one).
    pub fn nominal(write: bool, lba: Lba, max_descriptors: u16) -> Self {
        let data_type = 0b10 << 3 | u8::from(write) << 2;
        Self { data_type, lba, max_descriptors, kind: PerformanceType::PERFORMANCE }
    }
}

impl Query for GetPerformance {
    type Reply = Performance;

    /// The CDB counts descriptors: the header and so many of 16 bytes, the longest of a CD's.
    fn allocation_bytes(&self) -> usize {
        HEADER_BYTES + 16 * usize::from(self.max_descriptors)
    }

    fn reply(&self, bytes: &[u8]) -> Result<Performance, FieldError> {
        Performance::parse(self.kind, bytes)
    }
}
