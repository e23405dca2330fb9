//! The 2352 bytes of a block: sync, scrambling, header, EDC, ECC.

use cd_format::sector::check::{EdcState, classify, gap_is_zero, is_scrambled};
use cd_format::sector::scramble::{SEQUENCE, scramble_into};
use cd_format::sector::{AFTER_HEADER, HEADER, HeaderAddress, SECTOR_LEN, SYNC, Sector, SectorMode, ecc};
use cd_format::{Control, Lba};

use crate::findings::{Findings, words};
use crate::rule::Rule;

/// What to hold a block's sector against.
#[derive(Clone, Copy, Debug)]
pub(crate) enum Kind {
    /// CONTROL says what it is. `steady`: behind index 1, where the mode may not change.
    Track { control: Control, steady: bool },
    /// As a track, and silence behind one of sound.
    LeadOut { control: Control },
    /// It may be silence, or data with an address by either custom. `start` is the lead-in's first block.
    LeadIn { start: i32 },
    /// Q cannot be read: only what has a sync is looked into.
    Unknown,
}

/// What a run of sectors has shown so far.
#[derive(Debug, Default)]
pub(crate) struct MainChannel {
    /// The track's mode byte.
    mode: Option<u8>,
    /// Whether sectors of the track had sub-header and EDC that agree: then those that do not are
    /// broken, and not formless.
    has_forms: bool,
    /// The lead-in's first sector, and how many there are.
    lead_in_sectors: Option<(i32, u32)>,
    /// The session's first sector that has a form.
    form: Option<i32>,
    /// Faults of the two blocks before this one: what a track ends with may be run-out.
    held: [Held; 2],
    /// Blocks from here on that may be link and run-in.
    linking: u8,
}

#[derive(Debug, Default)]
struct Held {
    lba: i32,
    faults: Vec<Fault>,
}

/// What is wrong with a sector.
#[derive(Clone, Copy, Debug, Eq, PartialEq)]
enum Fault {
    NoSync,
    NotScrambled,
    ModeByte(u8),
    OtherMode { track: u8, seen: u8 },
    Address { expected: Option<[u8; 3]>, seen: [u8; 3] },
    NotZero,
    Edc { stored: u32, computed: u32 },
    Ecc,
    DataInAudio,
    LeadInNoise,
    LeadOutNoise,
}

/// A main channel of zeros; comparing with it is many times as fast as looking for a byte that is none.
const SILENCE: Sector = [0; SECTOR_LEN];

/// Blocks of link and run-in that begin what is written behind a run-out: 1 and 4.
const LINKING_BLOCKS: u8 = 5;

impl MainChannel {
    /// A track, or a lead-out, begins: what it is made of is to be seen.
    pub(crate) fn begin_track(&mut self, forms: bool) {
        self.mode = None;
        self.has_forms = forms;
    }

    /// A session begins.
    pub(crate) fn begin_session(&mut self) {
        self.lead_in_sectors = None;
        self.form = None;
    }

    /// The lead-in is over, and its session begins with a track of this kind.
    pub(crate) fn end_lead_in(&mut self, is_data: bool, findings: &mut Findings) {
        if let Some((first, blocks)) = self.lead_in_sectors.take()
            && !is_data
        {
            findings.add_run(Rule::LeadInMain, first, blocks, || {
                words("silence, as the first track is sound", "data sectors")
            });
        }
    }

    /// The first sector of the session whose sub-header and EDC tell its form.
    pub(crate) const fn form(&self) -> Option<i32> {
        self.form
    }

    /// The main channel of block `lba`.
    pub(crate) fn see(&mut self, lba: i32, sector: &Sector, kind: Kind, findings: &mut Findings) {
        let mut faults = Vec::new();
        self.look(lba, sector, kind, &mut faults);
        if self.linking > 0 {
            self.linking -= 1;
            faults.clear();
        }
        if let [_, Held { lba: before, .. }] = self.held
            && before.checked_add(1) != Some(lba)
        {
            self.flush(findings);
        }
        self.held.swap(0, 1);
        let oldest = core::mem::replace(&mut self.held[1], Held { lba, faults });
        oldest.tell(findings);
    }

    /// A pause or a lead-out begins at `lba`. Two blocks before it that are both no sectors are the
    /// run-out of a track written track-at-once; link and run-in may follow it.
    pub(crate) fn end_track(&mut self, lba: i32, findings: &mut Findings) {
        let [first, second] = &self.held;
        let is_run_out = !first.faults.is_empty()
            && !second.faults.is_empty()
            && second.lba.checked_add(1) == Some(lba)
            && first.lba.checked_add(2) == Some(lba);
        if is_run_out {
            self.held = Default::default();
            self.linking = LINKING_BLOCKS;
        } else {
            self.flush(findings);
        }
    }

    /// Tells what was held back.
    pub(crate) fn flush(&mut self, findings: &mut Findings) {
        for held in core::mem::take(&mut self.held) {
            held.tell(findings);
        }
    }

    fn look(&mut self, lba: i32, sector: &Sector, kind: Kind, faults: &mut Vec<Fault>) {
        let has_sync = sector[..HEADER] == SYNC;
        match kind {
            Kind::Track { control, .. } if !control.is_data() => {
                if has_sync && is_own_header(lba, sector) {
                    faults.push(Fault::DataInAudio);
                }
                return;
            }
            Kind::LeadOut { control } if !control.is_data() => {
                if *sector != SILENCE {
                    faults.push(Fault::LeadOutNoise);
                }
                return;
            }
            Kind::Track { .. } | Kind::LeadOut { .. } if !has_sync => {
                faults.push(Fault::NoSync);
                return;
            }
            Kind::LeadIn { .. } if !has_sync => {
                if *sector != SILENCE {
                    faults.push(Fault::LeadInNoise);
                }
                return;
            }
            Kind::LeadIn { .. } => {
                self.lead_in_sectors.get_or_insert((lba, 0)).1 += 1;
            }
            Kind::Unknown if !has_sync => return,
            Kind::Track { .. } | Kind::LeadOut { .. } | Kind::Unknown => {}
        }
        let mode = sector[HEADER + 3] ^ SEQUENCE[3];
        // Link, run-in and run-out blocks say so in the top three bits, and have no other duty.
        // They lie in pauses, and between the packets of a track recorded in packets.
        let may_link = match kind {
            Kind::Track { control, steady } => !steady || control.is_incremental(),
            Kind::LeadOut { .. } => true,
            Kind::LeadIn { .. } | Kind::Unknown => false,
        };
        let links = may_link && mode & 0x1F <= 2;
        match is_scrambled(sector) {
            Some(true) => {
                let mut plain = [0; SECTOR_LEN];
                scramble_into(sector, &mut plain);
                self.look_into(lba, &plain, kind, faults);
            }
            // The second run-in block's mode byte is one that looks as if it were not scrambled.
            Some(false) if links && has_scrambled_address(lba, sector) => {}
            Some(false) => {
                faults.push(Fault::NotScrambled);
                self.look_into(lba, sector, kind, faults);
            }
            None => {
                if !links {
                    faults.push(Fault::ModeByte(mode));
                }
            }
        }
    }

    /// A sector that is descrambled.
    fn look_into(&mut self, lba: i32, sector: &Sector, kind: Kind, faults: &mut Vec<Fault>) {
        let seen = [sector[HEADER], sector[HEADER + 1], sector[HEADER + 2]];
        let expected = header_address(lba);
        let other = match kind {
            Kind::LeadIn { start } => HeaderAddress::in_lead_in_from_a0(Lba(lba), Lba(start)),
            Kind::Track { .. } | Kind::LeadOut { .. } | Kind::Unknown => None,
        };
        if Some(seen) != expected && Some(seen) != other.map(HeaderAddress::to_bytes) {
            faults.push(Fault::Address { expected, seen });
        }
        let byte = sector[HEADER + 3];
        if matches!(kind, Kind::Track { steady: true, .. }) {
            let track = *self.mode.get_or_insert(byte);
            if track != byte {
                faults.push(Fault::OtherMode { track, seen: byte });
            }
        }
        let classified = classify(sector);
        let Some(mode) = classified.mode else { return };
        match (mode, classified.edc) {
            (SectorMode::Mode0, _) if sector[AFTER_HEADER..].iter().any(|byte| *byte != 0) => {
                faults.push(Fault::NotZero);
            }
            (SectorMode::Mode1, EdcState::Bad { stored, computed }) => {
                faults.push(Fault::Edc { stored, computed });
            }
            (_, EdcState::Bad { stored, computed }) if self.has_forms => {
                faults.push(Fault::Edc { stored, computed });
            }
            (SectorMode::Mode1, _) if !gap_is_zero(sector) => faults.push(Fault::NotZero),
            (_, EdcState::Good) => {
                self.has_forms |= mode != SectorMode::Mode1;
                // A sector of zeros is sound as form 1, and as none.
                if mode != SectorMode::Mode1 && sector[AFTER_HEADER + 2] != 0 {
                    self.form.get_or_insert(lba);
                }
                if mode.ecc_header().is_some_and(|header| !ecc::agrees(sector, header)) {
                    faults.push(Fault::Ecc);
                }
            }
            (_, EdcState::None | EdcState::Absent | EdcState::Bad { .. }) => {}
        }
    }
}

impl Held {
    fn tell(self, findings: &mut Findings) {
        for fault in self.faults {
            findings.add(fault.rule(), self.lba, || fault.words());
        }
    }
}

impl Fault {
    const fn rule(self) -> Rule {
        match self {
            Self::NoSync => Rule::Sync,
            Self::NotScrambled => Rule::Scrambling,
            Self::ModeByte(_) | Self::OtherMode { .. } => Rule::SectorMode,
            Self::Address { .. } => Rule::HeaderAddress,
            Self::NotZero => Rule::ZeroBytes,
            Self::Edc { .. } => Rule::Edc,
            Self::Ecc => Rule::Ecc,
            Self::DataInAudio => Rule::ControlBits,
            Self::LeadInNoise => Rule::LeadInMain,
            Self::LeadOutNoise => Rule::LeadOutMain,
        }
    }

    fn words(self) -> (String, String) {
        match self {
            Self::NoSync => words("the sync of a data sector", "a block without it"),
            Self::NotScrambled => words("a scrambled sector", "a sector that is not scrambled"),
            Self::ModeByte(mode) => words("mode 0, 1 or 2", format_args!("mode byte {mode:02X}h")),
            Self::OtherMode { track, seen } => {
                words(format_args!("mode {track} as before in this track"), format_args!("mode {seen}"))
            }
            Self::Address { expected, seen } => {
                let text = |[m, s, f]: [u8; 3]| format!("{m:02X}:{s:02X}:{f:02X}");
                words(expected.map_or_else(|| "no address".to_owned(), text), text(seen))
            }
            Self::NotZero => words("zeros", "other bytes"),
            Self::Edc { stored, computed } => {
                words(format_args!("EDC {computed:08X}"), format_args!("{stored:08X}"))
            }
            Self::Ecc => words("P and Q parity of these data", "other parity"),
            Self::DataInAudio => words("sound, as CONTROL says", "a data sector"),
            Self::LeadInNoise => words("silence or sectors in the lead-in", "other bytes"),
            Self::LeadOutNoise => words("silence behind sound", "other bytes"),
        }
    }
}

/// Whether a block with a sync is a scrambled sector of that very address: sound never is.
fn is_own_header(lba: i32, sector: &Sector) -> bool {
    is_scrambled(sector) == Some(true) && has_scrambled_address(lba, sector)
}

/// Whether the header has the block's address, scrambled.
fn has_scrambled_address(lba: i32, sector: &Sector) -> bool {
    let address = [0, 1, 2].map(|n| sector[HEADER + n] ^ SEQUENCE[n]);
    Some(address) == header_address(lba)
}

/// The block's address in BCD; past minute 90 the clock of the program runs on.
fn header_address(lba: i32) -> Option<[u8; 3]> {
    let time = Lba(lba).to_msf().or_else(|| Lba(lba).to_program_msf())?;
    let bcd = |n: u8| n / 10 * 16 + n % 10;
    Some(time.fields().map(bcd))
}
