//! The P channel: a flag that simple players look for to find tracks.
//!
//! 1 in the pause and for at least two seconds before a track's start; 0 in the track; in the
//! lead-out 0 for two seconds, then changing at 2 Hz; 0 in the lead-in (ECMA-130 22.2, IEC 60908).

use serde::{Deserialize, Serialize};

/// Frames of two seconds.
pub(super) const TWO_SECONDS: i32 = 150;

/// P from the first pregap to the lead-out.
#[derive(Clone, Copy, Debug, Default, Eq, Hash, PartialEq, Serialize, Deserialize)]
pub enum ProgramP {
    /// 1 in index 0, and in the 150 blocks before index 1 of a track whose pause is shorter (cdrdao).
    #[default]
    TwoSeconds,
    /// 1 in index 0 and nowhere else (cdrecord).
    Pause,
    /// 1 in index 0, and in the first block of the first track (libburn).
    PauseAndFirstBlock,
}

/// P in the lead-out. 2 Hz is 19 blocks on and 19 off, as near as whole blocks come.
#[derive(Clone, Copy, Debug, Default, Eq, Hash, PartialEq, Serialize, Deserialize)]
pub enum LeadOutP {
    /// 0 for two seconds, then 2 Hz, beginning with 1.
    #[default]
    TwoHertz,
    /// 1 in the first block, 0 to the end of two seconds, then 2 Hz (libburn).
    FirstBlockThenTwoHertz,
    /// 1 for two seconds, then 2 Hz (cdrdao).
    TwoSecondsThenTwoHertz,
    /// 0 for two seconds, then 75 on and 75 off (cdrecord).
    HalfHertz,
}

impl LeadOutP {
    /// P of the block `offset` blocks into the lead-out.
    pub const fn bit(self, offset: u32) -> bool {
        match (self, offset.checked_sub(TWO_SECONDS as u32)) {
            (Self::HalfHertz, Some(n)) => n / 75 % 2 == 0,
            (_, Some(n)) => n / 19 % 2 == 0,
            (Self::FirstBlockThenTwoHertz, None) => offset == 0,
            (Self::TwoSecondsThenTwoHertz, None) => true,
            (Self::TwoHertz | Self::HalfHertz, None) => false,
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    /// Runs of equal bits over the first 300 blocks: value and length.
    fn runs(rule: LeadOutP) -> Vec<(bool, u32)> {
        let mut runs: Vec<(bool, u32)> = Vec::new();
        for bit in (0..300).map(|n| rule.bit(n)) {
            match runs.last_mut() {
                Some((value, length)) if *value == bit => *length += 1,
                _ => runs.push((bit, 1)),
            }
        }
        runs
    }

    #[test]
    fn the_lead_out_flickers_as_each_program_has_it() {
        assert_eq!(runs(LeadOutP::TwoHertz)[..4], [(false, 150), (true, 19), (false, 19), (true, 19)]);
        assert_eq!(runs(LeadOutP::FirstBlockThenTwoHertz)[..3], [(true, 1), (false, 149), (true, 19)]);
        assert_eq!(runs(LeadOutP::TwoSecondsThenTwoHertz)[..3], [(true, 169), (false, 19), (true, 19)]);
        assert_eq!(runs(LeadOutP::HalfHertz), [(false, 150), (true, 75), (false, 75)]);
    }
}
