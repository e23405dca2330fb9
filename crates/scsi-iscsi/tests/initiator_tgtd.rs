//! The initiator against Debian's tgtd: two that were written apart.
//!
//! Where tgtd is not installed the tests are ignored, with that reason; with RAWCD_REQUIRE_PROGRAMS=1 that is a
//! failure.

#![allow(
    clippy::unwrap_used,
    clippy::panic,
    clippy::expect_used,
    reason = "a test program: a panic is its answer"
)]

#[path = "initiator_tgtd/tgtd.rs"]
mod tgtd;

use std::process::ExitCode;
use std::time::Duration;

use libtest_mimic::{Arguments, Trial};
use scsi_iscsi::initiator::{Chap, ConnectError, Credentials, Initiator, Options, Payload, Portal, discover};
use scsi_iscsi::pdu::Digests;
use scsi_iscsi::pdu::answer::task_response;
use scsi_transport::{Data, Outcome, Status, Transport, TransportError};
use tgtd::{TARGET, Tgtd};

const TIMEOUT: Duration = Duration::from_secs(20);
const BLOCK: usize = 2048;
const BLOCKS: usize = 512;
/// The block size of the disk, LUN 2.
const DISK_BLOCK: usize = 512;

const TEST_UNIT_READY: [u8; 6] = [0; 6];

fn main() -> ExitCode {
    let args = Arguments::from_args();
    let missing = Tgtd::missing();
    let is_required = std::env::var_os("RAWCD_REQUIRE_PROGRAMS").is_some_and(|value| value != "0");
    let tests: [(&str, fn()); 9] = [
        ("discovery_finds_the_target", discovery_finds_the_target),
        ("inquiry_says_what_tgtd_is", inquiry_says_what_tgtd_is),
        ("what_is_read_is_the_file", what_is_read_is_the_file),
        ("eight_commands_at_once", eight_commands_at_once),
        ("every_way_of_data_out_arrives", every_way_of_data_out_arrives),
        ("digests_are_agreed_on_and_checked", digests_are_agreed_on_and_checked),
        ("sense_and_residuals_come_through", sense_and_residuals_come_through),
        ("chap_one_way_and_mutual", chap_one_way_and_mutual),
        ("pings_resets_and_aborts_are_answered", pings_resets_and_aborts_are_answered),
    ];
    let trials = tests.map(|(name, test)| {
        let run = move || {
            if let Some(missing) = missing {
                return Err(format!("{missing} is not here: install Debian's package tgt").into());
            }
            test();
            Ok(())
        };
        match missing {
            // The harness has no place for a reason but the kind, in brackets before the name.
            Some(missing) if !is_required => {
                Trial::test(name, run).with_kind(format!("needs {missing} of tgt")).with_ignored_flag(true)
            }
            _ => Trial::test(name, run),
        }
    });
    libtest_mimic::run(&args, trials.into()).exit_code()
}

/// What is on the CD.
fn iso() -> Vec<u8> {
    (0..BLOCKS * BLOCK).map(|at| (at / BLOCK * 7 + at % 251) as u8).collect()
}

/// A tgtd whose LUN 1 is a CD with known content, LUN 2 a disk of as many zeros.
fn start() -> Tgtd {
    let tgtd = Tgtd::start();
    tgtd.unit(1, "cd", &iso());
    tgtd.unit(2, "disk", &vec![0; BLOCKS * BLOCK]);
    // What it would say no to unasked.
    for parameter in
        ["InitialR2T --value No", "HeaderDigest --value CRC32C,None", "DataDigest --value CRC32C,None"]
    {
        tgtd.admin(&format!("--mode target --op update --tid 1 --name {parameter}"));
    }
    tgtd
}

fn read10(lba: usize, blocks: usize) -> [u8; 10] {
    let [a, b, c, d] = u32::try_from(lba).unwrap().to_be_bytes();
    let [e, f] = u16::try_from(blocks).unwrap().to_be_bytes();
    [0x28, 0, a, b, c, d, 0, e, f, 0]
}

fn write10(lba: usize, blocks: usize) -> [u8; 10] {
    let mut cdb = read10(lba, blocks);
    cdb[0] = 0x2A;
    cdb
}

fn inquiry(room: u8) -> [u8; 6] {
    [0x12, 0, 0, 0, room, 0]
}

fn discovery_finds_the_target() {
    let tgtd = start();
    let portal: Portal = tgtd.portal().parse().unwrap();
    let targets = discover(&portal, &Options::default()).unwrap();
    assert_eq!(targets.len(), 1);
    assert_eq!(targets[0].name, TARGET);
    assert_eq!(targets[0].addresses, [format!("{},1", tgtd.portal())]);
}

fn inquiry_says_what_tgtd_is() {
    let tgtd = start();
    let mut cd = tgtd.connect(1, Options::default()).unwrap();
    let mut answer = [0; 66];
    let outcome = cd.execute(&inquiry(66), Data::In(&mut answer), TIMEOUT).unwrap();
    assert_eq!(outcome.status, Status::GOOD);
    assert!((36..=66).contains(&outcome.transferred), "{}", outcome.transferred);
    // Peripheral device type 5, removable; vendor identification.
    assert_eq!(answer[..2], [0x05, 0x80]);
    assert_eq!(&answer[8..16], b"IET     ");
    cd.logout(TIMEOUT).unwrap();
}

fn what_is_read_is_the_file() {
    let (tgtd, iso) = (start(), iso());
    // Data-In in one PDU, in several, and in several sequences.
    for (max_receive, max_burst) in [(262_144, 262_144), (8192, 16_384), (512, 512), (1000, 4096)] {
        let mut cd = tgtd.unit_ready(1, Options { max_receive, max_burst, ..Options::default() });
        let mut seen = vec![0; iso.len()];
        for (lba, room) in (0..).step_by(64).zip(seen.chunks_mut(64 * BLOCK)) {
            let outcome = cd.execute(&read10(lba, 64), Data::In(room), TIMEOUT).unwrap();
            assert_eq!(outcome, Outcome::good(64 * BLOCK));
        }
        assert!(seen == iso, "MaxRecvDataSegmentLength {max_receive}");
    }
}

fn eight_commands_at_once() {
    let (tgtd, iso) = (start(), iso());
    let mut cd = tgtd.unit_ready(1, Options::default());
    let mut waiting = std::collections::BTreeMap::new();
    let mut done = 0;
    for lba in (0..BLOCKS).step_by(8).chain([BLOCKS; 8]) {
        if cd.in_flight() == 8 || lba == BLOCKS {
            let completion = cd.complete(TIMEOUT).unwrap();
            let at: usize = waiting.remove(&completion.tag).unwrap();
            assert_eq!(completion.outcome, Ok(Outcome::good(8 * BLOCK)));
            assert_eq!(completion.payload, Payload::In(iso[at * BLOCK..][..8 * BLOCK].to_vec()));
            done += 1;
        }
        if lba < BLOCKS {
            let tag = cd.submit(&read10(lba, 8), Payload::In(vec![0; 8 * BLOCK]), TIMEOUT).unwrap();
            waiting.insert(tag, lba);
        }
    }
    assert_eq!((done, cd.in_flight()), (BLOCKS / 8, 0));
    assert!(matches!(cd.complete(TIMEOUT), Err(TransportError::Request(_))));
}

fn every_way_of_data_out_arrives() {
    let tgtd = start();
    let mut round = 0_u8;
    for immediate_data in [false, true] {
        for initial_r2t in [false, true] {
            for (first_burst, max_burst) in [(262_144, 262_144), (512, 1024), (5000, 20_000)] {
                round += 1;
                let mut disk = tgtd.unit_ready(
                    2,
                    Options { immediate_data, initial_r2t, first_burst, max_burst, ..Options::default() },
                );
                let said = *disk.parameters();
                assert_eq!((said.immediate_data, said.initial_r2t), (immediate_data, initial_r2t));
                let bytes: Vec<u8> = (0..128 * DISK_BLOCK).map(|at| (at % 253) as u8 ^ round).collect();
                let outcome = disk.execute(&write10(5, 128), Data::Out(&bytes), TIMEOUT).unwrap();
                assert_eq!(outcome, Outcome::good(bytes.len()));
                let mut seen = vec![0; bytes.len()];
                disk.execute(&read10(5, 128), Data::In(&mut seen), TIMEOUT).unwrap();
                assert!(seen == bytes, "{said:?}");
            }
        }
    }
}

fn digests_are_agreed_on_and_checked() {
    let tgtd = start();
    for digests in [
        Digests { header: true, data: false },
        Digests { header: false, data: true },
        Digests { header: true, data: true },
    ] {
        let options = Options { digests, digests_required: true, ..Options::default() };
        let mut disk = tgtd.unit_ready(2, options);
        assert_eq!(disk.parameters().digests, digests);
        let bytes: Vec<u8> = (0..64 * DISK_BLOCK).map(|at| (at % 249) as u8).collect();
        assert!(disk.execute(&write10(0, 64), Data::Out(&bytes), TIMEOUT).unwrap().is_good());
        let mut seen = vec![0; bytes.len()];
        assert!(disk.execute(&read10(0, 64), Data::In(&mut seen), TIMEOUT).unwrap().is_good());
        assert!(seen == bytes, "{digests:?}");
        let mut answer = [0; 36];
        assert!(disk.execute(&inquiry(35), Data::In(&mut answer), TIMEOUT).unwrap().is_good());
    }
}

fn sense_and_residuals_come_through() {
    let tgtd = start();
    let mut cd = tgtd.unit_ready(1, Options::default());
    // A vendor's command that tgtd has not: 5/20/00 INVALID COMMAND OPERATION CODE, fixed format. It sends as many
    // bytes as there is room for all the same.
    let outcome = cd.execute(&[0xE5; 12], Data::In(&mut [0; 64]), TIMEOUT).unwrap();
    assert_eq!(outcome.status, Status::CHECK_CONDITION);
    assert_eq!((outcome.sense[2] & 0xF, &outcome.sense[12..14]), (5, &[0x20, 0x00][..]));
    // Room for more than the answer: the rest stays as it was.
    let mut room = vec![0xEE; 200];
    let outcome = cd.execute(&inquiry(36), Data::In(&mut room), TIMEOUT).unwrap();
    assert_eq!(outcome, Outcome::good(36));
    assert!(room[8..16] == *b"IET     " && room[36..] == [0xEE; 164]);
    assert!(matches!(cd.execute(&[0; 17], Data::None, TIMEOUT), Err(TransportError::Request(_))));
    // The connection has not suffered.
    assert!(cd.execute(&TEST_UNIT_READY, Data::None, TIMEOUT).unwrap().is_good());
    // A unit that there is not.
    let mut none = tgtd.connect(9, Options::default()).unwrap();
    assert_eq!(none.execute(&TEST_UNIT_READY, Data::None, TIMEOUT).unwrap().status, Status::CHECK_CONDITION);
}

fn chap_one_way_and_mutual() {
    let tgtd = start();
    tgtd.admin("--mode account --op new --user initiator --password initiatorsecret");
    tgtd.admin("--mode account --op bind --tid 1 --user initiator");
    tgtd.admin("--mode account --op new --user target --password targetsecret");
    tgtd.admin("--mode account --op bind --tid 1 --user target --outgoing");
    let credentials = |name: &str, secret: &str| Credentials { name: name.into(), secret: secret.into() };
    let connect = |secret: &str, target: Option<&str>| {
        let initiator = credentials("initiator", secret);
        let target = target.map(|secret| credentials("target", secret));
        tgtd.connect(1, Options { chap: Some(Chap { initiator, target }), ..Options::default() })
    };
    for target in [None, Some("targetsecret")] {
        let mut cd = connect("initiatorsecret", target).unwrap();
        cd.execute(&TEST_UNIT_READY, Data::None, TIMEOUT).unwrap();
    }
    let refused = |answer: Result<Initiator, ConnectError>| match answer {
        Err(error) => TransportError::from(error),
        Ok(_) => panic!("the login was accepted"),
    };
    for answer in [
        tgtd.connect(1, Options::default()),
        connect("anothersecret", None),
        connect("initiatorsecret", Some("anothersecret")),
    ] {
        let error = refused(answer);
        assert!(matches!(error, TransportError::AccessDenied(_)), "{error}");
    }
}

fn pings_resets_and_aborts_are_answered() {
    let tgtd = start();
    let mut cd = tgtd.unit_ready(1, Options::default());
    cd.ping(TIMEOUT).unwrap();
    assert_eq!(cd.lun_reset().unwrap(), task_response::COMPLETE);
    let outcome = cd.execute(&TEST_UNIT_READY, Data::None, TIMEOUT).unwrap();
    // 6/29/xx: a reset occurred.
    assert_eq!(
        (outcome.status, outcome.sense[2] & 0xF, outcome.sense[12]),
        (Status::CHECK_CONDITION, 6, 0x29)
    );
    // tgtd does not know the warm reset of a target.
    assert_eq!(cd.target_reset().unwrap(), task_response::NOT_SUPPORTED);
    let tag = cd.submit(&read10(0, 1), Payload::In(vec![0; BLOCK]), TIMEOUT).unwrap();
    // The command leaves with the abort, or has even been answered.
    cd.abort_task(tag).unwrap();
    assert_eq!(cd.complete(TIMEOUT).unwrap().tag, tag);
    assert!(matches!(cd.abort_task(tag), Err(TransportError::Request(_))));
    cd.wait(Duration::from_millis(10));
    assert!(cd.execute(&TEST_UNIT_READY, Data::None, TIMEOUT).unwrap().is_good());
    cd.logout(TIMEOUT).unwrap();
}
