//! `rawcd disc export`, and what `rawcd rip` ends with.

use std::io::Write;
use std::path::Path;
use std::process::ExitCode;

use cd_format::RecordedFrames;
use cd_image::export;
use cd_image::loss::Loss;

use super::load;
use crate::args::disc::{Export, Part};
use crate::failure::Failure;
use crate::paint::{NOTE, in_style};

pub fn run(options: &Export) -> Result<ExitCode, Failure> {
    let disc = load(&options.disc)?;
    write(&disc.frames(), &options.part, |_| true)
}

/// Writes a session in the format that the file's name asks for, and tells what it cannot hold, as far as
/// that is `news`.
pub fn write<F: RecordedFrames>(
    frames: &F,
    part: &Part,
    news: impl Fn(&Loss) -> bool,
) -> Result<ExitCode, Failure> {
    let path = &part.output;
    if path.exists() && !part.force {
        return Err(
            Failure::new(format_args!("{} is there already", path.display())).hint("--force replaces it")
        );
    }
    let losses = match extension(path).as_str() {
        "cue" => export::cue(frames, part.session, path),
        "toc" => export::toc(frames, part.session, path),
        "ccd" => export::ccd(frames, part.session, path),
        "iso" => export::iso(frames, part.session, part.track, path),
        _ => {
            return Err(Failure::new(format_args!("{}: no format has such a name", path.display()))
                .hint("there are: .cue (BIN/CUE), .toc (BIN/TOC), .ccd (CCD/IMG/SUB), .iso"));
        }
    }
    .map_err(Failure::new)?;
    let mut out = anstream::stdout().lock();
    writeln!(out, "{}", path.display())?;
    for loss in losses.iter().filter(|loss| news(loss)) {
        writeln!(out, "{} {loss}", in_style(NOTE, "lost:"))?;
    }
    Ok(ExitCode::SUCCESS)
}

fn extension(path: &Path) -> String {
    path.extension().and_then(|extension| extension.to_str()).unwrap_or_default().to_ascii_lowercase()
}
