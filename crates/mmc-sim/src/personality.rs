//! Personalities: how one model of drive differs from the next.
//!
//! A personality is a RON file: who the drive is, what it can do, its limits and speeds, and its
//! *habits*, the places where real drives part ways. Every group names its source; every habit
//! carries its evidence. What a file leaves out is as in [`Personality::reference`], which
//! answers as MMC asks.

use core::fmt;

use mmc_wire::Sense;
use serde::de::Error as _;
use serde::{Deserialize, Deserializer, Serialize};

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

/// What the drive can do.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields, default)]
pub struct Abilities {
    /// Profiles in the order in which the drive lists them.
    pub profiles: Vec<u16>,
    /// Further features that the drive lists without CD meaning (DVD, BD, vendor), header only.
    pub other_features: Vec<u16>,
    /// Opcodes that the drive does not know although this simulator does.
    pub lacks: Vec<u8>,
    /// Track-at-once, and the data block types it takes.
    pub track_at_once: Option<TrackAtOnce>,
    /// Session-at-once.
    pub session_at_once: Option<SessionAtOnce>,
    /// Raw recording.
    pub raw: Option<Raw>,
    /// Writes CD-RW: one bit a sub-type, standard, high speed, ultra speed, ultra speed plus.
    pub cd_rw_sub_types: u8,
    /// Test write in packet, TAO and SAO.
    pub test_write: bool,
    /// Buffer underrun free recording.
    pub buffer_underrun_free: bool,
    /// CD-TEXT in READ TOC format 5.
    pub cd_text: bool,
    /// C2 pointers in READ CD.
    pub c2: bool,
    /// R-W sub-channel in READ CD.
    pub rw_sub_channel: bool,
    /// Blanking types other than disc and minimal.
    pub blanking_types: Vec<u8>,
    /// Analogue audio output (feature 0103h).
    pub analogue_audio: bool,
    /// Loading mechanism: 0 caddy, 1 tray, 2 pop-up.
    pub loading_mechanism: u8,
}

impl Default for Abilities {
    fn default() -> Self {
        Self {
            profiles: vec![0x000A, 0x0009, 0x0008],
            other_features: Vec::new(),
            lacks: Vec::new(),
            track_at_once: Some(TrackAtOnce::default()),
            session_at_once: Some(SessionAtOnce::default()),
            raw: Some(Raw::default()),
            cd_rw_sub_types: 0b1111,
            test_write: true,
            buffer_underrun_free: true,
            cd_text: true,
            c2: true,
            rw_sub_channel: true,
            blanking_types: vec![4],
            analogue_audio: false,
            loading_mechanism: 1,
        }
    }
}

/// Feature 002Dh, CD track at once.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields, default)]
pub struct TrackAtOnce {
    /// Data block types.
    pub block_types: Vec<u8>,
}

impl Default for TrackAtOnce {
    fn default() -> Self {
        Self { block_types: vec![0, 8, 9, 10, 11, 12, 13] }
    }
}

/// The session-at-once half of feature 002Eh, CD mastering.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields, default)]
pub struct SessionAtOnce {
    /// Longest cue sheet, bytes.
    pub max_cue_bytes: u32,
    /// Data block types that MODE SELECT takes with write type SAO.
    pub block_types: Vec<u8>,
}

impl Default for SessionAtOnce {
    fn default() -> Self {
        Self { max_cue_bytes: 3072, block_types: vec![0, 2, 3, 8, 9, 10, 11, 12, 13] }
    }
}

/// The raw half of feature 002Eh, CD mastering.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields, default)]
pub struct Raw {
    /// Data block types: 1 (2368 bytes), 2 and 3 (2448 bytes).
    pub block_types: Vec<u8>,
    /// Raw recording of a further session (RAW-MS).
    pub multisession: bool,
    /// On CD-RW too.
    pub cd_rw: bool,
}

impl Default for Raw {
    fn default() -> Self {
        Self { block_types: vec![1, 2, 3], multisession: false, cd_rw: true }
    }
}

/// Speeds and buffer.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields, default)]
pub struct Speeds {
    /// Highest read speed, kB/s.
    pub read: u16,
    /// Write speeds of CD-R, kB/s, fastest first.
    pub write: Vec<WriteSpeed>,
    /// Write speeds of CD-RW, kB/s, fastest first.
    pub rewrite: Vec<WriteSpeed>,
    /// Buffer of mode page 2Ah, kB.
    pub buffer_kb: u16,
    /// Buffer that READ BUFFER CAPACITY tells, bytes.
    pub buffer_bytes: u32,
    /// Time from tray closed to ready, seconds of simulated time.
    pub spin_up_seconds: u32,
}

impl Default for Speeds {
    fn default() -> Self {
        let clv = |kbps| WriteSpeed { kbps, cav: false };
        Self {
            read: 8467,
            write: vec![
                WriteSpeed { kbps: 8467, cav: true },
                clv(7056),
                clv(5645),
                clv(4234),
                clv(2822),
                clv(1411),
                clv(706),
            ],
            rewrite: vec![clv(4234), clv(1764), clv(706)],
            buffer_kb: 2048,
            buffer_bytes: 0x13_1800,
            spin_up_seconds: 8,
        }
    }
}

/// A write speed.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct WriteSpeed {
    /// kB/s; 1x is 176.4.
    pub kbps: u16,
    /// Constant angular velocity.
    #[serde(default)]
    pub cav: bool,
}

/// A habit, and how it is known.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Habit<T> {
    /// What the drive does.
    pub is: T,
    /// Where that was seen or said; never empty.
    #[serde(deserialize_with = "something_said")]
    pub evidence: String,
}

fn something_said<'de, D: Deserializer<'de>>(deserializer: D) -> Result<String, D::Error> {
    let text = String::deserialize(deserializer)?;
    if text.trim().is_empty() {
        return Err(D::Error::custom("evidence is empty: expected where the habit was seen or said"));
    }
    Ok(text)
}

impl<T> Habit<T> {
    fn new(is: T, evidence: &str) -> Self {
        Self { is, evidence: evidence.to_owned() }
    }
}

/// Where real drives part ways. The defaults are what MMC asks, or where the text could not
/// be had, what most drives in public logs do.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields, default)]
pub struct Habits {
    /// The next writable address of a blank disc while the write type is RAW.
    pub raw_next_writable: Habit<RawNextWritable>,
    /// The next writable address of a blank disc while the write type is SAO.
    pub sao_next_writable: Habit<SaoNextWritable>,
    /// What an empty drive says.
    pub no_medium: Habit<NoMediumSense>,
    /// What TEST UNIT READY says while a write stream runs.
    pub ready_while_writing: Habit<ReadyWhileWriting>,
    /// What disc and track information say while a write stream runs.
    pub busy_while_writing: Habit<BusySense>,
    /// READ TOC/PMA/ATIP format 4 on a pressed disc.
    pub atip_of_pressed: Habit<Absent>,
    /// READ TOC/PMA/ATIP format 4 on a CD-RW.
    pub atip_of_cd_rw: Habit<Present>,
    /// READ TOC/PMA/ATIP format 3 on a finalised disc.
    pub pma_of_finalised: Habit<Present>,
    /// READ TOC/PMA/ATIP format 5 on a disc without CD-TEXT.
    pub no_cd_text: Habit<Absent>,
    /// The disc type byte of READ DISC INFORMATION on a blank disc.
    pub blank_disc_type: Habit<u8>,
    /// The RT bit of a complete track in READ TRACK INFORMATION.
    pub complete_track_is_reserved: Habit<bool>,
    /// The current profile with a finalised CD-R in the drive.
    pub finalised_profile: Habit<FinalisedProfile>,
    /// Whether any profile descriptor has its current bit set.
    pub profile_current_bits: Habit<bool>,
    /// The sense key when the tray is locked.
    pub locked_key: Habit<u8>,
    /// Additional sense length, byte 7 of fixed sense data.
    pub sense_additional_bytes: Habit<u8>,
    /// A reserved bit set in a CDB.
    pub reserved_bits: Habit<ReservedBits>,
    /// BUFE as it stands in page 05h after power on.
    pub default_bufe: Habit<bool>,
    /// Link size as it stands in page 05h after power on; only 7 is legal on CD with LS_V.
    pub default_link_size: Habit<u8>,
    /// Length of mode page 05h, byte 1.
    pub write_parameters_bytes: Habit<u8>,
}

impl Default for Habits {
    fn default() -> Self {
        Self {
            raw_next_writable: Habit::new(
                RawNextWritable::LeadInStart,
                "cdrecord expects it and is silent on drives that give it (mmc write start address table)",
            ),
            sao_next_writable: Habit::new(
                SaoNextWritable::Pregap,
                "cdrecord logs: first SAO write at LBA -150; other values are reported as wrong startsec",
            ),
            no_medium: Habit::new(
                NoMediumSense::Precise,
                "MMC-3 and later: 3A/01 tray closed, 3A/02 tray open",
            ),
            ready_while_writing: Habit::new(
                ReadyWhileWriting::Good,
                "Pioneer R11 command reference, TEST UNIT READY, note 1",
            ),
            busy_while_writing: Habit::new(
                BusySense::OperationInProgress,
                "Pioneer R8 and R11 command references, 2/04/07 while writing",
            ),
            atip_of_pressed: Habit::new(
                Absent::Refused,
                "READ TOC format 4 refused on pressed discs in public logs",
            ),
            atip_of_cd_rw: Habit::new(
                Present::Given,
                "CD-RW ATIP in many public logs, e.g. DiscImageCreator issue 43",
            ),
            pma_of_finalised: Habit::new(Present::Given, "open question: no source; the PMA stays readable"),
            no_cd_text: Habit::new(
                Absent::Empty,
                "open question: length 2 or 5/24/00; the matrix takes length 2",
            ),
            blank_disc_type: Habit::new(0xFF, "MMC READ DISC INFORMATION: FFh undefined"),
            complete_track_is_reserved: Habit::new(
                true,
                "Pioneer R8 command reference, table 29: RT 1, blank 0, packet 0",
            ),
            finalised_profile: Habit::new(
                FinalisedProfile::CdR,
                "Pioneer R11 command reference, GET CONFIGURATION",
            ),
            profile_current_bits: Habit::new(true, "MMC profile list feature"),
            locked_key: Habit::new(5, "SPC: MEDIUM REMOVAL PREVENTED is an illegal request"),
            sense_additional_bytes: Habit::new(0x0A, "SPC fixed format: 18 bytes"),
            reserved_bits: Habit::new(ReservedBits::Refused, "SPC reserved field rules"),
            default_bufe: Habit::new(true, "Pioneer command references: BUFE default 1"),
            default_link_size: Habit::new(7, "MMC write parameters page: 7 on CD"),
            write_parameters_bytes: Habit::new(
                0x32,
                "every drive whose page 05h length shows in public logs",
            ),
        }
    }
}

/// Next writable address in RAW mode on a blank disc.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub enum RawNextWritable {
    /// Where the lead-in starts.
    LeadInStart,
    /// -150, whatever the write type.
    Pregap,
    /// 0.
    Zero,
}

/// Next writable address in SAO mode on a blank disc.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub enum SaoNextWritable {
    /// -150.
    Pregap,
    /// 0.
    Zero,
}

/// What an empty drive says.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub enum NoMediumSense {
    /// 2/3A/00.
    Plain,
    /// 2/3A/01 with the tray closed, 2/3A/02 with it open.
    Precise,
}

/// What TEST UNIT READY says while a write stream runs.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub enum ReadyWhileWriting {
    /// GOOD.
    Good,
    /// The busy sense.
    Busy,
}

/// Which sense means busy.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub enum BusySense {
    /// 2/04/07.
    OperationInProgress,
    /// 2/04/08.
    LongWriteInProgress,
}

impl BusySense {
    /// The triple.
    pub const fn sense(self) -> Sense {
        match self {
            Self::OperationInProgress => Sense::OPERATION_IN_PROGRESS,
            Self::LongWriteInProgress => Sense::LONG_WRITE_IN_PROGRESS,
        }
    }
}

/// How a drive tells that a table is not there.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub enum Absent {
    /// 5/24/00.
    Refused,
    /// A header without entries.
    Empty,
}

/// Whether a drive gives a table that is there.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub enum Present {
    /// It does.
    Given,
    /// 5/24/00.
    Refused,
}

/// The current profile with a finalised CD-R.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub enum FinalisedProfile {
    /// 0009h.
    CdR,
    /// 0008h.
    CdRom,
}

/// What a drive does with a reserved bit in a CDB.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub enum ReservedBits {
    /// 5/24/00 with the field pointer at it.
    Refused,
    /// Nothing.
    Ignored,
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

    /// The opcode is one that this drive knows.
    pub fn knows(&self, opcode: u8) -> bool {
        !self.abilities.lacks.contains(&opcode)
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
        if ![0x32, 0x36].contains(&self.habits.write_parameters_bytes.is) {
            return Err(PersonalityError(format!(
                "write_parameters_bytes is {:#04x}: expected 0x32 or 0x36",
                self.habits.write_parameters_bytes.is
            )));
        }
        Ok(())
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

#[cfg(test)]
mod tests {
    use std::collections::BTreeSet;
    use std::path::Path;

    use super::*;

    fn builtins() -> impl Iterator<Item = (&'static str, Personality)> {
        BUILTIN.iter().map(|(name, text)| {
            (*name, Personality::from_ron(text).unwrap_or_else(|error| panic!("{name}.ron: {error}")))
        })
    }

    fn builtin(name: &str) -> Personality {
        Personality::builtin(name).unwrap_or_else(|| panic!("{name} is not built in"))
    }

    fn raw_types(personality: &Personality) -> &[u8] {
        personality.abilities.raw.as_ref().map_or(&[], |raw| &raw.block_types)
    }

    /// A personality of a drive without anything of its own, with `more` after its identity.
    fn ron(vendor: &str, evidence: &str, more: &str) -> String {
        format!(
            r#"(
                name: "x",
                sources: ["s"],
                identity: (vendor: "{vendor}", product: "P", revision: "1"),
                habits: (locked_key: (is: 2, evidence: "{evidence}")),
                {more}
            )"#
        )
    }

    fn refusal(text: &str) -> String {
        Personality::from_ron(text).expect_err("the text is bad").to_string()
    }

    #[test]
    fn every_builtin_parses_under_its_own_name() {
        for (file, personality) in builtins() {
            assert_eq!(personality.name, file);
        }
    }

    #[test]
    fn every_file_of_the_directory_is_built_in() {
        let directory = Path::new(env!("CARGO_MANIFEST_DIR")).join("personalities");
        let files: BTreeSet<String> = std::fs::read_dir(directory)
            .expect("the crate has personalities")
            .map(|entry| entry.expect("a directory entry").path())
            .map(|path| path.file_stem().expect("a file name").to_string_lossy().into_owned())
            .collect();
        let names: BTreeSet<String> =
            Personality::builtin_names().iter().map(|name| (*name).to_owned()).collect();
        assert_eq!(files, names);
        assert_eq!(names.len(), Personality::builtin_names().len(), "a name is listed twice");
        let [first, drives @ ..] = Personality::builtin_names() else { panic!("no builtins") };
        assert_eq!(*first, "reference");
        assert!(drives.len() >= 8, "{drives:?}");
        assert!(drives.is_sorted(), "{drives:?}");
    }

    #[test]
    fn no_file_hides_where_its_figures_come_from() {
        for (file, personality) in builtins() {
            assert!(!personality.sources.is_empty(), "{file}");
        }
        for none in ["[]", r#"["s", " "]"#] {
            let unsourced = ron("V", "e", "").replace(r#"["s"]"#, none);
            assert!(refusal(&unsourced).contains("sources are empty"), "{none}");
        }
    }

    #[test]
    fn a_habit_without_evidence_is_refused() {
        assert!(Personality::from_ron(&ron("V", "a log", "")).is_ok());
        let message = refusal(&ron("V", "  ", ""));
        assert!(message.contains("evidence is empty"), "{message}");
        let message = refusal(&ron("V", "", "").replace(r#", evidence: """#, ""));
        assert!(message.contains("evidence"), "{message}");
    }

    #[test]
    fn an_unknown_field_is_refused_by_name() {
        let message = refusal(&ron("V", "e", "colour: 1,"));
        assert!(message.contains("colour"), "{message}");
    }

    #[test]
    fn identity_fits_the_inquiry_fields() {
        let message = refusal(&ron("NINE CHAR", "e", ""));
        assert_eq!(
            message,
            "personality: vendor is \"NINE CHAR\": expected at most 8 printable ASCII characters"
        );
        assert!(refusal(&ron("G\u{e9}n\u{e9}ral", "e", "")).contains("vendor"));
        assert!(Personality::from_ron(&ron("EIGHT CH", "e", "")).is_ok());
    }

    #[test]
    fn a_data_block_type_fits_its_four_bits() {
        for (group, what) in [
            ("track_at_once: Some((block_types: [0, 16]))", "track_at_once"),
            ("session_at_once: Some((block_types: [0, 16]))", "session_at_once"),
            ("raw: Some((block_types: [1, 16]))", "raw"),
        ] {
            let message = refusal(&ron("V", "e", &format!("abilities: ({group}),")));
            assert_eq!(message, format!("personality: {what} names data block type 16: expected 0 to 15"));
            let fits = group.replace("16", "15");
            assert!(Personality::from_ron(&ron("V", "e", &format!("abilities: ({fits}),"))).is_ok());
        }
    }

    /// "Supported modes" of burning logs of these drives; the logs stand in the files.
    #[test]
    fn raw_data_block_types_are_those_of_the_logs() {
        for (name, types) in [
            ("asus-crw-5232a3", &[1, 2, 3][..]),
            ("lite-on-ltr-12101b", &[2, 3]),
            ("matshita-ujda340", &[]),
            ("nec-nd-3500ag", &[3]),
            ("optiarc-ad-7200s", &[3]),
            ("philips-cdd4851", &[1, 3]),
            ("pioneer-dvr-109", &[1, 2, 3]),
            ("pioneer-dvr-111d", &[1, 2, 3]),
            ("plextor-px-w1210a", &[1, 2, 3]),
            ("plextor-px-w4824a", &[1, 2, 3]),
            ("samsung-sw-212b", &[1, 3]),
            ("slimtype-lsc-24082k", &[1, 2, 3]),
            ("sony-crx175e", &[3]),
            ("teac-cd-w54e", &[]),
            ("tsstcorp-sh-r522c", &[1, 3]),
            ("yamaha-crw-f1e", &[3]),
        ] {
            assert_eq!(raw_types(&builtin(name)), types, "{name}");
        }
    }

    #[test]
    fn the_drives_part_ways() {
        assert_eq!(builtin("philips-cdd4851").abilities.session_at_once, None);
        assert!(!builtin("plextor-px-w1210a").knows(0x46));
        assert!(!builtin("plextor-px-w1210a").knows(0xAC));
        assert!(builtin("plextor-px-w4824a").knows(0x46));
        let raw_next = |name| builtin(name).habits.raw_next_writable.is;
        assert_eq!(raw_next("pioneer-dvr-109"), RawNextWritable::Pregap);
        assert_eq!(raw_next("slimtype-lsc-24082k"), RawNextWritable::Zero);
        assert_eq!(raw_next("reference"), RawNextWritable::LeadInStart);
        assert_eq!(builtin("matshita-ujda340").habits.sao_next_writable.is, SaoNextWritable::Zero);
        assert_eq!(builtin("samsung-sw-212b").habits.no_medium.is, NoMediumSense::Plain);
        assert_eq!(builtin("asus-crw-5232a3").habits.no_medium.is, NoMediumSense::Precise);
    }
}
