//! Type and blankness.

use super::script::{NONE, appendable, configuration, disc};
use super::*;
use crate::MediaType;

fn seen(information: Answer, configuration: Answer) -> (MediaType, bool, bool) {
    let script = Script::blank_cd_r();
    let object = object(&script);
    script.on(READ_DISC_INFORMATION, [information]);
    script.on(GET_CONFIGURATION, [configuration]);
    (
        object.current_physical_media_type().unwrap(),
        object.media_physically_blank().unwrap(),
        object.is_current_media_supported(&object.recorder().unwrap()).unwrap(),
    )
}

/// The rules of Microsoft's erase sample, and MMC's profile numbers.
#[test]
fn type_blank_supported() {
    let blank = || disc(0x00, 1, [97, 26, 66], [79, 59, 74]);
    let used_rw = || disc(0x1E, 1, NONE, NONE);
    let finalised = || disc(0x0E, 1, NONE, NONE);
    let profile = |n| Answer::Data(configuration(n, 0x6F));
    for (information, answer, expected) in [
        (blank(), profile(0x09), (MediaType::CDR, true, true)),
        (appendable(1, [23, 45, 25]), profile(0x09), (MediaType::CDR, false, true)),
        (finalised(), profile(0x09), (MediaType::CDROM, false, false)),
        (finalised(), profile(0x08), (MediaType::CDROM, false, false)),
        (used_rw(), profile(0x0A), (MediaType::CDRW, false, true)),
        (used_rw(), Answer::Data(configuration(0x0A, 0x6D)), (MediaType::CDRW, false, false)),
        (blank(), Answer::Data(configuration(0x09, 0x67)), (MediaType::CDR, true, false)),
        (finalised(), profile(0x10), (MediaType::CDROM, false, false)),
        (blank(), profile(0x11), (MediaType::DVDDASHR, true, false)),
        (used_rw(), profile(0x12), (MediaType::DVDRAM, false, false)),
        (blank(), profile(0x1B), (MediaType::DVDPLUSR, true, false)),
        (finalised(), profile(0x40), (MediaType::BDROM, false, false)),
        (blank(), profile(0x41), (MediaType::BDR, true, false)),
        (used_rw(), profile(0x43), (MediaType::BDRE, false, false)),
        (blank(), profile(0x00), (MediaType::UNKNOWN, true, false)),
        // Before GET CONFIGURATION there was the erasable bit.
        (blank(), Answer::Check("5/20/00"), (MediaType::CDR, true, true)),
        (used_rw(), Answer::Check("5/20/00"), (MediaType::CDRW, false, true)),
        (finalised(), Answer::Check("5/20/00"), (MediaType::CDROM, false, false)),
    ] {
        let what = format!("{information:02X?} {answer:02X?}");
        assert_eq!(seen(information, answer), expected, "{what}");
    }
}

/// DVD Read (001Fh) current: what is complete and not erasable is a DVD-ROM.
#[test]
fn a_complete_dvd_is_a_dvd_rom() {
    let mut bytes = configuration(0x10, 0x6F);
    bytes[3] += 4;
    bytes.extend([0x00, 0x1F, 0x01, 0x00]);
    let (media_type, blank, supported) = seen(disc(0x0E, 1, NONE, NONE), Answer::Data(bytes));
    assert_eq!((media_type, blank, supported), (MediaType::DVDROM, false, false));
}

#[test]
fn both_blank_checks_agree_on_cds() {
    let script = Script::blank_cd_r();
    let object = object(&script);
    assert_eq!(object.media_heuristically_blank(), Ok(true));
    script.on(READ_DISC_INFORMATION, [appendable(1, [23, 45, 25])]);
    assert_eq!(object.media_heuristically_blank(), Ok(false));
}

#[test]
fn the_drives_refusal_is_passed_on() {
    let script = Script::blank_cd_r();
    let object = object(&script);
    for (sense, expected) in [
        ("2/3A/00", HResult::E_IMAPI_RECORDER_MEDIA_NO_MEDIA),
        ("2/04/01", HResult::E_IMAPI_RECORDER_MEDIA_BECOMING_READY),
        ("6/28/00", HResult::E_IMAPI_RECORDER_MEDIA_BECOMING_READY),
        ("3/02/06", HResult::E_IMAPI_RECORDER_MEDIA_UPSIDE_DOWN),
        ("5/24/00", HResult::E_FAIL),
    ] {
        script.on(READ_DISC_INFORMATION, [Answer::Check(sense)]);
        assert_eq!(code(object.current_physical_media_type()), expected, "{sense}");
        assert_eq!(code(object.media_physically_blank()), expected, "{sense}");
    }
    // CHECK CONDITION with nothing to say is success (row 1 of the table), here without data.
    script.on(READ_DISC_INFORMATION, [Answer::Check("0/00/00")]);
    let invalid = HResult::E_IMAPI_RECORDER_INVALID_RESPONSE_FROM_DEVICE;
    assert_eq!(code(object.current_physical_media_type()), invalid);
}

/// A question outlives the news of a reset and of a new disc; a drive that has nothing but news is
/// reported.
#[test]
fn news_of_a_new_disc_is_no_answer() {
    let script = Script::blank_cd_r();
    let object = object(&script);
    let blank = || disc(0x00, 1, [97, 26, 66], [79, 59, 74]);
    script.on(READ_DISC_INFORMATION, [Answer::Check("6/29/00"), Answer::Check("6/28/00"), blank()]);
    assert_eq!(object.media_physically_blank(), Ok(true));
    script.on(READ_DISC_INFORMATION, [Answer::Check("6/28/00")]);
    assert_eq!(code(object.media_physically_blank()), HResult::E_IMAPI_RECORDER_MEDIA_BECOMING_READY);
    script.on(READ_DISC_INFORMATION, [Answer::Check("6/2A/01"), blank()]);
    assert_eq!(code(object.media_physically_blank()), HResult::E_FAIL, "other news is the caller's");
}
