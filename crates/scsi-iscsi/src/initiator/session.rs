//! The full feature phase: commands out, answers in.

use core::time::Duration;
use std::collections::VecDeque;
use std::io::{Read, Write};
use std::time::Instant;

use scsi_transport::{Data, Outcome, TransportError};

use super::error::Failure;
use super::event::Event;
use super::login::{LoggedIn, Parameters};
use super::numbers::Numbers;
use super::task::{LONGEST_CDB, Payload, Task, sense_in};
use super::wire::Wire;
use crate::pdu::answer::{
    AsyncMessage, DataIn, LogoutResponse, NopIn, R2t, Reject, ScsiResponse, TaskResponse, event,
    reject_reason,
};
use crate::pdu::read::{Pdu, PduReader};
use crate::pdu::request::{LogoutRequest, NopOut, TaskRequest};
use crate::pdu::write::PduWriter;
use crate::pdu::{BasicHeader, HEADER, Lun, NO_TAG, Opcode};

/// As many events wait to be taken; older ones are forgotten.
const MOST_EVENTS: usize = 64;

/// A command that has ended.
#[derive(Debug)]
pub struct Completion {
    /// What [`submit`](super::Initiator::submit) gave.
    pub tag: u32,
    /// What came of it.
    pub outcome: Result<Outcome, TransportError>,
    /// The data phase that was submitted.
    pub payload: Payload,
}

/// A session of one connection.
#[derive(Debug)]
pub(super) struct Session<R, W> {
    reader: PduReader<R>,
    state: State<W>,
}

/// All but the reader, from which what just came is still borrowed.
#[derive(Debug)]
struct State<W> {
    writer: PduWriter<W>,
    numbers: Numbers,
    parameters: Parameters,
    lun: Lun,
    tasks: Vec<Task>,
    done: VecDeque<Completion>,
    /// A request other than a command: its tag, and the answer's code when it has come.
    request: Option<(u32, Option<u8>)>,
    events: VecDeque<Event>,
    /// The target asked us to leave.
    is_asked_to_leave: bool,
}

impl<R: Read + Wire, W: Write + Wire> Session<R, W> {
    pub(super) fn new(login: LoggedIn<R, W>, lun: Lun) -> Self {
        let LoggedIn { reader, writer, numbers, parameters } = login;
        let state = State {
            writer,
            numbers,
            parameters,
            lun,
            tasks: Vec::new(),
            done: VecDeque::new(),
            request: None,
            events: VecDeque::new(),
            is_asked_to_leave: false,
        };
        Self { reader, state }
    }

    pub(super) const fn parameters(&self) -> &Parameters {
        &self.state.parameters
    }

    pub(super) const fn is_asked_to_leave(&self) -> bool {
        self.state.is_asked_to_leave
    }

    pub(super) const fn in_flight(&self) -> usize {
        self.state.tasks.len()
    }

    pub(super) fn events(&mut self) -> impl Iterator<Item = Event> {
        self.state.events.drain(..)
    }

    /// Sends a command, as soon as the target takes one; `data` is what moves, now or later lent again.
    pub(super) fn start(
        &mut self,
        cdb: &[u8],
        data: &mut Data<'_>,
        deadline: Instant,
    ) -> Result<u32, Failure> {
        let mut padded = [0; LONGEST_CDB];
        padded[..cdb.len()].copy_from_slice(cdb);
        while !self.state.numbers.has_room() {
            self.step(deadline, None)?;
        }
        self.state.writer.stream().until(deadline);
        let State { writer, numbers, parameters, lun, .. } = &mut self.state;
        let task = Task::start(writer, numbers, parameters, (*lun, &padded), data)?;
        let tag = task.tag;
        self.state.tasks.push(task);
        Ok(tag)
    }

    /// The same for a data phase that stays here until the command is complete.
    pub(super) fn submit(
        &mut self,
        cdb: &[u8],
        mut payload: Payload,
        deadline: Instant,
    ) -> Result<u32, Failure> {
        let tag = self.start(cdb, &mut payload.lend(), deadline)?;
        if let Some(task) = self.state.tasks.last_mut() {
            task.payload = Some(payload);
        }
        Ok(tag)
    }

    /// Waits for the end of this command.
    pub(super) fn finish(
        &mut self,
        tag: u32,
        data: &mut Data<'_>,
        deadline: Instant,
    ) -> Result<Completion, Failure> {
        loop {
            if let Some(done) = self.take_done(tag) {
                return Ok(done);
            }
            self.step(deadline, Some((tag, data)))?;
        }
    }

    /// The end of this command, if it has come.
    pub(super) fn take_done(&mut self, tag: u32) -> Option<Completion> {
        let at = self.state.done.iter().position(|done| done.tag == tag)?;
        self.state.done.remove(at)
    }

    /// Waits for the end of any command. `None`: there is none.
    pub(super) fn complete(&mut self, deadline: Instant) -> Result<Option<Completion>, Failure> {
        loop {
            if let Some(done) = self.state.done.pop_front() {
                return Ok(Some(done));
            }
            if self.state.tasks.is_empty() {
                return Ok(None);
            }
            self.step(deadline, None)?;
        }
    }

    /// Nothing answers for this task any more: what it was lent is gone.
    pub(super) fn forget(&mut self, tag: u32) {
        self.state.tasks.retain(|task| task.tag != tag);
    }

    /// Ends a task from here, if it still runs; it is complete with this error.
    pub(super) fn fail(&mut self, tag: u32, why: &TransportError) {
        if let Some(at) = self.state.tasks.iter().position(|task| task.tag == tag) {
            let task = self.state.tasks.swap_remove(at);
            self.state.end(task, Err(why.clone()));
        }
    }

    /// Ends all tasks from here; they are complete with this error.
    pub(super) fn fail_all(&mut self, why: &TransportError) {
        for task in core::mem::take(&mut self.state.tasks) {
            self.state.end(task, Err(why.clone()));
        }
    }

    /// CmdSN of a task that runs.
    pub(super) fn number_of(&self, tag: u32) -> Option<u32> {
        self.state.tasks.iter().find(|task| task.tag == tag).map(|task| task.number)
    }

    /// Task management: gives the target's response code.
    pub(super) fn manage(
        &mut self,
        function: u8,
        of: Option<(u32, u32)>,
        lent: Option<(u32, &mut Data<'_>)>,
        deadline: Instant,
    ) -> Result<u8, Failure> {
        let numbers = &mut self.state.numbers;
        let (referenced_tag, referenced_number) = of.unwrap_or((NO_TAG, 0));
        let tag = numbers.tag();
        let request = TaskRequest {
            immediate: true,
            is_final: true,
            function,
            lun: self.state.lun,
            task_tag: tag,
            referenced_tag,
            command_number: numbers.command,
            expected_status: numbers.status,
            referenced_number,
            expected_data: 0,
        };
        self.request(request.emit(), tag, lent, deadline)
    }

    /// The end of the session; gives the target's response code.
    pub(super) fn logout(&mut self, deadline: Instant) -> Result<u8, Failure> {
        let numbers = &mut self.state.numbers;
        let tag = numbers.tag();
        let request = LogoutRequest {
            immediate: true,
            is_final: true,
            task_tag: tag,
            command_number: numbers.command,
            expected_status: numbers.status,
            ..LogoutRequest::default()
        };
        self.request(request.emit(), tag, None, deadline)
    }

    /// "Are you there?"
    pub(super) fn ping(&mut self, deadline: Instant) -> Result<(), Failure> {
        let numbers = &mut self.state.numbers;
        let tag = numbers.tag();
        let request = NopOut {
            immediate: true,
            is_final: true,
            lun: self.state.lun,
            task_tag: tag,
            transfer_tag: NO_TAG,
            command_number: numbers.command,
            expected_status: numbers.status,
        };
        self.request(request.emit(), tag, None, deadline).map(|_| ())
    }

    fn request(
        &mut self,
        header: BasicHeader,
        tag: u32,
        mut lent: Option<(u32, &mut Data<'_>)>,
        deadline: Instant,
    ) -> Result<u8, Failure> {
        self.state.writer.stream().until(deadline);
        self.state.writer.write(header, &[]).map_err(|error| Failure::sending(&error))?;
        self.state.request = Some((tag, None));
        loop {
            if let Some((_, Some(code))) = self.state.request {
                self.state.request = None;
                return Ok(code);
            }
            let lent = lent.as_mut().map(|(tag, data)| (*tag, &mut **data));
            if let Err(failure) = self.step(deadline, lent) {
                self.state.request = None;
                return Err(failure);
            }
        }
    }

    /// Keeps the connection alive until `deadline`: pings are answered.
    pub(super) fn idle(&mut self, deadline: Instant) -> Result<(), Failure> {
        loop {
            match self.step(deadline, None) {
                Ok(()) => {}
                Err(Failure::Timeout) => return Ok(()),
                Err(failure) => return Err(failure),
            }
        }
    }

    /// Takes one PDU. `lent` is the data phase of that task.
    fn step(&mut self, deadline: Instant, lent: Option<(u32, &mut Data<'_>)>) -> Result<(), Failure> {
        self.state.writer.stream().until(deadline);
        if !self.reader.has_whole() {
            self.state.writer.flush().map_err(|error| Failure::sending(&error))?;
        } else if Instant::now() >= deadline {
            // A target that talks without end is as late as one that is silent.
            return Err(Failure::Timeout);
        }
        self.reader.stream().until(deadline);
        let pdu = self.reader.next()?;
        let pdu = pdu.ok_or_else(|| Failure::Broken("the target closed the connection".to_owned()))?;
        self.state.take(&pdu, lent)
    }
}

impl<W: Write + Wire> State<W> {
    fn take(&mut self, pdu: &Pdu<'_>, lent: Option<(u32, &mut Data<'_>)>) -> Result<(), Failure> {
        let header = &pdu.header;
        self.numbers.window(header);
        match header.opcode() {
            Opcode::SCSI_RESPONSE => self.scsi_response(&ScsiResponse::parse(header)?, pdu),
            Opcode::DATA_IN => self.data_in(&DataIn::parse(header)?, pdu, lent),
            Opcode::R2T => self.r2t(&R2t::parse(header)?, lent),
            Opcode::NOP_IN => self.nop_in(&NopIn::parse(header)?, pdu),
            Opcode::TASK_RESPONSE => self.answered(header, TaskResponse::parse(header)?.response),
            Opcode::LOGOUT_RESPONSE => self.answered(header, LogoutResponse::parse(header)?.response),
            Opcode::ASYNC_MESSAGE => self.message(&AsyncMessage::parse(header)?, pdu),
            Opcode::REJECT => self.reject(&Reject::parse(header)?, pdu),
            _ => Err(Failure::protocol(format!("a target does not send this now: {header:?}"))),
        }
    }

    fn scsi_response(&mut self, response: &ScsiResponse, pdu: &Pdu<'_>) -> Result<(), Failure> {
        self.numbers.answered(&pdu.header)?;
        let at = self.find(&pdu.header)?;
        let outcome = match response.response {
            0 => Ok(self.tasks[at].responded(response, pdu)?),
            // RFC 7143 11.4.3 "Response": 1 is "Target failure", the rest is a vendor's.
            code => Err(TransportError::Host(format!("the target failed, response code {code:#04x}"))),
        };
        let task = self.tasks.swap_remove(at);
        self.end(task, outcome);
        Ok(())
    }

    fn data_in(
        &mut self,
        data_in: &DataIn,
        pdu: &Pdu<'_>,
        lent: Option<(u32, &mut Data<'_>)>,
    ) -> Result<(), Failure> {
        if data_in.has_status {
            self.numbers.answered(&pdu.header)?;
        }
        let at = self.find(&pdu.header)?;
        let task = &mut self.tasks[at];
        with_data(task, lent, |task, data| task.take(data, data_in, pdu))?;
        if data_in.has_status {
            let outcome = task.collapsed(data_in)?;
            let task = self.tasks.swap_remove(at);
            self.end(task, Ok(outcome));
        }
        Ok(())
    }

    fn r2t(&mut self, r2t: &R2t, lent: Option<(u32, &mut Data<'_>)>) -> Result<(), Failure> {
        let at = self.find(&r2t.emit())?;
        let Self { writer, numbers, parameters, tasks, .. } = self;
        with_data(&mut tasks[at], lent, |task, data| task.ready(writer, numbers, parameters, data, r2t))
    }

    /// An answer to a ping of ours, or a ping.
    fn nop_in(&mut self, nop: &NopIn, pdu: &Pdu<'_>) -> Result<(), Failure> {
        if nop.task_tag != NO_TAG {
            return self.answered(&pdu.header, 0);
        }
        if nop.transfer_tag == NO_TAG {
            return Ok(());
        }
        if pdu.data_is_corrupt || pdu.data.len() > self.parameters.max_send {
            return Err(Failure::protocol(format!(
                "a ping whose data cannot be sent back: {:?}",
                pdu.header
            )));
        }
        let answer = NopOut {
            immediate: true,
            is_final: true,
            lun: nop.lun,
            task_tag: NO_TAG,
            transfer_tag: nop.transfer_tag,
            command_number: self.numbers.command,
            expected_status: self.numbers.status,
        };
        // At once: who knows when there is something to say again.
        let sent = self.writer.write(answer.emit(), pdu.data).and_then(|()| self.writer.flush());
        sent.map_err(|error| Failure::sending(&error))
    }

    /// The answer to our request of which there is one at a time.
    fn answered(&mut self, header: &BasicHeader, code: u8) -> Result<(), Failure> {
        self.numbers.answered(header)?;
        match &mut self.request {
            Some((tag, answer @ None)) if *tag == header.task_tag() => {
                *answer = Some(code);
                Ok(())
            }
            // One that we gave up waiting for.
            _ => Err(Failure::protocol(format!("an answer that nobody waits for: {header:?}"))),
        }
    }

    fn message(&mut self, message: &AsyncMessage, pdu: &Pdu<'_>) -> Result<(), Failure> {
        self.numbers.answered(&pdu.header)?;
        let seconds = |seconds| Duration::from_secs(u64::from(seconds));
        let event = match message.event {
            event::SCSI => Event::Scsi(sense_in(pdu.data)?),
            event::LOGOUT_REQUESTED => {
                self.is_asked_to_leave = true;
                Event::LogoutRequested { within: seconds(message.parameter3) }
            }
            event::CONNECTION_DROPS | event::SESSION_DROPS => {
                Event::Drops { back_after: seconds(message.parameter2) }
            }
            other => Event::Other(other),
        };
        log::info!("the target says: {event}");
        self.note(event);
        Ok(())
    }

    fn reject(&mut self, reject: &Reject, pdu: &Pdu<'_>) -> Result<(), Failure> {
        self.numbers.answered(&pdu.header)?;
        let Some(rejected) = pdu.data.first_chunk::<HEADER>().map(|bytes| BasicHeader(*bytes)) else {
            return Err(Failure::protocol(format!("a Reject without what is rejected: {:?}", pdu.header)));
        };
        let reason = reject.reason;
        log::warn!("the target rejects {rejected:?}, reason {reason:#04x}");
        // After a wrong data digest CHECK CONDITION follows (RFC 7143 7.8 "Digest Errors").
        if reason == reject_reason::DATA_DIGEST {
            return Ok(());
        }
        if let Some((tag, answer @ None)) = &mut self.request
            && *tag == rejected.task_tag()
        {
            *answer = Some(u8::MAX);
        } else if let Some(at) = self.tasks.iter().position(|task| task.tag == rejected.task_tag()) {
            let task = self.tasks.swap_remove(at);
            let what = rejected.opcode();
            let why = format!("the target rejects the {what}, reason {reason:#04x}");
            self.end(task, Err(TransportError::Host(why)));
        }
        Ok(())
    }

    fn find(&self, header: &BasicHeader) -> Result<usize, Failure> {
        self.tasks
            .iter()
            .position(|task| task.tag == header.task_tag())
            .ok_or_else(|| Failure::protocol(format!("no task has tag {}: {header:?}", header.task_tag())))
    }

    fn end(&mut self, task: Task, outcome: Result<Outcome, TransportError>) {
        let payload = task.payload.unwrap_or(Payload::None);
        self.done.push_back(Completion { tag: task.tag, outcome, payload });
    }

    fn note(&mut self, event: Event) {
        if self.events.len() == MOST_EVENTS {
            self.events.pop_front();
        }
        self.events.push_back(event);
    }
}

/// Does something with a task and its data phase, wherever that is.
fn with_data(
    task: &mut Task,
    lent: Option<(u32, &mut Data<'_>)>,
    what: impl FnOnce(&mut Task, &mut Data<'_>) -> Result<(), Failure>,
) -> Result<(), Failure> {
    if let Some(mut payload) = task.payload.take() {
        let did = what(task, &mut payload.lend());
        task.payload = Some(payload);
        return did;
    }
    match lent {
        Some((tag, data)) if tag == task.tag => what(task, data),
        _ => what(task, &mut Data::None),
    }
}
