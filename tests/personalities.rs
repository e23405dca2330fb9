//! The whole suite on every simulated drive: what a drive does otherwise than the fixtures is listed in
//! `fixtures/deviations`, with a reason and a source, and the list is exact.
//!
//! One named test a drive, `simulated::nec-nd-3500ag`. Some drives stand at the end of the road of real
//! ones too, with one disc after the other: `as_hardware::nec-nd-3500ag::blank-cdr-74`.

use std::path::Path;
use std::process::ExitCode;
use std::sync::Arc;

use libtest_mimic::{Arguments, Failed, Trial};
use mmc_conformance::dut::{DutFactory, Hardware, Simulated};
use mmc_conformance::fixture::Medium;
use mmc_conformance::glob::matches;
use mmc_conformance::runner::{CaseResult, Status, run_case};
use mmc_conformance::suite::Suite;
use mmc_sim::{Drive, Personality};

/// Drives that are judged as real ones: one that can do all, one with deviations, one known whole from
/// its feature descriptors.
const AS_HARDWARE: [&str; 3] = ["pioneer-dvr-111d", "nec-nd-3500ag", "hp-gh40l"];

/// What lies in them, by its name in `fixtures/media`.
const DISCS: [&str; 6] =
    ["blank-cdr-74", "blank-cdrw-80", "appendable-cdr-1", "finalised-cdr-data", "pressed-audio", "no-disc"];

/// As many failures are told; more are a number.
const TOLD: usize = 5;

fn main() -> ExitCode {
    let args = Arguments::from_args();
    let fixtures = Path::new(env!("CARGO_MANIFEST_DIR")).join("fixtures");
    let suite = match Suite::load(&[fixtures]) {
        Ok(suite) => Arc::new(suite),
        Err(error) => {
            eprintln!("{}", error.render(false));
            return ExitCode::FAILURE;
        }
    };
    let mut trials = vec![trial("every_listed_deviation_names_a_case".into(), &suite, names_a_case)];
    trials.extend(Personality::builtin_names().iter().map(|name| {
        trial(format!("simulated::{name}"), &suite, move |suite| {
            judge(suite, &mut Simulated::with_personality(personality(name)?))
        })
    }));
    for (name, disc) in AS_HARDWARE.into_iter().flat_map(|name| DISCS.map(|disc| (name, disc))) {
        trials.push(trial(format!("as_hardware::{name}::{disc}"), &suite, move |suite| {
            judge(suite, &mut hardware(suite, name, disc)?)
        }));
    }
    libtest_mimic::run(&args, trials).exit_code()
}

fn trial(
    name: String,
    suite: &Arc<Suite>,
    test: impl FnOnce(&Suite) -> Result<(), String> + Send + 'static,
) -> Trial {
    let suite = Arc::clone(suite);
    Trial::test(name, move || test(&suite).map_err(Failed::from))
}

fn personality(name: &str) -> Result<Personality, String> {
    Personality::builtin(name).ok_or_else(|| format!("there is no simulated drive `{name}`"))
}

/// A simulated drive where a real one would be.
fn hardware(suite: &Suite, name: &str, disc: &str) -> Result<Hardware, String> {
    let scene = suite
        .media()
        .scene(&Medium::Named(disc.to_owned()))
        .ok_or_else(|| format!("no file describes the medium `{disc}`"))?;
    let drive = Drive::new(personality(name)?, &scene).map_err(|error| error.to_string())?;
    Hardware::new(Box::new(drive)).map_err(|error| error.to_string())
}

/// Runs every case; tells the first failures.
fn judge(suite: &Suite, factory: &mut dyn DutFactory) -> Result<(), String> {
    let results: Vec<CaseResult> = suite.cases().iter().map(|case| run_case(case, factory)).collect();
    let failed: Vec<&CaseResult> = results.iter().filter(|result| result.status.is_failure()).collect();
    if results.iter().all(|result| matches!(result.status, Status::Ignored(_))) {
        return Err("not a single case ran".into());
    }
    if failed.is_empty() {
        return Ok(());
    }
    let told: Vec<String> = failed.iter().take(TOLD).map(|result| tell(result)).collect();
    Err(format!("{} cases are not as expected\n\n{}", failed.len(), told.join("\n\n")))
}

fn tell(result: &CaseResult) -> String {
    let CaseResult { id, title, place, .. } = result;
    match &result.status {
        Status::Failed(failure) => format!("{id} ({title}, {place})\n{failure}"),
        Status::Stale { reason, source } => {
            format!("{id} ({place})\npasses, but is listed as a known deviation: {reason} [{source}]")
        }
        other => format!("{id}: {}", other.name()),
    }
}

/// A pattern without a case is a typing error, or about a case that is gone.
fn names_a_case(suite: &Suite) -> Result<(), String> {
    let names = |pattern: &&str| suite.cases().iter().any(|case| matches(pattern, &case.id));
    let idle: Vec<&str> = suite.deviations().patterns().filter(|pattern| !names(pattern)).collect();
    if idle.is_empty() { Ok(()) } else { Err(format!("no case is meant by {}", idle.join(", "))) }
}
