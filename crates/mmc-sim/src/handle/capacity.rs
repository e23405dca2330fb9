//! READ CAPACITY and READ FORMAT CAPACITIES.

use cd_format::Lba;
use cd_format::atip::Atip;
use mmc_wire::Block;
use mmc_wire::block::capacity::Capacity;
use mmc_wire::block::format_capacities::{CapacityDescriptor, CapacityType, FormatCapacities};
use mmc_wire::command::{ReadCapacity, ReadFormatCapacities};

use super::{Handle, Io};
use crate::disc::packets::{FIXED_PACKET, fixed_capacity};
use crate::disc::{Disc, DiscState, Packets, Session};
use crate::drive::Drive;
use crate::refusal::{Refusal, refuse_field};
use crate::scene::DiscKind;

/// Bytes of user data in a Mode 1 block.
const BLOCK_BYTES: u32 = 2048;
/// The most blocks a CD has: up to 99:59:74.
const LARGEST: u32 = 449_850;
/// Full format of a CD-RW in fixed packets (Pioneer R11 command reference, FORMAT UNIT).
const CD_RW_FULL_FORMAT: u8 = 0x10;

impl Handle<ReadCapacity> for Drive {
    /// MMC "READ CAPACITY Command". 0 without a closed session, else the block before the last one's
    /// lead-out; behind a track-at-once track that counts its two run-out blocks in (Pioneer R8
    /// command reference, READ CAPACITY).
    fn handle(&mut self, cdb: &ReadCapacity, io: &mut Io<'_>) -> Result<(), Refusal> {
        if cdb.relative {
            return Err(refuse_field!(ReadCapacity, "relative"));
        }
        if cdb.partial {
            return Err(refuse_field!(ReadCapacity, "partial"));
        }
        if cdb.lba != Lba(0) {
            return Err(refuse_field!(ReadCapacity, "lba"));
        }
        let last = self.disc().and_then(|disc| disc.closed().last());
        let last_lba = last.map_or(Lba(0), last_block);
        Capacity { last_lba, block_bytes: BLOCK_BYTES }.emit(io.reply);
        Ok(())
    }
}

impl Handle<ReadFormatCapacities> for Drive {
    /// MMC "READ FORMAT CAPACITIES Command".
    fn handle(&mut self, _: &ReadFormatCapacities, io: &mut Io<'_>) -> Result<(), Refusal> {
        let formattable = match self.disc() {
            Some(disc) if disc.kind == DiscKind::CdRw => {
                disc.atip.as_ref().map(full_format).into_iter().collect()
            }
            _ => Vec::new(),
        };
        FormatCapacities { current: current(self.disc()), formattable }.emit(io.reply);
        Ok(())
    }
}

/// Behind a fixed packet track there are no further addresses: links have none.
fn last_block(session: &Session) -> Lba {
    match session.tracks.last() {
        Some(track) if track.packets == Some(Packets::Fixed) => track.end() - 1,
        _ => session.lead_out - 1,
    }
}

fn current(disc: Option<&Disc>) -> CapacityDescriptor {
    let (kind, blocks) = match disc {
        None => (CapacityType::NO_MEDIUM, LARGEST),
        Some(disc) => match &disc.state {
            // A PIONEER DVR-111D gives 0 blocks for a blank CD-R, in a burn log.
            DiscState::Blank => (CapacityType::UNFORMATTED, 0),
            DiscState::Open { .. }
            | DiscState::Appendable { .. }
            | DiscState::Complete { .. }
            | DiscState::Damaged { .. } => {
                let end = disc.closed().last().map_or(0, |session| last_block(session).0.saturating_add(1));
                (CapacityType::FORMATTED, u32::try_from(end).unwrap_or(0))
            }
        },
    };
    CapacityDescriptor { blocks, format_type: 0, kind, parameter: BLOCK_BYTES }
}

/// The whole disc in fixed packets.
fn full_format(atip: &Atip) -> CapacityDescriptor {
    CapacityDescriptor {
        blocks: fixed_capacity(atip),
        format_type: CD_RW_FULL_FORMAT,
        kind: CapacityType::default(),
        parameter: FIXED_PACKET.unsigned_abs(),
    }
}
