//! The files that a sheet names: beside it or below, unless more is allowed.

use std::fs::{self, File};
use std::io::{self, Read};
use std::path::{Component, Path, PathBuf};

use crate::error::ImageError;
use crate::layout::DataFile;
use crate::sheet_encoding::{self, SheetEncoding};
use crate::token::{Fault, Token, shown};
use crate::{aiff, flac, wave};

/// The largest sheet that is read, bytes.
const LARGEST: usize = 4 << 20;

/// How an image is read.
#[derive(Clone, Copy, Debug, Default, Eq, PartialEq)]
pub struct ReadOptions {
    /// Whether a sheet may name files outside its own directory. A sheet from elsewhere could so put
    /// any file of this machine into an image.
    pub allow_outside: bool,
    /// What a sheet is written in that is not UTF-8; windows-1252 if nothing is said.
    pub encoding: Option<SheetEncoding>,
}

/// A sheet, and where its files lie.
pub(crate) struct Folder {
    sheet: PathBuf,
    options: ReadOptions,
}

/// What a data file holds.
#[derive(Clone, Copy, Debug, Eq, PartialEq)]
pub(crate) enum Encoding {
    /// Sectors, nothing else.
    Plain,
    /// The same, bytes of a sample the other way round.
    Swapped,
    /// A WAVE file, or a FLAC file: sheets call both so.
    Wave,
    /// An AIFF file.
    Aiff,
}

impl Folder {
    pub(crate) fn of(sheet: &Path, options: ReadOptions) -> Self {
        Self { sheet: sheet.to_owned(), options }
    }

    /// The directory of the sheet; of no name where it is the current one.
    fn base(&self) -> &Path {
        self.sheet.parent().unwrap_or(Path::new(""))
    }

    /// The file that the sheet names here.
    pub(crate) fn file(&self, name: &Token<'_>, encoding: Encoding) -> Result<DataFile, ImageError> {
        let path = self.resolve(name.text).map_err(|seen| {
            let expected = "the name of a file in the sheet's directory (others need to be allowed)";
            Fault::new(name.at, expected, seen).of(&self.sheet)
        })?;
        data_file(&path, encoding).map_err(|error| match error {
            ImageError::Io { source, .. } if source.kind() == io::ErrorKind::NotFound => {
                let seen = format!("{} (no such file)", shown(name.text));
                Fault::new(name.at, "the name of a file that is there", seen).of(&self.sheet)
            }
            other => other,
        })
    }

    /// The same where no token is at hand.
    pub(crate) fn named(&self, name: &str, encoding: Encoding) -> Result<DataFile, ImageError> {
        let expected = "names of files in the sheet's directory (others need to be allowed)";
        let path = self.resolve(name).map_err(|seen| ImageError::content(&self.sheet, expected, seen))?;
        data_file(&path, encoding).map_err(|error| match error {
            ImageError::Io { source, .. } if source.kind() == io::ErrorKind::NotFound => {
                let seen = format!("{} (no such file)", shown(name));
                ImageError::content(&self.sheet, "names of files that are there", seen)
            }
            other => other,
        })
    }

    fn resolve(&self, name: &str) -> Result<PathBuf, String> {
        let relative = Path::new(name);
        if relative.file_name().is_none() {
            return Err(shown(name));
        }
        let path = self.base().join(relative);
        if self.options.allow_outside {
            return Ok(path);
        }
        if !relative.components().all(|part| matches!(part, Component::Normal(_) | Component::CurDir)) {
            return Err(shown(name));
        }
        // A link may lead out as well. What is not there at all is told when it is opened.
        let (Ok(real), Ok(base)) = (path.canonicalize(), Path::new(".").join(self.base()).canonicalize())
        else {
            return Ok(path);
        };
        if real.starts_with(base) { Ok(path) } else { Err(format!("{}, a link out of it", shown(name))) }
    }
}

/// Opens a regular file: whatever else has a name might never end, or never begin.
pub(crate) fn open(path: &Path) -> Result<(File, u64), ImageError> {
    let failed = |error| ImageError::io(path, error);
    if !fs::metadata(path).map_err(failed)?.is_file() {
        return Err(ImageError::content(path, "a regular file", "something else"));
    }
    let file = File::open(path).map_err(failed)?;
    let bytes = file.metadata().map_err(failed)?.len();
    Ok((file, bytes))
}

/// What a file holds as sectors.
pub(crate) fn data_file(path: &Path, encoding: Encoding) -> Result<DataFile, ImageError> {
    let (file, bytes) = open(path)?;
    match encoding {
        Encoding::Wave => match wave::is_flac(path, &file)? {
            true => flac::data_file(path, file),
            false => wave::data_file(path, file, bytes),
        },
        Encoding::Aiff => aiff::data_file(path, file, bytes),
        Encoding::Plain | Encoding::Swapped => Ok(DataFile {
            path: path.to_owned(),
            start: 0,
            bytes,
            swap: encoding == Encoding::Swapped,
            decoded: None,
        }),
    }
}

impl Encoding {
    /// What audio in a file of this name is, by the name's ending.
    pub(crate) fn of_audio(name: &str) -> Option<Self> {
        let name = name.to_ascii_lowercase();
        match name.rsplit_once('.')?.1 {
            "wav" | "flac" => Some(Self::Wave),
            "aif" | "aiff" | "aifc" => Some(Self::Aiff),
            _ => None,
        }
    }
}

/// The text of a sheet, without a byte order mark, and what it is written in if that is not UTF-8.
pub(crate) fn text(path: &Path, options: ReadOptions) -> Result<(String, Option<SheetEncoding>), ImageError> {
    let (file, _) = open(path)?;
    let mut bytes = Vec::new();
    file.take(LARGEST as u64 + 1).read_to_end(&mut bytes).map_err(|error| ImageError::io(path, error))?;
    if bytes.len() > LARGEST {
        let error = io::Error::new(io::ErrorKind::FileTooLarge, "larger than 4 MiB, the most that is read");
        return Err(ImageError::io(path, error));
    }
    sheet_encoding::decode(&bytes, options.encoding).map_err(|other| {
        let at = core::str::from_utf8(&bytes).map_or_else(|error| error.valid_up_to(), str::len);
        let line = bytes.iter().take(at).filter(|byte| **byte == b'\n').count() + 1;
        let expected = format!("text in UTF-8 or {other}");
        ImageError::content(
            path,
            expected,
            format!("neither, from the byte at offset {at} in line {line} on"),
        )
    })
}
