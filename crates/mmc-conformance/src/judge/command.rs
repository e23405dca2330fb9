//! Judging what came of a command.

use mmc_wire::Sense;
use scsi_transport::{Outcome, Status};

use super::{Answer, FieldPointer, Mismatch, Saved, Verdict, all, any, bytes, check};
use crate::decode::Reader;
use crate::fixture::{DriveExpect, SenseCheck};
use crate::literal::{SensePattern, hex};

/// Judges what came of a command.
pub fn command(expect: &DriveExpect, answer: &Answer, saved: &Saved) -> Verdict {
    match expect {
        DriveExpect::Good => status(Status::GOOD, answer),
        DriveExpect::Status(byte) => status(Status(*byte), answer),
        DriveExpect::Reply(checks) => {
            let good = status(Status::GOOD, answer);
            if !good.is_pass() {
                return good;
            }
            let fields = Reader::of(&answer.cdb).map(|reader| reader.read(&answer.data)).unwrap_or_default();
            all(checks.iter().map(|one| check(one, &fields, &answer.data, saved)))
        }
        DriveExpect::Sense(patterns) => sense(patterns, answer),
        DriveExpect::SenseAt { any, byte, bit, if_given } => {
            let verdict = sense(any, answer);
            match (&verdict, &answer.outcome) {
                (Verdict::Pass, Ok(outcome)) => pointer(outcome, *byte, *bit, *if_given),
                _ => verdict,
            }
        }
        DriveExpect::SenseBytes(checks) => sense_bytes(checks, answer),
        DriveExpect::AnyOf(expects) => any(expects.iter().map(|expect| command(expect, answer, saved))),
    }
}

fn status(expected: Status, answer: &Answer) -> Verdict {
    let holds = answer.outcome.as_ref().is_ok_and(|outcome| outcome.status == expected);
    Verdict::when(holds, || Mismatch::new("the answer", expected.to_string(), describe(answer)))
}

fn sense(patterns: &[SensePattern], answer: &Answer) -> Verdict {
    let seen = answer.outcome.as_ref().ok().filter(|outcome| outcome.status == Status::CHECK_CONDITION);
    let triple = seen.and_then(|outcome| Sense::in_data(&outcome.sense));
    Verdict::when(triple.is_some_and(|triple| patterns.iter().any(|pattern| pattern.matches(triple))), || {
        let expected = patterns.iter().map(SensePattern::to_string).collect::<Vec<_>>().join(" or ");
        Mismatch::new("the answer", format!("CHECK CONDITION {expected}"), describe(answer))
    })
}

fn sense_bytes(checks: &[SenseCheck], answer: &Answer) -> Verdict {
    let condition = status(Status::CHECK_CONDITION, answer);
    let (Verdict::Pass, Ok(outcome)) = (&condition, &answer.outcome) else { return condition };
    let data = &outcome.sense[..];
    all(checks.iter().map(|check| match check {
        SenseCheck::Bytes { at, are, mask } => {
            bytes("sense data", *at, &are.0, mask.as_ref().map(|mask| &mask.0[..]), data)
        }
        SenseCheck::Length(n) => Verdict::when(data.len() == *n, || {
            let seen = format!("{}: {}", data.len(), hex(data));
            Mismatch::new("bytes of sense data", n.to_string(), seen)
        }),
    }))
}

/// The drive that says 5/24 means the CDB, the one that says 5/26 the parameter list.
fn pointer(outcome: &Outcome, byte: u16, bit: Option<u8>, if_given: bool) -> Verdict {
    let in_cdb = match Sense::in_data(&outcome.sense).map(|sense| sense.asc) {
        Some(0x24) => Some(true),
        Some(0x26) => Some(false),
        _ => None,
    };
    let seen = FieldPointer::in_data(&outcome.sense);
    let holds = match seen {
        None => if_given,
        Some(seen) => {
            seen.byte == byte
                && in_cdb.is_none_or(|in_cdb| seen.in_cdb == in_cdb)
                && bit.is_none_or(|bit| seen.bit.is_none_or(|seen| seen == bit))
        }
    };
    Verdict::when(holds, || {
        let expected = FieldPointer { in_cdb: in_cdb.unwrap_or(true), byte, bit };
        let seen = seen.map_or_else(
            || format!("none in sense data {}", hex(&outcome.sense)),
            |seen| format!("{seen} in sense data {}", hex(&outcome.sense)),
        );
        Mismatch::new("the field pointer", expected.to_string(), seen)
    })
}

/// What came, in one line.
pub fn describe(answer: &Answer) -> String {
    match &answer.outcome {
        Err(error) => format!("no answer: {error}"),
        Ok(outcome) if outcome.status == Status::CHECK_CONDITION => match Sense::in_data(&outcome.sense) {
            Some(sense) => format!("CHECK CONDITION {sense} ({})", sense.name().unwrap_or("no name")),
            None => format!("CHECK CONDITION with sense data that is none: {}", hex(&outcome.sense)),
        },
        Ok(outcome) if answer.data.is_empty() => outcome.status.to_string(),
        Ok(outcome) => format!("{}, {} bytes: {}", outcome.status, answer.data.len(), hex(&answer.data)),
    }
}
