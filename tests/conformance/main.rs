//! Every case of `fixtures/` as a named test, on the simulated drive and, with the feature `hw`, on
//! the real drive that `RAWCD_DEVICE` names.
//!
//! A test's name is its file and case: `raw_cd/client_name::api-empty`. Filters, `--list`, `cargo
//! nextest run` and its `--partition` work as with any other tests. What cannot run on a device is
//! ignored with its reason; a run in which nothing ran is a failure.

use std::path::Path;
use std::process::ExitCode;
use std::sync::Arc;

use libtest_mimic::{Arguments, Completion, Failed, Trial};
use mmc_conformance::dut::{DutFactory, Simulated};
use mmc_conformance::runner::{CaseResult, Status, run_case};
use mmc_conformance::suite::{Case, LoadError, Suite};

#[cfg(feature = "hw")]
mod hardware;

/// The one test that is no case.
const GUARD: &str = "the_suite_has_its_cases";

fn main() -> ExitCode {
    #[cfg_attr(not(feature = "hw"), expect(unused_mut))]
    let mut args = Arguments::from_args();
    let suite = match load(&args) {
        Ok(suite) => suite,
        Err(error) => {
            eprintln!("{}", error.render(false));
            return ExitCode::FAILURE;
        }
    };
    let cases: Vec<Arc<Case>> = suite.cases().iter().cloned().map(Arc::new).collect();
    let mut trials: Vec<Trial> = cases.iter().map(simulated).collect();
    #[cfg(feature = "hw")]
    let (on_drive, bench) = hardware::trials(&cases, &args);
    #[cfg(feature = "hw")]
    trials.extend(on_drive);
    #[cfg(feature = "hw")]
    if bench.keeps_order() {
        args.test_threads = Some(1);
    }
    if !args.exact || args.filter.as_deref() == Some(GUARD) {
        trials.push(the_suite_has_its_cases(cases.len()));
    }

    let conclusion = libtest_mimic::run(&args, trials);
    #[cfg(feature = "hw")]
    let left_in_order = bench.finish();
    let nothing_ran = conclusion.num_passed + conclusion.num_failed == 0;
    #[cfg(feature = "hw")]
    let nothing_ran = nothing_ran || (hardware::nothing_ran() && !conclusion.has_failed());
    if nothing_ran && !args.list && args.filter.is_none() && args.skip.is_empty() {
        let place = if cfg!(feature = "hw") { " on the drive" } else { "" };
        eprintln!("nothing ran{place}, which is a failure");
        return ExitCode::FAILURE;
    }
    #[cfg(feature = "hw")]
    if !left_in_order {
        return ExitCode::FAILURE;
    }
    conclusion.exit_code()
}

/// All of `fixtures/`; for one exact name, as nextest asks in a process a case, its file alone.
fn load(args: &Arguments) -> Result<Suite, LoadError> {
    let fixtures = Path::new(env!("CARGO_MANIFEST_DIR")).join("fixtures");
    match &args.filter {
        Some(name) if args.exact && name != GUARD => {
            Suite::load_file_of(&fixtures, name.strip_prefix("hw/").unwrap_or(name))
        }
        _ => Suite::load(&[fixtures]),
    }
}

fn simulated(case: &Arc<Case>) -> Trial {
    let case = Arc::clone(case);
    Trial::ignorable_test(case.id.clone(), move || completion(&run(&case, &mut Simulated::new())))
}

/// Guards against a fixtures folder that is there but empty.
fn the_suite_has_its_cases(cases: usize) -> Trial {
    Trial::test(GUARD, move || {
        if cases < 400 { Err(Failed::from(format!("{cases} cases: expected at least 400"))) } else { Ok(()) }
    })
}

fn run(case: &Case, factory: &mut dyn DutFactory) -> CaseResult {
    run_case(case, factory)
}

fn completion(result: &CaseResult) -> Result<Completion, Failed> {
    match &result.status {
        Status::Passed | Status::Differs(_) => Ok(Completion::Completed),
        Status::Known { reason, source, .. } => {
            Ok(Completion::ignored_with(format!("known deviation: {reason} [{source}]")))
        }
        Status::Ignored(reason) => Ok(Completion::ignored_with(reason.clone())),
        Status::Failed(failure) => {
            Err(Failed::from(format!("{} ({})\n{failure}", result.title, result.place)))
        }
        Status::Stale { reason, source } => {
            Err(Failed::from(format!("passes, but is listed as a known deviation: {reason} [{source}]")))
        }
    }
}
