//! READ (10), READ (12), VERIFY (10) and READ HEADER: blocks of data tracks, corrected.
//!
//! | module | holds |
//! |---|---|
//! | `blocks` | which blocks a command may have, and each of them in turn |
//! | `cd` | READ CD and READ CD MSF |
//! | `selection` | what of a block these two want |
//!
//! A command that cannot have all its blocks gets none: the reply is not begun, and the sense is that
//! of the first block at fault. Addresses are looked at before modes, modes before content.

mod blocks;
mod cd;
mod selection;
#[cfg(test)]
mod tests;

use core::ops::ControlFlow;

use cd_format::Lba;
use cd_format::sector::check::{EdcState, classify, repair};
use cd_format::sector::{AFTER_HEADER, HEADER, Repair, Sector, SectorMode};
use mmc_wire::Sense;
use mmc_wire::block::toc::TocAddress;
use mmc_wire::command::{Read10, Read12, ReadHeader, Verify10};

use super::{Handle, Io};
use crate::disc::Disc;
use crate::drive::Drive;
use crate::refusal::Refusal;
use blocks::Blocks;

/// Bytes of user data in a block of Mode 1 or Mode 2 form 1.
const USER_BYTES: usize = 2048;

impl Handle<Read10> for Drive {
    /// MMC "READ (10) Command".
    fn handle(&mut self, cdb: &Read10, io: &mut Io<'_>) -> Result<(), Refusal> {
        self.read(cdb.lba, cdb.blocks.into(), io)
    }
}

impl Handle<Read12> for Drive {
    /// MMC "READ (12) Command". Streaming may trade correctness for speed; this drive need not.
    fn handle(&mut self, cdb: &Read12, io: &mut Io<'_>) -> Result<(), Refusal> {
        self.read(cdb.lba, cdb.blocks, io)
    }
}

impl Handle<Verify10> for Drive {
    /// MMC "VERIFY (10) Command": as READ (10), and nothing is transferred.
    fn handle(&mut self, cdb: &Verify10, _: &mut Io<'_>) -> Result<(), Refusal> {
        let Some(blocks) = self.blocks(cdb.lba, cdb.blocks.into())? else { return Ok(()) };
        blocks.of_data()?;
        blocks.sectors(|sector| user_data(sector).map(|_| ControlFlow::Continue(())))?;
        let took = blocks.count();
        self.has_read(took);
        Ok(())
    }
}

impl Handle<ReadHeader> for Drive {
    /// MMC-2 "READ HEADER Command": mode and address as the block's own header has them.
    fn handle(&mut self, cdb: &ReadHeader, io: &mut Io<'_>) -> Result<(), Refusal> {
        let Some(blocks) = self.blocks(cdb.lba, 1)? else { return Ok(()) };
        blocks.of_data()?;
        blocks.sectors(|sector| {
            let found = classify(sector);
            let lba = found.address.map(cd_format::Msf::to_program_lba).ok_or(Sense::UNRECOVERED_L_EC)?;
            let mode = sector.get(AFTER_HEADER - 1).copied().unwrap_or(0);
            let address = match TocAddress::new(lba, cdb.msf) {
                TocAddress::Lba(lba) => lba.0.to_be_bytes(),
                TocAddress::Msf(time) => time.to_bytes(),
            };
            io.reply.extend([mode, 0, 0, 0]);
            io.reply.extend(address);
            Ok(ControlFlow::Break(()))
        })?;
        self.has_read(1);
        Ok(())
    }
}

impl Drive {
    fn read(&mut self, lba: Lba, count: u32, io: &mut Io<'_>) -> Result<(), Refusal> {
        let Some(blocks) = self.blocks(lba, count)? else { return Ok(()) };
        blocks.of_data()?;
        io.reply.reserve(blocks.count().saturating_mul(USER_BYTES).min(io.room));
        blocks.sectors(|sector| {
            io.reply.extend_from_slice(user_data(sector)?);
            Ok(io.go_on())
        })?;
        let took = blocks.count();
        self.has_read(took);
        Ok(())
    }

    /// The blocks of a command: `None` when it asks for none, which is no error wherever it points
    /// (MMC "READ (10) Command", transfer length).
    fn blocks(&self, lba: Lba, count: u32) -> Result<Option<Blocks<'_>>, Refusal> {
        let disc = self.readable()?;
        if count == 0 { Ok(None) } else { Blocks::find(disc, lba, count).map(Some) }
    }

    /// The disc, unless a recording has the laser.
    fn readable(&self) -> Result<&Disc, Refusal> {
        if self.is_streaming() {
            return Err(Sense::COMMAND_SEQUENCE_ERROR.into());
        }
        self.disc().ok_or_else(|| self.no_medium().into())
    }

    /// Lets the time pass that it takes to read so many blocks at the speed in force.
    fn has_read(&mut self, blocks: usize) {
        let speed = self.speed.read_in_force(self.personality.speeds.read).max(1);
        let micros = blocks as u64 * cd_format::sector::SECTOR_LEN as u64 * 1000 / u64::from(speed);
        self.advance(core::time::Duration::from_micros(micros));
    }
}

/// The 2048 bytes of a descrambled block, repaired if they can be.
fn user_data(sector: &mut Sector) -> Result<&[u8], Sense> {
    let found = classify(sector);
    let mode = match found.mode {
        Some(mode @ (SectorMode::Mode1 | SectorMode::Mode2Form1)) => mode,
        _ => return Err(Sense::ILLEGAL_MODE_FOR_THIS_TRACK),
    };
    if matches!(found.edc, EdcState::Bad { .. })
        && !matches!(repair(sector, mode), Repair::Clean | Repair::Repaired { .. })
    {
        return Err(Sense::UNRECOVERED_L_EC);
    }
    let start = mode.user_start();
    Ok(sector.get(start..start + USER_BYTES).unwrap_or_default())
}

/// Whether a sector begins as data does.
fn has_sync(sector: &Sector) -> bool {
    sector[..HEADER] == cd_format::sector::SYNC
}
