//! The settings of a drive that cases change, and how they were found.

use core::time::Duration;

use mmc_wire::command::{
    ModeSelect10, ModeSense10, PageControl, PreventAllowMediumRemoval, SetCdSpeed, StartStopUnit,
};
use scsi_transport::{CommandError, Data, Transport, TransportExt};

const TIMEOUT: Duration = Duration::from_secs(60);

/// Of MODE SENSE (10) and MODE SELECT (10).
const HEADER: usize = 8;
const WRITE_PARAMETERS: u8 = 0x05;
/// More than any drive has of the write parameters page.
const ROOM: u16 = 256;

/// What was set before the first case that writes.
pub struct Settings {
    /// The write parameters page, if the drive told it.
    page: Option<Vec<u8>>,
}

impl Settings {
    /// Asks the drive.
    pub fn read(drive: &mut dyn Transport) -> Self {
        let ask = ModeSense10 {
            no_block_descriptors: true,
            control: PageControl::CURRENT,
            page: WRITE_PARAMETERS,
            allocation: ROOM,
            ..ModeSense10::default()
        };
        let mut room = [0; ROOM as usize];
        let told = drive.run(&ask, Data::In(&mut room), TIMEOUT).ok();
        Self { page: told.and_then(|told| page(room.get(..told.transferred)?)) }
    }

    /// Unlocks the tray, spins the disc up, sets the speed free and the page as it was. Drives that refuse one of
    /// these are left as they are.
    pub fn restore(&self, drive: &mut dyn Transport) {
        let _ = drive.order(&PreventAllowMediumRemoval::default(), TIMEOUT);
        let _ = drive.order(&StartStopUnit { start: true, ..StartStopUnit::default() }, TIMEOUT);
        let fastest = SetCdSpeed { read_speed: 0xFFFF, write_speed: 0xFFFF, ..SetCdSpeed::default() };
        let _ = drive.order(&fastest, TIMEOUT);
        if let Some(page) = &self.page {
            let _ = select(drive, page);
        }
    }

    /// The write parameters page.
    pub fn page(&self) -> Option<&[u8]> {
        self.page.as_deref()
    }
}

/// Sets a page until the power goes.
pub fn select(drive: &mut dyn Transport, page: &[u8]) -> Result<(), CommandError> {
    let list = [&[0; HEADER][..], page].concat();
    let parameter_bytes = u16::try_from(list.len()).unwrap_or(0);
    let select = ModeSelect10 { page_format: true, parameter_bytes, ..ModeSelect10::default() };
    drive.send(&select, &list, TIMEOUT)
}

/// The page in a reply to MODE SENSE (10), as MODE SELECT takes it: PS is reserved there (SPC "Mode page and
/// subpage formats and page codes").
fn page(reply: &[u8]) -> Option<Vec<u8>> {
    let descriptors = usize::from(u16::from_be_bytes([*reply.get(6)?, *reply.get(7)?]));
    let page = reply.get(HEADER + descriptors..)?;
    let length = usize::from(*page.get(1)?) + 2;
    let mut page = page.get(..length)?.to_vec();
    let code = page.first_mut()?;
    *code &= 0x3F;
    (*code == WRITE_PARAMETERS).then_some(page)
}
