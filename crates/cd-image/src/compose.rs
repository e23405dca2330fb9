//! A layout as the frames of a session, each made when it is read.

use core::ops::Range;
use std::sync::{Mutex, PoisonError};

use cd_format::address::PREGAP_FRAMES;
use cd_format::recorded::{FRAME_BYTES, RecordedFrames};
use cd_format::sector::{
    AFTER_HEADER, HEADER, HeaderAddress, SECTOR_LEN, SYNC, Sector, SectorMode, SubHeader, build, scramble,
};
use cd_format::sub_channel::cd_text_symbols::cd_text_sector;
use cd_format::sub_channel::interleave::{interleave, set_pq};
use cd_format::sub_channel::{Channels, Rules, SUB_CHANNEL_BYTES, SessionLayout, SubChannelPlan};
use cd_format::{Bcd, CdTextPack, Lba, Msf, TocEntry};

use crate::cd_text;
use crate::error::ImageError;
use crate::layout::{DataFile, Layout, PieceData, Text, TrackMode};
use crate::place::Place;
use crate::source::FilePool;

/// Frames that are read from a file at once.
const AT_ONCE: usize = 64;

/// A session composed from a layout: lead-in, program and lead-out, ready to be recorded.
///
/// Data sectors get header, EDC, ECC and are scrambled, as far as the source has them not; the
/// sub-channel follows [`Rules`], with titles and performers as CD-TEXT in the lead-in, or is the image's own where it has one. Nothing is held in memory but
/// the plan.
#[derive(Debug)]
pub struct Composed {
    session: SessionLayout,
    plan: SubChannelPlan,
    spans: Vec<Span>,
    /// CD-TEXT of the lead-in.
    cd_text: Vec<CdTextPack>,
    /// Where the image's own sub-channels are, and in which of the pool's files.
    own: Option<(Range<i32>, usize)>,
    files: Mutex<FilePool>,
}

/// Consecutive frames from one source.
#[derive(Clone, Debug)]
struct Span {
    start: i32,
    end: i32,
    mode: TrackMode,
    data: PieceData,
}

impl Composed {
    /// The session of `layout` at `place`, its lead-in that of a disc with no other session.
    pub fn new(layout: &Layout, place: &Place, rules: Rules) -> Result<Self, ImageError> {
        let toc = layout.session_layout(place)?.toc(layout.disc_type)?;
        Self::with_toc(layout, place, &toc, rules)
    }

    /// The same with the entries of its lead-in given: of a session that others follow or may follow,
    /// see [`Contents::full_toc`](cd_format::lead_in::Contents::full_toc).
    pub fn with_toc(
        layout: &Layout,
        place: &Place,
        toc: &[TocEntry],
        rules: Rules,
    ) -> Result<Self, ImageError> {
        let session = layout.session_layout(place)?;
        let plan = SubChannelPlan::new(&session, toc, rules)?;
        let mut spans = vec![];
        let mode_of =
            |track: Option<&crate::layout::Track>| track.map_or(TrackMode::Audio, |track| track.mode);
        let mut zero =
            |start: i32, end: i32, mode| spans.push(Span { start, end, mode, data: PieceData::Zero });
        zero(place.lead_in.0, place.program.0, mode_of(layout.tracks.first()));
        let mut at = place.program.0;
        for track in &layout.tracks {
            for piece in &track.pieces {
                // The plan has checked that all of the session lies within the clock.
                let end = at.saturating_add_unsigned(piece.frames);
                spans.push(Span { start: at, end, mode: track.mode, data: piece.data });
                at = end;
            }
        }
        let end = at.saturating_add_unsigned(place.lead_out_frames);
        spans.push(Span { start: at, end, mode: mode_of(layout.tracks.last()), data: PieceData::Zero });
        spans.retain(|span| span.start < span.end);
        let mut files = layout.files.clone();
        let own = layout.sub_channel.as_ref().map(|own| {
            let first = place.program.0.saturating_add_unsigned(own.first);
            let end = first.saturating_add_unsigned(own.frames).min(session.lead_out.0);
            let bytes = u64::from(own.frames) * SUB_CHANNEL_BYTES as u64;
            files.push(DataFile { path: own.path.clone(), start: 0, bytes, swap: false, decoded: None });
            (first..end, files.len() - 1)
        });
        let texts: Vec<&Text> = layout.tracks.iter().map(|track| &track.text).collect();
        let first = layout.tracks.first().map_or(1, |track| track.number);
        let cd_text = cd_text::packs(&layout.text, &texts, first)?;
        Ok(Self { session, plan, spans, cd_text, own, files: Mutex::new(FilePool::new(files)) })
    }

    /// Where everything lies.
    pub const fn session(&self) -> &SessionLayout {
        &self.session
    }

    /// First frame of the lead-in.
    pub const fn first(&self) -> Lba {
        self.session.lead_in
    }

    /// First frame behind the lead-out.
    pub fn end(&self) -> Lba {
        Lba(self.session.lead_out.0.saturating_add_unsigned(self.session.lead_out_frames))
    }

    /// Main channels from `lba` on into the frames of `out`, which lie within `span`.
    fn main(&self, files: &mut FilePool, span: &Span, lba: i32, out: &mut [u8]) -> Result<(), ImageError> {
        let sector = span.mode.sector_bytes();
        let mut bytes = vec![0; sector * AT_ONCE.min(out.len() / FRAME_BYTES)];
        let mut at = lba;
        for frames in out.chunks_mut(FRAME_BYTES * AT_ONCE) {
            let count = frames.len() / FRAME_BYTES;
            if let PieceData::File { file, offset } = span.data {
                let skipped = u64::from(at.abs_diff(span.start)) * sector as u64;
                files.read(file, offset.saturating_add(skipped), &mut bytes[..count * sector])?;
            }
            for (frame, user) in frames.chunks_exact_mut(FRAME_BYTES).zip(bytes.chunks_exact(sector)) {
                let Some(main) = frame.first_chunk_mut::<SECTOR_LEN>() else { continue };
                match span.data {
                    PieceData::Zero => zero_sector(main, span.mode, Lba(at)),
                    PieceData::File { .. } => recorded(main, span.mode, Lba(at), user),
                }
                at += 1;
            }
        }
        Ok(())
    }

    /// The image's own sub-channels in place of the plan's, where it has them.
    fn own_sub_channel(&self, files: &mut FilePool, lba: i32, out: &mut [u8]) -> Result<(), ImageError> {
        let Some((range, file)) = &self.own else { return Ok(()) };
        for (frame, at) in out.chunks_exact_mut(FRAME_BYTES).zip(lba..) {
            if range.contains(&at) {
                let mut channels = [0; SUB_CHANNEL_BYTES];
                let offset = u64::from(at.abs_diff(range.start)) * SUB_CHANNEL_BYTES as u64;
                files.read(*file, offset, &mut channels)?;
                let mut form: Channels = [[0; 12]; 8];
                form.as_flattened_mut().copy_from_slice(&channels);
                frame[SECTOR_LEN..].copy_from_slice(&interleave(&form));
            }
        }
        Ok(())
    }
}

impl RecordedFrames for Composed {
    type Error = ImageError;

    fn runs(&self) -> Vec<Range<Lba>> {
        vec![self.first()..self.end()]
    }

    fn read(&self, lba: Lba, out: &mut [u8]) -> Result<(), ImageError> {
        let count = out.len() / FRAME_BYTES;
        let out = &mut out[..count * FRAME_BYTES];
        let (first, end) = (self.first(), self.end());
        let last = i64::from(lba.0) + count as i64;
        if count == 0 {
            return Ok(());
        }
        if lba < first || last > i64::from(end.0) {
            let lba = if lba < first || lba >= end { lba } else { end };
            return Err(ImageError::NoFrame { lba, first, end });
        }
        let program = self.session.program().unwrap_or(first);
        for ((frame, (q, p)), at) in
            out.chunks_exact_mut(FRAME_BYTES).zip(self.plan.frames_from(lba)).zip(lba.0..)
        {
            let mut raw = if at < program.0 {
                cd_text_sector(&self.cd_text, at.abs_diff(first.0))
            } else {
                [0; SUB_CHANNEL_BYTES]
            };
            set_pq(&mut raw, p, q);
            frame[SECTOR_LEN..].copy_from_slice(&raw);
        }
        // A thread that panicked while it read left nothing half done but the position in a file.
        let mut files = self.files.lock().unwrap_or_else(PoisonError::into_inner);
        self.own_sub_channel(&mut files, lba.0, out)?;
        let (mut at, mut rest) = (lba.0, out);
        let from = self.spans.partition_point(|span| span.end <= at);
        for span in self.spans.iter().skip(from) {
            if rest.is_empty() {
                break;
            }
            let frames = (span.end.abs_diff(at) as usize).min(rest.len() / FRAME_BYTES);
            let (here, behind) = rest.split_at_mut(frames * FRAME_BYTES);
            self.main(&mut files, span, at, here)?;
            at += frames as i32;
            rest = behind;
        }
        Ok(())
    }
}

/// The header's address: of a block past 89:59:74 by the clock that runs on.
pub(crate) fn address(lba: Lba) -> HeaderAddress {
    let time = if lba.0 < -PREGAP_FRAMES { lba.to_msf() } else { lba.to_program_msf() };
    let bytes = time.map_or([0; 3], Msf::fields).map(|n| Bcd::encode(n).map_or(0, Bcd::byte));
    HeaderAddress::from_bytes(bytes)
}

/// What a gap that no file has is on the disc.
pub(crate) fn zero_sector(main: &mut Sector, mode: TrackMode, lba: Lba) {
    let address = address(lba);
    match mode.gap_mode() {
        SectorMode::Audio => return main.fill(0),
        SectorMode::Mode1 => build::mode1(main, address, &[0; 2048]),
        _ => build::form2(main, address, FORM_2, &[0; 2324], build::Form2Edc::Computed),
    }
    scramble::scramble(main);
}

/// Sub-headers of sectors of which only the user data is there.
const FORM_1: SubHeader = SubHeader { file: 0, channel: 0, submode: SubHeader::DATA, coding: 0 };
const FORM_2: SubHeader = SubHeader { file: 0, channel: 0, submode: SubHeader::FORM_2, coding: 0 };

/// What a file's sector is on the disc.
fn recorded(main: &mut Sector, mode: TrackMode, lba: Lba, bytes: &[u8]) {
    let address = address(lba);
    match mode {
        TrackMode::Audio | TrackMode::Mode1Raw | TrackMode::Mode2Raw => main.copy_from_slice(bytes),
        TrackMode::Mode2 => {
            main[..HEADER].copy_from_slice(&SYNC);
            main[HEADER..HEADER + 3].copy_from_slice(&address.to_bytes());
            main[HEADER + 3] = 2;
            main[AFTER_HEADER..].copy_from_slice(bytes);
        }
        TrackMode::Mode1 | TrackMode::Mode2Form1 | TrackMode::Mode2Form2 => {
            let (kind, sub_header) = match mode {
                TrackMode::Mode1 => (SectorMode::Mode1, FORM_1),
                TrackMode::Mode2Form1 => (SectorMode::Mode2Form1, FORM_1),
                _ => (SectorMode::Mode2Form2, FORM_2),
            };
            // The length is the mode's: `bytes` was cut to it.
            let _ = build::sector(main, kind, address, sub_header, bytes);
        }
    }
    turn(main, mode);
}

/// Scrambles a sector of a data track, or descrambles it. What has no sync was never scrambled: the
/// run-out of a track, a sector that nothing could be read of.
pub(crate) fn turn(main: &mut Sector, mode: TrackMode) {
    if mode.is_data() && main[..HEADER] == SYNC {
        scramble::scramble(main);
    }
}
