//! Where on a disc a session lies.

use cd_format::Lba;
use cd_format::address::PREGAP_FRAMES;
use cd_format::session::{FIRST_LEAD_OUT_FRAMES, LATER_LEAD_OUT_FRAMES, NextSession};

/// Where a session lies.
#[derive(Clone, Copy, Debug, Eq, PartialEq)]
pub struct Place {
    /// First block of its lead-in; [`program`](Self::program) for none.
    pub lead_in: Lba,
    /// First block of its first pregap.
    pub program: Lba,
    /// Blocks of its lead-out.
    pub lead_out_frames: u32,
}

impl Place {
    /// The first session of a disc whose lead-in starts at `lead_in` (the ATIP's time).
    pub const fn first(lead_in: Lba) -> Self {
        let lead_out_frames = FIRST_LEAD_OUT_FRAMES as u32;
        Self { lead_in, program: Lba(-PREGAP_FRAMES), lead_out_frames }
    }

    /// A session behind another.
    pub const fn after(next: &NextSession) -> Self {
        let lead_out_frames = LATER_LEAD_OUT_FRAMES as u32;
        Self { lead_in: next.lead_in, program: next.pregap, lead_out_frames }
    }
}
