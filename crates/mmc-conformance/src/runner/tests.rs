//! Runs of single cases: what a device or a list of deviations can make of them.

use std::fs;

use scsi_transport::{Data, Outcome as Said, TransportError};

use super::*;
use crate::deviation::Identity;
use crate::dut::{BUDGET, Device, Simulated};
use crate::media::Media;
use crate::suite::Suite;

/// A factory of devices that all do the same.
struct Always(fn(&[u8]) -> Result<Said, TransportError>);

#[derive(Clone, Copy)]
struct Scripted(fn(&[u8]) -> Result<Said, TransportError>);

impl DutFactory for Always {
    fn identity(&self, _case: &Case) -> Identity {
        Identity {
            vendor: "MAKER".into(),
            product: "DRIVE 1".into(),
            revision: "1.0".into(),
            personality: None,
        }
    }

    fn open(&mut self, _case: &Case) -> Result<Box<dyn Device>, Refusal> {
        Ok(Box::new(Scripted(self.0)))
    }
}

impl Transport for Scripted {
    fn execute(&mut self, cdb: &[u8], _: Data<'_>, _: Duration) -> Result<Said, TransportError> {
        (self.0)(cdb)
    }
    fn wait(&mut self, _: Duration) {}
}

impl Device for Scripted {
    fn act(&mut self, _: &Act, _: &Media) -> Result<(), String> {
        Ok(())
    }
}

fn ready(_: &[u8]) -> Result<Said, TransportError> {
    Ok(Said::good(0))
}

fn empty(_: &[u8]) -> Result<Said, TransportError> {
    Ok(Said::check(vec![0x70, 0, 2, 0, 0, 0, 0, 10, 0, 0, 0, 0, 0x3A, 0, 0, 0, 0, 0]))
}

fn loading(_: &[u8]) -> Result<Said, TransportError> {
    Ok(Said::check(vec![0x70, 0, 2, 0, 0, 0, 0, 10, 0, 0, 0, 0, 4, 1, 0, 0, 0, 0, 0]))
}

/// A suite of one case: TEST UNIT READY is GOOD.
fn suite(level: &str, face: &str, steps: &str, deviations: &str) -> Suite {
    let folder = tempfile::tempdir().unwrap();
    let fixture = format!(
        "(title: \"a disc is ready\", face: {face}, medium: Blank(kind: CdR, lead_in: \"97:26:66\", \
         last_lead_out: \"79:59:74\"), risk: ReadOnly, level: {level}, origin: Standard(\"SPC\"), steps: [{steps}])"
    );
    fs::create_dir(folder.path().join("ready")).unwrap();
    fs::write(folder.path().join("ready/one.ron"), fixture).unwrap();
    if !deviations.is_empty() {
        fs::create_dir(folder.path().join("deviations")).unwrap();
        let file = format!(
            "(drive: {deviations}, deviations: [(cases: [\"ready/*\"], seen: \"*2/3A/0?*\", reason: \"r\", source: \"s\")])"
        );
        fs::write(folder.path().join("deviations/d.ron"), file).unwrap();
    }
    Suite::load(&[folder.path()]).unwrap_or_else(|error| panic!("{error}"))
}

const READY: &str = "Send(cdb: \"00 00 00 00 00 00\", expect: Good)";

fn run(suite: &Suite, drive: fn(&[u8]) -> Result<Said, TransportError>) -> Status {
    run_case(&suite.cases()[0], &mut Always(drive)).status
}

#[test]
fn levels_decide_what_a_difference_is() {
    for (level, expected) in [("Must", "failed"), ("Should", "failed"), ("May", "differs")] {
        let suite = suite(level, "Drive", READY, "");
        assert_eq!(run(&suite, ready).name(), "passed");
        assert_eq!(run(&suite, empty).name(), expected, "{level}");
    }
}

#[test]
fn known_deviations_are_known_and_stale_ones_fail() {
    let of_this_drive = "Inquiry(vendor: \"MAKER\", product: \"DRIVE*\")";
    let of_another = "Inquiry(vendor: \"MAKER\", product: \"OTHER*\")";
    let known = suite("Must", "Drive", READY, of_this_drive);
    assert_eq!(run(&known, empty).name(), "known");
    assert_eq!(run(&known, ready).name(), "stale");
    assert!(run(&known, ready).is_failure() && !run(&known, empty).is_failure());
    // Listed, but it is another difference than the listed one.
    assert_eq!(run(&known, loading).name(), "failed");
    let either = suite("Must", "Drive", READY, &format!("AnyOf([{of_another}, {of_this_drive}])"));
    assert_eq!(run(&either, empty).name(), "known");
    let other = suite("Must", "Drive", READY, of_another);
    assert_eq!(run(&other, empty).name(), "failed");
    assert_eq!(run(&other, ready).name(), "passed");
    let simulated = suite("Must", "Drive", READY, "Personality(\"reference\")");
    assert_eq!(run(&simulated, empty).name(), "failed");
    assert_eq!(run_case(&simulated.cases()[0], &mut Simulated::new()).status.name(), "stale");
}

#[test]
fn a_panic_is_the_failure_of_its_case() {
    let suite = suite("May", "Drive", READY, "Inquiry(vendor: \"*\", product: \"*\")");
    let Status::Failed(failure) = run(&suite, |_| panic!("the device panicked")) else { panic!("it passed") };
    assert_eq!(failure.cause, Cause::Panic("the device panicked".into()));
}

#[test]
fn an_answer_that_never_comes_is_a_failure() {
    let suite = suite("Must", "Drive", READY, "");
    let Status::Failed(failure) = run(&suite, |_| Err(TransportError::Gone("unplugged".into()))) else {
        panic!("it passed")
    };
    assert_eq!(failure.exchanges.len(), 1);
    assert_eq!(failure.exchanges[0].command, "TEST UNIT READY [00 00 00 00 00 00]");
}

/// A drive that promises more than there is room for moves no more than that.
#[test]
fn a_transfer_longer_than_the_room_is_cut() {
    let steps = "Send(cdb: \"12 00 00 00 24 00\", read: 36, expect: Reply([TransferredAtMost(36)]))";
    assert_eq!(run(&suite("Must", "Drive", steps, ""), |_| Ok(Said::good(1 << 40))).name(), "passed");
}

/// A drive that becomes ready for ever: the format object waits, but not for ever.
#[test]
fn a_case_ends_by_its_budget_at_the_latest() {
    let steps = "Call(member: \"put_ClientName\", args: [\"rawcd\"], expect: Ok),
        Call(member: \"put_Recorder\", args: [\"drive\"], expect: Ok),
        Call(member: \"PrepareMedia\", expect: Ok)";
    let suite = suite("Must", "Api", steps, "");
    let result = run_case(
        &suite.cases()[0],
        &mut Always(|_| Ok(Said::check(vec![0x70, 0, 2, 0, 0, 0, 0, 10, 0, 0, 0, 0, 4, 1, 0, 0, 0, 0]))),
    );
    assert!(result.commands <= BUDGET, "{}", result.commands);
    assert_eq!(result.status.name(), "failed");
}

#[test]
fn a_factory_that_refuses_is_told_apart_from_one_that_is_broken() {
    struct Refuses(Refusal);
    impl DutFactory for Refuses {
        fn identity(&self, _case: &Case) -> Identity {
            Identity::default()
        }
        fn open(&mut self, _case: &Case) -> Result<Box<dyn Device>, Refusal> {
            Err(self.0.clone())
        }
    }
    let suite = suite("Must", "Drive", READY, "");
    let of = |refusal| run_case(&suite.cases()[0], &mut Refuses(refusal)).status;
    assert_eq!(of(Refusal::Ignored("other disc".into())), Status::Ignored("other disc".into()));
    assert_eq!(of(Refusal::Broken("no cable".into())).name(), "failed");
}
