//! READ SUB-CHANNEL.

use cd_format::sub_channel::SUB_CHANNEL_BYTES;
use cd_format::sub_channel::interleave::q_frame;
use cd_format::{Adr, Lba};
use mmc_wire::block::sub_channel::{AudioStatus, IsrcField, McnField, Position, SubChannel, SubChannelData};
use mmc_wire::block::toc::TocAddress;
use mmc_wire::command::{ReadSubChannel, SubChannelFormat};

use super::{Handle, Io};
use crate::disc::{Disc, Track};
use crate::drive::Drive;
use crate::refusal::{Refusal, refuse_field};
use crate::store::ReadError;

impl Handle<ReadSubChannel> for Drive {
    /// MMC "READ SUB-CHANNEL Command". Nothing is ever played, so there is no audio status to tell, and
    /// the position is that of the head at rest: the first block of the first track.
    fn handle(&mut self, cdb: &ReadSubChannel, io: &mut Io<'_>) -> Result<(), Refusal> {
        let data = if cdb.data { Some(self.sub_channel(cdb)?) } else { None };
        SubChannel { audio_status: AudioStatus::NONE, data }.emit(io.reply);
        Ok(())
    }
}

impl Drive {
    fn sub_channel(&self, cdb: &ReadSubChannel) -> Result<SubChannelData, Refusal> {
        let disc = self.disc();
        // Q can be read where there is a lead-in to find the tracks by: in closed sessions.
        let tracks = || disc.into_iter().flat_map(|disc| disc.closed()).flat_map(|session| &session.tracks);
        match cdb.format {
            SubChannelFormat::POSITION => {
                let track = tracks().next();
                Ok(SubChannelData::Position(Position {
                    adr: Adr::POSITION,
                    control: track.map(|track| track.control).unwrap_or_default(),
                    track: track.map_or(0, |track| track.number),
                    index: u8::from(track.is_some()),
                    absolute: TocAddress::new(track.map_or(Lba(0), |track| track.start), cdb.msf),
                    relative: TocAddress::new(if cdb.msf { Lba(-150) } else { Lba(0) }, cdb.msf),
                }))
            }
            SubChannelFormat::MCN => {
                let mcn = disc.filter(|disc| !disc.closed().is_empty()).and_then(|disc| disc.mcn.as_ref());
                // With Q unreadable all over the first track nothing is found, and the valid bit says so.
                let mcn =
                    mcn.filter(|_| tracks().next().is_some_and(|track| finds(disc, track, Adr::CATALOGUE)));
                Ok(SubChannelData::Mcn(mcn.map_or_else(McnField::default, McnField::of)))
            }
            SubChannelFormat::ISRC => {
                let track = tracks().find(|track| track.number == cdb.track);
                let track = track.ok_or(refuse_field!(ReadSubChannel, "track"))?;
                Ok(SubChannelData::Isrc {
                    adr: Adr::ISRC,
                    control: track.control,
                    track: track.number,
                    isrc: track
                        .isrc
                        .as_ref()
                        .filter(|_| finds(disc, track, Adr::ISRC))
                        .map_or_else(IsrcField::default, IsrcField::of),
                })
            }
            _ => Err(refuse_field!(ReadSubChannel, "format")),
        }
    }
}

/// Whether a readable Q of this kind comes by where the drive looks for one: at the track's beginning. A
/// catalogue number or recording code is there once in a hundred frames (ECMA-130 "Q-channel", modes 2 and
/// 3); it is looked for only where something reads badly.
fn finds(disc: Option<&Disc>, track: &Track, adr: Adr) -> bool {
    const LOOKED_THROUGH: u32 = 300;
    let Some(disc) = disc.filter(|disc| !disc.damage.is_empty()) else { return true };
    let end = track.start + i32::try_from(track.blocks.min(LOOKED_THROUGH)).unwrap_or(0);
    let mut found = false;
    // A frame that is not there ends the search.
    let _ = disc.frames().visit(track.start..end, |lba, frame| -> Result<(), ReadError> {
        let mut read = *frame;
        if let Some(hurt) = disc.damage.at(lba, 0) {
            hurt.read(&mut read);
            if hurt.servo().is_some() {
                return Ok(());
            }
        }
        let q = read.last_chunk::<SUB_CHANNEL_BYTES>().map(q_frame);
        found |= q.is_some_and(|q| q.adr() == adr && q.crc_ok());
        Ok(())
    });
    found
}
