use cd_format::Lba;
use proptest::prelude::*;

use super::*;
use crate::parse::FieldFault;

#[test]
fn opcodes_rise_so_none_is_there_twice() {
    assert!(ROWS.windows(2).all(|pair| pair[0].opcode < pair[1].opcode));
}

/// CDBs as burning programs sent them to real drives (public logs), and the values they mean.
#[test]
fn cdbs_from_logs_mean_what_their_senders_meant() {
    let hex =
        |text: &str| -> Vec<u8> { text.split(' ').map(|b| u8::from_str_radix(b, 16).unwrap()).collect() };
    for (cdb, value) in [
        // wodim, first lead-in block of a RAW96R burn on a CMC disc: 26 blocks.
        (
            "2A 00 FF FF D2 8E 00 00 1A 00",
            Command::Write10(Write10 { lba: Lba(-11_634), blocks: 26, ..Write10::default() }),
        ),
        // cdrecord, first block of an SAO burn: LBA -150, 31 blocks.
        (
            "2A 00 FF FF FF 6A 00 00 1F 00",
            Command::Write10(Write10 { lba: Lba(-150), blocks: 31, ..Write10::default() }),
        ),
        // cdrecord, the invisible track.
        (
            "52 01 00 00 00 FF 00 00 1C 00",
            Command::ReadTrackInformation(ReadTrackInformation {
                open: false,
                address: TrackAddress::TRACK,
                number: 255,
                allocation: 28,
            }),
        ),
        // cdrwtool, minimal blank, immediate.
        (
            "A1 11 00 00 00 00 00 00 00 00 00 00",
            Command::Blank(Blank { immediate: true, kind: BlankingType::MINIMAL, start: Lba(0) }),
        ),
        // K3b, RESERVE TRACK of 102606 blocks.
        (
            "53 00 00 00 00 00 01 90 CE 00",
            Command::ReserveTrack(ReserveTrack { rmz: false, arsv: false, blocks: 102_606 }),
        ),
        // DiscImageCreator, READ CD of audio at -1 with raw sub-channel.
        (
            "BE 04 FF FF FF FF 00 00 01 F8 01 00",
            Command::ReadCd(ReadCd {
                sector_type: SectorType::CDDA,
                conceal_errors: false,
                lba: Lba(-1),
                blocks: 1,
                sync: true,
                headers: 3,
                user_data: true,
                edc_ecc: true,
                c2: 0,
                sub_channel: SubChannelSelection::RAW,
            }),
        ),
        // Windows XP set-up: GET CONFIGURATION padded to an ATAPI packet.
        (
            "46 00 00 00 00 00 00 00 08 00 00 00",
            Command::GetConfiguration(GetConfiguration {
                requested: RequestedType::ALL,
                starting_feature: 0,
                allocation: 8,
            }),
        ),
        // cdrecord, SEND CUE SHEET of 0x1C0 bytes.
        ("5D 00 00 00 00 00 00 01 C0 00", Command::SendCueSheet(SendCueSheet { cue_bytes: 0x1C0 })),
        // cdrecord, CLOSE SESSION.
        (
            "5B 00 02 00 00 00 00 00 00 00",
            Command::CloseTrackSession(CloseTrackSession {
                immediate: false,
                function: CloseFunction::SESSION,
                track: 0,
            }),
        ),
    ] {
        let bytes = hex(cdb);
        let parsed = Command::parse(&bytes).unwrap();
        assert_eq!(parsed, value, "{cdb}");
        let emitted = parsed.bytes();
        assert_eq!(&bytes[..emitted.len()], &emitted[..], "{cdb}");
    }
}

#[test]
fn a_reserved_bit_is_refused_at_its_place() {
    let fault = Command::parse(&[0x00, 0, 0, 0x20, 0, 0]).unwrap_err();
    assert_eq!((fault.byte, fault.bit, fault.fault), (3, Some(5), FieldFault::Reserved));
    let naca = Command::parse(&[0x00, 0, 0, 0, 0, 0x04]).unwrap_err();
    assert_eq!((naca.byte, naca.bit), (5, Some(2)));
}

#[test]
fn the_obsolete_unit_number_and_vendor_control_bits_are_overlooked() {
    assert!(Command::parse(&[0x00, 0xE0, 0, 0, 0, 0xC3]).is_ok());
}

#[test]
fn a_short_cdb_says_where_it_ends() {
    let fault = Command::parse(&[0x51, 0, 0]).unwrap_err();
    assert_eq!((fault.byte, fault.fault), (3, FieldFault::Short));
    assert!(Command::parse(&[]).is_err());
}

#[test]
fn vendor_and_unknown_opcodes_survive() {
    for cdb in [&[0xF0, 1, 2, 3][..], &[0x02, 0xFF, 0xFF, 0xFF, 0xFF, 0xFF], &[0x9E; 16]] {
        let parsed = Command::parse(cdb).unwrap();
        assert!(parsed.row().is_none());
        assert_eq!(&parsed.bytes()[..], cdb);
    }
    assert!(Command::parse(&[0xF0; 17]).is_err());
}

proptest! {
    /// Fields and nothing but fields: what a CDB holds between its reserved bits comes back.
    #[test]
    fn every_row_survives_the_wire(row in 0..ROWS.len(), noise in any::<[u8; 16]>()) {
        let row = &ROWS[row];
        let len = row.cdb_bytes();
        let mut cdb = noise;
        cdb[0] = row.opcode;
        let cdb = &mut cdb[..len];
        // Clear whatever the row calls reserved, as its own error tells.
        let parsed = loop {
            match Command::parse(cdb) {
                Ok(parsed) => break parsed,
                Err(fault) => {
                    prop_assert_eq!(fault.fault, FieldFault::Reserved);
                    let bit = 1 << fault.bit.unwrap();
                    prop_assert!(cdb[fault.byte] & bit != 0, "the error names a bit that is not set");
                    cdb[fault.byte] &= !bit;
                }
            }
        };
        let emitted = parsed.bytes();
        prop_assert_eq!(emitted.len(), len);
        prop_assert_eq!(Command::parse(&emitted), Ok(parsed));
        // Only the overlooked bits may differ.
        for (n, (a, b)) in cdb.iter().zip(emitted.iter()).enumerate() {
            let overlooked = if n == 1 { 0xE0 } else if n == len - 1 { 0xC3 } else { 0 };
            prop_assert_eq!((a ^ b) & !overlooked, 0, "byte {}", n);
        }
    }

    #[test]
    fn any_bytes_parse_or_fail_cleanly(bytes in proptest::collection::vec(any::<u8>(), 0..20)) {
        if let Ok(command) = Command::parse(&bytes) {
            prop_assert_eq!(Command::parse(&command.bytes()), Ok(command));
        }
    }
}
