//! What lies where on a disc, from the inside outward.

use cd_format::address::PREGAP_FRAMES;
use cd_format::session::{FIRST_LEAD_OUT_FRAMES, LATER_LEAD_OUT_FRAMES};
use cd_format::{Lba, RecordedFrames};
use mmc_sim::Disc;
use mmc_sim::disc::Track;

/// A stretch of the disc.
#[derive(Clone, Debug, Eq, PartialEq)]
pub struct Area {
    pub name: String,
    pub kind: Kind,
    pub first: Lba,
    /// The block behind its last.
    pub end: Lba,
}

/// What a stretch is for.
#[derive(Clone, Copy, Debug, Eq, PartialEq)]
pub enum Kind {
    LeadIn,
    Pregap,
    Audio,
    Data,
    Reserved,
    /// Between tracks: pauses, run-out.
    Gap,
    LeadOut,
    /// Recorded, and of no session.
    Fragment,
    /// Where something can be written.
    Free,
}

impl Kind {
    pub const fn letter(self) -> char {
        match self {
            Self::LeadIn => 'i',
            Self::Pregap => 'p',
            Self::Audio => 'A',
            Self::Data => 'D',
            Self::Reserved => 'R',
            Self::Gap => '-',
            Self::LeadOut => 'o',
            Self::Fragment => '?',
            Self::Free => '.',
        }
    }

    pub const fn name(self) -> &'static str {
        match self {
            Self::LeadIn => "lead-in",
            Self::Pregap => "pregap",
            Self::Audio => "audio",
            Self::Data => "data",
            Self::Reserved => "reserved",
            Self::Gap => "gap",
            Self::LeadOut => "lead-out",
            Self::Fragment => "fragment",
            Self::Free => "free",
        }
    }
}

/// All of them, without holes between the first lead-in and the last lead-out there may be.
pub fn areas(disc: &Disc) -> Vec<Area> {
    let mut map = Map { areas: Vec::new() };
    let runs = disc.frames().runs();
    let run_at = |lba: Lba| runs.iter().find(|run| run.contains(&lba));
    for session in disc.closed() {
        let number = session.number;
        let pregap = session.tracks.first().map_or(session.lead_out, |track| track.start) - PREGAP_FRAMES;
        // A pressed disc has no pregroove that would say where its lead-in begins.
        let lead_in = disc.lead_in_of(number).or_else(|| run_at(pregap - 1).map(|run| run.start));
        let lead_in = lead_in.map_or(pregap, |start| map.end().map_or(start, |end| start.max(end)));
        map.add(format!("session {number} lead-in"), Kind::LeadIn, lead_in, pregap);
        map.tracks(&session.tracks);
        let frames = if number == 1 { FIRST_LEAD_OUT_FRAMES } else { LATER_LEAD_OUT_FRAMES };
        let end = session.lead_out + frames;
        // What was really recorded of it, where a host or the power made it another length.
        let recorded = run_at(session.lead_out);
        map.add(
            format!("session {number} lead-out"),
            Kind::LeadOut,
            session.lead_out,
            recorded.map_or(end, |run| run.end.min(end)),
        );
    }
    if let Some(open) = disc.open() {
        map.tracks(&open.tracks);
    }
    if disc.is_damaged() {
        let behind = map.end().unwrap_or(Lba::MIN);
        for run in disc.store.runs(behind) {
            map.add("cut short".to_owned(), Kind::Fragment, run.start, run.end);
        }
    }
    let outermost = disc.lead_out_limit().or_else(|| map.end());
    let start = map.end().or_else(|| disc.next_lead_in());
    if let (Some(start), Some(end)) = (start, outermost.map(|limit| limit + FIRST_LEAD_OUT_FRAMES))
        && disc.lead_out_limit().is_some()
    {
        map.add("free".to_owned(), Kind::Free, start, end);
    }
    map.areas
}

struct Map {
    areas: Vec<Area>,
}

impl Map {
    fn end(&self) -> Option<Lba> {
        self.areas.last().map(|area| area.end)
    }

    /// Adds a stretch; what lies between it and the one before is a gap.
    fn add(&mut self, name: String, kind: Kind, first: Lba, end: Lba) {
        if end <= first {
            return;
        }
        if let Some(before) = self.end()
            && before < first
        {
            self.areas.push(Area { name: "gap".to_owned(), kind: Kind::Gap, first: before, end: first });
        }
        self.areas.push(Area { name, kind, first, end });
    }

    fn tracks(&mut self, tracks: &[Track]) {
        if let Some(first) = tracks.first() {
            self.add("pregap".to_owned(), Kind::Pregap, first.start - PREGAP_FRAMES, first.start);
        }
        for track in tracks {
            let kind = match (track.reserved, track.control.is_data()) {
                (true, _) => Kind::Reserved,
                (false, true) => Kind::Data,
                (false, false) => Kind::Audio,
            };
            self.add(
                format!("track {:02} {}", track.number, kind.name()),
                kind,
                track.start,
                track.end_frame(),
            );
        }
    }
}

#[cfg(test)]
mod tests {
    use mmc_sim::{DiscKind, scene};

    use super::*;

    #[test]
    fn areas_follow_one_another_without_holes() {
        let track = |content| scene::TrackScene {
            content,
            blocks: 400,
            copy: false,
            pre_emphasis: false,
            isrc: None,
            reserved: false,
        };
        let session = scene::SessionScene {
            tracks: vec![track(scene::Content::Audio), track(scene::Content::Mode1)],
            written: scene::Written::Tao,
            format: scene::SessionFormat::CdRom,
        };
        let scene = scene::DiscScene {
            sessions: vec![session.clone(), session],
            ..scene::DiscScene::blank(DiscKind::CdR, "97:26:66".parse().unwrap(), "79:59:74".parse().unwrap())
        };
        let areas = areas(&Disc::build(&scene).unwrap());
        assert!(areas.windows(2).all(|pair| pair[0].end == pair[1].first), "{areas:#?}");
        let drawn: String = areas.iter().map(|area| area.kind.letter()).collect();
        assert_eq!(drawn, "ipA-D-oipA-D-o.");
        assert_eq!((areas[0].first, areas[areas.len() - 1].end), (Lba(-11_634), Lba(359_849 + 6750)));

        let pressed =
            scene::DiscScene { kind: DiscKind::CdRom, atip: None, end: scene::End::Finalised, ..scene };
        let areas = self::areas(&Disc::build(&pressed).unwrap());
        let drawn: String = areas.iter().map(|area| area.kind.letter()).collect();
        assert_eq!(drawn, "ipA-D-oipA-D-o", "a pressed disc has lead-ins too");
        assert!(areas[0].first < Lba(-150 - 4500), "{areas:#?}");
    }
}
