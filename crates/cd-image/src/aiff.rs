//! AIFF files as sources of audio tracks: what a CD plays, and nothing else.

use std::fs::File;
use std::io::{BufReader, Seek};
use std::path::Path;

use aifc::{AifcError, AifcReader, SampleFormat};

use crate::error::ImageError;
use crate::layout::DataFile;

/// What a CD plays.
const EXPECTED: &str = "AIFF of 16-bit integer samples, 2 channels, 44100 Hz";

/// Where the samples of an open AIFF or AIFF-C file lie. They are not converted, but for the order of their
/// bytes: another format is refused.
pub(crate) fn data_file(path: &Path, file: File, bytes: u64) -> Result<DataFile, ImageError> {
    let failed = |error| match error {
        AifcError::StdIoError(error) if error.raw_os_error().is_some() => ImageError::io(path, error),
        other => ImageError::content(path, EXPECTED, format!("something else ({other:?})")),
    };
    let mut reader = AifcReader::new(BufReader::new(file)).map_err(failed)?;
    let info = reader.info();
    let is_16_bit = matches!(info.sample_format, SampleFormat::I16 | SampleFormat::I16LE);
    if (info.channels, info.sample_rate, is_16_bit) != (2, 44_100.0, true) {
        let kind = match info.sample_format {
            SampleFormat::Custom(name) => format!("compressed ({})", name.escape_ascii()),
            other => format!("{other:?}"),
        };
        let seen = format!("{kind} samples, {} channels, {} Hz", info.channels, info.sample_rate);
        return Err(ImageError::content(path, EXPECTED, seen));
    }
    reader.seek(0).map_err(failed)?;
    let start = reader.into_inner().stream_position().map_err(|error| ImageError::io(path, error))?;
    let data = u64::from(info.sample_byte_len);
    if start.saturating_add(data) > bytes {
        let seen = format!("{}", bytes.saturating_sub(start));
        return Err(ImageError::content(path, format!("{data} bytes of samples, as its header says"), seen));
    }
    let swap = info.sample_format == SampleFormat::I16;
    Ok(DataFile { path: path.to_owned(), start, bytes: data, swap, decoded: None })
}
