//! Vital product data: pages 00h, 80h, 83h.

use super::DeviceType;
use crate::block::Block;
use crate::parse::{FieldError, bit, bits, run, take};

/// Bytes in front of a page's content.
const HEADER_BYTES: usize = 4;
/// The most content that the page length can count.
const MAX_BYTES: usize = 0xFFFF;

/// A vital product data page.
///
/// SPC "Vital product data parameters".
#[derive(Clone, Debug, Eq, PartialEq)]
pub struct VitalPage {
    /// Peripheral qualifier, 0 to 7; 0 is a unit that is there.
    pub qualifier: u8,
    /// What kind of device.
    pub device_type: DeviceType,
    /// What the page says.
    pub data: VitalData,
}

/// What a vital product data page says.
#[derive(Clone, Debug, Eq, PartialEq)]
pub enum VitalData {
    /// 00h, Supported VPD Pages: their codes, ascending, this one included.
    Supported(Vec<u8>),
    /// 80h, Unit Serial Number: ASCII.
    SerialNumber(Vec<u8>),
    /// 83h, Device Identification.
    Identification(Vec<Designator>),
    /// Another page.
    Other {
        /// Page code.
        code: u8,
        /// What follows the page length.
        bytes: Vec<u8>,
    },
}

impl VitalData {
    /// The page code.
    pub const fn code(&self) -> u8 {
        match self {
            Self::Supported(_) => 0x00,
            Self::SerialNumber(_) => 0x80,
            Self::Identification(_) => 0x83,
            Self::Other { code, .. } => *code,
        }
    }
}

impl VitalPage {
    /// The page of a CD drive.
    pub const fn cd_drive(data: VitalData) -> Self {
        Self { qualifier: 0, device_type: DeviceType::CD_DVD, data }
    }
}

/// One name of the device.
///
/// SPC "Designation descriptor".
#[derive(Clone, Debug, Eq, PartialEq)]
pub struct Designator {
    /// The transport protocol that the name belongs to (PROTOCOL IDENTIFIER, where PIV says that
    /// it is valid).
    pub protocol: Option<u8>,
    /// 1 binary, 2 ASCII, 3 UTF-8.
    pub code_set: u8,
    /// What is named: 0 the logical unit, 1 the target port, 2 the target device.
    pub association: u8,
    /// 0 vendor specific, 1 T10 vendor ID, 2 EUI-64, 3 NAA and so on.
    pub kind: u8,
    /// The name; 255 bytes at most are emitted.
    pub bytes: Vec<u8>,
}

impl Designator {
    /// The designators that are there whole.
    fn parse_all(mut rest: &[u8]) -> Vec<Self> {
        let mut all = Vec::new();
        while let [first, second, _, length, after @ ..] = rest {
            let Some((bytes, next)) = after.split_at_checked(usize::from(*length)) else { break };
            all.push(Self {
                protocol: bit(*second, 7).then(|| bits(*first, 7, 4)),
                code_set: bits(*first, 3, 0),
                association: bits(*second, 5, 4),
                kind: bits(*second, 3, 0),
                bytes: bytes.to_vec(),
            });
            rest = next;
        }
        all
    }

    fn emit(&self, out: &mut Vec<u8>) {
        let bytes = self.bytes.get(..0xFF).unwrap_or(&self.bytes);
        out.push(self.protocol.unwrap_or(0) << 4 | self.code_set & 0x0F);
        out.push(u8::from(self.protocol.is_some()) << 7 | (self.association & 3) << 4 | self.kind & 0x0F);
        out.extend([0, bytes.len() as u8]);
        out.extend(bytes);
    }
}

impl Block for VitalPage {
    /// Reads the header and as much of the content as arrived: the allocation length may cut it off.
    fn parse(bytes: &[u8]) -> Result<Self, FieldError> {
        run(bytes, |input| {
            let (rest, head) = take(input, HEADER_BYTES, "a VPD page header of 4 bytes")?;
            let length = usize::from(u16::from_be_bytes([head[2], head[3]])).min(rest.len());
            let (rest, content) = take(rest, length, "what the page length counts")?;
            let data = match head[1] {
                0x00 => VitalData::Supported(content.to_vec()),
                0x80 => VitalData::SerialNumber(content.to_vec()),
                0x83 => VitalData::Identification(Designator::parse_all(content)),
                code => VitalData::Other { code, bytes: content.to_vec() },
            };
            let (qualifier, device_type) = (bits(head[0], 7, 5), DeviceType(bits(head[0], 4, 0)));
            Ok((rest, Self { qualifier, device_type, data }))
        })
    }

    /// Appends the page. Content beyond 65535 bytes does not fit and is left out.
    fn emit(&self, out: &mut Vec<u8>) {
        let mut content = Vec::new();
        match &self.data {
            VitalData::Supported(bytes) | VitalData::SerialNumber(bytes) | VitalData::Other { bytes, .. } => {
                content.extend(bytes);
            }
            VitalData::Identification(designators) => {
                for designator in designators {
                    designator.emit(&mut content);
                }
            }
        }
        content.truncate(MAX_BYTES);
        out.extend([self.qualifier << 5 | self.device_type.0 & 0x1F, self.data.code()]);
        out.extend((content.len() as u16).to_be_bytes());
        out.extend(content);
    }
}
