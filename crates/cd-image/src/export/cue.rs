//! BIN and CUE.

use core::fmt::Write as _;
use std::path::Path;

use cd_format::Control;
use cd_format::recorded::RecordedFrames;
use cd_format::sub_channel::TrackLayout;

use crate::error::ImageError;
use crate::layout::{Text, TrackMode};
use crate::loss::Loss;
use crate::scan::RecordedSession;

use super::output::{self, Output};
use super::program::{self, time};

/// Writes session `number` as the CUE sheet `path` and a file of the same name that ends in `.bin`: all
/// sectors with 2352 bytes, data descrambled.
pub fn cue<F: RecordedFrames>(frames: &F, number: u8, path: &Path) -> Result<Vec<Loss>, ImageError> {
    let (session, others) = super::session(frames, number)?;
    let bin = path.with_extension("bin");
    let mut losses = Vec::new();
    program::areas(&session, others, &mut losses);
    let texts = program::texts(&session, &mut losses);
    if program::concluded_type(&session) != session.disc_type {
        losses.push(Loss::DiscType(session.disc_type));
    }
    let mut told = session.layout.clone();
    for (track, mode) in told.tracks.iter_mut().zip(&session.modes) {
        let control = flags(track, *mode).1;
        if control != track.control {
            losses.push(Loss::Control { track: track.number, control: track.control });
            track.control = control;
        }
    }
    let sheet = sheet(&session, &texts, &super::quoted_name(&bin)?)?;
    let mut output = Output::create(&bin)?;
    program::copy(frames, &session, &told, false, &mut losses, |_, _, main, _| output.write(main))?;
    let (data, sheet) = (output.finish()?, output::text(path, &sheet)?);
    data.place()?;
    sheet.place()?;
    Ok(losses)
}

fn sheet(session: &RecordedSession, texts: &(Text, Vec<Text>), bin: &str) -> Result<String, ImageError> {
    let layout = &session.layout;
    let first = program::first(session);
    let mut text = String::new();
    if let Some(mcn) = &layout.mcn {
        let _ = writeln!(text, "CATALOG {mcn}");
    }
    describe(&mut text, "", &texts.0);
    let _ = writeln!(text, "FILE \"{bin}\" BINARY");
    for ((track, mode), words) in layout.tracks.iter().zip(&session.modes).zip(&texts.1) {
        let kind = match mode {
            TrackMode::Audio => "AUDIO",
            TrackMode::Mode2Raw => "MODE2/2352",
            _ => "MODE1/2352",
        };
        let _ = writeln!(text, "  TRACK {:02} {kind}", track.number);
        describe(&mut text, "    ", words);
        let flags = flags(track, *mode).0;
        if !flags.is_empty() {
            let _ = writeln!(text, "    FLAGS{flags}");
        }
        if let Some(isrc) = &track.isrc {
            let _ = writeln!(text, "    ISRC {}", String::from_utf8_lossy(isrc.ascii()));
        }
        let pause = track.pregap.max(first);
        if pause < track.start {
            let _ = writeln!(text, "    INDEX 00 {}", time(pause - first)?);
        }
        for (index, start) in (1..).zip([track.start].iter().chain(&track.indexes)) {
            let _ = writeln!(text, "    INDEX {index:02} {}", time(*start - first)?);
        }
    }
    Ok(text)
}

/// Title and performer. The format has no escapes; who reads takes what stands between the outer quotes.
fn describe(text: &mut String, indent: &str, words: &Text) {
    for (command, words) in [("TITLE", &words.title), ("PERFORMER", &words.performer)] {
        if let Some(words) = words {
            let _ = writeln!(text, "{indent}{command} \"{words}\"");
        }
    }
}

/// The flags of a track, and the CONTROL that they tell.
fn flags(track: &TrackLayout, mode: TrackMode) -> (String, Control) {
    let mut told = mode.control();
    let mut text = String::new();
    if track.control.permits_copy() {
        told = told.with_copy(true);
        text.push_str(" DCP");
    }
    if !mode.is_data() {
        for (bit, flag) in [(8, " 4CH"), (1, " PRE")] {
            if track.control.nibble() & bit != 0 {
                told = Control::new(told.nibble() | bit);
                text.push_str(flag);
            }
        }
    }
    if track.alternate_copy {
        text.push_str(" SCMS");
    }
    (text, told)
}
