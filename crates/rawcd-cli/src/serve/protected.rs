//! A real drive on the network: whoever logs in may read, and may write only the disc that its owner has agreed to.

use core::time::Duration;

use mmc_conformance::dut::{Grant, Guard};
use mmc_wire::sense::SenseData;
use mmc_wire::{Block, Sense, SenseKey};
use scsi_transport::{Data, Outcome, Transport, TransportError};

use crate::failure::Failure;

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
    /// Guards a drive of this name. With its owner's word the disc in it may be written; without a disc there is nothing that the word
    /// could be for, and the next disc would have it.
    pub fn new(name: &str, drive: T, may_write: bool) -> Result<Self, Failure> {
        let mut guard = Guard::new(drive);
        if may_write {
            settle(&mut guard).map_err(|why| {
                Failure::new(format_args!("{name}: no disc is ready that could be meant: {why}")).hint(
                    "--yes-write-this-disc is for the disc that is in the drive at the start: put it in first",
                )
            })?;
            // What the drive had to tell was of before now, and of the disc that is in it.
            guard.take_changed();
            guard.grant(Grant::Disc);
        }
        Ok(Self { guard })
    }
}

/// Asks until the drive has nothing more to tell, and knows the disc in it; else what it said last.
fn settle(drive: &mut impl Transport) -> Result<(), String> {
    let mut last = String::new();
    for _ in 0..ATTEMPTS {
        let outcome = drive
            .execute(&[0; 6], Data::None, PATIENCE)
            .map_err(|error| format!("it does not answer: {error}"))?;
        if outcome.is_good() {
            return Ok(());
        }
        let sense = Sense::in_data(&outcome.sense);
        last = sense.map_or_else(
            || format!("it is not ready, {:?}", outcome.status),
            |sense| format!("it says {sense:?}"),
        );
        match sense {
            Some(sense) if sense.key == SenseKey::UNIT_ATTENTION => {}
            Some(Sense::BECOMING_READY) => drive.wait(BETWEEN),
            _ => break,
        }
    }
    Err(last)
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
        let mut served = Protected::new("/dev/sr0", drive(), false).unwrap();
        ready(&mut served);
        for cdb in [&BLANK[..], &SYNCHRONIZE_CACHE, &EJECT, &[0x54, 1, 0, 0, 0, 0, 0, 0, 0, 0]] {
            assert_eq!(sense(&mut served, cdb, Data::None), Some(WRITE_PROTECTED), "{cdb:02X?}");
        }
        assert_eq!(write(&mut served, 0, 1, 0xA5), Some(WRITE_PROTECTED));
        good(&mut served, &INQUIRY, Data::In(&mut [0; 36]));
    }

    #[test]
    fn the_owners_word_is_for_the_disc_that_is_there() {
        let mut served = Protected::new("/dev/sr0", drive(), true).unwrap();
        good(&mut served, &BLANK, Data::None);
        assert_eq!(sense(&mut served, &EJECT, Data::None), Some(WRITE_PROTECTED));

        // The word goes with the disc, whoever takes it out.
        let drive = std::cell::RefCell::new(drive());
        let mut served = Protected::new("/dev/sr0", Borrowed(&drive), true).unwrap();
        good(&mut served, &BLANK, Data::None);
        drive.borrow_mut().host(&HostAct::PressEject).unwrap();
        assert_eq!(sense(&mut served, &TEST_UNIT_READY, Data::None).unwrap().asc, 0x3A);
        drive.borrow_mut().host(&HostAct::CloseTray).unwrap();
        drive.borrow_mut().wait(Duration::from_secs(60));
        ready(&mut served);
        assert_eq!(sense(&mut served, &BLANK, Data::None), Some(WRITE_PROTECTED));
    }

    /// The drive's word of a new disc may have been told to somebody else; then nobody here hears of it.
    #[test]
    fn without_a_disc_there_is_nothing_to_give_a_word_for() {
        let empty = || Drive::with_disc(Personality::reference(), None).unwrap();
        let refused = Protected::new("/dev/sr0", empty(), true).map(|_| ()).unwrap_err();
        assert!(
            refused.what().contains("/dev/sr0: no disc is ready") && refused.what().contains("3A"),
            "{}",
            refused.what()
        );
        let mut served = Protected::new("/dev/sr0", empty(), false).unwrap();
        assert_eq!(sense(&mut served, &TEST_UNIT_READY, Data::None).unwrap().asc, 0x3A);
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
