//! HRESULTs: every number the raw CD interface and its neighbours can return, by name.
//!
//! Names and numbers: `imapi2error.h` and `winerror.h`, as the Windows SDK prints them. Where
//! Microsoft's pages print another number than the header (`MEDIA_IS_NOT_BLANK` and
//! `MEDIA_IS_NOT_SUPPORTED` are swapped on two pages), the header is right: scripts, bindings and
//! user reports agree with it. The texts are ours.

use core::fmt;
use core::str::FromStr;

/// A Windows result code: success when the top bit is 0. Open: any 32 bits are kept.
///
/// ```
/// use raw_cd::HResult;
/// let code: HResult = "-1062599166".parse()?;
/// assert_eq!(code.to_string(), "0xC0AA0602 E_IMAPI_DF2RAW_MEDIA_IS_NOT_PREPARED");
/// assert!(!code.is_success());
/// # Ok::<(), raw_cd::NotAnHResult>(())
/// ```
#[derive(Clone, Copy, Eq, Hash, Ord, PartialEq, PartialOrd)]
pub struct HResult(pub u32);

impl HResult {
    /// Success or failure, by the top bit. IMAPI's failures begin with C0AAh *or* 80AAh, so
    /// nothing but the top bit tells.
    pub const fn is_success(self) -> bool {
        self.0 >> 31 == 0
    }

    /// The value as scripts and .NET print it.
    pub const fn signed(self) -> i32 {
        self.0 as i32
    }

    /// Microsoft's name, if the value has one here.
    pub fn name(self) -> Option<&'static str> {
        self.row().map(|row| row.name)
    }

    /// What it means, in a few words of ours.
    pub fn text(self) -> Option<&'static str> {
        self.row().map(|row| row.text)
    }

    /// The value with this name; Microsoft's other spellings of system codes are understood.
    pub fn named(name: &str) -> Option<Self> {
        let row = NAMED.iter().find(|row| row.name == name).map(|row| row.value);
        row.or_else(|| ALIASES.iter().find(|(alias, _)| *alias == name).map(|&(_, value)| value))
    }

    /// Every value with a name, in the order of the headers.
    pub const fn all() -> &'static [Named] {
        NAMED
    }

    fn row(self) -> Option<&'static Named> {
        NAMED.iter().find(|row| row.value == self)
    }
}

/// A result code with its name.
#[derive(Clone, Copy, Debug, Eq, PartialEq)]
pub struct Named {
    /// The code.
    pub value: HResult,
    /// Microsoft's name.
    pub name: &'static str,
    /// What it means.
    pub text: &'static str,
}

impl fmt::Display for HResult {
    /// `0xC0AA0602 E_IMAPI_DF2RAW_MEDIA_IS_NOT_PREPARED`, or the number alone.
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "0x{:08X}", self.0)?;
        match self.name() {
            Some(name) => write!(f, " {name}"),
            None => Ok(()),
        }
    }
}

impl fmt::Debug for HResult {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        fmt::Display::fmt(self, f)
    }
}

/// The text is neither a name nor a number of 32 bits.
#[derive(Clone, Debug, Eq, PartialEq, thiserror::Error)]
#[error(
    "{0:?} is not an HRESULT: expected a name such as E_IMAPI_DF2RAW_MEDIA_IS_NOT_PREPARED, \
     or a number such as 0xC0AA0602 or -1062599166"
)]
pub struct NotAnHResult(String);

impl FromStr for HResult {
    type Err = NotAnHResult;

    /// Reads a name, `0x` and hexadecimal digits, or a decimal number, signed or not. What
    /// [`Display`](fmt::Display) prints is read as well.
    fn from_str(text: &str) -> Result<Self, NotAnHResult> {
        let bad = || NotAnHResult(text.chars().take(80).collect());
        let text = text.trim();
        let (first, rest) = text.split_once(' ').unwrap_or((text, ""));
        let value = match first.strip_prefix("0x").or_else(|| first.strip_prefix("0X")) {
            Some(hex) if hex.bytes().all(|b| b.is_ascii_hexdigit()) => u32::from_str_radix(hex, 16).ok(),
            Some(_) => None,
            None => match first.parse::<i64>() {
                Ok(n) => u32::try_from(n).ok().or_else(|| i32::try_from(n).ok().map(|n| n as u32)),
                Err(_) => Self::named(first).map(|value| value.0),
            },
        };
        match value.map(Self) {
            Some(value) if rest.is_empty() || Self::named(rest) == Some(value) => Ok(value),
            _ => Err(bad()),
        }
    }
}

macro_rules! hresults { ($($name:ident = $value:literal $text:literal;)*) => {
    impl HResult { $(
        #[doc = concat!($text, ".")]
        pub const $name: Self = Self($value);
    )* }

    const NAMED: &[Named] = &[$(Named { value: HResult::$name, name: stringify!($name), text: $text },)*];
} }

/// Spellings that Microsoft's pages use beside the header's.
const ALIASES: &[(&str, HResult)] = &[
    ("E_ACCESS_DENIED", HResult::E_ACCESSDENIED),
    ("ERROR_INVALID_HANDLE", HResult::E_HANDLE),
    ("HRESULT_FROM_WIN32(ERROR_INVALID_HANDLE)", HResult::E_HANDLE),
    ("HRESULT_FROM_WIN32(ERROR_DEV_NOT_EXIST)", HResult::ERROR_DEV_NOT_EXIST),
    ("STRSAFE_E_INVALID_PARAMETER", HResult::E_INVALIDARG),
];

hresults! {
    // System: winerror.h.
    S_OK = 0x0000_0000 "done";
    S_FALSE = 0x0000_0001 "done, and the answer is no";
    E_NOTIMPL = 0x8000_4001 "this software does not do that";
    E_NOINTERFACE = 0x8000_4002 "the object has no such interface";
    E_POINTER = 0x8000_4003 "a pointer that must not be NULL is NULL";
    E_FAIL = 0x8000_4005 "failed, for a reason that has no code of its own";
    E_ACCESSDENIED = 0x8007_0005 "somebody else uses the drive, or it may not be opened";
    E_HANDLE = 0x8007_0006 "the handle is not valid: ERROR_INVALID_HANDLE (6)";
    E_OUTOFMEMORY = 0x8007_000E "not enough memory";
    ERROR_DEV_NOT_EXIST = 0x8007_0037 "the device is not there any more: ERROR_DEV_NOT_EXIST (55)";
    E_INVALIDARG = 0x8007_0057 "an argument is outside what the member takes";
    // General: imapi2error.h.
    E_IMAPI_REQUEST_CANCELLED = 0xC0AA_0002 "operation stopped because it was cancelled";
    E_IMAPI_RECORDER_REQUIRED = 0xC0AA_0003 "a recorder must be selected first";
    S_IMAPI_SPEEDADJUSTED = 0x00AA_0004 "asked-for speed unavailable; another speed was taken";
    S_IMAPI_ROTATIONADJUSTED = 0x00AA_0005 "asked-for rotation control unavailable; another was taken";
    S_IMAPI_BOTHADJUSTED = 0x00AA_0006 "both speed and rotation control were changed";
    E_IMAPI_BURN_VERIFICATION_FAILED = 0xC0AA_0007 "read-back check failed (Data and TAO formats only)";
    // Recorder: imapi2error.h.
    S_IMAPI_COMMAND_HAS_SENSE_DATA = 0x00AA_0200 "pass-through command ended with sense data; look at the sense buffer";
    E_IMAPI_RECORDER_NO_SUCH_MODE_PAGE = 0xC0AA_0201 "requested mode page / page-control pair absent";
    E_IMAPI_RECORDER_MEDIA_NO_MEDIA = 0xC0AA_0202 "no disc";
    E_IMAPI_RECORDER_MEDIA_INCOMPATIBLE = 0xC0AA_0203 "disc unusable in this drive, or unknown physical format";
    E_IMAPI_RECORDER_MEDIA_UPSIDE_DOWN = 0xC0AA_0204 "disc inserted upside down";
    E_IMAPI_RECORDER_MEDIA_BECOMING_READY = 0xC0AA_0205 "drive is becoming ready; retry later";
    E_IMAPI_RECORDER_MEDIA_FORMAT_IN_PROGRESS = 0xC0AA_0206 "a format is running";
    E_IMAPI_RECORDER_MEDIA_BUSY = 0xC0AA_0207 "a long operation (for example end of a write) is running";
    E_IMAPI_RECORDER_INVALID_MODE_PARAMETERS = 0xC0AA_0208 "MODE SELECT parameters refused";
    E_IMAPI_RECORDER_MEDIA_WRITE_PROTECTED = 0xC0AA_0209 "disc or drive is write protected";
    E_IMAPI_RECORDER_NO_SUCH_FEATURE = 0xC0AA_020A "feature not known to the drive";
    E_IMAPI_RECORDER_FEATURE_IS_NOT_CURRENT = 0xC0AA_020B "feature known but its Current bit is 0";
    E_IMAPI_RECORDER_GET_CONFIGURATION_NOT_SUPPORTED = 0xC0AA_020C "drive lacks GET CONFIGURATION";
    E_IMAPI_RECORDER_COMMAND_TIMEOUT = 0xC0AA_020D "command not finished within its timeout";
    E_IMAPI_RECORDER_DVD_STRUCTURE_NOT_PRESENT = 0xC0AA_020E "requested DVD structure absent";
    E_IMAPI_RECORDER_MEDIA_SPEED_MISMATCH = 0xC0AA_020F "disc speed class does not fit the drive";
    E_IMAPI_RECORDER_LOCKED = 0xC0AA_0210 "somebody else holds the drive exclusively";
    E_IMAPI_RECORDER_CLIENT_NAME_IS_NOT_VALID = 0xC0AA_0211 "bad client name (recorder level)";
    E_IMAPI_RECORDER_MEDIA_NOT_FORMATTED = 0xC0AA_0212 "disc must be formatted first";
    E_IMAPI_RECORDER_INVALID_RESPONSE_FROM_DEVICE = 0xC0AA_02FF "drive returned malformed or unexpected data";
    // Write engine: imapi2error.h.
    E_IMAPI_LOSS_OF_STREAMING = 0xC0AA_0300 "data did not reach the drive in time (buffer underrun)";
    E_IMAPI_UNEXPECTED_RESPONSE_FROM_DEVICE = 0xC0AA_0301 "write ended by an unrecoverable drive error";
    S_IMAPI_WRITE_NOT_IN_PROGRESS = 0x00AA_0302 "nothing was being written (write-engine cancel)";
    // IDiscFormat2Data: imapi2error.h.
    E_IMAPI_DF2DATA_WRITE_IN_PROGRESS = 0xC0AA_0400 "data: write running";
    E_IMAPI_DF2DATA_WRITE_NOT_IN_PROGRESS = 0xC0AA_0401 "data: no write running";
    E_IMAPI_DF2DATA_INVALID_MEDIA_STATE = 0xC0AA_0402 "data: needs supported media";
    E_IMAPI_DF2DATA_STREAM_NOT_SUPPORTED = 0xC0AA_0403 "data: stream unusable";
    E_IMAPI_DF2DATA_STREAM_TOO_LARGE_FOR_CURRENT_MEDIA = 0xC0AA_0404 "data: stream does not fit";
    E_IMAPI_DF2DATA_MEDIA_NOT_BLANK = 0xC0AA_0405 "data: would overwrite without ForceOverwrite";
    E_IMAPI_DF2DATA_MEDIA_IS_NOT_SUPPORTED = 0xC0AA_0406 "data: media type unsupported";
    E_IMAPI_DF2DATA_RECORDER_NOT_SUPPORTED = 0xC0AA_0407 "data: drive unsupported";
    E_IMAPI_DF2DATA_CLIENT_NAME_IS_NOT_VALID = 0xC0AA_0408 "data: bad client name";
    // IDiscFormat2TrackAtOnce: imapi2error.h.
    E_IMAPI_DF2TAO_WRITE_IN_PROGRESS = 0xC0AA_0500 "TAO: write running";
    E_IMAPI_DF2TAO_WRITE_NOT_IN_PROGRESS = 0xC0AA_0501 "TAO: no write running";
    E_IMAPI_DF2TAO_MEDIA_IS_NOT_PREPARED = 0xC0AA_0502 "TAO: needs prepared media";
    E_IMAPI_DF2TAO_MEDIA_IS_PREPARED = 0xC0AA_0503 "TAO: not while media is prepared";
    E_IMAPI_DF2TAO_PROPERTY_FOR_BLANK_MEDIA_ONLY = 0xC0AA_0504 "TAO: property fixed once something is written";
    E_IMAPI_DF2TAO_TABLE_OF_CONTENTS_EMPTY_DISC = 0xC0AA_0505 "TAO: no TOC on an empty disc";
    E_IMAPI_DF2TAO_MEDIA_IS_NOT_BLANK = 0xC0AA_0506 "TAO: only blank CD-R/RW accepted";
    E_IMAPI_DF2TAO_MEDIA_IS_NOT_SUPPORTED = 0xC0AA_0507 "TAO: only blank CD-R/RW accepted";
    E_IMAPI_DF2TAO_TRACK_LIMIT_REACHED = 0xC0AA_0508 "TAO: 99 tracks reached";
    E_IMAPI_DF2TAO_NOT_ENOUGH_SPACE = 0xC0AA_0509 "TAO: track does not fit";
    E_IMAPI_DF2TAO_NO_RECORDER_SPECIFIED = 0xC0AA_050A "TAO: no recorder chosen";
    E_IMAPI_DF2TAO_INVALID_ISRC = 0xC0AA_050B "TAO: bad ISRC";
    E_IMAPI_DF2TAO_INVALID_MCN = 0xC0AA_050C "TAO: bad media catalogue number";
    E_IMAPI_DF2TAO_STREAM_NOT_SUPPORTED = 0xC0AA_050D "TAO: audio stream unusable";
    E_IMAPI_DF2TAO_RECORDER_NOT_SUPPORTED = 0xC0AA_050E "TAO: drive unsupported";
    E_IMAPI_DF2TAO_CLIENT_NAME_IS_NOT_VALID = 0xC0AA_050F "TAO: bad client name";
    // IDiscFormat2RawCD: imapi2error.h.
    E_IMAPI_DF2RAW_WRITE_IN_PROGRESS = 0xC0AA_0600 "a write is running";
    E_IMAPI_DF2RAW_WRITE_NOT_IN_PROGRESS = 0xC0AA_0601 "no write is running";
    E_IMAPI_DF2RAW_MEDIA_IS_NOT_PREPARED = 0xC0AA_0602 "only allowed after PrepareMedia";
    E_IMAPI_DF2RAW_MEDIA_IS_PREPARED = 0xC0AA_0603 "not allowed between PrepareMedia and ReleaseMedia";
    E_IMAPI_DF2RAW_CLIENT_NAME_IS_NOT_VALID = 0xC0AA_0604 "bad client name";
    E_IMAPI_DF2RAW_MEDIA_IS_NOT_BLANK = 0xC0AA_0606 "only blank CD-R/RW accepted: disc is not blank";
    E_IMAPI_DF2RAW_MEDIA_IS_NOT_SUPPORTED = 0xC0AA_0607 "only blank CD-R/RW accepted: wrong disc type";
    E_IMAPI_DF2RAW_NOT_ENOUGH_SPACE = 0xC0AA_0609 "session does not fit on the disc";
    E_IMAPI_DF2RAW_NO_RECORDER_SPECIFIED = 0xC0AA_060A "no recorder chosen";
    E_IMAPI_DF2RAW_STREAM_NOT_SUPPORTED = 0xC0AA_060D "stream unusable";
    E_IMAPI_DF2RAW_DATA_BLOCK_TYPE_NOT_SUPPORTED = 0xC0AA_060E "drive cannot take this data block type";
    E_IMAPI_DF2RAW_STREAM_LEADIN_TOO_SHORT = 0xC0AA_060F "stream has fewer lead-in sectors than this disc needs";
    E_IMAPI_DF2RAW_RECORDER_NOT_SUPPORTED = 0xC0AA_0610 "drive cannot do this format";
    // IDiscFormat2Erase: imapi2error.h.
    E_IMAPI_ERASE_RECORDER_IN_USE = 0x80AA_0900 "erase: recorder busy erasing";
    E_IMAPI_ERASE_ONLY_ONE_RECORDER_SUPPORTED = 0x80AA_0901 "erase: clear the old recorder first";
    E_IMAPI_ERASE_DISC_INFORMATION_TOO_SMALL = 0x80AA_0902 "erase: READ DISC INFORMATION reply too short";
    E_IMAPI_ERASE_MODE_PAGE_2A_TOO_SMALL = 0x80AA_0903 "erase: mode page 2Ah reply too short";
    E_IMAPI_ERASE_MEDIA_IS_NOT_ERASABLE = 0x80AA_0904 "erase: disc not erasable";
    E_IMAPI_ERASE_DRIVE_FAILED_ERASE_COMMAND = 0x80AA_0905 "erase: BLANK failed";
    E_IMAPI_ERASE_TOOK_LONGER_THAN_ONE_HOUR = 0x80AA_0906 "erase: over one hour; per the web table also seen when a worn CD-RW/DVD-RW fails to erase";
    E_IMAPI_ERASE_UNEXPECTED_DRIVE_RESPONSE_DURING_ERASE = 0x80AA_0907 "erase: odd answer while erasing";
    E_IMAPI_ERASE_DRIVE_FAILED_SPINUP_COMMAND = 0x80AA_0908 "erase: START UNIT failed";
    E_IMAPI_ERASE_MEDIA_IS_NOT_SUPPORTED = 0xC0AA_0909 "erase: media type unsupported";
    E_IMAPI_ERASE_RECORDER_NOT_SUPPORTED = 0xC0AA_090A "erase: drive unsupported";
    E_IMAPI_ERASE_CLIENT_NAME_IS_NOT_VALID = 0xC0AA_090B "erase: bad client name";
    // IRawCDImageCreator: imapi2error.h.
    E_IMAPI_RAW_IMAGE_IS_READ_ONLY = 0x80AA_0A00 "image creator frozen by CreateResultImage";
    E_IMAPI_RAW_IMAGE_TOO_MANY_TRACKS = 0x80AA_0A01 "more than 99 tracks";
    E_IMAPI_RAW_IMAGE_SECTOR_TYPE_NOT_SUPPORTED = 0x80AA_0A02 "sector type not accepted";
    E_IMAPI_RAW_IMAGE_NO_TRACKS = 0x80AA_0A03 "needs at least one track";
    E_IMAPI_RAW_IMAGE_TRACKS_ALREADY_ADDED = 0x80AA_0A04 "only allowed before the first track";
    E_IMAPI_RAW_IMAGE_INSUFFICIENT_SPACE = 0x80AA_0A05 "would exceed the lead-out limit";
    E_IMAPI_RAW_IMAGE_TOO_MANY_TRACK_INDEXES = 0x80AA_0A06 "more than 99 indexes in a track";
    E_IMAPI_RAW_IMAGE_TRACK_INDEX_NOT_FOUND = 0x80AA_0A07 "no index at that offset";
    S_IMAPI_RAW_IMAGE_TRACK_INDEX_ALREADY_EXISTS = 0x00AA_0A08 "index already present (success)";
    E_IMAPI_RAW_IMAGE_TRACK_INDEX_OFFSET_ZERO_CANNOT_BE_CLEARED = 0x80AA_0A09 "offset 0 is index 1 and stays";
    E_IMAPI_RAW_IMAGE_TRACK_INDEX_TOO_CLOSE_TO_OTHER_INDEX = 0x80AA_0A0A "fewer than 10 sectors from a neighbour";
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;

    /// Name, number and signed number as Microsoft's tables and users' logs print them.
    #[test]
    fn names_and_numbers_are_microsofts() {
        for (name, value, signed) in [
            ("E_IMAPI_REQUEST_CANCELLED", 0xC0AA_0002_u32, -1_062_600_702),
            ("S_IMAPI_BOTHADJUSTED", 0x00AA_0006, 11_141_126),
            ("E_IMAPI_RECORDER_LOCKED", 0xC0AA_0210, -1_062_600_176),
            ("E_IMAPI_RECORDER_INVALID_RESPONSE_FROM_DEVICE", 0xC0AA_02FF, -1_062_599_937),
            ("E_IMAPI_DF2TAO_RECORDER_NOT_SUPPORTED", 0xC0AA_050E, -1_062_599_410),
            ("E_IMAPI_DF2RAW_MEDIA_IS_NOT_PREPARED", 0xC0AA_0602, -1_062_599_166),
            ("E_IMAPI_DF2RAW_MEDIA_IS_NOT_BLANK", 0xC0AA_0606, -1_062_599_162),
            ("E_IMAPI_DF2RAW_MEDIA_IS_NOT_SUPPORTED", 0xC0AA_0607, -1_062_599_161),
            ("E_IMAPI_DF2RAW_RECORDER_NOT_SUPPORTED", 0xC0AA_0610, -1_062_599_152),
            ("E_IMAPI_ERASE_DRIVE_FAILED_SPINUP_COMMAND", 0x80AA_0908, -2_136_340_216),
            ("E_IMAPI_ERASE_MEDIA_IS_NOT_SUPPORTED", 0xC0AA_0909, -1_062_598_391),
            ("E_IMAPI_RAW_IMAGE_IS_READ_ONLY", 0x80AA_0A00, -2_136_339_968),
            ("E_POINTER", 0x8000_4003, -2_147_467_261),
            ("E_INVALIDARG", 0x8007_0057, -2_147_024_809),
        ] {
            let code = HResult::named(name).unwrap();
            assert_eq!((code.0, code.signed()), (value, signed), "{name}");
            assert_eq!(code.name(), Some(name));
            assert_eq!(format!("{value:#010x}").parse(), Ok(code));
            assert_eq!(signed.to_string().parse(), Ok(code));
            assert_eq!(value.to_string().parse(), Ok(code));
            assert_eq!(code.to_string().parse(), Ok(code));
        }
        assert_eq!("E_ACCESS_DENIED".parse(), Ok(HResult::E_ACCESSDENIED));
    }

    /// 90 symbols of imapi2error.h, 11 of winerror.h; no value and no name twice.
    #[test]
    fn the_table_is_whole_and_unambiguous() {
        let imapi = NAMED.iter().filter(|row| row.value.0 >> 16 & 0x1FFF == 0xAA).count();
        assert_eq!((imapi, NAMED.len()), (90, 101));
        for (n, row) in NAMED.iter().enumerate() {
            let other = NAMED.iter().skip(n + 1).find(|o| o.value == row.value || o.name == row.name);
            assert_eq!(other, None, "{}", row.name);
            assert_eq!(row.name.starts_with("S_"), row.value.is_success(), "{}", row.name);
        }
    }

    #[test]
    fn what_is_no_code_is_refused() {
        for bad in
            ["", "0x", "0x1C0AA0602", "4294967296", "-2147483649", "E_NO_SUCH_THING", "0xC0AA0602 S_OK"]
        {
            assert!(bad.parse::<HResult>().is_err(), "{bad:?}");
        }
    }

    proptest! {
        #[test]
        fn every_number_survives_its_text(value in any::<u32>()) {
            prop_assert_eq!(HResult(value).to_string().parse(), Ok(HResult(value)));
            prop_assert_eq!(HResult(value).signed().to_string().parse(), Ok(HResult(value)));
        }

        #[test]
        fn any_text_parses_or_fails_cleanly(text in ".{0,40}") {
            let _ = text.parse::<HResult>();
        }
    }
}
