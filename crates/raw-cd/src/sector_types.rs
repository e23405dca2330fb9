//! Which sector types a drive takes: nothing but trying tells.

use crate::mode::{self, WRITE_PARAMETERS};
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
    let mut page = mode::sense(recorder, WRITE_PARAMETERS)?;
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

/// The page for a raw write: write type 3, no test write, no link; nothing after this session;
/// plain CD. BUFE, packet size, audio pause and the rest stay as they were.
fn raw_page(before: &[u8], sector_type: SectorType) -> Vec<u8> {
    const BUFE: u8 = 0x40;
    const RAW: u8 = 0x03;
    let mut page = before.to_vec();
    if let [_, _, write_type, track_mode, block_type, link_size, _, application, session_format, ..] =
        page.as_mut_slice()
    {
        *write_type = *write_type & BUFE | RAW;
        *track_mode = 0;
        *block_type = sector_type.0 as u8 & 0x0F;
        *link_size = 0;
        *application = 0;
        *session_format = 0;
    }
    page
}
