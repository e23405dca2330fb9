use proptest::prelude::*;

use super::*;
use crate::parse::FieldFault;

fn position(track: u8, index: u8, form: u8, time: [u8; 3]) -> CueEntry {
    CueEntry::Position(CuePosition {
        control: Control::AUDIO,
        track,
        index,
        form: DataForm(form),
        serial_copy: 0,
        time,
    })
}

/// One track of a minute, the smallest sheet there is: lead-in, pause, track, lead-out.
const MINIMAL: [u8; 32] = [
    0x01, 0x00, 0x00, 0x01, 0x00, 0x00, 0x00, 0x00, //
    0x01, 0x01, 0x00, 0x00, 0x00, 0x00, 0x00, 0x00, //
    0x01, 0x01, 0x01, 0x00, 0x00, 0x00, 0x02, 0x00, //
    0x01, 0xAA, 0x01, 0x01, 0x00, 0x01, 0x02, 0x00,
];

#[test]
fn the_smallest_sheet() {
    let sheet = CueSheet::parse(&MINIMAL).unwrap();
    let expected = [
        position(0, 0, 1, [0, 0, 0]),
        position(1, 0, 0, [0, 0, 0]),
        position(1, 1, 0, [0, 2, 0]),
        position(CuePosition::LEAD_OUT, 1, 1, [1, 2, 0]),
    ];
    assert_eq!(sheet.entries, expected);
    assert_eq!(sheet.to_bytes(), MINIMAL);
}

#[test]
fn codes_come_in_halves() {
    let bytes = *b"\x021234567\x02890123\0\x03\x05DEABC7\x43\x05190001";
    let sheet = CueSheet::parse(&bytes).unwrap();
    let control = Control::AUDIO;
    assert_eq!(sheet.entries[0], CueEntry::Catalogue { control, digits: *b"1234567" });
    assert_eq!(sheet.entries[1], CueEntry::Catalogue { control, digits: *b"890123\0" });
    let CueEntry::Recording { track: 5, characters, .. } = sheet.entries[3] else { panic!("{sheet:?}") };
    assert_eq!(characters, *b"190001");
}

/// Data forms with the bytes that a host sends of each (MMC "Data form of main data").
#[test]
fn bytes_of_every_data_form() {
    for (form, bytes) in [
        (0x00, 2352),
        (0x01, 0),
        (0x10, 2048),
        (0x11, 2352),
        (0x12, 2048),
        (0x13, 2352),
        (0x14, 0),
        (0x20, 2336),
        (0x21, 2352),
        (0x22, 2336),
        (0x23, 2352),
        (0x24, 0),
        (0x30, 2336),
        (0x31, 2352),
        (0x32, 2336),
        (0x33, 2352),
        (0x34, 0),
    ] {
        assert_eq!(DataForm(form).main().map(MainForm::bytes), Some(bytes), "{form:02X}");
        for (sub, more) in [(0x00, Some(0)), (0x40, Some(96)), (0x80, None), (0xC0, Some(96))] {
            assert_eq!(DataForm(form | sub).sub_channel().map(SubForm::bytes), more);
        }
    }
    let unknown = (0..0x40u8).filter(|form| DataForm(*form).main().is_none()).count();
    assert_eq!(unknown, 64 - 17);
}

#[test]
fn faults_have_their_place() {
    let short = CueSheet::parse(&MINIMAL[..27]).unwrap_err();
    assert_eq!((short.byte, short.fault), (27, FieldFault::Short));
    let mut bytes = MINIMAL;
    bytes[16] = 0x04;
    let adr = CueSheet::parse(&bytes).unwrap_err();
    assert_eq!((adr.byte, adr.bit, adr.fault), (16, Some(3), FieldFault::Illegal));
}

proptest! {
    #[test]
    fn whatever_parses_is_written_as_it_came(bytes in prop::collection::vec(any::<u8>(), 0..200)) {
        if let Ok(sheet) = CueSheet::parse(&bytes) {
            prop_assert_eq!(sheet.to_bytes(), bytes);
        }
    }
}
