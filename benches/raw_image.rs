//! What the benches of a whole burn burn.

use cd_format::sub_channel::interleave::set_pq;
use cd_format::sub_channel::{Rules, SessionLayout, SubChannelPlan, TrackLayout};
use cd_format::{Control, DiscType, Lba};

/// Frames of the lead-in of 97:26:66.
pub const LEAD_IN: i32 = 11_634;

/// Bytes of a frame with its sub-channel.
pub const SECTOR: usize = 2448;

/// A raw image of one audio track of so many sectors, from the lead-in of 97:26:66 on.
pub fn image(sectors: i32) -> Vec<u8> {
    let layout = SessionLayout {
        lead_in: Lba(-LEAD_IN),
        tracks: vec![TrackLayout {
            number: 1,
            control: Control::AUDIO,
            alternate_copy: false,
            pregap: Lba(-150),
            start: Lba(0),
            indexes: Vec::new(),
            isrc: None,
        }],
        lead_out: Lba(sectors),
        lead_out_frames: 6750,
        mcn: None,
    };
    let toc = layout.toc(DiscType::CD_ROM).expect("a legal disc");
    let plan = SubChannelPlan::new(&layout, &toc, Rules::default()).expect("a legal disc");
    let mut image = Vec::with_capacity(plan.frames().len() * SECTOR);
    for (n, (q, p)) in plan.frames().enumerate() {
        let mut sub = [0; 96];
        set_pq(&mut sub, p, q);
        image.resize(image.len() + 2352, n as u8);
        image.extend(sub);
    }
    image
}
