//! Sending the blocks of a session, WRITE after WRITE.

use core::time::Duration;

use cd_format::Lba;
use mmc_wire::command::{Write10, Write12};
use mmc_wire::{Cdb, Sense};
use scsi_transport::{Data, Outcome, Transport};

use super::COMMAND_TIMEOUT;
use crate::fixture::WriteCommand;
use crate::image::Image;
use crate::judge::Answer;

/// Bytes of one transfer: what hosts send at once.
const TRANSFER: usize = 64 * 1024;

/// Before a WRITE is sent again that found the buffer full: cdrdao waits 40 ms, cdrecord 60.
const PAUSE: Duration = Duration::from_millis(50);

/// So often it is sent again before its answer is the last word: 260 s, longer than any drive needs.
const REPEATS: u32 = 5200;

/// Which blocks are sent, and how.
#[derive(Clone, Copy, Debug)]
pub(super) struct Stretch {
    /// The first block of the image that is sent.
    pub skip: u32,
    /// How many.
    pub frames: u32,
    /// Where to.
    pub at: Lba,
    pub by: WriteCommand,
    /// Whether 2/04/07 and 2/04/08 are waited out.
    pub patient: bool,
}

/// Sends the blocks. The answer is that of the last WRITE: the first that is refused, or the one that
/// ends the stretch; with it, how many blocks the drive took.
pub(super) fn record(line: &mut impl Transport, image: &Image, stretch: Stretch) -> Option<(Answer, u32)> {
    let mut last = None;
    let mut sent = 0;
    let mut data = Vec::with_capacity(TRANSFER);
    while sent < stretch.frames {
        let nth = |n: u32| stretch.skip.saturating_add(n);
        let bytes = image.bytes_of(nth(sent)).max(1);
        let most = u32::try_from(TRANSFER / bytes).unwrap_or(1).max(1).min(stretch.frames - sent);
        // A WRITE has blocks of one size.
        let alike = (sent..sent + most).take_while(|n| image.bytes_of(nth(*n)) == bytes).count();
        let count = u32::try_from(alike).unwrap_or(most);
        data.clear();
        for n in sent..sent + count {
            image.append(nth(n), &mut data);
        }
        let lba = Lba(stretch.at.0.saturating_add_unsigned(sent));
        let cdb = match stretch.by {
            WriteCommand::Write10 => {
                let blocks = u16::try_from(count).unwrap_or(u16::MAX);
                Write10 { lba, blocks, ..Write10::default() }.bytes().to_vec()
            }
            WriteCommand::Write12 => Write12 { lba, blocks: count, ..Write12::default() }.bytes().to_vec(),
        };
        let mut outcome = line.execute(&cdb, Data::Out(&data), COMMAND_TIMEOUT);
        for _ in 0..REPEATS {
            if !stretch.patient || !outcome.as_ref().is_ok_and(is_busy) {
                break;
            }
            line.wait(PAUSE);
            outcome = line.execute(&cdb, Data::Out(&data), COMMAND_TIMEOUT);
        }
        let good = outcome.as_ref().is_ok_and(Outcome::is_good);
        last = Some(Answer { cdb, outcome, data: Vec::new() });
        if !good {
            break;
        }
        sent += count;
    }
    last.map(|answer| (answer, sent))
}

fn is_busy(outcome: &Outcome) -> bool {
    let sense = Sense::in_data(&outcome.sense).filter(|_| !outcome.is_good());
    matches!(sense, Some(Sense::LONG_WRITE_IN_PROGRESS | Sense::OPERATION_IN_PROGRESS))
}

#[cfg(test)]
mod tests;
