//! `rawcd rip`: a disc read through a drive, simulated or real.

mod frames;

use std::io::Write;
use std::process::ExitCode;

use cd_image::loss::Loss;
use raw_cd::Recorder;
use scsi_passthrough::Access;

use crate::args::disc::Rip;
use crate::burn::target::Target;
use crate::device;
use crate::disc::export;
use crate::failure::Failure;
use crate::paint::{NOTE, in_style};
use frames::DriveFrames;

pub fn run(options: &Rip) -> Result<ExitCode, Failure> {
    let recorder = match (&options.from.disc, &options.from.device) {
        (Some(file), _) => Target::simulated(file, &options.from.personality)?.into_recorder(),
        (None, Some(name)) => Recorder::new(device::open(name, Access::ReadOnly)?),
        (None, None) => return Err(Failure::new("neither a disc file nor a device is named")),
    };
    let frames = DriveFrames::of(&recorder).map_err(Failure::new)?;
    // That the first pregap is missing is the drive's doing, and an import makes one: no loss of this
    // format's.
    let status = export::write(&frames, &options.part, |loss| {
        !matches!(loss, Loss::Position(_) | Loss::FirstPregap(_))
    })?;
    let unreadable = frames.unreadable();
    if let Some((first, blocks)) = unreadable {
        let text = format!("{blocks} blocks could not be read, LBA {first} first; zeros stand for them");
        writeln!(anstream::stderr(), "{} {text}", in_style(NOTE, "note:"))?;
    }
    Ok(status)
}
