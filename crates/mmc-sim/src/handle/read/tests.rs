mod damaged;

use core::time::Duration;

use cd_format::sector::build::{HeaderAddress, mode1, mode2};
use cd_format::sector::scramble::scramble;
use cd_format::sector::{Sector, SectorMode};
use cd_format::sub_channel::interleave::{interleave, p_bit, q_frame};
use cd_format::sub_channel::pq16::to_pq16;
use cd_format::sub_channel::{RwInterleaver, RwPack};
use cd_format::{Lba, Msf};
use mmc_wire::Cdb;
use mmc_wire::Sense;
use mmc_wire::command::*;
use proptest::prelude::*;
use scsi_transport::{Data, Transport};

use crate::disc::{DiscState, Session, Track};
use crate::drive::Drive;
use crate::personality::Personality;
use crate::scene::{Content, DiscKind, Scene, Written};
use crate::store::{At, FRAME, MAIN, Source};

fn drive(disc: &str) -> Drive {
    let scene: Scene = ron::from_str(&format!("(disc: Some({disc}))")).unwrap();
    Drive::new(Personality::reference(), &scene).unwrap()
}

/// Mode 1 at 0, audio at 300, mode 2 (form by `format`) at 600.
fn mixed(format: &str) -> Drive {
    drive(&format!(
        "(kind: CdRom, end: Finalised, mcn: Some(\"0012345678905\"), sessions: [(format: {format}, tracks: [
            (content: Mode1, blocks: 300), (content: Audio, blocks: 300), (content: Mode2, blocks: 300)])])"
    ))
}

fn send(drive: &mut Drive, cdb: &impl Cdb, room: usize) -> Result<Vec<u8>, Sense> {
    let mut reply = vec![0xEE; room];
    let outcome = drive.execute(&cdb.bytes(), Data::In(&mut reply), Duration::from_secs(10)).unwrap();
    if !outcome.is_good() {
        return Err(Sense::in_data(&outcome.sense).unwrap());
    }
    reply.truncate(outcome.transferred);
    Ok(reply)
}

fn frame(drive: &Drive, lba: i32) -> [u8; FRAME] {
    let mut frame = [0; FRAME];
    drive.disc().unwrap().read_frames(Lba(lba), &mut frame).unwrap();
    frame
}

/// The main channel as a host sees it.
fn plain(drive: &Drive, lba: i32) -> Sector {
    let mut sector = *frame(drive, lba).first_chunk().unwrap();
    if !(300..600).contains(&lba) {
        scramble(&mut sector);
    }
    sector
}

#[test]
fn read_gives_user_data_of_mode_1_and_form_1() {
    let mut drive = mixed("Xa");
    let read = send(&mut drive, &Read10 { lba: Lba(10), blocks: 3, ..Read10::default() }, 1 << 20).unwrap();
    assert_eq!(read.len(), 3 * 2048);
    assert_eq!(read[..2048], plain(&drive, 10)[16..2064]);
    assert_eq!(read[4096..], plain(&drive, 12)[16..2064]);
    let read = send(&mut drive, &Read12 { lba: Lba(899), blocks: 1, ..Read12::default() }, 1 << 20).unwrap();
    assert_eq!(read, plain(&drive, 899)[24..2072]);
}

/// `wodim -multi` writes an ISO image in form 1 with a sub-header of zeros, and 16 blocks of zeros come first: the kernel
/// and genisoimage read them with READ (10).
#[test]
fn a_mode_2_block_of_zeros_is_form_1_to_who_asks_for_form_1() {
    let mode_2 = |lba: i32, data: u8| {
        let mut sector = [0; cd_format::sector::SECTOR_LEN];
        mode2(&mut sector, HeaderAddress::of(Lba(lba)).unwrap(), &[0; 2336]);
        sector[100] = data;
        scramble(&mut sector);
        let mut frame = [0; FRAME];
        frame[..sector.len()].copy_from_slice(&sector);
        frame
    };
    let mut drive = recorded(&[mode_2(0, 0), mode_2(1, 1)].concat(), true);
    let mut read = |lba| send(&mut drive, &Read10 { lba: Lba(lba), blocks: 1, ..Read10::default() }, 4096);
    assert_eq!(read(0), Ok(vec![0; 2048]));
    assert_eq!(read(1), Err(Sense::ILLEGAL_MODE_FOR_THIS_TRACK), "no form");
    let mut read_cd = |lba, sector_type| {
        let cd = ReadCd { lba: Lba(lba), blocks: 1, sector_type, user_data: true, ..ReadCd::default() };
        send(&mut drive, &cd, 4096).map(|data| data.len())
    };
    assert_eq!(read_cd(0, SectorType::MODE_2_FORM_1), Ok(2048));
    assert_eq!(read_cd(1, SectorType::MODE_2_FORM_1), Err(Sense::ILLEGAL_MODE_FOR_THIS_TRACK));
    assert_eq!(read_cd(0, SectorType::MODE_2), Ok(2336), "and none to who asks for none");
    assert_eq!(read_cd(0, SectorType::ANY), Ok(2336));
}

#[test]
fn a_range_that_is_bad_anywhere_gives_nothing() {
    let mut drive = mixed("CdRom");
    let mut read =
        |lba, blocks| send(&mut drive, &Read10 { lba: Lba(lba), blocks, ..Read10::default() }, 1 << 20);
    assert_eq!(read(299, 2), Err(Sense::ILLEGAL_MODE_FOR_THIS_TRACK));
    assert_eq!(read(300, 1), Err(Sense::ILLEGAL_MODE_FOR_THIS_TRACK));
    assert_eq!(read(600, 1), Err(Sense::ILLEGAL_MODE_FOR_THIS_TRACK), "no form, no 2048 bytes");
    assert_eq!(read(899, 2), Err(Sense::LBA_OUT_OF_RANGE));
    assert_eq!(read(-1, 1), Err(Sense::LBA_OUT_OF_RANGE));
    assert_eq!(read(i32::MAX, 65_535), Err(Sense::LBA_OUT_OF_RANGE));
    assert_eq!(read(300, 0), Ok(Vec::new()), "nothing asked, nothing wrong");
    assert_eq!(read(900, 0), Ok(Vec::new()), "the end itself");
    assert_eq!(read(901, 0), Err(Sense::LBA_OUT_OF_RANGE));
    assert_eq!(read(-1, 0), Err(Sense::LBA_OUT_OF_RANGE));
    assert_eq!(read(i32::MIN, 0), Err(Sense::LBA_OUT_OF_RANGE));
}

#[test]
fn huge_lengths_are_refused_before_there_is_room_for_them() {
    let mut drive = mixed("Xa");
    let all = Read12 { lba: Lba(0), blocks: u32::MAX, ..Read12::default() };
    assert_eq!(send(&mut drive, &all, 64), Err(Sense::LBA_OUT_OF_RANGE));
    let cd = ReadCd { lba: Lba(0), blocks: 0xFF_FFFF, user_data: true, ..ReadCd::default() };
    assert_eq!(send(&mut drive, &cd, 64), Err(Sense::LBA_OUT_OF_RANGE));
    let some = ReadCd { lba: Lba(0), blocks: 900, user_data: true, ..ReadCd::default() };
    assert_eq!(send(&mut drive, &some, 64).unwrap().len(), 64, "cut, as the host has no room");
}

#[test]
fn time_passes_as_the_speed_has_it() {
    let mut drive = mixed("Xa");
    send(&mut drive, &SetCdSpeed { read_speed: 176, write_speed: 0xFFFF, ..SetCdSpeed::default() }, 0)
        .unwrap();
    let before = drive.clock();
    send(&mut drive, &ReadCd { lba: Lba(0), blocks: 75, user_data: true, ..ReadCd::default() }, 1 << 20)
        .unwrap();
    let took = drive.clock() - before;
    assert!(took > Duration::from_millis(990) && took < Duration::from_millis(1010), "{took:?}");
}

#[test]
fn msf_ends_before_its_end() {
    let mut drive = mixed("Xa");
    let time = |lba: i32| Lba(lba).to_msf().unwrap().fields();
    let cdb = |start, end| ReadCdMsf { start, end, user_data: true, ..ReadCdMsf::default() };
    let by_time = send(&mut drive, &cdb(time(10), time(13)), 1 << 20).unwrap();
    let by_block = ReadCd { lba: Lba(10), blocks: 3, user_data: true, ..ReadCd::default() };
    assert_eq!(by_time, send(&mut drive, &by_block, 1 << 20).unwrap());
    assert_eq!(send(&mut drive, &cdb(time(10), time(10)), 64), Ok(Vec::new()));
    for (start, end) in
        [(time(10), time(9)), ([0, 60, 0], time(10)), (time(1), [0, 2, 75]), ([0xFF; 3], time(1))]
    {
        assert_eq!(send(&mut drive, &cdb(start, end), 64), Err(Sense::INVALID_FIELD_IN_CDB));
    }
    assert_eq!(send(&mut drive, &cdb([0, 1, 74], time(0)), 64), Err(Sense::LBA_OUT_OF_RANGE));
    assert_eq!(Msf::new(0, 1, 74).map(Msf::to_lba), Ok(Lba(-1)));
}

#[test]
fn the_header_is_the_blocks_own() {
    let mut drive = mixed("Xa");
    let header = |msf, lba| ReadHeader { msf, lba: Lba(lba), allocation: 8 };
    assert_eq!(send(&mut drive, &header(false, 299), 8), Ok(vec![1, 0, 0, 0, 0, 0, 1, 43]));
    assert_eq!(send(&mut drive, &header(true, 600), 8), Ok(vec![2, 0, 0, 0, 0, 0, 10, 0]));
    assert_eq!(send(&mut drive, &header(true, 300), 8), Err(Sense::ILLEGAL_MODE_FOR_THIS_TRACK));
    assert_eq!(send(&mut drive, &header(true, 900), 8), Err(Sense::LBA_OUT_OF_RANGE));
}

#[test]
fn while_a_disc_is_written_nothing_is_read() {
    let scene: Scene = ron::from_str(
        r#"(activity: Streaming, disc: Some((kind: CdR, atip: Some((lead_in: "97:26:66", last_lead_out: "79:59:74")),
            sessions: [(tracks: [(content: Mode1, blocks: 300)])])))"#,
    )
    .unwrap();
    let mut drive = Drive::new(Personality::reference(), &scene).unwrap();
    assert_eq!(
        send(&mut drive, &Read10 { blocks: 1, ..Read10::default() }, 2048),
        Err(Sense::COMMAND_SEQUENCE_ERROR)
    );
    assert_eq!(send(&mut drive, &ReadHeader::default(), 8), Err(Sense::COMMAND_SEQUENCE_ERROR));
}

/// A disc on which these frames were recorded as a data track.
fn recorded(frames: &[u8], data: bool) -> Drive {
    let blocks = (frames.len() / FRAME) as u32;
    let scene = Scene::blank(DiscKind::CdR, "97:26:66".parse().unwrap(), "79:59:74".parse().unwrap());
    let mut drive = Drive::new(Personality::reference(), &scene).unwrap();
    let disc = drive.loader.disc.as_mut().unwrap();
    disc.store.append(At::Start(Lba(0)), Source::Frames(frames)).unwrap();
    let track = Track {
        number: 1,
        session: 1,
        control: cd_format::Control::new(if data { 4 } else { 0 }),
        content: if data { Content::Mode1 } else { Content::Audio },
        start: Lba(0),
        blocks,
        written: Written::Sao,
        packets: None,
        reserved: false,
        isrc: None,
    };
    let session =
        Session { number: 1, tracks: vec![track], lead_out: Lba(blocks as i32), format: 0, lead_in: None };
    disc.state = DiscState::Complete { closed: vec![session] };
    drive
}

#[test]
fn a_recorded_sector_is_repaired_for_read_and_given_as_it_is_by_read_cd() {
    let user: [u8; 2048] = core::array::from_fn(|n| n as u8);
    let mut good = [0; 2352];
    mode1(&mut good, HeaderAddress::of(Lba(0)).unwrap(), &user);
    let frame_of = |sector: &Sector| {
        let mut scrambled = *sector;
        scramble(&mut scrambled);
        [&scrambled[..], &[0; 96]].concat()
    };
    let mut scratched = good;
    scratched[100] ^= 0xFF;
    let mut ruined = good;
    ruined[200..1000].fill(0xA5);
    let mut drive = recorded(&[frame_of(&good), frame_of(&scratched), frame_of(&ruined)].concat(), true);
    let read = |lba, blocks| Read10 { lba: Lba(lba), blocks, ..Read10::default() };
    assert_eq!(send(&mut drive, &read(0, 2), 1 << 16), Ok([user, user].concat()));
    assert_eq!(send(&mut drive, &read(0, 3), 1 << 16), Err(Sense::UNRECOVERED_L_EC));
    let verify = |blocks| Verify10 { blocks, ..Verify10::default() };
    assert_eq!(send(&mut drive, &verify(2), 0), Ok(Vec::new()));
    assert_eq!(send(&mut drive, &verify(3), 0), Err(Sense::UNRECOVERED_L_EC));
    let mut reply = [0; 3 * 2048];
    let outcome = drive.execute(&read(0, 3).bytes(), Data::In(&mut reply), Duration::from_secs(1)).unwrap();
    assert_eq!(
        (outcome.transferred, &outcome.sense[..7]),
        (2 * 2048, &[0xF0, 0, 3, 0, 0, 0, 2][..]),
        "LBA 2 is told, and the blocks before it have come"
    );
    let all =
        ReadCd { blocks: 3, sync: true, headers: 3, user_data: true, edc_ecc: true, ..ReadCd::default() };
    assert_eq!(send(&mut drive, &all, 1 << 16), Ok([good, scratched, ruined].concat()));
}

#[test]
fn a_data_track_without_sync_is_no_data_and_an_audio_track_is_never_descrambled() {
    let noise: Vec<u8> = (0..FRAME).map(|n| (n * 7) as u8).collect();
    let cd = ReadCd { blocks: 1, user_data: true, ..ReadCd::default() };
    assert_eq!(send(&mut recorded(&noise, true), &cd, 4096), Err(Sense::ILLEGAL_MODE_FOR_THIS_TRACK));
    assert_eq!(send(&mut recorded(&noise, false), &cd, 4096), Ok(noise[..MAIN].to_vec()));
}

#[test]
fn packs_come_de_interleaved_and_corrected() {
    let packs: Vec<[RwPack; 4]> =
        (0..6u8).map(|block| core::array::from_fn(|n| RwPack::new(0x09, block, [n as u8 + 1; 16]))).collect();
    let mut interleaver = RwInterleaver::default();
    let mut frames = Vec::new();
    for (block, packs) in packs.iter().chain(core::iter::repeat_n(&[RwPack::default(); 4], 2)).enumerate() {
        let mut sub = interleaver.sector(packs);
        if block == 3 {
            sub[50] ^= 0x15;
        }
        frames.extend([0; MAIN]);
        frames.extend(sub.map(|symbol| symbol | 0xC0));
    }
    let mut drive = recorded(&frames, false);
    let cd = ReadCd { lba: Lba(1), blocks: 5, sub_channel: SubChannelSelection::RW, ..ReadCd::default() };
    let expected: Vec<u8> = packs[1..].iter().flatten().flat_map(|pack| *pack.symbols()).collect();
    assert_eq!(send(&mut drive, &cd, 4096), Ok(expected));
}

#[test]
fn what_the_drive_lacks_is_refused() {
    let mut drive = mixed("Xa");
    std::sync::Arc::make_mut(&mut drive.personality).abilities.rw_sub_channel = false;
    std::sync::Arc::make_mut(&mut drive.personality).abilities.c2 = false;
    let cd = ReadCd { blocks: 1, user_data: true, ..ReadCd::default() };
    for refused in [ReadCd { c2: 1, ..cd }, ReadCd { sub_channel: SubChannelSelection::RW, ..cd }] {
        assert_eq!(send(&mut drive, &refused, 4096), Err(Sense::INVALID_FIELD_IN_CDB));
    }
    assert!(send(&mut drive, &ReadCd { sub_channel: SubChannelSelection::RAW, ..cd }, 4096).is_ok());
}

/// MMC "READ CD Command": bytes of sync, header, sub-header, user data, EDC and ECC.
const fn part_bytes(mode: SectorMode) -> [usize; 5] {
    match mode {
        SectorMode::Audio => [0, 0, 0, 2352, 0],
        SectorMode::Mode1 => [12, 4, 0, 2048, 288],
        SectorMode::Mode0 | SectorMode::Mode2Formless => [12, 4, 0, 2336, 0],
        SectorMode::Mode2Form1 => [12, 4, 8, 2048, 280],
        SectorMode::Mode2Form2 => [12, 4, 8, 2324, 4],
    }
}

proptest! {
    /// Every selection is either refused or the concatenation of its parts, block after block.
    #[test]
    fn a_reply_is_the_sum_of_its_parts(
        byte_9: u8, byte_10 in 0u8..8, form in 0usize..3, at in 0usize..3, offset in 0i32..290, blocks in 1u32..4,
    ) {
        let format = ["CdRom", "Xa", "CdI"][form];
        let mut drive = mixed(format);
        let mode = [
            SectorMode::Mode1,
            SectorMode::Audio,
            [SectorMode::Mode2Formless, SectorMode::Mode2Form1, SectorMode::Mode2Form2][form],
        ][at];
        let lba = at as i32 * 300 + offset;
        let cdb = ReadCd {
            lba: Lba(lba),
            blocks,
            sync: byte_9 & 0x80 != 0,
            headers: byte_9 >> 5 & 3,
            user_data: byte_9 & 0x10 != 0,
            edc_ecc: byte_9 & 0x08 != 0,
            c2: byte_9 >> 1 & 3,
            sub_channel: SubChannelSelection(byte_10),
            ..ReadCd::default()
        };
        let wanted = [cdb.sync, cdb.headers & 1 != 0, cdb.headers & 2 != 0, cdb.user_data, cdb.edc_ecc];
        let hole = cdb.edc_ecc && !cdb.user_data
            || cdb.sync && !wanted[1] && (wanted[2] || cdb.user_data)
            || part_bytes(mode)[2] > 0 && wanted[1] && cdb.user_data && !wanted[2];
        let unknown = cdb.c2 == 3 || !matches!(byte_10, 0..=2 | 4);
        let found = send(&mut drive, &cdb, 1 << 16);
        if unknown || hole && byte_9 & 0xF8 != 0 {
            prop_assert_eq!(found, Err(Sense::INVALID_FIELD_IN_CDB));
            return Ok(());
        }
        let mut expected = Vec::new();
        for lba in lba..lba + blocks as i32 {
            let (sector, frame) = (plain(&drive, lba), frame(&drive, lba));
            let mut start = 0;
            for (bytes, wanted) in part_bytes(mode).into_iter().zip(wanted) {
                if wanted {
                    expected.extend(&sector[start..start + bytes]);
                }
                start += bytes;
            }
            expected.extend(vec![0; [0, 294, 296][usize::from(cdb.c2)]]);
            let sub = frame.last_chunk::<96>().unwrap();
            match byte_10 {
                1 => expected.extend(sub),
                2 => expected.extend(to_pq16(q_frame(sub), p_bit(sub))),
                4 => expected.extend([0; 96]),
                _ => {}
            }
        }
        prop_assert!(found == Ok(expected));
    }

    /// The expected sector type, READ CD's bytes and CONTROL in the table of contents agree.
    #[test]
    fn what_is_read_agrees_with_the_table_of_contents(lba in 0i32..900, kind in 0u8..6, form in 0usize..3) {
        let mut drive = mixed(["CdRom", "Xa", "CdI"][form]);
        let cdb = ReadCd {
            lba: Lba(lba), blocks: 1, sector_type: SectorType(kind), user_data: true, ..ReadCd::default()
        };
        let track = drive.disc().unwrap().tracks().find(|track| track.start <= Lba(lba) && Lba(lba) < track.end());
        let is_data = track.unwrap().control.is_data();
        let third = [SectorType::MODE_2, SectorType::MODE_2_FORM_1, SectorType::MODE_2_FORM_2][form];
        let its = if !is_data { SectorType::CDDA } else if lba < 300 { SectorType::MODE_1 } else { third };
        let found = send(&mut drive, &cdb, 4096);
        if kind == 0 || SectorType(kind) == its {
            prop_assert_eq!(found.is_ok_and(|bytes| bytes.len() == 2352), !is_data);
        } else {
            prop_assert_eq!(found, Err(Sense::ILLEGAL_MODE_FOR_THIS_TRACK));
        }
        let read = send(&mut drive, &Read10 { lba: Lba(lba), blocks: 1, ..Read10::default() }, 2048);
        prop_assert_eq!(read.is_ok(), its == SectorType::MODE_1 || its == SectorType::MODE_2_FORM_1);
    }

    /// Nothing panics, and no reply is longer than its room.
    #[test]
    fn any_command_is_answered(cdb: [u8; 12], opcode in prop::sample::select(vec![0x28u8, 0x2F, 0x44, 0xA8, 0xB9, 0xBE])) {
        let mut drive = mixed("Xa");
        let mut cdb = cdb;
        cdb[0] = opcode;
        let bytes = if opcode < 0x80 { &cdb[..10] } else { &cdb[..] };
        let mut reply = [0; 5000];
        let outcome = drive.execute(bytes, Data::In(&mut reply), Duration::from_secs(1)).unwrap();
        prop_assert!(outcome.transferred <= 5000);
    }

    #[test]
    fn q_and_p_w_of_any_frame_are_given_as_recorded(sub: [[u8; 12]; 8]) {
        let raw = interleave(&sub);
        let mut drive = recorded(&[&[0; MAIN][..], &raw].concat(), false);
        let cd = ReadCd { blocks: 1, sub_channel: SubChannelSelection::RAW, ..ReadCd::default() };
        prop_assert_eq!(send(&mut drive, &cd, 4096), Ok(raw.to_vec()));
        let q = send(&mut drive, &ReadCd { sub_channel: SubChannelSelection::Q, ..cd }, 4096).unwrap();
        prop_assert_eq!(&q[..12], &sub[1][..]);
        prop_assert_eq!(&q[12..15], &[0; 3]);
    }
}
