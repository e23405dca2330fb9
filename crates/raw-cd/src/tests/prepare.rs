//! What PrepareMedia does to the drive, and how it gives it back.

use core::time::Duration;

use scsi_transport::TransportError;

use super::script::{NONE, appendable, configuration, disc};
use super::*;

/// Microsoft's erase sample takes the drive, locks it, spins it up and unlocks it.
#[test]
fn the_drive_is_taken_asked_and_given_back_in_order() {
    let script = Script::blank_cd_r();
    let object = object(&script);
    let other = object.recorder().unwrap().another();
    script.forget();
    object.prepare_media().unwrap();
    assert_eq!(other.exclusive_access_owner().as_deref(), Some("RawCD"));
    let mut first_seen = Vec::new();
    for opcode in script.opcodes() {
        if !first_seen.contains(&opcode) {
            first_seen.push(opcode);
        }
    }
    assert_eq!(
        first_seen,
        [
            PREVENT_ALLOW,
            START_STOP_UNIT,
            TEST_UNIT_READY,
            READ_DISC_INFORMATION,
            GET_CONFIGURATION,
            MODE_SENSE_10,
            MODE_SELECT_10,
            GET_PERFORMANCE,
            SET_STREAMING,
        ]
    );
    assert_eq!(script.cdbs(PREVENT_ALLOW), [[0x1E, 0, 0, 0, 1, 0]]);
    assert_eq!(script.cdbs(START_STOP_UNIT), [[0x1B, 0, 0, 0, 1, 0]]);
    script.forget();
    object.release_media().unwrap();
    assert_eq!(script.cdbs(PREVENT_ALLOW), [[0x1E, 0, 0, 0, 0, 0]]);
    assert_eq!(script.opcodes(), [PREVENT_ALLOW]);
    assert_eq!(other.exclusive_access_owner(), None);
}

/// Sense that stays, and what Microsoft's table makes of it.
#[test]
fn a_drive_that_is_not_ready_is_waited_for_and_then_named() {
    for (sense, expected, seconds) in [
        ("2/3A/00", HResult::E_IMAPI_RECORDER_MEDIA_NO_MEDIA, 0),
        ("2/04/03", HResult::E_IMAPI_RECORDER_MEDIA_NO_MEDIA, 0),
        ("2/30/00", HResult::E_IMAPI_RECORDER_MEDIA_INCOMPATIBLE, 0),
        ("2/04/00", HResult::E_IMAPI_RECORDER_MEDIA_BECOMING_READY, 60),
        ("2/04/01", HResult::E_IMAPI_RECORDER_MEDIA_BECOMING_READY, 60),
        ("2/04/04", HResult::E_IMAPI_RECORDER_MEDIA_FORMAT_IN_PROGRESS, 60),
        ("2/04/07", HResult::E_IMAPI_RECORDER_MEDIA_BUSY, 60),
        ("2/04/08", HResult::E_IMAPI_RECORDER_MEDIA_BUSY, 60),
        ("6/28/00", HResult::E_IMAPI_RECORDER_MEDIA_BECOMING_READY, 0),
        ("6/29/00", HResult::E_FAIL, 0),
        ("4/44/00", HResult::E_FAIL, 0),
    ] {
        let script = Script::blank_cd_r();
        script.on(TEST_UNIT_READY, [Answer::Check(sense)]);
        let object = object(&script);
        assert_eq!(code(object.prepare_media()), expected, "{sense}");
        assert_eq!(script.waited(), Duration::from_secs(seconds), "{sense}");
        assert_eq!(script.cdbs(PREVENT_ALLOW).last().map(|cdb| cdb[4]), Some(0), "{sense}: unlocked");
        assert_eq!(object.recorder().unwrap().exclusive_access_owner(), None, "{sense}: given back");
    }
}

#[test]
fn a_drive_that_becomes_ready_is_prepared() {
    let script = Script::blank_cd_r();
    let attention = [Answer::Check("6/29/00"), Answer::Check("6/28/00"), Answer::Good];
    script.on(PREVENT_ALLOW, attention.clone());
    script.on(START_STOP_UNIT, [Answer::Check("2/04/01"), Answer::Good]);
    script.on(TEST_UNIT_READY, [Answer::Check("2/04/01"), Answer::Check("6/28/00"), Answer::Good]);
    let object = object(&script);
    object.prepare_media().unwrap();
    assert_eq!(script.waited(), Duration::from_secs(2));
}

#[test]
fn type_before_contents() {
    let not_blank = HResult::E_IMAPI_DF2RAW_MEDIA_IS_NOT_BLANK;
    let not_supported = HResult::E_IMAPI_DF2RAW_MEDIA_IS_NOT_SUPPORTED;
    for (what, information, profile, expected) in [
        ("appendable CD-R", appendable(1, [23, 45, 25]), 0x09, not_blank),
        ("open CD-R", disc(0x05, 1, [97, 26, 66], [79, 59, 74]), 0x09, not_blank),
        ("finalised CD-R", disc(0x0E, 1, NONE, NONE), 0x09, not_supported),
        ("finalised CD-RW", disc(0x1E, 1, NONE, NONE), 0x0A, not_blank),
        ("appendable CD-RW", disc(0x11, 2, [23, 45, 25], [79, 59, 74]), 0x0A, not_blank),
        ("CD-ROM", disc(0x0E, 1, NONE, NONE), 0x08, not_supported),
        ("blank DVD-R", disc(0x00, 1, [0; 3], [0; 3]), 0x11, not_supported),
        ("DVD+RW", disc(0x1E, 1, [0; 3], [0; 3]), 0x1A, not_supported),
        ("blank BD-R", disc(0x00, 1, [0; 3], [0; 3]), 0x41, not_supported),
        ("unknown profile", disc(0x00, 1, [0; 3], [0; 3]), 0x00, not_supported),
    ] {
        let script = Script::blank_cd_r();
        script.on(READ_DISC_INFORMATION, [information]);
        script.on(GET_CONFIGURATION, [Answer::Data(configuration(profile, 0x6F))]);
        let object = object(&script);
        assert_eq!(code(object.prepare_media()), expected, "{what}");
        assert_eq!(script.cdbs(PREVENT_ALLOW).last().map(|cdb| cdb[4]), Some(0), "{what}");
        assert_eq!(
            code(object.start_of_next_session()),
            HResult::E_IMAPI_DF2RAW_MEDIA_IS_NOT_PREPARED,
            "{what}"
        );
    }
}

#[test]
fn raw_on_cd_rw_needs_its_bit() {
    let script = Script::blank_cd_r();
    script.on(READ_DISC_INFORMATION, [disc(0x10, 1, [97, 10, 0], [79, 59, 74])]);
    script.on(GET_CONFIGURATION, [Answer::Data(configuration(0x0A, 0x6F))]);
    object(&script).prepare_media().unwrap();
    script.on(GET_CONFIGURATION, [Answer::Data(configuration(0x0A, 0x6D))]);
    let number = code(object(&script).prepare_media());
    assert_eq!(number, HResult::E_IMAPI_DF2RAW_MEDIA_IS_NOT_SUPPORTED);
}

#[test]
fn appending_needs_policy_feature_and_a_closed_session() {
    let not_blank = Err(HResult::E_IMAPI_DF2RAW_MEDIA_IS_NOT_BLANK);
    let closed = || appendable(1, [23, 45, 25]);
    let open = || disc(0x05, 2, [23, 45, 25], [79, 59, 74]);
    for (information, mastering, policy, expected) in [
        (closed(), 0x7F, MediaPolicy::Appendable, Ok(())),
        (closed(), 0x7F, MediaPolicy::BlankOnly, not_blank),
        (closed(), 0x6F, MediaPolicy::Appendable, not_blank),
        (open(), 0x7F, MediaPolicy::Appendable, not_blank),
        (disc(0x1E, 1, NONE, NONE), 0x7F, MediaPolicy::Appendable, not_blank),
    ] {
        let script = Script::blank_cd_r();
        script.on(READ_DISC_INFORMATION, [information]);
        let profile = 0x0A;
        script.on(GET_CONFIGURATION, [Answer::Data(configuration(profile, mastering))]);
        let result = with_policy(&script, policy).prepare_media();
        assert_eq!(
            result.map(|_| ()).map_err(|error| error.hresult()),
            expected,
            "{mastering:02X} {policy:?}"
        );
    }
}

#[test]
fn a_reply_must_be_as_long_as_it_says() {
    let mut longer = script::BLANK.to_vec();
    longer.push(0);
    for bytes in [vec![], vec![0], script::BLANK[..33].to_vec(), longer, vec![0, 6, 0, 1, 1, 1, 1, 0x20]] {
        let script = Script::blank_cd_r();
        script.on(READ_DISC_INFORMATION, [Answer::Data(bytes.clone())]);
        let number = code(object(&script).prepare_media());
        assert_eq!(number, HResult::E_IMAPI_RECORDER_INVALID_RESPONSE_FROM_DEVICE, "{bytes:02X?}");
    }
}

#[test]
fn what_is_no_answer_has_codes_too() {
    let gone = || TransportError::Gone("unplugged".to_owned());
    for (answer, expected) in [
        (
            Answer::Error(TransportError::Timeout(Duration::from_secs(10))),
            HResult::E_IMAPI_RECORDER_COMMAND_TIMEOUT,
        ),
        (Answer::Error(gone()), HResult::ERROR_DEV_NOT_EXIST),
        (Answer::Error(TransportError::AccessDenied("in use".to_owned())), HResult::E_IMAPI_RECORDER_LOCKED),
        (Answer::Error(TransportError::Host("cable".to_owned())), HResult::E_FAIL),
        (Answer::Status(0x08), HResult::E_IMAPI_RECORDER_MEDIA_BUSY),
        (Answer::Status(0x18), HResult::E_IMAPI_RECORDER_LOCKED),
        (Answer::Status(0x28), HResult::E_FAIL),
    ] {
        let script = Script::blank_cd_r();
        script.on(START_STOP_UNIT, [answer.clone()]);
        let object = object(&script);
        assert_eq!(code(object.prepare_media()), expected, "{answer:?}");
        assert_eq!(object.recorder().unwrap().exclusive_access_owner(), None);
    }
}

#[test]
fn unlocking_is_tried_five_times_and_the_drive_is_given_back_anyway() {
    let script = Script::blank_cd_r();
    let object = object(&script);
    object.prepare_media().unwrap();
    script.forget();
    script.on(PREVENT_ALLOW, [Answer::Check("4/44/00")]);
    let error = object.release_media().unwrap_err();
    assert_eq!(error.hresult(), HResult::E_FAIL);
    assert_eq!(script.cdbs(PREVENT_ALLOW).len(), 5);
    assert_eq!(script.waited(), Duration::from_secs(4));
    assert_eq!(object.recorder().unwrap().exclusive_access_owner(), None);
    assert_eq!(code(object.release_media()), HResult::E_IMAPI_DF2RAW_MEDIA_IS_NOT_PREPARED);
    script.on(PREVENT_ALLOW, [Answer::Good]);
    object.prepare_media().unwrap();
}

#[test]
fn a_dropped_object_gives_the_drive_back() {
    let script = Script::blank_cd_r();
    let object = object(&script);
    let other = object.recorder().unwrap().another();
    object.prepare_media().unwrap();
    script.forget();
    drop(object);
    assert_eq!(script.cdbs(PREVENT_ALLOW), [[0x1E, 0, 0, 0, 0, 0]]);
    assert_eq!(other.exclusive_access_owner(), None);
}

#[test]
fn an_error_tells_command_cdb_and_sense() {
    let script = Script::blank_cd_r();
    script.on(TEST_UNIT_READY, [Answer::Check("2/3A/01")]);
    let error = object(&script).prepare_media().unwrap_err();
    let text = error.to_string();
    assert_eq!(error.sense().map(|sense| sense.to_string()).as_deref(), Some("2/3A/01"));
    assert!(text.starts_with("TEST UNIT READY [00 00 00 00 00 00]: drive said 2/3A/01"), "{text}");
}
