//! What does a command cost on its whole way through the simulated drive?
//!
//! The parts of the way: simulated time passes, the CDB is read, the gate asks, the handler
//! answers, the reply is cut to what the host has room for.
#![allow(clippy::unwrap_used, reason = "a bench that cannot be set up has nothing to say")]

use core::hint::black_box;
use core::time::Duration;

use cd_format::Msf;
use criterion::measurement::WallTime;
use criterion::{BenchmarkGroup, Criterion, criterion_group, criterion_main};
use mmc_sim::scene::{Content, SessionFormat, SessionScene, TrackScene, Written};
use mmc_sim::{DiscKind, Drive, Personality, Scene};
use mmc_wire::Command;
use scsi_transport::{Data, Status, Transport};

const TEST_UNIT_READY: [u8; 6] = [0; 6];
const READ_DISC_INFORMATION: [u8; 10] = [0x51, 0, 0, 0, 0, 0, 0, 0, 34, 0];
const GET_CONFIGURATION: [u8; 10] = [0x46, 0, 0, 0, 0, 0, 0, 0xFF, 0xFF, 0];
/// A reserved bit is set: CHECK CONDITION, and sense data with a field pointer.
const REFUSED: [u8; 10] = [0x51, 0, 0, 0, 0, 0, 0x80, 0, 34, 0];

const TIMEOUT: Duration = Duration::from_secs(1);

/// An 80-minute CD-R, blank.
fn blank() -> Scene {
    let time = |m, s, f| Msf::new(m, s, f).unwrap();
    Scene::blank(DiscKind::CdR, time(97, 26, 66), time(79, 59, 74))
}

/// The same with 49 closed sessions of one short track each: the fullest disc that can still be
/// appended to.
fn full() -> Scene {
    let mut scene = blank();
    let track = TrackScene {
        content: Content::Mode1,
        blocks: 300,
        copy: false,
        pre_emphasis: false,
        isrc: None,
        reserved: false,
    };
    let session = SessionScene { tracks: vec![track], written: Written::Sao, format: SessionFormat::CdRom };
    if let Some(disc) = &mut scene.disc {
        disc.sessions = vec![session; 49];
    }
    scene
}

fn drive(scene: &Scene) -> Drive {
    Drive::new(Personality::reference(), scene).unwrap()
}

/// Does TEST UNIT READY take less than 300 ns, and READ DISC INFORMATION less than 2 µs, on any disc?
/// What does the drive add to reading the CDB? What is the dearest question a host asks often?
fn command(c: &mut Criterion) {
    let mut group = c.benchmark_group("command");
    group.bench_function("CDB of TEST UNIT READY, parsed and no more", |b| {
        b.iter(|| Command::parse(black_box(&TEST_UNIT_READY)));
    });
    for (disc, scene) in [("blank", blank()), ("49 sessions", full())] {
        let drive = &mut drive(&scene);
        ask(&mut group, &format!("TEST UNIT READY, {disc}"), drive, &TEST_UNIT_READY, Status::GOOD);
        let name = format!("READ DISC INFORMATION, {disc}");
        ask(&mut group, &name, drive, &READ_DISC_INFORMATION, Status::GOOD);
    }
    let drive = &mut drive(&blank());
    ask(&mut group, "GET CONFIGURATION, all features", drive, &GET_CONFIGURATION, Status::GOOD);
    ask(&mut group, "refused, with a field pointer", drive, &REFUSED, Status::CHECK_CONDITION);
    group.finish();
}

/// Times one command, once it is seen to be answered with `status`.
fn ask(group: &mut BenchmarkGroup<'_, WallTime>, name: &str, drive: &mut Drive, cdb: &[u8], status: Status) {
    let mut room = [0; 1024];
    assert_eq!(drive.execute(cdb, Data::In(&mut room), TIMEOUT).unwrap().status, status, "{name}");
    group.bench_function(name, |b| {
        b.iter(|| drive.execute(black_box(cdb), Data::In(black_box(&mut room)), TIMEOUT));
    });
}

/// Is a drive cheap enough that every case of a suite gets a new one? What does the disc add?
fn scene(c: &mut Criterion) {
    let mut group = c.benchmark_group("drive from a scene");
    let personality = Personality::reference();
    for (disc, scene) in [("no disc", Scene::default()), ("blank", blank()), ("49 sessions", full())] {
        group.bench_function(disc, |b| b.iter(|| Drive::new(personality.clone(), black_box(&scene))));
    }
    group.bench_function("the reference personality alone", |b| b.iter(Personality::reference));
    group.finish();
}

criterion_group!(benches, command, scene);
criterion_main!(benches);
