//! `rawcd disc new`.

use std::io::Write;
use std::process::ExitCode;

use mmc_sim::{Disc, DiscKind, Scene};

use crate::args::disc::{Kind, New};
use crate::device;
use crate::failure::Failure;

pub fn run(options: &New) -> Result<ExitCode, Failure> {
    let disc = make(options)?;
    writeln!(anstream::stdout().lock(), "{}: {}", options.file.display(), super::ls::line(&disc))?;
    Ok(ExitCode::SUCCESS)
}

/// Makes the file.
pub fn make(options: &New) -> Result<Disc, Failure> {
    let path = &options.file;
    if path.exists() && !options.force {
        return Err(
            Failure::new(format_args!("{} is there already", path.display())).hint("--force replaces it")
        );
    }
    let scene = match &options.medium {
        Some(name) => device::medium(name)?,
        None => {
            let kind = match options.kind {
                Kind::CdR => DiscKind::CdR,
                Kind::CdRw => DiscKind::CdRw,
            };
            Scene::blank(kind, options.lead_in, options.last_lead_out)
        }
    };
    let disc = scene.disc.ok_or_else(|| Failure::new("that medium is a drive without a disc"))?;
    let disc = Disc::build(&disc).map_err(Failure::new)?;
    disc.save(path).map_err(Failure::new)?;
    Ok(disc)
}
