//! Formats 2 and 3: the Q sub-channel of lead-ins and PMA, entry by entry.
//!
//! MMC "READ TOC/PMA/ATIP Command", response formats 0010b (raw TOC) and 0011b (PMA); Microsoft
//! `ntddcdrm.h`, `CDROM_TOC_FULL_TOC_DATA`, `CDROM_TOC_PMA_DATA`. Points and times: ECMA-130 22.3
//! "Q-channel", and Orange Book for B0h, C0h and the PMA.

use cd_format::{Adr, Control, Point, TocEntry};

use super::{emit_table, table};
use crate::block::Block;
use crate::parse::FieldError;

/// Format 2: what the lead-ins of the closed sessions say.
#[derive(Clone, Debug, Default, Eq, PartialEq)]
pub struct FullToc {
    /// First closed session.
    pub first_session: u8,
    /// Last closed session.
    pub last_session: u8,
    /// The entries, in the drive's order.
    pub entries: Vec<TocEntry>,
}

impl Block for FullToc {
    fn parse(bytes: &[u8]) -> Result<Self, FieldError> {
        let ([first_session, last_session], entries) = table(bytes)?;
        Ok(Self { first_session, last_session, entries: entries.into_iter().map(entry).collect() })
    }

    fn emit(&self, out: &mut Vec<u8>) {
        emit_table(out, [self.first_session, self.last_session], self.entries.iter().map(entry_bytes));
    }
}

/// Format 3: what the program memory area says. It knows no sessions: in its entries that byte is
/// reserved, 0.
#[derive(Clone, Debug, Default, Eq, PartialEq)]
pub struct Pma {
    /// The entries, in the drive's order.
    pub entries: Vec<TocEntry>,
}

impl Block for Pma {
    fn parse(bytes: &[u8]) -> Result<Self, FieldError> {
        let (_, entries) = table(bytes)?;
        let entries = entries.into_iter().map(|bytes| TocEntry { session: 0, ..entry(bytes) }).collect();
        Ok(Self { entries })
    }

    fn emit(&self, out: &mut Vec<u8>) {
        let entries = self.entries.iter().map(|entry| entry_bytes(&TocEntry { session: 0, ..*entry }));
        emit_table(out, [0; 2], entries);
    }
}

/// ADR is in the *upper* half of byte 1, other than in the Q sub-channel itself.
const fn entry(bytes: [u8; 11]) -> TocEntry {
    let [session, adr_control, tno, point, min, sec, frame, zero, pmin, psec, pframe] = bytes;
    TocEntry {
        session,
        adr: Adr::new(adr_control >> 4),
        control: Control::new(adr_control),
        tno,
        point: Point(point),
        time: [min, sec, frame],
        zero,
        p_time: [pmin, psec, pframe],
    }
}

const fn entry_bytes(entry: &TocEntry) -> [u8; 11] {
    let [min, sec, frame] = entry.time;
    let [pmin, psec, pframe] = entry.p_time;
    let adr_control = entry.adr.nibble() << 4 | entry.control.nibble();
    [entry.session, adr_control, entry.tno, entry.point.0, min, sec, frame, entry.zero, pmin, psec, pframe]
}
