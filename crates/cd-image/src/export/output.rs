//! Files that come into their place when they are whole.

use std::fs::File;
use std::io::{BufWriter, Write};
use std::path::{Path, PathBuf};

use tempfile::NamedTempFile;

use crate::error::ImageError;

/// A file that is being written beside its place.
pub(super) struct Output {
    path: PathBuf,
    writer: BufWriter<NamedTempFile>,
}

/// A file that is written, and not yet in its place.
pub(super) struct Whole {
    path: PathBuf,
    file: NamedTempFile<File>,
}

impl Output {
    pub(super) fn create(path: &Path) -> Result<Self, ImageError> {
        let failed = |error| ImageError::io(path, error);
        let folder = match path.parent() {
            Some(folder) if !folder.as_os_str().is_empty() => folder,
            _ => Path::new("."),
        };
        let mut builder = tempfile::Builder::new();
        #[cfg(unix)]
        let permissions = std::os::unix::fs::PermissionsExt::from_mode(0o666);
        #[cfg(unix)]
        // As any new file's; the umask takes from them what it takes.
        builder.permissions(permissions);
        let file = builder.prefix(".image-").tempfile_in(folder).map_err(failed)?;
        Ok(Self { path: path.to_owned(), writer: BufWriter::with_capacity(1 << 18, file) })
    }

    pub(super) fn write(&mut self, bytes: &[u8]) -> Result<(), ImageError> {
        self.writer.write_all(bytes).map_err(|error| ImageError::io(&self.path, error))
    }

    /// Everything is on its way to the disk.
    pub(super) fn finish(self) -> Result<Whole, ImageError> {
        let Self { path, writer } = self;
        let file = writer.into_inner().map_err(|error| ImageError::io(&path, error.into_error()))?;
        file.as_file().sync_all().map_err(|error| ImageError::io(&path, error))?;
        Ok(Whole { path, file })
    }
}

impl Whole {
    /// Puts it in its place, over what is there.
    pub(super) fn place(self) -> Result<(), ImageError> {
        let Self { path, file } = self;
        file.persist(&path).map(drop).map_err(|error| ImageError::io(&path, error.error))
    }
}

/// A whole text file.
pub(super) fn text(path: &Path, text: &str) -> Result<Whole, ImageError> {
    let mut output = Output::create(path)?;
    output.write(text.as_bytes())?;
    output.finish()
}
