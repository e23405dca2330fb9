//! Sheets, plans, and sessions burnt from end to end.

use core::time::Duration;

use cd_format::sector::scramble::scramble;
use cd_format::sector::{EdcState, Sector, SectorMode, classify};
use cd_format::sub_channel::interleave::{p_bit, q_frame};
use cd_format::sub_channel::{QContent, SUB_CHANNEL_BYTES};
use cd_format::{Control, Lba, Msf};
use mmc_wire::block::cue_sheet::{CueEntry, CuePosition, CueSheet, DataForm, MainForm};
use mmc_wire::{Block, Sense};
use proptest::prelude::*;
use scsi_transport::{Data, Transport};

use crate::store::{FRAME, MAIN};
use crate::{DiscKind, Drive, HostAct, Personality, Scene};

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
    disc.store.read(Lba(0), &mut frame).unwrap();
    assert!(frame[..MAIN].iter().all(|byte| *byte == 0x11));
    disc.store.read(Lba(450), &mut frame).unwrap();
    let mut sector: Sector = *frame.first_chunk().unwrap();
    scramble(&mut sector);
    assert!(sector[16..2064].iter().all(|byte| *byte == 0x22));
    disc.store.read(Lba(-150), &mut frame).unwrap();
    let sub: &[u8; SUB_CHANNEL_BYTES] = frame.last_chunk().unwrap();
    assert!(p_bit(sub) && matches!(q_frame(sub).content(), Ok(QContent::Position { tno: 1, index: 0, .. })));
}

fn one_audio_track(form: u8, lead_in: u8) -> Vec<u8> {
    bytes(vec![
        entry(0, 0, 0, lead_in, -150),
        entry(0, 1, 0, 0x01, -150),
        entry(0, 1, 1, form, 0),
        entry(0, 0xAA, 1, 0x01, 300),
    ])
}

fn sub_channel(drive: &Drive, lba: i32) -> [u8; SUB_CHANNEL_BYTES] {
    let mut frame = [0; FRAME];
    drive.disc().unwrap().store.read(Lba(lba), &mut frame).unwrap();
    *frame.last_chunk().unwrap()
}

/// All ones from the host: R to W stay, P and Q are the drive's.
#[test]
fn of_a_raw_sub_channel_r_to_w_are_the_hosts() {
    let mut drive = drive(DiscKind::CdR);
    select(&mut drive, 0x42, 0x00).unwrap();
    cue(&mut drive, &one_audio_track(0x40, 0x01)).unwrap();
    write(&mut drive, 0, 300, &[0xFF; 300 * FRAME]).unwrap();
    sync(&mut drive).unwrap();
    let sub = sub_channel(&drive, 0);
    assert!(sub.iter().all(|byte| byte & 0x3F == 0x3F));
    assert!(q_frame(&sub).crc_ok() && !p_bit(&sub));
    assert!(matches!(q_frame(&sub).content(), Ok(QContent::Position { tno: 1, index: 1, .. })));
}

/// Packs lie on the disc over eight of their length, so symbol n of the first comes n % 8 packs later
/// (IEC 60908, channels R to W).
#[test]
fn packed_r_to_w_are_interleaved_by_the_drive() {
    let mut drive = drive(DiscKind::CdR);
    select(&mut drive, 0x42, 0x00).unwrap();
    cue(&mut drive, &one_audio_track(0xC0, 0x01)).unwrap();
    let mut data = vec![0; 300 * FRAME];
    data[MAIN..MAIN + 24].fill(0x3F);
    write(&mut drive, 0, 300, &data).unwrap();
    sync(&mut drive).unwrap();
    let symbols = |lba| sub_channel(&drive, lba).iter().filter(|byte| **byte & 0x3F != 0).count();
    assert_eq!((symbols(0), symbols(1), symbols(2)), (12, 12, 0));
}

/// A lead-in with CD-TEXT has the host's R to W and the drive's table of contents.
#[test]
fn a_lead_in_with_cd_text_has_the_table_of_contents() {
    let mut drive = drive(DiscKind::CdR);
    select(&mut drive, 0x42, 0xC0).unwrap();
    cue(&mut drive, &one_audio_track(0x00, 0x41)).unwrap();
    for first in (-11_634..-150).step_by(500) {
        let count = (-150 - first).min(500);
        write(&mut drive, first, count as u16, &vec![0x15; count as usize * SUB_CHANNEL_BYTES]).unwrap();
    }
    write(&mut drive, 0, 300, &[0; 300 * MAIN]).unwrap();
    sync(&mut drive).unwrap();
    let mut points = Vec::new();
    for lba in -11_634..-11_600 {
        let sub = sub_channel(&drive, lba);
        assert!(sub.iter().all(|byte| byte & 0x3F == 0x15));
        points.push(q_frame(&sub).toc_entry(1).unwrap().point.0);
    }
    points.sort_unstable();
    points.dedup();
    assert_eq!(points, [1, 0xA0, 0xA1, 0xA2, 0xB0, 0xC0]);
}

#[test]
fn a_test_write_leaves_no_frame() {
    let mut drive = drive(DiscKind::CdR);
    select(&mut drive, 0x52, 0xC0).unwrap();
    cue(&mut drive, &one_audio_track(0x00, 0x01)).unwrap();
    write(&mut drive, 0, 300, &[0x11; 300 * MAIN]).unwrap();
    sync(&mut drive).unwrap();
    let disc = drive.disc().unwrap();
    assert!(disc.closed().is_empty() && !disc.is_damaged());
    assert!((-11_634..7050).all(|lba| !disc.store.is_written(Lba(lba))));
}

/// SYNCHRONIZE CACHE with IMMED has been answered, and the power goes: without its lead-out the session
/// is none, unless all of it had been recorded.
#[test]
fn the_power_goes_while_the_lead_out_is_written() {
    for (seconds, damaged) in [(5, true), (600, false)] {
        let mut drive = drive(DiscKind::CdR);
        select(&mut drive, 0x42, 0xC0).unwrap();
        cue(&mut drive, &one_audio_track(0x00, 0x01)).unwrap();
        write(&mut drive, 0, 300, &[0x11; 300 * MAIN]).unwrap();
        send(&mut drive, &[0x35, 2, 0, 0, 0, 0, 0, 0, 0, 0], &[]).unwrap();
        drive.wait(Duration::from_secs(seconds));
        drive.host(&HostAct::PowerCycle).unwrap();
        drive.wait(Duration::from_secs(60));
        let disc = drive.disc().unwrap();
        assert_eq!((disc.is_damaged(), disc.closed().len()), (damaged, usize::from(!damaged)));
    }
}

/// The table of contents has a first track's number, and it need not be 1 (ECMA-130 22.3, POINT A0).
#[test]
fn a_disc_may_begin_with_any_track() {
    let mut drive = drive(DiscKind::CdRw);
    select(&mut drive, 0x42, 0x00).unwrap();
    let sheet = bytes(vec![
        entry(0, 0, 0, 0x01, -150),
        entry(0, 7, 0, 0x01, -150),
        entry(0, 7, 1, 0x00, 0),
        entry(0, 0xAA, 1, 0x01, 300),
    ]);
    cue(&mut drive, &sheet).unwrap();
    write(&mut drive, 0, 300, &[0; 300 * MAIN]).unwrap();
    sync(&mut drive).unwrap();
    let numbers: Vec<u8> = drive.disc().unwrap().tracks().map(|track| track.number).collect();
    assert_eq!(numbers, [7]);
}

/// Sheets whose disc no standard allows: sectors of two modes in a track or in its pause, sectors before or
/// behind sound, silence behind data. The byte at fault is the data form's.
#[test]
fn what_no_disc_may_have_is_refused() {
    let data = |lead_in, pause, first, second, lead_out| {
        vec![
            entry(4, 0, 0, lead_in, -150),
            entry(4, 1, 0, pause, -150),
            entry(4, 1, 1, first, 0),
            entry(4, 1, 2, second, 300),
            entry(4, 0xAA, 1, lead_out, 700),
        ]
    };
    let sound = |lead_in, lead_out| {
        vec![
            entry(0, 0, 0, lead_in, -150),
            entry(0, 1, 0, 0x01, -150),
            entry(0, 1, 1, 0x00, 0),
            entry(0, 0xAA, 1, lead_out, 400),
        ]
    };
    let cases = [
        (data(0x14, 0x14, 0x10, 0x11, 0x14), None),
        (data(0x01, 0x14, 0x10, 0x11, 0x14), None),
        (data(0x14, 0x24, 0x20, 0x30, 0x34), None),
        (data(0x14, 0x14, 0x10, 0x30, 0x14), Some(27)),
        (data(0x14, 0x34, 0x10, 0x10, 0x14), Some(19)),
        (data(0x14, 0x14, 0x10, 0x10, 0x01), Some(35)),
        (sound(0x01, 0x01), None),
        (sound(0x14, 0x01), Some(3)),
        (sound(0x01, 0x14), Some(27)),
    ];
    for (sheet, fault) in cases {
        let mut drive = drive(DiscKind::CdR);
        select(&mut drive, 0x42, 0x00).unwrap();
        let room = super::Room::on(drive.disc().unwrap()).unwrap();
        let sheet = CueSheet { entries: sheet };
        let seen = super::sheet::read(&sheet, room).err().map(|misfit| (misfit.byte, misfit.bit));
        assert_eq!(seen, fault.map(|byte| (byte, Some(5))), "{sheet:?}");
        let refused = fault.map(|_| Sense::INVALID_FIELD_IN_PARAMETER_LIST);
        assert_eq!(cue(&mut drive, &sheet.to_bytes()).err(), refused);
    }
}

/// A session in the terms of its sheet, for what must hold of every one.
#[derive(Clone, Debug)]
struct Planned {
    tracks: Vec<PlannedTrack>,
    mcn: Option<[u8; 13]>,
    lead_in: u8,
}

#[derive(Clone, Debug)]
struct PlannedTrack {
    form: u8,
    generated_pause: bool,
    pause: i32,
    blocks: i32,
    second_index: Option<i32>,
    serial_copy: bool,
    isrc: bool,
}

fn planned() -> impl Strategy<Value = Planned> {
    let form = prop::sample::select(vec![0x00u8, 0x40, 0xC0, 0x10, 0x11, 0x13, 0x20, 0x30, 0x33]);
    let track =
        (form, any::<bool>(), 0..200, 300..330, prop::option::of(1..299), any::<bool>(), any::<bool>());
    let track = track.prop_map(|(form, generated_pause, pause, blocks, second_index, serial_copy, isrc)| {
        PlannedTrack { form, generated_pause, pause, blocks, second_index, serial_copy, isrc }
    });
    let mcn = prop::option::of(prop::array::uniform13(b'0'..=b'9'));
    let lead_in = prop::sample::select(vec![0x01u8, 0x34]);
    (prop::collection::vec(track, 1..4), mcn, lead_in).prop_map(|(tracks, mcn, lead_in)| Planned {
        tracks,
        mcn,
        lead_in,
    })
}

const ISRC: [u8; 12] = *b"USK7Y9812345";

impl Planned {
    /// The sheet, and the runs of blocks that the host has to send: first, count, bytes a block.
    fn sheet(&self) -> (Vec<CueEntry>, Vec<(i32, i32, usize)>) {
        let mut entries = Vec::new();
        let mut runs = Vec::new();
        if let Some([a, b, c, d, e, f, g, h, i, j, k, l, m]) = self.mcn {
            let control = Control::AUDIO;
            entries.push(CueEntry::Catalogue { control, digits: [a, b, c, d, e, f, g] });
            entries.push(CueEntry::Catalogue { control, digits: [h, i, j, k, l, m, 0] });
        }
        let is_data = |track: Option<&PlannedTrack>| track.is_some_and(|track| track.form & 0x30 != 0);
        let lead_in = if is_data(self.tracks.first()) { self.lead_in } else { 0x01 };
        entries.push(entry(0, 0, 0, lead_in, -150));
        let mut at = -150;
        for (n, track) in self.tracks.iter().enumerate() {
            let number = n as u8 + 1;
            let control = if track.form & 0x30 == 0 { 0 } else { 4 };
            let generated = match track.form & 0x30 {
                0x00 => 0x01,
                mode => mode | 0x04,
            };
            if track.isrc {
                let control = Control::AUDIO;
                let [a, b, c, d, e, f, g, h, i, j, k, l] = ISRC;
                entries.push(CueEntry::Recording { control, track: number, characters: [a, b, c, d, e, f] });
                entries.push(CueEntry::Recording { control, track: number, characters: [g, h, i, j, k, l] });
            }
            let mut push = |index, form, lba, blocks| {
                let mut entry = entry(control, number, index, form, lba);
                if let (CueEntry::Position(position), true) = (&mut entry, track.serial_copy) {
                    position.serial_copy = CuePosition::ALTERNATE_COPY;
                }
                entries.push(entry);
                let form = DataForm(form);
                let size = form.main().unwrap().bytes() + form.sub_channel().unwrap().bytes();
                if size > 0 {
                    runs.push((lba, blocks, size));
                }
            };
            let pause = if n == 0 { 150 } else { track.pause };
            if pause > 0 {
                push(0, if track.generated_pause { generated } else { track.form }, at, pause);
            }
            at += pause;
            let second = track.second_index.unwrap_or(track.blocks);
            push(1, track.form, at, second);
            if track.second_index.is_some() {
                push(2, track.form, at + second, track.blocks - second);
            }
            at += track.blocks;
        }
        let lead_out = if is_data(self.tracks.last()) { 0x34 } else { 0x01 };
        entries.push(entry(0, CuePosition::LEAD_OUT, 1, lead_out, at));
        (entries, runs)
    }
}

proptest! {
    #![proptest_config(ProptestConfig::with_cases(6))]

    /// Whatever is planned is burnt: every Q has its CRC and is the plan's, data sectors are sound, and the
    /// disc has the tracks of the sheet.
    #[test]
    fn a_legal_sheet_is_burnt_as_planned(planned in planned(), byte: u8) {
        let mut drive = drive(DiscKind::CdR);
        select(&mut drive, 0x42, 0x00).unwrap();
        let (entries, runs) = planned.sheet();
        prop_assert_eq!(cue(&mut drive, &bytes(entries)), Ok(()));
        let plan = drive.cue.clone().unwrap();
        for (lba, blocks, size) in runs {
            for first in (lba..lba + blocks).step_by(60) {
                let count = (lba + blocks - first).min(60);
                let mut data = vec![byte; count as usize * size];
                // Any bytes at all would be packs with the wrong parity.
                for block in data.chunks_exact_mut(size).filter(|block| block.len() == FRAME) {
                    block[MAIN..].fill(0);
                }
                prop_assert_eq!(write(&mut drive, first, count as u16, &data), Ok(()));
            }
        }
        prop_assert_eq!(sync(&mut drive), Ok(()));
        let disc = drive.disc().unwrap();
        prop_assert_eq!(disc.mcn, planned.mcn);
        let session = disc.closed().first().unwrap();
        prop_assert_eq!(session.tracks.len(), planned.tracks.len());
        for (track, planned) in session.tracks.iter().zip(&planned.tracks) {
            prop_assert_eq!(track.blocks as i32, planned.blocks);
            prop_assert_eq!(track.isrc, planned.isrc.then_some(ISRC));
        }
        let mut frame = [0; FRAME];
        let mut lba = plan.start();
        for (q, p) in plan.sub_channel.frames() {
            disc.store.read(lba, &mut frame).unwrap();
            let sub: &[u8; SUB_CHANNEL_BYTES] = frame.last_chunk().unwrap();
            prop_assert!(q.crc_ok() && q_frame(sub) == q && p_bit(sub) == p, "{lba}");
            let region = plan.region(lba).unwrap();
            if region.main.is_data() && lba.0 % 50 == 0 {
                let mut sector: Sector = *frame.first_chunk().unwrap();
                scramble(&mut sector);
                let seen = classify(&sector);
                let mode = if matches!(region.main, MainForm::Mode1(_)) { 1 } else { 2 };
                prop_assert_eq!(seen.mode.and_then(SectorMode::mode_byte), Some(mode), "{}: {:?}", lba, seen);
                // The lead-in's clock is another one.
                let time = if lba.0 < -150 { lba.to_msf() } else { lba.to_program_msf() };
                prop_assert_eq!(seen.address, time);
                // Zeros after a sub-header of zeros are sound as form 1 and as no form at all.
                let free = match region.main {
                    MainForm::Mode2(_) => true,
                    MainForm::Xa(_) => seen.mode == Some(SectorMode::Mode2Formless) && byte == 0,
                    MainForm::Audio(_) | MainForm::Mode1(_) => false,
                };
                prop_assert!(free || seen.edc == EdcState::Good, "{lba}: {seen:?}");
            }
            lba = lba + 1;
        }
        prop_assert_eq!(lba, plan.end());
        // Random digits, codes of data, disc type 00h with forms and short pauses are the sheet's own doing.
        let report = crate::test_host::lint(&drive);
        let sheets = ["mcn-check-digit", "isrc-track", "disc-type-forms", "pregap"];
        let drives = report.findings.iter().find(|finding| !sheets.contains(&finding.rule.id()));
        prop_assert!(drives.is_none(), "{report}");
    }
}

proptest! {
    /// Whatever a host sends as a sheet, the drive takes it or says no; and says no to what it refused.
    #[test]
    fn hostile_sheets_are_taken_or_refused(bytes in prop::collection::vec(any::<u8>(), 1..400)) {
        let mut drive = drive(DiscKind::CdR);
        select(&mut drive, 0x42, 0x00).unwrap();
        if cue(&mut drive, &bytes).is_err() {
            prop_assert_eq!(write(&mut drive, -150, 1, &[0; MAIN]), Err(Sense::COMMAND_SEQUENCE_ERROR));
        }
    }

    /// One byte of a good sheet is another: taken or refused, and what is taken can be planned for.
    #[test]
    fn damaged_sheets_are_taken_or_refused(at in 0usize..32, byte: u8, lba in -200i32..400) {
        let mut drive = drive(DiscKind::CdR);
        select(&mut drive, 0x42, 0x00).unwrap();
        let mut sheet = bytes(vec![
            entry(0, 0, 0, 0x01, -150),
            entry(0, 1, 0, 0x00, -150),
            entry(0, 1, 1, 0x00, 0),
            entry(0, 0xAA, 1, 0x01, 300),
        ]);
        sheet[at] = byte;
        if cue(&mut drive, &sheet).is_ok() {
            let plan = drive.cue.clone().unwrap();
            let joined = plan.regions.windows(2).all(|pair| pair[0].end == pair[1].start);
            prop_assert!(joined && plan.regions.iter().all(|region| region.start < region.end));
            let _ = write(&mut drive, lba, 1, &[0; FRAME]);
        }
    }
}
