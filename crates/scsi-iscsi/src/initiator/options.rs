//! What an initiator asks for.

use core::fmt;
use core::time::Duration;

use crate::pdu::Digests;

/// What is asked for at login, and how long is waited. The defaults are libiscsi's, with which every target has met.
#[derive(Clone, Debug)]
pub struct Options {
    /// Who we are.
    pub initiator_name: String,
    /// Which digests are wanted. The target may say no, unless `digests_required`.
    pub digests: Digests,
    /// A target that does not do the digests that are wanted is refused.
    pub digests_required: bool,
    /// ImmediateData: a command may carry the first of its data.
    pub immediate_data: bool,
    /// InitialR2T: no Data-Out before the target asks for it.
    pub initial_r2t: bool,
    /// MaxBurstLength: how much goes in one sequence; 512 to 16,777,215.
    pub max_burst: u32,
    /// FirstBurstLength: how much goes unasked; 512 to 16,777,215.
    pub first_burst: u32,
    /// MaxRecvDataSegmentLength: how much may come in one PDU; 512 to 16,777,215.
    pub max_receive: u32,
    /// CHAP; without it the target must let everybody in.
    pub chap: Option<Chap>,
    /// How long the TCP connection and the login may take, each.
    pub login_timeout: Duration,
    /// How long a task management function may take; a task that is late is aborted by one.
    pub management_timeout: Duration,
}

impl Default for Options {
    fn default() -> Self {
        Self {
            initiator_name: "iqn.2026-11.io.github.rawcd:initiator".to_owned(),
            digests: Digests::default(),
            digests_required: false,
            immediate_data: true,
            initial_r2t: false,
            max_burst: 262_144,
            first_burst: 262_144,
            max_receive: 262_144,
            chap: None,
            login_timeout: Duration::from_secs(10),
            management_timeout: Duration::from_secs(5),
        }
    }
}

/// CHAP (RFC 7143 12.1.3 "Challenge Handshake Authentication Protocol (CHAP)").
#[derive(Clone, Debug)]
pub struct Chap {
    /// How we prove to the target who we are.
    pub initiator: Credentials,
    /// How the target has to prove to us who it is; `None` takes its word.
    pub target: Option<Credentials>,
}

/// A name and what only its owner and the other side know.
#[derive(Clone)]
pub struct Credentials {
    /// Name.
    pub name: String,
    /// Secret; at least 12 bytes, says the standard.
    pub secret: Vec<u8>,
}

impl fmt::Debug for Credentials {
    /// The secret is not shown.
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Credentials").field("name", &self.name).finish_non_exhaustive()
    }
}
