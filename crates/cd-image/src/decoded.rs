//! Sources that had to be decoded, kept while a layout has them.

use std::path::Path;
use std::sync::Arc;

use tempfile::TempPath;

/// Samples that a file was decoded to. They lie in the system's folder for temporary files, and go with the
/// last layout that has them.
#[derive(Clone, Debug)]
pub struct Decoded(Arc<TempPath>);

impl Decoded {
    pub(crate) fn new(path: TempPath) -> Self {
        Self(Arc::new(path))
    }

    /// Where they are.
    pub fn path(&self) -> &Path {
        &self.0
    }
}

impl PartialEq for Decoded {
    fn eq(&self, other: &Self) -> bool {
        self.path() == other.path()
    }
}

impl Eq for Decoded {}
