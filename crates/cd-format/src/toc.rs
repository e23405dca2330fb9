//! The table of contents as the disc carries it: Q sub-channel entries of lead-in and PMA.
//!
//! Sources: IEC 60908 (ADR, CONTROL, POINT), MMC "Sub-channel Q mode-1" and "mode-5" for the
//! points of multi-session discs; Microsoft `CDROM_TOC_FULL_TOC_DATA_BLOCK` for the names.

use core::fmt;

use serde::{Deserialize, Deserializer, Serialize};

use crate::address::Msf;

macro_rules! nibble { ($(#[$doc:meta])* $name:ident) => {
    $(#[$doc])*
    #[derive(Clone, Copy, Default, Eq, Hash, Ord, PartialEq, PartialOrd, Serialize)]
    #[serde(transparent)]
    pub struct $name(u8);

    impl $name {
        /// From the low four bits of `nibble`; the others are cut off.
        pub const fn new(nibble: u8) -> Self {
            Self(nibble & 0x0F)
        }

        /// The four bits, 0 to 15.
        pub const fn nibble(self) -> u8 {
            self.0
        }
    }

    impl fmt::Debug for $name {
        fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
            write!(f, "{}({:#x})", stringify!($name), self.0)
        }
    }

    impl<'de> Deserialize<'de> for $name {
        fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
            match u8::deserialize(deserializer)? {
                n @ 0..=15 => Ok(Self(n)),
                n => Err(serde::de::Error::invalid_value(
                    serde::de::Unexpected::Unsigned(n.into()),
                    &"0 to 15",
                )),
            }
        }
    }
} }

nibble! {
    /// What the other fields of a Q frame mean: four bits, of which 1, 2, 3 and 5 are in use in
    /// the lead-in and 1 to 6 in the PMA.
    Adr
}

impl Adr {
    /// Position: tracks, and points A0 to A2.
    pub const POSITION: Self = Self(1);
    /// Media catalogue number; in the PMA, the disc's identification.
    pub const CATALOGUE: Self = Self(2);
    /// International standard recording code; in the PMA, tracks to skip.
    pub const ISRC: Self = Self(3);
    /// Points of a multi-session disc, B0 to CF; in the PMA, intervals to skip.
    pub const MULTI_SESSION: Self = Self(5);
}

nibble! {
    /// What kind of track: four bits, CONTROL of the Q sub-channel, "track mode" of READ TRACK
    /// INFORMATION.
    Control
}

impl Control {
    /// Two channels of audio, no pre-emphasis, copying prohibited.
    pub const AUDIO: Self = Self(0);
    /// Data, recorded uninterrupted.
    pub const DATA: Self = Self(4);
    /// Data, recorded in packets.
    pub const DATA_INCREMENTAL: Self = Self(5);

    /// Whether the track is data; if not, it is audio.
    pub const fn is_data(self) -> bool {
        self.0 & 0b1100 == 0b0100
    }

    /// Whether digital copying is permitted.
    pub const fn permits_copy(self) -> bool {
        self.0 & 0b0010 != 0
    }

    /// Audio: with 50/15 µs pre-emphasis. Never true of data.
    pub const fn has_pre_emphasis(self) -> bool {
        !self.is_data() && self.0 & 1 != 0
    }

    /// Data: recorded in packets. Never true of audio.
    pub const fn is_incremental(self) -> bool {
        self.is_data() && self.0 & 1 != 0
    }

    /// Audio of four channels.
    pub const fn has_four_channels(self) -> bool {
        self.0 & 0b1100 == 0b1000
    }

    /// The same track with copying permitted or not.
    pub const fn with_copy(self, permitted: bool) -> Self {
        Self(if permitted { self.0 | 0b0010 } else { self.0 & !0b0010 })
    }
}

/// What an entry of the table points at: a track, or one of the letters' points.
///
/// Keeps whatever byte it was given. With [`Adr::MULTI_SESSION`] the numbers 01h to 40h are
/// intervals to skip, not tracks.
#[derive(Clone, Copy, Eq, Hash, Ord, PartialEq, PartialOrd, Serialize, Deserialize)]
#[serde(transparent)]
pub struct Point(pub u8);

impl Point {
    /// PMIN is the session's first track, PSEC the disc type.
    pub const A0: Self = Self(0xA0);
    /// PMIN is the session's last track.
    pub const A1: Self = Self(0xA1);
    /// The P fields are where the lead-out starts.
    pub const A2: Self = Self(0xA2);
    /// Where the next program area may start, and the outermost lead-out.
    pub const B0: Self = Self(0xB0);
    /// How many intervals and tracks are to be skipped.
    pub const B1: Self = Self(0xB1);
    /// Tracks to skip.
    pub const B2: Self = Self(0xB2);
    /// Tracks to skip.
    pub const B3: Self = Self(0xB3);
    /// Tracks to skip.
    pub const B4: Self = Self(0xB4);
    /// ATIP special information 1, and where the first lead-in starts.
    pub const C0: Self = Self(0xC0);
    /// Copy of ATIP additional information 1.
    pub const C1: Self = Self(0xC1);
    /// Where the outer lead-in starts and the inner lead-out stops.
    pub const CF: Self = Self(0xCF);

    /// The point of track `number`; `None` outside 1 to 99.
    pub const fn of_track(number: u8) -> Option<Self> {
        if matches!(number, 1..=99) { Some(Self(number)) } else { None }
    }

    /// The track, 1 to 99, if this is one.
    pub const fn track(self) -> Option<u8> {
        if matches!(self.0, 1..=99) { Some(self.0) } else { None }
    }
}

impl fmt::Debug for Point {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self.track() {
            Some(track) => write!(f, "Point(track {track})"),
            None => write!(f, "Point({:02X})", self.0),
        }
    }
}

/// One entry of lead-in or PMA, bytes as they came: binary, times or not.
#[derive(Clone, Copy, Debug, Eq, Hash, PartialEq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct TocEntry {
    /// Session, from 1; 0 in the PMA, which has no sessions.
    pub session: u8,
    /// What the other fields mean.
    pub adr: Adr,
    /// What kind of track.
    pub control: Control,
    /// Track number field; 0 in lead-in and PMA.
    pub tno: u8,
    /// What is pointed at.
    pub point: Point,
    /// MIN, SEC, FRAME: running time, or by the point.
    pub time: [u8; 3],
    /// ZERO; in point B0, how many mode-5 pointers there are.
    pub zero: u8,
    /// PMIN, PSEC, PFRAME: where the thing starts, or by the point.
    pub p_time: [u8; 3],
}

impl TocEntry {
    /// An entry of a session's lead-in with all times 0.
    pub const fn new(session: u8, adr: Adr, control: Control, point: Point) -> Self {
        Self { session, adr, control, tno: 0, point, time: [0; 3], zero: 0, p_time: [0; 3] }
    }

    /// The same entry with MIN, SEC, FRAME.
    pub const fn with_time(self, time: [u8; 3]) -> Self {
        Self { time, ..self }
    }

    /// The same entry with PMIN, PSEC, PFRAME.
    pub const fn with_p_time(self, p_time: [u8; 3]) -> Self {
        Self { p_time, ..self }
    }

    /// MIN, SEC, FRAME, when they are a time.
    pub fn msf(&self) -> Option<Msf> {
        let [m, s, f] = self.time;
        Msf::new(m, s, f).ok()
    }

    /// PMIN, PSEC, PFRAME, when they are a time.
    pub fn p_msf(&self) -> Option<Msf> {
        let [m, s, f] = self.p_time;
        Msf::new(m, s, f).ok()
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    /// The table of CONTROL in IEC 60908 and MMC "Sub-channel Q".
    #[test]
    fn control_means_what_the_table_says() {
        let told = |nibble| {
            let control = Control::new(nibble);
            let words = [
                (control.is_data(), "data"),
                (control.has_pre_emphasis(), "pre-emphasis"),
                (control.is_incremental(), "incremental"),
                (control.permits_copy(), "copy"),
                (control.has_four_channels(), "four channels"),
            ];
            words.into_iter().filter(|word| word.0).map(|word| word.1).collect::<Vec<_>>()
        };
        assert_eq!(told(0b0000), [""; 0]);
        assert_eq!(told(0b0001), ["pre-emphasis"]);
        assert_eq!(told(0b0010), ["copy"]);
        assert_eq!(told(0b0100), ["data"]);
        assert_eq!(told(0b0101), ["data", "incremental"]);
        assert_eq!(told(0b0110), ["data", "copy"]);
        assert_eq!(told(0b1001), ["pre-emphasis", "four channels"]);
        assert_eq!(Control::DATA.with_copy(true), Control::new(0b0110));
        assert_eq!(Control::new(0b0111).with_copy(false), Control::DATA_INCREMENTAL);
    }

    #[test]
    fn a_nibble_is_four_bits() {
        assert_eq!(Control::new(0xF5), Control::DATA_INCREMENTAL);
        assert!(ron::from_str::<Control>("16").is_err());
        assert_eq!(ron::from_str::<Control>("4"), Ok(Control::DATA));
    }

    #[test]
    fn only_1_to_99_are_tracks() {
        for byte in 0..=0xFF {
            assert_eq!(Point(byte).track(), Point::of_track(byte).map(|point| point.0));
            assert_eq!(Point(byte).track().is_some(), (1..=99).contains(&byte), "{byte}");
        }
    }
}
