//! Does recording cost what moving the bytes costs, and a fork nothing?
//!
//! An 80-minute disc: about 389,000 frames of 2448 bytes. The yardstick is a copy of the same bytes
//! into newly allocated memory, at once and in pieces of the size in which a drive gets them.
#![allow(clippy::unwrap_used, reason = "a bench that cannot be set up has nothing to say")]

use core::hint::black_box;
use std::time::Duration;

use cd_format::Lba;
use criterion::{BatchSize, BenchmarkId, Criterion, Throughput, criterion_group, criterion_main};
use mmc_sim::store::{At, FIRST, FRAME, MAIN, SUB, Source, Store};

/// Lead-in, program area and lead-out of a full 80-minute disc.
const DISC: usize = 389_000;
const BEGIN: Lba = Lba(-11_634);

/// Frames in one WRITE (10) of 64 KB.
const WRITE: usize = 26;

/// A burn's worth of frames is taken from here again and again, so that what is read is about as
/// much in the caches as what a host sends.
const HOST: usize = WRITE * 40;

fn host_memory() -> Vec<u8> {
    (0..HOST * FRAME).map(|n| (n % 251) as u8).collect()
}

/// The pieces in which the host sends a disc of `frames`.
fn writes(host: &[u8], frames: usize) -> impl Iterator<Item = &[u8]> {
    let full = host.chunks_exact(WRITE * FRAME).cycle().take(frames / WRITE);
    full.chain(host.get(..frames % WRITE * FRAME))
}

fn burn(store: &mut Store, host: &[u8], frames: usize) {
    let mut at = At::Start(BEGIN);
    for write in writes(host, frames) {
        store.append(at, Source::Frames(write)).unwrap();
        at = At::Next(at.lba() + (write.len() / FRAME) as i32);
    }
}

fn burnt(frames: usize) -> Store {
    let mut store = Store::write_once();
    burn(&mut store, &host_memory(), frames);
    store
}

/// Is a whole disc appended within 1.1 × a copy of the same bytes into newly allocated memory?
/// What do channels apart cost, and a file behind the memory? Is it linear in frames?
fn append(c: &mut Criterion) {
    let mut group = c.benchmark_group("append");
    group.sample_size(10).measurement_time(Duration::from_secs(5));
    let host = host_memory();
    for frames in [DISC / 16, DISC / 4, DISC] {
        group.throughput(Throughput::Bytes((frames * FRAME) as u64));
        group.bench_function(BenchmarkId::new("memcpy, new memory at once", frames), |b| {
            b.iter_with_large_drop(|| {
                let mut all = Vec::with_capacity(frames * FRAME);
                writes(&host, frames).for_each(|write| all.extend_from_slice(write));
                black_box(all)
            });
        });
        group.bench_function(BenchmarkId::new("store", frames), |b| {
            b.iter_with_large_drop(|| {
                let mut store = Store::write_once();
                burn(&mut store, &host, frames);
                store
            });
        });
    }
    group.bench_function(BenchmarkId::new("memcpy, new memory a write", DISC), |b| {
        b.iter_with_large_drop(|| writes(&host, DISC).map(<[u8]>::to_vec).collect::<Vec<_>>());
    });
    group.bench_function(BenchmarkId::new("store, channels apart", DISC), |b| {
        let (main, sub) = (host.get(..WRITE * MAIN).unwrap(), host.get(..WRITE * SUB).unwrap());
        b.iter_with_large_drop(|| {
            let mut store = Store::write_once();
            for n in 0..DISC / WRITE {
                let at = At::Start(BEGIN + (n * WRITE) as i32);
                store.append(at, Source::Channels { main, sub }).unwrap();
            }
            store
        });
    });
    group.bench_function(BenchmarkId::new("store, 16 MB in memory", DISC), |b| {
        b.iter_with_large_drop(|| {
            let mut store = Store::write_once();
            store.limit_memory(16 << 20, None).unwrap();
            burn(&mut store, &host, DISC);
            store
        });
    });
    group.finish();
}

/// Is a fork under 10 µs, whatever is on the disc? What does the first write to one cost?
fn fork(c: &mut Criterion) {
    let mut group = c.benchmark_group("fork");
    let mut scattered = Store::rewritable();
    for n in 0..100_000 {
        scattered.append(At::Start(Lba(4 * n)), Source::Frames(&[1; FRAME])).unwrap();
    }
    for (name, disc) in
        [("blank", Store::write_once()), ("full", burnt(DISC)), ("100,000 single frames", scattered)]
    {
        group.bench_function(BenchmarkId::new("fork", name), |b| b.iter(|| disc.clone()));
        let end = disc.runs(FIRST).last().map_or(Lba(0), |run| run.end);
        group.bench_function(BenchmarkId::new("fork and append a frame", name), |b| {
            b.iter_batched_ref(
                || (),
                |()| {
                    let mut fork = disc.clone();
                    fork.append(At::Start(end), Source::Frames(&[1; FRAME])).unwrap();
                    fork
                },
                BatchSize::SmallInput,
            );
        });
    }
    group.finish();
}

/// Is reading as fast as a copy, from memory and from a disc file? What does one frame cost?
fn read(c: &mut Criterion) {
    let mut group = c.benchmark_group("read");
    group.sample_size(10);
    let frames = DISC / 8;
    let disc = burnt(frames);
    let folder = tempfile::tempdir().unwrap();
    let path = folder.path().join("disc");
    disc.save(&path, b"").unwrap();
    let (opened, _) = Store::open(&path).unwrap();
    let mut room = vec![0; WRITE * FRAME];

    group.throughput(Throughput::Bytes((frames * FRAME) as u64));
    let all = vec![1; frames * FRAME];
    group.bench_function("memcpy", |b| {
        b.iter(|| {
            for part in all.chunks(WRITE * FRAME) {
                black_box(&mut room[..part.len()]).copy_from_slice(part);
            }
        });
    });
    for (name, disc) in [("memory", &disc), ("disc file", &opened)] {
        group.bench_function(BenchmarkId::new("in pieces of 26 frames", name), |b| {
            b.iter(|| {
                for n in 0..frames / WRITE {
                    disc.read(BEGIN + (n * WRITE) as i32, black_box(&mut room)).unwrap();
                }
            });
        });
        group.bench_function(BenchmarkId::new("frame by frame", name), |b| {
            b.iter(|| {
                for n in 0..frames {
                    disc.read(BEGIN + n as i32, black_box(&mut room[..FRAME])).unwrap();
                }
            });
        });
    }
    group.bench_function("disc file: save", |b| b.iter(|| disc.save(&path, b"").unwrap()));
    group.bench_function("disc file: load, all checked", |b| {
        b.iter_with_large_drop(|| Store::load(&path).unwrap());
    });
    group.bench_function("disc file: open", |b| b.iter(|| Store::open(&path).unwrap()));
    group.finish();
}

criterion_group!(benches, append, fork, read);
criterion_main!(benches);
