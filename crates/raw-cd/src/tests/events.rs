//! Who is told what, when; and what may be called from there.

use core::time::Duration;
use std::sync::{Arc, Mutex};

use super::burner::{Burner, Numbered, SHORT_START};
use super::script::{NONE, disc};
use super::*;
use crate::{Error, Left, SectorType, WriteAction, WriteProgress};

const SECTORS: u64 = 300 + 70;

/// Everything that is told.
fn listen(object: &RawCd) -> Arc<Mutex<Vec<WriteProgress>>> {
    let told = Arc::<Mutex<Vec<_>>>::default();
    let notes = Arc::clone(&told);
    object.on_update(move |_, progress| notes.lock().unwrap().push(*progress));
    told
}

fn write(object: &RawCd) -> Result<(), Error> {
    object.write_media2(&mut Numbered::of(SECTORS), 300)
}

/// Microsoft: IMAPI_FORMAT2_RAW_CD_WRITE_ACTION in this order, StartLba and SectorCount those of the
/// write from the first event on, used + free = total.
#[test]
fn actions_come_in_order_with_figures_that_add_up() {
    let burner = Burner::short();
    let object = burner.prepared();
    let told = listen(&object);
    write(&object).unwrap();
    let told = told.lock().unwrap();
    let mut actions: Vec<_> = told.iter().map(|progress| progress.action.0).collect();
    actions.dedup();
    assert_eq!(actions, [1, 2, 3]);
    for progress in told.iter() {
        assert_eq!((progress.start_lba.0, progress.sector_count), (SHORT_START, 370));
        assert_eq!(progress.total_system_buffer, 26 * 2448);
        assert_eq!(progress.used_system_buffer + progress.free_system_buffer, progress.total_system_buffer);
        assert!(progress.last_written_lba <= progress.last_read_lba);
    }
    assert!(told.is_sorted_by_key(|progress| (progress.last_written_lba, progress.elapsed)));
    assert_eq!(told[0].last_written_lba.0, SHORT_START);
    let last = told.last().unwrap();
    assert_eq!((last.last_read_lba.0, last.last_written_lba.0), (69, 69));
    assert_eq!(last.remaining, Duration::ZERO);
}

/// One before, one every half second, one after: 100 transfers at 40 ms each of waiting.
#[test]
fn while_writing_there_is_one_every_half_second() {
    let burner = Burner::short();
    for n in 0..100 {
        burner.fault(2 * n, Answer::Check("2/04/08"));
    }
    let object = burner.prepared();
    let told = listen(&object);
    object.write_media2(&mut Numbered::of(26 * 100), 300).unwrap();
    let told = told.lock().unwrap();
    let writing: Vec<_> = told.iter().filter(|progress| progress.action == WriteAction::WRITING).collect();
    // 4 s of waiting and 0.095 s of transfer.
    assert!((9..=10).contains(&writing.len()), "{}", writing.len());
    for pair in writing[..writing.len() - 1].windows(2) {
        let apart = pair[1].elapsed - pair[0].elapsed;
        assert!((500..560).contains(&apart.as_millis()), "{apart:?}");
    }
    // Half of it done, half of it left; at first by the drive's 3000 sectors a second.
    let middle = writing[4];
    let whole = (middle.elapsed + middle.remaining).as_millis();
    assert!((3900..4300).contains(&whole), "{whole}");
    assert_eq!(told[0].remaining.as_millis(), 2600 * 1000 / 3000);
}

/// An event during a wait finds what was read and not sent.
#[test]
fn a_wait_shows_a_full_buffer() {
    let burner = Burner::short();
    for n in 3..33 {
        burner.fault(n, Answer::Check("2/04/08"));
    }
    let object = burner.prepared();
    let told = listen(&object);
    write(&object).unwrap();
    let told = told.lock().unwrap();
    let waiting = told.iter().find(|progress| progress.used_system_buffer > 0).unwrap();
    assert_eq!(waiting.free_system_buffer, 0);
    assert_eq!(waiting.last_written_lba.0, SHORT_START + 3 * 26 - 1);
    assert_eq!(waiting.last_read_lba.0, SHORT_START + 4 * 26 - 1);
}

#[test]
fn finishing_is_told_while_it_lasts() {
    let burner = Burner::short();
    burner.script.on(SYNCHRONIZE_CACHE, [vec![Answer::Check("2/04/08"); 6], vec![Answer::Good]].concat());
    let object = burner.prepared();
    let told = listen(&object);
    write(&object).unwrap();
    let count = told.lock().unwrap().iter().filter(|told| told.action == WriteAction::FINISHING).count();
    assert_eq!(count, 2 + 6);
}

#[test]
fn only_a_write_that_passes_its_checks_is_told() {
    let burner = Burner::short();
    let object = burner.prepared();
    let told = listen(&object);
    object.write_media2(&mut Numbered::of(SECTORS), 299).unwrap_err();
    object.release_media().unwrap();
    object.prepare_media().unwrap();
    assert!(told.lock().unwrap().is_empty());
}

#[test]
fn a_failed_write_ends_with_finishing() {
    let burner = Burner::short();
    burner.fault(3, Answer::Check("3/0C/00"));
    let object = burner.prepared();
    let told = listen(&object);
    write(&object).unwrap_err();
    let told = told.lock().unwrap();
    assert_eq!(told.last().unwrap().action, WriteAction::FINISHING);
    assert_eq!(told.last().unwrap().last_written_lba.0, SHORT_START + 3 * 26 - 1);
}

#[test]
fn handlers_come_and_go() {
    let burner = Burner::short();
    let object = burner.prepared();
    let told = listen(&object);
    let counted = Arc::new(Mutex::new(0));
    let count = Arc::clone(&counted);
    let itself = Arc::new(Mutex::new(None));
    let name = Arc::clone(&itself);
    let once = object.on_update(move |object, _| {
        *count.lock().unwrap() += 1;
        assert!(object.unsubscribe(name.lock().unwrap().unwrap()));
    });
    *itself.lock().unwrap() = Some(once);
    write(&object).unwrap();
    assert_eq!(*counted.lock().unwrap(), 1);
    assert!(!object.unsubscribe(once));
    assert!(told.lock().unwrap().len() >= 5);
}

/// Validity of the members while a write runs, from an event in the middle of it. No command is sent.
#[test]
fn members_are_answered_from_inside() {
    let burner = Burner::short();
    let object = burner.prepared();
    let script = burner.script.clone();
    let asked = Arc::new(Mutex::new(0));
    let count = Arc::clone(&asked);
    object.on_update(move |object, progress| {
        let before = script.opcodes().len();
        let busy = HResult::E_IMAPI_DF2RAW_WRITE_IN_PROGRESS;
        assert_eq!(code(object.write_media(&mut Numbered::of(SECTORS))), busy);
        assert_eq!(code(object.write_media2(&mut Numbered::of(SECTORS), 300)), busy);
        assert_eq!(code(object.release_media()), busy);
        assert_eq!(code(object.set_recorder(None)), busy);
        assert_eq!(code(object.set_client_name("other")), busy);
        assert_eq!(code(object.set_write_speed(75, false)), busy);
        assert_eq!(code(object.set_buffer_underrun_free_disabled(true)), busy);
        assert_eq!(code(object.set_requested_sector_type(SectorType::RAW)), busy);
        assert_eq!(code(object.prepare_media()), HResult::E_IMAPI_DF2RAW_MEDIA_IS_PREPARED);
        assert_eq!(code(object.media_physically_blank()), busy);
        assert_eq!(object.requested_sector_type(), Ok(SectorType::COOKED));
        assert_eq!(object.start_of_next_session().map(|lba| lba.0), Ok(SHORT_START));
        assert_eq!(object.last_possible_start_of_leadout().map(|lba| lba.0), Ok(359_849));
        assert_eq!(object.supported_sector_types(), Ok(SectorType::ALL.to_vec()));
        assert_eq!(object.current_physical_media_type().map(|media| media.0), Ok(2));
        assert_eq!(object.is_current_media_supported(&object.recorder().unwrap()), Ok(true));
        assert_eq!(object.current_write_speed(), Ok(3000));
        assert_eq!(object.current_rotation_type_is_pure_cav(), Ok(false));
        assert_eq!(object.supported_write_speeds(), Ok(vec![3000]));
        assert_eq!(object.supported_write_speed_descriptors().map(|all| all.len()), Ok(1));
        assert!(!object.buffer_underrun_free_disabled());
        assert_eq!(object.client_name(), "RawCD");
        assert_eq!(object.requested_write_speed(), -1);
        assert_eq!(
            script.opcodes().len(),
            before,
            "{:?}: nothing comes between the sectors",
            progress.action
        );
        *count.lock().unwrap() += 1;
    });
    write(&object).unwrap();
    assert!(*asked.lock().unwrap() >= 5);
    assert_eq!(burner.bytes(), Numbered::of(SECTORS).all());
    // Asked of the drive again.
    assert_eq!(object.media_physically_blank(), Ok(false));
}

fn cancel_at(object: &RawCd, action: WriteAction) {
    object.on_update(move |object, progress| {
        if progress.action == action {
            object.cancel_write().unwrap();
        }
    });
}

#[test]
fn cancelled_before_the_first_sector() {
    let burner = Burner::short();
    let object = burner.prepared();
    cancel_at(&object, WriteAction::PREPARING);
    let error = write(&object).unwrap_err();
    assert_eq!(error, Error::Cancelled { written: 0, of: 370, left: Left::Nothing });
    assert_eq!(error.hresult(), HResult::E_IMAPI_REQUEST_CANCELLED);
    assert_eq!(error.to_string(), "the write was cancelled before its first sector: nothing was recorded");
    assert_eq!(burner.start(), None);
    assert_eq!(burner.flushed(), 0, "nothing to empty");
    assert!(!burner.script.opcodes().contains(&SEND_OPC), "the calibration area is not used up");
    // Prepared, and blank: the next one goes through.
    object.release_media().unwrap();
}

#[test]
fn cancelled_in_the_middle() {
    let burner = Burner::short();
    for n in 4..34 {
        burner.fault(n, Answer::Check("2/04/08"));
    }
    let object = burner.prepared();
    // In the wait for room, half a second long. The drive calls the last session damaged (MMC "READ DISC
    // INFORMATION", state of last session).
    let script = burner.script.clone();
    object.on_update(move |object, progress| {
        if progress.used_system_buffer > 0 {
            script.on(READ_DISC_INFORMATION, [disc(0x0A, 1, NONE, NONE)]);
            object.cancel_write().unwrap();
        }
    });
    let told = listen(&object);
    let error = write(&object).unwrap_err();
    assert_eq!(error, Error::Cancelled { written: 4 * 26, of: 370, left: Left::Part });
    let text = "the write was cancelled after 104 of 370 sectors: the disc holds part of a session that nothing can \
                complete";
    assert_eq!(error.to_string(), text);
    assert_eq!(burner.blocks(), 4 * 26);
    assert_eq!(burner.flushed(), 1);
    assert_eq!(told.lock().unwrap().last().unwrap().action, WriteAction::FINISHING);
    assert_eq!(code(object.cancel_write()), HResult::E_IMAPI_DF2RAW_WRITE_NOT_IN_PROGRESS);
    assert_eq!(object.media_physically_blank(), Ok(false));
    object.release_media().unwrap();
}

#[test]
fn cancelled_too_late() {
    let burner = Burner::short();
    let object = burner.prepared();
    cancel_at(&object, WriteAction::FINISHING);
    let error = write(&object).unwrap_err();
    assert_eq!(error, Error::Cancelled { written: 370, of: 370, left: Left::Session });
    assert!(error.to_string().contains("the disc holds the session"), "{error}");
    assert_eq!(burner.bytes(), Numbered::of(SECTORS).all());
    assert_eq!(burner.flushed(), 1);
}

#[test]
fn cancelled_from_another_thread() {
    let burner = Burner::short();
    let object = burner.prepared();
    // A drive that takes nothing: without an end from outside it would be waited for long.
    burner.script.on(WRITE_10, [Answer::Check("2/04/08")]);
    let begun = Arc::new(std::sync::Barrier::new(2));
    let at = Arc::clone(&begun);
    let mut first = true;
    object.on_update(move |_, progress| {
        if progress.action == WriteAction::WRITING && core::mem::take(&mut first) {
            at.wait();
            at.wait();
        }
    });
    let error = std::thread::scope(|scope| {
        let writing = scope.spawn(|| write(&object).unwrap_err());
        begun.wait();
        object.cancel_write().unwrap();
        begun.wait();
        writing.join().unwrap()
    });
    assert_eq!(error, Error::Cancelled { written: 0, of: 370, left: Left::Nothing });
    // Nothing was recorded, so the disc is as good as before.
    burner.script.no_more(WRITE_10);
    assert_eq!(write(&object), Ok(()));
}

#[test]
fn a_panic_in_a_handler_leaves_drive_and_object_usable() {
    let burner = Burner::short();
    let object = burner.prepared();
    object.on_update(|_, progress| assert_ne!(progress.action, WriteAction::WRITING, "in the handler"));
    let run = std::panic::AssertUnwindSafe(|| write(&object));
    assert!(std::panic::catch_unwind(run).is_err());
    assert_eq!(code(object.cancel_write()), HResult::E_IMAPI_DF2RAW_WRITE_NOT_IN_PROGRESS);
    object.release_media().unwrap();
    object.prepare_media().unwrap();
    assert_eq!(write(&object), Ok(()), "it is not called again");
}
