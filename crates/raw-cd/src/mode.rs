//! Mode pages as bytes.
//!
//! Not parsed here: whether a page is as long as it says is a question of its own to Microsoft's
//! sample, and a page that is put back is put back as it came.

use mmc_wire::command::{ModeSelect10, ModeSense10, PageControl};

use crate::{COMMAND_TIMEOUT, Error, Recorder};

/// Bytes of a mode parameter header (10).
const HEADER_BYTES: usize = 8;

/// The current values of a page, from its page code on to the end of the data: as long as the
/// page says, or not.
pub(crate) fn sense(recorder: &Recorder, page: u8) -> Result<Vec<u8>, Error> {
    // Header, a block descriptor that should not be there, and the longest page.
    const ROOM: u16 = 8 + 8 + 257;
    let command = ModeSense10 {
        no_block_descriptors: true,
        control: PageControl::CURRENT,
        page,
        allocation: ROOM,
        ..ModeSense10::default()
    };
    let mut bytes = recorder.read(&command, usize::from(ROOM), COMMAND_TIMEOUT)?;
    let invalid = |what| Error::InvalidResponse { command: "MODE SENSE (10)", what };
    let Some(header) = bytes.first_chunk::<HEADER_BYTES>() else {
        return Err(invalid(format!("{} bytes came: expected a header of {HEADER_BYTES}", bytes.len())));
    };
    let announced = usize::from(u16::from_be_bytes([header[0], header[1]])) + 2;
    let start = HEADER_BYTES + usize::from(u16::from_be_bytes([header[6], header[7]]));
    bytes.truncate(announced);
    match bytes.get(start) {
        Some(code) if code & 0x3F == page => Ok(bytes.split_off(start)),
        Some(code) => {
            Err(invalid(format!("byte {start} begins page {:02X}h: expected {page:02X}h", code & 0x3F)))
        }
        None => Err(invalid(format!("{} bytes came: expected page {page:02X}h behind {start}", bytes.len()))),
    }
}

/// Sets a page, saving nothing.
pub(crate) fn select(recorder: &Recorder, page: &[u8]) -> Result<(), Error> {
    let mut list = vec![0; HEADER_BYTES];
    list.extend(page);
    // PS, "can be saved", is reserved on the way to the drive.
    if let Some(code) = list.get_mut(HEADER_BYTES) {
        *code &= 0x3F;
    }
    let parameter_bytes = u16::try_from(list.len()).unwrap_or(u16::MAX);
    let command = ModeSelect10 { page_format: true, save: false, parameter_bytes };
    recorder.send(&command, &list, COMMAND_TIMEOUT)
}
