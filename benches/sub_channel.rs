//! Is Q + P-W for a sector under 50 ns?
//!
//! `copy 96 bytes` is the least that can be done with a sector's sub-channel; the bit-by-bit forms
//! are what the tests hold the fast ones against, and what a first attempt would do.
#![allow(clippy::unwrap_used, reason = "a bench that cannot be set up has nothing to say")]

use core::hint::black_box;

use cd_format::session::DiscType;
use cd_format::sub_channel::interleave::{Channels, deinterleave, interleave, q_frame, set_pq};
use cd_format::sub_channel::{
    QFrame, Rules, RwInterleaver, RwPack, SessionLayout, SubChannelPlan, TrackLayout,
};
use cd_format::{Control, Lba};
use criterion::{BatchSize, Criterion, Throughput, criterion_group, criterion_main};

/// An 80-minute audio disc of 99 tracks, each with a pause, ten indexes and an ISRC; with a catalogue
/// number, and behind a CMC disc's lead-in.
fn full_disc() -> SubChannelPlan {
    let track = |number: u8| {
        let pregap = i32::from(number - 1) * 3600 - 150;
        TrackLayout {
            number,
            control: Control::AUDIO,
            alternate_copy: number.is_multiple_of(2),
            pregap: Lba(pregap),
            start: Lba(pregap + 150),
            indexes: (1..10).map(|n| Lba(pregap + 150 + 300 * n)).collect(),
            isrc: "US-K7Y-98-12345".parse().ok(),
        }
    };
    let layout = SessionLayout {
        lead_in: Lba(-11_635),
        tracks: (1..=99).map(track).collect(),
        lead_out: Lba(359_849),
        lead_out_frames: 6750,
        mcn: "0012345678905".parse().ok(),
    };
    SubChannelPlan::new(&layout, &layout.toc(DiscType::CD_ROM).unwrap(), Rules::default()).unwrap()
}

/// What does a sector of a whole session cost, R-W silent, R-W from packs? Per element: a sector.
///
/// Buffers are reused, as a writer reuses them.
fn sector(c: &mut Criterion) {
    const SECTORS: usize = 1000;
    let plan = full_disc();
    let mut group = c.benchmark_group("a sector's sub-channel");
    group.throughput(Throughput::Elements(SECTORS as u64));
    let source = vec![[0x15u8; 96]; SECTORS];
    let mut out = vec![[0u8; 96]; SECTORS];
    group.bench_function("copy 96 bytes", |b| {
        b.iter(|| black_box(&mut out).copy_from_slice(black_box(&source)));
    });
    for (area, start) in [("lead-in", -11_635), ("program", 100_000), ("lead-out", 359_849)] {
        group.bench_function(format!("Q and P, {area}"), |b| {
            b.iter(|| {
                for (q, p) in black_box(&plan).frames_from(Lba(start)).take(SECTORS) {
                    black_box((q, p));
                }
            });
        });
    }
    group.bench_function("Q and P into 96 bytes, program", |b| {
        b.iter(|| {
            let frames = black_box(&plan).frames_from(Lba(100_000));
            for (raw, (q, p)) in black_box(&mut out).iter_mut().zip(frames) {
                set_pq(raw, p, q);
            }
        });
    });
    let mut out = vec![[0u8; 96]; SECTORS];
    let packs = [RwPack::new(9, 1, [7; 16]); 4];
    group.bench_function("Q, P and four R-W packs into 96 bytes, program", |b| {
        b.iter_batched_ref(
            RwInterleaver::default,
            |rw| {
                let frames = black_box(&plan).frames_from(Lba(100_000));
                for (raw, (q, p)) in black_box(&mut out).iter_mut().zip(frames) {
                    *raw = rw.sector(black_box(&packs));
                    set_pq(raw, p, q);
                }
            },
            BatchSize::SmallInput,
        );
    });
    group.finish();
}

/// What does finding a block cost, against taking the next?
fn find(c: &mut Criterion) {
    let plan = full_disc();
    let mut group = c.benchmark_group("a block of the plan");
    let mut lba = 0;
    group.bench_function("found among 1089 indexes", |b| {
        b.iter(|| {
            lba = (lba + 77_777) % 350_000;
            black_box(&plan).at(Lba(black_box(lba)))
        });
    });
    let mut frames = plan.frames();
    group.bench_function("the next", |b| {
        b.iter(|| {
            if frames.len() == 0 {
                frames = plan.frames();
            }
            frames.next()
        });
    });
    group.finish();
}

/// What does changing form cost, against bit by bit?
fn forms(c: &mut Criterion) {
    let channels: Channels = core::array::from_fn(|c| core::array::from_fn(|k| (c * 37 + k * 11) as u8));
    let raw = interleave(&channels);
    let mut group = c.benchmark_group("96 bytes");
    group.bench_function("interleave", |b| b.iter(|| interleave(black_box(&channels))));
    group.bench_function("interleave, bit by bit", |b| b.iter(|| bit_by_bit(black_box(&channels))));
    group.bench_function("deinterleave", |b| b.iter(|| deinterleave(black_box(&raw))));
    group.bench_function("Q alone", |b| b.iter(|| q_frame(black_box(&raw))));
    group.bench_function("CRC of a Q frame", |b| b.iter(|| QFrame::seal(black_box([0x15; 10]))));
    group.bench_function("parity of a pack", |b| b.iter(|| RwPack::new(black_box(9), 1, black_box([7; 16]))));
    let pack = RwPack::new(9, 1, [7; 16]);
    let mut wrong = *pack.symbols();
    wrong[5] ^= 9;
    wrong[17] ^= 33;
    let wrong = RwPack::from_symbols(wrong);
    group.bench_function("check a pack", |b| b.iter(|| black_box(&pack).is_intact()));
    group.bench_function("correct two symbols", |b| {
        b.iter(|| {
            let mut pack = black_box(wrong);
            (pack.correct(), pack)
        });
    });
    group.finish();
}

fn bit_by_bit(channels: &Channels) -> [u8; 96] {
    core::array::from_fn(|i| {
        (0..8).fold(0, |byte, c| byte | (channels[c][i / 8] >> (7 - i % 8) & 1) << (7 - c))
    })
}

criterion_group!(benches, sector, find, forms);
criterion_main!(benches);
