//! The user data of a track.

use std::path::Path;

use cd_format::recorded::RecordedFrames;
use cd_format::sector::{SECTOR_LEN, Sector, SectorMode, build, check};
use cd_format::{Control, Lba};

use crate::compose::address;
use crate::error::ImageError;
use crate::loss::{Frames, Loss};

use super::output::Output;
use super::program;

/// Writes the 2048 bytes of user data of every sector of a data track of mode 1, or mode 2 form 1, as
/// the file `path`: from its index 1 on. Without a track, the session's first data track.
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
    program::copy(frames, &session, &session.layout, false, &mut losses, |lba, _, main, _| {
        if lba < start || lba >= end {
            return Ok(());
        }
        match found.user_data(lba, main) {
            Some(user) => output.write(user),
            None => output.write(&[0; 2048]),
        }
    })?;
    losses.extend(found.form_1.map(Loss::Form1));
    losses.extend(found.altered.map(Loss::Altered));
    losses.extend(found.none.map(Loss::NoUserData));
    output.finish()?.place()?;
    Ok(losses)
}

#[derive(Default)]
struct Found {
    form_1: Option<Frames>,
    altered: Option<Frames>,
    none: Option<Frames>,
}

impl Found {
    /// The user data of a descrambled sector, if it has 2048 bytes of it.
    fn user_data<'a>(&mut self, lba: Lba, main: &'a Sector) -> Option<&'a [u8]> {
        let sector = check::classify(main);
        let mode = sector.mode.filter(|mode| matches!(mode, SectorMode::Mode1 | SectorMode::Mode2Form1));
        let user = mode.and_then(|mode| main.get(mode.user_start()..mode.user_start() + 2048));
        let (Some(mode), Some(user)) = (mode, user) else {
            Frames::tally(&mut self.none, lba);
            return None;
        };
        if mode == SectorMode::Mode2Form1 {
            Frames::tally(&mut self.form_1, lba);
        }
        let mut rebuilt = [0; SECTOR_LEN];
        let built =
            build::sector(&mut rebuilt, mode, address(lba), sector.sub_header.unwrap_or_default(), user);
        if built.is_err() || rebuilt != *main {
            Frames::tally(&mut self.altered, lba);
        }
        Some(user)
    }
}
