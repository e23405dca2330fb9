//! Images that no sane host sends, on blank discs and behind sessions: the disc stays one that can be kept.

use cd_format::sub_channel::QFrame;
use cd_format::{Adr, RecordedFrames, TocEntry};
use proptest::prelude::*;

use super::*;
use crate::disc::Disc;
use crate::scene::{Content, DiscScene, End, SessionFormat, SessionScene, TrackScene, Written};

/// Q of a frame.
#[derive(Clone, Debug)]
enum Q {
    /// A table of contents' entry, MIN:SEC:FRAME of its point.
    Toc(Adr, Control, Point, [u8; 3]),
    /// Anything, but with its CRC.
    Sealed([u8; 10]),
    /// Anything.
    Bytes([u8; 12]),
}

impl Q {
    fn frame(&self) -> QFrame {
        match self {
            Self::Toc(adr, control, point, p_time) => {
                let entry = TocEntry::new(1, *adr, *control, *point).with_p_time(*p_time);
                QFrame::toc(&entry).unwrap_or(QFrame::seal([0; 10]))
            }
            Self::Sealed(body) => QFrame::seal(*body),
            Self::Bytes(bytes) => QFrame::from_bytes(*bytes),
        }
    }
}

fn time() -> impl Strategy<Value = [u8; 3]> {
    prop_oneof![
        4 => (0_u8..10, 0_u8..60, 0_u8..75).prop_map(|(m, s, f)| [m, s, f]),
        1 => (0_u8..100, 0_u8..60, 0_u8..75).prop_map(|(m, s, f)| [m, s, f]),
    ]
}

fn control() -> impl Strategy<Value = Control> {
    prop_oneof![Just(Control::AUDIO), Just(Control::DATA)]
}

/// A lead-in that tells of tracks in order, behind one another or nearly so.
fn table() -> impl Strategy<Value = Vec<Q>> {
    (1_u8..5, 1_u8..4, control(), proptest::collection::vec(time(), 4), any::<bool>(), any::<bool>())
        .prop_map(|(first, count, control, mut times, sorted, next)| {
            if sorted {
                times.sort_unstable();
            }
            let (lead_out, starts) = times.split_last().unwrap();
            let last = first + count - 1;
            let mut table = vec![
                Q::Toc(Adr::POSITION, control, Point::A0, [first, 0, 0]),
                Q::Toc(Adr::POSITION, control, Point::A1, [last, 0, 0]),
                Q::Toc(Adr::POSITION, control, Point::A2, *lead_out),
            ];
            table.extend(
                (first..=last).zip(starts).map(|(n, start)| Q::Toc(Adr::POSITION, control, Point(n), *start)),
            );
            if next {
                table.push(Q::Toc(Adr::MULTI_SESSION, control, Point::B0, [79, 59, 74]));
            }
            table
        })
}

fn anything() -> impl Strategy<Value = Q> {
    let point = prop_oneof![(1_u8..100).prop_map(Point), (0xA0_u8..0xD0).prop_map(Point)];
    let body = |tno: BoxedStrategy<u8>| {
        (any::<[u8; 10]>(), prop::sample::select(vec![0x01_u8, 0x41, 0x02, 0x03, 0x05]), tno).prop_map(
            |(mut body, control_and_adr, tno)| {
                body[0] = control_and_adr;
                body[1] = tno;
                Q::Sealed(body)
            },
        )
    };
    let codes = prop_oneof![
        Just(QFrame::mcn(Control::AUDIO, &"0012345678905".parse().unwrap(), msf("00:02:00"))),
        Just(QFrame::isrc(Control::AUDIO, &"DEA400000001".parse().unwrap(), msf("00:02:00"))),
    ];
    prop_oneof![
        2 => (prop_oneof![Just(Adr::POSITION), Just(Adr::MULTI_SESSION)], control(), point, time())
            .prop_map(|(adr, control, point, time)| Q::Toc(adr, control, point, time)),
        2 => body((0_u8..10).boxed()),
        1 => body(any::<u8>().boxed()),
        1 => codes.prop_map(|frame| Q::Bytes(frame.to_bytes())),
        1 => any::<[u8; 12]>().prop_map(Q::Bytes),
    ]
}

/// A lead-in, then what a program area and a lead-out may be, at least by their Q.
fn image() -> impl Strategy<Value = Vec<Q>> {
    let junk = || proptest::collection::vec(anything(), 0..6);
    let lead_out = prop_oneof![3 => Just(true), 1 => Just(false)];
    (table(), junk(), proptest::collection::vec(1_u8..8, 1..4), junk(), lead_out).prop_map(
        |(mut image, junk, tracks, more, lead_out)| {
            let position = |tno| Q::Sealed([1, tno, 1, 0, 0, 0, 0, 0, 0, 0]);
            image.extend(junk);
            image.extend(tracks.into_iter().map(position));
            image.extend(more);
            if lead_out {
                image.push(position(0xAA));
            }
            image
        },
    )
}

fn track() -> TrackScene {
    TrackScene {
        content: Content::Audio,
        blocks: 400,
        copy: false,
        pre_emphasis: false,
        isrc: None,
        reserved: false,
    }
}

fn drive_with_sessions(kind: DiscKind, sessions: usize) -> Drive {
    let mut personality = Personality::reference();
    if let Some(raw) = &mut personality.abilities.raw {
        raw.multisession = true;
    }
    let session = SessionScene { tracks: vec![track()], written: Written::Sao, format: SessionFormat::CdRom };
    let disc = DiscScene {
        sessions: vec![session; sessions],
        end: End::Appendable,
        ..DiscScene::blank(kind, msf("97:26:66"), msf("79:59:74"))
    };
    Drive::new(personality, &Scene { disc: Some(disc), ..Scene::default() }).unwrap()
}

fn assert_kept(disc: &Disc) -> Result<(), TestCaseError> {
    let folder = tempfile::tempdir().unwrap();
    let path = folder.path().join("disc.rawcd");
    let saved = disc.save(&path);
    prop_assert!(saved.is_ok(), "{}", saved.unwrap_err());
    let back = Disc::load(&path);
    prop_assert!(back.is_ok(), "{}", back.unwrap_err());
    let back = back.unwrap();
    prop_assert_eq!(&back.state, &disc.state);
    prop_assert_eq!((back.mcn, &back.cd_text), (disc.mcn, &disc.cd_text));
    prop_assert_eq!(back.frames().runs(), disc.frames().runs());
    prop_assert_eq!(back.store.areas().pma(), disc.store.areas().pma());
    Ok(())
}

proptest! {
    /// Whatever raw images are recorded, one behind the other, the disc is saved and loads equal, and the
    /// sessions that were there before stay.
    #[test]
    fn whatever_is_recorded_the_disc_can_be_kept(
        images in proptest::collection::vec(image(), 1..4),
        sessions in 0_usize..3,
        rewritable in any::<bool>(),
    ) {
        let kind = if rewritable { DiscKind::CdRw } else { DiscKind::CdR };
        let mut drive = drive_with_sessions(kind, sessions);
        for image in images {
            let before = drive.disc().unwrap().closed().to_vec();
            let Some(start) = drive.disc().unwrap().next_lead_in() else { break };
            set_raw(&mut drive, DataBlockType::RAW_PW, true);
            let blocks: Vec<Vec<u8>> = image
                .iter()
                .map(|q| {
                    let (mut block, mut sub) = (vec![0; MAIN], [0; 96]);
                    set_pq(&mut sub, false, q.frame());
                    block.extend(sub);
                    block
                })
                .collect();
            if burn(&mut drive, start, &blocks).is_err() {
                break;
            }
            let disc = drive.disc().unwrap();
            prop_assert_eq!(&disc.closed()[..before.len()], &before[..]);
            assert_kept(disc)?;
        }
    }
}

/// A first session's image behind another session: its tracks are where the first session's are.
#[test]
fn an_image_of_a_first_session_behind_another_leaves_a_damaged_disc() {
    let mut drive = drive_with_sessions(DiscKind::CdR, 1);
    let start = drive.disc().unwrap().next_lead_in().unwrap();
    set_raw(&mut drive, DataBlockType::RAW_PW, true);
    let image = blocks(&layout(LEAD_IN, 1), 1, true, DataBlockType::RAW_PW);
    burn(&mut drive, start, &image).unwrap();
    let found = information(&mut drive);
    assert_eq!((found.status, found.last_session), (DiscStatus::Finalized, SessionState::Damaged));
    let disc = drive.disc().unwrap();
    assert_eq!(disc.closed().len(), 1);
    assert_eq!(disc.store.len() as usize, image.len(), "the frames stay");
    assert_kept(disc).unwrap();
}
