//! What of a block READ CD wants: bytes 9 and 10 of its CDB.

use core::ops::Range;

use cd_format::Control;
use cd_format::sector::SectorMode;
use cd_format::sub_channel::SUB_CHANNEL_BYTES;
use cd_format::sub_channel::pq16::PQ_BYTES;
use mmc_wire::command::{ReadCd, ReadCdMsf, SectorType, SubChannelSelection};

use crate::disc::damage::C2_BYTES;
use crate::personality::Abilities;
use crate::refusal::{Refusal, refuse_field};
use crate::store::MAIN;

/// A selection that this drive has.
#[derive(Clone, Copy, Debug)]
pub(super) struct Selection {
    pub sector_type: SectorType,
    sync: bool,
    header: bool,
    sub_header: bool,
    user_data: bool,
    edc_ecc: bool,
    pub c2_bytes: usize,
    pub conceals: bool,
    pub sub_channel: SubChannelSelection,
}

/// The same with the block error byte, which is the OR of all, and a reserved one.
const C2_AND_BLOCK_ERROR_BYTES: usize = 296;
/// Byte 9, bits 6 and 5.
const HEADER: u8 = 0b01;
const SUB_HEADER: u8 = 0b10;

impl Selection {
    /// The selection of READ CD MSF, whose fields lie where those of READ CD lie.
    pub fn of_msf(cdb: &ReadCdMsf, abilities: &Abilities) -> Result<Self, Refusal> {
        let same = ReadCd {
            sector_type: cdb.sector_type,
            sync: cdb.sync,
            headers: cdb.headers,
            user_data: cdb.user_data,
            edc_ecc: cdb.edc_ecc,
            c2: cdb.c2,
            conceal_errors: cdb.conceal_errors,
            sub_channel: cdb.sub_channel,
            ..ReadCd::default()
        };
        Self::of(&same, abilities)
    }

    /// 5/24/00 for what is reserved, what no block has in one piece, and what the drive does not have.
    ///
    /// MMC "READ CD Command", main channel selection: parity goes with the user data before it, and
    /// the sync with the header behind it; selections that leave a hole between them are illegal.
    pub fn of(cdb: &ReadCd, abilities: &Abilities) -> Result<Self, Refusal> {
        let (header, sub_header) = (cdb.headers & HEADER != 0, cdb.headers & SUB_HEADER != 0);
        if cdb.sector_type.0 > SectorType::MODE_2_FORM_2.0 {
            return Err(refuse_field!(ReadCd, "sector_type"));
        }
        if cdb.sync && !header && (sub_header || cdb.user_data) {
            return Err(refuse_field!(ReadCd, "headers"));
        }
        if cdb.edc_ecc && !cdb.user_data {
            return Err(refuse_field!(ReadCd, "edc_ecc"));
        }
        let c2_bytes = match cdb.c2 {
            0 => 0,
            1 if abilities.c2 => C2_BYTES,
            2 if abilities.c2 => C2_AND_BLOCK_ERROR_BYTES,
            _ => return Err(refuse_field!(ReadCd, "c2")),
        };
        match cdb.sub_channel {
            SubChannelSelection::NONE | SubChannelSelection::RAW | SubChannelSelection::Q => {}
            SubChannelSelection::RW if abilities.rw_sub_channel => {}
            _ => return Err(refuse_field!(ReadCd, "sub_channel")),
        }
        Ok(Self {
            sector_type: cdb.sector_type,
            sync: cdb.sync,
            header,
            sub_header,
            user_data: cdb.user_data,
            edc_ecc: cdb.edc_ecc,
            c2_bytes,
            conceals: cdb.conceal_errors,
            sub_channel: cdb.sub_channel,
        })
    }

    /// Whether nothing is wanted: the drive only goes there.
    pub fn is_empty(&self) -> bool {
        !self.main() && self.c2_bytes == 0 && self.sub_channel == SubChannelSelection::NONE
    }

    /// Whether a track with this control nibble may have sectors of the expected type.
    pub fn fits_track(&self, control: Control) -> bool {
        match self.sector_type {
            SectorType::ANY => true,
            SectorType::CDDA => !control.is_data(),
            _ => control.is_data(),
        }
    }

    /// Whether sectors of form 1 are expected, and no others.
    pub fn wants_form_1(&self) -> bool {
        self.sector_type == SectorType::MODE_2_FORM_1
    }

    /// Whether a sector of this mode is of the expected type.
    pub fn fits(&self, mode: SectorMode) -> bool {
        match self.sector_type {
            SectorType::CDDA => mode == SectorMode::Audio,
            SectorType::MODE_1 => mode == SectorMode::Mode1,
            SectorType::MODE_2 => mode == SectorMode::Mode2Formless,
            SectorType::MODE_2_FORM_1 => mode == SectorMode::Mode2Form1,
            SectorType::MODE_2_FORM_2 => mode == SectorMode::Mode2Form2,
            _ => true,
        }
    }

    /// What to take from a sector of this mode, in order; 5/24/00 if that would leave out a
    /// sub-header between header and data.
    pub fn parts(&self, mode: SectorMode) -> Result<[Range<usize>; 5], Refusal> {
        // Where sync, header, sub-header and user data end; EDC and ECC are the rest.
        let [sync, header, sub_header, user] = match mode {
            SectorMode::Audio => [0, 0, 0, MAIN],
            SectorMode::Mode1 => [12, 16, 16, 2064],
            SectorMode::Mode0 | SectorMode::Mode2Formless => [12, 16, 16, MAIN],
            SectorMode::Mode2Form1 => [12, 16, 24, 2072],
            SectorMode::Mode2Form2 => [12, 16, 24, 2348],
        };
        if sub_header > header && self.header && self.user_data && !self.sub_header {
            return Err(refuse_field!(ReadCd, "headers"));
        }
        let part = |wanted: bool, range: Range<usize>| if wanted { range } else { 0..0 };
        Ok([
            part(self.sync, 0..sync),
            part(self.header, sync..header),
            part(self.sub_header, header..sub_header),
            part(self.user_data, sub_header..user),
            part(self.edc_ecc, user..MAIN),
        ])
    }

    /// Whether anything of the main channel is wanted.
    pub const fn main(&self) -> bool {
        self.sync || self.header || self.sub_header || self.user_data || self.edc_ecc
    }

    /// Bytes of sub-channel a block.
    pub const fn sub_channel_bytes(&self) -> usize {
        match self.sub_channel {
            SubChannelSelection::RAW | SubChannelSelection::RW => SUB_CHANNEL_BYTES,
            SubChannelSelection::Q => PQ_BYTES,
            _ => 0,
        }
    }

    /// The most bytes that a block can have.
    pub const fn block_bytes(&self) -> usize {
        let main = if self.main() { MAIN } else { 0 };
        main + self.c2_bytes + self.sub_channel_bytes()
    }
}
