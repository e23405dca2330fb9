//! RESERVE and RELEASE: one nexus has the unit for itself.
//!
//! SPC-2 "RESERVE(6) command", "RESERVE(10) command", "RELEASE(6) command", "RELEASE(10) command". Whole-unit
//! reservations only. They are kept here whatever the device says to these commands: it has one initiator and could
//! not tell ours apart.

use mmc_wire::Sense;
use mmc_wire::command::row_of;
use mmc_wire::sense::SenseData;

const RESERVE_6: u8 = 0x16;
const RELEASE_6: u8 = 0x17;
const RESERVE_10: u8 = 0x56;
const RELEASE_10: u8 = 0x57;
const START_STOP_UNIT: u8 = 0x1B;
const PREVENT_ALLOW: u8 = 0x1E;
const READ_CAPACITY: u8 = 0x25;
const LOG_SENSE: u8 = 0x4D;

/// What a command asks of the reservation.
#[derive(Clone, Copy, Debug, Eq, PartialEq)]
pub(super) enum Ask {
    /// For me alone.
    Reserve,
    /// For everybody again.
    Release,
}

/// Reads either form; `None` for another command.
pub(super) fn ask(cdb: &[u8]) -> Option<Result<Ask, SenseData>> {
    /// Third party, in all four.
    const THIRD_PARTY: u8 = 4;
    /// Extent, in all four.
    const EXTENT: u8 = 0;

    let ask = match cdb.first()? {
        &RESERVE_6 | &RESERVE_10 => Ask::Reserve,
        &RELEASE_6 | &RELEASE_10 => Ask::Release,
        _ => return None,
    };
    let flags = cdb.get(1).copied().unwrap_or(0);
    // With neither, the identification, the third party's identifier and the list length mean nothing.
    for bit in [THIRD_PARTY, EXTENT] {
        if flags & 1 << bit != 0 {
            return Some(Err(SenseData::current(Sense::INVALID_FIELD_IN_CDB).at_field(1, Some(bit), true)));
        }
    }
    Some(Ok(ask))
}

/// Whether a command of another nexus runs in the presence of a reservation.
///
/// SPC-2 "SPC commands that are allowed in the presence of various reservations": INQUIRY, LOG SENSE, REPORT LUNS,
/// REQUEST SENSE, RELEASE, and PREVENT ALLOW MEDIUM REMOVAL that allows. SPC-2's table for optical memory adds READ
/// CAPACITY and the START STOP UNIT that only starts. For GET CONFIGURATION and GET EVENT STATUS NOTIFICATION no
/// table could be had: they are let through, because they tell and change nothing, and hosts poll them.
pub(super) fn runs_beside(cdb: &[u8]) -> bool {
    let byte4 = cdb.get(4).copied().unwrap_or(0);
    match cdb.first() {
        Some(&(RELEASE_6 | RELEASE_10 | READ_CAPACITY | LOG_SENSE)) | None => true,
        Some(&PREVENT_ALLOW) => byte4 & 1 == 0,
        // START without LOEJ and without a power condition.
        Some(&START_STOP_UNIT) => byte4 & 0xF3 == 1,
        Some(&opcode) => row_of(opcode).is_some_and(|row| row.passes_unit_attention),
    }
}
