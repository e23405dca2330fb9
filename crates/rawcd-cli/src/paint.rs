//! Colour, where there is somebody to see it: on a terminal, and not with NO_COLOR.

use std::io::Write;

use anstyle::{AnsiColor, Style};

use crate::failure::Failure;

/// What is good.
pub const GOOD: Style = AnsiColor::Green.on_default();
/// What is bad.
pub const BAD: Style = AnsiColor::Red.on_default().bold();
/// What to look at.
pub const NOTE: Style = AnsiColor::Yellow.on_default();
/// What a line is about.
pub const HEAD: Style = Style::new().bold();
/// What can be passed over.
pub const DIM: Style = Style::new().dimmed();

/// `text` in a style.
pub fn in_style(style: Style, text: impl core::fmt::Display) -> String {
    format!("{style}{text}{style:#}")
}

/// Prints an error and what to do about it, to standard error.
pub fn error(failure: &Failure) {
    let mut out = anstream::stderr().lock();
    if failure.is_complaint() {
        let _ = writeln!(out, "{}", failure.what());
    } else {
        let _ = writeln!(out, "{} {}", in_style(BAD, "error:"), failure.what());
    }
    if let Some(advice) = failure.advice() {
        let _ = writeln!(out, "{} {advice}", in_style(GOOD, "help:"));
    }
}
