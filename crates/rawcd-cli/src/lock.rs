//! What one process has at a time: a lock of the operating system on a file, which ends with the process in whatever way.

use std::fs::{self, File, TryLockError};
use std::io::{self, Read, Seek, Write};
use std::path::{Path, PathBuf};

/// A lock file that is ours.
#[derive(Debug)]
pub struct Lock {
    file: File,
    path: PathBuf,
    is_left: bool,
}

/// Whoever has it, as far as that is known.
#[derive(Clone, Debug, Default, Eq, PartialEq)]
pub struct Holder {
    /// Process number.
    pub pid: Option<u32>,
    /// What it wrote beside it.
    pub note: String,
}

/// Most bytes of a lock file that are read.
const LONGEST_NOTE: u64 = 256;

/// How often a lock file may go away between its opening and its locking.
const ATTEMPTS: u32 = 100;

impl Lock {
    /// Takes a lock and writes the process number and `note` into it, or tells who has it.
    pub fn take(path: &Path, note: &str) -> io::Result<Result<Self, Holder>> {
        for _ in 0..ATTEMPTS {
            let mut options = File::options();
            let mut file = options.read(true).write(true).create(true).truncate(false).open(path)?;
            match file.try_lock() {
                Ok(()) => {}
                Err(TryLockError::Error(error)) => return Err(error),
                Err(TryLockError::WouldBlock) => return Ok(Err(Holder::read(file))),
            }
            // Who had it before may have taken the file away, and the lock on it is nobody's concern then. What is at
            // the end of a link is somebody else's file, and nothing is written into it.
            if !is_at(&file, path)? {
                if fs::symlink_metadata(path).is_ok_and(|there| !there.is_file()) {
                    return Err(io::Error::other("expected a lock file, seen something else"));
                }
                continue;
            }
            file.set_len(0)?;
            file.rewind()?;
            writeln!(file, "{}\n{note}", std::process::id())?;
            return Ok(Ok(Self { file, path: path.to_owned(), is_left: true }));
        }
        Err(io::Error::other("the lock file comes and goes"))
    }

    /// The file goes when the lock does, where that can be told from a new one.
    #[must_use]
    pub const fn leaving_nothing(mut self) -> Self {
        self.is_left = !cfg!(unix);
        self
    }
}

impl Drop for Lock {
    fn drop(&mut self) {
        // As long as the lock is held: afterwards it may be another's. What stays is in nobody's way.
        if !self.is_left && is_at(&self.file, &self.path).unwrap_or(false) {
            let _ = fs::remove_file(&self.path);
        }
        // Closing it does the same.
        let _ = self.file.unlock();
    }
}

impl Holder {
    /// Where a lock keeps others from reading, too, the holder stays unknown.
    fn read(file: File) -> Self {
        let mut bytes = Vec::new();
        let _ = file.take(LONGEST_NOTE).read_to_end(&mut bytes);
        let text = String::from_utf8_lossy(&bytes);
        let mut lines = text.lines();
        let pid = lines.next().and_then(|line| line.parse().ok());
        // Somebody else wrote it, and it goes to a terminal.
        let note = lines.next().unwrap_or_default().replace(|c: char| c.is_control(), " ");
        Self { pid, note }
    }
}

impl core::fmt::Display for Holder {
    fn fmt(&self, f: &mut core::fmt::Formatter<'_>) -> core::fmt::Result {
        match self.pid {
            Some(pid) => write!(f, "process {pid}"),
            None => f.write_str("a process that cannot be told"),
        }
    }
}

/// Whether an open file is the one of that name.
#[cfg(unix)]
fn is_at(file: &File, path: &Path) -> io::Result<bool> {
    use std::os::unix::fs::MetadataExt;
    let (open, named) = (file.metadata()?, fs::symlink_metadata(path));
    Ok(named.is_ok_and(|named| (named.dev(), named.ino()) == (open.dev(), open.ino())))
}

#[cfg(not(unix))]
#[expect(clippy::unnecessary_wraps, reason = "as where it can be told")]
fn is_at(_: &File, path: &Path) -> io::Result<bool> {
    Ok(fs::symlink_metadata(path).is_ok_and(|named| named.is_file()))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_lock_is_had_once_and_tells_by_whom() {
        let folder = tempfile::tempdir().unwrap();
        let path = folder.path().join("a.lock");
        let held = Lock::take(&path, "a\x1Bnote").unwrap().unwrap();
        #[cfg(unix)]
        {
            let holder = Lock::take(&path, "other").unwrap().unwrap_err();
            assert_eq!((holder.pid, holder.note.as_str()), (Some(std::process::id()), "a note"));
        }
        #[cfg(not(unix))]
        Lock::take(&path, "other").unwrap().unwrap_err();
        drop(held);
        assert!(path.is_file());
        drop(Lock::take(&path, "other").unwrap().unwrap().leaving_nothing());
        assert_eq!(path.exists(), !cfg!(unix));
    }

    /// Nobody's file is written into by way of a link.
    #[cfg(unix)]
    #[test]
    fn a_link_is_no_lock() {
        let folder = tempfile::tempdir().unwrap();
        let (path, other) = (folder.path().join("a.lock"), folder.path().join("other"));
        fs::write(&other, "precious").unwrap();
        std::os::unix::fs::symlink(&other, &path).unwrap();
        assert!(Lock::take(&path, "note").unwrap_err().to_string().contains("something else"));
        assert_eq!(fs::read_to_string(&other).unwrap(), "precious");
    }

    /// Who waits for the moment in which a lock goes never shares it with the next.
    #[cfg(unix)]
    #[test]
    fn a_lock_that_goes_is_not_had_twice() {
        use std::sync::atomic::{AtomicBool, Ordering};
        let folder = tempfile::tempdir().unwrap();
        let path = folder.path().join("a.lock");
        let is_held = AtomicBool::new(false);
        std::thread::scope(|scope| {
            for _ in 0..4 {
                scope.spawn(|| {
                    for _ in 0..2000 {
                        let Ok(lock) = Lock::take(&path, "note").unwrap() else { continue };
                        assert!(!is_held.swap(true, Ordering::SeqCst));
                        is_held.store(false, Ordering::SeqCst);
                        drop(lock.leaving_nothing());
                    }
                });
            }
        });
    }
}
