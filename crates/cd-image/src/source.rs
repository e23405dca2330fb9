//! A track's bytes, read when they are asked for.

use core::ops::Range;
use std::fs::File;
use std::io::{self, Read, Seek, SeekFrom};

use crate::decoded::Decoded;
use crate::error::ImageError;
use crate::folder;
use crate::layout::{DataFile, Layout, PieceData};

/// Whatever gives sectors: a file, or part of one, or several.
pub trait SectorData: Read + Seek + Send {}

impl<T: Read + Seek + Send> SectorData for T {}

/// Sectors of a track, as an image creator takes them.
pub struct TrackSource {
    /// The bytes: [`sectors`](Self::sectors) times [`sector_bytes`](Self::sector_bytes) of them.
    pub data: Box<dyn SectorData>,
    /// How many sectors.
    pub sectors: u32,
    /// Bytes of each.
    pub sector_bytes: usize,
}

impl core::fmt::Debug for TrackSource {
    fn fmt(&self, f: &mut core::fmt::Formatter<'_>) -> core::fmt::Result {
        f.debug_struct("TrackSource")
            .field("sectors", &self.sectors)
            .field("sector_bytes", &self.sector_bytes)
            .finish_non_exhaustive()
    }
}

impl Layout {
    /// The sectors `frames` of the track at position `track`, counted from the first of its index 0.
    ///
    /// A last sector that the file has only the beginning of is filled up with zeros. A gap that no
    /// file has is zeros too; in a raw mode, where a sector has a header, there are no such bytes,
    /// and asking for them is an error.
    pub fn source(&self, track: usize, frames: Range<u32>) -> Result<TrackSource, ImageError> {
        self.check()?;
        let there = || self.tracks.iter().map(|track| track.number).collect();
        let Some(track) = self.tracks.get(track) else {
            return Err(ImageError::NotThere {
                what: format!("track {} of the layout", track + 1),
                there: there(),
            });
        };
        let sector = track.mode.sector_bytes() as u64;
        if frames.start > frames.end || u64::from(frames.end) > track.frames() {
            let expected = format!("frames within its {}", track.frames());
            return Err(ImageError::track(track.number, expected, format!("{frames:?}")));
        }
        let (mut parts, mut first) = (Vec::new(), 0);
        for piece in &track.pieces {
            let (from, to) = (frames.start.max(first), frames.end.min(first + piece.frames));
            if from < to {
                let skipped = u64::from(from - first) * sector;
                let data = match piece.data {
                    PieceData::Zero if track.mode.is_data() && track.mode.is_raw() => {
                        let expected = "sectors that a file has, as its mode is raw";
                        return Err(ImageError::track(track.number, expected, "a gap without a file"));
                    }
                    PieceData::Zero => PieceData::Zero,
                    PieceData::File { file, offset } => PieceData::File { file, offset: offset + skipped },
                };
                parts.push(Part { bytes: u64::from(to - from) * sector, data });
            }
            first += piece.frames;
        }
        let sectors = frames.end - frames.start;
        let reader = PartReader {
            files: FilePool::new(self.files.clone()),
            parts,
            at: 0,
            bytes: u64::from(sectors) * sector,
        };
        Ok(TrackSource { data: Box::new(reader), sectors, sector_bytes: track.mode.sector_bytes() })
    }
}

/// Consecutive bytes from one place.
struct Part {
    bytes: u64,
    data: PieceData,
}

/// Parts one behind the other.
struct PartReader {
    files: FilePool,
    parts: Vec<Part>,
    at: u64,
    bytes: u64,
}

impl Read for PartReader {
    fn read(&mut self, out: &mut [u8]) -> io::Result<usize> {
        let mut before = 0;
        for part in &self.parts {
            let within = self.at.saturating_sub(before);
            if self.at >= before && within < part.bytes {
                let room = usize::try_from(part.bytes - within).unwrap_or(usize::MAX).min(out.len());
                let out = &mut out[..room];
                match part.data {
                    PieceData::Zero => out.fill(0),
                    PieceData::File { file, offset } => {
                        self.files.read(file, offset + within, out).map_err(io::Error::other)?;
                    }
                }
                self.at += room as u64;
                return Ok(room);
            }
            before += part.bytes;
        }
        Ok(0)
    }
}

impl Seek for PartReader {
    fn seek(&mut self, to: SeekFrom) -> io::Result<u64> {
        let at = match to {
            SeekFrom::Start(at) => Some(at),
            SeekFrom::End(by) => self.bytes.checked_add_signed(by),
            SeekFrom::Current(by) => self.at.checked_add_signed(by),
        };
        self.at =
            at.ok_or_else(|| io::Error::new(io::ErrorKind::InvalidInput, "seek before the first byte"))?;
        Ok(self.at)
    }
}

/// The files of a layout, of which one is open at a time: a sheet may name more than a process may open.
#[derive(Debug)]
pub(crate) struct FilePool {
    files: Vec<DataFile>,
    open: Option<(usize, File)>,
}

impl FilePool {
    pub(crate) const fn new(files: Vec<DataFile>) -> Self {
        Self { files, open: None }
    }

    /// The data of `file` from `offset` on; zeros behind its end.
    pub(crate) fn read(&mut self, file: usize, offset: u64, out: &mut [u8]) -> Result<(), ImageError> {
        let Some(data) = self.files.get(file) else {
            out.fill(0);
            return Ok(());
        };
        let there = usize::try_from(data.bytes.saturating_sub(offset)).unwrap_or(usize::MAX).min(out.len());
        let (read, zeros) = out.split_at_mut(there);
        zeros.fill(0);
        if read.is_empty() {
            return Ok(());
        }
        let handle = match &mut self.open {
            Some((number, handle)) if *number == file => handle,
            open => {
                &mut open
                    .insert((file, folder::open(data.decoded.as_ref().map_or(&data.path, Decoded::path))?.0))
                    .1
            }
        };
        let result = if data.swap {
            read_swapped(handle, data, offset, read)
        } else {
            handle
                .seek(SeekFrom::Start(data.start.saturating_add(offset)))
                .and_then(|_| handle.read_exact(read))
        };
        result.map_err(|error| ImageError::io(&data.path, error))
    }
}

/// Every byte from its neighbour's place. The last of an odd number has no neighbour, and stays.
fn read_swapped(handle: &mut File, data: &DataFile, offset: u64, out: &mut [u8]) -> io::Result<()> {
    let (first, end) = (offset & !1, (offset + out.len() as u64).next_multiple_of(2).min(data.bytes));
    let mut bytes = vec![0; (end - first) as usize];
    handle.seek(SeekFrom::Start(data.start.saturating_add(first)))?;
    handle.read_exact(&mut bytes)?;
    for pair in bytes.chunks_exact_mut(2) {
        pair.swap(0, 1);
    }
    let skipped = (offset - first) as usize;
    out.copy_from_slice(&bytes[skipped..skipped + out.len()]);
    Ok(())
}
