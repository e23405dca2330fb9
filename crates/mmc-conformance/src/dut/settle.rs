//! Waiting until a drive is done with what it was told, and erasing: bounded, whatever the drive says.

use core::time::Duration;

use mmc_wire::command::{
    Blank, BlankingType, Effect, ReadDiscInformation, SynchronizeCache10, TestUnitReady,
};
use mmc_wire::{Command, Sense, SenseKey};
use scsi_transport::{CommandError, Data, Reason, Status, Transport, TransportError, TransportExt};

use super::inspect::{InDrive, inspect};

/// Between the first two questions. A drive is asked again soon, and twice as long after each question.
const FIRST_PAUSE: Duration = Duration::from_millis(15);
/// Between two questions, once it takes long.
const LONGEST_PAUSE: Duration = Duration::from_secs(1);
/// After so long in vain SYNCHRONIZE CACHE is sent again.
const SYNC_AGAIN: Duration = Duration::from_secs(10);
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
    let (mut waited, mut pause, mut attentions) = (Duration::ZERO, FIRST_PAUSE, 0);
    let mut synced: Option<Duration> = None;
    loop {
        let sync_is_due = synced.is_none_or(|when| waited.saturating_sub(when) >= SYNC_AGAIN);
        if after == After::Recording && sync_is_due {
            synced = Some(waited);
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
        drive.wait(pause);
        waited += pause;
        pause = (pause * 2).min(LONGEST_PAUSE);
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

#[cfg(test)]
mod tests {
    use scsi_transport::Outcome;

    use super::*;

    /// Busy with a long operation for the time; remembers what was sent when, and how long was slept at once.
    struct Busy {
        left: Duration,
        now: Duration,
        sent: Vec<(Duration, u8)>,
        slept: Vec<Duration>,
    }

    impl Busy {
        fn for_ms(left: u64) -> Self {
            let left = Duration::from_millis(left);
            Self { left, now: Duration::ZERO, sent: Vec::new(), slept: Vec::new() }
        }
    }

    impl Transport for Busy {
        fn execute(&mut self, cdb: &[u8], _: Data<'_>, _: Duration) -> Result<Outcome, TransportError> {
            self.sent.push((self.now, cdb[0]));
            let busy = [0x70, 0, 2, 0, 0, 0, 0, 10, 0, 0, 0, 0, 0x04, 0x07, 0, 0, 0, 0];
            Ok(if self.now < self.left { Outcome::check(busy.to_vec()) } else { Outcome::good(0) })
        }

        fn wait(&mut self, duration: Duration) {
            self.now += duration;
            self.slept.push(duration);
        }
    }

    /// A run erases a CD-RW a hundred times and more: where the drive is fast, so is the run.
    #[test]
    fn no_drive_is_waited_for_longer_than_twice_its_time_and_a_second() {
        for ms in [0, 1, 40, 700, 5_000, 100_000] {
            let mut drive = Busy::for_ms(ms);
            settle(&mut drive, After::Anything, LONG, &mut |_| {}).unwrap();
            assert!(drive.now <= (drive.left * 2 + FIRST_PAUSE).min(drive.left + LONGEST_PAUSE), "{ms} ms");
            assert!(drive.slept.iter().all(|pause| *pause <= LONGEST_PAUSE), "{:?}", drive.slept);
        }
    }

    #[test]
    fn a_recording_is_told_every_ten_seconds_that_this_was_all() {
        let mut drive = Busy::for_ms(60_000);
        settle(&mut drive, After::Recording, LONG, &mut |_| {}).unwrap();
        let synced: Vec<u64> =
            drive.sent.iter().filter(|(_, opcode)| *opcode == 0x35).map(|(when, _)| when.as_secs()).collect();
        assert_eq!(synced.first(), Some(&0));
        assert!(synced.windows(2).all(|pair| (10..=11).contains(&(pair[1] - pair[0]))), "{synced:?}");
    }

    #[test]
    fn a_drive_that_stays_busy_is_given_up() {
        let said = settle(&mut Busy::for_ms(u64::MAX), After::Anything, LONG, &mut |_| {}).unwrap_err();
        assert!(said.ends_with("after 10 minutes"), "{said}");
    }
}
