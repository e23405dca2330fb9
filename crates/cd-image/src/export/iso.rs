//! The user data of a track.

use std::path::Path;

use cd_format::recorded::RecordedFrames;
use cd_format::sector::check::{self, Classified, EdcState};
use cd_format::sector::ecc::Repair;
use cd_format::sector::{HEADER, SECTOR_LEN, SYNC, Sector, SectorMode, build, scramble};
use cd_format::{Control, Lba};

use crate::compose::address;
use crate::error::ImageError;
use crate::layout::TrackMode;
use crate::loss::{Frames, Loss};

use super::output::Output;
use super::program;

/// Writes the 2048 bytes of user data of every sector of a data track of mode 1, or mode 2 form 1, as
/// the file `path`: from its index 1 on. Without a track, the session's first data track.
///
/// Sectors that are damaged are repaired by their parities where the EDC agrees afterwards; both that and
/// where it could not be done are told.
pub fn iso<F: RecordedFrames>(
    frames: &F,
    number: u8,
    track: Option<u8>,
    path: &Path,
) -> Result<Vec<Loss>, ImageError> {
    let (session, others) = super::session(frames, number)?;
    let tracks = &session.layout.tracks;
    let chosen = |n: &usize| match track {
        Some(track) => tracks[*n].number == track,
        None => session.mode(*n).is_data(),
    };
    let data = |n: &usize| session.mode(*n).is_data();
    let Some(n) = (0..tracks.len()).find(chosen).filter(data) else {
        let there = (0..tracks.len()).filter(data).map(|n| tracks[n].number).collect();
        let what = track.map_or("a data track".to_owned(), |track| format!("data track {track}"));
        return Err(ImageError::NotThere { what, there });
    };
    let track = &tracks[n];
    let mut losses = Vec::new();
    program::areas(&session, others, &mut losses);
    program::no_texts(&session, &mut losses);
    if tracks.len() > 1 {
        losses.push(Loss::OtherTracks(tracks.len() - 1));
    }
    if session.layout.mcn.is_some() {
        losses.push(Loss::Mcn);
    }
    if track.isrc.is_some() {
        losses.push(Loss::Isrc(track.number));
    }
    if !track.indexes.is_empty() {
        losses.push(Loss::Indexes(track.number));
    }
    if track.control != Control::DATA {
        losses.push(Loss::Control { track: track.number, control: track.control });
    }
    let mut output = Output::create(path)?;
    let mut found = Found::default();
    let (start, end) = (track.start, session.end_of(n));
    program::copy(frames, &session, &session.layout, false, &mut losses, |lba, mode, main, _| {
        if lba < start || lba >= end {
            return Ok(());
        }
        match found.user_data(lba, mode, main) {
            Some(user) => output.write(&user),
            None => output.write(&[0; 2048]),
        }
    })?;
    losses.extend(found.form_1.map(Loss::Form1));
    losses.extend(found.altered.map(Loss::Altered));
    losses.extend(found.repaired.map(Loss::Repaired));
    losses.extend(found.beyond.map(Loss::BeyondRepair));
    losses.extend(found.none.map(Loss::NoUserData));
    output.finish()?.place()?;
    Ok(losses)
}

#[derive(Default)]
struct Found {
    form_1: Option<Frames>,
    altered: Option<Frames>,
    repaired: Option<Frames>,
    beyond: Option<Frames>,
    none: Option<Frames>,
}

impl Found {
    /// The user data of a descrambled sector, if it has 2048 bytes of it.
    fn user_data(&mut self, lba: Lba, track: TrackMode, main: &Sector) -> Option<[u8; 2048]> {
        let mut sector = *main;
        let mut kind = check::classify(&sector);
        let is_sound = kind.edc == EdcState::Good;
        if !is_sound && let Some(whole) = repaired(main, kind, track) {
            Frames::tally(&mut self.repaired, lba);
            sector = whole;
            kind = check::classify(&sector);
        }
        let mode = kind.mode.filter(has_user_data);
        let user = mode.and_then(|mode| sector.get(mode.user_start()..)?.first_chunk::<2048>());
        let (Some(mode), Some(user)) = (mode, user) else {
            Frames::tally(&mut self.none, lba);
            return None;
        };
        if mode == SectorMode::Mode2Form1 {
            Frames::tally(&mut self.form_1, lba);
        }
        let mut rebuilt = [0; SECTOR_LEN];
        let sub_header = kind.sub_header.unwrap_or_default();
        let built = build::sector(&mut rebuilt, mode, address(lba), sub_header, user);
        if kind.edc != EdcState::Good {
            Frames::tally(&mut self.beyond, lba);
        } else if built.is_err() || rebuilt != sector {
            Frames::tally(&mut self.altered, lba);
        }
        Some(*user)
    }
}

fn has_user_data(mode: &SectorMode) -> bool {
    matches!(mode, SectorMode::Mode1 | SectorMode::Mode2Form1)
}

/// The sector as it was before it was damaged, if the parities tell and the EDC agrees. The parities of mode 1
/// speak for the header too, those of form 1 for the sub-header; a damaged sync has kept the sector from being
/// descrambled.
fn repaired(main: &Sector, kind: Classified, track: TrackMode) -> Option<Sector> {
    let of_track = if track == TrackMode::Mode2Raw { SectorMode::Mode2Form1 } else { SectorMode::Mode1 };
    let mode = kind.mode.filter(has_user_data).unwrap_or(of_track);
    let as_it_is = if main[..HEADER] == SYNC { *main } else { with_sync(main) };
    let mut descrambled = as_it_is;
    scramble::scramble(&mut descrambled);
    let candidates = [Some(as_it_is), (main[..HEADER] != SYNC).then_some(descrambled)];
    candidates.into_iter().flatten().find_map(|mut sector| match check::repair(&mut sector, mode) {
        Repair::Clean | Repair::Repaired { .. } => {
            let again = check::classify(&sector);
            (again.edc == EdcState::Good && again.mode == Some(mode)).then_some(sector)
        }
        Repair::Beyond { .. } => None,
    })
}

fn with_sync(main: &Sector) -> Sector {
    let mut sector = *main;
    sector[..HEADER].copy_from_slice(&SYNC);
    sector
}
