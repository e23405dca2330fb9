//! ATIP: what a recordable disc says of itself before anything is written on it.
//!
//! Absolute time in pregroove carries, beside the time, where the lead-in starts, where the last
//! lead-out may start, and what kind of disc it is. Layout of the fields: MMC "READ TOC/PMA/ATIP
//! Command", ATIP response (format 4); Microsoft `CDROM_TOC_ATIP_DATA_BLOCK`.

use serde::{Deserialize, Deserializer, Serialize};

use crate::address::{Lba, Msf};

/// Whether the disc can be erased.
#[derive(Clone, Copy, Debug, Default, Eq, Hash, PartialEq, Serialize, Deserialize)]
pub enum DiscKind {
    /// Written once.
    #[default]
    CdR,
    /// Rewritable.
    CdRw,
}

/// The ATIP of a disc.
///
/// Only the two times have no default, because no disc is without them:
/// `(lead_in: "97:26:66", last_lead_out: "79:59:74")` is a whole ATIP in RON.
#[derive(Clone, Debug, Eq, PartialEq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Atip {
    /// Where the lead-in starts; on real discs 96:40:00 to 97:49:00.
    pub lead_in: Msf,
    /// The last time at which a lead-out may start; past 90:00:00 on over-long discs.
    pub last_lead_out: Msf,
    /// Whether the disc can be erased.
    #[serde(default)]
    pub kind: DiscKind,
    /// Sub-type, 0 to 7. CD-RW: 0 standard, 1 high speed, 2 ultra speed, 3 ultra speed plus.
    /// CD-R: the maker's class of the dye ("A-", "B+", ... in burning programs).
    #[serde(default, deserialize_with = "three_bits")]
    pub sub_type: u8,
    /// Indicative target writing power, 0 to 7; a code, not milliwatts.
    #[serde(default, deserialize_with = "three_bits")]
    pub write_power: u8,
    /// Reference speed of a CD-RW, 0 to 7: 1 = 2x, 2 = 4x, 3 = 8x; 0 says nothing.
    #[serde(default, deserialize_with = "three_bits")]
    pub reference_speed: u8,
    /// URU: for unrestricted use, as against discs sold for one purpose only.
    #[serde(default)]
    pub unrestricted_use: bool,
    /// Additional information 1: CD-RW write strategy and speeds.
    #[serde(default)]
    pub a1: Option<[u8; 3]>,
    /// Additional information 2.
    #[serde(default)]
    pub a2: Option<[u8; 3]>,
    /// Additional information 3.
    #[serde(default)]
    pub a3: Option<[u8; 3]>,
    /// Supplementary information 4, which only newer drives report.
    #[serde(default)]
    pub s4: Option<[u8; 3]>,
}

impl Atip {
    /// A CD-R with these two times and nothing else to tell.
    pub const fn new(lead_in: Msf, last_lead_out: Msf) -> Self {
        Self {
            lead_in,
            last_lead_out,
            kind: DiscKind::CdR,
            sub_type: 0,
            write_power: 0,
            reference_speed: 0,
            unrestricted_use: false,
            a1: None,
            a2: None,
            a3: None,
            s4: None,
        }
    }

    /// First block of the first lead-in; negative, since the clock has not rolled over there.
    ///
    /// ```
    /// use cd_format::{Atip, Lba};
    /// let atip = Atip::new("97:26:66".parse()?, "79:59:74".parse()?);
    /// assert_eq!(atip.lead_in_lba(), Lba(-11_634));
    /// assert_eq!(atip.last_lead_out_lba(), Lba(359_849));
    /// # Ok::<(), cd_format::AddressError>(())
    /// ```
    pub const fn lead_in_lba(&self) -> Lba {
        self.lead_in.to_lba()
    }

    /// Last block at which a lead-out may start. Never below zero, however large the minute.
    pub const fn last_lead_out_lba(&self) -> Lba {
        self.last_lead_out.to_program_lba()
    }

    /// Special information 1: three bytes of power, use and type, as a drive reports them and as
    /// point C0 of the first lead-in repeats them.
    ///
    /// ```text
    /// byte 0   1 | power (3) | 0 | reference speed (3)
    /// byte 1   0 | URU | 0 (6)
    /// byte 2   1 | CD-RW | sub-type (3) | A1, A2, A3 valid
    /// ```
    /// Of numbers above 7 the low three bits count.
    pub fn special_information(&self) -> [u8; 3] {
        let flag = |set: bool, bit: u8| u8::from(set) << bit;
        [
            0x80 | (self.write_power & 7) << 4 | (self.reference_speed & 7),
            flag(self.unrestricted_use, 6),
            0x80 | flag(self.kind == DiscKind::CdRw, 6)
                | (self.sub_type & 7) << 3
                | flag(self.a1.is_some(), 2)
                | flag(self.a2.is_some(), 1)
                | flag(self.a3.is_some(), 0),
        ]
    }
}

fn three_bits<'de, D: Deserializer<'de>>(deserializer: D) -> Result<u8, D::Error> {
    match u8::deserialize(deserializer)? {
        n @ 0..=7 => Ok(n),
        n => Err(serde::de::Error::invalid_value(serde::de::Unexpected::Unsigned(n.into()), &"0 to 7")),
    }
}
