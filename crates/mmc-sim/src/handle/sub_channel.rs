//! READ SUB-CHANNEL.

use cd_format::{Adr, Lba};
use mmc_wire::block::sub_channel::{AudioStatus, IsrcField, McnField, Position, SubChannel, SubChannelData};
use mmc_wire::block::toc::TocAddress;
use mmc_wire::command::{ReadSubChannel, SubChannelFormat};

use super::{Handle, Io};
use crate::drive::Drive;
use crate::refusal::{Refusal, refuse_field};

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
                Ok(SubChannelData::Mcn(mcn.map_or_else(McnField::default, McnField::of)))
            }
            SubChannelFormat::ISRC => {
                let track = tracks().find(|track| track.number == cdb.track);
                let track = track.ok_or(refuse_field!(ReadSubChannel, "track"))?;
                Ok(SubChannelData::Isrc {
                    adr: Adr::ISRC,
                    control: track.control,
                    track: track.number,
                    isrc: track.isrc.as_ref().map_or_else(IsrcField::default, IsrcField::of),
                })
            }
            _ => Err(refuse_field!(ReadSubChannel, "format")),
        }
    }
}
