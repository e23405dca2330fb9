//! `rawcd serve` and `rawcd ctl` as a user meets them, by the programs themselves and over the network.
#![cfg(unix)]
#![allow(clippy::unwrap_used, clippy::panic, reason = "in a test a panic is the answer")]

#[path = "../src/serve/test_host.rs"]
mod host;

use std::fs;
use std::io::{BufRead, BufReader, Read, Write};
use std::os::unix::fs::PermissionsExt;
use std::os::unix::net::UnixStream;
use std::path::{Path, PathBuf};
use std::process::{Child, ChildStdout, Command, Output, Stdio};

use cd_format::Lba;
use host::*;
use mmc_sim::Disc;
use mmc_sim::disc::DiscState;
use scsi_iscsi::Initiator;
use scsi_iscsi::initiator::Options;
use scsi_transport::Data;
use scsi_transport::record::Recording;
use tempfile::TempDir;

const TARGET: &str = "iqn.2026-11.io.github.rawcd:drive";

fn log_in(address: &str) -> Initiator {
    Initiator::connect(&format!("iscsi://{address}/{TARGET}/0").parse().unwrap(), Options::default()).unwrap()
}

/// A folder with a control folder of its own, so that no other server is met.
struct Place {
    folder: TempDir,
}

impl Place {
    fn new() -> Self {
        Self { folder: tempfile::tempdir().unwrap() }
    }

    fn path(&self, name: &str) -> PathBuf {
        self.folder.path().join(name)
    }

    fn file(&self, name: &str, text: &str, mode: u32) {
        fs::write(self.path(name), text).unwrap();
        fs::set_permissions(self.path(name), fs::Permissions::from_mode(mode)).unwrap();
    }

    fn command(&self, args: &[&str]) -> Command {
        let mut command = Command::new(env!("CARGO_BIN_EXE_rawcd"));
        command.args(args).current_dir(self.folder.path()).env("NO_COLOR", "1");
        command.env("XDG_RUNTIME_DIR", self.folder.path()).env_remove("RAWCD_CHAP_SECRET");
        command
    }

    fn rawcd(&self, args: &[&str]) -> Output {
        self.command(args).output().unwrap()
    }

    /// `rawcd`, and what it said, with what differs from run to run taken out.
    fn told(&self, args: &[&str]) -> String {
        let output = self.rawcd(args);
        let text = |bytes: &[u8]| String::from_utf8_lossy(bytes).into_owned();
        let status = output.status.code().map_or("killed".to_owned(), |code| code.to_string());
        let text = format!("{}{}exit status {status}\n", text(&output.stdout), text(&output.stderr));
        text.replace(&self.folder.path().display().to_string(), "FOLDER")
    }

    /// Starts a server on a free port, and waits until it says where.
    fn serve(&self, args: &[&str]) -> Server {
        self.serve_at("127.0.0.1:0", args)
    }

    fn serve_at(&self, listen: &str, args: &[&str]) -> Server {
        let mut command = self.command(&[&["serve", "--listen", listen], args].concat());
        let mut child = command.stdout(Stdio::piped()).stderr(Stdio::piped()).spawn().unwrap();
        let mut output = BufReader::new(child.stdout.take().unwrap());
        let mut first = String::new();
        output.read_line(&mut first).unwrap();
        let address = first.trim().rsplit(' ').next().unwrap_or_default().to_owned();
        Server { child, output, first, address }
    }
}

struct Server {
    child: Child,
    output: BufReader<ChildStdout>,
    first: String,
    address: String,
}

impl Server {
    fn log_in(&self) -> Initiator {
        let mut host = log_in(&self.address);
        ready(&mut host);
        host
    }

    fn port(&self) -> &str {
        self.address.rsplit(':').next().unwrap()
    }

    fn signal(&self, signal: &str) {
        let sent = Command::new("kill").arg(signal).arg(self.child.id().to_string()).status().unwrap();
        assert!(sent.success());
    }

    /// What else it prints, with the port as PORT, and how it ends.
    fn end(mut self) -> String {
        let (mut out, mut error) = (self.first.clone(), String::new());
        self.output.read_to_string(&mut out).unwrap();
        self.child.stderr.take().unwrap().read_to_string(&mut error).unwrap();
        let status = self.child.wait().unwrap().code().map_or("killed".to_owned(), |code| code.to_string());
        format!("{out}{error}exit status {status}\n").replace(self.port(), "PORT")
    }
}

impl Drop for Server {
    fn drop(&mut self) {
        // Only where a test has failed is there anything left.
        let _ = self.child.kill();
        let _ = self.child.wait();
    }
}

fn tracks(path: &Path) -> usize {
    Disc::load(path).unwrap().tracks().count()
}

#[test]
fn a_server_says_how_to_get_there_and_ends_in_order() {
    let place = Place::new();
    place.rawcd(&["disc", "new", "my.disc"]);
    let server = place.serve(&["--disc", "my.disc", "--trace"]);
    let mut host = log_in(&server.address);
    // The server's own word of its start comes before the drive is asked.
    assert!(sense(&mut host, &TEST_UNIT_READY, Data::None).is_some());
    good(&mut host, &TEST_UNIT_READY, Data::None);
    server.signal("-TERM");
    insta::assert_snapshot!(server.end());
}

#[test]
fn with_chap_the_secret_is_nowhere_to_be_seen() {
    let place = Place::new();
    place.file("secret", "correct horse battery\n", 0o644);
    let server = place.serve(&["--chap", "alice", "--chap-secret-file", "secret"]);
    server.signal("-INT");
    let text = server.end();
    assert!(!text.contains("correct"), "{text}");
    insta::assert_snapshot!(text);
}

/// What SYNCHRONIZE CACHE has acknowledged is there after the hardest of ends, and what came later is not in its way.
#[test]
fn a_kill_loses_nothing_that_was_acknowledged() {
    let place = Place::new();
    place.rawcd(&["disc", "new", "my.disc", "--kind", "cd-rw", "--lead-in", "97:10:00"]);
    let path = place.path("my.disc");
    for (round, cdb) in [&SYNCHRONIZE_CACHE, &SYNCHRONIZE_CACHE_IMMED].into_iter().enumerate() {
        let record = format!("{round}.ron");
        let server = place.serve(&["--disc", "my.disc", "--record", &record]);
        let mut host = server.log_in();
        if round > 0 {
            good(&mut host, &BLANK_IMMED, Data::None);
            ready(&mut host);
            assert_eq!(tracks(&path), 0);
        }
        select(&mut host, true);
        write_all(&mut host, 400, 0xA5);
        assert_eq!(tracks(&path), 0);
        good(&mut host, cdb, Data::None);
        ready(&mut host);
        // A second track is on its way when the power goes.
        let next = 400 + 152;
        assert_eq!(write(&mut host, next, AT_ONCE, 0x5A), None);
        server.signal("-KILL");
        assert!(server.end().ends_with("exit status killed\n"));

        assert_eq!(tracks(&path), 1, "round {round}");
        let disc = Disc::load(&path).unwrap();
        assert!(disc.store.is_written(Lba(399)) && !disc.store.is_written(Lba(next)));
        // So is the record: every command that was answered.
        let recording = Recording::load(place.path(&record)).unwrap();
        assert_eq!(recording.exchanges().last().unwrap().cdb[0], 0x2A);
    }
    // The dead servers' sockets and locks are in nobody's way.
    assert!(place.told(&["ctl", "status"]).contains("no server runs here"));
}

#[test]
fn sigterm_saves_what_was_written_and_not_synchronised() {
    let place = Place::new();
    place.rawcd(&["disc", "new", "my.disc"]);
    let server = place.serve(&["--disc", "my.disc"]);
    let mut host = server.log_in();
    select(&mut host, true);
    write_all(&mut host, 4000, 0xA5);
    server.signal("-TERM");
    assert!(server.end().ends_with("exit status 0\n"));
    assert!(Disc::load(&place.path("my.disc")).unwrap().store.is_written(Lba(1000)));
}

/// The host has gone, and its BLANK was accepted.
#[test]
fn sigterm_lets_what_was_accepted_come_to_its_end() {
    let place = Place::new();
    place.rawcd(&["disc", "new", "my.disc", "--kind", "cd-rw", "--lead-in", "97:10:00"]);
    let server = place.serve(&["--disc", "my.disc"]);
    let mut host = server.log_in();
    select(&mut host, true);
    write_all(&mut host, 400, 0xA5);
    good(&mut host, &SYNCHRONIZE_CACHE, Data::None);
    assert_eq!(tracks(&place.path("my.disc")), 1);
    good(&mut host, &BLANK_IMMED, Data::None);
    server.signal("-TERM");
    assert!(server.end().ends_with("exit status 0\n"));
    let disc = Disc::load(&place.path("my.disc")).unwrap();
    assert_eq!((disc.state, disc.store.runs(Lba(-12_000)).count()), (DiscState::Blank, 0));
}

/// To a simulated drive a reset is as if its power had gone: a recording ends, and its mode pages are as at the start.
#[test]
fn a_reset_reaches_the_drive() {
    let place = Place::new();
    place.rawcd(&["disc", "new", "my.disc"]);
    let server = place.serve(&["--disc", "my.disc"]);
    let mut host = server.log_in();
    let page = |host: &mut Initiator| {
        let mut reply = [0; 60];
        good(host, &[0x5A, 0x08, 5, 0, 0, 0, 0, 0, 60, 0], Data::In(&mut reply));
        reply
    };
    let at_first = page(&mut host);
    select(&mut host, true);
    assert_ne!(page(&mut host), at_first);
    write_all(&mut host, 400, 0xA5);
    assert!(place.told(&["ctl", "status"]).contains(", recording\n"));
    assert_eq!(host.lun_reset().unwrap(), 0, "function complete");
    ready(&mut host);
    assert_eq!(page(&mut host), at_first);
    assert!(!place.told(&["ctl", "status"]).contains(", recording\n"));
    server.signal("-TERM");
    assert!(server.end().ends_with("exit status 0\n"));
}

/// Whoever reaches it may use it, and its owner is to know.
#[test]
fn off_loopback_there_is_a_warning_unless_a_secret_is_asked_for() {
    let place = Place::new();
    place.file("secret", "correct horse battery\n", 0o600);
    let warning = "warning: whoever reaches 0.0.0.0:0 may use the drive";
    for (listen, args, is_warned) in [
        ("0.0.0.0:0", &[][..], true),
        ("0.0.0.0:0", &["--chap", "alice", "--chap-secret-file", "secret"][..], false),
        ("127.0.0.1:0", &[][..], false),
    ] {
        let server = place.serve_at(listen, args);
        server.signal("-TERM");
        let told = server.end();
        assert_eq!(told.contains(warning), is_warned, "{listen} {args:?}: {told}");
    }
}

#[test]
fn discs_are_changed_under_a_host_that_is_there() {
    let place = Place::new();
    place.rawcd(&["disc", "new", "my.disc"]);
    let server = place.serve(&[]);
    let mut host = log_in(&server.address);
    sense(&mut host, &TEST_UNIT_READY, Data::None);
    assert_eq!(sense(&mut host, &TEST_UNIT_READY, Data::None).unwrap().asc, 0x3A);
    let mut told = String::new();
    let mut ctl = |args: &[&str]| {
        told += &format!("$ rawcd ctl {}\n{}", args.join(" "), place.told(&[&["ctl"], args].concat()));
    };
    ctl(&["insert", "my.disc"]);
    ready(&mut host);
    ctl(&["status"]);
    ctl(&["swap", "blank-cdrw-80"]);
    ctl(&["eject"]);
    assert_eq!(sense(&mut host, &TEST_UNIT_READY, Data::None).unwrap().asc, 0x3A);
    ctl(&["insert", "no-such-medium"]);
    ctl(&["insert", "none.disc"]);
    ctl(&["--socket", "none", "status"]);
    ctl(&["--socket", "../none", "status"]);
    ctl(&["stop"]);
    let port = server.port().to_owned();
    assert!(server.end().ends_with("exit status 0\n"));
    insta::assert_snapshot!(steady(&told.replace(&port, "PORT")));
}

/// Without what the system chose, the host's port, and what other tests are about, which media there are.
fn steady(text: &str) -> String {
    let line = |line: &str| match line.split_once(" from 127.0.0.1:") {
        Some((session, _)) => format!("{session} from 127.0.0.1:ITS-PORT\n"),
        None if line.starts_with("help: there are: ") => "help: there are: …\n".to_owned(),
        None => format!("{line}\n"),
    };
    text.lines().map(line).collect()
}

#[test]
fn what_cannot_be_served_is_said() {
    let place = Place::new();
    place.rawcd(&["disc", "new", "my.disc"]);
    place.file("short", "elevenbytes\n", 0o600);
    place.file("empty", "\n", 0o600);
    place.file("long", &"x".repeat(5000), 0o600);
    place.file("no.disc", "not a disc", 0o600);
    let server = place.serve(&["--disc", "my.disc", "--control", "mine"]);
    let free = ["serve", "--listen", "127.0.0.1:0"];
    let taken = server.address.clone();
    let asked: [&[&str]; 16] = [
        &["serve", "--listen", &taken],
        &["serve", "--listen", "127.0.0.1"],
        &[&free[..], &["--disc", "none.disc"]].concat(),
        &[&free[..], &["--disc", "no.disc"]].concat(),
        &[&free[..], &["--disc", "my.disc"]].concat(),
        &[&free[..], &["--disc", "my.disc", "--medium", "blank-cdr-80"]].concat(),
        &[&free[..], &["--control", "mine"]].concat(),
        &[&free[..], &["--control", "../mine"]].concat(),
        &[&free[..], &["--name", "no name"]].concat(),
        &[&free[..], &["--chap", "alice"]].concat(),
        &[&free[..], &["--chap", "alice", "--chap-secret-file", "short"]].concat(),
        &[&free[..], &["--chap", "alice", "--chap-secret-file", "empty"]].concat(),
        &[&free[..], &["--chap", "alice", "--chap-secret-file", "long"]].concat(),
        &[&free[..], &["--record", "no/such/folder.ron"]].concat(),
        &[&free[..], &["--record", "my.disc"]].concat(),
        &[&free[..], &["--device", "/dev/null"]].concat(),
    ];
    let told: Vec<String> =
        asked.iter().map(|args| format!("$ rawcd {}\n{}", args.join(" "), place.told(args))).collect();
    let pid = server.child.id().to_string();
    insta::assert_snapshot!(told.join("\n").replace(server.port(), "PORT").replace(&pid, "PID"));
}

/// What is burnt onto the disc of a server would be gone with its next save. Reading sees what was saved last.
#[test]
fn a_disc_that_is_served_is_not_written_by_others_and_can_be_read() {
    let (place, elsewhere) = (Place::new(), Place::new());
    place.rawcd(&["disc", "new", "my.disc"]);
    place.file("data.iso", &"x".repeat(2048 * 400), 0o644);
    assert!(place.told(&["burn", "data.iso", "--disc", "my.disc"]).ends_with("exit status 0\n"));
    let before = fs::read(place.path("my.disc")).unwrap();
    let server = place.serve(&["--disc", "my.disc"]);
    let pid = server.child.id().to_string();
    let writing: [&[&str]; 5] = [
        &["serve", "--listen", "127.0.0.1:0", "--disc", "my.disc"],
        &["burn", "data.iso", "--disc", "my.disc"],
        &["disc", "damage", "my.disc", "--range", "7", "--kind", "c1"],
        &["disc", "new", "my.disc", "--force"],
        &["disc", "import", "data.iso", "my.disc", "--force"],
    ];
    for args in writing {
        // Another control folder is no way around it.
        let mut command = place.command(args);
        let output = command.env("XDG_RUNTIME_DIR", elsewhere.folder.path()).output().unwrap();
        let told = String::from_utf8(output.stderr).unwrap();
        let expected = format!(
            "error: my.disc is in a drive already: `rawcd serve`, process {pid}\nhelp: `rawcd ctl eject` takes it out \
             there, `rawcd ctl stop` ends that server\n"
        );
        assert_eq!((told, output.status.code()), (expected, Some(2)), "{args:?}");
    }
    fs::copy(place.path("my.disc"), place.path("copy.disc")).unwrap();
    let reading: [&[&str]; 6] = [
        &["lint", "my.disc"],
        &["disc", "show", "my.disc"],
        &["disc", "ls", "my.disc"],
        &["disc", "diff", "my.disc", "copy.disc"],
        &["disc", "export", "my.disc", "out.iso"],
        &["rip", "back.iso", "--disc", "my.disc"],
    ];
    for args in reading {
        let told = place.told(args);
        assert!(told.ends_with("exit status 0\n"), "{args:?}: {told}");
    }
    server.signal("-TERM");
    assert!(server.end().ends_with("exit status 0\n"));
    assert_eq!(fs::read(place.path("my.disc")).unwrap(), before);
    // Whoever has it goes, and takes with him what kept others from it.
    assert!(
        place
            .told(&["disc", "damage", "my.disc", "--range", "7", "--kind", "c1"])
            .ends_with("exit status 0\n")
    );
    assert!(!place.path(".my.disc.lock").exists());
}

/// The word is for a disc, so without one it is not taken.
#[test]
fn an_empty_drive_is_not_served_for_writing() {
    let place = Place::new();
    let server = place.serve(&[]);
    let device = format!("iscsi://{}/{TARGET}/0", server.address);
    let told =
        place.told(&["serve", "--listen", "127.0.0.1:0", "--device", &device, "--yes-write-this-disc"]);
    assert!(told.contains("no disc is ready") && told.ends_with("exit status 2\n"), "{told}");
    server.signal("-TERM");
    server.end();
}

#[test]
fn who_says_nonsense_to_the_control_socket_is_told_so() {
    let place = Place::new();
    let server = place.serve(&["--control", "mine"]);
    let socket = place.path("rawcd/ctl-mine.sock");
    assert_eq!(fs::metadata(place.path("rawcd")).unwrap().permissions().mode() & 0o777, 0o700);
    #[cfg(target_os = "linux")]
    assert_eq!(fs::metadata(&socket).unwrap().permissions().mode() & 0o777, 0o600);
    let long = format!("{{\"do\":\"{}\"}}\n", "x".repeat(100_000));
    let requests: [&[u8]; 7] = [
        b"\n",
        b"{}\n",
        b"{\"do\":\"burn\"}\n",
        b"{\"do\":\"eject\",\"now\":1}\n",
        b"\xFF\xFE\n",
        b"[[[[\n",
        long.as_bytes(),
    ];
    let mut told = String::new();
    for request in requests {
        let mut stream = UnixStream::connect(&socket).unwrap();
        // It hangs up on what is too long before all of it is sent.
        let _ = stream.write_all(request);
        let mut answer = String::new();
        let _ = BufReader::new(&stream).read_line(&mut answer);
        told += &answer;
    }
    insta::assert_snapshot!(told);
    // Callers who say nothing take nobody's place for long: the seventeenth is hung up on, and the server goes on.
    let silent: Vec<UnixStream> = (0..40).map(|_| UnixStream::connect(&socket).unwrap()).collect();
    drop(silent);
    server.signal("-TERM");
    assert!(server.end().ends_with("exit status 0\n"));
    assert!(!socket.exists());
}
