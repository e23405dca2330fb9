//! Writing on a formatted CD-RW: any block at any time, and the disc takes whole packets.
//!
//! MMC "Random Writable Feature" and "Restricted Overwrite Feature". A packet that the host writes in part is
//! read, changed and written again by the drive. File systems for such discs do that themselves (OSTA UDF,
//! requirements for CD-RW) and would not see the difference.

use cd_format::Lba;
use cd_format::sector::check::repair;
use cd_format::sector::scramble::scramble;
use cd_format::sector::{AFTER_HEADER, Repair, SECTOR_LEN, Sector, SectorMode, classify};
use cd_format::session::RUN_OUT_FRAMES;
use mmc_wire::Sense;

use super::packet::blocks::{USER_BYTES, link_block, user_block};
use super::tao::{plan, sub_channel};
use crate::disc::packets::{FIXED_PACKET, LEADER, LEADER_FRAMES, TRAILER};
use crate::disc::{Disc, Packets, Track};
use crate::store::{At, FRAME, Source};

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
        let mut packet = Packet::with_capacity(PACKET_BLOCKS);
        for (block, n) in (0..PACKET_BLOCKS).zip(0..) {
            packet.push(match block.checked_sub(within).and_then(|n| now.get(n)) {
                Some(new) => *new,
                None => read_block(disc, track.frame_of(first + n))?,
            });
        }
        record(disc, &track, first, &packet)?;
        lba = lba + i32::try_from(now.len()).unwrap_or(i32::MAX);
        blocks = rest;
    }
    Ok(())
}

/// What is in a block that the host does not write anew; zeros where there is none. What the drive cannot
/// read it cannot write again either, and says so.
fn read_block(disc: &Disc, place: Lba) -> Result<[u8; USER_BYTES], Sense> {
    let mut frame = [0; FRAME];
    if disc.read_frames(place, &mut frame).is_err() {
        return Ok([0; USER_BYTES]);
    }
    let mut is_hurt = false;
    if let Some(hurt) = disc.damage.at(place, 0) {
        if let Some(servo) = hurt.servo() {
            return Err(servo.sense());
        }
        let recorded = frame;
        // The drive knows where its blocks lie: sync and header are as they were.
        is_hurt = hurt.read(&mut frame).any();
        for (byte, was) in frame.iter_mut().zip(recorded).take(AFTER_HEADER) {
            *byte = was;
        }
    }
    let Some(sector) = frame.first_chunk_mut::<SECTOR_LEN>() else { return Ok([0; USER_BYTES]) };
    scramble(sector);
    let mode = match classify(sector).mode {
        // The sub-header may be what is hurt.
        Some(SectorMode::Mode2Form2 | SectorMode::Mode2Formless) if is_hurt => Some(SectorMode::Mode2Form1),
        mode => mode.filter(|mode| mode.user_len() == USER_BYTES),
    };
    let Some(mode) = mode else { return Ok([0; USER_BYTES]) };
    if is_hurt && matches!(repair(sector, mode), Repair::Beyond { .. }) {
        return Err(Sense::UNRECOVERED_L_EC);
    }
    Ok(sector.get(mode.user_start()..).and_then(<[u8]>::first_chunk).copied().unwrap_or([0; USER_BYTES]))
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
    disc.damage.erase(&(begin..end));
    store.append(At::Start(begin), Source::Owned(bytes)).map_err(|_| Sense::WRITE_ERROR)
}
