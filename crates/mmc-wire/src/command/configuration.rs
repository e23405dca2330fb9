//! What the drive can do, now and ever.

use crate::{cdb, open_number};

open_number! {
    /// Which features GET CONFIGURATION reports (MMC "GET CONFIGURATION Command", RT).
    RequestedType(u8) {
        /// All from the starting feature on.
        ALL = 0 "all";
        /// Those that are current.
        CURRENT = 1 "current";
        /// The starting feature alone.
        ONE = 2 "one";
    }
}

cdb! {
    /// GET CONFIGURATION: profiles and features.
    ///
    /// MMC "GET CONFIGURATION Command".
    GetConfiguration {
        /// Which features.
        requested: RequestedType = bits(1, 1, 0);
        /// The first feature to report.
        starting_feature: u16 = be(2, 2);
        /// Allocation length, bytes.
        allocation: u16 = be(7, 2);
    }
}
