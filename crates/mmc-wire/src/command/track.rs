//! What state a track is in.

use crate::{cdb, open_number};

open_number! {
    /// What the number in READ TRACK INFORMATION counts (MMC "READ TRACK INFORMATION Command").
    TrackAddress(u8) {
        /// A block: the track that holds it.
        LBA = 0 "LBA";
        /// A track; 0 the lead-in, FFh the track to be written next.
        TRACK = 1 "track";
        /// A session: its first track.
        SESSION = 2 "session";
    }
}

impl ReadTrackInformation {
    /// The number of the track that is to be written next, the "invisible" one.
    pub const INVISIBLE: u32 = 0xFF;
}

cdb! {
    /// READ TRACK INFORMATION: where a track starts, how long it is, where it goes on.
    ///
    /// MMC "READ TRACK INFORMATION Command".
    ReadTrackInformation {
        /// The first open track at or after the number; not CD.
        open: bool = bit(1, 2);
        /// What `number` counts.
        address: TrackAddress = bits(1, 1, 0);
        /// Block, track or session.
        number: u32 = be(2, 4);
        /// Allocation length, bytes.
        allocation: u16 = be(7, 2);
    }
}
