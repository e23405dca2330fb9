//! Is streaming an 80-minute image, made from its tracks as it is read, within 4 × a copy of its bytes?
//!
//! The tracks' streams are a few megabytes of memory over and over, so what is measured is the image and
//! not a disk. Read as WriteMedia reads: 26 sectors at a time into one buffer.
#![allow(clippy::unwrap_used, reason = "a bench that cannot be set up has nothing to say")]

use core::hint::black_box;
use std::io::{Read, Seek, SeekFrom};

use criterion::{BatchSize, Criterion, SamplingMode, Throughput, criterion_group, criterion_main};
use raw_cd::image_creator::{CdSectorType, RawCdImage, TrackData, TrackPolicy};
use raw_cd::{ImageError, RawCdImageCreator, RawImage, SectorType};

/// LBA of a lead-out at 79:59:74.
const LEAD_OUT: u64 = 359_849;
const READ: usize = 26 * 2448;

/// So many bytes, the same pattern over and over.
struct Over {
    pattern: Vec<u8>,
    bytes: u64,
    at: u64,
}

impl Over {
    fn new(bytes: u64) -> Self {
        Self { pattern: (0..2352 * 2000).map(|n| (n * 7) as u8).collect(), bytes, at: 0 }
    }
}

impl RawImage for Over {
    fn bytes(&mut self) -> Result<u64, ImageError> {
        Ok(self.bytes)
    }

    fn seek_to(&mut self, offset: u64) -> Result<(), ImageError> {
        self.at = offset;
        Ok(())
    }

    fn read_some(&mut self, buffer: &mut [u8]) -> Result<usize, ImageError> {
        let from = (self.at % self.pattern.len() as u64) as usize;
        let left = (self.bytes - self.at) as usize;
        let got = buffer.len().min(self.pattern.len() - from).min(left);
        buffer[..got].copy_from_slice(&self.pattern[from..from + got]);
        self.at += got as u64;
        Ok(got)
    }
}

/// 20 tracks up to the last lead-out of an 80-minute disc.
fn image(track: CdSectorType, result: SectorType) -> RawCdImage {
    let mut creator = RawCdImageCreator::new();
    creator.set_track_policy(TrackPolicy::AnySectorType).unwrap();
    creator.set_resulting_image_type(result).unwrap();
    creator.set_media_catalog_number("0012345678905").unwrap();
    let gap = if track == CdSectorType::AUDIO { 0 } else { 150 };
    let each = LEAD_OUT / 20;
    for n in 0..20 {
        let sectors = if n == 19 { LEAD_OUT - 19 * each } else { each - gap };
        let data = Over::new(sectors * track.source_bytes().unwrap() as u64);
        let index = creator.add_track(track, TrackData::new(data)).unwrap();
        if track == CdSectorType::AUDIO {
            creator.track_info_mut(index).unwrap().set_isrc("US-K7Y-98-12345").unwrap();
        }
    }
    assert_eq!(u64::try_from(creator.start_of_leadout().unwrap().0).unwrap(), LEAD_OUT);
    creator.create_result_image().unwrap()
}

fn read_all(image: &mut RawCdImage, buffer: &mut [u8]) -> u64 {
    let mut read = 0;
    image.seek(SeekFrom::Start(0)).unwrap();
    loop {
        match image.read(buffer).unwrap() {
            0 => return read,
            got => read += got as u64,
        }
        black_box(&mut *buffer);
    }
}

/// What does the whole image cost beside a copy of as many bytes, read by read?
fn whole(c: &mut Criterion) {
    let bytes = (22_650 + LEAD_OUT + 6750) * 2448;
    let mut group = c.benchmark_group("an 80-minute image");
    group.throughput(Throughput::Bytes(bytes)).sample_size(10).sampling_mode(SamplingMode::Flat);
    let mut buffer = vec![0; READ];
    let mut source = Over::new(bytes);
    group.bench_function("copy as many bytes", |b| {
        b.iter(|| {
            source.seek_to(0).unwrap();
            while source.read_some(black_box(&mut buffer)).unwrap() > 0 {}
        });
    });
    for (name, track, result) in [
        ("audio, cooked", CdSectorType::AUDIO, SectorType::COOKED),
        ("audio, P and Q only", CdSectorType::AUDIO, SectorType::PQ_ONLY),
        ("mode 1, raw", CdSectorType::MODE1, SectorType::RAW),
    ] {
        let mut image = image(track, result);
        group.bench_function(name, |b| b.iter(|| black_box(read_all(&mut image, &mut buffer))));
    }
    let mut image = image(CdSectorType::AUDIO, SectorType::COOKED);
    let mut odd = vec![0; 64 * 1024 - 1];
    group.bench_function("audio, cooked, reads that no sector fits", |b| {
        b.iter(|| black_box(read_all(&mut image, &mut odd)));
    });
    group.finish();
}

/// Is a seek as cheap at the end as at the start?
fn seek(c: &mut Criterion) {
    let mut group = c.benchmark_group("seek and read a sector");
    let mut image = image(CdSectorType::AUDIO, SectorType::COOKED);
    let mut buffer = vec![0; 2448];
    for (name, lba) in [("first of the program", 0), ("last of the program", LEAD_OUT as i64 - 1)] {
        let offset = (22_650 + lba) as u64 * 2448;
        group.bench_function(name, |b| {
            b.iter_batched(
                || offset,
                |offset| {
                    image.seek(SeekFrom::Start(offset)).unwrap();
                    image.read(black_box(&mut buffer)).unwrap()
                },
                BatchSize::SmallInput,
            );
        });
    }
    group.finish();
}

criterion_group!(benches, whole, seek);
criterion_main!(benches);
