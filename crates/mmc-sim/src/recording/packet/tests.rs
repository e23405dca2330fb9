//! Packets over the drive's commands, from the first WRITE to the closed session, and on a formatted disc.

use core::time::Duration;

use cd_format::sector::scramble::SEQUENCE;
use cd_format::sub_channel::QContent;
use cd_format::sub_channel::interleave::q_frame;
use mmc_wire::block::mode::WriteType;
use proptest::prelude::*;
use scsi_transport::{Data, Transport};

use super::*;
use crate::disc::DiscState;
use crate::store::{FIRST, MAIN};
use crate::test_host::*;
use crate::{DiscKind, Drive, HostAct, Personality, Scene};

fn packets(fixed: bool, kind: DataBlockType) -> WriteParameters {
    WriteParameters {
        write_type: WriteType::PACKET,
        fixed_packet: fixed,
        packet_size: if fixed { 32 } else { 0 },
        ..page(kind)
    }
}

fn drive(kind: DiscKind, fixed: bool) -> Drive {
    let mut drive = blank(kind);
    select(&mut drive, &packets(fixed, DataBlockType::MODE_1));
    drive
}

/// A packet of blocks that are all different.
fn packet(drive: &mut Drive, lba: i32, blocks: u16, seed: u8) {
    let data = content(lba, blocks, seed);
    for (n, part) in data.chunks(16 * 2048).enumerate() {
        let (lba, blocks) = (lba + n as i32 * 16, part.len() / 2048);
        while let Some(sense) = write(drive, lba, blocks as u16, part) {
            assert_eq!(sense, Sense::LONG_WRITE_IN_PROGRESS);
            drive.wait(Duration::from_millis(40));
        }
    }
}

fn content(lba: i32, blocks: u16, seed: u8) -> Vec<u8> {
    let block = |n: i32| [[seed; 2044].as_slice(), &n.to_be_bytes()].concat();
    (0..i32::from(blocks)).flat_map(|n| block(lba + n)).collect()
}

fn read_cdb(lba: i32, blocks: u16) -> [u8; 10] {
    let mut cdb = write_cdb(lba, blocks);
    cdb[0] = 0x28;
    cdb
}

fn read_back(drive: &mut Drive, lba: i32, blocks: u16) -> Vec<u8> {
    read(drive, &read_cdb(lba, blocks), usize::from(blocks) * 2048)
}

fn read_refused(drive: &mut Drive, lba: i32, blocks: u16) -> Option<Sense> {
    let mut reply = vec![0; usize::from(blocks) * 2048];
    sense(drive, &read_cdb(lba, blocks), Data::In(&mut reply))
}

fn track(drive: &mut Drive, number: u8) -> Vec<u8> {
    read(drive, &[0x52, 1, 0, 0, 0, number, 0, 0, 36, 0], 36)
}

fn close_track(drive: &mut Drive, number: u8) -> Option<Sense> {
    sense(drive, &[0x5B, 0, 1, 0, 0, number, 0, 0, 0, 0], Data::None)
}

/// Block indicators of frames, from the medium itself.
fn indicators(drive: &Drive, from: i32, to: i32) -> Vec<u8> {
    let mut frame = [0; FRAME];
    let mut indicator = |lba| {
        drive.disc().unwrap().read_frames(Lba(lba), &mut frame).unwrap();
        (frame[15] ^ SEQUENCE[3]) >> 5
    };
    (from..to).map(&mut indicator).collect()
}

#[test]
fn variable_packets_are_linked_seven_blocks_apart() {
    for kind in [DiscKind::CdR, DiscKind::CdRw] {
        let mut drive = drive(kind, false);
        assert_eq!(invisible(&mut drive), (1, 0));
        packet(&mut drive, 0, 10, 0xA5);
        sync(&mut drive);
        let information = track(&mut drive, 1);
        // RT 0, blank 0, packet 1, FP 0, mode 1; and the control nibble says incremental.
        assert_eq!((information[5], information[6]), (5, 0x21));
        assert_eq!(invisible(&mut drive), (1, 17));
        // Linux reckons the last written block from size, free blocks and seven.
        assert_eq!(be(&information, 24) - be(&information, 16) - 7, 10);
        packet(&mut drive, 17, 20, 0x5A);
        sync(&mut drive);
        assert_eq!(invisible(&mut drive), (1, 44));
        let runs: Vec<_> = drive.disc().unwrap().store.runs(FIRST).collect();
        assert_eq!(runs, [Lba(-150)..Lba(39)]);
        assert_eq!(indicators(&drive, -7, 1), [0, 0, 5, 4, 3, 2, 1, 0]);
        assert_eq!(indicators(&drive, 9, 18), [0, 7, 6, 5, 4, 3, 2, 1, 0]);
        assert_eq!(indicators(&drive, 36, 39), [0, 7, 6]);
        assert_eq!(read_back(&mut drive, 0, 10), content(0, 10, 0xA5));
        assert_eq!(read_back(&mut drive, 17, 20), content(17, 20, 0x5A));
        for lba in 10..17 {
            assert_eq!(read_refused(&mut drive, lba, 1), Some(Sense::ILLEGAL_MODE_FOR_THIS_TRACK), "{lba}");
        }
        assert_eq!(read_refused(&mut drive, 5, 20), Some(Sense::ILLEGAL_MODE_FOR_THIS_TRACK));
        assert_eq!(read_refused(&mut drive, 37, 1), Some(Sense::LBA_OUT_OF_RANGE));
    }
}

#[test]
fn the_catalogue_number_of_the_page_is_the_discs_and_in_its_q() {
    let mut drive = drive(DiscKind::CdR, false);
    let mut page = packets(false, DataBlockType::MODE_1);
    page.catalogue_number[..14].copy_from_slice(b"\x800012345678905");
    select(&mut drive, &page);
    packet(&mut drive, 0, 200, 1);
    sync(&mut drive);
    let disc = drive.disc().unwrap();
    assert_eq!(disc.mcn, Some(*b"0012345678905"));
    let told = (0..200).filter(|lba| {
        let mut frame = [0; FRAME];
        disc.read_frames(Lba(*lba), &mut frame).unwrap();
        let q = q_frame(frame.last_chunk().unwrap());
        matches!(q.content(), Ok(QContent::Mcn { mcn, .. }) if mcn.to_string() == "0012345678905")
    });
    assert!(told.count() >= 2, "one of a hundred blocks (ECMA-130 \"Mode 2\" of Q)");
}

#[test]
fn a_packet_track_is_closed_and_its_session_too() {
    for fixed in [false, true] {
        let mut drive = drive(DiscKind::CdR, fixed);
        packet(&mut drive, 0, 40, 1);
        sync(&mut drive);
        assert_eq!(close_session(&mut drive), Some(Sense::INCOMPLETE_TRACK_IN_SESSION));
        assert_eq!(close_track(&mut drive, 0xFF), None);
        let information = track(&mut drive, 1);
        assert_eq!(information[6], if fixed { 0xB1 } else { 0xA1 }, "RT, packet, FP, mode 1");
        // Eight packets are 305 frames; 40 blocks and a packet of zeros are 300.
        let (blocks, end) = if fixed { (256, 305) } else { (300, 300) };
        assert_eq!(be(&information, 24), blocks);
        assert_eq!(invisible(&mut drive), (2, end + 152));
        packet(&mut drive, end + 152, 3, 2);
        assert_eq!(close_session(&mut drive), Some(Sense::INCOMPLETE_TRACK_IN_SESSION));
        assert_eq!(close_track(&mut drive, 2), None, "it synchronises first");
        assert_eq!(close_session(&mut drive), None);
        assert_eq!(read_back(&mut drive, 0, 40), content(0, 40, 1));
        assert_eq!(read_back(&mut drive, end + 152, 3), content(end + 152, 3, 2));
        let toc = read(&mut drive, &[0x43, 0, 0, 0, 0, 0, 0, 0, 28, 0], 28);
        assert_eq!((toc[5], be(&toc, 8), toc[13], be(&toc, 16)), (0x15, 0, 0x15, end + 152));
        assert_eq!(drive.disc().unwrap().store.areas().pma().len(), 2);
        let frames = drive.disc().unwrap();
        let mut frame = [0; FRAME];
        for lba in [-1, 0, 41, 299] {
            frames.read_frames(Lba(lba), &mut frame).unwrap();
            let q = q_frame(frame[MAIN..].try_into().unwrap());
            assert!(q.crc_ok() && q.control() == Control::DATA_INCREMENTAL, "{lba}");
            assert!(matches!(q.content().unwrap(), QContent::Position { tno: 1, .. }));
        }
    }
}

#[test]
fn fixed_packets_are_filled_and_their_links_have_no_address() {
    for kind in [DiscKind::CdR, DiscKind::CdRw] {
        let mut drive = drive(kind, true);
        packet(&mut drive, 0, 40, 9);
        sync(&mut drive);
        assert_eq!(invisible(&mut drive), (1, 64));
        let information = track(&mut drive, 1);
        assert_eq!((information[6], be(&information, 20)), (0x31, 32));
        assert_eq!(drive.disc().unwrap().store.runs(FIRST).collect::<Vec<_>>(), [Lba(-150)..Lba(73)]);
        assert_eq!(read_back(&mut drive, 0, 40), content(0, 40, 9));
        assert_eq!(read_back(&mut drive, 40, 24), vec![0; 24 * 2048]);
        assert_eq!(read_back(&mut drive, 30, 4), content(30, 4, 9), "over a link");
        assert_eq!(read_refused(&mut drive, 64, 1), Some(Sense::LBA_OUT_OF_RANGE));
        packet(&mut drive, 64, 32, 8);
        sync(&mut drive);
        assert_eq!(invisible(&mut drive), (1, 96));
        assert_eq!(read_back(&mut drive, 60, 8)[4 * 2048..], content(64, 4, 8));
    }
}

#[test]
fn what_contradicts_the_open_track_is_refused() {
    let mut drive = drive(DiscKind::CdR, false);
    packet(&mut drive, 0, 10, 1);
    assert_eq!(write(&mut drive, 17, 1, &[0; 2048]), Some(Sense::INVALID_ADDRESS_FOR_WRITE));
    sync(&mut drive);
    for lba in [0, 10, 16, 18] {
        assert_eq!(write(&mut drive, lba, 1, &[0; 2048]), Some(Sense::INVALID_ADDRESS_FOR_WRITE), "{lba}");
    }
    assert_eq!(write(&mut drive, 359_847, 1, &[0; 2048]), Some(Sense::LBA_OUT_OF_RANGE));
    select(&mut drive, &page(DataBlockType::MODE_1));
    assert_eq!(
        write(&mut drive, 17, 1, &[0; 2048]),
        Some(Sense::ILLEGAL_MODE_FOR_THIS_TRACK),
        "track at once"
    );
    select(&mut drive, &packets(true, DataBlockType::MODE_1));
    assert_eq!(write(&mut drive, 17, 1, &[0; 2048]), Some(Sense::ILLEGAL_MODE_FOR_THIS_TRACK), "fixed");
    select(&mut drive, &packets(false, DataBlockType::MODE_2));
    assert_eq!(write(&mut drive, 17, 1, &[0; 2336]), Some(Sense::ILLEGAL_MODE_FOR_THIS_TRACK), "mode 2");
    select(&mut drive, &packets(false, DataBlockType::RAW));
    assert_eq!(write(&mut drive, 17, 1, &[0; 2352]), Some(Sense::ILLEGAL_MODE_FOR_THIS_TRACK), "audio");
    select(&mut drive, &packets(false, DataBlockType::MODE_1));
    packet(&mut drive, 17, 1, 1);
    sync(&mut drive);
}

#[test]
fn a_disc_that_is_almost_full_takes_what_fits() {
    let scene = Scene::blank(DiscKind::CdR, "97:26:66".parse().unwrap(), "00:10:00".parse().unwrap());
    for (fixed, room) in [(false, 598), (true, 15 * 32)] {
        let mut drive = Drive::new(Personality::reference(), &scene).unwrap();
        select(&mut drive, &packets(fixed, DataBlockType::MODE_1));
        packet(&mut drive, 0, 32, 1);
        sync(&mut drive);
        let (_, next) = invisible(&mut drive);
        let free = be(&track(&mut drive, 1), 16);
        assert_eq!(next + free, room);
        let (free, long) = (free as u16, vec![0; (free as usize + 1) * 2048]);
        assert_eq!(write(&mut drive, next, free + 1, &long), Some(Sense::PACKET_DOES_NOT_FIT));
        packet(&mut drive, next, free, 3);
        sync(&mut drive);
        assert_eq!(be(&track(&mut drive, 1), 16), 0);
        assert_eq!(close_track(&mut drive, 1), None);
        assert_eq!(close_session(&mut drive), None);
        assert_eq!(read_back(&mut drive, room - 1, 1), content(room - 1, 1, 3));
    }
}

#[test]
fn a_test_write_leaves_the_disc_as_it_was() {
    for fixed in [false, true] {
        let mut drive = blank(DiscKind::CdR);
        select(&mut drive, &WriteParameters { test_write: true, ..packets(fixed, DataBlockType::MODE_1) });
        packet(&mut drive, 0, 40, 1);
        sync(&mut drive);
        assert!(drive.disc().unwrap().store.is_empty());
        assert_eq!(invisible(&mut drive), (1, 0));
    }
}

/// Without underrun protection a packet ends where the host was too slow, and that is no error.
#[test]
fn a_slow_host_ends_its_packet() {
    for (bufe, next) in [(false, 17), (true, 10)] {
        let mut drive = blank(DiscKind::CdR);
        let parameters = packets(false, DataBlockType::MODE_1);
        select(&mut drive, &WriteParameters { buffer_underrun_free: bufe, ..parameters });
        packet(&mut drive, 0, 10, 1);
        drive.wait(Duration::from_secs(30));
        if !bufe {
            assert_eq!(write(&mut drive, 10, 1, &[0; 2048]), Some(Sense::INVALID_ADDRESS_FOR_WRITE));
            assert_eq!(invisible(&mut drive), (1, 17));
        }
        packet(&mut drive, next, 10, 2);
        sync(&mut drive);
        assert_eq!(read_back(&mut drive, 0, 10), content(0, 10, 1));
        assert_eq!(read_back(&mut drive, next, 10), content(next, 10, 2));
    }
}

#[test]
fn a_drive_without_packets_says_so() {
    let mut personality = Personality::reference();
    personality.abilities.packets = false;
    let scene = Scene::blank(DiscKind::CdR, "97:26:66".parse().unwrap(), "79:59:74".parse().unwrap());
    let mut drive = Drive::new(personality, &scene).unwrap();
    let mut list = vec![0; 8];
    list.extend(mmc_wire::block::mode::PageBody::to_page(&packets(false, DataBlockType::MODE_1)));
    let cdb = [0x55, 0x10, 0, 0, 0, 0, 0, 0, list.len() as u8, 0];
    assert_eq!(sense(&mut drive, &cdb, Data::Out(&list)), Some(Sense::INVALID_FIELD_IN_PARAMETER_LIST));
    let feature = read(&mut drive, &[0x46, 2, 0, 0x21, 0, 0, 0, 0, 16, 0], 16);
    assert_eq!(be(&feature, 0), 4, "no feature 0021h");
}

fn formatted() -> Drive {
    let mut drive = drive(DiscKind::CdRw, true);
    let list = [0, 0, 0, 8, 0xFF, 0xFF, 0xFF, 0xFF, 0x40, 0, 0, 0];
    good(&mut drive, &[4, 0x11, 0, 0, 0, 0], Data::Out(&list));
    drive
}

#[test]
fn a_formatted_disc_is_written_anywhere_and_again() {
    let mut drive = formatted();
    assert_eq!(
        be(&read(&mut drive, &[0x25; 1].iter().chain(&[0; 9]).copied().collect::<Vec<u8>>(), 8), 0),
        295_263
    );
    let information = track(&mut drive, 1);
    assert_eq!((information[5], information[6], be(&information, 24)), (7, 0xB2, 295_264));
    assert_eq!(read_back(&mut drive, 1000, 2), vec![0; 4096], "zeros, as it was formatted");
    assert_eq!(read_refused(&mut drive, 295_263, 1), None);
    assert_eq!(read_refused(&mut drive, 295_264, 1), Some(Sense::LBA_OUT_OF_RANGE));
    packet(&mut drive, 1000, 100, 1);
    packet(&mut drive, 1050, 3, 2);
    packet(&mut drive, 0, 1, 3);
    packet(&mut drive, 295_263, 1, 4);
    sync(&mut drive);
    for (lba, blocks, seed) in [(1000, 50, 1), (1050, 3, 2), (1053, 47, 1), (0, 1, 3), (295_263, 1, 4)] {
        assert!(read_back(&mut drive, lba, blocks) == content(lba, blocks, seed), "{lba}");
    }
    assert_eq!(read_back(&mut drive, 1100, 1), vec![0; 2048]);
    let before = drive.disc().unwrap().store.runs(FIRST).count();
    for (lba, blocks) in [(295_264, 1), (295_263, 2), (-1, 1), (i32::MAX, 1)] {
        let data = vec![0; usize::from(blocks) * 2048];
        assert_eq!(write(&mut drive, lba, blocks, &data), Some(Sense::LBA_OUT_OF_RANGE), "{lba}");
    }
    assert_eq!(drive.disc().unwrap().store.runs(FIRST).count(), before);
    // 1000 lies in packet 31, whose frames are 39 * 31 and on; its links come with it.
    assert_eq!(indicators(&drive, 39 * 31 - 7, 39 * 31 + 1), [7, 6, 5, 4, 3, 2, 1, 0]);
    for (parameters, expected) in [
        (page(DataBlockType::MODE_1), Sense::CANNOT_WRITE_INCOMPATIBLE_FORMAT),
        (packets(true, DataBlockType::MODE_2), Sense::ILLEGAL_MODE_FOR_THIS_TRACK),
    ] {
        select(&mut drive, &parameters);
        assert_eq!(write(&mut drive, 0, 1, &[0; 2336]), Some(expected));
    }
}

/// A packet that is written whole is new, and so is what a bad recording had left of it; to write one in part
/// the drive has to read the rest.
#[test]
fn what_cannot_be_read_cannot_be_written_again() {
    use crate::disc::damage::{Cause, Defect, DefectKind};
    let mut drive = formatted();
    packet(&mut drive, 0, 64, 1);
    let lost = |cause| Defect { cause, ..Defect::new(&(Lba(3)..Lba(4)), DefectKind::Lost) };
    drive.loader.disc.as_mut().unwrap().damage(lost(Cause::Recording)).unwrap();
    assert_eq!(read_refused(&mut drive, 0, 32), Some(Sense::UNRECOVERED_L_EC));
    let write = |drive: &mut Drive, lba, blocks| write(drive, lba, blocks, &content(lba, blocks, 2));
    assert_eq!(write(&mut drive, 10, 4), Some(Sense::UNRECOVERED_L_EC));
    assert_eq!(write(&mut drive, 0, 8), None, "the block that cannot be read is written anew");
    assert_eq!(read_back(&mut drive, 0, 8), content(0, 8, 2));
    // A scratch is in the disc, and what lies there stays lost.
    drive.loader.disc.as_mut().unwrap().damage(lost(Cause::Scratch)).unwrap();
    assert_eq!(write(&mut drive, 0, 32), None);
    assert_eq!(read_refused(&mut drive, 3, 1), Some(Sense::UNRECOVERED_L_EC));
}

#[test]
fn a_formatted_disc_comes_back_from_its_file() {
    let mut drive = formatted();
    packet(&mut drive, 77, 5, 6);
    let folder = tempfile::tempdir().unwrap();
    let path = folder.path().join("disc.rawcd");
    drive.disc().unwrap().save(&path).unwrap();
    let mut other = Drive::with_disc(Personality::reference(), Some(Disc::load(&path).unwrap())).unwrap();
    assert_eq!(read_back(&mut other, 77, 5), content(77, 5, 6));
    assert_eq!(read_back(&mut other, 76, 1), vec![0; 2048]);
    select(&mut other, &packets(true, DataBlockType::MODE_1));
    packet(&mut other, 76, 1, 7);
    assert_eq!(read_back(&mut other, 76, 1), content(76, 1, 7));
}

#[derive(Clone, Debug)]
enum Act {
    Packet(u16),
    /// A packet, and the power goes so many milliseconds behind its last WRITE.
    Cut(u16, u64),
    Close,
}

fn acts() -> impl Strategy<Value = Vec<Act>> {
    let act = prop_oneof![
        6 => (1_u16..70).prop_map(Act::Packet),
        2 => (1_u16..70, 0_u64..2600).prop_map(|(blocks, after)| Act::Cut(blocks, after)),
        1 => Just(Act::Close),
    ];
    proptest::collection::vec(act, 1..9)
}

/// All that the drive says of the disc fits together, and with the medium.
fn agrees(drive: &mut Drive) {
    let information = read(drive, &[0x51, 0, 0, 0, 0, 0, 0, 0, 34, 0], 34);
    let disc = drive.disc().unwrap().clone();
    let last = disc.tracks().last().map_or(0, |track| track.number);
    let next = disc.invisible().map(|track| track.number);
    if !matches!(disc.state, DiscState::Blank) {
        assert_eq!(information[6], next.unwrap_or(last));
    }
    let Some(growing) = disc.packet_track().cloned() else { return };
    let told = track(drive, growing.number);
    assert_eq!(told, track(drive, 0xFF));
    let (next, free) = (Lba(be(&told, 12)), be(&told, 16));
    let recorded = disc.store.runs(growing.start - PREGAP_FRAMES).next().unwrap();
    assert_eq!(recorded.start, growing.start - PREGAP_FRAMES, "a gap is never skipped");
    // Behind what is recorded comes the next packet's link and run-in.
    assert_eq!(growing.frame_of(next), recorded.end + LEADER_FRAMES);
    assert_eq!(be(&told, 24), next - growing.start + free);
}

proptest! {
    #![proptest_config(ProptestConfig::with_cases(64))]

    #[test]
    fn what_was_synchronised_is_read_back_whatever_happens(
        fixed in any::<bool>(), cd_rw in any::<bool>(), acts in acts(),
    ) {
        let mut drive = drive(if cd_rw { DiscKind::CdRw } else { DiscKind::CdR }, fixed);
        let mut kept: Vec<(i32, u16, u8)> = Vec::new();
        for (seed, act) in (1_u8..).zip(&acts) {
            let before = drive.disc().unwrap().clone();
            let (number, lba) = invisible(&mut drive);
            match act {
                Act::Packet(blocks) => {
                    packet(&mut drive, lba, *blocks, seed);
                    sync(&mut drive);
                    kept.push((lba, *blocks, seed));
                }
                Act::Cut(blocks, after) => {
                    packet(&mut drive, lba, *blocks, seed);
                    drive.wait(Duration::from_millis(*after));
                    drive.host(&HostAct::PowerCycle).unwrap();
                    drive.wait(Duration::from_secs(20));
                    while sense(&mut drive, &[0; 6], Data::None).is_some() {}
                    select(&mut drive, &packets(fixed, DataBlockType::MODE_1));
                    let cut = drive.disc().unwrap().open().and_then(|open| open.incomplete);
                    if cut.is_some_and(|cut| !cut.whole_packets) {
                        prop_assert_eq!(track(&mut drive, number)[5] & 0x20, 0x20, "damage");
                        prop_assert_eq!(write(&mut drive, lba, 1, &[0; 2048]), Some(Sense::COMMAND_SEQUENCE_ERROR));
                        good(&mut drive, &[0x58, 0, 0, 0, 0, number, 0, 0, 0, 0], Data::None);
                    }
                }
                Act::Close => prop_assert_eq!(close_track(&mut drive, 0xFF), None),
            }
            agrees(&mut drive);
            // What was recorded stays as it was.
            let (mut old, mut new) = (vec![0; FRAME], vec![0; FRAME]);
            for run in before.store.runs(FIRST) {
                for lba in (run.start.0..run.end.0).step_by(5).map(Lba) {
                    before.store.read(lba, &mut old).unwrap();
                    drive.disc().unwrap().store.read(lba, &mut new).unwrap();
                    prop_assert!(old == new, "{}", lba);
                }
            }
        }
        for (lba, blocks, seed) in &kept {
            prop_assert!(read_back(&mut drive, *lba, *blocks) == content(*lba, *blocks, *seed));
        }
        if !kept.is_empty() {
            prop_assert_eq!(close_track(&mut drive, 0xFF), None);
            prop_assert_eq!(close_session(&mut drive), None);
            for (lba, blocks, seed) in kept {
                prop_assert!(read_back(&mut drive, lba, blocks) == content(lba, blocks, seed));
            }
        }
    }

    #[test]
    fn a_formatted_disc_holds_what_was_written_last(
        writes in proptest::collection::vec((0_i32..400, 1_u16..80, any::<u8>()), 1..12),
    ) {
        let mut drive = formatted();
        let mut expected = vec![0; 480 * 2048];
        for (lba, blocks, seed) in writes {
            packet(&mut drive, lba, blocks, seed);
            let data = content(lba, blocks, seed);
            expected[lba as usize * 2048..][..data.len()].copy_from_slice(&data);
        }
        prop_assert!(read_back(&mut drive, 0, 480) == expected);
    }
}
