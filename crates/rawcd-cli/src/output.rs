//! Files that are made: not over others without leave, and only whole.

use std::path::Path;

use tempfile::NamedTempFile;

use crate::failure::Failure;

/// Whether a file may be made: nothing of its name is there, or `force` says to replace it, and there is a
/// folder for it.
pub fn check(path: &Path, force: bool) -> Result<(), Failure> {
    let shown = path.display();
    if path.is_dir() {
        return Err(Failure::new(format_args!("{shown}: expected the name of a file, seen a folder")));
    }
    if path.exists() && !force {
        return Err(Failure::new(format_args!("{shown} is there already")).hint("--force replaces it"));
    }
    let folder = folder(path);
    if !folder.is_dir() {
        return Err(Failure::new(format_args!("{shown}: there is no folder {}", folder.display())));
    }
    Ok(())
}

/// The folder that a file lies in.
pub fn folder(path: &Path) -> &Path {
    path.parent().filter(|folder| !folder.as_os_str().is_empty()).unwrap_or(Path::new("."))
}

/// A file that is written beside `path` and goes unless it is put there, with the rights of any new file.
pub fn beside(path: &Path, prefix: &str) -> std::io::Result<NamedTempFile> {
    let mut builder = tempfile::Builder::new();
    #[cfg(unix)]
    let permissions = std::os::unix::fs::PermissionsExt::from_mode(0o666);
    #[cfg(unix)]
    // The umask takes from them what it takes.
    builder.permissions(permissions);
    builder.prefix(prefix).tempfile_in(folder(path))
}
