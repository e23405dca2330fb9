//! `rawcd image`, and sheets as images: a layout composed into a raw session.

mod frames;

use std::fs;
use std::io::{self, Write};
use std::path::Path;
use std::process::ExitCode;

use cd_format::lead_in::Contents;
use cd_format::session::next_session;
use cd_format::sub_channel::Rules;
use cd_format::{Lba, TocEntry};
use cd_image::{Composed, Layout, Place, ReadOptions};
use mmc_sim::Disc;

use crate::args::disc::Image;
use crate::disc::load;
use crate::disc::ls::count;
use crate::failure::Failure;
pub use frames::FramesImage;

/// 95:00:00, where an image begins that is for any blank disc (Microsoft: IDiscFormat2RawCD::WriteMedia).
pub const ANY_DISC: Lba = Lba(-22_650);

/// Makes a raw image file of a sheet.
pub fn run(options: &Image) -> Result<ExitCode, Failure> {
    let disc = options.after.as_deref().map(load).transpose()?;
    let composed = compose(&options.sheet, options.allow_outside, disc.as_ref(), options.appendable)?;
    let path = &options.output;
    if path.exists() && !options.force {
        return Err(
            Failure::new(format_args!("{} is there already", path.display())).hint("--force replaces it")
        );
    }
    let session = composed.session().clone();
    let mut image = FramesImage::new(composed);
    let failed = |error: io::Error| Failure::new(format_args!("{}: {error}", path.display()));
    let folder = path.parent().filter(|folder| !folder.as_os_str().is_empty()).unwrap_or(Path::new("."));
    let mut file = tempfile::NamedTempFile::new_in(folder).map_err(failed)?;
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

/// The session that a sheet lays out: the first one of any disc, or the one that follows on `disc`.
pub fn compose(
    sheet: &Path,
    allow_outside: bool,
    disc: Option<&Disc>,
    appendable: bool,
) -> Result<Composed, Failure> {
    let mut layout = Layout::read(sheet, ReadOptions { allow_outside }).map_err(Failure::new)?;
    let before = disc.map_or(0, |disc| disc.closed().len());
    let tracks = disc.map_or(0, |disc| disc.tracks().count());
    if disc.is_some_and(|disc| disc.next_lead_in().is_none()) {
        return Err(Failure::new("the disc takes no session any more"));
    }
    let place = match disc.and_then(|disc| disc.closed().last()) {
        None => Place::first(disc.and_then(Disc::next_lead_in).unwrap_or(ANY_DISC)),
        Some(last) => Place::after(&next_session(last.lead_out, u32::from(last.number))),
    };
    // Numbers run on over the disc.
    for (track, number) in layout.tracks.iter_mut().zip(tracks + 1..) {
        track.number = u8::try_from(number).ok().filter(|number| *number <= 99).ok_or_else(|| {
            Failure::new(format_args!(
                "{} after {tracks} on the disc: a disc has at most 99 tracks",
                sheet.display()
            ))
        })?;
    }
    let session = layout.session_layout(&place).map_err(Failure::new)?;
    let number = u8::try_from(before + 1).unwrap_or(u8::MAX);
    let toc = toc(&session, number, disc, appendable, &layout).map_err(Failure::new)?;
    Composed::with_toc(&layout, &place, &toc, Rules::default()).map_err(Failure::new)
}

/// The entries of the session's lead-in, those that point at a next session included.
fn toc(
    session: &cd_format::sub_channel::SessionLayout,
    number: u8,
    disc: Option<&Disc>,
    appendable: bool,
    layout: &Layout,
) -> Result<Vec<TocEntry>, cd_format::lead_in::LeadInError> {
    let own = session.session(number, layout.disc_type);
    // Only how many there are before it decides where the next one lies.
    let sessions = vec![own; usize::from(number)];
    let contents =
        Contents { sessions: &sessions, atip: disc.and_then(|disc| disc.atip.as_ref()), appendable };
    let all = contents.full_toc()?;
    // The entries of the last session come last, A0 first.
    let start = all.iter().rposition(|entry| entry.point == cd_format::Point::A0).unwrap_or(0);
    Ok(all.into_iter().skip(start).collect())
}
