//! `rawcd lint`: what on a disc, or in an image, breaks a rule of the format.

use std::io::Write;
use std::process::ExitCode;

use cd_format::{Atip, RecordedFrames};
use cd_image::ReadOptions;
use cd_lint::{Options, Report, Rule};

use crate::args::disc::Lint;
use crate::disc::load;
use crate::failure::Failure;
use crate::image::{self, Room};

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
        let composed = image::compose(path, ReadOptions::default(), &Room::ANY, false)?;
        look(&composed, &Room::ANY.lint_options())?
    } else {
        let disc = load(path)?;
        let options = Options {
            lead_in: disc.atip.as_ref().map(Atip::lead_in_lba),
            last_lead_out: disc.atip.as_ref().map(Atip::last_lead_out_lba),
            ..Options::default()
        };
        look(&disc.frames(), &options)?
    };
    if options.json {
        writeln!(out, "{}", serde_json::to_string_pretty(&report).map_err(Failure::new)?)?;
    } else {
        write!(out, "{report}")?;
    }
    Ok(if report.has_errors() { ExitCode::FAILURE } else { ExitCode::SUCCESS })
}

/// What of these frames breaks a rule.
pub fn look<F: RecordedFrames>(frames: &F, options: &Options) -> Result<Report, Failure> {
    cd_lint::lint(frames, options).map_err(Failure::new)
}
