//! What the server has to say while it runs, to standard error.

use std::io::Write;

use log::{Level, LevelFilter, Log, Metadata, Record};

use crate::paint::{BAD, DIM, NOTE, in_style};

struct Lines;

impl Log for Lines {
    fn enabled(&self, metadata: &Metadata<'_>) -> bool {
        metadata.level() <= log::max_level()
    }

    fn log(&self, record: &Record<'_>) {
        if !self.enabled(record.metadata()) {
            return;
        }
        let (style, word) = match record.level() {
            Level::Error => (BAD, "error:"),
            Level::Warn => (NOTE, "warning:"),
            Level::Info | Level::Debug | Level::Trace => (DIM, "info:"),
        };
        // An initiator's words are in it, and it must not write lines of its own, or colours.
        let text = record.args().to_string().replace(|c: char| c.is_control(), " ");
        let _ = writeln!(anstream::stderr().lock(), "{} {text}", in_style(style, word));
    }

    fn flush(&self) {}
}

/// From now on; the first call counts.
pub fn start(verbose: bool) {
    static LINES: Lines = Lines;
    if log::set_logger(&LINES).is_ok() {
        log::set_max_level(if verbose { LevelFilter::Info } else { LevelFilter::Warn });
    }
}
