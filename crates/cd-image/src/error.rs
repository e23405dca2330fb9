//! What can be wrong with an image, its sheet or its files.

use core::fmt;
use std::io;
use std::path::{Path, PathBuf};

use cd_format::Lba;
use cd_format::lead_in::LeadInError;
use cd_format::sub_channel::PlanError;

/// A place in a text, both counted from 1; the column counts characters.
#[derive(Clone, Copy, Debug, Default, Eq, Ord, PartialEq, PartialOrd)]
pub struct At {
    /// Line.
    pub line: usize,
    /// Column.
    pub column: usize,
}

impl fmt::Display for At {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{}:{}", self.line, self.column)
    }
}

/// Why an image could not be read, composed or written.
#[derive(Debug, thiserror::Error)]
#[non_exhaustive]
pub enum ImageError {
    /// A text that does not go on as its format does, or asks for what cannot be.
    #[error("{}:{at}: expected {expected}, seen {seen}", path.display())]
    Syntax {
        /// The file.
        path: PathBuf,
        /// Where in it.
        at: At,
        /// What could have stood there.
        expected: String,
        /// What stands there.
        seen: String,
    },
    /// A file that is not what the layout needs.
    #[error("{}: expected {expected}, seen {seen}", path.display())]
    Content {
        /// The file.
        path: PathBuf,
        /// What it should have been.
        expected: String,
        /// What it is.
        seen: String,
    },
    /// The system refused.
    #[error("{}: {source}", path.display())]
    Io {
        /// Which file.
        path: PathBuf,
        /// What the system said.
        source: io::Error,
    },
    /// A layout that no session can have.
    #[error("track {track}: expected {expected}, seen {seen}")]
    Track {
        /// Which.
        track: u8,
        /// What it should have.
        expected: String,
        /// What it has.
        seen: String,
    },
    /// A session that cannot be laid out.
    #[error(transparent)]
    Plan(#[from] PlanError),
    /// A session whose table of contents cannot be made.
    #[error(transparent)]
    LeadIn(#[from] LeadInError),
    /// More text than a block of CD-TEXT holds.
    #[error("titles and performers: expected at most 253 packs of 12 bytes of CD-TEXT, seen more")]
    CdTextTooLong,
    /// A frame outside what was composed.
    #[error("frame at LBA {lba}: expected {} to {}", first, *end - 1)]
    NoFrame {
        /// The one asked for.
        lba: Lba,
        /// First that is there.
        first: Lba,
        /// First that is not there any more.
        end: Lba,
    },
    /// A session or track that is not on the disc.
    #[error("{what}: {}", match there.as_slice() {
        [] => "there is none on the disc".to_owned(),
        there => format!("expected one of {there:?}"),
    })]
    NotThere {
        /// What was asked for.
        what: String,
        /// What there is.
        there: Vec<u8>,
    },
    /// The frames to be exported cannot be read.
    #[error("frames at LBA {lba}: {source}")]
    Frames {
        /// First of those asked for.
        lba: Lba,
        /// Why not.
        source: Box<dyn core::error::Error + Send + Sync>,
    },
}

impl ImageError {
    pub(crate) fn io(path: &Path, source: io::Error) -> Self {
        Self::Io { path: path.to_owned(), source }
    }

    pub(crate) fn content(path: &Path, expected: impl Into<String>, seen: impl Into<String>) -> Self {
        Self::Content { path: path.to_owned(), expected: expected.into(), seen: seen.into() }
    }

    pub(crate) fn track(track: u8, expected: impl Into<String>, seen: impl Into<String>) -> Self {
        Self::Track { track, expected: expected.into(), seen: seen.into() }
    }
}
