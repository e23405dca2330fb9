//! Formats 0 and 1: tracks and sessions, with addresses as blocks or times.
//!
//! MMC "READ TOC/PMA/ATIP Command", response formats 0000b (TOC) and 0001b (session information);
//! Microsoft `ntddcdrm.h`, `CDROM_TOC`, `CDROM_TOC_SESSION_DATA`.

use cd_format::{Adr, Control, Lba};

use super::{emit_table, table};
use crate::block::msf::WireMsf;
use crate::parse::{FieldError, FieldFault};

/// An address in the form that the CDB's TIME bit asked for.
#[derive(Clone, Copy, Debug, Eq, Hash, PartialEq)]
pub enum TocAddress {
    /// A block.
    Lba(Lba),
    /// A time.
    Msf(WireMsf),
}

impl TocAddress {
    /// The address in the form wanted. A block that no time of the program area names becomes
    /// [`WireMsf::NONE`].
    pub fn new(lba: Lba, msf: bool) -> Self {
        if msf {
            Self::Msf(lba.to_program_msf().map_or(WireMsf::NONE, WireMsf::from))
        } else {
            Self::Lba(lba)
        }
    }

    /// The block; `None` where a time is none. Tables name the program area only, so minutes
    /// from 90 up are not read as lead-in.
    pub fn lba(self) -> Option<Lba> {
        match self {
            Self::Lba(lba) => Some(lba),
            Self::Msf(time) => time.program_lba(),
        }
    }

    pub(crate) fn from_bytes(bytes: [u8; 4], msf: bool) -> Self {
        if msf { Self::Msf(WireMsf::from_bytes(bytes)) } else { Self::Lba(Lba(i32::from_be_bytes(bytes))) }
    }

    pub(crate) const fn to_bytes(self) -> [u8; 4] {
        match self {
            Self::Lba(lba) => lba.0.to_be_bytes(),
            Self::Msf(time) => time.to_bytes(),
        }
    }
}

/// Where a track starts.
#[derive(Clone, Copy, Debug, Eq, Hash, PartialEq)]
pub struct TrackDescriptor {
    /// ADR of the Q sub-channel.
    pub adr: Adr,
    /// What kind of track.
    pub control: Control,
    /// Track, 1 to 99; [`LEAD_OUT`](Self::LEAD_OUT).
    pub track: u8,
    /// First user block.
    pub start: TocAddress,
}

impl TrackDescriptor {
    /// The track number that stands for the lead-out of the last closed session.
    pub const LEAD_OUT: u8 = 0xAA;

    /// ADR is in the *upper* half of the byte here, other than in the Q sub-channel itself.
    fn from_bytes([_, adr_control, track, _, a, b, c, d]: [u8; 8], msf: bool) -> Self {
        Self {
            adr: Adr::new(adr_control >> 4),
            control: Control::new(adr_control),
            track,
            start: TocAddress::from_bytes([a, b, c, d], msf),
        }
    }

    fn to_bytes(self) -> [u8; 8] {
        let [a, b, c, d] = self.start.to_bytes();
        [0, self.adr.nibble() << 4 | self.control.nibble(), self.track, 0, a, b, c, d]
    }
}

/// Format 0: the tracks of all closed sessions, and the lead-out of the last.
#[derive(Clone, Debug, Default, Eq, PartialEq)]
pub struct TrackList {
    /// First track on the disc.
    pub first_track: u8,
    /// Last track of the last closed session.
    pub last_track: u8,
    /// The tracks from the one asked for, then the lead-out.
    pub tracks: Vec<TrackDescriptor>,
}

impl TrackList {
    /// Reads the list; `msf` is the TIME bit of the CDB that asked.
    pub fn parse(bytes: &[u8], msf: bool) -> Result<Self, FieldError> {
        let ([first_track, last_track], entries) = table(bytes)?;
        let tracks = entries.into_iter().map(|entry| TrackDescriptor::from_bytes(entry, msf)).collect();
        Ok(Self { first_track, last_track, tracks })
    }

    /// Appends the list to `out`, length field computed.
    pub fn emit(&self, out: &mut Vec<u8>) {
        let head = [self.first_track, self.last_track];
        emit_table(out, head, self.tracks.iter().map(|track| track.to_bytes()));
    }

    /// Where the lead-out starts, if the list has it.
    pub fn lead_out(&self) -> Option<TocAddress> {
        self.tracks.iter().find(|track| track.track == TrackDescriptor::LEAD_OUT).map(|track| track.start)
    }
}

/// Format 1: first and last closed session, and the first track of the last.
#[derive(Clone, Copy, Debug, Eq, PartialEq)]
pub struct SessionInformation {
    /// First session on the disc.
    pub first_session: u8,
    /// Last closed session.
    pub last_session: u8,
    /// First track of the last closed session.
    pub first_track: TrackDescriptor,
}

impl SessionInformation {
    /// Reads the reply, 12 bytes; `msf` is the TIME bit of the CDB that asked.
    pub fn parse(bytes: &[u8], msf: bool) -> Result<Self, FieldError> {
        let ([first_session, last_session], entries) = table(bytes)?;
        let Some(first) = entries.first() else {
            let byte = super::declared(bytes).len();
            let expected = "descriptor of the last session's first track";
            return Err(FieldError { byte, bit: None, fault: FieldFault::Short, expected });
        };
        Ok(Self { first_session, last_session, first_track: TrackDescriptor::from_bytes(*first, msf) })
    }

    /// Appends the reply to `out`, length field computed.
    pub fn emit(&self, out: &mut Vec<u8>) {
        let head = [self.first_session, self.last_session];
        emit_table(out, head, core::iter::once(self.first_track.to_bytes()));
    }
}
