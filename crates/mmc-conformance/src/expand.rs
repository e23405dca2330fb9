//! Parameters: one text per row of a fixture's table of cases.
//!
//! The rows are read first, as they stand in the file. Then, for each row, the file's text is
//! written out once more with `"$name"` replaced by the row's value, and with the row's own origin
//! and level in place of the file's. The typed fixture is read from that text, and
//! [`Expansion::place`] leads every error back to where the words stand in the file.

mod table;

use core::ops::Range;
use std::collections::BTreeSet;
use std::sync::Arc;

use crate::limits;
use crate::literal::{Hex, hex};
use crate::scan::literals;
use crate::source::{Complaint, Source};
use crate::suggest::did_you_mean;
use crate::syntax;
use table::{Outline, Row};

/// The text of one case.
#[derive(Clone, Debug)]
pub struct Expansion {
    /// The row's id; `None` when the file has no table.
    pub id: Option<String>,
    /// The text with the row's values.
    pub text: String,
    /// Where the row, or else the file, begins.
    pub span: Range<usize>,
    pieces: Vec<Piece>,
}

/// A run of bytes of the expanded text and where it came from.
#[derive(Clone, Copy, Debug)]
struct Piece {
    at: usize,
    from: usize,
    /// Bytes in the file; when the text was made up, all of it comes from there.
    copied: bool,
    bytes: usize,
}

impl Expansion {
    /// Where bytes of the expanded text stand in the file.
    pub fn place(&self, span: Range<usize>) -> Range<usize> {
        let one = |at: usize| {
            let n = self.pieces.partition_point(|piece| piece.at <= at).saturating_sub(1);
            self.pieces.get(n).map_or(0, |piece| {
                piece.from + if piece.copied { (at - piece.at).min(piece.bytes) } else { 0 }
            })
        };
        let start = one(span.start);
        let end = if span.end > span.start { one(span.end - 1) + 1 } else { start };
        start..end.max(start)
    }

    /// The place in the file of the first string literal that says `text`.
    pub fn find(&self, text: &str) -> Range<usize> {
        literals(&self.text)
            .into_iter()
            .find(|literal| self.text.get(literal.inner.clone()).is_some_and(|inner| same(inner, text)))
            .map_or(self.span.clone(), |literal| self.place(literal.whole))
    }
}

/// The same text, or the same bytes in hexadecimal however they are spaced.
fn same(literal: &str, text: &str) -> bool {
    literal == text
        || (!text.is_empty()
            && text.bytes().all(|byte| byte.is_ascii_hexdigit() || byte == b' ')
            && Hex::read(literal).is_ok_and(|bytes| hex(&bytes.0) == text))
}

/// The cases of a file, or everything that is wrong with its table.
pub fn expand(source: &Arc<Source>) -> Result<Vec<Expansion>, Vec<Complaint>> {
    let text = &*source.text;
    let outline: Outline<'_> = syntax::read(text).map_err(|fault| vec![fault.complain(source, 0)])?;
    let Some(table) = outline.cases.filter(|table| table.trim().get_ron() != "[]") else {
        let (pieces, faults) =
            write_out(source, &outline, None, limits::TEXT).map_err(|too_long| vec![too_long])?;
        return if faults.is_empty() { Ok(vec![pieces]) } else { Err(faults) };
    };
    let offset = offset_in(text, table.get_ron());
    let rows: Vec<Row<'_>> =
        syntax::read(table.get_ron()).map_err(|fault| vec![fault.complain(source, offset)])?;
    if rows.len() > limits::STEPS {
        let what = format!("a table of {} cases", rows.len());
        let expected = format!("at most {}", limits::STEPS);
        return Err(vec![Complaint::new(source, offset..offset + 1, what, expected)]);
    }
    let mut faults = Vec::new();
    let mut ids = BTreeSet::new();
    let mut cases = Vec::new();
    let mut room = limits::TEXT;
    for row in &rows {
        if faults.len() >= limits::COMPLAINTS {
            break;
        }
        let span = span_in(text, row.id.trim().get_ron());
        match row.name() {
            None => faults.push(
                Complaint::new(
                    source,
                    span,
                    "this is not the id of a case",
                    "letters, digits, `-`, `_` and `.`",
                )
                .help(Some(
                    "the id is part of the test's name for ever: (id: \"blank-cdr\", with: {…})".into(),
                )),
            ),
            Some(id) if !ids.insert(id) => faults.push(Complaint::new(
                source,
                span,
                format!("two cases are called `{id}`"),
                "an id that no other row has",
            )),
            Some(_) => {
                let (case, wrong) =
                    write_out(source, &outline, Some(row), room).map_err(|too_long| vec![too_long])?;
                room -= case.text.len().min(room);
                cases.push(case);
                faults.extend(wrong);
            }
        }
    }
    faults.truncate(limits::COMPLAINTS);
    if faults.is_empty() { Ok(cases) } else { Err(faults) }
}

/// A replacement: these bytes of the file give way to this text from there.
struct Edit {
    at: Range<usize>,
    text: String,
    from: usize,
    copied: bool,
}

/// The text of a row with what is wrong in it; `Err` when it does not fit into `room`.
fn write_out(
    source: &Arc<Source>,
    outline: &Outline<'_>,
    row: Option<&Row<'_>>,
    room: usize,
) -> Result<(Expansion, Vec<Complaint>), Complaint> {
    let text = &*source.text;
    let span = row.map_or(0..0, |row| span_in(text, row.id.trim().get_ron()));
    let too_long = || {
        let what = format!("the cases of this file come to more than {} MiB of text", limits::TEXT >> 20);
        Complaint::new(source, span.clone(), what, "too much from here on")
    };
    let mut added = 0;
    let mut edits = Vec::new();
    let mut faults = Vec::new();
    let mut used = BTreeSet::new();
    if let Some(table) = outline.cases {
        let at = span_in(text, table.get_ron());
        edits.push(Edit { from: at.start, at, text: "[]".into(), copied: false });
    }
    if let Some(row) = row {
        for (file, own) in [(outline.origin, row.origin), (outline.level, row.level)] {
            if let (Some(file), Some(own)) = (file, own) {
                let value = own.trim().get_ron();
                edits.push(Edit {
                    at: span_in(text, file.trim().get_ron()),
                    text: value.into(),
                    from: offset_in(text, value),
                    copied: true,
                });
            }
        }
    }
    let taken: Vec<_> = edits.iter().map(|edit| edit.at.clone()).collect();
    for literal in literals(text) {
        let covered =
            |range: &Range<usize>| range.start <= literal.whole.start && literal.whole.end <= range.end;
        if taken.iter().any(covered) {
            continue;
        }
        let Some(inner) = text.get(literal.inner.clone()).filter(|inner| inner.contains('$')) else {
            continue;
        };
        match replace(inner, row, &mut used, room.saturating_sub(added)) {
            Ok(Replaced::Value(value)) => {
                added += value.len();
                edits.push(Edit {
                    from: offset_in(text, value),
                    at: literal.whole,
                    text: value.into(),
                    copied: true,
                });
            }
            Ok(Replaced::Text(inside)) => {
                added += inside.len();
                edits.push(Edit {
                    from: literal.inner.start,
                    at: literal.inner,
                    text: inside,
                    copied: false,
                });
            }
            Err(Unfilled::Unknown(name)) => faults.push(undefined(source, literal.whole, &name, row)),
            Err(Unfilled::TooLong) => return Err(too_long()),
        }
        if faults.len() >= limits::COMPLAINTS {
            break;
        }
    }
    for (name, value) in row.map_or(&[][..], |row| &row.with.0) {
        if !used.contains(name.as_str()) {
            let names: Vec<&str> = used.iter().map(String::as_str).collect();
            faults.push(
                Complaint::new(
                    source,
                    span_in(text, value.trim().get_ron()),
                    format!("nothing in the file asks for `${name}`"),
                    "a value that the file uses",
                )
                .help(did_you_mean(name, names)),
            );
        }
    }
    edits.sort_by_key(|edit| edit.at.start);
    let removed: usize = edits.iter().map(|edit| edit.at.len()).sum();
    let bytes = edits.iter().fold(text.len() - removed, |bytes, edit| bytes.saturating_add(edit.text.len()));
    if bytes > room {
        return Err(too_long());
    }
    let mut case = Expansion {
        id: row.and_then(Row::name).map(str::to_owned),
        text: String::with_capacity(bytes),
        span,
        pieces: Vec::new(),
    };
    let mut done = 0;
    for edit in &edits {
        case.push(&text[done..edit.at.start], done, true);
        case.push(&edit.text, edit.from, edit.copied);
        done = edit.at.end;
    }
    case.push(&text[done..], done, true);
    Ok((case, faults))
}

impl Expansion {
    fn push(&mut self, text: &str, from: usize, copied: bool) {
        if !text.is_empty() {
            self.pieces.push(Piece { at: self.text.len(), from, copied, bytes: text.len() });
            self.text.push_str(text);
        }
    }
}

enum Replaced<'a> {
    /// The whole literal gives way to a value.
    Value(&'a str),
    /// The text between the quotes.
    Text(String),
}

/// Why a literal cannot be filled in.
enum Unfilled {
    /// The row does not have this name.
    Unknown(String),
    /// There is no room for it.
    TooLong,
}

/// Fills in one literal with at most `room` bytes.
fn replace<'a>(
    inner: &str,
    row: Option<&Row<'a>>,
    used: &mut BTreeSet<String>,
    room: usize,
) -> Result<Replaced<'a>, Unfilled> {
    let mut value = |name: &str, taken: usize| -> Result<&'a str, Unfilled> {
        let cells = row.map_or(&[][..], |row| &row.with.0);
        let cell = cells.iter().find(|(own, _)| own == name);
        let (_, cell) = cell.ok_or_else(|| Unfilled::Unknown(name.to_owned()))?;
        if !used.contains(name) {
            used.insert(name.to_owned());
        }
        let value = cell.trim().get_ron();
        if taken.saturating_add(value.len()) > room { Err(Unfilled::TooLong) } else { Ok(value) }
    };
    if let Some(name) = inner.strip_prefix('$').filter(|name| !name.is_empty() && name.bytes().all(in_name)) {
        return value(name, 0).map(Replaced::Value);
    }
    let mut text = String::new();
    let mut rest = inner;
    while let Some(n) = rest.find('$') {
        text.push_str(&rest[..n]);
        rest = &rest[n + 1..];
        if let Some(after) = rest.strip_prefix('$') {
            text.push('$');
            rest = after;
            continue;
        }
        let (name, after) = match rest.strip_prefix('{').and_then(|rest| rest.split_once('}')) {
            Some(braced) => braced,
            None => rest.split_at(rest.bytes().take_while(|byte| in_name(*byte)).count()),
        };
        if name.is_empty() {
            text.push('$');
        } else {
            let value = value(name, text.len())?;
            match value.strip_prefix('"').and_then(|value| value.strip_suffix('"')) {
                Some(inside) => text.push_str(inside),
                None => text.push_str(&value.replace('\\', "\\\\").replace('"', "\\\"")),
            }
        }
        rest = after;
    }
    text.push_str(rest);
    Ok(Replaced::Text(text))
}

const fn in_name(byte: u8) -> bool {
    byte.is_ascii_alphanumeric() || byte == b'_'
}

fn undefined(source: &Arc<Source>, span: Range<usize>, name: &str, row: Option<&Row<'_>>) -> Complaint {
    match row {
        None => Complaint::new(source, span, format!("nothing says what `${name}` is"), "a table of cases")
            .help(Some(format!(
                "add cases: [(id: \"…\", with: {{\"{name}\": …}})], or write $$ for a dollar sign"
            ))),
        Some(row) => {
            let names: Vec<&str> = row.with.0.iter().map(|(name, _)| name.as_str()).collect();
            let id = row.name().unwrap_or("?");
            Complaint::new(
                source,
                span,
                format!("case `{id}` does not say what `${name}` is"),
                "a name of the row's `with`",
            )
            .help(did_you_mean(name, names))
        }
    }
}

/// Where a borrowed piece of `text` begins.
fn offset_in(text: &str, piece: &str) -> usize {
    (piece.as_ptr() as usize).saturating_sub(text.as_ptr() as usize).min(text.len())
}

fn span_in(text: &str, piece: &str) -> Range<usize> {
    let start = offset_in(text, piece);
    start..(start + piece.len()).min(text.len())
}
