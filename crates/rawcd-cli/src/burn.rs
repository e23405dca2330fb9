//! `rawcd burn`: a raw image onto a disc, and back to see whether it is there.

mod agreed;
mod bar;
mod beforehand;
mod raw_image;
pub mod target;
#[cfg(test)]
mod tests;

use std::fs::File;
use std::io::Write;
use std::path::Path;
use std::process::ExitCode;
use std::sync::Arc;

use cd_format::address::PREGAP_FRAMES;
use cd_image::Composed;
use mmc_sim::Disc;
use mmc_wire::Sense;
use raw_cd::verify::Verified;
use raw_cd::{Error, MediaPolicy, RawCd, RawImage, SectorType};

use crate::args::disc::{Burn, Policy, Sectors};
use crate::consent;
use crate::device::{self, Opener};
use crate::disc::held::Held;
use crate::failure::Failure;
use crate::image::{self, FramesImage, Room};
use crate::paint::{BAD, GOOD, in_style};
use agreed::Agreed;
use raw_image::Found;
use target::Target;

/// What IMAPI calls the program that has the drive.
const CLIENT: &str = "rawcd burn";

pub fn run(options: &Burn) -> Result<ExitCode, Failure> {
    run_with(options, &device::real)
}

/// Burns with a drive that `opener` opens, where the disc is in no file. The road is one: what there is to
/// know of a disc comes from its drive.
fn run_with(options: &Burn, opener: Opener<'_>) -> Result<ExitCode, Failure> {
    let target = Target::open(&options.onto, opener)?;
    let done = onto(options, &target);
    // What is burnt is burnt, whatever came of it.
    let saved = target.save();
    let verified = done?;
    saved?;
    report(&options.image, &target, verified)
}

/// Burns a disc that is built, and keeps it if it is what the image asks for.
pub fn import(options: &Burn, disc: Disc, file: Held) -> Result<ExitCode, Failure> {
    let target = Target::of_disc(disc, file, &options.onto.personality)?;
    let verified = onto(options, &target)?;
    target.save()?;
    report(&options.image, &target, verified)
}

fn onto(options: &Burn, target: &Target) -> Result<Option<Verified>, Failure> {
    let path = &options.image;
    let writer = writer(options, target).map_err(Failure::drive)?;
    let room = Room::on(target.recorder()).map_err(Failure::drive)?;
    let source = Source::open(options, &room)?;
    let is_real = matches!(target, Target::Real { .. });
    beforehand::check(&source, &room, path, options.strict, is_real)?;
    if let Target::Real { name, .. } = target
        && !options.yes_write_this_disc
    {
        let agreed = Agreed::look(target.recorder())?;
        let told = format!(
            "{name} is {}.\nIn it: {}.\n{} will be burnt onto it. On a CD-R that cannot be undone.\n",
            agreed.drive,
            agreed.disc,
            path.display()
        );
        consent::ask(&told, "--yes-write-this-disc writes without asking")?;
        agreed.is_still_there(target.recorder())?;
    }
    let job = Job {
        sector_type: source.sector_type(),
        lead_in: source.lead_in_sectors(),
        verify: !options.no_verify,
    };
    burn(&job, &writer, &mut *source.into_image()).map_err(|error| match target {
        Target::Simulated { file, .. } if error.sense() == Some(Sense::WRITE_ERROR) => Failure::new(error)
            .hint(format!("a simulated drive says so when {} has no room", file.folder().display())),
        _ => Failure::drive(error),
    })
}

/// A writer on the drive, which has accepted the disc once: what drive and disc refuse they refuse before
/// anything is composed, and before anybody is asked.
fn writer(options: &Burn, target: &Target) -> Result<Arc<RawCd>, Error> {
    let writer = Arc::new(RawCd::new(policy(options.policy)));
    writer.set_recorder(Some(target.recorder()))?;
    writer.set_client_name(CLIENT)?;
    writer.prepare_media()?;
    writer.release_media()?;
    Ok(writer)
}

/// What to burn.
enum Source {
    /// A sheet, composed for the disc that is there.
    Sheet(Box<Composed>),
    /// A raw image as it stands.
    Image(File, Found),
}

impl Source {
    fn open(options: &Burn, room: &Room) -> Result<Self, Failure> {
        let path = &options.image;
        if image::is_sheet(path) {
            let reading = options.reading.options();
            return image::compose(path, reading, room, options.appendable)
                .map(|composed| Self::Sheet(Box::new(composed)));
        }
        let failed = |why: &dyn core::fmt::Display| Failure::new(format_args!("{}: {why}", path.display()));
        let mut file = File::open(path).map_err(|error| failed(&error))?;
        if !file.metadata().map_err(|error| failed(&error))?.is_file() {
            return Err(failed(&"expected a sheet or a raw image, seen something that is no file"));
        }
        let mut found =
            Found::in_image(&mut file, options.sector_type.map(sector_type)).map_err(|why| failed(&why))?;
        found.lead_in_sectors = options.lead_in_sectors.unwrap_or(found.lead_in_sectors);
        Ok(Self::Image(file, found))
    }

    const fn sector_type(&self) -> SectorType {
        match self {
            Self::Sheet(_) => SectorType::RAW,
            Self::Image(_, found) => found.sector_type,
        }
    }

    fn lead_in_sectors(&self) -> i32 {
        match self {
            Self::Sheet(composed) => {
                let first = composed.first();
                composed.session().program().map_or(0, |program| program + PREGAP_FRAMES - first)
            }
            Self::Image(_, found) => found.lead_in_sectors,
        }
    }

    fn into_image(self) -> Box<dyn RawImage> {
        match self {
            Self::Sheet(composed) => Box::new(FramesImage::new(*composed)),
            Self::Image(file, _) => Box::new(file),
        }
    }
}

/// How to burn.
struct Job {
    sector_type: SectorType,
    lead_in: i32,
    verify: bool,
}

fn burn(job: &Job, writer: &Arc<RawCd>, image: &mut dyn RawImage) -> Result<Option<Verified>, Error> {
    writer.prepare_media()?;
    let done = write(job, writer, image);
    let released = writer.release_media();
    let verified = done?;
    released?;
    Ok(verified)
}

/// Writes and reads back on a prepared disc.
fn write(job: &Job, writer: &Arc<RawCd>, image: &mut dyn RawImage) -> Result<Option<Verified>, Error> {
    writer.set_requested_sector_type(job.sector_type)?;
    let bar = bar::over(writer);
    stop_on_interrupt(writer);
    writer.write_media2(image, job.lead_in)?;
    let verified = job.verify.then(|| writer.verify_media(image, job.lead_in)).transpose()?;
    bar.finish_and_clear();
    Ok(verified)
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
