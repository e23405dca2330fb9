//! SCSI pass-through to real drives: a [`Device`] is a [`Transport`](scsi_transport::Transport).
//!
//! Knows: version 3 of Linux' SCSI generic interface (`<scsi/sg.h>`, `struct sg_io_hdr`, the ioctl
//! SG_IO) on `/dev/sg*` and `/dev/sr*`; where sysfs lists drives; who may open them and who holds them.
//!
//! Never knows: MMC. A CDB is 6 to 16 bytes here, sense data is bytes, and a drive is what says
//! peripheral device type 5. Never sends a command on its own account.
//!
//! ```no_run
//! use core::time::Duration;
//! use scsi_passthrough::{Access, Device, drives};
//! use scsi_transport::{Data, Transport};
//!
//! for drive in drives() {
//!     println!("{} {}: {}", drive.vendor, drive.model, drive.advice());
//! }
//! let mut drive = Device::open("/dev/sr0", Access::ReadOnly)?;
//! let outcome = drive.execute(&[0; 6], Data::None, Duration::from_secs(10))?; // TEST UNIT READY
//! println!("{} {:02X?}", outcome.status, outcome.sense);
//! # Ok::<(), scsi_transport::TransportError>(())
//! ```
//!
//! # Reading the errors
//!
//! CHECK CONDITION is an answer, not an error. A `TransportError` says whose move is next:
//!
//! - `AccessDenied`: the user's; the text names the group, the holder or the capability.
//! - `Gone`: the drive or its node is not there (any more).
//! - `Timeout`: the kernel gave the command up, aborted it and reset what it had to; the drive
//!   is likely to answer next with a unit attention.
//! - `Request`: the caller's; the command can never be sent as it stands, nothing was sent.
//! - `Host`: cable, bridge, controller or kernel; the text names the kernel's code and carries status and
//!   sense where there were any. Whether the drive acted on the command is not known.
//!
//! # Which node
//!
//! | | `/dev/sr*` | `/dev/sg*` |
//! |---|---|---|
//! | opened read-only | the kernel lets through the commands that it knows as reading | the same |
//! | opened read-write | also those that it knows as writing; anything else, for example MECHANISM STATUS, needs CAP_SYS_RAWIO | everything |
//! | shortest timeout | 7 s, shorter ones are lengthened by the kernel | as given |
//! | a signal during a command | waits for the answer | the call breaks off, and a handler with SA_RESTART, or stopping and continuing the process, makes the kernel send the command *again* |
//! | closing the last handle | the kernel unlocks the tray | nothing |
//!
//! Sources: Linux `include/scsi/sg.h`, `include/scsi/scsi_status.h` and, for the table's behaviour,
//! `scsi_cmd_allowed`, `sg_io`, `sg_ioctl` and `cdrom_release` of Linux 4 to 6.
//!
//! Elsewhere than on Linux the crate compiles, [`Device::open`] says so, and [`drives`] is empty.
#![deny(unsafe_op_in_unsafe_fn)]
#![deny(clippy::undocumented_unsafe_blocks)]

mod found;

#[cfg(target_os = "linux")]
mod linux;
#[cfg(target_os = "linux")]
use linux as platform;

#[cfg(not(target_os = "linux"))]
mod elsewhere;
#[cfg(not(target_os = "linux"))]
use elsewhere as platform;

pub use found::{Found, Holder, Node, NodeKind, Roots};
pub use platform::Device;

/// What a device is opened for.
#[derive(Clone, Copy, Debug, Eq, Hash, PartialEq)]
pub enum Access {
    /// Commands that the kernel knows as reading; the safe choice, and enforced by the kernel.
    ReadOnly,
    /// Writing commands too.
    ReadWrite,
}

/// The CD, DVD and BD drives of this machine, in the order of their SCSI addresses.
///
/// Sends no command and opens no `/dev/sr*`. An entry that is odd is described as far as it goes.
pub fn drives() -> Vec<Found> {
    drives_in(&Roots::default())
}

/// [`drives`], below other roots.
pub fn drives_in(roots: &Roots) -> Vec<Found> {
    platform::drives(roots)
}
