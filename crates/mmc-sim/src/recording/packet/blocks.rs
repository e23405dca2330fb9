//! The blocks that packets consist of.

use cd_format::Lba;
use cd_format::sector::scramble::scramble;
use cd_format::sector::{SECTOR_LEN, Sector, SectorMode, SubHeader, build};

use crate::disc::packets::mark;
use crate::recording::user_data::{address, filler};
use crate::scene::Content;

/// Bytes of user data in a block.
pub(crate) const USER_BYTES: usize = 2048;

/// A sector of 2048 bytes of user data: Mode 2 has form 1.
pub(crate) fn user_block(content: Content, lba: Lba, user: &[u8; USER_BYTES]) -> Sector {
    let mut out = [0; SECTOR_LEN];
    let data = SubHeader { submode: SubHeader::DATA, ..SubHeader::default() };
    match content {
        Content::Audio | Content::Mode1 => build::mode1(&mut out, address(lba), user),
        Content::Mode2 => build::form1(&mut out, address(lba), data, user),
    }
    scramble(&mut out);
    out
}

/// A block of link, run-in or run-out, scrambled.
pub(crate) fn link_block(content: Content, frame: Lba, indicator: u8) -> Sector {
    let mut sector = filler(content, frame);
    scramble(&mut sector);
    let mode = if content == Content::Mode2 { SectorMode::Mode2Formless } else { SectorMode::Mode1 };
    mark(&mut sector, mode, indicator);
    scramble(&mut sector);
    sector
}
