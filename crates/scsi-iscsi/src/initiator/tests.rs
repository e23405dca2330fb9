//! Targets that were written down: what they say is a list of PDUs.

mod hostile;
mod negotiation;
mod tasks;

use core::time::Duration;
use std::collections::VecDeque;
use std::io::{self, ErrorKind, Read, Write};
use std::sync::{Arc, Mutex};
use std::time::Instant;

use super::login::{LoggedIn, Parameters};
use super::numbers::Numbers;
use super::session::Session;
use super::wire::Wire;
use crate::pdu::answer::NopIn;
use crate::pdu::read::PduReader;
use crate::pdu::write::PduWriter;
use crate::pdu::{BasicHeader, Digests, Lun};

/// What the target says, and then: nothing more in time, or the end.
#[derive(Debug)]
struct Script {
    bytes: VecDeque<u8>,
    is_silent: bool,
}

impl Read for Script {
    fn read(&mut self, buffer: &mut [u8]) -> io::Result<usize> {
        match self.bytes.read(buffer) {
            Ok(0) if self.is_silent => Err(ErrorKind::TimedOut.into()),
            answer => answer,
        }
    }
}

impl Wire for Script {
    fn until(&self, _: Instant) {}
}

/// What we say; the test looks at it.
#[derive(Clone, Debug, Default)]
struct Said(Arc<Mutex<Vec<u8>>>);

impl Said {
    /// All PDUs that were sent.
    fn pdus(&self) -> Vec<(BasicHeader, Vec<u8>)> {
        let bytes = self.0.lock().unwrap().clone();
        let mut reader = PduReader::new(&bytes[..], 1 << 24);
        let mut pdus = Vec::new();
        while let Some(pdu) = reader.next().unwrap() {
            pdus.push((pdu.header, pdu.data.to_vec()));
        }
        pdus
    }
}

impl Write for Said {
    fn write(&mut self, bytes: &[u8]) -> io::Result<usize> {
        self.0.lock().unwrap().extend_from_slice(bytes);
        Ok(bytes.len())
    }
    fn flush(&mut self) -> io::Result<()> {
        Ok(())
    }
}

impl Wire for Said {
    fn until(&self, _: Instant) {}
}

/// Headers and data segments.
type Pdus<'a> = &'a [(BasicHeader, &'a [u8])];

/// PDUs as bytes, without digests.
fn bytes(pdus: Pdus<'_>) -> VecDeque<u8> {
    let mut writer = PduWriter::new(Vec::new());
    for (header, data) in pdus {
        writer.write(*header, data).unwrap();
    }
    writer.flush().unwrap();
    writer.stream().clone().into()
}

const PARAMETERS: Parameters = Parameters {
    digests: Digests { header: false, data: false },
    initial_r2t: true,
    immediate_data: false,
    max_burst: 8192,
    first_burst: 4096,
    max_send: 1024,
};

/// A session whose next CmdSN, task tag and StatSN are 1, and which may have 8 commands.
fn session(script: Script, parameters: Parameters) -> (Session<Script, Said>, Said) {
    let mut numbers = Numbers::new();
    numbers
        .begin(&NopIn { status_number: 0, expected_command: 1, max_command: 8, ..NopIn::default() }.emit());
    let said = Said::default();
    let (reader, writer) = (PduReader::new(script, 1 << 16), PduWriter::new(said.clone()));
    (Session::new(LoggedIn { reader, writer, numbers, parameters }, Lun::ZERO), said)
}

fn soon() -> Instant {
    Instant::now() + Duration::from_secs(60)
}
