//! The host's side of the conversation, for tests.

#![allow(clippy::unwrap_used, clippy::panic, reason = "a panic is a test's answer")]

use core::time::Duration;

use cd_format::Control;
use mmc_wire::Sense;
use mmc_wire::block::mode::{DataBlockType, MultiSession, PageBody, WriteParameters, WriteType};
use scsi_transport::{Data, Transport};

use crate::{DiscKind, Drive, Personality, Scene};

const TIMEOUT: Duration = Duration::from_secs(60);

pub(crate) fn blank(kind: DiscKind) -> Drive {
    let scene = Scene::blank(kind, "97:26:66".parse().unwrap(), "79:59:74".parse().unwrap());
    Drive::new(Personality::reference(), &scene).unwrap()
}

pub(crate) fn sense(drive: &mut Drive, cdb: &[u8], data: Data<'_>) -> Option<Sense> {
    Sense::in_data(&drive.execute(cdb, data, TIMEOUT).unwrap().sense)
}

pub(crate) fn good(drive: &mut Drive, cdb: &[u8], data: Data<'_>) {
    assert_eq!(sense(drive, cdb, data), None, "{cdb:02X?}");
}

pub(crate) fn read(drive: &mut Drive, cdb: &[u8], bytes: usize) -> Vec<u8> {
    let mut reply = vec![0; bytes];
    good(drive, cdb, Data::In(&mut reply));
    reply
}

pub(crate) fn page(kind: DataBlockType) -> WriteParameters {
    WriteParameters {
        page_bytes: 50,
        buffer_underrun_free: true,
        link_size_valid: true,
        link_size: 7,
        write_type: WriteType::TAO,
        multi_session: MultiSession::NEXT,
        track_mode: if kind == DataBlockType::RAW { Control::AUDIO } else { Control::DATA },
        data_block_type: kind,
        audio_pause: 150,
        ..WriteParameters::default()
    }
}

pub(crate) fn select(drive: &mut Drive, page: &WriteParameters) {
    let mut list = vec![0; 8];
    list.extend(page.to_page());
    good(drive, &[0x55, 0x10, 0, 0, 0, 0, 0, 0, list.len() as u8, 0], Data::Out(&list));
}

pub(crate) fn write_cdb(lba: i32, blocks: u16) -> [u8; 10] {
    let [a, b, c, d] = lba.to_be_bytes();
    let [e, f] = blocks.to_be_bytes();
    [0x2A, 0, a, b, c, d, 0, e, f, 0]
}

pub(crate) fn write(drive: &mut Drive, lba: i32, blocks: u16, bytes: &[u8]) -> Option<Sense> {
    sense(drive, &write_cdb(lba, blocks), Data::Out(bytes))
}

/// Writes blocks of a byte, as a host does it.
pub(crate) fn write_all(drive: &mut Drive, lba: i32, blocks: u16, block_bytes: usize, byte: u8) {
    let mut done = 0;
    while done < blocks {
        let now = (blocks - done).min(26);
        let data = vec![byte; usize::from(now) * block_bytes];
        match write(drive, lba + i32::from(done), now, &data) {
            None => done += now,
            // The buffer is full: burning programs ask again after a while.
            Some(Sense::LONG_WRITE_IN_PROGRESS) => drive.wait(Duration::from_millis(40)),
            Some(sense) => panic!("block {done}: {sense}"),
        }
    }
}

pub(crate) fn sync(drive: &mut Drive) {
    good(drive, &[0x35, 0, 0, 0, 0, 0, 0, 0, 0, 0], Data::None);
}

pub(crate) fn close_session(drive: &mut Drive) -> Option<Sense> {
    sense(drive, &[0x5B, 0, 2, 0, 0, 0, 0, 0, 0, 0], Data::None)
}

/// What on the drive's disc breaks a rule of the format.
pub(crate) fn lint(drive: &Drive) -> cd_lint::Report {
    let disc = drive.disc().unwrap();
    let atip = disc.atip.as_ref().unwrap();
    let options = cd_lint::Options {
        lead_in: Some(atip.lead_in_lba()),
        last_lead_out: Some(atip.last_lead_out_lba()),
        ..cd_lint::Options::default()
    };
    cd_lint::lint(&disc.frames(), &options).unwrap()
}

pub(crate) fn be(bytes: &[u8], at: usize) -> i32 {
    i32::from_be_bytes(bytes[at..at + 4].try_into().unwrap())
}

/// READ TRACK INFORMATION of the invisible track: its number, and where to write.
pub(crate) fn invisible(drive: &mut Drive) -> (u8, i32) {
    let reply = read(drive, &[0x52, 1, 0, 0, 0, 0xFF, 0, 0, 36, 0], 36);
    assert_eq!(reply[7] & 1, 1, "NWA is valid");
    (reply[2], be(&reply, 12))
}
