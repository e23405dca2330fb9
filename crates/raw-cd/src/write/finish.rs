//! After the last sector: the drive empties its buffer.
//!
//! SYNCHRONIZE CACHE, then TEST UNIT READY and READ DISC INFORMATION until the drive answers both: some
//! say 2/04/08 to one of them only (Pioneer's manuals: to READ DISC INFORMATION). There is no CLOSE
//! TRACK SESSION: the image brought its own lead-out.

use core::time::Duration;

use mmc_wire::block::disc_information::DiscInformation;
use mmc_wire::command::{ReadDiscInformation, SynchronizeCache10, TestUnitReady};
use mmc_wire::{Sense, SenseKey};
use scsi_transport::{CommandError, Data, Reason, Status};

use crate::{COMMAND_TIMEOUT, Error, HResult, Recorder, sense_map};

/// How long emptying the buffer may take, and being ready again after it (the erase sample's figure).
const LONGEST: Duration = Duration::from_secs(260);
/// Between two questions.
const POLL: Duration = Duration::from_millis(500);
/// After so many questions in vain SYNCHRONIZE CACHE is sent again: some drives never get ready
/// otherwise (cdrdao), and it does no harm.
const POLLS_TO_SYNC: u32 = 10;
/// Unit attentions that the drive may have to tell, once its buffer is empty: of a disc that is not
/// blank any more. Before, they are a failure: a reset has emptied the buffer to nowhere.
const ATTENTIONS: u32 = 8;

/// Ends a recording. `meanwhile` is called between questions.
pub(super) fn finish(recorder: &Recorder, mut meanwhile: impl FnMut()) -> Result<(), Error> {
    let (mut waited, mut polls, mut attentions) = (Duration::ZERO, 0_u32, 0);
    let mut synchronised = false;
    loop {
        let state = if synchronised { ready(recorder) } else { synchronise(recorder) };
        let error = match state {
            Ok(()) if synchronised => return Ok(()),
            Ok(()) => {
                synchronised = true;
                continue;
            }
            Err(error) => error,
        };
        let running = error.is_busy() || error.sense().is_some_and(|sense| is_running(sense, synchronised));
        let told = error.sense().is_some_and(|sense| sense.key == SenseKey::UNIT_ATTENTION);
        if synchronised && told && !running && attentions < ATTENTIONS {
            attentions += 1;
            continue;
        }
        if !running || waited >= LONGEST {
            return Err(error);
        }
        recorder.wait(POLL);
        waited += POLL;
        polls += 1;
        if synchronised && polls.is_multiple_of(POLLS_TO_SYNC) {
            // Whether it is ready is asked of the other two.
            let _ = synchronise(recorder);
        }
        meanwhile();
    }
}

/// Whether the drive is still at it: 2/04/xx but 2/04/03, which waits for a person; to a question also
/// 5/xx/xx and 6/2E/xx (Microsoft's erase sample).
fn is_running(sense: Sense, question: bool) -> bool {
    match (sense.key, sense.asc, sense.ascq) {
        (SenseKey::NOT_READY, 0x04, ascq) => ascq != 0x03,
        (SenseKey::ILLEGAL_REQUEST, ..) | (SenseKey::UNIT_ATTENTION, 0x2E, _) => question,
        _ => false,
    }
}

/// An underrun is forgiven here (row 10 of the table), and what the drive mended by itself is done.
fn synchronise(recorder: &Recorder) -> Result<(), Error> {
    let command = SynchronizeCache10::default();
    let outcome = recorder.execute(&command, Data::None, LONGEST).map_err(Error::while_recording)?;
    let reason = match outcome.status {
        Status::GOOD => return Ok(()),
        Status::CHECK_CONDITION => {
            let sense = Sense::in_data(&outcome.sense).unwrap_or(Sense::NO_SENSE);
            if sense.key == SenseKey::RECOVERED_ERROR || means_done(sense) {
                return Ok(());
            }
            Reason::Sense(sense)
        }
        status => Reason::Status(status),
    };
    Err(Error::Recording(CommandError {
        command: "SYNCHRONIZE CACHE (10)",
        cdb: mmc_wire::Cdb::bytes(&command),
        reason,
    }))
}

fn means_done(sense: Sense) -> bool {
    sense_map::translate_writing(sense, 0x35) == HResult::S_OK
}

/// Whether the drive answers. What it says of the disc is not looked at: that may be old until the disc
/// is loaded again.
fn ready(recorder: &Recorder) -> Result<(), Error> {
    recorder.order(&TestUnitReady {}, COMMAND_TIMEOUT)?;
    const ROOM: usize = DiscInformation::BYTES;
    recorder.read(&ReadDiscInformation::standard(ROOM as u16), ROOM, COMMAND_TIMEOUT).map(|_| ())
}
