//! What the drive is apart from discs: power, changer, audio, time-outs, streaming
//! (0100h to 0107h).

feature! {
    /// Power Management (0100h): standby and sleep, by START STOP UNIT.
    ///
    /// MMC "Power Management Feature".
    PowerManagement(4) {}
}

feature! {
    /// S.M.A.R.T. (0101h).
    ///
    /// MMC "S.M.A.R.T. Feature".
    Smart(8) {
        /// The Informational Exceptions Control mode page is there (PP).
        exceptions_page: bool = bit(4, 0);
    }
}

feature! {
    /// Embedded Changer (0102h).
    ///
    /// MMC "Embedded Changer Feature".
    EmbeddedChanger(8) {
        /// Discs can be turned over (SCC).
        side_change: bool = bit(4, 4);
        /// After a reset the drive can tell which slots hold discs (SDP).
        disc_present: bool = bit(4, 2);
        /// The highest slot; slots count from 0.
        highest_slot: u8 = bits(7, 4, 0);
    }
}

feature! {
    /// CD Audio External Play (0103h): the drive plays audio on an output of its own.
    ///
    /// MMC "CD Audio External Play Feature"; older drafts: "CD Audio analog play".
    AnalogAudio(8) {
        /// SCAN works.
        scan: bool = bit(4, 2);
        /// Channels can be muted one by one (SCM).
        separate_mute: bool = bit(4, 1);
        /// Channels have volumes of their own (SV).
        separate_volume: bool = bit(4, 0);
        /// Steps of the volume.
        volume_levels: u16 = be(6, 2);
    }
}

feature! {
    /// Microcode Upgrade (0104h): WRITE BUFFER takes new firmware.
    ///
    /// MMC "Microcode Upgrade Feature".
    MicrocodeUpgrade(8) {
        /// READ BUFFER and WRITE BUFFER are as in SPC, mode 5 (M5).
        mode_5: bool = bit(4, 0);
    }
}

feature! {
    /// Time-out (0105h): the drive answers every command in a given time.
    ///
    /// MMC "Time-out Feature".
    TimeOut(8) {
        /// Group 3 time-outs can be set, by the Timeout and Protect mode page.
        group_3: bool = bit(4, 0);
        /// Logical blocks that a group 3 time-out stands for.
        unit_blocks: u16 = be(6, 2);
    }
}

feature! {
    /// DVD CSS (0106h).
    ///
    /// MMC "DVD CSS Feature".
    DvdCss(8) {
        /// Version of CSS.
        css_version: u8 = be(7, 1);
    }
}

feature! {
    /// Real-time Streaming (0107h): speeds can be told and set.
    ///
    /// MMC "Real-time Streaming Feature".
    RealTimeStreaming(8) {
        /// READ BUFFER CAPACITY knows the Block bit (RBCB).
        buffer_capacity_blocks: bool = bit(4, 4);
        /// SET CD SPEED works (SCS).
        set_cd_speed: bool = bit(4, 3);
        /// Write speeds stand in mode page 2Ah (MP2A).
        speeds_in_mode_page: bool = bit(4, 2);
        /// Write speeds can be read by GET PERFORMANCE and set by SET STREAMING (WSPD).
        write_speed_performance: bool = bit(4, 1);
        /// Stream writing, by the Streaming bit of WRITE (12) (SW).
        stream_writing: bool = bit(4, 0);
    }
}
