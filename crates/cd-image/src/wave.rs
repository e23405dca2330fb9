//! WAVE files as sources of audio tracks: what a CD plays, and nothing else.

use std::fs::File;
use std::io::{Read, Seek};
use std::path::Path;

use hound::{SampleFormat, WavReader};

use crate::error::ImageError;
use crate::layout::DataFile;

/// What a CD plays.
const EXPECTED: &str = "WAVE of 16-bit integer samples, 2 channels, 44100 Hz";

/// Whether an open file begins as a FLAC file does; what was read of it is not passed over.
pub(crate) fn is_flac(path: &Path, mut file: &File) -> Result<bool, ImageError> {
    let mut head = Vec::new();
    let read = file.take(4).read_to_end(&mut head).and_then(|_| file.rewind());
    read.map_err(|error| ImageError::io(path, error))?;
    Ok(head == b"fLaC")
}

/// Where the samples of an open WAVE file lie. They are not converted: another format is refused.
pub(crate) fn data_file(path: &Path, file: File, bytes: u64) -> Result<DataFile, ImageError> {
    let reader = WavReader::new(file).map_err(|error| match error {
        // What is not the system's error is the end of the file, too early.
        hound::Error::IoError(error) if error.raw_os_error().is_some() => ImageError::io(path, error),
        other => ImageError::content(path, EXPECTED, format!("something else ({other})")),
    })?;
    let spec = reader.spec();
    if (spec.channels, spec.sample_rate, spec.bits_per_sample, spec.sample_format)
        != (2, 44_100, 16, SampleFormat::Int)
    {
        let kind = match spec.sample_format {
            SampleFormat::Int => "integer",
            SampleFormat::Float => "floating point",
        };
        let seen = format!(
            "{}-bit {kind} samples, {} channels, {} Hz",
            spec.bits_per_sample, spec.channels, spec.sample_rate
        );
        return Err(ImageError::content(path, EXPECTED, seen));
    }
    let data = u64::from(reader.duration()) * 4;
    let start = reader.into_inner().stream_position().map_err(|error| ImageError::io(path, error))?;
    if start.saturating_add(data) > bytes {
        let seen = format!("{}", bytes.saturating_sub(start));
        return Err(ImageError::content(path, format!("{data} bytes of samples, as its header says"), seen));
    }
    Ok(DataFile { path: path.to_owned(), start, bytes: data, swap: false, decoded: None })
}
