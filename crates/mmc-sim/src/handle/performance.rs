//! Speeds and the write buffer.

use cd_format::Lba;
use mmc_wire::block::buffer_capacity::BufferCapacity;
use mmc_wire::block::performance::{NominalPerformance, Performance, WriteSpeedDescriptor};
use mmc_wire::block::streaming::StreamingDescriptor;
use mmc_wire::command::{GetPerformance, PerformanceType, ReadBufferCapacity, SetCdSpeed, SetStreaming};
use mmc_wire::{Block, Sense};

use super::{Handle, Io};
use crate::drive::Drive;
use crate::pace::Pace;
use crate::personality::{SpeedProfile, WriteSpeed};
use crate::refusal::{Refusal, refuse_field};
use crate::speed::{Speed, write_speeds};

impl Handle<SetCdSpeed> for Drive {
    /// MMC "SET CD SPEED Command": never an error for a legal value; the drive rounds down.
    fn handle(&mut self, cdb: &SetCdSpeed, _: &mut Io<'_>) -> Result<(), Refusal> {
        const FASTEST: u16 = 0xFFFF;
        if cdb.rotation > 1 {
            return Err(refuse_field!(SetCdSpeed, "rotation"));
        }
        let limit = |speed: u16| (speed != FASTEST).then_some(speed);
        self.speed =
            Speed { read: limit(cdb.read_speed), write: limit(cdb.write_speed), cav: cdb.rotation == 1 };
        Ok(())
    }
}

impl Handle<SetStreaming> for Drive {
    /// MMC "SET STREAMING Command", type 0.
    fn handle(&mut self, cdb: &SetStreaming, io: &mut Io<'_>) -> Result<(), Refusal> {
        const PERFORMANCE_DESCRIPTOR: u8 = 0;
        if cdb.kind != PERFORMANCE_DESCRIPTOR {
            return Err(refuse_field!(SetStreaming, "kind"));
        }
        if self.long_run().is_some() {
            return Err(Sense::COMMAND_SEQUENCE_ERROR.into());
        }
        if usize::from(cdb.parameter_bytes) != StreamingDescriptor::BYTES {
            return Err(Sense::PARAMETER_LIST_LENGTH_ERROR.into());
        }
        let asked = StreamingDescriptor::parse(io.out)
            .map_err(|_| Refusal::from(Sense::PARAMETER_LIST_LENGTH_ERROR))?;
        if asked.restore_defaults {
            self.speed = Speed::default();
            return Ok(());
        }
        let kbps = |speed: Option<u32>| speed.map(|speed| u16::try_from(speed).unwrap_or(u16::MAX));
        let wanted = Speed {
            read: kbps(asked.read_speed()),
            write: kbps(asked.write_speed()),
            cav: asked.rotation_control == 1,
        };
        let available = write_speeds(&self.personality.speeds, self.disc().map(|disc| disc.kind));
        let exists = available.iter().any(|speed| Some(speed.kbps) == wanted.write);
        if asked.exact && wanted.write.is_some() && !exists {
            const WRITE_SIZE: usize = 20;
            return Err(Refusal::parameter(WRITE_SIZE, None));
        }
        self.speed = wanted;
        Ok(())
    }
}

impl Handle<GetPerformance> for Drive {
    /// MMC "GET PERFORMANCE Command": nominal performance and write speeds; the other types are
    /// DVD's. No more descriptors than the host has room for; the length counts all there are, as
    /// a count in data that is cut always does (SPC "Allocation length").
    fn handle(&mut self, cdb: &GetPerformance, io: &mut Io<'_>) -> Result<(), Refusal> {
        const HEADER_BYTES: usize = 8;
        const EXCEPTION_BYTES: usize = 6;
        const DESCRIPTOR_BYTES: usize = 16;
        let performance = match cdb.kind {
            PerformanceType::PERFORMANCE => self.nominal(cdb)?,
            PerformanceType::WRITE_SPEED => Performance::WriteSpeeds(self.write_speed_descriptors()),
            _ => return Err(refuse_field!(GetPerformance, "kind")),
        };
        let each = match performance {
            Performance::Exceptions { .. } => EXCEPTION_BYTES,
            _ => DESCRIPTOR_BYTES,
        };
        performance.emit(io.reply);
        io.reply.truncate(HEADER_BYTES + usize::from(cdb.max_descriptors) * each);
        Ok(())
    }
}

impl Handle<ReadBufferCapacity> for Drive {
    /// MMC "READ BUFFER CAPACITY Command": in bytes, or in blocks as the host sends them next.
    fn handle(&mut self, cdb: &ReadBufferCapacity, io: &mut Io<'_>) -> Result<(), Refusal> {
        let length = self.personality.speeds.buffer_bytes;
        let free = self.recording.as_ref().map(|recording| recording.buffer.free());
        let free = free.and_then(|free| u32::try_from(free).ok()).unwrap_or(length);
        let capacity = if cdb.in_blocks {
            let block = u32::try_from(self.next_block_bytes()).unwrap_or(u32::MAX);
            BufferCapacity { in_blocks: true, length: 0, free: free / block.max(1) }
        } else {
            BufferCapacity { in_blocks: false, length, free }
        };
        capacity.emit(io.reply);
        Ok(())
    }
}

impl Drive {
    fn nominal(&self, cdb: &GetPerformance) -> Result<Performance, Refusal> {
        const TOLERANCE_20_PERCENT: u8 = 0b10;
        let (tolerance, write, except) = (cdb.data_type >> 3, cdb.data_type & 4 != 0, cdb.data_type & 3);
        if tolerance != TOLERANCE_20_PERCENT {
            return Err(refuse_field!(GetPerformance, "data_type"));
        }
        if except != 0 {
            return Ok(Performance::Exceptions { write, blocks: Vec::new() });
        }
        let end = self.end_of_medium();
        let speeds = &self.personality.speeds;
        let speed = if write {
            let in_force = self.speed.write_in_force(write_speeds(speeds, self.disc().map(|disc| disc.kind)));
            in_force.cloned().unwrap_or(WriteSpeed::clv(0))
        } else {
            WriteSpeed { kbps: self.speed.read_in_force(speeds.read), profile: SpeedProfile::Cav }
        };
        let pace = Pace::of(speed);
        let zones = pace.zones(end);
        let ends = zones.iter().skip(1).map(|next| *next - 1).chain([end]);
        let range = |(start, end): (&Lba, Lba)| NominalPerformance {
            start: *start,
            start_speed: pace.kbps(*start).into(),
            end,
            end_speed: pace.kbps(end).into(),
        };
        let ranges = zones.iter().zip(ends).map(range).filter(|range| range.end >= cdb.lba).collect();
        Ok(Performance::Nominal { write, ranges })
    }

    fn write_speed_descriptors(&self) -> Vec<WriteSpeedDescriptor> {
        let speeds = &self.personality.speeds;
        let end = self.end_of_medium();
        write_speeds(speeds, self.disc().map(|disc| disc.kind))
            .iter()
            .map(|speed| WriteSpeedDescriptor {
                rotation_control: speed.rotation_control(),
                end,
                read_speed: speeds.read.into(),
                write_speed: speed.kbps.into(),
                ..WriteSpeedDescriptor::default()
            })
            .collect()
    }

    /// The last block of the medium's capacity; 0 without a medium.
    fn end_of_medium(&self) -> Lba {
        let disc = self.disc();
        let written = || disc.and_then(|disc| disc.closed().last()).map(|session| session.lead_out);
        let end = disc.and_then(|disc| disc.lead_out_limit()).or_else(written);
        end.map_or(Lba(0), |end| end - 1)
    }
}
