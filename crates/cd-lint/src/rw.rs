//! R to W: packs in the program area, CD-TEXT in the lead-in, nothing in the lead-out.

use cd_format::CdTextPack;
use cd_format::sub_channel::cd_text_symbols::cd_text_packs;
use cd_format::sub_channel::rw_pack::PACKS_PER_SECTOR;
use cd_format::sub_channel::rw_stream::DELAY_PACKS;
use cd_format::sub_channel::{RwDeinterleaver, RwPack, SUB_CHANNEL_BYTES};

use crate::findings::{Findings, words};
use crate::rule::Rule;

/// Packs so far.
#[derive(Debug, Default)]
pub(crate) struct RwChannels {
    packs: RwDeinterleaver,
    /// Packs of symbols that the deinterleaver has had since the program area began, as far as it
    /// matters: one that began before is not judged.
    pushed: usize,
    /// Blocks of zeros since the last that had something.
    quiet: u8,
    /// Packs that are wrong, unless the program area was over before their blocks.
    held: Vec<(i32, RwPack)>,
}

/// Packs that are held back, at most.
const MOST_HELD: usize = 16;

/// Blocks of zeros behind which the deinterleaver holds nothing.
const QUIET: u8 = 3;

impl RwChannels {
    /// A program area begins.
    pub(crate) fn begin(&mut self) {
        *self = Self { quiet: QUIET, ..Self::default() };
    }

    /// Block `lba` of the program area; `sure`: it is one.
    pub(crate) fn see(
        &mut self,
        lba: i32,
        raw: &[u8; SUB_CHANNEL_BYTES],
        sure: bool,
        findings: &mut Findings,
    ) {
        if sure {
            for (place, pack) in self.held.drain(..) {
                tell(place, &pack, findings);
            }
        }
        self.quiet = if is_silent(raw) { self.quiet.saturating_add(1) } else { 0 };
        if self.quiet > QUIET {
            self.pushed = DELAY_PACKS;
            return;
        }
        for (n, pack) in self.packs.sector(raw).into_iter().enumerate() {
            let is_whole = self.pushed >= DELAY_PACKS;
            self.pushed = (self.pushed + 1).min(DELAY_PACKS);
            if is_whole && !pack.is_intact() {
                // The pack began seven places back.
                let back = (DELAY_PACKS - n).div_ceil(PACKS_PER_SECTOR);
                let place = lba.saturating_sub_unsigned(back as u32);
                if sure {
                    tell(place, &pack, findings);
                } else if self.held.len() < MOST_HELD {
                    self.held.push((place, pack));
                }
            }
        }
    }
}

fn tell(lba: i32, pack: &RwPack, findings: &mut Findings) {
    findings.add(Rule::RwParity, lba, || {
        let which = if pack.q_ok() { "parity P" } else { "parity Q" };
        words(format_args!("{which} of a pack of mode {} item {}", pack.mode(), pack.item()), "another")
    });
}

/// Block `lba` of a lead-in.
pub(crate) fn check_cd_text(lba: i32, raw: &[u8; SUB_CHANNEL_BYTES], findings: &mut Findings) {
    if is_silent(raw) {
        return;
    }
    let nothing = [0; CdTextPack::BYTES];
    for pack in cd_text_packs(raw) {
        if !pack.is_intact() && pack.to_bytes() != nothing {
            findings.add(Rule::CdTextCrc, lba, || {
                words(
                    format_args!("CRC {:04X} of pack {:02X}h", pack.expected_crc(), pack.kind),
                    format_args!("{:04X}", pack.crc),
                )
            });
        }
    }
}

/// Block `lba`, so many blocks into a lead-out. What began before may end here.
pub(crate) fn check_lead_out(lba: i32, n: u32, raw: &[u8; SUB_CHANNEL_BYTES], findings: &mut Findings) {
    let behind_packs = n >= DELAY_PACKS.div_ceil(PACKS_PER_SECTOR) as u32;
    if behind_packs && !is_silent(raw) {
        findings.add(Rule::LeadOutRw, lba, || words("R to W of zeros in the lead-out", "others"));
    }
}

fn is_silent(raw: &[u8; SUB_CHANNEL_BYTES]) -> bool {
    raw.iter().fold(0, |all, byte| all | byte) & 0x3F == 0
}
