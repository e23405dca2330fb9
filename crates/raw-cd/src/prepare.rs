//! PrepareMedia and ReleaseMedia at the drive.
//!
//! In this order: exclusive access, forced; lock the tray; spin up and wait until ready; disc type, then
//! contents; the two addresses; sector types; speed. Microsoft's erase sample does the first three
//! and the last in this order for its own purpose, the middle is inference.

use core::time::Duration;

use mmc_wire::command::{PreventAllowMediumRemoval, StartStopUnit, TestUnitReady};
use mmc_wire::{Cdb, SenseKey};

use crate::media::Media;
use crate::next_session::{self, Extent};
use crate::speeds::{self, SpeedRequest};
use crate::{
    Adjustment, COMMAND_TIMEOUT, ClientName, Error, MediaPolicy, Recorder, SectorType, sector_types,
};

/// How long a disc may take to spin up (the sample's figure).
const SPIN_UP: Duration = Duration::from_secs(60);
/// Between two questions whether it has.
const PAUSE: Duration = Duration::from_secs(1);
/// Unit attentions that one command may meet before they are an answer: reset, new disc, mode
/// parameters and then some.
const ATTENTIONS: u32 = 8;
/// How often unlocking the tray is tried (the sample's figure).
const RELEASE_ATTEMPTS: u32 = 5;

/// What was found out about the disc.
#[derive(Clone, Debug)]
pub(crate) struct Found {
    pub extent: Extent,
    pub sector_types: Vec<SectorType>,
}

/// A drive that is held for a writer.
#[derive(Debug)]
pub(crate) struct Prepared {
    pub found: Found,
    hold: Hold,
}

impl Prepared {
    /// Gives the drive back; the error is the tray's.
    pub fn release(mut self) -> Result<(), Error> {
        self.hold.give_back()
    }
}

/// Takes the drive and asks it everything; a failure gives it back.
pub(crate) fn prepare(
    recorder: &Recorder,
    name: &ClientName,
    policy: MediaPolicy,
    speed: SpeedRequest,
) -> Result<(Prepared, Adjustment), Error> {
    let hold = Hold::take(recorder, name)?;
    ready(recorder)?;
    let media = Media::read(recorder)?;
    media.check(policy)?;
    let extent = next_session::extent(recorder, &media.information)?;
    let sector_types = sector_types::supported(recorder)?;
    let adjustment = match speeds::apply(recorder, speed) {
        // Nobody asked for a speed: what the drive says to the fastest does not matter (the
        // sample overlooks it), as long as it says something.
        Err(error) if speed.is_default() && !error.is_silence() => Adjustment::None,
        other => other?,
    };
    Ok((Prepared { found: Found { extent, sector_types }, hold }, adjustment))
}

/// Spins the disc up and waits until the drive says that it is ready.
fn ready(recorder: &Recorder) -> Result<(), Error> {
    let start = StartStopUnit { start: true, ..StartStopUnit::default() };
    patiently(recorder, &start, SPIN_UP)?;
    patiently(recorder, &TestUnitReady {}, COMMAND_TIMEOUT)
}

/// Sends a command again while the drive is not ready *yet* (2/04/xx but 2/04/03, which waits for
/// a person), up to the spin-up time; and at once where it only had something to tell
/// (unit attention).
fn patiently<C: Cdb>(recorder: &Recorder, command: &C, timeout: Duration) -> Result<(), Error> {
    let (mut waited, mut attentions) = (Duration::ZERO, 0);
    loop {
        let error = match recorder.order(command, timeout) {
            Ok(()) => return Ok(()),
            Err(error) => error,
        };
        match error.sense().map(|sense| (sense.key, sense.asc, sense.ascq)) {
            Some((SenseKey::UNIT_ATTENTION, ..)) if attentions < ATTENTIONS => attentions += 1,
            Some((SenseKey::NOT_READY, 0x04, ascq)) if ascq != 0x03 && waited < SPIN_UP => {
                recorder.wait(PAUSE);
                waited += PAUSE;
            }
            _ => return Err(error),
        }
    }
}

/// Exclusive access and a locked tray, given back when dropped.
#[derive(Debug)]
struct Hold {
    recorder: Recorder,
    acquired: bool,
    locked: bool,
}

impl Hold {
    fn take(recorder: &Recorder, name: &ClientName) -> Result<Self, Error> {
        recorder.acquire(true, name.as_str()).map_err(|error| match error {
            // A format object's code for it (Microsoft: PrepareMedia, return values).
            Error::AccessDenied { owner } => Error::Locked { owner },
            other => other,
        })?;
        let mut hold = Self { recorder: recorder.clone(), acquired: true, locked: false };
        patiently(recorder, &removal(true), COMMAND_TIMEOUT)?;
        hold.locked = true;
        Ok(hold)
    }

    fn give_back(&mut self) -> Result<(), Error> {
        let mut result = Ok(());
        if core::mem::take(&mut self.locked) {
            for attempt in 1..=RELEASE_ATTEMPTS {
                result = self.recorder.order(&removal(false), COMMAND_TIMEOUT);
                if result.is_ok() {
                    break;
                }
                if attempt < RELEASE_ATTEMPTS {
                    self.recorder.wait(PAUSE);
                }
            }
        }
        if core::mem::take(&mut self.acquired) {
            result = result.and(self.recorder.release());
        }
        result
    }
}

impl Drop for Hold {
    fn drop(&mut self) {
        // Whoever drops a hold has another error to report, or none to hear it.
        let _ = self.give_back();
    }
}

fn removal(prevent: bool) -> PreventAllowMediumRemoval {
    PreventAllowMediumRemoval { prevent, ..PreventAllowMediumRemoval::default() }
}
