//! Hardware tiers: what a case costs whose owner lets it run on a real drive.

use core::fmt;

use mmc_sim::{DiscKind, Scene};
use serde::Deserialize;

use crate::fixture::{Act, Fixture, Medium, Risk, Step};
use crate::media::Media;

/// What a case costs on a real drive.
///
/// A higher tier is never run without its owner's word for it, and for the one disc in the drive.
#[derive(Clone, Copy, Debug, Deserialize, Eq, Hash, Ord, PartialEq, PartialOrd)]
pub enum Tier {
    /// No disc: nothing is sent that could change one.
    ReadOnly,
    /// What is on a CD-RW, and one of its thousand or so erase cycles.
    Rewritable,
    /// A blank CD-R, for good.
    ConsumesBlank,
}

impl Tier {
    /// Every tier, the cheapest first.
    pub const ALL: [Self; 3] = [Self::ReadOnly, Self::Rewritable, Self::ConsumesBlank];

    /// The word for it where tiers are allowed and reported.
    pub const fn name(self) -> &'static str {
        match self {
            Self::ReadOnly => "read_only",
            Self::Rewritable => "rewritable",
            Self::ConsumesBlank => "consumes_blank",
        }
    }

    /// What a fixture declares, or what follows from the rest of it; whichever is higher.
    pub fn of(fixture: &Fixture, media: &Media) -> Self {
        fixture.tier.unwrap_or(Self::ReadOnly).max(Self::needed(fixture, media))
    }

    /// The tier that follows from a fixture's risk and the discs that it asks for.
    ///
    /// What may move tray or lock costs no disc, so it is the risk and not the tier that tells of it. What
    /// may write is taken to write, whatever the disc's state: on a CD-R that cannot be undone. Where
    /// no disc is there that could be written it is the cheapest tier that writes.
    pub fn needed(fixture: &Fixture, media: &Media) -> Self {
        if fixture.risk != Risk::MayWrite {
            return Self::ReadOnly;
        }
        let inserted = fixture.steps.iter().filter_map(|step| match step {
            Step::Host(Act::Insert(medium)) => Some(medium),
            _ => None,
        });
        let discs = core::iter::once(&fixture.medium).chain(inserted);
        discs.map(|medium| Self::written(medium, media)).max().unwrap_or(Self::Rewritable)
    }

    /// The tier in which a disc is written to.
    fn written(medium: &Medium, media: &Media) -> Self {
        let kind = match medium {
            Medium::Blank { kind, .. } => Some(*kind),
            Medium::Scene(scene) => disc_kind(scene),
            Medium::Named(_) => media.scene(medium).as_ref().and_then(disc_kind),
        };
        if kind == Some(DiscKind::CdR) { Self::ConsumesBlank } else { Self::Rewritable }
    }
}

fn disc_kind(scene: &Scene) -> Option<DiscKind> {
    scene.disc.as_ref().map(|disc| disc.kind)
}

impl fmt::Display for Tier {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(self.name())
    }
}

/// The tiers that an owner allows.
#[derive(Clone, Debug, Default, Eq, PartialEq)]
pub struct Allowed(Vec<Tier>);

impl Allowed {
    /// Reads words with commas between them. `Err` says which word is none, and which there are.
    pub fn read(text: &str) -> Result<Self, String> {
        let mut tiers = Vec::new();
        for word in text.split(',').map(str::trim) {
            let tier = Tier::ALL.into_iter().find(|tier| tier.name() == word).ok_or_else(|| {
                format!(
                    "`{word}` is no tier: expected rewritable or consumes_blank, or both with a comma between"
                )
            })?;
            if tier != Tier::ReadOnly && !tiers.contains(&tier) {
                tiers.push(tier);
            }
        }
        tiers.sort_unstable();
        Ok(Self(tiers))
    }

    /// Whether a tier is allowed; what costs nothing is.
    pub fn has(&self, tier: Tier) -> bool {
        tier == Tier::ReadOnly || self.0.contains(&tier)
    }

    /// Whether nothing is allowed that costs something.
    pub fn is_empty(&self) -> bool {
        self.0.is_empty()
    }
}

impl fmt::Display for Allowed {
    /// `rewritable, consumes_blank`.
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        if self.is_empty() {
            return f.write_str("read_only");
        }
        f.write_str(&self.0.iter().map(|tier| tier.name()).collect::<Vec<_>>().join(", "))
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn tiers_are_allowed_by_name() {
        let both = Allowed::read("consumes_blank, rewritable").unwrap();
        assert_eq!(both.to_string(), "rewritable, consumes_blank");
        assert!(Tier::ALL.into_iter().all(|tier| both.has(tier)));
        let one = Allowed::read("rewritable").unwrap();
        assert!(one.has(Tier::ReadOnly) && !one.has(Tier::ConsumesBlank));
        assert!(Allowed::read("read_only").unwrap().is_empty());
        for wrong in ["", "rewriteable", "rewritable,", "REWRITABLE", "rewritable;consumes_blank", "all"] {
            let why = Allowed::read(wrong).unwrap_err();
            assert!(why.contains("expected rewritable or consumes_blank"), "{why}");
        }
    }
}
