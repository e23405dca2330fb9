//! WriteMedia and WriteMedia2.
//!
//! First the checks, in this order; the first that fails is the answer:
//!
//! | check | else |
//! |---|---|
//! | no write is running | 0600 |
//! | prepared | 0602 |
//! | `streamLeadInSectors` is not negative | `E_INVALIDARG` |
//! | the stream tells its size, which is a whole number of sectors and not 0 | the stream's own, 060D |
//! | the disc is still what PrepareMedia took | 0606 |
//! | the stream has the lead-in sectors that this disc needs | 060F |
//! | the stream is longer than what is skipped of it | 060D |
//! | what remains fits on the disc with its lead-out | 0609 |
//! | the drive takes the requested sector type | 060E |
//!
//! Then the write, in this order:
//!
//! 1. The image is put at the first sector to record, by seeking, or by reading where it cannot seek.
//! 2. MODE SELECT with the drive's own Write Parameters page, set for raw; SEND OPC INFORMATION.
//! 3. WRITE (10) from StartOfNextSession upwards without a gap, in transfers as long as the recorder
//!    allows. What 2/04/07 and 2/04/08 refuse for lack of room is sent again as it was, after a wait;
//!    any other sense ends the write.
//! 4. SYNCHRONIZE CACHE, then questions until the drive is ready.
//!
//! Whatever ends a write that has begun, CancelWrite included, the drive is told to empty its buffer,
//! so that it is left ready, and the object prepared.
//!
//! | sense of a WRITE | becomes |
//! |---|---|
//! | 2/04/07, 2/04/08 | a wait; after 260 s `E_IMAPI_RECORDER_MEDIA_BUSY` |
//! | key 1 (recovered) | success: the command is done (SPC "Sense key definitions") |
//! | 3/0C/09 | `E_IMAPI_LOSS_OF_STREAMING`; of SYNCHRONIZE CACHE success |
//! | other with a row in [`sense_map::TABLE`](crate::sense_map::TABLE) | that row's |
//! | without | `E_IMAPI_UNEXPECTED_RESPONSE_FROM_DEVICE` ([`sense_map::WRITING`](crate::sense_map::WRITING)) |
//!
//! # Events
//!
//! [`RawCd::on_update`](crate::RawCd::on_update) names who is told, on the thread that is inside
//! WriteMedia: PREPARING once the checks are passed; WRITING before the first sector, every half
//! second, and after the last; FINISHING before, during and after the flush (Microsoft:
//! DWriteEngine2Events::Update has once before, every half second, once after). A write that fails or
//! is cancelled while sectors are sent ends with FINISHING too. Time is the recorder's [`Clock`](crate::Clock).
//!
//! # Arguments
//!
//! `streamLeadInSectors` counts the sectors of the stream before the session's first user sector, the
//! 150 of the pregap among them: the IDL has 5 * 60 * 75 + 150 = 22650 for a stream that begins at
//! 95:00:00. On a blank disc the stream's first sector is so LBA -`streamLeadInSectors`. For later
//! sessions, of which Microsoft says nothing, the same rule is kept: their lead-in has 4500 sectors.
//!
//! The order is that of the pages where they show one (Microsoft: IDiscFormat2RawCD::WriteMedia,
//! return values); the rest is inference, and so is the test for space, since the stream does not say
//! where its lead-out begins: it may end where the last possible lead-out ends.

mod finish;
mod left;
mod parameters;
mod record;
mod report;
mod source;

use core::sync::atomic::{AtomicBool, Ordering};

pub use left::Left;
pub(crate) use report::Reporter;
pub(crate) use source::Source;

use crate::format::{Options, Underway};
use crate::media::Media;
use crate::next_session::{self, Extent};
use crate::prepare::Found;
use crate::recorder::HeedNews;
use crate::{Error, MediaPolicy, RawCd, RawImage, Recorder, SectorType, WriteAction, speeds};
use record::Plan;

/// Sectors before the first user sector in a stream that begins at 95:00:00.
pub const STANDARD_LEAD_IN_SECTORS: i32 = 22_650;

/// One call of WriteMedia2.
pub(crate) struct Job<'a> {
    pub object: &'a RawCd,
    pub recorder: &'a Recorder,
    pub found: &'a Found,
    pub policy: MediaPolicy,
    pub options: Options,
    pub lead_in_sectors: i32,
    pub cancelled: &'a AtomicBool,
}

impl Job<'_> {
    pub(crate) fn is_cancelled(&self) -> bool {
        self.cancelled.load(Ordering::Relaxed)
    }
}

/// An image, as its size shows it.
pub(crate) struct Stream {
    bytes: u64,
    sectors: i64,
    sector_bytes: u32,
    lead_in_sectors: i64,
}

/// Which part of an image goes to the disc.
#[derive(Clone, Copy, Debug)]
pub(crate) struct Part {
    /// Sectors at its start that the disc has no room for.
    pub skip: i64,
    /// Sectors behind them.
    pub sectors: u32,
    pub sector_bytes: usize,
}

impl Stream {
    pub fn of(
        sector_type: SectorType,
        stream_lead_in_sectors: i32,
        image: &mut dyn RawImage,
    ) -> Result<Self, Error> {
        let lead_in_sectors = lead_in_sectors(stream_lead_in_sectors)?;
        let sector_bytes = sector_type.sector_bytes().ok_or(Error::SectorTypeNotSupported(sector_type))?;
        let bytes = image.bytes()?;
        let sectors = whole_sectors(bytes, sector_bytes)?;
        Ok(Self { bytes, sectors, sector_bytes, lead_in_sectors })
    }

    /// What of it this disc takes: from the start of the disc's lead-in on.
    pub fn part(&self, extent: &Extent) -> Result<Part, Error> {
        let Self { bytes, sectors, sector_bytes, lead_in_sectors } = *self;
        let skip = sectors_to_skip(extent, lead_in_sectors)?;
        if sectors <= skip {
            let expected = format!("more than {skip} sectors of {sector_bytes}, which are skipped");
            return Err(Error::StreamNotSupported { bytes, expected });
        }
        fits(extent, sectors, lead_in_sectors)?;
        let sectors = u32::try_from(sectors - skip).unwrap_or(u32::MAX);
        Ok(Part { skip, sectors, sector_bytes: sector_bytes as usize })
    }
}

impl Part {
    /// Bytes of the image before the first sector to record.
    pub fn skip_bytes(&self) -> u64 {
        u64::try_from(self.skip).unwrap_or(0).saturating_mul(self.sector_bytes as u64)
    }
}

pub(crate) fn write(job: &Job<'_>, image: &mut dyn RawImage) -> Result<(), Error> {
    let sector_type = job.options.sector_type;
    let stream = Stream::of(sector_type, job.lead_in_sectors, image)?;
    let _news = HeedNews::of(job.recorder);
    let media = Media::read(job.recorder)?;
    media.check(job.policy)?;
    unchanged(job, &media)?;
    let part = stream.part(&job.found.extent)?;
    if !job.found.sector_types.contains(&sector_type) {
        return Err(Error::SectorTypeNotSupported(sector_type));
    }
    perform(job, part, &media, image)
}

/// The write itself.
fn perform(job: &Job<'_>, part: Part, media: &Media, image: &mut dyn RawImage) -> Result<(), Error> {
    let speed = speeds::current(job.recorder);
    let plan = Plan {
        start: job.found.extent.start,
        sectors: part.sectors,
        sector_bytes: part.sector_bytes,
        blocks: Plan::blocks(job.recorder, part.sector_bytes, part.sectors),
        sectors_per_second: speed.as_ref().map_or(0, |speed| speed.sectors_per_second()),
    };
    job.object.set_underway(Underway {
        media_type: media.media_type,
        current: speed,
        offered: speeds::offered(job.recorder),
    });
    let buffer_bytes = usize::from(plan.blocks) * plan.sector_bytes;
    let clock = job.recorder.clock();
    let mut reporter = Reporter::new(job.object, clock, plan.start, plan.sectors, buffer_bytes);
    reporter.expect_speed(plan.sectors_per_second);
    reporter.tell(WriteAction::PREPARING);
    record::cancelled(job, &plan, &reporter)?;
    let stopped = Error::Cancelled { written: 0, of: plan.sectors, left: Left::Nothing };
    let mut source = Source::at(image, part.skip_bytes(), &mut || !job.is_cancelled())?.ok_or(stopped)?;
    parameters::set(job, media.raw()?)?;
    record::cancelled(job, &plan, &reporter)?;
    parameters::calibrate(job)?;
    reporter.tell(WriteAction::WRITING);

    let session = OpenSession { recorder: job.recorder, open: true };
    let recorded = record::record(job, &plan, &mut source, &mut reporter);
    if recorded.is_ok() {
        reporter.tell(WriteAction::WRITING);
    }
    reporter.tell(WriteAction::FINISHING);
    let finished = match &recorded {
        // Nobody there to be told.
        Err(error) if error.is_silence() => session.abandon(),
        _ => session.finish(|| reporter.pace(WriteAction::FINISHING)),
    };
    reporter.tell(WriteAction::FINISHING);
    let result = recorded.and(finished).and_then(|()| record::cancelled(job, &plan, &reporter));
    result.map_err(|error| left::named(job.recorder, error))
}

/// A recording that has begun. If nothing else ends it, a panic in an event or an image, the drive is
/// told when this goes.
struct OpenSession<'a> {
    recorder: &'a Recorder,
    open: bool,
}

impl OpenSession<'_> {
    fn finish(mut self, meanwhile: impl FnMut()) -> Result<(), Error> {
        let result = finish::finish(self.recorder, meanwhile);
        self.open = false;
        result
    }

    fn abandon(mut self) -> Result<(), Error> {
        self.open = false;
        Ok(())
    }
}

impl Drop for OpenSession<'_> {
    fn drop(&mut self) {
        if self.open {
            let _ = finish::finish(self.recorder, || {});
        }
    }
}

/// Whether the next session is still where PrepareMedia found it: on a disc that takes several
/// sessions, a write on the same prepare has moved it.
fn unchanged(job: &Job<'_>, media: &Media) -> Result<(), Error> {
    let now = next_session::extent(job.recorder, &media.information)?;
    let then = job.found.extent;
    if now == then {
        return Ok(());
    }
    let (was, is) = (then.start, now.start);
    let found = format!("the next session starts at LBA {is}, and at {was} when the disc was prepared");
    Err(Error::MediaNotBlank { found })
}

fn lead_in_sectors(given: i32) -> Result<i64, Error> {
    match given {
        0.. => Ok(given.into()),
        _ => Err(Error::InvalidArgument {
            argument: "streamLeadInSectors",
            given: given.into(),
            expected: "a number of sectors, 0 or more",
        }),
    }
}

/// Sectors of a stream; it has to have some.
fn whole_sectors(bytes: u64, sector_bytes: u32) -> Result<i64, Error> {
    let whole = bytes.is_multiple_of(sector_bytes.into()) && bytes > 0;
    match i64::try_from(bytes / u64::from(sector_bytes)) {
        Ok(sectors) if whole => Ok(sectors),
        _ => Err(Error::StreamNotSupported {
            bytes,
            expected: format!("a multiple of {sector_bytes}, and not 0"),
        }),
    }
}

/// Sectors at the start of the stream that this disc has no room for: its lead-in is shorter.
fn sectors_to_skip(extent: &Extent, given: i64) -> Result<i64, Error> {
    let needed = extent.lead_in_sectors();
    if given < needed { Err(Error::LeadInTooShort { given, needed }) } else { Ok(given - needed) }
}

/// Whether the stream ends no later than a lead-out at the last possible place would.
fn fits(extent: &Extent, sectors: i64, lead_in_sectors: i64) -> Result<(), Error> {
    let end = i64::from(extent.first_user.0).saturating_add(sectors).saturating_sub(lead_in_sectors);
    let limit = extent.end();
    if end > limit { Err(Error::NotEnoughSpace { end, limit }) } else { Ok(()) }
}
