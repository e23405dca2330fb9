//! READ TRACK INFORMATION, and where the next write goes.

use cd_format::Lba;
use cd_format::address::PREGAP_FRAMES;
use cd_format::session::RUN_OUT_FRAMES;
use mmc_wire::block::mode::WriteType;
use mmc_wire::block::track_information::{DataMode, TrackInformation};
use mmc_wire::command::{ReadTrackInformation, TrackAddress};
use mmc_wire::{Block, Sense};

use super::{Handle, Io};
use crate::disc::packets::FIXED_PACKET;
use crate::disc::{Disc, DiscState, InvisibleTrack, Packets, Track};
use crate::drive::Drive;
use crate::personality::{RawNextWritable, SaoNextWritable};
use crate::recording::packet::{free_blocks, next_writable};
use crate::refusal::{Refusal, refuse_field};

impl Handle<ReadTrackInformation> for Drive {
    /// MMC "READ TRACK INFORMATION Command"; the bits by Pioneer R8 command reference, table 29.
    fn handle(&mut self, cdb: &ReadTrackInformation, io: &mut Io<'_>) -> Result<(), Refusal> {
        if self.is_streaming() {
            return Err(self.personality.habits.busy_while_writing.is.sense().into());
        }
        let Some(disc) = self.disc() else { return Err(self.no_medium().into()) };
        let information = match self.find_track(disc, cdb)? {
            Found::LeadIn => self.lead_in(disc)?,
            Found::Track(track) => self.track(disc, track),
            Found::Invisible(track) => self.invisible_track(disc, track),
        };
        information.emit(io.reply);
        Ok(())
    }
}

enum Found<'a> {
    LeadIn,
    Track(&'a Track),
    Invisible(InvisibleTrack),
}

impl Drive {
    fn find_track<'a>(&self, disc: &'a Disc, cdb: &ReadTrackInformation) -> Result<Found<'a>, Refusal> {
        let unknown = || refuse_field!(ReadTrackInformation, "number");
        // FFh is the track to come, or one that is not complete and has no end yet.
        let invisible = || match unended(disc) {
            Some(track) => Ok(Found::Track(track)),
            None => disc.invisible().map(Found::Invisible).ok_or_else(unknown),
        };
        match cdb.address {
            TrackAddress::LBA => {
                let lba = Lba(cdb.number as i32);
                // cdrdao's raw driver asks for block FFFFFFFFh and means the track to come.
                if lba == Lba(-1) {
                    return invisible();
                }
                let inside = |track: &&Track| lba >= track.start && lba < track.end();
                if let Some(track) = disc.tracks().find(inside) {
                    return Ok(Found::Track(track));
                }
                match (disc.packet_track(), disc.invisible()) {
                    (Some(track), _) if lba >= track.start => Ok(Found::Track(track)),
                    (_, Some(track)) if lba >= track.start => Ok(Found::Invisible(track)),
                    _ => Err(Sense::LBA_OUT_OF_RANGE.into()),
                }
            }
            TrackAddress::TRACK => match cdb.number {
                0 => Ok(Found::LeadIn),
                ReadTrackInformation::INVISIBLE => invisible(),
                number => match disc.tracks().find(|track| u32::from(track.number) == number) {
                    Some(track) => Ok(Found::Track(track)),
                    None => match disc.invisible() {
                        Some(track) if u32::from(track.number) == number => Ok(Found::Invisible(track)),
                        _ => Err(unknown()),
                    },
                },
            },
            TrackAddress::SESSION => {
                match disc.tracks().find(|track| u32::from(track.session) == cdb.number) {
                    Some(track) => Ok(Found::Track(track)),
                    None => match disc.invisible() {
                        Some(track) if u32::from(track.session) == cdb.number => Ok(Found::Invisible(track)),
                        _ => Err(unknown()),
                    },
                }
            }
            _ => Err(refuse_field!(ReadTrackInformation, "address")),
        }
    }

    /// Track 0, the lead-in that is to be written next.
    fn lead_in(&self, disc: &Disc) -> Result<TrackInformation, Refusal> {
        let (Some(start), Some(next)) = (disc.next_lead_in(), disc.invisible()) else {
            return Err(refuse_field!(ReadTrackInformation, "number"));
        };
        // The lead-in ends where the session's pregap begins.
        let pregap = match disc.open() {
            Some(open) => open.tracks.first().map_or(next.start, |track| track.start),
            None => next.start,
        } - PREGAP_FRAMES;
        Ok(TrackInformation { start, track_blocks: blocks(pregap - start), ..TrackInformation::default() })
    }

    fn track(&self, disc: &Disc, track: &Track) -> TrackInformation {
        let mut information = TrackInformation {
            track: track.number.into(),
            session: track.session,
            mode: track.control,
            reserved_track: self.personality.habits.complete_track_is_reserved.is,
            data_mode: DataMode(track.data_mode()),
            start: track.start,
            track_blocks: track.blocks,
            ..TrackInformation::default()
        };
        if let Some(packets) = track.packets {
            information.packet = true;
            information.fixed_packet = packets == Packets::Fixed;
            if packets == Packets::Fixed {
                information.packet_blocks = FIXED_PACKET.unsigned_abs();
            }
            // RT tells a complete packet track from one that may go on (the same table).
            information.reserved_track = true;
        }
        let incomplete = disc.open().and_then(|open| open.incomplete).filter(|cut| cut.track == track.number);
        if let Some(cut) = incomplete {
            information.damage = !cut.whole_packets;
            if track.packets.is_some() {
                information.reserved_track = false;
            }
            if cut.whole_packets {
                grows(&mut information, disc, track);
            }
            return information;
        }
        if track.reserved {
            information.reserved_track = true;
            information.blank = true;
            information.next_writable = Some(track.start);
            information.free_blocks = track.blocks;
        }
        information
    }

    fn invisible_track(&self, disc: &Disc, track: InvisibleTrack) -> TrackInformation {
        let next = self.next_writable(disc, track);
        let limit = disc.lead_out_limit().unwrap_or(next);
        let run_out = match self.pages.write_type() {
            WriteType::SAO | WriteType::RAW => 0,
            _ => RUN_OUT_FRAMES,
        };
        let free = blocks(limit - next - run_out);
        TrackInformation {
            track: track.number.into(),
            session: track.session,
            mode: self.pages.track_mode(),
            blank: true,
            data_mode: DataMode::UNKNOWN,
            start: track.start,
            next_writable: Some(next),
            free_blocks: free,
            track_blocks: free,
            ..TrackInformation::default()
        }
    }

    /// The next writable address follows the write type (cdrecord's table of expected start
    /// addresses: TAO 0, SAO -150, RAW the lead-in's start), and drives have habits.
    fn next_writable(&self, disc: &Disc, track: InvisibleTrack) -> Lba {
        let habits = &self.personality.habits;
        let blank = matches!(disc.state, DiscState::Blank);
        let open = disc.open().is_some();
        match self.pages.write_type() {
            WriteType::SAO if open => track.start,
            WriteType::SAO => match habits.sao_next_writable.is {
                SaoNextWritable::Zero if blank => track.start,
                SaoNextWritable::Zero | SaoNextWritable::Pregap => track.start - PREGAP_FRAMES,
            },
            WriteType::RAW if open => track.start,
            WriteType::RAW => match habits.raw_next_writable.is {
                RawNextWritable::Zero if blank => track.start,
                RawNextWritable::Pregap if blank => track.start - PREGAP_FRAMES,
                RawNextWritable::LeadInStart | RawNextWritable::Pregap | RawNextWritable::Zero => {
                    disc.next_lead_in().unwrap_or(track.start)
                }
            },
            _ => track.start,
        }
    }
}

/// The track of the open session whose end is not known.
fn unended(disc: &Disc) -> Option<&Track> {
    let open = disc.open()?;
    let cut = open.incomplete.filter(|cut| !cut.reserved)?;
    open.tracks.iter().find(|track| track.number == cut.track)
}

/// A track to which more packets may be added. Its size goes on to the end of the disc: size less free
/// blocks less seven is what is written, as Linux reckons (cdrom.c, last written block).
fn grows(information: &mut TrackInformation, disc: &Disc, track: &Track) {
    let next = next_writable(track);
    let limit = disc.lead_out_limit().map_or(next, |last| last - RUN_OUT_FRAMES);
    let free = free_blocks(track, limit);
    information.next_writable = Some(next);
    information.free_blocks = blocks(free);
    information.track_blocks = blocks((next - track.start).saturating_add(free));
}

fn blocks(frames: i32) -> u32 {
    u32::try_from(frames).unwrap_or(0)
}
