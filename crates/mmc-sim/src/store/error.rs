//! Why frames were not recorded, or could not be read.

use std::io;

use cd_format::Lba;

/// Why nothing was recorded: a refused write leaves every frame as it was.
#[derive(Debug, thiserror::Error)]
pub enum WriteError {
    /// The first frame that is in the way.
    #[error("LBA {lba} is written already")]
    Written {
        /// Its address.
        lba: Lba,
    },
    /// The recording was to go on behind a written frame, and there is none.
    #[error("LBA {at} does not follow on a written frame ({})", before(*.end))]
    Gap {
        /// Where it was to go on.
        at: Lba,
        /// The frame behind the last one written before `at`.
        end: Option<Lba>,
    },
    /// Frames that no disc has.
    #[error("{frames} frames at LBA {at} are not within {} to {}", super::FIRST, super::LAST)]
    OffTheDisc {
        /// First address.
        at: Lba,
        /// How many.
        frames: usize,
    },
    /// Bytes that do not make whole frames, or channels of different length.
    #[error("{main} and {sub} bytes are not a whole number of frames")]
    Ragged {
        /// Bytes of the main channel, or of both together.
        main: usize,
        /// Bytes of the sub-channel, if apart.
        sub: usize,
    },
    /// The file for what does not fit into memory could not be written.
    #[error("frames for LBA {at} could not be moved out of memory: {source}")]
    Spill {
        /// First address.
        at: Lba,
        /// What the system says.
        source: io::Error,
    },
}

fn before(end: Option<Lba>) -> String {
    end.map_or_else(|| "nothing is written before it".to_owned(), |end| format!("expected LBA {end}"))
}

/// Why a frame could not be read.
#[derive(Debug, thiserror::Error)]
pub enum ReadError {
    /// Nothing is written there.
    #[error("LBA {lba} is not written")]
    Unwritten {
        /// Its address.
        lba: Lba,
    },
    /// The disc file no longer holds what was saved.
    #[error("disc file, data at byte {offset}: checksum {found:08X}, expected {expected:08X}")]
    Altered {
        /// Offset in the file of the block of frames.
        offset: u64,
        /// As saved.
        expected: u32,
        /// Of what is there.
        found: u32,
    },
    /// The file could not be read.
    #[error("frames kept in a file, at byte {offset}: {source}")]
    Io {
        /// Offset in the file.
        offset: u64,
        /// What the system says.
        source: io::Error,
    },
}
