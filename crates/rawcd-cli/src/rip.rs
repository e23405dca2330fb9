//! `rawcd rip`: a disc read through a drive, simulated or real.

mod frames;
mod spool;
#[cfg(test)]
mod tests;

use std::io::Write;
use std::process::ExitCode;

use cd_format::RecordedFrames;
use cd_image::ImageError;
use cd_image::loss::Loss;
use mmc_wire::block::disc_information::{DiscInformation, DiscStatus};
use mmc_wire::command::ReadDiscInformation;
use raw_cd::{COMMAND_TIMEOUT, Recorder};
use scsi_passthrough::Access;

use crate::args::disc::{Part, Rip};
use crate::burn::target;
use crate::device::{self, Opener};
use crate::disc::export;
use crate::failure::Failure;
use crate::paint::{BAD, NOTE, in_style};
use frames::{Damaged, DriveFrames};
use spool::Spool;

pub fn run(options: &Rip) -> Result<ExitCode, Failure> {
    run_with(options, &device::real)
}

/// Reads with a drive that `opener` opens, where the disc is in no file.
fn run_with(options: &Rip, opener: Opener<'_>) -> Result<ExitCode, Failure> {
    let part = &options.part;
    // What cannot be written is said before the disc is read.
    export::check(part, &[spool::partial(&part.output)])?;
    let recorder = match (&options.from.disc, &options.from.device) {
        (Some(file), _) => target::to_read(file, &options.from.personality)?,
        (None, Some(name)) => Recorder::new(opener(name, Access::ReadOnly)?),
        (None, None) => return Err(Failure::new("neither a disc file nor a device is named")),
    };
    let frames =
        DriveFrames::of(&recorder, options.on_error, options.retries).map_err(|error| {
            match is_blank(&recorder) {
                true => Failure::new("the disc is blank: there is nothing on it to read"),
                false => Failure::drive(error),
            }
        })?;
    let mut runs = frames.runs();
    let others = runs.len().saturating_sub(1);
    let index = usize::from(part.session).wrapping_sub(1);
    if index >= runs.len() {
        let there = (1..=runs.len()).map(|n| u8::try_from(n).unwrap_or(u8::MAX)).collect();
        return Err(Failure::new(ImageError::NotThere { what: format!("session {}", part.session), there }));
    }
    let told = frames.told_of(index);
    let spool = Spool::read(&frames, runs.swap_remove(index), &part.output)?.with_lead_in(told);
    // That the first pregap is missing is the drive's doing, and an import makes one: no loss of this
    // format's.
    let before = (others > 0).then_some(Loss::OtherSessions(others));
    let alone = Part { session: 1, ..part.clone() };
    let status = export::write(&spool, &alone, before, |loss| {
        !matches!(loss, Loss::Position(_) | Loss::FirstPregap(_))
    })?;
    let damaged = frames.damaged();
    if !damaged.is_empty() {
        let mut out = anstream::stderr().lock();
        for Damaged { blocks, sense } in &damaged {
            let (first, last) = (blocks.start, blocks.end - 1);
            let place = if first == last { format!("LBA {first}") } else { format!("LBA {first} to {last}") };
            writeln!(out, "{} {place}: {sense:?}", in_style(BAD, "unreadable:"))?;
        }
        let blocks: i32 = damaged.iter().map(|stretch| stretch.blocks.end - stretch.blocks.start).sum();
        writeln!(out, "{blocks} blocks could not be read; zeros stand for them")?;
        return Ok(ExitCode::FAILURE);
    }
    let unreadable = frames.absent();
    if let Some((first, blocks)) = unreadable {
        let text =
            format!("{blocks} blocks are none that can be read, LBA {first} first; zeros stand for them");
        writeln!(anstream::stderr(), "{} {text}", in_style(NOTE, "note:"))?;
    }
    Ok(status)
}

/// Whether the drive calls its disc blank.
fn is_blank(recorder: &Recorder) -> bool {
    let command = ReadDiscInformation::standard(DiscInformation::BYTES as u16);
    let information = recorder.query(&command, COMMAND_TIMEOUT);
    information.is_ok_and(|information| information.status == DiscStatus::Blank)
}
