//! What bytes a sheet's letters are.
//!
//! A sheet is UTF-8, or what its byte order mark says, if all of it can be. Older ones are in what their
//! maker's system had, and say so nowhere: whoever reads may name it ([`ReadOptions::encoding`]), and else
//! it is taken for windows-1252, in which every byte is some letter. That is a guess, so
//! [`Layout::encoding`] tells of it.
//!
//! [`ReadOptions::encoding`]: crate::ReadOptions::encoding
//! [`Layout::encoding`]: crate::Layout::encoding

use core::fmt;
use core::str::FromStr;

use encoding_rs::{Encoding, UTF_8, WINDOWS_1252};

/// An encoding of text, by a name of the Encoding Standard: `windows-1252`, `latin1`, `Shift_JIS`, ...
///
/// ```
/// use cd_image::SheetEncoding;
/// let encoding: SheetEncoding = "sjis".parse()?;
/// assert_eq!(encoding.to_string(), "Shift_JIS");
/// assert!("klingon".parse::<SheetEncoding>().is_err());
/// # Ok::<(), cd_image::UnknownEncoding>(())
/// ```
#[derive(Clone, Copy, Debug, Eq, PartialEq)]
pub struct SheetEncoding(&'static Encoding);

/// A name that the Encoding Standard does not have.
#[derive(Clone, Debug, Eq, PartialEq, thiserror::Error)]
#[error("expected an encoding such as utf-8, windows-1252, iso-8859-2, shift_jis or euc-kr, seen {0:?}")]
pub struct UnknownEncoding(String);

impl FromStr for SheetEncoding {
    type Err = UnknownEncoding;

    fn from_str(name: &str) -> Result<Self, UnknownEncoding> {
        let found = Encoding::for_label(name.as_bytes());
        found.map(Self).ok_or_else(|| UnknownEncoding(name.chars().take(40).collect()))
    }
}

impl fmt::Display for SheetEncoding {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(self.0.name())
    }
}

/// The text, and what it was taken for where it is not UTF-8 and has no mark. `None` for bytes that are no
/// text in what was asked for.
pub(crate) fn decode(
    bytes: &[u8],
    asked: Option<SheetEncoding>,
) -> Result<(String, Option<SheetEncoding>), SheetEncoding> {
    let (marked, mark) = Encoding::for_bom(bytes).unwrap_or((UTF_8, 0));
    let rest = bytes.get(mark..).unwrap_or_default();
    if let Some(text) = marked.decode_without_bom_handling_and_without_replacement(rest) {
        return Ok((text.into_owned(), None));
    }
    let other = asked.unwrap_or(SheetEncoding(WINDOWS_1252));
    match other.0.decode_without_bom_handling_and_without_replacement(bytes) {
        Some(text) => Ok((text.into_owned(), Some(other))),
        None => Err(other),
    }
}
