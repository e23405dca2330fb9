//! What every drive says of itself: Core, Morphing, Removable Medium, Write Protect
//! (0001h to 0004h).

use crate::open_number;

open_number! {
    /// What the drive hangs on (MMC "Core Feature", Physical Interface Standard).
    PhysicalInterface(u32) {
        /// The drive does not tell.
        UNSPECIFIED = 0 "unspecified";
        /// The SCSI family.
        SCSI = 1 "SCSI family";
        /// ATAPI.
        ATAPI = 2 "ATAPI";
        /// IEEE 1394-1995.
        IEEE_1394 = 3 "IEEE 1394-1995";
        /// IEEE 1394A.
        IEEE_1394A = 4 "IEEE 1394A";
        /// Fibre Channel.
        FIBRE_CHANNEL = 5 "Fibre Channel";
        /// IEEE 1394B.
        IEEE_1394B = 6 "IEEE 1394B";
        /// Serial ATAPI.
        SERIAL_ATAPI = 7 "Serial ATAPI";
        /// USB.
        USB = 8 "USB";
    }
}

feature! {
    /// Core (0001h): the commands that every drive has.
    ///
    /// MMC "Core Feature".
    Core(12) {
        /// What the drive hangs on.
        interface: PhysicalInterface = be(4, 4);
        /// The INQUIRY data are as MMC's own INQUIRY clause has them (INQ2).
        inquiry2: bool = bit(8, 1);
        /// Device busy events are reported (DBE).
        device_busy_event: bool = bit(8, 0);
    }
}

feature! {
    /// Morphing (0002h): feature changes are announced by GET EVENT STATUS NOTIFICATION.
    ///
    /// MMC "Morphing Feature".
    Morphing(8) {
        /// The drive answers unpolled requests too.
        asynchronous: bool = bit(4, 0);
        /// Operational change requests and events are reported.
        operational_change_event: bool = bit(4, 1);
    }
}

open_number! {
    /// How the medium gets in (MMC "Removable Medium Feature", Loading Mechanism Type).
    LoadingMechanism(u8) {
        /// Caddy or slot.
        CADDY = 0 "caddy or slot";
        /// Tray.
        TRAY = 1 "tray";
        /// Pop-up.
        POP_UP = 2 "pop-up";
        /// Changer with discs that change one by one.
        CHANGER = 4 "changer with individually changeable discs";
        /// Changer with a magazine.
        MAGAZINE_CHANGER = 5 "changer with a magazine";
    }
}

feature! {
    /// Removable Medium (0003h): how the medium gets in, out, and is locked.
    ///
    /// MMC "Removable Medium Feature".
    RemovableMedium(8) {
        /// How the medium gets in.
        mechanism: LoadingMechanism = bits(4, 7, 5);
        /// START STOP UNIT ejects.
        eject: bool = bit(4, 3);
        /// After power on the drive is not locked: there is no Prevent jumper.
        no_prevent_jumper: bool = bit(4, 2);
        /// PREVENT ALLOW MEDIUM REMOVAL locks.
        lock: bool = bit(4, 0);
    }
}

feature! {
    /// Write Protect (0004h): which write protections can be changed.
    ///
    /// MMC "Write Protect Feature".
    WriteProtect(8) {
        /// Write inhibit in a disc's protection area (DVD-RAM cartridge; DWP).
        disc: bool = bit(4, 3);
        /// Write inhibit disc control block (DVD+RW; WDCB).
        disc_control_block: bool = bit(4, 2);
        /// Persistent write protection (SPWP).
        persistent: bool = bit(4, 1);
        /// The SWPP bit of the Timeout and Protect mode page (SSWPP).
        software: bool = bit(4, 0);
    }
}
