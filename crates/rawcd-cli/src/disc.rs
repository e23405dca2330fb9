//! `rawcd disc`: simulated discs as files.

mod damage;
mod diff;
pub mod export;
pub mod held;
mod import;
pub mod ls;
mod new;
mod show;

use std::path::Path;
use std::process::ExitCode;

use mmc_sim::Disc;

use crate::args::disc;
use crate::failure::Failure;
use crate::image::is_sheet;
use crate::lint;

pub fn run(command: &disc::Disc) -> Result<ExitCode, Failure> {
    match command {
        disc::Disc::New(options) => new::run(options),
        disc::Disc::Ls(options) => ls::run(options),
        disc::Disc::Show(options) => show::run(options),
        disc::Disc::Import(options) => import::run(options),
        disc::Disc::Export(options) => export::run(options),
        disc::Disc::Damage(options) => damage::run(options),
        disc::Disc::Lint(options) => lint::run(options),
        disc::Disc::Diff(options) => diff::run(options),
    }
}

/// Opens a disc file, to read it.
pub fn load(path: &Path) -> Result<Disc, Failure> {
    check(path)?;
    Disc::load(path).map_err(|error| {
        let failure = Failure::new(error);
        if is_sheet(path) {
            failure.hint("`rawcd disc import IMAGE FILE` makes a disc of an image")
        } else {
            failure
        }
    })
}

/// Whether there is a file that could be a disc.
fn check(path: &Path) -> Result<(), Failure> {
    let shown = path.display();
    let metadata = std::fs::metadata(path).map_err(|error| {
        Failure::new(format_args!("{shown}: {error}")).hint("`rawcd disc new FILE` makes a disc")
    })?;
    if !metadata.is_file() {
        return Err(Failure::new(format_args!(
            "{shown}: expected a disc file, seen something that is no file"
        )));
    }
    if metadata.len() == 0 {
        return Err(Failure::new(format_args!("{shown}: expected a disc file, seen an empty file")));
    }
    Ok(())
}
