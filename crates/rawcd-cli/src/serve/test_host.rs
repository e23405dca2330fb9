//! The host's side of the conversation, for tests.

#![allow(clippy::unwrap_used, clippy::panic, dead_code, reason = "a panic is a test's answer")]

use core::time::Duration;

use cd_format::Control;
use mmc_wire::Sense;
use mmc_wire::block::mode::{DataBlockType, MultiSession, PageBody, WriteParameters, WriteType};
use scsi_transport::{Data, Transport};

pub const TIMEOUT: Duration = Duration::from_secs(60);
pub const TEST_UNIT_READY: [u8; 6] = [0; 6];
pub const INQUIRY: [u8; 6] = [0x12, 0, 0, 0, 36, 0];
pub const READ_BUFFER_CAPACITY_CDB: [u8; 10] = [0x5C, 0, 0, 0, 0, 0, 0, 0, 12, 0];
pub const SYNCHRONIZE_CACHE: [u8; 10] = [0x35, 0, 0, 0, 0, 0, 0, 0, 0, 0];
pub const SYNCHRONIZE_CACHE_IMMED: [u8; 10] = [0x35, 2, 0, 0, 0, 0, 0, 0, 0, 0];
/// All of the disc, at once and behind the host's back.
pub const BLANK: [u8; 12] = [0xA1, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0];
pub const BLANK_IMMED: [u8; 12] = [0xA1, 0x10, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0];
pub const EJECT: [u8; 6] = [0x1B, 0, 0, 0, 2, 0];
pub const CLOSE_SESSION_IMMED: [u8; 10] = [0x5B, 1, 2, 0, 0, 0, 0, 0, 0, 0];

/// Sense data of a command; empty with GOOD.
pub fn told(drive: &mut dyn Transport, cdb: &[u8], data: Data<'_>) -> Vec<u8> {
    drive.execute(cdb, data, TIMEOUT).unwrap().sense
}

pub fn sense(drive: &mut dyn Transport, cdb: &[u8], data: Data<'_>) -> Option<Sense> {
    Sense::in_data(&told(drive, cdb, data))
}

pub fn good(drive: &mut dyn Transport, cdb: &[u8], data: Data<'_>) {
    assert_eq!(sense(drive, cdb, data), None, "{cdb:02X?}");
}

/// Sends a command until the drive has nothing else to tell, as a host at its first sight of a drive.
pub fn ready(drive: &mut dyn Transport) {
    for _ in 0..20 {
        if sense(drive, &TEST_UNIT_READY, Data::None).is_none() {
            return;
        }
    }
    panic!("the drive does not become ready");
}

/// Track at once, data.
pub fn select(drive: &mut dyn Transport, underrun_free: bool) {
    let page = WriteParameters {
        page_bytes: 50,
        buffer_underrun_free: underrun_free,
        link_size_valid: true,
        link_size: 7,
        write_type: WriteType::TAO,
        multi_session: MultiSession::NEXT,
        track_mode: Control::DATA,
        data_block_type: DataBlockType::MODE_1,
        audio_pause: 150,
        ..WriteParameters::default()
    };
    let mut list = vec![0; 8];
    list.extend(page.to_page());
    good(drive, &[0x55, 0x10, 0, 0, 0, 0, 0, 0, list.len() as u8, 0], Data::Out(&list));
}

pub fn write(drive: &mut dyn Transport, lba: i32, blocks: u16, byte: u8) -> Option<Sense> {
    let [a, b, c, d] = lba.to_be_bytes();
    let [e, f] = blocks.to_be_bytes();
    let data = vec![byte; usize::from(blocks) * 2048];
    sense(drive, &[0x2A, 0, a, b, c, d, 0, e, f, 0], Data::Out(&data))
}

/// Blocks of a WRITE.
pub const AT_ONCE: u16 = 26;

/// Writes blocks of a byte, and never waits. Gives how often the buffer was full, which is never twice for one WRITE.
pub fn write_all(drive: &mut dyn Transport, blocks: u16, byte: u8) -> usize {
    let (mut done, mut full, mut again) = (0, 0, false);
    while done < blocks {
        let now = (blocks - done).min(AT_ONCE);
        match write(drive, done.into(), now, byte) {
            None => (done, again) = (done + now, false),
            Some(Sense::LONG_WRITE_IN_PROGRESS) if !again => (full, again) = (full + 1, true),
            Some(sense) => panic!("block {done}: {sense}"),
        }
    }
    full
}
