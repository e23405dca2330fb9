//! What goes wrong between us and a target.

use std::io;

use scsi_transport::TransportError;

use super::options::Options;
use crate::pdu::WrongOpcode;
use crate::pdu::read::ReadError;

/// Why there is no session.
#[derive(Debug, thiserror::Error)]
#[non_exhaustive]
pub enum ConnectError {
    /// What the caller asked for cannot be.
    #[error("the options cannot be: {0}")]
    Options(String),
    /// No TCP connection.
    #[error("{portal} cannot be reached: {error}")]
    Unreachable {
        /// Where.
        portal: String,
        /// The system's words.
        error: io::Error,
    },
    /// The target said no (RFC 7143 11.13.5 "Status-Class and Status-Detail").
    #[error("the target refuses the login: {} (status {class:02X}{detail:02X}h)", refusal(*class, *detail))]
    Refused {
        /// Status-Class.
        class: u8,
        /// Status-Detail.
        detail: u8,
    },
    /// The target is elsewhere.
    #[error("the target has moved to {address}")]
    Moved {
        /// TargetAddress: `host[:port][,group]`.
        address: String,
    },
    /// The target did not prove to be who it should be, or does not ask for the proof that we have.
    #[error("authentication failed: {0}")]
    Authentication(String),
    /// The login took longer than [`Options::login_timeout`].
    #[error("no answer to the login in time")]
    Timeout,
    /// What came is not iSCSI, or the connection ended.
    #[error("login failed: {0}")]
    Protocol(String),
}

impl From<ConnectError> for TransportError {
    fn from(error: ConnectError) -> Self {
        let text = error.to_string();
        match error {
            ConnectError::Options(_) => Self::Request(text),
            // Class 2, details 1 and 2: authentication, authorization.
            ConnectError::Authentication(_) | ConnectError::Refused { class: 2, detail: 1 | 2 } => {
                Self::AccessDenied(text)
            }
            ConnectError::Unreachable { .. } | ConnectError::Refused { .. } | ConnectError::Moved { .. } => {
                Self::Gone(text)
            }
            ConnectError::Timeout | ConnectError::Protocol(_) => Self::Host(text),
        }
    }
}

impl From<Failure> for ConnectError {
    fn from(failure: Failure) -> Self {
        match failure {
            Failure::Timeout => Self::Timeout,
            Failure::Broken(text) | Failure::Protocol(text) => Self::Protocol(text),
        }
    }
}

const fn refusal(class: u8, detail: u8) -> &'static str {
    match (class, detail) {
        (1, _) => "it has moved elsewhere, and says not where",
        (2, 0x01) => "authentication failed, or is asked for and was not given",
        (2, 0x02) => "this initiator may not use this target",
        (2, 0x03) => "there is no such target",
        (2, 0x04) => "the target is gone for good",
        (2, 0x05) => "it does not speak this version",
        (2, 0x06) => "too many connections",
        (2, 0x07) => "a parameter is missing",
        (2, 0x09) => "this type of session is not supported",
        (2, _) => "it blames the initiator",
        (3, 0x01) => "the service is not available",
        (3, 0x02) => "it is out of resources",
        (3, _) => "it blames itself",
        _ => "for a reason that the standard does not know",
    }
}

/// Why the next PDU did not come, or what came was not believed.
#[derive(Debug)]
pub(super) enum Failure {
    /// Nothing is wrong, but nothing came in time.
    Timeout,
    /// The connection ended.
    Broken(String),
    /// The target broke the rules: what it says from here on is not believed.
    Protocol(String),
}

impl Failure {
    /// What to put where something else was expected.
    pub(super) fn protocol(what: impl Into<String>) -> Self {
        Self::Protocol(what.into())
    }

    /// An error of the socket while we sent: half a PDU may be on its way, so that nothing can follow.
    pub(super) fn sending(error: &io::Error) -> Self {
        match error.kind() {
            io::ErrorKind::WouldBlock | io::ErrorKind::TimedOut => {
                Self::Broken("the target does not take what is sent to it".to_owned())
            }
            _ => Self::Broken(format!("sending failed: {error}")),
        }
    }
}

impl From<ReadError> for Failure {
    fn from(error: ReadError) -> Self {
        match error {
            error if error.is_timeout() => Self::Timeout,
            ReadError::Io(error) => Self::Broken(error.to_string()),
            error => Self::Protocol(error.to_string()),
        }
    }
}

impl From<WrongOpcode> for Failure {
    fn from(error: WrongOpcode) -> Self {
        Self::Protocol(error.to_string())
    }
}

/// Checks what can be checked before anything is sent.
pub(super) fn check(options: &Options, user: Option<&str>) -> Result<(), ConnectError> {
    let bad = |what: String| Err(ConnectError::Options(what));
    for (key, value) in [
        ("MaxBurstLength", options.max_burst),
        ("FirstBurstLength", options.first_burst),
        ("MaxRecvDataSegmentLength", options.max_receive),
    ] {
        if !(512..1 << 24).contains(&value) {
            return bad(format!("{key} is {value}, expected 512 to 16777215"));
        }
    }
    let is_name = |name: &str| !name.is_empty() && name.len() <= 255 && !name.contains('\0');
    if !is_name(&options.initiator_name) {
        return bad("the initiator's name has 1 to 255 bytes and no NUL".to_owned());
    }
    let Some(chap) = &options.chap else {
        return match user {
            Some(user) => bad(format!("the URL names the user {user}, but no secret was given")),
            None => Ok(()),
        };
    };
    if let Some(user) = user.filter(|user| *user != chap.initiator.name) {
        return bad(format!("the URL names the user {user}, the secret is that of {}", chap.initiator.name));
    }
    for credentials in chap.target.iter().chain([&chap.initiator]) {
        if !is_name(&credentials.name) || credentials.secret.is_empty() {
            return bad("a name or secret for CHAP is empty, or the name longer than 255 bytes".to_owned());
        }
        if credentials.secret.len() < 12 {
            log::warn!("the CHAP secret of {} is shorter than 12 bytes", credentials.name);
        }
    }
    // RFC 7143 9.2.1 "CHAP Considerations": the same secret would let a target answer with our own proof.
    if chap.target.as_ref().is_some_and(|target| target.secret == chap.initiator.secret) {
        return bad("both directions of CHAP have the same secret".to_owned());
    }
    Ok(())
}
