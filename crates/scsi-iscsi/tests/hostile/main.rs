//! Initiators that lie, stall, break off and come in crowds: no panic, bounded memory, and whoever behaves is served
//! as if they were not there.

#![allow(
    clippy::unwrap_used,
    clippy::expect_used,
    clippy::panic,
    reason = "a test program: a panic is its answer"
)]

mod crowd;
mod data;
mod peer;
mod protocol;
mod stream;
mod timing;
