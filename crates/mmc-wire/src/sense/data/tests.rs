use super::*;
use crate::parse::FieldFault;
use proptest::prelude::*;

/// What a log gives of fixed sense data: its bytes, and what they say.
struct Logged {
    bytes: &'static [u8],
    sense: &'static str,
    additional: u8,
    source: &'static str,
}

/// Sense data as cdrecord, wodim, cdrdao and readcd printed them: 16 bytes, two programs 18.
const LOGGED: &[Logged] = &[
    Logged {
        bytes: &[0x70, 0, 5, 0, 0, 0, 0, 0x0A, 0, 0, 0, 0, 0x24, 0, 0, 0, 0, 0],
        sense: "5/24/00",
        additional: 0x0A,
        source: "READ TRACK INFORMATION, OPTORITE CW5205 180E; linux-kernel list, cdrecord 2.00.3",
    },
    Logged {
        bytes: &[0x70, 0, 5, 0, 0, 0, 0, 0x0A, 0, 0, 0, 0, 0x64, 0, 0, 0, 0, 0],
        sense: "5/64/00",
        additional: 0x0A,
        source: "WRITE (10), cdrdao DAO log; Ubuntu forums archive",
    },
    Logged {
        bytes: &[0x70, 0, 5, 0, 0, 0, 0, 0x0B, 0, 0, 0, 0, 0x24, 0, 0, 0],
        sense: "5/24/00",
        additional: 0x0B,
        source: "READ TRACK INFORMATION, wodim SAO log; Ubuntu forums archive",
    },
    Logged {
        bytes: &[0x70, 0, 6, 0, 0, 0, 0, 0x0C, 0, 0, 0, 0, 0x29, 0, 0, 0],
        sense: "6/29/00",
        additional: 0x0C,
        source: "BLANK, cdrecord blank=fast log",
    },
    Logged {
        bytes: &[0x70, 0, 5, 0, 0, 0, 0, 0x0E, 0, 0, 0, 0, 0x64, 0, 0, 0],
        sense: "5/64/00",
        additional: 0x0E,
        source: "CLOSE SESSION, wodim TAO log; Ubuntu forums archive",
    },
    Logged {
        bytes: &[0x70, 0, 5, 0, 0, 0, 0, 0x0E, 0, 0, 0, 0, 0x21, 2, 0, 0],
        sense: "5/21/02",
        additional: 0x0E,
        source: "WRITE (10) at LBA -10323, cdrecord raw mode; linux-kernel list, 2003-06-01",
    },
    Logged {
        bytes: &[0x70, 0, 5, 0, 0, 0, 0, 0x12, 0, 0, 0, 0, 0x24, 0, 0, 0],
        sense: "5/24/00",
        additional: 0x12,
        source: "READ TOC/PMA/ATIP format 2, readcd log",
    },
    Logged {
        bytes: &[0x70, 0, 2, 0, 0, 0, 0, 0x13, 0, 0, 0, 0, 0x3A, 0, 0, 0],
        sense: "2/3A/00",
        additional: 0x13,
        source: "TEST UNIT READY, IDE-CD R/RW 12x8x32 N3.8, cdrecord log; Ubuntu forums archive",
    },
    Logged {
        bytes: &[0x70, 0, 3, 0, 0, 0, 0, 0x13, 0, 0, 0, 0, 0x73, 3, 0, 0],
        sense: "3/73/03",
        additional: 0x13,
        source: "BLANK, PHILIPS CDD4851 C3.7, cdrecord log; Ubuntu forums archive",
    },
    Logged {
        bytes: &[0x70, 0, 6, 0, 0, 0, 0, 0x0A, 0, 0, 0, 0, 0x5A, 3, 0, 0],
        sense: "6/5A/03",
        additional: 0x0A,
        source: "SEND OPC INFORMATION, RWD RW2224 2.53, as the authors of cdrecord recorded it",
    },
];

#[test]
fn logged_sense_is_the_triple_and_padding() {
    for Logged { bytes, sense, additional, source } in LOGGED {
        let expected = SenseData::current(sense.parse().unwrap()).with_additional(*additional);
        assert_eq!(SenseData::parse(bytes), Ok(expected.clone()), "{source}");
        let mut whole = bytes.to_vec();
        whole.resize(usize::from(*additional) + 8, 0);
        assert_eq!(expected.to_bytes(), whole, "{source}");
    }
}

/// WRITE (10) in raw mode at LBA -11321, wodim RAW/RAW96R log (Ubuntu forums archive): the error is
/// about an earlier write, at -11598.
#[test]
fn deferred_error_in_the_lead_in_names_its_block() {
    let bytes = [0xF1, 0, 3, 0xFF, 0xFF, 0xD2, 0xB2, 0x0A, 0, 0x13, 0, 0, 0x10, 0, 0, 0];
    let data = SenseData::parse(&bytes).unwrap();
    assert!(data.deferred);
    assert_eq!(data.sense, Sense::new(3, 0x10, 0));
    assert_eq!(data.information.map(|block| block as u32 as i32), Some(-11598));
    assert_eq!(data.command_specific, 0x0013_0000);
    assert_eq!(data.to_bytes()[..16], bytes);
}

/// WRITE (10) at 156581, wodim TAO log (GnomeBaker; Ubuntu forums archive).
#[test]
fn deferred_write_fault_names_its_block() {
    let bytes = [0xF1, 0, 4, 0, 2, 0x61, 0x37, 0x0A, 0, 0x32, 0, 0x10, 3, 1, 0, 0];
    let data = SenseData::parse(&bytes).unwrap();
    let expected = SenseData {
        command_specific: 0x0032_0010,
        ..SenseData::deferred(Sense::new(4, 3, 1)).with_information(155_959)
    };
    assert_eq!(data, expected);
    assert_eq!(data.to_bytes()[..16], bytes);
}

/// WRITE (10), cdrecord SAO dummy log (Ubuntu forums archive): the drive leaves rubbish in bytes 8 to 11.
#[test]
fn rubbish_in_command_specific_is_kept() {
    let bytes = [0x70, 0, 4, 0, 0, 0, 0, 0x10, 0xDE, 0xB6, 0x92, 0x80, 8, 3, 0, 0];
    let data = SenseData::parse(&bytes).unwrap();
    assert_eq!((data.sense, data.command_specific), (Sense::new(4, 8, 3), 0xDEB6_9280));
    assert_eq!(data.to_bytes()[..16], bytes);
}

/// WRITE (10), HP DVD Writer 1070r RH22, wodim log (Ubuntu forums archive): libata's descriptor
/// format with an ATA status (SAT "ATA Status Return sense data descriptor"), cut off at 16 bytes.
#[test]
fn ata_status_descriptor_is_kept_when_whole() {
    let logged = [0x72, 0x0B, 0, 0, 0, 0, 0, 0x0E, 9, 0x0C, 0, 0, 0, 2, 0, 0];
    let cut_off = SenseData::parse(&logged).unwrap();
    assert_eq!(cut_off.sense, Sense::new(0xB, 0, 0));
    assert_eq!(cut_off.format, SenseFormat::Descriptor { others: vec![] });

    let mut whole = logged.to_vec();
    whole.resize(8 + 0x0E, 0);
    let data = SenseData::parse(&whole).unwrap();
    let mut status = vec![0, 0, 0, 2];
    status.resize(12, 0);
    let others = vec![SenseDescriptor { kind: 9, bytes: status }];
    assert_eq!(data.format, SenseFormat::Descriptor { others });
    assert_eq!(data.to_bytes(), whole);
}

/// Pioneer R11 command reference, 4.23: 22 bytes, of which byte 21 is the loading status; 01h is
/// loading, with 2/04/01.
#[test]
fn pioneers_loading_status_is_a_vendor_byte() {
    let mut bytes = vec![0x70, 0, 2, 0, 0, 0, 0, 0x0E, 0, 0, 0, 0, 4, 1];
    bytes.resize(21, 0);
    bytes.push(1);
    let data = SenseData::parse(&bytes).unwrap();
    assert_eq!(data.sense, Sense::BECOMING_READY);
    assert_eq!(data.format, SenseFormat::Fixed { additional: 0x0E, vendor: vec![0, 0, 0, 1] });
    assert_eq!(data.to_bytes(), bytes);
}

/// SPC "Field pointer sense key specific information": SKSV 80h, C/D 40h, BPV 08h, bit pointer.
#[test]
fn a_bad_cdb_is_answered_with_a_pointer_to_the_field() {
    let error = FieldError { byte: 5, bit: Some(3), fault: FieldFault::Reserved, expected: "0" };
    let bytes = SenseData::from(error).to_bytes();
    assert_eq!(bytes, [0x70, 0, 5, 0, 0, 0, 0, 0x0A, 0, 0, 0, 0, 0x24, 0, 0, 0xCB, 0, 5]);

    let list = SenseData::current(Sense::INVALID_FIELD_IN_PARAMETER_LIST).at_field(0x0102, None, false);
    assert_eq!(list.to_bytes()[15..], [0x80, 1, 2]);
}

/// SPC "Progress indication sense key specific information": SKSV, then n/65536.
#[test]
fn progress_is_told_while_not_ready() {
    let busy = SenseData::current(Sense::OPERATION_IN_PROGRESS).with_progress(0x4000);
    assert_eq!(busy.to_bytes()[15..], [0x80, 0x40, 0]);
    assert_eq!(SenseData::parse(&busy.to_bytes()).unwrap().specific, Some(KeySpecific::Progress(0x4000)));
}

/// SPC "Descriptor format sense data": information (00h), sense key specific (02h), block commands (05h).
#[test]
fn descriptors_say_what_fixed_format_says() {
    let data = SenseData {
        incorrect_length: true,
        ..SenseData::current(Sense::INVALID_FIELD_IN_CDB)
            .at_field(2, None, true)
            .with_information(16)
            .in_descriptors()
    };
    let bytes = [
        0x72, 5, 0x24, 0, 0, 0, 0, 24, // header
        0x00, 10, 0x80, 0, 0, 0, 0, 0, 0, 0, 0, 16, // information, valid
        0x02, 6, 0, 0, 0xC0, 0, 2, 0, // field pointer
        0x05, 2, 0, 0x20, // ILI
    ];
    assert_eq!(data.to_bytes(), bytes);
    assert_eq!(SenseData::parse(&bytes), Ok(data));
}

/// SPC "Fixed format sense data": FILEMARK, EOM and ILI are bits 7 to 5 of byte 2, the field
/// replaceable unit code is byte 14; in descriptor format they are byte 3 of the stream commands
/// (04h) and block commands (05h) descriptors, and of the field replaceable unit's (03h).
#[test]
fn flags_and_failed_unit_have_their_places() {
    let plain = SenseData { field_replaceable_unit: 9, ..SenseData::current(Sense::new(8, 0, 0)) };
    let filemark = SenseData { filemark: true, ..plain.clone() };
    let end = SenseData { end_of_medium: true, ..plain.clone() };
    let length = SenseData { incorrect_length: true, ..plain };
    for (data, byte, kind) in [(filemark, 0x80, 4), (end, 0x40, 4), (length, 0x20, 5)] {
        let fixed = data.to_bytes();
        assert_eq!((fixed[2], fixed[14]), (byte | 8, 9), "{data:?}");
        let descriptors = data.in_descriptors().to_bytes();
        assert_eq!(descriptors, [0x72, 8, 0, 0, 0, 0, 0, 8, 3, 2, 0, 9, kind, 2, 0, byte]);
    }
}

#[test]
fn fixed_format_does_not_claim_what_it_cannot_hold() {
    let mut data = SenseData::current(Sense::LBA_OUT_OF_RANGE);
    data.information = Some(1 << 32);
    let bytes = data.to_bytes();
    assert_eq!((bytes[0], &bytes[3..7]), (0x70, &[0; 4][..]));

    data.format = SenseFormat::Fixed { additional: 0, vendor: vec![0xAA; 300] };
    let bytes = data.to_bytes();
    assert_eq!((bytes.len(), bytes[7]), (8 + 255, 255));
}

#[test]
fn what_is_no_sense_data_is_refused() {
    assert_eq!(SenseData::parse(&[]).unwrap_err().fault, FieldFault::Short);
    assert_eq!(SenseData::parse(&[0x70, 0]).unwrap_err().fault, FieldFault::Short);
    assert_eq!(SenseData::parse(&[0; 18]).unwrap_err().fault, FieldFault::Illegal);
}

fn key_specific(key: u8) -> BoxedStrategy<KeySpecific> {
    match key {
        5 => (any::<bool>(), any::<u16>(), prop::option::of(0u8..8))
            .prop_map(|(in_cdb, byte, bit)| KeySpecific::FieldPointer { in_cdb, byte, bit })
            .boxed(),
        0 | 2 => any::<u16>().prop_map(KeySpecific::Progress).boxed(),
        _ => (0u8..0x80, any::<[u8; 2]>()).prop_map(|(a, [b, c])| KeySpecific::Other([a, b, c])).boxed(),
    }
}

/// Bytes that do not end in a zero, which would be padding.
fn vendor_bytes() -> impl Strategy<Value = Vec<u8>> {
    prop::collection::vec(any::<u8>(), 0..40).prop_map(|mut bytes| {
        while bytes.last() == Some(&0) {
            bytes.pop();
        }
        bytes
    })
}

fn format() -> impl Strategy<Value = SenseFormat> {
    let fixed = (vendor_bytes(), 0u8..100).prop_map(|(vendor, padding)| SenseFormat::Fixed {
        additional: FIXED_ADDITIONAL + vendor.len() as u8 + padding,
        vendor,
    });
    let other = (6u8.., prop::collection::vec(any::<u8>(), 0..20));
    let other = other.prop_map(|(kind, bytes)| SenseDescriptor { kind, bytes });
    let descriptors =
        prop::collection::vec(other, 0..5).prop_map(|others| SenseFormat::Descriptor { others });
    prop_oneof![fixed, descriptors]
}

fn sense_data() -> impl Strategy<Value = SenseData> {
    let key = 0u8..16;
    key.prop_flat_map(|key| {
        (
            (any::<u8>(), any::<u8>(), any::<[bool; 4]>()),
            prop::option::of(any::<u32>()),
            any::<u32>(),
            any::<u8>(),
            prop::option::of(key_specific(key)),
            format(),
        )
            .prop_map(move |(first, information, command_specific, unit, specific, format)| {
                let (asc, ascq, [deferred, filemark, end_of_medium, incorrect_length]) = first;
                SenseData {
                    sense: Sense::new(key, asc, ascq),
                    deferred,
                    information: information.map(u64::from),
                    filemark,
                    end_of_medium,
                    incorrect_length,
                    command_specific: command_specific.into(),
                    field_replaceable_unit: unit,
                    specific,
                    format,
                }
            })
    })
}

proptest! {
    #[test]
    fn every_value_survives(data in sense_data()) {
        prop_assert_eq!(SenseData::parse(&data.to_bytes()), Ok(data));
    }

    /// The short way to the triple and the long one agree, whatever a drive sends.
    #[test]
    fn any_bytes_parse_or_fail(
        code in prop_oneof![0x70u8..0x74, 0xF0u8..0xF4, any::<u8>()],
        rest in prop::collection::vec(any::<u8>(), 0..300),
    ) {
        let mut bytes = vec![code];
        bytes.extend(rest);
        let parsed = SenseData::parse(&bytes);
        prop_assert_eq!(parsed.as_ref().ok().map(|data| data.sense), Sense::in_data(&bytes));
        if let Ok(data) = parsed {
            let again = SenseData::parse(&data.to_bytes()).unwrap();
            prop_assert_eq!(again.sense, data.sense);
            prop_assert_eq!(again.specific, data.specific);
        }
    }
}
