//! Can the suite say no? Drives that are wrong in one way each, and every one must be found out.

#![allow(clippy::unwrap_used, clippy::panic, reason = "in a test a panic is the answer")]

use core::time::Duration;
use std::path::Path;
use std::sync::OnceLock;

use mmc_conformance::deviation::Identity;
use mmc_conformance::dut::{Device, DutFactory, Refusal, Simulated};
use mmc_conformance::fixture::{Act, Step};
use mmc_conformance::media::Media;
use mmc_conformance::runner::{Status, run_case};
use mmc_conformance::suite::{Case, Suite};
use scsi_transport::{Data, Outcome, Transport, TransportError};

fn suite() -> &'static Suite {
    static SUITE: OnceLock<Suite> = OnceLock::new();
    SUITE.get_or_init(|| {
        let fixtures = Path::new(env!("CARGO_MANIFEST_DIR")).join("../../fixtures");
        Suite::load(&[fixtures]).unwrap_or_else(|error| panic!("{error}"))
    })
}

/// What a drive does to an answer before the host sees it.
type Lie = fn(cdb: &[u8], outcome: &mut Outcome, reply: &mut [u8]);

/// The simulated drive, and a lie in front of it.
struct Liars(Lie);

struct Liar {
    honest: Box<dyn Device>,
    lie: Lie,
}

impl DutFactory for Liars {
    fn identity(&self, case: &Case) -> Identity {
        Simulated::new().identity(case)
    }

    fn open(&mut self, case: &Case) -> Result<Box<dyn Device>, Refusal> {
        Ok(Box::new(Liar { honest: Simulated::new().open(case)?, lie: self.0 }))
    }
}

impl Transport for Liar {
    fn execute(
        &mut self,
        cdb: &[u8],
        mut data: Data<'_>,
        timeout: Duration,
    ) -> Result<Outcome, TransportError> {
        let mut outcome = self.honest.execute(cdb, data.reborrow(), timeout)?;
        let reply = if let Data::In(buffer) = data { buffer } else { &mut [] };
        (self.lie)(cdb, &mut outcome, reply);
        Ok(outcome)
    }

    fn wait(&mut self, duration: Duration) {
        self.honest.wait(duration);
    }
}

impl Device for Liar {
    fn act(&mut self, act: &Act, media: &Media) -> Result<(), String> {
        self.honest.act(act, media)
    }
}

/// Lies about a byte of a reply that is long enough.
fn patch(cdb: &[u8], outcome: &Outcome, reply: &mut [u8], opcode: u8, at: usize, change: fn(u8) -> u8) {
    if cdb[0] == opcode && outcome.is_good() && outcome.transferred > at {
        reply[at] = change(reply[at]);
    }
}

fn resense(outcome: &mut Outcome, from: [u8; 3], to: [u8; 3]) {
    if outcome.sense.len() >= 14 && [outcome.sense[2] & 0xF, outcome.sense[12], outcome.sense[13]] == from {
        [outcome.sense[2], outcome.sense[12], outcome.sense[13]] = to;
    }
}

/// Each lie was seen in a drive or a drive emulator, or is the mistake that is easily made.
const LIES: &[(&str, Lie)] = &[
    ("every command is GOOD", |_, outcome, reply| {
        *outcome = Outcome::good(reply.len());
    }),
    ("every command is refused", |_, outcome, _| {
        *outcome = Outcome::check(vec![0x70, 0, 5, 0, 0, 0, 0, 10, 0, 0, 0, 0, 0x20, 0, 0, 0, 0, 0]);
    }),
    ("sense data is left out", |_, outcome, _| outcome.sense.clear()),
    ("the lead-in starts a frame later in disc information", |cdb, outcome, reply| {
        patch(cdb, outcome, reply, 0x51, 19, |frame| frame.wrapping_add(1));
    }),
    ("the lead-in time is BCD in disc information", |cdb, outcome, reply| {
        for at in [17, 18, 19] {
            patch(cdb, outcome, reply, 0x51, at, |n| n.wrapping_add(n / 10 * 6));
        }
    }),
    ("the last lead-out is a frame later in disc information", |cdb, outcome, reply| {
        patch(cdb, outcome, reply, 0x51, 23, |frame| frame.wrapping_sub(1));
    }),
    ("disc status is always complete", |cdb, outcome, reply| {
        patch(cdb, outcome, reply, 0x51, 2, |state| state & !3 | 2);
    }),
    ("the erasable bit is turned round", |cdb, outcome, reply| {
        patch(cdb, outcome, reply, 0x51, 2, |state| state ^ 0x10);
    }),
    ("a session too many", |cdb, outcome, reply| {
        patch(cdb, outcome, reply, 0x51, 4, |sessions| sessions.wrapping_add(1));
    }),
    ("tracks begin a block later", |cdb, outcome, reply| {
        patch(cdb, outcome, reply, 0x52, 11, |low| low.wrapping_add(1));
    }),
    ("the next writable address is said to be valid on every disc", |cdb, outcome, reply| {
        patch(cdb, outcome, reply, 0x52, 7, |valid| valid | 1);
    }),
    ("a full disc's profile is that of a blank one", |cdb, outcome, reply| {
        patch(cdb, outcome, reply, 0x46, 7, |_| 0x09);
    }),
    ("a blank disc has an empty table of contents", |cdb, outcome, reply| {
        if cdb[0] == 0x43 && cdb[2] & 0xF == 0 && !outcome.is_good() {
            reply.fill(0);
            *outcome = Outcome::good(reply.len().min(4));
        }
    }),
    ("ATIP has no lead-in", |cdb, outcome, reply| {
        if cdb[0] == 0x43 && cdb[2] & 0xF == 4 {
            for at in 8..11 {
                patch(cdb, outcome, reply, 0x43, at, |_| 0);
            }
        }
    }),
    ("an empty drive has an illegal request", |_, outcome, _| {
        resense(outcome, [2, 0x3A, 1], [5, 0x24, 0]);
    }),
    ("a loading drive has no disc", |_, outcome, _| resense(outcome, [2, 4, 1], [2, 0x3A, 0])),
    ("a wrong field is an unknown command", |_, outcome, _| resense(outcome, [5, 0x24, 0], [5, 0x20, 0])),
    ("a wrong parameter is a wrong CDB", |_, outcome, _| resense(outcome, [5, 0x26, 0], [5, 0x24, 0])),
    ("field pointers point one byte on", |_, outcome, _| {
        if outcome.sense.len() >= 18 && outcome.sense[15] & 0x80 != 0 {
            outcome.sense[17] = outcome.sense[17].wrapping_add(1);
        }
    }),
    ("unit attentions are swallowed", |_, outcome, _| {
        if outcome.sense.get(2).is_some_and(|key| key & 0xF == 6) {
            *outcome = Outcome::good(0);
        }
    }),
    ("replies are longer than asked for by one byte less", |_, outcome, _| {
        outcome.transferred = outcome.transferred.saturating_sub(1);
    }),
    ("MODE SENSE gives another page", |cdb, outcome, reply| {
        patch(cdb, outcome, reply, 0x5A, 8, |code| code ^ 1);
    }),
    ("the tray is said to be open", |cdb, outcome, reply| {
        patch(cdb, outcome, reply, 0x4A, 5, |bits| bits ^ 1);
    }),
    ("INQUIRY is that of a disk", |cdb, outcome, reply| patch(cdb, outcome, reply, 0x12, 0, |_| 0)),
    ("every WRITE is taken, wherever it goes", |cdb, outcome, _| {
        if matches!(cdb[0], 0x2A | 0xAA) && !outcome.is_good() {
            *outcome = Outcome::good(0);
        }
    }),
    ("a wrong address for a WRITE is a write error", |_, outcome, _| {
        resense(outcome, [5, 0x21, 2], [3, 0x0C, 0]);
    }),
    ("an underrun is forgotten", |_, outcome, _| {
        if outcome.sense.get(12..14) == Some(&[0x0C, 9]) {
            *outcome = Outcome::good(0);
        }
    }),
    ("a full buffer is an error", |_, outcome, _| resense(outcome, [2, 4, 8], [5, 0x2C, 0])),
    ("the buffer is always empty", |cdb, _, reply| {
        if cdb[0] == 0x5C && reply.len() >= 12 {
            reply.copy_within(4..8, 8);
        }
    }),
    ("a damaged session is complete", |cdb, outcome, reply| {
        patch(cdb, outcome, reply, 0x51, 2, |state| if state & 0x0C == 0x08 { state | 0x04 } else { state });
    }),
    ("SYNCHRONIZE CACHE is not for an idle drive", |cdb, outcome, _| {
        if cdb[0] == 0x35 {
            *outcome = Outcome::check(vec![0x70, 0, 5, 0, 0, 0, 0, 10, 0, 0, 0, 0, 0x2C, 0, 0, 0, 0, 0]);
        }
    }),
    ("the laser is calibrated on any disc", |cdb, outcome, _| {
        if cdb[0] == 0x54 {
            *outcome = Outcome::good(0);
        }
    }),
    ("one bit of a block is read wrong", |cdb, outcome, reply| {
        if cdb[0] == 0xBE && outcome.is_good() && reply.len() >= 26 * 2352 {
            reply[7 * 2352 + 100] ^= 0x10;
        }
    }),
    ("blocks are read one place further on", |cdb, outcome, reply| {
        if cdb[0] == 0x28 && outcome.is_good() && reply.len() >= 4096 {
            reply.rotate_left(2048);
        }
    }),
    ("what is not on the disc is read as zeros", |cdb, outcome, reply| {
        if cdb[0] == 0xBE && !outcome.is_good() {
            reply.fill(0);
            *outcome = Outcome::good(reply.len());
        }
    }),
    ("the last block is off by one", |cdb, outcome, reply| {
        patch(cdb, outcome, reply, 0x25, 3, |low| low.wrapping_add(1));
    }),
];

/// Blocks that a case records.
fn blocks(case: &&Case) -> u64 {
    case.fixture.steps.iter().map(Step::blocks).sum()
}

#[test]
fn every_wrong_drive_is_found_out() {
    let mut undetected = Vec::new();
    // What records nothing is done soonest.
    let mut cases: Vec<&Case> = suite().cases().iter().collect();
    cases.sort_by_key(blocks);
    for (name, lie) in LIES {
        let mut wrong = Liars(*lie);
        let mut honest = Simulated::new();
        // A case counts when the honest drive passes it and the liar does not.
        let found = cases.iter().any(|case| {
            matches!(run_case(case, &mut wrong).status, Status::Failed(_))
                && run_case(case, &mut honest).status == Status::Passed
        });
        if !found {
            undetected.push(*name);
        }
    }
    assert!(undetected.is_empty(), "no case notices that {undetected:#?}");
}

/// What a lie is told through must not itself be noticed.
#[test]
fn the_go_between_is_honest() {
    for case in suite().cases().iter().step_by(7).filter(|case| blocks(case) < 5000) {
        let through = run_case(case, &mut Liars(|_, _, _| {}));
        let straight = run_case(case, &mut Simulated::new());
        assert_eq!(through.status, straight.status, "{}", case.id);
    }
}
