//! The table of contents as a host's lead-in spells it: every entry many times, in Q.

use std::collections::BTreeMap;

use cd_format::lead_in::sessions;
use cd_format::sub_channel::QFrame;
use cd_format::{Adr, Point, Session, TocEntry};

/// Different readings of one entry that are kept apart; a lead-in has one.
const READINGS: usize = 4;

/// Entries, with how often each was seen.
#[derive(Clone, Debug)]
pub(super) struct Table {
    votes: BTreeMap<(u8, Point), Vec<(TocEntry, u32)>>,
}

impl Table {
    /// No entries.
    pub const EMPTY: Self = Self { votes: BTreeMap::new() };

    /// Counts a frame of the lead-in whose CRC is good.
    pub fn note(&mut self, frame: QFrame) {
        let Ok(mut entry) = frame.toc_entry(0) else { return };
        if entry.adr == Adr::POSITION {
            // MIN, SEC, FRAME are where in the lead-in this is.
            entry.time = [0; 3];
        }
        let readings = self.votes.entry((entry.adr.nibble(), entry.point)).or_default();
        if let Some((_, votes)) = readings.iter_mut().find(|(seen, _)| *seen == entry) {
            *votes = votes.saturating_add(1);
        } else if readings.len() < READINGS {
            readings.push((entry, 1));
        }
    }

    /// The entries of session `number`: of different readings the one seen most often.
    pub fn entries(&self, number: u8) -> Vec<TocEntry> {
        let best = |readings: &Vec<(TocEntry, u32)>| {
            let most = readings.iter().map(|(_, votes)| *votes).max()?;
            readings.iter().find(|(_, votes)| *votes == most).map(|(entry, _)| *entry)
        };
        let mut entries: Vec<TocEntry> = self.votes.values().filter_map(best).collect();
        for entry in &mut entries {
            entry.session = number;
        }
        // As READ TOC gives them: A0 to A2, tracks, then what has ADR 5.
        entries.sort_by_key(|entry| (entry.adr.nibble(), entry.point.track().is_some(), entry.point));
        entries
    }

    /// The session that the entries tell of; `None` unless they have A0, A1, A2 and tracks that
    /// follow one another and end before the lead-out.
    pub fn session(entries: &[TocEntry]) -> Option<Session> {
        let points = [Point::A0, Point::A1, Point::A2];
        let has = |point| entries.iter().any(|entry| entry.adr == Adr::POSITION && entry.point == point);
        let session = sessions(entries).pop()?;
        let ordered = session.tracks.iter().all(|track| track.start < track.end)
            && session.tracks.windows(2).all(|pair| pair[0].number + 1 == pair[1].number);
        (points.into_iter().all(has) && !session.tracks.is_empty() && ordered).then_some(session)
    }

    /// Whether the entries point at a next session: B0, and not FF:FF:FF (MMC "Mode-5 Q").
    pub fn may_go_on(entries: &[TocEntry]) -> bool {
        entries
            .iter()
            .any(|entry| entry.adr == Adr::MULTI_SESSION && entry.point == Point::B0 && entry.msf().is_some())
    }
}
