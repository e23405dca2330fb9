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
                format!("{} has no field `{found}`", outer.as_deref().map_or("this".into(), article)),
                "not a field".into(),
                did_you_mean(found, expected.iter().copied()),
            ),
            RonError::NoSuchEnumVariant { expected, found, outer } => (
                format!("{} cannot be `{found}`", outer.as_deref().map_or("this".into(), article)),
                "not one of the choices".into(),
                did_you_mean(found, expected.iter().copied()),
            ),
            RonError::MissingStructField { field, outer } => (
                format!("{} lacks its field `{field}`", outer.as_deref().map_or("this".into(), article)),
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
            other => (lower(&other.to_string()), String::new(), None),
        };
        Self { span, what, expected, help }
    }
}

fn article(name: &str) -> String {
    format!("`{name}`")
}

fn lower(text: &str) -> String {
    let mut chars = text.chars();
    chars.next().map_or(String::new(), |first| first.to_lowercase().chain(chars).collect())
}
