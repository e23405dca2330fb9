//! What is on a CD, as facts that know nothing of SCSI.
//!
//! | module | holds | source |
//! |---|---|---|
//! | [`address`] | [`Lba`], [`Msf`], [`Bcd`] and the wrap at minute 90 | MMC "CD address formats", IEC 60908 |
//!
//! This crate knows addresses and what they name. It does not know that a drive exists,
//! what a command is, or who asks.
#![forbid(unsafe_code)]

pub mod address;

pub use address::{AddressError, Bcd, Lba, Msf};
