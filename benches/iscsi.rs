//! Is the drive on the network as fast as Debian's tgtd, and a burn through a socket still a burn? On loopback, each
//! target in a process of its own, the same client for both.
//!
//! | question | aim |
//! |---|---|
//! | TEST UNIT READY and READ DISC INFORMATION round trips, queue depth 1 and 8 | at least tgtd's, on its emulated cd device |
//! | READ (10) and WRITE (10) throughput, 64 KiB transfers, queue depth 1 and 8 | at least 1.5 times tgtd's |
//! | a full 80-minute raw burn through the socket | at most 3 times the in-process burn |
//!
//! What is read: tgtd's cd device on a file in memory, ours on a formatted CD-RW. What is written: our formatted CD-RW,
//! a packet a command, each made into sectors; tgtd has no CD that can be overwritten (its DVD+R takes a block once), so
//! it gets what is easier, a disk on a file in memory.
//!
//! Ours is `rawcd serve`, which the bench has built first.

#![allow(
    clippy::expect_used,
    clippy::unwrap_used,
    clippy::panic,
    reason = "a bench that cannot be set up has nothing to say"
)]

#[path = "iscsi/burn.rs"]
mod burn;
#[path = "raw_image.rs"]
mod raw_image;
#[path = "iscsi/served.rs"]
mod served;
#[path = "../crates/scsi-iscsi/tests/initiator_tgtd/tgtd.rs"]
mod tgtd;

use std::sync::{Arc, Mutex};
use std::time::{Duration, Instant};

use burn::Hurried;
use criterion::{BenchmarkId, Criterion, Throughput, criterion_group};
use scsi_iscsi::initiator::{Initiator, Options, Payload};
use served::Served;
use tgtd::Tgtd;

const TIMEOUT: Duration = Duration::from_secs(60);
const BLOCK: usize = 2048;
/// 64 KiB, and a packet of a formatted CD-RW.
const BLOCKS: u32 = 32;
/// As much of a disc is read and written, from its start on and again.
const PACKETS: u32 = 1024;

/// MMC "TEST UNIT READY", "READ DISC INFORMATION Command" with room for the standard 34 bytes.
const QUESTIONS: [(&str, &[u8], usize); 2] =
    [("TEST UNIT READY", &[0; 6], 0), ("READ DISC INFORMATION", &[0x51, 0, 0, 0, 0, 0, 0, 0, 34, 0], 34)];

fn main() {
    if burn::burn_if_asked() {
        return;
    }
    if let Some(missing) = Tgtd::missing() {
        eprintln!(
            "{missing} is not here (Debian's package tgt): ours is measured alone, and nothing is compared"
        );
    }
    benches();
    Criterion::default().configure_from_args().final_summary();
}

/// Both sides, tgtd where there is one.
struct Sides {
    ours: Served,
    tgtd: Option<Tgtd>,
}

impl Sides {
    fn start() -> Self {
        let tgtd = Tgtd::missing().is_none().then(|| {
            let tgtd = Tgtd::start();
            let content = vec![0x5A; (PACKETS * BLOCKS) as usize * BLOCK];
            tgtd.unit(1, "cd", &content);
            tgtd.unit(2, "disk", &content);
            tgtd.admin("--mode target --op update --tid 1 --name InitialR2T --value No");
            tgtd
        });
        Self { ours: Served::start("formatted-cdrw"), tgtd }
    }

    /// By name: ours, and this unit of tgtd.
    fn connect(&self, lun: u16) -> Vec<(&'static str, Initiator)> {
        let tgtd = self.tgtd.as_ref().map(|tgtd| ("tgtd", tgtd.unit_ready(lun, Options::default())));
        [("ours", self.ours.connect())].into_iter().chain(tgtd).collect()
    }
}

/// Runs `count` commands, `depth` at a time; `next` makes a command from its number and a buffer that is free.
fn run(
    unit: &mut Initiator,
    depth: usize,
    count: u64,
    payload: &Payload,
    cdb: impl Fn(u64) -> Vec<u8>,
) -> Duration {
    let mut free = vec![payload.clone(); depth];
    let start = Instant::now();
    let (mut sent, mut done) = (0, 0);
    while done < count {
        while sent < count
            && let Some(payload) = free.pop()
        {
            unit.submit(&cdb(sent), payload, TIMEOUT).expect("room for a command");
            sent += 1;
        }
        let completion = unit.complete(TIMEOUT).expect("an answer");
        let outcome = completion.outcome.expect("an outcome");
        assert!(outcome.is_good(), "{outcome:?}");
        free.push(completion.payload);
        done += 1;
    }
    start.elapsed()
}

fn round_trips(c: &mut Criterion) {
    let sides = Sides::start();
    for (name, cdb, room) in QUESTIONS {
        let payload = if room == 0 { Payload::None } else { Payload::In(vec![0; room]) };
        let mut group = c.benchmark_group(format!("iscsi/{name}"));
        group.throughput(Throughput::Elements(1));
        for depth in [1, 8] {
            for (side, mut unit) in sides.connect(1) {
                // tgtd may not know a command: what is refused is not compared.
                if !is_good(&mut unit, cdb, &payload) {
                    eprintln!("{side} refuses {name}: not measured");
                    continue;
                }
                group.bench_function(BenchmarkId::new(side, depth), |b| {
                    b.iter_custom(|count| run(&mut unit, depth, count, &payload, |_| cdb.to_vec()));
                });
            }
        }
    }
}

fn is_good(unit: &mut Initiator, cdb: &[u8], payload: &Payload) -> bool {
    unit.submit(cdb, payload.clone(), TIMEOUT).expect("room for a command");
    unit.complete(TIMEOUT).expect("an answer").outcome.is_ok_and(|outcome| outcome.is_good())
}

fn throughput(c: &mut Criterion) {
    let sides = Sides::start();
    let bytes = BLOCKS as usize * BLOCK;
    // A block is 2048 bytes on a CD, 512 on tgtd's disk.
    let cdb = |opcode: u8, scale: u32| {
        move |number: u64| {
            let packet = u32::try_from(number % u64::from(PACKETS)).unwrap();
            let [a, b, c, d] = (packet * BLOCKS * scale).to_be_bytes();
            let [.., e, f] = (BLOCKS * scale).to_be_bytes();
            vec![opcode, 0, a, b, c, d, 0, e, f, 0]
        }
    };
    // Ours is written first, so that there is something to be read.
    for (name, opcode, lun, payload) in [
        ("WRITE (10) 64 KiB", 0x2A, 2, Payload::Out(vec![0xA5; bytes])),
        ("READ (10) 64 KiB", 0x28, 1, Payload::In(vec![0; bytes])),
    ] {
        let mut group = c.benchmark_group(format!("iscsi/{name}"));
        group.throughput(Throughput::Bytes(bytes as u64));
        for depth in [1, 8] {
            for (side, mut unit) in sides.connect(lun) {
                let scale = if side == "tgtd" && lun == 2 { 4 } else { 1 };
                let cdb = cdb(opcode, scale);
                run(&mut unit, depth, PACKETS.into(), &payload, cdb);
                group.bench_function(BenchmarkId::new(side, depth), |b| {
                    b.iter_custom(|count| run(&mut unit, depth, count, &payload, cdb));
                });
            }
        }
    }
}

fn whole_disc(c: &mut Criterion) {
    let image = raw_image::image(burn::SECTORS);
    let mut group = c.benchmark_group("iscsi/80-minute raw burn");
    group.sample_size(10);
    group.throughput(Throughput::Bytes(image.len() as u64));
    // A drive that is served for the first time keeps the disc in memory that is new to its process, and a gigabyte of
    // new pages costs more than the burn: so this one is in a process of its own as well.
    group.bench_function("in process, the first", |b| {
        b.iter_custom(|count| (0..count).map(|_| burn::burn_in_a_new_process()).sum());
    });
    group.bench_function("in process, again and again", |b| {
        b.iter_custom(|count| (0..count).map(|_| burn::burn(burn::drive(), &image)).sum());
    });
    // `rawcd serve` goes by a virtual time, in which a wait of the host achieves nothing; the next command does.
    let waits = Arc::new(Mutex::new((0, Duration::ZERO)));
    group.bench_function("through the socket", |b| {
        b.iter_custom(|count| {
            let disc = |_| {
                let served = Served::start("blank-cdr-80");
                let drive = Hurried { inner: served.connect(), waits: (0, Duration::ZERO) };
                let drive = Arc::new(Mutex::new(drive));
                let time = burn::burn(Arc::clone(&drive), &image);
                *waits.lock().unwrap() = drive.lock().unwrap().waits;
                time
            };
            (0..count).map(disc).sum()
        });
    });
    group.finish();
    let (times, whole) = *waits.lock().unwrap();
    eprintln!("a host that waits when it is told to would have done so {times} times, {whole:?} in all");
}

criterion_group!(benches, round_trips, throughput, whole_disc);
