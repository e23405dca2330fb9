//! `rawcd disc export`, and what `rawcd rip` ends with.

use std::io::Write;
use std::path::{Path, PathBuf};
use std::process::ExitCode;

use cd_format::RecordedFrames;
use cd_image::export;
use cd_image::loss::Loss;

use super::load;
use crate::args::disc::{Export, Part};
use crate::failure::Failure;
use crate::output;
use crate::paint::{BAD, NOTE, in_style};

pub fn run(options: &Export) -> Result<ExitCode, Failure> {
    check(&options.part, &[])?;
    let disc = load(&options.disc)?;
    write(&disc.frames(), &options.part, None, |_| true)
}

/// Whether the format is known, and nothing would be overwritten without leave: neither its files nor
/// `others`.
pub fn check(part: &Part, others: &[PathBuf]) -> Result<(), Failure> {
    let path = &part.output;
    let beside: &[&str] = match extension(path).as_str() {
        "cue" | "toc" => &["bin"],
        "ccd" => &["img", "sub"],
        "iso" => &[],
        _ => {
            return Err(Failure::new(format_args!("{}: no format has such a name", path.display()))
                .hint("there are: .cue (BIN/CUE), .toc (BIN/TOC), .ccd (CCD/IMG/SUB), .iso"));
        }
    };
    let files = [path.clone()].into_iter().chain(beside.iter().map(|ending| path.with_extension(ending)));
    files.chain(others.iter().cloned()).try_for_each(|file| output::check(&file, part.force))
}

/// Writes a session in the format that the file's name asks for, and tells what it cannot hold: `before`, and
/// the rest as far as that is `news`.
pub fn write<F: RecordedFrames>(
    frames: &F,
    part: &Part,
    before: Option<Loss>,
    news: impl Fn(&Loss) -> bool,
) -> Result<ExitCode, Failure> {
    let path = &part.output;
    let losses = match extension(path).as_str() {
        "cue" => export::cue(frames, part.session, path),
        "toc" => export::toc(frames, part.session, path),
        "ccd" => export::ccd(frames, part.session, path),
        _ => export::iso(frames, part.session, part.track, path),
    }
    .map_err(Failure::new)?;
    let mut out = anstream::stdout().lock();
    writeln!(out, "{}", path.display())?;
    for loss in before.iter().chain(losses.iter().filter(|loss| news(loss))) {
        writeln!(out, "{} {loss}", in_style(NOTE, "lost:"))?;
    }
    if losses.iter().any(Loss::is_damage) && !part.force {
        drop(out);
        let text = format!("{} is written, and not all of it is right; --force takes it so", path.display());
        writeln!(anstream::stderr(), "{} {text}", in_style(BAD, "damaged:"))?;
        return Ok(ExitCode::FAILURE);
    }
    Ok(ExitCode::SUCCESS)
}

fn extension(path: &Path) -> String {
    path.extension().and_then(|extension| extension.to_str()).unwrap_or_default().to_ascii_lowercase()
}
