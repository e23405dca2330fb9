use super::*;
use crate::dut::Exchange;
use crate::fixture::{Face, Origin};
use crate::judge::{Difference, Mismatch};

fn result(id: &str, level: Level, status: Status) -> CaseResult {
    CaseResult {
        id: id.into(),
        family: id.split_once('/').map_or("", |(family, _)| family).into(),
        title: "READ TOC of a blank disc is refused".into(),
        place: format!("fixtures/{id}.ron:1"),
        face: Face::Drive,
        level,
        origin: OriginKind::Standard,
        status,
        commands: 1,
    }
}

fn failure() -> Failure {
    let difference = Difference {
        step: 1,
        action: "READ TOC/PMA/ATIP [43 00 00 00 00 00 00 00 0C 00]".into(),
        origin: Origin::Standard("MMC-6 \"READ TOC/PMA/ATIP Command\"".into()),
        mismatch: Mismatch {
            what: "the answer".into(),
            expected: "CHECK CONDITION 5/24/00".into(),
            seen: "GOOD, 4 bytes: 00 02 00 <&> 00".into(),
        },
    };
    let exchange = Exchange {
        number: 1,
        command: "READ TOC/PMA/ATIP [43 00 00 00 00 00 00 00 0C 00]".into(),
        answer: "GOOD 4: 00 02 00 00".into(),
    };
    Failure { cause: Cause::Difference(Box::new(difference)), exchanges: vec![exchange] }
}

fn report() -> Report {
    let known =
        |failure| Status::Known { reason: "lists a track # 1".into(), source: "a log".into(), failure };
    let stale = Status::Stale { reason: "lists a track".into(), source: "a log".into() };
    let panic = Failure { cause: Cause::Panic("index out of bounds".into()), exchanges: vec![] };
    Report {
        device: "simulated drive reference".into(),
        results: vec![
            result("toc/blank::cd-r", Level::Must, Status::Passed),
            result("toc/blank::cd-rw", Level::Must, Status::Failed(failure())),
            result("toc/known", Level::Should, known(failure())),
            result("toc/stale", Level::Should, stale),
            result("disc/may", Level::May, Status::Differs(failure())),
            result("disc/other", Level::Must, Status::Ignored("needs an empty drive".into())),
            result("panics", Level::Must, Status::Failed(panic)),
        ],
    }
}

#[test]
fn a_run_is_as_good_as_its_worst_case() {
    let of = |statuses: Vec<Status>| Report {
        device: String::new(),
        results: statuses.into_iter().map(|status| result("a/b", Level::Must, status)).collect(),
    };
    let known = Status::Known { reason: "r".into(), source: "s".into(), failure: failure() };
    let stale = Status::Stale { reason: "r".into(), source: "s".into() };
    let ignored = || Status::Ignored("other disc".into());
    for (statuses, verdict) in [
        (vec![], RunVerdict::NothingRan),
        (vec![ignored(), ignored()], RunVerdict::NothingRan),
        (vec![ignored(), Status::Passed], RunVerdict::AsExpected),
        (vec![known], RunVerdict::AsExpected),
        (vec![Status::Differs(failure())], RunVerdict::AsExpected),
        (vec![Status::Passed, Status::Failed(failure())], RunVerdict::Failed),
        (vec![Status::Passed, stale], RunVerdict::Failed),
    ] {
        assert_eq!(of(statuses.clone()).verdict(), verdict, "{statuses:?}");
    }
}

#[test]
fn every_format_tells_the_same() {
    let report = report();
    insta::assert_snapshot!("text", report.render(Format::Text).unwrap());
    insta::assert_snapshot!("json", report.render(Format::Json).unwrap());
    insta::assert_snapshot!("tap", report.render(Format::Tap).unwrap());
    insta::assert_snapshot!("junit", report.render(Format::Junit).unwrap());
}
