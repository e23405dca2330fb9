//! Sense: what a drive says when it says no.
//!
//! A triple of key, additional sense code and qualifier is chosen once, here, as a named constant.
//! SPC "Sense data"; the list of codes is T10's "ASC/ASCQ assignments", names in its words.

mod data;
mod names;

use core::fmt;
use core::str::FromStr;

pub use data::{KeySpecific, SenseData, SenseDescriptor, SenseFormat};

use names::NAMES;

use crate::open_number;

open_number! {
    /// Sense key: whose move is next (SPC "Sense key and additional sense code definitions").
    SenseKey(u8) {
        /// Nothing to say.
        NO_SENSE = 0x0 "NO SENSE";
        /// It worked after all.
        RECOVERED_ERROR = 0x1 "RECOVERED ERROR";
        /// Not now.
        NOT_READY = 0x2 "NOT READY";
        /// The disc is at fault.
        MEDIUM_ERROR = 0x3 "MEDIUM ERROR";
        /// The drive is at fault.
        HARDWARE_ERROR = 0x4 "HARDWARE ERROR";
        /// The host is at fault.
        ILLEGAL_REQUEST = 0x5 "ILLEGAL REQUEST";
        /// Something happened that the host must know first.
        UNIT_ATTENTION = 0x6 "UNIT ATTENTION";
        /// Protected against this.
        DATA_PROTECT = 0x7 "DATA PROTECT";
        /// Nothing is written there.
        BLANK_CHECK = 0x8 "BLANK CHECK";
        /// The vendor's own.
        VENDOR_SPECIFIC = 0x9 "VENDOR SPECIFIC";
        /// The drive gave up the command.
        ABORTED_COMMAND = 0xB "ABORTED COMMAND";
    }
}

/// Key, additional sense code, qualifier.
#[derive(Clone, Copy, Eq, Hash, Ord, PartialEq, PartialOrd)]
pub struct Sense {
    /// Sense key.
    pub key: SenseKey,
    /// Additional sense code.
    pub asc: u8,
    /// Additional sense code qualifier.
    pub ascq: u8,
}

impl Sense {
    /// The triple `key/asc/ascq`.
    pub const fn new(key: u8, asc: u8, ascq: u8) -> Self {
        Self { key: SenseKey(key), asc, ascq }
    }

    /// The triple in sense data of either format; `None` where there is none to be had.
    ///
    /// SPC "Fixed format sense data" (response codes 70h, 71h) and "Descriptor format sense data"
    /// (72h, 73h). Short fixed data counts from the key on: missing codes are 0.
    pub fn in_data(data: &[u8]) -> Option<Self> {
        match data.first()? & 0x7F {
            0x70 | 0x71 => {
                let byte = |n: usize| data.get(n).copied().unwrap_or(0);
                Some(Self::new(data.get(2)? & 0x0F, byte(12), byte(13)))
            }
            0x72 | 0x73 => Some(Self::new(data.get(1)? & 0x0F, *data.get(2)?, *data.get(3)?)),
            _ => None,
        }
    }

    /// The standard's text for the code pair, whatever the key.
    pub fn name(self) -> Option<&'static str> {
        let codes = (self.asc, self.ascq);
        match NAMES.binary_search_by_key(&codes, |&(asc, ascq, _)| (asc, ascq)) {
            Ok(n) => NAMES.get(n).map(|&(_, _, name)| name),
            // One text for 80h to FFh: the qualifier is the number of the component.
            Err(_) if self.asc == 0x40 && self.ascq >= 0x80 => Some("DIAGNOSTIC FAILURE ON COMPONENT NN"),
            Err(_) => None,
        }
    }
}

impl fmt::Display for Sense {
    /// `5/24/00`.
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{:X}/{:02X}/{:02X}", self.key.0, self.asc, self.ascq)
    }
}

impl fmt::Debug for Sense {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{self} ({})", self.name().unwrap_or("no name"))
    }
}

/// The text is not a sense triple.
#[derive(Clone, Debug, Eq, PartialEq)]
pub struct NotASense(String);

impl fmt::Display for NotASense {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{:?} is not a sense triple: expected key/ASC/ASCQ in hexadecimal, such as 5/24/00", self.0)
    }
}

impl core::error::Error for NotASense {}

impl FromStr for Sense {
    type Err = NotASense;

    /// Reads `5/24/00`.
    fn from_str(text: &str) -> Result<Self, NotASense> {
        let bad = || NotASense(text.chars().take(24).collect());
        let mut parts = text.trim().split('/').map(|part| {
            if part.len() > 2 || part.starts_with('+') { None } else { u8::from_str_radix(part, 16).ok() }
        });
        let (Some(Some(key)), Some(Some(asc)), Some(Some(ascq)), None) =
            (parts.next(), parts.next(), parts.next(), parts.next())
        else {
            return Err(bad());
        };
        if key > 0xF { Err(bad()) } else { Ok(Self::new(key, asc, ascq)) }
    }
}

macro_rules! senses { ($($(#[$doc:meta])* $name:ident = $key:literal $asc:literal $ascq:literal;)*) => {
    impl Sense { $($(#[$doc])* pub const $name: Self = Self::new($key, $asc, $ascq);)* }
} }

senses! {
    /// All is well.
    NO_SENSE = 0x0 0x00 0x00;
    /// 2/04/00.
    NOT_READY_CAUSE_NOT_REPORTABLE = 0x2 0x04 0x00;
    /// 2/04/01.
    BECOMING_READY = 0x2 0x04 0x01;
    /// 2/04/04.
    FORMAT_IN_PROGRESS = 0x2 0x04 0x04;
    /// 2/04/07.
    OPERATION_IN_PROGRESS = 0x2 0x04 0x07;
    /// 2/04/08.
    LONG_WRITE_IN_PROGRESS = 0x2 0x04 0x08;
    /// 2/30/00.
    INCOMPATIBLE_MEDIUM = 0x2 0x30 0x00;
    /// 2/3A/00.
    NO_MEDIUM = 0x2 0x3A 0x00;
    /// 2/3A/01.
    NO_MEDIUM_TRAY_CLOSED = 0x2 0x3A 0x01;
    /// 2/3A/02.
    NO_MEDIUM_TRAY_OPEN = 0x2 0x3A 0x02;
    /// 1/17/01.
    RECOVERED_WITH_RETRIES = 0x1 0x17 0x01;
    /// 1/18/01.
    RECOVERED_WITH_CORRECTION_AND_RETRIES = 0x1 0x18 0x01;
    /// 1/18/04.
    RECOVERED_WITH_L_EC = 0x1 0x18 0x04;
    /// 3/02/00.
    NO_SEEK_COMPLETE = 0x3 0x02 0x00;
    /// 3/0C/00.
    WRITE_ERROR = 0x3 0x0C 0x00;
    /// 3/0C/09.
    LOSS_OF_STREAMING = 0x3 0x0C 0x09;
    /// 3/11/00.
    UNRECOVERED_READ = 0x3 0x11 0x00;
    /// 3/11/05.
    UNRECOVERED_L_EC = 0x3 0x11 0x05;
    /// 3/11/06.
    UNRECOVERED_CIRC = 0x3 0x11 0x06;
    /// 3/15/00.
    RANDOM_POSITIONING_ERROR = 0x3 0x15 0x00;
    /// 3/57/00.
    UNABLE_TO_RECOVER_TOC = 0x3 0x57 0x00;
    /// 3/73/02.
    POWER_CALIBRATION_AREA_FULL = 0x3 0x73 0x02;
    /// 4/09/01.
    TRACKING_SERVO_FAILURE = 0x4 0x09 0x01;
    /// 4/09/02.
    FOCUS_SERVO_FAILURE = 0x4 0x09 0x02;
    /// 5/1A/00.
    PARAMETER_LIST_LENGTH_ERROR = 0x5 0x1A 0x00;
    /// 5/20/00.
    INVALID_OPERATION_CODE = 0x5 0x20 0x00;
    /// 5/21/00.
    LBA_OUT_OF_RANGE = 0x5 0x21 0x00;
    /// 5/21/02.
    INVALID_ADDRESS_FOR_WRITE = 0x5 0x21 0x02;
    /// 5/24/00.
    INVALID_FIELD_IN_CDB = 0x5 0x24 0x00;
    /// 5/26/00.
    INVALID_FIELD_IN_PARAMETER_LIST = 0x5 0x26 0x00;
    /// 5/2C/00.
    COMMAND_SEQUENCE_ERROR = 0x5 0x2C 0x00;
    /// 5/30/02.
    CANNOT_READ_INCOMPATIBLE_FORMAT = 0x5 0x30 0x02;
    /// 5/30/05.
    CANNOT_WRITE_INCOMPATIBLE_FORMAT = 0x5 0x30 0x05;
    /// 5/30/06.
    CANNOT_FORMAT_INCOMPATIBLE_MEDIUM = 0x5 0x30 0x06;
    /// 5/39/00.
    SAVING_PARAMETERS_NOT_SUPPORTED = 0x5 0x39 0x00;
    /// 5/53/02.
    MEDIUM_REMOVAL_PREVENTED = 0x5 0x53 0x02;
    /// 5/63/00.
    END_OF_USER_AREA = 0x5 0x63 0x00;
    /// 5/63/01.
    PACKET_DOES_NOT_FIT = 0x5 0x63 0x01;
    /// 5/64/00.
    ILLEGAL_MODE_FOR_THIS_TRACK = 0x5 0x64 0x00;
    /// 5/72/03.
    INCOMPLETE_TRACK_IN_SESSION = 0x5 0x72 0x03;
    /// 5/72/04.
    EMPTY_RESERVED_TRACK = 0x5 0x72 0x04;
    /// 5/72/05.
    NO_MORE_TRACK_RESERVATIONS = 0x5 0x72 0x05;
    /// 6/28/00.
    MEDIUM_MAY_HAVE_CHANGED = 0x6 0x28 0x00;
    /// 6/29/00.
    RESET_OCCURRED = 0x6 0x29 0x00;
    /// 6/2A/01.
    MODE_PARAMETERS_CHANGED = 0x6 0x2A 0x01;
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn triples_read_and_print_alike() {
        let text = "5/24/00";
        assert_eq!(text.parse::<Sense>().unwrap().to_string(), text);
        assert_eq!("B/08/03".parse::<Sense>(), Ok(Sense::new(0xB, 8, 3)));
        for bad in ["", "5", "5/24", "5/24/00/0", "10/00/00", "5/+2/00", "x/24/00", "5/100/00"] {
            assert!(bad.parse::<Sense>().is_err(), "{bad:?}");
        }
    }

    /// T10 "ASC/ASCQ assignments"; every code here was reported by a drive (logs of cdrecord
    /// and wodim runs) or stands in MMC's tables.
    #[test]
    fn codes_have_the_words_of_t10() {
        for (text, name) in [
            ("0/00/11", "AUDIO PLAY OPERATION IN PROGRESS"),
            ("2/3A/02", "MEDIUM NOT PRESENT - TRAY OPEN"),
            ("3/0C/09", "WRITE ERROR - LOSS OF STREAMING"),
            ("4/09/00", "TRACK FOLLOWING ERROR"),
            ("4/40/A0", "DIAGNOSTIC FAILURE ON COMPONENT NN"),
            ("5/64/00", "ILLEGAL MODE FOR THIS TRACK"),
            ("5/72/05", "NO MORE TRACK RESERVATIONS ALLOWED"),
            ("6/5A/03", "OPERATOR SELECTED WRITE PERMIT"),
            ("3/73/03", "POWER CALIBRATION AREA ERROR"),
        ] {
            assert_eq!(text.parse::<Sense>().unwrap().name(), Some(name), "{text}");
        }
        assert_eq!(Sense::new(5, 0x80, 0).name(), None, "the vendor's own");
    }

    /// The codes that MMC gives CD drives, and those that rise while writing.
    #[test]
    fn every_code_a_cd_drive_uses_has_a_name() {
        const PAIRS: &[(u8, &[u8])] = &[
            (0x00, &[0, 0x11, 0x12, 0x13, 0x14, 0x15]),
            (0x04, &[0, 1, 2, 3, 4, 7, 8]),
            (0x08, &[0, 1, 2, 3]),
            (0x09, &[0, 1, 2, 3, 4]),
            (0x0C, &[0, 7, 8, 9, 0x0A]),
            (0x11, &[0, 5, 6]),
            (0x15, &[0, 1, 2]),
            (0x18, &[0, 8]),
            (0x21, &[0, 2]),
            (0x26, &[0, 1, 2]),
            (0x29, &[0, 1, 2, 3, 4]),
            (0x2C, &[0, 3, 4]),
            (0x30, &[0, 1, 2, 3, 4, 5, 6, 7, 8, 9]),
            (0x3A, &[0, 1, 2]),
            (0x3E, &[0, 1, 2]),
            (0x51, &[0, 1]),
            (0x63, &[0, 1]),
            (0x64, &[0, 1]),
            (0x6F, &[1, 2, 3]),
            (0x72, &[0, 1, 2, 3, 4, 5]),
            (0x73, &[0, 1, 2, 3, 4, 5, 6]),
        ];
        for &(asc, qualifiers) in PAIRS {
            for &ascq in qualifiers {
                assert!(Sense::new(0, asc, ascq).name().is_some(), "{asc:02X}/{ascq:02X}");
            }
        }
        for asc in [0x02, 0x03, 0x10, 0x1A, 0x20, 0x24, 0x27, 0x28, 0x2E, 0x31, 0x39, 0x57] {
            assert!(Sense::new(0, asc, 0).name().is_some(), "{asc:02X}/00");
        }
    }

    #[test]
    fn names_are_sorted() {
        assert!(NAMES.windows(2).all(|pair| (pair[0].0, pair[0].1) < (pair[1].0, pair[1].1)));
    }
}
