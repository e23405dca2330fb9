//! Which write parameters are legal, and on this drive.

use mmc_wire::block::mode::{DataBlockType, MultiSession, WriteParameters, WriteType};
use mmc_wire::layout::Place;

use crate::personality::Abilities;

/// Link size that CD needs (MMC "CD Write Parameters Mode Page"; Pioneer's command references).
const CD_LINK_SIZE: u8 = 7;
/// Blocks of a fixed packet on CD (the same).
const FIXED_PACKET: u32 = 32;

/// Checks a page 05h; the error is the place of the first field that cannot be, in the order in which
/// the fields depend on each other: write type, test write, block type, link size, packet, the rest.
pub fn check(abilities: &Abilities, page: &WriteParameters) -> Result<(), Place> {
    let at = |field: &str| WriteParameters::place(field).unwrap_or(Place::be(0, 1));
    let block_types: &[u8] = match page.write_type {
        WriteType::PACKET if !abilities.packets => None,
        WriteType::PACKET | WriteType::TAO => {
            abilities.track_at_once.as_ref().map(|tao| tao.block_types.as_slice())
        }
        WriteType::SAO => abilities.session_at_once.as_ref().map(|sao| sao.block_types.as_slice()),
        WriteType::RAW => abilities.raw.as_ref().map(|raw| raw.block_types.as_slice()),
        _ => None,
    }
    .ok_or(at("write_type"))?;
    if page.test_write && (!abilities.test_write || page.write_type == WriteType::RAW) {
        // The combination is named at the write type: a drive that could do a test write at all
        // would be asked for another one.
        return Err(if page.write_type == WriteType::RAW { at("write_type") } else { at("test_write") });
    }
    if page.data_block_type.bytes_per_block().is_none() || !takes(block_types, page.data_block_type) {
        return Err(at("data_block_type"));
    }
    if page.multi_session == MultiSession(2) {
        return Err(at("multi_session"));
    }
    if page.link_size_valid && page.link_size != CD_LINK_SIZE {
        return Err(at("link_size"));
    }
    if page.fixed_packet && page.packet_size != FIXED_PACKET {
        return Err(at("packet_size"));
    }
    if page.session_format.name().is_none() {
        return Err(at("session_format"));
    }
    Ok(())
}

fn takes(types: &[u8], asked: DataBlockType) -> bool {
    types.contains(&asked.0)
}
