use cd_format::sub_channel::interleave::{p_bit, q_frame};
use cd_format::sub_channel::{QContent, SUB_CHANNEL_BYTES};
use core::time::Duration;
use mmc_wire::Block;
use mmc_wire::Sense;
use mmc_wire::block::cue_sheet::{CueEntry, CuePosition, CueSheet, DataForm};
use scsi_transport::{Data, Transport};

use crate::store::{FRAME, MAIN};
use crate::{DiscKind, Drive, Personality, Scene};
use cd_format::{Control, Lba, Msf};

fn drive(kind: DiscKind) -> Drive {
    let scene = Scene::blank(kind, "97:26:66".parse().unwrap(), "79:59:74".parse().unwrap());
    Drive::new(Personality::reference(), &scene).unwrap()
}

/// Sends a command and gives the sense triple, if there is one.
fn send(drive: &mut Drive, cdb: &[u8], out: &[u8]) -> Result<(), Sense> {
    let data = if out.is_empty() { Data::None } else { Data::Out(out) };
    let outcome = drive.execute(cdb, data, Duration::from_secs(60)).unwrap();
    if outcome.is_good() { Ok(()) } else { Err(Sense::in_data(&outcome.sense).unwrap()) }
}

/// MODE SELECT (10) of page 05h: byte 2, byte 3, block type.
fn select(drive: &mut Drive, byte_2: u8, byte_3: u8) -> Result<(), Sense> {
    let mut list = vec![0; 8];
    let mut page = [0; 52];
    page[..6].copy_from_slice(&[0x05, 0x32, byte_2 | 0x20, byte_3, 0, 7]);
    page[15] = 150;
    list.extend(page);
    send(drive, &[0x55, 0x10, 0, 0, 0, 0, 0, 0, 60, 0], &list)
}

fn cue(drive: &mut Drive, sheet: &[u8]) -> Result<(), Sense> {
    let [_, a, b, c] = (sheet.len() as u32).to_be_bytes();
    send(drive, &[0x5D, 0, 0, 0, 0, 0, a, b, c, 0], sheet)
}

fn write(drive: &mut Drive, lba: i32, blocks: u16, data: &[u8]) -> Result<(), Sense> {
    let [a, b, c, d] = lba.to_be_bytes();
    let [h, l] = blocks.to_be_bytes();
    loop {
        match send(drive, &[0x2A, 0, a, b, c, d, 0, h, l, 0], data) {
            Err(Sense::LONG_WRITE_IN_PROGRESS) => drive.wait(Duration::from_millis(40)),
            done => return done,
        }
    }
}

fn sync(drive: &mut Drive) -> Result<(), Sense> {
    send(drive, &[0x35, 0, 0, 0, 0, 0, 0, 0, 0, 0], &[])
}

fn entry(control: u8, track: u8, index: u8, form: u8, lba: i32) -> CueEntry {
    let [m, s, f] = Lba(lba).to_program_msf().map_or([0; 3], Msf::fields);
    CueEntry::Position(CuePosition {
        control: Control::new(control),
        track,
        index,
        form: DataForm(form),
        serial_copy: 0,
        time: [m, s, f],
    })
}

fn bytes(entries: Vec<CueEntry>) -> Vec<u8> {
    CueSheet { entries }.to_bytes()
}

#[test]
fn audio_and_data_are_burnt_end_to_end() {
    let mut drive = drive(DiscKind::CdR);
    select(&mut drive, 0x42, 0xC0).unwrap();
    let sheet = bytes(vec![
        entry(0, 0, 0, 0x01, -150),
        entry(0, 1, 0, 0x00, -150),
        entry(0, 1, 1, 0x00, 0),
        entry(4, 2, 0, 0x14, 300),
        entry(4, 2, 1, 0x10, 450),
        entry(4, 0xAA, 1, 0x14, 750),
    ]);
    assert_eq!(write(&mut drive, -150, 1, &[0; MAIN]), Err(Sense::COMMAND_SEQUENCE_ERROR));
    cue(&mut drive, &sheet).unwrap();
    assert_eq!(write(&mut drive, 0, 1, &[0; MAIN]), Err(Sense::INVALID_ADDRESS_FOR_WRITE));
    for lba in (-150..300).step_by(50) {
        write(&mut drive, lba, 50, &vec![0x11; 50 * MAIN]).unwrap();
    }
    assert_eq!(sync(&mut drive), Err(Sense::COMMAND_SEQUENCE_ERROR));
    for lba in (450..750).step_by(50) {
        write(&mut drive, lba, 50, &vec![0x22; 50 * 2048]).unwrap();
    }
    assert_eq!(write(&mut drive, 750, 1, &[0; MAIN]), Err(Sense::LBA_OUT_OF_RANGE));
    sync(&mut drive).unwrap();
    let disc = drive.disc().unwrap();
    let session = disc.closed().first().unwrap();
    assert_eq!(session.lead_out, Lba(750));
    let tracks: Vec<_> =
        session.tracks.iter().map(|track| (track.number, track.start, track.blocks)).collect();
    assert_eq!(tracks, [(1, Lba(0), 300), (2, Lba(450), 300)]);
    let mut frame = [0; FRAME];
    for lba in disc.next_lead_in().map_or(-11_634, |_| -11_634)..750 + 6750 {
        disc.store.read(Lba(lba), &mut frame).unwrap();
        let sub: &[u8; SUB_CHANNEL_BYTES] = frame.last_chunk().unwrap();
        assert!(q_frame(sub).crc_ok(), "{lba}");
    }
    disc.store.read(Lba(-150), &mut frame).unwrap();
    let sub: &[u8; SUB_CHANNEL_BYTES] = frame.last_chunk().unwrap();
    assert!(p_bit(sub) && matches!(q_frame(sub).content(), Ok(QContent::Position { tno: 1, index: 0, .. })));
}
