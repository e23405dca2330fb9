//! RON as fixtures are written in it, and its errors in the words of a fixture's author.

use core::ops::Range;
use std::sync::Arc;

use ron::Options;
use ron::error::Error as RonError;
use ron::extensions::Extensions;
use serde::Deserialize;

use crate::source::{Complaint, Source};
use crate::suggest::did_you_mean;

/// Reads RON. Optional values need no `Some(…)`.
pub fn read<'a, T: Deserialize<'a>>(text: &'a str) -> Result<T, Fault> {
    Options::default().with_default_extension(Extensions::IMPLICIT_SOME).from_str(text).map_err(|error| {
        let at = |place: ron::error::Position| Source::new("", text).offset(place.line, place.col);
        let (start, end) = (at(error.span.start), at(error.span.end));
        Fault::new(&error.code, start..end.max(start))
    })
}

/// Why a text is not what it must be.
#[derive(Clone, Debug)]
pub struct Fault {
    /// Where, in the text that was read.
    pub span: Range<usize>,
    what: String,
    expected: String,
    help: Option<String>,
}

impl Fault {
    /// As a complaint about a file in which the text begins at `offset`.
    pub fn complain(self, source: &Arc<Source>, offset: usize) -> Complaint {
        let span = self.span.start + offset..self.span.end + offset;
        self.complain_at(source, span)
    }

    /// As a complaint about these bytes of a file.
    pub fn complain_at(self, source: &Arc<Source>, span: Range<usize>) -> Complaint {
        Complaint::new(source, span, self.what, self.expected).help(self.help)
    }

    fn new(code: &RonError, span: Range<usize>) -> Self {
        let (what, expected, help) = match code {
            RonError::NoSuchStructField { expected, found, outer } => (
                format!("{} has no field `{found}`", outer_name(outer.as_deref())),
                "not a field".into(),
                did_you_mean(found, expected.iter().copied()),
            ),
            RonError::NoSuchEnumVariant { expected, found, outer } => (
                format!("{} cannot be `{found}`", outer_name(outer.as_deref())),
                "not one of the choices".into(),
                did_you_mean(found, expected.iter().copied()),
            ),
            RonError::MissingStructField { field, outer } => (
                format!("{} lacks its field `{field}`", outer_name(outer.as_deref())),
                format!("`{field}: …` before this"),
                None,
            ),
            RonError::DuplicateStructField { field, .. } => {
                (format!("`{field}` is given twice"), "the second one".into(), None)
            }
            RonError::Message(text) => (text.clone(), String::new(), None),
            RonError::InvalidIdentifier(found) | RonError::SuggestRawIdentifier(found) => {
                (format!("`{found}` is not a word"), "one of the words that may stand here".into(), None)
            }
            RonError::ExpectedIdentifier => (
                "fields of a step have names".into(),
                "`name: value`".into(),
                Some("for example Call(member: \"PrepareMedia\", args: [], expect: Ok)".into()),
            ),
            RonError::ExpectedComma => (
                "the text does not go on as RON does".into(),
                "a comma or a closing bracket".into(),
                Some("is a comma missing? Values are all named or all unnamed: Call(member: \"…\", args: […], expect: …)".into()),
            ),
            RonError::ExceededRecursionLimit => (
                "brackets stand too deep within brackets".into(),
                "the innermost that are read".into(),
                None,
            ),
            other => (plain(other), String::new(), None),
        };
        Self { span, what, expected, help }
    }
}

/// What the author calls it: the types of the reader have names that no file spells.
fn outer_name(name: Option<&str>) -> String {
    match name {
        None => "this".into(),
        Some("Fixture" | "Outline") => "a fixture".into(),
        Some("Scene") => "a medium".into(),
        Some("Personality") => "a personality".into(),
        Some(name) => format!("`{name}`"),
    }
}

/// Errors of which the parser's own words speak of Rust.
fn plain(error: &RonError) -> String {
    match error {
        RonError::Eof => "the file ends too early".into(),
        RonError::ExpectedNamedStructLike("") | RonError::ExpectedStructLike => "expected `(`".into(),
        RonError::ExpectedNamedStructLike(name) => {
            format!("expected {} in brackets: `(…)`", outer_name(Some(name)))
        }
        RonError::ExpectedDifferentStructName { expected, found } => {
            format!("expected {}, found `{found}`", outer_name(Some(expected)))
        }
        RonError::ExpectedStructName(name) => format!("expected {}", outer_name(Some(name))),
        RonError::ExpectedUnit => "expected `()`".into(),
        RonError::ExpectedString => "expected text in quotes".into(),
        RonError::ExpectedStringEnd => "the text has no closing quote".into(),
        RonError::ExpectedInteger => "expected a number".into(),
        RonError::ExpectedBoolean => "expected true or false".into(),
        RonError::IntegerOutOfBounds => "the number does not fit here".into(),
        RonError::TrailingCharacters => "the file goes on after its end".into(),
        RonError::UnclosedBlockComment | RonError::UnclosedLineComment => {
            "a comment has no end before the value's".into()
        }
        RonError::ExpectedRawValue => "expected a value".into(),
        RonError::SuggestRawIdentifier(name) => format!("`{name}` is not a word"),
        other => lower(&other.to_string()),
    }
}

fn lower(text: &str) -> String {
    let mut chars = text.chars();
    chars.next().map_or(String::new(), |first| first.to_lowercase().chain(chars).collect())
}
