//! Reservations and the lock of the tray.

use super::*;

const CONFLICT: &str = "RESERVATION CONFLICT";
const RESERVE: [u8; 6] = [0x16, 0, 0, 0, 0, 0];
const RELEASE: [u8; 6] = [0x17, 0, 0, 0, 0, 0];
const RESERVE_10: [u8; 10] = [0x56, 0, 0, 0, 0, 0, 0, 0, 0, 0];
const RELEASE_10: [u8; 10] = [0x57, 0, 0, 0, 0, 0, 0, 0, 0, 0];
const ALLOW: [u8; 6] = [0x1E, 0, 0, 0, 0, 0];
const PREVENT: [u8; 6] = [0x1E, 0, 0, 0, 1, 0];
const PERSISTENT_PREVENT: [u8; 6] = [0x1E, 0, 0, 0, 3, 0];
const EJECT: [u8; 6] = [0x1B, 0, 0, 0, 2, 0];

/// SPC-2 "RESERVE(6) command", "RELEASE(6) command", and the same for (10).
#[test]
fn one_has_the_unit_for_itself() {
    for (reserve, release) in [(&RESERVE[..], &RELEASE[..]), (&RESERVE_10, &RELEASE_10)] {
        let mut unit = settled(Scripted::default());
        assert_eq!(said(&mut unit, A, reserve), "good");
        assert_eq!(said(&mut unit, A, reserve), "good", "again");
        assert_eq!(said(&mut unit, B, reserve), CONFLICT);
        assert_eq!(said(&mut unit, B, release), "good", "without effect");
        assert_eq!(said(&mut unit, B, &TEST_UNIT_READY), CONFLICT);
        assert_eq!(said(&mut unit, A, &TEST_UNIT_READY), "good");
        assert_eq!(said(&mut unit, A, release), "good");
        assert_eq!(said(&mut unit, B, &TEST_UNIT_READY), "good");
        assert_eq!(unit.transport_mut().asked, [TEST_UNIT_READY; 2]);
    }
}

/// SPC-2 "SPC commands that are allowed in the presence of various reservations".
#[test]
fn what_runs_beside_a_reservation() {
    let mut unit = settled(Scripted::default());
    send(&mut unit, A, &RESERVE);
    let ten = |opcode| [opcode, 0, 0, 0, 0, 0, 0, 0, 0, 0];
    for opcode in [0x12, 0x03, 0xA0, 0x4D, 0x25, 0x46, 0x4A] {
        assert_eq!(said(&mut unit, B, &ten(opcode)), "good", "{opcode:02X}");
    }
    for opcode in [0x15, 0x1A, 0x55, 0x5A, 0x28, 0x2A, 0x5E, 0x5F, 0x1D, 0xC0] {
        assert_eq!(said(&mut unit, B, &ten(opcode)), CONFLICT, "{opcode:02X}");
    }
    assert_eq!(said(&mut unit, B, &ALLOW), "good");
    assert_eq!(said(&mut unit, B, &PREVENT), CONFLICT);
    assert_eq!(said(&mut unit, B, &EJECT), CONFLICT);
}

#[test]
fn parts_and_third_parties_are_refused() {
    let mut unit = settled(Scripted::default());
    for (opcode, flags, pointer) in [(0x16, 1, 0xC8), (0x56, 1, 0xC8), (0x57, 0x10, 0xCC), (0x17, 0x10, 0xCC)]
    {
        let sense = send(&mut unit, A, &[opcode, flags, 0, 0, 0, 0, 0, 0, 0, 0]).sense;
        // SPC "Field pointer sense key specific data": SKSV, C/D, BPV, bit; byte 1.
        assert_eq!((sense[2], sense[12], sense[13]), (5, 0x24, 0));
        assert_eq!(sense[15..18], [pointer, 0, 1]);
    }
    assert_eq!(said(&mut unit, B, &TEST_UNIT_READY), "good", "nothing is reserved");
}

/// SAM "Status precedence": the conflict comes first, and the unit attention stays.
#[test]
fn a_conflict_comes_before_a_unit_attention() {
    let mut unit = settled(Scripted::default());
    send(&mut unit, A, &RESERVE);
    unit.raise(Sense::MEDIUM_MAY_HAVE_CHANGED);
    assert_eq!(said(&mut unit, B, &TEST_UNIT_READY), CONFLICT);
    unit.detach(A);
    assert_eq!(said(&mut unit, B, &TEST_UNIT_READY), "6/28/00");
    assert_eq!(said(&mut unit, B, &TEST_UNIT_READY), "good");
}

#[test]
fn a_reset_ends_reservation_and_prevention() {
    let mut unit = settled(drive());
    send(&mut unit, A, &RESERVE);
    assert_eq!(said(&mut unit, A, &PREVENT), "good");
    unit.reset();
    assert_eq!(said(&mut unit, B, &TEST_UNIT_READY), "6/29/03");
    assert_eq!(said(&mut unit, B, &EJECT), "good");
}

/// SPC-3 "PREVENT ALLOW MEDIUM REMOVAL command".
#[test]
fn the_tray_is_locked_while_anybody_locks_it() {
    let mut unit = settled(drive());
    assert_eq!(said(&mut unit, A, &PREVENT), "good");
    assert_eq!(said(&mut unit, B, &ALLOW), "good");
    assert_eq!(said(&mut unit, B, &EJECT), "5/53/02");
    assert_eq!(said(&mut unit, B, &PREVENT), "good");
    assert_eq!(said(&mut unit, A, &ALLOW), "good");
    assert_eq!(said(&mut unit, A, &EJECT), "5/53/02");
    unit.detach(B);
    assert_eq!(said(&mut unit, A, &EJECT), "good");
}

#[test]
fn the_device_is_told_only_what_changes() {
    let mut unit = settled(Scripted::default());
    send(&mut unit, A, &PREVENT);
    send(&mut unit, B, &PERSISTENT_PREVENT);
    send(&mut unit, A, &ALLOW);
    send(&mut unit, A, &PREVENT);
    // The persistent one goes, the plain one is left.
    send(&mut unit, B, &[0x1E, 0, 0, 0, 2, 0]);
    unit.detach(A);
    unit.detach(B);
    assert_eq!(unit.transport_mut().asked, [PREVENT, PERSISTENT_PREVENT, PREVENT, ALLOW]);
}

#[test]
fn the_lock_opens_though_the_device_has_something_to_tell_first() {
    let mut unit = settled(Scripted::default().sends(&[]).says("6/28/00"));
    send(&mut unit, A, &PREVENT);
    unit.detach(A);
    assert_eq!(unit.transport_mut().asked, [PREVENT, ALLOW, ALLOW]);
    assert_eq!(said(&mut unit, B, &TEST_UNIT_READY), "6/28/00");
}
