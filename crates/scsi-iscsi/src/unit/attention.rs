//! Unit attentions of one nexus: what it must be told before anything else.
//!
//! SAM "Unit attention condition": a condition is established for every I_T nexus, reported to each once. In which
//! order several are told no source settles; here reset comes before a change of medium, that before a change of
//! mode parameters, then the rest as they came: the order that the simulated drive has too.

use mmc_wire::{Sense, SenseKey};

/// Sense code of everything that a reset or power on leaves behind (T10 "ASC/ASCQ assignments", 29h).
const RESET: u8 = 0x29;
/// Conditions that wait at most. A device that invents codes must not fill the memory.
const MOST: usize = 16;

/// Whether this tells of a reset or power on, of whatever kind.
pub(super) fn is_reset(sense: Sense) -> bool {
    sense.key == SenseKey::UNIT_ATTENTION && sense.asc == RESET
}

/// Conditions that wait to be told, each once.
#[derive(Debug, Default)]
pub(super) struct Pending(Vec<Sense>);

impl Pending {
    /// Makes one pending, unless it is already. Whether that was news.
    ///
    /// One reset is as good as several: 29/00 says "power on, reset, or bus device reset" and so contains the others.
    pub(super) fn raise(&mut self, sense: Sense) -> bool {
        if is_reset(sense)
            && let Some(reset) = self.0.iter_mut().find(|known| is_reset(**known))
        {
            reset.ascq = reset.ascq.min(sense.ascq);
            return false;
        }
        let news = !self.0.contains(&sense) && self.0.len() < MOST;
        if news {
            self.0.push(sense);
            self.0.sort_by_key(|known| rank(*known));
        }
        news
    }

    /// The one to tell next, which is thereby told.
    pub(super) fn take(&mut self) -> Option<Sense> {
        if self.0.is_empty() { None } else { Some(self.0.remove(0)) }
    }

    /// It was told in another way.
    pub(super) fn heard(&mut self, sense: Sense) {
        self.0.retain(|known| *known != sense && !(is_reset(sense) && is_reset(*known)));
    }
}

fn rank(sense: Sense) -> u8 {
    match sense.asc {
        RESET => 0,
        0x28 => 1,
        0x2A => 2,
        _ => 3,
    }
}
