use std::fs;

use cd_format::recorded::{FRAME_BYTES, RecordedFrames};
use cd_format::sector::scramble;
use cd_format::sub_channel::{Rules, interleave};
use cd_format::{Control, Lba};
use cd_image::{Composed, ImageError, Layout, Place, ReadOptions};
use sha1::{Digest, Sha1};

use super::folder;

/// SHA-1 of sectors, and a Q frame, by independent implementations of ECMA-130. Sector 0 is zeros, sector
/// 16 counts.
#[test]
fn sectors_of_an_iso_are_those_of_other_implementations() {
    let folder = folder(&[]);
    let mut bytes = vec![0; 2048 * 300];
    bytes[16 * 2048..17 * 2048].iter_mut().zip(0..).for_each(|(byte, n)| *byte = n as u8);
    let iso = folder.path().join("data.iso");
    fs::write(&iso, bytes).unwrap();
    let layout = Layout::read(&iso, ReadOptions::default()).unwrap();
    let composed = Composed::new(&layout, &Place::first(Lba(-11_635)), Rules::default()).unwrap();
    let mut frame = [0; FRAME_BYTES];
    for (lba, sha) in
        [(0, "5d6926fd53a6c19a5898806069460996b0e37904"), (16, "107da9a7d8d0f5f7e11a02acd705854b7b419ee5")]
    {
        composed.read(Lba(lba), &mut frame).unwrap();
        assert_eq!(hex(&frame[..2352]), sha, "{lba}");
    }
    composed.read(Lba(-150), &mut frame).unwrap();
    let mut plain: [u8; 2352] = frame[..2352].try_into().unwrap();
    scramble::scramble(&mut plain);
    assert_eq!(hex(&plain), "46d453a2ca54b53898d4b5085d3507eb3fe25e12");
    composed.read(Lba(0), &mut frame).unwrap();
    let q = interleave::q_frame(frame[2352..].try_into().unwrap()).to_bytes();
    assert_eq!(q, [0x41, 1, 1, 0, 0, 0, 0, 0, 2, 0, 0x28, 0x32]);
}

fn hex(bytes: &[u8]) -> String {
    Sha1::digest(bytes).iter().map(|byte| format!("{byte:02x}")).collect()
}

#[test]
fn a_read_outside_the_session_is_refused() {
    let folder = folder(&[("data.iso", 2048 * 5)]);
    let layout = Layout::read(&folder.path().join("data.iso"), ReadOptions::default()).unwrap();
    let composed = Composed::new(&layout, &Place::first(Lba(-11_634)), Rules::default()).unwrap();
    assert_eq!(composed.session().tracks[0].control, Control::DATA);
    let mut two = [0; 2 * FRAME_BYTES];
    for (lba, named) in [(-11_635, -11_635), (6754, 6755), (i32::MAX, i32::MAX), (i32::MIN, i32::MIN)] {
        let Err(ImageError::NoFrame { lba: seen, .. }) = composed.read(Lba(lba), &mut two) else {
            panic!("{lba}")
        };
        assert_eq!(seen, Lba(named));
    }
    assert!(composed.read(Lba(6753), &mut two).is_ok());
}
