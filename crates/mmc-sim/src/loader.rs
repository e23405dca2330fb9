//! The tray, the lock, and how long a disc takes to be known.
//!
//! MMC-5 "START STOP UNIT Command" moves the tray, "PREVENT ALLOW MEDIUM REMOVAL Command" locks it,
//! for a while or persistently; "Not ready condition" is what a command finds until the disc is
//! known.

use core::time::Duration;

use crate::disc::Disc;
use crate::scene::{Tray, Unreadable};

/// Tray, lock, and the disc in it.
#[derive(Clone, Debug)]
pub struct Loader {
    /// Open or closed.
    pub tray: Tray,
    /// The disc on the tray, whether it is in or out.
    pub disc: Option<Disc>,
    /// The tray may not open.
    pub locked: bool,
    /// The lock is persistent: a press of the button becomes an event.
    pub persistent: bool,
    /// Since when, or from when on, the disc is known.
    pub settling: Settling,
    /// The laser has been calibrated for the disc since it was loaded.
    pub calibrated: bool,
}

/// Whether the drive knows the disc yet.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Settling {
    /// It does.
    Done,
    /// From this moment of simulated time on it will.
    Until(Duration),
    /// It never will.
    Never(Unreadable),
}

/// What a command finds in the drive.
#[derive(Debug)]
pub enum Found<'a> {
    /// Nothing.
    Nothing,
    /// Something that is not known yet.
    Loading,
    /// Something that will never be known.
    Unreadable(Unreadable),
    /// A disc.
    Disc(&'a Disc),
}

impl Loader {
    /// What a command finds.
    pub const fn find(&self) -> Found<'_> {
        match (self.tray, &self.disc) {
            (Tray::Open, _) | (Tray::Closed, None) => Found::Nothing,
            (Tray::Closed, Some(disc)) => match self.settling {
                Settling::Done => Found::Disc(disc),
                Settling::Until(_) => Found::Loading,
                Settling::Never(why) => Found::Unreadable(why),
            },
        }
    }

    /// The disc, when the drive has one and knows it.
    pub const fn disc(&self) -> Option<&Disc> {
        match self.find() {
            Found::Disc(disc) => Some(disc),
            Found::Nothing | Found::Loading | Found::Unreadable(_) => None,
        }
    }
}
