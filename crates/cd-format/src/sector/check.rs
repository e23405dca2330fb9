//! What a sector is, read from its own bytes.

use super::ecc::{self, Repair};
use super::{
    AFTER_HEADER, AFTER_SUB_HEADER, HEADER, P_PARITY, SYNC, Sector, SectorMode, SubHeader, edc::edc, scramble,
};
use crate::{Bcd, Msf};

/// What the bytes of an unscrambled sector say.
#[derive(Clone, Copy, Debug, Eq, PartialEq)]
pub struct Classified {
    /// How the sector is laid out. [`SectorMode::Audio`] is whatever has no sync: nothing in a
    /// sector says that it is sound. `None` when there is a sync and then a mode byte above 2.
    pub mode: Option<SectorMode>,
    /// The address in the header; `None` without a sync, and where it is no time in BCD.
    pub address: Option<Msf>,
    /// The sub-header, where there is one.
    pub sub_header: Option<SubHeader>,
    /// Whether data and EDC agree.
    pub edc: EdcState,
}

/// Whether data and EDC agree.
#[derive(Clone, Copy, Debug, Eq, Hash, PartialEq)]
pub enum EdcState {
    /// The mode has no EDC.
    None,
    /// They agree.
    Good,
    /// Form 2 with four bytes of zero, which CD-ROM XA allows.
    Absent,
    /// They do not.
    Bad {
        /// What stands in the sector.
        stored: u32,
        /// What should.
        computed: u32,
    },
}

/// Says what an unscrambled sector is.
///
/// Mode 2 has forms when both copies of the sub-header are equal; a sub-header of zeros counts
/// only where an EDC of form 1 speaks for it, as a formless sector may well begin with eight
/// zeros.
pub fn classify(sector: &Sector) -> Classified {
    if sector[..HEADER] != SYNC {
        let mode = Some(SectorMode::Audio);
        return Classified { mode, address: None, sub_header: None, edc: EdcState::None };
    }
    let address = address(sector);
    let found = |mode| Classified { mode, address, sub_header: None, edc: EdcState::None };
    match sector[HEADER + 3] {
        0 => found(Some(SectorMode::Mode0)),
        1 => Classified { edc: edc_state(sector, SectorMode::Mode1), ..found(Some(SectorMode::Mode1)) },
        2 => match form(sector) {
            Some((mode, sub_header, edc)) => {
                Classified { sub_header: Some(sub_header), edc, ..found(Some(mode)) }
            }
            None => found(Some(SectorMode::Mode2Formless)),
        },
        _ => found(None),
    }
}

/// Whether a sector with a sync is scrambled; `None` where the mode byte says neither.
///
/// Scrambling turns mode bytes 0 to 2 into 60h to 62h and back.
pub fn is_scrambled(sector: &Sector) -> Option<bool> {
    let mode = sector[HEADER + 3];
    let descrambled = mode ^ scramble::SEQUENCE[3];
    match (sector[..HEADER] == SYNC, mode <= 2, descrambled <= 2) {
        (true, true, false) => Some(false),
        (true, false, true) => Some(true),
        _ => None,
    }
}

/// Whether data and EDC of a sector of known mode agree.
pub fn edc_state(sector: &Sector, mode: SectorMode) -> EdcState {
    let Some(covered) = mode.edc_covers() else {
        return EdcState::None;
    };
    let at = covered.end;
    let stored = u32::from_le_bytes([sector[at], sector[at + 1], sector[at + 2], sector[at + 3]]);
    let computed = edc(&sector[covered]);
    if stored == computed {
        EdcState::Good
    } else if mode == SectorMode::Mode2Form2 && stored == 0 {
        EdcState::Absent
    } else {
        EdcState::Bad { stored, computed }
    }
}

/// Whether the eight bytes between EDC and parity of a mode 1 sector are zero (ECMA-130 14.3).
pub fn gap_is_zero(sector: &Sector) -> bool {
    sector[2068..P_PARITY] == [0; 8]
}

/// Repairs a sector of known mode, and believes it only when the EDC agrees afterwards.
///
/// A repair that the EDC denies is taken back and answers [`Repair::Beyond`] with nothing left
/// that the parities could tell: 0 and 0. Modes without ECC are [`Repair::Clean`] or, where the
/// EDC of form 2 is wrong, likewise beyond repair.
pub fn repair(sector: &mut Sector, mode: SectorMode) -> Repair {
    let before = *sector;
    let repair = match mode.ecc_header() {
        Some(header) => ecc::repair(sector, header),
        None => Repair::Clean,
    };
    if matches!(repair, Repair::Clean | Repair::Repaired { .. })
        && matches!(edc_state(sector, mode), EdcState::Bad { .. })
    {
        *sector = before;
        return Repair::Beyond { p: 0, q: 0 };
    }
    repair
}

/// The address in the header, when it is one.
fn address(sector: &Sector) -> Option<Msf> {
    let [m, s, f] = [sector[HEADER], sector[HEADER + 1], sector[HEADER + 2]].map(Bcd::from_byte);
    Msf::new(m?.decode(), s?.decode(), f?.decode()).ok()
}

/// The form of a mode 2 sector, if it has one.
fn form(sector: &Sector) -> Option<(SectorMode, SubHeader, EdcState)> {
    let (copies, _) = sector[AFTER_HEADER..AFTER_SUB_HEADER].as_chunks::<4>();
    let [first, second] = copies else {
        return None;
    };
    if first != second {
        return None;
    }
    let sub_header = SubHeader::from_bytes(*first);
    let mode = if sub_header.submode & SubHeader::FORM_2 == 0 {
        SectorMode::Mode2Form1
    } else {
        SectorMode::Mode2Form2
    };
    let edc = edc_state(sector, mode);
    let speaks_for_itself = sub_header != SubHeader::default();
    // A sector of nothing but zeros has the right EDC, and is no form 1 for that.
    let vouched_for = edc == EdcState::Good && sector[AFTER_SUB_HEADER..].iter().any(|&byte| byte != 0);
    (speaks_for_itself || vouched_for).then_some((mode, sub_header, edc))
}
