//! Bytes as hexadecimal text, as recordings and fault rules hold them.
//!
//! `51 00 22`: two digits a byte, blanks between bytes as one likes.

use core::fmt;
use core::fmt::Write as _;

use serde::de::{Deserialize as _, Deserializer, Error as _};
use serde::ser::Serializer;

/// The text is not bytes.
#[derive(Clone, Debug, Eq, PartialEq, thiserror::Error)]
#[error("`{word}` is not bytes: expected pairs of hexadecimal digits, such as `51 00 22`")]
pub(crate) struct NotHex {
    /// The word at fault; of a long one the beginning.
    word: String,
}

/// Two digits a byte, a blank between bytes.
pub(crate) fn text(bytes: &[u8]) -> String {
    let mut text = String::with_capacity(bytes.len() * 3);
    for (n, byte) in bytes.iter().enumerate() {
        let gap = if n == 0 { "" } else { " " };
        // Writing to a string does not fail.
        let _ = write!(text, "{gap}{byte:02X}");
    }
    text
}

/// Reads the text: never more bytes than half its digits.
pub(crate) fn read(text: &str) -> Result<Vec<u8>, NotHex> {
    let mut bytes = Vec::new();
    for word in text.split_ascii_whitespace() {
        let pairs = word.as_bytes().chunks(2);
        for pair in pairs {
            match pair {
                &[high, low] => bytes.push(byte(high, low).ok_or_else(|| not_hex(word))?),
                _ => return Err(not_hex(word)),
            }
        }
    }
    Ok(bytes)
}

/// The byte that two digits spell.
pub(crate) fn byte(high: u8, low: u8) -> Option<u8> {
    let digit = |digit: u8| char::from(digit).to_digit(16).and_then(|value| u8::try_from(value).ok());
    Some(digit(high)? << 4 | digit(low)?)
}

fn not_hex(word: &str) -> NotHex {
    NotHex { word: word.chars().take(24).collect() }
}

/// A list of bytes, of a long one the beginning and the count.
pub(crate) struct Brief<'a>(pub(crate) &'a [u8]);

impl fmt::Display for Brief<'_> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        /// The longest CDB of fixed length, and all that a reader compares by eye.
        const SHOWN: usize = 16;
        match self.0.get(..SHOWN) {
            Some(shown) if self.0.len() > SHOWN => write!(f, "{} … {} bytes", text(shown), self.0.len()),
            _ => f.write_str(&text(self.0)),
        }
    }
}

/// For `#[serde(with = "hex")]`.
pub(crate) fn serialize<S: Serializer>(bytes: &[u8], serializer: S) -> Result<S::Ok, S::Error> {
    serializer.serialize_str(&text(bytes))
}

/// For `#[serde(with = "hex")]`.
pub(crate) fn deserialize<'de, D: Deserializer<'de>>(deserializer: D) -> Result<Vec<u8>, D::Error> {
    read(&String::deserialize(deserializer)?).map_err(D::Error::custom)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn blanks_and_case_do_not_matter() {
        assert_eq!(read("51 00 fF"), Ok(vec![0x51, 0x00, 0xFF]));
        assert_eq!(read(" 5100\n\tFF "), Ok(vec![0x51, 0x00, 0xFF]));
        assert_eq!(read(""), Ok(vec![]));
        assert_eq!(text(&[0x51, 0x00, 0xFF]), "51 00 FF");
    }

    #[test]
    fn what_is_not_bytes_is_named() {
        for bad in ["5", "510", "5G", "+5", "0x51", "51,00", "é1", "51 0 0"] {
            assert!(read(bad).is_err(), "{bad:?}");
        }
        let message = read("51 0x2A").unwrap_err().to_string();
        assert_eq!(message, "`0x2A` is not bytes: expected pairs of hexadecimal digits, such as `51 00 22`");
    }

    #[test]
    fn long_lists_are_cut() {
        assert_eq!(Brief(&[0xAB; 2]).to_string(), "AB AB");
        assert_eq!(Brief(&[0; 16]).to_string(), text(&[0; 16]));
        assert_eq!(Brief(&[0; 2352]).to_string(), format!("{} … 2352 bytes", text(&[0; 16])));
    }
}
