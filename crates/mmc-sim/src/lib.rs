//! A simulated MMC CD-R/RW drive and its medium, in memory.
//!
//! [`Drive`] implements [`Transport`](scsi_transport::Transport) exactly as a real drive's
//! pass-through does, and nobody above can tell. A [`Scene`] puts it into a state, a
//! [`Personality`] makes it one model among many.
//!
//! ```
//! use core::time::Duration;
//! use mmc_sim::{DiscKind, Drive, Personality, Scene};
//! use scsi_transport::{Data, Transport};
//!
//! let scene = Scene::blank(DiscKind::CdR, "97:26:66".parse()?, "79:59:74".parse()?);
//! let mut drive = Drive::new(Personality::reference(), &scene)?;
//! let mut reply = [0; 34];
//! let outcome = drive.execute(&[0x51, 0, 0, 0, 0, 0, 0, 0, 34, 0], Data::In(&mut reply), Duration::from_secs(1))?;
//! assert!(outcome.is_good());
//! assert_eq!(reply[17..20], [97, 26, 66]); // where the lead-in starts
//! # Ok::<(), Box<dyn std::error::Error>>(())
//! ```
//!
//! | module | holds |
//! |---|---|
//! | [`scene`] | the description of a state: tray, disc, sessions, activity |
//! | [`personality`] | the description of a model: identity, abilities, speeds, habits with evidence |
//! | [`disc`] | the disc as laid out: what is where |
//! | [`store`] | every recorded frame, byte for byte |
//! | `pace`, `buffer`, `recording` | the laser on the simulated clock, and what each write mode makes of blocks |
//! | `gate`, `handle` | what every command is asked, and what each one does |
//! | `host`, `waits` | what a person does to the drive, and sees of it |
//!
//! Always: time is simulated, and a wait is arithmetic. Never: a thread, a clock of the machine,
//! the knowledge of who is calling.
#![forbid(unsafe_code)]

mod attention;
mod buffer;
mod cue;
pub mod disc;
mod drive;
mod erase;
mod events;
mod finish;
mod gate;
mod handle;
mod host;
mod loader;
mod pace;
mod pages;
pub mod personality;
mod recording;
mod refusal;
pub mod scene;
mod speed;
pub mod store;
#[cfg(test)]
mod test_host;
mod waits;

pub use disc::{Disc, DiscFileError, SceneError};
pub use drive::Drive;
pub use host::HostAct;
pub use personality::{Personality, PersonalityError};
pub use scene::{DiscKind, Scene};
pub use waits::Awaited;
