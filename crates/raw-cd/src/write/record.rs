//! The sectors, one transfer after the other.

use core::time::Duration;

use cd_format::Lba;
use mmc_wire::command::Write10;
use mmc_wire::{Cdb, Sense, SenseKey};
use scsi_transport::{CommandError, Data, Reason, Status};

use super::report::Reporter;
use super::source::Source;
use super::{Job, Left};
use crate::{Error, HResult, Recorder, WriteAction, sense_map};

/// For one WRITE. A drive may hold it while it spins up and calibrates (the erase sample's spin-up).
const WRITE_TIMEOUT: Duration = Duration::from_secs(60);
/// How long a drive may go on saying that its buffer is full: as long as its longest operation.
const STALLED: Duration = Duration::from_secs(260);
/// Sectors that a drive writes while the host waits, near enough: Pioneer's table of waits has 220 ms
/// at 4x, 110 at 8x, 55 at 16x, 36 at 24x, 27 at 32x.
const SECTORS_A_WAIT: u64 = 65;
/// The waits of cdrdao and cdrecord: shorter ones are questions, longer ones let a buffer run dry.
const SHORTEST_WAIT: Duration = Duration::from_millis(40);
const LONGEST_WAIT: Duration = Duration::from_millis(60);

/// Where the sectors go.
pub(super) struct Plan {
    pub start: Lba,
    pub sectors: u32,
    pub sector_bytes: usize,
    /// Blocks of one WRITE.
    pub blocks: u16,
    /// The drive's write speed; 0 when it does not tell.
    pub sectors_per_second: i32,
}

impl Plan {
    /// Blocks that a transfer may have, no more than there are.
    pub fn blocks(recorder: &Recorder, sector_bytes: usize, sectors: u32) -> u16 {
        let fit = recorder.max_transfer_bytes() / sector_bytes.max(1);
        let some = u32::try_from(fit).unwrap_or(u32::MAX).clamp(1, u16::MAX.into()).min(sectors.max(1));
        u16::try_from(some).unwrap_or(u16::MAX)
    }

    /// How long to wait for room in a full buffer.
    fn pause(&self) -> Duration {
        match u64::try_from(self.sectors_per_second) {
            Ok(speed @ 1..) => Duration::from_millis(SECTORS_A_WAIT * 1000 / speed),
            _ => LONGEST_WAIT,
        }
        .clamp(SHORTEST_WAIT, LONGEST_WAIT)
    }
}

/// Records all sectors, without a gap.
pub(super) fn record(
    job: &Job<'_>,
    plan: &Plan,
    source: &mut Source<'_>,
    reporter: &mut Reporter<'_>,
) -> Result<(), Error> {
    let mut buffer = vec![0; usize::from(plan.blocks) * plan.sector_bytes];
    while reporter.sectors_sent() < plan.sectors {
        cancelled(job, plan, reporter)?;
        let sent = reporter.sectors_sent();
        let blocks = u16::try_from(plan.sectors - sent).unwrap_or(u16::MAX).min(plan.blocks);
        let transfer = &mut buffer[..usize::from(blocks) * plan.sector_bytes];
        source.fill(transfer)?;
        reporter.read(blocks.into(), transfer.len());
        let lba = plan.start + i32::try_from(sent).unwrap_or(i32::MAX);
        send(job, plan, &Write10 { lba, blocks, ..Write10::default() }, transfer, reporter)?;
        reporter.sent(blocks.into());
        reporter.pace(WriteAction::WRITING);
    }
    Ok(())
}

/// The end, if it was asked for.
pub(super) fn cancelled(job: &Job<'_>, plan: &Plan, reporter: &Reporter<'_>) -> Result<(), Error> {
    if job.is_cancelled() {
        let written = reporter.sectors_sent();
        let left = if written == 0 { Left::Nothing } else { Left::Unknown };
        return Err(Error::Cancelled { written, of: plan.sectors, left });
    }
    Ok(())
}

/// What a drive made of a WRITE.
enum Taken {
    All,
    /// Not yet: the same again, later.
    Later(Reason),
}

/// Sends one transfer until the drive has taken it.
fn send(
    job: &Job<'_>,
    plan: &Plan,
    command: &Write10,
    transfer: &[u8],
    reporter: &mut Reporter<'_>,
) -> Result<(), Error> {
    let pause = plan.pause();
    let mut waited = Duration::ZERO;
    loop {
        let reason = match take(job.recorder, command, transfer)? {
            Taken::All => return Ok(()),
            Taken::Later(reason) => reason,
        };
        if waited >= STALLED {
            return Err(failed(command, reason));
        }
        job.recorder.wait(pause);
        waited += pause;
        reporter.pace(WriteAction::WRITING);
        cancelled(job, plan, reporter)?;
    }
}

fn take(recorder: &Recorder, command: &Write10, transfer: &[u8]) -> Result<Taken, Error> {
    let outcome =
        recorder.execute(command, Data::Out(transfer), WRITE_TIMEOUT).map_err(Error::while_recording)?;
    match outcome.status {
        Status::GOOD if outcome.transferred == transfer.len() => Ok(Taken::All),
        // What follows would be recorded in the wrong place, or not at all.
        Status::GOOD => Err(Error::InvalidResponse {
            command: Write10::ROW.name,
            what: format!(
                "at LBA {}: {} bytes were taken with GOOD: expected {}",
                command.lba,
                outcome.transferred,
                transfer.len()
            ),
        }),
        Status::CHECK_CONDITION => {
            let sense = Sense::in_data(&outcome.sense).unwrap_or(Sense::NO_SENSE);
            match sense {
                Sense::LONG_WRITE_IN_PROGRESS | Sense::OPERATION_IN_PROGRESS => {
                    Ok(Taken::Later(Reason::Sense(sense)))
                }
                // Done, with the drive's own help (SPC "Sense key definitions"): a disc that runs short
                // of calibration areas is one that can still be finished.
                Sense { key: SenseKey::RECOVERED_ERROR, .. } => Ok(Taken::All),
                _ if sense_map::translate_writing(sense, Write10::ROW.opcode) == HResult::S_OK => {
                    Ok(Taken::All)
                }
                _ => Err(failed(command, Reason::Sense(sense))),
            }
        }
        // Not begun (SAM "Status codes").
        status @ (Status::BUSY | Status::TASK_SET_FULL) => Ok(Taken::Later(Reason::Status(status))),
        status => Err(failed(command, Reason::Status(status))),
    }
}

fn failed(command: &Write10, reason: Reason) -> Error {
    Error::Recording(CommandError { command: Write10::ROW.name, cdb: command.bytes(), reason })
}
