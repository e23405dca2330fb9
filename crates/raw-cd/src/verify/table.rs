//! The table of contents that the image's lead-in says, against the one that the drive read.

use std::collections::BTreeMap;

use cd_format::sub_channel::{CrcState, QFrame};
use cd_format::{Adr, Point, TocEntry};
use mmc_wire::block::toc::FullToc;
use mmc_wire::command::TocFormat;

use crate::next_session;
use crate::{Error, Recorder};

/// Entries by what they point at. A lead-in says each many times, always the same.
#[derive(Default)]
pub(super) struct Entries {
    entries: BTreeMap<Point, TocEntry>,
}

impl Entries {
    /// Takes the frame if it is an entry: ADR 1, TNO 0, tracks and A0 to A2.
    pub fn note(&mut self, frame: QFrame) {
        let [_, tno, point, ..] = frame.body();
        let is_entry = frame.adr() == Adr::POSITION && tno == 0 && frame.crc_state() != CrcState::Bad;
        if !is_entry || point == 0 {
            return;
        }
        if let Ok(entry) = frame.toc_entry(0) {
            let wanted = entry.point.track().is_some() || (Point::A0..=Point::A2).contains(&entry.point);
            if wanted {
                self.entries.entry(entry.point).or_insert(entry);
            }
        }
    }

    /// Whether the drive's table has them all, in one and the same session; `false` where the drive
    /// gives none.
    pub fn compare(&self, recorder: &Recorder) -> Result<bool, Error> {
        let Some(toc) = next_session::table::<FullToc>(recorder, TocFormat::FULL_TOC)? else {
            return Ok(false);
        };
        for (point, image) in &self.entries {
            let of_last = |entry: &&TocEntry| {
                entry.session == toc.last_session && entry.point == *point && entry.adr == image.adr
            };
            let disc = toc.entries.iter().find(of_last);
            let facts = |entry: &TocEntry| (entry.control, entry.p_time);
            if disc.map(facts) != Some(facts(image)) {
                return Err(Error::VerifyTocFailed {
                    point: *point,
                    expected: text(image),
                    seen: disc.map_or_else(|| "no such entry".to_owned(), text),
                });
            }
        }
        Ok(true)
    }
}

fn text(entry: &TocEntry) -> String {
    let [m, s, f] = entry.p_time;
    format!("control {:X}h, {m:02}:{s:02}:{f:02}", entry.control.nibble())
}
