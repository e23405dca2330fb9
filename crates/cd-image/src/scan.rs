//! What frames say of themselves: sessions, tracks and indexes as Q tells them.

use std::collections::BTreeMap;

use cd_format::recorded::{FRAME_BYTES, RecordedFrames};
use cd_format::sector::{HEADER, SECTOR_LEN};
use cd_format::session::DiscType;
use cd_format::sub_channel::cd_text_symbols::cd_text_packs;
use cd_format::sub_channel::interleave::q_frame;
use cd_format::sub_channel::{LEAD_OUT_TNO, QContent, SUB_CHANNEL_BYTES, SessionLayout, TrackLayout};
use cd_format::{CdTextPack, Control, Lba, LeadInTold, Msf, Point};

use crate::compose::turn;
use crate::error::ImageError;
use crate::layout::TrackMode;

/// Frames that are read at once.
const AT_ONCE: i32 = 64;

/// A session as its frames tell it.
#[derive(Clone, Debug, Eq, PartialEq)]
pub struct RecordedSession {
    /// Areas, tracks, indexes and codes. The lead-in begins at the program area where there is none,
    /// and the lead-out has no blocks where there is none.
    pub layout: SessionLayout,
    /// What the disc is meant for, by the lead-in's point A0.
    pub disc_type: DiscType,
    /// For each track what its sectors are: audio, or one of the raw modes.
    pub modes: Vec<TrackMode>,
    /// The intact CD-TEXT packs of the lead-in, by block and sequence number.
    pub cd_text: Vec<CdTextPack>,
    /// Whether R to W of the lead-in hold anything else.
    pub has_other_r_to_w: bool,
}

impl RecordedSession {
    /// First block behind the track at position `n`.
    pub(crate) fn end_of(&self, n: usize) -> Lba {
        self.layout.tracks.get(n + 1).map_or(self.layout.lead_out, |next| next.pregap)
    }

    /// Position of the track that `lba` lies in.
    pub(crate) fn track_at(&self, lba: Lba) -> usize {
        self.layout.tracks.partition_point(|track| track.pregap <= lba).saturating_sub(1)
    }

    pub(crate) fn mode(&self, track: usize) -> TrackMode {
        self.modes.get(track).copied().unwrap_or(TrackMode::Audio)
    }
}

/// The sessions that have a track, in order. Frames of which Q cannot be read belong to what lies before
/// them, unless the relative time of a later frame says where its index 1 was.
pub fn sessions<F: RecordedFrames>(frames: &F) -> Result<Vec<RecordedSession>, ImageError> {
    let mut scan = Scan { told: frames.told_of_lead_in(), ..Scan::default() };
    for run in frames.runs() {
        scan.draft = Draft::at(run.start);
        each(frames, run.start, run.end, |lba, frame| {
            let Some(raw) = frame[SECTOR_LEN..].first_chunk::<SUB_CHANNEL_BYTES>() else { return Ok(()) };
            let q = q_frame(raw);
            if let Some(content) = q.content().ok().filter(|_| q.crc_ok()) {
                scan.feed(lba, q.control(), content);
            }
            if scan.draft.tracks.is_empty() && raw.iter().any(|bits| bits & 0x3F != 0) {
                scan.draft.text(raw);
            }
            Ok(())
        })?;
        scan.finish(run.end);
    }
    if let Some(session) = scan.done.first_mut().filter(|session| session.cd_text.is_empty()) {
        let told = scan.told.cd_text.into_iter().filter(|pack| pack.is_intact());
        let by_place: BTreeMap<_, _> = told.map(|pack| ((pack.block(), pack.sequence), pack)).collect();
        session.cd_text = by_place.into_values().collect();
    }
    for session in &mut scan.done {
        session.modes =
            session.layout.tracks.iter().map(|track| mode_of(frames, track)).collect::<Result<_, _>>()?;
    }
    Ok(scan.done)
}

/// Calls `visit` with every frame from `from` to before `to`.
pub(crate) fn each<F: RecordedFrames>(
    frames: &F,
    from: Lba,
    to: Lba,
    mut visit: impl FnMut(Lba, &mut [u8; FRAME_BYTES]) -> Result<(), ImageError>,
) -> Result<(), ImageError> {
    let mut buffer = vec![0; FRAME_BYTES * AT_ONCE as usize];
    let mut at = from;
    while at < to {
        let count = (to - at).min(AT_ONCE);
        let chunk = &mut buffer[..FRAME_BYTES * count as usize];
        frames.read(at, chunk).map_err(|source| ImageError::Frames { lba: at, source: Box::new(source) })?;
        let (chunk, _) = chunk.as_chunks_mut::<FRAME_BYTES>();
        for (frame, lba) in chunk.iter_mut().zip(at.0..) {
            visit(Lba(lba), frame)?;
        }
        at = at + count;
    }
    Ok(())
}

/// What a track's first sector is, by CONTROL and its header.
fn mode_of<F: RecordedFrames>(frames: &F, track: &TrackLayout) -> Result<TrackMode, ImageError> {
    if !track.control.is_data() {
        return Ok(TrackMode::Audio);
    }
    let mut mode = TrackMode::Mode1Raw;
    each(frames, track.start, track.start + 1, |_, frame| {
        if let Some(main) = frame.first_chunk_mut::<SECTOR_LEN>() {
            turn(main, mode);
            if main[HEADER + 3] == 2 {
                mode = TrackMode::Mode2Raw;
            }
        }
        Ok(())
    })?;
    Ok(mode)
}

#[derive(Default)]
struct Scan {
    /// What is known of a lead-in without its frames.
    told: LeadInTold,
    done: Vec<RecordedSession>,
    draft: Draft,
}

/// A session of which not all has been seen.
#[derive(Default)]
struct Draft {
    first: Lba,
    tracks: Vec<Seen>,
    lead_out: Option<Lba>,
    mcn: Option<cd_format::sub_channel::Mcn>,
    disc_type: Option<DiscType>,
    cd_text: BTreeMap<(u8, u8), CdTextPack>,
    has_other_r_to_w: bool,
    /// The last block that said where it is.
    last: Lba,
}

/// A track of which not all has been seen.
struct Seen {
    layout: TrackLayout,
    /// The last index.
    index: u8,
    /// Whether copying was permitted somewhere, and whether it was not.
    copy: [bool; 2],
}

impl Draft {
    fn at(first: Lba) -> Self {
        Self { first, last: first - 1, ..Self::default() }
    }

    /// Takes the packs of a lead-in frame. Of two with the same number the first counts.
    fn text(&mut self, raw: &[u8; SUB_CHANNEL_BYTES]) {
        for pack in cd_text_packs(raw) {
            if pack.is_intact() {
                let known = self.cd_text.entry((pack.block(), pack.sequence)).or_insert(pack);
                self.has_other_r_to_w |= *known != pack;
            } else {
                self.has_other_r_to_w = true;
            }
        }
    }

    /// Where index 1 begins, of which a frame behind it is the first that was read.
    fn start(&self, lba: Lba, relative: Msf) -> Lba {
        (lba - relative.clock()).clamp((self.last + 1).min(lba), lba)
    }
}

impl Scan {
    fn feed(&mut self, lba: Lba, control: Control, content: QContent) {
        match content {
            QContent::Toc(entry) => {
                if !self.draft.tracks.is_empty() {
                    self.finish(lba);
                    self.draft = Draft::at(lba);
                }
                if entry.point == Point::A0 && self.draft.disc_type.is_none() {
                    self.draft.disc_type = Some(DiscType(entry.p_time[1]));
                }
                self.draft.last = lba;
            }
            QContent::Position { tno: LEAD_OUT_TNO, relative, .. } => {
                if self.draft.lead_out.is_none() && !self.draft.tracks.is_empty() {
                    self.draft.lead_out = Some(self.draft.start(lba, relative));
                }
                self.draft.last = lba;
            }
            QContent::Position { tno, index, relative, .. } => {
                if self.draft.lead_out.is_some() {
                    self.finish(lba);
                    self.draft = Draft::at(lba);
                }
                self.position(lba, control, [tno, index], relative);
                self.draft.last = lba;
            }
            QContent::Mcn { mcn, .. } if !self.draft.tracks.is_empty() => {
                self.draft.mcn.get_or_insert(mcn);
            }
            QContent::Isrc { isrc, .. } => {
                if let Some(track) = self.draft.tracks.last_mut() {
                    track.layout.isrc.get_or_insert(isrc);
                }
            }
            QContent::Mcn { .. } => {}
        }
    }

    fn position(&mut self, lba: Lba, control: Control, [tno, index]: [u8; 2], relative: Msf) {
        let start = self.draft.start(lba, relative);
        let known = self.draft.tracks.last_mut().filter(|track| track.layout.number == tno);
        let track = match known {
            Some(track) => {
                if index > track.index {
                    if track.index == 0 {
                        track.layout.start = start;
                        track.layout.control = control;
                    } else {
                        track.layout.indexes.push(lba);
                    }
                    track.index = index;
                }
                track
            }
            None => {
                let first = if index == 0 { lba } else { start };
                let layout = TrackLayout {
                    number: tno,
                    control,
                    alternate_copy: false,
                    pregap: first,
                    start: first,
                    indexes: Vec::new(),
                    isrc: None,
                };
                self.draft.tracks.push(Seen { layout, index, copy: [false; 2] });
                let last = self.draft.tracks.len() - 1;
                &mut self.draft.tracks[last]
            }
        };
        track.copy[usize::from(control.permits_copy())] = true;
    }

    /// Takes the draft as a session that ends before `end`.
    fn finish(&mut self, end: Lba) {
        let draft = core::mem::take(&mut self.draft);
        let Some(program) = draft.tracks.first().map(|track| track.layout.pregap) else { return };
        let lead_out = draft.lead_out.unwrap_or(end);
        let tracks = draft.tracks.into_iter().map(|seen| {
            let mut track = seen.layout;
            if seen.copy == [true; 2] {
                track.alternate_copy = true;
                track.control = track.control.with_copy(false);
            }
            track
        });
        let layout = SessionLayout {
            lead_in: draft.first.min(program),
            tracks: tracks.collect(),
            lead_out,
            lead_out_frames: end.0.abs_diff(lead_out.0),
            mcn: draft.mcn,
        };
        let disc_type = draft.disc_type.or(self.told.disc_type).unwrap_or_default();
        self.done.push(RecordedSession {
            layout,
            disc_type,
            modes: Vec::new(),
            cd_text: draft.cd_text.into_values().collect(),
            has_other_r_to_w: draft.has_other_r_to_w,
        });
    }
}
