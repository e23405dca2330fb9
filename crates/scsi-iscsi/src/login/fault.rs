//! Why a login was refused.

use super::{MOST_REQUESTS, MOST_TEXT};
use crate::text::TextError;

/// What was wrong with a login; where nothing else is said, the initiator is at fault.
///
/// What it says is for the log. The initiator is told [`status`](Self::status) only, and those for a wrong name and a
/// wrong secret are the same.
#[derive(Clone, Debug, Eq, PartialEq, thiserror::Error)]
pub enum LoginFault {
    /// Speaks only later versions.
    #[error("the initiator wants at least version {seen}, expected 0")]
    Version {
        /// VersionMin.
        seen: u8,
    },
    /// CSG is not the stage that this login is in.
    #[error("a login request of stage {seen}, expected {expected}")]
    Stage {
        /// What would have been right.
        expected: &'static str,
        /// CSG.
        seen: u8,
    },
    /// NSG is no stage that follows.
    #[error(
        "transit from stage {from} to {seen}, expected a later one of 1 (operational) and 3 (full feature)"
    )]
    Transit {
        /// CSG.
        from: u8,
        /// NSG.
        seen: u8,
    },
    /// T with C.
    #[error("a login request that wants to transit while its text goes on")]
    TransitWithin,
    /// Text while it is the target's turn.
    #[error("{seen} bytes of text while the target's own text goes on, expected none")]
    OutOfTurn {
        /// How many.
        seen: usize,
    },
    /// It never ends.
    #[error("more than {MOST_REQUESTS} login requests")]
    TooManyRequests,
    /// Too much text.
    #[error("{seen} bytes of login text, expected at most {MOST_TEXT}")]
    TooMuchText {
        /// How many, with this request.
        seen: usize,
    },
    /// The text is none.
    #[error(transparent)]
    Text(#[from] TextError),
    /// A key came in an earlier request as well.
    #[error("{key} was negotiated before")]
    Again {
        /// Which.
        key: String,
    },
    /// A key that must be there is not.
    #[error("the first login request has no {key}")]
    Missing {
        /// Which.
        key: &'static str,
    },
    /// A key that counts in the first request only.
    #[error("{key} in a later login request, expected in the first")]
    Late {
        /// Which.
        key: String,
    },
    /// A key has a value that it cannot have.
    #[error("{key} is {seen:?}, expected {expected}")]
    Value {
        /// Which.
        key: &'static str,
        /// What it can have.
        expected: &'static str,
        /// What came.
        seen: String,
    },
    /// SessionType is neither.
    #[error("SessionType is {seen:?}, expected Normal or Discovery")]
    SessionType {
        /// What came.
        seen: String,
    },
    /// Somebody else.
    #[error("{initiator:?} wants target {seen:?}, which is not here")]
    UnknownTarget {
        /// Who asks.
        initiator: String,
        /// For whom.
        seen: String,
    },
    /// Without proof, where proof is asked for.
    #[error("the initiator wants to skip authentication, expected CHAP")]
    AuthRequired,
    /// No method of authentication that both do.
    #[error("the initiator offers AuthMethod={offered:?}, expected {expected} among them")]
    AuthMethod {
        /// What was offered.
        offered: String,
        /// What is done here.
        expected: &'static str,
    },
    /// No hash that both do.
    #[error("the initiator offers CHAP_A={offered:?}, expected 5 or 7 among them")]
    Algorithm {
        /// What was offered.
        offered: String,
    },
    /// A security key before or after its turn.
    #[error("{key} out of turn, expected {expected}")]
    AuthOrder {
        /// Which.
        key: String,
        /// What would have been right.
        expected: &'static str,
    },
    /// A key of CHAP has a value that it cannot have; which, is not for the log.
    #[error("{key} is missing or has a value that is not {expected}")]
    ChapValue {
        /// Which.
        key: &'static str,
        /// What it can have.
        expected: &'static str,
    },
    /// Wrong name or wrong secret.
    #[error("CHAP of {initiator:?} as {name:?} failed: {why}")]
    Denied {
        /// Who asks.
        initiator: String,
        /// CHAP_N.
        name: String,
        /// Which of the two.
        why: &'static str,
    },
    /// Our own challenge came back, to be answered for whoever sent it (RFC 7143 12.1.3).
    #[error("the initiator asks the target's own CHAP challenge")]
    Reflected,
    /// The target is to prove itself and cannot.
    #[error("the initiator wants the target to authenticate, for which no secret is configured")]
    NoMutual,
    /// Ours: whoever hears the answer of one side could answer for the other.
    #[error("the target is configured with one CHAP secret for both directions")]
    SameSecret,
    /// Ours: no challenge without it.
    #[error("no random numbers: {0}")]
    Random(getrandom::Error),
    /// A request after the end.
    #[error("a login request after the login has ended")]
    Over,
}

impl LoginFault {
    /// Status-Class and Status-Detail (RFC 7143 11.13.5 "Status-Class and Status-Detail").
    pub const fn status(&self) -> (u8, u8) {
        match self {
            Self::TransitWithin
            | Self::OutOfTurn { .. }
            | Self::TooManyRequests
            | Self::TooMuchText { .. }
            | Self::Text(_)
            | Self::Again { .. }
            | Self::Late { .. }
            | Self::Value { .. } => (0x02, 0x00),
            Self::AuthRequired
            | Self::AuthMethod { .. }
            | Self::Algorithm { .. }
            | Self::AuthOrder { .. }
            | Self::ChapValue { .. }
            | Self::Denied { .. }
            | Self::Reflected
            | Self::NoMutual => (0x02, 0x01),
            Self::UnknownTarget { .. } => (0x02, 0x03),
            Self::Version { .. } => (0x02, 0x05),
            Self::Missing { .. } => (0x02, 0x07),
            Self::SessionType { .. } => (0x02, 0x09),
            Self::Stage { .. } | Self::Transit { .. } | Self::Over => (0x02, 0x0B),
            Self::SameSecret | Self::Random(_) => (0x03, 0x00),
        }
    }
}

/// What the other side said, cut to what a log line can bear.
pub(super) fn excerpt(value: &str) -> String {
    value.chars().take(MOST_EXCERPT).collect()
}

/// Characters of the other side in a log line; the longest iSCSI name fits.
const MOST_EXCERPT: usize = 223;
