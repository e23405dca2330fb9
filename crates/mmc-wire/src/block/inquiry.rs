//! What INQUIRY brings back: standard data or a vital product data page.

mod vital;

pub use vital::{Designator, VitalData, VitalPage};

use core::fmt;

use crate::block::{Block, Query};
use crate::command::Inquiry;
use crate::open_number;
use crate::parse::{FieldError, FieldFault, array, bit, bits, run, take};

open_number! {
    /// What kind of device it is (SPC "Peripheral device type").
    DeviceType(u8) {
        /// Disks.
        DIRECT_ACCESS = 0x00 "direct access block device";
        /// Tapes.
        SEQUENTIAL_ACCESS = 0x01 "sequential access device";
        /// Whatever else computes.
        PROCESSOR = 0x03 "processor device";
        /// Old write-once optical.
        WRITE_ONCE = 0x04 "write-once device";
        /// CD, DVD, BD: what MMC is for.
        CD_DVD = 0x05 "CD/DVD device";
        /// Old magneto-optical.
        OPTICAL_MEMORY = 0x07 "optical memory device";
        /// Jukebox.
        MEDIUM_CHANGER = 0x08 "medium changer device";
        /// Nothing there, or nobody knows.
        UNKNOWN = 0x1F "unknown or no device type";
    }
}

/// An ASCII field of `N` bytes, padded with blanks.
#[derive(Clone, Copy, Eq, PartialEq)]
pub struct Padded<const N: usize>(pub [u8; N]);

impl<const N: usize> Padded<N> {
    /// The first `N` bytes of `text`, blanks behind.
    pub fn new(text: &str) -> Self {
        let mut bytes = [b' '; N];
        for (to, from) in bytes.iter_mut().zip(text.bytes()) {
            *to = from;
        }
        Self(bytes)
    }

    /// The text without blanks and zeros around it; what is no text becomes U+FFFD.
    pub fn text(&self) -> String {
        String::from_utf8_lossy(&self.0).trim_matches([' ', '\0']).to_owned()
    }
}

impl<const N: usize> fmt::Display for Padded<N> {
    /// The text, trimmed.
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(&self.text())
    }
}

impl<const N: usize> fmt::Debug for Padded<N> {
    /// All bytes, as a byte string.
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "b\"{}\"", self.0.escape_ascii())
    }
}

/// Bytes of standard data that have fields here.
const STANDARD_BYTES: usize = 36;
/// The most bytes behind them that the additional length can count.
const MAX_TAIL_BYTES: usize = 5 + 0xFF - STANDARD_BYTES;

/// Standard INQUIRY data: who is there.
///
/// SPC "Standard INQUIRY data"; for the upper half of byte 3 SFF-8020i "INQUIRY Command", which
/// MMC took over.
#[derive(Clone, Debug, Eq, PartialEq)]
pub struct StandardInquiry {
    /// Peripheral qualifier, 0 to 7; 0 is a unit that is there.
    pub qualifier: u8,
    /// What kind of device.
    pub device_type: DeviceType,
    /// The medium can be removed (RMB).
    pub removable: bool,
    /// Version of SPC, ISO and ECMA bits of older times included; 0 for ATAPI devices.
    pub version: u8,
    /// Upper half of byte 3: the ATAPI version, 2 or 3; for newer devices NormACA and HiSup.
    pub atapi_version: u8,
    /// Response data format, lower half of byte 3: 2 for SCSI-2 and newer; ATAPI says 1 or 2.
    pub response_format: u8,
    /// Bytes 5 to 7: what the transport and the unit can do. CD drives say 0.
    pub capabilities: [u8; 3],
    /// T10 vendor identification.
    pub vendor: Padded<8>,
    /// Product identification.
    pub product: Padded<16>,
    /// Product revision level.
    pub revision: Padded<4>,
    /// Bytes from the 36th on, as many as arrived. The additional length counts them: 31 without.
    /// 224 at most are emitted.
    pub tail: Vec<u8>,
}

impl StandardInquiry {
    /// An ATAPI CD drive: removable, version 0, response format 32h, no tail.
    pub fn cd_drive(vendor: &str, product: &str, revision: &str) -> Self {
        Self {
            qualifier: 0,
            device_type: DeviceType::CD_DVD,
            removable: true,
            version: 0,
            atapi_version: 3,
            response_format: 2,
            capabilities: [0; 3],
            vendor: Padded::new(vendor),
            product: Padded::new(product),
            revision: Padded::new(revision),
            tail: Vec::new(),
        }
    }

    /// Bytes that the whole reply has, from its first five: more than arrived where the
    /// allocation length cut it off.
    pub fn whole_bytes(reply: &[u8]) -> Option<usize> {
        reply.get(4).map(|&additional| usize::from(additional) + 5)
    }
}

impl Block for StandardInquiry {
    /// Reads 36 bytes, and behind them what the additional length counts and did arrive.
    fn parse(bytes: &[u8]) -> Result<Self, FieldError> {
        run(bytes, |input| {
            let (rest, head) = take(input, STANDARD_BYTES, "36 bytes of standard INQUIRY data")?;
            let (texts, _) = take(head, 8, "the vendor identification")?;
            let (texts, vendor) = array(texts)?;
            let (texts, product) = array(texts)?;
            let (_, revision) = array(texts)?;
            let tail_bytes = (usize::from(head[4]) + 5).saturating_sub(STANDARD_BYTES).min(rest.len());
            let (rest, tail) = take(rest, tail_bytes, "what the additional length counts")?;
            let data = Self {
                qualifier: bits(head[0], 7, 5),
                device_type: DeviceType(bits(head[0], 4, 0)),
                removable: bit(head[1], 7),
                version: head[2],
                atapi_version: bits(head[3], 7, 4),
                response_format: bits(head[3], 3, 0),
                capabilities: [head[5], head[6], head[7]],
                vendor: Padded(vendor),
                product: Padded(product),
                revision: Padded(revision),
                tail: tail.to_vec(),
            };
            Ok((rest, data))
        })
    }

    fn emit(&self, out: &mut Vec<u8>) {
        let tail = self.tail.get(..MAX_TAIL_BYTES).unwrap_or(&self.tail);
        out.push(self.qualifier << 5 | self.device_type.0 & 0x1F);
        out.push(u8::from(self.removable) << 7);
        out.push(self.version);
        out.push(self.atapi_version << 4 | self.response_format & 0x0F);
        out.push((STANDARD_BYTES - 5 + tail.len()) as u8);
        out.extend(self.capabilities);
        out.extend(self.vendor.0);
        out.extend(self.product.0);
        out.extend(self.revision.0);
        out.extend(tail);
    }
}

/// What INQUIRY brought back.
#[derive(Clone, Debug, Eq, PartialEq)]
pub enum InquiryData {
    /// EVPD = 0.
    Standard(StandardInquiry),
    /// EVPD = 1.
    Vital(VitalPage),
}

impl Query for Inquiry {
    type Reply = InquiryData;

    fn allocation_bytes(&self) -> usize {
        self.allocation.into()
    }

    /// Reads what the CDB asked for. A drive that overlooks EVPD and sends standard data is told
    /// by the page code, which then is another.
    fn reply(&self, bytes: &[u8]) -> Result<InquiryData, FieldError> {
        if !self.vital {
            return StandardInquiry::parse(bytes).map(InquiryData::Standard);
        }
        let page = VitalPage::parse(bytes)?;
        if page.data.code() != self.page {
            let expected = "the code of the vital product data page asked for";
            return Err(FieldError { byte: 1, bit: Some(7), fault: FieldFault::Illegal, expected });
        }
        Ok(InquiryData::Vital(page))
    }
}

#[cfg(test)]
mod tests;
