//! The Write Parameters page (05h) for a raw write.

use cd_format::Control;
use mmc_wire::block::mode::{
    DataBlockType, MultiSession, PageBody, SessionFormat, WriteParameters, WriteType,
};

use crate::{Error, Recorder, SectorType, mode};

/// Bytes that the page has to have for a raw write: up to the session format.
const LAST_BYTE_SET: usize = 8;

/// The drive's page, exactly as long as it says.
pub(crate) fn read(recorder: &Recorder) -> Result<Vec<u8>, Error> {
    let mut page = mode::sense(recorder, WriteParameters::CODE)?;
    let announced = page.get(1).map_or(0, |length| usize::from(*length) + 2);
    if announced <= LAST_BYTE_SET || page.len() < announced {
        return Err(Error::InvalidResponse {
            command: "MODE SENSE (10)",
            what: format!("page 05h has {} bytes and announces {announced}: expected 52", page.len()),
        });
    }
    page.truncate(announced);
    Ok(page)
}

/// Whether the page has buffer underrun protection (BUFE) switched on.
pub(crate) fn is_underrun_free(page: &[u8]) -> bool {
    WriteParameters::from_page(page).buffer_underrun_free
}

/// The page for a raw write of a plain CD: no test write, no link. Audio pause and the rest stay as
/// they were, and so does the page's length.
pub(crate) fn raw(
    before: &[u8],
    sector_type: SectorType,
    buffer_underrun_free: bool,
    multi_session: MultiSession,
) -> Vec<u8> {
    let before = WriteParameters::from_page(before);
    WriteParameters {
        write_type: WriteType::RAW,
        data_block_type: DataBlockType(sector_type.0 as u8),
        buffer_underrun_free,
        test_write: false,
        link_size_valid: false,
        link_size: 0,
        multi_session,
        fixed_packet: false,
        packet_size: 0,
        copy: false,
        track_mode: Control::default(),
        application_code: 0,
        session_format: SessionFormat::CD_ROM,
        ..before
    }
    .to_page()
}
