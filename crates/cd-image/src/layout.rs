//! What an image says of a session: its tracks, and which bytes of which files they are.

use std::path::PathBuf;

use cd_format::sector::SectorMode;
use cd_format::session::DiscType;
use cd_format::sub_channel::{Isrc, Mcn, SessionLayout, TrackLayout};
use cd_format::{Control, Lba};
use serde::Deserialize;

use crate::decoded::Decoded;
use crate::error::ImageError;
use crate::place::Place;
use crate::sheet_encoding::SheetEncoding;

/// Most frames of a session's program: what the clock counts from 00:00:00 to 99:59:74.
pub const MOST_FRAMES: u64 = 450_000;

/// A session, as an image describes it.
#[derive(Clone, Debug, Default, Eq, PartialEq)]
pub struct Layout {
    /// What the disc is meant for.
    pub disc_type: DiscType,
    /// The disc's catalogue number.
    pub mcn: Option<Mcn>,
    /// What the disc is called.
    pub text: Text,
    /// The tracks, in order, numbers running.
    pub tracks: Vec<Track>,
    /// The files that [`PieceData::File`] names by their position here.
    pub files: Vec<DataFile>,
    /// What the sheet is written in, where that is not UTF-8 and no mark says so: as asked for, or a guess.
    pub encoding: Option<SheetEncoding>,
    /// Sub-channels that the image has of its own; without, they are made.
    pub sub_channel: Option<SubChannelFile>,
}

/// What a disc or a track is called: CD-TEXT, as far as it is kept.
#[derive(Clone, Debug, Default, Eq, PartialEq)]
pub struct Text {
    /// Its title.
    pub title: Option<String>,
    /// Who performs.
    pub performer: Option<String>,
}

/// A track.
#[derive(Clone, Debug, Eq, PartialEq)]
pub struct Track {
    /// Number, 1 to 99.
    pub number: u8,
    /// What a sector of its pieces is.
    pub mode: TrackMode,
    /// What Q says of it; data exactly when [`mode`](Self::mode) is.
    pub control: Control,
    /// Whether the copy bit alternates (SCMS).
    pub alternate_copy: bool,
    /// The recording's code.
    pub isrc: Option<Isrc>,
    /// What it is called.
    pub text: Text,
    /// Frames of index 0. Of a session's first track at least 150, and the first 150 of them are
    /// those that no sheet mentions, 00:00:00 to 00:01:74.
    pub pregap: u32,
    /// Where index 2, 3, ... begin, in frames from index 1.
    pub indexes: Vec<u32>,
    /// What it consists of, from the first frame of index 0 on.
    pub pieces: Vec<Piece>,
}

/// Consecutive frames of a track from one source.
#[derive(Clone, Debug, Eq, PartialEq)]
pub struct Piece {
    /// How many.
    pub frames: u32,
    /// Where from.
    pub data: PieceData,
}

/// Where frames come from.
#[derive(Clone, Copy, Debug, Eq, PartialEq)]
pub enum PieceData {
    /// Nowhere: silence, or sectors of zeros.
    Zero,
    /// A file.
    File {
        /// Which, in [`Layout::files`].
        file: usize,
        /// How many bytes of its data lie before.
        offset: u64,
    },
}

/// A file with the bytes of sectors.
#[derive(Clone, Debug, Eq, PartialEq)]
pub struct DataFile {
    /// Where it is.
    pub path: PathBuf,
    /// Bytes before the data: a WAVE header.
    pub start: u64,
    /// Bytes of data.
    pub bytes: u64,
    /// Whether the bytes of audio samples lie the other way round, most significant first.
    pub swap: bool,
    /// Where the data is instead, of a file that had to be decoded.
    pub decoded: Option<Decoded>,
}

/// A file with the sub-channels of consecutive frames, channel by channel, 96 bytes a frame.
#[derive(Clone, Debug, Eq, PartialEq)]
pub struct SubChannelFile {
    /// Where it is.
    pub path: PathBuf,
    /// How many frames behind the session's first the file begins.
    pub first: u32,
    /// How many frames it has.
    pub frames: u32,
}

/// What a sector is in a file, and so what has to be added for the disc.
#[derive(Clone, Copy, Debug, Eq, Hash, PartialEq, Deserialize)]
pub enum TrackMode {
    /// 2352 bytes of sound.
    Audio,
    /// Mode 1, 2048 bytes of user data.
    Mode1,
    /// Mode 1 with header, EDC and ECC: 2352 bytes, not scrambled.
    Mode1Raw,
    /// Mode 2, what follows the header: 2336 bytes, sub-header, EDC and ECC among them if any.
    Mode2,
    /// Mode 2 with its header: 2352 bytes, not scrambled.
    Mode2Raw,
    /// Mode 2 form 1, 2048 bytes of user data.
    Mode2Form1,
    /// Mode 2 form 2, 2324 bytes of user data.
    Mode2Form2,
}

impl TrackMode {
    /// Bytes of a sector in a file.
    pub const fn sector_bytes(self) -> usize {
        match self {
            Self::Audio | Self::Mode1Raw | Self::Mode2Raw => 2352,
            Self::Mode1 | Self::Mode2Form1 => 2048,
            Self::Mode2 => 2336,
            Self::Mode2Form2 => 2324,
        }
    }

    /// Whether this is data.
    pub const fn is_data(self) -> bool {
        !matches!(self, Self::Audio)
    }

    /// Whether a file's sector is whole: half of one is then damaged, not short.
    pub const fn is_raw(self) -> bool {
        matches!(self, Self::Mode1Raw | Self::Mode2Raw | Self::Mode2)
    }

    /// What the sectors of a gap are that no file has. All of mode 2 has form 2 there, as drives make
    /// it (MMC "SEND CUE SHEET", data form 24h): an image of raw sectors tells no form of a whole track.
    pub const fn gap_mode(self) -> SectorMode {
        match self {
            Self::Audio => SectorMode::Audio,
            Self::Mode1 | Self::Mode1Raw => SectorMode::Mode1,
            Self::Mode2 | Self::Mode2Raw | Self::Mode2Form1 | Self::Mode2Form2 => SectorMode::Mode2Form2,
        }
    }

    /// CONTROL of a track of which nothing else is said: copying prohibited.
    pub const fn control(self) -> Control {
        if self.is_data() { Control::DATA } else { Control::AUDIO }
    }
}

impl Track {
    /// A track of this mode without a pause, with nothing in it.
    pub const fn new(number: u8, mode: TrackMode) -> Self {
        Self {
            number,
            mode,
            control: mode.control(),
            alternate_copy: false,
            isrc: None,
            text: Text { title: None, performer: None },
            pregap: 0,
            indexes: Vec::new(),
            pieces: Vec::new(),
        }
    }

    /// All its frames, index 0 included.
    pub fn frames(&self) -> u64 {
        self.pieces.iter().map(|piece| u64::from(piece.frames)).sum()
    }

    /// Frames from a file's byte `offset` on, behind what is there.
    pub(crate) fn push(&mut self, frames: u64, data: PieceData) -> Result<(), ImageError> {
        if frames == 0 {
            return Ok(());
        }
        let frames = u32::try_from(frames).ok().filter(|frames| u64::from(*frames) <= MOST_FRAMES);
        let Some(frames) = frames else {
            return Err(ImageError::track(self.number, "at most 450000 frames", "more"));
        };
        self.pieces.push(Piece { frames, data });
        Ok(())
    }
}

impl DataFile {
    /// Frames of `sector` bytes each from `offset` on, the last of them possibly short.
    pub(crate) fn frames_from(&self, offset: u64, sector: usize) -> u64 {
        self.bytes.saturating_sub(offset).div_ceil(sector as u64)
    }
}

impl Layout {
    /// The first title or performer with a letter that ISO 8859-1 has not, and so CD-TEXT as it is made here
    /// has not either: a question mark will stand for it.
    pub fn text_beyond_latin_1(&self) -> Option<&str> {
        let texts = [&self.text].into_iter().chain(self.tracks.iter().map(|track| &track.text));
        let mut words = texts.flat_map(|text| [&text.title, &text.performer]).flatten();
        words.find(|words| words.chars().any(|c| u8::try_from(u32::from(c)).is_err())).map(String::as_str)
    }

    /// Frames of the program, pauses included.
    pub fn frames(&self) -> u64 {
        self.tracks.iter().map(Track::frames).sum()
    }

    /// Checks what the rest builds upon: tracks have frames, index 1 among them, files have the bytes.
    pub fn check(&self) -> Result<(), ImageError> {
        let frames = self.frames();
        if frames > MOST_FRAMES {
            let last = self.tracks.last().map_or(0, |track| track.number);
            return Err(ImageError::track(last, "at most 450000 frames on the disc", frames.to_string()));
        }
        for (n, track) in self.tracks.iter().enumerate() {
            self.check_track(track, n == 0)?;
        }
        Ok(())
    }

    fn check_track(&self, track: &Track, is_first: bool) -> Result<(), ImageError> {
        let wrong = |expected: &str, seen: String| Err(ImageError::track(track.number, expected, seen));
        if track.control.is_data() != track.mode.is_data() {
            return wrong("CONTROL and mode to be both data or both audio", format!("{:?}", track.control));
        }
        if is_first && track.pregap < 150 {
            return wrong("a pregap of at least 150 frames", track.pregap.to_string());
        }
        if track.frames() <= u64::from(track.pregap) {
            let seen = format!("{} frames, {} of them pregap", track.frames(), track.pregap);
            return wrong("at least one frame behind the pregap", seen);
        }
        if let Some(index) =
            track.indexes.iter().find(|index| u64::from(**index) >= track.frames() - u64::from(track.pregap))
        {
            return wrong("every index within the track", format!("one at frame {index}"));
        }
        for piece in &track.pieces {
            let PieceData::File { file, offset } = piece.data else { continue };
            let Some(data) = self.files.get(file) else {
                return wrong("a file of the layout", format!("number {file} of {}", self.files.len()));
            };
            let there = data.frames_from(offset, track.mode.sector_bytes());
            if u64::from(piece.frames) > there {
                let expected = format!("{} sectors from byte {offset} on", piece.frames);
                return Err(ImageError::content(&data.path, expected, format!("{there}")));
            }
            let end = u64::from(piece.frames) * track.mode.sector_bytes() as u64;
            if track.mode.is_raw() && offset.saturating_add(end) > data.bytes {
                let expected = format!("whole sectors of {} bytes", track.mode.sector_bytes());
                let seen = format!(
                    "{} bytes behind the last",
                    (data.bytes - offset) % track.mode.sector_bytes() as u64
                );
                return Err(ImageError::content(&data.path, expected, seen));
            }
        }
        Ok(())
    }

    /// Tracks and indexes by their addresses, when the session lies at `place`.
    pub fn session_layout(&self, place: &Place) -> Result<SessionLayout, ImageError> {
        self.check()?;
        let mut at = place.program;
        let mut tracks = Vec::new();
        for track in &self.tracks {
            // At most 450000, as checked.
            let start = at + track.pregap as i32;
            tracks.push(TrackLayout {
                number: track.number,
                control: track.control,
                alternate_copy: track.alternate_copy,
                pregap: at,
                start,
                indexes: track
                    .indexes
                    .iter()
                    .map(|index| Lba(start.0.saturating_add_unsigned(*index)))
                    .collect(),
                isrc: track.isrc,
            });
            at = at + track.frames() as i32;
        }
        Ok(SessionLayout {
            lead_in: place.lead_in,
            tracks,
            lead_out: at,
            lead_out_frames: place.lead_out_frames,
            mcn: self.mcn,
        })
    }
}
