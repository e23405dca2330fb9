//! The creator against the documentation, and its image against the standards' vectors.

mod image;
mod later_session;
mod members;
mod random;

use std::io::{Cursor, Read};

use cd_format::sector::{SECTOR_LEN, Sector};
use cd_format::sub_channel::interleave::{p_bit, q_frame};
use cd_format::sub_channel::pq16::from_pq16;
use cd_format::sub_channel::{QContent, QFrame};
use cd_format::{Adr, Lba, Point, TocEntry};

use super::*;
use crate::{HResult, ImageError, Zeros};

/// The number of a failure.
fn code<T: fmt::Debug>(result: Result<T, ImageCreatorError>) -> HResult {
    result.unwrap_err().hresult()
}

/// Sectors of audio, each full of a byte that counts them.
fn audio(sectors: usize) -> TrackData {
    counted(sectors, SECTOR_LEN)
}

fn counted(sectors: usize, each: usize) -> TrackData {
    let bytes: Vec<u8> = (0..sectors).flat_map(|n| std::iter::repeat_n(count(n), each)).collect();
    TrackData::new(Cursor::new(bytes))
}

/// Never zero.
fn count(sector: usize) -> u8 {
    (sector % 255) as u8 + 1
}

fn zeros(sectors: u64, each: u64) -> TrackData {
    TrackData::new(Zeros::new(sectors * each))
}

fn with_tracks(sectors: &[usize]) -> RawCdImageCreator {
    let mut creator = RawCdImageCreator::new();
    for sectors in sectors {
        creator.add_track(CdSectorType::AUDIO, audio(*sectors)).unwrap();
    }
    creator
}

fn with_any_type() -> RawCdImageCreator {
    let mut creator = RawCdImageCreator::new();
    creator.set_track_policy(TrackPolicy::AnySectorType).unwrap();
    creator
}

/// An image, read whole.
struct Whole {
    first: i32,
    sector_bytes: usize,
    bytes: Vec<u8>,
}

impl Whole {
    fn of(creator: &mut RawCdImageCreator) -> Self {
        Self::read(&mut creator.create_result_image().unwrap())
    }

    fn read(image: &mut RawCdImage) -> Self {
        let whole = Self::begin(image, image.sectors());
        assert_eq!(whole.bytes.len() as u64, image.size());
        whole
    }

    /// The first sectors.
    fn begin(image: &mut RawCdImage, sectors: u32) -> Self {
        let sector_bytes = image.sector_type().sector_bytes().unwrap() as usize;
        let mut bytes = vec![0; sectors as usize * sector_bytes];
        image.read_exact(&mut bytes).unwrap();
        Self { first: image.first_lba().0, sector_bytes, bytes }
    }

    fn sectors(&self) -> i32 {
        (self.bytes.len() / self.sector_bytes) as i32
    }

    fn sector(&self, lba: i32) -> &[u8] {
        let from = (lba - self.first) as usize * self.sector_bytes;
        &self.bytes[from..from + self.sector_bytes]
    }

    fn main(&self, lba: i32) -> &Sector {
        self.sector(lba).first_chunk().unwrap()
    }

    fn sub(&self, lba: i32) -> &[u8] {
        &self.sector(lba)[SECTOR_LEN..]
    }

    fn q(&self, lba: i32) -> (QFrame, bool) {
        match self.sub(lba).try_into() {
            Ok(pq) => from_pq16(pq),
            Err(_) => {
                let sub = self.sub(lba).first_chunk().unwrap();
                (q_frame(sub), p_bit(sub))
            }
        }
    }

    /// Track and index of a sector that says them.
    fn index(&self, lba: i32) -> Option<(u8, u8)> {
        match self.q(lba).0.content().unwrap() {
            QContent::Position { tno, index, .. } => Some((tno, index)),
            _ => None,
        }
    }

    /// The lead-in's entries, each once.
    fn toc(&self, lead_in: core::ops::Range<i32>) -> Vec<TocEntry> {
        let mut entries: Vec<TocEntry> = Vec::new();
        for lba in lead_in {
            let entry = self.q(lba).0.toc_entry(1).unwrap();
            let entry = if entry.adr == Adr::POSITION { entry.with_time([0; 3]) } else { entry };
            if !entries.contains(&entry) {
                entries.push(entry);
            }
        }
        entries
    }
}

fn points(entries: &[TocEntry]) -> Vec<(Point, [u8; 3])> {
    entries.iter().map(|entry| (entry.point, entry.p_time)).collect()
}

fn lba_of(entries: &[TocEntry], point: Point) -> Lba {
    entries.iter().find(|entry| entry.point == point).unwrap().p_msf().unwrap().to_program_lba()
}
