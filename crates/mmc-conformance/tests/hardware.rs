//! The road of a real drive, with the simulated one at its end: what runs, what is ignored and why,
//! and what is never sent.

#![allow(clippy::unwrap_used, clippy::panic, reason = "in a test a panic is the answer")]

use core::time::Duration;
use std::collections::BTreeMap;
use std::path::Path;
use std::sync::{Arc, Mutex, OnceLock};

use mmc_conformance::dut::Hardware;
use mmc_conformance::report::{Report, RunVerdict};
use mmc_conformance::runner::{Status, run_case};
use mmc_conformance::suite::Suite;
use mmc_sim::{DiscKind, Drive, Personality, Scene};
use mmc_wire::command::{Effect, row_of};
use scsi_transport::{Data, Outcome, Transport, TransportError};

/// Keeps the CDBs that reach the drive.
struct Watched {
    drive: Drive,
    seen: Arc<Mutex<Vec<Vec<u8>>>>,
}

impl Transport for Watched {
    fn execute(&mut self, cdb: &[u8], data: Data<'_>, timeout: Duration) -> Result<Outcome, TransportError> {
        self.seen.lock().unwrap().push(cdb.to_vec());
        self.drive.execute(cdb, data, timeout)
    }

    fn wait(&mut self, duration: Duration) {
        self.drive.wait(duration);
    }
}

fn suite() -> &'static Suite {
    static SUITE: OnceLock<Suite> = OnceLock::new();
    SUITE.get_or_init(|| {
        let fixtures = Path::new(env!("CARGO_MANIFEST_DIR")).join("../../fixtures");
        Suite::load(&[fixtures]).unwrap_or_else(|error| panic!("{error}"))
    })
}

/// Runs the whole suite on a drive with this scene; gives the report and what was sent.
fn run(scene: &Scene) -> (Report, Vec<Vec<u8>>) {
    run_on(Personality::reference(), scene)
}

fn run_on(personality: Personality, scene: &Scene) -> (Report, Vec<Vec<u8>>) {
    let seen = Arc::new(Mutex::new(Vec::new()));
    let drive = Drive::new(personality, scene).unwrap();
    let mut hardware = Hardware::new(Box::new(Watched { drive, seen: Arc::clone(&seen) })).unwrap();
    let mut report = Report::new("a real drive");
    for case in suite().cases() {
        report.results.push(run_case(case, &mut hardware));
    }
    let seen = seen.lock().unwrap().clone();
    (report, seen)
}

fn blank(kind: DiscKind) -> Scene {
    Scene::blank(kind, "97:26:66".parse().unwrap(), "79:59:74".parse().unwrap())
}

#[test]
fn nothing_that_could_change_a_disc_is_sent() {
    let (_, sent) = run(&blank(DiscKind::CdR));
    assert!(!sent.is_empty());
    for cdb in sent {
        let row = row_of(cdb[0]).unwrap_or_else(|| panic!("an opcode without a name: {cdb:02X?}"));
        assert_ne!(row.effect, Effect::Writes, "{cdb:02X?}");
        assert!(cdb[0] != 0x1B || cdb[4] & 2 == 0, "eject or load: {cdb:02X?}");
        assert_ne!(cdb[0], 0xA6, "load/unload: {cdb:02X?}");
        assert!(!matches!(cdb[0], 0x15 | 0x55) || cdb[1] & 1 == 0, "a page for good: {cdb:02X?}");
    }
}

/// Drives that do not survive a command are not sent it, and the report says why.
#[test]
fn what_a_drive_does_not_survive_is_not_sent() {
    let named = |vendor: &str, product: &str| {
        let mut personality = Personality::reference();
        personality.identity.vendor = vendor.to_owned();
        personality.identity.product = product.to_owned();
        run_on(personality, &blank(DiscKind::CdR))
    };
    let pma = |cdb: &[u8]| cdb[0] == 0x43 && (cdb[2] & 15 == 3 || cdb[2] & 15 == 0 && cdb[9] >> 6 == 3);
    let (_, sent) = named("RAWCD", "ANY DRIVE");
    for opcode in [0xAD, 0x5C] {
        assert!(sent.iter().any(|cdb| cdb[0] == opcode), "{opcode:02X}h is never sent: this proves nothing");
    }
    assert!(sent.iter().any(|cdb| pma(cdb)), "the PMA is never read: this proves nothing");

    let (report, sent) = named("PIONEER", "DVD-RW  DVR-110D");
    assert!(!sent.iter().any(|cdb| matches!(cdb[0], 0xAD | 0x5C)));
    let reasons: Vec<&str> = report
        .results
        .iter()
        .filter_map(|result| match &result.status {
            Status::Ignored(reason) => Some(reason.as_str()),
            _ => None,
        })
        .collect();
    assert!(reasons.iter().any(|reason| reason.contains("hangs this drive (notes on drives of cdrtools")));

    let (_, sent) = named("MATSHITA", "CD-R   CW-7502");
    assert!(!sent.iter().any(|cdb| pma(cdb)));
}

/// What a drive passes as the simulated one, it passes as a real one; the rest says why it did not run.
#[test]
fn each_disc_runs_the_cases_that_are_about_it() {
    for (name, scene) in
        [("CD-R", blank(DiscKind::CdR)), ("CD-RW", blank(DiscKind::CdRw)), ("nothing", Scene::default())]
    {
        let (report, _) = run(&scene);
        let failed: Vec<_> = report
            .results
            .iter()
            .filter_map(|result| match &result.status {
                Status::Failed(failure) => Some(format!("{}: {}", result.id, failure.headline())),
                _ => None,
            })
            .collect();
        assert!(failed.is_empty(), "{name}: {failed:#?}");
        assert_eq!(report.verdict(), RunVerdict::AsExpected, "{name}");
        assert!(report.counts().passed >= 20, "{name}: {}", report.counts());
        assert!(report.counts().ignored > 0, "{name}");
    }
}

/// Twelve reasons at most are read; a reason per case would be noise.
#[test]
fn reasons_say_what_is_needed_and_what_is_there() {
    let (report, _) = run(&blank(DiscKind::CdR));
    let mut reasons: BTreeMap<&str, usize> = BTreeMap::new();
    for result in &report.results {
        if let Status::Ignored(reason) = &result.status {
            *reasons.entry(reason).or_default() += 1;
        }
    }
    for expected in [
        "needs no disc, there is a blank CD-R",
        "needs a blank CD-RW, there is a blank CD-R",
        "needs a drive that is loading, which is only made on the simulator",
        "may move tray or lock, and this run is read-only",
    ] {
        assert!(reasons.contains_key(expected), "{expected:?} is not among {reasons:#?}");
    }
}
