//! Writing, whatever the disc: random, formatted, once, and the DVD ways
//! (0020h, 0023h to 002Ch, 002Fh).

use cd_format::Lba;

feature! {
    /// Random Writable (0020h): any block can be written at any time.
    ///
    /// MMC "Random Writable Feature".
    RandomWritable(16) {
        /// The last block.
        last: Lba = be(4, 4);
        /// Bytes a logical block.
        block_bytes: u32 = be(8, 4);
        /// Logical blocks a writable unit.
        blocking: u16 = be(12, 2);
        /// The Read/Write Error Recovery mode page is there (PP).
        error_recovery_page: bool = bit(14, 0);
    }
}

feature! {
    /// Formattable (0023h): FORMAT UNIT works.
    ///
    /// MMC "Formattable Feature".
    Formattable(12) {
        /// BD-RE can be formatted without spare area (RENoSA).
        without_spare: bool = bit(4, 3);
        /// The spare area can be expanded.
        expand: bool = bit(4, 2);
        /// Quick certification.
        quick_certification: bool = bit(4, 1);
        /// Full certification.
        full_certification: bool = bit(4, 0);
        /// BD-R can be formatted for random recording (RRM).
        random_recording: bool = bit(8, 0);
    }
}

feature! {
    /// Hardware Defect Management (0024h): the drive replaces bad blocks.
    ///
    /// MMC "Hardware Defect Management Feature".
    DefectManagement(8) {
        /// Supplemental spare area (SSA).
        supplemental_spare: bool = bit(4, 7);
    }
}

feature! {
    /// Write Once (0025h): any block can be written, each of them once.
    ///
    /// MMC "Write Once Feature".
    WriteOnce(12) {
        /// Bytes a logical block.
        block_bytes: u32 = be(4, 4);
        /// Logical blocks a writable unit.
        blocking: u16 = be(8, 2);
        /// The Read/Write Error Recovery mode page is there (PP).
        error_recovery_page: bool = bit(10, 0);
    }
}

feature! {
    /// Restricted Overwrite (0026h): whole packets or ECC blocks can be overwritten, on CD-RW too.
    ///
    /// MMC "Restricted Overwrite Feature".
    RestrictedOverwrite(4) {}
}

feature! {
    /// MRW (0028h): Mount Rainier, defect management on CD-RW and DVD+RW.
    ///
    /// MMC "MRW Feature".
    MountRainier(8) {
        /// Writes DVD+MRW.
        dvd_plus_write: bool = bit(4, 2);
        /// Reads DVD+MRW.
        dvd_plus_read: bool = bit(4, 1);
        /// Writes CD-MRW; reading it is what the feature itself means.
        cd_write: bool = bit(4, 0);
    }
}

feature! {
    /// Enhanced Defect Reporting (0029h).
    ///
    /// MMC "Enhanced Defect Reporting Feature".
    EnhancedDefectReporting(8) {
        /// The drive has the defect reporting and management mode (DRT-DM).
        drt_dm: bool = bit(4, 0);
        /// Zones that defective block information can be cached for.
        cache_zones: u8 = be(5, 1);
        /// Entries in the defective block information cache.
        entries: u16 = be(6, 2);
    }
}

feature! {
    /// DVD+RW (002Ah): reads it, may write it.
    ///
    /// MMC "DVD+RW Feature".
    DvdPlusRw(8) {
        /// Writes it.
        write: bool = bit(4, 0);
        /// FORMAT UNIT may return before the disc is formatted.
        quick_start: bool = bit(5, 1);
        /// Only the Close function of FORMAT UNIT's restarts is there.
        close_only: bool = bit(5, 0);
    }
}

feature! {
    /// DVD+R (002Bh): reads it, may write it.
    ///
    /// MMC "DVD+R Feature".
    DvdPlusR(8) {
        /// Writes it.
        write: bool = bit(4, 0);
    }
}

feature! {
    /// Rigid Restricted Overwrite (002Ch): overwrites whole ECC blocks of DVD-RW.
    ///
    /// MMC "Rigid Restricted Overwrite Feature".
    RigidRestrictedOverwrite(8) {
        /// Generates defect status data.
        generates_defect_status: bool = bit(4, 3);
        /// Reads defect status data.
        reads_defect_status: bool = bit(4, 2);
        /// Writes a session in the intermediate state.
        intermediate: bool = bit(4, 1);
        /// BLANK works.
        blank: bool = bit(4, 0);
    }
}

feature! {
    /// DVD-R/-RW Write (002Fh).
    ///
    /// MMC "DVD-R/-RW Write Feature".
    DvdDashWrite(8) {
        /// Buffer underruns do no harm (BUF).
        buffer_underrun_free: bool = bit(4, 6);
        /// Writes DVD-R with two layers.
        dual_layer: bool = bit(4, 3);
        /// Test write.
        test_write: bool = bit(4, 2);
        /// Writes and erases DVD-RW.
        dvd_rw: bool = bit(4, 1);
    }
}
