//! Which reader a file is for.

use std::path::Path;

use crate::error::ImageError;
use crate::folder::ReadOptions;
use crate::layout::Layout;
use crate::{ccd, cue, iso, ron_layout, toc};

impl Layout {
    /// Reads an image by the end of its name: `.cue`, `.toc`, `.ccd`, `.ron` or `.iso`.
    pub fn read(path: &Path, options: ReadOptions) -> Result<Self, ImageError> {
        let ending = path.extension().and_then(|ending| ending.to_str()).unwrap_or_default();
        match ending.to_ascii_lowercase().as_str() {
            "cue" => cue::read(path, options),
            "toc" => toc::read(path, options),
            "ccd" => ccd::read(path, options),
            "ron" => ron_layout::read(path, options),
            "iso" => iso::read(path),
            _ => Err(ImageError::content(
                path,
                "a name that ends in .cue, .toc, .ccd, .ron or .iso",
                "another",
            )),
        }
    }
}
