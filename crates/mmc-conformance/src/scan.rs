//! String literals in RON text: where they are, comments left out.

use core::ops::Range;

/// A string literal: the bytes from quote to quote, and those between.
#[derive(Clone, Debug, Eq, PartialEq)]
pub struct Literal {
    /// With its quotes.
    pub whole: Range<usize>,
    /// Between the quotes, escapes as written.
    pub inner: Range<usize>,
}

/// Every string literal of `text` in order. Text that is not RON gives what it gives; the
/// parser will complain about it.
pub fn literals(text: &str) -> Vec<Literal> {
    let bytes = text.as_bytes();
    let mut found = Vec::new();
    let mut at = 0;
    while let Some(&byte) = bytes.get(at) {
        at = match (byte, bytes.get(at + 1)) {
            (b'/', Some(b'/')) => end_of(text, at, "\n"),
            (b'/', Some(b'*')) => block_comment(bytes, at),
            (b'\'', _) => character(bytes, at),
            (b'r', Some(b'"' | b'#')) if !continues_word(bytes, at) => match raw(text, at) {
                Some(literal) => {
                    let end = literal.whole.end;
                    found.push(literal);
                    end
                }
                None => at + 1,
            },
            (b'"', _) => {
                let end = string_end(bytes, at + 1);
                found.push(Literal { whole: at..(end + 1).min(bytes.len()), inner: at + 1..end });
                end + 1
            }
            _ => at + 1,
        };
    }
    found
}

fn end_of(text: &str, from: usize, end: &str) -> usize {
    text.get(from..).and_then(|rest| rest.find(end)).map_or(text.len(), |n| from + n + end.len())
}

/// RON's block comments nest.
fn block_comment(bytes: &[u8], from: usize) -> usize {
    let (mut at, mut depth) = (from + 2, 1);
    while depth > 0 {
        match bytes.get(at..at + 2) {
            Some(b"/*") => (at, depth) = (at + 2, depth + 1),
            Some(b"*/") => (at, depth) = (at + 2, depth - 1),
            Some(_) => at += 1,
            None => return bytes.len(),
        }
    }
    at
}

/// A character literal may hold a quote: `'"'`.
fn character(bytes: &[u8], from: usize) -> usize {
    match bytes.get(from + 1..) {
        Some([b'"', b'\'', ..]) => from + 3,
        Some([b'\\', _, b'\'', ..]) => from + 4,
        _ => from + 1,
    }
}

fn continues_word(bytes: &[u8], at: usize) -> bool {
    at > 0 && (bytes[at - 1].is_ascii_alphanumeric() || bytes[at - 1] == b'_')
}

fn raw(text: &str, from: usize) -> Option<Literal> {
    let hashes = text.get(from + 1..)?.bytes().take_while(|byte| *byte == b'#').count();
    let open = from + 1 + hashes;
    if text.as_bytes().get(open) != Some(&b'"') {
        return None;
    }
    let end = format!("\"{}", "#".repeat(hashes));
    let after = end_of(text, open + 1, &end);
    Some(Literal { whole: from..after, inner: open + 1..after.saturating_sub(end.len()).max(open + 1) })
}

fn string_end(bytes: &[u8], from: usize) -> usize {
    let mut at = from;
    loop {
        match bytes.get(at) {
            Some(b'\\') => at += 2,
            Some(b'"') | None => return at.min(bytes.len()),
            Some(_) => at += 1,
        }
    }
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;

    #[test]
    fn comments_and_quotes_do_not_confuse() {
        let text = r##"( a: "one", // "no"
            /* "no" /* "nor" */ */ b: "t\"wo", c: '"', d: r#"th"ree"#, bar: "four" )"##;
        let found: Vec<_> = literals(text).into_iter().map(|n| &text[n.inner]).collect();
        assert_eq!(found, ["one", "t\\\"wo", "th\"ree", "four"]);
    }

    proptest! {
        #[test]
        fn any_text_gives_ranges_inside_it(text in "[\"'r#/*\\\\a\nä]{0,24}") {
            for literal in literals(&text) {
                prop_assert!(text.get(literal.whole).is_some() || !text.is_ascii());
                prop_assert!(literal.inner.start <= literal.inner.end && literal.inner.end <= text.len());
            }
        }
    }
}
