//! Is making data sectors at least ten times as fast as a plain table-driven encoder, and at
//! least half as fast as copying the bytes that come out?
//!
//! Each question is asked twice: of sixteen sectors that stay in the first-level cache, where
//! only arithmetic counts; and of 16384 sectors (37 MiB), where a disc image would be. Both
//! yardsticks are in the same run: `plain`, below, and a copy of 2352 bytes a sector.
#![allow(clippy::unwrap_used, reason = "a bench that cannot be set up has nothing to say")]

use core::hint::black_box;

use cd_format::Lba;
use cd_format::sector::{EccHeader, HeaderAddress, Sector, build, check, ecc, edc, scramble};
use criterion::{BatchSize, Criterion, Throughput, criterion_group, criterion_main};

type User = [u8; 2048];

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
    for (lba, (user, out)) in (0..).zip(users.iter().zip(out)) {
        build::mode1(out, HeaderAddress::of(Lba(lba)).unwrap(), user);
        scramble::scramble(out);
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
        group.bench_function("build::mode1 and scramble", |b| {
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

/// The yardstick: one table for the EDC, one for the multiplication by α and one for the division
/// by α + 1, codeword by codeword. What one writes first, and what many programs have.
mod plain {
    use super::{Sector, User};
    use cd_format::sector::scramble::SEQUENCE;

    pub struct Encoder {
        edc: [u32; 256],
        by_alpha: [u8; 256],
        by_alpha_plus_one: [u8; 256],
    }

    impl Encoder {
        pub fn new() -> Self {
            let edc = core::array::from_fn(|n| {
                (0..8).fold(n as u32, |code, _| code >> 1 ^ if code & 1 != 0 { 0xD801_8001 } else { 0 })
            });
            let by_alpha = core::array::from_fn(|n| (n << 1 ^ if n & 0x80 != 0 { 0x11D } else { 0 }) as u8);
            let mut by_alpha_plus_one = [0; 256];
            for n in 0..256 {
                by_alpha_plus_one[n ^ usize::from(by_alpha[n])] = n as u8;
            }
            Self { edc, by_alpha, by_alpha_plus_one }
        }

        pub fn encode(&self, users: &[User], out: &mut [Sector]) {
            for (n, (user, out)) in users.iter().zip(out).enumerate() {
                self.sector(n + 150, user, out);
            }
        }

        fn sector(&self, time: usize, user: &User, out: &mut Sector) {
            let bcd = |n: usize| (n / 10 * 16 + n % 10) as u8;
            out[0] = 0;
            out[1..11].fill(0xFF);
            out[11] = 0;
            out[12..16].copy_from_slice(&[bcd(time / 4500), bcd(time / 75 % 60), bcd(time % 75), 1]);
            out[16..2064].copy_from_slice(user);
            let code = out[..2064]
                .iter()
                .fold(0u32, |code, byte| code >> 8 ^ self.edc[usize::from(code as u8 ^ byte)]);
            out[2064..2068].copy_from_slice(&code.to_le_bytes());
            out[2068..2076].fill(0);
            let block: &mut [u8; 2340] = (&mut out[12..]).try_into().unwrap();
            self.parity(block, 86, 24, 2, 86, 2064);
            self.parity(block, 52, 43, 86, 88, 2236);
            for (byte, mask) in block.iter_mut().zip(&SEQUENCE) {
                *byte ^= mask;
            }
        }

        fn parity(
            &self,
            block: &mut [u8; 2340],
            count: usize,
            len: usize,
            next: usize,
            step: usize,
            at: usize,
        ) {
            let size = count * len;
            for n in 0..count {
                let mut place = n / 2 * next + n % 2;
                let (mut plain, mut weighted) = (0, 0);
                for _ in 0..len {
                    let byte = block[place];
                    plain ^= byte;
                    weighted = self.by_alpha[usize::from(weighted ^ byte)];
                    place += step;
                    if place >= size {
                        place -= size;
                    }
                }
                let first = self.by_alpha_plus_one[usize::from(self.by_alpha[usize::from(weighted)] ^ plain)];
                block[at + n] = first;
                block[at + count + n] = first ^ plain;
            }
        }
    }
}

criterion_group!(benches, mode_1, parts);
criterion_main!(benches);
