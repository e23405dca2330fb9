//! `rawcd explain`: what a number from a log means.

mod cdb;
mod hresult;
mod sense;

use std::io::Write;
use std::process::ExitCode;

use mmc_wire::Sense;
use raw_cd::HResult;
use serde_json::Value;

use crate::args::Explain;
use crate::failure::Failure;
use crate::paint::{HEAD, in_style};
use crate::table::Table;

/// What an explanation says: a headline and a table, and the same for a program.
#[derive(Debug)]
pub struct Explanation {
    headline: String,
    table: Table,
    json: Value,
}

/// Explains the argument, or the arguments as one: `2A 00 FF` needs no quotes.
pub fn run(options: &Explain) -> Result<ExitCode, Failure> {
    let text = options.what.join(" ");
    if let Some(triple) = bytes(&text).and_then(|bytes| spaced_triple(&bytes)) {
        let what = format_args!("{text:?} is no whole CDB: those have 6, 10, 12 or 16 bytes");
        return Err(Failure::new(what).hint(format!("as a sense triple: rawcd explain {triple}")));
    }
    let explanation = explain(text.trim()).ok_or_else(|| {
        Failure::new(format_args!("{text:?} is no HRESULT, sense triple, sense data or CDB")).hint(
            "such as 0xC0AA0602, E_POINTER, 5/24/00, \"70 00 05 00 …\" or \"51 00 00 00 00 00 00 00 22 00\"",
        )
    })?;
    let mut out = anstream::stdout().lock();
    if options.json {
        writeln!(out, "{:#}", explanation.json)?;
    } else {
        writeln!(out, "{}", in_style(HEAD, explanation.headline))?;
        for line in explanation.table.lines() {
            writeln!(out, "{line}")?;
        }
    }
    Ok(ExitCode::SUCCESS)
}

/// A sense triple has slashes; bytes are pairs of digits, sense data among them by its response
/// code; anything else has to be an HRESULT.
fn explain(text: &str) -> Option<Explanation> {
    if let Ok(triple) = text.parse::<Sense>() {
        return Some(sense::triple(triple));
    }
    if let Some(bytes) = bytes(text) {
        return match bytes.first()? & 0x7F {
            0x70..=0x73 if bytes.len() >= 8 => sense::data(&bytes).or_else(|| cdb::explain(&bytes)),
            _ => cdb::explain(&bytes),
        };
    }
    // Debuggers and headers write HRESULTs in eight digits; in decimal none has so few but by accident.
    let eight_digits = text.len() == 8 && text.bytes().all(|byte| byte.is_ascii_hexdigit());
    let code = if eight_digits { format!("0x{text}") } else { text.to_owned() };
    code.parse::<HResult>().ok().map(hresult::explain)
}

/// Key, code and qualifier as logs print them, with blanks between: three bytes, the first of them a key.
fn spaced_triple(bytes: &[u8]) -> Option<Sense> {
    match *bytes {
        [key @ 0..=0xF, asc, ascq] => Some(Sense::new(key, asc, ascq)),
        _ => None,
    }
}

/// Pairs of hexadecimal digits with blanks between, one pair alone not counting.
fn bytes(text: &str) -> Option<Vec<u8>> {
    let parts: Vec<&str> = text.split([' ', ',', ':']).filter(|part| !part.is_empty()).collect();
    if parts.len() < 2 {
        return None;
    }
    let byte = |part: &&str| {
        let digits = part.strip_prefix("0x").unwrap_or(part);
        (digits.len() == 2 && !digits.starts_with('+')).then(|| u8::from_str_radix(digits, 16).ok()).flatten()
    };
    parts.iter().map(byte).collect()
}
