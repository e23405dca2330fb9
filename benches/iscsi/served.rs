//! Our side: `rawcd serve`, as a user starts it.

use std::io::{BufRead, BufReader};
use std::path::{Path, PathBuf};
use std::process::{Child, Command, Stdio};
use std::sync::LazyLock;
use std::time::Duration;

use scsi_iscsi::initiator::{Initiator, Options};
use scsi_transport::{Data, Transport};

/// What `rawcd serve` calls its target.
const TARGET: &str = "iqn.2026-11.io.github.rawcd:drive";

/// `rawcd`, built as benches are; a bench of one package is not given the binary of another.
static RAWCD: LazyLock<PathBuf> = LazyLock::new(|| {
    let root = Path::new(env!("CARGO_MANIFEST_DIR"));
    let built = Command::new(env!("CARGO"))
        .args(["build", "--release", "--quiet", "--package", "rawcd-cli"])
        .current_dir(root)
        .status()
        .expect("cargo");
    assert!(built.success(), "rawcd cannot be built");
    // This program is target/release/deps/iscsi-…
    let program = std::env::current_exe().expect("a path");
    program.ancestors().nth(2).expect("target/release").join("rawcd")
});

/// A served drive; ends when this goes.
pub struct Served {
    child: Child,
    address: String,
    /// Where its control socket is.
    _folder: tempfile::TempDir,
}

impl Served {
    /// The reference drive with a disc of `fixtures/media`.
    pub fn start(medium: &str) -> Self {
        let folder = tempfile::tempdir().expect("a folder");
        let mut child = Command::new(&*RAWCD)
            .args(["serve", "--listen", "127.0.0.1:0", "--medium", medium])
            .env("XDG_RUNTIME_DIR", folder.path())
            .stdout(Stdio::piped())
            .spawn()
            .expect("rawcd serve");
        let mut line = String::new();
        let mut output = BufReader::new(child.stdout.take().expect("its output"));
        output.read_line(&mut line).expect("the line that says where");
        // The rest is read too, so that it does not wait for us.
        std::thread::spawn(move || std::io::copy(&mut output, &mut std::io::sink()));
        let address = line.trim().rsplit(' ').next().unwrap_or_default().to_owned();
        Self { child, address, _folder: folder }
    }

    /// A session in which the unit attentions are out of the way.
    pub fn connect(&self) -> Initiator {
        let url = format!("iscsi://{}/{TARGET}/0", self.address).parse().expect("a URL");
        let mut unit = Initiator::connect(&url, Options::default()).expect("a session");
        for _ in 0..3 {
            unit.execute(&[0; 6], Data::None, Duration::from_secs(60)).expect("an answer");
        }
        unit
    }
}

impl Drop for Served {
    fn drop(&mut self) {
        let _ = self.child.kill();
        let _ = self.child.wait();
    }
}
