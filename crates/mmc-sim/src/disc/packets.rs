//! How a track that was recorded in packets lies on the disc.
//!
//! Around its user blocks a packet has a link block and four blocks of run-in before, and two of run-out
//! behind (MMC "CD Write Parameters Mode Page", link size 7; an HP manual has the seven as 4, 2 and 1). The
//! first packet's link and run-in are the last five blocks of the pregap.
//!
//! With variable packets every block has an address, so the next packet's is seven behind the last. With
//! fixed ones user blocks alone are counted (addressing method 2): block `n` of the track lies in frame
//! `n / 32 * 39 + n % 32`. A real CD-RW formatted so has 295,264 blocks (udftools pull request 44), the most
//! for which that fits before 79:59:74.

use cd_format::Lba;
use cd_format::atip::Atip;
use cd_format::sector::{HEADER, Sector, SectorMode, build};
use cd_format::session::RUN_OUT_FRAMES;
use serde::{Deserialize, Serialize};

use super::Track;

/// How a track is divided.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub enum Packets {
    /// As long as the host made them.
    Variable,
    /// Of [`FIXED_PACKET`] blocks, which is the one size that drives take (Pioneer R11 command reference,
    /// "Fixed Packet Size").
    Fixed,
}

/// User blocks of a fixed packet.
pub const FIXED_PACKET: i32 = 32;
/// Blocks of link, run-in and run-out that a packet adds.
pub const LINK_SIZE: i32 = 7;
/// Blocks of link and run-in.
pub(crate) const LEADER_FRAMES: i32 = 5;
/// Frames from one fixed packet to the next.
pub(crate) const PITCH: i32 = FIXED_PACKET + LINK_SIZE;

/// Block indicators of the blocks before a packet's user data: link, first to fourth run-in. They are the
/// top three bits of the mode byte, which are 0 in a user data block.
pub(crate) const LEADER: [u8; LEADER_FRAMES as usize] = [5, 4, 3, 2, 1];
/// Of those behind it: first and second run-out.
pub(crate) const TRAILER: [u8; RUN_OUT_FRAMES as usize] = [7, 6];

impl Packets {
    /// The address of the next packet's first block, behind packets that end at `end`.
    pub const fn next_writable(self, end: Lba) -> Lba {
        match self {
            Self::Variable => Lba(end.0.saturating_add(LINK_SIZE)),
            Self::Fixed => end,
        }
    }
}

impl Track {
    /// The frame in which block `lba` of the track lies.
    pub fn frame_of(&self, lba: Lba) -> Lba {
        let block = lba - self.start;
        match self.packets {
            Some(Packets::Fixed) => lba + block.div_euclid(FIXED_PACKET).saturating_mul(LINK_SIZE),
            Some(Packets::Variable) | None => lba,
        }
    }

    /// The frame behind the last user block.
    pub fn end_frame(&self) -> Lba {
        if self.blocks == 0 { self.start } else { self.frame_of(self.end() - 1) + 1 }
    }
}

/// The block indicator of a fixed packet track's frame, by its distance from the first user block.
pub(crate) fn fixed_indicator(offset: i32) -> u8 {
    let behind = offset.rem_euclid(PITCH) - FIXED_PACKET;
    let mut around = TRAILER.into_iter().chain(LEADER);
    usize::try_from(behind).ok().and_then(|n| around.nth(n)).unwrap_or(0)
}

/// Makes a descrambled sector of a block that holds no user data of a packet.
pub(crate) fn mark(sector: &mut Sector, mode: SectorMode, indicator: u8) {
    sector[HEADER + 3] |= indicator << 5;
    build::protect(sector, mode);
}

/// User blocks of a whole disc of fixed packets.
pub(crate) fn fixed_capacity(atip: &Atip) -> u32 {
    let room = atip.last_lead_out_lba().0.max(0).saturating_add(LEADER_FRAMES);
    (room / PITCH * FIXED_PACKET).unsigned_abs()
}

#[cfg(test)]
mod tests {
    use cd_format::Control;

    use super::*;
    use crate::scene::{Content, Written};

    fn track(packets: Packets, blocks: u32) -> Track {
        Track {
            number: 1,
            session: 1,
            control: Control::DATA_INCREMENTAL,
            content: Content::Mode1,
            start: Lba(0),
            blocks,
            written: Written::Tao,
            packets: Some(packets),
            reserved: false,
            isrc: None,
        }
    }

    /// udftools pull request 44: 48160h blocks on a CD-RW of 79:59:74.
    #[test]
    fn a_formatted_disc_holds_what_a_real_one_does() {
        let atip = Atip::new("97:10:00".parse().unwrap(), "79:59:74".parse().unwrap());
        assert_eq!(fixed_capacity(&atip), 295_264);
        let end = track(Packets::Fixed, 295_264).end_frame() + RUN_OUT_FRAMES;
        assert!(end <= atip.last_lead_out_lba() && end + PITCH > atip.last_lead_out_lba());
    }

    #[test]
    fn fixed_packets_hide_their_links() {
        let fixed = track(Packets::Fixed, 96);
        for (lba, frame) in [(0, 0), (31, 31), (32, 39), (63, 70), (64, 78)] {
            assert_eq!(fixed.frame_of(Lba(lba)), Lba(frame));
        }
        assert_eq!(fixed.end_frame(), Lba(110));
        let around: Vec<u8> = (30..41).map(fixed_indicator).collect();
        assert_eq!(around, [0, 0, 7, 6, 5, 4, 3, 2, 1, 0, 0]);
        assert_eq!((fixed_indicator(-5), fixed_indicator(-1)), (5, 1));
        assert_eq!(track(Packets::Variable, 50).frame_of(Lba(40)), Lba(40));
    }
}
