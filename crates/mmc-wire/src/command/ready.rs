//! Asking whether the drive is ready, and what went wrong.

use crate::cdb;

cdb! {
    /// TEST UNIT READY: GOOD when the medium can be reached.
    ///
    /// SPC "TEST UNIT READY command".
    TestUnitReady {}
}

cdb! {
    /// REZERO UNIT: go back to the beginning. Obsolete; two writing programs still send it after
    /// a burn (CD Manipulator and Senbee-yaki, by the latter author's notes).
    ///
    /// SCSI-2 "REZERO UNIT command".
    RezeroUnit {}
}

cdb! {
    /// REQUEST SENSE: the sense data that is pending, or key 0.
    ///
    /// SPC "REQUEST SENSE command".
    RequestSense {
        /// Ask for descriptor format; CD drives answer in fixed format all the same.
        descriptor: bool = bit(1, 0);
        /// Allocation length, bytes.
        allocation: u8 = be(4, 1);
    }
}
