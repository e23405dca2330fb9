//! What `rawcd ctl` asks for, done to the drive.

use std::sync::{Arc, Mutex, MutexGuard, PoisonError};

use mmc_sim::scene::Tray;
use mmc_sim::{Disc, HostAct};
use mmc_wire::Sense;
use scsi_transport::Transport;

use super::control::Answers;
use super::keeper::{self, Keeper};
use super::time::{Simulated, Wall, WallClock};
use crate::ctl::protocol::{Answer, DiscName, Request, Status};
use crate::device;
use crate::disc::held::Held;
use crate::disc::ls;
use crate::failure::Failure;
use crate::output;

/// The server as far as the operator needs it.
pub trait Network: Send + Sync {
    /// Ends it.
    fn stop(&self);
    /// Tells initiators at once of what happened to the device.
    fn announce(&self, sense: Sense);
    /// Who is here, a line each.
    fn sessions(&self) -> Vec<String>;
}

/// A simulated drive that the server's threads and the operator have together.
pub type Shared = Arc<Mutex<Kept>>;

/// A simulated drive, by whatever clock, whose disc is kept.
pub type Kept = Keeper<Box<dyn Simulated + Send>>;

/// Who stands beside the drive.
pub struct Operator {
    /// Name of the target.
    pub target: String,
    /// Where it listens.
    pub address: String,
    /// Model, or device.
    pub model: String,
    /// Nothing where the drive is a real one: its button is for who sits before it.
    pub drive: Option<Shared>,
    /// The clock that the drive goes by, where that is the one on the wall.
    pub wall: Option<Wall>,
    /// The server.
    pub network: Box<dyn Network>,
}

impl Answers for Operator {
    /// Does what is asked, but for what would keep the answer from getting there.
    fn answer(&self, request: Request) -> Answer {
        match self.act(request) {
            Ok(answer) => answer,
            Err(failure) => {
                Answer::Error { text: failure.what().to_owned(), hint: failure.advice().map(str::to_owned) }
            }
        }
    }

    /// Does that once the answer has got there, or nobody is left to take it.
    fn after(&self, request: &Request) {
        if *request == Request::Stop {
            log::info!("rawcd ctl: stopping");
            self.network.stop();
        }
    }
}

impl Operator {
    fn act(&self, request: Request) -> Result<Answer, Failure> {
        let text = match request {
            Request::Status => {
                return Ok(Answer::Done { text: String::new(), status: Some(self.status()) });
            }
            Request::Stop => "stopping".to_owned(),
            Request::Eject { force } => self.eject(&mut *self.drive()?, force)?,
            Request::Insert { disc } => {
                is_empty(&mut *self.drive()?)?;
                let (disc, file) = open(&disc)?;
                self.insert(disc, file, is_empty)?
            }
            Request::Swap { disc, force } => {
                // What cannot be opened leaves the old disc where it is.
                let (disc, file) = open(&disc)?;
                self.insert(disc, file, |keeper| self.eject(keeper, force).map(|_| ()))?
            }
            Request::Close => {
                press(&mut *self.drive()?, &HostAct::CloseTray)?;
                "the tray is closed".to_owned()
            }
            Request::Press => press(&mut *self.drive()?, &HostAct::PressEject)?,
            Request::Save { file: None } => {
                let mut keeper = self.drive()?;
                if keeper.file().is_none() && keeper.drive().disc_on_tray().is_some() {
                    return Err(
                        Failure::new("the disc has no file").hint("`rawcd ctl save FILE` gives it one")
                    );
                }
                let saved = keeper.save()?;
                if saved { "the disc is saved" } else { "nothing to save" }.to_owned()
            }
            Request::Save { file: Some(file) } => {
                let is_new = || {
                    output::check(&file, false)
                        .map_err(|error| error.hint("`rawcd ctl save` makes new files only"))
                };
                is_new()?;
                let held = Held::new(&file, keeper::USER)?;
                // Whoever had it until now may have made it.
                is_new()?;
                self.drive()?.save_as(held)?;
                format!("the disc is saved in {}, which is its file now", file.display())
            }
        };
        Ok(Answer::Done { text, status: None })
    }

    fn drive(&self) -> Result<MutexGuard<'_, Kept>, Failure> {
        let drive = self.drive.as_ref().ok_or_else(|| {
            Failure::new(format_args!("{} is a real drive: it has a button of its own", self.model))
        })?;
        let mut keeper = drive.lock().unwrap_or_else(PoisonError::into_inner);
        if let Some(wall) = &self.wall {
            let behind = wall.now().saturating_sub(keeper.drive().clock());
            keeper.drive_mut().wait(behind);
        }
        Ok(keeper)
    }

    /// In virtual time nobody has to wait, who stands beside the drive no more than who polls it.
    fn eject(&self, keeper: &mut Kept, force: bool) -> Result<String, Failure> {
        if self.wall.is_none() {
            keeper.finish();
        }
        eject(keeper, force)
    }

    fn insert(
        &self,
        disc: Disc,
        file: Option<Held>,
        before: impl FnOnce(&mut Kept) -> Result<(), Failure>,
    ) -> Result<String, Failure> {
        let text = format!("in the drive: {}", ls::line(&disc));
        let mut keeper = self.drive()?;
        before(&mut keeper)?;
        keeper.insert(disc, file);
        // The server takes the unit before the drive.
        drop(keeper);
        self.network.announce(Sense::MEDIUM_MAY_HAVE_CHANGED);
        Ok(text)
    }
}

impl Operator {
    fn status(&self) -> Status {
        let mut status = Status {
            target: self.target.clone(),
            address: self.address.clone(),
            drive: self.model.clone(),
            tray: None,
            locked: false,
            activity: "a real drive".to_owned(),
            disc: None,
            file: None,
            unsaved: false,
            clock: None,
            sessions: self.network.sessions(),
        };
        if let Ok(keeper) = self.drive() {
            let drive = keeper.drive();
            let tray = match drive.tray() {
                Tray::Open => "open",
                Tray::Closed => "closed",
            };
            status.tray = Some(tray.to_owned());
            status.locked = drive.is_locked();
            let activity = match (drive.awaited(), drive.is_recording()) {
                (Some(_), _) if drive.disc().is_none() => "spinning up",
                (Some(_), _) => "busy",
                (None, true) => "recording",
                (None, false) => "idle",
            };
            activity.clone_into(&mut status.activity);
            status.disc = drive.disc_on_tray().map(ls::line);
            status.file = keeper.file().map(|file| file.path().to_owned());
            status.unsaved = status.file.is_some() && keeper.is_changed();
            status.clock = Some(drive.clock().as_secs_f64());
        }
        status
    }
}

/// Opens what is to be inserted.
fn open(name: &DiscName) -> Result<(Disc, Option<Held>), Failure> {
    match name {
        DiscName::File(path) => keeper::open(path).map(|(disc, file)| (disc, Some(file))),
        DiscName::Medium(name) => medium(name).map(|disc| (disc, None)),
    }
}

/// A disc as in fixtures/media.
pub fn medium(name: &str) -> Result<Disc, Failure> {
    let scene = device::medium(name)?;
    let scene = scene.disc.ok_or_else(|| Failure::new(format_args!("medium {name} is no disc")))?;
    Disc::build(&scene).map_err(|error| Failure::new(format_args!("medium {name}: {error}")))
}

fn is_empty(keeper: &mut Kept) -> Result<(), Failure> {
    match keeper.drive().disc_on_tray() {
        Some(_) => Err(Failure::new("a disc is in the drive").hint("`rawcd ctl swap` takes it out first")),
        None => Ok(()),
    }
}

/// Opens the tray and takes the disc out.
fn eject(keeper: &mut Kept, force: bool) -> Result<String, Failure> {
    let drive = keeper.drive();
    if !force && drive.tray() == Tray::Closed {
        if drive.is_recording() || drive.awaited().is_some() && drive.disc().is_some() {
            return Err(Failure::new("the drive is writing to the disc, and keeps the tray shut")
                .hint("--force pulls it out all the same, as a paper clip does"));
        }
        if drive.is_locked() {
            return Err(Failure::new("a host has locked the tray")
                .hint("--force opens it all the same, as a paper clip does"));
        }
    }
    if !force && keeper.file().is_none() && keeper.is_changed() {
        return Err(Failure::new("what was written on the disc is in no file")
            .hint("`rawcd ctl save FILE` gives it one, --force throws it away"));
    }
    let path = keeper.file().map(|file| file.path().to_owned());
    Ok(match (keeper.take()?, path) {
        (None, _) => "the tray is open; no disc was in it".to_owned(),
        (Some(_), Some(path)) => format!("taken out: {}", path.display()),
        (Some(disc), None) => format!("taken out and gone: {}", ls::line(&disc)),
    })
}

/// Pushes the tray or the button; what became of it.
fn press(keeper: &mut Kept, act: &HostAct) -> Result<String, Failure> {
    let before = keeper.drive().tray();
    // A recording may be cut short by it, and a session left open.
    keeper.drive_mut().host(act).map_err(Failure::new)?;
    let drive = keeper.drive();
    let text = match (before, drive.tray()) {
        (Tray::Closed, Tray::Open) => "the tray is open",
        (Tray::Open, Tray::Closed) => "the tray is closed",
        (Tray::Open, Tray::Open) => "the tray stays open",
        (Tray::Closed, Tray::Closed) if drive.is_locked() => "the tray stays closed: a host has locked it",
        (Tray::Closed, Tray::Closed) => "the tray stays closed",
    };
    if drive.tray() == Tray::Open {
        keeper.save()?;
    }
    Ok(text.to_owned())
}

#[cfg(test)]
mod tests;
