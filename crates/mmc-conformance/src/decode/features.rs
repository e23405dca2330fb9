//! GET CONFIGURATION: profile and features (MMC "GET CONFIGURATION Command").

use super::layout::{self, Layout, Place::*, number};
use super::{Fields, Reader};
use crate::literal::hex;
use crate::term::Term;

/// The header, and every feature by its code in hexadecimal.
pub const READER: Reader = Reader {
    layout: &[("length", Be(0, 4)), ("profile", Be(6, 2))],
    more: Some(features),
    names: &[
        "features",
        "current_features",
        "profiles",
        "current_profiles",
        "feature_#_current",
        "feature_#_persistent",
        "feature_#_version",
        "feature_#_length",
        "feature_#_raw",
        "feature_002D_buffer_underrun_free",
        "feature_002D_test_write",
        "feature_002D_cd_rw",
        "feature_002E_buffer_underrun_free",
        "feature_002E_session_at_once",
        "feature_002E_raw_multi_session",
        "feature_002E_raw_recording",
        "feature_002E_test_write",
        "feature_002E_cd_rw",
        "feature_002E_rw_sub_channel",
        "feature_002E_cue_sheet_bytes",
    ],
};

const HEADER: Layout =
    &[("version", Bits(2, 5, 2)), ("persistent", Bit(2, 1)), ("current", Bit(2, 0)), ("length", Be(3, 1))];

const TRACK_AT_ONCE: Layout =
    &[("buffer_underrun_free", Bit(4, 6)), ("test_write", Bit(4, 2)), ("cd_rw", Bit(4, 1))];

const MASTERING: Layout = &[
    ("buffer_underrun_free", Bit(4, 6)),
    ("session_at_once", Bit(4, 5)),
    ("raw_multi_session", Bit(4, 4)),
    ("raw_recording", Bit(4, 3)),
    ("test_write", Bit(4, 2)),
    ("cd_rw", Bit(4, 1)),
    ("rw_sub_channel", Bit(4, 0)),
    ("cue_sheet_bytes", Be(5, 3)),
];

fn features(reply: &[u8], fields: &mut Fields) {
    let mut codes = Vec::new();
    let mut current = Vec::new();
    let mut rest = reply.get(8..).unwrap_or(&[]);
    while let [high, low, flags, length, data @ ..] = rest {
        let code = u16::from_be_bytes([*high, *low]);
        let whole = usize::from(*length) + 4;
        let Some(feature) = rest.get(..whole) else { break };
        let prefix = format!("feature_{code:04X}_");
        layout::read(HEADER, feature, &prefix, fields);
        fields.insert(format!("{prefix}raw"), hex(&feature[4..]).into());
        match code {
            0x0000 => profiles(&feature[4..], fields),
            0x002D => layout::read(TRACK_AT_ONCE, feature, &prefix, fields),
            0x002E => layout::read(MASTERING, feature, &prefix, fields),
            _ => {}
        }
        codes.push(Term::from(code));
        if flags & 1 != 0 {
            current.push(Term::from(code));
        }
        rest = data.get(usize::from(*length)..).unwrap_or(&[]);
    }
    fields.insert("features".into(), Term::List(codes));
    fields.insert("current_features".into(), Term::List(current));
}

fn profiles(list: &[u8], fields: &mut Fields) {
    let all = || list.chunks_exact(4);
    let code = |entry: &[u8]| Term::from(number(&entry[..2]));
    fields.insert("profiles".into(), Term::List(all().map(code).collect()));
    let current = all().filter(|entry| entry[2] & 1 != 0).map(code);
    fields.insert("current_profiles".into(), Term::List(current.collect()));
}
