//! Tray, spindle and lock.

use cd_format::Lba;

use crate::cdb;

cdb! {
    /// START STOP UNIT: spin, stop, eject, load, change power state.
    ///
    /// MMC "START STOP UNIT Command".
    StartStopUnit {
        /// Return before the movement ends.
        immediate: bool = bit(1, 0);
        /// Format layer number, for hybrid discs; not CD.
        format_layer: u8 = bits(3, 1, 0);
        /// Power condition; when not 0, `load_eject` and `start` are overlooked.
        power_condition: u8 = bits(4, 7, 4);
        /// `format_layer` is meant.
        select_layer: bool = bit(4, 2);
        /// Move the tray: out with `start` 0, in with `start` 1.
        load_eject: bool = bit(4, 1);
        /// Spin up, or load.
        start: bool = bit(4, 0);
    }
}

cdb! {
    /// PREVENT ALLOW MEDIUM REMOVAL: lock the tray.
    ///
    /// MMC "PREVENT ALLOW MEDIUM REMOVAL Command".
    PreventAllowMediumRemoval {
        /// Lock for good and turn the eject button into an event.
        persistent: bool = bit(4, 1);
        /// Lock.
        prevent: bool = bit(4, 0);
    }
}

cdb! {
    /// LOAD/UNLOAD MEDIUM: a changer's tray.
    ///
    /// MMC "LOAD/UNLOAD MEDIUM Command".
    LoadUnloadMedium {
        /// Return before the movement ends.
        immediate: bool = bit(1, 0);
        /// Move a disc.
        load_unload: bool = bit(4, 1);
        /// Load, or with `load_unload` 0 nothing.
        start: bool = bit(4, 0);
        /// Slot of the changer.
        slot: u8 = be(8, 1);
    }
}

cdb! {
    /// MECHANISM STATUS: fault, tray, slots, position.
    ///
    /// MMC "MECHANISM STATUS Command".
    MechanismStatus {
        /// Allocation length, bytes.
        allocation: u16 = be(8, 2);
    }
}

cdb! {
    /// SEEK (10): move the head.
    ///
    /// MMC "SEEK (10) Command".
    Seek10 {
        /// Where to.
        lba: Lba = be(2, 4);
    }
}
