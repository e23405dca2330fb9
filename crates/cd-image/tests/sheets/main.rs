//! Sheets as their formats' manuals have them, written by hand, and what is wrong with others.

#![allow(clippy::unwrap_used, clippy::panic, reason = "a test program: a panic is its answer")]

mod ccd;
mod composed;
mod cue;
mod hostile;
mod ron;
mod toc;

use std::fs;
use std::path::Path;

use cd_image::{ImageError, Layout, ReadOptions, TrackMode};
use tempfile::TempDir;

/// A folder with files of so many bytes.
fn folder(files: &[(&str, usize)]) -> TempDir {
    let folder = tempfile::tempdir().unwrap();
    for (name, bytes) in files {
        let content: Vec<u8> = (0..*bytes).map(|n| (n / 2 % 251) as u8 | (n as u8 & 1) << 7).collect();
        fs::write(folder.path().join(name), content).unwrap();
    }
    folder
}

fn read(folder: &Path, name: &str, text: &str) -> Result<Layout, ImageError> {
    read_with(folder, name, text, ReadOptions::default())
}

fn read_with(folder: &Path, name: &str, text: &str, options: ReadOptions) -> Result<Layout, ImageError> {
    let path = folder.join(name);
    fs::write(&path, text).unwrap();
    Layout::read(&path, options)
}

/// The error, without the folder's path.
fn complaint(folder: &Path, name: &str, text: &str) -> String {
    let error = read(folder, name, text).unwrap_err().to_string();
    error.replace(&format!("{}{}", folder.display(), std::path::MAIN_SEPARATOR), "")
}

/// Number, mode, CONTROL, pregap, frames and indexes of every track.
fn outline(layout: &Layout) -> Vec<(u8, TrackMode, u8, u32, u64, Vec<u32>)> {
    let line = |track: &cd_image::layout::Track| {
        (
            track.number,
            track.mode,
            track.control.nibble(),
            track.pregap,
            track.frames(),
            track.indexes.clone(),
        )
    };
    layout.tracks.iter().map(line).collect()
}

/// A WAVE header before so many bytes of samples (RIFF, "Multimedia Programming Interface").
fn wave(channels: u16, rate: u32, bits: u16, samples: &[u8]) -> Vec<u8> {
    let block = channels * bits / 8;
    let mut bytes = b"RIFF".to_vec();
    bytes.extend((36 + samples.len() as u32).to_le_bytes());
    bytes.extend(b"WAVEfmt \x10\0\0\0\x01\0");
    bytes.extend(channels.to_le_bytes());
    bytes.extend(rate.to_le_bytes());
    bytes.extend((rate * u32::from(block)).to_le_bytes());
    bytes.extend(block.to_le_bytes());
    bytes.extend(bits.to_le_bytes());
    bytes.extend(b"data");
    bytes.extend((samples.len() as u32).to_le_bytes());
    bytes.extend(samples);
    bytes
}
