//! A real drive on the network: whoever logs in may read, and may write only the disc that its owner has agreed to.

use core::time::Duration;

use mmc_conformance::dut::{Grant, Guard};
use mmc_wire::sense::SenseData;
use mmc_wire::{Block, Sense, SenseKey};
use scsi_transport::{Data, Outcome, Transport, TransportError};

/// How long a drive may take to answer TEST UNIT READY.
const PATIENCE: Duration = Duration::from_secs(10);

/// DATA PROTECT, WRITE PROTECTED.
const WRITE_PROTECTED: Sense = Sense::new(0x7, 0x27, 0x00);

/// How often a drive is asked whether it is ready, and how long it is given in between: half a minute in all.
const ATTEMPTS: u32 = 60;
const BETWEEN: Duration = Duration::from_millis(500);

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
            settle(&mut guard);
            // What the drive had to tell was of before now, and of the disc that is in it.
            guard.take_changed();
            guard.grant(Grant::Disc);
        }
        Self { guard }
    }
}

/// Asks until the drive has nothing more to tell, and knows the disc in it.
fn settle(drive: &mut impl Transport) {
    for _ in 0..ATTEMPTS {
        let Ok(outcome) = drive.execute(&[0; 6], Data::None, PATIENCE) else { return };
        match Sense::in_data(&outcome.sense) {
            Some(sense) if sense.key == SenseKey::UNIT_ATTENTION => {}
            Some(Sense::BECOMING_READY) => drive.wait(BETWEEN),
            _ => return,
        }
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

#[cfg(test)]
mod tests {
    use mmc_sim::scene::Attention;
    use mmc_sim::{DiscKind, Drive, HostAct, Personality, Scene};

    use super::super::test_host::*;
    use super::*;

    /// A simulated drive in the real one's place; its power has just come.
    fn drive() -> Drive {
        let scene = Scene::blank(DiscKind::CdRw, "97:10:00".parse().unwrap(), "79:59:74".parse().unwrap());
        let scene = Scene { attention: vec![Attention::Reset, Attention::MediumChanged], ..scene };
        Drive::new(Personality::reference(), &scene).unwrap()
    }

    #[test]
    fn without_its_owners_word_a_disc_is_protected() {
        let mut served = Protected::new(drive(), false);
        ready(&mut served);
        for cdb in [&BLANK[..], &SYNCHRONIZE_CACHE, &EJECT, &[0x54, 1, 0, 0, 0, 0, 0, 0, 0, 0]] {
            assert_eq!(sense(&mut served, cdb, Data::None), Some(WRITE_PROTECTED), "{cdb:02X?}");
        }
        assert_eq!(write(&mut served, 0, 1, 0xA5), Some(WRITE_PROTECTED));
        good(&mut served, &INQUIRY, Data::In(&mut [0; 36]));
    }

    #[test]
    fn the_owners_word_is_for_the_disc_that_is_there() {
        let mut served = Protected::new(drive(), true);
        good(&mut served, &BLANK, Data::None);
        assert_eq!(sense(&mut served, &EJECT, Data::None), Some(WRITE_PROTECTED));

        // The word goes with the disc, whoever takes it out.
        let drive = std::cell::RefCell::new(drive());
        let mut served = Protected::new(Borrowed(&drive), true);
        good(&mut served, &BLANK, Data::None);
        drive.borrow_mut().host(&HostAct::PressEject).unwrap();
        assert_eq!(sense(&mut served, &TEST_UNIT_READY, Data::None).unwrap().asc, 0x3A);
        drive.borrow_mut().host(&HostAct::CloseTray).unwrap();
        drive.borrow_mut().wait(Duration::from_secs(60));
        ready(&mut served);
        assert_eq!(sense(&mut served, &BLANK, Data::None), Some(WRITE_PROTECTED));
    }

    struct Borrowed<'a>(&'a std::cell::RefCell<Drive>);

    impl Transport for Borrowed<'_> {
        fn execute(
            &mut self,
            cdb: &[u8],
            data: Data<'_>,
            timeout: Duration,
        ) -> Result<Outcome, TransportError> {
            self.0.borrow_mut().execute(cdb, data, timeout)
        }
        fn wait(&mut self, duration: Duration) {
            self.0.borrow_mut().wait(duration);
        }
    }
}
