//! Our initiator at our target: two readings of RFC 7143 that share PDUs and nothing else. What one of them gets wrong
//! against other people's programs is seen elsewhere; here every combination of parameters meets.

#![allow(
    clippy::unwrap_used,
    clippy::expect_used,
    clippy::panic,
    reason = "a test program: a panic is its answer"
)]

mod busy;
mod data;
mod memory;
mod nexuses;
mod tasks;
