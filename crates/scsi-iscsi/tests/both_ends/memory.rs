//! A device that keeps what it is given, and can be told to take its time.

use std::net::SocketAddr;
use std::sync::{Arc, Condvar, Mutex};
use std::thread::JoinHandle;
use std::time::Duration;

use scsi_iscsi::initiator::Options;
use scsi_iscsi::login::LoginPolicy;
use scsi_iscsi::unit::LogicalUnit;
use scsi_iscsi::{Initiator, Server, ServerHandle, ServerOptions};
use scsi_transport::{Data, Outcome, Transport, TransportError};

pub const TARGET: &str = "iqn.2026-11.com.example:memory";

/// WRITE BUFFER and READ BUFFER (SPC), all of the memory at once; E0h waits at the gate, E1h finds no device.
pub const WRITE: [u8; 10] = [0x3B, 2, 0, 0, 0, 0, 0, 0, 0, 0];
pub const READ: [u8; 10] = [0x3C, 2, 0, 0, 0, 0, 0, 0, 0, 0];
pub const SLOW: [u8; 16] = [0xE0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0];
pub const READY: [u8; 6] = [0; 6];

/// What stops a command of the device until it is opened.
#[derive(Clone, Debug, Default)]
pub struct Gate(Arc<(Mutex<Waiting>, Condvar)>);

#[derive(Debug, Default)]
struct Waiting {
    open: bool,
    inside: u32,
}

impl Gate {
    fn pass(&self) {
        let (state, changed) = &*self.0;
        let mut state = state.lock().unwrap();
        state.inside += 1;
        changed.notify_all();
        while !state.open {
            state = changed.wait(state).unwrap();
        }
    }

    pub fn open(&self) {
        self.0.0.lock().unwrap().open = true;
        self.0.1.notify_all();
    }

    /// Until a command is there.
    pub fn wait_for_one(&self) {
        let (state, changed) = &*self.0;
        let mut state = state.lock().unwrap();
        while state.inside == 0 {
            state = changed.wait(state).unwrap();
        }
    }
}

#[derive(Debug, Default)]
pub struct Memory {
    bytes: Vec<u8>,
    pub gate: Gate,
    /// Opcodes of all commands, in the order in which they came.
    pub log: Arc<Mutex<Vec<u8>>>,
}

impl Transport for Memory {
    fn execute(&mut self, cdb: &[u8], data: Data<'_>, _: Duration) -> Result<Outcome, TransportError> {
        self.log.lock().unwrap().push(cdb[0]);
        match (cdb[0], data) {
            (0x3B, Data::Out(bytes)) => {
                self.bytes = bytes.to_vec();
                Ok(Outcome::good(bytes.len()))
            }
            (0x3C, Data::In(room)) => {
                let moved = room.len().min(self.bytes.len());
                room[..moved].copy_from_slice(&self.bytes[..moved]);
                Ok(Outcome::good(moved))
            }
            (0xE0, _) => {
                self.gate.pass();
                Ok(Outcome::good(0))
            }
            (0xE1, _) => Err(TransportError::Gone("somebody pulled the plug".to_owned())),
            (0x00 | 0x3B | 0x3C, _) => Ok(Outcome::good(0)),
            // 5/20/00, with data in front of it when there is room.
            (_, Data::In(room)) => {
                let moved = room.len().min(3);
                room[..moved].fill(0xEE);
                Ok(Outcome { transferred: moved, ..Outcome::check(refusal()) })
            }
            _ => Ok(Outcome::check(refusal())),
        }
    }

    fn wait(&mut self, _: Duration) {}
}

fn refusal() -> Vec<u8> {
    let mut sense = vec![0x70, 0, 5, 0, 0, 0, 0, 10, 0, 0, 0, 0, 0x20, 0, 0, 0, 0, 0];
    sense.truncate(18);
    sense
}

/// The device, served.
pub struct Target {
    pub address: SocketAddr,
    pub handle: ServerHandle<Memory>,
    pub gate: Gate,
    pub log: Arc<Mutex<Vec<u8>>>,
    thread: Option<JoinHandle<std::io::Result<()>>>,
}

impl Target {
    pub fn new(change: impl FnOnce(&mut ServerOptions)) -> Self {
        let memory = Memory::default();
        let (gate, log) = (memory.gate.clone(), Arc::clone(&memory.log));
        let mut options = ServerOptions::new(LoginPolicy::new(TARGET));
        options.listen.set_port(0);
        change(&mut options);
        let server = Server::bind(LogicalUnit::new(memory), options).unwrap();
        let (address, handle) = (server.local_addr(), server.handle());
        let thread = Some(std::thread::spawn(move || server.run()));
        Self { address, handle, gate, log, thread }
    }

    /// An initiator of this name, which has heard that there was a reset.
    pub fn log_in(&self, name: &str, options: Options) -> Initiator {
        let mut initiator = self.connect(name, options);
        let outcome = initiator.execute(&READY, Data::None, Duration::from_secs(30)).unwrap();
        assert!(!outcome.is_good(), "no unit attention for a new nexus");
        initiator
    }

    pub fn connect(&self, name: &str, options: Options) -> Initiator {
        let url = format!("iscsi://{}/{TARGET}/0", self.address).parse().unwrap();
        let initiator_name = format!("iqn.2026-11.com.example:{name}");
        Initiator::connect(&url, Options { initiator_name, ..options }).unwrap()
    }
}

impl Drop for Target {
    fn drop(&mut self) {
        self.gate.open();
        self.handle.stop();
        let ended = self.thread.take().map(JoinHandle::join);
        if !std::thread::panicking() {
            assert!(matches!(ended, Some(Ok(Ok(())))), "the server ended with {ended:?}");
        }
    }
}
