//! iSCSI (RFC 7143): a target that puts any SCSI device on the network, and an initiator that is one.
//!
//! | module | holds |
//! |---|---|
//! | [`pdu`] | what goes over the wire, as values |
//! | [`text`], [`login`], [`chap`] | the login phase, the target's side: state machines without I/O |
//! | [`mod@unit`] | several initiators share one device as logical unit 0 |
//! | `session` | the full feature phase of a session |
//! | [`server`] | the listener, and what all connections share |
//! | [`initiator`] | the other end: an iSCSI device as a [`Transport`](scsi_transport::Transport) |
//!
//! Always: what comes from a socket is hostile; memory and time that a peer can take have a limit ([`Limits`]).
//! Never: what a command means, beyond what several initiators make of it.
#![forbid(unsafe_code)]

pub mod chap;
pub mod initiator;
pub mod login;
pub mod pdu;
pub mod server;
mod session;
pub mod text;
pub mod unit;

pub use initiator::{Initiator, IscsiUrl};
pub use server::{Limits, Server, ServerHandle, ServerOptions};
