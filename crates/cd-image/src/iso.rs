//! A file of user data: one track of mode 1.

use std::path::Path;

use cd_format::address::PREGAP_FRAMES;

use crate::error::ImageError;
use crate::folder::{self, Encoding};
use crate::layout::{Layout, PieceData, Track, TrackMode};

/// Reads a file of 2048 bytes a sector. What its last sector lacks is filled up with zeros.
pub fn read(path: &Path) -> Result<Layout, ImageError> {
    let file = folder::data_file(path, Encoding::Plain)?;
    if file.bytes == 0 {
        return Err(ImageError::content(path, "at least one sector of 2048 bytes", "no byte"));
    }
    let mut track = Track::new(1, TrackMode::Mode1);
    track.pregap = PREGAP_FRAMES as u32;
    track.push(u64::from(track.pregap), PieceData::Zero)?;
    track.push(file.frames_from(0, track.mode.sector_bytes()), PieceData::File { file: 0, offset: 0 })?;
    let layout = Layout { tracks: vec![track], files: vec![file], ..Layout::default() };
    layout.check()?;
    Ok(layout)
}
