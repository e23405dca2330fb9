//! What does it cost to read and write commands and replies?
#![allow(clippy::unwrap_used, reason = "a bench that cannot be set up has nothing to say")]

use core::hint::black_box;

use criterion::{Criterion, Throughput, criterion_group, criterion_main};
use mmc_wire::block::disc_information::DiscInformation;
use mmc_wire::command::{ROWS, Write10};
use mmc_wire::{Block, Cdb, CdbBytes, Command};

/// wodim, first lead-in block of a RAW96R burn on a CMC disc: 26 blocks from LBA -11634.
const WRITE_10: [u8; 10] = [0x2A, 0x00, 0xFF, 0xFF, 0xD2, 0x8E, 0x00, 0x00, 0x1A, 0x00];

/// MMC's table of a blank 80-minute CD-R: lead-in at 97:26:66, last lead-out at 79:59:74.
#[rustfmt::skip]
const BLANK_DISC: [u8; 34] = [
    0x00, 0x20, 0x00, 0x01, 0x01, 0x01, 0x01, 0x20, 0x00, 0, 0, 0, 0, 0, 0, 0,
    0x00, 0x61, 0x1A, 0x42, 0x00, 0x4F, 0x3B, 0x4A, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0,
];

/// Does reading a CDB cost less than 20 ns, whichever command it is? (That it allocates nothing is
/// a test: `allocation`.)
///
/// `copy` is the least that can be done with a CDB, and what the others are measured against.
fn cdb(c: &mut Criterion) {
    let mut group = c.benchmark_group("cdb");
    group.bench_function("copy", |b| b.iter(|| CdbBytes::new(black_box(&WRITE_10))));
    group.bench_function("parse WRITE (10)", |b| b.iter(|| Command::parse(black_box(&WRITE_10))));
    let command = Command::parse(&WRITE_10).unwrap();
    group.bench_function("emit WRITE (10)", |b| b.iter(|| black_box(&command).bytes()));
    group.bench_function("parse and emit WRITE (10), its type known", |b| {
        b.iter(|| Write10::parse(black_box(&WRITE_10)).map(|cdb| cdb.bytes()));
    });

    let every: Vec<[u8; 16]> = ROWS
        .iter()
        .map(|row| {
            let mut cdb = [0; 16];
            cdb[0] = row.opcode;
            cdb
        })
        .collect();
    group.throughput(Throughput::Elements(every.len() as u64));
    group.bench_function("parse every row", |b| {
        b.iter(|| {
            for cdb in &every {
                let _ = black_box(Command::parse(black_box(cdb)));
            }
        });
    });
    group.finish();
}

/// Is a reply cheap enough to be read again rather than kept: less than a tenth of a microsecond?
/// What does a buffer of its own cost an emitted block?
fn disc_information(c: &mut Criterion) {
    let mut group = c.benchmark_group("disc information");
    group.bench_function("parse", |b| b.iter(|| DiscInformation::parse(black_box(&BLANK_DISC))));
    let disc = DiscInformation::parse(&BLANK_DISC).unwrap();
    let mut out = Vec::new();
    group.bench_function("emit into a kept buffer", |b| {
        b.iter(|| {
            out.clear();
            black_box(&disc).emit(&mut out);
            black_box(&out);
        });
    });
    group.bench_function("emit into a buffer of its own", |b| b.iter(|| black_box(&disc).to_bytes()));
    group.finish();
}

criterion_group!(benches, cdb, disc_information);
criterion_main!(benches);
