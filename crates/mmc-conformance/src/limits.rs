//! What one file may come to. A fixture of a few bytes can ask for terabytes, `00*4000000` in a table of
//! many rows; it is refused before anything is made of it.

use crate::literal::Hex;
use crate::scan::{Literal, literals};
use crate::syntax;

/// Text of all cases of a file, once the rows of its table are filled in, bytes.
pub const TEXT: usize = 16 << 20;

/// Bytes that the hexadecimal literals of all cases of a file stand for.
pub const LITERAL_BYTES: usize = 64 << 20;

/// Steps of all cases of a file; rows of its table.
pub const STEPS: usize = 20_000;

/// Blocks that the cases of a file record, and read back.
pub const RECORDED_BLOCKS: u64 = 4_000_000;

/// Replies and results that one case may keep.
pub const KEPT: usize = 256;

/// Complaints about one file. Nobody reads more.
pub const COMPLAINTS: usize = 100;

/// The first literal with which those of `text` stand for more than `room` bytes, or the room that is left.
pub fn literal_bytes(text: &str, room: usize) -> Result<usize, Literal> {
    literals(text).into_iter().try_fold(room, |room, literal| {
        let inner = text.get(literal.inner.clone()).unwrap_or_default();
        // An escape may hide a digit or the star.
        let bytes = if inner.contains('\\') {
            let whole = text.get(literal.whole.clone()).unwrap_or_default();
            syntax::read::<String>(whole).map_or(0, |inner| Hex::count(&inner))
        } else {
            Hex::count(inner)
        };
        room.checked_sub(bytes).ok_or(literal)
    })
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn every_literal_counts_in_whatever_dress() {
        let text = r##"(a: "00*10", b: r#"01 02"#, /* "00*10" */ c: "\x300*3", d: "a title of 3*x")"##;
        assert_eq!(literal_bytes(text, 100), Ok(100 - 10 - 2 - 3));
        let text = r#"["00*60", "00*60"]"#;
        assert_eq!(literal_bytes(text, 100).map_err(|literal| literal.whole.start), Err(10));
    }
}
