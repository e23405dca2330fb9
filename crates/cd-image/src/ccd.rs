//! CCD, IMG and SUB, as CloneCD writes them: a text in the manner of an INI file, 2352 bytes a sector, and
//! 96 bytes of sub-channels a sector, channel by channel.
//!
//! The entries of the table of contents are the authority on where tracks begin, sections `TRACK` on
//! their pauses and indexes. IMG and SUB begin at LBA 0.

use std::path::Path;

use cd_format::address::PREGAP_FRAMES;
use cd_format::session::DiscType;
use cd_format::sub_channel::{Isrc, Mcn, SUB_CHANNEL_BYTES};
use cd_format::{Adr, Control, Point};

use crate::error::{At, ImageError};
use crate::folder::{self, Encoding, ReadOptions};
use crate::layout::{Layout, PieceData, SubChannelFile, Track, TrackMode};
use crate::token::{Fault, shown};

/// Reads a CCD file and looks at the IMG and SUB beside it. A missing SUB is no error: sub-channels are
/// then made.
pub fn read(path: &Path, options: ReadOptions) -> Result<Layout, ImageError> {
    let (text, encoding) = folder::text(path, options)?;
    let sheet = Sheet::parse(&text).map_err(|fault| fault.of(path))?;
    let mut layout = sheet.layout().map_err(|fault| fault.of(path))?;
    layout.encoding = encoding;
    let image = folder::data_file(&path.with_extension("img"), Encoding::Plain)?;
    let end = sheet.lead_out().map_err(|fault| fault.of(path))?;
    if image.bytes != u64::from(end) * 2352 {
        let expected = format!("{end} sectors of 2352 bytes, as the lead-out says");
        return Err(ImageError::content(&image.path, expected, format!("{} bytes", image.bytes)));
    }
    layout.files.push(image);
    let sub = path.with_extension("sub");
    if sub.exists() {
        let file = folder::data_file(&sub, Encoding::Plain)?;
        if file.bytes != u64::from(end) * SUB_CHANNEL_BYTES as u64 {
            let expected = format!("{end} times {SUB_CHANNEL_BYTES} bytes, as the lead-out says");
            return Err(ImageError::content(&sub, expected, format!("{} bytes", file.bytes)));
        }
        let first = PREGAP_FRAMES as u32;
        layout.sub_channel = Some(SubChannelFile { path: sub, first, frames: end });
    }
    layout.check()?;
    Ok(layout)
}

/// The sections, in order.
struct Sheet<'a> {
    sections: Vec<Section<'a>>,
    end: At,
}

/// A section: `[Name]` or `[Name number]`.
struct Section<'a> {
    name: &'a str,
    number: Option<u32>,
    at: At,
    values: Vec<Value<'a>>,
}

/// A line `key=value`.
struct Value<'a> {
    key: &'a str,
    text: &'a str,
    at: At,
}

impl Value<'_> {
    /// A number, decimal or after `0x`, within `least..=most`.
    fn number(&self, least: i64, most: i64) -> Result<i64, Fault> {
        let (digits, sign) = match self.text.strip_prefix('-') {
            Some(digits) => (digits, -1),
            None => (self.text, 1),
        };
        let (digits, radix) = match digits.strip_prefix("0x").or_else(|| digits.strip_prefix("0X")) {
            Some(digits) => (digits, 16),
            None => (digits, 10),
        };
        let number =
            if digits.starts_with(['+', '-']) { None } else { i64::from_str_radix(digits, radix).ok() };
        number
            .and_then(|number| number.checked_mul(sign))
            .filter(|number| (least..=most).contains(number))
            .ok_or_else(|| self.fault(format!("a number from {least} to {most}")))
    }

    fn fault(&self, expected: impl Into<String>) -> Fault {
        Fault::new(self.at, expected, shown(self.text))
    }
}

impl<'a> Section<'a> {
    fn value(&self, key: &str) -> Option<&Value<'a>> {
        self.values.iter().find(|value| value.key.eq_ignore_ascii_case(key))
    }

    fn number(&self, key: &str, least: i64, most: i64) -> Result<i64, Fault> {
        match self.value(key) {
            Some(value) => value.number(least, most),
            None => Err(Fault::new(self.at, format!("{key}= in this section"), "none")),
        }
    }
}

impl<'a> Sheet<'a> {
    fn parse(text: &'a str) -> Result<Self, Fault> {
        let mut sections: Vec<Section<'_>> = Vec::new();
        let mut end = At { line: 1, column: 1 };
        for (line, number) in text.lines().zip(1..) {
            end.line = number + 1;
            let trimmed = line.trim();
            let at = At { line: number, column: 1 + line.chars().take_while(|c| c.is_whitespace()).count() };
            if trimmed.is_empty() || trimmed.starts_with(';') {
                continue;
            }
            if let Some(head) = trimmed.strip_prefix('[') {
                let head = head
                    .strip_suffix(']')
                    .ok_or_else(|| Fault::new(at, "a section as [Name]", shown(trimmed)))?;
                let (name, number) = match head.rsplit_once(' ') {
                    Some((name, number)) => {
                        let number = number
                            .parse()
                            .map_err(|_| Fault::new(at, "a section as [Name number]", shown(trimmed)))?;
                        (name.trim(), Some(number))
                    }
                    None => (head, None),
                };
                sections.push(Section { name, number, at, values: Vec::new() });
                continue;
            }
            let (Some((key, text)), Some(section)) = (trimmed.split_once('='), sections.last_mut()) else {
                let expected = if sections.is_empty() { "a section as [CloneCD]" } else { "key=value" };
                return Err(Fault::new(at, expected, shown(trimmed)));
            };
            let column = 2 + line.chars().take_while(|c| *c != '=').count();
            section.values.push(Value {
                key: key.trim(),
                text: text.trim(),
                at: At { line: number, column },
            });
        }
        Ok(Self { sections, end })
    }

    fn all<'s>(&'s self, name: &'s str) -> impl Iterator<Item = &'s Section<'a>> {
        self.sections.iter().filter(move |section| section.name.eq_ignore_ascii_case(name))
    }

    fn the<'s>(&'s self, name: &'s str) -> Result<&'s Section<'a>, Fault> {
        self.all(name)
            .next()
            .ok_or_else(|| Fault::new(self.end, format!("a section [{name}]"), "end of file"))
    }

    /// The table's entry of this point.
    fn entry(&self, point: Point) -> Result<Option<&Section<'a>>, Fault> {
        for entry in self.all("Entry") {
            let adr = entry.number("ADR", 0, 15)? as u8;
            if adr == Adr::POSITION.nibble() && entry.number("Point", 0, 255)? == i64::from(point.0) {
                return Ok(Some(entry));
            }
        }
        Ok(None)
    }

    /// The first block of the lead-out.
    fn lead_out(&self) -> Result<u32, Fault> {
        let Some(entry) = self.entry(Point::A2)? else {
            return Err(Fault::new(self.end, "an entry of point A2, the lead-out", "end of file"));
        };
        Ok(entry.number("PLBA", 1, 449_849)? as u32)
    }

    fn layout(&self) -> Result<Layout, Fault> {
        self.the("CloneCD")?;
        let disc = self.the("Disc")?;
        for (key, most, what) in [
            (
                "Sessions",
                1,
                "one session (of several, where the later ones lie in IMG and SUB is documented nowhere: they \
                 are not read)",
            ),
            ("DataTracksScrambled", 0, "0: scrambled images are not read"),
        ] {
            if let Some(value) = disc.value(key).filter(|value| value.number(0, most).is_err()) {
                return Err(value.fault(what));
            }
        }
        let mut layout = Layout::default();
        if let Some(catalog) = disc.value("CATALOG") {
            layout.mcn = Some(catalog.text.parse::<Mcn>().map_err(|_| catalog.fault("13 digits"))?);
        }
        if let Some(entry) = self.entry(Point::A0)? {
            layout.disc_type = DiscType(entry.number("PSec", 0, 255)? as u8);
        }
        let end = self.lead_out()?;
        let mut starts = Vec::new();
        for number in 1..=99 {
            if let Some(entry) = self.entry(Point(number))? {
                starts.push((number, entry, entry.number("PLBA", 0, i64::from(end) - 1)? as u32));
            }
        }
        if starts.is_empty() {
            return Err(Fault::new(self.end, "an entry of a track", "end of file"));
        }
        let mut pauses = Vec::new();
        for (number, _, start) in &starts {
            pauses.push(self.index(*number, 0)?.map_or(*start, |index| index.1));
        }
        let mut from = 0;
        for (n, (number, entry, start)) in starts.iter().enumerate() {
            let control = Control::new(entry.number("Control", 0, 15)? as u8);
            let mut track = Track::new(*number, self.mode(*number, control)?);
            track.control = control;
            let next = pauses.get(n + 1).copied().unwrap_or(end);
            if !(from <= *start && *start < next) {
                let expected = format!("track {number} at {from} or later and to end behind its start");
                return Err(Fault::new(entry.at, expected, format!("from {start} to {next}")));
            }
            let implied = if n == 0 { PREGAP_FRAMES as u32 } else { 0 };
            track.pregap = implied + start - from;
            if n == 0 {
                track.pieces.push(crate::layout::Piece { frames: implied, data: PieceData::Zero });
            }
            let data = PieceData::File { file: 0, offset: u64::from(from) * 2352 };
            track.pieces.push(crate::layout::Piece { frames: next - from, data });
            self.rest(&mut track, *start, next)?;
            layout.tracks.push(track);
            from = next;
        }
        Ok(layout)
    }

    fn section_of(&self, track: u8) -> Option<&Section<'a>> {
        self.all("TRACK").find(|section| section.number == Some(track.into()))
    }

    /// An index of a track, if the sheet has it.
    fn index(&self, track: u8, index: u8) -> Result<Option<(&Value<'a>, u32)>, Fault> {
        let key = format!("INDEX {index}");
        let value = self.section_of(track).and_then(|section| section.value(&key));
        value.map(|value| Ok((value, value.number(0, 449_849)? as u32))).transpose()
    }

    /// Indexes above 1, and the recording code.
    fn rest(&self, track: &mut Track, start: u32, end: u32) -> Result<(), Fault> {
        let mut least = start + 1;
        for index in 2..=99 {
            let Some((value, at)) = self.index(track.number, index)? else { break };
            if !(least..end).contains(&at) {
                return Err(value.fault(format!("an index from {least} to {}", end - 1)));
            }
            track.indexes.push(at - start);
            least = at + 1;
        }
        if let Some(isrc) = self.section_of(track.number).and_then(|section| section.value("ISRC")) {
            let code = isrc.text.parse::<Isrc>().map_err(|_| isrc.fault("a recording code, CCOOOYYSSSSS"))?;
            track.isrc = Some(code);
        }
        Ok(())
    }

    fn mode(&self, track: u8, control: Control) -> Result<TrackMode, Fault> {
        let value = self.section_of(track).and_then(|section| section.value("MODE"));
        let mode = value.map(|value| value.number(0, 2)).transpose()?;
        match (mode, control.is_data(), value) {
            (None | Some(0), false, _) => Ok(TrackMode::Audio),
            (Some(2), true, _) => Ok(TrackMode::Mode2Raw),
            (None | Some(1), true, _) => Ok(TrackMode::Mode1Raw),
            (_, true, Some(value)) => Err(value.fault("1 or 2, as CONTROL says data")),
            (_, _, Some(value)) => Err(value.fault("0, as CONTROL says audio")),
            (_, _, None) => Ok(TrackMode::Audio),
        }
    }
}
