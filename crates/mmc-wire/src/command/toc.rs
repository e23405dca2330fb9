//! The disc's tables: TOC, sessions, PMA, ATIP, CD-TEXT; and the sub-channel's state.

use crate::{cdb, open_number};

open_number! {
    /// Which table READ TOC/PMA/ATIP gives (MMC "READ TOC/PMA/ATIP Command", format).
    TocFormat(u8) {
        /// Tracks of all closed sessions.
        TOC = 0 "TOC";
        /// First and last session.
        SESSIONS = 1 "session information";
        /// The lead-ins' Q sub-channel.
        FULL_TOC = 2 "full TOC";
        /// Program memory area.
        PMA = 3 "PMA";
        /// Absolute time in pregroove: what the blank disc says of itself.
        ATIP = 4 "ATIP";
        /// CD-TEXT packs of the lead-in.
        CD_TEXT = 5 "CD-TEXT";
    }
}

cdb! {
    /// READ TOC/PMA/ATIP.
    ///
    /// MMC "READ TOC/PMA/ATIP Command"; the format copy in byte 9 is of the time before MMC
    /// (SFF-8020i "READ TOC Command").
    ReadToc {
        /// Addresses as times, where the format has a choice.
        msf: bool = bit(1, 1);
        /// Which table.
        format: TocFormat = bits(2, 3, 0);
        /// First track or session to report; AAh the lead-out.
        start: u8 = be(6, 1);
        /// Allocation length, bytes.
        allocation: u16 = be(7, 2);
        /// The format's old place, bits 7-6 of the control byte; looked at when `format` is 0.
        old_format: u8 = bits(9, 7, 6);
    }
}

impl ReadToc {
    /// The table meant: `format`, or where that is 0 the old copy in the control byte.
    pub const fn effective_format(&self) -> TocFormat {
        if self.format.0 == 0 { TocFormat(self.old_format) } else { self.format }
    }
}

open_number! {
    /// What READ SUB-CHANNEL reports (MMC "READ SUB-CHANNEL Command").
    SubChannelFormat(u8) {
        /// Where playing is.
        POSITION = 1 "current position";
        /// Media catalogue number.
        MCN = 2 "media catalogue number";
        /// International standard recording code of a track.
        ISRC = 3 "ISRC";
    }
}

cdb! {
    /// READ SUB-CHANNEL: where playing is, catalogue number, recording code.
    ///
    /// MMC "READ SUB-CHANNEL Command".
    ReadSubChannel {
        /// Addresses as times.
        msf: bool = bit(1, 1);
        /// Give data and not the header alone.
        data: bool = bit(2, 6);
        /// What to report.
        format: SubChannelFormat = be(3, 1);
        /// Which track, for the recording code.
        track: u8 = be(6, 1);
        /// Allocation length, bytes.
        allocation: u16 = be(7, 2);
    }
}
