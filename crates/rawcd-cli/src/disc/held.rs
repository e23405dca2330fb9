//! A disc file that is written: by one process at a time.
//!
//! Whoever writes one holds a lock file beside it, `.NAME.lock`, from before it is read until it is saved: the file
//! itself is replaced at each save, its name stays. Name and folder are what all ways to the file have in common, by
//! whatever link and whoever comes. Where the system's locks do not keep others from reading, the file itself is locked as
//! well, so that a second name of it is found out, too. Who only reads takes no lock: it sees what was saved last.

use std::ffi::OsString;
use std::fs::{self, File, TryLockError};
use std::path::{Path, PathBuf};

use mmc_sim::Disc;

use crate::failure::Failure;
use crate::lock::{Holder, Lock};
use crate::output;

/// A disc file, held against others that would write it too.
#[derive(Debug)]
pub struct Held {
    /// As it was given.
    given: PathBuf,
    /// The same, from the root.
    named: PathBuf,
    /// Behind all links.
    place: PathBuf,
    _lock: Lock,
    /// The file as it was found.
    _file: Option<File>,
}

impl Held {
    /// Opens a disc file that is there. `what` is the command that does so.
    pub fn open(path: &Path, what: &str) -> Result<(Disc, Self), Failure> {
        super::check(path)?;
        let held = Self::new(path, what)?;
        Ok((super::load(path)?, held))
    }

    /// Holds a file that a disc is going to be saved into.
    pub fn new(path: &Path, what: &str) -> Result<Self, Failure> {
        let failed =
            |error: &dyn core::fmt::Display| Failure::new(format_args!("{}: {error}", path.display()));
        let named = std::path::absolute(path).map_err(|error| failed(&error))?;
        let place = place(path).map_err(|error| failed(&error))?;
        let name = place.file_name().ok_or_else(|| failed(&"expected the name of a file"))?;
        let mut lock = OsString::from(".");
        lock.push(name);
        lock.push(".lock");
        let lock = place.with_file_name(lock);
        let lock = Lock::take(&lock, what).map_err(|error| {
            Failure::new(format_args!(
                "{} cannot be held against others: {}: {error}",
                path.display(),
                lock.display()
            ))
        })?;
        let lock = lock.map_err(|holder| is_taken(path, &holder))?;
        let lock = lock.leaving_nothing();
        let file = whole(&place).map_err(|()| is_taken(path, &Holder::default()))?;
        Ok(Self { given: path.to_owned(), named, place, _lock: lock, _file: file })
    }

    /// As it was given.
    pub fn as_given(&self) -> &Path {
        &self.given
    }

    /// The same, from the root.
    pub fn path(&self) -> &Path {
        &self.named
    }

    /// The folder that it is in.
    pub fn folder(&self) -> &Path {
        output::folder(&self.place)
    }

    /// Saves a disc in it.
    pub fn save(&self, disc: &Disc) -> Result<(), Failure> {
        disc.save(&self.place).map_err(Failure::new)
    }
}

fn is_taken(path: &Path, holder: &Holder) -> Failure {
    let note = &holder.note;
    let by = if note.is_empty() { String::new() } else { format!("`{note}`, ") };
    let failure = Failure::new(format_args!("{} is in a drive already: {by}{holder}", path.display()));
    if note.is_empty() || note == "rawcd serve" {
        failure.hint("`rawcd ctl eject` takes it out there, `rawcd ctl stop` ends that server")
    } else {
        failure.hint("it is free when that is done")
    }
}

/// Where a file is, or would be.
fn place(path: &Path) -> std::io::Result<PathBuf> {
    if let Ok(place) = fs::canonicalize(path) {
        return Ok(place);
    }
    let folder = fs::canonicalize(output::folder(path))?;
    Ok(path.file_name().map_or_else(|| folder.clone(), |name| folder.join(name)))
}

/// Locks the file itself. On some file systems that cannot be done to a file that is open for reading; then its name
/// has to do.
#[cfg(unix)]
fn whole(place: &Path) -> Result<Option<File>, ()> {
    let Ok(file) = File::open(place) else { return Ok(None) };
    match file.try_lock() {
        Ok(()) => Ok(Some(file)),
        Err(TryLockError::WouldBlock) => Err(()),
        Err(TryLockError::Error(_)) => Ok(None),
    }
}

/// Here a lock would keep everybody from reading.
#[cfg(not(unix))]
#[expect(clippy::unnecessary_wraps, reason = "as where it can be locked")]
fn whole(_: &Path) -> Result<Option<File>, ()> {
    Ok(None)
}

#[cfg(test)]
mod tests {
    use mmc_sim::{DiscKind, Scene};

    use super::*;

    fn blank() -> Disc {
        let scene = Scene::blank(DiscKind::CdR, "97:26:66".parse().unwrap(), "79:59:74".parse().unwrap());
        Disc::build(&scene.disc.unwrap()).unwrap()
    }

    #[test]
    fn a_file_is_held_once_and_nothing_stays_beside_it() {
        let folder = tempfile::tempdir().unwrap();
        let path = folder.path().join("my.disc");
        // Before it is there, too.
        let held = Held::new(&path, "rawcd disc new").unwrap();
        held.save(&blank()).unwrap();
        let refused = Held::open(&path, "rawcd burn").unwrap_err();
        assert!(refused.what().contains("my.disc is in a drive already"), "{}", refused.what());
        #[cfg(unix)]
        assert!(
            refused.what().ends_with(&format!("`rawcd disc new`, process {}", std::process::id())),
            "{}",
            refused.what()
        );
        super::super::load(&path).unwrap();
        drop(held);
        let (disc, held) = Held::open(&path, "rawcd burn").unwrap();
        held.save(&disc).unwrap();
        Held::new(&path, "rawcd burn").unwrap_err();
        drop((disc, held));
        #[cfg(unix)]
        assert_eq!(fs::read_dir(folder.path()).unwrap().count(), 1);
    }

    /// The ways to one file: another folder's name, a link to the file, a second name of the file.
    #[cfg(unix)]
    #[test]
    fn a_file_is_held_by_whatever_name() {
        use std::os::unix::fs::symlink;
        let folder = tempfile::tempdir().unwrap();
        let at = |name: &str| folder.path().join(name);
        fs::create_dir(at("real")).unwrap();
        symlink(at("real"), at("link")).unwrap();
        let held = Held::new(&at("link/new.disc"), "rawcd serve").unwrap();
        for way in ["real/new.disc", "link/../real/new.disc"] {
            Held::new(&at(way), "rawcd burn").unwrap_err();
        }
        held.save(&blank()).unwrap();
        drop(held);

        symlink(at("real/new.disc"), at("soft.disc")).unwrap();
        fs::hard_link(at("real/new.disc"), at("hard.disc")).unwrap();
        let (mut disc, held) = Held::open(&at("soft.disc"), "rawcd serve").unwrap();
        for way in ["real/new.disc", "link/new.disc", "soft.disc", "hard.disc"] {
            assert!(Held::open(&at(way), "rawcd burn").is_err(), "{way}");
        }
        // What is saved by way of a link is where the link leads to.
        disc.mcn = Some(*b"4006381333931");
        held.save(&disc).unwrap();
        assert!(at("soft.disc").is_symlink());
        assert_eq!(super::super::load(&at("real/new.disc")).unwrap().mcn, disc.mcn);
        drop(held);
        Held::open(&at("real/new.disc"), "rawcd burn").unwrap();
    }
}
