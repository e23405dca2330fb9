//! Sessions that a scene laid out: P to W of their frames, and which of them are there.

use core::ops::Range;
use std::sync::Arc;

use cd_format::address::PREGAP_FRAMES;
use cd_format::lead_in::Contents;
use cd_format::sector::SectorMode;
use cd_format::session::{DiscType, FIRST_LEAD_OUT_FRAMES, LATER_LEAD_OUT_FRAMES, RUN_OUT_FRAMES};
use cd_format::sub_channel::cd_text_symbols::cd_text_sector;
use cd_format::sub_channel::interleave::set_pq;
use cd_format::sub_channel::{
    Isrc, Mcn, Rules, SUB_CHANNEL_BYTES, SessionLayout, SubChannelPlan, TrackLayout,
};
use cd_format::{CdTextPack, Lba, TocEntry};

use super::{Frame, sector};
use crate::disc::packets::{LEADER_FRAMES, fixed_indicator};
use crate::disc::{Disc, DiscState, Packets, SceneError, Track};
use crate::scene::Written;
use crate::store::MAIN;

/// The sessions that the scene of a disc laid out.
///
/// A clone shares everything, however many sessions there are.
#[derive(Clone, Debug, Default)]
pub struct Laid {
    sessions: Arc<Vec<LaidSession>>,
    /// Ascending; what has been erased is not among them.
    runs: Arc<Vec<Run>>,
}

/// Frames of one session that follow one another.
#[derive(Clone, Debug)]
struct Run {
    range: Range<Lba>,
    session: usize,
}

#[derive(Clone, Debug)]
struct LaidSession {
    plan: SubChannelPlan,
    tracks: Vec<LaidTrack>,
    lead_in: Lba,
    program: Lba,
    program_end: Lba,
    text: Vec<CdTextPack>,
}

#[derive(Clone, Debug)]
struct LaidTrack {
    pregap: Lba,
    user: Range<Lba>,
    /// In fixed packets, of zeros, as FORMAT UNIT leaves them.
    packets: bool,
    mode: SectorMode,
    seed: u64,
}

/// Where the lead-in of a pressed disc begins: two and a half minutes before the program, as on most
/// recordable ones. Nothing on the disc says.
const PRESSED_LEAD_IN: Lba = Lba(-11_400);
/// The frame behind the last that the clock can name, 99:59:74.
const CLOCK_END: i32 = 449_850;

impl Laid {
    /// The sessions of `disc` as its scene describes them.
    pub(in crate::disc) fn of(disc: &Disc) -> Result<Self, SceneError> {
        let refuse = |number: u16, why: &dyn core::fmt::Display| {
            SceneError(format!("session {number} cannot be laid out: {why}"))
        };
        let mut layouts = Vec::new();
        for session in disc.closed() {
            let first = session.number == 1;
            let nominal = if first { FIRST_LEAD_OUT_FRAMES } else { LATER_LEAD_OUT_FRAMES };
            let lead_out_frames = nominal.min(CLOCK_END - session.lead_out.0);
            layouts.push(SessionLayout {
                lead_in: lead_in(disc, session.number),
                tracks: track_layouts(&session.tracks),
                lead_out: session.lead_out,
                lead_out_frames: u32::try_from(lead_out_frames).unwrap_or(0),
                mcn: mcn(disc),
            });
        }
        let toc = lead_ins(disc, &layouts)?;
        let (mut sessions, mut runs) = (Vec::new(), Vec::new());
        for (session, layout) in disc.closed().iter().zip(&layouts) {
            let entries: Vec<TocEntry> =
                toc.iter().filter(|entry| u16::from(entry.session) == session.number).copied().collect();
            let plan = SubChannelPlan::new(layout, &entries, Rules::default())
                .map_err(|why| refuse(session.number, &why))?;
            let text = if session.number == 1 { &disc.cd_text[..] } else { &[] };
            let end = layout.lead_out + i32::try_from(layout.lead_out_frames).unwrap_or(0);
            runs.push(Run { range: layout.lead_in..end, session: sessions.len() });
            sessions.push(LaidSession {
                text: text.iter().map(|pack| CdTextPack::from_bytes(*pack)).collect(),
                ..LaidSession::new(plan, layout, &session.tracks, session.format, disc.formatted)
            });
        }
        if let Some(open) = disc.open() {
            let tracks = track_layouts(&open.tracks);
            let layout = SessionLayout {
                lead_in: tracks.first().map_or(Lba(0), |track| track.pregap),
                tracks,
                lead_out: open.next - PREGAP_FRAMES,
                lead_out_frames: 0,
                mcn: mcn(disc),
            };
            let plan = SubChannelPlan::new(&layout, &[], Rules::default())
                .map_err(|why| refuse(open.number, &why))?;
            for (track, layout) in open.tracks.iter().zip(&layout.tracks).filter(|(track, _)| !track.reserved)
            {
                let range = layout.pregap..track.end() + RUN_OUT_FRAMES;
                runs.push(Run { range, session: sessions.len() });
            }
            sessions.push(LaidSession::new(plan, &layout, &open.tracks, 0, disc.formatted));
        }
        Ok(Self { sessions: Arc::new(sessions), runs: Arc::new(runs) })
    }

    /// The stretches that are there, session by session; those of neighbours may touch.
    pub fn runs(&self) -> impl Iterator<Item = Range<Lba>> {
        self.runs.iter().map(|run| run.range.clone())
    }

    /// Erases the frames of `range`, as BLANK does.
    pub fn erase(&mut self, range: &Range<Lba>) {
        let kept = self.runs.iter().flat_map(|run| {
            let before = run.range.start..run.range.end.min(range.start);
            let behind = run.range.start.max(range.end)..run.range.end;
            [before, behind]
                .into_iter()
                .filter(|rest| rest.start < rest.end)
                .map(|range| Run { range, session: run.session })
        });
        self.runs = Arc::new(kept.collect());
    }

    /// Makes the frame at `lba`, if it is there.
    pub(super) fn write(&self, lba: Lba, frame: &mut Frame) -> bool {
        let place = self.runs.partition_point(|run| run.range.end <= lba);
        let run = self.runs.get(place).filter(|run| run.range.contains(&lba));
        match run.and_then(|run| self.sessions.get(run.session)) {
            Some(session) => session.write(lba, frame).is_some(),
            None => false,
        }
    }
}

impl LaidSession {
    fn new(
        plan: SubChannelPlan,
        layout: &SessionLayout,
        tracks: &[Track],
        format: u8,
        formatted: bool,
    ) -> Self {
        let tracks = tracks.iter().zip(&layout.tracks).map(|(track, layout)| LaidTrack {
            pregap: layout.pregap,
            user: track.start..track.end(),
            packets: track.packets == Some(Packets::Fixed),
            mode: sector::mode(track, format, formatted),
            seed: u64::from(track.number),
        });
        Self {
            plan,
            tracks: tracks.collect(),
            lead_in: layout.lead_in,
            program: layout.program().unwrap_or(layout.lead_in),
            program_end: layout.lead_out,
            text: Vec::new(),
        }
    }

    fn write(&self, lba: Lba, frame: &mut Frame) -> Option<()> {
        let (q, p) = self.plan.at(lba)?;
        // The lead-in has the kind of the first track, the lead-out that of the last.
        let track = self.tracks.partition_point(|track| track.pregap <= lba).saturating_sub(1);
        let track = self.tracks.get(track)?;
        let (main, sub) = frame.split_first_chunk_mut::<MAIN>()?;
        let sub = sub.first_chunk_mut::<SUB_CHANNEL_BYTES>()?;
        if track.packets {
            sector::write(main, track.mode, lba, None);
            let within = lba - track.user.start;
            let around = -LEADER_FRAMES..self.program_end - track.user.start;
            if around.contains(&within) {
                sector::mark_link(main, track.mode, fixed_indicator(within));
            }
        } else {
            sector::write(main, track.mode, lba, track.user.contains(&lba).then_some(track.seed));
        }
        *sub = match lba < self.program {
            true => cd_text_sector(&self.text, lba.0.abs_diff(self.lead_in.0)),
            false => [0; SUB_CHANNEL_BYTES],
        };
        set_pq(sub, p, q);
        Some(())
    }
}

/// Where a session's lead-in begins.
fn lead_in(disc: &Disc, session: u16) -> Lba {
    let told = disc.lead_in_of(session);
    match session {
        1 => told.filter(|lba| (Lba::MIN..Lba(-PREGAP_FRAMES)).contains(lba)).unwrap_or(PRESSED_LEAD_IN),
        _ => told.unwrap_or(PRESSED_LEAD_IN),
    }
}

/// Entries of all lead-ins, as READ TOC gives them.
fn lead_ins(disc: &Disc, layouts: &[SessionLayout]) -> Result<Vec<TocEntry>, SceneError> {
    let sessions: Vec<cd_format::Session> = disc
        .closed()
        .iter()
        .zip(layouts)
        .map(|(session, layout)| {
            layout.session(u8::try_from(session.number).unwrap_or(u8::MAX), DiscType(session.format))
        })
        .collect();
    let appendable = matches!(disc.state, DiscState::Appendable { .. } | DiscState::Open { .. });
    Contents { sessions: &sessions, atip: disc.atip.as_ref(), appendable }
        .full_toc()
        .map_err(|why| SceneError(format!("the disc has no table of contents: {why}")))
}

/// The first track has a pause of two seconds, and so has every one written at once.
fn track_layouts(tracks: &[Track]) -> Vec<TrackLayout> {
    let with_pause = |(n, track): (usize, &Track)| {
        let pause = if n == 0 || track.written == Written::Tao { PREGAP_FRAMES } else { 0 };
        TrackLayout {
            number: track.number,
            control: track.control,
            alternate_copy: false,
            pregap: track.start - pause,
            start: track.start,
            indexes: Vec::new(),
            isrc: track.isrc.and_then(Isrc::from_ascii),
        }
    };
    tracks.iter().enumerate().map(with_pause).collect()
}

fn mcn(disc: &Disc) -> Option<Mcn> {
    disc.mcn.and_then(|digits| Mcn::from_digits(digits.map(|digit| digit.wrapping_sub(b'0'))))
}
