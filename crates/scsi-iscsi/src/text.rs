//! Key=value text: what login and text PDUs carry.
//!
//! RFC 7143 6.1 "Text Format": pairs `key=value`, each closed by a NUL. Also the two kinds of value that are more than
//! words: numbers, and bytes written in hexadecimal, base64 or decimal.

use core::fmt::{self, Display};
use std::collections::HashSet;

/// Most bytes of a key (RFC 7143 6.1, "standard-label").
pub const LONGEST_KEY: usize = 63;

/// Most bytes of a value. The standard's own bound is 255 bytes, before encoding, where a key does not say otherwise;
/// the longest that does is a CHAP challenge of 1024 bytes.
pub const LONGEST_VALUE: usize = 8192;

/// What is wrong with a text.
#[derive(Clone, Debug, Eq, PartialEq, thiserror::Error)]
pub enum TextError {
    /// A pair is no pair.
    #[error("text from byte {at} to the next NUL has no \"=\", expected key=value")]
    NoEquals {
        /// Where the pair begins.
        at: usize,
    },
    /// A key is empty or too long.
    #[error("the key at byte {at} of the text has {seen} bytes, expected 1 to {LONGEST_KEY}")]
    KeyLength {
        /// Where it begins.
        at: usize,
        /// How long it is.
        seen: usize,
    },
    /// A key has a byte that no key has.
    #[error("the key at byte {at} of the text contains {seen:#04x}, expected letters, digits and .-+@_#")]
    KeyByte {
        /// Where the key begins.
        at: usize,
        /// The byte.
        seen: u8,
    },
    /// A value is too long.
    #[error("the value of {key} has {seen} bytes, expected at most {LONGEST_VALUE}")]
    ValueLength {
        /// Whose value.
        key: String,
        /// How long it is.
        seen: usize,
    },
    /// A value is no UTF-8.
    #[error("the value of {key} is not UTF-8 from its byte {at} on")]
    NotUtf8 {
        /// Whose value.
        key: String,
        /// Where in the value.
        at: usize,
    },
    /// A key comes twice.
    #[error("{key} comes twice, expected every key once")]
    Repeated {
        /// Which.
        key: String,
    },
}

/// All pairs of a text in which every key may come once (RFC 7143 6.2 "Text Mode Negotiation").
pub fn parse(bytes: &[u8]) -> Result<Vec<(&str, &str)>, TextError> {
    let mut seen = HashSet::new();
    pairs(bytes)
        .map(|pair| match pair {
            Ok((key, _)) if !seen.insert(key) => Err(TextError::Repeated { key: key.to_owned() }),
            pair => pair,
        })
        .collect()
}

/// The pairs of a text in their order, repeated ones too: an answer to SendTargets names several targets.
///
/// The last NUL may be missing, and NULs with nothing before them are passed over: both are seen where an initiator
/// counts the padding of the segment as text, or forgets that the last pair is closed as well.
pub fn pairs(bytes: &[u8]) -> impl Iterator<Item = Result<(&str, &str), TextError>> {
    let mut next = 0;
    bytes
        .split(|&byte| byte == 0)
        .map(move |pair| {
            let at = next;
            next += pair.len() + 1;
            (at, pair)
        })
        .filter(|(_, pair)| !pair.is_empty())
        .map(|(at, pair)| split(at, pair))
}

fn split(at: usize, pair: &[u8]) -> Result<(&str, &str), TextError> {
    let equals = pair.iter().position(|&byte| byte == b'=').ok_or(TextError::NoEquals { at })?;
    let (key, value) = (&pair[..equals], &pair[equals + 1..]);
    if key.is_empty() || key.len() > LONGEST_KEY {
        return Err(TextError::KeyLength { at, seen: key.len() });
    }
    if let Some(&seen) = key.iter().find(|&&byte| !is_of_key(byte)) {
        return Err(TextError::KeyByte { at, seen });
    }
    // All of it is ASCII, so what is lost here is nothing.
    let key = core::str::from_utf8(key).unwrap_or_default();
    if value.len() > LONGEST_VALUE {
        return Err(TextError::ValueLength { key: key.to_owned(), seen: value.len() });
    }
    let value = core::str::from_utf8(value)
        .map_err(|error| TextError::NotUtf8 { key: key.to_owned(), at: error.valid_up_to() })?;
    Ok((key, value))
}

/// "#" is not in a standard-label, but in the names of public extension keys, as in X#NodeArchitecture.
const fn is_of_key(byte: u8) -> bool {
    byte.is_ascii_alphanumeric() || matches!(byte, b'.' | b'-' | b'+' | b'@' | b'_' | b'#')
}

/// A text in the making.
#[derive(Clone, Debug, Default, Eq, PartialEq)]
pub struct Text(Vec<u8>);

impl Text {
    /// Appends `key=value` and its NUL. Neither may contain one.
    pub fn push(&mut self, key: &str, value: impl Display) {
        self.0.extend_from_slice(format!("{key}={value}").as_bytes());
        self.0.push(0);
    }

    /// What goes into the data segment.
    pub fn as_bytes(&self) -> &[u8] {
        &self.0
    }

    /// What goes into the data segment.
    pub fn into_bytes(self) -> Vec<u8> {
        self.0
    }
}

/// A "numerical-value": decimal, or hexadecimal behind 0x.
pub fn number(value: &str) -> Option<u64> {
    let (digits, radix) = match strip(value, "0x") {
        Some(digits) => (digits, 16),
        None => (value, 10),
    };
    // The library's reader would take a sign.
    let is_plain = digits.chars().all(|digit| digit.is_digit(radix));
    is_plain.then(|| u64::from_str_radix(digits, radix).ok()).flatten()
}

/// A "binary-value" of 1 to `most` bytes: hexadecimal behind 0x, base64 behind 0b, or, up to 64 bits, decimal.
pub fn binary(value: &str, most: usize) -> Option<Vec<u8>> {
    let bytes = if let Some(digits) = strip(value, "0x") {
        from_hex(digits)?
    } else if let Some(digits) = strip(value, "0b") {
        from_base64(digits)?
    } else {
        // As many bytes as the number needs, at least one.
        let bytes = number(value)?.to_be_bytes();
        let zeros = bytes.iter().take(7).take_while(|&&byte| byte == 0).count();
        bytes[zeros..].to_vec()
    };
    (1..=most).contains(&bytes.len()).then_some(bytes)
}

/// Without a prefix that may be written large or small.
fn strip<'a>(value: &'a str, prefix: &str) -> Option<&'a str> {
    let (start, rest) = value.split_at_checked(prefix.len())?;
    start.eq_ignore_ascii_case(prefix).then_some(rest)
}

fn from_hex(digits: &str) -> Option<Vec<u8>> {
    let nibble = |digit: u8| char::from(digit).to_digit(16);
    if !digits.len().is_multiple_of(2) {
        return None;
    }
    digits
        .as_bytes()
        .chunks_exact(2)
        .map(|pair| u8::try_from(nibble(pair[0])? << 4 | nibble(pair[1])?).ok())
        .collect()
}

/// RFC 4648 4 "Base 64 Encoding"; the padding may be missing, and bits that mean nothing are zero.
fn from_base64(digits: &str) -> Option<Vec<u8>> {
    let bare = digits.trim_end_matches('=');
    let padding = digits.len() - bare.len();
    if padding > 2 || (padding > 0 && !digits.len().is_multiple_of(4)) || bare.len() % 4 == 1 {
        return None;
    }
    let mut bytes = Vec::with_capacity(bare.len() * 3 / 4);
    let (mut bits, mut have) = (0_u32, 0);
    for digit in bare.bytes() {
        let six = match digit {
            b'A'..=b'Z' => digit - b'A',
            b'a'..=b'z' => digit - b'a' + 26,
            b'0'..=b'9' => digit - b'0' + 52,
            b'+' => 62,
            b'/' => 63,
            _ => return None,
        };
        bits = bits << 6 | u32::from(six);
        have += 6;
        if have >= 8 {
            have -= 8;
            bytes.push((bits >> have) as u8);
            bits &= (1 << have) - 1;
        }
    }
    (bits == 0).then_some(bytes)
}

/// Bytes as a "hex-constant".
#[derive(Clone, Copy, Debug)]
pub struct Hex<'a>(pub &'a [u8]);

impl Display for Hex<'_> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("0x")?;
        self.0.iter().try_for_each(|byte| write!(f, "{byte:02x}"))
    }
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;

    #[test]
    fn pairs_are_parted_by_nul_and_only_the_first_equals_counts() {
        assert_eq!(parse(b"A=1\0B.x-+@_9=\0C=a=b\0"), Ok(vec![("A", "1"), ("B.x-+@_9", ""), ("C", "a=b")]));
        assert_eq!(parse(b""), Ok(vec![]));
        assert_eq!(parse(b"A=1\0\0\0"), Ok(vec![("A", "1")]), "padding counted as text");
        assert_eq!(parse(b"A=1\0X#B=2"), Ok(vec![("A", "1"), ("X#B", "2")]), "the last NUL is missing");
    }

    #[test]
    fn what_is_wrong_is_named_with_its_place() {
        let long_key = format!("A=1\0{}=1\0", "k".repeat(64));
        let long_value = format!("A={}\0", "v".repeat(8193));
        for (text, error) in [
            (&b"A=1\0B\0"[..], TextError::NoEquals { at: 4 }),
            (b"A=1\0=2\0", TextError::KeyLength { at: 4, seen: 0 }),
            (long_key.as_bytes(), TextError::KeyLength { at: 4, seen: 64 }),
            (b"A B=1\0", TextError::KeyByte { at: 0, seen: b' ' }),
            (b"\xC3\xA4=1\0", TextError::KeyByte { at: 0, seen: 0xC3 }),
            (long_value.as_bytes(), TextError::ValueLength { key: "A".into(), seen: 8193 }),
            (b"A=ab\xFF\0", TextError::NotUtf8 { key: "A".into(), at: 2 }),
            (b"A=1\0B=2\0A=1\0", TextError::Repeated { key: "A".into() }),
        ] {
            assert_eq!(parse(text), Err(error));
        }
    }

    #[test]
    fn the_longest_key_and_value_are_taken() {
        let text = format!("{}={}\0", "k".repeat(63), "v".repeat(8192));
        assert_eq!(parse(text.as_bytes()).unwrap().len(), 1);
    }

    #[test]
    fn numbers_are_decimal_or_hexadecimal_and_have_no_sign() {
        for (text, value) in [
            ("0", Some(0)),
            ("262144", Some(262_144)),
            ("0x1F", Some(31)),
            ("0X1f", Some(31)),
            ("18446744073709551615", Some(u64::MAX)),
            ("18446744073709551616", None),
            ("+1", None),
            ("-1", None),
            ("0x+1", None),
            ("", None),
            ("0x", None),
            ("1 ", None),
            ("0b10", None),
            ("ä", None),
        ] {
            assert_eq!(number(text), value, "{text}");
        }
    }

    /// The base64 vectors are RFC 4648 10 "Test Vectors".
    #[test]
    fn bytes_are_hexadecimal_base64_or_decimal() {
        for (text, bytes) in [
            ("0x00ff", Some(&[0x00, 0xFF][..])),
            ("0XaBcD", Some(&[0xAB, 0xCD])),
            ("0x123", None),
            ("0x0g", None),
            ("0x", None),
            ("0bZg==", Some(b"f")),
            ("0bZm8=", Some(b"fo")),
            ("0BZm9v", Some(b"foo")),
            ("0bZm9vYg==", Some(b"foob")),
            ("0bZm9vYmE=", Some(b"fooba")),
            ("0bZm9vYmFy", Some(b"foobar")),
            ("0bZm8", Some(b"fo")),
            ("0bZm9=", None),
            ("0bZ", None),
            ("0bZ===", None),
            ("0bZm9v====", None),
            ("0b", None),
            ("0bZm=v", None),
            ("0bZm-v", None),
            ("0", Some(&[0])),
            ("258", Some(&[1, 2])),
            ("", None),
            ("abc", None),
            ("0x000102030405060708", None),
        ] {
            assert_eq!(binary(text, 8).as_deref(), bytes, "{text}");
        }
    }

    proptest! {
        #[test]
        fn any_bytes_are_a_text_or_an_error(bytes: Vec<u8>) {
            let _ = parse(&bytes);
        }

        #[test]
        fn any_value_is_bytes_or_not(value in "(0x|0b|)[0-9A-Za-z+/=\u{e4}]{0,40}") {
            let _ = number(&value);
            if let Some(bytes) = binary(&value, 16) {
                prop_assert!((1..=16).contains(&bytes.len()));
            }
        }

        #[test]
        fn what_is_written_is_read_back(values in proptest::collection::btree_map("[A-Za-z0-9.+@_-]{1,63}", "[^\0]{0,40}", 0..20)) {
            let mut text = Text::default();
            for (key, value) in &values {
                text.push(key, value);
            }
            let read: Vec<_> = values.iter().map(|(key, value)| (key.as_str(), value.as_str())).collect();
            prop_assert_eq!(parse(text.as_bytes()), Ok(read));
        }

        #[test]
        fn hexadecimal_is_read_back(bytes in proptest::collection::vec(any::<u8>(), 1..1024)) {
            prop_assert_eq!(binary(&Hex(&bytes).to_string(), 1024), Some(bytes));
        }
    }
}
