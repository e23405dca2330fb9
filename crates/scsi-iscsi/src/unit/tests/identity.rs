//! Absent units, REPORT LUNS, vital product data.

use super::*;

const IQN: &str = "iqn.2026-11.example:cd";
const LUN_1: Lun = Lun([0, 1, 0, 0, 0, 0, 0, 0]);
const REPORT_LUNS: [u8; 12] = [0xA0, 0, 0, 0, 0, 0, 0, 0, 0, 16, 0, 0];
const ONE_UNIT: [u8; 16] = [0, 0, 0, 8, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0];

fn page(code: u8, allocation: u8) -> [u8; 6] {
    [0x12, 1, code, 0, allocation, 0]
}

/// SAM "Logical unit number": peripheral and flat addressing have a 0 each.
#[test]
fn units_that_are_not_there() {
    let mut unit = settled(Scripted::default());
    let absent = [
        LUN_1,
        Lun([0x40, 1, 0, 0, 0, 0, 0, 0]),
        Lun([1, 0, 0, 0, 0, 0, 0, 0]),
        Lun([0xC1, 1, 0, 0, 0, 0, 0, 0]),
    ];
    for lun in absent {
        let inquiry = read(&mut unit, A, lun, &[0x12, 0, 0, 0, 96, 0]);
        assert_eq!(inquiry[0], 0x7F, "SPC \"INQUIRY command\": qualifier 3, type 1Fh");
        assert_eq!((inquiry.len(), inquiry[4]), (36, 31));
        assert_eq!(read(&mut unit, A, lun, &[0x12, 0, 0, 0, 5, 0]), inquiry[..5]);
        let sense = read(&mut unit, A, lun, &[3, 0, 0, 0, 18, 0]);
        assert_eq!((sense[0], sense[2], sense[12], sense[13]), (0x70, 5, 0x25, 0));
        let outcome = unit.execute(A, lun, &TEST_UNIT_READY, Data::None, TIMEOUT).unwrap();
        assert_eq!(Sense::in_data(&outcome.sense), Some(Sense::new(5, 0x25, 0)));
    }
    let flat = Lun([0x40, 0, 0, 0, 0, 0, 0, 0]);
    assert!(unit.execute(A, flat, &TEST_UNIT_READY, Data::None, TIMEOUT).unwrap().is_good());
}

/// SPC "REPORT LUNS command".
#[test]
fn there_is_one_unit() {
    for lun in [Lun::ZERO, LUN_1] {
        let mut unit = settled(Scripted::default().says("5/20/00"));
        assert_eq!(read(&mut unit, A, lun, &REPORT_LUNS), ONE_UNIT);
        let mut unit = settled(drive());
        assert_eq!(read(&mut unit, A, lun, &REPORT_LUNS), ONE_UNIT);
    }
    let mut unit = settled(Scripted::default().says("5/20/00").says("5/20/00").says("5/20/00"));
    assert_eq!(read(&mut unit, A, LUN_1, &[0xA0, 0, 0, 0, 0, 0, 0, 0, 0, 4, 0, 0]), [0, 0, 0, 8]);
    assert_eq!(read(&mut unit, A, LUN_1, &[0xA0, 0, 1, 0, 0, 0, 0, 0, 0, 16, 0, 0]), [0; 8]);
    assert_eq!(said(&mut unit, A, &[0xA0, 0, 3, 0, 0, 0, 0, 0, 0, 16, 0, 0]), "5/24/00");
}

fn standard() -> Vec<u8> {
    [&[5, 0x80, 0, 0x32, 31, 0, 0, 0][..], b"ACME    CD-R 9000       1.00"].concat()
}

/// SPC "SCSI name string designator format": code set 3, PIV and iSCSI (5), type 8, ends with a zero, whole fours.
fn names() -> Vec<u8> {
    [
        &[0x53, 0x98, 0, 32][..],
        b"iqn.2026-11.example:cd,t,0x0001\0",
        &[0x53, 0xA8, 0, 24],
        b"iqn.2026-11.example:cd\0\0",
    ]
    .concat()
}

#[test]
fn pages_for_a_device_without_any() {
    let refuses = || settled(Scripted::default().says("5/24/00").sends(&standard())).with_target_name(IQN);
    assert_eq!(read(&mut refuses(), A, Lun::ZERO, &page(0, 252)), [5, 0, 0, 3, 0x00, 0x80, 0x83]);
    let serial = [&[5, 0x80, 0, 22][..], IQN.as_bytes()].concat();
    assert_eq!(read(&mut refuses(), A, Lun::ZERO, &page(0x80, 252)), serial);
    assert_eq!(read(&mut refuses(), A, Lun::ZERO, &page(0x80, 6)), serial[..6]);
    // SPC "T10 vendor ID based designator format": code set 2, type 1.
    let t10 = [&[2, 1, 0, 46][..], b"ACME    CD-R 9000       ", IQN.as_bytes()].concat();
    let content = [t10, names()].concat();
    let expected = [&[5, 0x83, 0, content.len() as u8][..], &content].concat();
    assert_eq!(read(&mut refuses(), A, Lun::ZERO, &page(0x83, 252)), expected);

    let mut nameless = settled(Scripted::default().says("5/24/00").sends(&standard()));
    assert_eq!(read(&mut nameless, A, Lun::ZERO, &page(0x80, 252)), b"\x05\x80\0\x0EACME CD-R 9000");
    let mut other = settled(Scripted::default().says("5/24/00"));
    assert_eq!(said(&mut other, A, &page(0xB0, 252)), "5/24/00", "not one of ours");
}

#[test]
fn pages_of_the_device_are_added_to() {
    let own = [5, 0x83, 0, 6, 1, 0, 0, 2, 0xAB, 0xCD];
    let mut unit = settled(Scripted::default().sends(&own)).with_target_name(IQN);
    let expected = [&[5, 0x83, 0, 6 + 64][..], &own[4..], &names()].concat();
    assert_eq!(read(&mut unit, A, Lun::ZERO, &page(0x83, 252)), expected);
    let mut unit = settled(Scripted::default().sends(&own));
    assert_eq!(read(&mut unit, A, Lun::ZERO, &page(0x83, 252)), own, "no name, nothing to add");
    let mut unit = settled(Scripted::default().sends(&[5, 0, 0, 3, 0x00, 0x83, 0xB0]));
    assert_eq!(read(&mut unit, A, Lun::ZERO, &page(0, 252)), [5, 0, 0, 4, 0x00, 0x80, 0x83, 0xB0]);
}

/// What page 00h lists is answered (SPC "Supported VPD Pages VPD page").
#[test]
fn the_simulated_drive_answers_every_page_it_lists() {
    let mut unit = settled(drive()).with_target_name(IQN);
    let listed = read(&mut unit, A, Lun::ZERO, &page(0, 252));
    assert_eq!(listed[4..], [0x00, 0x80, 0x83]);
    for code in &listed[4..] {
        assert_eq!(read(&mut unit, A, Lun::ZERO, &page(*code, 252))[1], *code);
    }
    assert_eq!(said(&mut unit, A, &[0x12, 0, 0x80, 0, 36, 0]), "5/24/00", "a page code needs EVPD");
}
