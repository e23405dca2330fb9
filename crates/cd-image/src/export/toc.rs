//! BIN and TOC.

use core::fmt::Write as _;
use std::path::Path;

use cd_format::Control;
use cd_format::recorded::RecordedFrames;
use cd_format::session::DiscType;
use cd_format::sub_channel::{SessionLayout, TrackLayout};

use crate::error::ImageError;
use crate::layout::{Text, TrackMode};
use crate::loss::Loss;
use crate::scan::RecordedSession;

use super::output::{self, Output};
use super::program::{self, time};

/// Writes session `number` as the TOC file `path` and a file of the same name that ends in `.bin`: all
/// sectors with 2352 bytes, data descrambled, audio most significant byte first as the format wants it.
pub fn toc<F: RecordedFrames>(frames: &F, number: u8, path: &Path) -> Result<Vec<Loss>, ImageError> {
    let (session, others) = super::session(frames, number)?;
    let bin = path.with_extension("bin");
    let mut losses = Vec::new();
    program::areas(&session, others, &mut losses);
    let texts = program::texts(&session, &mut losses);
    let kind = kind(session.disc_type, &session);
    if kind.is_none() {
        losses.push(Loss::DiscType(session.disc_type));
    }
    let mut told = session.layout.clone();
    for (track, mode) in told.tracks.iter_mut().zip(&session.modes) {
        tell(track, *mode, &mut losses);
    }
    let sheet = sheet(&session, &told, &texts, kind.unwrap_or("CD_ROM"), &super::quoted_name(&bin)?)?;
    let mut output = Output::create(&bin)?;
    program::copy(frames, &session, &told, false, &mut losses, |_, mode, main, _| {
        if mode.is_data() {
            return output.write(main);
        }
        let mut swapped = *main;
        for pair in swapped.chunks_exact_mut(2) {
            pair.swap(0, 1);
        }
        output.write(&swapped)
    })?;
    let (data, sheet) = (output.finish()?, output::text(path, &sheet)?);
    data.place()?;
    sheet.place()?;
    Ok(losses)
}

/// The word for a disc type.
fn kind(disc_type: DiscType, session: &RecordedSession) -> Option<&'static str> {
    let audio = session.modes.iter().all(|mode| !mode.is_data());
    match disc_type {
        DiscType::CD_ROM if audio => Some("CD_DA"),
        DiscType::CD_ROM => Some("CD_ROM"),
        DiscType::CD_ROM_XA => Some("CD_ROM_XA"),
        DiscType::CD_I => Some("CD_I"),
        _ => None,
    }
}

/// Takes from a track what the format cannot tell of it.
fn tell(track: &mut TrackLayout, mode: TrackMode, losses: &mut Vec<Loss>) {
    let bits = if mode.is_data() { 0b0010 } else { 0b1011 };
    let told = Control::new(mode.control().nibble() | (track.control.nibble() & bits));
    if told != track.control {
        losses.push(Loss::Control { track: track.number, control: track.control });
        track.control = told;
    }
    if track.alternate_copy {
        losses.push(Loss::AlternateCopy(track.number));
        track.alternate_copy = false;
    }
    if mode.is_data() && track.isrc.take().is_some() {
        losses.push(Loss::Isrc(track.number));
    }
}

fn sheet(
    session: &RecordedSession,
    told: &SessionLayout,
    texts: &(Text, Vec<Text>),
    kind: &str,
    bin: &str,
) -> Result<String, ImageError> {
    let first = program::first(session);
    let mut text = format!("{kind}\n");
    if let Some(mcn) = &told.mcn {
        let _ = writeln!(text, "CATALOG \"{mcn}\"");
    }
    let all = || core::iter::once(&texts.0).chain(&texts.1);
    // What one has, all must have.
    let has = [all().any(|text| text.title.is_some()), all().any(|text| text.performer.is_some())];
    describe(&mut text, &texts.0, has, "  LANGUAGE_MAP { 0 : EN }\n");
    for (n, (track, mode)) in told.tracks.iter().zip(&session.modes).enumerate() {
        let name = match mode {
            TrackMode::Audio => "AUDIO",
            TrackMode::Mode2Raw => "MODE2_RAW",
            _ => "MODE1_RAW",
        };
        let no = |set| if set { "" } else { "NO " };
        let _ = write!(text, "\nTRACK {name}\n{}COPY\n", no(track.control.permits_copy()));
        if !mode.is_data() {
            let channels = if track.control.has_four_channels() { "FOUR" } else { "TWO" };
            let _ = write!(
                text,
                "{}PRE_EMPHASIS\n{channels}_CHANNEL_AUDIO\n",
                no(track.control.has_pre_emphasis())
            );
        }
        if let Some(isrc) = &track.isrc {
            let _ = writeln!(text, "ISRC \"{}\"", String::from_utf8_lossy(isrc.ascii()));
        }
        if let Some(words) = texts.1.get(n) {
            describe(&mut text, words, has, "");
        }
        let from = track.pregap.max(first);
        let length = time(session.end_of(n) - from)?;
        let _ = if mode.is_data() {
            writeln!(text, "DATAFILE \"{bin}\" #{} {length}", i64::from(from - first) * 2352)
        } else {
            writeln!(text, "FILE \"{bin}\" {} {length}", time(from - first)?)
        };
        if from < track.start {
            let _ = writeln!(text, "START {}", time(track.start - from)?);
        }
        for index in &track.indexes {
            let _ = writeln!(text, "INDEX {}", time(*index - track.start)?);
        }
    }
    Ok(text)
}

/// A block `CD_TEXT`, with title and performer where `has` says so.
fn describe(text: &mut String, words: &Text, has: [bool; 2], map: &str) {
    if has == [false; 2] {
        return;
    }
    let _ = write!(text, "CD_TEXT {{\n{map}  LANGUAGE 0 {{\n");
    for ((item, words), _) in [("TITLE", &words.title), ("PERFORMER", &words.performer)]
        .into_iter()
        .zip(has)
        .filter(|(_, has)| *has)
    {
        let _ = writeln!(text, "    {item} \"{}\"", escaped(words.as_deref().unwrap_or_default()));
    }
    text.push_str("  }\n}\n");
}

/// Quotes and backslashes behind a backslash, characters beyond ASCII as three octal digits.
fn escaped(text: &str) -> String {
    let mut out = String::new();
    for c in text.chars() {
        match c {
            '"' | '\\' => out.extend(['\\', c]),
            c if c.is_ascii() => out.push(c),
            c => {
                let _ = write!(out, "\\{:03o}", u32::from(c));
            }
        }
    }
    out
}
