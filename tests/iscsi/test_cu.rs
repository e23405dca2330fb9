//! libiscsi's own test suite for targets, `iscsi-test-cu`.
//!
//! CUnit counts a test that skipped itself as passed; here it is not. Every family is run; what passes, what does not
//! apply and why is told by `cargo test --test iscsi -- iscsi_test_cu --nocapture`.

use std::collections::BTreeMap;

use libtest_mimic::{Failed, Trial};

use crate::program::{run, trial};
use crate::served::Served;

/// What has to pass, and not skip itself: everything that runs on a device of type 5 (CD/DVD).
const PASSES: [&str; 28] = [
    "Inquiry.Standard",
    "Inquiry.EVPD",
    "Inquiry.SupportedVPD",
    "ModeSense6.AllPages",
    "ModeSense6.Control-D_SENSE",
    "ModeSense6.Residuals",
    "Read10.Simple",
    "Read10.BeyondEol",
    "Read10.ZeroBlocks",
    "Read12.Simple",
    "Read12.BeyondEol",
    "Read12.ZeroBlocks",
    "ReadCapacity10.Simple",
    "Reserve6.Simple",
    "Reserve6.2Initiators",
    "Reserve6.Logout",
    "Reserve6.ITNexusLoss",
    "Reserve6.TargetColdReset",
    "Reserve6.TargetWarmReset",
    "Reserve6.LUNReset",
    "StartStopUnit.NoLoej",
    "TestUnitReady.Simple",
    "iSCSIcmdsn.iSCSICmdSnTooHigh",
    "iSCSIcmdsn.iSCSICmdSnTooLow",
    "iSCSIResiduals.Read10Invalid",
    "iSCSIResiduals.Read10Residuals",
    "iSCSIResiduals.Read12Residuals",
    "Verify10.MismatchNoCmp",
];

/// What fails, and why that is as it should be. The list is exact: a test that begins to pass has to go from it.
const DOES_NOT_APPLY: [(&str, &str); 8] = [
    (
        "ModeSense6.Control",
        "MMC's mode pages have no 0Ah, and drives have none (a logged HL-DT-ST GSA-4040B); the test says SKIPPED, but has counted the refusal of its own MODE SENSE as a failure by then",
    ),
    (
        "StartStopUnit.Simple",
        "it wants a disc to be ready at once after an immediate load, and no unit attention for it: MMC has 2/04/01 until the disc is known, and 6/28/00 then",
    ),
    (
        "StartStopUnit.PwrCnd",
        "it wants GOOD for power conditions that MMC reserves; 5/24/00 is the answer to a reserved value",
    ),
    ("Verify10.Simple", BYTCHK),
    ("Verify10.BeyondEol", BYTCHK),
    ("Verify10.ZeroBlocks", BYTCHK),
    ("Verify10.Mismatch", BYTCHK),
    ("Verify10.Flags", BYTCHK),
];

const BYTCHK: &str =
    "it sends BYTCHK=1, blocks to compare with: MMC's VERIFY (10) has no data phase, and the bit at 0";

/// Families whose tests fail where they should skip themselves: there is no such command on an MMC drive.
const NO_SUCH_COMMAND: [(&str, &str); 3] = [
    ("PrinReadKeys.", "PERSISTENT RESERVE IN: MMC does not have it, and no CD writer is known to"),
    ("ProutRegister.", "PERSISTENT RESERVE OUT: MMC does not have it, and no CD writer is known to"),
    ("ProutReserve.", "PERSISTENT RESERVE OUT: MMC does not have it, and no CD writer is known to"),
];

pub fn trials() -> Vec<Trial> {
    vec![trial("iscsi_test_cu::every_family", "iscsi-test-cu", "libiscsi-bin", every_family)]
}

/// How a test ended.
#[derive(Clone, Debug, PartialEq)]
enum Ended {
    Passed,
    Skipped(String),
    Failed(String),
}

fn every_family() -> Result<(), Failed> {
    let mut seen = BTreeMap::new();
    for family in families()? {
        // A drive of its own for each: a test may leave it not ready. This family moves the tray.
        let parts = match family.as_str() {
            "StartStopUnit" => vec![".Simple", ".PwrCnd", ".NoLoej"],
            _ => vec![""],
        };
        for part in parts {
            let served = Served::with(Some("finalised-cdr-data"))?;
            let said = run("iscsi-test-cu", &["-V", "-t", &format!("ALL.{family}{part}"), &served.url()])?;
            seen.extend(read(&family, &said.text));
        }
    }
    tell(&seen);
    let mut wrong = Vec::new();
    for test in PASSES {
        if seen.get(test) != Some(&Ended::Passed) {
            wrong.push(format!("{test} has to pass: {:?}", seen.get(test)));
        }
    }
    for (test, ended) in &seen {
        match (reason(test), ended) {
            (None, Ended::Failed(why)) => {
                wrong.push(format!("{test} failed, and no reason is listed: {why}"));
            }
            (Some(_), Ended::Passed) => wrong.push(format!("{test} passes: it is listed as one that fails")),
            _ => {}
        }
    }
    if wrong.is_empty() { Ok(()) } else { Err(wrong.join("\n").into()) }
}

fn reason(test: &str) -> Option<&'static str> {
    let exact = DOES_NOT_APPLY.iter().find(|(name, _)| *name == test);
    let family = NO_SUCH_COMMAND.iter().find(|(family, _)| test.starts_with(family));
    exact.or(family).map(|(_, reason)| *reason)
}

/// The families of the group ALL; the program has each test a second time in other groups.
fn families() -> Result<Vec<String>, Failed> {
    let list = run("iscsi-test-cu", &["--list"])?.text;
    let mut families: Vec<String> = list
        .lines()
        .filter_map(|line| line.trim().strip_prefix("ALL."))
        .filter(|name| !name.contains('.'))
        .map(str::to_owned)
        .collect();
    families.dedup();
    if families.len() < 20 {
        return Err(format!("this is no list of tests:\n{list}").into());
    }
    Ok(families)
}

/// Reads what the program says with `-V`.
fn read(family: &str, text: &str) -> BTreeMap<String, Ended> {
    let mut tests = BTreeMap::new();
    // What it does after its last test belongs to none.
    for part in text.split("\n  Test: ").skip(1) {
        let Some((name, said)) = part.split_once(" ...") else { continue };
        let skipped = said.split_once("[SKIPPED] ").map(|(before, why)| (before, why.lines().next()));
        let verdict = said.find("\npassed").or_else(|| said.find("passed\n"));
        let failure = said.find("\nFAILED");
        let ended = match (failure, verdict, skipped) {
            (Some(_), _, _) => {
                let why = said.lines().find(|line| line.trim_start().starts_with("1. "));
                Ended::Failed(why.unwrap_or_default().trim().to_owned())
            }
            (None, Some(passed), Some((before, Some(why)))) if before.len() < passed => {
                Ended::Skipped(why.to_owned())
            }
            (None, Some(_), _) => Ended::Passed,
            (None, None, _) => Ended::Failed("no verdict".to_owned()),
        };
        tests.insert(format!("{family}.{name}"), ended);
    }
    tests
}

fn tell(seen: &BTreeMap<String, Ended>) {
    let count = |wanted: fn(&Ended) -> bool| seen.values().filter(|ended| wanted(ended)).count();
    println!(
        "iscsi-test-cu: {} tests, {} passed, {} skipped themselves, {} do not apply",
        seen.len(),
        count(|ended| *ended == Ended::Passed),
        count(|ended| matches!(ended, Ended::Skipped(_))),
        count(|ended| matches!(ended, Ended::Failed(_))),
    );
    for (test, ended) in seen {
        match ended {
            Ended::Passed => println!("  {test}: passed"),
            Ended::Skipped(why) => println!("  {test}: skipped itself: {why}"),
            Ended::Failed(why) => {
                println!("  {test}: failed ({why}): {}", reason(test).unwrap_or("no reason is listed"));
            }
        }
    }
}
