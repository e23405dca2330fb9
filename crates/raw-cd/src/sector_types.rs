//! Which sector types a drive takes: nothing but trying tells.

use cd_format::Control;
use mmc_wire::block::mode::{
    DataBlockType, MultiSession, PageBody, SessionFormat, WriteParameters, WriteType,
};

use crate::mode;
use crate::{Error, Recorder, SectorType};

/// Bytes that a Write Parameters page has to have for a raw write: up to the session format.
const LAST_BYTE_SET: usize = 8;

/// Tries MODE SELECT with each data block type of raw writing, then puts the page back.
///
/// What may fail and still be an answer is the refusal (key ILLEGAL REQUEST). A drive may also
/// refuse its own page from before, where its defaults are not legal for CD (Pioneer's link size is
/// one for DVD); the last page tried then stays until something is written.
pub(crate) fn supported(recorder: &Recorder) -> Result<Vec<SectorType>, Error> {
    let before = page(recorder)?;
    let mut types = Vec::new();
    let mut failed = None;
    for sector_type in SectorType::ALL {
        match mode::select(recorder, &raw_page(&before, sector_type)) {
            Ok(()) => types.push(sector_type),
            Err(error) if error.is_refusal() => {}
            Err(error) => {
                failed = Some(error);
                break;
            }
        }
    }
    let restored = mode::select(recorder, &before);
    match (failed, restored) {
        (Some(error), _) => Err(error),
        (None, Err(error)) if !error.is_refusal() => Err(error),
        (None, _) => Ok(types),
    }
}

/// The drive's Write Parameters page, exactly as long as it says.
fn page(recorder: &Recorder) -> Result<Vec<u8>, Error> {
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

/// The page for a raw write: no test write, no link, nothing after this session, plain CD. BUFE,
/// audio pause and the rest stay as they were, and so does the page's length.
fn raw_page(before: &[u8], sector_type: SectorType) -> Vec<u8> {
    let before = WriteParameters::from_page(before);
    WriteParameters {
        write_type: WriteType::RAW,
        data_block_type: DataBlockType(sector_type.0 as u8),
        test_write: false,
        link_size_valid: false,
        link_size: 0,
        multi_session: MultiSession::NONE,
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
