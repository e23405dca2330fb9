mod any_image;

use core::time::Duration;

use cd_format::lead_in::Contents;
use cd_format::session::next_session;
use cd_format::sub_channel::interleave::{q_frame, set_pq};
use cd_format::sub_channel::pq16::to_pq16;
use cd_format::sub_channel::{Isrc, Mcn, QFrame, Rules, SessionLayout, SubChannelPlan, TrackLayout};
use cd_format::{Adr, Control, DiscType, Lba, Msf, Point, TocEntry};
use mmc_wire::block::disc_information::{DiscInformation, DiscStatus, SessionState};
use mmc_wire::block::mode::{
    DataBlockType, ModeForm, ModePage, ModeParameters, PageBody, WriteParameters, WriteType,
};
use mmc_wire::block::toc::FullToc;
use mmc_wire::command::{ModeSelect10, ReadDiscInformation, ReadToc, SynchronizeCache10, TocFormat, Write10};
use mmc_wire::{Block, Cdb, Sense};
use scsi_transport::{Data, Transport};

use crate::disc::DiscState;
use crate::drive::Drive;
use crate::host::HostAct;
use crate::personality::{FullBuffer, Personality};
use crate::scene::{DiscKind, Scene};
use crate::store::{FRAME, MAIN};

const LEAD_IN: Lba = Lba(-11_634);
const TIMEOUT: Duration = Duration::from_secs(60);

fn msf(text: &str) -> Msf {
    text.parse().unwrap()
}

fn drive_with(personality: Personality) -> Drive {
    Drive::new(personality, &Scene::blank(DiscKind::CdR, msf("97:26:66"), msf("79:59:74"))).unwrap()
}

fn drive() -> Drive {
    drive_with(Personality::reference())
}

fn execute(drive: &mut Drive, cdb: &impl Cdb, data: Data<'_>) -> Result<(), Sense> {
    let outcome = drive.execute(&cdb.bytes(), data, TIMEOUT).unwrap();
    if outcome.is_good() { Ok(()) } else { Err(Sense::in_data(&outcome.sense).unwrap()) }
}

fn set_raw(drive: &mut Drive, kind: DataBlockType, underrun_free: bool) {
    let page = WriteParameters {
        write_type: WriteType::RAW,
        data_block_type: kind,
        buffer_underrun_free: underrun_free,
        link_size_valid: false,
        ..drive.pages.write_parameters()
    };
    let mut list = vec![0; ModeForm::Ten.header_bytes()];
    list.extend(page.to_page());
    let cdb =
        ModeSelect10 { page_format: true, parameter_bytes: list.len() as u16, ..ModeSelect10::default() };
    execute(drive, &cdb, Data::Out(&list)).unwrap();
}

fn layout(lead_in: Lba, first_track: u8) -> SessionLayout {
    let pregap = if lead_in.0 < 0 { Lba(-150) } else { lead_in + 4500 };
    let start = pregap + 150;
    let track = |number, pregap, start, data| TrackLayout {
        number,
        control: if data { Control::DATA } else { Control::AUDIO },
        alternate_copy: false,
        pregap,
        start,
        indexes: Vec::new(),
        isrc: (!data).then(|| "DEA400000001".parse::<Isrc>().unwrap()),
    };
    SessionLayout {
        lead_in,
        tracks: vec![
            track(first_track, pregap, start, false),
            track(first_track + 1, start + 400, start + 550, true),
        ],
        lead_out: start + 1000,
        lead_out_frames: if lead_in.0 < 0 { 6750 } else { 2250 },
        mcn: Some("0012345678905".parse::<Mcn>().unwrap()),
    }
}

/// The blocks of a session, as a host makes them; main channel filled with the frame's number.
fn blocks(layout: &SessionLayout, session: u8, appendable: bool, kind: DataBlockType) -> Vec<Vec<u8>> {
    let sessions = [layout.session(session, DiscType::CD_ROM)];
    let toc = Contents { sessions: &sessions, atip: None, appendable }.full_toc().unwrap();
    let plan = SubChannelPlan::new(layout, &toc, Rules::default()).unwrap();
    plan.frames()
        .enumerate()
        .map(|(n, (q, p))| {
            let mut block = vec![n as u8; MAIN];
            if kind == DataBlockType::RAW_PQ {
                block.extend(to_pq16(q, p));
            } else {
                let mut sub = [0; 96];
                set_pq(&mut sub, p, q);
                block.extend(sub);
            }
            block
        })
        .collect()
}

fn write(drive: &mut Drive, lba: Lba, blocks: &[Vec<u8>]) -> Result<(), Sense> {
    let bytes = blocks.concat();
    let cdb = Write10 { lba, blocks: blocks.len() as u16, ..Write10::default() };
    loop {
        match execute(drive, &cdb, Data::Out(&bytes)) {
            Err(Sense::LONG_WRITE_IN_PROGRESS) => drive.wait(Duration::from_millis(10)),
            other => return other,
        }
    }
}

fn burn(drive: &mut Drive, start: Lba, blocks: &[Vec<u8>]) -> Result<(), Sense> {
    let mut lba = start;
    for part in blocks.chunks(26) {
        write(drive, lba, part)?;
        lba = lba + part.len() as i32;
    }
    execute(drive, &SynchronizeCache10::default(), Data::None)
}

fn information(drive: &mut Drive) -> DiscInformation {
    let mut reply = [0; 34];
    execute(drive, &ReadDiscInformation::standard(34), Data::In(&mut reply)).unwrap();
    DiscInformation::parse(&reply).unwrap()
}

fn full_toc(drive: &mut Drive) -> FullToc {
    let mut reply = vec![0; 2048];
    let cdb = ReadToc { format: TocFormat::FULL_TOC, start: 1, allocation: 2048, ..ReadToc::default() };
    execute(drive, &cdb, Data::In(&mut reply)).unwrap();
    FullToc::parse(&reply).unwrap()
}

#[test]
fn a_session_is_what_its_lead_in_says() {
    for kind in [DataBlockType::RAW_PQ, DataBlockType::RAW_PW_COOKED, DataBlockType::RAW_PW] {
        let mut drive = drive();
        set_raw(&mut drive, kind, true);
        let layout = layout(LEAD_IN, 1);
        burn(&mut drive, LEAD_IN, &blocks(&layout, 1, false, kind)).unwrap();
        let found = information(&mut drive);
        assert_eq!((found.status, found.last_session), (DiscStatus::Finalized, SessionState::Complete));
        let toc = full_toc(&mut drive);
        let start = |point| toc.entries.iter().find(|entry| entry.point == point).and_then(|e| e.p_msf());
        assert_eq!(start(Point(1)), Some(msf("00:02:00")));
        assert_eq!(start(Point(2)), Lba(550).to_msf());
        assert_eq!(start(Point::A2), Lba(1000).to_msf());
        let disc = drive.disc().unwrap();
        assert_eq!(disc.mcn, Some(*b"0012345678905"));
        let tracks: Vec<_> = disc.tracks().map(|track| (track.start.0, track.blocks, track.isrc)).collect();
        assert_eq!(tracks, [(0, 400, Some(*b"DEA400000001")), (550, 450, None)]);
    }
}

#[test]
fn every_frame_is_kept_lead_in_and_lead_out_too() {
    let mut drive = drive();
    set_raw(&mut drive, DataBlockType::RAW_PW, true);
    let sent = blocks(&layout(LEAD_IN, 1), 1, false, DataBlockType::RAW_PW);
    burn(&mut drive, LEAD_IN, &sent).unwrap();
    let store = &drive.disc().unwrap().store;
    assert_eq!(store.runs(Lba::MIN).collect::<Vec<_>>(), [LEAD_IN..Lba(1000 + 6750)]);
    let mut frame = [0; FRAME];
    for (sent, lba) in sent.iter().zip(LEAD_IN.0..) {
        store.read(Lba(lba), &mut frame).unwrap();
        assert!(frame[..] == sent[..], "LBA {lba}");
    }
}

#[test]
fn the_first_block_is_the_lead_ins_first_and_no_gap_is_skipped() {
    let mut drive = drive();
    set_raw(&mut drive, DataBlockType::RAW_PW, true);
    let blocks = blocks(&layout(LEAD_IN, 1), 1, false, DataBlockType::RAW_PW);
    for wrong in [LEAD_IN - 1, LEAD_IN + 1, Lba(-150), Lba(0)] {
        assert_eq!(write(&mut drive, wrong, &blocks[..1]), Err(Sense::INVALID_ADDRESS_FOR_WRITE));
        assert!(!drive.is_streaming(), "a refused write starts nothing");
    }
    write(&mut drive, LEAD_IN, &blocks[..10]).unwrap();
    for wrong in [LEAD_IN, LEAD_IN + 9, LEAD_IN + 11] {
        assert_eq!(write(&mut drive, wrong, &blocks[..1]), Err(Sense::INVALID_ADDRESS_FOR_WRITE));
    }
    write(&mut drive, LEAD_IN + 10, &blocks[10..11]).unwrap();
}

#[test]
fn without_a_lead_out_the_disc_is_damaged() {
    let mut drive = drive();
    set_raw(&mut drive, DataBlockType::RAW_PW, true);
    let blocks = blocks(&layout(LEAD_IN, 1), 1, false, DataBlockType::RAW_PW);
    burn(&mut drive, LEAD_IN, &blocks[..12_000]).unwrap();
    let found = information(&mut drive);
    assert_eq!((found.status, found.last_session), (DiscStatus::Finalized, SessionState::Damaged));
    set_raw(&mut drive, DataBlockType::RAW_PW, true);
    assert_eq!(write(&mut drive, LEAD_IN, &blocks[..1]), Err(Sense::CANNOT_WRITE_INCOMPATIBLE_FORMAT));
}

#[test]
fn power_that_goes_leaves_what_the_laser_reached() {
    let mut drive = drive();
    set_raw(&mut drive, DataBlockType::RAW_PW, true);
    let blocks = blocks(&layout(LEAD_IN, 1), 1, false, DataBlockType::RAW_PW);
    write(&mut drive, LEAD_IN, &blocks[..26]).unwrap();
    drive.host(&HostAct::PowerCycle).unwrap();
    assert!(matches!(drive.disc().map(|disc| &disc.state), None | Some(DiscState::Blank)));
    assert!(drive.loader.disc.as_ref().unwrap().store.is_empty(), "the laser was not on yet");

    drive.wait(Duration::from_secs(60));
    let _ = information_after_attention(&mut drive);
    set_raw(&mut drive, DataBlockType::RAW_PW, true);
    let mut lba = LEAD_IN;
    for part in blocks[..5200].chunks(26) {
        write(&mut drive, lba, part).unwrap();
        lba = lba + part.len() as i32;
    }
    drive.host(&HostAct::PowerCycle).unwrap();
    let disc = drive.loader.disc.as_ref().unwrap();
    let kept = disc.store.len();
    assert!(kept > 0 && kept < 5200, "{kept}");
    assert!(disc.is_damaged());
}

fn information_after_attention(drive: &mut Drive) -> Result<(), Sense> {
    let mut reply = [0; 34];
    for _ in 0..2 {
        let _ = execute(drive, &ReadDiscInformation::standard(34), Data::In(&mut reply));
    }
    execute(drive, &ReadDiscInformation::standard(34), Data::In(&mut reply))
}

#[test]
fn a_full_buffer_is_told_or_waited_for() {
    let blocks = blocks(&layout(LEAD_IN, 1), 1, false, DataBlockType::RAW_PW);
    let fill = |drive: &mut Drive| {
        for (n, part) in blocks.chunks(26).take(60).enumerate() {
            let bytes = part.concat();
            let lba = LEAD_IN + (n * 26) as i32;
            let cdb = Write10 { lba, blocks: 26, ..Write10::default() };
            execute(drive, &cdb, Data::Out(&bytes))?;
        }
        Ok(())
    };
    let mut refusing = drive();
    set_raw(&mut refusing, DataBlockType::RAW_PW, true);
    assert_eq!(fill(&mut refusing), Err(Sense::LONG_WRITE_IN_PROGRESS));

    let mut holding = Personality::reference();
    holding.habits.full_buffer.is = FullBuffer::Hold;
    let mut holding = drive_with(holding);
    set_raw(&mut holding, DataBlockType::RAW_PW, true);
    let before = holding.clock();
    assert_eq!(fill(&mut holding), Ok(()));
    assert!(holding.clock() - before > Duration::from_millis(100), "time has passed");
}

#[test]
fn an_underrun_is_linked_or_loses_the_disc() {
    let blocks = blocks(&layout(LEAD_IN, 1), 1, false, DataBlockType::RAW_PW);
    for underrun_free in [true, false] {
        let mut drive = drive();
        set_raw(&mut drive, DataBlockType::RAW_PW, underrun_free);
        write(&mut drive, LEAD_IN, &blocks[..26]).unwrap();
        drive.wait(Duration::from_secs(10));
        let next = write(&mut drive, LEAD_IN + 26, &blocks[26..52]);
        let expected = if underrun_free { Ok(()) } else { Err(Sense::LOSS_OF_STREAMING) };
        assert_eq!(next, expected);
    }
}

#[test]
fn a_second_session_lies_behind_the_first_where_the_drive_can_do_that() {
    let first = layout(LEAD_IN, 1);
    let next = next_session(first.lead_out, 1);
    for multisession in [true, false] {
        let mut personality = Personality::reference();
        if let Some(raw) = &mut personality.abilities.raw {
            raw.multisession = multisession;
        }
        let mut drive = drive_with(personality);
        set_raw(&mut drive, DataBlockType::RAW_PW, true);
        burn(&mut drive, LEAD_IN, &blocks(&first, 1, true, DataBlockType::RAW_PW)).unwrap();
        let found = information(&mut drive);
        assert_eq!((found.status, found.last_session), (DiscStatus::Appendable, SessionState::Empty));
        assert_eq!(drive.disc().unwrap().next_lead_in(), Some(next.lead_in));
        let second = layout(next.lead_in, 3);
        let burnt = burn(&mut drive, next.lead_in, &blocks(&second, 2, false, DataBlockType::RAW_PW));
        if multisession {
            assert_eq!(burnt, Ok(()));
            assert_eq!(information(&mut drive).sessions, 2);
            assert_eq!(full_toc(&mut drive).last_session, 2);
        } else {
            assert_eq!(burnt, Err(Sense::COMMAND_SEQUENCE_ERROR));
        }
    }
}

#[test]
fn blocks_that_do_not_come_are_not_written() {
    let mut drive = drive();
    set_raw(&mut drive, DataBlockType::RAW_PW, true);
    let cdb = Write10 { lba: LEAD_IN, blocks: 2, ..Write10::default() };
    assert_eq!(execute(&mut drive, &cdb, Data::Out(&[0; 2448])), Err(Sense::INVALID_FIELD_IN_CDB));
    assert!(!drive.is_streaming());
}

#[test]
fn flushing_at_once_goes_on_behind_the_commands_back() {
    let mut drive = drive();
    set_raw(&mut drive, DataBlockType::RAW_PW, true);
    let blocks = blocks(&layout(LEAD_IN, 1), 1, false, DataBlockType::RAW_PW);
    let mut lba = LEAD_IN;
    for part in blocks.chunks(26) {
        write(&mut drive, lba, part).unwrap();
        lba = lba + part.len() as i32;
    }
    let sync = SynchronizeCache10 { immediate: true, ..SynchronizeCache10::default() };
    execute(&mut drive, &sync, Data::None).unwrap();
    let mut reply = [0; 34];
    let asked = execute(&mut drive, &ReadDiscInformation::standard(34), Data::In(&mut reply));
    assert_eq!(asked, Err(Sense::OPERATION_IN_PROGRESS));
    drive.wait(Duration::from_secs(30));
    assert_eq!(information(&mut drive).status, DiscStatus::Finalized);
    let sub = {
        let mut frame = [0; FRAME];
        drive.disc().unwrap().store.read(Lba(1000), &mut frame).unwrap();
        *frame.last_chunk::<96>().unwrap()
    };
    assert_eq!(q_frame(&sub).body()[1], 0xAA);
}

#[test]
fn pages_of_a_list_are_what_the_host_reads_back() {
    let mut drive = drive();
    set_raw(&mut drive, DataBlockType::RAW_PW, false);
    let page = drive.pages.get(WriteParameters::CODE, mmc_wire::command::PageControl::CURRENT);
    let mut bytes = Vec::new();
    ModeParameters::of(page.into_iter().collect::<Vec<ModePage>>()).emit_reply(ModeForm::Ten, &mut bytes);
    assert_eq!(bytes[10] & 0x4F, 0x03, "raw, no BUFE");
}

/// The lead-in's table is what counts: behind it Q of TNO 0 is a disturbance, however often it comes.
#[test]
fn what_looks_like_a_table_behind_the_lead_in_does_not_count() {
    let mut drive = drive();
    set_raw(&mut drive, DataBlockType::RAW_PW, true);
    let layout = layout(LEAD_IN, 1);
    let mut image = blocks(&layout, 1, false, DataBlockType::RAW_PW);
    let track_1 = (-LEAD_IN.0) as usize;
    let (lead_in, program) = image.split_at_mut(track_1);
    // A lead-out in 50 blocks of the lead-in, and another one in 200 of the track.
    let is_lead_out = |block: &&mut Vec<u8>| {
        let q = q_frame(block.last_chunk().unwrap());
        q.toc_entry(1).is_ok_and(|entry| entry.point == Point::A2)
    };
    for block in lead_in.iter_mut().filter(is_lead_out).skip(50) {
        set_pq(block.last_chunk_mut().unwrap(), false, QFrame::from_bytes([0; 12]));
    }
    let other = TocEntry::new(1, Adr::POSITION, Control::AUDIO, Point::A2).with_p_time([0, 20, 0]);
    for block in &mut program[100..300] {
        set_pq(block.last_chunk_mut().unwrap(), false, QFrame::toc(&other).unwrap());
    }
    burn(&mut drive, LEAD_IN, &image).unwrap();
    assert_eq!(drive.disc().unwrap().closed()[0].lead_out, layout.lead_out);
}

/// What went wrong behind the host's back the next command hears of as a deferred error (SPC-3 "Sense data":
/// response code 71h), what went wrong before its eyes as a current one (70h).
#[test]
fn an_error_behind_the_hosts_back_is_told_as_deferred() {
    for immediate in [true, false] {
        let mut drive = drive();
        set_raw(&mut drive, DataBlockType::RAW_PW, false);
        let blocks = blocks(&layout(LEAD_IN, 1), 1, false, DataBlockType::RAW_PW);
        write(&mut drive, LEAD_IN, &blocks[..26]).unwrap();
        drive.wait(Duration::from_secs(60));
        let sync = SynchronizeCache10 { immediate, ..SynchronizeCache10::default() };
        let mut said = drive.execute(&sync.bytes(), Data::None, TIMEOUT).unwrap();
        if immediate {
            assert!(said.is_good());
            drive.wait(Duration::from_secs(60));
            said = drive.execute(&[0; 6], Data::None, TIMEOUT).unwrap();
        }
        assert_eq!(Sense::in_data(&said.sense), Some(Sense::LOSS_OF_STREAMING));
        assert_eq!(said.sense[0] & 0x7F, if immediate { 0x71 } else { 0x70 });
        assert!(drive.execute(&[0; 6], Data::None, TIMEOUT).unwrap().is_good(), "told once");
    }
}
