//! Linux: SG_IO, sysfs, procfs. All `unsafe` is in [`ioctl`].

mod answer;
mod device;
mod discovery;
mod errno;
mod header;
mod holders;
mod ioctl;

pub use device::Device;
pub(crate) use discovery::drives;
