//! A raw session as a host makes it, small.

use cd_format::lead_in::Contents;
use cd_format::sub_channel::interleave::set_pq;
use cd_format::sub_channel::{Rules, SessionLayout, SubChannelPlan, TrackLayout};
use cd_format::{Control, DiscType, Lba};

/// A session of one audio track of so many blocks, whose lead-in starts at `lead_in`.
pub fn layout(lead_in: Lba, track: u8, blocks: i32) -> SessionLayout {
    let pregap = if lead_in.0 < 0 { Lba(-150) } else { lead_in + 4500 };
    let start = pregap + 150;
    let track = TrackLayout {
        number: track,
        control: Control::AUDIO,
        alternate_copy: false,
        pregap,
        start,
        indexes: Vec::new(),
        isrc: None,
    };
    let lead_out_frames = if lead_in.0 < 0 { 6750 } else { 2250 };
    SessionLayout { lead_in, tracks: vec![track], lead_out: start + blocks, lead_out_frames, mcn: None }
}

/// Its blocks, 2352 + 96 bytes each, as recorded.
pub fn blocks(layout: &SessionLayout, session: u8, appendable: bool) -> Vec<Vec<u8>> {
    let mut sessions = vec![layout.session(session, DiscType::CD_ROM)];
    // Contents counts sessions by their place; only the entries of the last one are wanted.
    while sessions.len() < usize::from(session) {
        sessions.insert(0, layout.session(1, DiscType::CD_ROM));
    }
    let mut toc = Contents { sessions: &sessions, atip: None, appendable }.full_toc().unwrap();
    let last = toc.len() - toc.iter().rev().take_while(|entry| entry.session == session).count();
    toc.drain(..last);
    let plan = SubChannelPlan::new(layout, &toc, Rules::default()).unwrap();
    plan.frames()
        .enumerate()
        .map(|(n, (q, p))| {
            let mut block = vec![n as u8; 2352];
            let mut sub = [0; 96];
            set_pq(&mut sub, p, q);
            block.extend(sub);
            block
        })
        .collect()
}
