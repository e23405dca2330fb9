//! READ TOC/PMA/ATIP.

use cd_format::lead_in::{Contents, pma_disc_id, pma_entry};
use cd_format::sub_channel::QFrame;
use cd_format::{Adr, CdTextPack, TocEntry};
use mmc_wire::block::toc::{
    AtipDescriptor, AtipReply, CdText, FullToc, Pma, SessionInformation, TocAddress, TocReply,
    TrackDescriptor, TrackList,
};
use mmc_wire::command::{ReadToc, TocFormat};

use super::{Handle, Io};
use crate::disc::{Disc, DiscState, Session, Track};
use crate::drive::Drive;
use crate::personality::{Absent, Present};
use crate::refusal::{Refusal, refuse_field};
use crate::scene::DiscKind;
use crate::store::PmaFrame;

impl Handle<ReadToc> for Drive {
    /// MMC "READ TOC/PMA/ATIP Command". Formats 0 to 2 see closed sessions only; without one
    /// they are refused with 5/24/00 (measured: an ASUS DRW-24D5MT with a blank CD-RW, udftools
    /// issue 33).
    fn handle(&mut self, cdb: &ReadToc, io: &mut Io<'_>) -> Result<(), Refusal> {
        let Some(disc) = self.disc() else { return Err(self.no_medium().into()) };
        let reply = match cdb.effective_format() {
            TocFormat::TOC => TocReply::Tracks(tracks(disc, cdb)?),
            TocFormat::SESSIONS => TocReply::Sessions(sessions(disc, cdb)?),
            TocFormat::FULL_TOC => TocReply::Full(full_toc(disc, cdb)?),
            TocFormat::PMA => TocReply::Pma(self.pma(disc)?),
            TocFormat::ATIP => TocReply::Atip(self.atip(disc)?),
            TocFormat::CD_TEXT => TocReply::CdText(self.cd_text(disc)?),
            _ => return Err(no_such_table()),
        };
        reply.emit(io.reply);
        Ok(())
    }
}

fn no_such_table() -> Refusal {
    refuse_field!(ReadToc, "format")
}

fn descriptor(track: &Track, msf: bool) -> TrackDescriptor {
    TrackDescriptor {
        adr: Adr::POSITION,
        control: track.control,
        track: track.number,
        start: TocAddress::new(track.start, msf),
    }
}

/// Format 0: all closed sessions merged, and the last one's lead-out.
fn tracks(disc: &Disc, cdb: &ReadToc) -> Result<TrackList, Refusal> {
    let all = || disc.closed().iter().flat_map(|session| &session.tracks);
    let (Some(first), Some(last), Some(session)) = (all().next(), all().last(), disc.closed().last()) else {
        return Err(no_such_table());
    };
    if cdb.start > last.number && cdb.start != TrackDescriptor::LEAD_OUT {
        return Err(refuse_field!(ReadToc, "start"));
    }
    let mut tracks: Vec<TrackDescriptor> =
        all().filter(|track| track.number >= cdb.start).map(|track| descriptor(track, cdb.msf)).collect();
    tracks.push(TrackDescriptor {
        adr: Adr::POSITION,
        control: last.control,
        track: TrackDescriptor::LEAD_OUT,
        start: TocAddress::new(session.lead_out, cdb.msf),
    });
    Ok(TrackList { first_track: first.number, last_track: last.number, tracks })
}

/// Format 1: the first track of the last closed session.
fn sessions(disc: &Disc, cdb: &ReadToc) -> Result<SessionInformation, Refusal> {
    let last = disc.closed().last().ok_or_else(no_such_table)?;
    let first_track = last.tracks.first().ok_or_else(no_such_table)?;
    Ok(SessionInformation {
        first_session: 1,
        last_session: narrow(last.number),
        first_track: descriptor(first_track, cdb.msf),
    })
}

/// Format 2: the lead-ins' Q sub-channel, from a session on.
fn full_toc(disc: &Disc, cdb: &ReadToc) -> Result<FullToc, Refusal> {
    let last = disc.closed().last().ok_or_else(no_such_table)?;
    if u16::from(cdb.start) > last.number {
        return Err(refuse_field!(ReadToc, "start"));
    }
    let sessions: Vec<cd_format::Session> = disc.closed().iter().map(Session::to_format).collect();
    let contents = Contents {
        sessions: &sessions,
        atip: disc.atip.as_ref(),
        appendable: matches!(disc.state, DiscState::Appendable { .. } | DiscState::Open { .. }),
    };
    let mut entries = contents.full_toc().map_err(|_| no_such_table())?;
    for session in disc.closed() {
        // A host's own lead-in is told as it was recorded.
        if let Some(recorded) = &session.lead_in {
            let at = entries.iter().position(|entry| u16::from(entry.session) == session.number);
            entries.retain(|entry| u16::from(entry.session) != session.number);
            let at = at.unwrap_or(entries.len()).min(entries.len());
            entries.splice(at..at, recorded.iter().copied());
        }
    }
    entries.retain(|entry| entry.session >= cdb.start);
    Ok(FullToc { first_session: 1, last_session: narrow(last.number), entries })
}

impl Drive {
    /// Format 3: what is written to the PMA when a track ends or is reserved. A pressed disc has none.
    fn pma(&self, disc: &Disc) -> Result<Pma, Refusal> {
        let refused = self.personality.habits.pma_of_finalised.is == Present::Refused && disc.is_complete();
        if disc.kind == DiscKind::CdRom || refused {
            return Err(no_such_table());
        }
        let id = disc.identification.map(|id| {
            let [_, a, b, c] = id.to_be_bytes();
            pma_disc_id([a, b, c])
        });
        let recorded: Vec<u8> =
            disc.store.areas().pma().iter().filter_map(|frame| pma_track(*frame)).collect();
        // Of what a host has recorded with its lead-in the drive has made no notes.
        let by_host = |track: &&Track| {
            let mut sessions = disc.closed().iter();
            sessions.any(|session| session.number == track.session && session.lead_in.is_some())
                && !recorded.contains(&track.number)
        };
        // The entry of a track is written when it ends, or is reserved.
        let cut = disc.open().and_then(|open| open.incomplete).filter(|cut| !cut.reserved);
        let unended = |track: &&Track| cut.is_some_and(|cut| cut.track == track.number);
        let tracks = disc.tracks().filter(|track| !by_host(track) && !unended(track));
        let entries: Result<Vec<TocEntry>, _> = tracks.map(|track| pma_entry(&track.to_format())).collect();
        let mut entries = entries.map_err(|_| no_such_table())?;
        if !entries.is_empty() {
            entries.extend(id);
        }
        Ok(Pma { entries })
    }

    /// Format 4: what the pregroove says.
    fn atip(&self, disc: &Disc) -> Result<AtipReply, Refusal> {
        let habits = &self.personality.habits;
        match &disc.atip {
            Some(_) if disc.kind == DiscKind::CdRw && habits.atip_of_cd_rw.is == Present::Refused => {
                Err(no_such_table())
            }
            Some(atip) => Ok(AtipReply { atip: Some(AtipDescriptor::from(atip)) }),
            None => match habits.atip_of_pressed.is {
                Absent::Refused => Err(no_such_table()),
                Absent::Empty => Ok(AtipReply { atip: None }),
            },
        }
    }

    /// Format 5: the CD-TEXT packs of the first lead-in.
    fn cd_text(&self, disc: &Disc) -> Result<CdText, Refusal> {
        if !self.personality.abilities.cd_text {
            return Err(no_such_table());
        }
        let readable: &[[u8; 18]] = if disc.closed().is_empty() { &[] } else { &disc.cd_text };
        if readable.is_empty() && self.personality.habits.no_cd_text.is == Absent::Refused {
            return Err(no_such_table());
        }
        Ok(CdText { packs: readable.iter().map(|pack| CdTextPack::from_bytes(*pack)).collect() })
    }
}

/// The track that a frame of the PMA is the entry of.
fn pma_track(frame: PmaFrame) -> Option<u8> {
    let entry = QFrame::from_bytes(frame).toc_entry(0).ok()?;
    if entry.adr == Adr::POSITION { entry.point.track() } else { None }
}

/// A disc has at most 99 sessions.
fn narrow(number: u16) -> u8 {
    u8::try_from(number).unwrap_or(u8::MAX)
}
