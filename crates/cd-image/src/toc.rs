//! TOC files, as the manual page cdrdao(1) has them (section "TOC FILES").
//!
//! Beyond the page, `#offset` (bytes to skip in a file) and `SWAP` are read, which programs write. What
//! comes out of a pipe (`FIFO`) or with sub-channels (`RW`, `RW_RAW`) is refused. Of CD-TEXT, title and
//! performer of the first language are kept.

use std::path::Path;

use cd_format::address::PREGAP_FRAMES;
use cd_format::session::DiscType;
use cd_format::sub_channel::{Isrc, Mcn};
use cd_format::{Control, Msf};

use crate::error::{At, ImageError};
use crate::folder::{self, Encoding, Folder, ReadOptions};
use crate::layout::{DataFile, Layout, PieceData, Text, Track, TrackMode};
use crate::token::{self, Fault, Kind, Token, Tokens};

/// The track modes by their names.
const MODES: [(&str, TrackMode); 8] = [
    ("AUDIO", TrackMode::Audio),
    ("MODE1", TrackMode::Mode1),
    ("MODE1_RAW", TrackMode::Mode1Raw),
    ("MODE2", TrackMode::Mode2),
    ("MODE2_FORM1", TrackMode::Mode2Form1),
    ("MODE2_FORM2", TrackMode::Mode2Form2),
    ("MODE2_FORM_MIX", TrackMode::Mode2),
    ("MODE2_RAW", TrackMode::Mode2Raw),
];

/// Bytes of an audio sample of both channels.
const SAMPLE: u64 = 4;

/// Most tokens of samples or bytes: more than a disc has.
const MOST_BYTES: u64 = 1 << 40;

/// Reads a TOC file and looks at the files that it names.
pub fn read(path: &Path, options: ReadOptions) -> Result<Layout, ImageError> {
    let (text, encoding) = folder::text(path, options)?;
    let folder = Folder::of(path, options);
    let mut tokens = token::of_toc(&text).map_err(|fault| fault.of(path))?;
    let mut layout = head(&mut tokens).map_err(|fault| fault.of(path))?;
    layout.encoding = encoding;
    while tokens.peek().is_some() {
        let track = layout.tracks.last();
        let (mut open, implied) = match track {
            Some(last) if last.number >= 99 => {
                let fault =
                    tokens.next("end of file").map(|token| token.fault("end of file behind track 99"));
                return Err(fault.unwrap_or_else(|fault| fault).of(path));
            }
            Some(last) => (Open::new(last.number + 1), 0),
            None => (Open::new(1), PREGAP_FRAMES as u32),
        };
        open.head(&mut tokens).map_err(|fault| fault.of(path))?;
        open.track.push(implied.into(), PieceData::Zero)?;
        while let Some(statement) = open.statement(&mut tokens).map_err(|fault| fault.of(path))? {
            open.add(&statement, &folder, &mut layout.files, path)?;
        }
        if let Some(start) = open.start {
            open.track.pregap = start;
        }
        open.track.pregap += implied;
        layout.tracks.push(open.track);
    }
    layout.check()?;
    Ok(layout)
}

/// What stands before the first track.
fn head(tokens: &mut Tokens<'_>) -> Result<Layout, Fault> {
    const EXPECTED: &str = "CATALOG, CD_DA, CD_ROM, CD_ROM_XA, CD_I, CD_TEXT or TRACK";
    let mut layout = Layout::default();
    loop {
        match tokens.peek() {
            Some(token) if token.is("TRACK") => return Ok(layout),
            _ => {}
        }
        let token = tokens.next(EXPECTED)?;
        if token.is("CATALOG") {
            let mcn = tokens.next("13 digits")?;
            layout.mcn = Some(mcn.text.parse::<Mcn>().map_err(|_| mcn.fault("13 digits"))?);
        } else if token.is("CD_DA") || token.is("CD_ROM") {
            layout.disc_type = DiscType::CD_ROM;
        } else if token.is("CD_ROM_XA") {
            layout.disc_type = DiscType::CD_ROM_XA;
        } else if token.is("CD_I") {
            layout.disc_type = DiscType::CD_I;
        } else if token.is("CD_TEXT") {
            layout.text = cd_text(tokens)?;
        } else {
            return Err(token.fault(EXPECTED));
        }
    }
}

/// A block behind `CD_TEXT`, whatever is in it.
fn cd_text(tokens: &mut Tokens<'_>) -> Result<Text, Fault> {
    let mut text = Text::default();
    let mut depth = 0_usize;
    loop {
        let token = tokens.next("} at the end of CD_TEXT")?;
        if token.is("{") {
            depth += 1;
        } else if depth == 0 {
            return Err(token.fault("{"));
        } else if token.is("}") {
            depth -= 1;
            if depth == 0 {
                return Ok(text);
            }
        } else if depth == 2 {
            let kept = [("TITLE", &mut text.title), ("PERFORMER", &mut text.performer)];
            if let Some((_, kept)) = kept.into_iter().find(|(word, _)| token.is(word)) {
                let value = tokens.next("a text between quotes")?;
                if value.kind != Kind::Quoted {
                    return Err(value.fault("a text between quotes"));
                }
                kept.get_or_insert_with(|| unescaped(value.text));
            }
        }
    }
}

/// `\"` and `\\`, and `\ooo` for a character of ISO 8859-1.
fn unescaped(text: &str) -> String {
    let mut out = String::new();
    let mut rest = text;
    while let Some((plain, escaped)) = rest.split_once('\\') {
        out.push_str(plain);
        let digits = escaped.get(..3).filter(|digits| digits.bytes().all(|byte| byte.is_ascii_digit()));
        let octal = digits.and_then(|digits| u8::from_str_radix(digits, 8).ok());
        rest = match (octal, escaped.chars().next()) {
            (Some(byte), _) => {
                out.push(char::from(byte));
                &escaped[3..]
            }
            (None, Some(c)) => {
                out.push(c);
                &escaped[c.len_utf8()..]
            }
            (None, None) => "",
        };
    }
    out.push_str(rest);
    out
}

/// A track that is being read.
struct Open {
    track: Track,
    /// Frames of index 0 as `START` has them.
    start: Option<u32>,
    /// Frames so far.
    frames: u64,
    /// Whether the last of them has not all its bytes.
    is_short: bool,
}

/// Data of a track.
struct Statement<'a> {
    /// The file, or nothing for zeros.
    name: Option<Token<'a>>,
    swap: bool,
    /// Bytes to skip.
    offset: u64,
    /// How many bytes.
    bytes: Option<u64>,
    at: At,
}

impl Open {
    fn new(number: u8) -> Self {
        Self { track: Track::new(number, TrackMode::Audio), start: None, frames: 0, is_short: false }
    }

    /// `TRACK` and the flags behind it.
    fn head(&mut self, tokens: &mut Tokens<'_>) -> Result<(), Fault> {
        let word = tokens.next("TRACK")?;
        if !word.is("TRACK") {
            return Err(word.fault("TRACK, or a statement of a track"));
        }
        let mode = tokens.next("a track mode")?;
        let Some((_, found)) = MODES.iter().find(|(name, _)| mode.is(name)) else {
            return Err(mode.fault(format!("one of {}", MODES.map(|(name, _)| name).join(", "))));
        };
        self.track = Track::new(self.track.number, *found);
        if let Some(sub) = tokens.peek().filter(|token| token.is("RW") || token.is("RW_RAW")) {
            return Err(sub.fault("a track without sub-channels: those of a TOC file are not read"));
        }
        self.flags(tokens)
    }

    fn flags(&mut self, tokens: &mut Tokens<'_>) -> Result<(), Fault> {
        let track = &mut self.track;
        let audio = !track.mode.is_data();
        loop {
            let set = |control: Control, bit: u8, on: bool| {
                Control::new(if on { control.nibble() | bit } else { control.nibble() & !bit })
            };
            let on = !tokens.take("NO");
            if tokens.take("COPY") {
                track.control = track.control.with_copy(on);
            } else if audio && tokens.take("PRE_EMPHASIS") {
                track.control = set(track.control, 1, on);
            } else if !on {
                return Err(tokens.next("COPY or PRE_EMPHASIS")?.fault("COPY or PRE_EMPHASIS"));
            } else if audio && tokens.take("TWO_CHANNEL_AUDIO") {
                track.control = set(track.control, 8, false);
            } else if audio && tokens.take("FOUR_CHANNEL_AUDIO") {
                track.control = set(track.control, 8, true);
            } else if tokens.take("ISRC") {
                let isrc = tokens.next("a recording code")?;
                let expected = "a recording code, CCOOOYYSSSSS";
                track.isrc = Some(isrc.text.parse::<Isrc>().map_err(|_| isrc.fault(expected))?);
            } else if tokens.take("CD_TEXT") {
                track.text = cd_text(tokens)?;
            } else {
                return Ok(());
            }
        }
    }

    /// The next statement with data; others are obeyed. Nothing at the end of the track.
    fn statement<'a>(&mut self, tokens: &mut Tokens<'a>) -> Result<Option<Statement<'a>>, Fault> {
        loop {
            let Some(next) = tokens.peek().filter(|token| !token.is("TRACK")) else { return Ok(None) };
            let at = next.at;
            if tokens.take("START") {
                let given = match tokens.peek() {
                    Some(time) if is_time(time) => Some(tokens.next("a time")?.frames("a time")?),
                    _ => None,
                };
                self.set_start(at, given.map_or(self.frames, u64::from))?;
            } else if tokens.take("PREGAP") {
                let frames = tokens.next("a length")?.frames("a length")?;
                if self.frames > 0 {
                    return Err(Fault::new(at, "PREGAP before the track's data", "data before it"));
                }
                self.set_start(at, frames.into())?;
                let bytes = Some(u64::from(frames) * self.track.mode.sector_bytes() as u64);
                return Ok(Some(Statement { name: None, swap: false, offset: 0, bytes, at }));
            } else if tokens.take("INDEX") {
                let time = tokens.next("a time")?;
                let frames = time.frames("a time behind the track's start")?;
                if self.track.indexes.last().map_or(0, |last| *last) >= frames {
                    return Err(time.fault("a time behind the last index"));
                }
                self.track.indexes.push(frames);
            } else {
                return self.data(tokens).map(Some);
            }
        }
    }

    fn set_start(&mut self, at: At, frames: u64) -> Result<(), Fault> {
        if self.start.is_some() {
            return Err(Fault::new(at, "one START or PREGAP", "a second one"));
        }
        // More is refused with the data.
        self.start = Some(u32::try_from(frames).unwrap_or(u32::MAX - PREGAP_FRAMES as u32));
        Ok(())
    }

    fn data<'a>(&self, tokens: &mut Tokens<'a>) -> Result<Statement<'a>, Fault> {
        let audio = !self.track.mode.is_data();
        let expected = if audio {
            "FILE, AUDIOFILE, SILENCE, ZERO, START, PREGAP, INDEX or TRACK"
        } else {
            "DATAFILE, ZERO, START, PREGAP, INDEX or TRACK"
        };
        let word = tokens.next(expected)?;
        let mut statement = Statement { name: None, swap: false, offset: 0, bytes: None, at: word.at };
        if word.is("ZERO") || (audio && word.is("SILENCE")) {
            let length = tokens.next("a length")?;
            statement.bytes = Some(self.bytes(&length)?);
            return Ok(statement);
        }
        let is_file = if audio { word.is("FILE") || word.is("AUDIOFILE") } else { word.is("DATAFILE") };
        if !is_file {
            return Err(word.fault(expected));
        }
        let name = tokens.next("the name of a file between quotes")?;
        if name.kind != Kind::Quoted {
            return Err(name.fault("the name of a file between quotes"));
        }
        statement.name = Some(name);
        statement.swap = audio && tokens.take("SWAP");
        if let Some(text) = tokens.peek().and_then(|token| token.text.strip_prefix('#')) {
            let token = tokens.next("bytes to skip")?;
            statement.offset = Token { text, ..token }.number("bytes to skip, behind #", MOST_BYTES)?;
        }
        if audio {
            let start = tokens.next("where to start in the file")?;
            statement.offset += self.bytes(&start)?;
        }
        if tokens.peek().is_some_and(|token| is_time(token) || is_number(token)) {
            let length = tokens.next("a length")?;
            // Audio: 0 is all there is.
            statement.bytes = Some(self.bytes(&length)?).filter(|bytes| *bytes > 0 || !audio);
        }
        Ok(statement)
    }

    /// A length or a position: `MM:SS:FF` in blocks, else samples of audio, or bytes of data.
    fn bytes(&self, token: &Token<'_>) -> Result<u64, Fault> {
        if is_time(token) {
            return Ok(u64::from(token.frames("a length")?) * self.track.mode.sector_bytes() as u64);
        }
        let (unit, what) = match self.track.mode.is_data() {
            true => (1, "MM:SS:FF, or a number of bytes"),
            false => (SAMPLE, "MM:SS:FF, or a number of samples"),
        };
        Ok(token.number(what, MOST_BYTES / SAMPLE)? * unit)
    }

    /// Adds the statement's frames.
    fn add(
        &mut self,
        statement: &Statement<'_>,
        folder: &Folder,
        files: &mut Vec<DataFile>,
        path: &Path,
    ) -> Result<(), ImageError> {
        let fault = |expected: &str, seen: String| Err(Fault::new(statement.at, expected, seen).of(path));
        if self.is_short {
            return fault("whole blocks before further data", "the beginning of one".to_owned());
        }
        let (bytes, data) = match &statement.name {
            None => (statement.bytes.unwrap_or(0), PieceData::Zero),
            Some(name) => {
                let audio = !self.track.mode.is_data();
                let text = unescaped(name.text);
                let with_header = Encoding::of_audio(&text).filter(|_| audio);
                let encoding = match (with_header, audio && !statement.swap) {
                    (Some(encoding), _) => encoding,
                    (None, true) => Encoding::Swapped,
                    (None, false) => Encoding::Plain,
                };
                let mut file = folder.file(&Token { text: &text, kind: name.kind, at: name.at }, encoding)?;
                file.swap ^= with_header.is_some() && statement.swap;
                let there = file.bytes.saturating_sub(statement.offset);
                let bytes = statement.bytes.unwrap_or(there);
                if bytes == 0 || bytes > there {
                    return fault(
                        "a part of the file that has bytes",
                        format!("{bytes} of the {there} bytes behind its start"),
                    );
                }
                file.start = file.start.saturating_add(statement.offset);
                file.bytes = bytes;
                files.push(file);
                (bytes, PieceData::File { file: files.len() - 1, offset: 0 })
            }
        };
        let sector = self.track.mode.sector_bytes() as u64;
        self.is_short = !bytes.is_multiple_of(sector);
        self.frames += bytes.div_ceil(sector);
        self.track.push(bytes.div_ceil(sector), data)
    }
}

fn is_time(token: &Token<'_>) -> bool {
    token.kind == Kind::Word && (token.text.contains(':') || token.text.parse::<Msf>().is_ok())
}

fn is_number(token: &Token<'_>) -> bool {
    token.kind == Kind::Word && token.text.starts_with(|c: char| c.is_ascii_digit())
}
