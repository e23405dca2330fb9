//! Is a raw burn as fast as memory? WriteMedia of a full 80-minute disc onto the simulated drive, held
//! against a copy of the same bytes into newly allocated memory.
//!
//! | question | aim |
//! |---|---|
//! | a full 80-minute raw burn, WriteMedia to medium | at most 4 copies |
//! | the same with verify and lint | at most 3 times that |
//! | the cost of a sector when the disc is a quarter, half, wholly full | flat |
//! | forking a prepared disc, whatever is on it | under 10 µs |

#![allow(clippy::expect_used, reason = "a bench that cannot be set up has nothing to say")]

#[path = "raw_image.rs"]
mod raw_image;

use criterion::{BenchmarkId, Criterion, Throughput, criterion_group, criterion_main};
use std::hint::black_box;
use std::io::Cursor;
use std::sync::{Arc, Mutex};

use mmc_sim::{Disc, DiscKind, Drive, Personality, Scene};
use raw_cd::{RawCd, Recorder};
use raw_image::{LEAD_IN, image};

/// What follows the write.
#[derive(Clone, Copy, PartialEq)]
enum Then {
    Nothing,
    VerifyAndLint,
}

fn burn(image: &[u8], then: Then) -> Disc {
    let scene =
        Scene::blank(DiscKind::CdR, "97:26:66".parse().expect("a time"), "79:59:74".parse().expect("a time"));
    let drive = Drive::new(Personality::reference(), &scene).expect("a drive");
    let drive = Arc::new(Mutex::new(drive));
    let writer = RawCd::default();
    writer.set_recorder(Some(&Recorder::new(drive.clone()))).expect("a recorder");
    writer.set_client_name("bench").expect("a name");
    writer.prepare_media().expect("a blank disc");
    writer.write_media2(&mut Cursor::new(image), LEAD_IN).expect("a burn");
    if then == Then::VerifyAndLint {
        writer.verify_media(&mut Cursor::new(image), LEAD_IN).expect("the same disc");
    }
    writer.release_media().expect("a prepared disc");
    let disc = drive.lock().expect("no panic").disc().expect("a disc").clone();
    if then == Then::VerifyAndLint {
        let report = cd_lint::lint(&disc.frames(), &cd_lint::Options::default()).expect("in memory");
        assert!(!report.has_errors(), "{report}");
    }
    assert_eq!(disc.closed().len(), 1, "the burn is a whole session");
    disc
}

fn whole_disc(c: &mut Criterion) {
    let mut group = c.benchmark_group("burn");
    group.sample_size(10);
    for minutes in [20, 40, 80] {
        let image = image(minutes * 4500 - 151);
        group.throughput(Throughput::Bytes(image.len() as u64));
        group.bench_with_input(BenchmarkId::new("copy", minutes), &image, |b, image| {
            b.iter_with_large_drop(|| black_box(image.clone()));
        });
        group.bench_with_input(BenchmarkId::new("write_media", minutes), &image, |b, image| {
            // Freeing a disc is no part of burning it.
            b.iter_with_large_drop(|| burn(image, Then::Nothing));
        });
    }
    let image = image(80 * 4500 - 151);
    group.bench_function("write_media, verify and lint/80", |b| {
        b.iter_with_large_drop(|| burn(&image, Then::VerifyAndLint));
    });
    let disc = burn(&image, Then::Nothing);
    group.throughput(Throughput::Elements(1));
    group.bench_function("fork of a burnt disc", |b| b.iter(|| black_box(disc.clone())));
    group.finish();
}

criterion_group!(benches, whole_disc);
criterion_main!(benches);
