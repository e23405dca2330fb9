//! The P channel, by any of the customs there are.

use cd_format::sub_channel::p::LeadOutP;

use crate::findings::{Findings, words};
use crate::rule::Rule;

/// Blocks before index 1 from which on P may be 1 although the pause is shorter.
const FLAG_BLOCKS: i32 = 150;

/// P so far.
#[derive(Debug, Default)]
pub(crate) struct PChannel {
    /// Where P became 1 in a track, which is right only if a track or the lead-out comes soon.
    since: Option<i32>,
    /// The lead-out's customs that fit so far.
    customs: Option<[bool; CUSTOMS.len()]>,
}

const CUSTOMS: [LeadOutP; 4] = [
    LeadOutP::TwoHertz,
    LeadOutP::FirstBlockThenTwoHertz,
    LeadOutP::TwoSecondsThenTwoHertz,
    LeadOutP::HalfHertz,
];

/// Where a block lies.
#[derive(Clone, Copy, Debug, Eq, PartialEq)]
pub(crate) enum PArea {
    LeadIn,
    Pause,
    /// The first block of index 1, where P may be late by one.
    FirstBlock,
    Track,
    /// So many blocks into the lead-out.
    LeadOut(u32),
}

impl PChannel {
    /// The P bits of block `lba`.
    pub(crate) fn see(&mut self, lba: i32, bits: [u8; 12], area: PArea, findings: &mut Findings) {
        let p = match bits {
            [0, ..] if bits == [0; 12] => false,
            _ if bits == [0xFF; 12] => true,
            _ => {
                findings.add(Rule::PChannel, lba, || words("96 equal bits", "bits that differ"));
                return;
            }
        };
        match area {
            PArea::LeadIn if p => wrong(lba, false, "in the lead-in", findings),
            PArea::Pause if !p => wrong(lba, true, "in the pause", findings),
            PArea::Track if p => self.since = self.since.or(Some(lba)),
            PArea::Track => self.end_flag(lba, 0, findings),
            PArea::LeadOut(n) => self.in_lead_out(lba, p, n, findings),
            PArea::LeadIn | PArea::Pause | PArea::FirstBlock => {}
        }
    }

    /// Index 1 or the lead-out begins at `lba`: what was 1 before was its flag.
    pub(crate) fn begin(&mut self, lba: i32, findings: &mut Findings) {
        self.end_flag(lba, FLAG_BLOCKS, findings);
        self.customs = None;
    }

    /// P was 1 up to `lba`, and may have been for the last `allowed` blocks.
    fn end_flag(&mut self, lba: i32, allowed: i32, findings: &mut Findings) {
        let Some(since) = self.since.take() else { return };
        let early = lba.saturating_sub(since).saturating_sub(allowed);
        if early > 0 {
            findings
                .add_run(Rule::PChannel, since, early.unsigned_abs(), || words("P 0 in the track", "P 1"));
        }
    }

    fn in_lead_out(&mut self, lba: i32, p: bool, n: u32, findings: &mut Findings) {
        let before = self.customs.unwrap_or([true; CUSTOMS.len()]);
        let mut fit = before;
        for (fits, custom) in fit.iter_mut().zip(CUSTOMS) {
            *fits &= custom.bit(n) == p;
        }
        if fit.contains(&true) {
            self.customs = Some(fit);
        } else {
            wrong(lba, !p, "in the lead-out", findings);
        }
    }
}

fn wrong(lba: i32, expected: bool, place: &str, findings: &mut Findings) {
    findings.add(Rule::PChannel, lba, || {
        words(format_args!("P {} {place}", u8::from(expected)), format_args!("P {}", u8::from(!expected)))
    });
}
