//! Personalities: how one model of drive differs from the next.
//!
//! A personality is a RON file: who the drive is, what it can do, its limits and speeds, and its
//! *habits*, the places where real drives part ways. Every group names its source; every habit
//! carries its evidence. What a file leaves out is as in [`Personality::reference`], which
//! answers as MMC asks.

mod abilities;
mod habits;
#[cfg(test)]
mod tests;

use core::fmt;

use cd_format::Lba;
use serde::{Deserialize, Serialize};

pub use abilities::{Abilities, Raw, SessionAtOnce, SpeedProfile, Speeds, TrackAtOnce, WriteSpeed, Zone};
pub use habits::{
    Absent, BusySense, FinalisedProfile, FullBuffer, Habit, Habits, NegativeAddresses, NoMediumSense,
    Present, RawNextWritable, ReadyWhileWriting, ReservedBits, SaoNextWritable, UnreadableAudio,
};

/// One model of drive.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Personality {
    /// What the file is called, and what fixtures name.
    pub name: String,
    /// Which public sources the figures come from; at least one.
    pub sources: Vec<String>,
    /// What INQUIRY says.
    pub identity: Identity,
    /// What the drive can do.
    #[serde(default)]
    pub abilities: Abilities,
    /// Speeds and buffer.
    #[serde(default)]
    pub speeds: Speeds,
    /// Where real drives part ways.
    #[serde(default)]
    pub habits: Habits,
}

/// What INQUIRY says (SPC "Standard INQUIRY data format").
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Identity {
    /// Vendor, at most 8 ASCII characters.
    pub vendor: String,
    /// Product, at most 16 ASCII characters.
    pub product: String,
    /// Revision, at most 4 ASCII characters.
    pub revision: String,
    /// Byte 2: the version of SPC claimed; 0 on ATAPI drives.
    #[serde(default)]
    pub version: u8,
    /// Byte 3: response data format 2, and on ATAPI drives the ATAPI version above it.
    #[serde(default = "atapi_format")]
    pub response_format: u8,
    /// Byte 4: bytes that follow byte 4; 1Fh is 36 bytes in all.
    #[serde(default = "short_inquiry")]
    pub additional_bytes: u8,
    /// Serial number, for VPD page 80h and feature 0108h.
    #[serde(default)]
    pub serial: Option<String>,
    /// Physical interface of the core feature: 1 SCSI, 2 ATAPI, 7 serial ATA, 8 USB.
    #[serde(default = "atapi_interface")]
    pub interface: u32,
}

const fn atapi_format() -> u8 {
    0x32
}

const fn short_inquiry() -> u8 {
    31
}

const fn atapi_interface() -> u32 {
    2
}

macro_rules! builtin { ($($name:literal)*) => {
    const BUILTIN: &[(&str, &str)] = &[$(($name, include_str!(concat!("../personalities/", $name, ".ron"))),)*];
    const BUILTIN_NAMES: &[&str] = &[$($name),*];
} }

builtin! {
    "reference"
    "asus-crw-5232a3"
    "asus-drw-24f1st"
    "hp-gh40l"
    "lite-on-ltr-12101b"
    "matshita-ujda340"
    "nec-nd-3500ag"
    "optiarc-ad-7200s"
    "philips-cdd4851"
    "pioneer-bdr-203"
    "pioneer-dvr-109"
    "pioneer-dvr-111d"
    "plextor-px-w1210a"
    "plextor-px-w4824a"
    "samsung-sw-212b"
    "slimtype-lsc-24082k"
    "sony-crx175e"
    "teac-cd-w54e"
    "tsstcorp-sh-r522c"
    "yamaha-crw-f1e"
}

impl Personality {
    /// The drive that answers as MMC asks and can do everything this simulator can.
    #[allow(clippy::expect_used, reason = "a file of this crate, parsed by a test of its own")]
    pub fn reference() -> Self {
        Self::builtin("reference").expect("reference.ron is part of this crate")
    }

    /// A personality of this crate, by name.
    pub fn builtin(name: &str) -> Option<Self> {
        let (_, text) = BUILTIN.iter().find(|(known, _)| *known == name)?;
        Self::from_ron(text).ok()
    }

    /// The personalities of this crate.
    pub const fn builtin_names() -> &'static [&'static str] {
        BUILTIN_NAMES
    }

    /// Reads a personality from RON.
    pub fn from_ron(text: &str) -> Result<Self, PersonalityError> {
        let parsed: Self = ron::from_str(text).map_err(|error| PersonalityError(error.to_string()))?;
        parsed.check()?;
        Ok(parsed)
    }

    /// The opcode is one that this drive knows. SEND CUE SHEET goes with session at once (MMC, "CD Mastering
    /// Feature").
    pub fn knows(&self, opcode: u8) -> bool {
        const SEND_CUE_SHEET: u8 = 0x5D;
        let able = opcode != SEND_CUE_SHEET || self.abilities.session_at_once.is_some();
        able && !self.abilities.lacks.contains(&opcode)
    }

    fn check(&self) -> Result<(), PersonalityError> {
        let text = |what: &str, value: &str, room: usize| {
            if value.len() > room || !value.bytes().all(|b| (0x20..0x7F).contains(&b)) {
                return Err(PersonalityError(format!(
                    "{what} is {value:?}: expected at most {room} printable ASCII characters"
                )));
            }
            Ok(())
        };
        if self.sources.is_empty() || self.sources.iter().any(|source| source.trim().is_empty()) {
            return Err(PersonalityError(
                "sources are empty: expected where each figure comes from".to_owned(),
            ));
        }
        text("vendor", &self.identity.vendor, 8)?;
        text("product", &self.identity.product, 16)?;
        text("revision", &self.identity.revision, 4)?;
        text("serial", self.identity.serial.as_deref().unwrap_or_default(), 64)?;
        let types = |what: &str, types: &[u8]| match types.iter().find(|n| **n > 15) {
            Some(n) => Err(PersonalityError(format!("{what} names data block type {n}: expected 0 to 15"))),
            None => Ok(()),
        };
        let abilities = &self.abilities;
        types("track_at_once", abilities.track_at_once.as_ref().map_or(&[], |tao| &tao.block_types))?;
        types("session_at_once", abilities.session_at_once.as_ref().map_or(&[], |sao| &sao.block_types))?;
        types("raw", abilities.raw.as_ref().map_or(&[], |raw| &raw.block_types))?;
        types("raw_types_that_fail", &self.habits.raw_types_that_fail.is)?;
        for speed in self.speeds.write.iter().chain(&self.speeds.rewrite) {
            speed.check()?;
        }
        if ![0x32, 0x36].contains(&self.habits.write_parameters_bytes.is) {
            return Err(PersonalityError(format!(
                "write_parameters_bytes is {:#04x}: expected 0x32 or 0x36",
                self.habits.write_parameters_bytes.is
            )));
        }
        Ok(())
    }
}

impl WriteSpeed {
    fn check(&self) -> Result<(), PersonalityError> {
        let wrong = |what: String| Err(PersonalityError(format!("write speed {}: {what}", self.kbps)));
        let SpeedProfile::Zclv(zones) = &self.profile else { return Ok(()) };
        if zones.first().is_none_or(|zone| zone.start != Lba(0)) {
            return wrong("expected zones, the first of them from LBA 0 on".to_owned());
        }
        if let Some(pair) = zones.windows(2).find(|pair| pair[0].start >= pair[1].start) {
            return wrong(format!("zone at LBA {} behind the one at LBA {}", pair[1].start, pair[0].start));
        }
        match zones.iter().find(|zone| zone.kbps == 0 || zone.kbps > self.kbps) {
            Some(zone) => wrong(format!("{} kB/s from LBA {} on", zone.kbps, zone.start)),
            None => Ok(()),
        }
    }
}

/// Why a text is not a personality.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct PersonalityError(String);

impl fmt::Display for PersonalityError {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "personality: {}", self.0)
    }
}

impl core::error::Error for PersonalityError {}
