//! Where things lie on a disc, computed from its description by the rules of the format alone.
//!
//! Lengths: Orange Book as burning programs use it and logs show it. Lead-out 6750 frames behind the
//! first session and 2250 behind a later one, lead-in 4500, pregap 150; track-at-once leaves two
//! run-out blocks and a pregap between tracks, and two run-out blocks before the lead-out.

use mmc_sim::scene::{DiscScene, End, Written};

/// A track: number, session, first block, blocks.
#[derive(Clone, Copy, Debug, PartialEq)]
pub struct Track {
    pub number: u16,
    pub session: u16,
    pub start: i64,
    pub blocks: i64,
}

/// A disc.
#[derive(Debug)]
pub struct Layout {
    pub tracks: Vec<Track>,
    /// First block of each closed session's lead-out.
    pub lead_outs: Vec<i64>,
    /// Lead-in and first track of the session to come, or of the open one.
    pub next_lead_in: i64,
    pub next_first_user: i64,
    /// Where the next track starts: in the open session, or the first of the one to come.
    pub next_track: i64,
}

pub fn layout(disc: &DiscScene) -> Layout {
    let lead_in = disc.atip.as_ref().map_or(0, |atip| {
        let [m, s, f] = atip.lead_in.fields().map(i64::from);
        (m * 60 + s) * 75 + f - 450_150
    });
    let mut it = Layout {
        tracks: Vec::new(),
        lead_outs: Vec::new(),
        next_lead_in: lead_in,
        next_first_user: 0,
        next_track: 0,
    };
    for (n, session) in (1_u16..).zip(&disc.sessions) {
        let open = disc.end == End::Open && usize::from(n) == disc.sessions.len();
        let tao = session.written == Written::Tao || open;
        let mut at = it.next_first_user;
        for (m, track) in session.tracks.iter().enumerate() {
            if m > 0 && tao {
                at += 2 + 150;
            }
            let number = it.tracks.len() as u16 + 1;
            it.tracks.push(Track { number, session: n, start: at, blocks: track.blocks.into() });
            at += i64::from(track.blocks);
        }
        if open {
            it.next_track = at + 2 + 150;
            break;
        }
        let lead_out = match it.tracks.last() {
            Some(track) if disc.formatted => track.start + in_fixed_packets(track.blocks),
            _ if tao => at + 2,
            _ => at,
        };
        it.lead_outs.push(lead_out);
        it.next_lead_in = lead_out + if n == 1 { 6750 } else { 2250 };
        it.next_first_user = it.next_lead_in + 4500 + 150;
        it.next_track = it.next_first_user;
    }
    it
}

/// Frames of so many blocks in packets of 32: between two packets are seven more, behind the last two of run-out.
pub fn in_fixed_packets(blocks: i64) -> i64 {
    blocks / 32 * (32 + 7) - 7 + 2
}

/// A time of the program area or the lead-in as a block: 75 frames a second, block 0 at 00:02:00.
pub fn block(time: [u8; 3]) -> i64 {
    let [m, s, f] = time.map(i64::from);
    (m * 60 + s) * 75 + f - 150
}
