//! `rawcd conform`: the fixtures, on the simulated drive or on a real one.

mod hardware;

use std::fs;
use std::io::{IsTerminal, Write};
use std::path::PathBuf;
use std::process::ExitCode;
use std::time::Instant;

use clap::error::ErrorKind;
use clap::{CommandFactory, ValueEnum};
use indicatif::{ProgressBar, ProgressStyle};
use mmc_conformance::dut::{DutFactory, Simulated};
use mmc_conformance::glob;
use mmc_conformance::report::{Report, RunVerdict};
use mmc_conformance::runner::run_case;
use mmc_conformance::suite::{Case, Suite};
use mmc_conformance::tier::Tier;
use serde_json::{Value, json};

use crate::args::{Args, Conform, Format};
use crate::device;
use crate::failure::Failure;
use crate::paint::{BAD, GOOD, in_style};

/// The word for the simulated drive.
const SIMULATED: &str = "sim";

/// Loads, runs, reports. Nothing run is a failure of the run, not a success.
pub fn run(options: &Conform) -> Result<ExitCode, Failure> {
    if options.list && matches!(options.format, Format::Junit | Format::Tap) {
        conflict(options.format);
    }
    let suite = load(options)?;
    let mut cases = chosen(&suite, &options.filter)?;
    if options.list {
        write(options, &list(&cases, options.format))?;
        return Ok(ExitCode::SUCCESS);
    }
    let real = options.personality.is_none() && options.device != SIMULATED;
    if !real && (options.plan || options.allow.is_some()) {
        return Err(Failure::new("the simulated drive consumes nothing")
            .hint("--allow and --plan are for a real drive: --device /dev/sr0"));
    }
    let word = hardware::Word::read(options)?;
    if options.plan {
        return hardware::plan(options, &word, &cases);
    }
    if !real {
        let mut drive = simulated(options)?;
        return judge(options, &cases, &mut drive, &progress(cases.len()), |_| true);
    }
    let mut drive = hardware::open(options)?;
    hardware::prepare(options, word, &mut drive, &mut cases)?;
    let progress = progress(cases.len());
    hardware::show(&mut drive, &progress);
    judge(options, &cases, &mut drive, &progress, hardware::finish)
}

/// Runs and reports. `finish` is what has to be done to the drive behind the last case; `false` is a failure of
/// the run.
fn judge<D: DutFactory>(
    options: &Conform,
    cases: &[&Case],
    drive: &mut D,
    progress: &ProgressBar,
    finish: impl FnOnce(&mut D) -> bool,
) -> Result<ExitCode, Failure> {
    let started = Instant::now();
    let mut report = Report::new(name(options));
    for case in cases.iter().take_while(|_| !hardware::is_stopped()) {
        progress.set_message(case.id.clone());
        report.results.push(run_case(case, drive));
        progress.inc(1);
    }
    progress.finish_and_clear();
    let finished = finish(drive);
    deliver(options, &report)?;
    summarise(&report, started);
    Ok(match report.verdict() {
        RunVerdict::AsExpected if finished => ExitCode::SUCCESS,
        RunVerdict::AsExpected | RunVerdict::Failed | RunVerdict::NothingRan => ExitCode::from(1),
    })
}

fn load(options: &Conform) -> Result<Suite, Failure> {
    let ours = device::fixtures();
    let roots: Vec<PathBuf> =
        if options.fixtures.is_empty() { vec![ours?] } else { options.fixtures.clone() };
    if let Some(missing) = roots.iter().find(|root| !root.exists()) {
        return Err(Failure::new(format_args!("{}: no such directory", missing.display())).hint(
            "--fixtures names a directory of fixtures, or one file; fixtures/README.md tells how one looks",
        ));
    }
    // Our media by name, in a directory of one's own too.
    let beside: Vec<PathBuf> =
        if options.fixtures.is_empty() { Vec::new() } else { device::fixtures().into_iter().collect() };
    Suite::load_with_media(&roots, &beside).map_err(|error| {
        let colour = std::io::stderr().is_terminal();
        let mistakes = match error.complaints.len() + error.unreadable.len() {
            1 => "a mistake".to_owned(),
            many => format!("{many} mistakes"),
        };
        Failure::new(format_args!("{mistakes} in the fixtures, nothing was run\n\n{}", error.render(colour)))
    })
}

/// The cases that any of the filters fits: as a part of the name, or with `*` as a pattern.
fn chosen<'a>(suite: &'a Suite, filters: &[String]) -> Result<Vec<&'a Case>, Failure> {
    let fits = |id: &str| {
        filters.is_empty()
            || filters.iter().any(|filter| {
                if filter.contains('*') { glob::matches(filter, id) } else { id.contains(filter.as_str()) }
            })
    };
    let cases: Vec<&Case> = suite.cases().iter().filter(|case| fits(&case.id)).collect();
    if cases.is_empty() {
        return Err(Failure::new(format_args!("no case fits {}", filters.join(", ")))
            .hint("`rawcd conform --list` names them all"));
    }
    Ok(cases)
}

/// Ends with clap's own message: two arguments do not go together.
fn conflict(format: Format) -> ! {
    let format = format.to_possible_value().map_or_else(String::new, |value| value.get_name().to_owned());
    let what = format!(
        "the argument '--list' cannot be used with '--format {format}': nothing is run, so there is nothing to report"
    );
    let mut command = Args::command();
    command.build();
    let conform = command.find_subcommand_mut("conform");
    let error = match conform {
        Some(conform) => conform.error(ErrorKind::ArgumentConflict, what),
        None => command.error(ErrorKind::ArgumentConflict, what),
    };
    error.exit()
}

fn list(cases: &[&Case], format: Format) -> String {
    if format == Format::Json {
        let cases: Vec<Value> = cases.iter().map(|case| as_json(case)).collect();
        return format!("{:#}\n", Value::from(cases));
    }
    cases.iter().map(|case| format!("{}\n", case.id)).collect()
}

fn as_json(case: &Case) -> Value {
    let fixture = &case.fixture;
    json!({
        "id": case.id,
        "title": fixture.title,
        "place": format!("{}:{}", case.source.path.display(), case.line),
        "face": fixture.face.name(),
        "personality": fixture.personality,
        "tier": Tier::of(fixture, &case.media).name(),
        "level": fixture.level.name(),
        "origin": fixture.origin.kind().name(),
    })
}

fn simulated(options: &Conform) -> Result<Simulated, Failure> {
    Ok(match &options.personality {
        Some(personality) => Simulated::with_personality(device::personality(personality)?),
        None => Simulated::new(),
    })
}

fn name(options: &Conform) -> String {
    match &options.personality {
        Some(personality) => format!("simulated drive {personality}"),
        None if options.device == SIMULATED => "simulated drive".to_owned(),
        None => options.device.clone(),
    }
}

/// On a terminal a bar, to standard error; elsewhere nothing.
fn progress(cases: usize) -> ProgressBar {
    if !std::io::stderr().is_terminal() {
        return ProgressBar::hidden();
    }
    let style = ProgressStyle::with_template("{bar:30} {pos}/{len} {wide_msg}")
        .unwrap_or_else(|_| ProgressStyle::default_bar());
    ProgressBar::new(cases as u64).with_style(style)
}

fn deliver(options: &Conform, report: &Report) -> Result<(), Failure> {
    let mut text = report.render(format(options.format)).map_err(Failure::new)?;
    if options.verbose && options.format == Format::Text {
        let lines: Vec<String> =
            report.results.iter().map(|result| format!("{} {}\n", result.status.name(), result.id)).collect();
        text.insert_str(0, &lines.concat());
    }
    match write(options, &text) {
        // The run counts all the same.
        Err(failure) if failure.reader_left() => Ok(()),
        written => written,
    }
}

/// To standard output, or the file that was asked for.
fn write(options: &Conform, text: &str) -> Result<(), Failure> {
    match &options.output {
        None => Ok(anstream::stdout().lock().write_all(text.as_bytes())?),
        Some(path) => fs::write(path, text)
            .map_err(|error| Failure::new(format_args!("cannot write {}: {error}", path.display()))),
    }
}

const fn format(format: Format) -> mmc_conformance::report::Format {
    match format {
        Format::Text => mmc_conformance::report::Format::Text,
        Format::Json => mmc_conformance::report::Format::Json,
        Format::Junit => mmc_conformance::report::Format::Junit,
        Format::Tap => mmc_conformance::report::Format::Tap,
    }
}

/// One line for a person, to standard error, whatever the report's format.
fn summarise(report: &Report, started: Instant) {
    let mut out = anstream::stderr().lock();
    let (style, word) = match report.verdict() {
        RunVerdict::AsExpected => (GOOD, "all as expected"),
        RunVerdict::Failed => (BAD, "not as expected"),
        RunVerdict::NothingRan => (BAD, "nothing ran"),
    };
    let seconds = started.elapsed().as_secs_f64();
    let _ = writeln!(out, "{} in {seconds:.2} s", in_style(style, word));
}
