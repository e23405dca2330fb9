//! Blocks that read badly: how often they are tried, and what becomes of the command.
//!
//! SCSI-2 "CD-ROM error recovery" (the table of codes 00h to 27h), which MMC's "Read/Write Error Recovery
//! Parameters Mode Page" has kept. By the bits of page 01h:
//!
//! | bit | a block is right in the end | it is not |
//! |---|---|---|
//! | none | nothing is said | the transfer ends before it: 3/11/05 or 3/11/06 with its address |
//! | TB | | the transfer ends behind it, wrong as it is |
//! | RC | never tried again | the transfer goes on; at its end the sense of the first one |
//! | PER | at the end 1/17/01, 1/18/01 or 1/18/04 with the last such address | |
//! | PER, DTE | the transfer ends before it, with TB behind it | |
//! | DCR | layered correction (L-EC) is not used | 3/11/06 |
//!
//! A block that the head does not reach has no data to give, whatever the bits say.

use core::time::Duration;
use std::collections::BTreeMap;

use cd_format::Lba;
use mmc_wire::Sense;
use mmc_wire::block::mode::ErrorRecovery;

use super::blocks::Spot;
use crate::disc::content::Frame;
use crate::disc::damage::{C2Flags, Damage, Hurt};
use crate::refusal::{Detail, Refusal};

/// How many readings of a frame have failed, of those that a number of readings cures.
pub(crate) type Failed = BTreeMap<Lba, u32>;

/// What another try costs: about a turn of the disc, and the way back.
const RETRY: Duration = Duration::from_millis(50);

/// One reading of a frame.
pub(super) struct Reading<'a> {
    /// The frame as it came.
    pub frame: &'a Frame,
    /// Which bytes of it are wrong; `None` where nothing befell it.
    pub c2: Option<&'a C2Flags>,
}

/// What the drive makes of a reading.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Verdict {
    /// It is what is wanted.
    Right,
    /// It is now, by L-EC.
    Corrected,
    /// It is not, for this reason.
    Wrong(Sense),
}

/// The head, for one command.
#[derive(Debug)]
pub(crate) struct Head {
    rules: ErrorRecovery,
    damage: Damage,
    failed: Failed,
    retries: u32,
    recovered: Option<(Lba, Sense)>,
    unrecovered: Option<(Lba, Sense)>,
}

impl Head {
    pub fn new(rules: ErrorRecovery, damage: Damage, failed: Failed) -> Self {
        Self { rules, damage, failed, retries: 0, recovered: None, unrecovered: None }
    }

    /// Whether layered correction is left out.
    pub const fn is_uncorrected(&self) -> bool {
        self.rules.disable_correction
    }

    /// Reads a block, which is recorded so, until `judge` is content or page 01h has it that there are no
    /// more tries.
    ///
    /// `Ok(None)`: it goes to the host, and the next one comes. `Ok(Some(…))`: it goes to the host, and
    /// that is the end. `Err`: the end comes before it.
    pub fn block(
        &mut self,
        Spot { lba, place }: Spot,
        recorded: &Frame,
        judge: impl FnMut(&Reading<'_>) -> Verdict,
    ) -> Result<Option<Refusal>, Refusal> {
        let (end, tried) = self.tries(place, recorded, judge);
        self.retries = self.retries.saturating_add(tried);
        let tell = |sense| Refusal { sense, detail: Detail::Block(lba) };
        let stop = |sense| if self.rules.transfer_block { Ok(Some(tell(sense))) } else { Err(tell(sense)) };
        let recovered = match end {
            End::OutOfReach(sense) => return Err(tell(sense)),
            End::Judged(Verdict::Wrong(sense)) if self.rules.read_continuous => {
                self.unrecovered.get_or_insert((lba, sense));
                return Ok(None);
            }
            End::Judged(Verdict::Wrong(sense)) => return stop(sense),
            End::Judged(Verdict::Right) if tried == 0 => return Ok(None),
            End::Judged(Verdict::Right) => Sense::RECOVERED_WITH_RETRIES,
            End::Judged(Verdict::Corrected) if tried == 0 => Sense::RECOVERED_WITH_L_EC,
            End::Judged(Verdict::Corrected) => Sense::RECOVERED_WITH_CORRECTION_AND_RETRIES,
        };
        if !self.rules.post_error {
            return Ok(None);
        }
        if self.rules.disable_transfer_on_error {
            return stop(recovered);
        }
        self.recovered = Some((lba, recovered));
        Ok(None)
    }

    /// What came of a block, and how many tries more than one it took.
    fn tries(
        &mut self,
        place: Lba,
        recorded: &Frame,
        mut judge: impl FnMut(&Reading<'_>) -> Verdict,
    ) -> (End, u32) {
        let most = if self.rules.read_continuous { 0 } else { u32::from(self.rules.read_retries) };
        let mut failed = self.failed.get(&place).copied().unwrap_or(0);
        let mut tried = 0;
        let mut last: Option<(Hurt<'_>, End)> = None;
        let mut frame;
        let end = loop {
            let Some(hurt) = self.damage.at(place, failed) else {
                let end = End::Judged(judge(&Reading { frame: recorded, c2: None }));
                // Nothing befell it: it will not come otherwise.
                let wrong = matches!(end, End::Judged(Verdict::Wrong(_)));
                break if wrong { (end, most) } else { (end, tried) };
            };
            failed = failed.saturating_add(1);
            let end = match &last {
                Some((before, end)) if *before == hurt => *end,
                _ => match hurt.servo() {
                    Some(servo) => End::OutOfReach(servo.sense()),
                    None => {
                        frame = *recorded;
                        let flags = hurt.read(&mut frame);
                        End::Judged(judge(&Reading { frame: &frame, c2: Some(&flags) }))
                    }
                },
            };
            let wrong = matches!(end, End::OutOfReach(_) | End::Judged(Verdict::Wrong(_)));
            if !wrong || tried == most {
                break (end, tried);
            }
            tried += 1;
            last = Some((hurt, end));
        };
        drop(last);
        if self.damage.recovers(place) {
            self.failed.insert(place, failed);
        }
        end
    }

    /// A sub-channel that is read beside the command's own blocks: as it comes.
    pub fn glance(&self, lba: Lba, frame: &mut Frame) {
        if let Some(hurt) = self.damage.at(lba, self.failed.get(&lba).copied().unwrap_or(0)) {
            hurt.read(frame);
        }
    }

    /// What is to be said when all blocks have been transferred.
    pub fn end(&self) -> Result<(), Refusal> {
        match self.unrecovered.or(self.recovered) {
            Some((lba, sense)) => Err(Refusal { sense, detail: Detail::Block(lba) }),
            None => Ok(()),
        }
    }

    /// What is left when the command is over: the count of failures, and the time that retries took.
    pub fn into_rest(self) -> (Failed, Duration) {
        (self.failed, RETRY.saturating_mul(self.retries))
    }
}

/// What came of all tries.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum End {
    OutOfReach(Sense),
    Judged(Verdict),
}
