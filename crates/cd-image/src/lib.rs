//! Disc images: read into a layout, composed into frames, written from frames.
//!
//! | module | holds |
//! |---|---|
//! | [`layout`] | [`Layout`]: tracks, pauses, indexes, codes, and which bytes of which files they are |
//! | [`cue`], [`toc`], [`ccd`], [`ron_layout`], [`iso`] | readers, each of one format; [`Layout::read`] chooses |
//! | [`sheet_encoding`](SheetEncoding) | what bytes a sheet's letters are |
//! | [`source`] | a track's bytes as something that reads and seeks |
//! | [`compose`] | [`Composed`]: a layout as recorded frames, each made when it is read |
//! | [`scan`] | sessions, tracks and indexes as frames tell them |
//! | [`export`] | frames as BIN/CUE, BIN/TOC, CCD/IMG/SUB, ISO |
//! | [`loss`] | [`Loss`]: what a format could not hold, in a sentence |
//! | [`error`] | [`ImageError`]: what, where, expected, seen |
//!
//! Frames ([`RecordedFrames`](cd_format::RecordedFrames)) are the common ground: every format has a reader
//! to a layout and a writer from frames, and nothing else.
//!
//! Always: what a sheet claims is checked against its files before anything is made of it; what is
//! exported comes into its place whole. Never: a sheet opens a file outside its directory without leave
//! ([`ReadOptions`]), more than one file is open at a time, or memory grows with the length of a disc.
//!
//! This crate knows files and frames. It does not know drives, commands, or who burns.
//!
//! ```
//! use cd_format::sub_channel::Rules;
//! use cd_format::{Lba, RecordedFrames};
//! use cd_image::{Composed, Layout, Place, ReadOptions, export};
//!
//! let folder = tempfile::tempdir()?;
//! std::fs::write(folder.path().join("data.iso"), [0x55; 3000])?;
//! let sheet = folder.path().join("disc.cue");
//! std::fs::write(&sheet, "FILE data.iso BINARY\nTRACK 01 MODE1/2048\nINDEX 01 00:00:00\n")?;
//!
//! // 3000 bytes are two sectors, the second filled up.
//! let layout = Layout::read(&sheet, ReadOptions::default())?;
//! let source = layout.source(0, 150..152)?;
//! assert_eq!((source.sectors, source.sector_bytes), (2, 2048));
//!
//! // The session as it would be recorded behind a lead-in from 97:26:66 on.
//! let frames = Composed::new(&layout, &Place::first(Lba(-11_634)), Rules::default())?;
//! assert_eq!(frames.runs(), [Lba(-11_634)..Lba(2 + 6750)]);
//!
//! let losses = export::cue(&frames, 1, &folder.path().join("raw.cue"))?;
//! assert_eq!(losses[0].to_string(), "The lead-in (11484 frames) is made anew on import.");
//! # Ok::<(), Box<dyn std::error::Error>>(())
//! ```
#![forbid(unsafe_code)]

mod aiff;
pub mod ccd;
mod cd_text;
pub mod compose;
pub mod cue;
mod decoded;
pub mod error;
pub mod export;
mod flac;
mod folder;
pub mod iso;
pub mod layout;
pub mod loss;
pub mod place;
mod read;
pub mod ron_layout;
pub mod scan;
mod sheet_encoding;
pub mod source;
pub mod toc;
mod token;
mod wave;

pub use compose::Composed;
pub use decoded::Decoded;
pub use error::ImageError;
pub use folder::ReadOptions;
pub use layout::{Layout, TrackMode};
pub use loss::Loss;
pub use place::Place;
pub use sheet_encoding::{SheetEncoding, UnknownEncoding};
pub use source::TrackSource;
