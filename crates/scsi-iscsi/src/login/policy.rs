//! What the target's owner wants.

use core::ops::RangeInclusive;

use crate::chap::Secret;
use crate::pdu::Digests;

/// Most bytes of an iSCSI name (RFC 7143 4.2.7.1 "iSCSI Name Properties").
pub(super) const LONGEST_NAME: usize = 223;

/// What a segment or burst may have at least and at most (RFC 7143 13.12 to 13.14).
pub(super) const BYTES: RangeInclusive<u32> = 512..=0x00FF_FFFF;

/// What a target wants of those that log in.
#[derive(Clone, Debug)]
pub struct LoginPolicy {
    /// iSCSI name of the target.
    pub target: String,
    /// TargetAlias: for humans.
    pub alias: Option<String>,
    /// TargetPortalGroupTag.
    pub portal_group: u16,
    /// Who may come in.
    pub auth: Auth,
    /// What the target does at most.
    pub offers: Offers,
}

impl LoginPolicy {
    /// Everybody may log in to `target`, with the usual limits.
    pub fn new(target: impl Into<String>) -> Self {
        Self {
            target: target.into(),
            alias: None,
            portal_group: 1,
            auth: Auth::None,
            offers: Offers::default(),
        }
    }

    /// Whether a target can work so. To be asked when it starts: a login does not ask again, save for the secrets.
    pub fn validate(&self) -> Result<(), PolicyError> {
        if !is_name(&self.target) {
            return Err(PolicyError::Name { seen: self.target.clone() });
        }
        if let Some(alias) = &self.alias
            && !is_alias(alias)
        {
            return Err(PolicyError::Alias { seen: alias.clone() });
        }
        if let Auth::Chap { name, mutual, .. } = &self.auth {
            for name in [name].into_iter().chain(mutual.iter().map(|(name, _)| name)) {
                if name.is_empty() || !is_alias(name) {
                    return Err(PolicyError::ChapName { seen: name.clone() });
                }
            }
        }
        if self.auth.has_one_secret_twice() {
            return Err(PolicyError::SameSecret);
        }
        let Offers { max_recv_data_segment, max_burst, first_burst, max_outstanding_r2t, .. } = self.offers;
        for (key, seen) in [
            ("MaxRecvDataSegmentLength", max_recv_data_segment),
            ("MaxBurstLength", max_burst),
            ("FirstBurstLength", first_burst),
        ] {
            if !BYTES.contains(&seen) {
                return Err(PolicyError::Bytes { key, seen });
            }
        }
        if max_outstanding_r2t == 0 {
            return Err(PolicyError::NoR2t);
        }
        Ok(())
    }
}

/// What makes a policy unusable.
#[derive(Clone, Debug, Eq, PartialEq, thiserror::Error)]
pub enum PolicyError {
    /// The target's name is none.
    #[error(
        "the target's name {seen:?} is no iSCSI name, expected 1 to {LONGEST_NAME} bytes, without spaces, as in \
         iqn.2026-11.org.example:drive"
    )]
    Name {
        /// The name.
        seen: String,
    },
    /// The alias is none.
    #[error("the alias {seen:?} has more than 255 bytes or control characters")]
    Alias {
        /// The alias.
        seen: String,
    },
    /// A CHAP name is none.
    #[error("the CHAP name {seen:?} is empty, has more than 255 bytes or control characters")]
    ChapName {
        /// The name.
        seen: String,
    },
    /// Whoever hears the answer of one side could answer for the other (RFC 7143 12.1.3).
    #[error("the CHAP secrets of initiator and target are the same, expected different ones")]
    SameSecret,
    /// A limit is out of bounds.
    #[error("{key} is {seen}, expected {} to {}", BYTES.start(), BYTES.end())]
    Bytes {
        /// Which limit.
        key: &'static str,
        /// What it is.
        seen: u32,
    },
    /// Nothing could be written.
    #[error("MaxOutstandingR2T is 0, expected at least 1")]
    NoR2t,
}

/// How an initiator proves who it is.
#[derive(Clone, Debug)]
pub enum Auth {
    /// Not at all.
    None,
    /// By CHAP, in discovery sessions as well.
    Chap {
        /// The name that it must give.
        name: String,
        /// The secret that it must know.
        secret: Secret,
        /// What the target says when it is asked in turn: its own name and another secret. Without this an initiator
        /// that asks is refused.
        mutual: Option<(String, Secret)>,
    },
}

impl Auth {
    pub(super) fn has_one_secret_twice(&self) -> bool {
        matches!(self, Self::Chap { secret, mutual: Some((_, ours)), .. } if secret.is_same(ours))
    }
}

/// What the target does at most, before an initiator has said what it wants.
#[derive(Clone, Copy, Debug, Eq, PartialEq)]
pub struct Offers {
    /// CRC32C where the initiator wants it.
    pub digests: Digests,
    /// MaxRecvDataSegmentLength, declared to the initiator.
    pub max_recv_data_segment: u32,
    /// MaxBurstLength.
    pub max_burst: u32,
    /// FirstBurstLength.
    pub first_burst: u32,
    /// Nothing comes without R2T, even where the initiator would send it.
    pub initial_r2t: bool,
    /// Data may come with the command.
    pub immediate_data: bool,
    /// MaxOutstandingR2T.
    pub max_outstanding_r2t: u16,
    /// DefaultTime2Wait, in seconds.
    pub time_to_wait: u16,
    /// DefaultTime2Retain, in seconds: nothing is retained by default.
    pub time_to_retain: u16,
}

impl Default for Offers {
    fn default() -> Self {
        Self {
            digests: Digests { header: true, data: true },
            max_recv_data_segment: 256 << 10,
            max_burst: 1 << 20,
            // As many commands as the window lets in may bring this much unasked, and it has to be kept.
            first_burst: 64 << 10,
            initial_r2t: false,
            immediate_data: true,
            max_outstanding_r2t: 1,
            time_to_wait: 2,
            time_to_retain: 0,
        }
    }
}

/// A name can stand in a log line, and in a text, as one word.
///
/// RFC 7143 4.2.7.1 allows less; which characters those are, the initiator's side has to know, and a name that is none
/// is simply nobody's.
pub(super) fn is_name(name: &str) -> bool {
    (1..=LONGEST_NAME).contains(&name.len()) && !name.contains(|c: char| c.is_control() || c.is_whitespace())
}

/// RFC 7143 13.6 "TargetAlias": up to 255 bytes.
pub(super) fn is_alias(alias: &str) -> bool {
    alias.len() <= 255 && !alias.contains(char::is_control)
}
