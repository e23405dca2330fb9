//! A raw burn of a whole disc, whatever the drive is behind.

use std::io::Cursor;
use std::process::Command;
use std::time::{Duration, Instant};

use mmc_sim::{DiscKind, Drive, Personality, Scene};
use raw_cd::{RawCd, Recorder};
use scsi_transport::{Data, Outcome, Transport, TransportError};

use super::raw_image::{LEAD_IN, image};

/// Program area of the image: 80 minutes.
pub const SECTORS: i32 = 80 * 4500 - 151;

/// Asks this program for one burn.
const ASKED: &str = "RAWCD_BENCH_BURN";

/// Burns once and says how long it took, where that is what this process is for.
pub fn burn_if_asked() -> bool {
    let is_asked = std::env::var_os(ASKED).is_some();
    if is_asked {
        println!("{}", burn(drive(), &image(SECTORS)).as_nanos());
    }
    is_asked
}

/// How long the first burn of a process takes.
pub fn burn_in_a_new_process() -> Duration {
    let program = std::env::current_exe().expect("a path");
    let output = Command::new(program).env(ASKED, "1").output().expect("a process that burns");
    let text = String::from_utf8(output.stdout).expect("a number");
    Duration::from_nanos(text.trim().parse().expect("a number"))
}

/// The drive that a fresh one of `blank-cdr-80` is served by, in process.
pub fn drive() -> Drive {
    let time = |text: &str| text.parse().expect("a time");
    let scene = Scene::blank(DiscKind::CdR, time("97:26:66"), time("79:59:74"));
    Drive::new(Personality::reference(), &scene).expect("a drive")
}

/// A host that has not the patience to wait: what it would wait for the drive does in virtual time.
pub struct Hurried<T> {
    pub inner: T,
    /// How often it would have waited, and how long.
    pub waits: (u32, Duration),
}

impl<T: Transport> Transport for Hurried<T> {
    fn execute(&mut self, cdb: &[u8], data: Data<'_>, timeout: Duration) -> Result<Outcome, TransportError> {
        self.inner.execute(cdb, data, timeout)
    }

    fn wait(&mut self, duration: Duration) {
        self.waits = (self.waits.0 + 1, self.waits.1 + duration);
    }
}

/// How long it takes to write `image`, from PrepareMedia to ReleaseMedia.
pub fn burn(drive: impl Transport + Send + 'static, image: &[u8]) -> Duration {
    let writer = RawCd::default();
    writer.set_recorder(Some(&Recorder::new(drive))).expect("a recorder");
    writer.set_client_name("bench").expect("a name");
    let start = Instant::now();
    writer.prepare_media().expect("a blank disc");
    writer.write_media2(&mut Cursor::new(image), LEAD_IN).expect("a burn");
    writer.release_media().expect("a prepared disc");
    start.elapsed()
}
