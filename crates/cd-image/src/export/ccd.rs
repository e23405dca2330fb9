//! CCD, IMG and SUB.

use core::fmt::Write as _;
use std::path::Path;

use cd_format::recorded::RecordedFrames;
use cd_format::sub_channel::interleave::deinterleave;
use cd_format::{Adr, Lba, Msf, TocEntry};

use crate::error::ImageError;
use crate::layout::TrackMode;
use crate::loss::Loss;
use crate::scan::RecordedSession;

use super::output::{self, Output};
use super::program;

/// Writes session `number` as the CCD file `path`, and sectors and sub-channels as the files of the same
/// name that end in `.img` and `.sub`.
pub fn ccd<F: RecordedFrames>(frames: &F, number: u8, path: &Path) -> Result<Vec<Loss>, ImageError> {
    let (session, others) = super::session(frames, number)?;
    let mut losses = Vec::new();
    program::areas(&session, others, &mut losses);
    program::no_texts(&session, &mut losses);
    // The sheet does not tell that a copy bit alternates. SUB shows it, but for the first pregap.
    let mut told = session.layout.clone();
    told.tracks.iter_mut().for_each(|track| track.alternate_copy = false);
    let sheet = sheet(&session)?;
    let mut image = Output::create(&path.with_extension("img"))?;
    let mut sub = Output::create(&path.with_extension("sub"))?;
    program::copy(frames, &session, &told, true, &mut losses, |_, _, main, raw| {
        image.write(main)?;
        sub.write(deinterleave(raw).as_flattened())
    })?;
    let (image, sub, sheet) = (image.finish()?, sub.finish()?, output::text(path, &sheet)?);
    image.place()?;
    sub.place()?;
    sheet.place()?;
    Ok(losses)
}

fn sheet(session: &RecordedSession) -> Result<String, ImageError> {
    let mut moved = session.layout.clone();
    let first = program::first(session);
    // An image begins at LBA 0, wherever its session lay.
    let back = |lba: &mut Lba| *lba = *lba - first.0;
    for track in &mut moved.tracks {
        back(&mut track.pregap);
        back(&mut track.start);
        track.indexes.iter_mut().for_each(back);
    }
    back(&mut moved.lead_out);
    let toc = moved.toc(session.disc_type)?;
    let mut text = String::new();
    let _ = write!(
        text,
        "[CloneCD]\nVersion=3\n[Disc]\nTocEntries={}\nSessions=1\nDataTracksScrambled=0\nCDTextLength=0\n",
        toc.len()
    );
    if let Some(mcn) = &moved.mcn {
        let _ = writeln!(text, "CATALOG={mcn}");
    }
    let mode = |n: usize| match session.mode(n) {
        TrackMode::Audio => 0,
        TrackMode::Mode2Raw => 2,
        _ => 1,
    };
    let _ = write!(text, "[Session 1]\nPreGapMode={}\nPreGapSubC=0\n", mode(0));
    for (n, entry) in toc.iter().enumerate().filter(|(_, entry)| entry.adr == Adr::POSITION) {
        write_entry(&mut text, n, entry);
    }
    for (n, track) in moved.tracks.iter().enumerate() {
        let _ = write!(text, "[TRACK {}]\nMODE={}\n", track.number, mode(n));
        if let Some(isrc) = &track.isrc {
            let _ = writeln!(text, "ISRC={}", String::from_utf8_lossy(isrc.ascii()));
        }
        let pause = track.pregap.0.max(0);
        if pause < track.start.0 {
            let _ = writeln!(text, "INDEX 0={pause}");
        }
        for (index, start) in (1..).zip([track.start].iter().chain(&track.indexes)) {
            let _ = writeln!(text, "INDEX {index}={start}");
        }
    }
    Ok(text)
}

fn write_entry(text: &mut String, n: usize, entry: &TocEntry) {
    let lba = |time: [u8; 3]| {
        let [m, s, f] = time.map(i32::from);
        (m * 60 + s) * 75 + f - Msf::default().to_program_lba().0.abs()
    };
    let ([am, asec, af], [pm, ps, pf]) = (entry.time, entry.p_time);
    let _ = write!(
        text,
        "[Entry {n}]\nSession=1\nPoint=0x{:02x}\nADR=0x{:02x}\nControl=0x{:02x}\nTrackNo=0\n\
         AMin={am}\nASec={asec}\nAFrame={af}\nALBA={}\nZero=0\nPMin={pm}\nPSec={ps}\nPFrame={pf}\nPLBA={}\n",
        entry.point.0,
        entry.adr.nibble(),
        entry.control.nibble(),
        lba(entry.time),
        lba(entry.p_time),
    );
}
