//! Is making data sectors at least ten times as fast as a plain table-driven encoder, and at
//! least half as fast as copying the bytes that come out?
//!
//! Each question is asked twice: of sixteen sectors that stay in the first-level cache, where
//! only arithmetic counts; and of 16384 sectors (37 MiB), where a disc image would be. Both
//! yardsticks are in the same run: `plain`, below, and a copy of 2352 bytes a sector.
#![allow(clippy::unwrap_used, reason = "a bench that cannot be set up has nothing to say")]

#[path = "sector/plain.rs"]
mod plain;

use core::hint::black_box;

use cd_format::Lba;
use cd_format::sector::{EccHeader, HeaderAddress, Sector, build, check, ecc, edc, scramble};
use criterion::{BatchSize, Criterion, Throughput, criterion_group, criterion_main};

use plain::User;

/// User data that repeats nowhere near.
fn users(sectors: usize) -> Vec<User> {
    let mut state = 1u64;
    let mut next = || {
        state = state.wrapping_mul(6_364_136_223_846_793_005).wrapping_add(1);
        (state >> 56) as u8
    };
    (0..sectors).map(|_| core::array::from_fn(|_| next())).collect()
}

fn encode(users: &[User], out: &mut [Sector]) {
    let mut plain = [0; 2352];
    for (lba, (user, out)) in (0..).zip(users.iter().zip(out)) {
        build::mode1(&mut plain, HeaderAddress::of(Lba(lba)).unwrap(), user);
        scramble::scramble_into(&plain, out);
    }
}

/// 2048 bytes to a scrambled mode 1 sector, against both yardsticks.
fn mode_1(c: &mut Criterion) {
    let plain = plain::Encoder::new();
    for (name, sectors) in [("in cache", 16), ("37 MiB", 16_384)] {
        let mut group = c.benchmark_group(format!("mode 1, {name}"));
        group.throughput(Throughput::Elements(sectors as u64));
        if sectors > 1000 {
            group.sample_size(20);
        }
        let users = users(sectors);
        let mut out = vec![[0; 2352]; sectors];
        let mut copy = out.clone();
        encode(&users, &mut out);
        plain.encode(&users, &mut copy);
        assert!(out == copy, "the yardstick makes other sectors");
        group.bench_function("plain table-driven encoder", |b| {
            b.iter(|| plain.encode(black_box(&users), black_box(&mut out)));
        });
        group.bench_function("build::mode1 and scramble_into", |b| {
            b.iter(|| encode(black_box(&users), black_box(&mut out)));
        });
        group.bench_function("copy", |b| {
            b.iter(|| black_box(&mut copy).copy_from_slice(black_box(&out)));
        });
    }
}

/// What are the parts? What does a sector cost that is read: checked when sound, repaired when not?
fn parts(c: &mut Criterion) {
    let mut group = c.benchmark_group("one sector");
    let mut sound = vec![[0; 2352]; 1];
    encode(&users(1), &mut sound);
    let mut sound = sound[0];
    scramble::scramble(&mut sound);
    let mut sector = sound;
    group.bench_function("EDC", |b| b.iter(|| edc::edc(black_box(&sound[..2064]))));
    group.bench_function("P and Q", |b| b.iter(|| ecc::encode(black_box(&mut sector), EccHeader::Covered)));
    group.bench_function("scramble", |b| b.iter(|| scramble::scramble(black_box(&mut sector))));
    group.bench_function("copy", |b| b.iter(|| black_box(&mut sector).copy_from_slice(black_box(&sound))));
    group.bench_function("classify, with its EDC", |b| b.iter(|| check::classify(black_box(&sound))));
    group.bench_function("parities compared", |b| {
        b.iter(|| ecc::agrees(black_box(&sound), EccHeader::Covered));
    });
    let mut damaged = sound;
    damaged[100..150].fill(0);
    group.bench_function("burst of 50 bytes repaired", |b| {
        b.iter_batched_ref(|| damaged, |s| ecc::repair(s, EccHeader::Covered), BatchSize::SmallInput);
    });
}

criterion_group!(benches, mode_1, parts);
criterion_main!(benches);
