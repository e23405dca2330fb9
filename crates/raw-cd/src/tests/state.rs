//! Which member answers what in which state.

use super::script::{configuration, write_parameters};
use super::*;
use crate::{Adjustment, SectorType};

const NOT_PREPARED: HResult = HResult::E_IMAPI_DF2RAW_MEDIA_IS_NOT_PREPARED;

#[test]
fn without_a_recorder() {
    let object = RawCd::default();
    object.set_client_name("RawCD").unwrap();
    let no_recorder = HResult::E_IMAPI_DF2RAW_NO_RECORDER_SPECIFIED;
    assert!(object.recorder().is_none());
    assert_eq!(code(object.prepare_media()), no_recorder);
    assert_eq!(code(object.current_physical_media_type()), no_recorder);
    assert_eq!(code(object.current_write_speed()), no_recorder);
    assert_eq!(code(object.current_rotation_type_is_pure_cav()), no_recorder);
    assert_eq!(code(object.supported_write_speeds()), no_recorder);
    assert_eq!(code(object.supported_write_speed_descriptors()), no_recorder);
    assert_eq!(code(object.set_write_speed(75, false)), HResult::E_IMAPI_RECORDER_REQUIRED);
    assert_eq!(code(object.media_physically_blank()), HResult::E_POINTER);
    assert_eq!(code(object.media_heuristically_blank()), HResult::E_POINTER);
    assert_eq!(code(object.supported_sector_types()), HResult::E_POINTER);
    assert_eq!(code(object.write_media(&mut std::io::empty())), NOT_PREPARED);
    assert_eq!(code(object.release_media()), NOT_PREPARED);
    assert_eq!(code(object.set_buffer_underrun_free_disabled(true)), NOT_PREPARED);
    assert_eq!(code(object.set_requested_sector_type(SectorType::RAW)), NOT_PREPARED);
    assert_eq!(code(object.requested_sector_type()), NOT_PREPARED);
    assert_eq!(code(object.start_of_next_session()), NOT_PREPARED);
    assert_eq!(code(object.cancel_write()), HResult::E_IMAPI_DF2RAW_WRITE_NOT_IN_PROGRESS);
    assert!(!object.buffer_underrun_free_disabled());
    assert_eq!(object.requested_write_speed(), -1);
    assert!(!object.requested_rotation_type_is_pure_cav());
    assert_eq!(object.supported_media_types().iter().map(|t| t.0).collect::<Vec<_>>(), [2, 3]);
}

#[test]
fn with_a_recorder_and_nothing_prepared() {
    let script = Script::blank_cd_r();
    let object = object(&script);
    assert_eq!(code(object.supported_sector_types()), NOT_PREPARED);
    assert_eq!(code(object.requested_sector_type()), NOT_PREPARED);
    assert_eq!(code(object.set_requested_sector_type(SectorType::RAW)), NOT_PREPARED);
    assert_eq!(code(object.set_buffer_underrun_free_disabled(true)), NOT_PREPARED);
    assert_eq!(code(object.write_media(&mut std::io::empty())), NOT_PREPARED);
    assert_eq!(code(object.release_media()), NOT_PREPARED);
    assert_eq!(object.current_physical_media_type().map(|t| t.0), Ok(2));
    assert_eq!(object.media_physically_blank(), Ok(true));
    object.set_recorder(None).unwrap();
    assert!(object.recorder().is_none());
}

#[test]
fn prepared() {
    let script = Script::blank_cd_r();
    let object = object(&script);
    assert_eq!(object.prepare_media(), Ok(Adjustment::None));
    let is_prepared = HResult::E_IMAPI_DF2RAW_MEDIA_IS_PREPARED;
    assert_eq!(code(object.prepare_media()), is_prepared);
    assert_eq!(code(object.set_recorder(None)), is_prepared);
    assert_eq!(code(object.set_client_name("another")), is_prepared);
    assert_eq!(object.client_name(), "RawCD");
    assert_eq!(code(object.cancel_write()), HResult::E_IMAPI_DF2RAW_WRITE_NOT_IN_PROGRESS);
    assert_eq!(object.supported_sector_types(), Ok(SectorType::ALL.to_vec()));
    assert_eq!(object.requested_sector_type(), Ok(SectorType::COOKED));
    object.set_requested_sector_type(SectorType::RAW).unwrap();
    object.set_buffer_underrun_free_disabled(true).unwrap();
    assert_eq!(object.requested_sector_type(), Ok(SectorType::RAW));
    assert!(object.buffer_underrun_free_disabled());
    object.release_media().unwrap();
    assert_eq!(code(object.requested_sector_type()), NOT_PREPARED);
    // Neither outlives the next PrepareMedia.
    object.prepare_media().unwrap();
    assert_eq!(object.requested_sector_type(), Ok(SectorType::COOKED));
    assert!(!object.buffer_underrun_free_disabled());
}

#[test]
fn recorder_then_prepared_then_name() {
    let script = Script::blank_cd_r();
    let object = RawCd::default();
    assert_eq!(code(object.prepare_media()), HResult::E_IMAPI_DF2RAW_NO_RECORDER_SPECIFIED);
    object.set_recorder(Some(&Recorder::new(script.clone()))).unwrap();
    script.forget();
    assert_eq!(code(object.prepare_media()), HResult::E_IMAPI_DF2RAW_CLIENT_NAME_IS_NOT_VALID);
    assert_eq!(script.opcodes(), [], "the name is missed before the drive is asked");
}

#[test]
fn a_refused_name_leaves_the_old_one() {
    let object = object(&Script::blank_cd_r());
    for bad in ["", "a/b", &"a".repeat(63)] {
        assert_eq!(code(object.set_client_name(bad)), HResult::E_IMAPI_DF2RAW_CLIENT_NAME_IS_NOT_VALID);
    }
    assert_eq!(object.client_name(), "RawCD");
}

#[test]
fn a_drive_without_raw_is_answered_and_not_taken() {
    // No RAW bit; no such feature; refusing to say.
    let mut without = configuration(0x09, 0x00);
    without[3] = 12;
    without.truncate(16);
    for answer in [Answer::Data(configuration(0x09, 0x67)), Answer::Data(without), Answer::Check("4/44/00")] {
        let script = Script::blank_cd_r();
        script.on(GET_CONFIGURATION, [answer]);
        let recorder = Recorder::new(script.clone());
        let object = RawCd::default();
        let number = code(object.is_recorder_supported(&recorder));
        assert_eq!(number, HResult::E_IMAPI_DF2RAW_MEDIA_IS_NOT_SUPPORTED);
        let number = code(object.set_recorder(Some(&recorder)));
        assert_eq!(number, HResult::E_IMAPI_DF2RAW_RECORDER_NOT_SUPPORTED);
        assert!(object.recorder().is_none());
    }
}

#[test]
fn a_drive_is_chosen_whatever_disc_is_in_it() {
    let script = Script::blank_cd_r();
    script.on(READ_DISC_INFORMATION, [Answer::Check("2/3A/01")]);
    script.on(TEST_UNIT_READY, [Answer::Check("2/3A/01")]);
    let object = object(&script);
    assert_eq!(object.is_recorder_supported(&object.recorder().unwrap()), Ok(true));
    let no_media = HResult::E_IMAPI_RECORDER_MEDIA_NO_MEDIA;
    assert_eq!(code(object.is_current_media_supported(&object.recorder().unwrap())), no_media);
    assert_eq!(code(object.current_physical_media_type()), no_media);
    assert_eq!(code(object.media_physically_blank()), no_media);
    assert_eq!(code(object.prepare_media()), no_media);
    assert_eq!(code(object.start_of_next_session()), NOT_PREPARED);
}

#[test]
fn only_sector_types_that_the_drive_took_can_be_asked_for() {
    let script = Script::blank_cd_r();
    // Types 1 and 2, then 3 refused, then the page put back.
    script.on(MODE_SELECT_10, [Answer::Good, Answer::Good, Answer::Check("5/26/00"), Answer::Good]);
    let object = object(&script);
    object.prepare_media().unwrap();
    assert_eq!(object.supported_sector_types(), Ok(vec![SectorType::PQ_ONLY, SectorType::COOKED]));
    let refused = HResult::E_IMAPI_DF2RAW_DATA_BLOCK_TYPE_NOT_SUPPORTED;
    assert_eq!(code(object.set_requested_sector_type(SectorType::RAW)), refused);
    assert_eq!(code(object.set_requested_sector_type(SectorType(0))), refused);
    assert_eq!(object.requested_sector_type(), Ok(SectorType::COOKED));
    // Each list: header of zeros, the page as long as the drive's, RAW with BUFE kept, then back.
    let lists = script.lists(MODE_SELECT_10);
    assert_eq!(lists.len(), 4);
    for (list, block_type) in lists.iter().zip(1..=3) {
        assert_eq!(list.len(), 8 + 52);
        assert_eq!(list[..8], [0; 8]);
        assert_eq!(list[8..17], [0x05, 0x32, 0x43, 0x00, block_type, 0x00, 0x00, 0x00, 0x00]);
        assert_eq!(list[23], 150, "the pause stays");
    }
    let mut before = write_parameters();
    before[0] &= 0x3F;
    assert_eq!(lists[3][8..], before);
}
