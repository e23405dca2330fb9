//! What a write that was cancelled has left on the disc.

use core::fmt;

use mmc_wire::block::disc_information::{DiscStatus, SessionState};

use crate::{Error, Recorder, media};

/// What is on the disc after a cancelled write, by the drive's own word (READ DISC INFORMATION): a host
/// that counts the sectors it has sent does not know whether the lead-out had begun.
#[derive(Clone, Copy, Debug, Eq, PartialEq)]
pub enum Left {
    /// Nothing was recorded.
    Nothing,
    /// A session that has no end.
    Part,
    /// A session that the drive takes for whole, if perhaps with a short lead-out.
    Session,
    /// The drive does not say.
    Unknown,
}

impl fmt::Display for Left {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(match self {
            Self::Nothing => "nothing was recorded",
            Self::Part => "the disc holds part of a session that nothing can complete",
            Self::Session => "the disc holds the session, by what the drive says",
            Self::Unknown => "what the disc holds the drive does not say",
        })
    }
}

/// Names what is left, where the error is that the write was cancelled.
pub(super) fn named(recorder: &Recorder, error: Error) -> Error {
    match error {
        Error::Cancelled { written, of, .. } if written > 0 => {
            Error::Cancelled { written, of, left: asked(recorder) }
        }
        error => error,
    }
}

fn asked(recorder: &Recorder) -> Left {
    match media::disc_information(recorder).map(|disc| (disc.status, disc.last_session)) {
        Ok((DiscStatus::Blank, _)) => Left::Nothing,
        Ok((_, SessionState::Incomplete | SessionState::Damaged)) => Left::Part,
        Ok((
            DiscStatus::Appendable | DiscStatus::Finalized,
            SessionState::Empty | SessionState::Complete,
        )) => Left::Session,
        Ok((DiscStatus::Other, _)) | Err(_) => Left::Unknown,
    }
}
