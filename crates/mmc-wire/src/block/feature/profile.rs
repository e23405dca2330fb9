//! Profile List (0000h): which kinds of media the drive takes, and which is in it.

use super::{FeatureBody, HEADER_BYTES, MAX_DATA_BYTES};
use crate::open_number;

open_number! {
    /// What kind of drive the drive is with the medium that is in it.
    ///
    /// MMC "Profile List Feature", table of profiles.
    Profile(u16) {
        /// No medium, or none that fits a profile.
        NONE = 0x0000 "no current profile";
        /// Removable disk: re-writable, can be unloaded.
        REMOVABLE_DISK = 0x0002 "Removable disk";
        /// Magneto-optical, erasable sectors.
        MO_ERASABLE = 0x0003 "MO Erasable";
        /// Magneto-optical, write once.
        MO_WRITE_ONCE = 0x0004 "MO Write Once";
        /// Advance Storage magneto-optical.
        AS_MO = 0x0005 "AS-MO";
        /// CD-ROM, and anything that reads like one.
        CD_ROM = 0x0008 "CD-ROM";
        /// CD-R.
        CD_R = 0x0009 "CD-R";
        /// CD-RW.
        CD_RW = 0x000A "CD-RW";
        /// DVD-ROM.
        DVD_ROM = 0x0010 "DVD-ROM";
        /// DVD-R, written in sequence.
        DVD_R = 0x0011 "DVD-R Sequential recording";
        /// DVD-RAM.
        DVD_RAM = 0x0012 "DVD-RAM";
        /// DVD-RW, restricted overwrite.
        DVD_RW_OVERWRITE = 0x0013 "DVD-RW Restricted Overwrite";
        /// DVD-RW, written in sequence.
        DVD_RW_SEQUENTIAL = 0x0014 "DVD-RW Sequential recording";
        /// DVD-R with two layers, written in sequence.
        DVD_R_DL_SEQUENTIAL = 0x0015 "DVD-R Dual Layer Sequential recording";
        /// DVD-R with two layers, jumping between them.
        DVD_R_DL_JUMP = 0x0016 "DVD-R Dual Layer Jump recording";
        /// DVD+RW.
        DVD_PLUS_RW = 0x001A "DVD+RW";
        /// DVD+R.
        DVD_PLUS_R = 0x001B "DVD+R";
        /// Double density CD-ROM.
        DDCD_ROM = 0x0020 "DDCD-ROM";
        /// Double density CD-R.
        DDCD_R = 0x0021 "DDCD-R";
        /// Double density CD-RW.
        DDCD_RW = 0x0022 "DDCD-RW";
        /// DVD+RW with two layers.
        DVD_PLUS_RW_DL = 0x002A "DVD+RW Dual Layer";
        /// DVD+R with two layers.
        DVD_PLUS_R_DL = 0x002B "DVD+R Dual Layer";
        /// BD-ROM.
        BD_ROM = 0x0040 "BD-ROM";
        /// BD-R, written in sequence.
        BD_R_SEQUENTIAL = 0x0041 "BD-R Sequential Recording";
        /// BD-R, written at random.
        BD_R_RANDOM = 0x0042 "BD-R Random Recording";
        /// BD-RE.
        BD_RE = 0x0043 "BD-RE";
        /// HD DVD-ROM.
        HD_DVD_ROM = 0x0050 "HD DVD-ROM";
        /// HD DVD-R.
        HD_DVD_R = 0x0051 "HD DVD-R";
        /// HD DVD-RAM.
        HD_DVD_RAM = 0x0052 "HD DVD-RAM";
        /// HD DVD-RW.
        HD_DVD_RW = 0x0053 "HD DVD-RW";
        /// Conforms to no profile.
        NON_STANDARD = 0xFFFF "conforms to no standard profile";
    }
}

/// One profile of the list.
#[derive(Clone, Copy, Debug, Eq, PartialEq)]
pub struct ListedProfile {
    /// The profile.
    pub profile: Profile,
    /// It fits the medium in the drive. More than one may.
    pub current: bool,
}

/// Profile List (0000h): the profiles that the drive supports, best first.
///
/// MMC "Profile List Feature".
#[derive(Clone, Debug, Default, Eq, PartialEq)]
pub struct ProfileList {
    /// The profiles; a descriptor holds 63 at most, more are not emitted.
    pub profiles: Vec<ListedProfile>,
}

impl ProfileList {
    /// These profiles, of which `current` is the current one.
    pub fn new(profiles: impl IntoIterator<Item = Profile>, current: Profile) -> Self {
        let listed = |profile| ListedProfile { profile, current: profile == current };
        Self { profiles: profiles.into_iter().map(listed).collect() }
    }

    /// Whether the drive supports a profile, current or not.
    pub fn supports(&self, profile: Profile) -> bool {
        self.profiles.iter().any(|listed| listed.profile == profile)
    }
}

impl FeatureBody for ProfileList {
    fn from_descriptor(descriptor: &[u8]) -> Self {
        let entries = descriptor.get(HEADER_BYTES..).unwrap_or_default().chunks_exact(4);
        let listed = |entry: &[u8]| ListedProfile {
            profile: Profile(u16::from_be_bytes([entry[0], entry[1]])),
            current: entry[2] & 1 != 0,
        };
        Self { profiles: entries.map(listed).collect() }
    }

    fn emit_body(&self, out: &mut Vec<u8>) {
        for listed in self.profiles.iter().take(MAX_DATA_BYTES / 4) {
            out.extend(listed.profile.0.to_be_bytes());
            out.extend([u8::from(listed.current), 0]);
        }
    }
}
