//! Whoever keeps the disc of the simulated drive in its file.
//!
//! An operation is over for a host when an answer says so, and from then on the host relies on it. So the file is saved
//! before that answer goes out, and a kill at any moment loses nothing that was acknowledged:
//!
//! | command | saved before |
//! |---|---|
//! | SYNCHRONIZE CACHE (35h), CLOSE TRACK SESSION (5Bh), BLANK (A1h), FORMAT UNIT (04h), RESERVE TRACK (53h), REPAIR TRACK (58h) | its own GOOD |
//! | the same with the immediate bit | the first answer to any command that finds the operation over |
//! | START STOP UNIT that ejects (1Bh) | its own GOOD |
//!
//! A save that fails is told as a write error, 3/0C/00, deferred where it is an earlier command's: then the command that
//! is told of it is not executed (SPC "Deferred errors"), and its repetition finds the drive as it was. It is tried again
//! with the next of these commands. Blocks that were written and not synchronised are as a real drive's after a power cut.

use core::time::Duration;
use std::path::Path;

use mmc_sim::{Disc, Drive};
use mmc_wire::command::{Effect, row_of};
use mmc_wire::sense::SenseData;
use mmc_wire::{Block, Row, Sense, SenseKey};
use scsi_transport::{Data, Outcome, Transport, TransportError};

use super::time::{Clocked, Simulated};
use crate::burn::target::IN_MEMORY;
use crate::disc::held::Held;
use crate::failure::Failure;

/// What a disc file that is in use here says of its user.
pub const USER: &str = "rawcd serve";

/// Opens a disc file to be kept.
pub fn open(path: &Path) -> Result<(Disc, Held), Failure> {
    let (mut disc, file) = Held::open(path, USER)?;
    disc.store
        .limit_memory(IN_MEMORY, Some(file.folder()))
        .map_err(|error| Failure::new(format_args!("beside {}: {error}", path.display())))?;
    Ok((disc, file))
}

/// Keeps the disc in its file. See the module.
#[derive(Debug)]
pub struct Keeper<D> {
    inner: D,
    file: Option<Held>,
    /// The disc is not as in the file.
    changed: bool,
    /// An operation was accepted after which the file has to be as the disc.
    due: bool,
    /// A save failed that no command has been told of.
    failed: bool,
}

impl<D: Simulated> Keeper<D> {
    /// Keeps what is in the drive in this file; without one it is kept nowhere.
    pub const fn new(inner: D, file: Option<Held>) -> Self {
        Self { inner, file, changed: false, due: false, failed: false }
    }

    /// The drive.
    pub fn drive(&self) -> &Drive {
        self.inner.drive()
    }

    /// The drive, for what is done to it otherwise than by commands.
    pub fn drive_mut(&mut self) -> &mut Drive {
        self.inner.drive_mut()
    }

    /// Where the disc is kept.
    pub const fn file(&self) -> Option<&Held> {
        self.file.as_ref()
    }

    /// Whether the disc is another than its file has.
    pub const fn is_changed(&self) -> bool {
        self.changed
    }

    /// Saves the disc, if it has changed and has a file. Whether there was reason to.
    pub fn save(&mut self) -> Result<bool, Failure> {
        let (Some(file), Some(disc)) = (&self.file, self.inner.drive().disc_on_tray()) else {
            return Ok(false);
        };
        if !self.changed {
            return Ok(false);
        }
        file.save(disc)?;
        self.changed = false;
        Ok(true)
    }

    /// Saves the disc into another file, which is its file from now on.
    pub fn save_as(&mut self, file: Held) -> Result<(), Failure> {
        let Some(disc) = self.inner.drive().disc_on_tray() else {
            return Err(Failure::new("no disc is in the drive"));
        };
        file.save(disc)?;
        self.file = Some(file);
        self.changed = false;
        Ok(())
    }

    /// Lets what was begun behind a host's back come to its end.
    pub fn finish(&mut self) {
        if let Some(awaited) = self.inner.drive().awaited() {
            self.inner.drive_mut().wait(awaited.left);
        }
    }

    /// Takes the disc out, as after a power cut where it is being written, and saves it first.
    pub fn take(&mut self) -> Result<Option<Disc>, Failure> {
        let writes = self.inner.drive().is_recording() || self.inner.drive().awaited().is_some();
        self.changed |= writes;
        let Some(disc) = self.inner.drive_mut().take_disc() else { return Ok(None) };
        if let Some(file) = self.file.as_ref().filter(|_| self.changed)
            && let Err(failure) = file.save(&disc)
        {
            // On the tray it can still be saved elsewhere.
            self.inner.drive_mut().lay_disc(disc);
            return Err(failure);
        }
        self.forget();
        Ok(Some(disc))
    }

    /// Puts a disc in.
    pub fn insert(&mut self, disc: Disc, file: Option<Held>) {
        self.inner.drive_mut().insert_disc(disc);
        self.forget();
        self.file = file;
    }

    fn forget(&mut self) {
        self.file = None;
        (self.changed, self.due, self.failed) = (false, false, false);
    }

    /// Remembers what a command has done to the disc.
    fn note(&mut self, row: Option<&Row>, cdb: &[u8], outcome: &Outcome) {
        let refused = Sense::in_data(&outcome.sense).is_some_and(|sense| {
            let SenseKey(key) = sense.key;
            matches!(key, 0x2 | 0x5 | 0x6 | 0x7)
        });
        let Some(row) = row.filter(|_| !refused) else { return };
        // What SYNCHRONIZE CACHE records has come with a WRITE; without one it does nothing. A cue sheet is a plan.
        self.changed |= row.effect == Effect::Writes && !matches!(row.opcode, 0x35 | 0x5D);
        self.due |= match row.opcode {
            0x04 | 0x35 | 0x53 | 0x58 | 0x5B | 0xA1 => true,
            0x1B => cdb.get(4).is_some_and(|bits| bits & 0x03 == 0x02),
            _ => false,
        };
    }

    /// Saves where an operation is over; whether that failed.
    fn keep(&mut self) -> bool {
        if !self.due || self.inner.drive().awaited().is_some() {
            return false;
        }
        self.due = false;
        let saved = self.save();
        if let Err(failure) = &saved {
            log::error!("the disc is not saved: {}", failure.what());
        }
        saved.is_err()
    }
}

/// Those that pass a unit attention tell nothing of other commands.
fn tells(row: Option<&Row>) -> bool {
    !row.is_some_and(|row| row.passes_unit_attention)
}

impl<D: Simulated> Transport for Keeper<D> {
    fn execute(&mut self, cdb: &[u8], data: Data<'_>, timeout: Duration) -> Result<Outcome, TransportError> {
        let row = cdb.first().and_then(|opcode| row_of(*opcode));
        let deferred = || Outcome::check(SenseData::deferred(Sense::WRITE_ERROR).to_bytes());
        self.failed |= self.keep();
        if self.failed && tells(row) {
            self.failed = false;
            return Ok(deferred());
        }
        let was_due = self.due;
        let outcome = self.inner.execute(cdb, data, timeout)?;
        self.note(row, cdb, &outcome);
        let is_new = self.due && !was_due;
        if !self.keep() {
            return Ok(outcome);
        }
        if is_new {
            return Ok(Outcome::check(SenseData::current(Sense::WRITE_ERROR).to_bytes()));
        }
        // The operation has ended within this command. A question that was answered is as good as one that was not; of
        // anything else the host has to know what came of it, and hears of the failure with the next command.
        if tells(row) && outcome.is_good() && row.is_some_and(|row| row.effect == Effect::Reads) {
            return Ok(deferred());
        }
        self.failed = true;
        Ok(outcome)
    }

    fn wait(&mut self, duration: Duration) {
        self.inner.wait(duration);
    }
}

impl<D: Simulated> Clocked for Keeper<D> {
    fn clock(&self) -> Duration {
        self.inner.drive().clock()
    }
}

#[cfg(test)]
mod tests;
