//! Sectors from their user data.
//!
//! Each function fills a whole sector, unscrambled: scramble it ([`scramble`](super::scramble::scramble),
//! [`scramble_into`](super::scramble::scramble_into)) for a raw burn (MMC, raw data block types), hand
//! it on as it is where the drive scrambles.

use super::{
    AFTER_HEADER, AFTER_SUB_HEADER, HEADER, P_PARITY, SYNC, Sector, SectorMode, SubHeader, ecc, edc::edc,
};
use crate::{Bcd, Lba};

/// The first three bytes of the header: where on the disc the sector is.
#[derive(Clone, Copy, Debug, Eq, Hash, PartialEq)]
pub struct HeaderAddress([u8; 3]);

impl HeaderAddress {
    /// The address by the disc's clock, in BCD: the default for every area.
    ///
    /// Pregap and program area have what ECMA-130 14.2 says. For the lead-in there is more than
    /// one custom; this clock has it run up to 99:59:74, as the addresses that name its blocks in
    /// commands do. `None` outside [`Lba::MIN`]`..=`[`Lba::MAX`].
    pub fn of(lba: Lba) -> Option<Self> {
        let [m, s, f] = lba.to_msf()?.fields();
        Some(Self([Bcd::encode(m)?.byte(), Bcd::encode(s)?.byte(), Bcd::encode(f)?.byte()]))
    }

    /// The address of a lead-in block by the other custom: time since the lead-in began at
    /// `start`, with A0h added to the minute in BCD.
    ///
    /// So no lead-in header has the address of a block of the program area. A named variant,
    /// never the default: it rests on a notation that disc dumpers use for negative time, not on
    /// a clause. `None` before `start` and from an hour on.
    pub fn in_lead_in_from_a0(lba: Lba, start: Lba) -> Option<Self> {
        let frames = lba.0.checked_sub(start.0)?;
        let running = Lba(frames.checked_sub(crate::address::PREGAP_FRAMES)?);
        let Self([m, s, f]) = Self::of(running).filter(|_| frames >= 0)?;
        (m < 0x60).then_some(Self([m + 0xA0, s, f]))
    }

    /// Three bytes as a header has them, whatever they are.
    pub const fn from_bytes(bytes: [u8; 3]) -> Self {
        Self(bytes)
    }

    /// The bytes as they stand in the header.
    pub const fn to_bytes(self) -> [u8; 3] {
        self.0
    }
}

/// Whether a form 2 sector gets its EDC, which CD-ROM XA leaves to the author.
#[derive(Clone, Copy, Debug, Default, Eq, Hash, PartialEq)]
pub enum Form2Edc {
    /// Computed.
    #[default]
    Computed,
    /// Four bytes of zero: none.
    Absent,
}

/// Why user data makes no sector.
#[derive(Clone, Copy, Debug, Eq, PartialEq, thiserror::Error)]
#[non_exhaustive]
pub enum BuildError {
    /// The mode has another number of user bytes.
    #[error("a sector of {mode:?} holds {} bytes of user data, not {len}", mode.user_len())]
    WrongLength {
        /// The mode asked for.
        mode: SectorMode,
        /// The bytes given.
        len: usize,
    },
}

/// A sector of the mode that is only known at run time. Address and sub-header go where the mode
/// has them; form 2 gets its EDC.
pub fn sector(
    out: &mut Sector,
    mode: SectorMode,
    address: HeaderAddress,
    sub_header: SubHeader,
    user: &[u8],
) -> Result<(), BuildError> {
    let wrong = |_| BuildError::WrongLength { mode, len: user.len() };
    match mode {
        SectorMode::Audio => *out = user.try_into().map_err(wrong)?,
        SectorMode::Mode0 if user.is_empty() => mode0(out, address),
        SectorMode::Mode0 => return Err(BuildError::WrongLength { mode, len: user.len() }),
        SectorMode::Mode1 => mode1(out, address, user.try_into().map_err(wrong)?),
        SectorMode::Mode2Formless => mode2(out, address, user.try_into().map_err(wrong)?),
        SectorMode::Mode2Form1 => form1(out, address, sub_header, user.try_into().map_err(wrong)?),
        SectorMode::Mode2Form2 => {
            form2(out, address, sub_header, user.try_into().map_err(wrong)?, Form2Edc::Computed);
        }
    }
    Ok(())
}

/// Mode 0: all zero behind the header.
pub fn mode0(out: &mut Sector, address: HeaderAddress) {
    begin(out, address, 0);
    out[AFTER_HEADER..].fill(0);
}

/// Mode 1: 2048 bytes with EDC and ECC.
pub fn mode1(out: &mut Sector, address: HeaderAddress, user: &[u8; 2048]) {
    begin(out, address, 1);
    out[AFTER_HEADER..AFTER_HEADER + 2048].copy_from_slice(user);
    protect(out, SectorMode::Mode1);
}

/// Mode 2 without forms: 2336 bytes.
pub fn mode2(out: &mut Sector, address: HeaderAddress, user: &[u8; 2336]) {
    begin(out, address, 2);
    out[AFTER_HEADER..].copy_from_slice(user);
}

/// Mode 2 form 1: 2048 bytes with EDC and ECC. The form bit of the sub-header is cleared.
pub fn form1(out: &mut Sector, address: HeaderAddress, sub_header: SubHeader, user: &[u8; 2048]) {
    let submode = sub_header.submode & !SubHeader::FORM_2;
    begin_form(out, address, SubHeader { submode, ..sub_header });
    out[AFTER_SUB_HEADER..AFTER_SUB_HEADER + 2048].copy_from_slice(user);
    protect(out, SectorMode::Mode2Form1);
}

/// Mode 2 form 2: 2324 bytes. The form bit of the sub-header is set.
pub fn form2(
    out: &mut Sector,
    address: HeaderAddress,
    sub_header: SubHeader,
    user: &[u8; 2324],
    code: Form2Edc,
) {
    let submode = sub_header.submode | SubHeader::FORM_2;
    begin_form(out, address, SubHeader { submode, ..sub_header });
    out[AFTER_SUB_HEADER..AFTER_SUB_HEADER + 2324].copy_from_slice(user);
    match code {
        Form2Edc::Computed => protect(out, SectorMode::Mode2Form2),
        Form2Edc::Absent => out[2348..].fill(0),
    }
}

/// Puts EDC and ECC, as far as the mode has them, into a sector whose header and data are in
/// place. So a drive treats the 2352-byte blocks of which it replaces the codes.
pub fn protect(out: &mut Sector, mode: SectorMode) {
    if let Some(covered) = mode.edc_covers() {
        let code = edc(&out[covered.clone()]).to_le_bytes();
        out[covered.end..covered.end + 4].copy_from_slice(&code);
        if mode == SectorMode::Mode1 {
            out[covered.end + 4..P_PARITY].fill(0);
        }
    }
    if let Some(header) = mode.ecc_header() {
        ecc::encode(out, header);
    }
}

/// Sync and header.
fn begin(out: &mut Sector, HeaderAddress([m, s, f]): HeaderAddress, mode: u8) {
    out[..HEADER].copy_from_slice(&SYNC);
    out[HEADER..AFTER_HEADER].copy_from_slice(&[m, s, f, mode]);
}

/// Sync, header and both copies of the sub-header.
fn begin_form(out: &mut Sector, address: HeaderAddress, sub_header: SubHeader) {
    begin(out, address, 2);
    let [a, b, c, d] = sub_header.to_bytes();
    out[AFTER_HEADER..AFTER_SUB_HEADER].copy_from_slice(&[a, b, c, d, a, b, c, d]);
}

#[cfg(test)]
mod tests {
    use super::*;

    /// Addresses as ECMA-130 14.2 has them in pregap and program area, and the last of lead-in.
    #[test]
    fn the_header_has_the_clock_in_bcd() {
        for (lba, bytes) in [
            (0, [0x00, 0x02, 0x00]),
            (16, [0x00, 0x02, 0x16]),
            (-1, [0x00, 0x01, 0x74]),
            (-150, [0x00, 0x00, 0x00]),
            (-151, [0x99, 0x59, 0x74]),
            (359_849, [0x79, 0x59, 0x74]),
        ] {
            assert_eq!(HeaderAddress::of(Lba(lba)).map(HeaderAddress::to_bytes), Some(bytes), "{lba}");
        }
        assert_eq!(HeaderAddress::of(Lba(404_850)), None);
    }

    #[test]
    fn the_other_clock_of_the_lead_in_starts_at_a0() {
        let start = Lba(-11_634);
        let address = |lba| HeaderAddress::in_lead_in_from_a0(Lba(lba), start).map(HeaderAddress::to_bytes);
        assert_eq!(address(-11_634), Some([0xA0, 0x00, 0x00]));
        // 11483 frames on: 2 minutes, 33 seconds, 8 frames.
        assert_eq!(address(-151), Some([0xA2, 0x33, 0x08]));
        assert_eq!(address(-11_635), None);
        assert_eq!(address(i32::MAX), None);
    }

    #[test]
    fn user_data_of_the_wrong_length_is_refused() {
        let mut out = [0; 2352];
        let address = HeaderAddress::from_bytes([0, 2, 0]);
        for mode in SectorMode::ALL {
            let user = vec![0x55; mode.user_len()];
            assert_eq!(sector(&mut out, mode, address, SubHeader::default(), &user), Ok(()));
            let mut longer = user;
            longer.push(0);
            let error = sector(&mut out, mode, address, SubHeader::default(), &longer);
            assert_eq!(error, Err(BuildError::WrongLength { mode, len: longer.len() }));
        }
    }
}
