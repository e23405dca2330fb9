use proptest::prelude::*;

use super::*;
use crate::literal::Hex;

fn fields(cdb: &str, reply: &str) -> Fields {
    Reader::of(&Hex::read(cdb).unwrap().0).unwrap().read(&Hex::read(reply).unwrap().0)
}

fn assert_fields(fields: &Fields, expected: &[(&str, Term)]) {
    for (name, term) in expected {
        assert_eq!(fields.get(*name), Some(term), "{name}");
    }
}

/// The layout by the standard, the figures those of a CD-R with ATIP 97:26:66 and 79:59:74 (CMC
/// Magnetics; wodim prints its lead-in as -11634 and its lead-out as 359849).
#[test]
fn disc_information_of_a_blank_disc() {
    let reply = "00 20 00 01 01 01 01 20 00 00 00 00 00 00 00 00 00 61 1A 42 00 4F 3B 4A 00*8 00 00";
    let seen = fields("51 00 00 00 00 00 00 00 22 00", reply);
    assert_fields(
        &seen,
        &[
            ("status", "blank".into()),
            ("last_session", "empty".into()),
            ("erasable", false.into()),
            ("sessions", 1.into()),
            ("unrestricted_use", true.into()),
            ("disc_id", Term::None),
            ("lead_in", "97:26:66".into()),
            ("lead_in_lba", (-11_634).into()),
            ("last_lead_out", "79:59:74".into()),
            ("last_lead_out_lba", 359_849.into()),
        ],
    );
}

#[test]
fn a_sentinel_is_no_time_and_a_short_reply_has_no_field() {
    let whole = "00 20 0E 01 01 01 01 20 00 00 00 00 00 00 00 00 00 FF FF FF 00 FF FF FF 00*8 00 00";
    let seen = fields("51 00 00 00 00 00 00 00 22 00", whole);
    assert_fields(
        &seen,
        &[("lead_in", Term::None), ("lead_in_lba", Term::None), ("status", "finalised".into())],
    );
    let short = fields("51 00 00 00 00 00 00 00 0C 00", "00 20 0E 01 01 01 01 20 00 00 00 00");
    assert_eq!(short.get("lead_in"), None);
    assert_eq!(short.get("sessions"), Some(&1.into()));
}

/// The full TOC shape of MMC, point C0 with the lead-in of a real disc.
#[test]
fn entries_are_found_by_session_and_point() {
    let reply = "00 18 01 01 01 14 00 A2 00 00 00 00 4F 3B 4A 01 54 00 C0 00 00 00 00 61 1A 42";
    let seen = fields("43 00 02 00 00 00 00 04 00 00", reply);
    assert_fields(
        &seen,
        &[
            ("entries", 2.into()),
            ("session_1_A2_p_lba", 359_849.into()),
            ("session_1_C0_p_lba", (-11_634).into()),
            ("session_1_C0_adr", 5.into()),
        ],
    );
}

/// Feature 002Eh of an HP GH40L (aaru-dps/Aaru issue 540): R-W, CD-RW, test write, BUF, SAO and RAW
/// without raw multi-session, a cue sheet of at most 3072 bytes.
#[test]
fn features_are_found_by_code() {
    let reply = "00 00 00 0C 00 00 00 09 00 2E 01 04 6F 00 0C 00";
    let seen = fields("46 02 00 2E 00 00 00 00 10 00", reply);
    assert_fields(
        &seen,
        &[
            ("profile", 9.into()),
            ("feature_002E_current", true.into()),
            ("feature_002E_raw", "6F 00 0C 00".into()),
            ("feature_002E_raw_recording", true.into()),
            ("feature_002E_raw_multi_session", false.into()),
            ("feature_002E_cue_sheet_bytes", 3072.into()),
        ],
    );
}

#[test]
fn patterns_stand_for_digits_and_letters() {
    assert!(fits("feature_#_current", "feature_002E_current"));
    assert!(fits("session_#_track_#_p_lba", "session_1_track_12_p_lba"));
    assert!(!fits("feature_#_current", "feature__current"));
    assert!(!fits("status", "statuss"));
}

proptest! {
    /// Every name that any reply gives is a name that fixtures may use, and nothing panics.
    #[test]
    fn any_reply_is_read(opcode in prop::sample::select(vec![
        0x51u8, 0x52, 0x25, 0x23, 0x43, 0x12, 0x03, 0x4A, 0xBD, 0x5C, 0x42, 0xAC, 0x46, 0x1A, 0x5A]),
        format in 0u8..6, kind in prop::sample::select(vec![0u8, 3]),
        reply in prop::collection::vec(any::<u8>(), 0..96)) {
        let mut cdb = vec![0; mmc_wire::command::cdb_bytes(opcode)];
        cdb[0] = opcode;
        match opcode {
            0x43 => cdb[2] = format,
            0x42 => cdb[3] = format,
            0xAC => cdb[10] = kind,
            _ => {}
        }
        let reader = Reader::of(&cdb).unwrap();
        for name in reader.read(&reply).keys() {
            prop_assert!(reader.knows(name), "{}", name);
        }
    }
}
