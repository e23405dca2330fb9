//! A recording that is written as it happens: nothing of it is kept in memory.
//!
//! The file is a whole [`Recording`](super::Recording) at any time: each event is written together with the end of the
//! file, in one write over the end that was there. Who is killed between two commands leaves a file that loads. No more
//! is promised: nothing is flushed to the medium, so what a power failure leaves is the file system's business.

use core::time::Duration;
use std::fs::File;
use std::io::{self, Seek, SeekFrom, Write};
use std::path::{Path, PathBuf};

use super::{Event, Exchange, RecordingError};
use crate::{Data, Outcome, Transport, TransportError};

/// What ends the file.
const END: &str = "  ],\n)\n";

/// A file that grows by an event at a time, and can be loaded as a recording after each.
#[derive(Debug)]
pub struct Journal {
    path: PathBuf,
    file: File,
    /// Where [`END`] begins.
    end: u64,
    text: String,
}

impl Journal {
    /// Begins a recording without events; a file that is there is replaced.
    pub fn create(path: impl AsRef<Path>, title: &str) -> Result<Self, RecordingError> {
        let path = path.as_ref().to_owned();
        let failed = |source| RecordingError::Write { path: path.clone(), source };
        let title = ron::to_string(title).map_err(|source| RecordingError::Form(Box::new(source)))?;
        let head = format!("(\n  title: {title},\n  events: [\n");
        let mut file = File::create(&path).map_err(failed)?;
        file.write_all(format!("{head}{END}").as_bytes()).map_err(failed)?;
        Ok(Self { path, file, end: head.len() as u64, text: String::new() })
    }

    /// Adds an event, a line of its own.
    pub fn append(&mut self, event: &Event) -> Result<(), RecordingError> {
        let line = ron::to_string(event).map_err(|source| RecordingError::Form(Box::new(source)))?;
        self.text.clear();
        self.text.extend(["    ", &line, ",\n"]);
        let events = self.text.len() as u64;
        self.text.push_str(END);
        if let Err(source) = self.write() {
            // Half of an event would spoil those before it.
            let _ =
                self.file.seek(SeekFrom::Start(self.end)).and_then(|_| self.file.write_all(END.as_bytes()));
            let _ = self.file.set_len(self.end + END.len() as u64);
            return Err(RecordingError::Write { path: self.path.clone(), source });
        }
        self.end += events;
        // Of a transfer of megabytes the next event has no use.
        self.text.shrink_to(1 << 20);
        Ok(())
    }

    fn write(&mut self) -> io::Result<()> {
        self.file.seek(SeekFrom::Start(self.end))?;
        self.file.write_all(self.text.as_bytes())
    }
}

/// A transport that writes everything that passes into a [`Journal`], data included.
///
/// Where that fails the recording ends there, `told` hears of it once, and the commands go on.
pub struct Journaled<T, F> {
    inner: T,
    journal: Option<Journal>,
    told: F,
}

impl<T: Transport, F: FnMut(&RecordingError)> Journaled<T, F> {
    /// Goes on with `journal`.
    pub const fn new(inner: T, journal: Journal, told: F) -> Self {
        Self { inner, journal: Some(journal), told }
    }

    /// The transport below.
    pub const fn get_mut(&mut self) -> &mut T {
        &mut self.inner
    }

    fn append(&mut self, event: &Event) {
        if let Some(journal) = &mut self.journal
            && let Err(error) = journal.append(event)
        {
            (self.told)(&error);
            self.journal = None;
        }
    }
}

impl<T: Transport, F: FnMut(&RecordingError)> Transport for Journaled<T, F> {
    fn execute(
        &mut self,
        cdb: &[u8],
        mut data: Data<'_>,
        timeout: Duration,
    ) -> Result<Outcome, TransportError> {
        let answer = self.inner.execute(cdb, data.reborrow(), timeout);
        if self.journal.is_some() {
            self.append(&Event::Command(Exchange::of(cdb, &data, &answer)));
        }
        answer
    }

    fn wait(&mut self, duration: Duration) {
        self.inner.wait(duration);
        self.append(&Event::Wait(duration));
    }
}

impl<T: core::fmt::Debug, F> core::fmt::Debug for Journaled<T, F> {
    fn fmt(&self, f: &mut core::fmt::Formatter<'_>) -> core::fmt::Result {
        f.debug_struct("Journaled").field("inner", &self.inner).finish_non_exhaustive()
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::record::{Recorded, Recording};
    use crate::testing::{NO_MEDIUM, Puppet, READ_DISC_INFORMATION, TEST_UNIT_READY, TIMEOUT, WRITE_10};

    fn puppet() -> Puppet {
        Puppet::default()
            .answers(&[], Ok(Outcome::check(NO_MEDIUM.to_vec())))
            .says(&[0, 32, 0x0E])
            .answers(&[], Ok(Outcome::good(2352)))
            .answers(&[], Err(TransportError::Timeout(TIMEOUT)))
    }

    /// The puppet's session, with what `after` sees behind each step.
    fn session(drive: &mut impl Transport, mut after: impl FnMut(usize)) {
        let _ = drive.execute(&TEST_UNIT_READY, Data::None, TIMEOUT);
        after(1);
        drive.wait(Duration::new(2, 1));
        after(2);
        let _ = drive.execute(&READ_DISC_INFORMATION, Data::In(&mut [0; 34]), TIMEOUT);
        after(3);
        let _ = drive.execute(&WRITE_10, Data::Out(&[0x5A; 2352]), TIMEOUT);
        after(4);
        let _ = drive.execute(&TEST_UNIT_READY, Data::None, TIMEOUT);
        after(5);
    }

    #[test]
    fn the_file_is_a_whole_recording_after_every_event() {
        let mut recorded = Recorded::new(puppet());
        session(&mut recorded, |_| {});
        let whole = recorded.take();

        let folder = tempfile::tempdir().unwrap();
        let path = folder.path().join("session.ron");
        let title = "a \"title\" with\na line feed";
        let journal = Journal::create(&path, title).unwrap();
        assert_eq!(
            Recording::load(&path).unwrap(),
            Recording { title: title.to_owned(), events: Vec::new() }
        );
        let mut drive = Journaled::new(puppet(), journal, |error| panic!("{error}"));
        session(&mut drive, |count| {
            assert_eq!(Recording::load(&path).unwrap().events, whole.events[..count]);
        });
    }

    #[test]
    fn where_nothing_can_be_written_that_is_told_once() {
        let folder = tempfile::tempdir().unwrap();
        let nowhere = folder.path().join("no/such.ron");
        assert!(
            matches!(Journal::create(&nowhere, ""), Err(RecordingError::Write { path, .. }) if path == nowhere)
        );
        let path = folder.path().join("session.ron");
        let mut journal = Journal::create(&path, "").unwrap();
        journal.file = File::open(&path).unwrap();
        let mut told = 0;
        session(&mut Journaled::new(puppet(), journal, |_| told += 1), |_| {});
        assert_eq!(told, 1);
        assert_eq!(Recording::load(&path).unwrap(), Recording::default());
    }
}
