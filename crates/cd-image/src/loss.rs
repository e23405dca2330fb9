//! What a format cannot hold of what is on a disc.

use core::fmt;

use cd_format::session::DiscType;
use cd_format::{Control, Lba};

/// Something that was on the disc and is not in the exported image: importing it makes another disc.
#[derive(Clone, Debug, Eq, PartialEq)]
#[non_exhaustive]
pub enum Loss {
    /// Sessions beside the exported one.
    OtherSessions(usize),
    /// Tracks beside the exported one.
    OtherTracks(usize),
    /// Frames of the lead-in.
    LeadIn(u32),
    /// CD-TEXT, or what of it is neither title nor performer, or whatever else is in R to W of the
    /// lead-in.
    CdText,
    /// Frames of the lead-out.
    LeadOut(u32),
    /// Where the session's pregap begins, not at 00:00:00. Raw data sectors keep the addresses in their
    /// headers.
    Position(Lba),
    /// Frames of the first pregap: not the 150 empty ones that an import makes.
    FirstPregap(u32),
    /// What the disc is meant for.
    DiscType(DiscType),
    /// CONTROL of a track.
    Control {
        /// Which.
        track: u8,
        /// What it is.
        control: Control,
    },
    /// That the copy bit of a track alternates.
    AlternateCopy(u8),
    /// The catalogue number.
    Mcn,
    /// The recording code of a track.
    Isrc(u8),
    /// Indexes above 1 of a track.
    Indexes(u8),
    /// Frames that have something in R to W.
    RToW(Frames),
    /// Frames whose P and Q are not what an import makes.
    PAndQ(Frames),
    /// Sectors of mode 2 form 1, which become mode 1.
    Form1(Frames),
    /// Sectors whose header, EDC or ECC is not what their user data asks for.
    Altered(Frames),
    /// Sectors that were damaged, and whose user data is what their parities tell and the EDC confirms.
    Repaired(Frames),
    /// Sectors that are damaged beyond repair, whose user data is as it was read.
    BeyondRepair(Frames),
    /// Sectors without 2048 bytes of user data, in whose place zeros stand.
    NoUserData(Frames),
}

impl Loss {
    /// Whether user data in the image is known to be wrong.
    pub const fn is_damage(&self) -> bool {
        matches!(self, Self::BeyondRepair(_))
    }
}

/// Some frames, and the first of them.
#[derive(Clone, Copy, Debug, Eq, PartialEq)]
pub struct Frames {
    /// How many.
    pub count: u32,
    /// The first.
    pub first: Lba,
}

impl Frames {
    /// One more, which is the first if there was none.
    pub(crate) fn tally(found: &mut Option<Self>, lba: Lba) {
        found.get_or_insert(Self { count: 0, first: lba }).count += 1;
    }
}

impl fmt::Display for Frames {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self.count {
            1 => write!(f, "1 frame, at LBA {}", self.first),
            count => write!(f, "{count} frames, the first at LBA {}", self.first),
        }
    }
}

impl fmt::Display for Loss {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::OtherSessions(1) => f.write_str("The other session is not in the image."),
            Self::OtherSessions(count) => write!(f, "The {count} other sessions are not in the image."),
            Self::OtherTracks(1) => f.write_str("The other track is not in the image."),
            Self::OtherTracks(count) => write!(f, "The {count} other tracks are not in the image."),
            Self::LeadIn(frames) => write!(f, "The lead-in ({frames} frames) is made anew on import."),
            Self::CdText => f.write_str("R to W of the lead-in (CD-TEXT) are lost, or part of them."),
            Self::LeadOut(frames) => write!(f, "The lead-out ({frames} frames) is made anew on import."),
            Self::Position(lba) => write!(f, "The session begins at LBA {lba}: an import begins at -150."),
            Self::FirstPregap(frames) => {
                write!(
                    f,
                    "The first pregap ({frames} frames) is not the empty one of 150 that an import makes."
                )
            }
            Self::DiscType(kind) => write!(f, "The disc type ({:02X}h) is lost.", kind.0),
            Self::Control { track, control } => {
                write!(f, "CONTROL of track {track} ({:04b}) cannot be told.", control.nibble())
            }
            Self::AlternateCopy(track) => {
                write!(f, "The copy bit of track {track} alternates (SCMS), which cannot be told.")
            }
            Self::Mcn => f.write_str("The media catalogue number is lost."),
            Self::Isrc(track) => write!(f, "The ISRC of track {track} is lost."),
            Self::Indexes(track) => write!(f, "The indexes of track {track} are lost."),
            Self::RToW(frames) => write!(f, "Sub-channels R to W are lost: {frames}."),
            Self::PAndQ(frames) => {
                write!(f, "Sub-channels P and Q are made anew on import and will differ: {frames}.")
            }
            Self::Form1(frames) => {
                write!(f, "Sub-headers of mode 2 form 1 are lost, an import makes mode 1: {frames}.")
            }
            Self::Altered(frames) => {
                write!(f, "Header, EDC or ECC are not those of the user data, and are made anew: {frames}.")
            }
            Self::Repaired(frames) => {
                write!(f, "Damage that ECC repaired, as EDC confirms, is not in the image: {frames}.")
            }
            Self::BeyondRepair(frames) => {
                write!(
                    f,
                    "EDC and ECC cannot repair what is damaged, 2048 bytes stand as they were read: {frames}."
                )
            }
            Self::NoUserData(frames) => {
                write!(f, "No 2048 bytes of user data, zeros stand in their place: {frames}.")
            }
        }
    }
}
