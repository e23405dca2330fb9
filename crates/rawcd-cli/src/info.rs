//! `rawcd info`: what a drive and its disc are.

mod picture;
mod text;

use std::io::Write;
use std::process::ExitCode;

use mmc_sim::Personality;
use raw_cd::Recorder;
use scsi_passthrough::Access;
use serde_json::json;

use crate::args::Info;
use crate::device;
use crate::failure::Failure;
use picture::Picture;

/// Asks the drive and shows the answers. Only commands that read are sent.
pub fn run(options: &Info) -> Result<ExitCode, Failure> {
    if options.list {
        return list(options.json);
    }
    let recorder = match &options.device {
        Some(path) => Recorder::new(device::real(path, Access::ReadOnly)?),
        None => Recorder::new(device::simulate(&options.personality, &options.medium)?),
    };
    let picture = Picture::take(&recorder)
        .map_err(|error| Failure::new(error).hint("`rawcd explain` tells what a sense triple means"))?;
    let mut out = anstream::stdout().lock();
    if options.json {
        writeln!(out, "{:#}", picture.as_json())?;
    } else {
        text::print(&mut out, &picture)?;
    }
    Ok(ExitCode::SUCCESS)
}

/// A drive and its disc in a few words each.
pub fn describe(recorder: &Recorder) -> Result<(String, String), raw_cd::Error> {
    let picture = Picture::take(recorder)?;
    let identity = &picture.identity;
    let drive = format!("{} {} {}", identity.vendor, identity.product, identity.revision);
    let disc = match &picture.disc {
        Ok(disc) => text::disc_in_words(disc),
        Err(error) => error.to_string(),
    };
    Ok((drive, disc))
}

fn list(as_json: bool) -> Result<ExitCode, Failure> {
    let media = device::media()?;
    let mut out = anstream::stdout().lock();
    if as_json {
        writeln!(out, "{:#}", json!({ "personalities": Personality::builtin_names(), "media": media }))?;
    } else {
        writeln!(out, "Personalities:")?;
        for name in Personality::builtin_names() {
            writeln!(out, "  {name}")?;
        }
        writeln!(out, "Media:")?;
        for name in media {
            writeln!(out, "  {name}")?;
        }
    }
    Ok(ExitCode::SUCCESS)
}
