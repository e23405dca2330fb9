//! READ CD and READ CD MSF: any part of any block.

use cd_format::sector::check::{classify, repair};
use cd_format::sector::scramble::scramble;
use cd_format::sector::{Sector, SectorMode};
use cd_format::sub_channel::interleave::{p_bit, q_frame};
use cd_format::sub_channel::pq16::to_pq16;
use cd_format::sub_channel::rw_stream::DELAY_PACKS;
use cd_format::sub_channel::{RwDeinterleaver, SUB_CHANNEL_BYTES};
use cd_format::{Lba, Msf, RecordedFrames};
use mmc_wire::Sense;
use mmc_wire::command::{ReadCd, ReadCdMsf, SubChannelSelection};

use super::blocks::{Blocks, descramble};
use super::conceal::conceal;
use super::recovery::{Head, Reading, Verdict};
use super::selection::Selection;
use super::{is_empty, main_of, take};
use crate::disc::Disc;
use crate::disc::content::Frame;
use crate::disc::damage::{C2_BYTES, C2Flags};
use crate::drive::Drive;
use crate::handle::{Handle, Io};
use crate::personality::UnreadableAudio;
use crate::refusal::{Refusal, refuse_field};
use crate::store::{FRAME, MAIN};

impl Handle<ReadCd> for Drive {
    /// MMC "READ CD Command". Blocks come as they were recorded, descrambled; what was recorded wrong is not
    /// repaired, what is read wrong is, or told.
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
        self.with_head(|drive, head| {
            let habits = &drive.personality.habits;
            let below = habits.negative_addresses.is;
            let Some(blocks) = drive.blocks_from(lba, count, below)? else { return Ok(0) };
            blocks.all(|control| selection.fits_track(control))?;
            if selection.is_empty() {
                return Ok(0);
            }
            let conceals = selection.conceals
                || selection.c2_bytes == 0 && habits.unreadable_audio.is == UnreadableAudio::Concealed;
            let disc = drive.readable()?;
            io.reply.reserve(blocks.count().saturating_mul(selection.block_bytes()).min(io.room));
            Transfer { blocks: &blocks, disc, lba, selection, conceals }.run(head, io)?;
            Ok(blocks.count())
        })
    }
}

/// What goes to the host.
struct Transfer<'a> {
    blocks: &'a Blocks<'a>,
    disc: &'a Disc,
    lba: Lba,
    selection: &'a Selection,
    /// Wrong samples of audio are made inaudible.
    conceals: bool,
}

impl Transfer<'_> {
    fn run(&self, head: &mut Head, io: &mut Io<'_>) -> Result<(), Refusal> {
        let selection = self.selection;
        let mut packs =
            (selection.sub_channel == SubChannelSelection::RW).then(|| Packs::new(self.disc, self.lba));
        let mut block = Read { main: [0; MAIN], flags: None, sub: [0; SUB_CHANNEL_BYTES] };
        self.blocks.frames(|spot, frame, is_data| {
            block.set(frame, is_data)?;
            let mode = if is_data { classify(&block.main).mode } else { Some(SectorMode::Audio) };
            let mode = match mode.ok_or(Sense::ILLEGAL_MODE_FOR_THIS_TRACK)? {
                SectorMode::Mode2Formless if selection.wants_form_1() && is_empty(&block.main) => {
                    SectorMode::Mode2Form1
                }
                mode => mode,
            };
            if !selection.fits(mode) {
                return Err(Sense::ILLEGAL_MODE_FOR_THIS_TRACK.into());
            }
            let parts = selection.parts(mode)?;
            let uncorrected = head.is_uncorrected();
            let last_words = head.block(spot, frame, |reading| {
                if block.flags.is_some() {
                    // It has a sync if it is data: it had one before.
                    block.set(frame, is_data).ok();
                }
                match reading.c2 {
                    Some(c2) => self.judge(&mut block, reading, c2, mode, uncorrected),
                    None => Verdict::Right,
                }
            })?;
            for part in parts {
                io.reply.extend_from_slice(block.main.get(part).unwrap_or_default());
            }
            error_flags(selection.c2_bytes, block.flags.as_ref(), io.reply);
            match (selection.sub_channel, &mut packs) {
                (SubChannelSelection::RAW, _) => io.reply.extend_from_slice(&block.sub),
                (SubChannelSelection::Q, _) => {
                    io.reply.extend_from_slice(&to_pq16(q_frame(&block.sub), p_bit(&block.sub)));
                }
                (SubChannelSelection::RW, Some(packs)) => packs.next_block(spot.place, head, io.reply),
                _ => {}
            }
            last_words.map_or_else(|| Ok(io.go_on()), Err)
        })
    }

    /// What is made of a main channel that came with errors; `block` has it as it was recorded.
    ///
    /// A host that asks for C2 pointers has each block as the decoders left it, and is told which bytes are
    /// wrong. One that does not gets what is right or an error, unless it asks for concealment (DAP).
    fn judge(
        &self,
        block: &mut Read,
        reading: &Reading<'_>,
        c2: &C2Flags,
        mode: SectorMode,
        uncorrected: bool,
    ) -> Verdict {
        let recorded = block.main;
        let mut read = main_of(reading.frame);
        if mode != SectorMode::Audio {
            scramble(&mut read);
        } else if self.conceals {
            conceal(&mut read, c2);
        }
        block.main = read;
        block.flags = Some(c2.clone());
        block.sub = sub_channel_of(reading.frame);
        let told = self.selection.c2_bytes > 0 || mode == SectorMode::Audio && self.conceals;
        if told || !self.selection.main() || !c2.any() {
            return Verdict::Right;
        }
        if uncorrected || mode.ecc_header().is_none() {
            return Verdict::Wrong(Sense::UNRECOVERED_CIRC);
        }
        let mut corrected = recorded;
        take(reading, &mut corrected);
        // Where what was recorded has parities that are wrong themselves, nothing speaks for a repair.
        repair(&mut corrected, mode);
        if corrected != recorded {
            return Verdict::Wrong(Sense::UNRECOVERED_L_EC);
        }
        block.main = corrected;
        Verdict::Corrected
    }
}

/// A block on its way to the host.
struct Read {
    main: Sector,
    flags: Option<C2Flags>,
    sub: [u8; SUB_CHANNEL_BYTES],
}

impl Read {
    /// The block as it was recorded, descrambled.
    fn set(&mut self, frame: &Frame, is_data: bool) -> Result<(), Sense> {
        if is_data {
            descramble(frame, &mut self.main)?;
        } else {
            self.main = main_of(frame);
        }
        self.flags = None;
        self.sub = sub_channel_of(frame);
        Ok(())
    }
}

fn sub_channel_of(frame: &Frame) -> [u8; SUB_CHANNEL_BYTES] {
    frame.last_chunk().copied().unwrap_or([0; SUB_CHANNEL_BYTES])
}

/// C2 pointers; in the longer form behind the block error byte, which is the OR of all, and a zero (MMC "READ
/// CD Command", error flags; so too Pioneer's CD-ROM SCSI-2 command reference).
fn error_flags(bytes: usize, flags: Option<&C2Flags>, out: &mut Vec<u8>) {
    if bytes == 0 {
        return;
    }
    let none = C2Flags::default();
    let flags = flags.unwrap_or(&none);
    if bytes > C2_BYTES {
        out.extend([flags.block_error(), 0]);
    }
    out.extend_from_slice(flags.bytes());
}

/// R to W of consecutive blocks, de-interleaved and corrected. The last symbols of a block's packs lie
/// two blocks further on.
struct Packs<'a> {
    disc: &'a Disc,
    deinterleaver: RwDeinterleaver,
    /// The place of the block whose packs come next.
    place: Lba,
    /// The place of the frame that is read next, some way ahead.
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
    fn new(disc: &'a Disc, place: Lba) -> Self {
        Self {
            disc,
            deinterleaver: RwDeinterleaver::default(),
            place,
            next: place,
            pending: Vec::with_capacity(2 * PACKS),
            skip: DELAY_PACKS,
        }
    }

    /// Appends the packs of the block at `place`, the one behind the last or the first behind a gap.
    fn next_block(&mut self, place: Lba, head: &Head, out: &mut Vec<u8>) {
        if place != self.place {
            *self = Self::new(self.disc, place);
        }
        self.place = place + 1;
        while self.pending.len() < PACKS {
            // Behind the end of what is recorded there are no symbols.
            let mut frame = [0; FRAME];
            let read = self.disc.frames().read(self.next, &mut frame);
            head.glance(self.next, &mut frame);
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
