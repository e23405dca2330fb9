//! Closing a session: the drive records lead-in and lead-out around the tracks that are there.
//!
//! MMC "CLOSE TRACK SESSION Command", session; lengths by the Orange Book as `cd_format::session` has them.

use cd_format::address::PREGAP_FRAMES;
use cd_format::lead_in::Contents;
use cd_format::session::{FIRST_LEAD_OUT_FRAMES, LATER_LEAD_OUT_FRAMES, RUN_OUT_FRAMES};
use cd_format::sub_channel::{Rules, SessionLayout, SubChannelPlan, TrackLayout};
use cd_format::{Adr, DiscType, Lba, Point, TocEntry};
use mmc_wire::Sense;
use mmc_wire::block::mode::{MultiSession, WriteParameters};

use super::tao::sub_channel;
use super::user_data::filler;
use crate::disc::{Disc, DiscState, OpenSession, Session, Track};
use crate::scene::Content;
use crate::store::{At, FRAME, Source, WriteError};

/// Frames that are made at a time.
const CHUNK: i32 = 512;

/// What is recorded to close the open session, lead-in and lead-out: from where, and how many frames.
pub(crate) fn stretches_to_close(disc: &Disc) -> [(Lba, u32); 2] {
    let stretches = disc.open().and_then(|open| {
        let (lead_in, first) = (disc.lead_in_of(open.number)?, open.tracks.first()?);
        let lead_out = open.tracks.last()?.end() + RUN_OUT_FRAMES;
        let lead_in_frames = u32::try_from(first.start - PREGAP_FRAMES - lead_in).unwrap_or(0);
        Some([(lead_in, lead_in_frames), (lead_out, lead_out_frames(open.number).unsigned_abs())])
    });
    stretches.unwrap_or([(Lba(0), 0); 2])
}

/// Why the session cannot be closed.
pub(crate) fn in_the_way(open: &OpenSession) -> Option<Sense> {
    if open.incomplete.is_some() {
        return Some(Sense::INCOMPLETE_TRACK_IN_SESSION);
    }
    open.tracks.iter().any(|track| track.reserved).then_some(Sense::EMPTY_RESERVED_TRACK)
}

/// Closes the open session by the write parameters: its format, and whether another may follow.
pub(crate) fn close_session(disc: &mut Disc, page: &WriteParameters) -> Result<(), Sense> {
    let Some(open) = disc.open() else { return Ok(()) };
    if let Some(sense) = in_the_way(open) {
        return Err(sense);
    }
    let number = open.number;
    let (Some(lead_in), Some(last)) = (disc.lead_in_of(number), open.tracks.last()) else { return Ok(()) };
    let lead_out = last.end_frame() + RUN_OUT_FRAMES;
    let format = page.session_format.0;
    let mut session = Session { number, tracks: open.tracks.clone(), lead_out, format, lead_in: None };
    let next_may_follow = page.multi_session == MultiSession::NEXT;
    let toc = table(disc, &session, page).ok_or(Sense::WRITE_ERROR)?;
    record(disc, &session, lead_in, &toc).map_err(|_| Sense::WRITE_ERROR)?;
    if page.multi_session == MultiSession::CLOSED {
        // The table that the drive would make of the disc's state has no such B0.
        session.lead_in = Some(toc);
    }
    let closed = disc.closed().iter().cloned().chain([session]).collect();
    disc.state =
        if next_may_follow { DiscState::Appendable { closed } } else { DiscState::Complete { closed } };
    Ok(())
}

/// The power goes while lead-in or lead-out is recorded: there is a session, but none that can be read.
pub(crate) fn close_session_cut(disc: &mut Disc) {
    if disc.open().is_some() {
        disc.state = DiscState::Damaged { closed: disc.closed().to_vec() };
    }
}

/// Entries of the session's own lead-in.
fn table(disc: &Disc, session: &Session, page: &WriteParameters) -> Option<Vec<TocEntry>> {
    let own = u8::try_from(session.number).ok()?;
    let sessions: Vec<cd_format::Session> = disc.closed().iter().chain([session]).map(as_format).collect();
    let appendable = page.multi_session == MultiSession::NEXT;
    let contents = Contents { sessions: &sessions, atip: disc.atip.as_ref(), appendable };
    let mut entries = contents.full_toc().ok()?;
    entries.retain(|entry| entry.session == own);
    if page.multi_session == MultiSession::CLOSED
        && let (Some(first), Some(last)) = (session.tracks.first(), disc.atip.as_ref())
    {
        let mut none = TocEntry::new(own, Adr::MULTI_SESSION, first.control, Point::B0)
            .with_time([0xFF; 3])
            .with_p_time(last.last_lead_out.fields());
        none.zero = 1;
        entries.push(none);
    }
    Some(entries)
}

fn record(disc: &mut Disc, session: &Session, lead_in: Lba, toc: &[TocEntry]) -> Result<(), WriteError> {
    let lead_out_frames = lead_out_frames(session.number);
    let layout = SessionLayout {
        lead_in,
        tracks: session.tracks.iter().map(layout).collect(),
        lead_out: session.lead_out,
        lead_out_frames: lead_out_frames.unsigned_abs(),
        mcn: None,
    };
    let Ok(plan) = SubChannelPlan::new(&layout, toc, Rules::default()) else { return Ok(()) };
    let (Some(first), Some(last)) = (session.tracks.first(), session.tracks.last()) else { return Ok(()) };
    stretch(disc, &plan, lead_in, first.start - PREGAP_FRAMES, first.content)?;
    stretch(disc, &plan, session.lead_out, session.lead_out + lead_out_frames, last.content)
}

/// Records frames that hold nothing but their sub-channel.
fn stretch(
    disc: &mut Disc,
    plan: &SubChannelPlan,
    from: Lba,
    end: Lba,
    content: Content,
) -> Result<(), WriteError> {
    let mut lba = from;
    while lba < end {
        let frames = (end - lba).min(CHUNK);
        let mut bytes = Vec::with_capacity(frames.unsigned_abs() as usize * FRAME);
        for n in 0..frames {
            bytes.extend_from_slice(&filler(content, lba + n));
            bytes.extend_from_slice(&sub_channel(plan, lba + n));
        }
        let at = if lba == from { At::Start(lba) } else { At::Next(lba) };
        disc.store.append(at, Source::Owned(bytes))?;
        lba = lba + frames;
    }
    Ok(())
}

fn layout(track: &Track) -> TrackLayout {
    TrackLayout {
        number: track.number,
        control: track.control,
        alternate_copy: false,
        pregap: track.start - PREGAP_FRAMES,
        start: track.start,
        indexes: Vec::new(),
        isrc: None,
    }
}

fn as_format(session: &Session) -> cd_format::Session {
    let track = |track: &Track| cd_format::Track {
        number: track.number,
        control: track.control,
        start: track.start,
        end: track.end_frame(),
    };
    cd_format::Session {
        number: u8::try_from(session.number).unwrap_or(u8::MAX),
        tracks: session.tracks.iter().map(track).collect(),
        lead_out: session.lead_out,
        disc_type: DiscType(session.format),
    }
}

const fn lead_out_frames(session: u16) -> i32 {
    if session <= 1 { FIRST_LEAD_OUT_FRAMES } else { LATER_LEAD_OUT_FRAMES }
}
