//! `rawcd disc ls`.

use std::fs;
use std::io::Write;
use std::path::{Path, PathBuf};
use std::process::ExitCode;

use cd_format::Lba;
use mmc_sim::Disc;
use mmc_sim::disc::DiscState;

use crate::args::disc::Ls;
use crate::failure::Failure;
use crate::table::Table;

/// What a disc file begins with; the rest is looked at when it is loaded.
const MAGIC: &[u8] = b"\x89RawCD";

pub fn run(options: &Ls) -> Result<ExitCode, Failure> {
    let here = [PathBuf::from(".")];
    let paths = if options.paths.is_empty() { here.as_slice() } else { options.paths.as_slice() };
    let mut table = Table::default();
    let mut spoilt = false;
    for path in paths {
        for file in files(path)? {
            let line = match Disc::load(&file) {
                Ok(disc) => line(&disc),
                Err(error) => {
                    spoilt = true;
                    error.to_string()
                }
            };
            table.row(file.display().to_string(), line);
        }
    }
    let mut out = anstream::stdout().lock();
    for line in table.lines() {
        writeln!(out, "{line}")?;
    }
    Ok(if spoilt { ExitCode::FAILURE } else { ExitCode::SUCCESS })
}

/// The file, or the disc files in the folder.
fn files(path: &Path) -> Result<Vec<PathBuf>, Failure> {
    let failed = |error| Failure::new(format_args!("{}: {error}", path.display()));
    if !fs::metadata(path).map_err(failed)?.is_dir() {
        return Ok(vec![path.to_owned()]);
    }
    let mut found: Vec<PathBuf> = fs::read_dir(path)
        .map_err(failed)?
        .filter_map(|entry| Some(entry.ok()?.path()))
        .filter(|file| is_disc(file))
        .collect();
    found.sort();
    Ok(found)
}

fn is_disc(path: &Path) -> bool {
    use std::io::Read;
    let mut head = Vec::new();
    let Ok(file) = fs::File::open(path) else { return false };
    path.is_file() && file.take(MAGIC.len() as u64).read_to_end(&mut head).is_ok() && head == MAGIC
}

/// A disc in a line.
pub fn line(disc: &Disc) -> String {
    let state = match &disc.state {
        DiscState::Blank => "blank",
        DiscState::Open { .. } => "open",
        DiscState::Appendable { .. } => "appendable",
        DiscState::Complete { .. } => "finalised",
        DiscState::Damaged { .. } => "damaged",
    };
    let sessions = disc.closed().len() + usize::from(disc.open().is_some());
    let tracks = disc.tracks().count();
    let mut line = format!("{}, {state}", kind(disc));
    if sessions > 0 {
        line += &format!(", {}, {}", count(sessions, "session"), count(tracks, "track"));
    }
    if let Some(end) = disc.closed().last().map(|session| session.lead_out) {
        line += &format!(", {}", time(end));
    }
    if let (Some(lead_in), Some(last)) = (disc.next_lead_in(), disc.lead_out_limit()) {
        line += &format!("; next lead-in at LBA {lead_in}, lead-out by {}", time(last));
    }
    let defects = disc.damage.defects().len();
    if defects > 0 {
        line += &format!("; {}", count(defects, "defect"));
    }
    line
}

pub fn kind(disc: &Disc) -> &'static str {
    match disc.kind {
        mmc_sim::DiscKind::CdR => "CD-R",
        mmc_sim::DiscKind::CdRw => "CD-RW",
        mmc_sim::DiscKind::CdRom => "CD-ROM",
    }
}

pub fn count(n: usize, what: &str) -> String {
    if n == 1 { format!("1 {what}") } else { format!("{n} {what}s") }
}

pub fn time(lba: Lba) -> String {
    let msf = if lba < Lba(-150) { lba.to_msf() } else { lba.to_program_msf() };
    msf.map_or_else(|| format!("LBA {lba}"), |msf| msf.to_string())
}
