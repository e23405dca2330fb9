//! WriteMedia and WriteMedia2: everything that comes before the first sector.
//!
//! The checks, in this order; the first that fails is the answer:
//!
//! | check | else |
//! |---|---|
//! | no write is running | 0600 |
//! | prepared | 0602 |
//! | `streamLeadInSectors` is not negative | `E_INVALIDARG` |
//! | the stream tells its size, which is a whole number of sectors and not 0 | the stream's own, 060D |
//! | the disc is still what PrepareMedia takes | 0606 |
//! | the stream has the lead-in sectors that this disc needs | 060F |
//! | the stream is longer than what is skipped of it | 060D |
//! | what remains fits on the disc with its lead-out | 0609 |
//! | the drive takes the requested sector type | 060E |
//!
//! Then the stream is put at the first sector to record, by seeking, or by reading where it cannot
//! seek. **This version ends there** with [`Error::NotImplemented`] (`E_NOTIMPL`): it records nothing.
//!
//! `streamLeadInSectors` counts the sectors of the stream before the session's first user sector, the 150
//! of the pregap among them: the IDL has 5 * 60 * 75 + 150 = 22650 for a stream that begins at
//! 95:00:00. On a blank disc the stream's first sector is so LBA -`streamLeadInSectors`. For later sessions,
//! of which Microsoft says nothing, the same rule is kept: their lead-in has 4500 sectors.
//!
//! The order is that of the pages where they show one (Microsoft: IDiscFormat2RawCD::WriteMedia,
//! return values); the rest is inference, and so is the test for space, since the stream does not say where
//! its lead-out begins: it may end where the last possible lead-out ends.

use core::sync::atomic::{AtomicBool, Ordering};

use crate::format::Options;
use crate::media::Media;
use crate::next_session::Extent;
use crate::prepare::Found;
use crate::{Error, ImageError, MediaPolicy, RawImage, Recorder};

/// Sectors before the first user sector in a stream that begins at 95:00:00.
pub const STANDARD_LEAD_IN_SECTORS: i32 = 22_650;

/// One call of WriteMedia2.
pub(crate) struct Job<'a> {
    pub recorder: &'a Recorder,
    pub found: &'a Found,
    pub policy: MediaPolicy,
    pub options: Options,
    pub lead_in_sectors: i32,
    pub cancelled: &'a AtomicBool,
}

pub(crate) fn write(job: &Job<'_>, image: &mut dyn RawImage) -> Result<(), Error> {
    let lead_in_sectors = i64::from(job.lead_in_sectors);
    if lead_in_sectors < 0 {
        return Err(Error::InvalidArgument {
            argument: "streamLeadInSectors",
            given: lead_in_sectors,
            expected: "a number of sectors, 0 or more",
        });
    }
    let sector_type = job.options.sector_type;
    let Some(sector_bytes) = sector_type.sector_bytes() else {
        return Err(Error::SectorTypeNotSupported(sector_type));
    };
    let bytes = image.bytes()?;
    let sectors = whole_sectors(bytes, sector_bytes)?;
    Media::read(job.recorder)?.check(job.policy)?;
    let skip = sectors_to_skip(&job.found.extent, lead_in_sectors)?;
    if sectors <= skip {
        let expected = format!("more than {skip} sectors of {sector_bytes}, which are skipped");
        return Err(Error::StreamNotSupported { bytes, expected });
    }
    fits(&job.found.extent, sectors, lead_in_sectors)?;
    if !job.found.sector_types.contains(&sector_type) {
        return Err(Error::SectorTypeNotSupported(sector_type));
    }
    position(image, skip, sector_bytes, job.cancelled)?;
    Err(Error::NotImplemented)
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

/// Puts the stream at sector `skip`, by seeking, else by reading from where it stands (Microsoft:
/// IDiscFormat2RawCD::WriteMedia, remarks).
fn position(
    image: &mut dyn RawImage,
    skip: i64,
    sector_bytes: u32,
    cancelled: &AtomicBool,
) -> Result<(), Error> {
    let mut left = u64::try_from(skip).unwrap_or(0).saturating_mul(sector_bytes.into());
    if image.seek_to(left).is_ok() {
        return Ok(());
    }
    let mut buffer = [0; 64 * 1024];
    while left > 0 {
        if cancelled.load(Ordering::Relaxed) {
            return Err(Error::Cancelled);
        }
        let room = usize::try_from(left).unwrap_or(usize::MAX).min(buffer.len());
        match image.read_some(&mut buffer[..room])?.min(room) {
            0 => {
                return Err(Error::Image(ImageError {
                    hresult: crate::HResult::E_FAIL,
                    text: format!("it ends {left} bytes before the first sector to record"),
                }));
            }
            got => left -= got as u64,
        }
    }
    Ok(())
}
