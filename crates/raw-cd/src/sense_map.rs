//! Sense data to HRESULT, as a table.
//!
//! [`TABLE`] is the one that Microsoft published in the sources of its erase sample (Windows SDK,
//! `imapiv2/erasesample`, `Utility.cpp`, `GenericErrors`): ordered, the first row that fits wins, and
//! the opcode of the failed command takes part. That the raw CD interface uses the same table is
//! inference, but a strong one: the twelve failures that this table can give are the twelve that
//! every device-touching member's page lists, in the order in which the table first gives them.
//!
//! [`WRITING`] is ours: what an error means while recording that the table leaves to `E_FAIL`.

use core::fmt;

use mmc_wire::{Sense, SenseKey};

use crate::HResult;

/// One row: a pattern of sense and opcode, and what it means. `None` fits anything.
#[derive(Clone, Copy, Debug, Eq, PartialEq)]
pub struct Row {
    /// Place in its table, from 1.
    pub number: u8,
    /// Sense key.
    pub key: Option<SenseKey>,
    /// Additional sense code.
    pub asc: Option<u8>,
    /// Additional sense code qualifier.
    pub ascq: Option<u8>,
    /// Operation code of the command that failed.
    pub opcode: Option<u8>,
    /// What it means.
    pub result: HResult,
}

impl Row {
    /// Whether the row speaks of this.
    pub fn fits(&self, sense: Sense, opcode: u8) -> bool {
        fn fits<T: PartialEq>(pattern: Option<T>, seen: T) -> bool {
            pattern.is_none_or(|value| value == seen)
        }
        fits(self.key, sense.key)
            && fits(self.asc, sense.asc)
            && fits(self.ascq, sense.ascq)
            && fits(self.opcode, opcode)
    }
}

impl fmt::Display for Row {
    /// `row 8: 2/04/* any command`.
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "row {}: ", self.number)?;
        match self.key {
            Some(key) => write!(f, "{:X}/", key.0)?,
            None => f.write_str("*/")?,
        }
        match self.asc {
            Some(asc) => write!(f, "{asc:02X}/")?,
            None => f.write_str("*/")?,
        }
        match self.ascq {
            Some(ascq) => write!(f, "{ascq:02X}")?,
            None => f.write_str("*")?,
        }
        match self.opcode {
            Some(opcode) => write!(f, " {}", command_name(opcode)),
            None => f.write_str(" any command"),
        }
    }
}

fn command_name(opcode: u8) -> &'static str {
    mmc_wire::command::row_of(opcode).map_or("a command without a name here", |row| row.name)
}

/// The first row of [`TABLE`] that fits.
pub fn row(sense: Sense, opcode: u8) -> Option<&'static Row> {
    TABLE.iter().find(|row| row.fits(sense, opcode))
}

/// What a command's sense means: the table's word, else `E_FAIL`. Some sense means success.
pub fn translate(sense: Sense, opcode: u8) -> HResult {
    row(sense, opcode).map_or(HResult::E_FAIL, |row| row.result)
}

/// The same while recording: [`TABLE`], then [`WRITING`], else `E_FAIL`.
pub fn translate_writing(sense: Sense, opcode: u8) -> HResult {
    let mut rows = TABLE.iter().chain(WRITING);
    rows.find(|row| row.fits(sense, opcode)).map_or(HResult::E_FAIL, |row| row.result)
}

macro_rules! value {
    (_) => {
        None
    };
    ($value:literal) => {
        Some($value)
    };
}
macro_rules! key {
    (_) => {
        None
    };
    ($value:literal) => {
        Some(SenseKey($value))
    };
}
macro_rules! rows { ($($number:literal: $key:tt $asc:tt $ascq:tt $opcode:tt => $result:ident;)*) => {
    &[$(Row {
        number: $number,
        key: key!($key),
        asc: value!($asc),
        ascq: value!($ascq),
        opcode: value!($opcode),
        result: HResult::$result,
    },)*]
} }

/// Microsoft's table. AD is READ DISC STRUCTURE, 35 SYNCHRONIZE CACHE, 5A MODE SENSE (10), 55 MODE
/// SELECT (10).
pub const TABLE: &[Row] = rows! {
    1: 0 0x00 _ _ => S_OK;
    2: _ 0x02 0x06 _ => E_IMAPI_RECORDER_MEDIA_UPSIDE_DOWN;
    3: 2 0x04 0x01 _ => E_IMAPI_RECORDER_MEDIA_BECOMING_READY;
    4: 2 0x04 0x03 _ => E_IMAPI_RECORDER_MEDIA_NO_MEDIA;
    5: 2 0x04 0x04 _ => E_IMAPI_RECORDER_MEDIA_FORMAT_IN_PROGRESS;
    6: 2 0x04 0x07 _ => E_IMAPI_RECORDER_MEDIA_BUSY;
    7: 2 0x04 0x08 _ => E_IMAPI_RECORDER_MEDIA_BUSY;
    8: 2 0x04 _ _ => E_IMAPI_RECORDER_MEDIA_BECOMING_READY;
    9: 2 0x30 _ 0xAD => E_IMAPI_RECORDER_DVD_STRUCTURE_NOT_PRESENT;
    10: 3 0x0C 0x09 0x35 => S_OK; // an underrun is forgiven once nothing follows
    11: 3 0x0C 0x09 _ => E_IMAPI_LOSS_OF_STREAMING;
    12: 4 0x09 0x01 _ => E_IMAPI_RECORDER_MEDIA_UPSIDE_DOWN; // one Plextor model
    13: 4 0x09 0x02 _ => E_IMAPI_RECORDER_MEDIA_INCOMPATIBLE; // a Ricoh DVD+RW drive with a DVD-R
    14: 5 0x20 0x00 0xAD => E_IMAPI_RECORDER_DVD_STRUCTURE_NOT_PRESENT;
    15: 5 0x24 0x00 0xAD => E_IMAPI_RECORDER_DVD_STRUCTURE_NOT_PRESENT;
    16: 5 0x30 0x02 0xAD => E_IMAPI_RECORDER_DVD_STRUCTURE_NOT_PRESENT;
    17: 5 0x24 0x00 0x5A => E_IMAPI_RECORDER_NO_SUCH_MODE_PAGE;
    18: 5 0x26 _ 0x55 => E_IMAPI_RECORDER_INVALID_MODE_PARAMETERS;
    19: 7 0x27 _ _ => E_IMAPI_RECORDER_MEDIA_WRITE_PROTECTED;
    20: 6 0x28 0x00 _ => E_IMAPI_RECORDER_MEDIA_BECOMING_READY; // the disc may have changed
    21: _ 0x30 _ _ => E_IMAPI_RECORDER_MEDIA_INCOMPATIBLE;
    22: 2 0x3A _ _ => E_IMAPI_RECORDER_MEDIA_NO_MEDIA;
    23: _ 0x73 0x03 _ => E_IMAPI_RECORDER_MEDIA_SPEED_MISMATCH;
};

/// What the table leaves open while recording, after it has been asked: the message of
/// `E_IMAPI_UNEXPECTED_RESPONSE_FROM_DEVICE` says that a write failed for an error of the drive. Inference.
pub const WRITING: &[Row] = rows! {
    1: _ _ _ 0x2A => E_IMAPI_UNEXPECTED_RESPONSE_FROM_DEVICE;
    2: _ _ _ 0xAA => E_IMAPI_UNEXPECTED_RESPONSE_FROM_DEVICE;
    3: _ _ _ 0x35 => E_IMAPI_UNEXPECTED_RESPONSE_FROM_DEVICE;
};

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;

    const TEST_UNIT_READY: u8 = 0x00;
    const WRITE_10: u8 = 0x2A;
    const SYNCHRONIZE_CACHE: u8 = 0x35;
    const SEND_OPC: u8 = 0x54;
    const MODE_SELECT_10: u8 = 0x55;
    const MODE_SENSE_10: u8 = 0x5A;
    const READ_DISC_STRUCTURE: u8 = 0xAD;

    fn check(sense: &str, opcode: u8, expected: HResult) {
        assert_eq!(translate(sense.parse().unwrap(), opcode), expected, "{sense} {opcode:02X}");
    }

    /// What follows from order and wildcards of the published table.
    #[test]
    fn the_first_row_that_fits_wins() {
        check("0/00/00", TEST_UNIT_READY, HResult::S_OK);
        check("2/04/00", TEST_UNIT_READY, HResult::E_IMAPI_RECORDER_MEDIA_BECOMING_READY);
        check("2/04/01", TEST_UNIT_READY, HResult::E_IMAPI_RECORDER_MEDIA_BECOMING_READY);
        check("2/04/03", TEST_UNIT_READY, HResult::E_IMAPI_RECORDER_MEDIA_NO_MEDIA);
        check("2/04/04", TEST_UNIT_READY, HResult::E_IMAPI_RECORDER_MEDIA_FORMAT_IN_PROGRESS);
        check("2/04/07", TEST_UNIT_READY, HResult::E_IMAPI_RECORDER_MEDIA_BUSY);
        check("2/04/08", TEST_UNIT_READY, HResult::E_IMAPI_RECORDER_MEDIA_BUSY);
        check("2/3A/01", TEST_UNIT_READY, HResult::E_IMAPI_RECORDER_MEDIA_NO_MEDIA);
        check("2/30/00", READ_DISC_STRUCTURE, HResult::E_IMAPI_RECORDER_DVD_STRUCTURE_NOT_PRESENT);
        check("2/30/00", TEST_UNIT_READY, HResult::E_IMAPI_RECORDER_MEDIA_INCOMPATIBLE);
        check("5/30/02", READ_DISC_STRUCTURE, HResult::E_IMAPI_RECORDER_DVD_STRUCTURE_NOT_PRESENT);
        check("5/30/05", WRITE_10, HResult::E_IMAPI_RECORDER_MEDIA_INCOMPATIBLE);
        check("5/24/00", READ_DISC_STRUCTURE, HResult::E_IMAPI_RECORDER_DVD_STRUCTURE_NOT_PRESENT);
        check("5/24/00", MODE_SENSE_10, HResult::E_IMAPI_RECORDER_NO_SUCH_MODE_PAGE);
        check("5/24/00", MODE_SELECT_10, HResult::E_FAIL);
        check("5/26/00", MODE_SELECT_10, HResult::E_IMAPI_RECORDER_INVALID_MODE_PARAMETERS);
        check("5/26/00", SEND_OPC, HResult::E_FAIL);
        check("5/20/00", TEST_UNIT_READY, HResult::E_FAIL);
        for write_error in ["5/64/00", "5/21/00", "5/21/02", "5/2C/00", "3/0C/00", "3/0C/07"] {
            check(write_error, WRITE_10, HResult::E_FAIL);
        }
        check("3/0C/09", WRITE_10, HResult::E_IMAPI_LOSS_OF_STREAMING);
        check("3/0C/09", SYNCHRONIZE_CACHE, HResult::S_OK);
        check("6/28/00", TEST_UNIT_READY, HResult::E_IMAPI_RECORDER_MEDIA_BECOMING_READY);
        check("6/28/01", TEST_UNIT_READY, HResult::E_FAIL);
        check("6/29/00", TEST_UNIT_READY, HResult::E_FAIL);
        check("7/27/00", WRITE_10, HResult::E_IMAPI_RECORDER_MEDIA_WRITE_PROTECTED);
        check("3/73/03", SEND_OPC, HResult::E_IMAPI_RECORDER_MEDIA_SPEED_MISMATCH);
        for calibration in ["3/73/00", "3/73/01", "3/73/02", "3/73/04", "3/73/05", "3/73/06"] {
            check(calibration, SEND_OPC, HResult::E_FAIL);
        }
        check("4/09/01", TEST_UNIT_READY, HResult::E_IMAPI_RECORDER_MEDIA_UPSIDE_DOWN);
        check("4/09/02", TEST_UNIT_READY, HResult::E_IMAPI_RECORDER_MEDIA_INCOMPATIBLE);
        check("3/02/06", TEST_UNIT_READY, HResult::E_IMAPI_RECORDER_MEDIA_UPSIDE_DOWN);
        check("8/64/00", TEST_UNIT_READY, HResult::E_FAIL);
    }

    /// The documentation's device failures (for one: IDiscRecorder2::EjectMedia, return values),
    /// in the order of the page.
    #[test]
    fn the_table_gives_the_documented_failures_in_the_documented_order() {
        let mut seen = Vec::new();
        for row in TABLE.iter().filter(|row| row.number != 9 && !row.result.is_success()) {
            if !seen.contains(&row.result) {
                seen.push(row.result);
            }
        }
        assert_eq!(
            seen,
            [
                HResult::E_IMAPI_RECORDER_MEDIA_UPSIDE_DOWN,
                HResult::E_IMAPI_RECORDER_MEDIA_BECOMING_READY,
                HResult::E_IMAPI_RECORDER_MEDIA_NO_MEDIA,
                HResult::E_IMAPI_RECORDER_MEDIA_FORMAT_IN_PROGRESS,
                HResult::E_IMAPI_RECORDER_MEDIA_BUSY,
                HResult::E_IMAPI_LOSS_OF_STREAMING,
                HResult::E_IMAPI_RECORDER_MEDIA_INCOMPATIBLE,
                HResult::E_IMAPI_RECORDER_DVD_STRUCTURE_NOT_PRESENT,
                HResult::E_IMAPI_RECORDER_NO_SUCH_MODE_PAGE,
                HResult::E_IMAPI_RECORDER_INVALID_MODE_PARAMETERS,
                HResult::E_IMAPI_RECORDER_MEDIA_WRITE_PROTECTED,
                HResult::E_IMAPI_RECORDER_MEDIA_SPEED_MISMATCH,
            ]
        );
    }

    /// A row that an earlier one hides would be a row put in the wrong place.
    #[test]
    fn every_row_can_be_reached() {
        for (n, row) in TABLE.iter().enumerate() {
            assert_eq!(usize::from(row.number), n + 1);
            let sense = Sense {
                key: row.key.unwrap_or(SenseKey(0xB)),
                asc: row.asc.unwrap_or(0x7E),
                ascq: row.ascq.unwrap_or(0x7E),
            };
            assert_eq!(super::row(sense, row.opcode.unwrap_or(0x7F)), Some(row), "{row}");
        }
    }

    #[test]
    fn while_recording_an_error_without_a_row_is_an_unexpected_response() {
        let unexpected = HResult::E_IMAPI_UNEXPECTED_RESPONSE_FROM_DEVICE;
        assert_eq!(translate_writing(Sense::INVALID_ADDRESS_FOR_WRITE, WRITE_10), unexpected);
        assert_eq!(translate_writing(Sense::new(3, 0x73, 0), SYNCHRONIZE_CACHE), unexpected);
        assert_eq!(translate_writing(Sense::LOSS_OF_STREAMING, SYNCHRONIZE_CACHE), HResult::S_OK);
        let underrun = HResult::E_IMAPI_LOSS_OF_STREAMING;
        assert_eq!(translate_writing(Sense::LOSS_OF_STREAMING, WRITE_10), underrun);
        assert_eq!(translate_writing(Sense::COMMAND_SEQUENCE_ERROR, MODE_SELECT_10), HResult::E_FAIL);
    }

    #[test]
    fn rows_print_as_patterns() {
        assert_eq!(TABLE[7].to_string(), "row 8: 2/04/* any command");
        assert_eq!(TABLE[9].to_string(), "row 10: 3/0C/09 SYNCHRONIZE CACHE (10)");
        assert_eq!(TABLE[20].to_string(), "row 21: */30/* any command");
    }

    proptest! {
        #[test]
        fn any_sense_has_a_meaning(key in 0u8..16, asc: u8, ascq: u8, opcode: u8) {
            let sense = Sense::new(key, asc, ascq);
            let found = TABLE.iter().find(|row| row.fits(sense, opcode)).map(|row| row.result);
            prop_assert_eq!(translate(sense, opcode), found.unwrap_or(HResult::E_FAIL));
        }
    }
}
