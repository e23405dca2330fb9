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

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn two_times_are_a_whole_atip() {
        let atip: Atip = ron::from_str(r#"(lead_in: "97:26:66", last_lead_out: "79:59:74")"#).unwrap();
        assert_eq!(atip, Atip::new("97:26:66".parse().unwrap(), "79:59:74".parse().unwrap()));
        assert_eq!(ron::from_str::<Atip>(&ron::to_string(&atip).unwrap()), Ok(atip));
    }

    /// INFODISC high speed CD-RW, 8 cm, as cdrecord -atip prints it.
    #[test]
    fn every_field_reads_from_ron() {
        let atip: Atip = ron::from_str(
            r#"(lead_in: "97:25:30", last_lead_out: "24:01:05", kind: CdRw, sub_type: 1, write_power: 3,
                reference_speed: 6, a1: Some((0x24, 0x1A, 0xD8)), a2: Some((0x26, 0xB2, 0x4A)))"#,
        )
        .unwrap();
        assert_eq!((atip.lead_in_lba(), atip.last_lead_out_lba()), (Lba(-11_745), Lba(107_930)));
        assert_eq!((atip.a1, atip.a3), (Some([0x24, 0x1A, 0xD8]), None));
        // 1 011 0 110, 0 and 1 1 001 110.
        assert_eq!(atip.special_information(), [0xB6, 0x00, 0xCE]);
    }

    #[test]
    fn what_is_no_atip_is_refused() {
        for text in [
            r#"(lead_in: "97:26:66")"#,
            r#"(lead_in: "97:26:75", last_lead_out: "79:59:74")"#,
            r#"(lead_in: "97:26:66", last_lead_out: "79:59:74", power: 3)"#,
            r#"(lead_in: "97:26:66", last_lead_out: "79:59:74", write_power: 8)"#,
        ] {
            assert!(ron::from_str::<Atip>(text).is_err(), "{text}");
        }
    }

    /// A 90-minute disc in libburn's `doc/mediainfo.txt`: lead-out 91:01:48.
    #[test]
    fn an_over_long_disc_ends_behind_its_start() {
        let atip = Atip::new("97:26:66".parse().unwrap(), "91:01:48".parse().unwrap());
        assert_eq!(atip.last_lead_out_lba(), Lba(409_473));
    }

    /// Point C0 of a TDK CD-R: 192:00:152, that is C0h 00h 98h (DiscImageCreator issue 43).
    #[test]
    fn special_information_is_that_of_a_real_lead_in() {
        let lead_in = "97:32:00".parse().unwrap();
        let atip = Atip { write_power: 4, sub_type: 3, ..Atip::new(lead_in, "79:59:74".parse().unwrap()) };
        assert_eq!(atip.special_information(), [0xC0, 0x00, 0x98]);
    }
}
