//! Scenes: a drive and its disc put into a state from a description.
//!
//! A scene says what *is*: tray, disc, sessions, what the drive is busy with. Where things lie
//! follows from that by the rules of the format ([`crate::disc`]).

use cd_format::Msf;
use cd_format::atip::{Atip, DiscKind as AtipKind};
use serde::{Deserialize, Serialize};

use crate::disc::Defect;

/// The state a simulated drive starts in.
#[derive(Clone, Debug, Default, PartialEq, Serialize, Deserialize)]
#[serde(deny_unknown_fields, default)]
pub struct Scene {
    /// Tray open or closed.
    pub tray: Tray,
    /// The disc in the drive, or on the open tray.
    pub disc: Option<DiscScene>,
    /// Whether the drive knows the disc yet.
    pub readiness: Readiness,
    /// Unit attentions that wait to be told.
    pub attention: Vec<Attention>,
    /// What the drive is busy with.
    pub activity: Activity,
    /// PREVENT ALLOW MEDIUM REMOVAL has locked the tray.
    pub locked: bool,
}

impl Scene {
    /// A blank CD-R or CD-RW with these addresses in its pregroove.
    pub fn blank(kind: DiscKind, lead_in: Msf, last_lead_out: Msf) -> Self {
        Self { disc: Some(DiscScene::blank(kind, lead_in, last_lead_out)), ..Self::default() }
    }
}

/// Tray open or closed.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
pub enum Tray {
    /// Closed.
    #[default]
    Closed,
    /// Open.
    Open,
}

/// Whether the drive knows the disc yet.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
pub enum Readiness {
    /// It does.
    #[default]
    Ready,
    /// It is still spinning up, for so many seconds of simulated time.
    Loading(u32),
    /// It never will: the disc is upside down, or not a disc. TEST UNIT READY says this sense.
    Unreadable(Unreadable),
}

/// Why a disc cannot be read.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub enum Unreadable {
    /// 2/30/00.
    Incompatible,
    /// 3/57/00.
    NoToc,
}

/// A unit attention that waits to be told.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Serialize, Deserialize)]
pub enum Attention {
    /// 6/29/00.
    Reset,
    /// 6/28/00.
    MediumChanged,
    /// 6/2A/01.
    ModeChanged,
}

/// What the drive is busy with.
#[derive(Clone, Copy, Debug, Default, PartialEq, Serialize, Deserialize)]
pub enum Activity {
    /// Nothing.
    #[default]
    Idle,
    /// A write stream: data accepted, not yet flushed.
    Streaming,
    /// An operation that was told to return at once.
    Long {
        /// Which.
        operation: LongOperation,
        /// Seconds of simulated time it takes in all.
        seconds: u32,
        /// How much of it is done, in 65536ths.
        done: u16,
    },
}

/// A long operation.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub enum LongOperation {
    /// BLANK.
    Blank,
    /// CLOSE TRACK SESSION or SYNCHRONIZE CACHE.
    Close,
    /// FORMAT UNIT.
    Format,
}

/// What kind of disc.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub enum DiscKind {
    /// Write once.
    CdR,
    /// Rewritable.
    CdRw,
    /// Pressed.
    CdRom,
}

/// A disc and what is on it.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct DiscScene {
    /// What kind of disc.
    pub kind: DiscKind,
    /// What the pregroove says; a CD-R or CD-RW must have one, a CD-ROM has none.
    #[serde(default)]
    pub atip: Option<Atip>,
    /// Sessions in order. All but the last are closed.
    #[serde(default)]
    pub sessions: Vec<SessionScene>,
    /// What may follow the last session.
    #[serde(default)]
    pub end: End,
    /// Media catalogue number, 13 digits.
    #[serde(default)]
    pub mcn: Option<String>,
    /// CD-TEXT packs of the first lead-in: 18 bytes each, in hexadecimal.
    #[serde(default)]
    pub cd_text: Vec<String>,
    /// Disc identification in the PMA.
    #[serde(default)]
    pub identification: Option<u32>,
    /// Formatted in fixed packets of 32 blocks (CD-RW): one track over the whole disc.
    #[serde(default)]
    pub formatted: bool,
    /// What of it reads badly.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub defects: Vec<Defect>,
}

impl DiscScene {
    /// A blank disc with these addresses in its pregroove.
    pub fn blank(kind: DiscKind, lead_in: Msf, last_lead_out: Msf) -> Self {
        let atip = Atip {
            kind: if kind == DiscKind::CdRw { AtipKind::CdRw } else { AtipKind::CdR },
            ..Atip::new(lead_in, last_lead_out)
        };
        Self {
            kind,
            atip: (kind != DiscKind::CdRom).then_some(atip),
            sessions: Vec::new(),
            end: End::default(),
            mcn: None,
            cd_text: Vec::new(),
            identification: None,
            formatted: false,
            defects: Vec::new(),
        }
    }
}

/// What may follow the last session.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
pub enum End {
    /// Another session.
    #[default]
    Appendable,
    /// Nothing: the disc is finalised.
    Finalised,
    /// The last session itself goes on: it has no lead-in and lead-out yet.
    Open,
}

/// One session.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct SessionScene {
    /// Tracks in order.
    pub tracks: Vec<TrackScene>,
    /// How it was written: decides the blocks between tracks.
    #[serde(default)]
    pub written: Written,
    /// CD-DA and CD-ROM, CD-I, or XA; what PSEC of point A0 says.
    #[serde(default)]
    pub format: SessionFormat,
}

/// How a session was written.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
pub enum Written {
    /// Track at once, or in packets: two run-out blocks and a pregap of 150 after each track.
    Tao,
    /// Session at once, raw, or pressed: tracks follow each other.
    #[default]
    Sao,
}

/// The session format (write parameters page, TOC point A0).
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
pub enum SessionFormat {
    /// 00h.
    #[default]
    CdRom,
    /// 10h.
    CdI,
    /// 20h.
    Xa,
}

/// One track.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct TrackScene {
    /// What is in it.
    pub content: Content,
    /// User blocks.
    pub blocks: u32,
    /// Digital copy permitted (bit 1 of the control nibble).
    #[serde(default)]
    pub copy: bool,
    /// Pre-emphasis (bit 0 of an audio track's control nibble).
    #[serde(default)]
    pub pre_emphasis: bool,
    /// International standard recording code, 12 characters.
    #[serde(default)]
    pub isrc: Option<String>,
    /// Reserved but not yet written; only in an open session.
    #[serde(default)]
    pub reserved: bool,
}

/// What is in a track.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub enum Content {
    /// CD-DA.
    Audio,
    /// Mode 1.
    Mode1,
    /// Mode 2, formless or XA.
    Mode2,
}
