//! Reading: Random Readable, Multi-read, CD Read, DVD Read (0010h, 001Dh to 001Fh).

feature! {
    /// Random Readable (0010h): any block can be read at any time.
    ///
    /// MMC "Random Readable Feature".
    RandomReadable(12) {
        /// Bytes a logical block: 2048 for CD.
        block_bytes: u32 = be(4, 4);
        /// Logical blocks a readable unit: 1 for CD.
        blocking: u16 = be(8, 2);
        /// The Read/Write Error Recovery mode page is there (PP).
        error_recovery_page: bool = bit(10, 0);
    }
}

feature! {
    /// Multi-read (001Dh): the drive reads all CD types, as OSTA's MultiRead has them.
    ///
    /// MMC "MultiRead Feature".
    MultiRead(4) {}
}

feature! {
    /// CD Read (001Eh): what comes with reading CDs.
    ///
    /// MMC "CD Read Feature".
    CdRead(8) {
        /// READ CD knows the DAP bit.
        digital_audio_play: bool = bit(4, 7);
        /// C2 error pointers can be read.
        c2: bool = bit(4, 1);
        /// CD-TEXT can be read, by READ TOC/PMA/ATIP format 5.
        cd_text: bool = bit(4, 0);
    }
}

feature! {
    /// DVD Read (001Fh).
    ///
    /// MMC "DVD Read Feature". DUAL-RW (byte 6 bit 1) came with MMC-6.
    DvdRead(8) {
        /// Reads as the DVD Multi specification 1.1 has it.
        multi_110: bool = bit(4, 0);
        /// Reads DVD-R with two layers.
        dual_r: bool = bit(6, 0);
        /// Reads DVD-RW with two layers.
        dual_rw: bool = bit(6, 1);
    }
}
