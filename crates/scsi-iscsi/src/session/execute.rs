//! A command at the device, and its answer.

use std::time::Duration;

use mmc_wire::Block;
use mmc_wire::sense::SenseData;
use scsi_transport::{Data, Outcome, Status, Transport};

use super::queue::Job;
use super::task::{MAX_TRANSFER, Task};
use super::{GiveUp, Next, Session, lock};
use crate::pdu::answer::{AsyncMessage, DataIn, ScsiResponse, event};
use crate::pdu::{Lun, NO_TAG};

/// How much room for data stays between commands.
const KEPT_ROOM: usize = 1 << 20;

/// For how many milliseconds a farewell waits for its turn.
const FAREWELL_TRIES: u32 = 200;

/// Bytes that came and bytes that were awaited (RFC 7143 11.4.5 "Residual Count").
#[derive(Clone, Copy, Debug, Default, Eq, PartialEq)]
struct Residual {
    overflow: bool,
    underflow: bool,
    count: u32,
}

impl Residual {
    fn of(expected: usize, moved: usize) -> Self {
        let count = |bytes: usize| u32::try_from(bytes).unwrap_or(u32::MAX);
        Self {
            overflow: moved > expected,
            underflow: moved < expected,
            count: count(moved.abs_diff(expected)),
        }
    }
}

impl<T: Transport> Session<T> {
    /// Does the next job, if one is ready; `room` is kept between jobs for what the device sends.
    pub fn execute_next(&self, room: &mut Vec<u8>) -> Result<Next, GiveUp> {
        let Some(job) = lock(&self.queue).start() else { return Ok(Next::Nothing) };
        let done = match job {
            Job::Command(task) => self.execute(&task, room),
            Job::Reset(request) => {
                self.reset();
                lock(&self.queue).answer_later(request);
                Ok(None)
            }
        };
        // The window opens before the answer goes out, which is to say so.
        let finished = lock(&self.queue).finish();
        if !finished.is_aborted {
            match done {
                Ok(Some(answer)) => self.respond(&answer, room)?,
                Ok(None) => {}
                Err(error) => return Err(error),
            }
        }
        for request in finished.waiting {
            self.managed(&request, crate::pdu::answer::task_response::COMPLETE)?;
        }
        // What an unusually large transfer took is not kept for the next.
        room.truncate(KEPT_ROOM);
        room.shrink_to(KEPT_ROOM);
        self.ask_for_data()?;
        Ok(Next::Done)
    }

    /// Waits until a job may be ready. False: `over` says that there will be none.
    pub fn wait(&self, mut over: impl FnMut() -> bool) -> bool {
        let mut queue = lock(&self.queue);
        loop {
            if over() {
                return false;
            }
            if queue.is_startable() {
                return true;
            }
            queue = self.ready.wait(queue).unwrap_or_else(std::sync::PoisonError::into_inner);
        }
    }

    /// Whoever waits shall look again.
    pub fn wake(&self) {
        let _held = lock(&self.queue);
        self.ready.notify_all();
    }

    fn execute(&self, task: &Task, room: &mut Vec<u8>) -> Result<Option<Answer>, GiveUp> {
        let command = &task.command;
        let expected = task.expected();
        let answer = |outcome: Outcome, moved| Answer {
            task_tag: command.task_tag,
            residual: Residual::of(expected, moved),
            sent: if command.read { moved.min(expected) } else { 0 },
            requests: task.requests(),
            outcome,
        };
        if let Some(fault) = task.fault() {
            let sense = SenseData::current(fault).to_bytes();
            return Ok(Some(answer(Outcome::check(sense), 0)));
        }
        let data = if command.read {
            // A device that has more to give than the initiator awaits is to be heard, for the residual.
            let wanted = expected.max(asked_for(&command.cdb)).min(MAX_TRANSFER);
            if room.len() < wanted {
                room.resize(wanted, 0);
            }
            Data::In(&mut room[..wanted])
        } else if command.write && expected > 0 {
            Data::Out(task.data())
        } else {
            Data::None
        };
        let cdb = &command.cdb[..cdb_bytes(command.cdb[0])];
        let done = self.shared.unit().execute(self.nexus, command.lun, cdb, data, self.shared.command_time());
        Ok(Some(match done {
            Ok(outcome) => {
                if !outcome.is_good() {
                    self.shared.send_events();
                }
                let moved = outcome.transferred;
                answer(outcome, moved)
            }
            Err(error) => {
                log::error!("the device did not answer: {error}");
                answer(Outcome { status: TARGET_FAILURE, sense: Vec::new(), transferred: 0 }, 0)
            }
        }))
    }

    fn respond(&self, answer: &Answer, room: &[u8]) -> Result<(), GiveUp> {
        let (max_burst, max_segment) = {
            let parameters = &lock(&self.agreed).parameters;
            (parameters.max_burst as usize, parameters.max_send_data_segment.max(1) as usize)
        };
        let window = self.window();
        let mut out = lock(&self.out);
        let data = &room[..answer.sent];
        let residual = answer.residual;
        let collapse = answer.outcome.is_good() && !data.is_empty();
        let (mut offset, mut number) = (0, 0);
        while offset < data.len() {
            let in_burst = max_burst.max(1) - offset % max_burst.max(1);
            let bytes = max_segment.min(in_burst).min(data.len() - offset);
            let end = offset + bytes;
            let last = end == data.len();
            let mut header = DataIn {
                is_final: last || bytes == in_burst,
                task_tag: answer.task_tag,
                transfer_tag: NO_TAG,
                data_number: number,
                offset: u32::try_from(offset).unwrap_or(u32::MAX),
                ..DataIn::default()
            };
            if last && collapse {
                header.has_status = true;
                header.overflow = residual.overflow;
                header.underflow = residual.underflow;
                header.residual = residual.count;
                header.status = answer.outcome.status.0;
                out.answer(header, window, &data[offset..end])?;
            } else {
                out.data(header, window, &data[offset..end])?;
            }
            number += 1;
            offset = end;
        }
        if collapse {
            return Ok(());
        }
        let failed = answer.outcome.status == TARGET_FAILURE;
        let response = ScsiResponse {
            is_final: true,
            overflow: residual.overflow && !failed,
            underflow: residual.underflow && !failed,
            response: u8::from(failed),
            status: if failed { 0 } else { answer.outcome.status.0 },
            task_tag: answer.task_tag,
            expected_data: number.saturating_add(answer.requests),
            residual: if failed { 0 } else { residual.count },
            ..ScsiResponse::default()
        };
        out.answer(response, window, &sense_segment(&answer.outcome.sense))?;
        Ok(())
    }

    /// Tells the initiator what it has not asked for (RFC 7143 11.9, event 0).
    pub fn send_event(&self, sense: mmc_wire::Sense) -> Result<(), GiveUp> {
        let message = AsyncMessage {
            is_final: true,
            lun: Lun::ZERO,
            task_tag: NO_TAG,
            event: event::SCSI,
            ..AsyncMessage::default()
        };
        self.answer(message, &sense_segment(&SenseData::current(sense).to_bytes()))?;
        self.flush()
    }

    /// Tells the initiator that the connection ends.
    pub fn send_farewell(&self) -> Result<(), GiveUp> {
        let message = AsyncMessage {
            is_final: true,
            task_tag: NO_TAG,
            event: event::SESSION_DROPS,
            parameter2: 2,
            ..AsyncMessage::default()
        };
        let window = self.window();
        // Somebody may be sending just now, and perhaps cannot.
        for _ in 0..FAREWELL_TRIES {
            if let Ok(mut out) = self.out.try_lock() {
                out.answer(message, window, &[])?;
                return Ok(out.flush()?);
            }
            std::thread::sleep(Duration::from_millis(1));
        }
        Ok(())
    }
}

/// No SCSI status: the device could not be asked. It becomes the response code "target failure".
const TARGET_FAILURE: Status = Status(0xFF);

/// What the initiator is to hear.
struct Answer {
    task_tag: u32,
    outcome: Outcome,
    residual: Residual,
    /// Bytes of data that go to it.
    sent: usize,
    /// R2T that the task has had.
    requests: u32,
}

/// Sense data behind its length (RFC 7143 11.4.7 "Data Segment - Sense and Response Data Segment").
fn sense_segment(sense: &[u8]) -> Vec<u8> {
    let Ok(length) = u16::try_from(sense.len()) else { return Vec::new() };
    if length == 0 {
        return Vec::new();
    }
    let mut segment = length.to_be_bytes().to_vec();
    segment.extend_from_slice(sense);
    segment
}

/// How long a CDB is. What groups without a length of their own have is the vendor's: all that came.
const fn cdb_bytes(opcode: u8) -> usize {
    match opcode >> 5 {
        3 | 6 | 7 => 16,
        _ => mmc_wire::command::cdb_bytes(opcode),
    }
}

/// Bytes that a READ asks for, of the 2048 that a block of a data disc has: the one thing where initiators are known
/// to await less.
fn asked_for(cdb: &[u8; 16]) -> usize {
    const BLOCK: usize = 2048;
    let blocks = match cdb[0] {
        0x08 => usize::from(cdb[4]),
        0x28 => usize::from(u16::from_be_bytes([cdb[7], cdb[8]])),
        0xA8 => u32::from_be_bytes([cdb[6], cdb[7], cdb[8], cdb[9]]) as usize,
        _ => 0,
    };
    blocks.saturating_mul(BLOCK).min(MAX_TRANSFER)
}
