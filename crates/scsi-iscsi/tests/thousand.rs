//! A crowd that does nothing. A program of its own: it counts its threads.

#![allow(
    clippy::unwrap_used,
    clippy::expect_used,
    clippy::panic,
    reason = "a test program: a panic is its answer"
)]

#[path = "hostile/peer.rs"]
#[allow(dead_code, reason = "half of a peer is enough here")]
mod peer;

use std::net::TcpStream;

use peer::{Peer, Target};

/// 1,000 connections opened and left: who is logged in does not notice, and who comes is let in. Threads are
/// bounded by the limit of logins.
#[test]
fn a_thousand_connections_opened_and_left_harm_nobody() {
    let target = Target::new(true);
    let mut here = Peer::log_in(&target, "here", "");
    here.is_served();
    let mut crowd = Vec::new();
    for number in 0..1000 {
        crowd.push(TcpStream::connect(target.address).unwrap());
        if number % 100 == 0 {
            assert!(here.is_alive());
        }
    }
    Peer::log_in(&target, "late", "").is_served();
    here.is_served();
    assert!(threads() < 64, "{} threads", threads());
    drop(crowd);
}

#[cfg(target_os = "linux")]
fn threads() -> usize {
    std::fs::read_dir("/proc/self/task").unwrap().count()
}

#[cfg(not(target_os = "linux"))]
fn threads() -> usize {
    0
}
