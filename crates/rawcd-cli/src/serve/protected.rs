//! A real drive on the network: whoever logs in may read, and may write only the disc that its owner has agreed to.

use core::time::Duration;

use mmc_conformance::dut::{Grant, Guard};
use mmc_wire::sense::SenseData;
use mmc_wire::{Block, Sense};
use scsi_transport::{Data, Outcome, Transport, TransportError};

/// How long a drive may take to say that it has a disc.
const SETTLING: Duration = Duration::from_secs(10);

/// DATA PROTECT, WRITE PROTECTED.
const WRITE_PROTECTED: Sense = Sense::new(0x7, 0x27, 0x00);

/// Unit attentions that a drive may have, one after another, when it is first asked.
const MOST_ATTENTIONS: usize = 8;

/// What the guard of the suite does not let through is answered as a protected disc answers: 7/27/00. See [`Guard`] for
/// what that is. The owner's word is for the disc that is in the drive when the server starts: it ends with the first
/// sign of another, and only a new start takes a new word.
#[derive(Debug)]
pub struct Protected<T> {
    guard: Guard<T>,
}

impl<T: Transport> Protected<T> {
    /// Guards a drive. With its owner's word the disc in it may be written.
    pub fn new(drive: T, may_write: bool) -> Self {
        let mut guard = Guard::new(drive);
        if may_write {
            for _ in 0..MOST_ATTENTIONS {
                let told = guard.execute(&[0; 6], Data::None, SETTLING);
                // What the drive has to tell of before now is not of another disc than the one in it.
                if guard.take_changed().is_none() || told.is_err() {
                    break;
                }
            }
            guard.grant(Grant::Disc);
        }
        Self { guard }
    }
}

impl<T: Transport> Transport for Protected<T> {
    fn execute(&mut self, cdb: &[u8], data: Data<'_>, timeout: Duration) -> Result<Outcome, TransportError> {
        match self.guard.execute(cdb, data, timeout) {
            Err(TransportError::Request(why)) => {
                log::info!("{why}");
                Ok(Outcome::check(SenseData::current(WRITE_PROTECTED).to_bytes()))
            }
            other => other,
        }
    }

    fn wait(&mut self, duration: Duration) {
        self.guard.wait(duration);
    }
}
