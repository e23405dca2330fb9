//! The semantics of `IDiscFormat2RawCD` on top of plain SCSI commands.
//!
//! Read [`RawCd`] first, then [`Recorder`], the drive it works on, and [`Error`], which becomes a
//! Windows [`HResult`]. What [`RawCd`] writes can be any [`RawImage`]; [`RawCdImageCreator`] makes one of
//! tracks, as `IRawCDImageCreator` does.
//!
//! ```
//! use raw_cd::{Error, RawCd, Recorder};
//! use scsi_transport::Transport;
//!
//! /// Where a raw write would begin: -11634 on a blank disc whose ATIP says 97:26:66.
//! fn start(drive: impl Transport + Send + 'static) -> Result<i32, Error> {
//!     let writer = RawCd::default();
//!     writer.set_recorder(Some(&Recorder::new(drive)))?;
//!     writer.set_client_name("RawCD")?;
//!     writer.prepare_media()?;
//!     let start = writer.start_of_next_session()?;
//!     writer.release_media()?;
//!     Ok(start.0)
//! }
//! ```
//!
//! Sources: Microsoft's documentation of IMAPI v2 (page names are member names), the headers
//! `imapi2.h` and `imapi2error.h`, the IMAPI samples of the Windows SDK (the erase sample is a
//! sibling of this object, written by the same team), the CD-ROM class driver among the Windows driver
//! samples, and what writers of other burning programs have seen. Where these are silent the docs here
//! say 'inference'.
//!
//! Always: what the drive said travels up with the error. Never: a value for a disc address that the
//! drive did not give, or a look at the next writable address for one.
#![forbid(unsafe_code)]

mod client_name;
mod clock;
mod error;
mod format;
mod hresult;
mod image;
pub mod image_creator;
mod media;
mod media_type;
mod mode;
pub mod next_session;
mod policy;
mod prepare;
mod progress;
mod recorder;
mod recorder_ex;
mod sector_type;
mod sector_types;
pub mod sense_map;
mod speed;
mod speeds;
mod support;
pub mod verify;
pub mod write;
mod write_page;

pub use client_name::{ClientName, ClientNameError};
pub use clock::{Clock, CountingClock, WallClock};
pub use error::{Error, NoFeature, NoRecorder};
pub use format::RawCd;
pub use hresult::{HResult, Named, NotAnHResult};
pub use image::{ImageError, RawImage, ReadOnce, Zeros};
pub use image_creator::{RawCdImage, RawCdImageCreator};
pub use media_type::MediaType;
pub use policy::MediaPolicy;
pub use progress::{Subscription, UpdateHandler, WriteAction, WriteProgress};
pub use recorder::{COMMAND_TIMEOUT, DEFAULT_TRANSFER_BYTES, Recorder};
pub use sector_type::SectorType;
pub use speed::{Adjustment, FASTEST, SECTORS_PER_SECOND_AT_1X, WriteSpeedDescriptor};
pub use write::Left;

#[cfg(test)]
mod tests;
