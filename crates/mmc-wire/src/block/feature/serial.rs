//! Logical Unit Serial Number (0108h).

use super::{FeatureBody, HEADER_BYTES, MAX_DATA_BYTES};

/// Logical Unit Serial Number (0108h).
///
/// MMC "Logical Unit Serial Number Feature": ASCII, padded to a multiple of four bytes.
#[derive(Clone, Debug, Default, Eq, PartialEq)]
pub struct SerialNumber {
    /// The bytes; emitted with blanks up to a multiple of four, 252 at most.
    pub bytes: Vec<u8>,
}

impl SerialNumber {
    /// The serial number, its padding included.
    pub fn new(text: &str) -> Self {
        let mut bytes: Vec<u8> = text.bytes().take(MAX_DATA_BYTES).collect();
        bytes.resize(bytes.len().next_multiple_of(4), b' ');
        Self { bytes }
    }

    /// The serial number without blanks and zeros around it; what is no text becomes U+FFFD.
    pub fn text(&self) -> String {
        String::from_utf8_lossy(&self.bytes).trim_matches([' ', '\0']).to_owned()
    }
}

impl FeatureBody for SerialNumber {
    fn from_descriptor(descriptor: &[u8]) -> Self {
        Self { bytes: descriptor.get(HEADER_BYTES..).unwrap_or_default().to_vec() }
    }

    fn emit_body(&self, out: &mut Vec<u8>) {
        let bytes = self.bytes.iter().take(MAX_DATA_BYTES);
        let padded = bytes.len().next_multiple_of(4);
        out.extend(bytes.copied().chain(core::iter::repeat(b' ')).take(padded));
    }
}
