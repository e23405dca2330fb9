//! A peer of the target that sends exactly what a test tells it to.

use std::io::Write;
use std::net::{SocketAddr, TcpStream};
use std::thread::JoinHandle;
use std::time::Duration;

use mmc_sim::{DiscKind, Drive, Personality, Scene};
use scsi_iscsi::login::LoginPolicy;
use scsi_iscsi::pdu::answer::{LoginResponse, ScsiResponse};
use scsi_iscsi::pdu::read::PduReader;
use scsi_iscsi::pdu::request::{LoginRequest, NopOut, ScsiCommand};
use scsi_iscsi::pdu::write::PduWriter;
use scsi_iscsi::pdu::{BasicHeader, Digests, NO_TAG, Opcode};
use scsi_iscsi::unit::LogicalUnit;
use scsi_iscsi::{Limits, Server, ServerHandle, ServerOptions};

pub const TARGET: &str = "iqn.2026-11.com.example:drive";

/// A served drive.
pub struct Target {
    pub address: SocketAddr,
    pub handle: ServerHandle<Drive>,
    thread: Option<JoinHandle<std::io::Result<()>>>,
}

impl Target {
    /// With a blank CD-R, and limits that do not make a test wait.
    pub fn new(prompt: bool) -> Self {
        Self::with(prompt, |_| {})
    }

    pub fn with(prompt: bool, change: impl FnOnce(&mut ServerOptions)) -> Self {
        let atip = |text: &str| text.parse().unwrap();
        let scene = Scene::blank(DiscKind::CdR, atip("97:26:66"), atip("79:59:74"));
        let drive = Drive::new(Personality::reference(), &scene).unwrap();
        let mut options = ServerOptions::new(LoginPolicy::new(TARGET));
        options.listen.set_port(0);
        options.prompt = prompt;
        options.limits = Limits { waiting_logins: 8, sessions: 8, ..Limits::default() };
        change(&mut options);
        let server = Server::bind(LogicalUnit::new(drive), options).unwrap();
        let (address, handle) = (server.local_addr(), server.handle());
        let thread = std::thread::spawn(move || server.run());
        Self { address, handle, thread: Some(thread) }
    }
}

impl Drop for Target {
    fn drop(&mut self) {
        self.handle.stop();
        let ended = self.thread.take().map(JoinHandle::join);
        if !std::thread::panicking() {
            assert!(matches!(ended, Some(Ok(Ok(())))), "the server ended with {ended:?}");
        }
    }
}

/// A PDU of the target.
#[derive(Clone, Debug)]
pub struct Heard {
    pub header: BasicHeader,
    pub data: Vec<u8>,
}

impl Heard {
    pub fn opcode(&self) -> Opcode {
        self.header.opcode()
    }

    /// Sense key, code and qualifier of a SCSI Response.
    pub fn sense(&self) -> Option<(u8, u8, u8)> {
        let sense = self.data.get(2..)?;
        Some((sense.get(2)? & 0x0F, *sense.get(12)?, *sense.get(13)?))
    }
}

/// A connection.
pub struct Peer {
    reader: PduReader<TcpStream>,
    writer: PduWriter<TcpStream>,
    pub stream: TcpStream,
    /// CmdSN of the next command.
    pub number: u32,
    /// Instead of one that follows from the name.
    pub isid: Option<[u8; 6]>,
    pub tsih: u16,
}

impl Peer {
    /// Connected, and nothing said.
    pub fn connect(target: &Target) -> Self {
        let stream = TcpStream::connect(target.address).unwrap();
        stream.set_nodelay(true).unwrap();
        // A target that does not answer fails the test instead of hanging it.
        stream.set_read_timeout(Some(Duration::from_secs(60))).unwrap();
        Self {
            reader: PduReader::new(stream.try_clone().unwrap(), 1 << 20),
            writer: PduWriter::new(stream.try_clone().unwrap()),
            stream,
            number: 1,
            isid: None,
            tsih: 0,
        }
    }

    /// Logged in as this initiator, with these keys on top of the usual.
    pub fn log_in(target: &Target, name: &str, keys: &str) -> Self {
        let mut peer = Self::connect(target);
        let answer = peer.try_login(name, keys);
        let response = LoginResponse::parse(&answer.header).unwrap();
        assert_eq!((response.status_class, response.status_detail), (0, 0));
        let digest = |key: &str| {
            let wanted = format!("{key}=CRC32C\0");
            String::from_utf8_lossy(&answer.data).contains(&wanted)
        };
        let digests = Digests { header: digest("HeaderDigest"), data: digest("DataDigest") };
        peer.reader.set_digests(digests);
        peer.writer.set_digests(digests);
        peer
    }

    /// The answer to a login in one PDU.
    pub fn try_login(&mut self, name: &str, keys: &str) -> Heard {
        let text = format!(
            "InitiatorName=iqn.2026-11.com.example:{name}\0TargetName={TARGET}\0SessionType=Normal\0{keys}"
        );
        let mut isid = [0x80, 0, 0, 0, 0, 0];
        for (byte, letter) in isid[1..].iter_mut().zip(name.bytes()) {
            *byte = letter;
        }
        let request = LoginRequest {
            immediate: true,
            transit: true,
            current_stage: 1,
            next_stage: 3,
            isid: self.isid.unwrap_or(isid),
            tsih: self.tsih,
            command_number: self.number,
            ..LoginRequest::default()
        };
        self.send(request.emit(), text.as_bytes());
        self.hear().unwrap()
    }

    pub fn send(&mut self, header: BasicHeader, data: &[u8]) {
        self.writer.write(header, data).unwrap();
        self.writer.flush().unwrap();
    }

    /// Bytes as they are; a target that has hung up is no fault of the sender.
    pub fn send_raw(&mut self, bytes: &[u8]) {
        drop(self.stream.write_all(bytes));
    }

    /// The next PDU; `None` when the target has hung up.
    pub fn hear(&mut self) -> Option<Heard> {
        match self.reader.next() {
            Ok(Some(pdu)) => {
                assert!(!pdu.data_is_corrupt);
                Some(Heard { header: pdu.header, data: pdu.data.to_vec() })
            }
            Ok(None) => None,
            Err(error) if error.is_timeout() => panic!("the target does not answer"),
            Err(_) => None,
        }
    }

    /// The next PDU that is not an asynchronous message.
    pub fn answer(&mut self) -> Option<Heard> {
        loop {
            let heard = self.hear()?;
            if heard.opcode() != Opcode::ASYNC_MESSAGE {
                return Some(heard);
            }
        }
    }

    /// A command with its number; `tag` is the task's.
    pub fn command(&mut self, tag: u32, cdb: &[u8]) -> ScsiCommand {
        let mut bytes = [0; 16];
        bytes[..cdb.len()].copy_from_slice(cdb);
        let command = ScsiCommand {
            is_final: true,
            task_tag: tag,
            command_number: self.number,
            cdb: bytes,
            ..ScsiCommand::default()
        };
        self.number = self.number.wrapping_add(1);
        command
    }

    /// TEST UNIT READY until it says what it says of a blank disc: GOOD.
    pub fn is_served(&mut self) {
        for _ in 0..4 {
            let command = self.command(0xAAAA, &[0; 6]);
            self.send(command.emit(), &[]);
            let heard = self.answer().expect("the target has hung up");
            let response = ScsiResponse::parse(&heard.header).unwrap();
            if response.status == 0 {
                return;
            }
            assert_eq!(heard.sense().unwrap().0, 6, "not a unit attention: {heard:?}");
        }
        panic!("unit attentions without end");
    }

    /// A ping and its answer.
    pub fn is_alive(&mut self) -> bool {
        let ping = NopOut {
            immediate: true,
            is_final: true,
            task_tag: 0xBBBB,
            transfer_tag: NO_TAG,
            command_number: self.number,
            ..NopOut::default()
        };
        self.send(ping.emit(), b"hello");
        self.answer().is_some_and(|heard| heard.opcode() == Opcode::NOP_IN && heard.data == b"hello")
    }

    /// Whether the target hangs up, whatever it says before.
    pub fn is_hung_up_on(&mut self) -> bool {
        while self.hear().is_some() {}
        true
    }
}
