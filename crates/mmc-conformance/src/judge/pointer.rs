//! The field pointer in sense data (SPC "Sense-key specific: field pointer").

use core::fmt;

/// Which field of a CDB or parameter list the drive stumbled over.
#[derive(Clone, Copy, Debug, Eq, PartialEq)]
pub struct FieldPointer {
    /// In the CDB, or else in the parameter list.
    pub in_cdb: bool,
    /// Byte.
    pub byte: u16,
    /// Bit, where the drive says.
    pub bit: Option<u8>,
}

impl FieldPointer {
    /// The pointer in sense data of either format; `None` where the drive gave none.
    pub fn in_data(sense: &[u8]) -> Option<Self> {
        match sense.first()? & 0x7F {
            0x70 | 0x71 => Self::read(sense.get(15..18)?),
            0x72 | 0x73 => {
                let mut rest = sense.get(8..)?;
                loop {
                    let whole = usize::from(*rest.get(1)?) + 2;
                    if rest[0] == 0x02 {
                        return Self::read(rest.get(4..7)?);
                    }
                    rest = rest.get(whole..)?;
                }
            }
            _ => None,
        }
    }

    fn read(specific: &[u8]) -> Option<Self> {
        let [flags, high, low] = *specific else { return None };
        (flags & 0x80 != 0).then(|| Self {
            in_cdb: flags & 0x40 != 0,
            byte: u16::from_be_bytes([high, low]),
            bit: (flags & 0x08 != 0).then_some(flags & 0x07),
        })
    }
}

impl fmt::Display for FieldPointer {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "byte {}", self.byte)?;
        if let Some(bit) = self.bit {
            write!(f, " bit {bit}")?;
        }
        write!(f, " of the {}", if self.in_cdb { "CDB" } else { "parameter list" })
    }
}
