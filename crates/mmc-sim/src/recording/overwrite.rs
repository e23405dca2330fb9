//! Writing on a formatted CD-RW: any block at any time, and the disc takes whole packets.
//!
//! MMC "Random Writable Feature" and "Restricted Overwrite Feature". A packet that the host writes in part is
//! read, changed and written again by the drive. File systems for such discs do that themselves (OSTA UDF,
//! requirements for CD-RW) and would not see the difference.

use cd_format::Lba;
use cd_format::sector::scramble::scramble;
use cd_format::sector::{SECTOR_LEN, Sector, SectorMode, SubHeader, build, classify};
use cd_format::session::RUN_OUT_FRAMES;
use mmc_wire::Sense;

use super::packet::link_block;
use super::tao::{plan, sub_channel};
use super::user_data::address;
use crate::disc::packets::{FIXED_PACKET, LEADER, LEADER_FRAMES, TRAILER};
use crate::disc::{Disc, Packets, Track};
use crate::scene::Content;
use crate::store::{At, FRAME, Source};

/// Bytes of user data in a block.
pub(crate) const USER_BYTES: usize = 2048;
const PACKET_BLOCKS: usize = FIXED_PACKET as usize;

/// The user data of one packet.
type Packet = Vec<[u8; USER_BYTES]>;

/// The one track of a formatted disc.
pub(crate) fn formatted_track(disc: &Disc) -> Option<&Track> {
    disc.tracks().next().filter(|track| disc.formatted && track.packets == Some(Packets::Fixed))
}

/// Packets that so many blocks from `lba` on touch.
pub(crate) fn packets_touched(track: &Track, lba: Lba, blocks: u32) -> u32 {
    let first = (lba - track.start).div_euclid(FIXED_PACKET);
    let end = (lba - track.start).saturating_add(i32::try_from(blocks).unwrap_or(i32::MAX));
    u32::try_from(end.saturating_add(FIXED_PACKET - 1) / FIXED_PACKET - first).unwrap_or(0)
}

/// Writes whole blocks, all of which the track has.
pub(crate) fn overwrite(disc: &mut Disc, lba: Lba, user: &[u8]) -> Result<(), Sense> {
    let Some(track) = formatted_track(disc).cloned() else { return Err(Sense::COMMAND_SEQUENCE_ERROR) };
    let (mut blocks, _) = user.as_chunks::<USER_BYTES>();
    let mut lba = lba;
    while !blocks.is_empty() {
        let within = usize::try_from((lba - track.start).rem_euclid(FIXED_PACKET)).unwrap_or(0);
        let (now, rest) = blocks.split_at(blocks.len().min(PACKET_BLOCKS - within));
        let first = lba - i32::try_from(within).unwrap_or(0);
        let mut packet =
            if now.len() < PACKET_BLOCKS { read_packet(disc, &track, first) } else { Packet::new() };
        packet.resize(PACKET_BLOCKS, [0; USER_BYTES]);
        for (old, new) in packet.iter_mut().skip(within).zip(now) {
            *old = *new;
        }
        record(disc, &track, first, &packet)?;
        lba = lba + i32::try_from(now.len()).unwrap_or(i32::MAX);
        blocks = rest;
    }
    Ok(())
}

/// What is in a packet; zeros for what cannot be read.
fn read_packet(disc: &Disc, track: &Track, first: Lba) -> Packet {
    let mut frame = [0; FRAME];
    let mut block = |n: i32| {
        let mut user = [0; USER_BYTES];
        if disc.read_frames(track.frame_of(first + n), &mut frame).is_ok()
            && let Some(sector) = frame.first_chunk_mut::<SECTOR_LEN>()
        {
            scramble(sector);
            let found = classify(sector).mode.filter(|mode| mode.user_len() == USER_BYTES);
            let start = found.map_or(SECTOR_LEN, SectorMode::user_start);
            if let Some(read) = sector.get(start..).and_then(<[u8]>::first_chunk) {
                user = *read;
            }
        }
        user
    };
    (0..FIXED_PACKET).map(&mut block).collect()
}

/// Records a packet anew, its links too.
fn record(disc: &mut Disc, track: &Track, first: Lba, packet: &Packet) -> Result<(), Sense> {
    let user = track.frame_of(first);
    let (begin, end) = (user - LEADER_FRAMES, user + FIXED_PACKET + RUN_OUT_FRAMES);
    let plan = plan(track, track.end_frame(), None, false).map_err(|_| Sense::WRITE_ERROR)?;
    let mut bytes = Vec::with_capacity((PACKET_BLOCKS + LEADER.len() + TRAILER.len()) * FRAME);
    let mut lba = begin;
    let mut put = |sector: &Sector| {
        bytes.extend_from_slice(sector);
        bytes.extend_from_slice(&sub_channel(&plan, lba));
        lba = lba + 1;
    };
    LEADER.iter().zip(0..).for_each(|(indicator, n)| put(&link_block(track.content, begin + n, *indicator)));
    packet.iter().zip(0..).for_each(|(block, n)| put(&user_block(track.content, user + n, block)));
    TRAILER
        .iter()
        .zip(0..)
        .for_each(|(indicator, n)| put(&link_block(track.content, user + FIXED_PACKET + n, *indicator)));
    let Some(store) = disc.store.as_rewritable() else { return Err(Sense::WRITE_ERROR) };
    store.erase(&(begin..end));
    store.append(At::Start(begin), Source::Owned(bytes)).map_err(|_| Sense::WRITE_ERROR)
}

/// A sector of 2048 bytes of user data: Mode 2 has form 1.
pub(super) fn user_block(content: Content, lba: Lba, user: &[u8; USER_BYTES]) -> Sector {
    let mut out = [0; SECTOR_LEN];
    let data = SubHeader { submode: SubHeader::DATA, ..SubHeader::default() };
    match content {
        Content::Audio | Content::Mode1 => build::mode1(&mut out, address(lba), user),
        Content::Mode2 => build::form1(&mut out, address(lba), data, user),
    }
    scramble(&mut out);
    out
}
