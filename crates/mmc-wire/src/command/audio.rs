//! Playing audio, where a drive still has an analogue output (feature 0103h).

use cd_format::Lba;

use crate::cdb;

cdb! {
    /// PLAY AUDIO (10).
    ///
    /// MMC-3 "PLAY AUDIO (10) Command".
    PlayAudio10 {
        /// First block.
        lba: Lba = be(2, 4);
        /// Blocks.
        blocks: u16 = be(7, 2);
    }
}

cdb! {
    /// PLAY AUDIO MSF.
    ///
    /// MMC-3 "PLAY AUDIO MSF Command".
    PlayAudioMsf {
        /// First block: minute, second, frame, binary.
        start: [u8; 3] = be(3, 3);
        /// The block after the last one: minute, second, frame, binary.
        end: [u8; 3] = be(6, 3);
    }
}

cdb! {
    /// PAUSE/RESUME.
    ///
    /// MMC-3 "PAUSE/RESUME Command".
    PauseResume {
        /// Resume; 0 pauses.
        resume: bool = bit(8, 0);
    }
}

cdb! {
    /// STOP PLAY/SCAN.
    ///
    /// MMC-3 "STOP PLAY/SCAN Command".
    StopPlayScan {}
}

cdb! {
    /// SCAN: fast forward or backward while playing.
    ///
    /// MMC-3 "SCAN Command".
    Scan {
        /// Backward.
        reverse: bool = bit(1, 4);
        /// Where from, by `address_type`.
        start: u32 = be(2, 4);
        /// What `start` is: 0 block, 1 time, 2 track.
        address_type: u8 = bits(9, 7, 6);
    }
}
