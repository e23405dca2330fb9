use proptest::prelude::*;

use super::*;
use crate::parse::FieldFault;

/// What xorriso's SCSI log shows of a CD-RW formatted for packets of 32, and of one closed and
/// unformatted (udftools pull request 44). The drive gave the 34 bytes asked for.
#[test]
fn logged_tracks_are_read() {
    #[rustfmt::skip]
    let formatted = [
        0x00, 0x22, 0x01, 0x01, 0x00, 0x07, 0xB2, 0x00, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0,
        0x00, 0x00, 0x00, 0x20, 0x00, 0x04, 0x81, 0x60, 0, 0, 0, 0, 0, 0,
    ];
    let track = ReadTrackInformation::of_track(1, 34).reply(&formatted).unwrap();
    let expected = TrackInformation {
        form: TrackInformationForm::Bytes36,
        track: 1,
        session: 1,
        mode: Control::new(7),
        reserved_track: true,
        packet: true,
        fixed_packet: true,
        data_mode: DataMode::MODE_2,
        packet_blocks: 32,
        track_blocks: 295_264,
        ..TrackInformation::default()
    };
    assert_eq!(track, expected);
    assert_eq!(track.to_bytes()[..34], formatted);

    let mut closed = formatted;
    closed[5..7].copy_from_slice(&[0x04, 0x01]);
    closed[20..28].copy_from_slice(&[0, 0, 0, 0, 0x00, 0x00, 0x85, 0x81]);
    let expected = TrackInformation {
        mode: Control::DATA,
        reserved_track: false,
        packet: false,
        fixed_packet: false,
        data_mode: DataMode::MODE_1,
        packet_blocks: 0,
        track_blocks: 0x8581,
        ..expected
    };
    assert_eq!(TrackInformation::parse(&closed), Ok(expected));
}

/// By hand from MMC's table: the first track of a blank 80-minute CD-R (lead-out 359849,
/// lead-in 97:26:65) with the write type TAO, SAO and RAW selected.
#[test]
fn the_invisible_track_lies_where_the_write_type_starts() {
    #[rustfmt::skip]
    let tao = [
        0x00, 0x22, 0x01, 0x01, 0x00, 0x04, 0x4F, 0x01, 0, 0, 0, 0, 0, 0, 0, 0,
        0x00, 0x05, 0x7D, 0xA7, 0, 0, 0, 0, 0x00, 0x05, 0x7D, 0xA7, 0, 0, 0, 0, 0, 0, 0, 0,
    ];
    let track = TrackInformation {
        track: 1,
        session: 1,
        mode: Control::DATA,
        blank: true,
        data_mode: DataMode::UNKNOWN,
        next_writable: Some(Lba(0)),
        free_blocks: 359_847,
        track_blocks: 359_847,
        ..TrackInformation::default()
    };
    assert_eq!(track.to_bytes(), tao);
    assert_eq!(TrackInformation::parse(&tao), Ok(track.clone()));

    let mut sao = tao;
    sao[12..20].copy_from_slice(&[0xFF, 0xFF, 0xFF, 0x6A, 0x00, 0x05, 0x7E, 0x3F]);
    let there = TrackInformation { next_writable: Some(Lba(-150)), free_blocks: 359_999, ..track.clone() };
    assert_eq!(TrackInformation::parse(&sao), Ok(there));

    let mut raw = tao;
    raw[12..16].copy_from_slice(&[0xFF, 0xFF, 0xD2, 0x8D]);
    let there = TrackInformation { next_writable: Some(Lba(-11_635)), ..track };
    assert_eq!(TrackInformation::parse(&raw), Ok(there));
}

/// Lengths that drives report: 1Ah (MMC-1), 22h, 26h, 2Eh (Pioneer R11).
#[test]
fn each_form_has_its_length_and_its_fields() {
    let track = TrackInformation {
        track: 0x0102,
        session: 0x0304,
        last_recorded: Some(Lba(0x0506_0708)),
        read_compatibility: 0x1112_1314,
        layer_jump: [0x2122_2324, 0x3132_3334],
        ..TrackInformation::default()
    };
    let tail =
        [5, 6, 7, 8, 1, 3, 0, 0, 0x11, 0x12, 0x13, 0x14, 0x21, 0x22, 0x23, 0x24, 0x31, 0x32, 0x33, 0x34];
    for (form, length, valid) in [
        (TrackInformationForm::Bytes28, 0x1A, 0),
        (TrackInformationForm::Bytes36, 0x22, 2),
        (TrackInformationForm::Bytes40, 0x26, 2),
        (TrackInformationForm::Bytes48, 0x2E, 2),
    ] {
        let bytes = TrackInformation { form, ..track.clone() }.to_bytes();
        assert_eq!(bytes[..8], [0, length, 2, 4, 0, 0, 0, valid], "{form:?}");
        assert_eq!(bytes[28..], tail[..form.bytes() - 28]);
        assert_eq!(TrackInformation::parse(&bytes).unwrap().form, form);
    }
}

#[test]
fn fewer_than_28_bytes_are_refused() {
    let whole = TrackInformation::default().to_bytes();
    for end in 0..TrackInformation::MINIMUM_BYTES {
        assert_eq!(TrackInformation::parse(&whole[..end]).unwrap_err().fault, FieldFault::Short, "{end}");
    }
    assert!(TrackInformation::parse(&whole[..28]).is_ok());
}

prop_compose! {
    fn information()(
        form in prop::sample::select(vec![
            TrackInformationForm::Bytes28,
            TrackInformationForm::Bytes36,
            TrackInformationForm::Bytes40,
            TrackInformationForm::Bytes48,
        ]),
        ids in any::<[u16; 2]>(),
        flags in any::<[bool; 6]>(),
        nibbles in any::<[u8; 2]>(),
        start in any::<i32>(),
        next_writable in any::<Option<i32>>(),
        blocks in any::<[u32; 3]>(),
        last_recorded in any::<Option<i32>>(),
        tail in any::<[u32; 3]>(),
    ) -> TrackInformation {
        let from = |least: TrackInformationForm| form >= least;
        let id = |n: u16| if from(TrackInformationForm::Bytes36) { n } else { n & 0xFF };
        let number = |least, n| if from(least) { n } else { 0 };
        TrackInformation {
            form,
            track: id(ids[0]),
            session: id(ids[1]),
            damage: flags[0],
            copy: flags[1],
            mode: Control::new(nibbles[0]),
            reserved_track: flags[2],
            blank: flags[3],
            packet: flags[4],
            fixed_packet: flags[5],
            data_mode: DataMode(nibbles[1] & 0x0F),
            start: Lba(start),
            next_writable: next_writable.map(Lba),
            free_blocks: blocks[0],
            packet_blocks: blocks[1],
            track_blocks: blocks[2],
            last_recorded: last_recorded.map(Lba).filter(|_| from(TrackInformationForm::Bytes36)),
            read_compatibility: number(TrackInformationForm::Bytes40, tail[0]),
            layer_jump: [tail[1], tail[2]].map(|n| number(TrackInformationForm::Bytes48, n)),
        }
    }
}

proptest! {
    #[test]
    fn every_track_survives_the_wire(track in information()) {
        prop_assert_eq!(TrackInformation::parse(&track.to_bytes()), Ok(track));
    }

    #[test]
    fn any_bytes_are_read_or_refused(mut bytes in prop::collection::vec(any::<u8>(), 0..80), length in any::<Option<u8>>()) {
        if let (Some(length), [high, low, ..]) = (length, &mut bytes[..]) {
            (*high, *low) = (0, length % 80);
        }
        match TrackInformation::parse(&bytes) {
            Ok(track) => prop_assert_eq!(TrackInformation::parse(&track.to_bytes()), Ok(track)),
            Err(error) => prop_assert!(error.byte <= bytes.len() && error.byte < 28),
        }
    }
}
