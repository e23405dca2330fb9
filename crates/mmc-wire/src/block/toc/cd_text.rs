//! Format 5: CD-TEXT packs of the lead-in.
//!
//! MMC "READ TOC/PMA/ATIP Command", response format 0101b: CD-TEXT; Microsoft `ntddcdrm.h`,
//! `CDROM_TOC_CD_TEXT_DATA`. What a pack says: IEC 60908, CD-TEXT.

use cd_format::CdTextPack;

use super::{emit_table, table};
use crate::block::Block;
use crate::parse::FieldError;

/// The packs, in the drive's order; none where the disc has no text.
#[derive(Clone, Debug, Default, Eq, PartialEq)]
pub struct CdText {
    /// The packs, intact or not.
    pub packs: Vec<CdTextPack>,
}

impl Block for CdText {
    fn parse(bytes: &[u8]) -> Result<Self, FieldError> {
        let (_, packs) = table(bytes)?;
        Ok(Self { packs: packs.into_iter().map(CdTextPack::from_bytes).collect() })
    }

    fn emit(&self, out: &mut Vec<u8>) {
        emit_table(out, [0; 2], self.packs.iter().map(|pack| pack.to_bytes()));
    }
}
