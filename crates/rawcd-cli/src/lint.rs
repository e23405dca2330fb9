//! `rawcd lint`: what on a disc, or in an image, breaks a rule of the format.

use std::io::Write;
use std::process::ExitCode;

use cd_format::{Atip, RecordedFrames};
use cd_lint::{Options, Report, Rule};

use crate::args::disc::Lint;
use crate::disc::load;
use crate::failure::Failure;
use crate::image;

pub fn run(options: &Lint) -> Result<ExitCode, Failure> {
    let mut out = anstream::stdout().lock();
    if options.rules {
        for rule in Rule::ALL {
            writeln!(out, "{:18} {}", rule.id(), rule.title())?;
        }
        return Ok(ExitCode::SUCCESS);
    }
    let Some(path) = &options.disc else {
        return Err(Failure::new("no disc is named").hint("`rawcd lint DISC`, or `rawcd lint --rules`"));
    };
    let report = if image::is_sheet(path) {
        let composed = image::compose(path, false, None, false)?;
        look(&composed, None)?
    } else {
        let disc = load(path)?;
        look(&disc.frames(), disc.atip.as_ref())?
    };
    if options.json {
        writeln!(out, "{}", serde_json::to_string_pretty(&report).map_err(Failure::new)?)?;
    } else {
        write!(out, "{report}")?;
    }
    Ok(if report.has_errors() { ExitCode::FAILURE } else { ExitCode::SUCCESS })
}

fn look<F: RecordedFrames>(frames: &F, atip: Option<&Atip>) -> Result<Report, Failure> {
    let options = Options {
        lead_in: atip.map(Atip::lead_in_lba),
        last_lead_out: atip.map(Atip::last_lead_out_lba),
        ..Options::default()
    };
    cd_lint::lint(frames, &options).map_err(Failure::new)
}
