//! Waiting until a drive is done with what it was told, and erasing: bounded, whatever the drive says.

use core::time::Duration;

use mmc_wire::command::{
    Blank, BlankingType, Effect, ReadDiscInformation, SynchronizeCache10, TestUnitReady,
};
use mmc_wire::{Command, Sense, SenseKey};
use scsi_transport::{CommandError, Data, Reason, Status, Transport, TransportError, TransportExt};

use super::inspect::{InDrive, inspect};

/// Between two questions.
const POLL: Duration = Duration::from_secs(1);
/// After so many in vain SYNCHRONIZE CACHE is sent again.
const POLLS_TO_SYNC: u32 = 10;
const QUESTION: Duration = Duration::from_secs(60);
/// Unit attentions and deferred errors that the drive may have to tell.
const ATTENTIONS: u32 = 8;

/// The longest that erasing a whole disc may take: an 80-minute disc at the speed it plays, and some.
pub const LONGEST: Duration = Duration::from_secs(100 * 60);
/// The longest that anything else may take: emptying a buffer, a lead-in and a lead-out, calibrating, and erasing
/// what tells that there is something on the disc.
pub const LONG: Duration = Duration::from_secs(10 * 60);

/// How long a command may take on a real disc: what waits for the disc is done when the disc is.
pub fn longest(cdb: &[u8]) -> Duration {
    match Command::parse(cdb) {
        Ok(Command::Blank(_)) => LONGEST,
        Ok(command) if command.row().is_some_and(|row| row.effect == Effect::Writes) => LONG,
        _ => Duration::ZERO,
    }
}

/// What a drive may have been doing.
#[derive(Clone, Copy, Debug, Eq, PartialEq)]
pub enum After {
    /// Something that ends by itself.
    Anything,
    /// A recording, perhaps. Until the drive is told that this was all it waits for more: SYNCHRONIZE CACHE is sent,
    /// and again while the drive is busy. What it says to it does not matter: there may be nothing, or a
    /// recording that cannot go on.
    Recording,
}

/// Waits until the drive answers that it is ready and tells of its disc. `tell` hears its progress, in
/// 65536ths.
pub fn settle(
    drive: &mut dyn Transport,
    after: After,
    longest: Duration,
    tell: &mut dyn FnMut(Option<u16>),
) -> Result<(), String> {
    let (mut waited, mut polls, mut attentions) = (Duration::ZERO, 0_u32, 0);
    loop {
        if after == After::Recording && polls.is_multiple_of(POLLS_TO_SYNC) {
            match drive.order(&SynchronizeCache10::default(), LONG).map_err(|error| error.reason) {
                // Held back: the disc is not one to write to any more.
                Err(Reason::Transport(TransportError::Request(_))) => {}
                Err(Reason::Transport(error)) => return Err(format!("SYNCHRONIZE CACHE: {error}")),
                Ok(()) | Err(_) => {}
            }
        }
        let (error, progress) = match answer(drive)? {
            None => return Ok(()),
            Some(told) => told,
        };
        match error {
            // 2/04/03 waits for a person.
            Some(Sense { key: SenseKey::NOT_READY, asc: 0x04, ascq }) if ascq != 0x03 => {}
            // Told once: a unit attention, or what became of an earlier write.
            Some(sense) if sense.key != SenseKey::NOT_READY && attentions < ATTENTIONS => {
                attentions += 1;
                continue;
            }
            Some(sense) => return Err(format!("the drive says {}", named(sense))),
            None => {}
        }
        if waited >= longest {
            let said = error.map_or_else(|| "busy".to_owned(), named);
            return Err(format!("the drive still says {said} after {} minutes", longest.as_secs() / 60));
        }
        tell(progress);
        drive.wait(POLL);
        waited += POLL;
        polls += 1;
    }
}

/// What a drive says that is not done: its sense, `None` for BUSY, and its progress.
type NotDone = (Option<Sense>, Option<u16>);

/// Some drives say that they are busy to one of the two questions only (Pioneer's manuals: to READ DISC
/// INFORMATION).
fn answer(drive: &mut dyn Transport) -> Result<Option<NotDone>, String> {
    let mut room = [0; 34];
    let disc = ReadDiscInformation::standard(34);
    let questions: [(&[u8], &mut [u8]); 2] =
        [(&mmc_wire::Cdb::bytes(&TestUnitReady {}), &mut []), (&mmc_wire::Cdb::bytes(&disc), &mut room)];
    for (n, (cdb, room)) in questions.into_iter().enumerate() {
        let data = if room.is_empty() { Data::None } else { Data::In(room) };
        let outcome = drive.execute(cdb, data, QUESTION).map_err(|error| error.to_string())?;
        let sense = Sense::in_data(&outcome.sense);
        match (outcome.status, sense) {
            (Status::GOOD, _) => {}
            (Status::BUSY, _) => return Ok(Some((None, None))),
            // A disc that cannot be told of is not waited for.
            (_, Some(sense)) if n == 1 && sense.key != SenseKey::NOT_READY => {}
            (_, Some(sense)) => {
                let progress = match outcome.sense.get(15..18) {
                    Some([valid, high, low]) if valid & 0x80 != 0 => Some(u16::from_be_bytes([*high, *low])),
                    _ => None,
                };
                return Ok(Some((Some(sense), progress)));
            }
            (status, None) => return Err(format!("the drive answers {status} and says no more")),
        }
    }
    Ok(None)
}

/// Makes a CD-RW blank; counts every BLANK that the drive took into `cycles`.
///
/// First the least that will do; a disc that a drive cannot make out after that is erased whole.
pub fn erase(
    drive: &mut dyn Transport,
    cycles: &mut u32,
    tell: &mut dyn FnMut(Option<u16>),
) -> Result<(), String> {
    let mut last = String::new();
    for (kind, longest) in [(BlankingType::MINIMAL, LONG), (BlankingType::DISC, LONGEST)] {
        let blank = |immediate| Blank { immediate, kind, ..Blank::default() };
        let sent = match drive.order(&blank(true), QUESTION) {
            Err(error) if is_illegal_field(&error) => drive.order(&blank(false), longest),
            other => other,
        };
        if let Err(error) = sent {
            last = error.to_string();
            continue;
        }
        *cycles += 1;
        settle(drive, After::Anything, longest, tell).map_err(|why| format!("BLANK: {why}"))?;
        match inspect(drive).map_err(|error| error.to_string())? {
            InDrive::Disc(seen) if seen.status == "blank" => return Ok(()),
            other => last = format!("BLANK was done, and there is {other}"),
        }
    }
    Err(last)
}

fn is_illegal_field(error: &CommandError) -> bool {
    matches!(&error.reason, Reason::Sense(sense) if sense.key == SenseKey::ILLEGAL_REQUEST && sense.asc == 0x24)
}

fn named(sense: Sense) -> String {
    format!("{sense} ({})", sense.name().unwrap_or("no name"))
}
