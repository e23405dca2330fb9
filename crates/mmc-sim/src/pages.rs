//! Mode pages: their values in force, their defaults, and what may be changed.

use cd_format::Control;
use mmc_wire::block::mode::{
    AudioControl, Caching, CdDevice, DataBlockType, ErrorRecovery, ModePage, PageBody, PageData,
    PowerCondition, TimeOutAndProtect, WriteParameters, WriteType,
};
use mmc_wire::command::PageControl;

use crate::personality::Personality;

/// The pages that MODE SELECT can set. Page 2Ah is not among them: it is told, not kept.
#[derive(Clone, Debug)]
pub struct Pages {
    current: Vec<Page>,
}

/// A page in force.
#[derive(Clone, Debug)]
struct Page {
    code: u8,
    bytes: Vec<u8>,
    default: Vec<u8>,
    changeable: Vec<u8>,
}

impl Pages {
    /// The pages as they are after power on.
    pub fn new(personality: &Personality) -> Self {
        let mut current = vec![
            page(
                ErrorRecovery {
                    reallocate_on_write: true,
                    read_retries: 19,
                    write_retries: 3,
                    ..ErrorRecovery::default()
                },
                &[(2, 0xF7), (3, 0xFF), (8, 0xFF)],
            ),
            page(write_parameters(personality), &WRITE_PARAMETERS_CHANGEABLE),
            page(Caching { write_cache: true, ..Caching::default() }, &[(2, 0x05)]),
            page(
                CdDevice { seconds_per_minute: 60, frames_per_second: 75, ..CdDevice::default() },
                &[(3, 0x0F)],
            ),
            page(
                PowerCondition::default(),
                &[
                    (3, 0x03),
                    (4, 0xFF),
                    (5, 0xFF),
                    (6, 0xFF),
                    (7, 0xFF),
                    (8, 0xFF),
                    (9, 0xFF),
                    (10, 0xFF),
                    (11, 0xFF),
                ],
            ),
            page(
                TimeOutAndProtect {
                    group_1_seconds: 9,
                    group_2_seconds: 10_800,
                    ..TimeOutAndProtect::default()
                },
                &[(4, 0x04), (6, 0xFF), (7, 0xFF), (8, 0xFF), (9, 0xFF)],
            ),
        ];
        if personality.abilities.analogue_audio {
            let ports = [1, 0xFF, 2, 0xFF, 0, 0, 0, 0];
            let audio = AudioControl { immediate: true, ports, ..AudioControl::default() };
            current.insert(4, page(audio, &[(2, 0x02), (8, 0x0F), (9, 0xFF), (10, 0x0F), (11, 0xFF)]));
        }
        Self { current }
    }

    /// The codes of all pages, ascending.
    pub fn codes(&self) -> impl Iterator<Item = u8> {
        self.current.iter().map(|page| page.code)
    }

    /// A page as MODE SENSE gives it.
    pub fn get(&self, code: u8, control: PageControl) -> Option<ModePage> {
        let page = self.current.iter().find(|page| page.code == code)?;
        let bytes = match control {
            PageControl::CHANGEABLE => &page.changeable,
            PageControl::DEFAULT => &page.default,
            _ => &page.bytes,
        };
        let own = bytes.get(2..).unwrap_or_default().to_vec();
        Some(ModePage { savable: false, data: PageData::Other { code, bytes: own } })
    }

    /// The first byte of `bytes` that differs where nothing may be changed, or the length byte;
    /// `None` when the page may be set.
    pub fn refused_at(&self, code: u8, bytes: &[u8]) -> Option<Refused> {
        let Some(page) = self.current.iter().find(|page| page.code == code) else {
            return Some(Refused { byte: 0, bit: 5 });
        };
        if bytes.len() != page.bytes.len() {
            return Some(Refused { byte: 1, bit: 7 });
        }
        bytes.iter().zip(&page.bytes).zip(&page.changeable).enumerate().skip(2).find_map(
            |(byte, ((new, old), changeable))| {
                let differs = (new ^ old) & !changeable;
                (differs != 0).then(|| Refused { byte, bit: 7 - differs.leading_zeros() as u8 })
            },
        )
    }

    /// Puts a page in force; it has been found acceptable.
    pub fn set(&mut self, code: u8, bytes: &[u8]) {
        if let Some(page) = self.current.iter_mut().find(|page| page.code == code) {
            page.bytes = bytes.to_vec();
        }
    }

    /// How reading errors are dealt with.
    pub fn error_recovery(&self) -> ErrorRecovery {
        let page = self.current.iter().find(|page| page.code == ErrorRecovery::CODE);
        page.map(|page| ErrorRecovery::from_page(&page.bytes)).unwrap_or_default()
    }

    /// The write parameters in force.
    pub fn write_parameters(&self) -> WriteParameters {
        self.current
            .iter()
            .find(|page| page.code == WriteParameters::CODE)
            .map(|page| WriteParameters::from_page(&page.bytes))
            .unwrap_or_default()
    }

    /// The write type in force.
    pub fn write_type(&self) -> WriteType {
        self.write_parameters().write_type
    }

    /// The control nibble of the next track.
    pub fn track_mode(&self) -> Control {
        self.write_parameters().track_mode
    }
}

/// Where a page cannot be set.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Refused {
    /// Byte of the page.
    pub byte: usize,
    /// Most significant bit that may not change.
    pub bit: u8,
}

/// All that page 05h has; what is reserved stays 0.
const WRITE_PARAMETERS_CHANGEABLE: [(usize, u8); 46] = {
    let mut mask = [(0, 0xFF); 46];
    let head = [(2, 0x7F), (3, 0xFF), (4, 0x0F), (5, 0xFF), (7, 0x3F), (8, 0xFF)];
    let mut n = 0;
    while n < head.len() {
        mask[n] = head[n];
        n += 1;
    }
    // Packet size, pause, catalogue number, recording code, sub-header: bytes 10 to 51 but for two
    // zeros behind each code, which the mask lets pass.
    let mut byte = 12;
    while n < mask.len() {
        mask[n] = (byte, 0xFF);
        byte += 1;
        n += 1;
    }
    mask
};

fn page<P: PageBody>(body: P, changeable: &[(usize, u8)]) -> Page {
    let bytes = body.to_page();
    let mut mask = vec![0; bytes.len()];
    mask[..2].copy_from_slice(&bytes[..2]);
    for (byte, bits) in changeable {
        if let Some(slot) = mask.get_mut(*byte) {
            *slot = *bits;
        }
    }
    Page { code: P::CODE, default: bytes.clone(), bytes, changeable: mask }
}

/// Write parameters after power on: Pioneer's command references give write type 0, test write off,
/// pause 150; track mode and block type are those of a data track.
fn write_parameters(personality: &Personality) -> WriteParameters {
    let habits = &personality.habits;
    let page_bytes = habits.write_parameters_bytes.is;
    WriteParameters {
        page_bytes,
        buffer_underrun_free: habits.default_bufe.is && personality.abilities.buffer_underrun_free,
        link_size_valid: true,
        link_size: habits.default_link_size.is,
        write_type: if personality.abilities.packets { WriteType::PACKET } else { WriteType::TAO },
        track_mode: Control::DATA,
        data_block_type: DataBlockType::MODE_1,
        audio_pause: 150,
        tail: vec![0; usize::from(page_bytes).saturating_sub(50)],
        ..WriteParameters::default()
    }
}
