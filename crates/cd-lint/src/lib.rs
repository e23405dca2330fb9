//! Rules for what is recorded on a CD, and what of a disc breaks them.
//!
//! [`lint`] reads whatever keeps [`RecordedFrames`] once, block by block, and tells what is against a
//! [`Rule`]. Which areas a disc has it takes from the Q channel alone, as a drive does that has no
//! other help.
//!
//! | module | holds |
//! |---|---|
//! | `rule` | the rules, a row each |
//! | `report` | what is told, as text and for machines |
//! | `disc` | which session, area, track and index a block lies in, and whether that follows |
//! | `ends` | what is to be said when an area, a track or a session is over |
//! | `planned` | what a session's layout tells already: [`short_tracks`] |
//! | `toc`, `control`, `codes`, `zeros`, `p_channel`, `rw`, `main_channel` | the rules of one kind each |
//!
//! Where burning programs and standards part ways ([`Rules`](cd_format::sub_channel::Rules)), all of
//! them are right. So are, behind a track written track-at-once, two blocks of run-out that are no
//! sectors, and before the next one link and run-in.
//!
//! Always: memory does not grow with the disc, and time grows with its blocks alone, whatever the
//! bytes are. Never: a correction. What cannot be read, as a Q frame with a wrong CRC, is told once
//! and says nothing else.
//!
//! ```
//! use cd_format::{Lba, RecordedFrames};
//! use cd_lint::{Options, lint};
//!
//! struct Blank;
//! impl RecordedFrames for Blank {
//!     type Error = std::convert::Infallible;
//!     fn runs(&self) -> Vec<std::ops::Range<Lba>> {
//!         Vec::new()
//!     }
//!     fn read(&self, _: Lba, _: &mut [u8]) -> Result<(), Self::Error> {
//!         Ok(())
//!     }
//! }
//!
//! let report = lint(&Blank, &Options::default())?;
//! assert!(report.is_clean() && report.sessions.is_empty());
//! # Ok::<(), std::convert::Infallible>(())
//! ```
#![forbid(unsafe_code)]

mod codes;
mod control;
mod disc;
mod ends;
mod findings;
mod main_channel;
mod p_channel;
mod planned;
mod report;
mod rule;
mod rw;
mod session;
mod steady;
mod toc;
mod track;
mod zeros;

use cd_format::{Lba, RecordedFrames};

pub use planned::short_tracks;
pub use report::{Finding, MOST_SESSIONS, Omitted, Report, SessionSeen};
pub use rule::{Rule, Severity};

/// What else is known of the disc, and how much to tell.
#[derive(Clone, Copy, Debug, Eq, PartialEq)]
pub struct Options {
    /// Where the first lead-in starts, as the ATIP says.
    pub lead_in: Option<Lba>,
    /// Where the last lead-out may start at the latest, as the ATIP says.
    pub last_lead_out: Option<Lba>,
    /// Findings of one rule that are listed; the rest are counted.
    pub findings_per_rule: usize,
}

impl Default for Options {
    fn default() -> Self {
        Self { lead_in: None, last_lead_out: None, findings_per_rule: 20 }
    }
}

/// Blocks of the disc's clock, 100 minutes.
const CLOCK_BLOCKS: i32 = 450_000;

/// Looks at every recorded block, in order, once.
pub fn lint<R: RecordedFrames>(frames: &R, options: &Options) -> Result<Report, R::Error> {
    let mut disc = disc::Disc::new(options);
    for run in frames.runs() {
        let end = run.end.0;
        disc.begin_run(run.start.0);
        frames.for_each_frame(run, &mut |lba, frame| disc.see(lba.0, frame))?;
        disc.end_run(end);
    }
    Ok(disc.into_report())
}

/// The block's time as the program's clock shows it.
fn program_time(lba: i32) -> String {
    Lba(lba).to_program_msf().map_or_else(|| format!("LBA {lba}"), |time| time.to_string())
}
