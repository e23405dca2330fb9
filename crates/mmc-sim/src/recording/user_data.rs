//! Sectors as the drive makes them of a host's user data (MMC "Data block type codes", 0 and 8 to 13).

use cd_format::sector::build::{self, Form2Edc, HeaderAddress};
use cd_format::sector::scramble::scramble;
use cd_format::sector::{SECTOR_LEN, Sector, SubHeader};
use cd_format::{Control, Lba};
use mmc_wire::Sense;
use mmc_wire::block::mode::{DataBlockType, WriteParameters};

use crate::scene::Content;

/// Makes the main channel of one track.
#[derive(Clone, Copy, Debug)]
pub(crate) struct UserData {
    kind: DataBlockType,
    content: Content,
    /// Of the write parameters page; for block types that bring none.
    sub_header: SubHeader,
}

impl UserData {
    /// As the write parameters have it; 5/64/00 where track mode and block type contradict each other.
    pub fn of(page: &WriteParameters) -> Result<Self, Sense> {
        let content = content(page.track_mode, page.data_block_type)?;
        let sub_header = SubHeader::from_bytes(page.sub_header);
        Ok(Self { kind: page.data_block_type, content, sub_header })
    }

    /// What will be in the track.
    pub const fn content(&self) -> Content {
        self.content
    }

    /// Whether its sectors are Mode 2 without form.
    pub fn is_formless(&self) -> bool {
        self.kind == DataBlockType::MODE_2
    }

    /// Bytes of a block.
    pub const fn block_bytes(&self) -> usize {
        match self.kind.bytes_per_block() {
            Some(bytes) => bytes,
            None => SECTOR_LEN,
        }
    }

    /// Learns from the first block of a data track that comes in whole sectors which mode it has.
    pub fn look_at(&mut self, block: &[u8]) {
        if self.kind == DataBlockType::RAW && self.content != Content::Audio {
            let mode = block.get(15).copied();
            self.content = if mode == Some(2) { Content::Mode2 } else { Content::Mode1 };
        }
    }

    /// The sector of a block at `lba`, data scrambled.
    pub fn sector(&self, lba: Lba, block: &[u8]) -> Sector {
        let mut out = [0; SECTOR_LEN];
        let address = address(lba);
        match self.kind {
            DataBlockType::MODE_1 => {
                if let Some(user) = block.first_chunk() {
                    build::mode1(&mut out, address, user);
                }
            }
            DataBlockType::MODE_2 => {
                if let Some(user) = block.first_chunk() {
                    build::mode2(&mut out, address, user);
                }
            }
            DataBlockType::MODE_2_FORM_1 => {
                if let Some(user) = block.first_chunk() {
                    build::form1(&mut out, address, self.sub_header, user);
                }
            }
            DataBlockType::MODE_2_FORM_2 => {
                if let Some(user) = block.first_chunk() {
                    build::form2(&mut out, address, self.sub_header, user, Form2Edc::Computed);
                }
            }
            DataBlockType::MODE_2_FORM_1_SUB | DataBlockType::MODE_2_MIXED => {
                with_sub_header(&mut out, address, block);
            }
            _ => {
                if let Some(whole) = block.first_chunk() {
                    out = *whole;
                }
            }
        }
        if self.content != Content::Audio {
            scramble(&mut out);
        }
        out
    }

    /// What the drive records of itself: pregap, padding, run-out.
    pub fn filler(&self, lba: Lba) -> Sector {
        filler(self.content, lba)
    }
}

/// A sector without user data, data scrambled.
pub(crate) fn filler(content: Content, lba: Lba) -> Sector {
    let mut out = [0; SECTOR_LEN];
    match content {
        Content::Audio => return out,
        Content::Mode1 => build::mode1(&mut out, address(lba), &[0; 2048]),
        Content::Mode2 => build::mode2(&mut out, address(lba), &[0; 2336]),
    }
    scramble(&mut out);
    out
}

/// Eight bytes of sub-header, each half a copy of the other, then user data of the form that it says.
fn with_sub_header(out: &mut Sector, address: HeaderAddress, block: &[u8]) {
    let Some((&[a, b, c, d, ..], user)) = block.split_first_chunk::<8>() else { return };
    let sub_header = SubHeader::from_bytes([a, b, c, d]);
    if sub_header.submode & SubHeader::FORM_2 != 0
        && let Some(user) = user.first_chunk()
    {
        build::form2(out, address, sub_header, user, Form2Edc::Computed);
    } else if let Some(user) = user.first_chunk() {
        build::form1(out, address, sub_header, user);
    }
}

fn content(control: Control, kind: DataBlockType) -> Result<Content, Sense> {
    match (control.is_data(), kind) {
        (false, DataBlockType::RAW) => Ok(Content::Audio),
        (true, DataBlockType::RAW | DataBlockType::MODE_1) => Ok(Content::Mode1),
        (
            true,
            DataBlockType::MODE_2
            | DataBlockType::MODE_2_FORM_1
            | DataBlockType::MODE_2_FORM_1_SUB
            | DataBlockType::MODE_2_FORM_2
            | DataBlockType::MODE_2_MIXED,
        ) => Ok(Content::Mode2),
        _ => Err(Sense::ILLEGAL_MODE_FOR_THIS_TRACK),
    }
}

pub(super) fn address(lba: Lba) -> HeaderAddress {
    HeaderAddress::of(lba).unwrap_or(HeaderAddress::from_bytes([0; 3]))
}
