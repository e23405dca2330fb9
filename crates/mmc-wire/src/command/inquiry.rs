//! Who is there.

use crate::cdb;

cdb! {
    /// INQUIRY: what the device is, in standard data or a vital product data page.
    ///
    /// SPC "INQUIRY command".
    Inquiry {
        /// Ask for the vital product data page `page` instead of standard data.
        vital: bool = bit(1, 0);
        /// Page code; 0 unless `vital`.
        page: u8 = be(2, 1);
        /// Allocation length, bytes.
        allocation: u16 = be(3, 2);
    }
}

cdb! {
    /// REPORT LUNS: which logical units the target has.
    ///
    /// SPC "REPORT LUNS command".
    ReportLuns {
        /// Which units to report: 0 addressed, 1 well known, 2 all.
        select: u8 = be(2, 1);
        /// Allocation length, bytes.
        allocation: u32 = be(6, 4);
    }
}
