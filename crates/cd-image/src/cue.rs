//! CUE sheets, as CDRWIN's manual has them (appendix "Cuesheet Commands").
//!
//! What that leaves open is read as ripping programs write it: a first track's `INDEX 00` and
//! `PREGAP` come on top of the two seconds before 00:02:00, which are in no file; `FILE` may stand
//! between two indexes of a track; a title may have quotes in it.

use std::path::Path;

use cd_format::session::DiscType;
use cd_format::sub_channel::{Isrc, Mcn};
use cd_format::{Control, address::PREGAP_FRAMES};

use crate::error::{At, ImageError};
use crate::folder::{self, Encoding, Folder, ReadOptions};
use crate::layout::{Layout, PieceData, Text, Track, TrackMode};
use crate::token::{self, Fault, Token, Tokens, shown};

/// The track modes by their names in a sheet.
const MODES: [(&str, TrackMode); 9] = [
    ("AUDIO", TrackMode::Audio),
    ("MODE1/2048", TrackMode::Mode1),
    ("MODE1/2352", TrackMode::Mode1Raw),
    ("MODE2/2048", TrackMode::Mode2Form1),
    ("MODE2/2324", TrackMode::Mode2Form2),
    ("MODE2/2336", TrackMode::Mode2),
    ("MODE2/2352", TrackMode::Mode2Raw),
    ("CDI/2336", TrackMode::Mode2),
    ("CDI/2352", TrackMode::Mode2Raw),
];

const COMMANDS: &str = "FILE, TRACK, INDEX, PREGAP, POSTGAP, FLAGS, ISRC, CATALOG, TITLE, PERFORMER, \
                        SONGWRITER, CDTEXTFILE or REM";

/// What a file may be. MP3, which the manual has too, is not.
const FILE_TYPES: &str = "BINARY, MOTOROLA, WAVE, AIFF or FLAC (MP3 has to be decoded first)";

/// Reads a CUE sheet and looks at the files that it names.
pub fn read(path: &Path, options: ReadOptions) -> Result<Layout, ImageError> {
    let (text, encoding) = folder::text(path, options)?;
    let mut sheet = Sheet::default();
    sheet.layout.encoding = encoding;
    let folder = Folder::of(path, options);
    for (line, number) in text.lines().zip(1..) {
        sheet.line(line, number, path, &folder)?;
    }
    sheet.finish(text.lines().count() + 1).map_err(|trouble| match trouble {
        Trouble::Fault(fault) => fault.of(path),
        Trouble::Image(error) => error,
    })
}

/// A complaint about the sheet, or about more than the sheet.
enum Trouble {
    Fault(Fault),
    Image(ImageError),
}

impl From<Fault> for Trouble {
    fn from(fault: Fault) -> Self {
        Self::Fault(fault)
    }
}

impl From<ImageError> for Trouble {
    fn from(error: ImageError) -> Self {
        Self::Image(error)
    }
}

/// What was read so far.
#[derive(Default)]
struct Sheet {
    layout: Layout,
    tracks: Vec<Entry>,
}

/// A track as the sheet has it.
struct Entry {
    track: Track,
    at: At,
    pregap: u32,
    postgap: u32,
    indexes: Vec<Index>,
}

/// A line `INDEX`.
struct Index {
    number: u8,
    file: usize,
    frame: u32,
    at: At,
}

impl Sheet {
    fn line(&mut self, line: &str, number: usize, path: &Path, folder: &Folder) -> Result<(), ImageError> {
        let start = line.trim_start();
        let (command, rest) = start.split_once(char::is_whitespace).unwrap_or((start, ""));
        if command.is_empty()
            || ["REM", "SONGWRITER", "CDTEXTFILE"].iter().any(|word| command.eq_ignore_ascii_case(word))
        {
            return Ok(());
        }
        if let Some(text) = self.text(command) {
            let rest = rest.trim();
            let bare = rest.strip_prefix('"').and_then(|rest| rest.strip_suffix('"')).unwrap_or(rest);
            *text = Some(bare.to_owned());
            return Ok(());
        }
        let mut tokens = token::of_line(line, number).map_err(|fault| fault.of(path))?;
        let command = tokens.next(COMMANDS).map_err(|fault| fault.of(path))?;
        if command.is("FILE") {
            let (name, encoding) = file(tokens).map_err(|fault| fault.of(path))?;
            self.layout.files.push(folder.file(&name, encoding)?);
            return Ok(());
        }
        self.command(&command, tokens).map_err(|fault| fault.of(path))
    }

    /// Where the text of this command goes, if it has one.
    fn text(&mut self, command: &str) -> Option<&mut Option<String>> {
        let text = match self.tracks.last_mut() {
            Some(entry) => &mut entry.track.text,
            None => &mut self.layout.text,
        };
        let Text { title, performer } = text;
        match command {
            _ if command.eq_ignore_ascii_case("TITLE") => Some(title),
            _ if command.eq_ignore_ascii_case("PERFORMER") => Some(performer),
            _ => None,
        }
    }

    fn command(&mut self, command: &Token<'_>, mut tokens: Tokens<'_>) -> Result<(), Fault> {
        if command.is("CATALOG") {
            let mcn = tokens.next("13 digits")?;
            self.layout.mcn = Some(mcn.text.parse::<Mcn>().map_err(|_| mcn.fault("13 digits"))?);
        } else if command.is("TRACK") {
            self.track(&mut tokens)?;
        } else {
            let Some(entry) = self.tracks.last_mut() else {
                let known =
                    ["INDEX", "PREGAP", "POSTGAP", "FLAGS", "ISRC"].iter().any(|word| command.is(word));
                return Err(command.fault(if known { "TRACK before this" } else { COMMANDS }));
            };
            entry.command(command, &mut tokens, self.layout.files.len())?;
        }
        tokens.finish()
    }

    fn track(&mut self, tokens: &mut Tokens<'_>) -> Result<(), Fault> {
        let number = tokens.next("a track number")?;
        let value = number.number("a track number, 1 to 99", 99)? as u8;
        let follows = match self.tracks.last() {
            Some(last) => last.track.number.checked_add(1) == Some(value),
            None => value > 0,
        };
        if !follows {
            let next =
                self.tracks.last().map_or("1 to 99".to_owned(), |last| (last.track.number + 1).to_string());
            return Err(number.fault(format!("track {next}")));
        }
        let mode = tokens.next("a track mode")?;
        let Some((name, found)) = MODES.iter().find(|(name, _)| mode.is(name)) else {
            return Err(mode.fault(format!("one of {}", MODES.map(|(name, _)| name).join(", "))));
        };
        match (name.split('/').next(), self.layout.disc_type) {
            (Some("CDI"), _) => self.layout.disc_type = DiscType::CD_I,
            (Some("MODE2"), DiscType::CD_ROM) => self.layout.disc_type = DiscType::CD_ROM_XA,
            _ => {}
        }
        let track = Track::new(value, *found);
        self.tracks.push(Entry { track, at: number.at, pregap: 0, postgap: 0, indexes: Vec::new() });
        Ok(())
    }

    fn finish(mut self, end: usize) -> Result<Layout, Trouble> {
        if self.tracks.is_empty() {
            return Err(Fault::new(At { line: end, column: 1 }, "TRACK", "end of file").into());
        }
        let offsets = self.offsets()?;
        // Index by index, in the sheet's order: where each begins, and how many frames it has.
        let mut extents = offsets.into_iter();
        for (n, entry) in self.tracks.iter_mut().enumerate() {
            let Entry { track, pregap, postgap, indexes, .. } = entry;
            let implied = if n == 0 { PREGAP_FRAMES as u32 } else { 0 };
            track.pregap = implied + *pregap;
            track.push(u64::from(track.pregap), PieceData::Zero)?;
            let mut from_start = 0;
            for (index, (offset, frames)) in indexes.iter().zip(&mut extents) {
                track.push(frames, PieceData::File { file: index.file, offset })?;
                // `push` took no more than 450000.
                match index.number {
                    0 => track.pregap += frames as u32,
                    1 => from_start = frames as u32,
                    _ => {
                        track.indexes.push(from_start);
                        from_start += frames as u32;
                    }
                }
            }
            track.push(u64::from(*postgap), PieceData::Zero)?;
        }
        self.layout.tracks = self.tracks.into_iter().map(|entry| entry.track).collect();
        self.layout.check()?;
        Ok(self.layout)
    }

    /// Byte offset and frames of every index. Sectors of several sizes may follow one another in a
    /// file, so each offset rests on the one before.
    fn offsets(&self) -> Result<Vec<(u64, u64)>, Fault> {
        if let Some(entry) =
            self.tracks.iter().find(|entry| entry.indexes.last().is_none_or(|last| last.number == 0))
        {
            let seen = format!("track {} without one", entry.track.number);
            return Err(Fault::new(entry.at, "INDEX 01 in every track", seen));
        }
        let all: Vec<(&Index, TrackMode)> = self
            .tracks
            .iter()
            .flat_map(|entry| entry.indexes.iter().map(|index| (index, entry.track.mode)))
            .collect();
        let mut offsets = Vec::with_capacity(all.len());
        let mut offset = 0;
        for (n, (index, mode)) in all.iter().enumerate() {
            let sector = mode.sector_bytes();
            let there = self.layout.files.get(index.file).map_or(0, |file| file.frames_from(offset, sector));
            let next = all.get(n + 1).map(|(next, _)| *next).filter(|next| next.file == index.file);
            let is_first =
                n.checked_sub(1).and_then(|n| all.get(n)).is_none_or(|(last, _)| last.file != index.file);
            if is_first && index.frame != 0 {
                let seen = format!("frame {}", index.frame);
                return Err(Fault::new(index.at, "00:00:00 as the first index of a file", seen));
            }
            let frames = match next {
                Some(next) if next.frame <= index.frame => {
                    let seen = format!("one {} frames before", index.frame - next.frame);
                    return Err(Fault::new(next.at, "an index behind the last one", seen));
                }
                Some(next) => u64::from(next.frame - index.frame),
                None => there,
            };
            if frames == 0 || frames > there {
                let at = next.map_or(index.at, |next| next.at);
                let expected = format!("an index within the file, of which {there} frames are left there");
                return Err(Fault::new(at, expected, format!("{frames} frames asked for")));
            }
            offsets.push((offset, frames));
            offset = if next.is_some() { offset + frames * sector as u64 } else { 0 };
        }
        Ok(offsets)
    }
}

impl Entry {
    fn command(&mut self, command: &Token<'_>, tokens: &mut Tokens<'_>, files: usize) -> Result<(), Fault> {
        if command.is("INDEX") {
            let number = tokens.next("an index number")?;
            let value = number.number("an index number, 0 to 99", 99)? as u8;
            let fits = match self.indexes.last() {
                Some(last) => last.number + 1 == value,
                None => value <= 1,
            };
            if !fits {
                let next =
                    self.indexes.last().map_or("0 or 1".to_owned(), |last| (last.number + 1).to_string());
                return Err(number.fault(format!("index {next}")));
            }
            let Some(file) = files.checked_sub(1) else { return Err(command.fault("FILE before this")) };
            let frame = tokens.next("a time in the file")?.frames("a time in the file")?;
            self.indexes.push(Index { number: value, file, frame, at: number.at });
        } else if command.is("PREGAP") {
            self.pregap = tokens.next("a length")?.frames("a length")?;
        } else if command.is("POSTGAP") {
            self.postgap = tokens.next("a length")?.frames("a length")?;
        } else if command.is("ISRC") {
            let isrc = tokens.next("a recording code")?;
            let expected = "a recording code, CCOOOYYSSSSS";
            self.track.isrc = Some(isrc.text.parse::<Isrc>().map_err(|_| isrc.fault(expected))?);
        } else if command.is("FLAGS") {
            while tokens.peek().is_some() {
                self.flag(&tokens.next("a flag")?)?;
            }
        } else {
            return Err(command.fault(COMMANDS));
        }
        Ok(())
    }

    fn flag(&mut self, flag: &Token<'_>) -> Result<(), Fault> {
        let track = &mut self.track;
        let audio = !track.mode.is_data();
        let set = |control: Control, bit| Control::new(control.nibble() | bit);
        if flag.is("DCP") {
            track.control = track.control.with_copy(true);
        } else if flag.is("PRE") && audio {
            track.control = set(track.control, 1);
        } else if flag.is("4CH") && audio {
            track.control = set(track.control, 8);
        } else if flag.is("SCMS") {
            track.alternate_copy = true;
        } else if audio || !flag.is("DATA") {
            return Err(flag.fault(if audio { "DCP, PRE, 4CH or SCMS" } else { "DCP, DATA or SCMS" }));
        }
        Ok(())
    }
}

/// Name and encoding of a line `FILE`.
fn file(mut tokens: Tokens<'_>) -> Result<(Token<'_>, Encoding), Fault> {
    let name = tokens.next("the name of a file")?;
    let kind = tokens.next(FILE_TYPES)?;
    let encoding = [
        ("BINARY", Encoding::Plain),
        ("MOTOROLA", Encoding::Swapped),
        ("WAVE", Encoding::Wave),
        ("FLAC", Encoding::Wave),
        ("AIFF", Encoding::Aiff),
    ]
    .into_iter()
    .find(|(word, _)| kind.is(word))
    .ok_or_else(|| Fault::new(kind.at, FILE_TYPES, shown(kind.text)))?
    .1;
    tokens.finish()?;
    Ok((name, encoding))
}
