//! READ CD and READ CD MSF: any part of any block.

use core::ops::ControlFlow;

use cd_format::sector::SectorMode;
use cd_format::sector::check::classify;
use cd_format::sub_channel::interleave::{p_bit, q_frame};
use cd_format::sub_channel::pq16::to_pq16;
use cd_format::sub_channel::rw_stream::DELAY_PACKS;
use cd_format::sub_channel::{RwDeinterleaver, SUB_CHANNEL_BYTES};
use cd_format::{Lba, Msf, RecordedFrames};
use mmc_wire::Sense;
use mmc_wire::command::{ReadCd, ReadCdMsf, SubChannelSelection};

use super::blocks::{Blocks, descramble};
use super::selection::Selection;
use crate::disc::Disc;
use crate::drive::Drive;
use crate::handle::{Handle, Io};
use crate::refusal::{Refusal, refuse_field};
use crate::store::{FRAME, MAIN};

impl Handle<ReadCd> for Drive {
    /// MMC "READ CD Command". Blocks come as they are on the disc, descrambled and not repaired; so
    /// there is nothing to conceal either (DAP).
    fn handle(&mut self, cdb: &ReadCd, io: &mut Io<'_>) -> Result<(), Refusal> {
        let selection = Selection::of(cdb, &self.personality.abilities)?;
        self.read_cd(cdb.lba, cdb.blocks, &selection, io)
    }
}

impl Handle<ReadCdMsf> for Drive {
    /// MMC "READ CD MSF Command": up to, and not including, the block at the second time. A start
    /// behind the end is refused; equal times ask for nothing.
    fn handle(&mut self, cdb: &ReadCdMsf, io: &mut Io<'_>) -> Result<(), Refusal> {
        let selection = Selection::of_msf(cdb, &self.personality.abilities)?;
        let lba = |[m, s, f]: [u8; 3]| Msf::new(m, s, f).map(Msf::to_lba);
        let start = lba(cdb.start).map_err(|_| refuse_field!(ReadCdMsf, "start"))?;
        let end = lba(cdb.end).map_err(|_| refuse_field!(ReadCdMsf, "end"))?;
        let blocks = u32::try_from(end - start).map_err(|_| refuse_field!(ReadCdMsf, "end"))?;
        self.read_cd(start, blocks, &selection, io)
    }
}

impl Drive {
    fn read_cd(
        &mut self,
        lba: Lba,
        count: u32,
        selection: &Selection,
        io: &mut Io<'_>,
    ) -> Result<(), Refusal> {
        let Some(blocks) = self.blocks(lba, count)? else { return Ok(()) };
        blocks.all(|control| selection.fits_track(control))?;
        if selection.is_empty() {
            return Ok(());
        }
        let disc = self.readable()?;
        io.reply.reserve(blocks.count().saturating_mul(selection.block_bytes()).min(io.room));
        transfer(&blocks, disc, lba, selection, io)?;
        let took = blocks.count();
        self.has_read(took);
        Ok(())
    }
}

fn transfer(
    blocks: &Blocks<'_>,
    disc: &Disc,
    lba: Lba,
    selection: &Selection,
    io: &mut Io<'_>,
) -> Result<(), Refusal> {
    let mut packs = (selection.sub_channel == SubChannelSelection::RW).then(|| Packs::new(disc, lba));
    let mut sector = [0; MAIN];
    blocks.frames(|frame, is_data| {
        let Some((main, sub)) = frame.split_first_chunk::<MAIN>() else {
            return Ok(ControlFlow::Continue(()));
        };
        let (main, mode) = if is_data {
            descramble(frame, &mut sector)?;
            (&sector, classify(&sector).mode.ok_or(Sense::ILLEGAL_MODE_FOR_THIS_TRACK)?)
        } else {
            (main, SectorMode::Audio)
        };
        if !selection.fits(mode) {
            return Err(Sense::ILLEGAL_MODE_FOR_THIS_TRACK.into());
        }
        for part in selection.parts(mode)? {
            io.reply.extend_from_slice(main.get(part).unwrap_or_default());
        }
        io.reply.resize(io.reply.len() + selection.c2_bytes, 0);
        match (selection.sub_channel, sub.first_chunk::<SUB_CHANNEL_BYTES>(), &mut packs) {
            (SubChannelSelection::RAW, Some(sub), _) => io.reply.extend_from_slice(sub),
            (SubChannelSelection::Q, Some(sub), _) => {
                io.reply.extend_from_slice(&to_pq16(q_frame(sub), p_bit(sub)));
            }
            (SubChannelSelection::RW, _, Some(packs)) => packs.next_block(io.reply),
            _ => {}
        }
        Ok(io.go_on())
    })
}

/// R to W of consecutive blocks, de-interleaved and corrected. The last symbols of a block's packs lie
/// two blocks further on.
struct Packs<'a> {
    disc: &'a Disc,
    deinterleaver: RwDeinterleaver,
    next: Lba,
    /// Packs of the block that is read which have been put out with the one before or are too old.
    pending: Vec<[u8; PACK]>,
    skip: usize,
}

/// Symbols of a pack, one a byte.
const PACK: usize = 24;
/// Packs of a block.
const PACKS: usize = 4;

impl<'a> Packs<'a> {
    fn new(disc: &'a Disc, lba: Lba) -> Self {
        Self {
            disc,
            deinterleaver: RwDeinterleaver::default(),
            next: lba,
            pending: Vec::with_capacity(2 * PACKS),
            skip: DELAY_PACKS,
        }
    }

    /// Appends the packs of the next block.
    fn next_block(&mut self, out: &mut Vec<u8>) {
        while self.pending.len() < PACKS {
            // Behind the end of what is recorded there are no symbols.
            let mut frame = [0; FRAME];
            let read = self.disc.frames().read(self.next, &mut frame);
            let sub = frame.last_chunk::<SUB_CHANNEL_BYTES>().filter(|_| read.is_ok());
            for mut pack in self.deinterleaver.sector(sub.unwrap_or(&[0; SUB_CHANNEL_BYTES])) {
                if self.skip > 0 {
                    self.skip -= 1;
                    continue;
                }
                pack.correct();
                self.pending.push(*pack.symbols());
            }
            self.next = self.next + 1;
        }
        for pack in self.pending.drain(..PACKS) {
            out.extend_from_slice(&pack);
        }
    }
}
