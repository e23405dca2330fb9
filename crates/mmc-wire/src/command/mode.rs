//! Reading and setting mode pages, in the 6- and 10-byte forms.

use crate::{cdb, open_number};

open_number! {
    /// Which values of a mode page are asked for (SPC "MODE SENSE", page control).
    PageControl(u8) {
        /// Values in force.
        CURRENT = 0 "current";
        /// A mask of what can be changed.
        CHANGEABLE = 1 "changeable";
        /// Values after power on.
        DEFAULT = 2 "default";
        /// Values kept over a power cycle; CD drives have none.
        SAVED = 3 "saved";
    }
}

cdb! {
    /// MODE SENSE (6).
    ///
    /// SPC "MODE SENSE (6) command".
    ModeSense6 {
        /// No block descriptors, please.
        no_block_descriptors: bool = bit(1, 3);
        /// Which values.
        control: PageControl = bits(2, 7, 6);
        /// Page code; 3Fh is all pages.
        page: u8 = bits(2, 5, 0);
        /// Subpage code; 0 on CD drives.
        subpage: u8 = be(3, 1);
        /// Allocation length, bytes.
        allocation: u8 = be(4, 1);
    }
}

cdb! {
    /// MODE SENSE (10).
    ///
    /// SPC "MODE SENSE (10) command".
    ModeSense10 {
        /// The host takes long block descriptors.
        long_lba_accepted: bool = bit(1, 4);
        /// No block descriptors, please.
        no_block_descriptors: bool = bit(1, 3);
        /// Which values.
        control: PageControl = bits(2, 7, 6);
        /// Page code; 3Fh is all pages.
        page: u8 = bits(2, 5, 0);
        /// Subpage code; 0 on CD drives.
        subpage: u8 = be(3, 1);
        /// Allocation length, bytes.
        allocation: u16 = be(7, 2);
    }
}

cdb! {
    /// MODE SELECT (6).
    ///
    /// SPC "MODE SELECT (6) command".
    ModeSelect6 {
        /// Page format: the parameters are pages. 1 on every MMC drive.
        page_format: bool = bit(1, 4);
        /// Save the pages over a power cycle; CD drives cannot.
        save: bool = bit(1, 0);
        /// Bytes of parameter list that follow.
        parameter_bytes: u8 = be(4, 1);
    }
}

cdb! {
    /// MODE SELECT (10).
    ///
    /// SPC "MODE SELECT (10) command".
    ModeSelect10 {
        /// Page format: the parameters are pages. 1 on every MMC drive.
        page_format: bool = bit(1, 4);
        /// Save the pages over a power cycle; CD drives cannot.
        save: bool = bit(1, 0);
        /// Bytes of parameter list that follow.
        parameter_bytes: u16 = be(7, 2);
    }
}
