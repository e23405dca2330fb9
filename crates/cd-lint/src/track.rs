//! What is known of a track.

use crate::control::TrackControl;

/// A track.
#[derive(Clone, Copy, Debug)]
pub(crate) struct Track {
    pub(crate) control: TrackControl,
    /// First block, of the pause if it has one.
    pub(crate) begin: i32,
    /// First block of index 1.
    pub(crate) start: Option<i32>,
}
