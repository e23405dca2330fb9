use cd_format::Lba;
use proptest::prelude::*;

use super::*;

fn time(m: u8, s: u8, f: u8) -> Option<WireMsf> {
    Some(WireMsf { hour: 0, m, s, f })
}

fn blank(lead_in: Option<WireMsf>) -> DiscInformation {
    DiscInformation {
        first_track: 1,
        sessions: 1,
        first_track_in_last_session: 1,
        last_track_in_last_session: 1,
        unrestricted_use: true,
        last_session_lead_in: lead_in,
        last_lead_out: time(79, 59, 74),
        ..DiscInformation::default()
    }
}

/// Laid out by hand from MMC's table: a blank 80-minute CD-R whose ATIP says 97:26:65, type
/// undefined, and one that says 97:26:66, type 0. The lead-in is where StartOfNextSession
/// points.
#[test]
fn a_blank_disc_tells_its_atip() {
    #[rustfmt::skip]
    let undefined = [
        0x00, 0x20, 0x00, 0x01, 0x01, 0x01, 0x01, 0x20, 0xFF, 0, 0, 0, 0, 0, 0, 0,
        0x00, 0x61, 0x1A, 0x41, 0x00, 0x4F, 0x3B, 0x4A, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0,
    ];
    let disc = DiscInformation { disc_type: DiscType::UNDEFINED, ..blank(time(97, 26, 65)) };
    assert_eq!(DiscInformation::parse(&undefined), Ok(disc.clone()));
    assert_eq!(disc.to_bytes(), undefined);

    #[rustfmt::skip]
    let cd_rom = [
        0x00, 0x20, 0x00, 0x01, 0x01, 0x01, 0x01, 0x20, 0x00, 0, 0, 0, 0, 0, 0, 0,
        0x00, 0x61, 0x1A, 0x42, 0x00, 0x4F, 0x3B, 0x4A, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0,
    ];
    let disc = ReadDiscInformation::standard(34).reply(&cd_rom).unwrap();
    assert_eq!(disc, blank(time(97, 26, 66)));
    assert_eq!(disc.last_session_lead_in.and_then(WireMsf::lba), Some(Lba(-11_634)));
    assert_eq!(disc.last_lead_out.and_then(WireMsf::program_lba), Some(Lba(359_849)));
    assert_eq!(disc.to_bytes(), cd_rom);
}

/// By hand from MMC's table: one closed session whose lead-out is at LBA 100000, so the
/// next lead-in is at 106750, which is 23:45:25. Session and track to come are counted.
#[test]
fn an_appendable_disc_counts_the_session_to_come() {
    let disc = DiscInformation {
        status: DiscStatus::Appendable,
        sessions: 2,
        first_track_in_last_session: 2,
        last_track_in_last_session: 2,
        ..blank(Lba(106_750).to_msf().map(WireMsf::from))
    };
    let bytes = disc.to_bytes();
    assert_eq!(bytes[2..7], [0x01, 0x01, 0x02, 0x02, 0x02]);
    assert_eq!(bytes[16..20], [0x00, 0x17, 0x2D, 0x19]);
    assert_eq!(DiscInformation::parse(&bytes), Ok(disc));
}

/// The answer of QEMU's ATAPI CD-ROM for a finished disc, as far as it is not zero.
#[test]
fn a_finished_disc_is_complete() {
    let mut bytes = [0; 34];
    bytes[..8].copy_from_slice(&[0x00, 0x20, 0x0E, 0x01, 0x01, 0x01, 0x01, 0x20]);
    let disc = DiscInformation::parse(&bytes).unwrap();
    assert_eq!((disc.status, disc.last_session), (DiscStatus::Finalized, SessionState::Complete));
    assert!(!disc.erasable && disc.unrestricted_use);
    assert_eq!((disc.disc_id, disc.bar_code, disc.application), (None, None, None));
    assert_eq!(disc.to_bytes(), bytes);
}

#[test]
fn none_is_kept_with_either_hour() {
    for hour in [0x00, 0xFF] {
        let none = WireMsf { hour, ..WireMsf::NONE };
        let disc = DiscInformation { last_lead_out: Some(none), ..blank(Some(none)) };
        let read = DiscInformation::parse(&disc.to_bytes()).unwrap();
        assert_eq!(read, disc);
        assert_eq!(read.last_session_lead_in.and_then(WireMsf::lba), None);
    }
}

#[test]
fn counts_and_flags_lie_where_the_table_says() {
    let bytes = DiscInformation {
        erasable: true,
        last_session: SessionState::Incomplete,
        status: DiscStatus::Appendable,
        first_track: 1,
        sessions: 0x0102,
        first_track_in_last_session: 0x0304,
        last_track_in_last_session: 0x0506,
        dirty: true,
        background_format: BackgroundFormat::Running,
        disc_type: DiscType::CD_ROM_XA,
        disc_id: Some(0x1122_3344),
        bar_code: Some(*b"BARCODE!"),
        application: Some(0x55),
        opc: vec![OpcEntry { kilobytes_per_second: 706, values: [1, 2, 3, 4, 5, 6] }],
        ..DiscInformation::default()
    }
    .to_bytes();
    assert_eq!(bytes[..2], [0, 40]);
    assert_eq!(bytes[2..12], [0b1_0101, 1, 0x02, 0x04, 0x06, 0b1101_0110, 0x20, 0x01, 0x03, 0x05]);
    assert_eq!(bytes[12..16], [0x11, 0x22, 0x33, 0x44]);
    assert_eq!(bytes[16..24], [0xFF; 8]);
    assert_eq!(bytes[24..32], *b"BARCODE!");
    assert_eq!(bytes[32..], [0x55, 1, 0x02, 0xC2, 1, 2, 3, 4, 5, 6]);
}

#[test]
fn a_short_reply_is_read_as_far_as_it_goes() {
    let whole = blank(time(97, 26, 65)).to_bytes();
    for end in 0..whole.len() {
        let read = DiscInformation::parse(&whole[..end]);
        if end < DiscInformation::MINIMUM_BYTES {
            let error = read.unwrap_err();
            assert_eq!(error.fault, FieldFault::Short, "{end}");
            assert_eq!(error.byte, end);
            continue;
        }
        let read = read.unwrap();
        assert_eq!(read.sessions, 1);
        assert_eq!(read.last_session_lead_in, time(97, 26, 65).filter(|_| end >= 20), "{end}");
        assert_eq!(read.last_lead_out, time(79, 59, 74).filter(|_| end >= 24), "{end}");
    }
}

/// A host's buffer is longer than the reply; only what the length field covers is the drive's.
#[test]
fn the_length_field_ends_the_reply() {
    let mut bytes = blank(time(97, 26, 65)).to_bytes();
    bytes[1] = 0x0E;
    let read = DiscInformation::parse(&bytes).unwrap();
    assert_eq!((read.sessions, read.last_session_lead_in), (1, None));
    bytes[1] = 0x04;
    assert_eq!(DiscInformation::parse(&bytes).unwrap_err().byte, 6);
}

#[test]
fn other_reports_are_refused() {
    let mut bytes = blank(None).to_bytes();
    bytes[2] |= 0x20;
    let error = DiscInformation::parse(&bytes).unwrap_err();
    assert_eq!((error.byte, error.bit, error.fault), (2, Some(7), FieldFault::Illegal));
}

prop_compose! {
    fn information()(
        flags in any::<[bool; 3]>(),
        states in any::<[u8; 3]>(),
        first_track in any::<u8>(),
        counts in any::<[u16; 3]>(),
        disc_type in any::<u8>(),
        disc_id in any::<Option<u32>>(),
        times in any::<[[u8; 4]; 2]>(),
        bar_code in any::<Option<[u8; 8]>>(),
        application in any::<Option<u8>>(),
        opc in prop::collection::vec(any::<(u16, [u8; 6])>(), 0..256),
    ) -> DiscInformation {
        DiscInformation {
            erasable: flags[0],
            last_session: SessionState::from_bits(states[0]),
            status: DiscStatus::from_bits(states[1]),
            first_track,
            sessions: counts[0],
            first_track_in_last_session: counts[1],
            last_track_in_last_session: counts[2],
            unrestricted_use: flags[1],
            dirty: flags[2],
            background_format: BackgroundFormat::from_bits(states[2]),
            disc_type: DiscType(disc_type),
            disc_id,
            last_session_lead_in: Some(WireMsf::from_bytes(times[0])),
            last_lead_out: Some(WireMsf::from_bytes(times[1])),
            bar_code,
            application,
            opc: opc.into_iter().map(|(speed, values)| OpcEntry { kilobytes_per_second: speed, values }).collect(),
        }
    }
}

proptest! {
    #[test]
    fn every_disc_survives_the_wire(disc in information()) {
        prop_assert_eq!(DiscInformation::parse(&disc.to_bytes()), Ok(disc));
    }

    #[test]
    fn any_bytes_are_read_or_refused(mut bytes in prop::collection::vec(any::<u8>(), 0..80), length in any::<Option<u8>>()) {
        if let (Some(length), [high, low, ..]) = (length, &mut bytes[..]) {
            (*high, *low) = (0, length % 80);
        }
        match DiscInformation::parse(&bytes) {
            Ok(disc) => {
                let written = disc.to_bytes();
                prop_assert_eq!(DiscInformation::parse(&written).map(|disc| disc.to_bytes()), Ok(written));
            }
            Err(error) => prop_assert!(error.byte <= bytes.len() && error.byte < 12),
        }
    }
}
