//! Unit attentions: what the host must be told before anything else.
//!
//! SPC-3 "Unit attention condition": reported once, by every command but INQUIRY, REQUEST SENSE
//! and the few that MMC-5 "Unit attention condition" adds. In which order several are told no source
//! says.

use mmc_wire::Sense;

use crate::scene::Attention;

/// Pending unit attentions, one of a kind. Reset is told before a change of medium, that before
/// a change of mode parameters.
#[derive(Clone, Copy, Debug, Default)]
pub struct Attentions(u8);

impl Attentions {
    const ORDER: [Attention; 3] = [Attention::Reset, Attention::MediumChanged, Attention::ModeChanged];

    /// Makes one pending.
    pub fn raise(&mut self, attention: Attention) {
        self.0 |= bit(attention);
    }

    /// Takes back one that has no object any more.
    pub fn withdraw(&mut self, attention: Attention) {
        self.0 &= !bit(attention);
    }

    /// The one to tell next, which is thereby told.
    pub fn take(&mut self) -> Option<Sense> {
        if self.0 == 0 {
            return None;
        }
        let next = Self::ORDER.into_iter().find(|attention| self.0 & bit(*attention) != 0)?;
        self.withdraw(next);
        Some(match next {
            Attention::Reset => Sense::RESET_OCCURRED,
            Attention::MediumChanged => Sense::MEDIUM_MAY_HAVE_CHANGED,
            Attention::ModeChanged => Sense::MODE_PARAMETERS_CHANGED,
        })
    }
}

const fn bit(attention: Attention) -> u8 {
    1 << attention as u8
}
