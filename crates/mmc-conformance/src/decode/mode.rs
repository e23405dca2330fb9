//! MODE SENSE: header and pages (SPC "Mode parameter list format"; MMC "Mode Parameters").

use super::layout::{self, Layout, Place::*};
use super::{Fields, Reader};
use crate::literal::hex;
use crate::term::Term;

/// MODE SENSE (6).
pub const SIX: Reader = Reader {
    layout: &[
        ("length", Be(0, 1)),
        ("medium_type", Be(1, 1)),
        ("write_protected", Bit(2, 7)),
        ("block_descriptor_length", Be(3, 1)),
    ],
    more: Some(six),
    names: NAMES,
};

/// MODE SENSE (10).
pub const TEN: Reader = Reader {
    layout: &[
        ("length", Be(0, 2)),
        ("medium_type", Be(2, 1)),
        ("write_protected", Bit(3, 7)),
        ("block_descriptor_length", Be(6, 2)),
    ],
    more: Some(ten),
    names: NAMES,
};

/// MMC "Write Parameters Mode Page". Offsets count from the page code.
const WRITE_PARAMETERS: Layout = &[
    ("bufe", Bit(2, 6)),
    ("ls_v", Bit(2, 5)),
    ("test_write", Bit(2, 4)),
    ("write_type", Bits(2, 3, 0)),
    ("multi_session", Bits(3, 7, 6)),
    ("fixed_packet", Bit(3, 5)),
    ("copy", Bit(3, 4)),
    ("track_mode", Bits(3, 3, 0)),
    ("data_block_type", Bits(4, 3, 0)),
    ("link_size", Be(5, 1)),
    ("host_application", Bits(7, 5, 0)),
    ("session_format", Be(8, 1)),
    ("packet_size", Be(10, 4)),
    ("audio_pause", Be(14, 2)),
];

/// MMC "C/DVD Capabilities and Mechanical Status Mode Page".
const CAPABILITIES: Layout = &[
    ("read_cd_r", Bit(2, 0)),
    ("read_cd_rw", Bit(2, 1)),
    ("write_cd_r", Bit(3, 0)),
    ("write_cd_rw", Bit(3, 1)),
    ("test_write", Bit(3, 2)),
    ("buffer_underrun_free", Bit(4, 7)),
    ("loading_mechanism", Bits(6, 7, 5)),
    ("eject", Bit(6, 3)),
    ("prevent_jumper", Bit(6, 2)),
    ("lock_state", Bit(6, 1)),
    ("lock", Bit(6, 0)),
    ("max_read_speed", Be(8, 2)),
    ("buffer_kilobytes", Be(12, 2)),
    ("current_read_speed", Be(14, 2)),
    ("max_write_speed", Be(18, 2)),
    ("current_write_speed", Be(20, 2)),
    ("rotation", Bits(27, 1, 0)),
    ("selected_write_speed", Be(28, 2)),
    ("write_speed_descriptors", Be(30, 2)),
];

const NAMES: &[&str] = &[
    "pages",
    "page_#_length",
    "page_#_saveable",
    "page_#_raw",
    "page_05_bufe",
    "page_05_ls_v",
    "page_05_test_write",
    "page_05_write_type",
    "page_05_multi_session",
    "page_05_fixed_packet",
    "page_05_copy",
    "page_05_track_mode",
    "page_05_data_block_type",
    "page_05_link_size",
    "page_05_host_application",
    "page_05_session_format",
    "page_05_packet_size",
    "page_05_audio_pause",
    "page_2A_read_cd_r",
    "page_2A_read_cd_rw",
    "page_2A_write_cd_r",
    "page_2A_write_cd_rw",
    "page_2A_test_write",
    "page_2A_buffer_underrun_free",
    "page_2A_loading_mechanism",
    "page_2A_eject",
    "page_2A_prevent_jumper",
    "page_2A_lock_state",
    "page_2A_lock",
    "page_2A_max_read_speed",
    "page_2A_buffer_kilobytes",
    "page_2A_current_read_speed",
    "page_2A_max_write_speed",
    "page_2A_current_write_speed",
    "page_2A_rotation",
    "page_2A_selected_write_speed",
    "page_2A_write_speed_descriptors",
];

fn six(reply: &[u8], fields: &mut Fields) {
    if let Some(descriptors) = reply.get(3) {
        pages(reply, 4 + usize::from(*descriptors), fields);
    }
}

fn ten(reply: &[u8], fields: &mut Fields) {
    if let Some(descriptors) = reply.get(6..8) {
        pages(reply, 8 + usize::try_from(layout::number(descriptors)).unwrap_or(0), fields);
    }
}

fn pages(reply: &[u8], start: usize, fields: &mut Fields) {
    const HEADER: Layout = &[("saveable", Bit(0, 7)), ("length", Be(1, 1))];
    let mut codes = Vec::new();
    let mut rest = reply.get(start..).unwrap_or(&[]);
    while let [code, length, ..] = rest {
        let page = &rest[..rest.len().min(usize::from(*length) + 2)];
        let prefix = format!("page_{:02X}_", code & 0x3F);
        layout::read(HEADER, page, &prefix, fields);
        fields.insert(format!("{prefix}raw"), hex(page.get(2..).unwrap_or(&[])).into());
        match code & 0x3F {
            0x05 => layout::read(WRITE_PARAMETERS, page, &prefix, fields),
            0x2A => layout::read(CAPABILITIES, page, &prefix, fields),
            _ => {}
        }
        codes.push(Term::from(code & 0x3F));
        rest = &rest[page.len()..];
    }
    fields.insert("pages".into(), Term::List(codes));
}
