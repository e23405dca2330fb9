//! A real drive as a device under test: read-only, unless its owner has agreed that its disc is written to;
//! and only for fixtures that its disc fits.

mod disc;

use core::fmt;
use core::time::Duration;
use std::sync::{Arc, Mutex, MutexGuard, PoisonError};

use mmc_sim::DiscKind;
use scsi_transport::{Data, Outcome, Transport, TransportError};

use super::consent::{Consent, Consumed, Held};
use super::fit::{held_back, impossible, unfit, unreachable_state};
use super::guard::{Grant, Guard};
use super::inspect::{InDrive, identity, inspect};
use super::settings::Settings;
use super::settle::longest;
use super::{Device, DutFactory, Refusal, fatal};
use crate::deviation::Identity;
use crate::fixture::{Act, Risk};
use crate::media::Media;
use crate::suite::Case;
use crate::tier::{Allowed, Tier};
use disc::{Needs, brought_about};

type Guarded = Arc<Mutex<Guard<Box<dyn Transport + Send>>>>;

/// Hears what takes long.
type Notice = Box<dyn FnMut(&str) + Send>;

/// A real drive.
pub struct Hardware {
    drive: Guarded,
    identity: Identity,
    held: Option<Held>,
    /// The settings that a writing run found, to be left as they were.
    settings: Option<Settings>,
    /// What the last case might have done, as long as nobody has looked after it.
    untidy: Option<Risk>,
    consumed: Consumed,
    notice: Notice,
}

impl Hardware {
    /// Takes a drive, behind a guard, and asks who it is.
    pub fn new(drive: Box<dyn Transport + Send>) -> Result<Self, TransportError> {
        let mut drive = Guard::new(drive);
        let [vendor, product, revision] = identity(&mut drive)?;
        Ok(Self {
            drive: Arc::new(Mutex::new(drive)),
            identity: Identity { vendor, product, revision, personality: None },
            held: None,
            settings: None,
            untidy: None,
            consumed: Consumed::default(),
            notice: Box::new(|_| {}),
        })
    }

    /// Has what takes long told.
    pub fn on_notice(&mut self, notice: impl FnMut(&str) + Send + 'static) {
        self.notice = Box::new(notice);
    }

    /// Who the drive says it is: vendor, product, revision.
    pub fn name(&self) -> String {
        let Identity { vendor, product, revision, .. } = &self.identity;
        format!("{vendor} {product} {revision}")
    }

    /// Looks at what is in the drive. Nothing is changed.
    pub fn look(&mut self) -> Result<InDrive, String> {
        inspect(&mut *locked(&self.drive)).map_err(|error| error.to_string())
    }

    /// Takes the owner's word that the disc in the drive may be consumed. `Err` says why that does not fit
    /// what is there, and then nothing may be written.
    pub fn consent(&mut self, consent: Consent) -> Result<(), String> {
        self.held = None;
        let there = self.look()?;
        let held = Held::take(consent, there)?;
        self.settings = Some(Settings::read(&mut *locked(&self.drive)));
        locked(&self.drive).take_changed();
        self.held = Some(held);
        Ok(())
    }

    /// Whether its owner has agreed that the disc is written to. The order of cases matters then.
    pub fn may_write(&self) -> bool {
        self.held.is_some()
    }

    /// Ends the run: a CD-RW that was written to is left blank, and the drive as it was found. What was
    /// consumed; `None` where nothing was agreed to.
    pub fn finish(&mut self) -> Option<Consumed> {
        let tidied = self.tidy().and_then(|()| self.is_as_left());
        let held = self.held.take()?;
        let mut consumed = core::mem::take(&mut self.consumed);
        let mut left = held.left.clone();
        consumed.ended = held.ended.or(tidied.err());
        let written = left.kind == Some(DiscKind::CdRw) && consumed.cases > 0 && left.status != "blank";
        if written && consumed.ended.is_none() {
            match self.erased(&left) {
                Ok(blank) => left = blank,
                Err(why) => consumed.ended = Some(format!("the CD-RW is not left blank: {why}")),
            }
            consumed.erased += core::mem::take(&mut self.consumed.erased);
        }
        self.restore();
        consumed.left = left.to_string();
        Some(consumed)
    }

    /// Why a case does not run on this drive, as far as its owner's word goes; what may be sent in it.
    pub(crate) fn allowed(case: &Case, allowed: Option<&Allowed>) -> Result<Grant, String> {
        let fixture = &case.fixture;
        if let Some(reason) = impossible(fixture) {
            return Err(reason);
        }
        let tier = Tier::of(fixture, &case.media);
        let granted = allowed.is_some_and(|allowed| allowed.has(tier));
        let grant = if fixture.risk == Risk::MayWrite && granted { Grant::Disc } else { Grant::Nothing };
        if let (true, Some(what)) = (fixture.risk == Risk::ReadOnly || granted, held_back(fixture, grant)) {
            let why = if granted && fixture.risk != Risk::ReadOnly {
                "no run does"
            } else {
                "this run is read-only"
            };
            return Err(format!("would have to send {what}, and {why}"));
        }
        match (fixture.risk, allowed) {
            (_, Some(allowed)) if !allowed.has(tier) => {
                Err(format!("is of the tier {tier}, and allowed is {allowed}"))
            }
            (Risk::ReadOnly, _) | (_, Some(_)) => Ok(grant),
            (Risk::MayMove, None) => Err("may move tray or lock, and this run is read-only".into()),
            (Risk::MayWrite, None) => Err("may write to the disc, and this run is read-only".into()),
        }
    }

    /// Why a case does not run with this disc; else the disc as the case needs it, which the suite may have to bring
    /// about.
    pub(crate) fn needs(&self, case: &Case, grant: Grant, there: &InDrive) -> Result<Needs, Refusal> {
        let Some(scene) = case.media.scene(&case.fixture.medium) else {
            return Err(Refusal::Broken("the fixture names a medium that no file describes".into()));
        };
        if let Some(reason) = unreachable_state(&scene) {
            return Err(Refusal::Ignored(reason));
        }
        let unfit_as_it_is = unfit(case, &scene, there);
        let needs = match &unfit_as_it_is {
            Some(_) if grant == Grant::Disc => {
                brought_about(case, &scene, there).map_err(Refusal::Ignored)?
            }
            _ => Needs { disc: there.clone(), make: None },
        };
        let reason = fatal::fatal(&case.fixture, &self.identity, &needs.disc);
        let unfit = if needs.make.is_some() { unfit(case, &scene, &needs.disc) } else { unfit_as_it_is };
        match reason.or(unfit) {
            Some(reason) => Err(Refusal::Ignored(reason)),
            None => Ok(needs),
        }
    }
}

impl Drop for Hardware {
    /// Whoever did not end the run does not hear what was consumed; the disc is left in order all the same.
    fn drop(&mut self) {
        let _ = self.finish();
    }
}

impl fmt::Debug for Hardware {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Hardware").field("identity", &self.identity).finish_non_exhaustive()
    }
}

impl DutFactory for Hardware {
    fn identity(&self, _case: &Case) -> Identity {
        self.identity.clone()
    }

    fn open(&mut self, case: &Case) -> Result<Box<dyn Device>, Refusal> {
        self.tidy().map_err(|why| Refusal::Broken(format!("nothing is written any more: {why}")))?;
        let allowed = self.held.as_ref().map(|held| &held.allowed);
        let grant = Self::allowed(case, allowed).map_err(Refusal::Ignored)?;
        let seen = self.look().map_err(Refusal::Broken)?;
        let disc = match grant {
            Grant::Nothing => self.needs(case, grant, &seen)?.disc,
            Grant::Disc => self.prepare(case, &seen)?,
        };
        if grant == Grant::Disc {
            self.consumed.cases += 1;
            locked(&self.drive).grant(grant);
        }
        if case.fixture.risk != Risk::ReadOnly {
            self.untidy = Some(case.fixture.risk);
        }
        Ok(Box::new(HardwareDevice {
            drive: Arc::clone(&self.drive),
            identity: self.identity.clone(),
            disc,
            patient: grant == Grant::Disc,
        }))
    }
}

/// A real drive with a disc that was looked at. What this drive does not survive is not sent, whoever asks.
struct HardwareDevice {
    drive: Guarded,
    identity: Identity,
    disc: InDrive,
    /// Commands that write are given the time that they take on a real disc.
    patient: bool,
}

impl Transport for HardwareDevice {
    fn execute(&mut self, cdb: &[u8], data: Data<'_>, timeout: Duration) -> Result<Outcome, TransportError> {
        if let Some(reason) = fatal::refusal(cdb, &self.identity, &self.disc) {
            return Err(TransportError::Request(format!("{reason}: not sent")));
        }
        let timeout = if self.patient { timeout.max(longest(cdb)) } else { timeout };
        locked(&self.drive).execute(cdb, data, timeout)
    }

    fn wait(&mut self, duration: Duration) {
        locked(&self.drive).wait(duration);
    }
}

fn locked(drive: &Guarded) -> MutexGuard<'_, Guard<Box<dyn Transport + Send>>> {
    drive.lock().unwrap_or_else(PoisonError::into_inner)
}

impl Device for HardwareDevice {
    fn act(&mut self, _act: &Act, _media: &Media) -> Result<(), String> {
        Err("nobody is there to touch a real drive".into())
    }
}
