//! `rawcd disc new`.

use std::io::Write;
use std::process::ExitCode;

use cd_format::Lba;
use mmc_sim::{Disc, DiscKind, Scene};

use super::held::Held;
use crate::args::disc::{Kind, New};
use crate::device;
use crate::failure::Failure;
use crate::output;

pub fn run(options: &New) -> Result<ExitCode, Failure> {
    let held = hold(options, "rawcd disc new")?;
    let disc = build(options)?;
    held.save(&disc)?;
    writeln!(anstream::stdout().lock(), "{}: {}", options.file.display(), super::ls::line(&disc))?;
    Ok(ExitCode::SUCCESS)
}

/// Holds a file that may be made.
pub fn hold(options: &New, what: &str) -> Result<Held, Failure> {
    output::check(&options.file, options.force)?;
    let held = Held::new(&options.file, what)?;
    // Whoever had it until now may have made it.
    output::check(&options.file, options.force)?;
    Ok(held)
}

/// Makes the disc.
pub fn build(options: &New) -> Result<Disc, Failure> {
    let scene = match &options.medium {
        Some(name) => device::medium(name)?,
        None => blank(options)?,
    };
    let disc = scene.disc.ok_or_else(|| Failure::new("that medium is a drive without a disc"))?;
    Disc::build(&disc).map_err(Failure::new)
}

fn blank(options: &New) -> Result<Scene, Failure> {
    let kind = match options.kind {
        Kind::CdR => DiscKind::CdR,
        Kind::CdRw => DiscKind::CdRw,
    };
    let (lead_in, lead_out) = (options.lead_in, options.last_lead_out);
    if lead_in.minute() < 90 {
        return Err(Failure::new(format_args!(
            "--lead-in {lead_in}: expected 90:00:00 or later, where a first lead-in can begin"
        )));
    }
    if lead_out.to_program_lba() <= Lba(0) {
        return Err(Failure::new(format_args!(
            "--last-lead-out {lead_out}: expected a time behind 00:02:00, where the first track begins"
        )));
    }
    Ok(Scene::blank(kind, lead_in, lead_out))
}
