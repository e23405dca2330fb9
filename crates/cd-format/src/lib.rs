//! What is on a CD, as facts that know nothing of SCSI.
//!
//! | module | holds | source |
//! |---|---|---|
//! | [`address`] | [`Lba`], [`Msf`], [`Bcd`] and the wrap at minute 90 | MMC "CD address formats", IEC 60908 |
//! | [`atip`] | [`Atip`]: what a recordable disc says of itself | MMC "READ TOC/PMA/ATIP", format 4 |
//! | [`toc`] | [`TocEntry`], [`Point`], [`Control`]: the Q sub-channel of the lead-in | IEC 60908, MMC "Sub-channel Q" |
//! | [`session`] | [`Session`], [`Track`], lengths of areas, where the next session lies | Orange Book figures as burning programs use them |
//! | [`lead_in`] | the entries of lead-in and PMA, from sessions and back | MMC "Mode-5 Q" |
//! | [`cd_text`] | [`CdTextPack`] | MMC "READ TOC/PMA/ATIP", format 5 |
//! | [`sector`] | the 2352 bytes of a sector: modes and forms, EDC, ECC, scrambler | ECMA-130 14, annexes A and B |
//! | [`sub_channel`] | P to W beside every sector: Q frames, R-W packs, what goes where | ECMA-130 22 |
//! | [`recorded`] | [`RecordedFrames`]: whatever keeps frames as they lie on a disc | |
//! | [`crc`] | the CRC of Q frames and CD-TEXT packs | ECMA-130 22.3.6 |
//!
//! This crate knows addresses and what they name. It does not know that a drive exists,
//! what a command is, or who asks.
#![forbid(unsafe_code)]

pub mod address;
pub mod atip;
pub mod cd_text;
pub mod crc;
pub mod lead_in;
pub mod recorded;
pub mod sector;
pub mod session;
pub mod sub_channel;
pub mod toc;

pub use address::{AddressError, Bcd, Lba, Msf};
pub use atip::{Atip, DiscKind};
pub use cd_text::CdTextPack;
pub use recorded::{FRAME_BYTES, LeadInTold, RecordedFrames};
pub use session::{DiscType, NextSession, Session, Track};
pub use toc::{Adr, Control, Point, TocEntry};
