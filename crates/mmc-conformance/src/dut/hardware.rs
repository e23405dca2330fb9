//! A real drive as a device under test: read-only, and only for fixtures that its disc fits.

use core::time::Duration;
use std::sync::{Arc, Mutex, MutexGuard, PoisonError};

use mmc_sim::scene::{Activity, DiscScene, Readiness, Tray};
use mmc_sim::{Drive, Personality, Scene};
use mmc_wire::command::row_of;
use scsi_transport::{Data, Outcome, Transport, TransportError};

use super::guard::refusal;
use super::inspect::{InDrive, Seen, identity, inspect};
use super::{Device, DutFactory, ReadOnlyGuard, Refusal, Simulated, fatal};
use crate::deviation::Identity;
use crate::fixture::{Act, Fixture, Medium, Risk, Step};
use crate::media::Media;
use crate::member::{Object, member};
use crate::runner::{Status, run_case};
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
        let seen = inspect(&mut *locked(&self.drive)).map_err(|error| Refusal::Broken(error.to_string()))?;
        if let Some(reason) = fatal::fatal(&case.fixture, &self.identity, &seen) {
            return Err(Refusal::Ignored(reason));
        }
        match unfit(case, &scene, &seen) {
            Some(reason) => Err(Refusal::Ignored(reason)),
            None => Ok(Box::new(HardwareDevice {
                drive: Arc::clone(&self.drive),
                identity: self.identity.clone(),
                disc: seen,
            })),
        }
    }
}

/// A real drive with a disc that was looked at. What this drive does not survive is not sent, whoever asks.
struct HardwareDevice {
    drive: Guarded,
    identity: Identity,
    disc: InDrive,
}

impl Transport for HardwareDevice {
    fn execute(&mut self, cdb: &[u8], data: Data<'_>, timeout: Duration) -> Result<Outcome, TransportError> {
        match fatal::refusal(cdb, &self.identity, &self.disc) {
            Some(reason) => Err(TransportError::Request(format!("{reason}: not sent"))),
            None => locked(&self.drive).execute(cdb, data, timeout),
        }
    }

    fn wait(&mut self, duration: Duration) {
        locked(&self.drive).wait(duration);
    }
}

fn locked(drive: &Guarded) -> MutexGuard<'_, ReadOnlyGuard<Box<dyn Transport + Send>>> {
    drive.lock().unwrap_or_else(PoisonError::into_inner)
}

impl Device for HardwareDevice {
    fn act(&mut self, _act: &Act, _media: &Media) -> Result<(), String> {
        Err("nobody is there to touch a real drive".into())
    }
}

/// What no real drive can be asked for.
fn impossible(fixture: &Fixture) -> Option<String> {
    if let Some(personality) = &fixture.personality {
        return Some(format!("needs the simulated drive `{personality}`"));
    }
    if !fixture.faults.is_empty() {
        return Some("needs trouble on the line, which is only made on the simulator".into());
    }
    if fixture.steps.iter().any(|step| matches!(step, Step::Host(_))) {
        return Some("needs a person at the drive".into());
    }
    let refused = fixture.steps.iter().find_map(|step| match step {
        Step::Send { cdb, write, .. } => refusal(&cdb.0, write.as_ref().map_or(&[][..], |bytes| &bytes.0)),
        Step::Record { by, .. } => row_of(by.opcode()).map(|row| row.name.to_owned()),
        Step::Call { member: name, image: Some(_), .. } if is_written_by(name) => {
            Some(format!("what {name} records"))
        }
        _ => None,
    });
    if let (Risk::ReadOnly, Some(what)) = (fixture.risk, refused) {
        return Some(format!("would have to send {what}, and this run is read-only"));
    }
    match fixture.risk {
        Risk::ReadOnly => None,
        Risk::MayMove => Some("may move tray or lock, and this run is read-only".into()),
        Risk::MayWrite => Some("may write to the disc, and this run is read-only".into()),
    }
}

/// Whether a stream that the member is handed goes to the disc.
fn is_written_by(name: &str) -> bool {
    member(name).is_some_and(|member| member.of == Object::Writer)
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
        Scene { disc: Some(DiscScene { defects, .. }), .. } if !defects.is_empty() => "a disc scratched so",
        _ => return None,
    };
    Some(format!("needs {state}, which is only made on the simulator"))
}

/// Why the disc in the drive is not the one that a case asks for.
///
/// The disc asked for is made on the simulator and looked at in the same way as the real one.
fn unfit(case: &Case, scene: &Scene, there: &InDrive) -> Option<String> {
    let mut model = match Drive::new(Personality::reference(), scene) {
        Ok(model) => model,
        Err(error) => return Some(format!("names a medium that cannot be made: {error}")),
    };
    let wanted = match inspect(&mut model) {
        Ok(wanted) => wanted,
        Err(error) => return Some(format!("names a medium that cannot be looked at: {error}")),
    };
    let (wanted, there) = match (wanted, there) {
        (InDrive::Nothing, InDrive::Nothing) => return None,
        (InDrive::Disc(wanted), InDrive::Disc(there)) if there.is_like(&wanted) => (wanted, there),
        (wanted, there) => return Some(format!("needs {wanted}, there is {there}")),
    };
    if !is_about_its_disc(case, scene) {
        return None;
    }
    if wanted.atip != there.atip {
        return Some(format!("needs {}, the disc has {}", pregroove(&wanted), pregroove(there)));
    }
    ((&wanted.tracks, wanted.lead_out) != (&there.tracks, there.lead_out))
        .then(|| "needs a disc whose tracks begin or end elsewhere".to_owned())
}

/// Whether a case would fail with another disc of the same kind in the same state: it expects the
/// figures of one disc. Such a case says nothing about a drive that holds another.
///
/// A medium that is described in the fixture itself is meant as it stands.
fn is_about_its_disc(case: &Case, scene: &Scene) -> bool {
    if !matches!(case.fixture.medium, Medium::Named(_)) {
        return true;
    }
    OTHER_LENGTHS.iter().any(|length| {
        let Some(other) = another_disc(scene, *length) else { return true };
        let mut fixture = Fixture::clone(&case.fixture);
        fixture.medium = Medium::Scene(Box::new(other));
        let case = Case { fixture: Arc::new(fixture), deviations: Arc::default(), ..case.clone() };
        run_case(&case, &mut Simulated::new()).status != Status::Passed
    })
}

/// From the blocks of a track to those of the same track on another disc. A block that a case reads is
/// there on a longer disc, and its end is not there on a shorter one.
const OTHER_LENGTHS: [fn(u32) -> Option<u32>; 2] =
    [|blocks| blocks.checked_add(100), |blocks| Some(blocks.min(SHORTEST_TRACK))];
/// Four seconds.
const SHORTEST_TRACK: u32 = 300;

/// The scene with another disc: other times in the pregroove, tracks of other lengths. `None` when there
/// is no such disc.
fn another_disc(scene: &Scene, length: fn(u32) -> Option<u32>) -> Option<Scene> {
    let mut scene = scene.clone();
    if let Some(disc) = &mut scene.disc {
        if let Some(atip) = &mut disc.atip {
            atip.lead_in = (atip.lead_in_lba() + 100).to_msf()?;
            atip.last_lead_out = (atip.last_lead_out_lba() - 75).to_program_msf()?;
        }
        for track in disc.sessions.iter_mut().flat_map(|session| &mut session.tracks) {
            track.blocks = length(track.blocks)?;
        }
    }
    Drive::new(Personality::reference(), &scene).ok().map(|_| scene)
}

fn pregroove(seen: &Seen) -> String {
    match &seen.atip {
        Some((lead_in, lead_out)) => format!("the ATIP {lead_in} to {lead_out}"),
        None => "no ATIP".to_owned(),
    }
}
