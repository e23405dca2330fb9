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

#[cfg(test)]
mod tests {
    use cd_format::sector::{EdcState, classify};
    use mmc_wire::block::cue_sheet::DataForm;

    use super::*;

    fn region(form: u8) -> Region {
        let form = DataForm(form);
        let (main, sub) = (form.main().unwrap(), form.sub_channel().unwrap());
        Region { start: Lba(0), end: Lba(1), main, sub }
    }

    /// The sector as a reader sees it.
    fn read(form: u8, lba: i32, sent: &[u8]) -> Sector {
        let region = region(form);
        assert_eq!(region.main.bytes(), sent.len(), "{form:02X}");
        let mut sector = region.sector(Lba(lba), sent);
        if region.main.is_data() {
            scramble(&mut sector);
        }
        sector
    }

    /// Sync, 00:02:16 and the mode (ECMA-130 14).
    const fn head_at_16(mode: u8) -> [u8; 16] {
        [0, 255, 255, 255, 255, 255, 255, 255, 255, 255, 255, 0, 0x00, 0x02, 0x16, mode]
    }

    #[test]
    fn sound_is_as_sent_or_silence() {
        assert_eq!(read(0x00, 16, &[0xA5; 2352]), [0xA5; 2352]);
        assert_eq!(read(0x01, 16, &[]), [0; 2352]);
    }

    #[test]
    fn mode_1_gets_header_and_codes() {
        let user = read(0x10, 16, &[0xA5; 2048]);
        assert_eq!((&user[..16], &user[16..2064]), (&head_at_16(1)[..], &[0xA5; 2048][..]));
        assert_eq!(classify(&user).edc, EdcState::Good);
        // Of a whole sector the user data counts, whatever is around it.
        assert_eq!(read(0x11, 16, &[0xA5; 2352]), user);
        let mut wrong = user;
        for byte in wrong[..16].iter_mut() {
            *byte ^= 0x55;
        }
        assert_eq!(read(0x11, 16, &wrong), user);
    }

    #[test]
    fn what_is_overlooked_is_what_the_drive_makes_itself() {
        for (made, alike) in [(0x14, [0x12, 0x13]), (0x24, [0x22, 0x23]), (0x34, [0x32, 0x33])] {
            let made = read(made, 16, &[]);
            assert!(made[16..24] == [0, 0, 0x20, 0, 0, 0, 0x20, 0] || made[16..24] == [0; 8]);
            for form in alike {
                assert_eq!(read(form, 16, &vec![0xA5; region(form).main.bytes()]), made, "{form:02X}");
            }
        }
    }

    /// Sub-mode bit 5 says which form (CD-ROM XA).
    #[test]
    fn a_sector_of_xa_has_the_form_of_its_sub_header() {
        for (submode, mode) in [(0x08, SectorMode::Mode2Form1), (0x28, SectorMode::Mode2Form2)] {
            let mut sent = vec![0xA5; 2336];
            sent[..8].copy_from_slice(&[1, 2, submode, 4, 1, 2, submode, 4]);
            let sector = read(0x20, 16, &sent);
            assert_eq!(sector[..16], head_at_16(2));
            assert_eq!(
                (sector[16..2072].to_vec(), classify(&sector).mode),
                (sent[..2056].to_vec(), Some(mode))
            );
            assert_eq!(classify(&sector).edc, EdcState::Good);
            let mut whole = vec![0; 16];
            whole.extend(&sent);
            assert_eq!(read(0x21, 16, &whole), sector);
        }
    }

    #[test]
    fn mode_2_without_forms_is_as_sent_behind_the_header() {
        let sector = read(0x30, 16, &[0xA5; 2336]);
        assert_eq!((&sector[..16], &sector[16..]), (&head_at_16(2)[..], &[0xA5; 2336][..]));
        assert_eq!(read(0x31, 16, &[0xA5; 2352]), sector);
    }

    #[test]
    fn the_clock_of_header_and_lead_out_goes_on_past_minute_90() {
        assert_eq!(read(0x34, 404_850, &[])[12..16], [0x90, 0x00, 0x00, 2]);
        assert_eq!(read(0x34, -151, &[])[12..16], [0x99, 0x59, 0x74, 2]);
    }
}
