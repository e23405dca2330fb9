use cd_format::sector::check::{EdcState, classify};
use cd_format::sector::scramble::scramble;
use cd_format::sector::{Sector, SectorMode};
use cd_format::sub_channel::interleave::{p_bit, q_frame};
use cd_format::sub_channel::{LEAD_OUT_TNO, QContent};
use cd_format::{Control, Lba, Point, RecordedFrames};

use super::{Frame, StretchKind};
use crate::disc::Disc;
use crate::scene::{DiscKind, DiscScene};
use crate::store::{At, FRAME, MAIN, ReadError, Source};

fn disc(ron: &str) -> Disc {
    let scene: DiscScene = ron::from_str(ron).unwrap();
    Disc::build(&scene).unwrap()
}

fn frame(disc: &Disc, lba: i32) -> Frame {
    let mut frame = [0; FRAME];
    disc.read_frames(Lba(lba), &mut frame).unwrap();
    frame
}

fn sector(disc: &Disc, lba: i32) -> Sector {
    let mut sector: Sector = *frame(disc, lba).first_chunk().unwrap();
    scramble(&mut sector);
    sector
}

fn position(disc: &Disc, lba: i32) -> (u8, u8) {
    match q_frame(frame(disc, lba).last_chunk().unwrap()).content() {
        Ok(QContent::Position { tno, index, .. }) => (tno, index),
        other => panic!("{lba}: {other:?}"),
    }
}

const TWO_SESSIONS: &str = r#"(kind: CdR, atip: Some((lead_in: "97:26:66", last_lead_out: "79:59:74")), sessions: [
    (written: Tao, tracks: [(content: Mode1, blocks: 300), (content: Audio, blocks: 400, isrc: Some("DEA400000001"))]),
    (format: Xa, tracks: [(content: Mode2, blocks: 500)]),
], mcn: Some("0012345678905"))"#;

/// Lead-in from the pregroove's 97:26:66; track 2 behind 2 + 150 blocks, lead-out behind 2, session 2's
/// first block 11400 behind that (MMC-3 "Track-at-once", Orange Book lengths).
const SECOND: i32 = 852 + 2 + 11_400;

#[test]
fn a_scene_has_every_frame_from_lead_in_to_lead_out() {
    let disc = disc(TWO_SESSIONS);
    let end = SECOND + 500 + 2250;
    assert_eq!(disc.frames().runs(), [Lba(-11_634)..Lba(end)]);
    let mut all = vec![0; (end + 11_634) as usize * FRAME];
    disc.read_frames(Lba(-11_634), &mut all).unwrap();
    for (frame, lba) in all.as_chunks::<FRAME>().0.iter().zip(-11_634..) {
        assert!(q_frame(frame.last_chunk().unwrap()).crc_ok(), "{lba}");
    }
    let behind = disc.read_frames(Lba(end), &mut all);
    assert!(matches!(behind, Err(ReadError::Unwritten { lba }) if lba == Lba(end)));
}

#[test]
fn q_says_where_everything_is() {
    let disc = disc(TWO_SESSIONS);
    for (lba, tno, index) in [
        (-148, 1, 0),
        (0, 1, 1),
        (301, 1, 1),
        (302, 2, 0),
        (452, 2, 1),
        (853, 2, 1),
        (854, LEAD_OUT_TNO, 1),
        (SECOND - 150, 3, 0),
        (SECOND, 3, 1),
        (SECOND + 500, LEAD_OUT_TNO, 1),
    ] {
        assert_eq!(position(&disc, lba), (tno, index), "{lba}");
    }
    assert!(p_bit(frame(&disc, -150).last_chunk().unwrap()));
    let codes: Vec<QContent> = (452..652)
        .filter_map(|lba| q_frame(frame(&disc, lba).last_chunk().unwrap()).content().ok())
        .collect();
    assert!(
        codes.iter().any(|q| matches!(q, QContent::Mcn { mcn, .. } if mcn.to_string() == "0012345678905"))
    );
    assert!(
        codes.iter().any(|q| matches!(q, QContent::Isrc { isrc, .. } if isrc.ascii() == b"DEA400000001"))
    );
}

#[test]
fn the_lead_in_has_the_table_of_contents_of_its_session() {
    let disc = disc(TWO_SESSIONS);
    let points = |range: core::ops::Range<i32>| {
        let mut points: Vec<Point> = range
            .map(|lba| match q_frame(frame(&disc, lba).last_chunk().unwrap()).content() {
                Ok(QContent::Toc(entry)) => entry.point,
                other => panic!("{lba}: {other:?}"),
            })
            .collect();
        points.sort_unstable();
        points.dedup();
        points
    };
    assert_eq!(points(-11_634..-11_500), [1, 2, 0xA0, 0xA1, 0xA2, 0xB0, 0xC0].map(Point));
    assert_eq!(points(SECOND - 4650..SECOND - 4550), [3, 0xA0, 0xA1, 0xA2, 0xB0].map(Point));
}

#[test]
fn sectors_are_of_their_tracks_mode_and_sound() {
    let disc = disc(TWO_SESSIONS);
    for (lba, mode) in [
        (-150, SectorMode::Mode1),
        (0, SectorMode::Mode1),
        (299, SectorMode::Mode1),
        (SECOND, SectorMode::Mode2Form1),
        (SECOND + 600, SectorMode::Mode2Form1),
    ] {
        let found = classify(&sector(&disc, lba));
        assert_eq!((found.mode, found.edc), (Some(mode), EdcState::Good), "{lba}");
        assert_eq!(found.address, Lba(lba).to_msf(), "{lba}");
    }
    assert_eq!(frame(&disc, 400)[..MAIN], [0; MAIN], "a pause of audio is silent");
    assert_ne!(frame(&disc, 452)[..MAIN], frame(&disc, 453)[..MAIN]);
    assert_eq!(frame(&disc, 452), frame(&disc, 452));
}

#[test]
fn mode_2_has_the_form_of_its_sessions_format() {
    for (format, mode) in [
        ("CdRom", SectorMode::Mode2Formless),
        ("Xa", SectorMode::Mode2Form1),
        ("CdI", SectorMode::Mode2Form2),
    ] {
        let disc = disc(&format!(
            "(kind: CdRom, sessions: [(format: {format}, tracks: [(content: Mode2, blocks: 300)])], end: Finalised)"
        ));
        assert_eq!(classify(&sector(&disc, 7)).mode, Some(mode));
    }
}

#[test]
fn recorded_frames_come_before_laid_ones_and_runs_are_joined() {
    let mut disc = disc(TWO_SESSIONS);
    let end = SECOND + 500 + 2250;
    disc.store.append(At::Start(Lba(end)), Source::Frames(&[7; 3 * FRAME])).unwrap();
    assert_eq!(disc.frames().runs(), [Lba(-11_634)..Lba(end + 3)]);
    let mut both = vec![0; 2 * FRAME];
    disc.read_frames(Lba(end - 1), &mut both).unwrap();
    assert_eq!(both[FRAME..], [7; FRAME]);
    assert_eq!(both[..FRAME], frame(&disc, end - 1));
}

#[test]
fn what_is_erased_is_gone_from_this_fork_alone() {
    let mut disc = disc(TWO_SESSIONS);
    let fork = disc.clone();
    disc.laid.erase(&(Lba(100)..Lba(SECOND)));
    assert_eq!(disc.frames().runs(), [Lba(-11_634)..Lba(100), Lba(SECOND)..Lba(SECOND + 2750)]);
    let mut out = [0; FRAME];
    assert!(disc.read_frames(Lba(100), &mut out).is_err());
    assert!(fork.read_frames(Lba(100), &mut out).is_ok());
}

#[test]
fn an_open_session_has_its_tracks_and_nothing_else() {
    let disc = disc(
        r#"(kind: CdR, atip: Some((lead_in: "97:26:66", last_lead_out: "79:59:74")), end: Open, sessions: [
            (written: Tao, tracks: [(content: Mode1, blocks: 300), (content: Mode1, blocks: 900, reserved: true)])])"#,
    );
    assert_eq!(disc.frames().runs(), [Lba(-150)..Lba(302)]);
    assert_eq!(position(&disc, 0), (1, 1));
    assert_eq!(disc.stretch(Lba(0)), None, "there is no lead-in to find it by");
}

#[test]
fn stretches_tell_tracks_run_outs_and_pauses_apart() {
    let disc = disc(TWO_SESSIONS);
    let found = |lba| {
        disc.stretch(Lba(lba)).map(|stretch| (stretch.range.start.0, stretch.range.end.0, stretch.kind))
    };
    let data = StretchKind::Blocks(Control::DATA);
    let audio = StretchKind::Blocks(Control::AUDIO);
    assert_eq!(found(-1), None);
    assert_eq!(found(0), Some((0, 300, data)));
    assert_eq!(found(300), Some((300, 302, StretchKind::RunOut)));
    assert_eq!(found(302), Some((302, 452, audio)));
    assert_eq!(found(851), Some((452, 852, audio)));
    assert_eq!(found(853), Some((852, 854, StretchKind::RunOut)));
    assert_eq!(found(854), None);
    assert_eq!(found(SECOND - 1), None);
    assert_eq!(found(SECOND), Some((SECOND, SECOND + 500, data)));
    assert_eq!(found(SECOND + 500), None);
}

#[test]
fn a_blank_disc_has_no_frame() {
    let (lead_in, last_lead_out) = ("97:26:66".parse().unwrap(), "79:59:74".parse().unwrap());
    let blank = Disc::build(&DiscScene::blank(DiscKind::CdR, lead_in, last_lead_out)).unwrap();
    assert!(blank.frames().runs().is_empty());
    assert_eq!(blank.stretch(Lba(0)), None);
}
