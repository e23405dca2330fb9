//! READ TOC/PMA/ATIP, format by format (MMC "READ TOC/PMA/ATIP Command").

use mmc_wire::command::ReadToc;

use super::layout::{self, Layout, Place::*};
use super::{Fields, Reader};

/// The reader for the format that the CDB asks for.
pub const fn reader(cdb: ReadToc) -> Option<Reader> {
    Some(match (cdb.effective_format().0, cdb.msf) {
        (0, false) => Reader { layout: TRACKS, more: Some(tracks_lba), names: TRACK_NAMES },
        (0, true) => Reader { layout: TRACKS, more: Some(tracks_msf), names: TRACK_NAMES },
        (1, false) => Reader::fixed(SESSIONS_LBA),
        (1, true) => Reader::fixed(SESSIONS_MSF),
        (2, _) => Reader { layout: SESSION_RANGE, more: Some(entries), names: ENTRY_NAMES },
        (3, _) => Reader { layout: LENGTH, more: Some(entries), names: ENTRY_NAMES },
        (4, _) => Reader::fixed(ATIP),
        (5, _) => Reader { layout: LENGTH, more: Some(packs), names: &["packs"] },
        _ => return None,
    })
}

const LENGTH: Layout = &[("length", Be(0, 2))];
const TRACKS: Layout = &[("length", Be(0, 2)), ("first_track", Be(2, 1)), ("last_track", Be(3, 1))];
const SESSION_RANGE: Layout =
    &[("length", Be(0, 2)), ("first_session", Be(2, 1)), ("last_session", Be(3, 1))];

const SESSIONS_LBA: Layout = &[
    ("length", Be(0, 2)),
    ("first_session", Be(2, 1)),
    ("last_session", Be(3, 1)),
    ("adr", Bits(5, 7, 4)),
    ("control", Bits(5, 3, 0)),
    ("first_track_in_last_session", Be(6, 1)),
    ("start_lba", Lba(8)),
];
const SESSIONS_MSF: Layout = &[
    ("length", Be(0, 2)),
    ("first_session", Be(2, 1)),
    ("last_session", Be(3, 1)),
    ("adr", Bits(5, 7, 4)),
    ("control", Bits(5, 3, 0)),
    ("first_track_in_last_session", Be(6, 1)),
    ("start", Time(9)),
    ("start_lba", ProgramLba(9)),
];

const ATIP: Layout = &[
    ("length", Be(0, 2)),
    ("write_power", Bits(4, 6, 4)),
    ("reference_speed", Bits(4, 2, 0)),
    ("unrestricted_use", Bit(5, 6)),
    ("erasable", Bit(6, 6)),
    ("sub_type", Bits(6, 5, 3)),
    ("a1_valid", Bit(6, 2)),
    ("a2_valid", Bit(6, 1)),
    ("a3_valid", Bit(6, 0)),
    ("lead_in", Time(8)),
    ("lead_in_lba", TimeLba(8)),
    ("last_lead_out", Time(12)),
    ("last_lead_out_lba", ProgramLba(12)),
    ("a1", If(6, 2, &Raw(16, 3))),
    ("a2", If(6, 1, &Raw(20, 3))),
    ("a3", If(6, 0, &Raw(24, 3))),
];

const TRACK_NAMES: &[&str] = &[
    "tracks",
    "track_#_adr",
    "track_#_control",
    "track_#_start",
    "track_#_start_lba",
    "lead_out_adr",
    "lead_out_control",
    "lead_out_start",
    "lead_out_start_lba",
];

fn tracks_lba(reply: &[u8], fields: &mut Fields) {
    const ENTRY: Layout = &[("adr", Bits(1, 7, 4)), ("control", Bits(1, 3, 0)), ("start_lba", Lba(4))];
    tracks(ENTRY, reply, fields);
}

fn tracks_msf(reply: &[u8], fields: &mut Fields) {
    const ENTRY: Layout = &[
        ("adr", Bits(1, 7, 4)),
        ("control", Bits(1, 3, 0)),
        ("start", Time(5)),
        ("start_lba", ProgramLba(5)),
    ];
    tracks(ENTRY, reply, fields);
}

fn tracks(entry: Layout, reply: &[u8], fields: &mut Fields) {
    let mut count = 0_usize;
    for descriptor in table(reply).chunks_exact(8) {
        let prefix = match descriptor[2] {
            0xAA => "lead_out_".to_owned(),
            track => {
                count += 1;
                format!("track_{track}_")
            }
        };
        layout::read(entry, descriptor, &prefix, fields);
    }
    fields.insert("tracks".into(), count.into());
}

const ENTRY_NAMES: &[&str] = &[
    "entries",
    "points",
    "session_#_#_adr",
    "session_#_#_control",
    "session_#_#_tno",
    "session_#_#_time",
    "session_#_#_time_lba",
    "session_#_#_zero",
    "session_#_#_p_min",
    "session_#_#_p_sec",
    "session_#_#_p_frame",
    "session_#_#_p_time",
    "session_#_#_p_lba",
    "session_#_track_#_adr",
    "session_#_track_#_control",
    "session_#_track_#_tno",
    "session_#_track_#_time",
    "session_#_track_#_time_lba",
    "session_#_track_#_zero",
    "session_#_track_#_p_min",
    "session_#_track_#_p_sec",
    "session_#_track_#_p_frame",
    "session_#_track_#_p_time",
    "session_#_track_#_p_lba",
];

/// Full TOC and PMA: one entry of 11 bytes a point, tracks by number, other points in hexadecimal.
fn entries(reply: &[u8], fields: &mut Fields) {
    const ENTRY: Layout = &[
        ("adr", Bits(1, 7, 4)),
        ("control", Bits(1, 3, 0)),
        ("tno", Be(2, 1)),
        ("time", Time(4)),
        ("time_lba", TimeLba(4)),
        ("zero", Be(7, 1)),
        ("p_min", Be(8, 1)),
        ("p_sec", Be(9, 1)),
        ("p_frame", Be(10, 1)),
        ("p_time", Time(8)),
        ("p_lba", ProgramLba(8)),
    ];
    // Point C0 carries the start of the first lead-in, where minutes from 90 up come first.
    const LEAD_IN: Layout = &[("p_lba", TimeLba(8))];
    let mut points = Vec::new();
    for entry in table(reply).chunks_exact(11) {
        let point = match entry[3] {
            track @ 1..=99 => format!("track_{track}"),
            point => format!("{point:02X}"),
        };
        let prefix = format!("session_{}_{point}_", entry[0]);
        layout::read(ENTRY, entry, &prefix, fields);
        if entry[3] == 0xC0 {
            layout::read(LEAD_IN, entry, &prefix, fields);
        }
        points.push(point);
    }
    fields.insert("entries".into(), points.len().into());
    fields.insert("points".into(), points.into());
}

fn packs(reply: &[u8], fields: &mut Fields) {
    fields.insert("packs".into(), (table(reply).len() / 18).into());
}

/// What follows the header of four bytes, as far as the length field goes.
fn table(reply: &[u8]) -> &[u8] {
    let Some(length) = reply.get(..2).map(layout::number) else { return &[] };
    let end = usize::try_from(length).unwrap_or(0) + 2;
    reply.get(4..end.min(reply.len())).unwrap_or(&[])
}
