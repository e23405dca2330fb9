//! The counted lock.

use super::*;

#[test]
fn acquires_are_counted() {
    let recorder = Recorder::new(Script::blank_cd_r());
    let other = recorder.another();
    recorder.acquire(false, "first").unwrap();
    recorder.clone().acquire(false, "second").unwrap();
    assert_eq!(other.exclusive_access_owner().as_deref(), Some("first"));
    recorder.release().unwrap();
    assert_eq!(code(other.acquire(true, "other")), HResult::E_ACCESSDENIED);
    assert_eq!(code(other.release()), HResult::E_HANDLE);
    recorder.release().unwrap();
    assert_eq!(code(recorder.release()), HResult::E_FAIL);
    other.acquire(true, "other").unwrap();
}

#[test]
fn a_mounted_disc_is_locked_only_by_force() {
    let recorder = Recorder::new(Script::blank_cd_r());
    recorder.set_mounted(true);
    assert_eq!(code(recorder.acquire(false, "name")), HResult::E_FAIL);
    recorder.acquire(true, "name").unwrap();
}

#[test]
fn the_lock_has_a_name_of_1_to_63_characters() {
    let recorder = Recorder::new(Script::blank_cd_r());
    let not_valid = HResult::E_IMAPI_RECORDER_CLIENT_NAME_IS_NOT_VALID;
    assert_eq!(code(recorder.acquire(true, "")), not_valid);
    assert_eq!(code(recorder.acquire(true, &"a".repeat(64))), not_valid);
    recorder.acquire(true, &"a".repeat(63)).unwrap();
}

#[test]
fn format_objects_call_a_held_drive_locked() {
    let script = Script::blank_cd_r();
    let object = object(&script);
    let other = object.recorder().unwrap().another();
    other.acquire(true, "Another Program").unwrap();
    script.forget();
    let locked = HResult::E_IMAPI_RECORDER_LOCKED;
    assert_eq!(code(object.prepare_media()), locked);
    assert_eq!(code(object.current_physical_media_type()), locked);
    assert_eq!(code(object.media_physically_blank()), locked);
    assert_eq!(code(object.current_write_speed()), locked);
    assert_eq!(code(object.set_write_speed(75, false)), locked);
    assert_eq!(code(object.is_recorder_supported(&object.recorder().unwrap())), locked);
    assert_eq!(code(object.is_current_media_supported(&object.recorder().unwrap())), locked);
    assert_eq!(script.opcodes(), [], "nothing reaches a drive that somebody else holds");
    let text = object.prepare_media().unwrap_err().to_string();
    assert_eq!(text, "the drive is locked by \"Another Program\"");
    drop(other);
    object.prepare_media().unwrap();
}

/// Clients may hold an acquire of their own around PrepareMedia (seen in the wild).
#[test]
fn an_outer_acquire_outlives_release_media() {
    let object = object(&Script::blank_cd_r());
    let recorder = object.recorder().unwrap();
    recorder.acquire(false, "Outer").unwrap();
    object.prepare_media().unwrap();
    object.release_media().unwrap();
    assert_eq!(recorder.another().exclusive_access_owner().as_deref(), Some("Outer"));
    recorder.release().unwrap();
    assert_eq!(recorder.exclusive_access_owner(), None);
}

/// The driver unlocks when the owner's handle is closed.
#[test]
fn the_last_clone_of_a_handle_takes_its_lock_along() {
    let recorder = Recorder::new(Script::blank_cd_r());
    let other = recorder.another();
    let clone = recorder.clone();
    recorder.acquire(true, "name").unwrap();
    drop(recorder);
    assert!(other.exclusive_access_owner().is_some());
    drop(clone);
    assert_eq!(other.exclusive_access_owner(), None);
}

#[test]
fn a_panic_at_the_drive_does_not_poison_it() {
    let recorder = Recorder::new(Script::blank_cd_r());
    let clone = recorder.clone();
    let panicked = std::thread::spawn(move || clone.with_transport(|_| panic!("in the drive"))).join();
    assert!(panicked.is_err());
    recorder.acquire(true, "name").unwrap();
    recorder.order(&mmc_wire::command::TestUnitReady {}, crate::COMMAND_TIMEOUT).unwrap();
}
