//! A file's text, places in it, and complaints that point there.

use core::ops::Range;
use std::path::{Path, PathBuf};
use std::sync::Arc;

use annotate_snippets::{AnnotationKind, Group, Level, Renderer, Snippet};

/// A file's text under the name it is known by.
#[derive(Clone, Debug, Eq, PartialEq)]
pub struct Source {
    /// Where it came from, as the user would type it.
    pub path: PathBuf,
    /// The text.
    pub text: Arc<str>,
}

impl Source {
    /// Text with a name.
    pub fn new(path: impl Into<PathBuf>, text: impl Into<Arc<str>>) -> Self {
        Self { path: path.into(), text: text.into() }
    }

    /// Line and column of a byte offset, both from 1; columns count characters.
    pub fn line_column(&self, offset: usize) -> (usize, usize) {
        let before = self.text.get(..offset).unwrap_or(&self.text);
        let line = before.matches('\n').count() + 1;
        let start = before.rfind('\n').map_or(0, |n| n + 1);
        (line, before[start..].chars().count() + 1)
    }

    /// Byte offset of a line and column, both from 1; the nearest place that exists.
    pub fn offset(&self, line: usize, column: usize) -> usize {
        let mut at = 0;
        for (n, text) in self.text.split_inclusive('\n').enumerate() {
            if n + 1 == line {
                let skip = column.saturating_sub(1);
                return at
                    + text.char_indices().nth(skip).map_or(text.trim_end_matches('\n').len(), |(n, _)| n);
            }
            at += text.len();
        }
        self.text.len()
    }
}

/// Something wrong with a file: where, what, and what to do about it.
#[derive(Clone, Debug, Eq, PartialEq)]
pub struct Complaint {
    /// The file.
    pub file: Arc<Source>,
    /// The bytes complained about.
    pub span: Range<usize>,
    /// What is wrong.
    pub what: String,
    /// What was expected, written at the caret; may be empty when `what` says it all.
    pub expected: String,
    /// What to do, if there is something to say.
    pub help: Option<String>,
}

impl Complaint {
    /// A complaint about `span` of `source`.
    pub fn new(
        file: &Arc<Source>,
        span: Range<usize>,
        what: impl Into<String>,
        expected: impl Into<String>,
    ) -> Self {
        Self { file: Arc::clone(file), span, what: what.into(), expected: expected.into(), help: None }
    }

    /// With advice.
    #[must_use]
    pub fn help(mut self, help: Option<String>) -> Self {
        self.help = help;
        self
    }

    /// The file's name.
    pub fn path(&self) -> &Path {
        &self.file.path
    }

    /// The complaint as a person reads it: `error: …`, `--> path:line:column`, the line, a caret.
    pub fn render(&self, colour: bool) -> String {
        let text = &self.file.text;
        let start = floor(text, self.span.start);
        let end = floor(text, self.span.end.max(start)).max(start);
        let path = self.file.path.display().to_string();
        let mark = AnnotationKind::Primary.span(start..end);
        let mark = if self.expected.is_empty() { mark } else { mark.label(self.expected.as_str()) };
        let snippet = Snippet::source(&**text).path(path).annotation(mark);
        let mut group: Group<'_> = Level::ERROR.primary_title(self.what.as_str()).element(snippet);
        if let Some(help) = &self.help {
            group = group.element(Level::HELP.message(help.as_str()));
        }
        let renderer = if colour { Renderer::styled() } else { Renderer::plain() };
        renderer.render(&[group])
    }
}

impl core::fmt::Display for Complaint {
    fn fmt(&self, f: &mut core::fmt::Formatter<'_>) -> core::fmt::Result {
        f.write_str(&self.render(false))
    }
}

impl core::error::Error for Complaint {}

/// The nearest character boundary at or below `n`.
fn floor(text: &str, n: usize) -> usize {
    let mut n = n.min(text.len());
    while !text.is_char_boundary(n) {
        n -= 1;
    }
    n
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn offsets_and_lines_agree() {
        let source = Source::new("x", "ab\ncä de\n");
        for offset in [0, 1, 2, 3, 4, 6, 7, 9] {
            let (line, column) = source.line_column(offset);
            assert_eq!(source.offset(line, column), offset, "{line}:{column}");
        }
        assert_eq!(source.line_column(6), (2, 3));
        assert_eq!(source.offset(99, 1), source.text.len());
    }
}
