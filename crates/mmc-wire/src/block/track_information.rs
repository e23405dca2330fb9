//! READ TRACK INFORMATION's reply: what state a track is in.
//!
//! MMC "READ TRACK INFORMATION Command"; Microsoft WDK `TRACK_INFORMATION3` for the bits;
//! Pioneer's DVR-111 (R11) command reference for the 48-byte form.

use cd_format::{Control, Lba};

use super::{Block, Query, declared};
use crate::command::{ReadTrackInformation, TrackAddress};
use crate::open_number;
use crate::parse::{FieldError, Input, Parsed, array, bit, bits, run, take};

#[cfg(test)]
mod tests;

open_number! {
    /// How the track's data is laid out, four bits (MMC "READ TRACK INFORMATION Command", data
    /// mode). Audio is mode 1 on many drives.
    DataMode(u8) {
        /// Mode 1, or audio.
        MODE_1 = 1 "mode 1";
        /// Mode 2.
        MODE_2 = 2 "mode 2";
        /// Nothing there to tell it from.
        UNKNOWN = 0xF "unknown";
    }
}

/// How long the reply is, which grew with the revisions of the standard.
#[derive(Clone, Copy, Debug, Default, Eq, Hash, Ord, PartialEq, PartialOrd)]
pub enum TrackInformationForm {
    /// 28 bytes, up to the track size: MMC and MMC-2.
    Bytes28,
    /// 36 bytes: with the last recorded address, and upper halves of track and session.
    #[default]
    Bytes36,
    /// 40 bytes: with the read compatibility address.
    Bytes40,
    /// 48 bytes: with the addresses of layer jumps, which no CD has.
    Bytes48,
}

impl TrackInformationForm {
    /// Bytes of the reply, the length field included.
    pub const fn bytes(self) -> usize {
        match self {
            Self::Bytes28 => 28,
            Self::Bytes36 => 36,
            Self::Bytes40 => 40,
            Self::Bytes48 => 48,
        }
    }

    const fn of_bytes(bytes: usize) -> Self {
        match bytes {
            48.. => Self::Bytes48,
            40.. => Self::Bytes40,
            // The last two of the 36 are reserved; programs that ask for 34 bytes get all.
            34.. => Self::Bytes36,
            _ => Self::Bytes28,
        }
    }
}

/// What state a track is in.
#[derive(Clone, Debug, Default, Eq, PartialEq)]
pub struct TrackInformation {
    /// How long the reply is. Fields that the form does not reach are 0 or `None`.
    pub form: TrackInformationForm,
    /// Track; 0 the lead-in.
    pub track: u16,
    /// Session.
    pub session: u16,
    /// The track was left open by a failed write.
    pub damage: bool,
    /// Second or higher generation copy; always off.
    pub copy: bool,
    /// What kind of track: CONTROL of its Q sub-channel.
    pub mode: Control,
    /// RT: the track is reserved, or complete.
    pub reserved_track: bool,
    /// The track holds nothing.
    pub blank: bool,
    /// Recorded in packets.
    pub packet: bool,
    /// FP: in packets of one size.
    pub fixed_packet: bool,
    /// How its data is laid out; the low four bits.
    pub data_mode: DataMode,
    /// First user block.
    pub start: Lba,
    /// Where the next write goes. The valid bit is computed.
    pub next_writable: Option<Lba>,
    /// Blocks that can still be written.
    pub free_blocks: u32,
    /// Blocks of a packet, of fixed-packet tracks.
    pub packet_blocks: u32,
    /// Blocks of the track.
    pub track_blocks: u32,
    /// Last recorded block. The valid bit is computed.
    pub last_recorded: Option<Lba>,
    /// Read compatibility address; from the 40-byte form on.
    pub read_compatibility: u32,
    /// Next and last layer jump; the 48-byte form.
    pub layer_jump: [u32; 2],
}

impl TrackInformation {
    /// Bytes that a reply has at least to have: the oldest form.
    pub const MINIMUM_BYTES: usize = 28;

    fn fields(input: Input<'_>) -> Parsed<'_, Self> {
        let (input, _) = take(input, 2, "length of the track information")?;
        let (input, [track, session, _, mode, data, valid]) = array::<6>(input)?;
        let (input, start) = be_u32(input)?;
        let (input, next_writable) = be_u32(input)?;
        let (input, free_blocks) = be_u32(input)?;
        let (input, packet_blocks) = be_u32(input)?;
        let (input, track_blocks) = be_u32(input)?;
        let mut information = Self {
            form: TrackInformationForm::Bytes28,
            track: u16::from(track),
            session: u16::from(session),
            damage: bit(mode, 5),
            copy: bit(mode, 4),
            mode: Control::new(mode),
            reserved_track: bit(data, 7),
            blank: bit(data, 6),
            packet: bit(data, 5),
            fixed_packet: bit(data, 4),
            data_mode: DataMode(bits(data, 3, 0)),
            start: lba(start),
            next_writable: bit(valid, 0).then_some(lba(next_writable)),
            free_blocks,
            packet_blocks,
            track_blocks,
            ..Self::default()
        };
        let rest = information.later(input, bit(valid, 1)).unwrap_or(&[]);
        Ok((rest, information))
    }

    /// What the longer forms add; stops where the data does.
    fn later<'a>(&mut self, input: Input<'a>, last_recorded_valid: bool) -> Option<Input<'a>> {
        let (input, last_recorded) = be_u32(input).ok()?;
        let (input, [track, session]) = array::<2>(input).ok()?;
        self.last_recorded = last_recorded_valid.then_some(lba(last_recorded));
        self.track |= u16::from(track) << 8;
        self.session |= u16::from(session) << 8;
        let (input, _) = take(input, 2, "reserved bytes").ok()?;
        let (input, read_compatibility) = be_u32(input).ok()?;
        self.read_compatibility = read_compatibility;
        let (input, next_jump) = be_u32(input).ok()?;
        let (input, last_jump) = be_u32(input).ok()?;
        self.layer_jump = [next_jump, last_jump];
        Some(input)
    }
}

impl Block for TrackInformation {
    /// Reads as much as both the length field and the data allow; fewer than 28 bytes fail.
    fn parse(bytes: &[u8]) -> Result<Self, FieldError> {
        let bytes = declared(bytes);
        let information = run(bytes, Self::fields)?;
        Ok(Self { form: TrackInformationForm::of_bytes(bytes.len()), ..information })
    }

    /// Writes as much as the form has room for.
    fn emit(&self, out: &mut Vec<u8>) {
        let flag = |set: bool, n: u8| u8::from(set) << n;
        let at_least = |form| self.form >= form;
        let [track_high, track_low] = self.track.to_be_bytes();
        let [session_high, session_low] = self.session.to_be_bytes();
        let last_recorded = self.last_recorded.filter(|_| at_least(TrackInformationForm::Bytes36));
        out.extend((self.form.bytes() as u16 - 2).to_be_bytes());
        out.extend([track_low, session_low, 0]);
        out.push(flag(self.damage, 5) | flag(self.copy, 4) | self.mode.nibble());
        out.push(
            flag(self.reserved_track, 7)
                | flag(self.blank, 6)
                | flag(self.packet, 5)
                | flag(self.fixed_packet, 4)
                | self.data_mode.0 & 0x0F,
        );
        out.push(flag(last_recorded.is_some(), 1) | flag(self.next_writable.is_some(), 0));
        out.extend(self.start.0.to_be_bytes());
        out.extend(self.next_writable.unwrap_or_default().0.to_be_bytes());
        out.extend(self.free_blocks.to_be_bytes());
        out.extend(self.packet_blocks.to_be_bytes());
        out.extend(self.track_blocks.to_be_bytes());
        if at_least(TrackInformationForm::Bytes36) {
            out.extend(last_recorded.unwrap_or_default().0.to_be_bytes());
            out.extend([track_high, session_high, 0, 0]);
        }
        if at_least(TrackInformationForm::Bytes40) {
            out.extend(self.read_compatibility.to_be_bytes());
        }
        if at_least(TrackInformationForm::Bytes48) {
            out.extend(self.layer_jump.map(u32::to_be_bytes).concat());
        }
    }
}

fn be_u32(input: Input<'_>) -> Parsed<'_, u32> {
    array(input).map(|(rest, bytes)| (rest, u32::from_be_bytes(bytes)))
}

const fn lba(bits: u32) -> Lba {
    Lba(bits as i32)
}

impl ReadTrackInformation {
    /// Asks for track `number`; 0 is the lead-in, [`INVISIBLE`](Self::INVISIBLE) the next one.
    pub const fn of_track(number: u32, allocation: u16) -> Self {
        Self { open: false, address: TrackAddress::TRACK, number, allocation }
    }
}

impl Query for ReadTrackInformation {
    type Reply = TrackInformation;

    fn allocation_bytes(&self) -> usize {
        usize::from(self.allocation)
    }

    fn reply(&self, bytes: &[u8]) -> Result<TrackInformation, FieldError> {
        TrackInformation::parse(bytes)
    }
}
