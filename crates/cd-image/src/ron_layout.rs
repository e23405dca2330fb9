//! Layouts in RON, this project's own: every track names one file.
//!
//! ```ron
//! (
//!     mcn: "0012345678905",
//!     tracks: [
//!         (mode: Mode1, file: "data.iso", postgap: "00:02:00"),
//!         (mode: Audio, file: "song.wav", pregap: "00:02:00", indexes: ["00:10:00"], copy: true),
//!     ],
//! )
//! ```
//!
//! | field of the disc | |
//! |---|---|
//! | `tracks` | one after the other |
//! | `disc_type` | `CdRom`, `CdI` or `CdRomXa`; unless given, the last where a track is of mode 2, else the first |
//! | `mcn`, `title`, `performer` | if any |
//!
//! | field of a track | |
//! |---|---|
//! | `mode` | one of [`TrackMode`]'s |
//! | `file` | its name, from the directory of the sheet; audio that ends in `.wav` is WAVE, in `.flac` FLAC, in `.aif`, `.aiff` or `.aifc` AIFF |
//! | `number` | one more than the last, or 1, unless given |
//! | `offset`, `frames` | bytes to skip in the file, and how many frames to take: all there are unless given |
//! | `swap` | audio bytes lie the other way round |
//! | `pregap`, `postgap` | gaps that are in no file, `MM:SS:FF`; a first track's is beside the two seconds that every disc has |
//! | `pause` | how much of the file is index 0 |
//! | `indexes` | where index 2, 3, ... begin, from index 1 on |
//! | `isrc`, `title`, `performer` | if any |
//! | `copy`, `scms`, `pre_emphasis`, `four_channels` | flags, false unless given |

use std::path::Path;

use cd_format::address::PREGAP_FRAMES;
use cd_format::session::DiscType;
use cd_format::sub_channel::{Isrc, Mcn};
use cd_format::{Control, Msf};
use ron::Options;
use ron::extensions::Extensions;
use serde::Deserialize;

use crate::error::{At, ImageError};
use crate::folder::{self, Encoding, Folder, ReadOptions};
use crate::layout::{Layout, PieceData, Text, Track, TrackMode};

#[derive(Deserialize)]
#[serde(rename = "Layout", deny_unknown_fields)]
struct Sheet {
    disc_type: Option<Kind>,
    mcn: Option<Mcn>,
    title: Option<String>,
    performer: Option<String>,
    tracks: Vec<Entry>,
}

#[derive(Deserialize)]
enum Kind {
    CdRom,
    CdI,
    CdRomXa,
}

#[derive(Deserialize)]
#[serde(rename = "Track", deny_unknown_fields)]
struct Entry {
    number: Option<u8>,
    mode: TrackMode,
    file: String,
    /// Bytes of the file before the track's.
    #[serde(default)]
    offset: u64,
    /// Frames from the file; all that are left unless given.
    frames: Option<u32>,
    /// Audio bytes lie the other way round.
    #[serde(default)]
    swap: bool,
    /// A gap before the track that is in no file.
    #[serde(default)]
    pregap: Msf,
    /// How much of the file is index 0.
    #[serde(default)]
    pause: Msf,
    /// A gap behind it.
    #[serde(default)]
    postgap: Msf,
    /// Indexes from 2 on, from index 1.
    #[serde(default)]
    indexes: Vec<Msf>,
    isrc: Option<Isrc>,
    #[serde(default)]
    copy: bool,
    #[serde(default)]
    pre_emphasis: bool,
    #[serde(default)]
    four_channels: bool,
    #[serde(default)]
    scms: bool,
    title: Option<String>,
    performer: Option<String>,
}

/// Reads a layout in RON and looks at the files that it names.
pub fn read(path: &Path, options: ReadOptions) -> Result<Layout, ImageError> {
    let (text, encoding) = folder::text(path, options)?;
    let reader = Options::default().with_default_extension(Extensions::IMPLICIT_SOME);
    let sheet: Sheet = reader.from_str(&text).map_err(|error| ImageError::Syntax {
        path: path.to_owned(),
        at: At { line: error.span.start.line, column: error.span.start.col },
        expected: "a layout in RON".to_owned(),
        seen: error.code.to_string(),
    })?;
    let folder = Folder::of(path, options);
    let disc_type = match sheet.disc_type {
        None if sheet.tracks.iter().any(|track| is_mode_2(track.mode)) => DiscType::CD_ROM_XA,
        Some(Kind::CdRom) | None => DiscType::CD_ROM,
        Some(Kind::CdI) => DiscType::CD_I,
        Some(Kind::CdRomXa) => DiscType::CD_ROM_XA,
    };
    let text = Text { title: sheet.title, performer: sheet.performer };
    let mut layout = Layout { disc_type, mcn: sheet.mcn, text, encoding, ..Layout::default() };
    if sheet.tracks.is_empty() {
        return Err(ImageError::content(path, "1 to 99 tracks", "none"));
    }
    for entry in sheet.tracks {
        let last = layout.tracks.last().map_or(0, |track| track.number);
        let number = entry.number.unwrap_or(last.saturating_add(1));
        if !matches!(number, 1..=99) || (last != 0 && number != last + 1) {
            return Err(ImageError::content(
                path,
                format!("a track number behind {last}, at most 99"),
                number.to_string(),
            ));
        }
        entry.add(number, &folder, &mut layout)?;
    }
    layout.check()?;
    Ok(layout)
}

const fn is_mode_2(mode: TrackMode) -> bool {
    match mode {
        TrackMode::Mode2 | TrackMode::Mode2Raw | TrackMode::Mode2Form1 | TrackMode::Mode2Form2 => true,
        TrackMode::Audio | TrackMode::Mode1 | TrackMode::Mode1Raw => false,
    }
}

impl Entry {
    fn add(self, number: u8, folder: &Folder, layout: &mut Layout) -> Result<(), ImageError> {
        let mut track = Track::new(number, self.mode);
        track.control = self.control(number)?;
        track.alternate_copy = self.scms;
        track.isrc = self.isrc;
        track.text = Text { title: self.title, performer: self.performer };
        let frames = |time: Msf| time.clock().unsigned_abs();
        let implied = if layout.tracks.is_empty() { PREGAP_FRAMES as u32 } else { 0 };
        let gap = implied + frames(self.pregap);
        track.pregap = gap + frames(self.pause);
        track.indexes = self.indexes.iter().map(|index| frames(*index)).collect();
        if !track.indexes.is_sorted_by(|a, b| a < b) || track.indexes.first() == Some(&0) {
            return Err(ImageError::track(
                number,
                "indexes that ascend from behind 00:00:00",
                format!("{:?}", self.indexes),
            ));
        }
        let is_audio = self.mode == TrackMode::Audio;
        let encoding = Encoding::of_audio(&self.file).filter(|_| is_audio).unwrap_or(Encoding::Plain);
        let mut file = folder.named(&self.file, encoding)?;
        file.swap ^= self.swap && is_audio;
        track.push(gap.into(), PieceData::Zero)?;
        let there = file.frames_from(self.offset, self.mode.sector_bytes());
        let data = PieceData::File { file: layout.files.len(), offset: self.offset };
        track.push(self.frames.map_or(there, u64::from), data)?;
        track.push(frames(self.postgap).into(), PieceData::Zero)?;
        layout.files.push(file);
        layout.tracks.push(track);
        Ok(())
    }

    fn control(&self, number: u8) -> Result<Control, ImageError> {
        let audio_only = u8::from(self.pre_emphasis) | u8::from(self.four_channels) << 3;
        if audio_only != 0 && self.mode.is_data() {
            return Err(ImageError::track(number, "pre_emphasis and four_channels in audio only", "data"));
        }
        Ok(Control::new(self.mode.control().nibble() | audio_only).with_copy(self.copy))
    }
}
