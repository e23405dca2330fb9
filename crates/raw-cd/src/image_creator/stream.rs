//! The image itself: made when it is read.

use core::ops::Range;
use std::io::{self, Read, Seek, SeekFrom};

use cd_format::Lba;
use cd_format::sector::{
    Form2Edc, HeaderAddress, SECTOR_LEN, Sector, SectorMode, SubHeader, build, scramble::scramble,
};
use cd_format::sub_channel::interleave::set_pq;
use cd_format::sub_channel::pq16::{PQ_BYTES, to_pq16};
use cd_format::sub_channel::{SUB_CHANNEL_BYTES, SubChannelPlan};

use super::sector_type::CdSectorType;
use super::source::{Source, TrackData};
use crate::{HResult, ImageError, RawImage, SectorType};

/// Sectors made at a time: few enough to stay in a processor's cache from one step to the next.
const BATCH: usize = 32;

/// A raw image, lead-in to lead-out, made when it is read.
///
/// [`Read`] and [`Seek`], and with that a [`RawImage`]. Holds a batch of sectors, one item for every
/// track and index, and the streams; so its memory does not grow with the disc. Reads of whole sectors
/// are made in the reader's buffer. What a stream fails with passes through.
#[derive(Debug)]
pub struct RawCdImage<S = TrackData> {
    parts: Parts<S>,
    sector_bytes: usize,
    /// Addresses of the sectors, first to last.
    lbas: Range<i32>,
    /// Bytes from the start.
    at: u64,
    /// Sectors that are read in parts, and where they lie.
    partly: Vec<u8>,
    partly_lbas: Range<i32>,
    /// What a stream gave for a batch.
    user: Vec<u8>,
    /// What the R-W generator gave for a batch.
    codes: Vec<u8>,
}

/// What an image is made of.
#[derive(Debug)]
pub(super) struct Parts<S> {
    pub sector_type: SectorType,
    pub plan: SubChannelPlan,
    /// Ascending, without gaps.
    pub stretches: Vec<Stretch>,
    pub sources: Vec<Source<S>>,
    pub subcode: Option<Subcode<S>>,
}

/// Sectors whose main channel comes from one place.
#[derive(Clone, Debug)]
pub(super) struct Stretch {
    pub range: Range<i32>,
    pub fill: Fill,
}

/// Where the main channel comes from.
#[derive(Clone, Copy, Debug)]
pub(super) enum Fill {
    /// Zeros for user data.
    Zeros(SectorMode),
    /// A stream, by its place among the sources.
    Data { source: usize, sector_type: CdSectorType },
}

/// R to W.
#[derive(Debug)]
pub(super) struct Subcode<S> {
    pub source: Source<S>,
    /// The sectors it is for.
    pub covered: Range<i32>,
}

impl<S: RawImage> RawCdImage<S> {
    pub(super) fn new(parts: Parts<S>) -> Self {
        let first = parts.stretches.first().map_or(0, |stretch| stretch.range.start);
        let end = parts.stretches.last().map_or(first, |stretch| stretch.range.end);
        let sub = if parts.sector_type == SectorType::PQ_ONLY { PQ_BYTES } else { SUB_CHANNEL_BYTES };
        Self {
            parts,
            sector_bytes: SECTOR_LEN + sub,
            lbas: first..end,
            at: 0,
            partly: Vec::new(),
            partly_lbas: 0..0,
            user: Vec::new(),
            codes: Vec::new(),
        }
    }

    /// What a sector holds.
    pub const fn sector_type(&self) -> SectorType {
        self.parts.sector_type
    }

    /// Address of the first sector.
    pub const fn first_lba(&self) -> Lba {
        Lba(self.lbas.start)
    }

    /// Sectors.
    pub fn sectors(&self) -> u32 {
        self.lbas.end.abs_diff(self.lbas.start)
    }

    /// Size in bytes.
    pub fn size(&self) -> u64 {
        u64::from(self.sectors()) * self.sector_bytes as u64
    }

    /// Reads at the present position. Of a read that begins with a whole sector, whole sectors.
    fn read_on(&mut self, buffer: &mut [u8]) -> Result<usize, ImageError> {
        let left = usize::try_from(self.size().saturating_sub(self.at)).unwrap_or(usize::MAX);
        let room = buffer.len().min(left);
        if room == 0 {
            return Ok(0);
        }
        let each = self.sector_bytes as u64;
        // Before the end of the image, so no more sectors than its addresses count.
        let lba = self.lbas.start + (self.at / each) as i32;
        let within = (self.at % each) as usize;
        let got = if within == 0 && room >= self.sector_bytes {
            let whole = room - room % self.sector_bytes;
            self.make(lba, &mut buffer[..whole])?;
            whole
        } else {
            self.read_partly(lba, within, &mut buffer[..room])?
        };
        self.at += got as u64;
        Ok(got)
    }

    /// Copies from `within` sector `lba` on, by way of a batch that is kept for the next time.
    fn read_partly(&mut self, lba: i32, within: usize, buffer: &mut [u8]) -> Result<usize, ImageError> {
        if !self.partly_lbas.contains(&lba) {
            let sectors = BATCH.min(self.lbas.end.abs_diff(lba) as usize);
            let mut partly = core::mem::take(&mut self.partly);
            partly.resize(sectors * self.sector_bytes, 0);
            self.partly_lbas = 0..0;
            let made = self.make(lba, &mut partly);
            self.partly = partly;
            made?;
            self.partly_lbas = lba..lba + sectors as i32;
        }
        let from = lba.abs_diff(self.partly_lbas.start) as usize * self.sector_bytes + within;
        let ready = self.partly.get(from..).unwrap_or_default();
        let got = ready.len().min(buffer.len());
        buffer[..got].copy_from_slice(&ready[..got]);
        Ok(got)
    }

    /// Makes the whole sectors that `out` has room for; they lie in the image.
    fn make(&mut self, mut lba: i32, mut out: &mut [u8]) -> Result<(), ImageError> {
        let mut n = self.parts.stretches.partition_point(|stretch| stretch.range.end <= lba);
        while let Some(stretch) = self.parts.stretches.get(n).cloned()
            && !out.is_empty()
        {
            let wanted = out.len() / self.sector_bytes;
            let sectors = wanted.min(stretch.range.end.abs_diff(lba) as usize).min(BATCH);
            let (now, later) = out.split_at_mut(sectors * self.sector_bytes);
            self.main_channel(lba, &stretch, now)?;
            self.sub_channel(lba, now)?;
            out = later;
            lba += sectors as i32;
            n += usize::from(lba >= stretch.range.end);
        }
        Ok(())
    }

    fn main_channel(&mut self, lba: i32, stretch: &Stretch, out: &mut [u8]) -> Result<(), ImageError> {
        let sectors = out.len() / self.sector_bytes;
        let mut places = out
            .chunks_exact_mut(self.sector_bytes)
            .filter_map(|sector| sector.first_chunk_mut::<SECTOR_LEN>())
            .zip(lba..);
        let (source, sector_type, each) = match stretch.fill {
            Fill::Zeros(mode) => return places.try_for_each(|(sector, lba)| zeros(sector, lba, mode)),
            Fill::Data { source, sector_type } => match sector_type.source_bytes() {
                None | Some(0) => return Err(no_such_type(sector_type)),
                Some(_) if sector_type == CdSectorType::MODE_ZERO => {
                    return places.try_for_each(|(sector, lba)| zeros(sector, lba, SectorMode::Mode0));
                }
                Some(each) => (source, sector_type, each),
            },
        };
        let Some(source) = self.parts.sources.get_mut(source) else {
            return Err(no_such_type(sector_type));
        };
        self.user.resize(sectors * each, 0);
        source.read(u64::from(lba.abs_diff(stretch.range.start)) * each as u64, &mut self.user)?;
        places
            .zip(self.user.chunks_exact(each))
            .try_for_each(|((sector, lba), user)| recorded(sector, lba, sector_type, user))
    }

    fn sub_channel(&mut self, lba: i32, out: &mut [u8]) -> Result<(), ImageError> {
        if self.parts.sector_type != SectorType::PQ_ONLY {
            self.read_codes(lba, out.len() / self.sector_bytes)?;
        }
        let frames = self.parts.plan.frames_from(Lba(lba));
        let sectors = out.chunks_exact_mut(self.sector_bytes);
        let subs = sectors.filter_map(|sector| sector.split_at_mut_checked(SECTOR_LEN)).map(|(_, sub)| sub);
        if self.parts.sector_type == SectorType::PQ_ONLY {
            for (sub, (q, p)) in subs.zip(frames) {
                sub.copy_from_slice(&to_pq16(q, p));
            }
            return Ok(());
        }
        let (codes, _) = self.codes.as_chunks::<SUB_CHANNEL_BYTES>();
        for ((sub, (q, p)), code) in subs.zip(frames).zip(codes) {
            let Some(sub) = sub.first_chunk_mut::<SUB_CHANNEL_BYTES>() else { continue };
            *sub = *code;
            set_pq(sub, p, q);
        }
        Ok(())
    }

    /// R to W of consecutive sectors, zero where the generator has none.
    fn read_codes(&mut self, lba: i32, sectors: usize) -> Result<(), ImageError> {
        self.codes.resize(sectors * SUB_CHANNEL_BYTES, 0);
        let Some(Subcode { source, covered }) = &mut self.parts.subcode else { return Ok(()) };
        self.codes.fill(0);
        let first = lba.max(covered.start);
        let end = (lba + sectors as i32).min(covered.end);
        let bytes = |from: i32, to: i32| to.abs_diff(from) as usize * SUB_CHANNEL_BYTES;
        if first >= end {
            return Ok(());
        }
        let place = bytes(lba, first)..bytes(lba, end);
        match self.codes.get_mut(place) {
            Some(codes) => source.read(bytes(covered.start, first) as u64, codes),
            None => Ok(()),
        }
    }
}

/// A sector of this mode without user data, as the disc has it.
fn zeros(out: &mut Sector, lba: i32, mode: SectorMode) -> Result<(), ImageError> {
    static ZEROS: [u8; SECTOR_LEN] = [0; SECTOR_LEN];
    if mode == SectorMode::Audio {
        out.fill(0);
        return Ok(());
    }
    let submode = if mode == SectorMode::Mode2Form1 { SubHeader::DATA } else { 0 };
    data(out, lba, mode, SubHeader { submode, ..SubHeader::default() }, &ZEROS[..mode.user_len()])
}

/// A sector of a track, as the disc has it.
fn recorded(out: &mut Sector, lba: i32, sector_type: CdSectorType, user: &[u8]) -> Result<(), ImageError> {
    if let Ok(whole) = user.try_into() {
        *out = whole;
        return Ok(());
    }
    match sector_type.mode() {
        Some(SectorMode::Mode2Form2) => form2(out, lba, user),
        Some(mode) => {
            let sub_header = SubHeader { submode: SubHeader::DATA, ..SubHeader::default() };
            data(out, lba, mode, sub_header, user)
        }
        None => Err(no_such_type(sector_type)),
    }
}

fn data(
    out: &mut Sector,
    lba: i32,
    mode: SectorMode,
    sub_header: SubHeader,
    user: &[u8],
) -> Result<(), ImageError> {
    build::sector(out, mode, address(lba)?, sub_header, user).map_err(|error| failed(error.to_string()))?;
    scramble(out);
    Ok(())
}

/// Sub-header, the same again, 2324 bytes, EDC.
fn form2(out: &mut Sector, lba: i32, block: &[u8]) -> Result<(), ImageError> {
    let parts = block.split_first_chunk::<4>().and_then(|(sub_header, rest)| {
        let (user, edc) = rest.get(4..)?.split_first_chunk::<2324>()?;
        Some((SubHeader::from_bytes(*sub_header), user, edc))
    });
    let (sub_header, user, edc) = parts.ok_or_else(|| failed("a sector of form 2 is short".to_owned()))?;
    let code = if edc == [0; 4] { Form2Edc::Absent } else { Form2Edc::Computed };
    build::form2(out, address(lba)?, sub_header, user, code);
    scramble(out);
    Ok(())
}

fn address(lba: i32) -> Result<HeaderAddress, ImageError> {
    HeaderAddress::of(Lba(lba)).ok_or_else(|| failed(format!("no header has the address of LBA {lba}")))
}

fn no_such_type(sector_type: CdSectorType) -> ImageError {
    failed(format!("there are no sectors of type {sector_type}"))
}

fn failed(text: String) -> ImageError {
    ImageError { hresult: HResult::E_FAIL, text }
}

impl<S: RawImage> Read for RawCdImage<S> {
    fn read(&mut self, buffer: &mut [u8]) -> io::Result<usize> {
        Ok(self.read_on(buffer)?)
    }
}

impl<S: RawImage> Seek for RawCdImage<S> {
    fn seek(&mut self, to: SeekFrom) -> io::Result<u64> {
        let (from, distance) = match to {
            SeekFrom::Start(offset) => {
                self.at = offset;
                return Ok(offset);
            }
            SeekFrom::Current(distance) => (self.at, distance),
            SeekFrom::End(distance) => (self.size(), distance),
        };
        let before = || io::Error::new(io::ErrorKind::InvalidInput, "a seek to before the image's start");
        self.at = from.checked_add_signed(distance).ok_or_else(before)?;
        Ok(self.at)
    }
}
