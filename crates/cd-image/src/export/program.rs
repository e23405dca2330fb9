//! The program area on its way into a file, and what of it an import would make otherwise.

use cd_format::Lba;
use cd_format::address::PREGAP_FRAMES;
use cd_format::recorded::RecordedFrames;
use cd_format::sector::{SECTOR_LEN, Sector};
use cd_format::session::DiscType;
use cd_format::sub_channel::interleave::{p_channel, q_frame};
use cd_format::sub_channel::{Rules, SUB_CHANNEL_BYTES, SessionLayout, SubChannelPlan};

use crate::cd_text;
use crate::compose::{turn, zero_sector};
use crate::error::ImageError;
use crate::layout::{Text, TrackMode};
use crate::loss::{Frames, Loss};
use crate::scan::{RecordedSession, each};

/// Where a file of the program begins: behind the two seconds that no image has.
pub(super) fn first(session: &RecordedSession) -> Lba {
    let layout = &session.layout;
    match (layout.program(), layout.tracks.first()) {
        (Some(program), Some(track)) => (program + PREGAP_FRAMES).min(track.start),
        _ => layout.lead_out,
    }
}

/// Blocks from the beginning of the file as `MM:SS:FF`.
pub(super) fn time(frames: i32) -> Result<String, ImageError> {
    let lba = Lba(frames.saturating_sub(PREGAP_FRAMES));
    lba.to_program_msf().map(|msf| msf.to_string()).ok_or(ImageError::NoFrame {
        lba,
        first: Lba(-PREGAP_FRAMES),
        end: Lba(449_850),
    })
}

/// Titles and performers of the disc and of each track, for a format that has them. What there is of
/// CD-TEXT that would not come back from them is a loss.
pub(super) fn texts(session: &RecordedSession, losses: &mut Vec<Loss>) -> (Text, Vec<Text>) {
    let tracks = &session.layout.tracks;
    let first = tracks.first().map_or(1, |track| track.number);
    let (disc, texts) = cd_text::texts(&session.cd_text, first, tracks.len());
    let again = cd_text::packs(&disc, &texts.iter().collect::<Vec<_>>(), first);
    if session.has_other_r_to_w || again.is_ok_and(|again| again != session.cd_text) {
        losses.push(Loss::CdText);
    }
    (disc, texts)
}

/// The loss of all CD-TEXT, for a format that has none.
pub(super) fn no_texts(session: &RecordedSession, losses: &mut Vec<Loss>) {
    if session.has_other_r_to_w || !session.cd_text.is_empty() {
        losses.push(Loss::CdText);
    }
}

/// What is lost of areas and sessions whatever the format.
pub(super) fn areas(session: &RecordedSession, others: usize, losses: &mut Vec<Loss>) {
    let layout = &session.layout;
    let Some(program) = layout.program() else { return };
    if others > 0 {
        losses.push(Loss::OtherSessions(others));
    }
    if layout.lead_in < program {
        losses.push(Loss::LeadIn(program.0.abs_diff(layout.lead_in.0)));
    }
    if layout.lead_out_frames > 0 {
        losses.push(Loss::LeadOut(layout.lead_out_frames));
    }
    if program.0 != -PREGAP_FRAMES {
        losses.push(Loss::Position(program));
    }
}

/// The disc type that an import concludes from the modes.
pub(super) fn concluded_type(session: &RecordedSession) -> DiscType {
    if session.modes.contains(&TrackMode::Mode2Raw) { DiscType::CD_ROM_XA } else { DiscType::CD_ROM }
}

/// Hands every frame of the program from [`first`] on to `write`, main channel descrambled, and notes
/// what of the whole program area an import would make otherwise.
///
/// It makes P and Q by `told`, the session as the format tells it; only of the first pregap where the
/// format keeps sub-channels.
pub(super) fn copy<F: RecordedFrames>(
    frames: &F,
    session: &RecordedSession,
    told: &SessionLayout,
    keeps_sub_channels: bool,
    losses: &mut Vec<Loss>,
    mut write: impl FnMut(Lba, TrackMode, &Sector, &[u8; SUB_CHANNEL_BYTES]) -> Result<(), ImageError>,
) -> Result<(), ImageError> {
    let layout = &session.layout;
    let Some(program) = layout.program() else { return Ok(()) };
    let first = first(session);
    // An import makes the lead-in too, and has other entries in it: they are not compared.
    let told = SessionLayout { lead_in: program, ..told.clone() };
    let plan = SubChannelPlan::new(&told, &[], Rules::default())?;
    let mut planned = plan.frames_from(program);
    let (mut r_to_w, mut p_and_q, mut pregap) =
        (None, None, first.0.abs_diff(program.0) != PREGAP_FRAMES as u32);
    each(frames, program, layout.lead_out, |lba, frame| {
        let (main, sub) = frame.split_at_mut(SECTOR_LEN);
        let (Some(main), Some(sub)) = (main.first_chunk_mut(), sub.first_chunk()) else { return Ok(()) };
        let mode = session.mode(session.track_at(lba));
        let is_kept = lba >= first && keeps_sub_channels;
        if let Some((q, p)) = planned.next()
            && !is_kept
        {
            if q_frame(sub) != q || p_channel(sub) != [if p { 0xFF } else { 0 }; 12] {
                Frames::tally(&mut p_and_q, lba);
            }
            if sub.iter().any(|bits| bits & 0x3F != 0) {
                Frames::tally(&mut r_to_w, lba);
            }
        }
        if lba < first {
            let mut zero = [0; SECTOR_LEN];
            zero_sector(&mut zero, mode, lba);
            pregap |= zero != *main;
            return Ok(());
        }
        turn(main, mode);
        write(lba, mode, main, sub)
    })?;
    if pregap {
        losses.push(Loss::FirstPregap(first.0.abs_diff(program.0)));
    }
    losses.extend(r_to_w.map(Loss::RToW));
    losses.extend(p_and_q.map(Loss::PAndQ));
    Ok(())
}
