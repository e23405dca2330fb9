//! Whether a case can be run on a real drive, and whether the disc in it is the one that the case needs.

use std::sync::Arc;

use mmc_sim::scene::{Activity, DiscScene, Readiness, Tray};
use mmc_sim::{Drive, Personality, Scene};
use mmc_wire::command::row_of;

use super::Simulated;
use super::guard::{Grant, refusal};
use super::inspect::{InDrive, Seen, inspect};
use crate::fixture::{Fixture, Medium, Step};
use crate::member::{Object, member};
use crate::runner::{Status, run_case};
use crate::suite::Case;

/// What no real drive can be asked for, whatever its owner allows.
pub fn impossible(fixture: &Fixture) -> Option<String> {
    if let Some(personality) = &fixture.personality {
        return Some(format!("needs the simulated drive `{personality}`"));
    }
    if !fixture.faults.is_empty() {
        return Some("needs trouble on the line, which is only made on the simulator".into());
    }
    if fixture.steps.iter().any(|step| matches!(step, Step::Host(_))) {
        return Some("needs a person at the drive".into());
    }
    None
}

/// What a case sends that the guard holds back.
pub fn held_back(fixture: &Fixture, grant: Grant) -> Option<String> {
    let records = |name: String| (grant == Grant::Nothing).then_some(name);
    fixture.steps.iter().find_map(|step| match step {
        Step::Send { cdb, write, .. } => {
            refusal(grant, &cdb.0, write.as_ref().map_or(&[][..], |bytes| &bytes.0))
        }
        Step::Record { by, .. } => row_of(by.opcode()).and_then(|row| records(row.name.to_owned())),
        Step::Call { member: name, image: Some(_), .. } if is_written_by(name) => {
            records(format!("what {name} records"))
        }
        _ => None,
    })
}

/// Whether a stream that the member is handed goes to the disc.
fn is_written_by(name: &str) -> bool {
    member(name).is_some_and(|member| member.of == Object::Writer)
}

/// States that nobody can put a real drive into on purpose.
pub fn unreachable_state(scene: &Scene) -> Option<String> {
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

/// What a look at a scene would show.
///
/// The disc that a case asks for is made on the simulator and looked at in the same way as the real one.
pub fn wanted(scene: &Scene) -> Result<InDrive, String> {
    let mut model = Drive::new(Personality::reference(), scene)
        .map_err(|error| format!("names a medium that cannot be made: {error}"))?;
    inspect(&mut model).map_err(|error| format!("names a medium that cannot be looked at: {error}"))
}

/// Why the disc in the drive is not the one that a case asks for.
pub fn unfit(case: &Case, scene: &Scene, there: &InDrive) -> Option<String> {
    let wanted = match wanted(scene) {
        Ok(wanted) => wanted,
        Err(why) => return Some(why),
    };
    let (wanted, there) = match (wanted, there) {
        (InDrive::Nothing, InDrive::Nothing) => return None,
        (InDrive::Disc(wanted), InDrive::Disc(there)) if there.is_like(&wanted) => (wanted, there),
        (wanted, there) => return Some(format!("needs {wanted}, there is {there}")),
    };
    if (wanted.atip == there.atip && wanted.lies_as(there)) || !is_about_its_disc(case, scene) {
        return None;
    }
    if wanted.atip != there.atip {
        return Some(format!("needs {}, the disc has {}", pregroove(&wanted), pregroove(there)));
    }
    Some("needs a disc whose tracks begin or end elsewhere".to_owned())
}

/// Whether a case would fail with another disc of the same kind in the same state: it expects the
/// figures of one disc. Such a case says nothing about a drive that holds another.
///
/// A medium that is described in the fixture itself is meant as it stands.
pub fn is_about_its_disc(case: &Case, scene: &Scene) -> bool {
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
