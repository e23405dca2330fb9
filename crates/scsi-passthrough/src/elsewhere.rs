//! Systems for which there is no pass-through yet.

use core::convert::Infallible;
use core::time::Duration;
use std::path::Path;

use scsi_transport::{Data, Outcome, Transport, TransportError};

use crate::{Access, Found, Roots};

/// A drive behind the kernel's pass-through; there is none on this system.
#[derive(Debug)]
pub struct Device(Infallible);

impl Device {
    /// Always an error here.
    pub fn open(_path: impl AsRef<Path>, _access: Access) -> Result<Self, TransportError> {
        Err(TransportError::Host("pass-through is only implemented on Linux".into()))
    }

    /// Always an error here.
    pub fn open_exclusive(path: impl AsRef<Path>, access: Access) -> Result<Self, TransportError> {
        Self::open(path, access)
    }

    /// The node that was opened.
    pub fn path(&self) -> &Path {
        match self.0 {}
    }

    /// What it was opened for.
    pub fn access(&self) -> Access {
        match self.0 {}
    }

    /// Bytes that one command may move.
    pub fn max_transfer(&self) -> usize {
        match self.0 {}
    }

    /// The interface's version.
    pub fn interface_version(&self) -> u32 {
        match self.0 {}
    }
}

impl Transport for Device {
    fn execute(&mut self, _: &[u8], _: Data<'_>, _: Duration) -> Result<Outcome, TransportError> {
        match self.0 {}
    }

    fn wait(&mut self, _: Duration) {
        match self.0 {}
    }
}

pub(crate) fn drives(_roots: &Roots) -> Vec<Found> {
    Vec::new()
}
