//! The rules: one row each, and nothing about how they are checked.

use core::fmt;

use serde::{Serialize, Serializer};

/// How bad it is to break a rule.
#[derive(Clone, Copy, Debug, Eq, Hash, Ord, PartialEq, PartialOrd, Serialize)]
#[serde(rename_all = "kebab-case")]
pub enum Severity {
    /// Readers may cope, and discs with it exist.
    Warning,
    /// No disc should have it.
    Error,
}

impl fmt::Display for Severity {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(match self {
            Self::Warning => "warning",
            Self::Error => "error",
        })
    }
}

macro_rules! rules { ($($name:ident $id:literal $severity:ident $title:literal $source:literal)*) => {
    /// What must hold of a disc.
    ///
    /// ```
    /// use cd_lint::Rule;
    /// assert_eq!(Rule::from_id("q-crc"), Some(Rule::QCrc));
    /// assert!(Rule::ALL.iter().all(|rule| !rule.title().is_empty()));
    /// ```
    #[derive(Clone, Copy, Debug, Eq, Hash, Ord, PartialEq, PartialOrd)]
    #[non_exhaustive]
    pub enum Rule {
        $(#[doc = $title] $name,)*
    }

    impl Rule {
        /// Every rule.
        pub const ALL: &[Self] = &[$(Self::$name,)*];

        /// The name by which reports call it; never changes.
        pub const fn id(self) -> &'static str {
            match self { $(Self::$name => $id,)* }
        }

        /// The rule in a sentence.
        pub const fn title(self) -> &'static str {
            match self { $(Self::$name => $title,)* }
        }

        /// Where it stands.
        pub const fn source(self) -> &'static str {
            match self { $(Self::$name => $source,)* }
        }

        /// How bad it is to break it.
        pub const fn severity(self) -> Severity {
            match self { $(Self::$name => Severity::$severity,)* }
        }
    }
} }

rules! {
    QCrc "q-crc" Error
        "The CRC of a Q frame is the one that its other bytes ask for, inverted."
        "ECMA-130 22.3.6, CRC of Q"
    QContent "q-content" Error
        "A Q frame with the right CRC has a known ADR, decimal digits, times that exist and characters that exist."
        "ECMA-130 22.3 \"Q-channel\""
    QZero "q-zero" Error
        "What of a Q frame is to be zero is zero: byte 6 of mode 1, PFRAME of A0 and A1, PSEC of A1, what pads a catalogue number and a recording code."
        "ECMA-130 22.3 \"Q-channel\", zero; IEC 60908, modes 1 to 3"
    MsfContinuity "msf-continuity" Error
        "Absolute time in Q is the block's own address and so runs on without a jump."
        "ECMA-130 22.3 \"Q-channel\", absolute time; MMC \"Sub-channel Q\", mode 1"
    LeadInTime "lead-in-time" Error
        "The running time of the lead-in counts one up every block, from wherever it begins."
        "ECMA-130 22.3 \"Q-channel\", lead-in; IEC 60908, mode 1 in the lead-in"
    RelativeTime "relative-time" Error
        "Relative time counts down through a pause to index 1, up from 0 behind it, and from 0 in the lead-out."
        "ECMA-130 22.3 \"Q-channel\", relative time; IEC 60908, mode 1"
    IndexOrder "index-order" Error
        "Lead-in, tracks, indexes and lead-out follow one another, each one more than the last."
        "ECMA-130 20, tracks, and 22.3 \"Q-channel\"; IEC 60908, TNO and X"
    LeadOutIndex "lead-out-index" Error
        "The lead-out has index 01."
        "ECMA-130 22.3 \"Q-channel\", lead-out; IEC 60908, TNO and X"
    Pregap "pregap" Error
        "A program area begins with a pause of 2 s, that of the first session at 00:00:00; so do tracks of another kind than the one before."
        "ECMA-130 20, pause and pre-gap; SCSI-2, CD-ROM model, example of a disc"
    ControlBits "control-bits" Error
        "A track has one CONTROL, but for a copy bit that alternates every 4 blocks and a first part of its pause that belongs to the track before; its sectors are of that kind, and the lead-out's are the last track's."
        "ECMA-130 22.3 \"Q-channel\", control; SCSI-2, CD-ROM model, pre-gap part 1; IEC 60958, SCMS"
    PChannel "p-channel" Error
        "P is 0 in lead-in and track, 1 in the pause, and flickers in the lead-out; 96 equal bits a block."
        "ECMA-130 22.2 \"P-channel\""
    TocRepeat "toc-repeat" Error
        "The lead-in has every entry three times in a row, over and over."
        "IEC 60908, mode 1 in the lead-in"
    TocConsistent "toc-consistent" Error
        "Entries of one point say the same wherever the lead-in repeats them."
        "IEC 60908, mode 1 in the lead-in"
    TocProgram "toc-program" Error
        "The lead-in tells first and last track, every track's start and kind, and the lead-out, as the program area has them."
        "ECMA-130 22.3 \"Q-channel\", table of contents"
    TocControl "toc-control" Warning
        "Point A0 has the CONTROL of the first track, A1 that of the last, A2 that of the lead-out."
        "IEC 60908, mode 1 in the lead-in; MMC \"READ TOC/PMA/ATIP\", points A0 to A2"
    DiscType "disc-type" Error
        "The disc type in point A0 is 00h, 10h or 20h."
        "MMC \"READ TOC/PMA/ATIP\", point A0"
    DiscTypeForms "disc-type-forms" Warning
        "Where sectors have forms, as those of CD-ROM XA and CD-I, the disc type is not 00h."
        "MMC \"READ TOC/PMA/ATIP\", point A0; CD-ROM XA, disc type"
    NextSession "next-session" Error
        "Where a session follows, point B0 of the one before tells where its program area starts, or its first user block."
        "Orange Book, mode 5; MMC \"Sub-channel Q mode-5\""
    AtipAddress "atip-address" Error
        "Lead-in, last lead-out and points B0 and C0 agree with the ATIP."
        "MMC \"READ TOC/PMA/ATIP\", ATIP"
    LeadInLength "lead-in-length" Error
        "The first lead-in ends at 99:59:74 and is a minute or longer; every later one is 4500 blocks."
        "Orange Book, multi-session; MMC geometry"
    LeadOutLength "lead-out-length" Error
        "A lead-out is at least 6750 blocks in the first session, 2250 in later ones."
        "Orange Book, multi-session"
    SessionGap "session-gap" Warning
        "The next lead-in follows lead-outs of 6750 and 2250 blocks at once; without a lead-in its 4500 blocks are left free."
        "Orange Book, multi-session"
    TrackLength "track-length" Error
        "A track has at least 300 blocks, 4 s, of which its pause may be 2 s; a warning where only those from index 1 on are fewer, which drives do not take in a cue sheet."
        "IEC 60908, tracks; MMC, CD model"
    Unfinished "unfinished" Error
        "A session has a lead-in and a lead-out; without both it is open, with one it is cut short."
        "Orange Book, session; MMC, CD model"
    McnRepetition "mcn-repetition" Error
        "Where a track has the catalogue number it comes at least once in 100 blocks; a warning where a session has it in some tracks and not in others."
        "ECMA-130 22.3 \"Q-channel\", mode 2"
    McnConsistent "mcn-consistent" Error
        "A disc has one catalogue number."
        "ECMA-130 22.3 \"Q-channel\", mode 2"
    McnCheckDigit "mcn-check-digit" Warning
        "The catalogue number's last digit is the check digit of the others."
        "ECMA-130 22.3 \"Q-channel\", mode 2; GS1 General Specifications, check digit of EAN-13"
    IsrcRepetition "isrc-repetition" Error
        "Where a track has a recording code it comes at least once in 100 blocks."
        "IEC 60908, mode 3; MMC \"Sub-channel Q\", mode 3"
    IsrcConsistent "isrc-consistent" Error
        "A track has one recording code."
        "IEC 60908, mode 3; MMC \"Sub-channel Q\", mode 3"
    IsrcFormat "isrc-format" Warning
        "A recording code begins with two letters, its country."
        "ISO 3901, country code"
    IsrcTrack "isrc-track" Warning
        "Tracks with a recording code are sound."
        "ISO 3901, scope; IEC 60908, mode 3"
    RwParity "rw-parity" Error
        "Packs in R to W have the parity that their symbols ask for."
        "IEC 60908, channels R to W"
    LeadOutRw "lead-out-rw" Warning
        "R to W of a lead-out are zero, but for the end of packs that began before it."
        "IEC 60908, channels R to W"
    CdTextCrc "cd-text-crc" Error
        "CD-TEXT packs in the lead-in have the CRC that their bytes ask for."
        "MMC \"READ TOC/PMA/ATIP\", CD-TEXT"
    LeadInMain "lead-in-main" Warning
        "The main channel of a lead-in is silence, or sectors where the first track is data."
        "ECMA-130 20, lead-in; SCSI-2, CD-ROM model, example of a disc"
    LeadOutMain "lead-out-main" Warning
        "The main channel of a lead-out behind sound is silence."
        "ECMA-130 20, lead-out; IEC 60908, lead-out"
    Sync "sync" Error
        "Every sector of a data track begins with the sync."
        "ECMA-130 14.1, sync"
    Scrambling "scrambling" Error
        "Data sectors are scrambled."
        "ECMA-130 annex B"
    SectorMode "sector-mode" Error
        "The mode byte is 0, 1 or 2, and the same from index 1 to the end of the track."
        "ECMA-130 14.2, header, and 20, tracks"
    HeaderAddress "header-address" Error
        "The header has the sector's own address."
        "ECMA-130 14.2, header"
    ZeroBytes "zero-bytes" Error
        "The bytes of modes 0 and 1 that are to be zero are zero."
        "ECMA-130 14.3, modes 0 and 1"
    Edc "edc" Error
        "Data and EDC agree."
        "ECMA-130 14.3, EDC; CD-ROM XA for the forms"
    Ecc "ecc" Error
        "P and Q parity are what data and a right EDC ask for."
        "ECMA-130 annex A"
}

impl Rule {
    /// The rule that reports call `id`.
    pub fn from_id(id: &str) -> Option<Self> {
        Self::ALL.iter().copied().find(|rule| rule.id() == id)
    }
}

impl fmt::Display for Rule {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.pad(self.id())
    }
}

impl Serialize for Rule {
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        serializer.serialize_str(self.id())
    }
}

#[cfg(test)]
mod tests {
    use std::collections::BTreeSet;

    use super::*;

    #[test]
    fn every_id_names_one_rule() {
        let ids: BTreeSet<&str> = Rule::ALL.iter().map(|rule| rule.id()).collect();
        assert_eq!(ids.len(), Rule::ALL.len());
        for rule in Rule::ALL {
            assert_eq!(Rule::from_id(rule.id()), Some(*rule));
            assert!(rule.title().ends_with('.') && !rule.source().is_empty(), "{rule}");
            assert_eq!(Rule::ALL[*rule as usize], *rule);
        }
        assert_eq!(Rule::from_id("no-such-rule"), None);
    }
}
