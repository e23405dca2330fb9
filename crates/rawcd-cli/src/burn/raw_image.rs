//! What a raw image holds, by its size and its Q sub-channel.

use std::io::{Read, Seek, SeekFrom};

use cd_format::Lba;
use cd_format::sub_channel::interleave::q_frame;
use cd_format::sub_channel::pq16::from_pq16;
use cd_format::sub_channel::{CrcState, QContent, QFrame};
use raw_cd::SectorType;

const MAIN: usize = 2352;
/// Sectors looked at to tell the type, and how many of them must have a Q with a good CRC.
const SAMPLE: u64 = 24;
const ENOUGH: u64 = 12;
/// The longest lead-in there can be, and some.
const LONGEST_LEAD_IN: u64 = 46_000;

/// An image's sectors.
#[derive(Clone, Copy, Debug, Eq, PartialEq)]
pub struct Found {
    pub sector_type: SectorType,
    /// Before the first user sector.
    pub lead_in_sectors: i32,
}

impl Found {
    /// Looks at an image; `told` is what the user says of it.
    ///
    /// 2448-byte sectors are taken as [`SectorType::RAW`]: what a reader has seen lies so, and packs of
    /// zeros are the same in both forms.
    pub fn in_image(image: &mut (impl Read + Seek), told: Option<SectorType>) -> Result<Self, String> {
        let bytes = image.seek(SeekFrom::End(0)).map_err(|error| error.to_string())?;
        let candidates = told.map_or_else(|| vec![SectorType::RAW, SectorType::PQ_ONLY], |told| vec![told]);
        for sector_type in candidates {
            let size = u64::from(sector_type.sector_bytes().unwrap_or(1));
            if bytes == 0 || !bytes.is_multiple_of(size) {
                continue;
            }
            let sectors = bytes / size;
            let mut image = Sectors { image, sector_type, size };
            let good = (0..SAMPLE.min(sectors)).filter(|n| image.q(*n).is_some()).count() as u64;
            if told.is_none() && good < ENOUGH.min(sectors) {
                continue;
            }
            let lead_in_sectors = image.lead_in_sectors(sectors).ok_or_else(|| {
                format!("no Q with a good CRC names an address in its first {LONGEST_LEAD_IN} sectors; name the lead-in with --lead-in-sectors")
            })?;
            return Ok(Self { sector_type, lead_in_sectors });
        }
        let expected = match told.and_then(SectorType::sector_bytes) {
            Some(size) => format!("sectors of {size} bytes"),
            None => "sectors of 2448 or 2368 bytes with a Q sub-channel; `rawcd image` makes such an image of a CUE sheet or an ISO file".to_owned(),
        };
        Err(format!("{bytes} bytes are no raw image: expected {expected}"))
    }
}

struct Sectors<'a, R> {
    image: &'a mut R,
    sector_type: SectorType,
    size: u64,
}

impl<R: Read + Seek> Sectors<'_, R> {
    /// Q of sector `n`, if its CRC is good, inverted or not.
    fn q(&mut self, n: u64) -> Option<QFrame> {
        self.image.seek(SeekFrom::Start(n * self.size + MAIN as u64)).ok()?;
        let frame = if self.sector_type == SectorType::PQ_ONLY {
            let mut sub = [0; 16];
            self.image.read_exact(&mut sub).ok()?;
            from_pq16(&sub).0
        } else {
            let mut sub = [0; 96];
            self.image.read_exact(&mut sub).ok()?;
            q_frame(&sub)
        };
        // The CRC of nothing is 0, not inverted: zeros are no Q.
        let empty = frame.body() == [0; 10];
        (frame.crc_state() != CrcState::Bad && !empty).then_some(frame)
    }

    /// Sectors before LBA 0, by the first address that Q names.
    fn lead_in_sectors(&mut self, sectors: u64) -> Option<i32> {
        for n in 0..sectors.min(LONGEST_LEAD_IN) {
            if let Some(Ok(QContent::Position { absolute, .. })) = self.q(n).map(QFrame::content) {
                let lba: Lba = absolute.to_program_lba();
                return i32::try_from(n).ok()?.checked_sub(lba.0);
            }
        }
        None
    }
}

#[cfg(test)]
mod tests {
    use std::io::Cursor;

    use cd_format::sub_channel::interleave::set_pq;
    use cd_format::sub_channel::pq16::to_pq16;
    use cd_format::{Control, Msf};

    use super::*;

    fn image(pq_only: bool) -> Vec<u8> {
        let mut image = Vec::new();
        for n in 0..40_i32 {
            let q = if n < 20 {
                QFrame::seal([1, 0, 0xA0, 0, 0, 0, 0, 1, 0, 0])
            } else {
                let at = Lba(n - 20 - 150);
                let absolute = at.to_program_msf().unwrap();
                QFrame::position(Control::AUDIO, 1, 0, Msf::new(0, 2, 0).unwrap(), absolute).unwrap()
            };
            image.resize(image.len() + MAIN, 0xAA);
            if pq_only {
                image.extend(to_pq16(q, false));
            } else {
                let mut sub = [0; 96];
                set_pq(&mut sub, false, q);
                image.extend(sub);
            }
        }
        image
    }

    #[test]
    fn the_size_of_a_sector_and_of_the_lead_in_are_found() {
        for (pq_only, sector_type) in [(true, SectorType::PQ_ONLY), (false, SectorType::RAW)] {
            let found = Found::in_image(&mut Cursor::new(image(pq_only)), None).unwrap();
            assert_eq!(found, Found { sector_type, lead_in_sectors: 170 });
        }
    }

    #[test]
    fn what_is_no_image_is_refused() {
        for bytes in [Vec::new(), vec![0; 100], vec![0; 2448 * 40], vec![0; 2048 * 400]] {
            let why = Found::in_image(&mut Cursor::new(bytes), None).unwrap_err();
            assert!(why.contains("no raw image"), "{why}");
        }
    }
}
