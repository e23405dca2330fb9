//! Format 4: what the disc says of itself.
//!
//! MMC "READ TOC/PMA/ATIP Command", response format 0100b: ATIP; Microsoft `ntddcdrm.h`,
//! `CDROM_TOC_ATIP_DATA`. The special information A1 to A3 is told as bytes: the Orange Book says
//! what is in them.

use cd_format::{Atip, DiscKind};

use crate::block::msf::WireMsf;
use crate::block::{Block, declared};
use crate::parse::{FieldError, Input, Parsed, array, bit, bits, run, take};

/// The reply: an ATIP, or none, as of a pressed disc.
#[derive(Clone, Copy, Debug, Default, Eq, PartialEq)]
pub struct AtipReply {
    /// The ATIP; `None` when the reply is a header alone.
    pub atip: Option<AtipDescriptor>,
}

/// An ATIP as the drive reports it, times or not. Of numbers above 7 the low three bits count.
#[derive(Clone, Copy, Debug, Default, Eq, PartialEq)]
pub struct AtipDescriptor {
    /// Indicative target writing power, 0 to 7.
    pub write_power: u8,
    /// The disc is a double-density CD.
    pub double_density: bool,
    /// Reference speed of a CD-RW, 0 to 7.
    pub reference_speed: u8,
    /// URU: for unrestricted use.
    pub unrestricted_use: bool,
    /// Whether the disc can be erased.
    pub kind: DiscKind,
    /// Sub-type, 0 to 7.
    pub sub_type: u8,
    /// Where the lead-in starts.
    pub lead_in: WireMsf,
    /// The last time at which a lead-out may start.
    pub last_lead_out: WireMsf,
    /// Additional information 1; the valid bit is computed.
    pub a1: Option<[u8; 3]>,
    /// Additional information 2; the valid bit is computed.
    pub a2: Option<[u8; 3]>,
    /// Additional information 3; the valid bit is computed.
    pub a3: Option<[u8; 3]>,
    /// Supplementary information 4; makes the reply 32 bytes instead of 28.
    pub s4: Option<[u8; 3]>,
}

impl Block for AtipReply {
    /// A reply of four bytes is one without an ATIP; one that begins an ATIP must reach the last
    /// possible lead-out.
    fn parse(bytes: &[u8]) -> Result<Self, FieldError> {
        let bytes = declared(bytes);
        run(bytes, |input| {
            let (input, _) = take(input, 4, "header of four bytes")?;
            if input.is_empty() {
                return Ok((input, Self { atip: None }));
            }
            let (input, atip) = AtipDescriptor::fields(input)?;
            Ok((input, Self { atip: Some(atip) }))
        })
    }

    fn emit(&self, out: &mut Vec<u8>) {
        let body = self.atip.map(AtipDescriptor::to_bytes).unwrap_or_default();
        out.extend((2 + body.len() as u16).to_be_bytes());
        out.extend([0; 2]);
        out.extend(body);
    }
}

impl AtipDescriptor {
    /// The disc's ATIP, when both times are times and not both 00:00:00, which is what some
    /// drives give for a disc without one.
    pub fn atip(&self) -> Option<Atip> {
        let (lead_in, last_lead_out) = (self.lead_in.msf()?, self.last_lead_out.msf()?);
        if lead_in.clock() == 0 && last_lead_out.clock() == 0 {
            return None;
        }
        Some(Atip {
            lead_in,
            last_lead_out,
            kind: self.kind,
            sub_type: self.sub_type,
            write_power: self.write_power,
            reference_speed: self.reference_speed,
            unrestricted_use: self.unrestricted_use,
            a1: self.a1,
            a2: self.a2,
            a3: self.a3,
            s4: self.s4,
        })
    }

    /// `bytes` are those behind the header.
    fn fields(input: Input<'_>) -> Parsed<'_, Self> {
        let (input, [power, usage, kind, _]) = array::<4>(input)?;
        let (input, [m, s, f, _]) = array::<4>(input)?;
        let lead_in = WireMsf { hour: 0, m, s, f };
        let (input, times) = take(input, 3, "last possible start of the lead-out")?;
        let last_lead_out = match times {
            [m, s, f] => WireMsf { hour: 0, m: *m, s: *s, f: *f },
            _ => WireMsf::NONE,
        };
        // Each further value is three bytes behind a reserved one.
        let mut rest = input;
        let mut values = [None; 4];
        for value in &mut values {
            let Ok((next, [_, a, b, c])) = array::<4>(rest) else { break };
            *value = Some([a, b, c]);
            rest = next;
        }
        let [a1, a2, a3, s4] = values;
        let descriptor = Self {
            write_power: bits(power, 6, 4),
            double_density: bit(power, 3),
            reference_speed: bits(power, 2, 0),
            unrestricted_use: bit(usage, 6),
            kind: if bit(kind, 6) { DiscKind::CdRw } else { DiscKind::CdR },
            sub_type: bits(kind, 5, 3),
            lead_in,
            last_lead_out,
            a1: a1.filter(|_| bit(kind, 2)),
            a2: a2.filter(|_| bit(kind, 1)),
            a3: a3.filter(|_| bit(kind, 0)),
            s4,
        };
        Ok((rest, descriptor))
    }

    fn to_bytes(self) -> Vec<u8> {
        let flag = |set: bool, n: u8| u8::from(set) << n;
        let power =
            0x80 | (self.write_power & 7) << 4 | flag(self.double_density, 3) | (self.reference_speed & 7);
        let kind = 0x80
            | flag(self.kind == DiscKind::CdRw, 6)
            | (self.sub_type & 7) << 3
            | flag(self.a1.is_some(), 2)
            | flag(self.a2.is_some(), 1)
            | flag(self.a3.is_some(), 0);
        let mut out = vec![power, flag(self.unrestricted_use, 6), kind, 0];
        let times = [self.lead_in, self.last_lead_out].map(|time| [time.m, time.s, time.f]);
        let values = [self.a1, self.a2, self.a3].map(Option::unwrap_or_default);
        for value in times.into_iter().chain(values).chain(self.s4) {
            out.extend(value);
            out.push(0);
        }
        out
    }
}

impl From<&Atip> for AtipDescriptor {
    fn from(atip: &Atip) -> Self {
        Self {
            write_power: atip.write_power & 7,
            double_density: false,
            reference_speed: atip.reference_speed & 7,
            unrestricted_use: atip.unrestricted_use,
            kind: atip.kind,
            sub_type: atip.sub_type & 7,
            lead_in: atip.lead_in.into(),
            last_lead_out: atip.last_lead_out.into(),
            a1: atip.a1,
            a2: atip.a2,
            a3: atip.a3,
            s4: atip.s4,
        }
    }
}
