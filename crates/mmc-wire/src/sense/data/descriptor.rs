//! Descriptor format: a short header with the triple, then descriptors of type, length and content.
//!
//! SPC "Descriptor format sense data". CD drives do not use it, bridges and hosts do: libata
//! wraps an ATA status that way.

use super::{KeySpecific, SenseData, SenseFormat};
use crate::parse::bit;
use crate::sense::{Sense, SenseKey};

const HEADER_BYTES: usize = 8;
/// The most bytes of descriptors that the header's length can count.
const MAX_BYTES: usize = 0xFF;

const INFORMATION: u8 = 0x00;
const COMMAND_SPECIFIC: u8 = 0x01;
const KEY_SPECIFIC: u8 = 0x02;
const FIELD_REPLACEABLE_UNIT: u8 = 0x03;
const STREAM_COMMANDS: u8 = 0x04;
const BLOCK_COMMANDS: u8 = 0x05;

/// A sense data descriptor as it stands.
#[derive(Clone, Debug, Eq, PartialEq)]
pub struct SenseDescriptor {
    /// Descriptor type; 80h to FFh are the vendor's.
    pub kind: u8,
    /// What follows its additional length; 253 bytes at most are emitted.
    pub bytes: Vec<u8>,
}

/// Reads sense data whose first four bytes are there.
pub(super) fn parse(bytes: &[u8], deferred: bool) -> SenseData {
    let byte = |n: usize| bytes.get(n).copied().unwrap_or(0);
    let key = SenseKey(byte(1) & 0x0F);
    let mut data = SenseData { deferred, ..SenseData::current(Sense { key, asc: byte(2), ascq: byte(3) }) };
    let end = HEADER_BYTES + usize::from(byte(7));
    let mut rest = bytes.get(HEADER_BYTES..end.min(bytes.len())).unwrap_or_default();
    let mut others = Vec::new();
    while let [kind, length, after @ ..] = rest {
        let Some((content, next)) = after.split_at_checked(usize::from(*length)) else { break };
        if !read(&mut data, *kind, content) {
            others.push(SenseDescriptor { kind: *kind, bytes: content.to_vec() });
        }
        rest = next;
    }
    data.format = SenseFormat::Descriptor { others };
    data
}

/// Takes what a descriptor says into `data`; `false` for one that has no field there, or has
/// not the length that the standard gives its type.
fn read(data: &mut SenseData, kind: u8, content: &[u8]) -> bool {
    match (kind, content) {
        (INFORMATION, &[flags, _, a, b, c, d, e, f, g, h]) => {
            data.information = bit(flags, 7).then(|| u64::from_be_bytes([a, b, c, d, e, f, g, h]));
        }
        (COMMAND_SPECIFIC, &[_, _, a, b, c, d, e, f, g, h]) => {
            data.command_specific = u64::from_be_bytes([a, b, c, d, e, f, g, h]);
        }
        (KEY_SPECIFIC, &[_, _, a, b, c, _]) => {
            data.specific = KeySpecific::from_bytes(data.sense.key, [a, b, c]);
        }
        (FIELD_REPLACEABLE_UNIT, &[_, unit]) => data.field_replaceable_unit = unit,
        (STREAM_COMMANDS, &[_, flags]) => {
            data.filemark = bit(flags, 7);
            data.end_of_medium = bit(flags, 6);
            data.incorrect_length = bit(flags, 5);
        }
        (BLOCK_COMMANDS, &[_, flags]) => data.incorrect_length = bit(flags, 5),
        _ => return false,
    }
    true
}

/// Appends sense data in descriptor format. Descriptors that the length cannot count are left out.
pub(super) fn emit(data: &SenseData, others: &[SenseDescriptor], out: &mut Vec<u8>) {
    let mut descriptors = Vec::new();
    let mut add = |kind: u8, parts: &[&[u8]]| {
        let bytes: usize = parts.iter().map(|part| part.len()).sum();
        if descriptors.len() + 2 + bytes <= MAX_BYTES {
            descriptors.extend([kind, bytes as u8]);
            descriptors.extend(parts.iter().copied().flatten());
        }
    };
    if let Some(information) = data.information {
        add(INFORMATION, &[&[0x80, 0], &information.to_be_bytes()]);
    }
    if data.command_specific != 0 {
        add(COMMAND_SPECIFIC, &[&[0, 0], &data.command_specific.to_be_bytes()]);
    }
    if let Some(specific) = data.specific {
        add(KEY_SPECIFIC, &[&[0, 0], &specific.to_bytes(), &[0]]);
    }
    if data.field_replaceable_unit != 0 {
        add(FIELD_REPLACEABLE_UNIT, &[&[0, data.field_replaceable_unit]]);
    }
    if data.filemark || data.end_of_medium {
        add(STREAM_COMMANDS, &[&[0, data.flags()]]);
    } else if data.incorrect_length {
        add(BLOCK_COMMANDS, &[&[0, data.flags()]]);
    }
    for other in others {
        add(other.kind, &[&other.bytes]);
    }
    out.extend([0x72 | u8::from(data.deferred), data.sense.key.0 & 0x0F, data.sense.asc, data.sense.ascq]);
    out.extend([0, 0, 0, descriptors.len() as u8]);
    out.extend(descriptors);
}
