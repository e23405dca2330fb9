use cd_format::Lba;
use cd_format::sub_channel::SUB_CHANNEL_BYTES;
use cd_format::sub_channel::interleave::q_frame;

use super::*;
use crate::scene::{DiscKind, DiscScene};
use crate::store::FRAME;

const SCENE: &str = "(kind: CdRom, end: Finalised, sessions: [(tracks: [(content: Mode1, blocks: 400)])], \
    defects: [(first: 100, frames: 3, kind: C2(bytes: 40, seed: 7))])";

fn disc() -> Disc {
    let scene: DiscScene = ron::from_str(SCENE).unwrap();
    Disc::build(&scene).unwrap()
}

fn frame(disc: &Disc, lba: i32) -> Frame {
    let mut frame = [0; FRAME];
    disc.read_frames(Lba(lba), &mut frame).unwrap();
    frame
}

/// What is read of a frame, and the flags.
fn read(disc: &Disc, lba: i32, failed: u32) -> (Frame, Option<C2Flags>) {
    let mut frame = frame(disc, lba);
    let flags = disc.damage.at(Lba(lba), failed).map(|hurt| hurt.read(&mut frame));
    (frame, flags)
}

fn scratched(kind: DefectKind) -> Disc {
    let mut disc = disc();
    disc.damage = Damage::default();
    disc.damage(Defect::new(&(Lba(10)..Lba(20)), kind)).unwrap();
    disc
}

#[test]
fn what_is_wrong_is_flagged_and_nothing_else() {
    let disc = disc();
    for lba in [99, 100, 102, 103] {
        let (read, flags) = read(&disc, lba, 5);
        let recorded = frame(&disc, lba);
        let wrong: Vec<usize> = (0..FRAME).filter(|n| read[*n] != recorded[*n]).collect();
        assert_eq!(wrong.len(), if (100..103).contains(&lba) { 40 } else { 0 }, "{lba}");
        let flagged: Vec<usize> =
            flags.map(|flags| (0..MAIN).filter(|n| flags.is_flagged(*n)).collect()).unwrap_or_default();
        assert_eq!(wrong, flagged, "{lba}");
    }
    assert_eq!(read(&disc, 101, 0), read(&disc, 101, 0), "each reading has the same errors");
    let others = (read(&disc, 101, 0).1, read(&disc, 102, 0).1);
    assert_ne!(others.0, others.1, "each frame has its own");
}

/// A scratch over a scratch heals nothing: each byte that one of them spoils is wrong, and flagged.
#[test]
fn two_defects_of_a_kind_are_no_better_than_one() {
    let kinds =
        [DefectKind::C2 { bytes: 40, seed: 7 }, DefectKind::Lost, DefectKind::Q, DefectKind::SubChannel];
    for (kind, second) in kinds.into_iter().flat_map(|kind| kinds.map(|second| (kind, second))) {
        let mut disc = scratched(kind);
        disc.damage(Defect::new(&(Lba(10)..Lba(20)), second)).unwrap();
        let recorded = frame(&disc, 15);
        let (read, flags) = read(&disc, 15, 0);
        let flags = flags.unwrap();
        assert!((0..MAIN).all(|n| (read[n] != recorded[n]) == flags.is_flagged(n)), "{kind:?} {second:?}");
        let spoils = |one: DefectKind, other: DefectKind| kind == one || second == other;
        let lost = spoils(DefectKind::Lost, DefectKind::Lost);
        assert_eq!((0..MAIN).all(|n| flags.is_flagged(n)), lost, "{kind:?} {second:?}");
        let sub: &[u8; SUB_CHANNEL_BYTES] = read.last_chunk().unwrap();
        let q =
            spoils(DefectKind::Q, DefectKind::Q) || spoils(DefectKind::SubChannel, DefectKind::SubChannel);
        assert_eq!(q_frame(sub).crc_ok(), !q, "{kind:?} {second:?}");
    }
}

#[test]
fn the_first_byte_has_the_most_significant_bit() {
    let mut flags = C2Flags::default();
    flags.flag(0);
    flags.flag(15);
    flags.flag(2351);
    assert_eq!((flags.bytes()[0], flags.bytes()[1], flags.bytes()[293]), (0x80, 0x01, 0x01));
    assert_eq!(flags.block_error(), 0x81);
}

#[test]
fn a_lost_frame_has_no_byte_right() {
    let disc = scratched(DefectKind::Lost);
    let (read, flags) = read(&disc, 12, 0);
    let recorded = frame(&disc, 12);
    assert!((0..MAIN).all(|n| read[n] != recorded[n] && flags.as_ref().unwrap().is_flagged(n)));
    assert_eq!(read[MAIN..], recorded[MAIN..], "the sub-channel has a code of its own");
}

#[test]
fn q_comes_with_a_bad_crc_and_the_main_channel_right() {
    for kind in [DefectKind::Q, DefectKind::SubChannel] {
        let disc = scratched(kind);
        for lba in 10..20 {
            let (read, flags) = read(&disc, lba, 0);
            assert!(!q_frame(read.last_chunk::<SUB_CHANNEL_BYTES>().unwrap()).crc_ok(), "{lba}");
            assert_eq!(read[..MAIN], frame(&disc, lba)[..MAIN]);
            assert!(!flags.unwrap().any());
        }
    }
}

#[test]
fn a_frame_that_recovers_is_right_from_then_on() {
    let mut disc = scratched(DefectKind::C1);
    assert!(disc.damage.at(Lba(10), 0).is_none(), "the first decoder tells nobody");
    let weak = Defect { recovers_after: 2, ..Defect::new(&(Lba(50)..Lba(51)), DefectKind::Lost) };
    disc.damage(weak).unwrap();
    let hurt = [0, 1, 2, 3].map(|failed| disc.damage.at(Lba(50), failed).is_some());
    assert_eq!(hurt, [true, true, false, false]);
}

#[test]
fn erasing_takes_what_the_recording_brought_and_leaves_scratches() {
    let mut disc = scratched(DefectKind::Lost);
    let soft = Defect { cause: Cause::Recording, ..Defect::new(&(Lba(100)..Lba(200)), DefectKind::Lost) };
    disc.damage(soft).unwrap();
    let before = disc.clone();
    disc.damage.erase(&(Lba(0)..Lba(150)));
    let hurt = |disc: &Disc| [15, 120, 180].map(|lba| disc.damage.at(Lba(lba), 0).is_some());
    assert_eq!((hurt(&before), hurt(&disc)), ([true; 3], [true, false, true]));
}

#[test]
fn what_cannot_be_is_refused_with_the_reason() {
    let mut disc = disc();
    let defect = |first, frames, kind| Defect { frames, ..Defect::new(&(Lba(first)..Lba(first)), kind) };
    for (bad, why) in [
        (defect(0, 0, DefectKind::Lost), "0 frames"),
        (defect(i32::MIN, 1, DefectKind::Lost), "LBA"),
        (defect(449_849, 2, DefectKind::Lost), "2 frames"),
        (defect(0, u32::MAX, DefectKind::Lost), "frames"),
        (defect(0, 1, DefectKind::C2 { bytes: 0, seed: 0 }), "0 bytes"),
        (defect(0, 1, DefectKind::C2 { bytes: 2353, seed: 0 }), "2353 bytes"),
    ] {
        let error = disc.damage(bad).unwrap_err().to_string();
        assert!(error.contains(why), "{error}");
    }
    for _ in 1..MOST {
        disc.damage(defect(0, 1, DefectKind::Q)).unwrap();
    }
    assert!(disc.damage(defect(0, 1, DefectKind::Q)).is_err(), "there is an end to it");
}

#[test]
fn damage_is_saved_with_the_disc_and_old_files_have_none() {
    let folder = tempfile::tempdir().unwrap();
    let path = folder.path().join("disc.rawcd");
    let mut disc = disc();
    disc.damage(Defect {
        recovers_after: 3,
        cause: Cause::Recording,
        ..Defect::new(&(Lba(7)..Lba(9)), DefectKind::Servo(Servo::Focus))
    })
    .unwrap();
    disc.save(&path).unwrap();
    let back = Disc::load(&path).unwrap();
    assert_eq!(back.damage, disc.damage);
    assert_eq!(frame(&back, 101), frame(&disc, 101));
    disc.damage = Damage::default();
    disc.save(&path).unwrap();
    assert!(Disc::load(&path).unwrap().damage.is_empty());
}

#[test]
fn a_blank_disc_can_be_scratched() {
    let (lead_in, last) = ("97:26:66".parse().unwrap(), "79:59:74".parse().unwrap());
    let mut disc = Disc::build(&DiscScene::blank(DiscKind::CdRw, lead_in, last)).unwrap();
    disc.damage(Defect::new(&(Lba(0)..Lba(1)), DefectKind::Lost)).unwrap();
    disc.blank();
    assert_eq!(disc.damage.defects().len(), 1);
}
