//! READ SUB-CHANNEL's reply: where playing is, catalogue number, recording code.
//!
//! MMC "READ SUB-CHANNEL Command"; Microsoft WDK `SUB_Q_CHANNEL_DATA`. The write parameters page
//! has catalogue number and recording code in the same 16 bytes.

use cd_format::{Adr, Control};

use super::Query;
use super::toc::TocAddress;
use crate::command::{ReadSubChannel, SubChannelFormat};
use crate::open_number;
use crate::parse::{FieldError, Input, Parsed, array, run};

#[cfg(test)]
mod tests;

open_number! {
    /// What the audio output does (MMC "READ SUB-CHANNEL Command", audio status).
    AudioStatus(u8) {
        /// Not supported or not valid.
        NOT_VALID = 0x00 "not supported or not valid";
        /// Playing.
        PLAYING = 0x11 "playing";
        /// Paused.
        PAUSED = 0x12 "paused";
        /// Played to the end.
        COMPLETED = 0x13 "completed";
        /// Stopped by an error.
        STOPPED = 0x14 "stopped by an error";
        /// Nothing to tell.
        NONE = 0x15 "no status";
    }
}

macro_rules! code_field {
    ($(#[$doc:meta])* $name:ident $digits:literal) => {
        $(#[$doc])*
        #[derive(Clone, Copy, Debug, Default, Eq, Hash, PartialEq)]
        pub struct $name(pub [u8; 16]);

        impl $name {
            /// The field with this code in it, marked valid.
            pub fn of(code: &[u8; $digits]) -> Self {
                let mut bytes = [0; 16];
                bytes[0] = 0x80;
                bytes[1..=$digits].copy_from_slice(code);
                Self(bytes)
            }

            /// The code, where the field says that it holds one.
            pub fn code(&self) -> Option<[u8; $digits]> {
                let mut code = [0; $digits];
                code.copy_from_slice(&self.0[1..=$digits]);
                self.is_valid().then_some(code)
            }

            /// The code as text, where there is one and it is printable ASCII.
            pub fn text(&self) -> Option<String> {
                let code = self.code()?;
                code.iter().all(u8::is_ascii_graphic).then(|| code.iter().copied().map(char::from).collect())
            }

            /// MCVAL or TCVAL: the field holds a code.
            pub const fn is_valid(&self) -> bool {
                self.0[0] & 0x80 != 0
            }

            /// AFRAME: the frame at which the code was read.
            pub const fn frame(&self) -> u8 {
                self.0[Self::FRAME]
            }
        }
    };
}

code_field! {
    /// A media catalogue number as the wire carries it: validity bit, 13 digits in ASCII, a zero,
    /// the frame at which it was read.
    McnField 13
}

impl McnField {
    const FRAME: usize = 15;
}

code_field! {
    /// A recording code (ISRC) as the wire carries it: validity bit, 12 characters in ASCII, a zero,
    /// the frame at which it was read, a reserved byte.
    IsrcField 12
}

impl IsrcField {
    const FRAME: usize = 14;
}

/// What READ SUB-CHANNEL brings.
#[derive(Clone, Debug, Default, Eq, PartialEq)]
pub struct SubChannel {
    /// What the audio output does.
    pub audio_status: AudioStatus,
    /// What was asked for; `None` where only the header was (SUBQ 0).
    pub data: Option<SubChannelData>,
}

/// What READ SUB-CHANNEL tells.
#[derive(Clone, Debug, Eq, PartialEq)]
pub enum SubChannelData {
    /// Format 01h: where playing is.
    Position(Position),
    /// Format 02h: media catalogue number.
    Mcn(McnField),
    /// Format 03h: a track's recording code.
    Isrc {
        /// ADR of the Q sub-channel.
        adr: Adr,
        /// What kind of track.
        control: Control,
        /// Track, 1 to 99.
        track: u8,
        /// The code.
        isrc: IsrcField,
    },
    /// Another format, bytes behind the format code as they stand.
    Other(SubChannelFormat, Vec<u8>),
}

/// Where playing is.
#[derive(Clone, Copy, Debug, Eq, Hash, PartialEq)]
pub struct Position {
    /// ADR of the Q sub-channel.
    pub adr: Adr,
    /// What kind of track.
    pub control: Control,
    /// Track, binary.
    pub track: u8,
    /// Index, binary.
    pub index: u8,
    /// Place on the disc.
    pub absolute: TocAddress,
    /// Place in the track.
    pub relative: TocAddress,
}

impl SubChannel {
    /// Reads a reply; `msf` is the TIME bit of the CDB.
    pub fn parse(bytes: &[u8], msf: bool) -> Result<Self, FieldError> {
        let whole = match bytes {
            [_, _, hi, lo, ..] => HEADER_BYTES + usize::from(u16::from_be_bytes([*hi, *lo])),
            _ => HEADER_BYTES,
        };
        run(bytes.get(..whole).unwrap_or(bytes), |input| Self::fields(input, msf))
    }

    fn fields(input: Input<'_>, msf: bool) -> Parsed<'_, Self> {
        let (input, [_, audio_status, _, _]) = array::<HEADER_BYTES>(input)?;
        let (rest, data) = match input {
            [] => (input, None),
            [format, body @ ..] => {
                let (rest, data) = SubChannelData::fields(SubChannelFormat(*format), body, msf)?;
                (rest, Some(data))
            }
        };
        Ok((rest, Self { audio_status: AudioStatus(audio_status), data }))
    }

    /// Appends the reply, length computed.
    pub fn emit(&self, out: &mut Vec<u8>) {
        let mut body = Vec::new();
        if let Some(data) = &self.data {
            data.emit(&mut body);
        }
        body.truncate(0xFFFF);
        let [hi, lo] = (body.len() as u16).to_be_bytes();
        out.extend([0, self.audio_status.0, hi, lo]);
        out.append(&mut body);
    }
}

const HEADER_BYTES: usize = 4;

impl SubChannelData {
    fn fields(format: SubChannelFormat, input: Input<'_>, msf: bool) -> Parsed<'_, Self> {
        match format {
            SubChannelFormat::POSITION => {
                let (input, [nibbles, track, index]) = array::<3>(input)?;
                let (input, absolute) = array::<4>(input)?;
                let (input, relative) = array::<4>(input)?;
                let position = Position {
                    adr: Adr::new(nibbles >> 4),
                    control: Control::new(nibbles),
                    track,
                    index,
                    absolute: TocAddress::from_bytes(absolute, msf),
                    relative: TocAddress::from_bytes(relative, msf),
                };
                Ok((input, Self::Position(position)))
            }
            SubChannelFormat::MCN => {
                let (input, _) = array::<3>(input)?;
                let (input, field) = array::<16>(input)?;
                Ok((input, Self::Mcn(McnField(field))))
            }
            SubChannelFormat::ISRC => {
                let (input, [nibbles, track, _]) = array::<3>(input)?;
                let (input, field) = array::<16>(input)?;
                let isrc = Self::Isrc {
                    adr: Adr::new(nibbles >> 4),
                    control: Control::new(nibbles),
                    track,
                    isrc: IsrcField(field),
                };
                Ok((input, isrc))
            }
            _ => Ok((&[], Self::Other(format, input.to_vec()))),
        }
    }

    fn emit(&self, out: &mut Vec<u8>) {
        let nibbles = |adr: Adr, control: Control| adr.nibble() << 4 | control.nibble();
        match self {
            Self::Position(at) => {
                out.extend([SubChannelFormat::POSITION.0, nibbles(at.adr, at.control), at.track, at.index]);
                out.extend(at.absolute.to_bytes());
                out.extend(at.relative.to_bytes());
            }
            Self::Mcn(mcn) => {
                out.extend([SubChannelFormat::MCN.0, 0, 0, 0]);
                out.extend(mcn.0);
            }
            Self::Isrc { adr, control, track, isrc } => {
                out.extend([SubChannelFormat::ISRC.0, nibbles(*adr, *control), *track, 0]);
                out.extend(isrc.0);
            }
            Self::Other(format, body) => {
                out.push(format.0);
                out.extend_from_slice(body);
            }
        }
    }
}

impl Query for ReadSubChannel {
    type Reply = SubChannel;

    fn allocation_bytes(&self) -> usize {
        usize::from(self.allocation)
    }

    fn reply(&self, bytes: &[u8]) -> Result<SubChannel, FieldError> {
        SubChannel::parse(bytes, self.msf)
    }
}
