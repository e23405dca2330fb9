use cd_format::sub_channel::QContent;
use cd_format::sub_channel::interleave::q_frame;

use super::*;
use crate::fixture::TrackImage;

fn session() -> SessionImage {
    SessionImage {
        lead_in: -11_634,
        tracks: vec![
            TrackImage { content: TrackContent::Audio, blocks: 300, pause: 0 },
            TrackImage { content: TrackContent::Mode1, blocks: 300, pause: 150 },
        ],
        session: 1,
        first_track: 1,
        block: BlockForm::Raw,
        next: NextSession::Absent,
        lead_out: None,
    }
}

fn block(image: &Image, lba: i32) -> Vec<u8> {
    let mut out = Vec::new();
    image.append(lba.abs_diff(image.start().0), &mut out);
    out
}

fn q(image: &Image, lba: i32) -> QContent {
    q_frame(block(image, lba).last_chunk().unwrap()).content().unwrap()
}

#[test]
fn a_session_reaches_from_lead_in_to_lead_out() {
    let image = Image::new(&session()).unwrap();
    assert_eq!(image.frames(), 11_634 + 750 + 6750);
    assert!(matches!(q(&image, -150), QContent::Position { tno: 1, index: 0, .. }));
    assert!(matches!(q(&image, 299), QContent::Position { tno: 1, index: 1, .. }));
    assert!(matches!(q(&image, 300), QContent::Position { tno: 2, index: 0, .. }));
    assert!(matches!(q(&image, 450), QContent::Position { tno: 2, index: 1, .. }));
    assert_eq!(block(&image, 7499).len(), 2448);
    assert!(block(&image, 7500).is_empty());
    // Sync of a data sector; audio that tells its address.
    assert_eq!(block(&image, 450)[..2], [0x00, 0xFF]);
    assert_eq!(block(&image, 258)[..4], [0, 0, 1, 2]);
}

#[test]
fn a_later_session_lies_behind_its_short_lead_in() {
    let later = SessionImage { lead_in: 7350, session: 2, first_track: 3, ..session() };
    let image = Image::new(&SessionImage { block: BlockForm::Pq, ..later.clone() }).unwrap();
    assert_eq!((image.frames(), image.block_bytes()), (4500 + 150 + 750 + 2250, 2368));
    let image = Image::new(&later).unwrap();
    assert!(matches!(q(&image, 12_000), QContent::Position { tno: 3, index: 1, .. }));
}

#[test]
fn what_is_no_session_says_why() {
    for (wrong, why) in [
        (SessionImage { tracks: Vec::new(), ..session() }, "track"),
        (SessionImage { lead_in: -100, ..session() }, "pregap"),
        (SessionImage { lead_in: i32::MAX, ..session() }, "address"),
        (SessionImage { lead_out: Some(4_000_000), ..session() }, "at most 60000"),
        (SessionImage { first_track: 99, ..session() }, "track 100"),
    ] {
        let said = Image::new(&wrong).unwrap_err();
        assert!(said.contains(why), "{said}");
    }
}
