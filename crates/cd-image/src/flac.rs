//! FLAC files as sources of audio tracks: decoded once, as nothing in them is where a sector would begin.

use std::fs::File;
use std::io::{BufReader, BufWriter, Write};
use std::path::{Path, PathBuf};

use claxon::{Block, FlacReader};
use tempfile::NamedTempFile;

use crate::decoded::Decoded;
use crate::error::ImageError;
use crate::layout::{DataFile, MOST_FRAMES};

/// What a CD plays.
const EXPECTED: &str = "FLAC of 16-bit samples, 2 channels, 44100 Hz";
/// Bytes of the longest track: what is longer is no track, and may be made to fill a disk.
const MOST_BYTES: u64 = MOST_FRAMES * 2352;

/// The samples of an open FLAC file.
pub(crate) fn data_file(path: &Path, file: File) -> Result<DataFile, ImageError> {
    let failed = |error: claxon::Error| match error {
        claxon::Error::IoError(error) if error.raw_os_error().is_some() => ImageError::io(path, error),
        other => ImageError::content(path, EXPECTED, format!("something else ({other})")),
    };
    let mut reader = FlacReader::new(BufReader::new(file)).map_err(failed)?;
    let info = reader.streaminfo();
    if (info.channels, info.sample_rate, info.bits_per_sample) != (2, 44_100, 16) {
        let seen = format!(
            "{}-bit samples, {} channels, {} Hz",
            info.bits_per_sample, info.channels, info.sample_rate
        );
        return Err(ImageError::content(path, EXPECTED, seen));
    }
    let (decoded, mut output) = create().map_err(|(folder, error)| ImageError::io(&folder, error))?;
    let to = |error| ImageError::io(decoded.path(), error);
    let (mut blocks, mut block, mut bytes) = (reader.blocks(), Block::empty(), 0);
    while let Some(next) = blocks.read_next_or_eof(block.into_buffer()).map_err(failed)? {
        if next.channels() != 2 {
            let seen = format!("{} channels from sample {} on", next.channels(), next.time());
            return Err(ImageError::content(path, EXPECTED, seen));
        }
        for (left, right) in next.stereo_samples() {
            for sample in [left, right] {
                let sample = i16::try_from(sample)
                    .map_err(|_| ImageError::content(path, EXPECTED, format!("a sample of {sample}")))?;
                output.write_all(&sample.to_le_bytes()).map_err(to)?;
            }
        }
        bytes += u64::from(next.duration()) * 4;
        if bytes > MOST_BYTES {
            return Err(ImageError::content(path, "at most 100 minutes, all that a disc holds", "more"));
        }
        block = next;
    }
    output.flush().map_err(to)?;
    if let Some(samples) = info.samples.filter(|samples| samples.saturating_mul(4) != bytes) {
        let expected = format!("{samples} samples, as its header says");
        return Err(ImageError::content(path, expected, (bytes / 4).to_string()));
    }
    Ok(DataFile { path: path.to_owned(), start: 0, bytes, swap: false, decoded: Some(decoded) })
}

/// A file for samples; an error comes with the folder that it was to be in.
fn create() -> Result<(Decoded, BufWriter<File>), (PathBuf, std::io::Error)> {
    let file = NamedTempFile::with_prefix("cd-image-").map_err(|error| (std::env::temp_dir(), error))?;
    let (file, path) = file.into_parts();
    Ok((Decoded::new(path), BufWriter::with_capacity(1 << 18, file)))
}
