//! What the drive is told before the first sector.

use core::time::Duration;

use mmc_wire::block::mode::MultiSession;
use mmc_wire::command::SendOpcInformation;
use mmc_wire::{Sense, SenseKey};

use super::Job;
use crate::support::Raw;
use crate::{Error, HResult, MediaPolicy, mode, sense_map, write_page};

/// How long calibrating the laser may take (the erase sample's figure).
const CALIBRATION: Duration = Duration::from_secs(260);

/// Sets the Write Parameters page: the drive's own, with what a raw write needs.
///
/// | field | value |
/// |---|---|
/// | write type | raw |
/// | data block type | RequestedSectorType; a drive that refuses it (5/26) gives 060E |
/// | BUFE | unless BufferUnderrunFreeDisabled: what the CD Mastering feature (002Eh) says; without that feature as it was |
/// | multi-session | next session allowed under [`MediaPolicy::Appendable`] where the feature has RAW MS; else none. The TOC that a reader sees is the image's own |
/// | session format | CD-DA or CD-ROM |
///
/// Microsoft says nothing of the page; the fields are those that cdrdao sets, the multi-session field
/// as cdrecord passes its user's choice.
pub(super) fn set(job: &Job<'_>, raw: Raw) -> Result<(), Error> {
    let before = write_page::read(job.recorder)?;
    let protects = match raw {
        Raw::Mastering(mastering) => mastering.buffer_underrun_free,
        Raw::Unknown => write_page::is_underrun_free(&before),
    };
    let underrun_free = protects && !job.options.buffer_underrun_free_disabled;
    let multi_session = match job.policy {
        MediaPolicy::Appendable if raw.writes_several_sessions() => MultiSession::NEXT,
        MediaPolicy::Appendable | MediaPolicy::BlankOnly => MultiSession::NONE,
    };
    let sector_type = job.options.sector_type;
    let page = write_page::raw(&before, sector_type, underrun_free, multi_session);
    mode::select(job.recorder, &page).map_err(|error| match error.sense() {
        Some(Sense { key: SenseKey::ILLEGAL_REQUEST, asc: 0x26, .. }) => {
            Error::SectorTypeNotSupported(sector_type)
        }
        _ => error,
    })
}

/// Calibrates the laser. That a drive does not, or cannot tell, is no reason not to write (Microsoft's
/// erase sample ignores the failure). These are:
///
/// - the table's word for a calibration that failed at this speed,
///   `E_IMAPI_RECORDER_MEDIA_SPEED_MISMATCH`, which WriteMedia's page lists;
/// - a unit attention: a disc or a drive that is not any more what was asked before;
/// - no answer at all.
pub(super) fn calibrate(job: &Job<'_>) -> Result<(), Error> {
    let command = SendOpcInformation { do_opc: true, ..SendOpcInformation::default() };
    let Err(error) = job.recorder.order(&command, CALIBRATION) else { return Ok(()) };
    let matters = match error.sense() {
        Some(sense) => {
            let meaning = sense_map::translate(sense, 0x54);
            sense.key == SenseKey::UNIT_ATTENTION
                || (sense.key != SenseKey::RECOVERED_ERROR
                    && meaning == HResult::E_IMAPI_RECORDER_MEDIA_SPEED_MISMATCH)
        }
        None => error.is_silence() || matches!(error, Error::Locked { .. }),
    };
    if matters { Err(error) } else { Ok(()) }
}
