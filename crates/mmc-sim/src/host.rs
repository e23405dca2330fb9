//! What a person does to the drive, or the power does.

use core::time::Duration;

use crate::attention::Attentions;
use crate::disc::{Disc, SceneError};
use crate::drive::{Busy, Drive};
use crate::events::Events;
use crate::loader::Settling;
use crate::pages::Pages;
use crate::scene::{Attention, Scene, Tray};
use crate::speed::Speed;

/// What a person does to the drive, or the power does.
#[derive(Clone, Debug, PartialEq, serde::Serialize, serde::Deserialize)]
pub enum HostAct {
    /// Presses the button: opens a closed tray, closes an open one, asks when locked.
    PressEject,
    /// Pushes the tray in.
    CloseTray,
    /// Puts the disc of a scene on the tray and closes it; what else the scene says is not looked at.
    Insert(Scene),
    /// Takes the power away and gives it back.
    PowerCycle,
}

impl Drive {
    /// Takes the disc out, wherever the tray is; a recording that runs is cut short.
    pub fn take_disc(&mut self) -> Option<Disc> {
        self.cut_power();
        self.open_tray();
        self.loader.disc.take()
    }

    /// Puts a disc on the tray and closes it; the disc begins to spin up.
    pub fn insert_disc(&mut self, disc: Disc) {
        self.lay_disc(disc);
        self.close_tray();
    }

    /// Lays a disc on the tray, which opens for it and stays open.
    pub fn lay_disc(&mut self, disc: Disc) {
        self.cut_power();
        self.open_tray();
        self.loader.disc = Some(disc);
    }

    /// Something happens to the drive that is not a command.
    pub fn host(&mut self, act: &HostAct) -> Result<(), SceneError> {
        match act {
            HostAct::PressEject if self.loader.tray == Tray::Open => self.close_tray(),
            // While it writes the drive keeps the tray shut.
            HostAct::PressEject if self.recording.is_some() => {}
            HostAct::PressEject if self.loader.locked => {
                if self.loader.persistent {
                    self.events.eject_requested();
                }
            }
            HostAct::PressEject => self.open_tray(),
            HostAct::CloseTray => self.close_tray(),
            HostAct::Insert(scene) => {
                let disc = scene.disc.as_ref().map(Disc::build).transpose()?;
                self.cut_power();
                self.cue = None;
                self.open_tray();
                self.loader.disc = disc;
                self.close_tray();
            }
            HostAct::PowerCycle => {
                self.cut_power();
                self.cue = None;
                self.deferred = None;
                self.pages = Pages::new(&self.personality);
                self.speed = Speed::default();
                self.events = Events::default();
                self.loader.locked = false;
                self.loader.persistent = false;
                self.attentions = Attentions::default();
                self.attentions.raise(Attention::Reset);
                self.settle();
            }
        }
        Ok(())
    }

    pub(crate) fn open_tray(&mut self) {
        if self.loader.tray == Tray::Closed {
            self.loader.tray = Tray::Open;
            self.cue = None;
            self.attentions.withdraw(Attention::MediumChanged);
            if self.loader.disc.is_some() {
                self.events.medium_removed();
            }
        }
    }

    pub(crate) fn close_tray(&mut self) {
        if self.loader.tray == Tray::Open {
            self.loader.tray = Tray::Closed;
            self.settle();
        }
    }

    /// The disc begins to spin up.
    fn settle(&mut self) {
        self.failed.clear();
        self.loader.calibrated = false;
        if self.loader.disc.is_some() {
            let spin_up = Duration::from_secs(self.personality.speeds.spin_up_seconds.into());
            self.loader.settling = Settling::Until(self.clock.saturating_add(spin_up));
        }
    }

    /// The laser goes out, wherever it is.
    fn cut_power(&mut self) {
        if let (Some(recording), Some(disc)) = (self.recording.take(), &mut self.loader.disc) {
            recording.cut(disc);
        }
        if let (Some(finish), Some(disc)) = (self.finishing.take(), &mut self.loader.disc) {
            finish.cut(disc);
        }
        self.activity = Busy::Idle;
    }
}
