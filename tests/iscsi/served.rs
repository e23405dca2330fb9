//! A simulated drive behind a target of our own, for as long as a test lasts.

use std::path::Path;
use std::sync::Arc;
use std::thread::JoinHandle;

use libtest_mimic::Failed;
use mmc_conformance::fixture::Medium;
use mmc_conformance::media::Media;
use mmc_conformance::source::Source;
use mmc_sim::{Drive, Personality};
use scsi_iscsi::login::LoginPolicy;
use scsi_iscsi::unit::LogicalUnit;
use scsi_iscsi::{Server, ServerHandle, ServerOptions};

/// The name of the target.
pub const TARGET: &str = "iqn.2026-11.com.example:drive";

/// A drive that is served until this goes.
pub struct Served {
    port: u16,
    handle: ServerHandle<Drive>,
    thread: Option<JoinHandle<std::io::Result<()>>>,
}

impl Served {
    /// The reference drive with a disc of `fixtures/media`, or of `None` an empty one.
    pub fn with(medium: Option<&str>) -> Result<Self, Failed> {
        Self::of(drive(medium)?, |_| {})
    }

    /// The same, served otherwise.
    pub fn of(drive: Drive, change: impl FnOnce(&mut ServerOptions)) -> Result<Self, Failed> {
        let mut options = ServerOptions::new(LoginPolicy::new(TARGET));
        options.listen.set_port(0);
        options.prompt = true;
        change(&mut options);
        let server = Server::bind(LogicalUnit::new(drive), options)?;
        let port = server.local_addr().port();
        let handle = server.handle();
        let thread = std::thread::spawn(move || server.run());
        Ok(Self { port, handle, thread: Some(thread) })
    }

    pub const fn port(&self) -> u16 {
        self.port
    }

    /// `iscsi://127.0.0.1:PORT`
    pub fn portal(&self) -> String {
        format!("iscsi://127.0.0.1:{}", self.port)
    }

    /// The URL of unit 0.
    pub fn url(&self) -> String {
        format!("{}/{TARGET}/0", self.portal())
    }
}

impl Drop for Served {
    fn drop(&mut self) {
        self.handle.stop();
        if let Some(thread) = self.thread.take() {
            let ended = thread.join();
            assert!(
                std::thread::panicking() || matches!(ended, Ok(Ok(()))),
                "the server ended with {ended:?}"
            );
        }
    }
}

/// The reference drive with a disc of `fixtures/media`.
pub fn drive(medium: Option<&str>) -> Result<Drive, Failed> {
    let name = medium.unwrap_or("no-disc");
    let path = Path::new(env!("CARGO_MANIFEST_DIR")).join(format!("fixtures/media/{name}.ron"));
    let source = Arc::new(Source::new(&path, std::fs::read_to_string(&path)?));
    let mut media = Media::default();
    media.add(name, &source).map_err(|complaint| format!("{name}: {complaint:?}"))?;
    let scene = media.scene(&Medium::Named(name.to_owned())).ok_or_else(|| format!("no medium {name}"))?;
    Ok(Drive::new(Personality::reference(), &scene).map_err(|error| error.to_string())?)
}
