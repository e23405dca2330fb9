//! What a run on a real drive would consume: said before anything is sent that writes.

use core::fmt;
use std::collections::BTreeMap;

use mmc_sim::DiscKind;

use crate::dut::{DiscId, Grant, Hardware, InDrive, Seen, Trace, tier_of, times, trial};
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
    /// The first of them: the one that consumes a blank CD-R.
    first: Option<String>,
    /// Times that a CD-RW is erased, and that something is recorded on it for a case.
    made: [usize; 2],
    /// When each case should run: what costs nothing first, what changes the disc last.
    turns: BTreeMap<String, (Turn, String)>,
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
            first: None,
            made: [0, 0],
            turns: BTreeMap::new(),
        };
        let mut running = Vec::new();
        for case in cases {
            running.extend(plan.add(hardware, case).map(|trace| (case, trace)));
        }
        plan.sort(&mut running, |(case, _)| &case.id);
        plan.first = running.iter().find(|(_, trace)| trace.changes).map(|(case, _)| case.id.clone());
        plan.rehearse(hardware, running);
        Ok(plan)
    }

    /// Counts a case; what it leaves, if it writes and would run.
    fn add(&mut self, hardware: &Hardware, case: &Case) -> Option<Trace> {
        let tier = Tier::of(&case.fixture, &case.media);
        let needed = self.needed(hardware, case, tier);
        let (all, running) = self.tiers.entry(tier).or_default();
        *all += 1;
        *running += usize::from(needed.is_some());
        let trace = needed.is_some().then(|| trial(case));
        let turn = match &trace {
            None => Turn::Reads,
            Some(trace) if trace.changes => Turn::ChangesTheDisc,
            Some(_) => Turn::LeavesTheDisc,
        };
        self.changing += usize::from(turn == Turn::ChangesTheDisc);
        self.turns.insert(case.id.clone(), (turn, needed.unwrap_or_default()));
        trace
    }

    /// The disc that a case which writes would run on. Of the others that is found out when they do.
    fn needed(&self, hardware: &Hardware, case: &Case, tier: Tier) -> Option<String> {
        let InDrive::Disc(there) = &self.disc else { return None };
        if tier == Tier::ReadOnly || tier_of(there).is_none() {
            return None;
        }
        let Ok(Grant::Disc) = Hardware::allowed(case, Some(&self.allowed)) else { return None };
        let needs = hardware.needs(case, Grant::Disc, &self.disc).ok()?;
        Some(needs.disc.to_string())
    }

    /// Goes through the cases that would run on a CD-RW, with the disc that each is expected to leave.
    fn rehearse(&mut self, hardware: &Hardware, cases: Vec<(&Case, Trace)>) {
        let InDrive::Disc(found) = self.disc.clone() else { return };
        if found.kind != Some(DiscKind::CdRw) {
            return;
        }
        let (atip, pregroove) = (found.atip.clone(), found.pregroove.clone());
        let mut current = found;
        for (case, trace) in cases {
            let Ok(needs) = hardware.needs(case, Grant::Disc, &InDrive::Disc(current.clone())) else {
                continue;
            };
            if let Some(make) = needs.make {
                self.made[0] += usize::from(current.status != "blank");
                self.made[1] += usize::from(!make.sessions.is_empty());
            }
            if let (false, InDrive::Disc(disc)) = (trace.changes, needs.disc) {
                current = disc;
            } else if let Some(left) = trace.left {
                current = Seen { atip: atip.clone(), pregroove: pregroove.clone(), ..left };
            }
        }
        self.made[0] += usize::from(self.writes() && current.status != "blank");
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
    /// expected to leave the disc as it is, then what changes it; together what needs the same disc.
    pub fn sort<T>(&self, cases: &mut [T], id: impl Fn(&T) -> &str) {
        let first = (Turn::Reads, String::new());
        cases.sort_by_cached_key(|case| self.turns.get(id(case)).unwrap_or(&first).clone());
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
            (Some(DiscKind::CdRw), _) => {
                let [erased, recorded] = self.made.map(times);
                vec![
                    "WHATEVER IS ON THE CD-RW IS LOST. It is made what each case needs, and left blank."
                        .into(),
                    format!(
                        "Expected: erased {erased}; recorded on {recorded}, beside what the cases record."
                    ),
                ]
            }
            (_, 0) => vec![
                "No case is expected to record on the CD-R; a drive that is wrong may spoil it for good."
                    .into(),
            ],
            (_, changing) => vec![
                "ONE BLANK CD-R IS CONSUMED, FOR GOOD: the one in the drive, by the first case that records,"
                    .into(),
                format!("{}.", self.first.as_deref().unwrap_or("whichever that is")),
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
