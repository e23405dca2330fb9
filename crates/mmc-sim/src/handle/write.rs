//! WRITE (10), WRITE (12), SYNCHRONIZE CACHE.

use core::time::Duration;

use cd_format::Lba;
use cd_format::sector::SECTOR_LEN;
use cd_format::session::FIRST_LEAD_OUT_FRAMES;
use mmc_wire::Sense;
use mmc_wire::block::mode::{DataBlockType, WriteType};
use mmc_wire::command::{SynchronizeCache10, Write10, Write12};

use super::{Handle, Io};
use crate::buffer::Buffer;
use crate::disc::packets::PITCH;
use crate::disc::{Disc, DiscState};
use crate::drive::{Busy, Drive};
use crate::finish::Finish;
use crate::pace::Pace;
use crate::personality::{FullBuffer, WriteSpeed};
use crate::recording::convert::Converter;
use crate::recording::overwrite::{formatted_track, overwrite, packets_touched};
use crate::recording::packet::blocks::USER_BYTES;
use crate::recording::{PacketStream, RawStream, Recording, SaoStream, Stream, TaoStream};
use crate::refusal::{Refusal, refuse_field};
use crate::speed::write_speeds;

/// kB/s of a drive that has no write speed for the disc.
const SINGLE_SPEED: u16 = 176;

impl Handle<Write10> for Drive {
    /// MMC "WRITE (10) Command".
    fn handle(&mut self, cdb: &Write10, io: &mut Io<'_>) -> Result<(), Refusal> {
        let blocks =
            Blocks { lba: cdb.lba, count: cdb.blocks.into(), short: refuse_field!(Write10, "blocks") };
        self.write(&blocks, io.out, cdb.force_unit_access)
    }
}

impl Handle<Write12> for Drive {
    /// MMC "WRITE (12) Command". The streaming bit only hastens the start of recording, which nobody
    /// can see.
    fn handle(&mut self, cdb: &Write12, io: &mut Io<'_>) -> Result<(), Refusal> {
        let blocks = Blocks { lba: cdb.lba, count: cdb.blocks, short: refuse_field!(Write12, "blocks") };
        self.write(&blocks, io.out, cdb.force_unit_access)
    }
}

/// Blocks to be written.
struct Blocks {
    lba: Lba,
    count: u32,
    /// What is said when the host sends fewer than it announced.
    short: Refusal,
}

impl Drive {
    /// Takes blocks into the buffer. A refused write leaves drive and medium as they were.
    fn write(&mut self, blocks: &Blocks, out: &[u8], to_the_medium: bool) -> Result<(), Refusal> {
        if blocks.count == 0 {
            return Ok(());
        }
        if self.disc().is_some_and(|disc| disc.formatted) {
            return self.overwrite(blocks, out);
        }
        let new = match &self.recording {
            Some(recording) => {
                if let Some(sense) = recording.lost {
                    return Err(sense.into());
                }
                None
            }
            None => Some(self.begin(blocks.lba)?),
        };
        let Some(recording) = new.as_ref().or(self.recording.as_ref()) else { return Ok(()) };
        recording.check(blocks.lba, blocks.count)?;
        let bytes = u64::from(blocks.count) * recording.block_bytes() as u64;
        let Some(data) = usize::try_from(bytes).ok().and_then(|bytes| out.get(..bytes)) else {
            return Err(blocks.short);
        };
        let refuses = self.personality.habits.full_buffer.is == FullBuffer::LongWriteInProgress;
        let no_room = bytes > recording.buffer.free() && recording.buffer.holds(bytes);
        if let Some(new) = new {
            self.install(new);
        } else if no_room
            && refuses
            && let Some(recording) = &mut self.recording
        {
            // The laser makes room, so that the host does not ask in vain.
            recording.buffer.start(self.clock);
            return Err(Sense::LONG_WRITE_IN_PROGRESS.into());
        }
        let now = self.clock;
        let Some(recording) = &mut self.recording else { return Ok(()) };
        recording.take(data, now);
        let mut wait = recording.buffer.time_to_fit(now);
        if to_the_medium {
            recording.buffer.start(now);
            wait = recording.buffer.time_to_empty(now);
        }
        self.advance(wait);
        Ok(())
    }

    /// Writes on a formatted disc: packets are on the medium when the host has its answer, and a WRITE waits
    /// for that (Pioneer R11 command reference, "WRITE (10), WRITE (12) Command": with a formatted CD-RW the
    /// command is deferred instead of refused).
    fn overwrite(&mut self, blocks: &Blocks, out: &[u8]) -> Result<(), Refusal> {
        let page = self.pages.write_parameters();
        let Some(disc) = self.disc() else { return Err(self.no_medium().into()) };
        let Some(track) = formatted_track(disc).filter(|_| page.write_type == WriteType::PACKET) else {
            return Err(Sense::CANNOT_WRITE_INCOMPATIBLE_FORMAT.into());
        };
        // The disc says what its sectors are; the host has to send 2048 bytes.
        if !matches!(page.data_block_type, DataBlockType::MODE_1 | DataBlockType::MODE_2_FORM_1) {
            return Err(Sense::ILLEGAL_MODE_FOR_THIS_TRACK.into());
        }
        let end = i64::from(blocks.lba.0) + i64::from(blocks.count);
        if blocks.lba < track.start || end > i64::from(track.end().0) {
            return Err(Sense::LBA_OUT_OF_RANGE.into());
        }
        let bytes = usize::try_from(blocks.count).ok().and_then(|count| count.checked_mul(USER_BYTES));
        let Some(user) = bytes.and_then(|bytes| out.get(..bytes)) else { return Err(blocks.short) };
        let frames = packets_touched(track, blocks.lba, blocks.count).saturating_mul(PITCH.unsigned_abs());
        let takes = self.time_to_write(disc, track.frame_of(blocks.lba), frames);
        self.advance(takes);
        match &mut self.loader.disc {
            Some(disc) if !page.test_write => overwrite(disc, blocks.lba, user).map_err(Refusal::from),
            _ => Ok(()),
        }
    }

    /// From now on this is what is written.
    fn install(&mut self, new: Recording) {
        self.activity = Busy::Idle;
        // The recording has the cue sheet now; the next session needs one of its own.
        self.cue = None;
        if !new.buffer.is_ready(self.clock)
            && let Some(disc) = &mut self.loader.disc
        {
            disc.store.calibrate();
            self.loader.calibrated = true;
        }
        self.recording = Some(new);
    }

    /// Bytes of the block that the host sends next, as far as can be known.
    pub(crate) fn next_block_bytes(&self) -> usize {
        let page = self.pages.write_parameters();
        let of_sheet = self.cue.clone().filter(|_| page.write_type == WriteType::SAO).map(SaoStream::new);
        let told = match &self.recording {
            Some(recording) => recording.block_bytes(),
            None => of_sheet.map_or(0, |stream| stream.block_bytes()),
        };
        let of_page = page.data_block_type.bytes_per_block().unwrap_or(SECTOR_LEN);
        if told == 0 { of_page } else { told }
    }

    /// A recording as the write parameters want it.
    fn begin(&self, lba: Lba) -> Result<Recording, Refusal> {
        let Some(disc) = self.disc() else { return Err(self.no_medium().into()) };
        if disc.is_complete() || disc.atip.is_none() {
            return Err(Sense::CANNOT_WRITE_INCOMPATIBLE_FORMAT.into());
        }
        let page = self.pages.write_parameters();
        let stream = match page.write_type {
            WriteType::RAW => self.begin_raw(disc)?,
            WriteType::SAO => self.begin_sao(disc)?,
            WriteType::TAO => Stream::Tao(Box::new(TaoStream::begin(disc, &page, lba)?)),
            WriteType::PACKET if self.personality.abilities.packets => {
                Stream::Packet(Box::new(PacketStream::begin(disc, &page, lba)?))
            }
            _ => return Err(Sense::COMMAND_SEQUENCE_ERROR.into()),
        };
        // A test write lights no laser that would have to be calibrated.
        let calibration =
            if page.test_write { Duration::ZERO } else { self.calibration_before_writing(disc)? };
        let buffer =
            Buffer::new(self.personality.speeds.buffer_bytes, self.pace(disc), self.clock + calibration);
        let mut recording = Recording::new(stream, buffer, page.buffer_underrun_free);
        recording.test_write = page.test_write;
        Ok(recording)
    }

    /// Raw recording begins where the next lead-in does: on a blank disc, or behind closed sessions
    /// where the drive can do that (feature 002Eh, RAW-MS).
    fn begin_raw(&self, disc: &Disc) -> Result<Stream, Refusal> {
        let raw = self.personality.abilities.raw.as_ref();
        let allowed = match disc.state {
            DiscState::Blank => true,
            DiscState::Appendable { .. } => raw.is_some_and(|raw| raw.multisession),
            DiscState::Open { .. } | DiscState::Complete { .. } | DiscState::Damaged { .. } => false,
        };
        let kind = self.pages.write_parameters().data_block_type;
        let (true, Some(start), Some(last)) = (allowed, disc.next_lead_in(), disc.lead_out_limit()) else {
            return Err(Sense::COMMAND_SEQUENCE_ERROR.into());
        };
        // Taken by MODE SELECT, and not meant: the page contradicts what is written (5/64/00).
        if self.personality.habits.raw_types_that_fail.is.contains(&kind.0) {
            return Err(Sense::ILLEGAL_MODE_FOR_THIS_TRACK.into());
        }
        // MODE SELECT has seen to it that the block type has a sub-channel.
        let converter = Converter::of(kind).ok_or(Refusal::from(Sense::ILLEGAL_MODE_FOR_THIS_TRACK))?;
        let limit = last + FIRST_LEAD_OUT_FRAMES;
        Ok(Stream::Raw(Box::new(RawStream::new(start, limit, converter))))
    }

    /// A session at once is recorded as the cue sheet says; without one there is nothing to record.
    /// Nor is there when the disc has been erased since the sheet came.
    fn begin_sao(&self, disc: &Disc) -> Result<Stream, Refusal> {
        let plan = self.cue.clone().filter(|plan| plan.fits(disc));
        let plan = plan.ok_or(Refusal::from(Sense::COMMAND_SEQUENCE_ERROR))?;
        Ok(Stream::Sao(SaoStream::new(plan)))
    }

    /// How fast it goes.
    pub(crate) fn pace(&self, disc: &Disc) -> Pace {
        let speeds = write_speeds(&self.personality.speeds, Some(disc.kind));
        Pace::of(self.speed.write_in_force(speeds).cloned().unwrap_or(WriteSpeed::clv(SINGLE_SPEED)))
    }
}

impl Handle<SynchronizeCache10> for Drive {
    /// MMC "SYNCHRONIZE CACHE (10) Command": what is buffered goes to the medium, and the recording is
    /// over; a track goes on with its next packet. Raw recording cannot go on behind it, since what a drive links it cannot make part of a
    /// session that the host has made; a session without its lead-out is damaged. A session at once gets
    /// its lead-out now, and a track at once ends.
    fn handle(&mut self, cdb: &SynchronizeCache10, _: &mut Io<'_>) -> Result<(), Refusal> {
        self.synchronize(cdb.immediate)
    }
}

impl Drive {
    /// Ends the recording, if there is one.
    pub(crate) fn synchronize(&mut self, immediate: bool) -> Result<(), Refusal> {
        let now = self.clock;
        let Some(recording) = &mut self.recording else {
            if self.activity == Busy::Streaming {
                self.activity = Busy::Idle;
            }
            return Ok(());
        };
        recording.conclude(now)?;
        recording.buffer.start(now);
        // Running empty is what is wanted now.
        recording.underrun_free = true;
        let takes = recording.time_to_end(now);
        self.long(Finish::Recording, takes, immediate)
    }
}
