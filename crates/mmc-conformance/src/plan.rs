//! What a run on a real drive would consume: said before anything is sent that writes.

use core::fmt;
use std::collections::BTreeMap;

use mmc_sim::DiscKind;

use crate::dut::{DiscId, Grant, Hardware, InDrive, changes_its_disc, tier_of};
use crate::suite::Case;
use crate::tier::{Allowed, Tier};

/// What a run would consume, on the disc that is in the drive.
#[derive(Clone, Debug)]
pub struct Plan {
    drive: String,
    disc: InDrive,
    allowed: Allowed,
    /// Cases of each tier, and how many of them may run with this disc.
    tiers: BTreeMap<Tier, (usize, usize)>,
    /// Cases that leave another disc behind than they found.
    changing: usize,
    /// Whether a CD-RW has to be erased before the first case.
    erased_first: bool,
    /// When each case should run: what costs nothing first, what changes the disc last.
    turns: BTreeMap<String, Turn>,
}

/// When a case should run.
#[derive(Clone, Copy, Debug, Eq, Ord, PartialEq, PartialOrd)]
enum Turn {
    Reads,
    LeavesTheDisc,
    ChangesTheDisc,
}

impl Plan {
    /// Looks at the disc in the drive, and tries on the simulated drive what the cases would do to it. Nothing
    /// is sent to the drive that could change anything.
    pub fn new<'a>(
        hardware: &mut Hardware,
        allowed: &Allowed,
        cases: impl IntoIterator<Item = &'a Case>,
    ) -> Result<Self, String> {
        let disc = hardware.look()?;
        let mut plan = Self {
            drive: hardware.name(),
            disc,
            allowed: allowed.clone(),
            tiers: Tier::ALL.into_iter().map(|tier| (tier, (0, 0))).collect(),
            changing: 0,
            erased_first: false,
            turns: BTreeMap::new(),
        };
        for case in cases {
            plan.add(hardware, case);
        }
        Ok(plan)
    }

    fn add(&mut self, hardware: &Hardware, case: &Case) {
        let tier = Tier::of(&case.fixture, &case.media);
        let runs = self.runs(hardware, case, tier);
        let (all, running) = self.tiers.entry(tier).or_default();
        *all += 1;
        *running += usize::from(runs);
        let turn = match (tier, runs && changes_its_disc(case)) {
            (Tier::ReadOnly, _) => Turn::Reads,
            (_, false) => Turn::LeavesTheDisc,
            (_, true) => Turn::ChangesTheDisc,
        };
        if turn == Turn::ChangesTheDisc {
            self.changing += 1;
        }
        self.turns.insert(case.id.clone(), turn);
    }

    /// Whether a case that writes would run. Of the others that is found out when they do.
    fn runs(&mut self, hardware: &Hardware, case: &Case, tier: Tier) -> bool {
        let InDrive::Disc(there) = &self.disc else { return false };
        if tier == Tier::ReadOnly || tier_of(there) != Some(tier) {
            return false;
        }
        let Ok(Grant::Disc) = Hardware::allowed(case, Some(&self.allowed)) else { return false };
        let Ok(needed) = hardware.disc_for(case, Grant::Disc, &self.disc) else { return false };
        self.erased_first |= matches!(&needed, InDrive::Disc(needed) if !there.is_like(needed));
        true
    }

    /// The name of the disc in the drive, if it is one that can be agreed to.
    pub fn disc_id(&self) -> Option<DiscId> {
        match &self.disc {
            InDrive::Disc(seen) if tier_of(seen).is_some() => Some(DiscId::of(seen)),
            InDrive::Disc(_) | InDrive::Nothing | InDrive::Unknown(_) => None,
        }
    }

    /// Whether a disc may be written to, erased or spoilt.
    pub fn writes(&self) -> bool {
        self.tiers.iter().any(|(tier, (_, running))| *tier != Tier::ReadOnly && *running > 0)
    }

    /// Puts cases into the order in which a disc serves most of them: first what only reads, then what is
    /// expected to leave the disc as it is, then what changes it.
    pub fn sort<T>(&self, cases: &mut [T], id: impl Fn(&T) -> &str) {
        cases.sort_by_key(|case| self.turns.get(id(case)).copied().unwrap_or(Turn::Reads));
    }

    /// What is consumed, in a sentence a line.
    fn cost(&self) -> Vec<String> {
        let kind = match &self.disc {
            InDrive::Disc(seen) => seen.kind,
            InDrive::Nothing | InDrive::Unknown(_) => None,
        };
        if !self.writes() {
            return vec!["Nothing is consumed: no case that writes may run.".into()];
        }
        match (kind, self.changing) {
            (Some(DiscKind::CdRw), changing) => {
                let cycles = changing + usize::from(self.erased_first);
                vec![
                    "WHATEVER IS ON THE CD-RW IS LOST. It is erased before each case that needs it blank,"
                        .into(),
                    format!("and left blank: about {cycles} of its erase cycles. No CD-R is consumed."),
                ]
            }
            (_, 0) => vec![
                "No case is expected to record on the CD-R; a drive that is wrong may spoil it for good."
                    .into(),
            ],
            (_, changing) => vec![
                "ONE BLANK CD-R IS CONSUMED, FOR GOOD: the one in the drive, by the first case that records."
                    .into(),
                format!(
                    "{changing} cases would; those behind the first are ignored. Choose one with a filter."
                ),
            ],
        }
    }
}

impl fmt::Display for Plan {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        writeln!(f, "Drive   {}", self.drive)?;
        writeln!(f, "Disc    {}", self.disc)?;
        if let Some(id) = self.disc_id() {
            writeln!(f, "Its id  {id}")?;
        }
        writeln!(f)?;
        writeln!(f, "tier            cases  allowed  run on this disc")?;
        for (tier, (all, running)) in &self.tiers {
            let allowed = if self.allowed.has(*tier) { "yes" } else { "no" };
            let running =
                if *tier == Tier::ReadOnly { "those that it fits".into() } else { running.to_string() };
            writeln!(f, "{:14} {all:>6}  {allowed:7}  {running}", tier.name())?;
        }
        writeln!(f)?;
        for line in self.cost() {
            writeln!(f, "{line}")?;
        }
        Ok(())
    }
}
