//! `rawcd burn`: a raw image onto a disc, and back to see whether it is there.

mod consent;
mod raw_image;
pub mod target;

use std::fs::File;
use std::io::Write;
use std::path::Path;
use std::process::ExitCode;
use std::sync::Arc;

use indicatif::{ProgressBar, ProgressStyle};
use raw_cd::verify::Verified;
use raw_cd::{Error, MediaPolicy, RawCd, RawImage, SectorType, WriteAction};

use crate::args::disc::{Burn, Policy, Sectors};
use crate::failure::Failure;
use crate::image::FramesImage;
use crate::paint::{BAD, GOOD, in_style};
use raw_image::Found;
use target::Target;

/// What IMAPI calls the program that has the drive.
const CLIENT: &str = "rawcd burn";

pub fn run(options: &Burn) -> Result<ExitCode, Failure> {
    let path = &options.image;
    let target = Target::open(&options.onto)?;
    let mut source = Source::open(options, &target)?;
    if let Target::Real { name, .. } = &target
        && !options.yes_write_this_disc
    {
        consent::ask(&target, name, path)?;
    }
    let job = Job {
        policy: policy(options.policy),
        sector_type: source.sector_type,
        lead_in: source.lead_in_sectors,
        verify: !options.no_verify,
    };
    let done = burn(&job, &target, &mut *source.image);
    // What is burnt is burnt, whatever came of it.
    let saved = target.save();
    let verified = done.map_err(|error| {
        Failure::new(&error).hint(match error.sense() {
            Some(sense) => format!("`rawcd explain {sense}` tells what the drive means"),
            None => format!("`rawcd explain {}` tells what the error means", error.hresult()),
        })
    })?;
    saved?;
    report(path, &target, verified)
}

/// What to burn.
struct Source {
    image: Box<dyn RawImage>,
    sector_type: SectorType,
    lead_in_sectors: i32,
}

impl Source {
    /// A raw image as it stands, or a sheet composed for the disc that is there.
    fn open(options: &Burn, target: &Target) -> Result<Self, Failure> {
        let path = &options.image;
        if crate::image::is_sheet(path) {
            let disc = target.disc();
            let composed =
                crate::image::compose(path, options.allow_outside, disc.as_ref(), options.appendable)?;
            let program = composed.session().tracks.first().map_or(composed.first(), |track| track.start);
            let lead_in_sectors = program - composed.first();
            let image = Box::new(FramesImage::new(composed));
            return Ok(Self { image, sector_type: SectorType::RAW, lead_in_sectors });
        }
        let failed = |why: &dyn core::fmt::Display| Failure::new(format_args!("{}: {why}", path.display()));
        let mut file = File::open(path).map_err(|error| failed(&error))?;
        let found =
            Found::in_image(&mut file, options.sector_type.map(sector_type)).map_err(|why| failed(&why))?;
        let lead_in_sectors = options.lead_in_sectors.unwrap_or(found.lead_in_sectors);
        Ok(Self { image: Box::new(file), sector_type: found.sector_type, lead_in_sectors })
    }
}

/// How to burn.
struct Job {
    policy: MediaPolicy,
    sector_type: SectorType,
    lead_in: i32,
    verify: bool,
}

fn burn(job: &Job, target: &Target, image: &mut dyn RawImage) -> Result<Option<Verified>, Error> {
    let recorder = target.recorder();
    let writer = Arc::new(RawCd::new(job.policy));
    writer.set_recorder(Some(recorder))?;
    writer.set_client_name(CLIENT)?;
    writer.prepare_media()?;
    let done = write(job, &writer, image);
    let released = writer.release_media();
    let verified = done?;
    released?;
    Ok(verified)
}

/// Writes and reads back on a prepared disc.
fn write(job: &Job, writer: &Arc<RawCd>, image: &mut dyn RawImage) -> Result<Option<Verified>, Error> {
    writer.set_requested_sector_type(job.sector_type)?;
    let bar = progress(writer);
    stop_on_interrupt(writer);
    writer.write_media2(image, job.lead_in)?;
    let verified = job.verify.then(|| writer.verify_media(image, job.lead_in)).transpose()?;
    bar.finish_and_clear();
    Ok(verified)
}

/// A bar on a terminal, and nothing elsewhere.
fn progress(writer: &RawCd) -> ProgressBar {
    let bar = ProgressBar::new(0);
    if let Ok(style) = ProgressStyle::with_template("{msg:9} [{bar:40}] {percent:>3} %  {prefix}  {eta}") {
        bar.set_style(style.progress_chars("=> "));
    }
    let shown = bar.clone();
    writer.on_update(move |_, progress| {
        let doing = match progress.action {
            WriteAction::PREPARING => "preparing",
            WriteAction::WRITING => "writing",
            WriteAction::FINISHING => "finishing",
            _ => "verifying",
        };
        let done = progress.last_written_lba - progress.start_lba;
        let seconds = progress.elapsed.as_secs_f64();
        let speed = if seconds > 0.0 { f64::from(done.max(0)) / seconds / 75.0 } else { 0.0 };
        let (used, all) = (progress.used_system_buffer, progress.total_system_buffer.max(1));
        shown.set_length(progress.sector_count.into());
        shown.set_position(u64::try_from(done).unwrap_or(0));
        shown.set_message(doing);
        shown.set_prefix(format!("{speed:.1}x  buffer {} %", u64::from(used) * 100 / u64::from(all)));
    });
    bar
}

/// The first Ctrl-C cancels the write, so that the drive is left in order.
fn stop_on_interrupt(writer: &Arc<RawCd>) {
    let writer = Arc::downgrade(writer);
    // There is a handler already only when somebody else wants it so.
    let _ = ctrlc::set_handler(move || {
        if let Some(writer) = writer.upgrade()
            && writer.cancel_write().is_err()
        {
            std::process::exit(130);
        }
    });
}

fn report(image: &Path, target: &Target, verified: Option<Verified>) -> Result<ExitCode, Failure> {
    let mut out = anstream::stdout().lock();
    writeln!(out, "{} {} onto {}", in_style(GOOD, "burnt"), image.display(), target.name())?;
    let Some(verified) = verified else {
        writeln!(out, "not verified: what is on the disc nobody has looked at")?;
        return Ok(ExitCode::SUCCESS);
    };
    writeln!(
        out,
        "{} {} user sectors equal, Q of {} equal, {} unreadable, table of contents {}",
        in_style(GOOD, "verified"),
        verified.sectors,
        verified.q_equal,
        verified.q_unreadable,
        if verified.toc { "equal" } else { "not given" }
    )?;
    if verified.rw_different > 0 {
        writeln!(out, "{} R to W of {} sectors differ", in_style(BAD, "but"), verified.rw_different)?;
        return Ok(ExitCode::FAILURE);
    }
    Ok(ExitCode::SUCCESS)
}

const fn policy(policy: Policy) -> MediaPolicy {
    match policy {
        Policy::BlankOnly => MediaPolicy::BlankOnly,
        Policy::Appendable => MediaPolicy::Appendable,
    }
}

pub const fn sector_type(sectors: Sectors) -> SectorType {
    match sectors {
        Sectors::PqOnly => SectorType::PQ_ONLY,
        Sectors::Cooked => SectorType::COOKED,
        Sectors::Raw => SectorType::RAW,
    }
}
