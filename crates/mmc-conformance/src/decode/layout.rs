//! Fields at fixed places of a block.

use cd_format::Msf;

use super::Fields;
use crate::literal::hex;
use crate::term::Term;

/// The fields of a block: name and place.
pub type Layout = &'static [(&'static str, Place)];

/// Where a field lies and what it is. Offsets count from the start of the block.
#[derive(Clone, Copy, Debug)]
pub enum Place {
    /// Bit of a byte, as a truth value.
    Bit(usize, u8),
    /// Bits of a byte, from high to low, as a number.
    Bits(usize, u8, u8),
    /// Bits of a byte, as one of these words.
    Word(usize, u8, u8, &'static [&'static str]),
    /// Whole bytes, most significant first.
    Be(usize, usize),
    /// A number of 16 bits: low byte here, high byte there, where the reply goes that far.
    Split(usize, usize),
    /// A block address: four bytes, signed.
    Lba(usize),
    /// Minute, second, frame as text; `None` for FF:FF:FF.
    Time(usize),
    /// The same as a block address, minutes from 90 up lying before the roll-over.
    TimeLba(usize),
    /// The same as a block address that can only lie in the program area or behind it.
    ProgramLba(usize),
    /// So many characters, blanks at the end left out.
    Text(usize, usize),
    /// So many bytes in hexadecimal.
    Raw(usize, usize),
    /// The place, when this bit of that byte is set; else `None`.
    If(usize, u8, &'static Place),
}

/// Reads every field that the reply is long enough to hold.
pub fn read(layout: Layout, reply: &[u8], prefix: &str, fields: &mut Fields) {
    for (name, place) in layout {
        if let Some(term) = place.read(reply) {
            fields.insert(format!("{prefix}{name}"), term);
        }
    }
}

impl Place {
    fn read(self, reply: &[u8]) -> Option<Term> {
        let byte = |n: usize| reply.get(n).copied();
        let bits = |n: usize, high: u8, low: u8| Some((byte(n)? >> low) & (0xFF >> (7 - (high - low))));
        Some(match self {
            Self::Bit(n, bit) => (byte(n)? >> bit & 1 != 0).into(),
            Self::Bits(n, high, low) => bits(n, high, low)?.into(),
            Self::Word(n, high, low, words) => {
                let value = bits(n, high, low)?;
                words.get(usize::from(value)).map_or(value.into(), |word| (*word).into())
            }
            Self::Be(n, bytes) => number(reply.get(n..n + bytes)?).into(),
            Self::Split(low, high) => {
                (u16::from(byte(high).unwrap_or(0)) << 8 | u16::from(byte(low)?)).into()
            }
            Self::Lba(n) => lba(reply.get(n..n + 4)?).into(),
            Self::Time(n) => match reply.get(n..n + 3)? {
                [0xFF, 0xFF, 0xFF] => Term::None,
                [m, s, f] => format!("{m:02}:{s:02}:{f:02}").into(),
                _ => return None,
            },
            Self::TimeLba(n) => time(reply.get(n..n + 3)?).map(|time| time.to_lba().0).into(),
            Self::ProgramLba(n) => time(reply.get(n..n + 3)?).map(|time| time.to_program_lba().0).into(),
            Self::Text(n, bytes) => {
                let text: String = reply.get(n..n + bytes)?.iter().copied().map(char::from).collect();
                text.trim_end_matches([' ', '\0']).into()
            }
            Self::Raw(n, bytes) => hex(reply.get(n..n + bytes)?).into(),
            Self::If(n, bit, place) => {
                if byte(n)? >> bit & 1 != 0 {
                    place.read(reply)?
                } else {
                    Term::None
                }
            }
        })
    }
}

/// Bytes as a number, most significant first; of more than four the last four.
pub fn number(bytes: &[u8]) -> u32 {
    bytes.iter().fold(0, |value, byte| value << 8 | u32::from(*byte))
}

/// Four bytes as a signed block address.
pub fn lba(bytes: &[u8]) -> i32 {
    number(bytes).cast_signed()
}

fn time(bytes: &[u8]) -> Option<Msf> {
    match bytes {
        [m, s, f] => Msf::new(*m, *s, *f).ok(),
        _ => None,
    }
}
