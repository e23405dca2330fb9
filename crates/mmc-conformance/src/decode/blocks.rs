//! What is in a block, where a reply has fields: READ HEADER, and READ CD of Q alone.

use mmc_wire::command::{ReadCd, ReadHeader};

use super::layout::{Layout, Place::*};

/// MMC-2 "READ HEADER Command".
pub const fn header(cdb: ReadHeader) -> Layout {
    if cdb.msf {
        &[("mode", Be(0, 1)), ("address", Time(5)), ("address_lba", ProgramLba(5))]
    } else {
        &[("mode", Be(0, 1)), ("address_lba", Lba(4))]
    }
}

/// MMC "READ CD Command", formatted Q sub-channel, when nothing else is selected: only what is the same
/// in drives that give BCD and in those that give binary numbers.
pub const fn q_alone(cdb: ReadCd) -> Option<Layout> {
    let main = cdb.sync || cdb.headers != 0 || cdb.user_data || cdb.edc_ecc || cdb.c2 != 0;
    if main || cdb.sub_channel.0 != 2 {
        return None;
    }
    Some(&[("control", Bits(0, 7, 4)), ("adr", Bits(0, 3, 0))])
}
