use proptest::prelude::*;

use super::*;
use crate::parse::FieldFault;

/// Laid out by hand from MMC's tables: classes 1, 2 and 4 as Pioneer drives know them (Pioneer
/// R8 and BDR-203 command references, "GET EVENT STATUS NOTIFICATION"), and a disc that has come.
#[test]
fn new_media_is_told_with_the_tray() {
    let bytes = [0x00, 0x06, 0x04, 0x16, 0x02, 0x02, 0x00, 0x00];
    let event = Event::Media {
        event: MediaEvent::NEW_MEDIA,
        medium_present: true,
        tray_open: false,
        start_slot: 0,
        end_slot: 0,
    };
    let classes = [NotificationClass::OPERATIONAL_CHANGE, NotificationClass::POWER, NotificationClass::MEDIA];
    let supported = classes.into_iter().map(NotificationClass::mask).sum();
    let status = EventStatus { supported, event: Some(event) };
    let asked = GetEventStatusNotification { polled: true, classes: 0x10, allocation: 8 };
    assert_eq!(asked.reply(&bytes), Ok(status));
    assert_eq!(status.to_bytes(), bytes);
}

/// By hand from MMC's table: NEA, and only the header; the length counts the two bytes behind it.
#[test]
fn a_class_that_is_not_known_has_no_event() {
    let bytes = [0x00, 0x02, 0x80, 0x16];
    let status = EventStatus { supported: 0x16, event: None };
    assert_eq!(EventStatus::parse(&bytes), Ok(status));
    assert_eq!(status.to_bytes(), bytes);
}

/// QEMU's ATAPI drive counts the event alone: 4 with one, 0 without. A host has to take that.
#[test]
fn a_length_that_counts_the_event_alone_is_understood() {
    let none = EventStatus { supported: 0x10, event: None };
    assert_eq!(EventStatus::parse(&[0x00, 0x00, 0x80, 0x10]), Ok(none));
    let event = Event::Media {
        event: MediaEvent::NONE,
        medium_present: true,
        tray_open: false,
        start_slot: 0,
        end_slot: 0,
    };
    let some = EventStatus { supported: 0x10, event: Some(event) };
    assert_eq!(EventStatus::parse(&[0x00, 0x04, 0x04, 0x10, 0x00, 0x02, 0x00, 0x00]), Ok(some));
}

/// MMC's length of a header alone, and the buffer's bytes behind it.
#[test]
fn what_lies_behind_the_length_is_no_event() {
    assert_eq!(
        EventStatus::parse(&[0x00, 0x02, 0x04, 0x10, 0xAA, 0xAA, 0xAA, 0xAA]),
        Ok(EventStatus { supported: 0x10, event: None })
    );
}

/// By hand from MMC's tables, a class each.
#[test]
fn each_class_has_its_fields() {
    use Event as E;
    for (class, bytes, event) in [
        (
            1,
            [0x02, 0x00, 0x00, 0x01],
            E::OperationalChange {
                event: OperationalEvent::OCCURRED,
                persistent_prevent: false,
                status: 0,
                change: 1,
            },
        ),
        (2, [1, 3, 0, 0], E::Power { event: PowerEvent::SUCCESSFUL, status: PowerStatus::STANDBY }),
        (
            3,
            [0x01, 0x80, 0x00, 0x02],
            E::ExternalRequest { event: 1, persistent_prevent: true, status: 0, request: 2 },
        ),
        (
            4,
            [1, 3, 4, 5],
            E::Media {
                event: MediaEvent::EJECT_REQUEST,
                medium_present: true,
                tray_open: true,
                start_slot: 4,
                end_slot: 5,
            },
        ),
        (5, [3, 1, 0, 2], E::MultiHost { event: 3, persistent_prevent: false, status: 1, priority: 2 }),
        (6, [1, 2, 0x01, 0x2C], E::DeviceBusy { event: 1, status: BusyStatus::IMMEDIATE, time: 300 }),
        (7, [1, 2, 3, 4], E::Other(NotificationClass(7), [1, 2, 3, 4])),
    ] {
        let mut reply = vec![0, 6, class, 0x7E];
        reply.extend(bytes);
        let status = EventStatus { supported: 0x7E, event: Some(event) };
        assert_eq!(EventStatus::parse(&reply), Ok(status));
        assert_eq!(status.to_bytes(), reply);
        assert_eq!(event.class(), NotificationClass(class));
    }
}

#[test]
fn half_an_event_is_refused() {
    let fault = EventStatus::parse(&[0, 6, 4, 0x10, 2, 2]).unwrap_err();
    assert_eq!((fault.byte, fault.fault), (6, FieldFault::Short));
}

proptest! {
    #[test]
    fn any_bytes_parse_or_fail_cleanly(bytes in prop::collection::vec(any::<u8>(), 0..16)) {
        if let Ok(status) = EventStatus::parse(&bytes) {
            prop_assert_eq!(EventStatus::parse(&status.to_bytes()), Ok(status));
        }
    }

    #[test]
    fn every_event_survives_the_wire(class in 0u8..8, bytes: [u8; 4], supported: u8) {
        let event = Event::from_bytes(NotificationClass(class), bytes);
        let status = EventStatus { supported, event: Some(event) };
        prop_assert_eq!(EventStatus::parse(&status.to_bytes()), Ok(status));
    }
}
