//! `rawcd image`, and sheets as images: a layout composed into a raw session.

mod frames;
mod room;

use std::fs;
use std::io::{self, Write};
use std::path::Path;
use std::process::ExitCode;

use cd_format::lead_in::Contents;
use cd_format::sub_channel::{Rules, SessionLayout};
use cd_format::{Lba, TocEntry};
use cd_image::{Composed, Layout, ReadOptions};

use crate::args::disc::Image;
use crate::burn::target;
use crate::disc::ls::count;
use crate::failure::Failure;
use crate::output;
use crate::paint::{NOTE, in_style};
pub use frames::FramesImage;
pub use room::Room;

/// Makes a raw image file of a sheet.
pub fn run(options: &Image) -> Result<ExitCode, Failure> {
    let path = &options.output;
    output::check(path, options.force)?;
    let room = match &options.after {
        Some(disc) => Room::on(&target::to_read(disc, "reference")?).map_err(Failure::drive)?,
        None => Room::ANY,
    };
    let composed = compose(&options.sheet, options.reading.options(), &room, options.appendable)?;
    let session = composed.session().clone();
    let mut image = FramesImage::new(composed);
    let failed = |error: io::Error| Failure::new(format_args!("{}: {error}", path.display()));
    let mut file = output::beside(path, ".image-").map_err(failed)?;
    io::copy(&mut image, file.as_file_mut()).map_err(failed)?;
    file.as_file().sync_all().map_err(failed)?;
    file.persist(path).map_err(|error| failed(error.error))?;
    let bytes = fs::metadata(path).map_err(failed)?.len();
    let mut out = anstream::stdout().lock();
    writeln!(
        out,
        "{}: {}, lead-in from LBA {}, lead-out at LBA {}, {bytes} bytes",
        path.display(),
        count(session.tracks.len(), "track"),
        session.lead_in,
        session.lead_out
    )?;
    Ok(ExitCode::SUCCESS)
}

/// Whether a file is a sheet or a plain ISO image, and so to be composed.
pub fn is_sheet(path: &Path) -> bool {
    let extension = path.extension().and_then(|extension| extension.to_str()).unwrap_or_default();
    ["cue", "toc", "ccd", "iso", "ron"].iter().any(|known| extension.eq_ignore_ascii_case(known))
}

/// The session that a sheet lays out, for the room that a disc has.
pub fn compose(
    sheet: &Path,
    reading: ReadOptions,
    room: &Room,
    appendable: bool,
) -> Result<Composed, Failure> {
    let mut layout = Layout::read(sheet, reading).map_err(Failure::new)?;
    if let (Some(guess), None) = (layout.encoding, reading.encoding) {
        let text = format!("{} is not UTF-8 and read as {guess}", sheet.display());
        let _ = writeln!(
            anstream::stderr(),
            "{} {text}; --sheet-encoding names another",
            in_style(NOTE, "note:")
        );
    }
    if let Some(words) = layout.text_beyond_latin_1() {
        let text = "CD-TEXT is made in ISO 8859-1, and question marks stand for what that has not, as in";
        let _ = writeln!(anstream::stderr(), "{} {text} {words:?}", in_style(NOTE, "note:"));
    }
    // Numbers run on over the disc.
    let before = room.first_track.saturating_sub(1);
    for (track, number) in layout.tracks.iter_mut().zip(room.first_track..) {
        track.number = u8::try_from(number).ok().filter(|number| *number <= 99).ok_or_else(|| {
            Failure::new(format_args!(
                "{} after {before} on the disc: a disc has at most 99 tracks",
                sheet.display()
            ))
        })?;
    }
    let place = room.place();
    let session = layout.session_layout(&place).map_err(Failure::new)?;
    let limit = room.extent.last_lead_out;
    if session.lead_out > limit {
        let place = |lba: Lba| lba.to_program_msf().map_or_else(String::new, |time| format!(" ({time})"));
        return Err(Failure::new(format_args!(
            "{}: its lead-out would begin at LBA {}{}, and on this disc it has to at LBA {limit}{} or before: \
             {} blocks too many",
            sheet.display(),
            session.lead_out,
            place(session.lead_out),
            place(limit),
            session.lead_out - limit
        )));
    }
    let toc = toc(&session, room, appendable, &layout).map_err(Failure::new)?;
    Composed::with_toc(&layout, &place, &toc, Rules::default()).map_err(Failure::new)
}

/// The entries of the session's lead-in, those that point at a next session included.
fn toc(
    session: &SessionLayout,
    room: &Room,
    appendable: bool,
    layout: &Layout,
) -> Result<Vec<TocEntry>, cd_format::lead_in::LeadInError> {
    let own = session.session(room.session, layout.disc_type);
    // Only how many there are before it decides where the next one lies.
    let sessions = vec![own; usize::from(room.session)];
    let contents = Contents { sessions: &sessions, atip: room.atip.as_ref(), appendable };
    let all = contents.full_toc()?;
    // The entries of the last session come last, A0 first.
    let start = all.iter().rposition(|entry| entry.point == cd_format::Point::A0).unwrap_or(0);
    Ok(all.into_iter().skip(start).collect())
}
