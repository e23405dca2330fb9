//! What the disc is: disc and track information, capacities.

use super::layout::{Layout, Place::*};

/// MMC "READ DISC INFORMATION Command", standard disc information.
pub const DISC_INFORMATION: Layout = &[
    ("length", Be(0, 2)),
    ("erasable", Bit(2, 4)),
    ("last_session", Word(2, 3, 2, &["empty", "incomplete", "damaged", "complete"])),
    ("status", Word(2, 1, 0, &["blank", "appendable", "finalised", "other"])),
    ("first_track", Be(3, 1)),
    ("sessions", Split(4, 9)),
    ("first_track_in_last_session", Split(5, 10)),
    ("last_track_in_last_session", Split(6, 11)),
    ("disc_id_valid", Bit(7, 7)),
    ("bar_code_valid", Bit(7, 6)),
    ("unrestricted_use", Bit(7, 5)),
    ("application_valid", Bit(7, 4)),
    ("dirty", Bit(7, 2)),
    ("background_format", Bits(7, 1, 0)),
    ("disc_type", Be(8, 1)),
    ("disc_id", If(7, 7, &Be(12, 4))),
    ("lead_in", Time(17)),
    ("lead_in_lba", TimeLba(17)),
    ("last_lead_out", Time(21)),
    ("last_lead_out_lba", ProgramLba(21)),
    ("bar_code", If(7, 6, &Raw(24, 8))),
    ("application", If(7, 4, &Be(32, 1))),
    ("opc_entries", Be(33, 1)),
];

/// MMC "READ TRACK INFORMATION Command".
pub const TRACK_INFORMATION: Layout = &[
    ("length", Be(0, 2)),
    ("track", Split(2, 32)),
    ("session", Split(3, 33)),
    ("damage", Bit(5, 5)),
    ("copy", Bit(5, 4)),
    ("mode", Bits(5, 3, 0)),
    ("reserved", Bit(6, 7)),
    ("blank", Bit(6, 6)),
    ("packet", Bit(6, 5)),
    ("fixed_packet", Bit(6, 4)),
    ("data_mode", Bits(6, 3, 0)),
    ("last_recorded_valid", Bit(7, 1)),
    ("next_writable_valid", Bit(7, 0)),
    ("start", Lba(8)),
    ("next_writable", If(7, 0, &Lba(12))),
    ("free_blocks", Be(16, 4)),
    ("packet_blocks", Be(20, 4)),
    ("track_blocks", Be(24, 4)),
    ("last_recorded", If(7, 1, &Lba(28))),
];

/// MMC "READ CAPACITY Command".
pub const CAPACITY: Layout = &[("last_lba", Lba(0)), ("block_bytes", Be(4, 4))];

/// MMC "READ FORMAT CAPACITIES Command", current/maximum capacity descriptor.
pub const FORMAT_CAPACITIES: Layout = &[
    ("list_length", Be(3, 1)),
    ("blocks", Be(4, 4)),
    ("descriptor_type", Word(8, 1, 0, &["reserved", "unformatted", "formatted", "no_medium"])),
    ("block_bytes", Be(9, 3)),
];
