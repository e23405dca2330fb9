//! Writing blocks, and what belongs to it.

use cd_format::Lba;

use crate::cdb;

cdb! {
    /// WRITE (10): record blocks.
    ///
    /// MMC "WRITE (10) Command".
    Write10 {
        /// Disable page out: do not keep this in the cache.
        disable_page_out: bool = bit(1, 4);
        /// Force unit access: GOOD is not reported until the blocks are on the medium.
        force_unit_access: bool = bit(1, 3);
        /// Time-safe recording; not CD.
        time_safe: bool = bit(1, 2);
        /// First block. Pregap and lead-in lie below zero.
        lba: Lba = be(2, 4);
        /// Blocks, not bytes; 0 is legal and moves no data.
        blocks: u16 = be(7, 2);
    }
}

cdb! {
    /// WRITE (12): as WRITE (10), with streaming.
    ///
    /// MMC "WRITE (12) Command".
    Write12 {
        /// Disable page out: do not keep this in the cache.
        disable_page_out: bool = bit(1, 4);
        /// Force unit access: GOOD is not reported until the blocks are on the medium.
        force_unit_access: bool = bit(1, 3);
        /// Time-safe recording; not CD.
        time_safe: bool = bit(1, 2);
        /// First block. Pregap and lead-in lie below zero.
        lba: Lba = be(2, 4);
        /// Blocks, not bytes; 0 is legal and moves no data.
        blocks: u32 = be(6, 4);
        /// Speed before correctness.
        streaming: bool = bit(10, 7);
    }
}

cdb! {
    /// WRITE AND VERIFY (10): for randomly writable media.
    ///
    /// MMC "WRITE AND VERIFY (10) Command".
    WriteAndVerify10 {
        /// Disable page out: do not keep this in the cache.
        disable_page_out: bool = bit(1, 4);
        /// First block.
        lba: Lba = be(2, 4);
        /// Blocks.
        blocks: u16 = be(7, 2);
    }
}

cdb! {
    /// SYNCHRONIZE CACHE (10): put what is buffered on the medium. Ends a TAO track, and an SAO or
    /// RAW session.
    ///
    /// MMC "SYNCHRONIZE CACHE (10) Command".
    SynchronizeCache10 {
        /// Return before the medium is written.
        immediate: bool = bit(1, 1);
        /// First block; 0 with `blocks` 0 is everything.
        lba: Lba = be(2, 4);
        /// Blocks; 0 is to the end.
        blocks: u16 = be(7, 2);
    }
}

cdb! {
    /// SEND OPC INFORMATION: calibrate the laser on this disc.
    ///
    /// MMC "SEND OPC INFORMATION Command".
    SendOpcInformation {
        /// Calibrate now.
        do_opc: bool = bit(1, 0);
        /// Leave out layer 0 and 1; not CD.
        exclude_layers: u8 = bits(2, 1, 0);
        /// Bytes of parameter list that follow, eight an entry.
        parameter_bytes: u16 = be(7, 2);
    }
}

cdb! {
    /// SEND CUE SHEET: the plan of a session-at-once recording.
    ///
    /// MMC "SEND CUE SHEET Command".
    SendCueSheet {
        /// Bytes of cue sheet that follow, eight an entry.
        cue_bytes: u32 = be(6, 3);
    }
}
