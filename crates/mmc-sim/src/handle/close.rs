//! CLOSE TRACK SESSION, RESERVE TRACK, REPAIR TRACK.

use core::time::Duration;

use cd_format::address::PREGAP_FRAMES;
use cd_format::session::{MINIMUM_TRACK_FRAMES, RUN_OUT_FRAMES};
use mmc_wire::Sense;
use mmc_wire::command::{CloseFunction, CloseTrackSession, RepairTrack, ReserveTrack};

use super::{Handle, Io};
use crate::disc::packets::PITCH;
use crate::disc::{Disc, Track};
use crate::drive::Drive;
use crate::finish::Finish;
use crate::recording::Stream;
use crate::recording::fixation::{in_the_way, stretches_to_close};
use crate::recording::tao::{record_in_pma, takes_tracks};
use crate::recording::user_data::UserData;
use crate::refusal::{Refusal, refuse_field};

/// Track number that means the incomplete track (cdrecord closes packet tracks with it).
const INCOMPLETE: u16 = 0xFF;
/// Tracks that a disc has at most.
const MOST_TRACKS: u8 = 99;

impl Handle<CloseTrackSession> for Drive {
    /// MMC "CLOSE TRACK SESSION Command"; what each function does on CD by Pioneer's R8 and R11 command
    /// references. Ending a track while it is written is what SYNCHRONIZE CACHE does.
    fn handle(&mut self, cdb: &CloseTrackSession, _: &mut Io<'_>) -> Result<(), Refusal> {
        match cdb.function {
            CloseFunction::TRACK if self.writes_track() => self.synchronize(cdb.immediate),
            CloseFunction::TRACK if self.writes_packet() => {
                self.synchronize(false)?;
                self.close_track(cdb)
            }
            CloseFunction::SESSION if self.writes_track() || self.writes_packet() => {
                Err(Sense::INCOMPLETE_TRACK_IN_SESSION.into())
            }
            CloseFunction::TRACK | CloseFunction::SESSION if self.is_streaming() => {
                Err(Sense::COMMAND_SEQUENCE_ERROR.into())
            }
            CloseFunction::TRACK => self.close_track(cdb),
            CloseFunction::SESSION => self.close_session(cdb.immediate),
            _ => Err(refuse_field!(CloseTrackSession, "function")),
        }
    }
}

impl Handle<RepairTrack> for Drive {
    /// MMC "REPAIR TRACK Command": a track that was cut short is completed, or its last packet is; nothing else
    /// needs repair.
    fn handle(&mut self, cdb: &RepairTrack, _: &mut Io<'_>) -> Result<(), Refusal> {
        if self.is_streaming() {
            return Err(Sense::COMMAND_SEQUENCE_ERROR.into());
        }
        let Some(disc) = self.disc() else { return Err(self.no_medium().into()) };
        let known = disc.tracks().any(|track| u16::from(track.number) == cdb.track);
        if !known {
            return Err(refuse_field!(RepairTrack, "track"));
        }
        match disc.open().and_then(|open| open.incomplete) {
            Some(cut) if u16::from(cut.track) != cdb.track || cut.whole_packets => Ok(()),
            Some(cut) if in_packets(disc, cut.track) => {
                let takes = self.time_to_write(disc, cut.next, PITCH.unsigned_abs());
                self.long(Finish::Repair { number: cut.track }, takes, cdb.immediate)
            }
            Some(cut) => self.complete_track(cut.track, cdb.immediate),
            None => Ok(()),
        }
    }
}

fn in_packets(disc: &Disc, number: u8) -> bool {
    disc.tracks().any(|track| track.number == number && track.packets.is_some())
}

impl Handle<ReserveTrack> for Drive {
    /// MMC "RESERVE TRACK Command": room for a track is set aside, and its entry goes to the PMA.
    fn handle(&mut self, cdb: &ReserveTrack, _: &mut Io<'_>) -> Result<(), Refusal> {
        if self.is_streaming() {
            return Err(Sense::COMMAND_SEQUENCE_ERROR.into());
        }
        let page = self.pages.write_parameters();
        let Some(disc) = &mut self.loader.disc else { return Err(self.no_medium().into()) };
        if !takes_tracks(&disc.state) {
            return Err(Sense::CANNOT_WRITE_INCOMPATIBLE_FORMAT.into());
        }
        if cdb.rmz || cdb.arsv {
            // Both are of DVD.
            return Err(if cdb.rmz {
                refuse_field!(ReserveTrack, "rmz")
            } else {
                refuse_field!(ReserveTrack, "arsv")
            });
        }
        if cdb.blocks < MINIMUM_TRACK_FRAMES.unsigned_abs() {
            return Err(refuse_field!(ReserveTrack, "blocks"));
        }
        if disc.open().is_some_and(|open| open.incomplete.is_some()) {
            return Err(Sense::COMMAND_SEQUENCE_ERROR.into());
        }
        let data = UserData::of(&page)?;
        if disc.tracks().last().is_some_and(|track| track.number >= MOST_TRACKS) {
            return Err(Sense::NO_MORE_TRACK_RESERVATIONS.into());
        }
        let (Some(next), Some(last)) = (disc.invisible(), disc.lead_out_limit()) else {
            return Err(Sense::CANNOT_WRITE_INCOMPATIBLE_FORMAT.into());
        };
        let end = i64::from(next.start.0) + i64::from(cdb.blocks);
        if end + i64::from(RUN_OUT_FRAMES) > i64::from(last.0) {
            return Err(Sense::INVALID_ADDRESS_FOR_WRITE.into());
        }
        let track =
            Track { blocks: cdb.blocks, reserved: true, ..next.begin(page.track_mode, data.content()) };
        if let Some(open) = disc.open_session() {
            open.next = track.end() + RUN_OUT_FRAMES + PREGAP_FRAMES;
            open.tracks.push(track.clone());
            record_in_pma(disc, &track);
        }
        Ok(())
    }
}

impl Drive {
    /// Whether a track at once is being written.
    fn writes_track(&self) -> bool {
        self.recording.as_ref().is_some_and(|recording| matches!(recording.stream, Stream::Tao(_)))
    }

    /// Whether a packet is being written.
    fn writes_packet(&self) -> bool {
        self.recording.as_ref().is_some_and(|recording| matches!(recording.stream, Stream::Packet(_)))
    }

    /// An invisible or a complete track needs nothing.
    fn close_track(&mut self, cdb: &CloseTrackSession) -> Result<(), Refusal> {
        let unknown = || refuse_field!(CloseTrackSession, "track");
        let Some(disc) = self.disc() else { return Err(self.no_medium().into()) };
        if !takes_tracks(&disc.state) {
            return Err(unknown());
        }
        let number = match disc.open().and_then(|open| open.incomplete) {
            Some(cut) if cdb.track == INCOMPLETE => u16::from(cut.track),
            _ => cdb.track,
        };
        let invisible = disc.invisible().is_some_and(|next| u16::from(next.number) == number);
        if number == INCOMPLETE || invisible {
            return Ok(());
        }
        let known: Option<u8> =
            disc.tracks().map(|track| track.number).find(|track| u16::from(*track) == number);
        self.complete_track(known.ok_or_else(unknown)?, cdb.immediate)
    }

    /// Fills a reserved track, or one that was cut short, to its end.
    fn complete_track(&mut self, number: u8, immediate: bool) -> Result<(), Refusal> {
        let page = self.pages.write_parameters();
        let Some(disc) = self.disc() else { return Err(self.no_medium().into()) };
        let cut = disc.open().and_then(|open| open.incomplete).filter(|cut| cut.track == number);
        let Some(track) = disc.tracks().find(|track| track.number == number) else { return Ok(()) };
        if cut.is_none() && !track.reserved {
            return Ok(());
        }
        if cut.is_none() {
            let data = UserData::of(&page)?;
            if track.control != page.track_mode || track.content != data.content() {
                return Err(Sense::ILLEGAL_MODE_FOR_THIS_TRACK.into());
            }
        }
        let from = cut.map_or(track.start - PREGAP_FRAMES, |cut| cut.next);
        let reserved = track.reserved || cut.is_some_and(|cut| cut.reserved);
        let end = if reserved { track.end() } else { from.max(track.start + MINIMUM_TRACK_FRAMES) };
        let takes = self.time_to_write(disc, from, (end + RUN_OUT_FRAMES - from).unsigned_abs());
        self.long(Finish::Track { number, page: Box::new(page) }, takes, immediate)
    }

    /// An empty last session needs nothing.
    fn close_session(&mut self, immediate: bool) -> Result<(), Refusal> {
        let Some(disc) = self.disc() else { return Err(self.no_medium().into()) };
        if disc.is_damaged() {
            return Err(Sense::COMMAND_SEQUENCE_ERROR.into());
        }
        let Some(open) = disc.open() else { return Ok(()) };
        if let Some(sense) = in_the_way(open) {
            return Err(sense.into());
        }
        let takes = self.time_to_close(disc);
        let page = Box::new(self.pages.write_parameters());
        self.long(Finish::Session { page }, takes, immediate)
    }

    fn time_to_close(&self, disc: &Disc) -> Duration {
        stretches_to_close(disc).map(|(from, frames)| self.time_to_write(disc, from, frames)).iter().sum()
    }
}
