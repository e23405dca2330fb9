//! READ (10), READ (12), VERIFY (10) and READ HEADER: blocks of data tracks, corrected.
//!
//! | module | holds |
//! |---|---|
//! | `blocks` | which blocks a command may have, and each of them in turn |
//! | `recovery` | what becomes of a block that reads badly |
//! | `cd` | READ CD and READ CD MSF |
//! | `selection` | what of a block these two want |
//! | `conceal` | audio with its wrong samples made inaudible |
//!
//! A command with a block that is not there, or not of the kind asked for, gets none: the reply is not
//! begun. Where a block cannot be read, those before it are transferred. Addresses are looked at before
//! modes, modes before content.

mod blocks;
mod cd;
mod conceal;
mod recovery;
mod selection;
#[cfg(test)]
mod tests;

use core::ops::ControlFlow;

use cd_format::Lba;
use cd_format::sector::check::{EdcState, classify, edc_state, repair};
use cd_format::sector::scramble::scramble;
use cd_format::sector::{AFTER_HEADER, HEADER, Repair, Sector, SectorMode};
use mmc_wire::Sense;
use mmc_wire::block::toc::TocAddress;
use mmc_wire::command::{Read10, Read12, ReadHeader, Verify10};

pub(crate) use recovery::Failed;

use super::{Handle, Io};
use crate::disc::Disc;
use crate::disc::content::Frame;
use crate::drive::Drive;
use crate::personality::NegativeAddresses;
use crate::refusal::Refusal;
use blocks::{Blocks, descramble};
use recovery::{Head, Reading, Verdict};

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
        self.with_head(|drive, head| {
            let Some(blocks) = drive.blocks(cdb.lba, cdb.blocks.into())? else { return Ok(0) };
            user_blocks(&blocks, head, |_| ControlFlow::Continue(()))?;
            Ok(blocks.count())
        })
    }
}

impl Handle<ReadHeader> for Drive {
    /// MMC-2 "READ HEADER Command": mode and address as the block's own header has them.
    fn handle(&mut self, cdb: &ReadHeader, io: &mut Io<'_>) -> Result<(), Refusal> {
        self.with_head(|drive, head| {
            let Some(blocks) = drive.blocks(cdb.lba, 1)? else { return Ok(0) };
            blocks.of_data()?;
            blocks.frames(|spot, frame, _| {
                let mut sector = [0; SECTOR];
                descramble(frame, &mut sector)?;
                let found = classify(&sector);
                let address = found.address.map(cd_format::Msf::to_program_lba);
                let address = address.ok_or(Sense::UNRECOVERED_L_EC)?;
                head.block(spot, frame, |reading| match reading.c2 {
                    Some(c2) if (HEADER..AFTER_HEADER).any(|byte| c2.is_flagged(byte)) => {
                        Verdict::Wrong(Sense::UNRECOVERED_CIRC)
                    }
                    _ => Verdict::Right,
                })?;
                let mode = sector.get(AFTER_HEADER - 1).copied().unwrap_or(0);
                let address = match TocAddress::new(address, cdb.msf) {
                    TocAddress::Lba(lba) => lba.0.to_be_bytes(),
                    TocAddress::Msf(time) => time.to_bytes(),
                };
                io.reply.extend([mode, 0, 0, 0]);
                io.reply.extend(address);
                Ok(ControlFlow::Break(()))
            })?;
            Ok(1)
        })
    }
}

impl Drive {
    fn read(&mut self, lba: Lba, count: u32, io: &mut Io<'_>) -> Result<(), Refusal> {
        self.with_head(|drive, head| {
            let Some(blocks) = drive.blocks(lba, count)? else { return Ok(0) };
            io.reply.reserve(blocks.count().saturating_mul(USER_BYTES).min(io.room));
            user_blocks(&blocks, head, |user| {
                io.reply.extend_from_slice(user);
                io.go_on()
            })?;
            Ok(blocks.count())
        })
    }

    /// Does the work of a command that reads, which gives how many blocks it has read, and lets the
    /// time pass that it took.
    fn with_head(
        &mut self,
        work: impl FnOnce(&Self, &mut Head) -> Result<usize, Refusal>,
    ) -> Result<(), Refusal> {
        let damage = self.disc().map(|disc| disc.damage.clone()).unwrap_or_default();
        let mut head = Head::new(self.pages.error_recovery(), damage, core::mem::take(&mut self.failed));
        let done = work(self, &mut head);
        let end = head.end();
        let (failed, retries) = head.into_rest();
        self.failed = failed;
        self.advance(retries);
        self.has_read(done?);
        end
    }

    /// The blocks of a command: `None` when it asks for none, which is no error (MMC "READ (10) Command", transfer
    /// length), as long as it points at the disc or its end.
    fn blocks(&self, lba: Lba, count: u32) -> Result<Option<Blocks<'_>>, Refusal> {
        self.blocks_from(lba, count, NegativeAddresses::Refused)
    }

    fn blocks_from(
        &self,
        lba: Lba,
        count: u32,
        below: NegativeAddresses,
    ) -> Result<Option<Blocks<'_>>, Refusal> {
        let disc = self.readable()?;
        if count > 0 {
            return Blocks::find(disc, lba, count, below).map(Some);
        }
        let is_there = |lba| Blocks::find(disc, lba, 1, below).is_ok();
        if is_there(lba) || lba.0.checked_sub(1).is_some_and(|last| is_there(Lba(last))) {
            Ok(None)
        } else {
            Err(Sense::LBA_OUT_OF_RANGE.into())
        }
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
        let micros = blocks as u64 * SECTOR as u64 * 1000 / u64::from(speed);
        self.advance(core::time::Duration::from_micros(micros));
    }
}

const SECTOR: usize = cd_format::sector::SECTOR_LEN;

/// Calls `each` with the 2048 bytes of every block, until it has enough.
fn user_blocks(
    blocks: &Blocks<'_>,
    head: &mut Head,
    mut each: impl FnMut(&[u8]) -> ControlFlow<()>,
) -> Result<(), Refusal> {
    blocks.of_data()?;
    let mut sector = [0; SECTOR];
    let uncorrected = head.is_uncorrected();
    blocks.frames(|spot, frame, _| {
        descramble(frame, &mut sector)?;
        let mode = match classify(&sector).mode {
            Some(mode @ (SectorMode::Mode1 | SectorMode::Mode2Form1)) => mode,
            Some(SectorMode::Mode2Formless) if is_empty(&sector) => SectorMode::Mode2Form1,
            _ => return Err(Sense::ILLEGAL_MODE_FOR_THIS_TRACK.into()),
        };
        let mut fresh = true;
        let last_words = head.block(spot, frame, |reading| {
            if !core::mem::replace(&mut fresh, false) {
                // It has a sync: it had one before.
                descramble(frame, &mut sector).ok();
            }
            take(reading, &mut sector);
            correct(&mut sector, mode, reading, uncorrected)
        })?;
        let start = mode.user_start();
        let flow = each(sector.get(start..start + USER_BYTES).unwrap_or_default());
        last_words.map_or(Ok(flow), Err)
    })
}

/// Whether nothing but zeros stands behind the header. In a mode 2 sector that is form 1 as well as none: a sub-header
/// of zeros has the form bit clear, and the EDC and the parities of zeros are zeros (CD-ROM XA "Form 1 sector"). A host
/// that asks for 2048 bytes of it gets them. A session in XA that begins with an ISO image begins with 16 of these.
fn is_empty(sector: &Sector) -> bool {
    sector[AFTER_HEADER..].iter().all(|&byte| byte == 0)
}

/// Puts what was read behind the header of a descrambled sector. Where it is and of which mode the drive
/// knows from the blocks before.
fn take(reading: &Reading<'_>, sector: &mut Sector) {
    if reading.c2.is_some() {
        let mut read = main_of(reading.frame);
        scramble(&mut read);
        sector[AFTER_HEADER..].copy_from_slice(&read[AFTER_HEADER..]);
    }
}

/// Layered error correction (ECMA-130 "RSPC"): a repair is believed when the EDC agrees.
fn correct(sector: &mut Sector, mode: SectorMode, reading: &Reading<'_>, uncorrected: bool) -> Verdict {
    if uncorrected {
        let flagged = reading.c2.is_some_and(|c2| c2.any());
        return if flagged { Verdict::Wrong(Sense::UNRECOVERED_CIRC) } else { Verdict::Right };
    }
    if !matches!(edc_state(sector, mode), EdcState::Bad { .. }) {
        return Verdict::Right;
    }
    match repair(sector, mode) {
        Repair::Clean | Repair::Repaired { .. } => Verdict::Corrected,
        Repair::Beyond { .. } => Verdict::Wrong(Sense::UNRECOVERED_L_EC),
    }
}

/// The main channel of a frame.
fn main_of(frame: &Frame) -> Sector {
    frame.first_chunk().copied().unwrap_or([0; SECTOR])
}

/// Whether a sector begins as data does.
fn has_sync(sector: &Sector) -> bool {
    sector[..HEADER] == cd_format::sector::SYNC
}
