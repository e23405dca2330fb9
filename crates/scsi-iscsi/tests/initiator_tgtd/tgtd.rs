//! Debian's tgtd, started for as long as it is needed.

use std::net::{TcpListener, TcpStream};
use std::path::PathBuf;
use std::process::{Child, Command, Stdio};
use std::sync::atomic::{AtomicU32, Ordering};
use std::thread;
use std::time::{Duration, Instant};

use scsi_iscsi::initiator::{ConnectError, Initiator, Options};
use scsi_transport::{Data, Outcome, Transport};

/// The name of its target.
pub const TARGET: &str = "iqn.2026-01.org.rawcd.test:drive";

const TIMEOUT: Duration = Duration::from_secs(20);

/// A tgtd of our own: the socket that it is ruled by has a number that no other has.
pub struct Tgtd {
    process: Child,
    control: String,
    port: u16,
    folder: tempfile::TempDir,
}

impl Tgtd {
    /// Which of its programs is not installed.
    pub fn missing() -> Option<&'static str> {
        ["tgtd", "tgtadm"].into_iter().find(|program| find(program).is_none())
    }

    /// One target without units, open to all.
    pub fn start() -> Self {
        static NEXT: AtomicU32 = AtomicU32::new(0);
        let number = std::process::id() * 16 + NEXT.fetch_add(1, Ordering::Relaxed);
        let control = (1000 + number % 31_000).to_string();
        let port = TcpListener::bind("127.0.0.1:0").unwrap().local_addr().unwrap().port();
        let process = Command::new(find("tgtd").unwrap())
            .args(["-f", "-C", &control, "--iscsi", &format!("portal=127.0.0.1:{port}")])
            .stdout(Stdio::null())
            .stderr(Stdio::null())
            .spawn()
            .unwrap();
        // In memory, where there is a place for that: tgtd is not to wait for a disk.
        let memory = PathBuf::from("/dev/shm");
        let folder =
            tempfile::tempdir_in(if memory.is_dir() { memory } else { std::env::temp_dir() }).unwrap();
        let tgtd = Self { process, control, port, folder };
        let deadline = Instant::now() + TIMEOUT;
        while TcpStream::connect(("127.0.0.1", port)).is_err() {
            assert!(Instant::now() < deadline, "tgtd does not listen on port {port}");
            thread::sleep(Duration::from_millis(20));
        }
        tgtd.admin(&format!("--mode target --op new --tid 1 --targetname {TARGET}"));
        tgtd.admin("--mode target --op bind --tid 1 --initiator-address ALL");
        tgtd
    }

    /// Adds a unit with this content; `kind` is `cd` or `disk`.
    pub fn unit(&self, lun: u16, kind: &str, content: &[u8]) {
        let file = self.folder.path().join(lun.to_string());
        std::fs::write(&file, content).unwrap();
        let file = file.display();
        self.admin(&format!(
            "--mode logicalunit --op new --tid 1 --lun {lun} --device-type {kind} --backing-store {file}"
        ));
    }

    /// Has tgtadm do something.
    pub fn admin(&self, arguments: &str) {
        let output = Command::new(find("tgtadm").unwrap())
            .args(["-C", &self.control, "--lld", "iscsi"])
            .args(arguments.split(' '))
            .output()
            .unwrap();
        assert!(output.status.success(), "tgtadm {arguments}: {}", String::from_utf8_lossy(&output.stderr));
    }

    pub fn portal(&self) -> String {
        format!("127.0.0.1:{}", self.port)
    }

    pub fn connect(&self, lun: u16, options: Options) -> Result<Initiator, ConnectError> {
        Initiator::connect(&format!("iscsi://{}/{TARGET}/{lun}", self.portal()).parse().unwrap(), options)
    }

    /// A unit whose first unit attention is out of the way.
    pub fn unit_ready(&self, lun: u16, options: Options) -> Initiator {
        let mut unit = self.connect(lun, options).unwrap();
        unit.execute(&[0; 6], Data::None, TIMEOUT).unwrap();
        assert_eq!(unit.execute(&[0; 6], Data::None, TIMEOUT).unwrap(), Outcome::good(0));
        unit
    }
}

impl Drop for Tgtd {
    fn drop(&mut self) {
        let _ = self.process.kill();
        let _ = self.process.wait();
        let socket = format!("/var/run/tgtd/socket.{}", self.control);
        let _ = std::fs::remove_file(&socket);
        let _ = std::fs::remove_file(socket + ".lock");
    }
}

/// Where a program is: tgtd is in sbin, which is not on every user's path.
fn find(program: &str) -> Option<PathBuf> {
    let path = std::env::var_os("PATH").unwrap_or_default();
    std::env::split_paths(&path)
        .chain(["/usr/sbin".into(), "/sbin".into()])
        .map(|folder| folder.join(program))
        .find(|file| file.is_file())
}
