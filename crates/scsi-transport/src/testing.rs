//! A drive for the tests of the wrappers: says what it was told to say, and keeps what it was told.

use core::time::Duration;
use std::collections::VecDeque;

use crate::{Data, Outcome, Transport, TransportError};

/// READ DISC INFORMATION for 34 bytes (MMC-3 "READ DISC INFORMATION").
pub(crate) const READ_DISC_INFORMATION: [u8; 10] = [0x51, 0, 0, 0, 0, 0, 0, 0, 34, 0];
/// TEST UNIT READY (SPC "TEST UNIT READY").
pub(crate) const TEST_UNIT_READY: [u8; 6] = [0; 6];
/// WRITE (10), one block at LBA -150 (MMC-3 "WRITE (10)").
pub(crate) const WRITE_10: [u8; 10] = [0x2A, 0, 0xFF, 0xFF, 0xFF, 0x6A, 0, 0, 1, 0];
/// 2/3A/01 in fixed format, 18 bytes (SPC "Fixed format sense data").
pub(crate) const NO_MEDIUM: [u8; 18] = [0x70, 0, 2, 0, 0, 0, 0, 10, 0, 0, 0, 0, 0x3A, 0x01, 0, 0, 0, 0];

/// A timeout for which nothing here waits.
pub(crate) const TIMEOUT: Duration = Duration::from_secs(30);

/// Answers in turn with what it was given; then TEST UNIT READY's GOOD for ever.
#[derive(Debug, Default)]
pub(crate) struct Puppet {
    answers: VecDeque<(Vec<u8>, Result<Outcome, TransportError>)>,
    /// CDBs that arrived.
    pub(crate) asked: Vec<Vec<u8>>,
    /// Data that arrived.
    pub(crate) taken: Vec<Vec<u8>>,
    /// Time that was let pass.
    pub(crate) waited: Duration,
}

impl Puppet {
    /// The next answer is GOOD with these bytes.
    pub(crate) fn says(mut self, bytes: &[u8]) -> Self {
        self.answers.push_back((bytes.to_vec(), Ok(Outcome::good(bytes.len()))));
        self
    }

    /// The next answer is this one, with these bytes.
    pub(crate) fn answers(mut self, bytes: &[u8], answer: Result<Outcome, TransportError>) -> Self {
        self.answers.push_back((bytes.to_vec(), answer));
        self
    }
}

impl Transport for Puppet {
    fn execute(&mut self, cdb: &[u8], data: Data<'_>, _: Duration) -> Result<Outcome, TransportError> {
        self.asked.push(cdb.to_vec());
        let (bytes, answer) = self.answers.pop_front().unwrap_or_else(|| (Vec::new(), Ok(Outcome::good(0))));
        match data {
            Data::None => {}
            Data::In(buffer) => buffer.iter_mut().zip(&bytes).for_each(|(to, from)| *to = *from),
            Data::Out(bytes) => self.taken.push(bytes.to_vec()),
        }
        answer
    }

    fn wait(&mut self, duration: Duration) {
        self.waited += duration;
    }
}
