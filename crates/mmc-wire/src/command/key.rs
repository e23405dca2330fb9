//! DVD commands that hosts send to CD drives as well, to be refused.

use crate::cdb;

cdb! {
    /// SEND KEY.
    ///
    /// MMC "SEND KEY Command".
    SendKey {
        /// Key class.
        class: u8 = be(7, 1);
        /// Bytes of parameter list that follow.
        parameter_bytes: u16 = be(8, 2);
        /// Authentication grant.
        agid: u8 = bits(10, 7, 6);
        /// Key format.
        format: u8 = bits(10, 5, 0);
    }
}

cdb! {
    /// REPORT KEY; format 08h, the region state, is answered without a DVD too.
    ///
    /// MMC "REPORT KEY Command".
    ReportKey {
        /// Block address, by format.
        address: u32 = be(2, 4);
        /// Key class.
        class: u8 = be(7, 1);
        /// Allocation length, bytes.
        allocation: u16 = be(8, 2);
        /// Authentication grant.
        agid: u8 = bits(10, 7, 6);
        /// Key format.
        format: u8 = bits(10, 5, 0);
    }
}

cdb! {
    /// READ DISC STRUCTURE (READ DVD STRUCTURE).
    ///
    /// MMC "READ DISC STRUCTURE Command".
    ReadDiscStructure {
        /// Media type: 0 DVD, 1 BD.
        media_type: u8 = bits(1, 3, 0);
        /// By format.
        address: u32 = be(2, 4);
        /// Layer number.
        layer: u8 = be(6, 1);
        /// Which structure.
        format: u8 = be(7, 1);
        /// Allocation length, bytes.
        allocation: u16 = be(8, 2);
        /// Authentication grant.
        agid: u8 = bits(10, 7, 6);
    }
}
