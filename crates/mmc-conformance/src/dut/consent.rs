//! What a drive's owner agreed to, and how far it still goes.

use core::fmt;

use mmc_sim::DiscKind;

use super::DiscId;
use super::inspect::{InDrive, Seen};
use crate::tier::{Allowed, Tier};

/// The owner's word: which tiers may run, and on which disc.
#[derive(Clone, Debug, Eq, PartialEq)]
pub struct Consent {
    /// What may be consumed.
    pub allowed: Allowed,
    /// The disc that it is for.
    pub disc: DiscId,
}

/// Consent to the disc that is in the drive.
pub(super) struct Held {
    pub allowed: Allowed,
    /// The disc, as it was when it was agreed to.
    pub agreed: Seen,
    /// The disc as the last case left it: nobody else has written to it since.
    pub left: Seen,
    /// Why nothing is written any more.
    pub ended: Option<String>,
}

impl Held {
    /// Takes an owner's word, if the disc in the drive is the one that it names and a tier is allowed in
    /// which that disc is written to.
    pub fn take(consent: Consent, there: InDrive) -> Result<Self, String> {
        let InDrive::Disc(seen) = there else {
            return Err(format!("{} was agreed to, and there is {there}", consent.disc));
        };
        let id = DiscId::of(&seen);
        if id != consent.disc {
            return Err(format!("{} was agreed to, and there is {seen}, which is {id}", consent.disc));
        }
        let allowed = consent.allowed;
        match tier_of(&seen) {
            Some(tier) if allowed.has(tier) => {}
            Some(tier) => return Err(format!("{seen} is for the tier {tier}, and allowed is {allowed}")),
            None => {
                return Err(format!("{seen} is never written to: expected a CD-RW, or a CD-R that is blank"));
            }
        }
        Ok(Self { allowed, agreed: seen.clone(), left: seen, ended: None })
    }

    /// Why what is in the drive is not the disc that was agreed to, as it was left.
    pub fn another(&self, there: &InDrive) -> Option<String> {
        match there {
            InDrive::Disc(seen) if *seen == self.left => None,
            there => Some(format!("{} was left in the drive, and there is {}", self.left, there)),
        }
    }

    /// Whether the disc has been consumed: a CD-R, by the first recording.
    pub fn is_used_up(&self) -> bool {
        self.agreed.kind == Some(DiscKind::CdR) && self.left.status != "blank"
    }
}

/// The tier of cases that write to a disc; `None` for a disc that no case writes to.
pub(crate) fn tier_of(seen: &Seen) -> Option<Tier> {
    match seen.kind {
        Some(DiscKind::CdRw) => Some(Tier::Rewritable),
        Some(DiscKind::CdR) if seen.status == "blank" => Some(Tier::ConsumesBlank),
        _ => None,
    }
}

/// `never`, `once`, `3 times`.
pub(crate) fn times(n: usize) -> String {
    match n {
        0 => "never".to_owned(),
        1 => "once".to_owned(),
        n => format!("{n} times"),
    }
}

/// What a run has consumed.
#[derive(Clone, Debug, Default, Eq, PartialEq)]
pub struct Consumed {
    /// Cases that ran and might write.
    pub cases: usize,
    /// Times that the suite itself erased the CD-RW.
    pub erased: u32,
    /// Times that it recorded on it what a case needed.
    pub recorded: u32,
    /// Blank CD-Rs that were recorded on.
    pub blanks: u32,
    /// The disc that was left in the drive.
    pub left: String,
    /// Why writing ended before its time.
    pub ended: Option<String>,
}

impl fmt::Display for Consumed {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let times = |n: u32| times(n as usize);
        match self.cases {
            1 => f.write_str("1 case ran that may write.")?,
            cases => write!(f, "{cases} cases ran that may write.")?,
        }
        match (self.erased, self.blanks) {
            (0, 0) => f.write_str(" No disc was consumed.")?,
            (erased, 0) => write!(f, " The CD-RW was erased {}.", times(erased))?,
            (_, 1) => f.write_str(" One blank CD-R was consumed.")?,
            (_, blanks) => write!(f, " {blanks} blank CD-Rs were consumed.")?,
        }
        if self.recorded > 0 {
            write!(f, " What cases needed on it was recorded {}.", times(self.recorded))?;
        }
        write!(f, " In the drive is {}.", self.left)?;
        if let Some(why) = &self.ended {
            write!(f, " Nothing was written after this: {why}.")?;
        }
        Ok(())
    }
}
