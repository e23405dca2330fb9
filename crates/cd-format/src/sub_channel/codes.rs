//! What Q carries besides positions: the disc's catalogue number and the recordings' codes.

use core::fmt;
use core::str::FromStr;

use serde::{Deserialize, Deserializer, Serialize, Serializer};

/// Why a text is not a catalogue number or a recording code.
#[derive(Clone, Debug, Eq, PartialEq, thiserror::Error)]
#[non_exhaustive]
pub enum CodeError {
    /// Not digits, or too many or few.
    #[error("{0:?} is not a media catalogue number: expected 13 digits")]
    NotMcn(String),
    /// The last digit is not the sum of the others.
    #[error("media catalogue number {mcn} ends in {}: expected check digit {expected}", mcn.check_digit())]
    CheckDigit {
        /// The number as given.
        mcn: Mcn,
        /// What its last digit should be.
        expected: u8,
    },
    /// Not a code of two, three, two and five characters.
    #[error("{0:?} is not an ISRC: expected CC-OOO-YY-NNNNN or the same without hyphens")]
    NotIsrc(String),
}

/// Media catalogue number: 13 digits, of which the last checks the others (UPC/EAN-13).
///
/// Discs exist whose check digit is wrong, so a number is kept as it is and
/// [`is_valid`](Self::is_valid) tells.
#[derive(Clone, Copy, Eq, Hash, PartialEq)]
pub struct Mcn([u8; 13]);

impl Mcn {
    /// The number of these 13 digits, 0 to 9 each; `None` when one is larger.
    pub fn from_digits(digits: [u8; 13]) -> Option<Self> {
        digits.iter().all(|digit| *digit <= 9).then_some(Self(digits))
    }

    /// Twelve digits and the check digit that belongs to them; `None` when one is larger than 9.
    pub fn with_check_digit(digits: [u8; 12]) -> Option<Self> {
        let mut all = [0; 13];
        all[..12].copy_from_slice(&digits);
        all[12] = ean_check_digit(&digits);
        Self::from_digits(all)
    }

    /// Reads up to 13 digits, leading zeros left out or not, and insists on the check digit, as
    /// `IRawCDImageCreator::put_MediaCatalogNumber` does.
    pub fn parse_checked(text: &str) -> Result<Self, CodeError> {
        if text.is_empty() || text.len() > 13 || !text.bytes().all(|byte| byte.is_ascii_digit()) {
            return Err(CodeError::NotMcn(text.chars().take(24).collect()));
        }
        let mcn: Self = format!("{text:0>13}").parse()?;
        let expected = mcn.expected_check_digit();
        if mcn.is_valid() { Ok(mcn) } else { Err(CodeError::CheckDigit { mcn, expected }) }
    }

    /// The digits, 0 to 9 each.
    pub const fn digits(&self) -> &[u8; 13] {
        &self.0
    }

    /// The last digit.
    pub const fn check_digit(&self) -> u8 {
        self.0[12]
    }

    /// What the last digit should be.
    pub fn expected_check_digit(&self) -> u8 {
        let [digits @ .., _] = &self.0;
        ean_check_digit(digits)
    }

    /// Whether the last digit is the one that the others ask for.
    pub fn is_valid(&self) -> bool {
        self.check_digit() == self.expected_check_digit()
    }
}

/// The digit that makes the sum, weighted 1 and 3 in turn from the left, a multiple of ten.
fn ean_check_digit(digits: &[u8; 12]) -> u8 {
    let sum: u32 = digits.iter().zip([1, 3].into_iter().cycle()).map(|(d, w)| u32::from(*d) * w).sum();
    ((10 - sum % 10) % 10) as u8
}

impl fmt::Display for Mcn {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        self.0.iter().try_for_each(|digit| write!(f, "{digit}"))
    }
}

impl fmt::Debug for Mcn {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "Mcn({self})")
    }
}

impl FromStr for Mcn {
    type Err = CodeError;

    /// Reads 13 digits; whether the last is right is another question.
    fn from_str(text: &str) -> Result<Self, CodeError> {
        let digits: Option<[u8; 13]> = text.as_bytes().try_into().ok();
        digits
            .and_then(|ascii| Self::from_digits(ascii.map(|byte| byte.wrapping_sub(b'0'))))
            .ok_or_else(|| CodeError::NotMcn(text.chars().take(24).collect()))
    }
}

/// International Standard Recording Code: country, owner, year, serial (ISO 3901).
///
/// The first five are digits or letters, which is all that the disc's six-bit characters hold; that
/// a country is two letters is not insisted on. The other seven are digits.
#[derive(Clone, Copy, Eq, Hash, PartialEq)]
pub struct Isrc([u8; 12]);

impl Isrc {
    /// The code of these twelve ASCII characters, no hyphens; small letters become capitals.
    pub fn from_ascii(mut ascii: [u8; 12]) -> Option<Self> {
        ascii.make_ascii_uppercase();
        let (prefix, digits) = ascii.split_at(5);
        let fits = prefix.iter().all(u8::is_ascii_alphanumeric) && digits.iter().all(u8::is_ascii_digit);
        fits.then_some(Self(ascii))
    }

    /// The twelve characters, capitals and digits.
    pub const fn ascii(&self) -> &[u8; 12] {
        &self.0
    }
}

impl fmt::Display for Isrc {
    /// `CC-OOO-YY-NNNNN`.
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        use fmt::Write as _;
        self.0.iter().enumerate().try_for_each(|(n, byte)| {
            if matches!(n, 2 | 5 | 7) {
                f.write_char('-')?;
            }
            f.write_char(char::from(*byte))
        })
    }
}

impl fmt::Debug for Isrc {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "Isrc({self})")
    }
}

impl FromStr for Isrc {
    type Err = CodeError;

    /// Reads `US-K7Y-98-12345` or `USK7Y9812345`.
    fn from_str(text: &str) -> Result<Self, CodeError> {
        let bare: Option<[u8; 12]> = match text.as_bytes() {
            [a, b, b'-', c, d, e, b'-', f, g, b'-', h, i, j, k, l] => {
                Some([*a, *b, *c, *d, *e, *f, *g, *h, *i, *j, *k, *l])
            }
            bytes => bytes.try_into().ok(),
        };
        bare.and_then(Self::from_ascii).ok_or_else(|| CodeError::NotIsrc(text.chars().take(24).collect()))
    }
}

macro_rules! as_text { ($($name:ident)*) => { $(
    impl Serialize for $name {
        fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
            serializer.collect_str(self)
        }
    }

    impl<'de> Deserialize<'de> for $name {
        fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
            String::deserialize(deserializer)?.parse().map_err(serde::de::Error::custom)
        }
    }
)* } }

as_text! { Mcn Isrc }

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;

    /// The worked example of the EAN-13 article of the GS1 manuals, 4006381333931, and a UPC-A with
    /// its zero before it.
    #[test]
    fn the_check_digit_is_that_of_an_article_number() {
        for text in ["4006381333931", "0012345678905"] {
            let mcn: Mcn = text.parse().unwrap();
            assert!(mcn.is_valid(), "{text}");
            assert_eq!(Mcn::with_check_digit(mcn.0[..12].try_into().unwrap()), Some(mcn));
            assert_eq!(mcn.to_string(), text);
        }
        assert!(!"4006381333930".parse::<Mcn>().unwrap().is_valid());
    }

    /// Microsoft: IRawCDImageCreator::put_MediaCatalogNumber, leading zeros may be left out.
    #[test]
    fn leading_zeros_may_be_left_out_but_the_check_digit_may_not_be_wrong() {
        assert_eq!(Mcn::parse_checked("12345678905"), "0012345678905".parse());
        let wrong = Mcn::parse_checked("12345678904").unwrap_err();
        assert_eq!(
            wrong.to_string(),
            "media catalogue number 0012345678904 ends in 4: expected check digit 5"
        );
        for text in ["", "12345678901234", "1234567890l", "+123"] {
            assert!(matches!(Mcn::parse_checked(text), Err(CodeError::NotMcn(_))), "{text:?}");
        }
    }

    /// Microsoft: IRawCDImageTrackInfo::get_ISRC, whose example is US-K7Y-98-12345.
    #[test]
    fn hyphens_are_optional_but_not_movable() {
        let isrc: Isrc = "US-K7Y-98-12345".parse().unwrap();
        assert_eq!("usk7y9812345".parse(), Ok(isrc));
        assert_eq!(isrc.to_string(), "US-K7Y-98-12345");
        for text in
            ["USK-7Y-98-12345", "US-K7Y-98-1234", "USK7Y98123456", "US-K7Y-9A-12345", "US-K Y-98-12345"]
        {
            assert!(text.parse::<Isrc>().is_err(), "{text:?}");
        }
    }

    proptest! {
        #[test]
        fn any_text_is_a_code_or_fails_cleanly(text in ".{0,20}") {
            let _ = (text.parse::<Mcn>(), text.parse::<Isrc>(), Mcn::parse_checked(&text));
        }

        #[test]
        fn codes_survive_their_text(mcn in "[0-9]{13}", isrc in "[0-9A-Z]{5}[0-9]{7}") {
            prop_assert_eq!(mcn.parse::<Mcn>().unwrap().to_string(), mcn);
            let code: Isrc = isrc.parse().unwrap();
            prop_assert_eq!(code.to_string().parse(), Ok(code));
        }
    }
}
