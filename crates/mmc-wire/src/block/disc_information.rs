//! READ DISC INFORMATION's reply: what state the disc is in.
//!
//! MMC "READ DISC INFORMATION Command", standard disc information; Microsoft WDK
//! `DISC_INFORMATION` for the bits.

use cd_format::DiscType;

use super::msf::WireMsf;
use super::{Block, Query, declared};
use crate::command::{DiscInformationType, ReadDiscInformation};
use crate::parse::{FieldError, FieldFault, Input, Parsed, array, bit, bits, run, take};

#[cfg(test)]
mod tests;

/// What is on the disc as a whole.
#[derive(Clone, Copy, Debug, Default, Eq, Hash, PartialEq)]
pub enum DiscStatus {
    /// Nothing.
    #[default]
    Blank,
    /// Something, and more may follow.
    Appendable,
    /// Nothing may follow.
    Finalized,
    /// Neither: media written at random.
    Other,
}

/// What is in the last session.
#[derive(Clone, Copy, Debug, Default, Eq, Hash, PartialEq)]
pub enum SessionState {
    /// Nothing: the session is the one to come.
    #[default]
    Empty,
    /// Tracks, but neither lead-in nor lead-out.
    Incomplete,
    /// Reserved in MMC; damaged in later revisions.
    Damaged,
    /// Closed.
    Complete,
}

/// How far formatting in the background has come (CD-MRW).
#[derive(Clone, Copy, Debug, Default, Eq, Hash, PartialEq)]
pub enum BackgroundFormat {
    /// Not formatted that way.
    #[default]
    None,
    /// Begun and not running.
    Stopped,
    /// Running.
    Running,
    /// Done.
    Complete,
}

macro_rules! two_bits {
    ($name:ident: $zero:ident $one:ident $two:ident $three:ident) => {
        impl $name {
            /// From the low two bits.
            pub const fn from_bits(bits: u8) -> Self {
                match bits & 3 {
                    0 => Self::$zero,
                    1 => Self::$one,
                    2 => Self::$two,
                    _ => Self::$three,
                }
            }

            /// The two bits.
            pub const fn to_bits(self) -> u8 {
                match self {
                    Self::$zero => 0,
                    Self::$one => 1,
                    Self::$two => 2,
                    Self::$three => 3,
                }
            }
        }
    };
}
two_bits! { DiscStatus: Blank Appendable Finalized Other }
two_bits! { SessionState: Empty Incomplete Damaged Complete }
two_bits! { BackgroundFormat: None Stopped Running Complete }

/// Writing power and the like that the drive found for a speed.
#[derive(Clone, Copy, Debug, Default, Eq, Hash, PartialEq)]
pub struct OpcEntry {
    /// Speed, kB/s.
    pub kilobytes_per_second: u16,
    /// The drive's own values.
    pub values: [u8; 6],
}

/// What state the disc is in.
#[derive(Clone, Debug, Default, Eq, PartialEq)]
pub struct DiscInformation {
    /// Whether the disc can be erased.
    pub erasable: bool,
    /// What is in the last session.
    pub last_session: SessionState,
    /// What is on the disc as a whole.
    pub status: DiscStatus,
    /// First track on the disc; always 1.
    pub first_track: u8,
    /// Sessions, the empty or incomplete one at the end included.
    pub sessions: u16,
    /// First track of the last session; of an empty one, the track to come.
    pub first_track_in_last_session: u16,
    /// Last track of the last session, the invisible one included.
    pub last_track_in_last_session: u16,
    /// URU: for unrestricted use.
    pub unrestricted_use: bool,
    /// Formatting in the background has been interrupted by an eject (CD-MRW).
    pub dirty: bool,
    /// How far formatting in the background has come.
    pub background_format: BackgroundFormat,
    /// What the disc is meant for.
    pub disc_type: DiscType,
    /// Disc identification, from the PMA; the valid bit is computed.
    pub disc_id: Option<u32>,
    /// Where the lead-in of the last session starts. Of a session to come, where it will start;
    /// [`WireMsf::NONE`] where none may come. `None`: the reply ends before.
    pub last_session_lead_in: Option<WireMsf>,
    /// The last time at which a lead-out may start; [`WireMsf::NONE`] where none may.
    /// `None`: the reply ends before.
    pub last_lead_out: Option<WireMsf>,
    /// Disc bar code; not used on CD. The valid bit is computed.
    pub bar_code: Option<[u8; 8]>,
    /// Disc application code; the valid bit is computed.
    pub application: Option<u8>,
    /// Optimum power calibration values; many drives give none.
    pub opc: Vec<OpcEntry>,
}

impl DiscInformation {
    /// Bytes that a reply has at least to have: up to the upper halves of the counts. One that
    /// ends after is read as far as it goes.
    pub const MINIMUM_BYTES: usize = 12;
    /// Bytes of a reply without OPC table.
    pub const BYTES: usize = 34;

    fn fields(input: Input<'_>) -> Parsed<'_, Self> {
        let (input, _) = take(input, 2, "length of the disc information")?;
        let (input, [state, first_track, low @ .., flags, disc_type]) = array::<7>(input)?;
        let (input, high) = array::<3>(input)?;
        let count = |n: usize| u16::from_be_bytes([high[n], low[n]]);
        let mut information = Self {
            erasable: bit(state, 4),
            last_session: SessionState::from_bits(bits(state, 3, 2)),
            status: DiscStatus::from_bits(state),
            first_track,
            sessions: count(0),
            first_track_in_last_session: count(1),
            last_track_in_last_session: count(2),
            unrestricted_use: bit(flags, 5),
            dirty: bit(flags, 2),
            background_format: BackgroundFormat::from_bits(flags),
            disc_type: DiscType(disc_type),
            ..Self::default()
        };
        let rest = information.optional(input, flags).unwrap_or(&[]);
        Ok((rest, information))
    }

    /// What a short reply may leave out; stops where the data does.
    fn optional<'a>(&mut self, input: Input<'a>, flags: u8) -> Option<Input<'a>> {
        let (input, id) = array::<4>(input).ok()?;
        self.disc_id = bit(flags, 7).then_some(u32::from_be_bytes(id));
        let (input, lead_in) = array::<4>(input).ok()?;
        self.last_session_lead_in = Some(WireMsf::from_bytes(lead_in));
        let (input, lead_out) = array::<4>(input).ok()?;
        self.last_lead_out = Some(WireMsf::from_bytes(lead_out));
        let (input, bar_code) = array::<8>(input).ok()?;
        self.bar_code = bit(flags, 6).then_some(bar_code);
        let (input, [application]) = array::<1>(input).ok()?;
        self.application = bit(flags, 4).then_some(application);
        let (mut input, [entries]) = array::<1>(input).ok()?;
        for _ in 0..entries {
            let (rest, [hi, lo, values @ ..]) = array::<8>(input).ok()?;
            self.opc.push(OpcEntry { kilobytes_per_second: u16::from_be_bytes([hi, lo]), values });
            input = rest;
        }
        Some(input)
    }
}

impl Block for DiscInformation {
    /// Reads as much as both the length field and the data allow.
    ///
    /// Fails on fewer than [`MINIMUM_BYTES`](Self::MINIMUM_BYTES), and on a report of another
    /// type than the standard one.
    fn parse(bytes: &[u8]) -> Result<Self, FieldError> {
        let bytes = declared(bytes);
        let information = run(bytes, Self::fields)?;
        match bytes.get(2) {
            Some(state) if bits(*state, 7, 5) != 0 => Err(FieldError {
                byte: 2,
                bit: Some(7),
                fault: FieldFault::Illegal,
                expected: "0, standard disc information",
            }),
            _ => Ok(information),
        }
    }

    /// Writes a whole reply: where `last_session_lead_in` or `last_lead_out` is `None` it says
    /// [`WireMsf::NONE`]. Of the OPC table, the 255 entries that can be counted.
    fn emit(&self, out: &mut Vec<u8>) {
        let flag = |set: bool, n: u8| u8::from(set) << n;
        let counts = [self.sessions, self.first_track_in_last_session, self.last_track_in_last_session]
            .map(u16::to_be_bytes);
        let opc = &self.opc[..self.opc.len().min(0xFF)];
        let length = Self::BYTES - 2 + 8 * opc.len();
        out.extend((length as u16).to_be_bytes());
        out.push(flag(self.erasable, 4) | self.last_session.to_bits() << 2 | self.status.to_bits());
        out.push(self.first_track);
        out.extend(counts.map(|count| count[1]));
        out.push(
            flag(self.disc_id.is_some(), 7)
                | flag(self.bar_code.is_some(), 6)
                | flag(self.unrestricted_use, 5)
                | flag(self.application.is_some(), 4)
                | flag(self.dirty, 2)
                | self.background_format.to_bits(),
        );
        out.push(self.disc_type.0);
        out.extend(counts.map(|count| count[0]));
        out.extend(self.disc_id.unwrap_or(0).to_be_bytes());
        out.extend(self.last_session_lead_in.unwrap_or_default().to_bytes());
        out.extend(self.last_lead_out.unwrap_or_default().to_bytes());
        out.extend(self.bar_code.unwrap_or_default());
        out.push(self.application.unwrap_or(0));
        out.push(opc.len() as u8);
        for entry in opc {
            out.extend(entry.kilobytes_per_second.to_be_bytes());
            out.extend(entry.values);
        }
    }
}

impl ReadDiscInformation {
    /// Asks for the standard report, as much of it as fits `allocation` bytes.
    pub const fn standard(allocation: u16) -> Self {
        Self { kind: DiscInformationType::STANDARD, allocation }
    }
}

impl Query for ReadDiscInformation {
    type Reply = DiscInformation;

    fn allocation_bytes(&self) -> usize {
        usize::from(self.allocation)
    }

    fn reply(&self, bytes: &[u8]) -> Result<DiscInformation, FieldError> {
        DiscInformation::parse(bytes)
    }
}
