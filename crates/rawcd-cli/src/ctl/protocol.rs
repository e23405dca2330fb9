//! What `rawcd ctl` and a server say to each other: a line of JSON each.

use std::io::{self, BufRead, BufReader, Read, Write};
use std::path::PathBuf;

use serde::{Deserialize, Serialize};

/// Most bytes of a line.
pub const LONGEST_LINE: u64 = 64 << 10;

/// What is asked.
#[derive(Clone, Debug, Deserialize, Eq, PartialEq, Serialize)]
#[serde(tag = "do", rename_all = "lowercase", deny_unknown_fields)]
pub enum Request {
    /// What is in the drive, and who uses it.
    Status,
    /// Open the tray and take the disc out.
    Eject {
        /// Even when the host has locked the tray or is writing.
        #[serde(default)]
        force: bool,
    },
    /// Put a disc in.
    Insert {
        /// Which.
        disc: DiscName,
    },
    /// Eject, then insert.
    Swap {
        /// Which.
        disc: DiscName,
        /// As of eject.
        #[serde(default)]
        force: bool,
    },
    /// Push the tray in.
    Close,
    /// Press the drive's button.
    Press,
    /// Save the disc now.
    Save {
        /// Into this file, which is the disc's from now on.
        #[serde(default)]
        file: Option<PathBuf>,
    },
    /// End the server.
    Stop,
}

/// A disc, by where it comes from.
#[derive(Clone, Debug, Deserialize, Eq, PartialEq, Serialize)]
#[serde(rename_all = "lowercase")]
pub enum DiscName {
    /// A disc file; an absolute path.
    File(PathBuf),
    /// A fresh one as in fixtures/media.
    Medium(String),
}

/// What is answered.
#[derive(Clone, Debug, Deserialize, PartialEq, Serialize)]
#[serde(rename_all = "lowercase")]
pub enum Answer {
    /// It is done; this is how things are now.
    Done {
        /// What was done, for a person.
        text: String,
        /// How things are, where that was asked.
        #[serde(default, skip_serializing_if = "Option::is_none")]
        status: Option<Status>,
    },
    /// It is not done.
    Error {
        /// Why.
        text: String,
        /// What to do about it.
        #[serde(default, skip_serializing_if = "Option::is_none")]
        hint: Option<String>,
    },
}

/// How things are.
#[derive(Clone, Debug, Deserialize, PartialEq, Serialize)]
pub struct Status {
    /// iSCSI name.
    pub target: String,
    /// Address and port.
    pub address: String,
    /// Model, or device.
    pub drive: String,
    /// `open` or `closed`; nothing of a real drive.
    pub tray: Option<String>,
    /// The host has locked the tray.
    pub locked: bool,
    /// What the drive is doing: `idle`, `recording`, `busy`, `spinning up`; or that it is real.
    pub activity: String,
    /// The disc in a line.
    pub disc: Option<String>,
    /// Its file.
    pub file: Option<PathBuf>,
    /// Something is on the disc that is not in its file.
    pub unsaved: bool,
    /// Simulated time since the start, in seconds.
    pub clock: Option<f64>,
    /// Who is here.
    pub sessions: Vec<String>,
}

/// Writes a line.
pub fn send(stream: &mut impl Write, message: &impl Serialize) -> io::Result<()> {
    let mut line = serde_json::to_vec(message)?;
    line.push(b'\n');
    stream.write_all(&line)?;
    stream.flush()
}

/// Reads a line; `None` where the other side has left.
pub fn receive<T: for<'a> Deserialize<'a>>(stream: &mut BufReader<impl Read>) -> io::Result<Option<T>> {
    let mut line = Vec::new();
    stream.by_ref().take(LONGEST_LINE).read_until(b'\n', &mut line)?;
    if line.is_empty() {
        return Ok(None);
    }
    let bad = |why: String| io::Error::new(io::ErrorKind::InvalidData, why);
    if line.last() != Some(&b'\n') {
        return Err(bad(format!("expected a line of at most {LONGEST_LINE} bytes, seen {}", line.len())));
    }
    serde_json::from_slice(&line).map(Some).map_err(|error| bad(format!("expected a line of JSON: {error}")))
}
