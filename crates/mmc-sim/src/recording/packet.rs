//! Packets: the host sends user blocks, and the drive links each run of them to the one before.
//!
//! MMC "Write Parameters", write type packet. A variable packet is what comes between two SYNCHRONIZE CACHE
//! commands; a fixed one is written when 32 blocks have come, and filled with zeros when the host
//! synchronises before. The first packet of a track brings the pregap with it. The track grows until CLOSE
//! TRACK SESSION ends it.
//!
//! Sources name a track descriptor block in the pregap and not what is in it: the pregap here has none.

pub(crate) mod blocks;
mod complete;
#[cfg(test)]
mod tests;

use cd_format::address::PREGAP_FRAMES;
use cd_format::sector::Sector;
use cd_format::session::{MINIMUM_TRACK_FRAMES, RUN_OUT_FRAMES};
use cd_format::sub_channel::{Mcn, SubChannelPlan};
use cd_format::{Control, Lba};
use mmc_wire::Sense;
use mmc_wire::block::mode::{DataBlockType, WriteParameters};

use super::tao::{catalogue_number, plan, sub_channel};
use super::user_data::{UserData, filler};
use crate::buffer::Run;
use crate::disc::packets::{FIXED_PACKET, LEADER, LEADER_FRAMES, PITCH, TRAILER};
use crate::disc::{Disc, Incomplete, Packets, Track};
use crate::scene::Content;
use crate::store::FRAME;

use blocks::{USER_BYTES, link_block, user_block};
pub(crate) use complete::{close, mend};

/// A packet that is being recorded, or fixed packets that follow one another.
#[derive(Clone, Debug)]
pub(crate) struct PacketStream {
    /// As it was before.
    track: Track,
    packets: Packets,
    /// The first block of the host's in this recording.
    first: Lba,
    /// The next one.
    next: Lba,
    /// The block that is put into a frame next: of a fixed packet's none is before all have come.
    made: Lba,
    /// The frame behind the last that there is room for.
    limit: Lba,
    data: UserData,
    plan: SubChannelPlan,
    mcn: Option<Mcn>,
    begun: bool,
    /// Blocks of a fixed packet that are still too few.
    held: Vec<u8>,
    ended: bool,
}

impl PacketStream {
    /// The next packet of the open track, or the first of one that begins, by the write parameters.
    pub fn begin(disc: &Disc, page: &WriteParameters, lba: Lba) -> Result<Self, Sense> {
        let data = UserData::of(page)?;
        let reserved = |track: &Track| track.reserved && lba >= track.start && lba < track.end();
        if !page.track_mode.is_data() || disc.tracks().any(reserved) {
            return Err(Sense::ILLEGAL_MODE_FOR_THIS_TRACK);
        }
        let packets = if page.fixed_packet { Packets::Fixed } else { Packets::Variable };
        // What is written in packets says so, whatever the host's page (Orange Book, control field).
        let control = Control::new(page.track_mode.nibble() | 1);
        let Some(last) = disc.lead_out_limit() else { return Err(Sense::COMMAND_SEQUENCE_ERROR) };
        let track = match disc.packet_track() {
            Some(track) => {
                let known = page.data_block_type == DataBlockType::RAW || track.content == data.content();
                if track.packets != Some(packets) || track.control != control || !known {
                    return Err(Sense::ILLEGAL_MODE_FOR_THIS_TRACK);
                }
                track.clone()
            }
            None => {
                let cut = disc.open().is_some_and(|open| open.incomplete.is_some());
                let Some(next) = disc.invisible().filter(|_| !cut) else {
                    return Err(Sense::COMMAND_SEQUENCE_ERROR);
                };
                if next.start + MINIMUM_TRACK_FRAMES + RUN_OUT_FRAMES > last {
                    return Err(Sense::LBA_OUT_OF_RANGE);
                }
                Track { packets: Some(packets), ..next.begin(control, data.content()) }
            }
        };
        let mcn = catalogue_number(page);
        Self::at_end_of(track, packets, last - RUN_OUT_FRAMES, data, mcn)
    }

    fn at_end_of(
        track: Track,
        packets: Packets,
        limit: Lba,
        data: UserData,
        mcn: Option<Mcn>,
    ) -> Result<Self, Sense> {
        let plan = plan(&track, limit, mcn, false).map_err(|_| Sense::LBA_OUT_OF_RANGE)?;
        let first = next_writable(&track);
        Ok(Self {
            track,
            packets,
            first,
            next: first,
            made: first,
            limit,
            data,
            plan,
            mcn,
            begun: false,
            held: Vec::new(),
            ended: false,
        })
    }

    /// Bytes of a block.
    pub const fn block_bytes(&self) -> usize {
        self.data.block_bytes()
    }

    /// Whether a packet ends when the host is too slow. A fixed one is not begun before it is whole.
    pub fn ends_with_the_data(&self) -> bool {
        self.packets == Packets::Variable
    }

    /// Whether so many blocks may come at `lba`.
    pub fn check(&self, lba: Lba, blocks: u32) -> Result<(), Sense> {
        let free = u32::try_from(free_blocks(&self.track, self.limit)).unwrap_or(0);
        let behind = i64::from(self.first.0) + i64::from(free);
        if i64::from(lba.0) >= behind {
            return Err(Sense::LBA_OUT_OF_RANGE);
        }
        if lba != self.next {
            return Err(Sense::INVALID_ADDRESS_FOR_WRITE);
        }
        if i64::from(lba.0) + i64::from(blocks) > behind {
            return Err(Sense::PACKET_DOES_NOT_FIT);
        }
        Ok(())
    }

    /// What goes before the host's next blocks: link and run-in, before a track's first packet the pregap.
    /// Fixed packets are made whole.
    pub fn make(&mut self, blocks: &[u8]) -> Run {
        if !self.begun {
            self.begun = true;
            self.data.look_at(blocks);
            if self.track.blocks == 0 {
                self.track.content = self.data.content();
            }
            if self.packets == Packets::Variable {
                let mut bytes = Vec::new();
                let first = self.leader(self.first, &mut bytes);
                return Run { first, bytes };
            }
        }
        Run { first: self.next, bytes: Vec::new() }
    }

    /// Takes whole blocks, which have been checked.
    pub fn take(&mut self, blocks: &[u8]) -> Run {
        let size = self.block_bytes().max(1);
        let count = i32::try_from(blocks.len() / size).unwrap_or(i32::MAX);
        self.next = self.next + count;
        if self.packets == Packets::Fixed {
            self.held.extend_from_slice(blocks);
            return self.whole_packets();
        }
        let mut run = Run { first: self.made, bytes: Vec::with_capacity(blocks.len() / size * FRAME) };
        for block in blocks.chunks_exact(size) {
            self.user_frame(block, &mut run.bytes);
        }
        run
    }

    /// The host synchronises, or a variable packet's host was too slow: what is missing of the packet.
    pub fn conclude(&mut self) -> Run {
        let mut run = Run { first: self.track.frame_of(self.next), bytes: Vec::new() };
        if core::mem::replace(&mut self.ended, true) || !self.begun {
            return run;
        }
        match self.packets {
            Packets::Variable => self.trailer(run.first, &mut run.bytes),
            Packets::Fixed if self.held.is_empty() => {}
            Packets::Fixed => {
                run.first = self.leader(self.made, &mut run.bytes);
                let held = core::mem::take(&mut self.held);
                for block in held.chunks_exact(self.block_bytes().max(1)) {
                    self.user_frame(block, &mut run.bytes);
                }
                while (self.made - self.track.start) % FIXED_PACKET != 0 {
                    let frame = self.track.frame_of(self.made);
                    self.put(&self.padding(frame), frame, &mut run.bytes);
                    self.made = self.made + 1;
                }
                self.next = self.made;
                self.trailer(self.track.frame_of(self.made - 1) + 1, &mut run.bytes);
            }
        }
        run
    }

    fn whole_packets(&mut self) -> Run {
        let size = self.block_bytes().max(1);
        let packet = size * usize::try_from(FIXED_PACKET).unwrap_or(0);
        let whole = self.held.len() / packet * packet;
        let rest = self.held.split_off(whole);
        let held = core::mem::replace(&mut self.held, rest);
        let mut run = Run { first: self.made, bytes: Vec::with_capacity(whole / size * FRAME) };
        for (n, user) in held.chunks_exact(packet).enumerate() {
            let first = self.leader(self.made, &mut run.bytes);
            if n == 0 {
                run.first = first;
            }
            for block in user.chunks_exact(size) {
                self.user_frame(block, &mut run.bytes);
            }
            self.trailer(self.track.frame_of(self.made - 1) + 1, &mut run.bytes);
        }
        run
    }

    /// What goes before block `lba`, and in which frame it begins.
    fn leader(&self, lba: Lba, bytes: &mut Vec<u8>) -> Lba {
        let end = self.track.frame_of(lba);
        let links = end - LEADER_FRAMES;
        let begins = if lba == self.track.start { end - PREGAP_FRAMES } else { links };
        let mut frame = begins;
        while frame < links {
            self.put(&filler(self.track.content, frame), frame, bytes);
            frame = frame + 1;
        }
        for indicator in LEADER {
            self.put(&link_block(self.track.content, frame, indicator), frame, bytes);
            frame = frame + 1;
        }
        begins
    }

    fn trailer(&self, from: Lba, bytes: &mut Vec<u8>) {
        for (n, indicator) in (0..).zip(TRAILER) {
            self.put(&link_block(self.track.content, from + n, indicator), from + n, bytes);
        }
    }

    /// The frame of the host's next block.
    fn user_frame(&mut self, block: &[u8], bytes: &mut Vec<u8>) {
        let frame = self.track.frame_of(self.made);
        self.put(&self.data.sector(frame, block), frame, bytes);
        self.made = self.made + 1;
    }

    /// A block of zeros, of the kind that the host writes.
    fn padding(&self, frame: Lba) -> Sector {
        if self.data.is_formless() {
            filler(Content::Mode2, frame)
        } else {
            user_block(self.track.content, frame, &[0; USER_BYTES])
        }
    }

    fn put(&self, sector: &Sector, frame: Lba, bytes: &mut Vec<u8>) {
        bytes.extend_from_slice(sector);
        bytes.extend_from_slice(&sub_channel(&self.plan, frame));
    }

    /// The track becomes the disc's, with its packets that are whole and what there is of the last.
    pub fn settle(&self, disc: &mut Disc) {
        let begins = if self.track.blocks == 0 { PREGAP_FRAMES } else { LEADER_FRAMES };
        let from = self.track.frame_of(self.first) - begins;
        let recorded = match disc.store.runs(from).next() {
            Some(run) if run.start == from => run.end,
            _ => return,
        };
        let start = self.track.start;
        let (end, whole_packets) = match self.packets {
            Packets::Variable => {
                (recorded.min(self.next), self.ended && recorded >= self.next + RUN_OUT_FRAMES)
            }
            Packets::Fixed => {
                let through = (recorded - start + LEADER_FRAMES).max(0);
                (start + through / PITCH * FIXED_PACKET, through > 0 && through % PITCH == 0)
            }
        };
        let blocks =
            if end > self.first { u32::try_from(end - start).unwrap_or(0) } else { self.track.blocks };
        if self.track.session == 1 && disc.mcn.is_none() {
            disc.mcn = self.mcn.map(|mcn| mcn.digits().map(|digit| digit + b'0'));
        }
        let track = Track { blocks, ..self.track.clone() };
        let number = track.number;
        put_back(
            disc,
            track,
            Some(Incomplete { track: number, next: recorded, reserved: false, whole_packets }),
        );
    }
}

/// Where the next packet's user blocks begin; those of the first at the start of the track.
pub(crate) fn next_writable(track: &Track) -> Lba {
    match track.packets {
        Some(packets) if track.blocks > 0 => packets.next_writable(track.end()),
        _ => track.start,
    }
}

/// User blocks that still fit between a track's packets and `limit`, the frame where its last run-out begins.
pub(crate) fn free_blocks(track: &Track, limit: Lba) -> i32 {
    let next = next_writable(track);
    match track.packets {
        Some(Packets::Fixed) => {
            let room = (limit - track.frame_of(next)).saturating_add(crate::disc::packets::LINK_SIZE);
            room.max(0) / PITCH * FIXED_PACKET
        }
        Some(Packets::Variable) | None => (limit - next).max(0),
    }
}

/// The open session knows the track as it is now.
fn put_back(disc: &mut Disc, track: Track, incomplete: Option<Incomplete>) {
    let Some(open) = disc.open_session() else { return };
    open.incomplete = incomplete;
    open.next = track.end_frame() + RUN_OUT_FRAMES + PREGAP_FRAMES;
    match open.tracks.iter_mut().find(|known| known.number == track.number) {
        Some(known) => *known = track,
        None => open.tracks.push(track),
    }
}
