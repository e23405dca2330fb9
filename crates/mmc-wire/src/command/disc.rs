//! What state the disc is in.

use crate::{cdb, open_number};

open_number! {
    /// Which report READ DISC INFORMATION gives (MMC "READ DISC INFORMATION Command", data type).
    DiscInformationType(u8) {
        /// Standard disc information.
        STANDARD = 0 "standard";
        /// Track resources; not CD.
        TRACK_RESOURCES = 1 "track resources";
        /// Pseudo-overwrite resources; not CD.
        POW_RESOURCES = 2 "POW resources";
    }
}

cdb! {
    /// READ DISC INFORMATION: blank, appendable or finished, sessions, lead-in and lead-out.
    ///
    /// MMC "READ DISC INFORMATION Command".
    ReadDiscInformation {
        /// Which report.
        kind: DiscInformationType = bits(1, 2, 0);
        /// Allocation length, bytes.
        allocation: u16 = be(7, 2);
    }
}
