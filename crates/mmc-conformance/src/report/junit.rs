//! JUnit XML: a suite a family, a test a case. Ignored and known cases are skipped ones.

use quick_junit::{NonSuccessKind, Report as Junit, TestCase, TestCaseStatus, TestSuite};

use super::{Report, ReportError};
use crate::runner::{CaseResult, Status};

pub fn render(report: &Report) -> Result<String, ReportError> {
    let mut junit = Junit::new(format!("rawcd conform: {}", report.device));
    for family in report.counts_by(|result| result.family.clone()).into_keys() {
        let mut suite = TestSuite::new(if family.is_empty() { "-" } else { &family });
        suite.add_test_cases(report.results.iter().filter(|result| result.family == family).map(case));
        junit.add_test_suite(suite);
    }
    junit.to_string().map_err(|error| ReportError(error.to_string()))
}

fn case(result: &CaseResult) -> TestCase {
    let (status, note) = match &result.status {
        Status::Passed => (TestCaseStatus::success(), None),
        Status::Failed(failure) => (failed(&failure.headline(), &failure.to_string()), None),
        Status::Stale { reason, source } => {
            let text = format!("passes, but is listed as a known deviation: {reason} [{source}]");
            (failed(&text, &text), None)
        }
        Status::Differs(failure) => {
            (TestCaseStatus::success(), Some(format!("differs, as it may\n{failure}")))
        }
        Status::Known { reason, source, failure } => {
            (skipped(&format!("known: {reason} [{source}]")), Some(failure.to_string()))
        }
        Status::Ignored(reason) => (skipped(reason), None),
    };
    let mut test = TestCase::new(result.id.as_str(), status);
    test.set_classname(if result.family.is_empty() { "-" } else { &result.family });
    if let Some(note) = note {
        test.set_system_out(note);
    }
    test
}

fn failed(headline: &str, text: &str) -> TestCaseStatus {
    let mut status = TestCaseStatus::non_success(NonSuccessKind::Failure);
    status.set_message(headline).set_description(text);
    status
}

fn skipped(reason: &str) -> TestCaseStatus {
    let mut status = TestCaseStatus::skipped();
    status.set_message(reason);
    status
}
