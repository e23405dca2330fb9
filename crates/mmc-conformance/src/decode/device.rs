//! What the drive is and does: identity, sense, events, mechanism, buffer, speeds, playing.

use super::layout::{self, Layout, Place::*};
use super::{Fields, Reader};
use crate::term::Term;

/// SPC "Standard INQUIRY data".
pub const INQUIRY: Layout = &[
    ("device_type", Bits(0, 4, 0)),
    ("removable", Bit(1, 7)),
    ("version", Be(2, 1)),
    ("response_format", Bits(3, 3, 0)),
    ("additional_length", Be(4, 1)),
    ("vendor", Text(8, 8)),
    ("product", Text(16, 16)),
    ("revision", Text(32, 4)),
];

/// SPC "Fixed format sense data".
pub const SENSE: Layout = &[
    ("response_code", Bits(0, 6, 0)),
    ("information_valid", Bit(0, 7)),
    ("information", If(0, 7, &Be(3, 4))),
    ("key", Bits(2, 3, 0)),
    ("additional_length", Be(7, 1)),
    ("asc", Be(12, 1)),
    ("ascq", Be(13, 1)),
    ("specific_valid", Bit(15, 7)),
    ("progress", If(15, 7, &Be(16, 2))),
];

/// The triple as one word: `2/04/01`.
pub fn triple(reply: &[u8], fields: &mut Fields) {
    if let (Some(key), Some(asc), Some(ascq)) = (reply.get(2), reply.get(12), reply.get(13)) {
        fields.insert("sense".into(), format!("{:X}/{asc:02X}/{ascq:02X}", key & 0x0F).into());
    }
}

/// MMC "GET EVENT STATUS NOTIFICATION Command"; bytes 4 to 7 belong to the class of byte 2.
pub const EVENT: Layout = &[
    ("length", Be(0, 2)),
    ("no_event", Bit(2, 7)),
    ("class", Bits(2, 2, 0)),
    ("supported_classes", Be(3, 1)),
    ("event", Bits(4, 3, 0)),
    ("tray_open", Bit(5, 0)),
    ("media_present", Bit(5, 1)),
    ("state", Be(5, 1)),
];

/// MMC "MECHANISM STATUS Command".
pub const MECHANISM: Layout = &[
    ("fault", Bit(0, 7)),
    ("changer_state", Bits(0, 6, 5)),
    ("slot", Bits(0, 4, 0)),
    ("mechanism_state", Bits(1, 7, 5)),
    ("door_open", Bit(1, 4)),
    ("lba", Be(2, 3)),
    ("slots", Bits(5, 5, 0)),
    ("slot_table_length", Be(6, 2)),
];

/// MMC "READ BUFFER CAPACITY Command".
pub const BUFFER: Layout =
    &[("length", Be(0, 2)), ("in_blocks", Bit(3, 0)), ("size", Be(4, 4)), ("free", Be(8, 4))];

/// MMC "READ SUB-CHANNEL Command", by the format asked for.
pub const fn sub_channel(format: u8) -> Layout {
    match format {
        1 => &[
            ("audio_status", Be(1, 1)),
            ("length", Be(2, 2)),
            ("format", Be(4, 1)),
            ("adr", Bits(5, 7, 4)),
            ("control", Bits(5, 3, 0)),
            ("track", Be(6, 1)),
            ("index", Be(7, 1)),
            ("lba", Lba(8)),
            ("relative_lba", Lba(12)),
        ],
        2 => &[
            ("audio_status", Be(1, 1)),
            ("length", Be(2, 2)),
            ("format", Be(4, 1)),
            ("mcn_valid", Bit(8, 7)),
            ("mcn", If(8, 7, &Text(9, 13))),
        ],
        3 => &[
            ("audio_status", Be(1, 1)),
            ("length", Be(2, 2)),
            ("format", Be(4, 1)),
            ("adr", Bits(5, 7, 4)),
            ("control", Bits(5, 3, 0)),
            ("track", Be(6, 1)),
            ("isrc_valid", Bit(8, 7)),
            ("isrc", If(8, 7, &Text(9, 12))),
        ],
        _ => &[("audio_status", Be(1, 1)), ("length", Be(2, 2))],
    }
}

/// MMC "GET PERFORMANCE Command", nominal performance (type 0) and write speeds (type 3).
pub const fn performance(kind: u8) -> Option<Reader> {
    const NOMINAL: Layout = &[("length", Be(0, 4)), ("write", Bit(4, 1)), ("exceptions", Bit(4, 0))];
    const SPEEDS: Layout = &[("length", Be(0, 4))];
    match kind {
        0 => Some(Reader {
            layout: NOMINAL,
            more: Some(nominal),
            names: &[
                "descriptors",
                "descriptor_#_start",
                "descriptor_#_start_speed",
                "descriptor_#_end",
                "descriptor_#_end_speed",
            ],
        }),
        3 => Some(Reader {
            layout: SPEEDS,
            more: Some(write_speeds),
            names: &[
                "descriptors",
                "descriptor_#_rotation",
                "descriptor_#_end",
                "descriptor_#_read_speed",
                "descriptor_#_write_speed",
                "write_speeds",
            ],
        }),
        _ => None,
    }
}

fn nominal(reply: &[u8], fields: &mut Fields) {
    const DESCRIPTOR: Layout =
        &[("start", Lba(0)), ("start_speed", Be(4, 4)), ("end", Lba(8)), ("end_speed", Be(12, 4))];
    descriptors(DESCRIPTOR, reply, fields);
}

fn write_speeds(reply: &[u8], fields: &mut Fields) {
    const DESCRIPTOR: Layout =
        &[("rotation", Bits(0, 4, 3)), ("end", Lba(4)), ("read_speed", Be(8, 4)), ("write_speed", Be(12, 4))];
    let count = descriptors(DESCRIPTOR, reply, fields);
    let speeds = (1..=count).filter_map(|n| fields.get(&format!("descriptor_{n}_write_speed")).cloned());
    fields.insert("write_speeds".into(), Term::List(speeds.collect()));
}

/// Whole descriptors of 16 bytes behind the header of 8, as far as the length field goes.
fn descriptors(layout: Layout, reply: &[u8], fields: &mut Fields) -> usize {
    let Some(length) = reply.get(..4).map(layout::number) else { return 0 };
    let end = (usize::try_from(length).unwrap_or(usize::MAX)).saturating_add(4).min(reply.len());
    let mut count = 0;
    for descriptor in reply.get(8..end).unwrap_or(&[]).chunks_exact(16) {
        count += 1;
        layout::read(layout, descriptor, &format!("descriptor_{count}_"), fields);
    }
    fields.insert("descriptors".into(), count.into());
    count
}
