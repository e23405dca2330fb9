//! The beginning of a CDB, with holes.

use core::fmt;
use core::str::FromStr;

use serde::de::{Deserialize, Deserializer, Error as _};
use serde::ser::{Serialize, Serializer};

use crate::hex;

/// Bytes of the longest CDB of fixed length (SPC "Fixed length CDB formats").
const MOST_BYTES: usize = 16;

/// The first bytes of a CDB: `43 ?? 04` is READ TOC/PMA/ATIP for the ATIP, whatever byte 1 says.
#[derive(Clone, Eq, Hash, PartialEq)]
pub struct CdbPattern {
    /// `None` stands for any byte.
    bytes: Vec<Option<u8>>,
}

impl CdbPattern {
    /// Whether `cdb` begins so; one that is shorter does not.
    pub fn matches(&self, cdb: &[u8]) -> bool {
        cdb.len() >= self.bytes.len()
            && self.bytes.iter().zip(cdb).all(|(wanted, byte)| wanted.is_none_or(|wanted| wanted == *byte))
    }
}

/// The text is not a pattern of a CDB.
#[derive(Clone, Debug, Eq, PartialEq, thiserror::Error)]
#[non_exhaustive]
pub enum NotAPattern {
    /// Nothing is asked for.
    #[error("a CDB pattern without a byte: expected hexadecimal bytes or ??, such as `43 ?? 04`")]
    Empty,
    /// No CDB is as long as this.
    #[error("a CDB pattern of {0} bytes: expected at most {MOST_BYTES}")]
    TooLong(usize),
    /// One of the words is no byte.
    #[error("`{0}` in a CDB pattern is not a byte: expected two hexadecimal digits or ??, as in `43 ?? 04`")]
    Word(String),
}

impl FromStr for CdbPattern {
    type Err = NotAPattern;

    fn from_str(text: &str) -> Result<Self, NotAPattern> {
        let byte = |word: &str| match word.as_bytes() {
            b"??" => Ok(None),
            &[high, low] => hex::byte(high, low).map(Some).ok_or_else(|| bad(word)),
            _ => Err(bad(word)),
        };
        let bytes = text.split_ascii_whitespace().map(byte).collect::<Result<Vec<_>, _>>()?;
        match bytes.len() {
            0 => Err(NotAPattern::Empty),
            1..=MOST_BYTES => Ok(Self { bytes }),
            long => Err(NotAPattern::TooLong(long)),
        }
    }
}

fn bad(word: &str) -> NotAPattern {
    NotAPattern::Word(word.chars().take(24).collect())
}

impl fmt::Display for CdbPattern {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        for (n, byte) in self.bytes.iter().enumerate() {
            let gap = if n == 0 { "" } else { " " };
            match byte {
                Some(byte) => write!(f, "{gap}{byte:02X}")?,
                None => write!(f, "{gap}??")?,
            }
        }
        Ok(())
    }
}

impl fmt::Debug for CdbPattern {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        fmt::Display::fmt(self, f)
    }
}

impl Serialize for CdbPattern {
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        serializer.collect_str(self)
    }
}

impl<'de> Deserialize<'de> for CdbPattern {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        String::deserialize(deserializer)?.parse().map_err(D::Error::custom)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_pattern_is_a_beginning_with_holes() {
        let pattern: CdbPattern = "43 ?? 04".parse().unwrap();
        // READ TOC/PMA/ATIP, format 4: byte 1 is MSF, byte 2 the format (MMC-3 "READ TOC/PMA/ATIP").
        assert!(pattern.matches(&[0x43, 0x02, 0x04, 0, 0, 0, 0, 0, 28, 0]));
        assert!(pattern.matches(&[0x43, 0x00, 0x04]));
        assert!(!pattern.matches(&[0x43, 0x02, 0x05, 0, 0, 0, 0, 0, 28, 0]), "CD-TEXT");
        assert!(!pattern.matches(&[0x51, 0x02, 0x04]));
        assert!(!pattern.matches(&[0x43, 0x02]), "too short to be told");
        assert!(!pattern.matches(&[]));
    }

    #[test]
    fn patterns_print_as_they_read() {
        for text in ["43 ?? 04", "??", "00 FF"] {
            assert_eq!(text.parse::<CdbPattern>().unwrap().to_string(), text);
        }
        assert_eq!("be ??".parse::<CdbPattern>().unwrap().to_string(), "BE ??");
    }

    #[test]
    fn what_is_no_pattern_says_why() {
        let error = |text: &str| text.parse::<CdbPattern>().unwrap_err();
        assert_eq!(error(" "), NotAPattern::Empty);
        assert_eq!(error(&"00 ".repeat(17)), NotAPattern::TooLong(17));
        for word in ["4?", "?", "???", "4300", "0x43", "+3", "é"] {
            assert_eq!(error(&format!("43 {word}")), NotAPattern::Word(word.to_owned()));
        }
        assert_eq!(
            error("43 4?").to_string(),
            "`4?` in a CDB pattern is not a byte: expected two hexadecimal digits or ??, as in `43 ?? 04`"
        );
    }
}
