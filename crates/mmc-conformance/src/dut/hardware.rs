//! A real drive as a device under test: read-only, and only for fixtures that its disc fits.

use core::time::Duration;
use std::sync::{Arc, Mutex, PoisonError};

use mmc_sim::Scene;
use mmc_sim::scene::{Activity, Content, DiscScene, End, Readiness, Tray};
use scsi_transport::{Data, Outcome, Transport, TransportError};

use super::inspect::{InDrive, Seen, identity, inspect};
use super::{Device, DutFactory, ReadOnlyGuard, Refusal};
use crate::deviation::Identity;
use crate::fixture::{Act, Fixture, Medium, Risk, Step};
use crate::media::Media;
use crate::suite::Case;

type Guarded = Arc<Mutex<ReadOnlyGuard<Box<dyn Transport + Send>>>>;

/// A real drive.
pub struct Hardware {
    drive: Guarded,
    identity: Identity,
}

impl Hardware {
    /// Takes a drive, behind a [`ReadOnlyGuard`], and asks who it is.
    pub fn new(drive: Box<dyn Transport + Send>) -> Result<Self, TransportError> {
        let mut drive = ReadOnlyGuard::new(drive);
        let [vendor, product, revision] = identity(&mut drive)?;
        Ok(Self {
            drive: Arc::new(Mutex::new(drive)),
            identity: Identity { vendor, product, revision, personality: None },
        })
    }
}

impl core::fmt::Debug for Hardware {
    fn fmt(&self, f: &mut core::fmt::Formatter<'_>) -> core::fmt::Result {
        f.debug_struct("Hardware").field("identity", &self.identity).finish_non_exhaustive()
    }
}

impl DutFactory for Hardware {
    fn identity(&self, _case: &Case) -> Identity {
        self.identity.clone()
    }

    fn open(&mut self, case: &Case) -> Result<Box<dyn Device>, Refusal> {
        if let Some(reason) = impossible(&case.fixture) {
            return Err(Refusal::Ignored(reason));
        }
        let Some(scene) = case.media.scene(&case.fixture.medium) else {
            return Err(Refusal::Broken("the fixture names a medium that no file describes".into()));
        };
        if let Some(reason) = unreachable_state(&scene) {
            return Err(Refusal::Ignored(reason));
        }
        let mut device = HardwareDevice(Arc::clone(&self.drive));
        let seen = inspect(&mut device).map_err(|error| Refusal::Broken(error.to_string()))?;
        let exact = !matches!(case.fixture.medium, Medium::Named(_));
        match unfit(&scene, exact, &seen) {
            Some(reason) => Err(Refusal::Ignored(reason)),
            None => Ok(Box::new(device)),
        }
    }
}

struct HardwareDevice(Guarded);

impl Transport for HardwareDevice {
    fn execute(&mut self, cdb: &[u8], data: Data<'_>, timeout: Duration) -> Result<Outcome, TransportError> {
        self.0.lock().unwrap_or_else(PoisonError::into_inner).execute(cdb, data, timeout)
    }

    fn wait(&mut self, duration: Duration) {
        self.0.lock().unwrap_or_else(PoisonError::into_inner).wait(duration);
    }
}

impl Device for HardwareDevice {
    fn act(&mut self, _act: &Act, _media: &Media) -> Result<(), String> {
        Err("nobody is there to touch a real drive".into())
    }
}

/// What no real drive can be asked for.
fn impossible(fixture: &Fixture) -> Option<String> {
    if fixture.personality != "reference" {
        return Some(format!("needs the simulated drive `{}`", fixture.personality));
    }
    if !fixture.faults.is_empty() {
        return Some("needs trouble on the line, which is only made on the simulator".into());
    }
    if fixture.steps.iter().any(|step| matches!(step, Step::Host(_))) {
        return Some("needs a person at the drive".into());
    }
    match fixture.risk {
        Risk::ReadOnly => None,
        Risk::MayMove => Some("may move tray or lock, and this run is read-only".into()),
        Risk::MayWrite => Some("may write to the disc, and this run is read-only".into()),
    }
}

/// States that nobody can put a real drive into on purpose.
fn unreachable_state(scene: &Scene) -> Option<String> {
    let state = match scene {
        Scene { tray: Tray::Open, .. } => "an open tray",
        Scene { readiness: Readiness::Loading(_), .. } => "a drive that is loading",
        Scene { readiness: Readiness::Unreadable(_), .. } => "a disc that cannot be read",
        Scene { attention, .. } if !attention.is_empty() => "a pending unit attention",
        Scene { activity: Activity::Streaming | Activity::Long { .. }, .. } => "a drive that is busy",
        Scene { locked: true, .. } => "a locked tray",
        Scene { disc: Some(DiscScene { formatted: true, .. }), .. } => "a formatted disc",
        _ => return None,
    };
    Some(format!("needs {state}, which is only made on the simulator"))
}

/// Why the disc in the drive is not the one that a scene asks for.
fn unfit(scene: &Scene, exact: bool, in_drive: &InDrive) -> Option<String> {
    let disc = match (&scene.disc, in_drive) {
        (None, InDrive::Nothing) => return None,
        (None, _) => return Some("needs an empty drive".into()),
        (Some(disc), InDrive::Nothing) => return Some(format!("needs {}, there is no disc", wanted(disc))),
        (Some(disc), InDrive::Unknown(told)) => {
            return Some(format!("needs {}, the drive says {told}", wanted(disc)));
        }
        (Some(disc), InDrive::Disc(seen)) => (disc, seen),
    };
    let (disc, seen) = disc;
    let same_state = seen.kind == Some(disc.kind)
        && seen.status == status(disc)
        && seen.open == is_open(disc)
        && usize::try_from(seen.closed) == Ok(closed(disc));
    if !same_state {
        return Some(format!("needs {}, there is {}", wanted(disc), there(seen)));
    }
    let tracks: Vec<bool> = disc
        .sessions
        .iter()
        .take(closed(disc))
        .flat_map(|session| &session.tracks)
        .map(|track| track.content != Content::Audio)
        .collect();
    if tracks != seen.data_tracks {
        return Some(format!(
            "needs {}, the disc has {}",
            tracks_told(&tracks),
            tracks_told(&seen.data_tracks)
        ));
    }
    let atip = disc.atip.as_ref().map(|atip| (atip.lead_in.to_string(), atip.last_lead_out.to_string()));
    if exact && atip != seen.atip {
        let told = |atip: &Option<(String, String)>| match atip {
            Some((lead_in, lead_out)) => format!("ATIP {lead_in} to {lead_out}"),
            None => "no ATIP".to_owned(),
        };
        return Some(format!("needs {}, the disc has {}", told(&atip), told(&seen.atip)));
    }
    None
}

const fn is_open(disc: &DiscScene) -> bool {
    matches!(disc.end, End::Open) && !disc.sessions.is_empty()
}

fn closed(disc: &DiscScene) -> usize {
    disc.sessions.len() - usize::from(is_open(disc))
}

const fn status(disc: &DiscScene) -> &'static str {
    match disc.end {
        End::Finalised => "finalised",
        _ if disc.sessions.is_empty() => "blank",
        End::Appendable | End::Open => "appendable",
    }
}

fn wanted(disc: &DiscScene) -> String {
    let sessions = closed(disc);
    format!(
        "{} {} with {sessions} closed sessions{}",
        article(status(disc)),
        kind(Some(disc.kind)),
        open(is_open(disc))
    )
}

fn there(seen: &Seen) -> String {
    format!(
        "{} {} with {} closed sessions{}",
        article(&seen.status),
        kind(seen.kind),
        seen.closed,
        open(seen.open)
    )
}

const fn kind(kind: Option<mmc_sim::DiscKind>) -> &'static str {
    match kind {
        Some(mmc_sim::DiscKind::CdR) => "CD-R",
        Some(mmc_sim::DiscKind::CdRw) => "CD-RW",
        Some(mmc_sim::DiscKind::CdRom) => "CD-ROM",
        None => "disc that is no CD",
    }
}

fn article(status: &str) -> String {
    if status.starts_with('a') { format!("an {status}") } else { format!("a {status}") }
}

const fn open(open: bool) -> &'static str {
    if open { " and an open one" } else { "" }
}

fn tracks_told(tracks: &[bool]) -> String {
    let data = tracks.iter().filter(|data| **data).count();
    format!("{data} data and {} audio tracks", tracks.len() - data)
}
