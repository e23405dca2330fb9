//! Speeds: units, closeness, adjustment, and which commands set them.

use super::script::{capabilities, mode_data, performance};
use super::*;
use crate::{Adjustment, MediaType, WriteSpeedDescriptor};

fn page(current: u16, cav: bool) -> Answer {
    Answer::Data(mode_data(&capabilities(current, cav, &[])))
}

/// A drive that offers 4x and 8x, and 16x at constant angular velocity, and takes what it is told.
fn drive(taken: u16, cav: bool) -> Script {
    let script = Script::blank_cd_r();
    script.on(GET_PERFORMANCE, [Answer::Data(performance(&[(2822, true), (1411, false), (706, false)]))]);
    script.page(0x2A, [page(taken, cav)]);
    script
}

/// kB/s * 1000 / 2352, cut off: 1x is 74 from 176 and 75 from 177 (Microsoft's erase sample).
#[test]
fn sectors_a_second_are_cut_off() {
    for (kilobytes, sectors) in [(176, 74), (177, 75), (706, 300), (1411, 599), (7056, 3000), (0, 0)] {
        let script = drive(kilobytes, false);
        assert_eq!(object(&script).current_write_speed(), Ok(sectors), "{kilobytes}");
    }
}

#[test]
fn the_list_is_the_drives() {
    let object = object(&drive(706, false));
    assert_eq!(object.supported_write_speeds(), Ok(vec![1199, 599, 300]));
    let descriptor = |rotation_is_pure_cav, write_speed| WriteSpeedDescriptor {
        media_type: MediaType::CDR,
        rotation_is_pure_cav,
        write_speed,
    };
    let list = vec![descriptor(true, 1199), descriptor(false, 599), descriptor(false, 300)];
    assert_eq!(object.supported_write_speed_descriptors(), Ok(list));
}

#[test]
fn an_older_drive_lists_its_speeds_in_the_mode_page() {
    for performance in [Answer::Check("5/20/00"), Answer::Check("5/24/00"), Answer::Data(performance(&[]))] {
        let script = Script::blank_cd_r();
        script.on(GET_PERFORMANCE, [performance]);
        let listed = capabilities(706, false, &[(1411, false), (706, true), (0, false)]);
        script.page(0x2A, [Answer::Data(mode_data(&listed))]);
        assert_eq!(object(&script).supported_write_speeds(), Ok(vec![599, 300]));
        // And one without a list has its highest speed.
        script.page(0x2A, [page(706, false)]);
        assert_eq!(object(&script).supported_write_speeds(), Ok(vec![3000]));
    }
}

#[test]
fn the_closest_speed_is_taken_and_said_to_be_another() {
    for (asked, cav, taken, taken_cav, expected) in [
        (300, false, 706, false, Adjustment::None),
        (599, false, 1411, false, Adjustment::None),
        (500, false, 1411, false, Adjustment::Speed),
        (75, false, 706, false, Adjustment::Speed),
        (i32::MAX, true, 2822, true, Adjustment::Speed),
        (300, true, 706, false, Adjustment::Rotation),
        (310, true, 706, false, Adjustment::Both),
        (1199, true, 2822, true, Adjustment::None),
        (-1, false, 2822, true, Adjustment::None),
        (-1, true, 2822, true, Adjustment::None),
    ] {
        let script = drive(taken, taken_cav);
        let object = object(&script);
        assert_eq!(object.set_write_speed(asked, cav), Ok(expected), "{asked} {cav}");
        assert_eq!(
            (object.requested_write_speed(), object.requested_rotation_type_is_pure_cav()),
            (asked, cav)
        );
        // Rotation, kilobytes a second for reading and for writing.
        let list = script.lists(SET_STREAMING).pop().unwrap();
        assert_eq!(list.len(), 28);
        assert_eq!(list[0], u8::from(taken_cav) << 3, "{asked} {cav}");
        assert_eq!(list[20..28], [0, 0, (taken >> 8) as u8, taken as u8, 0, 0, 3, 232], "{asked} {cav}");
        assert_eq!(script.cdbs(SET_CD_SPEED).len(), 0, "one command is enough");
    }
}

/// 450 lies 150 from 300 and 150 from 600.
#[test]
fn of_two_equally_close_the_slower() {
    let script = Script::blank_cd_r();
    script.on(GET_PERFORMANCE, [Answer::Data(performance(&[(1412, false), (706, false)]))]);
    script.page(0x2A, [page(706, false)]);
    let object = object(&script);
    assert_eq!(object.supported_write_speeds(), Ok(vec![600, 300]));
    assert_eq!(object.set_write_speed(450, false), Ok(Adjustment::Speed));
    assert_eq!(script.lists(SET_STREAMING)[0][22..24], 706_u16.to_be_bytes());
}

#[test]
fn set_cd_speed_where_set_streaming_failed_or_changed_nothing() {
    let script = drive(706, false);
    script.on(SET_STREAMING, [Answer::Check("5/20/00")]);
    assert_eq!(object(&script).set_write_speed(300, false), Ok(Adjustment::None));
    assert_eq!(script.cdbs(SET_CD_SPEED), [[0xBB, 0, 0xFF, 0xFF, 0x02, 0xC2, 0, 0, 0, 0, 0, 0]]);

    let script = drive(706, false);
    script.page(0x2A, [page(1411, false), page(706, false)]);
    assert_eq!(object(&script).set_write_speed(300, false), Ok(Adjustment::None));
    assert_eq!(script.cdbs(SET_CD_SPEED).len(), 1);

    // A drive that keeps its speed whatever it is told: that is the speed it took.
    let script = drive(1411, false);
    script.on(SET_STREAMING, [Answer::Check("5/20/00")]);
    script.on(SET_CD_SPEED, [Answer::Check("5/20/00")]);
    assert_eq!(object(&script).set_write_speed(300, false), Ok(Adjustment::Speed));
}

#[test]
fn the_drives_refusal_is_reported_and_the_wish_remembered() {
    let script = drive(706, false);
    script.on(SET_STREAMING, [Answer::Check("5/26/00")]);
    script.on(SET_CD_SPEED, [Answer::Check("2/04/08")]);
    let object = object(&script);
    assert_eq!(code(object.set_write_speed(300, true)), HResult::E_IMAPI_RECORDER_MEDIA_BUSY);
    assert_eq!((object.requested_write_speed(), object.requested_rotation_type_is_pure_cav()), (300, true));
}

#[test]
fn nonsense_is_neither_sent_nor_remembered() {
    let script = drive(706, false);
    let object = object(&script);
    script.forget();
    for bad in [0, -2, i32::MIN] {
        assert_eq!(code(object.set_write_speed(bad, false)), HResult::E_INVALIDARG);
    }
    assert_eq!(object.requested_write_speed(), -1);
    assert_eq!(script.opcodes(), []);
}

#[test]
fn a_speed_asked_for_earlier_is_applied_when_preparing() {
    let script = drive(706, false);
    let object = object(&script);
    object.set_write_speed(310, false).unwrap();
    assert_eq!(object.prepare_media(), Ok(Adjustment::Speed));
    assert_eq!(Adjustment::Speed.hresult(), HResult::S_IMAPI_SPEEDADJUSTED);
}

#[test]
fn the_default_speed_never_spoils_a_prepare() {
    let script = drive(706, false);
    script.on(GET_PERFORMANCE, [Answer::Check("4/44/00")]);
    assert_eq!(object(&script).prepare_media(), Ok(Adjustment::None));
}

/// Sizes by Microsoft's erase sample.
#[test]
fn a_capabilities_page_of_another_length_is_refused() {
    let mut short = capabilities(706, false, &[]);
    short.truncate(30);
    let mut tiny = capabilities(706, false, &[]);
    tiny.truncate(19);
    tiny[1] = 17;
    let mut old = capabilities(706, true, &[]);
    old.truncate(26);
    old[1] = 24;
    let script = Script::blank_cd_r();
    let object = object(&script);
    script.page(0x2A, [Answer::Data(mode_data(&short))]);
    assert_eq!(code(object.current_write_speed()), HResult::E_IMAPI_UNEXPECTED_RESPONSE_FROM_DEVICE);
    script.page(0x2A, [Answer::Data(mode_data(&tiny))]);
    assert_eq!(code(object.current_write_speed()), HResult::E_FAIL);
    script.page(0x2A, [Answer::Data(mode_data(&old))]);
    assert_eq!(object.current_write_speed(), Ok(300));
    assert_eq!(object.current_rotation_type_is_pure_cav(), Ok(false));
    script.page(0x2A, [Answer::Check("5/24/00")]);
    assert_eq!(code(object.current_write_speed()), HResult::E_IMAPI_RECORDER_NO_SUCH_MODE_PAGE);
    script.page(0x2A, [page(706, true)]);
    assert_eq!(object.current_rotation_type_is_pure_cav(), Ok(true));
}
