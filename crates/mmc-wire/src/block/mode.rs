//! Mode parameters: what MODE SENSE brings back and MODE SELECT takes.
//!
//! SPC "Mode parameters": a header of 4 or 8 bytes, block descriptors (none on MMC drives), pages.

mod capabilities;
mod page;
mod settings;
mod write_parameters;

pub use capabilities::{Capabilities, RotationControl, SpeedDescriptor};
pub use page::{ModePage, PageBody, PageData};
pub use settings::{AudioControl, Caching, CdDevice, ErrorRecovery, PowerCondition, TimeOutAndProtect};
pub use write_parameters::{DataBlockType, MultiSession, SessionFormat, WriteParameters, WriteType};

use crate::block::Query;
use crate::command::{ModeSense6, ModeSense10};
use crate::parse::{FieldError, Input, Parsed, run, take};

/// The page code that asks for all pages.
pub const ALL_PAGES: u8 = 0x3F;

/// Mode parameters in either form.
#[derive(Clone, Debug, Default, Eq, PartialEq)]
pub struct ModeParameters {
    /// Medium type; obsolete on MMC, 0 in new drives, 70h "no disc" and the like in old ones.
    pub medium_type: u8,
    /// Device-specific parameter: bit 7 write protected.
    pub device_specific: u8,
    /// Block descriptors, as they came; MMC drives have none.
    pub block_descriptors: Vec<u8>,
    /// The pages, in order.
    pub pages: Vec<ModePage>,
}

/// Which of the two forms a parameter list has.
#[derive(Clone, Copy, Debug, Eq, PartialEq)]
pub enum ModeForm {
    /// Header of 4 bytes: MODE SENSE (6), MODE SELECT (6).
    Six,
    /// Header of 8 bytes: MODE SENSE (10), MODE SELECT (10).
    Ten,
}

impl ModeForm {
    /// Bytes of the header.
    pub const fn header_bytes(self) -> usize {
        match self {
            Self::Six => 4,
            Self::Ten => 8,
        }
    }
}

impl ModeParameters {
    /// These pages, and nothing in the header.
    pub fn of(pages: Vec<ModePage>) -> Self {
        Self { pages, ..Self::default() }
    }

    /// The page with this code.
    pub fn page(&self, code: u8) -> Option<&ModePage> {
        self.pages.iter().find(|page| page.code() == code)
    }

    /// What a typed page says.
    pub fn find<P: PageBody>(&self) -> Option<&P> {
        self.pages.iter().find_map(|page| P::of(&page.data))
    }

    /// Reads what MODE SENSE brought. The data length in the header is believed only as far as
    /// bytes came; a page that is cut off is left out, for the allocation length may cut it.
    pub fn parse_reply(bytes: &[u8], form: ModeForm) -> Result<Self, FieldError> {
        let declared = match (form, bytes) {
            (ModeForm::Six, [length, ..]) => 1 + usize::from(*length),
            (ModeForm::Ten, [high, low, ..]) => 2 + usize::from(u16::from_be_bytes([*high, *low])),
            _ => 0,
        };
        let bytes = bytes.get(..declared.max(form.header_bytes())).unwrap_or(bytes);
        run(bytes, |input| {
            let (input, mut parameters) = header(input, form)?;
            let mut rest = input;
            while let Ok((next, page)) = ModePage::take(rest) {
                parameters.pages.push(page);
                rest = next;
            }
            Ok((rest, parameters))
        })
    }

    /// Reads what MODE SELECT carries: every byte belongs to a page, and a page that is cut off is
    /// an error at the byte where it ends.
    pub fn parse_list(bytes: &[u8], form: ModeForm) -> Result<Self, FieldError> {
        run(bytes, |input| {
            let (mut rest, mut parameters) = header(input, form)?;
            while !rest.is_empty() {
                let (next, page) = ModePage::take(rest)?;
                parameters.pages.push(page);
                rest = next;
            }
            Ok((rest, parameters))
        })
    }

    /// Appends what MODE SENSE brings: the data length counts what follows it.
    pub fn emit_reply(&self, form: ModeForm, out: &mut Vec<u8>) {
        let start = out.len();
        self.emit_list(form, out);
        let whole = out.len() - start;
        match form {
            ModeForm::Six => out[start] = u8::try_from(whole - 1).unwrap_or(u8::MAX),
            ModeForm::Ten => {
                let counted = u16::try_from(whole - 2).unwrap_or(u16::MAX);
                out[start..start + 2].copy_from_slice(&counted.to_be_bytes());
            }
        }
    }

    /// Appends what MODE SELECT carries: the data length is reserved there, and 0.
    pub fn emit_list(&self, form: ModeForm, out: &mut Vec<u8>) {
        let descriptors = u8::try_from(self.block_descriptors.len()).unwrap_or(0);
        let kept = &self.block_descriptors[..usize::from(descriptors)];
        match form {
            ModeForm::Six => out.extend([0, self.medium_type, self.device_specific, descriptors]),
            ModeForm::Ten => out.extend([0, 0, self.medium_type, self.device_specific, 0, 0, 0, descriptors]),
        }
        out.extend(kept);
        for page in &self.pages {
            page.emit(out);
        }
    }
}

fn header(input: Input<'_>, form: ModeForm) -> Parsed<'_, ModeParameters> {
    let (rest, head) = take(input, form.header_bytes(), "a mode parameter header")?;
    let (medium_type, device_specific, descriptor_bytes) = match form {
        ModeForm::Six => (head[1], head[2], usize::from(head[3])),
        ModeForm::Ten => (head[2], head[3], usize::from(u16::from_be_bytes([head[6], head[7]]))),
    };
    let (rest, descriptors) = take(rest, descriptor_bytes, "the block descriptors that the header counts")?;
    let block_descriptors = descriptors.to_vec();
    Ok((rest, ModeParameters { medium_type, device_specific, block_descriptors, pages: Vec::new() }))
}

impl Query for ModeSense6 {
    type Reply = ModeParameters;

    fn allocation_bytes(&self) -> usize {
        self.allocation.into()
    }

    fn reply(&self, bytes: &[u8]) -> Result<ModeParameters, FieldError> {
        ModeParameters::parse_reply(bytes, ModeForm::Six)
    }
}

impl Query for ModeSense10 {
    type Reply = ModeParameters;

    fn allocation_bytes(&self) -> usize {
        self.allocation.into()
    }

    fn reply(&self, bytes: &[u8]) -> Result<ModeParameters, FieldError> {
        ModeParameters::parse_reply(bytes, ModeForm::Ten)
    }
}

#[cfg(test)]
mod tests;
