//! What of a Q frame has to be zero.

use cd_format::sub_channel::{QContent, QFrame};
use cd_format::toc::Adr;

use crate::findings::{Findings, words};
use crate::rule::Rule;

/// Bits of a byte of a frame, which are to be zero.
struct Reserved {
    byte: usize,
    mask: u8,
    name: &'static str,
}

const fn reserved(byte: usize, mask: u8, name: &'static str) -> Reserved {
    Reserved { byte, mask, name }
}

const POSITION: &[Reserved] = &[reserved(6, 0xFF, "ZERO")];
const MCN: &[Reserved] = &[reserved(7, 0x0F, "the nibble behind digit 13"), reserved(8, 0xFF, "ZERO")];
const ISRC: &[Reserved] =
    &[reserved(4, 0x03, "the bits behind character 5"), reserved(8, 0x0F, "the nibble behind character 12")];

/// The frame of block `lba`, which says `content`. Mode 5 has another use for what mode 1 keeps zero.
pub(crate) fn check_zeros(lba: i32, q: QFrame, content: &QContent, findings: &mut Findings) {
    let fields = match content {
        QContent::Position { .. } => POSITION,
        QContent::Toc(entry) if entry.adr == Adr::POSITION => POSITION,
        QContent::Toc(_) => return,
        QContent::Mcn { .. } => MCN,
        QContent::Isrc { .. } => ISRC,
    };
    let bytes = q.to_bytes();
    for Reserved { byte, mask, name } in fields {
        let seen = bytes.get(*byte).map_or(0, |seen| seen & mask);
        if seen != 0 {
            findings.add(Rule::QZero, lba, || {
                words(format_args!("{name} of Q byte {byte} to be 0"), format_args!("{seen:02X}h"))
            });
            return;
        }
    }
}
