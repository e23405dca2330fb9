//! Commands in their order, and how many more may come.
//!
//! RFC 7143 4.2.2.1 "Command Numbering and Acknowledging": commands go to the device in the order of CmdSN. The target
//! says up to which number it takes them; what is outside is ignored without a word.

use std::collections::{BTreeMap, VecDeque};

use super::task::Task;
use crate::pdu::BasicHeader;
use crate::pdu::request::TaskRequest;

/// Commands that may wait at once.
pub const DEPTH: u32 = 32;

/// Commands for immediate delivery that may wait beside them.
const IMMEDIATE: usize = 8;

/// Bytes of commands' data that may be held before only the first in the queue may ask for more.
pub const BUDGET: usize = 4 << 20;

/// What waits for the device.
#[derive(Debug)]
pub enum Job {
    /// A command.
    Command(Task),
    /// Reset the unit, and answer.
    Reset(TaskRequest),
}

/// A request as it came, ahead of one that has not come yet.
#[derive(Debug)]
pub struct Ahead {
    /// Its basic header.
    pub header: BasicHeader,
    /// Its additional headers.
    pub additional: Vec<u8>,
    /// Its data.
    pub data: Vec<u8>,
    /// Whether its data is known to be wrong.
    pub data_is_corrupt: bool,
}

/// What is to be done with a numbered request.
#[derive(Clone, Copy, Debug, Eq, PartialEq)]
pub enum Turn {
    /// It is the next.
    Now,
    /// Others have to come first.
    Later,
    /// It is outside the window, or has been here.
    Never,
}

/// The order of one session.
#[derive(Debug)]
pub struct Queue {
    jobs: VecDeque<Job>,
    /// Initiator task tag of what the device is doing.
    running: Option<u32>,
    /// The answer to it is not wanted any more; these requests are answered instead.
    abort: Vec<TaskRequest>,
    is_aborted: bool,
    expected: u32,
    max: u32,
    /// Those that were aborted before their turn count, and are nothing.
    ahead: BTreeMap<u32, Option<Ahead>>,
    /// The session is over.
    is_closed: bool,
}

impl Queue {
    /// A queue whose first command has this number.
    pub const fn new(first: u32) -> Self {
        Self {
            jobs: VecDeque::new(),
            running: None,
            abort: Vec::new(),
            is_aborted: false,
            expected: first,
            max: first.wrapping_add(DEPTH - 1),
            ahead: BTreeMap::new(),
            is_closed: false,
        }
    }

    /// ExpCmdSN.
    pub const fn expected(&self) -> u32 {
        self.expected
    }

    /// MaxCmdSN. It never goes back.
    pub fn max(&mut self) -> u32 {
        let free = DEPTH.saturating_sub(u32::try_from(self.jobs.len()).unwrap_or(DEPTH));
        let max = self.expected.wrapping_add(free).wrapping_sub(1);
        if is_after(max, self.max) {
            self.max = max;
        }
        self.max
    }

    /// Whether a request with this number is the next; then it is counted.
    pub fn turn(&mut self, number: u32) -> Turn {
        if number == self.expected && !is_after(number, self.max) {
            self.expected = self.expected.wrapping_add(1);
            return Turn::Now;
        }
        if is_after(number, self.expected) && !is_after(number, self.max) { Turn::Later } else { Turn::Never }
    }

    /// Keeps a request until its turn. False: it is here already.
    pub fn keep(&mut self, number: u32, request: Ahead) -> bool {
        let here = self.ahead.contains_key(&number);
        if !here {
            self.ahead.insert(number, Some(request));
        }
        !here
    }

    /// The request that was kept and whose turn it is now; it is counted.
    pub fn kept(&mut self) -> Option<Ahead> {
        loop {
            let kept = self.ahead.remove(&self.expected)?;
            self.expected = self.expected.wrapping_add(1);
            if kept.is_some() {
                return kept;
            }
        }
    }

    /// Whether a task with this tag is here.
    pub fn has(&self, tag: u32) -> bool {
        self.running == Some(tag) || self.tasks().any(|task| task.command.task_tag == tag)
    }

    /// Puts a command behind the others, or before them. False: more for immediate delivery than are taken.
    pub fn push(&mut self, task: Task, first: bool) -> bool {
        if self.is_closed {
            return true;
        }
        if task.command.immediate && self.jobs.len() >= DEPTH as usize + IMMEDIATE {
            return false;
        }
        if first {
            self.jobs.push_front(Job::Command(task));
        } else {
            self.jobs.push_back(Job::Command(task));
        }
        true
    }

    /// Puts a reset before everything else.
    pub fn push_reset(&mut self, request: TaskRequest) {
        self.jobs.push_front(Job::Reset(request));
    }

    /// The waiting commands, in order.
    pub fn tasks(&self) -> impl Iterator<Item = &Task> {
        self.jobs.iter().filter_map(|job| match job {
            Job::Command(task) => Some(task),
            Job::Reset(_) => None,
        })
    }

    /// The same, to change.
    pub fn tasks_mut(&mut self) -> impl Iterator<Item = &mut Task> {
        self.jobs.iter_mut().filter_map(|job| match job {
            Job::Command(task) => Some(task),
            Job::Reset(_) => None,
        })
    }

    /// Whether [`start`](Self::start) gives something.
    pub fn is_startable(&self) -> bool {
        self.running.is_none()
            && match self.jobs.front() {
                Some(Job::Command(task)) => task.is_ready(),
                Some(Job::Reset(_)) => true,
                None => false,
            }
    }

    /// The next thing for the device, when it is complete and the device is free.
    pub fn start(&mut self) -> Option<Job> {
        if !self.is_startable() {
            return None;
        }
        let job = self.jobs.pop_front()?;
        self.running = Some(match &job {
            Job::Command(task) => task.command.task_tag,
            Job::Reset(request) => request.task_tag,
        });
        self.is_aborted = false;
        Some(job)
    }

    /// The device is free again. Gives the requests that waited for it, and whether the answer is wanted.
    pub fn finish(&mut self) -> Finished {
        self.running = None;
        let mut waiting = core::mem::take(&mut self.abort);
        if self.is_closed {
            waiting.clear();
        }
        Finished { is_aborted: self.is_aborted || self.is_closed, waiting }
    }

    /// The session is over: nothing more is begun, and nothing more is said.
    pub fn close(&mut self) {
        self.is_closed = true;
        self.jobs.clear();
        self.ahead.clear();
    }

    /// Takes one task away. Where the device is doing it the request waits.
    pub fn abort(&mut self, request: TaskRequest) -> Aborted {
        let tag = request.referenced_tag;
        if self.running == Some(tag) {
            self.is_aborted = true;
            self.abort.push(request);
            return Aborted::Waits;
        }
        let before = self.jobs.len();
        self.jobs.retain(|job| !matches!(job, Job::Command(task) if task.command.task_tag == tag));
        if self.jobs.len() < before {
            return Aborted::Gone;
        }
        // A command whose turn has not come: it is, from now on, one that came and was aborted (RFC 7143 11.6.1).
        let number = request.referenced_number;
        let is_early = number == self.expected || is_after(number, self.expected);
        if is_early && !is_after(number, self.max) && is_after(request.command_number, number) {
            self.ahead.insert(number, None);
            return Aborted::Gone;
        }
        Aborted::Unknown
    }

    /// Takes all commands away; the answer to what the device is doing is not wanted.
    pub fn abort_all(&mut self) -> AbortedAll {
        let before = self.jobs.len();
        self.jobs.retain(|job| matches!(job, Job::Reset(_)));
        self.is_aborted = self.running.is_some();
        AbortedAll { waits: self.is_aborted, any: self.is_aborted || self.jobs.len() < before }
    }

    /// The request is answered when the device is free.
    pub fn answer_later(&mut self, request: TaskRequest) {
        self.abort.push(request);
    }
}

/// What is left to say when the device is free.
#[derive(Debug)]
pub struct Finished {
    /// The answer is not wanted.
    pub is_aborted: bool,
    /// Requests that are done now.
    pub waiting: Vec<TaskRequest>,
}

/// What came of aborting a task.
#[derive(Clone, Copy, Debug, Eq, PartialEq)]
pub enum Aborted {
    /// It never reached the device.
    Gone,
    /// The device is at it; what is asked is done when that is over.
    Waits,
    /// There is none.
    Unknown,
}

/// What came of aborting all tasks.
#[derive(Clone, Copy, Debug, Eq, PartialEq)]
pub struct AbortedAll {
    /// The device is at one; what is asked is done when that is over.
    pub waits: bool,
    /// There was one at all.
    pub any: bool,
}

/// Serial number arithmetic (RFC 1982, as RFC 7143 4.2.2 asks): whether `a` is later than `b`.
const fn is_after(a: u32, b: u32) -> bool {
    a != b && a.wrapping_sub(b) < 1 << 31
}

#[cfg(test)]
mod tests;
