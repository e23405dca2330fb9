//! Session at once: the cue sheet says what the session is, the host sends the blocks that the sheet
//! leaves to it, and the drive makes the rest, lead-in and lead-out included.
//!
//! MMC "Write Parameters", write type SAO, and "SEND CUE SHEET Command". P and Q are the drive's in
//! every block; of a host's 96 bytes of sub-channel R to W count. That is a reading: feature 002Eh speaks
//! of R to W alone as what a host can supply (Microsoft FEATURE_DATA_CD_MASTERING,
//! RWSubchannelsRecordable), and hosts leave P and Q of a CD-TEXT lead-in empty, where the drive has to
//! put the table of contents.

use std::sync::Arc;

use cd_format::sub_channel::interleave::set_pq;
use cd_format::sub_channel::{QFrame, RwInterleaver, SUB_CHANNEL_BYTES};
use cd_format::{Lba, lead_in};
use mmc_wire::Sense;
use mmc_wire::block::cue_sheet::SubForm;

use super::raw::cd_text;
use crate::buffer::Run;
use crate::cue::{CuePlan, Region};
use crate::disc::{Disc, DiscState};
use crate::store::FRAME;

/// A session at once that is being recorded.
#[derive(Clone, Debug)]
pub(crate) struct SaoStream {
    plan: Arc<CuePlan>,
    /// The first block of which no frame has been made yet.
    made: Lba,
    /// The next block that the host has to send; the lead-out's first when it has sent all.
    next: Lba,
    interleaver: Box<RwInterleaver>,
}

impl SaoStream {
    /// A recording of the planned session.
    pub fn new(plan: Arc<CuePlan>) -> Self {
        let made = plan.start();
        let mut stream = Self { plan, made, next: made, interleaver: Box::default() };
        stream.skip();
        stream
    }

    /// Passes over what the drive makes alone.
    fn skip(&mut self) {
        while self.next < self.plan.lead_out()
            && let Some(region) = self.plan.region(self.next)
            && region.block_bytes() == 0
        {
            self.next = region.end;
        }
    }

    /// Bytes of the block that comes next.
    pub fn block_bytes(&self) -> usize {
        self.plan.region(self.next).map_or(0, Region::block_bytes)
    }

    /// Whether the host has sent everything.
    pub fn is_complete(&self) -> bool {
        self.next >= self.plan.lead_out()
    }

    /// Whether so many blocks may come at `lba`: at the next one, and all of the same size. A WRITE has
    /// one block size, so what crosses a change of it has no meaning; no source says what a drive does,
    /// and this one refuses.
    pub fn check(&self, lba: Lba, blocks: u32) -> Result<(), Sense> {
        if lba != self.next {
            return Err(Sense::INVALID_ADDRESS_FOR_WRITE);
        }
        let end = lba.checked_add(i32::try_from(blocks).unwrap_or(i32::MAX));
        if self.is_complete() || end.is_none_or(|end| end > self.plan.lead_out()) {
            return Err(Sense::LBA_OUT_OF_RANGE);
        }
        let size = self.block_bytes();
        let ahead = self.plan.regions.iter().filter(|region| region.end > lba);
        let alike: Option<&Region> = ahead.take_while(|region| region.block_bytes() == size).last();
        if end.is_some_and(|end| alike.is_none_or(|region| end > region.end)) {
            return Err(Sense::INVALID_FIELD_IN_CDB);
        }
        Ok(())
    }

    /// Takes whole blocks, which have been checked.
    pub fn take(&mut self, blocks: &[u8]) -> Run {
        let size = self.block_bytes().max(1);
        let mut run = self.run(blocks.len() / size);
        for block in blocks.chunks_exact(size) {
            self.frame(&mut run.bytes, block);
        }
        self.next = self.made;
        self.skip();
        run
    }

    /// What the drive has to make before the next block of the host, or, once the host has sent all,
    /// up to the end of the lead-out.
    pub fn make(&mut self) -> Run {
        let end = if self.is_complete() { self.plan.end() } else { self.next };
        let mut run = self.run(usize::try_from(end - self.made).unwrap_or(0));
        while self.made < end {
            self.frame(&mut run.bytes, &[]);
        }
        run
    }

    fn run(&self, frames: usize) -> Run {
        Run { first: self.made, bytes: Vec::with_capacity(frames * FRAME) }
    }

    /// Makes the frame of the next block.
    fn frame(&mut self, frames: &mut Vec<u8>, block: &[u8]) {
        let lba = self.made;
        self.made = lba + 1;
        let Some(region) = self.plan.region(lba) else { return };
        let (main, sub) = block.split_at(region.main.bytes().min(block.len()));
        let mut raw = [0; SUB_CHANNEL_BYTES];
        if let Some(sub) = sub.first_chunk() {
            raw = match region.sub {
                SubForm::None => raw,
                SubForm::Raw => *sub,
                SubForm::Packed => self.interleaver.packed_to_raw(sub),
            };
        }
        if let Some((q, p)) = self.plan.sub_channel.at(lba) {
            set_pq(&mut raw, p, q);
        }
        frames.extend_from_slice(&region.sector(lba, main));
        frames.extend_from_slice(&raw);
    }

    /// What the disc is, now that the recording is over: with its lead-out a session, else damaged.
    pub fn settle(&self, disc: &mut Disc) {
        let closed = disc.closed().to_vec();
        if !disc.store.is_written(self.plan.end() - 1) {
            disc.state = DiscState::Damaged { closed };
            return;
        }
        let session = self.plan.session();
        for track in session.to_format().tracks {
            // The program memory area's entries, as the drive notes each track.
            if let Ok(frame) = lead_in::pma_entry(&track).map(|entry| QFrame::toc(&entry))
                && let Ok(frame) = frame
            {
                disc.store.record_pma(frame.to_bytes());
            }
        }
        if session.number == 1 {
            disc.mcn = self.plan.mcn();
            disc.cd_text = cd_text(disc, self.plan.start());
        }
        let closed = closed.into_iter().chain([session]).collect();
        disc.state = if self.plan.may_go_on() {
            DiscState::Appendable { closed }
        } else {
            DiscState::Complete { closed }
        };
    }
}
