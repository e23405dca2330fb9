//! The full feature phase of a session.
//!
//! One thread reads: it answers what needs no device at once, and puts commands into the queue. Whoever executes takes
//! them from there in order: a thread of its own where commands may take long, so that a NOP-Out is answered meanwhile; or the
//! reading thread itself where every command ends at once.

mod execute;
mod manage;
mod outgoing;
mod queue;
mod talk;
mod task;

use std::io;
use std::sync::{Arc, Condvar, Mutex, MutexGuard, PoisonError};
use std::time::Instant;

use scsi_transport::Transport;

pub use outgoing::{Outgoing, Patient, Window};
use queue::{Ahead, BUDGET, Queue, Turn};
use task::{CRC_ERROR, Task};

use crate::login::{Agreed, SessionType};
use crate::pdu::answer::{R2t, Reject, reject_reason};
use crate::pdu::read::Pdu;
use crate::pdu::request::{DataOut, LogoutRequest, NopOut, ScsiCommand, TaskRequest, TextRequest};
use crate::pdu::{BasicHeader, HEADER, NO_TAG, Opcode, WrongOpcode};
use crate::server::Shared;
use crate::unit::NexusId;

/// Bytes of data that a request may bring which is kept until its turn.
const MOST_AHEAD: usize = 64 << 10;

/// Whether the connection goes on.
#[derive(Clone, Copy, Debug, Eq, PartialEq)]
pub enum Flow {
    /// It does.
    GoesOn,
    /// Everything is said; close.
    Ends,
}

/// Why a connection is given up.
#[derive(Debug, thiserror::Error)]
pub enum GiveUp {
    /// Sending failed.
    #[error("cannot send: {0}")]
    Io(#[from] io::Error),
    /// The initiator does what nobody can answer.
    #[error("{0}")]
    Protocol(String),
}

impl From<WrongOpcode> for GiveUp {
    fn from(wrong: WrongOpcode) -> Self {
        Self::Protocol(wrong.to_string())
    }
}

/// A session in its full feature phase.
pub struct Session<T> {
    pub(crate) shared: Arc<Shared<T>>,
    pub(crate) nexus: NexusId,
    pub(crate) agreed: Mutex<Agreed>,
    /// What SendTargets names as our address.
    portal: String,
    queue: Mutex<Queue>,
    /// Something may be ready to be executed, or the session is over.
    ready: Condvar,
    out: Mutex<Outgoing>,
    state: Mutex<State>,
}

/// What only the reading thread changes.
#[derive(Debug, Default)]
struct State {
    /// The last transfer tag that was given.
    transfer_tag: u32,
    /// Our own NOP-In has not been answered.
    is_pinged: bool,
    /// Text that goes on.
    text: Vec<u8>,
    /// What is left of an answer that goes on, and the tag by which the rest is asked for.
    answer: Vec<u8>,
    answer_tag: Option<u32>,
}

/// What came of asking for something to do.
#[derive(Clone, Copy, Debug, Eq, PartialEq)]
pub enum Next {
    /// A job was done.
    Done,
    /// Nothing is ready.
    Nothing,
}

impl<T: Transport> Session<T> {
    /// A session that has logged in; `out` numbers on from there.
    pub fn new(
        shared: Arc<Shared<T>>,
        nexus: NexusId,
        agreed: Agreed,
        out: Outgoing,
        portal: String,
    ) -> Self {
        Self {
            shared,
            nexus,
            queue: Mutex::new(Queue::new(agreed.command_number)),
            agreed: Mutex::new(agreed),
            portal,
            ready: Condvar::new(),
            out: Mutex::new(out),
            state: Mutex::default(),
        }
    }

    /// Does what a PDU asks. What is said in answer waits for [`flush`](Self::flush).
    pub fn handle(&self, pdu: &Pdu<'_>) -> Result<Flow, GiveUp> {
        let header = &pdu.header;
        let opcode = header.opcode();
        if opcode == Opcode::DATA_OUT {
            self.data_out(&DataOut::parse(header)?, pdu)?;
            return Ok(Flow::GoesOn);
        }
        if pdu.data_is_corrupt {
            log::warn!("the data digest of a {opcode} is wrong");
            self.reject(header, reject_reason::DATA_DIGEST)?;
            // A command's header is sound, and its task ends with the sense for it. Of anything else nobody knows what
            // it said, its CmdSN would never be used again, and at ErrorRecoveryLevel 0 nobody sends it twice.
            if opcode != Opcode::SCSI_COMMAND {
                return Err(GiveUp::Protocol(format!("the data digest of a {opcode} is wrong")));
            }
        }
        if header.is_immediate() || opcode == Opcode::SNACK_REQUEST {
            return self.request(pdu);
        }
        let number = u32::from_be_bytes([header.0[24], header.0[25], header.0[26], header.0[27]]);
        let mut queue = lock(&self.queue);
        match queue.turn(number) {
            Turn::Now => {}
            // More than a command may bring unasked is not kept for one that is early.
            Turn::Later if pdu.data.len() > MOST_AHEAD => {
                drop(queue);
                self.reject(header, reject_reason::PROTOCOL)?;
                return Ok(Flow::GoesOn);
            }
            Turn::Later => {
                log::debug!("CmdSN {number} comes before {}: kept", queue.expected());
                let ahead = Ahead {
                    header: *header,
                    additional: pdu.additional.to_vec(),
                    data: pdu.data.to_vec(),
                    data_is_corrupt: pdu.data_is_corrupt,
                };
                queue.keep(number, ahead);
                return Ok(Flow::GoesOn);
            }
            Turn::Never => {
                log::warn!("CmdSN {number} is outside of {} to {}: ignored", queue.expected(), queue.max());
                return Ok(Flow::GoesOn);
            }
        }
        drop(queue);
        let mut flow = self.request(pdu)?;
        while flow == Flow::GoesOn {
            let kept = lock(&self.queue).kept();
            let Some(Ahead { header, additional, data, data_is_corrupt }) = kept else { break };
            flow = self.request(&Pdu { header, additional: &additional, data: &data, data_is_corrupt })?;
        }
        Ok(flow)
    }

    fn request(&self, pdu: &Pdu<'_>) -> Result<Flow, GiveUp> {
        let header = &pdu.header;
        let is_normal = lock(&self.agreed).session == SessionType::Normal;
        match header.opcode() {
            Opcode::NOP_OUT => self.nop_out(&NopOut::parse(header)?, pdu.data)?,
            Opcode::TEXT_REQUEST => self.text_request(&TextRequest::parse(header)?, pdu)?,
            Opcode::LOGOUT_REQUEST => return self.logout(&LogoutRequest::parse(header)?),
            Opcode::SCSI_COMMAND if is_normal => self.command(&ScsiCommand::parse(header)?, pdu)?,
            Opcode::TASK_REQUEST if is_normal => self.manage(&TaskRequest::parse(header)?)?,
            Opcode::SCSI_COMMAND | Opcode::TASK_REQUEST => {
                log::warn!("{} in a discovery session", header.opcode());
                self.reject(header, reject_reason::PROTOCOL)?;
            }
            // ErrorRecoveryLevel 0: nothing is sent again.
            Opcode::SNACK_REQUEST => self.reject(header, reject_reason::SNACK)?,
            opcode => {
                log::warn!("{opcode} in the full feature phase");
                self.reject(header, reject_reason::PROTOCOL)?;
                return Err(GiveUp::Protocol(format!("{opcode} in the full feature phase")));
            }
        }
        Ok(Flow::GoesOn)
    }

    fn command(&self, command: &ScsiCommand, pdu: &Pdu<'_>) -> Result<(), GiveUp> {
        let parameters = lock(&self.agreed).parameters.clone();
        let has_additional = !pdu.additional.is_empty();
        let mut task = Task::new(*command, pdu.data, has_additional, &parameters, Instant::now());
        if pdu.data_is_corrupt {
            task.fail(CRC_ERROR);
        }
        /// "Head of queue" of the task attributes.
        const HEAD_OF_QUEUE: u8 = 3;
        let first = command.attribute == HEAD_OF_QUEUE || command.immediate;
        let mut queue = lock(&self.queue);
        if command.task_tag == NO_TAG || queue.has(command.task_tag) {
            drop(queue);
            log::warn!("a task {:#010x} is in progress already", command.task_tag);
            return self.reject(&pdu.header, reject_reason::TASK_IN_PROGRESS);
        }
        if !queue.push(task, first) {
            drop(queue);
            return self.reject(&pdu.header, reject_reason::TOO_MANY_IMMEDIATE);
        }
        drop(queue);
        self.ask_for_data()?;
        self.ready.notify_one();
        Ok(())
    }

    fn data_out(&self, header: &DataOut, pdu: &Pdu<'_>) -> Result<(), GiveUp> {
        let parameters = lock(&self.agreed).parameters.clone();
        let mut queue = lock(&self.queue);
        let Some(task) = queue.tasks_mut().find(|task| task.command.task_tag == header.task_tag) else {
            // Of a task that has ended, or was aborted: what was under way is let through.
            log::debug!("Data-Out for task {:#010x}, which is not here: ignored", header.task_tag);
            return Ok(());
        };
        task.take(header, pdu.data, &parameters, Instant::now());
        if pdu.data_is_corrupt {
            task.fail(CRC_ERROR);
        }
        if let Some(fault) = task.fault() {
            log::warn!("Data-Out of task {:#010x}: {fault}", header.task_tag);
        }
        drop(queue);
        if pdu.data_is_corrupt {
            self.reject(&pdu.header, reject_reason::DATA_DIGEST)?;
        }
        self.ask_for_data()?;
        self.ready.notify_one();
        Ok(())
    }

    /// R2T for tasks whose turn comes soon; what they hold together stays within a budget.
    pub(super) fn ask_for_data(&self) -> Result<(), GiveUp> {
        let parameters = lock(&self.agreed).parameters.clone();
        let mut asked = Vec::new();
        let mut queue = lock(&self.queue);
        let mut held = 0;
        for task in queue.tasks_mut() {
            if let Some(want) = task.want(&parameters) {
                if held > 0 && held + want.bytes > BUDGET {
                    break;
                }
                let tag = self.next_transfer_tag();
                task.ask(want, tag, Instant::now());
                asked.push(R2t {
                    is_final: true,
                    lun: task.command.lun,
                    task_tag: task.command.task_tag,
                    transfer_tag: tag,
                    number: want.number,
                    // Both are within MAX_TRANSFER.
                    offset: u32::try_from(want.offset).unwrap_or(u32::MAX),
                    bytes: u32::try_from(want.bytes).unwrap_or(u32::MAX),
                    ..R2t::default()
                });
            }
            held += task.held();
        }
        drop(queue);
        // Mostly there is nothing to ask for, and whoever is sending need not be waited for.
        if asked.is_empty() {
            return Ok(());
        }
        let window = self.window();
        let mut out = lock(&self.out);
        for r2t in asked {
            out.remark(r2t, window, &[])?;
        }
        Ok(())
    }

    /// Says that a PDU cannot be answered, and which (RFC 7143 11.17 "Reject").
    pub(super) fn reject(&self, header: &BasicHeader, reason: u8) -> Result<(), GiveUp> {
        let reject = Reject { is_final: true, reason, task_tag: NO_TAG, ..Reject::default() };
        let data: &[u8; HEADER] = &header.0;
        self.answer(reject, data)
    }

    pub(super) fn answer(&self, answer: impl outgoing::Numbered, data: &[u8]) -> Result<(), GiveUp> {
        let window = self.window();
        Ok(lock(&self.out).answer(answer, window, data)?)
    }

    pub(super) fn window(&self) -> Window {
        let mut queue = lock(&self.queue);
        Window { expected: queue.expected(), max: queue.max() }
    }

    /// Sends what waits.
    pub fn flush(&self) -> Result<(), GiveUp> {
        Ok(lock(&self.out).flush()?)
    }

    /// The session is over: nothing more is begun, and nothing more is said but what is on its way.
    pub fn close(&self) {
        lock(&self.queue).close();
        self.ready.notify_all();
    }

    /// Since when the initiator owes data.
    pub fn awaits_since(&self) -> Option<Instant> {
        lock(&self.queue).tasks().filter_map(Task::awaits_since).min()
    }

    pub(super) fn next_transfer_tag(&self) -> u32 {
        let mut state = lock(&self.state);
        state.transfer_tag = state.transfer_tag.wrapping_add(1);
        if state.transfer_tag == NO_TAG {
            state.transfer_tag = 1;
        }
        state.transfer_tag
    }
}

/// Takes a lock; one that a panic has poisoned too: the value is as its last user left it.
pub(crate) fn lock<V: ?Sized>(mutex: &Mutex<V>) -> MutexGuard<'_, V> {
    mutex.lock().unwrap_or_else(PoisonError::into_inner)
}

impl<T> std::fmt::Debug for Session<T> {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.debug_struct("Session")
            .field("nexus", &self.nexus)
            .field("agreed", &self.agreed)
            .finish_non_exhaustive()
    }
}
