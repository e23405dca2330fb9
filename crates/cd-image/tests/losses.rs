//! What exports tell of what they could not hold, and what they leave behind when they fail.

#![allow(clippy::unwrap_used, reason = "a test program: a panic is its answer")]

use core::ops::Range;
use std::fs;
use std::io;
use std::path::Path;

use cd_format::recorded::{FRAME_BYTES, RecordedFrames};
use cd_format::session::next_session;
use cd_format::sub_channel::{QFrame, Rules, interleave};
use cd_format::{Control, DiscType, Lba};
use cd_image::layout::{DataFile, Piece, PieceData, Track};
use cd_image::{Composed, ImageError, Layout, Loss, Place, ReadOptions, TrackMode, export, scan};
use proptest::prelude::*;

type Change<'a> = Box<dyn Fn(i32, &mut [u8]) + 'a>;

/// Sessions one behind the other, frames changed on their way out.
struct Disc<'a> {
    sessions: Vec<Composed>,
    change: Change<'a>,
}

fn disc<'a>(sessions: Vec<Composed>, change: impl Fn(i32, &mut [u8]) + 'a) -> Disc<'a> {
    Disc { sessions, change: Box::new(change) }
}

impl RecordedFrames for Disc<'_> {
    type Error = io::Error;

    fn runs(&self) -> Vec<Range<Lba>> {
        vec![self.sessions[0].first()..self.sessions.last().unwrap().end()]
    }

    fn read(&self, lba: Lba, out: &mut [u8]) -> io::Result<()> {
        for (frame, lba) in out.chunks_exact_mut(FRAME_BYTES).zip(lba.0..) {
            let session = self.sessions.iter().find(|session| Lba(lba) < session.end()).unwrap();
            session.read(Lba(lba), frame).map_err(io::Error::other)?;
            (self.change)(lba, frame);
        }
        Ok(())
    }
}

/// One track of so many frames of a file with bytes of 5.
fn layout(folder: &Path, number: u8, mode: TrackMode, frames: u32) -> Layout {
    let path = folder.join(format!("{number}.source"));
    let bytes = frames as usize * mode.sector_bytes();
    fs::write(&path, vec![5; bytes]).unwrap();
    let mut track = Track::new(number, mode);
    track.pregap = 150;
    track.pieces = vec![
        Piece { frames: 150, data: PieceData::Zero },
        Piece { frames, data: PieceData::File { file: 0, offset: 0 } },
    ];
    let files = vec![DataFile { path, start: 0, bytes: bytes as u64, swap: false, decoded: None }];
    Layout { tracks: vec![track], files, ..Layout::default() }
}

fn composed(layout: &Layout) -> Composed {
    let place = Place { lead_in: Lba(-160), program: Lba(-150), lead_out_frames: 10 };
    Composed::new(layout, &place, Rules::default()).unwrap()
}

fn sentences(losses: &[Loss]) -> Vec<String> {
    losses.iter().map(Loss::to_string).collect()
}

#[test]
fn a_later_session_loses_its_place_and_the_others() {
    let folder = tempfile::tempdir().unwrap();
    let first = composed(&layout(folder.path(), 1, TrackMode::Audio, 20));
    // Nearer than on a real disc, for the time it takes.
    let mut place = Place::after(&next_session(Lba(20), 1));
    (place.lead_in, place.program, place.lead_out_frames) = (Lba(30), Lba(60), 5);
    let second = layout(folder.path(), 2, TrackMode::Mode1, 20);
    let second = Composed::new(&second, &place, Rules::default()).unwrap();
    let disc = disc(vec![first, second], |_, _| ());

    let sessions = scan::sessions(&disc).unwrap();
    let layouts: Vec<_> = sessions.iter().map(|session| &session.layout).collect();
    assert_eq!(layouts, [disc.sessions[0].session(), disc.sessions[1].session()]);

    let sheet = folder.path().join("disc.cue");
    let losses = export::cue(&disc, 2, &sheet).unwrap();
    let expected = [
        "The other session is not in the image.",
        "The lead-in (30 frames) is made anew on import.",
        "The lead-out (5 frames) is made anew on import.",
        "The session begins at LBA 60: an import begins at -150.",
    ];
    assert_eq!(sentences(&losses), expected);
    let again = Layout::read(&sheet, ReadOptions::default()).unwrap();
    assert_eq!((again.tracks[0].number, again.tracks[0].frames()), (2, 170));

    let error = export::cue(&disc, 3, &sheet).unwrap_err().to_string();
    assert_eq!(error, "session 3: expected one of [1, 2]");
    let error = export::iso(&disc, 1, None, &sheet).unwrap_err().to_string();
    assert_eq!(error, "a data track: there is none on the disc");
}

/// ECMA-130 annex A: P and Q repair one wrong byte a codeword, of a whole codeword's neighbours too; the EDC
/// says whether that was it. Sector 3 has single bytes wrong, 5 its mode byte, 7 its sync (so that
/// nobody descrambles it), 9 a run of 200 bytes, 11 and 12 more than a parity tells.
#[test]
fn a_damaged_sector_is_repaired_or_named() {
    let folder = tempfile::tempdir().unwrap();
    for mode in [TrackMode::Mode1, TrackMode::Mode2Form1] {
        let layout = layout(folder.path(), 1, mode, 20);
        let damaged = disc(vec![composed(&layout)], |lba, frame| match lba {
            3 => [20, 700, 1500, 2200].into_iter().for_each(|place| frame[place] ^= 0x55),
            5 if mode == TrackMode::Mode1 => frame[15] ^= 0xFF,
            7 if mode == TrackMode::Mode1 => frame[3] = 0,
            9 => frame[100..140].iter_mut().for_each(|byte| *byte ^= 0xFF),
            11 | 12 => frame[100..1700].iter_mut().for_each(|byte| *byte = byte.wrapping_mul(7) ^ 0xA5),
            _ => {}
        });
        let path = folder.path().join("disc.iso");
        let losses = export::iso(&damaged, 1, None, &path).unwrap();
        let repaired = if mode == TrackMode::Mode1 { 4 } else { 2 };
        let told = sentences(&losses);
        let expected = [
            format!("Damage that ECC repaired, as EDC confirms, is not in the image: {repaired} frames, the first at LBA 3."),
            "EDC and ECC cannot repair what is damaged, 2048 bytes stand as they were read: 2 frames, the first at LBA 11.".to_owned(),
        ];
        assert_eq!(told[told.len() - 2..], expected);
        assert_eq!(losses.iter().filter(|loss| loss.is_damage()).count(), 1);
        let bytes = fs::read(&path).unwrap();
        for (n, sector) in bytes.chunks(2048).enumerate() {
            assert_eq!(sector.iter().all(|byte| *byte == 5), n != 11 && n != 12, "{mode:?}, sector {n}");
        }
    }
}

/// One thing of each kind, and the sentence for it.
#[test]
fn what_a_sheet_cannot_tell_is_told() {
    let folder = tempfile::tempdir().unwrap();
    let mut layout = layout(folder.path(), 1, TrackMode::Mode1, 20);
    layout.disc_type = DiscType::CD_I;
    layout.tracks[0].control = Control::DATA_INCREMENTAL;
    layout.tracks[0].alternate_copy = true;
    let disc = disc(vec![composed(&layout)], |lba, frame| match lba {
        -155 => frame[2400] |= 1, // R to W of the lead-in
        -100 => frame[100] ^= 1,  // the pregap's main channel
        3 | 4 => frame[2410] |= 0x20,
        7 => frame[2352] ^= 0x40, // Q
        _ => {}
    });
    let cue = sentences(&export::cue(&disc, 1, &folder.path().join("disc.cue")).unwrap());
    let areas = [
        "The lead-in (10 frames) is made anew on import.",
        "The lead-out (10 frames) is made anew on import.",
        "R to W of the lead-in (CD-TEXT) are lost, or part of them.",
    ];
    assert_eq!(cue[..3], areas);
    assert_eq!(
        cue[3..],
        [
            "The disc type (10h) is lost.",
            "CONTROL of track 1 (0101) cannot be told.",
            "The first pregap (150 frames) is not the empty one of 150 that an import makes.",
            "Sub-channels R to W are lost: 2 frames, the first at LBA 3.",
            // All of them, as CONTROL is in all.
            "Sub-channels P and Q are made anew on import and will differ: 170 frames, the first at LBA -150.",
        ]
    );
    let toc = sentences(&export::toc(&disc, 1, &folder.path().join("disc.toc")).unwrap());
    assert!(
        toc.contains(&"The copy bit of track 1 alternates (SCMS), which cannot be told.".to_owned()),
        "{toc:?}"
    );
    // CCD keeps all that the image has, and CONTROL in its table. What alternates in the pregap is
    // made anew: of its 150 blocks the first four of every eight permit copying.
    let ccd = sentences(&export::ccd(&disc, 1, &folder.path().join("disc.ccd")).unwrap());
    assert_eq!(ccd[..3], areas);
    assert_eq!(
        ccd[3..],
        [
            "The first pregap (150 frames) is not the empty one of 150 that an import makes.",
            "Sub-channels P and Q are made anew on import and will differ: 76 frames, the first at LBA -150.",
        ]
    );
}

#[test]
fn an_iso_tells_of_sectors_that_are_more_than_user_data() {
    let folder = tempfile::tempdir().unwrap();
    let mut layout = layout(folder.path(), 1, TrackMode::Mode2Form1, 20);
    layout.mcn = "0012345678905".parse().ok();
    layout.tracks[0].indexes = vec![10];
    let disc = disc(vec![composed(&layout)], |lba, frame| match lba {
        4 => frame[12] ^= 1,            // the header, which EDC and ECC of form 1 do not know
        6 | 7 => frame[..2352].fill(0), // nothing
        _ => {}
    });
    let iso = folder.path().join("disc.iso");
    let losses = sentences(&export::iso(&disc, 1, Some(1), &iso).unwrap());
    assert_eq!(
        losses[2..],
        [
            "The media catalogue number is lost.",
            "The indexes of track 1 are lost.",
            "Sub-headers of mode 2 form 1 are lost, an import makes mode 1: 18 frames, the first at LBA 0.",
            "Header, EDC or ECC are not those of the user data, and are made anew: 1 frame, at LBA 4.",
            "No 2048 bytes of user data, zeros stand in their place: 2 frames, the first at LBA 6.",
        ]
    );
    let bytes = fs::read(&iso).unwrap();
    let expected = |n: usize| match n / 2048 {
        6 | 7 => 0,
        _ => 5,
    };
    assert_eq!(bytes.iter().enumerate().position(|(n, byte)| *byte != expected(n)), None);
    assert_eq!(bytes.len(), 20 * 2048);
}

#[test]
fn an_export_that_fails_leaves_what_was_there_and_nothing_else() {
    let folder = tempfile::tempdir().unwrap();
    let session = composed(&layout(folder.path(), 1, TrackMode::Audio, 200));
    let names = ["disc.cue", "disc.bin", "disc.toc", "disc.ccd", "disc.img", "disc.sub"];
    names.iter().for_each(|name| fs::write(folder.path().join(name), name).unwrap());
    // What the first pass reads, the second does not: the first is a scan to the end of the run.
    let count = std::cell::Cell::new(0);
    let disc = Reads { session, count: &count };
    let error = |result: Result<Vec<Loss>, ImageError>| result.unwrap_err().to_string();
    type Export<'a> = fn(&Reads<'a>, u8, &Path) -> Result<Vec<Loss>, ImageError>;
    let exports: [(&str, Export<'_>); 3] = [
        ("disc.cue", |frames, n, path| export::cue(frames, n, path)),
        ("disc.toc", |frames, n, path| export::toc(frames, n, path)),
        ("disc.ccd", |frames, n, path| export::ccd(frames, n, path)),
    ];
    for (name, export) in exports {
        count.set(0);
        let told = error(export(&disc, 1, &folder.path().join(name)));
        assert_eq!(told, "frames at LBA 170: a scratch", "{name}");
    }
    for name in names {
        assert_eq!(fs::read(folder.path().join(name)).unwrap(), name.as_bytes());
    }
    assert_eq!(fs::read_dir(folder.path()).unwrap().count(), names.len() + 1);
}

/// Cannot be read from LBA 170 on when it has been read to its end.
struct Reads<'a> {
    session: Composed,
    count: &'a std::cell::Cell<u32>,
}

impl RecordedFrames for Reads<'_> {
    type Error = io::Error;

    fn runs(&self) -> Vec<Range<Lba>> {
        self.session.runs()
    }

    fn read(&self, lba: Lba, out: &mut [u8]) -> io::Result<()> {
        let end = lba + (out.len() / FRAME_BYTES) as i32;
        if self.count.get() > 0 && end > Lba(170) {
            return Err(io::Error::other("a scratch"));
        }
        if end == self.session.end() {
            self.count.set(1);
        }
        self.session.read(lba, out).map_err(io::Error::other)
    }
}

proptest! {
    #![proptest_config(ProptestConfig { cases: 12, ..ProptestConfig::default() })]

    /// Q frames that are whole and say anything: sessions or an error, and no panic.
    #[test]
    fn whatever_q_says_is_a_disc_or_an_error(
        changes in prop::collection::btree_map(-160i32..30, any::<[u8; 10]>(), 0..40),
        numbers in prop::collection::btree_map(-160i32..30, (0u8..3, prop::sample::select(vec![0, 1, 2, 3, 0xAA]), 0u8..4), 0..40),
    ) {
        let folder = tempfile::tempdir().unwrap();
        let sessions = vec![composed(&layout(folder.path(), 1, TrackMode::Mode1, 20))];
        let disc = disc(sessions, |lba, frame| {
                let raw: &mut [u8; 96] = frame.last_chunk_mut().unwrap();
                if let Some(body) = changes.get(&lba) {
                    interleave::set_pq(raw, false, QFrame::seal(*body));
                }
                if let Some((control, tno, index)) = numbers.get(&lba) {
                    let body = [control << 5 | 1, *tno, *index, 0, 0, 5, 0, 0, 2, 0];
                    interleave::set_pq(raw, true, QFrame::seal(body));
                }
        });
        let count = scan::sessions(&disc).unwrap().len();
        for number in 1..=count.min(3) as u8 {
            let _ = export::cue(&disc, number, &folder.path().join("disc.cue"));
            let _ = export::toc(&disc, number, &folder.path().join("disc.toc"));
            let _ = export::ccd(&disc, number, &folder.path().join("disc.ccd"));
            let _ = export::iso(&disc, number, None, &folder.path().join("disc.iso"));
        }
    }
}
