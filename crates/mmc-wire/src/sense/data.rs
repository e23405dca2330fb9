//! Sense data: the triple with all that a drive says around it, in both formats.

use super::{Sense, SenseKey};
use crate::block::{Block, Query};
use crate::command::RequestSense;
use crate::parse::{FieldError, FieldFault, bit, run, take};

mod descriptor;

pub use descriptor::SenseDescriptor;

/// Bytes of fixed format up to and with the additional length.
const FIXED_HEADER_BYTES: usize = 8;
/// Bytes of fixed format that have names; what follows is the vendor's.
const FIXED_BYTES: usize = 18;
/// Additional length of fixed format without vendor bytes.
const FIXED_ADDITIONAL: u8 = (FIXED_BYTES - FIXED_HEADER_BYTES) as u8;

/// Sense data: what a drive says when it says no, and where, and how far it is.
///
/// SPC "Sense data". Made for the host to read and for a drive to say:
///
/// ```
/// use mmc_wire::block::Block;
/// use mmc_wire::sense::{KeySpecific, Sense, SenseData};
///
/// let busy = SenseData::current(Sense::LONG_WRITE_IN_PROGRESS).with_progress(0x8000);
/// assert_eq!(SenseData::parse(&busy.to_bytes())?.specific, Some(KeySpecific::Progress(0x8000)));
/// # Ok::<(), mmc_wire::FieldError>(())
/// ```
#[derive(Clone, Debug, Eq, PartialEq)]
pub struct SenseData {
    /// Key, code and qualifier.
    pub sense: Sense,
    /// About an earlier command that had been answered GOOD (response codes 71h and 73h).
    pub deferred: bool,
    /// The INFORMATION field where it is valid: for most errors the block they are about, as
    /// an unsigned number. Fixed format has 32 bits of it; more is emitted as not valid.
    pub information: Option<u64>,
    /// FILEMARK.
    pub filemark: bool,
    /// EOM: the end of the medium was reached.
    pub end_of_medium: bool,
    /// ILI: the block asked for has another length than the block there.
    pub incorrect_length: bool,
    /// The COMMAND-SPECIFIC INFORMATION field; 32 bits of it in fixed format, more is emitted as 0.
    pub command_specific: u64,
    /// Which part of the drive failed; 0 where it does not say.
    pub field_replaceable_unit: u8,
    /// The sense key specific field, where it is valid (SKSV).
    pub specific: Option<KeySpecific>,
    /// Fixed or descriptor format, with what only the one or the other has.
    pub format: SenseFormat,
}

/// The format of sense data, with what only one format has.
#[derive(Clone, Debug, Eq, PartialEq)]
pub enum SenseFormat {
    /// Response codes 70h and 71h. The one that CD drives use.
    Fixed {
        /// Additional length as reported: bytes that follow the eighth. Drives pad: 0Ah, 0Bh, 0Eh,
        /// 10h, 12h and 13h have all been seen. Emitted as at least 0Ah and as long as `vendor` needs.
        additional: u8,
        /// Bytes from the 18th on, without the zeros at their end.
        vendor: Vec<u8>,
    },
    /// Response codes 72h and 73h.
    Descriptor {
        /// Descriptors that have no field in [`SenseData`], in their order.
        others: Vec<SenseDescriptor>,
    },
}

/// The sense key specific field: what its three bytes mean follows from the key.
///
/// SPC "Sense key specific sense data".
#[derive(Clone, Copy, Debug, Eq, PartialEq)]
pub enum KeySpecific {
    /// ILLEGAL REQUEST: the field that is at fault.
    FieldPointer {
        /// In the CDB (C/D); else in the parameter list.
        in_cdb: bool,
        /// First byte of the field.
        byte: u16,
        /// Most significant bit of the field, 7 to 0; `None` when whole bytes are meant.
        bit: Option<u8>,
    },
    /// NO SENSE or NOT READY: how much of the operation is done, in 1/65536.
    Progress(u16),
    /// Another key's; bit 7 of the first byte is SKSV, and 0 here.
    Other([u8; 3]),
}

impl KeySpecific {
    /// Reads the three bytes; `None` without SKSV.
    fn from_bytes(key: SenseKey, bytes: [u8; 3]) -> Option<Self> {
        if !bit(bytes[0], 7) {
            return None;
        }
        let number = u16::from_be_bytes([bytes[1], bytes[2]]);
        Some(match key {
            SenseKey::ILLEGAL_REQUEST => Self::FieldPointer {
                in_cdb: bit(bytes[0], 6),
                byte: number,
                bit: bit(bytes[0], 3).then_some(bytes[0] & 7),
            },
            SenseKey::NO_SENSE | SenseKey::NOT_READY => Self::Progress(number),
            _ => Self::Other([bytes[0] & 0x7F, bytes[1], bytes[2]]),
        })
    }

    /// The three bytes, SKSV set.
    fn to_bytes(self) -> [u8; 3] {
        let (flags, number) = match self {
            Self::FieldPointer { in_cdb, byte, bit } => {
                (u8::from(in_cdb) << 6 | bit.map_or(0, |bit| 0x08 | bit & 7), byte.to_be_bytes())
            }
            Self::Progress(done) => (0, done.to_be_bytes()),
            Self::Other([flags, high, low]) => (flags, [high, low]),
        };
        [0x80 | flags, number[0], number[1]]
    }
}

impl SenseData {
    /// Current sense data in fixed format, 18 bytes, nothing but the triple.
    pub const fn current(sense: Sense) -> Self {
        Self {
            sense,
            deferred: false,
            information: None,
            filemark: false,
            end_of_medium: false,
            incorrect_length: false,
            command_specific: 0,
            field_replaceable_unit: 0,
            specific: None,
            format: SenseFormat::Fixed { additional: FIXED_ADDITIONAL, vendor: Vec::new() },
        }
    }

    /// The same about an earlier command.
    pub fn deferred(sense: Sense) -> Self {
        Self { deferred: true, ..Self::current(sense) }
    }

    /// With a field pointer: `bit` is the most significant one of the field, `None` for whole bytes.
    #[must_use]
    pub fn at_field(self, byte: u16, bit: Option<u8>, in_cdb: bool) -> Self {
        Self { specific: Some(KeySpecific::FieldPointer { in_cdb, byte, bit }), ..self }
    }

    /// With progress, in 1/65536.
    #[must_use]
    pub fn with_progress(self, done: u16) -> Self {
        Self { specific: Some(KeySpecific::Progress(done)), ..self }
    }

    /// With valid information.
    #[must_use]
    pub fn with_information(self, information: u32) -> Self {
        Self { information: Some(information.into()), ..self }
    }

    /// In fixed format with this additional length and no vendor bytes.
    #[must_use]
    pub fn with_additional(self, additional: u8) -> Self {
        Self { format: SenseFormat::Fixed { additional, vendor: Vec::new() }, ..self }
    }

    /// In descriptor format.
    #[must_use]
    pub fn in_descriptors(self) -> Self {
        Self { format: SenseFormat::Descriptor { others: Vec::new() }, ..self }
    }

    fn parse_fixed(bytes: &[u8], deferred: bool) -> Self {
        let byte = |n: usize| bytes.get(n).copied().unwrap_or(0);
        let be = |n: usize| u32::from_be_bytes([byte(n), byte(n + 1), byte(n + 2), byte(n + 3)]);
        let key = SenseKey(byte(2) & 0x0F);
        let end = FIXED_HEADER_BYTES + usize::from(byte(7));
        let vendor = bytes.get(FIXED_BYTES..end.min(bytes.len())).unwrap_or_default();
        let used = vendor.iter().rposition(|&byte| byte != 0).map_or(0, |last| last + 1);
        Self {
            sense: Sense { key, asc: byte(12), ascq: byte(13) },
            deferred,
            information: bit(byte(0), 7).then(|| be(3).into()),
            filemark: bit(byte(2), 7),
            end_of_medium: bit(byte(2), 6),
            incorrect_length: bit(byte(2), 5),
            command_specific: be(8).into(),
            field_replaceable_unit: byte(14),
            specific: KeySpecific::from_bytes(key, [byte(15), byte(16), byte(17)]),
            format: SenseFormat::Fixed {
                additional: byte(7),
                vendor: vendor.iter().take(used).copied().collect(),
            },
        }
    }

    fn emit_fixed(&self, out: &mut Vec<u8>, additional: u8, vendor: &[u8]) {
        let room = usize::from(u8::MAX - FIXED_ADDITIONAL);
        let vendor = vendor.get(..room).unwrap_or(vendor);
        let additional = additional.max(FIXED_ADDITIONAL + vendor.len() as u8);
        let end = out.len() + FIXED_HEADER_BYTES + usize::from(additional);
        let information = self.information.and_then(|information| u32::try_from(information).ok());
        let command_specific = u32::try_from(self.command_specific).unwrap_or(0);
        out.push(0x70 | u8::from(self.deferred) | u8::from(information.is_some()) << 7);
        out.push(0);
        out.push(self.flags() | self.sense.key.0 & 0x0F);
        out.extend(information.unwrap_or(0).to_be_bytes());
        out.push(additional);
        out.extend(command_specific.to_be_bytes());
        out.extend([self.sense.asc, self.sense.ascq, self.field_replaceable_unit]);
        out.extend(self.specific.map_or([0; 3], KeySpecific::to_bytes));
        out.extend(vendor);
        out.resize(end, 0);
    }

    /// FILEMARK, EOM and ILI, where both formats have them.
    fn flags(&self) -> u8 {
        u8::from(self.filemark) << 7
            | u8::from(self.end_of_medium) << 6
            | u8::from(self.incorrect_length) << 5
    }
}

impl From<Sense> for SenseData {
    fn from(sense: Sense) -> Self {
        Self::current(sense)
    }
}

/// A CDB that could not be read is answered 5/24/00 with a pointer to the field.
impl From<FieldError> for SenseData {
    fn from(error: FieldError) -> Self {
        let byte = u16::try_from(error.byte).unwrap_or(u16::MAX);
        Self::current(Sense::INVALID_FIELD_IN_CDB).at_field(byte, error.bit, true)
    }
}

impl Block for SenseData {
    /// Reads sense data of either format. They may end anywhere after the key (fixed) or the
    /// triple (descriptor), since buffers for them do: what is missing counts as 0 or as not
    /// there. The triple of fixed format is read even where the additional length denies it.
    fn parse(bytes: &[u8]) -> Result<Self, FieldError> {
        const CODE: &str = "response code 70h, 71h, 72h or 73h";
        let code = run(bytes, |input| take(input, 1, CODE))?;
        match code.first().map_or(0, |code| code & 0x7F) {
            code @ (0x70 | 0x71) => {
                run(bytes, |input| take(input, 3, "the sense key"))?;
                Ok(Self::parse_fixed(bytes, code == 0x71))
            }
            code @ (0x72 | 0x73) => {
                run(bytes, |input| take(input, 4, "key, code and qualifier"))?;
                Ok(descriptor::parse(bytes, code == 0x73))
            }
            _ => Err(FieldError { byte: 0, bit: Some(6), fault: FieldFault::Illegal, expected: CODE }),
        }
    }

    fn emit(&self, out: &mut Vec<u8>) {
        match &self.format {
            SenseFormat::Fixed { additional, vendor } => self.emit_fixed(out, *additional, vendor),
            SenseFormat::Descriptor { others } => descriptor::emit(self, others, out),
        }
    }
}

impl Query for RequestSense {
    type Reply = SenseData;

    fn allocation_bytes(&self) -> usize {
        self.allocation.into()
    }

    fn reply(&self, bytes: &[u8]) -> Result<SenseData, FieldError> {
        SenseData::parse(bytes)
    }
}

#[cfg(test)]
mod tests;
