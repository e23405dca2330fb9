//! Every simulated drive can be judged: what it does otherwise is a difference, never an accident.
#![allow(clippy::panic, reason = "in a test a panic is the answer")]

use std::path::Path;

use mmc_conformance::dut::Simulated;
use mmc_conformance::runner::{Cause, Status, run_case};
use mmc_conformance::suite::Suite;
use mmc_sim::Personality;

#[test]
fn every_personality_is_judged() {
    let fixtures = Path::new(env!("CARGO_MANIFEST_DIR")).join("../../fixtures");
    let suite = Suite::load(&[fixtures]).unwrap_or_else(|error| panic!("{error}"));
    for name in Personality::builtin_names() {
        let Some(personality) = Personality::builtin(name) else { panic!("{name} is not there") };
        let mut drive = Simulated::with_personality(personality);
        let mut passed = 0;
        for case in suite.cases().iter().step_by(5) {
            match run_case(case, &mut drive).status {
                Status::Failed(failure) if !matches!(failure.cause, Cause::Difference(_)) => {
                    panic!("{name}, {}: {failure}", case.id);
                }
                Status::Passed => passed += 1,
                _ => {}
            }
        }
        assert!(passed > 0, "{name} passes nothing at all");
    }
}
