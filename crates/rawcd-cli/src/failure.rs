//! Why a command could not run: what, where, and what to do.

use core::fmt;
use std::io::IsTerminal;

use mmc_conformance::source::Complaint;

/// An error for a person.
#[derive(Debug)]
pub struct Failure {
    what: String,
    hint: Option<String>,
    kind: Kind,
}

#[derive(Clone, Copy, Debug, Eq, PartialEq)]
enum Kind {
    /// To be said.
    Said,
    /// A complaint that says itself that it is an error, and points into a file.
    Complaint,
    /// Who read the output has seen enough, as `head` does.
    ReaderLeft,
}

impl Failure {
    /// What went wrong, and where.
    pub fn new(what: impl fmt::Display) -> Self {
        Self { what: what.to_string(), hint: None, kind: Kind::Said }
    }

    /// What the drive, or the writing API, refused, and where to look it up.
    pub fn drive(error: raw_cd::Error) -> Self {
        let hint = match error.sense() {
            Some(sense) => format!("`rawcd explain {sense}` tells what the drive means"),
            None => format!("`rawcd explain 0x{:08X}` tells what the error means", error.hresult().0),
        };
        Self::new(error).hint(hint)
    }

    /// What is wrong in a file.
    pub fn complaint(complaint: &Complaint) -> Self {
        let colour = std::io::stderr().is_terminal();
        Self { what: complaint.render(colour), hint: None, kind: Kind::Complaint }
    }

    /// What to do about it.
    #[must_use]
    pub fn hint(self, hint: impl Into<String>) -> Self {
        Self { hint: Some(hint.into()), ..self }
    }

    /// What went wrong.
    pub fn what(&self) -> &str {
        &self.what
    }

    /// Whether the text says itself that it is an error.
    pub fn is_complaint(&self) -> bool {
        self.kind == Kind::Complaint
    }

    /// Whether the output's reader has left: that is his success, and nothing to be told.
    pub fn reader_left(&self) -> bool {
        self.kind == Kind::ReaderLeft
    }

    /// What to do about it.
    pub fn advice(&self) -> Option<&str> {
        self.hint.as_deref()
    }
}

impl From<std::io::Error> for Failure {
    /// Of standard output: everything else names its file.
    fn from(error: std::io::Error) -> Self {
        let failure = Self::new(format_args!("cannot write the output: {error}"));
        match error.kind() {
            std::io::ErrorKind::BrokenPipe => Self { kind: Kind::ReaderLeft, ..failure },
            _ => failure,
        }
    }
}
