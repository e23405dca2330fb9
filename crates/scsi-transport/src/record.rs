//! Everything that passed, kept as data: to be saved, read by people, and replayed.
//!
//! A recording is RON with bytes as hexadecimal text:
//!
//! ```text
//! (
//!     title: "TEST drive, no disc",
//!     events: [
//!         Command((
//!             cdb: "00 00 00 00 00 00",
//!             data: NoData,
//!             answer: Outcome(status: 2, sense: "70 00 02 00 00 00 00 0A 00 00 00 00 3A 01 00 00 00 00"),
//!         )),
//!         Wait((secs: 2, nanos: 0)),
//!     ],
//! )
//! ```

mod journal;

use core::fmt;
use core::time::Duration;
use std::fs;
use std::path::{Path, PathBuf};

use serde::{Deserialize, Serialize};

pub use journal::{Journal, Journaled};

use crate::hex;
use crate::trace::{self, Phase};
use crate::{Data, Outcome, Status, Transport, TransportError};

/// What passed between a host and a drive, in order.
#[derive(Clone, Debug, Default, Deserialize, Eq, PartialEq, Serialize)]
#[serde(deny_unknown_fields)]
pub struct Recording {
    /// Which drive, which firmware, which disc, when: for people.
    #[serde(default)]
    pub title: String,
    /// Commands and waits.
    pub events: Vec<Event>,
}

/// One thing that happened.
#[derive(Clone, Debug, Deserialize, Eq, PartialEq, Serialize)]
#[serde(deny_unknown_fields)]
pub enum Event {
    /// A command and its answer.
    Command(Exchange),
    /// The host let time pass.
    Wait(Duration),
}

/// A command with its data phase and its answer.
#[derive(Clone, Debug, Deserialize, Eq, PartialEq, Serialize)]
#[serde(deny_unknown_fields)]
pub struct Exchange {
    /// The CDB as it was sent.
    #[serde(with = "hex")]
    pub cdb: Vec<u8>,
    /// The data phase.
    pub data: Payload,
    /// What came of it.
    pub answer: Answer,
}

/// A data phase with the bytes that moved.
#[derive(Clone, Debug, Deserialize, Eq, PartialEq, Serialize)]
#[serde(deny_unknown_fields)]
pub enum Payload {
    /// None.
    NoData,
    /// From the drive.
    In {
        /// Bytes that there was room for.
        room: usize,
        /// The bytes that the answer counts as transferred, as far as there was room.
        #[serde(with = "hex")]
        bytes: Vec<u8>,
    },
    /// To the drive: all bytes that were offered, taken or not.
    Out(#[serde(with = "hex")] Vec<u8>),
}

/// What came of a command.
#[derive(Clone, Debug, Deserialize, Eq, PartialEq, Serialize)]
#[serde(deny_unknown_fields)]
pub enum Answer {
    /// The device answered.
    Outcome {
        /// Status byte.
        status: u8,
        /// Sense data as it came.
        #[serde(default, skip_serializing_if = "Vec::is_empty", with = "hex")]
        sense: Vec<u8>,
        /// Bytes moved in the data phase.
        #[serde(default, skip_serializing_if = "is_zero")]
        transferred: usize,
    },
    /// No answer came.
    NoAnswer(TransportError),
}

const fn is_zero(count: &usize) -> bool {
    *count == 0
}

/// Why a recording cannot be saved or loaded.
#[derive(Debug, thiserror::Error)]
#[non_exhaustive]
pub enum RecordingError {
    /// The file cannot be read.
    #[error("cannot read the recording {}: {source}", .path.display())]
    Read {
        /// Which file.
        path: PathBuf,
        /// What the system says.
        source: std::io::Error,
    },
    /// The file cannot be written.
    #[error("cannot write the recording {}: {source}", .path.display())]
    Write {
        /// Which file.
        path: PathBuf,
        /// What the system says.
        source: std::io::Error,
    },
    /// The text is not a recording; the message begins with line and column.
    #[error("not a recording: {0}")]
    Text(#[source] Box<ron::error::SpannedError>),
    /// The file is not a recording.
    #[error("{} is not a recording: {source}", .path.display())]
    File {
        /// Which file.
        path: PathBuf,
        /// Line, column and what was expected there.
        source: Box<ron::error::SpannedError>,
    },
    /// The recording has no RON form.
    #[error("the recording cannot be put into RON: {0}")]
    Form(#[source] Box<ron::Error>),
}

impl Recording {
    /// Reads RON.
    pub fn from_ron(text: &str) -> Result<Self, RecordingError> {
        ron::from_str(text).map_err(|source| RecordingError::Text(Box::new(source)))
    }

    /// The recording as RON, to be read by people too.
    pub fn to_ron(&self) -> Result<String, RecordingError> {
        let layout = ron::ser::PrettyConfig::new().new_line("\n").indentor("  ");
        let text = ron::ser::to_string_pretty(self, layout)
            .map_err(|source| RecordingError::Form(Box::new(source)))?;
        Ok(text + "\n")
    }

    /// Reads a file.
    pub fn load(path: impl AsRef<Path>) -> Result<Self, RecordingError> {
        let path = path.as_ref();
        let text = fs::read_to_string(path)
            .map_err(|source| RecordingError::Read { path: path.to_owned(), source })?;
        ron::from_str(&text)
            .map_err(|source| RecordingError::File { path: path.to_owned(), source: Box::new(source) })
    }

    /// Writes a file; one that is there is replaced.
    pub fn save(&self, path: impl AsRef<Path>) -> Result<(), RecordingError> {
        let path = path.as_ref();
        fs::write(path, self.to_ron()?)
            .map_err(|source| RecordingError::Write { path: path.to_owned(), source })
    }

    /// The commands, without the waits.
    pub fn exchanges(&self) -> impl Iterator<Item = &Exchange> {
        self.events.iter().filter_map(|event| match event {
            Event::Command(exchange) => Some(exchange),
            Event::Wait(_) => None,
        })
    }
}

impl Exchange {
    /// What passed: `data` as it is when the answer has come.
    fn of(cdb: &[u8], data: &Data<'_>, answer: &Result<Outcome, TransportError>) -> Self {
        let moved = answer.as_ref().map_or(0, |outcome| outcome.transferred);
        let data = match data {
            Data::None => Payload::NoData,
            Data::In(buffer) => {
                Payload::In { room: buffer.len(), bytes: buffer.iter().take(moved).copied().collect() }
            }
            Data::Out(bytes) => Payload::Out(bytes.to_vec()),
        };
        Self { cdb: cdb.to_vec(), data, answer: answer.clone().into() }
    }

    /// Direction and size of the data phase.
    pub fn phase(&self) -> Phase {
        match &self.data {
            Payload::NoData => Phase::None,
            Payload::In { room, .. } => Phase::In(*room),
            Payload::Out(bytes) => Phase::Out(bytes.len()),
        }
    }

    /// What [`Transport::execute`] returned.
    pub fn result(&self) -> Result<Outcome, TransportError> {
        match &self.answer {
            Answer::Outcome { status, sense, transferred } => {
                Ok(Outcome { status: Status(*status), sense: sense.clone(), transferred: *transferred })
            }
            Answer::NoAnswer(error) => Err(error.clone()),
        }
    }
}

impl From<Result<Outcome, TransportError>> for Answer {
    fn from(result: Result<Outcome, TransportError>) -> Self {
        match result {
            Ok(Outcome { status, sense, transferred }) => {
                Self::Outcome { status: status.0, sense, transferred }
            }
            Err(error) => Self::NoAnswer(error),
        }
    }
}

/// One line, as [`trace`] prints it.
impl fmt::Display for Event {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::Command(exchange) => exchange.fmt(f),
            Self::Wait(duration) => f.write_str(&trace::wait_line(*duration)),
        }
    }
}

/// One line, as [`trace`] prints it.
impl fmt::Display for Exchange {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(&trace::line(&self.cdb, self.phase(), &self.result()))
    }
}

/// A transport that keeps everything that passes, data included.
///
/// It grows with every command: of a whole disc it holds the whole disc. [`Journaled`] puts it into a file instead.
#[derive(Clone, Debug)]
pub struct Recorded<T> {
    inner: T,
    recording: Recording,
}

impl<T: Transport> Recorded<T> {
    /// Begins an empty recording of `inner`.
    pub fn new(inner: T) -> Self {
        Self { inner, recording: Recording::default() }
    }

    /// What has passed so far.
    pub const fn recording(&self) -> &Recording {
        &self.recording
    }

    /// What has passed so far; the next command begins a new recording.
    pub fn take(&mut self) -> Recording {
        core::mem::take(&mut self.recording)
    }

    /// The transport below.
    pub const fn get_mut(&mut self) -> &mut T {
        &mut self.inner
    }

    /// The transport below and what has passed.
    pub fn into_parts(self) -> (T, Recording) {
        (self.inner, self.recording)
    }
}

impl<T: Transport> Transport for Recorded<T> {
    fn execute(
        &mut self,
        cdb: &[u8],
        mut data: Data<'_>,
        timeout: Duration,
    ) -> Result<Outcome, TransportError> {
        let answer = self.inner.execute(cdb, data.reborrow(), timeout);
        self.recording.events.push(Event::Command(Exchange::of(cdb, &data, &answer)));
        answer
    }

    fn wait(&mut self, duration: Duration) {
        self.inner.wait(duration);
        self.recording.events.push(Event::Wait(duration));
    }
}

#[cfg(test)]
mod tests;
