//! Which reader a file is for.

use std::path::Path;

use crate::cue;
use crate::error::ImageError;
use crate::folder::{self, Encoding, ReadOptions};
use crate::layout::{Layout, TrackMode};

impl Layout {
    /// Reads an image by the end of its name: `.cue`, `.toc`, `.ccd`, `.ron` or `.iso`.
    pub fn read(path: &Path, options: ReadOptions) -> Result<Self, ImageError> {
        let ending = path.extension().and_then(|ending| ending.to_str()).unwrap_or_default();
        match ending.to_ascii_lowercase().as_str() {
            "cue" => cue::read(path, options),
            "iso" => iso(path),
            _ => Err(ImageError::content(
                path,
                "a name that ends in .cue, .toc, .ccd, .ron or .iso",
                "another",
            )),
        }
    }
}

/// A file of user data, 2048 bytes a sector: one track of mode 1.
pub fn iso(path: &Path) -> Result<Layout, ImageError> {
    let file = folder::data_file(path, Encoding::Plain)?;
    if file.bytes == 0 {
        return Err(ImageError::content(path, "at least one sector of 2048 bytes", "no byte"));
    }
    cue::one_track(file, TrackMode::Mode1)
}
