//! Where servers and `rawcd ctl` find each other.
//!
//! A folder of the user's own: `rawcd` in $XDG_RUNTIME_DIR, else one named after the user in the folder for temporary
//! files. In it a lock for each control socket, released by the system when its server is gone in whatever way. So a socket
//! whose lock is free is a dead server's, and can be replaced.

use std::fs::{self, File, TryLockError};
use std::io;
use std::path::{Path, PathBuf};

use interprocess::local_socket::prelude::*;
use interprocess::local_socket::{Name, Stream};

use crate::failure::Failure;
use crate::lock::Lock;

/// Ending of a lock's name.
const LOCK: &str = "lock";

/// Most bytes of a control name.
const LONGEST_NAME: usize = 64;

/// The user's folder, which is made where it is not there.
pub fn folder() -> Result<PathBuf, Failure> {
    let folder = match std::env::var_os("XDG_RUNTIME_DIR").filter(|folder| Path::new(folder).is_absolute()) {
        Some(runtime) => PathBuf::from(runtime).join("rawcd"),
        None => std::env::temp_dir().join(format!("rawcd-{}", user())),
    };
    private(&folder)
        .map_err(|error| Failure::new(format_args!("the control folder {}: {error}", folder.display())))?;
    Ok(folder)
}

/// Part of a name, not proof of anything.
fn user() -> String {
    let name = ["USER", "LOGNAME", "USERNAME"].iter().find_map(|name| std::env::var(name).ok());
    let plain = |name: &String| !name.is_empty() && name.chars().all(char::is_alphanumeric);
    name.filter(plain).unwrap_or_else(|| "user".to_owned())
}

/// Makes a folder that only we can look into. One that somebody else has put there is refused.
#[cfg(unix)]
fn private(folder: &Path) -> io::Result<()> {
    use std::os::unix::fs::{DirBuilderExt, MetadataExt, PermissionsExt};
    match fs::DirBuilder::new().mode(0o700).create(folder) {
        Err(error) if error.kind() != io::ErrorKind::AlreadyExists => return Err(error),
        _ => {}
    }
    let there = fs::symlink_metadata(folder)?;
    // Whoever we are is who new files belong to.
    let ours = tempfile::tempfile()?.metadata()?.uid();
    if !there.is_dir() || there.uid() != ours {
        return Err(io::Error::other("expected a folder of ours, seen something of somebody else"));
    }
    if there.mode() & 0o077 != 0 {
        fs::set_permissions(folder, fs::Permissions::from_mode(0o700))?;
    }
    Ok(())
}

#[cfg(not(unix))]
fn private(folder: &Path) -> io::Result<()> {
    fs::create_dir_all(folder)
}

/// A control socket by name.
#[derive(Clone, Debug, Eq, PartialEq)]
pub struct Control {
    name: String,
    folder: PathBuf,
}

impl Control {
    /// The one of this name: letters, digits, `-`, `_`, `.`.
    pub fn named(name: &str) -> Result<Self, Failure> {
        let plain = |c: char| c.is_ascii_alphanumeric() || matches!(c, '-' | '_' | '.');
        if name.is_empty() || name.len() > LONGEST_NAME || name.starts_with('.') || !name.chars().all(plain) {
            return Err(Failure::new(format_args!(
                "a control name has 1 to {LONGEST_NAME} letters, digits, `-`, `_` or `.` and does not begin with a \
                 dot, seen {name:?}"
            )));
        }
        Ok(Self { name: name.to_owned(), folder: folder()? })
    }

    /// One in a folder of a test's own.
    #[cfg(test)]
    pub fn at(name: &str, folder: &Path) -> Self {
        Self { name: name.to_owned(), folder: folder.to_owned() }
    }

    /// All that have a server that lives.
    pub fn alive() -> Result<Vec<Self>, Failure> {
        let folder = folder()?;
        let failed = |error| Failure::new(format_args!("{}: {error}", folder.display()));
        let mut found = Vec::new();
        for entry in fs::read_dir(&folder).map_err(failed)? {
            let path = entry.map_err(failed)?.path();
            let name = path.file_stem().and_then(|stem| stem.to_str()?.strip_prefix("ctl-"));
            let Some(name) = name.filter(|_| path.extension().is_some_and(|ending| ending == LOCK)) else {
                continue;
            };
            let control = Self { name: name.to_owned(), folder: folder.clone() };
            if File::open(&path).is_ok_and(|file| matches!(file.try_lock(), Err(TryLockError::WouldBlock))) {
                found.push(control);
            }
        }
        found.sort_by(|a, b| a.name.cmp(&b.name));
        Ok(found)
    }

    pub fn name(&self) -> &str {
        &self.name
    }

    /// The right to serve it.
    pub fn lock(&self) -> Result<Lock, Failure> {
        let path = self.folder.join(format!("ctl-{}.{LOCK}", self.name));
        let lock = Lock::take(&path, "rawcd serve")
            .map_err(|error| Failure::new(format_args!("{}: {error}", path.display())))?;
        lock.map_err(|holder| {
            let Self { name, .. } = self;
            Failure::new(format_args!("the control name {name} is in use: {holder} serves it"))
                .hint("--control gives this one another name")
        })
    }

    /// Where the socket is, if it is a file.
    pub fn path(&self) -> PathBuf {
        self.folder.join(format!("ctl-{}.sock", self.name))
    }

    /// As the system wants it.
    pub fn to_name(&self) -> io::Result<Name<'static>> {
        #[cfg(unix)]
        return self.path().to_fs_name::<interprocess::local_socket::GenericFilePath>();
        #[cfg(not(unix))]
        format!("rawcd-{}-ctl-{}", user(), self.name)
            .to_ns_name::<interprocess::local_socket::GenericNamespaced>()
    }

    /// Calls the server.
    pub fn connect(&self) -> Result<Stream, Failure> {
        let Self { name, .. } = self;
        self.to_name().and_then(Stream::connect).map_err(|error| {
            Failure::new(format_args!("no server is at the control name {name}: {error}"))
                .hint("`rawcd serve` prints the name when it starts; `rawcd ctl` without --socket finds it")
        })
    }
}

#[cfg(all(test, unix))]
mod tests {
    use std::os::unix::fs::{MetadataExt, PermissionsExt};

    use super::*;

    #[test]
    fn the_control_folder_is_ours_alone() {
        let folder = tempfile::tempdir().unwrap();
        let control = folder.path().join("rawcd");
        private(&control).unwrap();
        fs::set_permissions(&control, fs::Permissions::from_mode(0o777)).unwrap();
        private(&control).unwrap();
        assert_eq!(fs::metadata(&control).unwrap().mode() & 0o777, 0o700);

        let link = folder.path().join("link");
        std::os::unix::fs::symlink(&control, &link).unwrap();
        assert!(private(&link).unwrap_err().to_string().contains("of somebody else"));
    }

    /// Whoever makes it first would be the one who answers `rawcd ctl`.
    #[test]
    fn a_control_folder_of_somebody_else_is_refused() {
        let folder = tempfile::tempdir().unwrap();
        let control = folder.path().join("rawcd");
        fs::create_dir(&control).unwrap();
        // Only root gives folders away; to everybody else root's own is somebody else's.
        let given = std::os::unix::fs::chown(&control, Some(65_534), None);
        let others = if given.is_ok() { control.as_path() } else { Path::new("/") };
        assert!(private(others).unwrap_err().to_string().contains("of somebody else"));
    }
}
