//! Disc images.
#![forbid(unsafe_code)]
pub mod compose;
pub mod cue;
pub mod error;
pub mod export;
pub mod folder;
pub mod layout;
pub mod loss;
mod read;
pub mod scan;
pub mod source;
mod token;
mod wave;

pub use compose::{Composed, Place};
pub use error::ImageError;
pub use folder::ReadOptions;
pub use layout::{Layout, TrackMode};
pub use loss::Loss;
