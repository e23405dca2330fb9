//! The checks of WriteMedia, on a disc with 97:26:66 and 79:59:74: its lead-in has 11634
//! sectors with the pregap, its last lead-out starts at 359849 and so ends at 366599.

use std::io::{Read, Seek, SeekFrom};

use super::burner::Numbered;
use super::script::{appendable, configuration};
use super::*;
use crate::{Error, ImageError, Left, RawImage, SectorType};

/// A write that ends where its checks do: cancelled in its first event.
fn checked(object: &RawCd, image: &mut dyn RawImage, lead_in: i32) -> Result<(), Error> {
    let cancel = object.on_update(|object, _| object.cancel_write().unwrap());
    let result = object.write_media2(image, lead_in);
    assert!(object.unsubscribe(cancel));
    result
}

/// All checks passed, with so many sectors to write.
fn passed(of: u32) -> Result<(), Error> {
    Err(Error::Cancelled { written: 0, of, left: Left::Nothing })
}

fn prepared(script: &Script) -> RawCd {
    let object = object(script);
    object.prepare_media().unwrap();
    object
}

/// Program of 1000 sectors and a lead-out of 6750 behind a lead-in from 95:00:00.
const SMALL: u64 = 22_650 + 1000 + 6750;

#[test]
fn the_stream_needs_this_discs_lead_in() {
    let object = prepared(&Script::blank_cd_r());
    let too_short = HResult::E_IMAPI_DF2RAW_STREAM_LEADIN_TOO_SHORT;
    let with = |lead_in| code(object.write_media2(&mut Numbered::of(SMALL), lead_in));
    assert_eq!(with(11_633), too_short);
    assert_eq!(with(0), too_short);
    assert_eq!(with(-1), HResult::E_INVALIDARG);
    assert_eq!(with(i32::MIN), HResult::E_INVALIDARG);
    let mut stream = Numbered::of(11_634 + 1000);
    assert_eq!(checked(&object, &mut stream, 11_634), passed(11_634 + 1000), "nothing is skipped");
    assert_eq!(checked(&object, &mut stream, 11_635), passed(11_633 + 1000), "one is");
}

#[test]
fn the_stream_has_whole_sectors_and_some_to_write() {
    let object = prepared(&Script::blank_cd_r());
    let not_supported = HResult::E_IMAPI_DF2RAW_STREAM_NOT_SUPPORTED;
    for bytes in [0, 1, 2352, SMALL * 2448 + 1, SMALL * 2448 - 1, 11_016 * 2448] {
        let mut stream = Numbered { sectors: bytes, sector_bytes: 1, ..Numbered::of(0) };
        assert_eq!(code(object.write_media(&mut stream)), not_supported, "{bytes}");
    }
    assert_eq!(checked(&object, &mut Numbered::of(11_017), 22_650), passed(1));
    object.set_requested_sector_type(SectorType::PQ_ONLY).unwrap();
    assert_eq!(code(object.write_media(&mut Numbered::of(11_017))), not_supported);
    let mut stream = Numbered { sector_bytes: 2368, ..Numbered::of(11_017) };
    assert_eq!(checked(&object, &mut stream, 22_650), passed(1));
}

/// Lead-out at the last possible place, and one sector later.
#[test]
fn the_session_has_to_fit() {
    let object = prepared(&Script::blank_cd_r());
    let fits = 22_650 + 359_849 + 6750;
    assert_eq!(checked(&object, &mut Numbered::of(fits), 22_650), passed(11_634 + 366_599));
    let error = object.write_media(&mut Numbered::of(fits + 1)).unwrap_err();
    assert_eq!(error.hresult(), HResult::E_IMAPI_DF2RAW_NOT_ENOUGH_SPACE);
    let text = error.to_string();
    assert_eq!(text, "the image ends at LBA 366600: the disc ends at LBA 366599, lead-out included");
    let mut huge = Numbered { sectors: u64::MAX / 2448, ..Numbered::of(0) };
    assert_eq!(code(object.write_media(&mut huge)), HResult::E_IMAPI_DF2RAW_NOT_ENOUGH_SPACE);
}

#[test]
fn the_disc_is_looked_at_afresh() {
    let script = Script::blank_cd_r();
    let object = prepared(&script);
    script.on(READ_DISC_INFORMATION, [appendable(1, [23, 45, 25])]);
    let number = code(object.write_media(&mut Numbered::of(SMALL)));
    assert_eq!(number, HResult::E_IMAPI_DF2RAW_MEDIA_IS_NOT_BLANK);
    script.on(READ_DISC_INFORMATION, [Answer::Check("2/3A/02")]);
    let number = code(object.write_media(&mut Numbered::of(SMALL)));
    assert_eq!(number, HResult::E_IMAPI_RECORDER_MEDIA_NO_MEDIA);
}

/// Another disc, told in place of any answer between the look at the disc and the first sector: nothing is
/// written on it.
#[test]
fn a_new_disc_ends_a_write_before_it_begins() {
    type Place = fn(&Script, [Answer; 1]);
    let places: [Place; 4] = [
        |script, told| _ = script.on(READ_DISC_INFORMATION, told),
        |script, told| _ = script.on(GET_CONFIGURATION, told),
        |script, told| _ = script.page(0x05, told),
        |script, told| _ = script.on(MODE_SELECT_10, told),
    ];
    for (n, place) in places.into_iter().enumerate() {
        let script = Script::blank_cd_r();
        let object = prepared(&script);
        place(&script, [Answer::Check("6/28/00")]);
        let number = code(object.write_media(&mut Numbered::of(SMALL)));
        assert_eq!(number, HResult::E_IMAPI_RECORDER_MEDIA_BECOMING_READY, "{n}");
        assert_eq!(script.cdbs(WRITE_10).len(), 0, "{n}");
    }
}

/// The default sector type is not adapted to the drive.
#[test]
fn a_drive_without_the_default_sector_type_says_so_when_writing() {
    let script = Script::blank_cd_r();
    script.on(MODE_SELECT_10, [Answer::Good, Answer::Check("5/26/00"), Answer::Good]);
    let object = prepared(&script);
    assert_eq!(object.requested_sector_type(), Ok(SectorType::COOKED));
    let number = code(object.write_media(&mut Numbered::of(SMALL)));
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
    assert_eq!(code(object.write_media2(&mut Numbered::of(SMALL), 4649)), too_short);
    assert_eq!(checked(&object, &mut Numbered::of(SMALL), 4650), passed(SMALL as u32));
    let fits = 4650 + (359_849 - 111_400) + 2250;
    assert_eq!(checked(&object, &mut Numbered::of(fits), 4650), passed(fits as u32));
    let number = code(object.write_media2(&mut Numbered::of(fits + 1), 4650));
    assert_eq!(number, HResult::E_IMAPI_DF2RAW_NOT_ENOUGH_SPACE);
}

#[test]
fn nothing_that_writes_is_sent_before_the_checks_are_passed() {
    let script = Script::blank_cd_r();
    let object = prepared(&script);
    assert_eq!(checked(&object, &mut Numbered::of(SMALL), 22_650), passed(11_634 + 1000 + 6750));
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
            code(object.write_media(&mut Numbered::of(SMALL))),
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
    assert_eq!(object.write_media2(&mut Numbered::of(11_634 + 10), 11_634), Ok(()));
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
    assert_eq!(object.write_media2(&mut file, 11_634), Ok(()));
}

/// It ends while it is skipped, and while it is written.
#[test]
fn a_stream_that_ends_before_its_size_is_no_write() {
    struct Short(Numbered);
    impl RawImage for Short {
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
    for (sectors, text) in [(2, "before the first sector"), (11_050, "before the end of a sector")] {
        let mut stream = Short(Numbered { seeks: false, ..Numbered::of(sectors) });
        let error = prepared(&Script::blank_cd_r()).write_media(&mut stream).unwrap_err();
        assert_eq!(error.hresult(), HResult::E_FAIL);
        assert!(error.to_string().contains(text), "{error}");
    }
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
