//! What is to be said of an image before it is on a disc for good.

use core::ops::Range;
use std::fs::File;
use std::io::{self, Read, Seek, SeekFrom, Write};
use std::path::Path;
use std::sync::{Mutex, PoisonError};

use cd_format::{FRAME_BYTES, Lba, RecordedFrames};
use cd_lint::{Finding, Options};
use raw_cd::SectorType;

use super::Source;
use crate::failure::Failure;
use crate::image::Room;
use crate::lint::look;
use crate::paint::{NOTE, in_style};

/// Findings of one rule that are told.
const TOLD: usize = 3;

/// Tells what of the image breaks a rule of the linter. All of it is looked at before a burn on a real disc,
/// and where `strict` is asked for, which refuses what breaks one; else the sheet alone tells.
pub fn check(source: &Source, room: &Room, path: &Path, strict: bool, is_real: bool) -> Result<(), Failure> {
    let mut out = anstream::stderr().lock();
    let options = Options { findings_per_rule: TOLD, ..room.lint_options() };
    let (findings, more) = match source {
        Source::Sheet(composed) if strict || is_real => told(&**composed, &options)?,
        Source::Sheet(composed) => (cd_lint::short_tracks(composed.session()), 0),
        Source::Image(file, found) if strict || is_real => {
            if found.sector_type != SectorType::RAW {
                let why = "only images of 2448-byte sectors as recorded are looked at before the burn";
                if strict {
                    return Err(Failure::new(format_args!("{}: {why}", path.display()))
                        .hint("without --strict it is burnt as it is"));
                }
                writeln!(out, "{} {}: {why}", in_style(NOTE, "note:"), path.display())?;
                return Ok(());
            }
            let first = room.extent.first_user - found.lead_in_sectors;
            let frames = StoredFrames::new(file, first, room.extent.start)
                .map_err(|error| Failure::new(format_args!("{}: {error}", path.display())))?;
            told(&frames, &options)?
        }
        Source::Image(..) => (Vec::new(), 0),
    };
    for finding in &findings {
        let note = in_style(NOTE, "note:");
        writeln!(out, "{note} {} breaks a rule of the format: {finding}", path.display())?;
        writeln!(out, "      {} ({})", finding.rule.title(), finding.rule.source())?;
    }
    if more > 0 {
        writeln!(out, "{} and {more} findings more", in_style(NOTE, "note:"))?;
    }
    if strict && !findings.is_empty() {
        return Err(Failure::new(format_args!(
            "nothing was written: {} breaks {} of the format's rules",
            path.display(),
            findings.len() as u64 + more
        ))
        .hint("without --strict it is burnt all the same"));
    }
    Ok(())
}

fn told<F: RecordedFrames>(frames: &F, options: &Options) -> Result<(Vec<Finding>, u64), Failure> {
    let report = look(frames, options)?;
    let more = report.omitted.iter().map(|omitted| omitted.findings).sum();
    Ok((report.findings, more))
}

/// The sectors of a raw image that will be on the disc.
struct StoredFrames<'a> {
    file: Mutex<&'a File>,
    /// Where the image's first sector would lie.
    first: Lba,
    run: Range<Lba>,
}

impl<'a> StoredFrames<'a> {
    fn new(file: &'a File, first: Lba, start: Lba) -> io::Result<Self> {
        let sectors = file.metadata()?.len() / FRAME_BYTES as u64;
        let end = first + i32::try_from(sectors).map_err(io::Error::other)?;
        Ok(Self { file: Mutex::new(file), first, run: start.max(first).min(end)..end })
    }
}

impl RecordedFrames for StoredFrames<'_> {
    type Error = io::Error;

    fn runs(&self) -> Vec<Range<Lba>> {
        vec![self.run.clone()]
    }

    fn read(&self, lba: Lba, out: &mut [u8]) -> io::Result<()> {
        let sector = u64::try_from(lba - self.first).map_err(io::Error::other)?;
        let mut file = *self.file.lock().unwrap_or_else(PoisonError::into_inner);
        file.seek(SeekFrom::Start(sector * FRAME_BYTES as u64))?;
        file.read_exact(out)
    }
}
