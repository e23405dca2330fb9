//! Recorded frames as image files.
//!
//! Every export is of one session, and says what its format could not hold of it. A file comes into its
//! place when it is whole: what was there before stays until then. Of two files the sheet is the last,
//! so that a sheet never names what is not there.

mod ccd;
mod cue;
mod iso;
mod output;
mod program;
mod toc;

use std::path::Path;

use cd_format::recorded::RecordedFrames;

use crate::error::ImageError;
use crate::scan::{self, RecordedSession};

pub use ccd::ccd;
pub use cue::cue;
pub use iso::iso;
pub use toc::toc;

/// The session numbered `number`, from 1 in the order of the disc, and how many others there are.
fn session<F: RecordedFrames>(frames: &F, number: u8) -> Result<(RecordedSession, usize), ImageError> {
    let mut sessions = scan::sessions(frames)?;
    let others = sessions.len().saturating_sub(1);
    let index = usize::from(number).wrapping_sub(1);
    if index >= sessions.len() {
        let there = (1..=sessions.len()).map(|n| u8::try_from(n).unwrap_or(u8::MAX)).collect();
        return Err(ImageError::NotThere { what: format!("session {number}"), there });
    }
    Ok((sessions.swap_remove(index), others))
}

/// The name of the file at `path`, as a sheet beside it has it between quotes.
fn quoted_name(path: &Path) -> Result<String, ImageError> {
    let name = path.file_name().and_then(|name| name.to_str()).unwrap_or_default();
    if name.is_empty() || name.contains(['"', '\\']) || name.chars().any(char::is_control) {
        let expected = "a file name in UTF-8 without quotes, backslashes and control characters";
        return Err(ImageError::content(path, expected, "another"));
    }
    Ok(name.to_owned())
}
