//! Some sectors of the image around the one that is compared.

use cd_format::Lba;
use cd_format::sub_channel::interleave::q_frame;
use cd_format::sub_channel::pq16::from_pq16;
use cd_format::sub_channel::{LEAD_OUT_TNO, QFrame};

use super::mask::Recorded;
use super::{MAIN_BYTES, MARGIN, SUB_BYTES};
use crate::write::Source;
use crate::{Error, SectorType};

/// Sectors that are gone through at a time, at most.
const STEP: i32 = 64;

/// A moving piece of the image.
pub(super) struct Window<'a> {
    source: Source<'a>,
    sector_type: SectorType,
    sector_bytes: usize,
    /// First block behind the image.
    end: Lba,
    /// Block of the first sector held.
    first: Lba,
    /// The sectors held, and behind them room for as many as there ever were.
    bytes: Vec<u8>,
    /// How many bytes of it are sectors.
    held: usize,
}

impl<'a> Window<'a> {
    /// A window at `start`, which is where `source` stands.
    pub fn new(
        source: Source<'a>,
        sector_type: SectorType,
        sector_bytes: usize,
        start: Lba,
        end: Lba,
    ) -> Self {
        Self { source, sector_type, sector_bytes, end, first: start, bytes: Vec::new(), held: 0 }
    }

    /// First block held.
    pub const fn start(&self) -> Lba {
        self.first
    }

    /// How far it moves at most.
    pub const fn step(&self) -> i32 {
        STEP
    }

    /// Moves on so that it holds the blocks from `from` up to `to` and the margins, and not many that lie
    /// before them. Blocks that the image does not have are not held.
    pub fn move_to(&mut self, from: Lba, to: Lba) -> Result<(), Error> {
        let step = STEP as usize * self.sector_bytes;
        let behind = usize::try_from((from - MARGIN) - self.first).unwrap_or(0) * self.sector_bytes;
        // What is kept has to be moved: not at every step, but when as much is thrown away.
        if behind >= step {
            let gone = behind.min(self.held) / self.sector_bytes.max(1);
            self.bytes.copy_within(gone * self.sector_bytes..self.held, 0);
            self.held -= gone * self.sector_bytes;
            self.first = self.first + i32::try_from(gone).unwrap_or(i32::MAX);
        }
        let upto = (to + MARGIN).min(self.end);
        let wanted = usize::try_from(upto - self.first).unwrap_or(0) * self.sector_bytes;
        if wanted > self.held {
            if wanted > self.bytes.len() {
                self.bytes.resize(wanted, 0);
            }
            self.source.fill(self.bytes.get_mut(self.held..wanted).unwrap_or_default())?;
            self.held = wanted;
        }
        Ok(())
    }

    /// How many blocks from `lba` on are program and all data or all audio, and which; `None` where
    /// there are none left. Drives refuse to read over a border between the two.
    pub fn alike(&self, lba: Lba, limit: i32) -> Option<(i32, bool)> {
        let kind = |lba: Lba| {
            let frame = self.q(lba)?;
            let is_lead_out = frame.body()[1] == LEAD_OUT_TNO && frame.adr() == cd_format::Adr::POSITION;
            if is_lead_out { None } else { Some(frame.control().is_data()) }
        };
        let data = kind(lba)?;
        let blocks = (0..limit).take_while(|n| kind(lba + *n) == Some(data)).count();
        Some((i32::try_from(blocks).unwrap_or(limit), data))
    }

    fn sector(&self, lba: Lba) -> Option<&[u8]> {
        let place = usize::try_from(lba - self.first).ok()?.checked_mul(self.sector_bytes)?;
        self.bytes.get(..self.held)?.get(place..)?.get(..self.sector_bytes)
    }
}

impl Recorded for Window<'_> {
    fn main(&self, lba: Lba) -> Option<&[u8]> {
        self.sector(lba)?.get(..MAIN_BYTES)
    }

    fn q(&self, lba: Lba) -> Option<QFrame> {
        let sub = self.sector(lba)?.get(MAIN_BYTES..)?;
        match self.sector_type {
            SectorType::PQ_ONLY => sub.first_chunk().map(|bytes| from_pq16(bytes).0),
            _ => sub.first_chunk().map(q_frame),
        }
    }

    /// Only where the image has them as recorded.
    fn rw(&self, lba: Lba) -> Option<&[u8; SUB_BYTES]> {
        let sub = self.sector(lba)?.get(MAIN_BYTES..)?;
        sub.first_chunk().filter(|_| self.sector_type == SectorType::RAW)
    }
}
