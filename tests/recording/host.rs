//! What a host sends to write.

use std::time::Duration;

use cd_format::Lba;
use mmc_sim::Drive;
use mmc_wire::block::mode::{
    DataBlockType, ModeForm, MultiSession, PageBody, SessionFormat, WriteParameters, WriteType,
};
use mmc_wire::command::{ModeSelect10, ReadTrackInformation, TestUnitReady, TrackAddress, Write10};
use mmc_wire::{Cdb, Sense};
use scsi_transport::{Data, Transport, TransportExt};

use crate::session;

pub const TIMEOUT: Duration = Duration::from_secs(60);

pub fn send(drive: &mut Drive, cdb: &impl Cdb, data: Data<'_>) -> Result<(), Sense> {
    let outcome = drive.execute(&cdb.bytes(), data, TIMEOUT).unwrap();
    if outcome.is_good() { Ok(()) } else { Err(Sense::in_data(&outcome.sense).unwrap()) }
}

pub fn order(drive: &mut Drive, cdb: &impl Cdb) -> Result<(), Sense> {
    send(drive, cdb, Data::None)
}

/// Lets what runs end, and hears the news.
pub fn settle(drive: &mut Drive) {
    let _ = order(drive, &mmc_wire::command::SynchronizeCache10::default());
    for _ in 0..8 {
        drive.wait(Duration::from_secs(3600));
        let _ = order(drive, &TestUnitReady {});
    }
}

pub fn set_parameters(
    drive: &mut Drive,
    write_type: WriteType,
    data_block_type: DataBlockType,
    multi_session: MultiSession,
    test_write: bool,
    fixed_packet: bool,
) -> Result<(), Sense> {
    let track_mode = cd_format::Control::new(if data_block_type.0 >= 8 { 4 } else { 0 });
    let page = WriteParameters {
        write_type,
        data_block_type,
        multi_session,
        test_write,
        fixed_packet,
        packet_size: if fixed_packet { 32 } else { 0 },
        track_mode,
        // Sectors with sub-headers are those of CD-ROM XA (MMC "Write Parameters", session format).
        session_format: SessionFormat(if (10..14).contains(&data_block_type.0) { 0x20 } else { 0 }),
        buffer_underrun_free: true,
        audio_pause: 150,
        page_bytes: 0x32,
        tail: Vec::new(),
        ..WriteParameters::default()
    };
    let mut list = vec![0; ModeForm::Ten.header_bytes()];
    let mut bytes = page.to_page();
    bytes.resize(0x34, 0);
    list.extend(bytes);
    let cdb =
        ModeSelect10 { page_format: true, parameter_bytes: list.len() as u16, ..ModeSelect10::default() };
    send(drive, &cdb, Data::Out(&list))
}

/// One WRITE, again while the drive has no room.
pub fn write(drive: &mut Drive, lba: Lba, blocks: u16, bytes: &[u8]) -> Result<(), Sense> {
    let cdb = Write10 { lba, blocks, ..Write10::default() };
    loop {
        match send(drive, &cdb, Data::Out(bytes)) {
            Err(Sense::LONG_WRITE_IN_PROGRESS) => drive.wait(Duration::from_millis(20)),
            other => return other,
        }
    }
}

pub fn write_all(drive: &mut Drive, start: Lba, blocks: &[Vec<u8>]) -> Result<(), Sense> {
    let mut lba = start;
    for part in blocks.chunks(26) {
        write(drive, lba, part.len() as u16, &part.concat())?;
        lba = lba + part.len() as i32;
    }
    Ok(())
}

/// The next writable address, as the drive tells it.
fn next_writable(drive: &mut Drive) -> Option<Lba> {
    let cdb = ReadTrackInformation {
        open: false,
        address: TrackAddress::TRACK,
        number: ReadTrackInformation::INVISIBLE,
        allocation: 48,
    };
    drive.query(&cdb, TIMEOUT).ok()?.next_writable
}

pub fn write_something(drive: &mut Drive, off: i32, blocks: u16) -> Result<(), Sense> {
    let lba = next_writable(drive).unwrap_or(Lba(0)) + off;
    // Enough for any block type: what is too much is left.
    let bytes = vec![0x5A; usize::from(blocks) * 2448];
    write(drive, lba, blocks, &bytes)
}

/// A raw session where the next lead-in lies, `share` of 65535 of it.
pub fn burn_part(drive: &mut Drive, appendable: bool, share: u16) -> Result<(), Sense> {
    set_parameters(drive, WriteType::RAW, DataBlockType::RAW_PW, MultiSession::NONE, false, false)?;
    let Some(lead_in) = drive.disc().and_then(|disc| disc.next_lead_in()) else { return Ok(()) };
    let number = drive.disc().map_or(0, |disc| disc.closed().len()) as u8 + 1;
    let track = drive.disc().map_or(0, |disc| disc.tracks().count()) as u8 + 1;
    let blocks = session::blocks(&session::layout(lead_in, track, 320), number, appendable);
    let some = blocks.len() * usize::from(share) / usize::from(u16::MAX);
    write_all(drive, lead_in, &blocks[..some])
}
