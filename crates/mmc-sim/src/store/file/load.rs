//! Reading a disc file. Nothing in it is believed before its checksum, nor after.

use std::fs::{self, File};
use std::io;
use std::path::Path;
use std::sync::Arc;

use super::{
    BYTE, CHECKED, ENTRY, Fault, HEADER, LoadError, MAGIC, PATTERN, Place, REWRITABLE, ROW, SECTIONS, SEEDED,
    STORED, SUB_CHANNEL, TABLE, VERSION, WRITE_ONCE,
};
use crate::store::area::Areas;
use crate::store::backing::{BLOCK, Saved, read_exact_at};
use crate::store::extent::{Extent, Form, Matter, Place as Where};
use crate::store::{FIRST, Fill, Frames, LAST, Pattern, PmaFrame, ReadError, Rewritable, Store, WriteOnce};

pub(in crate::store) fn load(path: &Path) -> Result<(Store, Vec<u8>), LoadError> {
    let (store, description) = open(path)?;
    let in_memory = |frames: Frames| {
        frames.into_memory().map_err(|error| {
            let At(place, offset, fault) = At::of(Place::Data, error);
            LoadError { path: path.to_owned(), place, offset, fault }
        })
    };
    let store = match store {
        Store::WriteOnce(WriteOnce(frames)) => Store::WriteOnce(WriteOnce(in_memory(frames)?)),
        Store::Rewritable(Rewritable(frames)) => Store::Rewritable(Rewritable(in_memory(frames)?)),
    };
    Ok((store, description))
}

pub(in crate::store) fn open(path: &Path) -> Result<(Store, Vec<u8>), LoadError> {
    read(path).map_err(|At(place, offset, fault)| LoadError { path: path.to_owned(), place, offset, fault })
}

/// A fault and where it is.
struct At(Place, u64, Fault);

impl At {
    fn of(place: Place, error: ReadError) -> Self {
        match error {
            ReadError::Altered { offset, expected, found } => {
                Self(place, offset, Fault::Checksum { expected, found })
            }
            ReadError::Io { offset, source } => Self(place, offset, Fault::Io(source)),
            ReadError::Unwritten { .. } => {
                Self(place, 0, Fault::Malformed("a frame of the index is missing"))
            }
        }
    }
}

fn read(path: &Path) -> Result<(Store, Vec<u8>), At> {
    let outside = |error: io::Error| At(Place::Header, 0, error.into());
    // Asked first, since opening a pipe waits for its other end.
    if !fs::metadata(path).map_err(outside)?.is_file() {
        return Err(At(Place::Header, 0, Fault::NotADisc));
    }
    let file = File::open(path).map_err(outside)?;
    let length = file.metadata().map_err(outside)?.len();
    let header = Header::read(&file, length)?;
    let [description, areas, index, data, sums, subs, sub_sums] = header.sections;

    let bytes = description.read(&file)?;
    let areas = areas.areas(&areas.read(&file)?)?;
    let extents = index.extents(&index.read(&file)?)?;
    let file = Arc::new(file);
    let mut whole = Kept::open(&file, &data, &sums, Form::Whole, &extents)?;
    let mut sub = Kept::open(&file, &subs, &sub_sums, Form::Sub { main: 0 }, &extents)?;

    let mut content = Frames::with_areas(areas);
    for Entry { first, frames, what } in extents {
        let matter = match what {
            What::Pattern(pattern) => Matter::Made(pattern),
            What::Kept(form @ Form::Whole) => whole.next(form, frames),
            What::Kept(form @ Form::Sub { .. }) => sub.next(form, frames),
        };
        content.adopt(Extent { first, frames, matter });
    }
    let store = if header.rewritable {
        Store::Rewritable(Rewritable(content))
    } else {
        Store::WriteOnce(WriteOnce(content))
    };
    Ok((store, bytes))
}

/// A section of frames, and how far the index has come in it.
struct Kept {
    saved: Arc<Saved>,
    at: u64,
}

impl Kept {
    /// The section that has the extents of a form, checked from end to end.
    fn open(
        file: &Arc<File>,
        section: &Section,
        sums: &Section,
        form: Form,
        extents: &[Entry],
    ) -> Result<Self, At> {
        let of_form = |entry: &&Entry| match entry.what {
            What::Kept(other) => other.unit() == form.unit(),
            What::Pattern(_) => false,
        };
        let frames: u64 = extents.iter().filter(of_form).map(|entry| u64::from(entry.frames)).sum();
        if frames * form.unit() as u64 != section.length {
            return Err(section.malformed(0, "not as many frames as the index has"));
        }
        if frames.div_ceil(BLOCK) * 4 != sums.length {
            return Err(sums.malformed(0, "not one for each 64 frames"));
        }
        let sums = sums.read(file)?.chunks_exact(4).map(|sum| u32_at(sum, 0)).collect();
        let saved = Saved::new(Arc::clone(file), section.offset, form.unit(), frames, sums);
        saved.check().map_err(|error| At::of(section.place, error))?;
        Ok(Self { saved: Arc::new(saved), at: 0 })
    }

    fn next(&mut self, form: Form, frames: u32) -> Matter {
        let place = Where::Saved { file: Arc::clone(&self.saved), at: self.at };
        self.at += u64::from(frames);
        Matter::Kept { form, place }
    }
}

struct Header {
    rewritable: bool,
    sections: [Section; SECTIONS.len()],
}

/// A section, known to lie within the file.
#[derive(Clone, Copy)]
struct Section {
    place: Place,
    offset: u64,
    length: u64,
    crc: u32,
}

impl Header {
    fn read(file: &File, length: u64) -> Result<Self, At> {
        let fault = |offset: usize, fault| At(Place::Header, offset as u64, fault);
        let mut bytes = [0; HEADER];
        let there = length.min(HEADER as u64) as usize;
        let part = bytes.get_mut(..there).unwrap_or_default();
        read_exact_at(file, part, 0).map_err(|error| fault(0, error.into()))?;
        // An empty file, or the beginning of something else, is no cut disc file.
        if there == 0 || bytes[..8.min(there)] != MAGIC[..8.min(there)] {
            return Err(fault(0, Fault::NotADisc));
        }
        if there < HEADER {
            return Err(fault(there, Fault::Length { expected: HEADER as u64, found: length }));
        }
        if u32_at(&bytes, 8) != VERSION {
            return Err(fault(8, Fault::Version(u32_at(&bytes, 8))));
        }
        let (expected, found) = (u32_at(&bytes, CHECKED), crc32fast::hash(&bytes[..CHECKED]));
        if expected != found {
            return Err(fault(0, Fault::Checksum { expected, found }));
        }
        let rewritable = match u32_at(&bytes, 12) {
            WRITE_ONCE => false,
            REWRITABLE => true,
            _ => return Err(fault(12, Fault::Malformed("neither write-once nor rewritable"))),
        };
        Ok(Self { rewritable, sections: Self::sections(&bytes, length)? })
    }

    fn sections(bytes: &[u8; HEADER], length: u64) -> Result<[Section; SECTIONS.len()], At> {
        let mut end = HEADER as u64;
        let mut cut = None;
        let mut sections = SECTIONS.map(|(place, _)| Section { place, offset: 0, length: 0, crc: 0 });
        for (n, (section, (_, tag))) in sections.iter_mut().zip(SECTIONS).enumerate() {
            let row = TABLE + n * ROW;
            let malformed = |what| At(Place::Header, row as u64, Fault::Malformed(what));
            section.offset = end;
            section.length = u64_at(bytes, row);
            section.crc = u32_at(bytes, row + 8);
            if bytes.get(row + 12..row + ROW) != Some(&tag[..]) {
                return Err(malformed("the section's tag is not the one expected here"));
            }
            if section.place.has_sums() && section.crc != 0 {
                return Err(malformed("frames have a checksum of their own"));
            }
            end = end.checked_add(section.length).ok_or_else(|| malformed("longer than a file can be"))?;
            if end > length && cut.is_none() {
                cut = Some(section.place);
            }
        }
        match cut {
            Some(place) => Err(At(place, length, Fault::Length { expected: end, found: length })),
            None if end < length => {
                Err(At(Place::SubChannelSums, end, Fault::Length { expected: end, found: length }))
            }
            None => Ok(sections),
        }
    }
}

impl Section {
    /// The whole section, as saved. It is no longer than the file.
    fn read(&self, file: &File) -> Result<Vec<u8>, At> {
        let mut bytes = vec![0; usize::try_from(self.length).unwrap_or(usize::MAX)];
        read_exact_at(file, &mut bytes, self.offset).map_err(|error| self.at(0, error.into()))?;
        let found = crc32fast::hash(&bytes);
        if found == self.crc {
            Ok(bytes)
        } else {
            Err(self.at(0, Fault::Checksum { expected: self.crc, found }))
        }
    }

    fn areas(&self, bytes: &[u8]) -> Result<Areas, At> {
        let short = || self.malformed(0, "not a count and frames of 12 bytes");
        let (calibrations, frames) = bytes.split_first_chunk().ok_or_else(short)?;
        let pma: Result<Vec<_>, _> = frames.chunks(12).map(PmaFrame::try_from).collect();
        Ok(Areas::new(pma.map_err(|_| short())?, u16::from_le_bytes(*calibrations)))
    }

    fn extents(&self, bytes: &[u8]) -> Result<Vec<Entry>, At> {
        let mut end = i64::from(FIRST.0);
        let mut entries = Vec::with_capacity(bytes.len() / ENTRY);
        for (n, bytes) in bytes.chunks(ENTRY).enumerate() {
            let malformed = |what| self.malformed((n * ENTRY) as u64, what);
            let bytes = bytes.try_into().map_err(|_| malformed("the last extent is cut short"))?;
            let entry = Entry::read(bytes).map_err(malformed)?;
            if i64::from(entry.first) < end {
                return Err(malformed("an extent starts before the disc, or before the one before it ends"));
            }
            end = i64::from(entry.first) + i64::from(entry.frames);
            if entry.frames == 0 || end > i64::from(LAST.0) + 1 {
                return Err(malformed("an extent is empty, or ends behind the disc"));
            }
            entries.push(entry);
        }
        Ok(entries)
    }

    const fn at(&self, skip: u64, fault: Fault) -> At {
        At(self.place, self.offset + skip, fault)
    }

    const fn malformed(&self, skip: u64, what: &'static str) -> At {
        self.at(skip, Fault::Malformed(what))
    }
}

struct Entry {
    first: i32,
    frames: u32,
    what: What,
}

enum What {
    Kept(Form),
    Pattern(Pattern),
}

impl Entry {
    fn read(bytes: &[u8; ENTRY]) -> Result<Self, &'static str> {
        if bytes[11..16] != [0; 5] {
            return Err("reserved bytes of an extent are not zero");
        }
        let what = match bytes[8] {
            STORED if bytes[9..] == [0; ENTRY - 9] => What::Kept(Form::Whole),
            SUB_CHANNEL if bytes[10] == 0 && bytes[24..] == [0; 8] => {
                match fill(bytes[9], u64_at(bytes, 16))? {
                    Fill::Byte(main) => What::Kept(Form::Sub { main }),
                    Fill::Seeded(_) => return Err("a sub-channel beside a seeded main channel"),
                }
            }
            PATTERN => What::Pattern(Pattern {
                main: fill(bytes[9], u64_at(bytes, 16))?,
                sub: fill(bytes[10], u64_at(bytes, 24))?,
            }),
            _ => return Err("an extent is neither stored, nor a pattern, nor a sub-channel"),
        };
        Ok(Self { first: u32_at(bytes, 0).cast_signed(), frames: u32_at(bytes, 4), what })
    }
}

fn fill(kind: u8, value: u64) -> Result<Fill, &'static str> {
    match (kind, u8::try_from(value)) {
        (BYTE, Ok(byte)) => Ok(Fill::Byte(byte)),
        (SEEDED, _) => Ok(Fill::Seeded(value)),
        _ => Err("a pattern is neither a byte nor seeded"),
    }
}

/// The number at `offset`; 0 behind the end.
fn u32_at(bytes: &[u8], offset: usize) -> u32 {
    bytes.get(offset..).and_then(<[u8]>::first_chunk).map_or(0, |chunk| u32::from_le_bytes(*chunk))
}

fn u64_at(bytes: &[u8], offset: usize) -> u64 {
    bytes.get(offset..).and_then(<[u8]>::first_chunk).map_or(0, |chunk| u64::from_le_bytes(*chunk))
}
