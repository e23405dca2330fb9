//! The EDC by sixteen tables, sixteen bytes at a time.

use super::REFLECTED;

/// `TABLES[n][b]` is the code of byte `b` and `n` zero bytes behind it.
static TABLES: [[u32; 256]; 16] = tables();

/// The code of what had the code `code`, and then `bytes`.
pub(super) fn advance(mut code: u32, bytes: &[u8]) -> u32 {
    let (blocks, rest) = bytes.as_chunks::<16>();
    for block in blocks {
        let first = code.to_le_bytes();
        code = 0;
        for (n, byte) in block.iter().enumerate() {
            let byte = if n < 4 { byte ^ first[n] } else { *byte };
            code ^= TABLES[15 - n][usize::from(byte)];
        }
    }
    for byte in rest {
        code = code >> 8 ^ TABLES[0][usize::from(code as u8 ^ byte)];
    }
    code
}

const fn tables() -> [[u32; 256]; 16] {
    let mut tables = [[0; 256]; 16];
    let mut byte = 0;
    while byte < 256 {
        let mut code = byte as u32;
        let mut bit = 0;
        while bit < 8 {
            code = code >> 1 ^ if code & 1 != 0 { REFLECTED } else { 0 };
            bit += 1;
        }
        tables[0][byte] = code;
        byte += 1;
    }
    let mut n = 1;
    while n < 16 {
        let mut byte = 0;
        while byte < 256 {
            let code = tables[n - 1][byte];
            tables[n][byte] = code >> 8 ^ tables[0][(code & 0xFF) as usize];
            byte += 1;
        }
        n += 1;
    }
    tables
}
