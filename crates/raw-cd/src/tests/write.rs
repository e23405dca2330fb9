//! The checks of WriteMedia, on a disc with 97:26:66 and 79:59:74: its lead-in has 11634
//! sectors with the pregap, its last lead-out starts at 359849 and so ends at 366599.

use std::io::{Read, Seek, SeekFrom};

use super::script::{appendable, configuration};
use super::*;
use crate::{ImageError, RawImage, SectorType};

/// A stream of a given size that holds nothing and remembers where it stands.
struct Stream {
    bytes: u64,
    at: u64,
    seeks: bool,
}

impl Stream {
    fn of(sectors: u64) -> Self {
        Self { bytes: sectors * 2448, at: 0, seeks: true }
    }
}

impl RawImage for Stream {
    fn bytes(&mut self) -> Result<u64, ImageError> {
        Ok(self.bytes)
    }
    fn seek_to(&mut self, offset: u64) -> Result<(), ImageError> {
        if !self.seeks {
            return Err(ImageError { hresult: HResult::E_NOTIMPL, text: "no seeking".to_owned() });
        }
        self.at = offset;
        Ok(())
    }
    fn read_some(&mut self, buffer: &mut [u8]) -> Result<usize, ImageError> {
        let n = buffer.len().min(usize::try_from(self.bytes - self.at).unwrap());
        self.at += n as u64;
        Ok(n)
    }
}

fn prepared(script: &Script) -> RawCd {
    let object = object(script);
    object.prepare_media().unwrap();
    object
}

const RECORDS_NOTHING: HResult = HResult::E_NOTIMPL;
/// Program of 1000 sectors and a lead-out of 6750 behind a lead-in from 95:00:00.
const SMALL: u64 = 22_650 + 1000 + 6750;

/// Figures of a disc with 97:26:66: 22650 - 11634 = 11016 sectors are skipped, 26967168 bytes
/// at 2448.
#[test]
fn the_stream_is_put_where_this_disc_begins() {
    for seeks in [true, false] {
        let mut stream = Stream { seeks, ..Stream::of(SMALL) };
        assert_eq!(code(prepared(&Script::blank_cd_r()).write_media(&mut stream)), RECORDS_NOTHING);
        assert_eq!(stream.at, 26_967_168, "seeks: {seeks}");
    }
}

/// 26085888 bytes at 2368.
#[test]
fn sectors_with_p_and_q_only_are_shorter() {
    let object = prepared(&Script::blank_cd_r());
    object.set_requested_sector_type(SectorType::PQ_ONLY).unwrap();
    let mut stream = Stream { bytes: SMALL * 2368, ..Stream::of(0) };
    assert_eq!(code(object.write_media(&mut stream)), RECORDS_NOTHING);
    assert_eq!(stream.at, 26_085_888);
}

#[test]
fn the_stream_needs_this_discs_lead_in() {
    let object = prepared(&Script::blank_cd_r());
    let too_short = HResult::E_IMAPI_DF2RAW_STREAM_LEADIN_TOO_SHORT;
    assert_eq!(code(object.write_media2(&mut Stream::of(SMALL), 11_633)), too_short);
    assert_eq!(code(object.write_media2(&mut Stream::of(SMALL), 0)), too_short);
    assert_eq!(code(object.write_media2(&mut Stream::of(SMALL), -1)), HResult::E_INVALIDARG);
    let mut stream = Stream::of(11_634 + 1000);
    assert_eq!(code(object.write_media2(&mut stream, 11_634)), RECORDS_NOTHING);
    assert_eq!(stream.at, 0, "nothing is skipped");
}

#[test]
fn the_stream_has_whole_sectors_and_some_to_write() {
    let object = prepared(&Script::blank_cd_r());
    let not_supported = HResult::E_IMAPI_DF2RAW_STREAM_NOT_SUPPORTED;
    for bytes in [0, 1, 2352, SMALL * 2448 + 1, 11_016 * 2448] {
        let mut stream = Stream { bytes, ..Stream::of(0) };
        assert_eq!(code(object.write_media(&mut stream)), not_supported, "{bytes}");
    }
    assert_eq!(code(object.write_media(&mut Stream::of(11_017))), RECORDS_NOTHING);
}

/// Lead-out at the last possible place, and one sector later.
#[test]
fn the_session_has_to_fit() {
    let object = prepared(&Script::blank_cd_r());
    let fits = 22_650 + 359_849 + 6750;
    assert_eq!(code(object.write_media(&mut Stream::of(fits))), RECORDS_NOTHING);
    let error = object.write_media(&mut Stream::of(fits + 1)).unwrap_err();
    assert_eq!(error.hresult(), HResult::E_IMAPI_DF2RAW_NOT_ENOUGH_SPACE);
    let text = error.to_string();
    assert_eq!(text, "the image ends at LBA 366600: the disc ends at LBA 366599, lead-out included");
}

#[test]
fn the_disc_is_looked_at_afresh() {
    let script = Script::blank_cd_r();
    let object = prepared(&script);
    script.on(READ_DISC_INFORMATION, [appendable(1, [23, 45, 25])]);
    let number = code(object.write_media(&mut Stream::of(SMALL)));
    assert_eq!(number, HResult::E_IMAPI_DF2RAW_MEDIA_IS_NOT_BLANK);
    script.on(READ_DISC_INFORMATION, [Answer::Check("2/3A/02")]);
    let number = code(object.write_media(&mut Stream::of(SMALL)));
    assert_eq!(number, HResult::E_IMAPI_RECORDER_MEDIA_NO_MEDIA);
}

/// The default sector type is not adapted to the drive.
#[test]
fn a_drive_without_the_default_sector_type_says_so_when_writing() {
    let script = Script::blank_cd_r();
    script.on(MODE_SELECT_10, [Answer::Good, Answer::Check("5/26/00"), Answer::Good]);
    let object = prepared(&script);
    assert_eq!(object.requested_sector_type(), Ok(SectorType::COOKED));
    let number = code(object.write_media(&mut Stream::of(SMALL)));
    assert_eq!(number, HResult::E_IMAPI_DF2RAW_DATA_BLOCK_TYPE_NOT_SUPPORTED);
}

/// A later session: lead-in at 106750, first user sector 4650 further; lead-out of 2250.
#[test]
fn a_later_session_needs_4650_sectors_before_its_program() {
    let script = Script::blank_cd_r();
    script.on(READ_DISC_INFORMATION, [appendable(1, [23, 45, 25])]);
    script.on(GET_CONFIGURATION, [Answer::Data(configuration(0x09, 0x7F))]);
    let object = with_policy(&script, MediaPolicy::Appendable);
    object.prepare_media().unwrap();
    let too_short = HResult::E_IMAPI_DF2RAW_STREAM_LEADIN_TOO_SHORT;
    assert_eq!(code(object.write_media2(&mut Stream::of(SMALL), 4649)), too_short);
    let mut stream = Stream::of(SMALL);
    assert_eq!(code(object.write_media2(&mut stream, 4650)), RECORDS_NOTHING);
    assert_eq!(stream.at, 0);
    let fits = 4650 + (359_849 - 111_400) + 2250;
    assert_eq!(code(object.write_media2(&mut Stream::of(fits), 4650)), RECORDS_NOTHING);
    let number = code(object.write_media2(&mut Stream::of(fits + 1), 4650));
    assert_eq!(number, HResult::E_IMAPI_DF2RAW_NOT_ENOUGH_SPACE);
}

#[test]
fn nothing_that_writes_is_sent() {
    let script = Script::blank_cd_r();
    let object = prepared(&script);
    assert_eq!(code(object.write_media(&mut Stream::of(SMALL))), RECORDS_NOTHING);
    for opcode in script.opcodes() {
        let row = mmc_wire::command::row_of(opcode).unwrap();
        assert!(row.effect < mmc_wire::command::Effect::Writes, "{}", row.name);
    }
    object.release_media().unwrap();
}

/// Asks the object's members while it writes.
struct Curious<'a> {
    object: &'a RawCd,
    seen: Vec<HResult>,
}

impl RawImage for Curious<'_> {
    fn bytes(&mut self) -> Result<u64, ImageError> {
        let object = self.object;
        self.seen = vec![
            code(object.write_media(&mut Stream::of(SMALL))),
            code(object.release_media()),
            code(object.set_recorder(None)),
            code(object.set_client_name("other")),
            code(object.set_buffer_underrun_free_disabled(true)),
            code(object.set_requested_sector_type(SectorType::RAW)),
            code(object.set_write_speed(75, false)),
            code(object.prepare_media()),
        ];
        assert_eq!(object.requested_sector_type(), Ok(SectorType::COOKED));
        assert_eq!(object.start_of_next_session().map(|lba| lba.0), Ok(-11_634));
        assert_eq!(object.cancel_write(), Ok(()));
        Ok(SMALL * 2448)
    }
    fn seek_to(&mut self, _: u64) -> Result<(), ImageError> {
        Err(ImageError { hresult: HResult::E_NOTIMPL, text: "no seeking".to_owned() })
    }
    fn read_some(&mut self, _: &mut [u8]) -> Result<usize, ImageError> {
        panic!("a cancelled write reads no more")
    }
}

#[test]
fn while_writing() {
    let object = prepared(&Script::blank_cd_r());
    let mut curious = Curious { object: &object, seen: Vec::new() };
    assert_eq!(code(object.write_media(&mut curious)), HResult::E_IMAPI_REQUEST_CANCELLED);
    let mut expected = vec![HResult::E_IMAPI_DF2RAW_WRITE_IN_PROGRESS; 7];
    expected.push(HResult::E_IMAPI_DF2RAW_MEDIA_IS_PREPARED);
    assert_eq!(curious.seen, expected);
    // Prepared again, and the next write is not cancelled.
    assert_eq!(code(object.cancel_write()), HResult::E_IMAPI_DF2RAW_WRITE_NOT_IN_PROGRESS);
    assert_eq!(code(object.write_media(&mut Stream::of(SMALL))), RECORDS_NOTHING);
    object.release_media().unwrap();
}

struct Failing;

impl Read for Failing {
    fn read(&mut self, _: &mut [u8]) -> std::io::Result<usize> {
        Ok(0)
    }
}

impl Seek for Failing {
    fn seek(&mut self, _: SeekFrom) -> std::io::Result<u64> {
        Err(std::io::Error::other("the pipe has no length"))
    }
}

struct Locked;

impl RawImage for Locked {
    fn bytes(&mut self) -> Result<u64, ImageError> {
        Err(ImageError { hresult: HResult(0x8003_0021), text: "STG_E_LOCKVIOLATION".to_owned() })
    }
    fn seek_to(&mut self, _: u64) -> Result<(), ImageError> {
        Ok(())
    }
    fn read_some(&mut self, _: &mut [u8]) -> Result<usize, ImageError> {
        Ok(0)
    }
}

#[test]
fn the_streams_own_error_is_passed_on() {
    let object = prepared(&Script::blank_cd_r());
    assert_eq!(code(object.write_media(&mut Locked)), HResult(0x8003_0021));
    let error = object.write_media(&mut Failing).unwrap_err();
    assert_eq!(error.hresult(), HResult::E_FAIL);
    assert!(error.to_string().contains("the pipe has no length"), "{error}");
    // A file is a stream.
    let mut file = std::io::Cursor::new(vec![0; 2448 * 3]);
    let number = code(object.write_media2(&mut file, 11_634));
    assert_eq!(number, RECORDS_NOTHING);
}

#[test]
fn a_stream_that_ends_before_its_size_is_no_write() {
    let mut stream = Stream { seeks: false, ..Stream::of(SMALL) };
    struct Short<'a>(&'a mut Stream);
    impl RawImage for Short<'_> {
        fn bytes(&mut self) -> Result<u64, ImageError> {
            Ok(SMALL * 2448)
        }
        fn seek_to(&mut self, offset: u64) -> Result<(), ImageError> {
            self.0.seek_to(offset)
        }
        fn read_some(&mut self, buffer: &mut [u8]) -> Result<usize, ImageError> {
            self.0.read_some(buffer)
        }
    }
    stream.bytes = 4096;
    assert_eq!(code(prepared(&Script::blank_cd_r()).write_media(&mut Short(&mut stream))), HResult::E_FAIL);
}

#[test]
fn a_panic_in_the_stream_leaves_the_object_prepared() {
    struct Panics;
    impl RawImage for Panics {
        fn bytes(&mut self) -> Result<u64, ImageError> {
            panic!("in the stream")
        }
        fn seek_to(&mut self, _: u64) -> Result<(), ImageError> {
            Ok(())
        }
        fn read_some(&mut self, _: &mut [u8]) -> Result<usize, ImageError> {
            Ok(0)
        }
    }
    let object = prepared(&Script::blank_cd_r());
    let write = std::panic::AssertUnwindSafe(|| object.write_media(&mut Panics));
    assert!(std::panic::catch_unwind(write).is_err());
    assert_eq!(code(object.cancel_write()), HResult::E_IMAPI_DF2RAW_WRITE_NOT_IN_PROGRESS);
    object.release_media().unwrap();
}
