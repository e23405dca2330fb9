//! A transport that answers from a list.

use core::time::Duration;
use std::collections::VecDeque;
use std::sync::{Arc, Mutex, MutexGuard};

use scsi_transport::{Data, Outcome, Transport, TransportError};

use super::*;

/// One answer.
#[derive(Clone, Debug)]
pub(super) enum Answer {
    /// GOOD, all data moved.
    Good,
    /// GOOD with these data.
    Data(Vec<u8>),
    /// CHECK CONDITION with this sense, `5/24/00`.
    Check(&'static str),
    /// Another status.
    Status(u8),
    /// No answer.
    Error(TransportError),
}

/// Answers by opcode and, where a page or format matters, byte 2. The last answer of a list is
/// given for ever. What is not listed is GOOD, or refused when data were to come.
#[derive(Clone, Default)]
pub(super) struct Script {
    inner: Arc<Mutex<Inner>>,
}

#[derive(Default)]
struct Inner {
    lists: Vec<(u8, Option<u8>, VecDeque<Answer>)>,
    sent: Vec<(Vec<u8>, Vec<u8>)>,
    waited: Duration,
}

impl Script {
    /// A drive with a blank CD-R whose ATIP and disc information say 97:26:66 and 79:59:74, one
    /// write speed, and the CD Mastering feature of an HP GH40L.
    pub fn blank_cd_r() -> Self {
        let script = Self::default();
        script.on(READ_DISC_INFORMATION, [Answer::Data(BLANK.to_vec())]);
        script.on(GET_CONFIGURATION, [Answer::Data(configuration(0x09, 0x6F))]);
        script.page(0x05, [Answer::Data(mode_data(&write_parameters()))]);
        script.page(0x2A, [Answer::Data(mode_data(&capabilities(7056, false, &[])))]);
        script.on(GET_PERFORMANCE, [Answer::Data(performance(&[(7056, false)]))]);
        script
    }

    /// Sets the answers to a command.
    pub fn on(&self, opcode: u8, answers: impl IntoIterator<Item = Answer>) -> &Self {
        self.set(opcode, None, answers)
    }

    /// Sets the answers to MODE SENSE of a page.
    pub fn page(&self, page: u8, answers: impl IntoIterator<Item = Answer>) -> &Self {
        self.set(MODE_SENSE_10, Some(page), answers)
    }

    /// Sets the answers to a format of READ TOC/PMA/ATIP.
    pub fn table(&self, format: u8, answers: impl IntoIterator<Item = Answer>) -> &Self {
        self.set(READ_TOC, Some(format), answers)
    }

    fn set(&self, opcode: u8, byte2: Option<u8>, answers: impl IntoIterator<Item = Answer>) -> &Self {
        let mut inner = self.inner();
        inner.lists.retain(|(o, b, _)| (*o, *b) != (opcode, byte2));
        inner.lists.push((opcode, byte2, answers.into_iter().collect()));
        drop(inner);
        self
    }

    /// Forgets the answers to a command.
    pub fn no_more(&self, opcode: u8) {
        self.inner().lists.retain(|(of, ..)| *of != opcode);
    }

    /// Whether there are answers to a command.
    pub fn answers(&self, opcode: u8) -> bool {
        self.inner().lists.iter().any(|(of, ..)| *of == opcode)
    }

    /// Opcodes sent, in order.
    pub fn opcodes(&self) -> Vec<u8> {
        self.inner().sent.iter().map(|(cdb, _)| cdb[0]).collect()
    }

    /// CDBs of one opcode.
    pub fn cdbs(&self, opcode: u8) -> Vec<Vec<u8>> {
        self.inner().sent.iter().filter(|(cdb, _)| cdb[0] == opcode).map(|(cdb, _)| cdb.clone()).collect()
    }

    /// Parameter lists sent with one opcode.
    pub fn lists(&self, opcode: u8) -> Vec<Vec<u8>> {
        self.inner().sent.iter().filter(|(cdb, _)| cdb[0] == opcode).map(|(_, list)| list.clone()).collect()
    }

    /// Forgets what was sent.
    pub fn forget(&self) {
        self.inner().sent.clear();
    }

    /// Time that was waited.
    pub fn waited(&self) -> Duration {
        self.inner().waited
    }

    fn inner(&self) -> MutexGuard<'_, Inner> {
        self.inner.lock().unwrap()
    }
}

impl Transport for Script {
    fn execute(&mut self, cdb: &[u8], data: Data<'_>, _: Duration) -> Result<Outcome, TransportError> {
        let mut inner = self.inner();
        // What is written is a burner's to keep.
        let list = match &data {
            Data::Out(bytes) if cdb[0] != WRITE_10 => bytes.to_vec(),
            _ => Vec::new(),
        };
        inner.sent.push((cdb.to_vec(), list));
        let fits = |opcode: u8, byte2: Option<u8>| cdb[0] == opcode && byte2.is_none_or(|b| cdb[2] == b);
        let answers = inner.lists.iter_mut().find(|(opcode, byte2, _)| fits(*opcode, *byte2));
        let answer = match answers {
            Some((_, _, answers)) if answers.len() > 1 => answers.pop_front(),
            Some((_, _, answers)) => answers.front().cloned(),
            None if matches!(data, Data::In(_)) => Some(Answer::Check("5/20/00")),
            None => Some(Answer::Good),
        };
        match answer.unwrap() {
            Answer::Good => Ok(Outcome::good(data.len())),
            Answer::Data(bytes) => match data {
                Data::In(buffer) => {
                    let n = bytes.len().min(buffer.len());
                    buffer[..n].copy_from_slice(&bytes[..n]);
                    Ok(Outcome::good(n))
                }
                other => panic!("{cdb:02X?} asks for no data: {other:?}"),
            },
            Answer::Check(text) => {
                let sense: mmc_wire::Sense = text.parse().unwrap();
                let mut bytes = vec![0x70, 0, sense.key.0, 0, 0, 0, 0, 10, 0, 0, 0, 0];
                bytes.extend([sense.asc, sense.ascq, 0, 0, 0, 0]);
                Ok(Outcome::check(bytes))
            }
            Answer::Status(status) => {
                Ok(Outcome { status: scsi_transport::Status(status), sense: Vec::new(), transferred: 0 })
            }
            Answer::Error(error) => Err(error),
        }
    }

    fn wait(&mut self, duration: Duration) {
        self.inner().waited += duration;
    }
}

/// READ DISC INFORMATION of a blank CD-R, by MMC's table: lead-in 97:26:66, last lead-out
/// 79:59:74.
#[rustfmt::skip]
pub(super) const BLANK: [u8; 34] = [
    0x00, 0x20, 0x00, 0x01, 0x01, 0x01, 0x01, 0x20, 0x00, 0, 0, 0, 0, 0, 0, 0,
    0x00, 0x61, 0x1A, 0x42, 0x00, 0x4F, 0x3B, 0x4A, 0, 0, 0, 0, 0, 0, 0, 0,
    0, 0,
];

/// The same with another byte 2 (status, last session, erasable), number of sessions, lead-in
/// and last lead-out.
pub(super) fn disc(state: u8, sessions: u8, lead_in: [u8; 3], lead_out: [u8; 3]) -> Answer {
    let mut bytes = BLANK.to_vec();
    bytes[2] = state;
    bytes[4..7].fill(sessions);
    bytes[17..20].copy_from_slice(&lead_in);
    bytes[21..24].copy_from_slice(&lead_out);
    Answer::Data(bytes)
}

/// An appendable disc with `closed` sessions (MMC: status 1, last session empty and counted).
pub(super) fn appendable(closed: u8, lead_in: [u8; 3]) -> Answer {
    disc(0x01, closed + 1, lead_in, [79, 59, 74])
}

/// "There is none."
pub(super) const NONE: [u8; 3] = [0xFF; 3];

/// GET CONFIGURATION with a current profile and byte 4 of CD Mastering: bit 0 R-W, 1 CD-RW,
/// 2 test write, 3 RAW, 4 RAW multi-session, 5 SAO, 6 BUF (MMC "CD Mastering Feature").
pub(super) fn configuration(profile: u8, mastering: u8) -> Vec<u8> {
    #[rustfmt::skip]
    let bytes = [
        0x00, 0x00, 0x00, 0x14, 0x00, 0x00, 0x00, profile,
        0x00, 0x00, 0x03, 0x04, 0x00, profile, 0x01, 0x00,
        0x00, 0x2E, 0x00, 0x04, mastering, 0x00, 0x0C, 0x00,
    ];
    bytes.to_vec()
}

/// MODE SENSE (10) data: header without block descriptors, then the page.
pub(super) fn mode_data(page: &[u8]) -> Vec<u8> {
    let mut bytes = vec![0, 6 + page.len() as u8, 0, 0, 0, 0, 0, 0];
    bytes.extend(page);
    bytes
}

/// Pioneer's defaults: PS 1, packet, BUFE, LS_V with a DVD's link size, pause of 150.
pub(super) fn write_parameters() -> Vec<u8> {
    let mut page = vec![0; 52];
    page[..6].copy_from_slice(&[0x85, 0x32, 0x60, 0x05, 0x08, 0x10]);
    page[15] = 150;
    page
}

/// Mode page 2Ah with a current speed, its rotation and the listed speeds; highest 7056 kB/s.
pub(super) fn capabilities(current: u16, cav: bool, list: &[(u16, bool)]) -> Vec<u8> {
    let mut page = vec![0; 32];
    page[0] = 0x2A;
    page[1] = 30 + 4 * list.len() as u8;
    page[18..20].copy_from_slice(&7056_u16.to_be_bytes());
    page[20..22].copy_from_slice(&current.to_be_bytes());
    page[27] = u8::from(cav);
    page[28..30].copy_from_slice(&current.to_be_bytes());
    page[31] = list.len() as u8;
    for (kilobytes, cav) in list {
        let [hi, lo] = kilobytes.to_be_bytes();
        page.extend([0, u8::from(*cav), hi, lo]);
    }
    page
}

/// GET PERFORMANCE, write speed descriptors.
pub(super) fn performance(list: &[(u32, bool)]) -> Vec<u8> {
    let mut bytes = (4 + 16 * list.len() as u32).to_be_bytes().to_vec();
    bytes.extend([0; 4]);
    for (kilobytes, cav) in list {
        bytes.extend([u8::from(*cav) << 3, 0, 0, 0, 0x00, 0x05, 0x7D, 0xA7]);
        bytes.extend(kilobytes.to_be_bytes());
        bytes.extend(kilobytes.to_be_bytes());
    }
    bytes
}

/// READ TOC/PMA/ATIP format 4 of a CD-R with these times.
pub(super) fn atip(lead_in: [u8; 3], lead_out: [u8; 3]) -> Answer {
    let mut bytes = vec![0x00, 0x1A, 0, 0, 0xD0, 0x40, 0x80, 0];
    bytes.extend(lead_in);
    bytes.push(0);
    bytes.extend(lead_out);
    bytes.resize(28, 0);
    Answer::Data(bytes)
}

/// READ TOC/PMA/ATIP format 2: per session, points A0, A1, A2 with this lead-out.
pub(super) fn full_toc(lead_outs: &[[u8; 3]]) -> Answer {
    let mut entries = Vec::new();
    for (n, [m, s, f]) in lead_outs.iter().enumerate() {
        let number = n as u8 + 1;
        for (point, p_time) in [(0xA0, [number, 0, 0]), (0xA1, [number, 0, 0]), (0xA2, [*m, *s, *f])] {
            entries.extend([number, 0x14, 0, point, 0, 0, 0, 0]);
            entries.extend(p_time);
        }
    }
    let mut bytes = (entries.len() as u16 + 2).to_be_bytes().to_vec();
    bytes.extend([1, lead_outs.len() as u8]);
    bytes.extend(entries);
    Answer::Data(bytes)
}
