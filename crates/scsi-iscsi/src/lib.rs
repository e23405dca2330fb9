//! iSCSI (RFC 7143): a target that puts any SCSI device on the network, and an initiator that is one.
#![forbid(unsafe_code)]

pub mod chap;
pub mod login;
pub mod pdu;
pub mod server;
mod session;
pub mod text;
pub mod unit;

pub use server::{Limits, Server, ServerHandle, ServerOptions};
