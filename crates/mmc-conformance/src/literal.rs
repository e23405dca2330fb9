//! What a fixture writes as text and means as something else: bytes, sense triples, HRESULTs.

use core::fmt;

use mmc_wire::Sense;
use serde::de::{Deserialize, Deserializer, Error as _};

/// The most bytes that one literal may stand for.
const MOST_BYTES: usize = 1 << 22;

/// Bytes in hexadecimal: `"51 00 22"`. `00*2352` repeats a byte. Spaces, `:` and `-` part digits.
#[derive(Clone, Default, Eq, PartialEq)]
pub struct Hex(pub Vec<u8>);

impl Hex {
    /// How many bytes [`read`](Self::read) would make of a text. 0 for one of which it would make none.
    pub fn count(text: &str) -> usize {
        let word = |word: &str| {
            let (digits, times) = word.split_once('*').unwrap_or((word, "1"));
            let hexadecimal = digits.bytes().all(|byte| byte.is_ascii_hexdigit());
            let times: usize = if hexadecimal { times.parse().ok()? } else { return None };
            (digits.len() / 2).checked_mul(times)
        };
        let count = words(text).try_fold(0_usize, |count, next| count.checked_add(word(next)?));
        count.filter(|count| *count <= MOST_BYTES).unwrap_or(0)
    }

    /// Reads the text.
    pub fn read(text: &str) -> Result<Self, String> {
        let mut bytes = Vec::new();
        for word in words(text) {
            let (digits, times) = match word.split_once('*') {
                Some((digits, times)) => (
                    digits,
                    times.parse().map_err(|_| format!("`{word}`: expected how often, as in 00*2352"))?,
                ),
                None => (word, 1_usize),
            };
            if !digits.is_ascii() || digits.len() % 2 != 0 {
                return Err(format!("`{word}` is not bytes: expected pairs of hexadecimal digits"));
            }
            let mut piece = Vec::with_capacity(digits.len() / 2);
            for n in (0..digits.len()).step_by(2) {
                match u8::from_str_radix(&digits[n..n + 2], 16) {
                    Ok(byte) if !digits[n..].starts_with('+') => piece.push(byte),
                    _ => {
                        return Err(format!(
                            "`{}` is not a byte: expected two hexadecimal digits",
                            &digits[n..n + 2]
                        ));
                    }
                }
            }
            if piece.len().saturating_mul(times).saturating_add(bytes.len()) > MOST_BYTES {
                return Err(format!("more than {MOST_BYTES} bytes"));
            }
            bytes.extend(piece.repeat(times));
        }
        Ok(Self(bytes))
    }
}

fn words(text: &str) -> impl Iterator<Item = &str> {
    text.split([' ', '\n', '\r', '\t', ':', '-', '_']).filter(|word| !word.is_empty())
}

impl fmt::Display for Hex {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(&hex(&self.0))
    }
}

impl fmt::Debug for Hex {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        fmt::Display::fmt(self, f)
    }
}

/// Bytes as `51 00 22`; of long data the beginning and the count.
pub fn hex(bytes: &[u8]) -> String {
    const SHOWN: usize = 64;
    let mut text = bytes.iter().take(SHOWN).map(|byte| format!("{byte:02X}")).collect::<Vec<_>>().join(" ");
    if bytes.len() > SHOWN {
        text += &format!(" … ({} bytes)", bytes.len());
    }
    text
}

/// A sense triple in which `*` stands for anything: `"5/24/00"`, `"2/04/*"`, `"2/*/*"`.
#[derive(Clone, Copy, Eq, PartialEq)]
pub struct SensePattern {
    key: Option<u8>,
    asc: Option<u8>,
    ascq: Option<u8>,
}

impl SensePattern {
    /// Reads the text.
    pub fn read(text: &str) -> Result<Self, String> {
        let bad =
            || format!("`{text}` is not a sense triple: expected key/ASC/ASCQ such as 5/24/00 or 2/04/*");
        let mut parts = text.split('/').map(|part| match part {
            "*" => Some(None),
            _ if part.is_empty() || part.len() > 2 || part.starts_with('+') => None,
            _ => u8::from_str_radix(part, 16).ok().map(Some),
        });
        let (Some(Some(key)), Some(Some(asc)), Some(Some(ascq)), None) =
            (parts.next(), parts.next(), parts.next(), parts.next())
        else {
            return Err(bad());
        };
        if key.is_some_and(|key| key > 0xF) { Err(bad()) } else { Ok(Self { key, asc, ascq }) }
    }

    /// Whether the triple is one of those meant.
    pub fn matches(self, sense: Sense) -> bool {
        self.key.is_none_or(|key| key == sense.key.0)
            && self.asc.is_none_or(|asc| asc == sense.asc)
            && self.ascq.is_none_or(|ascq| ascq == sense.ascq)
    }
}

impl fmt::Display for SensePattern {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let part = |part: Option<u8>, width| match part {
            Some(byte) => format!("{byte:0width$X}"),
            None => "*".to_owned(),
        };
        write!(f, "{}/{}/{}", part(self.key, 1), part(self.asc, 2), part(self.ascq, 2))
    }
}

impl fmt::Debug for SensePattern {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        fmt::Display::fmt(self, f)
    }
}

macro_rules! from_text { ($($name:ident)*) => { $(impl<'de> Deserialize<'de> for $name {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        Self::read(&String::deserialize(deserializer)?).map_err(D::Error::custom)
    }
})* } }
from_text! { Hex SensePattern }

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn bytes_are_read_in_every_dress() {
        assert_eq!(Hex::read("51 00:22-0A ff00").unwrap().0, [0x51, 0, 0x22, 0x0A, 0xFF, 0]);
        assert_eq!(Hex::read("01 00*3 02").unwrap().0, [1, 0, 0, 0, 2]);
        assert_eq!(Hex::read("").unwrap().0, Vec::<u8>::new());
        for bad in ["5", "5x", "+1", "00*", "00*x", "00*99999999", "ä"] {
            assert!(Hex::read(bad).is_err(), "{bad:?}");
            assert_eq!(Hex::count(bad), 0, "{bad:?}");
        }
    }

    #[test]
    fn the_count_is_known_before_the_bytes_are_made() {
        for text in ["51 00:22-0A ff00", "01 00*3 02", "", "00*4194304"] {
            assert_eq!(Hex::count(text), Hex::read(text).unwrap().0.len(), "{text:?}");
        }
    }

    #[test]
    fn stars_stand_for_anything() {
        let busy = SensePattern::read("2/04/*").unwrap();
        assert!(busy.matches(Sense::BECOMING_READY) && busy.matches(Sense::LONG_WRITE_IN_PROGRESS));
        assert!(!busy.matches(Sense::NO_MEDIUM));
        assert!(SensePattern::read("*/*/*").unwrap().matches(Sense::RESET_OCCURRED));
        assert_eq!(busy.to_string(), "2/04/*");
        for bad in ["", "5/24", "5/24/00/1", "10/00/00", "5/+4/00", "5/244/00", "CHECK"] {
            assert!(SensePattern::read(bad).is_err(), "{bad:?}");
        }
    }
}
