//! Writing a disc file.

use std::fs::{self, File, Permissions};
use std::io::{self, BufWriter, Seek, SeekFrom, Write};
use std::path::Path;

use crc32fast::Hasher;
use tempfile::NamedTempFile;

use super::{
    BYTE, CHECKED, ENTRY, HEADER, MAGIC, PATTERN, REWRITABLE, SECTIONS, SEEDED, STORED, SUB_CHANNEL,
    SaveError, VERSION, WRITE_ONCE,
};
use crate::store::backing::BLOCK;
use crate::store::extent::{Extent, Form, Matter};
use crate::store::{FIRST, Fill, Frames, Store};

pub(in crate::store) fn save(store: &Store, path: &Path, description: &[u8]) -> Result<(), SaveError> {
    let failed = |doing| move |source| SaveError::Io { path: path.to_owned(), doing, source };
    // A link stays a link: what it points at is replaced.
    let target = fs::canonicalize(path).unwrap_or_else(|_| path.to_owned());
    let folder = target.parent().filter(|folder| !folder.as_os_str().is_empty());
    let folder = folder.unwrap_or_else(|| Path::new("."));

    let mut temporary = create(folder, &target).map_err(failed("create a temporary file beside it"))?;
    write(store, description, temporary.as_file_mut(), failed("write"))?;
    temporary.as_file().sync_all().map_err(failed("flush"))?;
    temporary.persist(&target).map_err(|error| failed("put into place")(error.error))?;
    sync_folder(folder).map_err(failed("flush the folder"))
}

/// A file in `folder` with the permissions of `target`, or of a new file if there is none.
fn create(folder: &Path, target: &Path) -> io::Result<NamedTempFile> {
    let mut builder = tempfile::Builder::new();
    builder.prefix(".disc-").suffix(".part");
    let new = new_file_permissions();
    if let Some(permissions) = new {
        builder.permissions(permissions);
    }
    let temporary = builder.tempfile_in(folder)?;
    if let Ok(there) = fs::metadata(target) {
        temporary.as_file().set_permissions(there.permissions())?;
    }
    Ok(temporary)
}

/// What the system takes the umask from.
#[cfg(unix)]
fn new_file_permissions() -> Option<Permissions> {
    Some(std::os::unix::fs::PermissionsExt::from_mode(0o666))
}

#[cfg(not(unix))]
const fn new_file_permissions() -> Option<Permissions> {
    None
}

/// The name is on the disk only when its folder is.
#[cfg(unix)]
fn sync_folder(folder: &Path) -> io::Result<()> {
    File::open(folder)?.sync_all()
}

#[cfg(not(unix))]
const fn sync_folder(_: &Path) -> io::Result<()> {
    Ok(())
}

fn write(
    store: &Store,
    description: &[u8],
    file: &mut File,
    failed: impl Fn(io::Error) -> SaveError + Copy,
) -> Result<(), SaveError> {
    let areas = areas(store);
    let index = index(store);

    let mut out = BufWriter::with_capacity(1 << 18, file);
    for part in [&[0; HEADER], description, &areas, &index] {
        out.write_all(part).map_err(failed)?;
    }
    let (data, sums) = write_kept(store, Kept::Whole, &mut out, failed)?;
    let (subs, sub_sums) = write_kept(store, Kept::Sub, &mut out, failed)?;

    let crc = crc32fast::hash;
    let rows = [
        (description.len() as u64, crc(description)),
        (areas.len() as u64, crc(&areas)),
        (index.len() as u64, crc(&index)),
        (data, 0),
        (sums.len() as u64, crc(&sums)),
        (subs, 0),
        (sub_sums.len() as u64, crc(&sub_sums)),
    ];
    let header = header(store, rows);
    out.seek(SeekFrom::Start(0)).map_err(failed)?;
    out.write_all(&header).map_err(failed)?;
    out.flush().map_err(failed)
}

fn header(store: &Store, rows: [(u64, u32); SECTIONS.len()]) -> Vec<u8> {
    let kind = match store {
        Store::WriteOnce(_) => WRITE_ONCE,
        Store::Rewritable(_) => REWRITABLE,
    };
    let mut header = Vec::with_capacity(HEADER);
    header.extend(MAGIC);
    header.extend(VERSION.to_le_bytes());
    header.extend(kind.to_le_bytes());
    for ((length, crc), (_, tag)) in rows.into_iter().zip(SECTIONS) {
        header.extend(length.to_le_bytes());
        header.extend(crc.to_le_bytes());
        header.extend(tag);
    }
    debug_assert_eq!(header.len(), CHECKED);
    header.extend(crc32fast::hash(&header).to_le_bytes());
    header
}

fn areas(frames: &Frames) -> Vec<u8> {
    let mut bytes = frames.areas().calibrations().to_le_bytes().to_vec();
    bytes.extend(frames.areas().pma().iter().flatten());
    bytes
}

/// The index; extents of one kind that follow one another become one.
fn index(frames: &Frames) -> Vec<u8> {
    let mut index = Vec::new();
    let mut extents = frames.extents.from(FIRST.0).peekable();
    while let Some(extent) = extents.next() {
        let mut end = extent.end();
        while let Some(next) = extents.next_if(|next| next.first == end && are_one(extent, next)) {
            end = next.end();
        }
        index.extend(entry(extent, end.abs_diff(extent.first)));
    }
    index
}

fn are_one(extent: &Extent, next: &Extent) -> bool {
    match (&extent.matter, &next.matter) {
        (Matter::Kept { form, .. }, Matter::Kept { form: other, .. }) => form == other,
        _ => false,
    }
}

fn entry(extent: &Extent, frames: u32) -> [u8; ENTRY] {
    let (kind, main, sub) = match extent.matter {
        Matter::Made(pattern) => (PATTERN, fill(pattern.main), fill(pattern.sub)),
        Matter::Kept { form: Form::Whole, .. } => (STORED, (BYTE, 0), (BYTE, 0)),
        Matter::Kept { form: Form::Sub { main }, .. } => (SUB_CHANNEL, (BYTE, main.into()), (BYTE, 0)),
    };
    let mut entry = [0; ENTRY];
    entry[0..4].copy_from_slice(&extent.first.to_le_bytes());
    entry[4..8].copy_from_slice(&frames.to_le_bytes());
    entry[8..11].copy_from_slice(&[kind, main.0, sub.0]);
    entry[16..24].copy_from_slice(&main.1.to_le_bytes());
    entry[24..32].copy_from_slice(&sub.1.to_le_bytes());
    entry
}

fn fill(fill: Fill) -> (u8, u64) {
    match fill {
        Fill::Byte(byte) => (BYTE, byte.into()),
        Fill::Seeded(seed) => (SEEDED, seed),
    }
}

/// Of which extents a section has the bytes.
#[derive(Clone, Copy, PartialEq)]
enum Kept {
    Whole,
    Sub,
}

impl Kept {
    const fn of(form: Form) -> Self {
        match form {
            Form::Whole => Self::Whole,
            Form::Sub { .. } => Self::Sub,
        }
    }
}

/// Writes a section of frames and their checksums. Gives its length, and the checksums.
fn write_kept(
    frames: &Frames,
    kept: Kept,
    out: &mut impl Write,
    failed: impl Fn(io::Error) -> SaveError,
) -> Result<(u64, Vec<u8>), SaveError> {
    let mut sums = Sums::default();
    for extent in frames.extents.from(FIRST.0) {
        let Matter::Kept { form, .. } = extent.matter else { continue };
        if Kept::of(form) != kept {
            continue;
        }
        sums.block_bytes = BLOCK * form.unit() as u64;
        let mut skip = 0;
        while skip < extent.frames {
            let piece = extent.kept(skip, usize::MAX)?;
            out.write_all(&piece).map_err(&failed)?;
            sums.add(&piece);
            skip += (piece.len() / form.unit()) as u32;
        }
    }
    let (bytes, sums) = sums.finish();
    out.write_all(&sums).map_err(&failed)?;
    Ok((bytes, sums))
}

/// A checksum for each [`BLOCK`] frames that pass.
#[derive(Default)]
struct Sums {
    /// Bytes of a whole block.
    block_bytes: u64,
    block: Hasher,
    bytes: u64,
    done: Vec<u8>,
}

impl Sums {
    fn add(&mut self, mut bytes: &[u8]) {
        while !bytes.is_empty() {
            let room = self.block_bytes - self.bytes % self.block_bytes;
            let (now, behind) = bytes.split_at(bytes.len().min(room as usize));
            self.block.update(now);
            self.bytes += now.len() as u64;
            bytes = behind;
            if self.bytes.is_multiple_of(self.block_bytes) {
                self.close();
            }
        }
    }

    fn close(&mut self) {
        let crc = core::mem::take(&mut self.block).finalize();
        self.done.extend(crc.to_le_bytes());
    }

    /// How many bytes passed, and their checksums.
    fn finish(mut self) -> (u64, Vec<u8>) {
        if !self.bytes.is_multiple_of(self.block_bytes) {
            self.close();
        }
        (self.bytes, self.done)
    }
}
