//! What a drive can do, and how fast.

use cd_format::Lba;
use serde::{Deserialize, Serialize};

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
    /// Packets, variable and fixed, of the block types of track-at-once (feature 0021h). Every drive whose write
    /// modes a public log lists has them.
    pub packets: bool,
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
            packets: true,
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
    /// Mode page 2Ah lists the write speeds, as it does since MMC-3.
    pub in_mode_page: bool,
    /// Buffer of mode page 2Ah, kB.
    pub buffer_kb: u16,
    /// Buffer that READ BUFFER CAPACITY tells, bytes.
    pub buffer_bytes: u32,
    /// Time from tray closed to ready, seconds of simulated time.
    pub spin_up_seconds: u32,
    /// What a calibration of the laser takes, seconds of simulated time; a burning program allows 30.
    pub calibration_seconds: u32,
}

impl Default for Speeds {
    fn default() -> Self {
        let clv = WriteSpeed::clv;
        Self {
            read: 8467,
            write: vec![
                WriteSpeed { kbps: 8467, profile: SpeedProfile::Cav },
                WriteSpeed { kbps: 7056, profile: SpeedProfile::Zclv(ZONES_OF_40X.to_vec()) },
                clv(5645),
                clv(4234),
                clv(2822),
                clv(1411),
                clv(706),
            ],
            rewrite: vec![clv(4234), clv(1764), clv(706)],
            in_mode_page: true,
            buffer_kb: 2048,
            buffer_bytes: 0x13_1800,
            spin_up_seconds: 8,
            calibration_seconds: 3,
        }
    }
}

/// Zones of the default's 40x: 24x, from minute 10 on 32x, from minute 25 on 40x. A review of 2002 names 40x drives
/// that write in zones (hwupgrade.it, of the Yamaha CRW-F1), but not where these lie.
const ZONES_OF_40X: [Zone; 3] = [
    Zone { start: Lba(0), kbps: 4234 },
    Zone { start: Lba(45_000), kbps: 5645 },
    Zone { start: Lba(112_500), kbps: 7056 },
];

/// A write speed.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct WriteSpeed {
    /// kB/s where it is fastest; 1x is 176.4.
    pub kbps: u16,
    /// How it goes over the disc.
    #[serde(default)]
    pub profile: SpeedProfile,
}

impl WriteSpeed {
    /// The same speed everywhere.
    pub const fn clv(kbps: u16) -> Self {
        Self { kbps, profile: SpeedProfile::Clv }
    }

    /// The rotation control code of descriptors: 1 is pure constant angular velocity, 0 everything else (MMC
    /// "GET PERFORMANCE Command", WRC).
    pub const fn rotation_control(&self) -> u8 {
        match self.profile {
            SpeedProfile::Cav => 1,
            SpeedProfile::Clv | SpeedProfile::Zclv(_) => 0,
        }
    }
}

/// How a speed goes over the disc.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
pub enum SpeedProfile {
    /// Constant linear velocity: the same everywhere.
    #[default]
    Clv,
    /// Zones of constant linear velocity, from the inside out; the first starts at LBA 0 and takes the lead-in
    /// with it.
    Zclv(Vec<Zone>),
    /// Constant angular velocity: the nominal speed at the outer edge, and slower with the radius.
    Cav,
}

/// A zone of constant linear velocity.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Zone {
    /// Its first block.
    pub start: Lba,
    /// kB/s in it.
    pub kbps: u16,
}
