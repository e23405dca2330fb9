//! Ending, repairing and erasing.

use cd_format::Lba;

use crate::{cdb, open_number};

open_number! {
    /// What CLOSE TRACK SESSION closes (MMC "CLOSE TRACK SESSION Command").
    CloseFunction(u8) {
        /// A track.
        TRACK = 1 "track";
        /// The last session.
        SESSION = 2 "session";
    }
}

cdb! {
    /// CLOSE TRACK SESSION: end a track, or write lead-in and lead-out.
    ///
    /// MMC "CLOSE TRACK SESSION Command".
    CloseTrackSession {
        /// Return before it is done.
        immediate: bool = bit(1, 0);
        /// What to close.
        function: CloseFunction = bits(2, 2, 0);
        /// Which track; FFh is the incomplete one.
        track: u16 = be(4, 2);
    }
}

open_number! {
    /// What BLANK erases (MMC "BLANK Command", blanking type).
    BlankingType(u8) {
        /// The whole disc.
        DISC = 0 "disc";
        /// PMA, lead-in and the first pregap.
        MINIMAL = 1 "minimal";
        /// One track.
        TRACK = 2 "track";
        /// Takes back the last reservation.
        UNRESERVE_TRACK = 3 "unreserve track";
        /// From a block to the end of its track.
        TRACK_TAIL = 4 "track tail";
        /// Lead-in and lead-out of the last session.
        UNCLOSE_SESSION = 5 "unclose session";
        /// The last session.
        SESSION = 6 "session";
    }
}

cdb! {
    /// BLANK: erase a CD-RW.
    ///
    /// MMC "BLANK Command".
    Blank {
        /// Return before it is done.
        immediate: bool = bit(1, 4);
        /// What to erase.
        kind: BlankingType = bits(1, 2, 0);
        /// Start address or track number, by `kind`.
        start: Lba = be(2, 4);
    }
}

cdb! {
    /// REPAIR TRACK: mend a track that a power loss left open.
    ///
    /// MMC "REPAIR TRACK Command".
    RepairTrack {
        /// Return before it is done.
        immediate: bool = bit(1, 0);
        /// Which track.
        track: u16 = be(4, 2);
    }
}

cdb! {
    /// RESERVE TRACK: set room aside for a track to be written later.
    ///
    /// MMC "RESERVE TRACK Command".
    ReserveTrack {
        /// Rigid restricted overwrite; not CD.
        rmz: bool = bit(1, 1);
        /// Address reservation; not CD.
        arsv: bool = bit(1, 0);
        /// Size of the track without its pregap, blocks.
        blocks: u32 = be(5, 4);
    }
}
