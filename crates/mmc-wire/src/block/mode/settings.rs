//! The smaller pages: error recovery, caching, timers, volume.

use super::page::page;

page! {
    /// Read/write error recovery (01h).
    ///
    /// MMC "Read/Write Error Recovery Parameters Mode Page"; bits as in Microsoft's scsi.h.
    ErrorRecovery(0x01, 12) {
        /// Automatic write reallocation.
        reallocate_on_write: bool = bit(2, 7);
        /// Automatic read reallocation.
        reallocate_on_read: bool = bit(2, 6);
        /// Transfer what could not be recovered.
        transfer_block: bool = bit(2, 5);
        /// Read continuous: speed before correctness.
        read_continuous: bool = bit(2, 4);
        /// Report what was recovered.
        post_error: bool = bit(2, 2);
        /// Stop at what was recovered.
        disable_transfer_on_error: bool = bit(2, 1);
        /// No correction.
        disable_correction: bool = bit(2, 0);
        /// How often to try reading.
        read_retries: u8 = be(3, 1);
        /// How often to try writing.
        write_retries: u8 = be(8, 1);
    }
}

page! {
    /// Caching (08h).
    ///
    /// SPC "Caching mode page"; 0Ah bytes on old drives, 12h on newer ones.
    Caching(0x08, 12) {
        /// Write cache on.
        write_cache: bool = bit(2, 2);
        /// Read cache off.
        read_cache_disabled: bool = bit(2, 0);
    }
}

page! {
    /// CD device parameters (0Dh).
    ///
    /// MMC-3 "CD Device Parameters Page".
    CdDevice(0x0D, 8) {
        /// How long the drive stays in hold state: a code, not a number.
        inactivity: u8 = bits(3, 3, 0);
        /// S units a M unit: 60.
        seconds_per_minute: u16 = be(4, 2);
        /// F units a S unit: 75.
        frames_per_second: u16 = be(6, 2);
    }
}

page! {
    /// CD audio control (0Eh).
    ///
    /// MMC-3 "CD Audio Control Page"; Microsoft's scsi.h, AUDIO_OUTPUT.
    AudioControl(0x0E, 16) {
        /// PLAY AUDIO returns at once.
        immediate: bool = bit(2, 2);
        /// Stop on track crossing.
        stop_on_track_crossing: bool = bit(2, 1);
        /// Channel selection and volume of ports 0 to 3, two bytes each.
        ports: [u8; 8] = raw(8, 8);
    }
}

page! {
    /// Power condition (1Ah).
    ///
    /// MMC "Power Condition Mode Page".
    PowerCondition(0x1A, 12) {
        /// The idle timer runs.
        idle: bool = bit(3, 1);
        /// The standby timer runs.
        standby: bool = bit(3, 0);
        /// Idle after so many 100 ms.
        idle_timer: u32 = be(4, 4);
        /// Standby after so many 100 ms.
        standby_timer: u32 = be(8, 4);
    }
}

page! {
    /// Time-out and protect (1Dh).
    ///
    /// MMC "Timeout and Protect Mode Page"; 08h bytes on older drives, 0Ah on newer ones.
    TimeOutAndProtect(0x1D, 10) {
        /// Group time-outs are enabled (TMOE).
        enabled: bool = bit(4, 2);
        /// Disable the drive until power goes (DISP).
        disable_until_power_down: bool = bit(4, 1);
        /// Software write protect until power goes (SWPP).
        write_protect_until_power_down: bool = bit(4, 0);
        /// Minimum time-out of group 1 commands, seconds.
        group_1_seconds: u16 = be(6, 2);
        /// Minimum time-out of group 2 commands, seconds.
        group_2_seconds: u16 = be(8, 2);
    }
}
