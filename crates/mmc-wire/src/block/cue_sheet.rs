//! The cue sheet: what a session at once is to look like, eight bytes an entry.
//!
//! MMC "SEND CUE SHEET Command"; the bytes as burning programs send them. A sheet is what the host
//! says: whether its entries make a session is asked elsewhere.

use cd_format::{Adr, Control};
use nom::Parser;
use nom::combinator::eof;
use nom::multi::many_till;

use super::Block;
use crate::parse::{Fault, FieldError, Input, Parsed, array, run};

mod data_form;
#[cfg(test)]
mod tests;

pub use data_form::{DataForm, MainForm, Sent, SubForm};

/// The plan of a session.
#[derive(Clone, Debug, Default, Eq, PartialEq)]
pub struct CueSheet {
    /// In the order of the sheet.
    pub entries: Vec<CueEntry>,
}

/// One entry.
#[derive(Clone, Copy, Debug, Eq, PartialEq)]
pub enum CueEntry {
    /// ADR 1: from here on.
    Position(CuePosition),
    /// ADR 2: half of the catalogue number. The first has digits 1 to 7, the second 8 to 13 and a
    /// zero, in ASCII.
    Catalogue {
        /// What kind of track; of no meaning here.
        control: Control,
        /// As they came.
        digits: [u8; 7],
    },
    /// ADR 3: half of a track's recording code, six characters in ASCII.
    Recording {
        /// What kind of track; of no meaning here.
        control: Control,
        /// The track.
        track: u8,
        /// As they came.
        characters: [u8; 6],
    },
}

/// Where an index begins, and what is sent from there on.
#[derive(Clone, Copy, Debug, Eq, PartialEq)]
pub struct CuePosition {
    /// What kind of track.
    pub control: Control,
    /// 0 lead-in, 1 to 99, [`LEAD_OUT`](Self::LEAD_OUT); binary.
    pub track: u8,
    /// Index; 0 is the pause.
    pub index: u8,
    /// What the host sends of a block.
    pub form: DataForm,
    /// Serial copy management: [`ALTERNATE_COPY`](Self::ALTERNATE_COPY) or 0.
    pub serial_copy: u8,
    /// Minute, second, frame behind 00:00:00, binary, as they came.
    pub time: [u8; 3],
}

impl CuePosition {
    /// The track number that stands for the lead-out.
    pub const LEAD_OUT: u8 = 0xAA;
    /// The copy bit alternates: this is a copy, not to be copied again.
    pub const ALTERNATE_COPY: u8 = 0x80;
}

impl CueSheet {
    /// Bytes of an entry.
    pub const ENTRY_BYTES: usize = 8;

    /// Reads a sheet; every byte belongs to it.
    pub fn parse(bytes: &[u8]) -> Result<Self, FieldError> {
        run(bytes, many_till(entry, eof).map(|(entries, _)| Self { entries }))
    }
}

impl Block for CueSheet {
    fn parse(bytes: &[u8]) -> Result<Self, FieldError> {
        Self::parse(bytes)
    }

    fn emit(&self, out: &mut Vec<u8>) {
        for entry in &self.entries {
            out.extend(entry.to_bytes());
        }
    }
}

fn entry(input: Input<'_>) -> Parsed<'_, CueEntry> {
    let (rest, bytes) = array::<{ CueSheet::ENTRY_BYTES }>(input)?;
    let [head, track, index, form, serial_copy, m, s, f] = bytes;
    let control = Control::new(head >> 4);
    let entry = match Adr::new(head) {
        Adr::POSITION => CueEntry::Position(CuePosition {
            control,
            track,
            index,
            form: DataForm(form),
            serial_copy,
            time: [m, s, f],
        }),
        Adr::CATALOGUE => {
            let [_, digits @ ..] = bytes;
            CueEntry::Catalogue { control, digits }
        }
        Adr::ISRC => {
            let [_, _, characters @ ..] = bytes;
            CueEntry::Recording { control, track, characters }
        }
        _ => return Err(Fault::illegal(input, Some(3), "ADR 1, 2 or 3").error()),
    };
    Ok((rest, entry))
}

impl CueEntry {
    /// The entry's eight bytes.
    pub const fn to_bytes(self) -> [u8; CueSheet::ENTRY_BYTES] {
        match self {
            Self::Position(at) => {
                let [m, s, f] = at.time;
                let head = at.control.nibble() << 4 | Adr::POSITION.nibble();
                [head, at.track, at.index, at.form.0, at.serial_copy, m, s, f]
            }
            Self::Catalogue { control, digits: [a, b, c, d, e, f, g] } => {
                [control.nibble() << 4 | Adr::CATALOGUE.nibble(), a, b, c, d, e, f, g]
            }
            Self::Recording { control, track, characters: [a, b, c, d, e, f] } => {
                [control.nibble() << 4 | Adr::ISRC.nibble(), track, a, b, c, d, e, f]
            }
        }
    }
}
