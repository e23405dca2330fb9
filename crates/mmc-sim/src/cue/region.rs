//! Blocks that are sent alike, and the sectors that the drive makes of them.

use cd_format::sector::build::{self, Form2Edc, HeaderAddress, protect};
use cd_format::sector::scramble::scramble;
use cd_format::sector::{
    AFTER_HEADER, AFTER_SUB_HEADER, HEADER, SECTOR_LEN, SYNC, Sector, SectorMode, SubHeader,
};
use cd_format::{Bcd, Lba};
use mmc_wire::block::cue_sheet::{MainForm, Sent, SubForm};

/// Blocks of one data form.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) struct Region {
    /// The first.
    pub start: Lba,
    /// The one behind the last.
    pub end: Lba,
    /// What is sent of the main channel.
    pub main: MainForm,
    /// What is sent of the sub-channel.
    pub sub: SubForm,
}

impl Region {
    /// Bytes that the host sends of a block; 0 when the drive makes it alone.
    pub const fn block_bytes(&self) -> usize {
        self.main.bytes() + self.sub.bytes()
    }

    /// The sector at `lba` as it is recorded, of the main channel's bytes of a block.
    pub fn sector(&self, lba: Lba, sent: &[u8]) -> Sector {
        let mut sector = [0; SECTOR_LEN];
        match self.main {
            MainForm::Audio(_) => copy(&mut sector, sent),
            MainForm::Mode1(kind) => {
                match kind {
                    Sent::User => copy(&mut sector[AFTER_HEADER..], sent),
                    Sent::Sector => copy(&mut sector, sent),
                    Sent::UserIgnored | Sent::SectorIgnored | Sent::Nothing => {}
                }
                head(&mut sector, lba, 1);
                protect(&mut sector, SectorMode::Mode1);
            }
            MainForm::Xa(kind @ (Sent::User | Sent::Sector)) => {
                match kind {
                    Sent::User => copy(&mut sector[AFTER_HEADER..], sent),
                    _ => copy(&mut sector, sent),
                }
                head(&mut sector, lba, 2);
                // The first copy of the sub-header says which form.
                let form_2 = sector[AFTER_HEADER + 2] & SubHeader::FORM_2 != 0;
                protect(&mut sector, if form_2 { SectorMode::Mode2Form2 } else { SectorMode::Mode2Form1 });
            }
            MainForm::Xa(_) => {
                let nothing = [0; SECTOR_LEN - AFTER_SUB_HEADER - 4];
                build::form2(&mut sector, address(lba), SubHeader::default(), &nothing, Form2Edc::Computed);
            }
            MainForm::Mode2(kind) => {
                match kind {
                    Sent::User => copy(&mut sector[AFTER_HEADER..], sent),
                    Sent::Sector => copy(&mut sector, sent),
                    Sent::UserIgnored | Sent::SectorIgnored | Sent::Nothing => {}
                }
                head(&mut sector, lba, 2);
            }
        }
        if self.main.is_data() {
            scramble(&mut sector);
        }
        sector
    }
}

fn copy(to: &mut [u8], from: &[u8]) {
    for (to, from) in to.iter_mut().zip(from) {
        *to = *from;
    }
}

/// Sync and header, whatever the host has sent in their place.
fn head(sector: &mut Sector, lba: Lba, mode: u8) {
    let [m, s, f] = address(lba).to_bytes();
    copy(sector, &SYNC);
    copy(&mut sector[HEADER..], &[m, s, f, mode]);
}

/// The header's time: from the program area on the clock runs to 99:59:74.
fn address(lba: Lba) -> HeaderAddress {
    let time = if lba >= Lba(-150) { lba.to_program_msf() } else { lba.to_msf() };
    let [m, s, f] = time.map_or([0; 3], |time| time.fields());
    let bcd = |n| Bcd::encode(n).map_or(0, Bcd::byte);
    HeaderAddress::from_bytes([bcd(m), bcd(s), bcd(f)])
}
