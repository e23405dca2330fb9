//! From a layout to frames, to an image, to a layout, to the same frames.

#![allow(clippy::unwrap_used, reason = "a test program: a panic is its answer")]

use std::fs;
use std::path::Path;

use cd_format::recorded::{FRAME_BYTES, RecordedFrames};
use cd_format::sub_channel::Rules;
use cd_format::{Control, Lba};
use cd_image::layout::{DataFile, Piece, PieceData, Text, Track};
use cd_image::{Composed, Layout, Loss, Place, ReadOptions, TrackMode, export, scan};
use proptest::prelude::*;

/// Lead-in and lead-out are short: they cost time and are not what is asked about.
const PLACE: Place = Place { lead_in: Lba(-162), program: Lba(-150), lead_out_frames: 10 };

fn compose(layout: &Layout) -> Composed {
    Composed::new(layout, &PLACE, Rules::default()).unwrap()
}

/// All frames from the first pregap to the lead-out.
fn program(frames: &Composed) -> Vec<u8> {
    stretch(frames, Lba(-150), frames.session().lead_out)
}

fn stretch(frames: &impl RecordedFrames, from: Lba, to: Lba) -> Vec<u8> {
    let mut bytes = vec![0; (to - from) as usize * FRAME_BYTES];
    frames.read(from, &mut bytes).unwrap();
    bytes
}

/// Frames with something in R to W from LBA 0 on.
struct Noisy(Composed);

impl RecordedFrames for Noisy {
    type Error = cd_image::ImageError;

    fn runs(&self) -> Vec<core::ops::Range<Lba>> {
        self.0.runs()
    }

    fn read(&self, lba: Lba, out: &mut [u8]) -> Result<(), Self::Error> {
        self.0.read(lba, out)?;
        for (frame, lba) in out.chunks_exact_mut(FRAME_BYTES).zip(lba.0..) {
            if (0..self.0.session().lead_out.0).contains(&lba) {
                frame[2352..].iter_mut().zip(lba as u8..=255).for_each(|(bits, n)| *bits |= n & 0x3F);
            }
        }
        Ok(())
    }
}

/// Where two programs part, as a block.
fn parting(one: &[u8], other: &[u8]) -> Option<i32> {
    if one.len() != other.len() {
        return Some(i32::MAX);
    }
    let n = one.iter().zip(other).position(|(a, b)| a != b)?;
    Some((n / FRAME_BYTES) as i32 - 150)
}

/// What an export cannot hold in any case.
fn beyond_areas(losses: Vec<Loss>) -> Vec<Loss> {
    losses.into_iter().filter(|loss| !matches!(loss, Loss::LeadIn(12) | Loss::LeadOut(10))).collect()
}

prop_compose! {
    fn track()(
        mode in prop::sample::select(vec![
            TrackMode::Audio, TrackMode::Mode1, TrackMode::Mode2, TrackMode::Mode2Form1, TrackMode::Mode2Form2,
        ]),
        copy: bool, pre_emphasis: bool, scms: bool,
        pause in prop::option::of((1u32..40, any::<bool>())),
        frames in 1u32..40,
        indexes in prop::collection::btree_set(1u32..40, 0..4),
        isrc in prop::option::of("[0-9A-Z]{5}[0-9]{7}"),
        seed: u64,
    ) -> (Track, bool, u64) {
        // Fewer than eight frames do not show that the copy bit alternates.
        let scms = scms && frames >= 8;
        let mut track = Track::new(1, mode);
        track.control = track.control.with_copy(copy && !scms);
        if pre_emphasis && !mode.is_data() {
            track.control = Control::new(track.control.nibble() | 1);
        }
        track.alternate_copy = scms;
        track.isrc = isrc.map(|isrc| isrc.parse().unwrap());
        track.indexes = indexes.into_iter().filter(|index| *index < frames).collect();
        let (pause, in_file) = pause.unwrap_or_default();
        track.pregap = pause;
        track.pieces = vec![Piece { frames, data: PieceData::Zero }];
        (track, in_file, seed)
    }
}

/// A layout, whose files are written into `folder`.
fn written(tracks: Vec<(Track, bool, u64)>, mcn: Option<String>, folder: &Path) -> Layout {
    let mut layout = Layout { mcn: mcn.map(|mcn| mcn.parse().unwrap()), ..Layout::default() };
    for (n, (mut track, in_file, seed)) in tracks.into_iter().enumerate() {
        track.number = n as u8 + 1;
        let frames = track.pieces[0].frames + if in_file { track.pregap } else { 0 };
        let mut pieces = vec![];
        if n == 0 {
            pieces.push(Piece { frames: 150, data: PieceData::Zero });
        }
        if !in_file && track.pregap > 0 {
            pieces.push(Piece { frames: track.pregap, data: PieceData::Zero });
        }
        pieces.push(Piece { frames, data: PieceData::File { file: n, offset: 0 } });
        track.pieces = pieces;
        track.pregap += if n == 0 { 150 } else { 0 };
        let bytes = u64::from(frames) * track.mode.sector_bytes() as u64;
        let mut state = seed | 1;
        let noise: Vec<u8> = (0..bytes)
            .map(|_| {
                state = state.wrapping_mul(6_364_136_223_846_793_005).wrapping_add(1_442_695_040_888_963_407);
                (state >> 56) as u8
            })
            .collect();
        let path = folder.join(format!("{n}.dat"));
        fs::write(&path, noise).unwrap();
        layout.files.push(DataFile {
            path,
            start: 0,
            bytes,
            swap: n % 2 == 1 && !track.mode.is_data(),
            decoded: None,
        });
        if matches!(track.mode, TrackMode::Mode2 | TrackMode::Mode2Form1 | TrackMode::Mode2Form2) {
            layout.disc_type = cd_format::DiscType::CD_ROM_XA;
        }
        layout.tracks.push(track);
    }
    layout
}

proptest! {
    #![proptest_config(ProptestConfig { cases: 12, ..ProptestConfig::default() })]

    #[test]
    fn a_program_survives_bin_and_cue(
        tracks in prop::collection::vec(track(), 1..5),
        mcn in prop::option::of("[0-9]{13}"),
    ) {
        let folder = tempfile::tempdir().unwrap();
        let frames = compose(&written(tracks, mcn, folder.path()));
        let sheet = folder.path().join("disc.cue");
        let losses = beyond_areas(export::cue(&frames, 1, &sheet).unwrap());
        prop_assert_eq!(losses, []);
        let again = compose(&Layout::read(&sheet, ReadOptions::default()).unwrap());
        prop_assert_eq!(parting(&program(&frames), &program(&again)), None);
    }

    #[test]
    fn a_program_survives_bin_and_toc(
        tracks in prop::collection::vec(track(), 1..5),
        mcn in prop::option::of("[0-9]{13}"),
    ) {
        let folder = tempfile::tempdir().unwrap();
        let mut layout = written(tracks, mcn, folder.path());
        for track in &mut layout.tracks {
            track.alternate_copy = false;
            track.isrc = track.isrc.filter(|_| !track.mode.is_data());
        }
        let frames = compose(&layout);
        let sheet = folder.path().join("disc.toc");
        let losses = beyond_areas(export::toc(&frames, 1, &sheet).unwrap());
        prop_assert_eq!(losses, []);
        let again = compose(&Layout::read(&sheet, ReadOptions::default()).unwrap());
        prop_assert_eq!(parting(&program(&frames), &program(&again)), None);
    }

    #[test]
    fn a_program_and_all_its_sub_channels_survive_ccd(
        tracks in prop::collection::vec(track(), 1..5),
        mcn in prop::option::of("[0-9]{13}"),
    ) {
        let folder = tempfile::tempdir().unwrap();
        let mut layout = written(tracks, mcn, folder.path());
        layout.tracks[0].alternate_copy = false;
        // Other rules: what an import makes would differ, and what the image has must not.
        let frames = Noisy(Composed::new(&layout, &PLACE, Rules::LIBBURN).unwrap());
        let sheet = folder.path().join("disc.ccd");
        let losses = beyond_areas(export::ccd(&frames, 1, &sheet).unwrap());
        prop_assert!(losses.iter().all(|loss| matches!(loss, Loss::PAndQ(_))), "{losses:?}");
        let again = compose(&Layout::read(&sheet, ReadOptions::default()).unwrap());
        let (from, to) = (Lba(0), frames.0.session().lead_out);
        prop_assert_eq!(parting(&stretch(&frames, from, to), &stretch(&again, from, to)), None);
    }

    /// Three tracks with a text here and there: 12 frames of lead-in have room for 48 packs.
    #[test]
    fn titles_survive_cue_and_toc(
        texts in prop::collection::vec(
            (prop::option::of("[!-~\u{A1}-\u{FF}]{1,20}"), prop::option::of("[!-~]{1,20}")), 4),
    ) {
        let folder = tempfile::tempdir().unwrap();
        let track = |n| (Track { pieces: vec![Piece { frames: 8, data: PieceData::Zero }], ..Track::new(n, TrackMode::Audio) }, false, 1);
        let mut layout = written((1..4).map(track).collect(), None, folder.path());
        let mut texts = texts.into_iter().map(|(title, performer)| Text { title, performer });
        layout.text = texts.next().unwrap();
        layout.tracks.iter_mut().zip(texts).for_each(|(track, text)| track.text = text);
        let frames = compose(&layout);
        let whole = stretch(&frames, Lba(-162), frames.session().lead_out);
        for name in ["disc.cue", "disc.toc"] {
            let sheet = folder.path().join(name);
            let export = if name == "disc.cue" { export::cue } else { export::toc };
            prop_assert_eq!(beyond_areas(export(&frames, 1, &sheet).unwrap()), []);
            let again = compose(&Layout::read(&sheet, ReadOptions::default()).unwrap());
            prop_assert!(whole == stretch(&again, Lba(-162), again.session().lead_out), "{name}");
        }
    }

    #[test]
    fn user_data_survives_iso(frames in 1u32..60, seed: u64, short in 0u64..2047) {
        let folder = tempfile::tempdir().unwrap();
        let mut track = Track::new(1, TrackMode::Mode1);
        track.pieces = vec![Piece { frames, data: PieceData::Zero }];
        let mut layout = written(vec![(track, false, seed)], None, folder.path());
        // The file's last sector is not whole.
        layout.files[0].bytes -= short;
        let iso = folder.path().join("disc.iso");
        let composed = compose(&layout);
        prop_assert_eq!(beyond_areas(export::iso(&composed, 1, None, &iso).unwrap()), []);
        let (mut expected, seen) = (fs::read(&layout.files[0].path).unwrap(), fs::read(&iso).unwrap());
        let end = layout.files[0].bytes as usize;
        expected[end..].fill(0);
        prop_assert!(expected == seen);
        let again = compose(&Layout::read(&iso, ReadOptions::default()).unwrap());
        prop_assert_eq!(parting(&program(&composed), &program(&again)), None);
    }

    #[test]
    fn frames_tell_the_layout_that_they_were_composed_from(
        tracks in prop::collection::vec(track(), 1..5),
        mcn in prop::option::of("[0-9]{13}"),
    ) {
        let folder = tempfile::tempdir().unwrap();
        let frames = compose(&written(tracks, mcn, folder.path()));
        let sessions = scan::sessions(&frames).unwrap();
        prop_assert_eq!(sessions.len(), 1);
        let (mut seen, mut made) = (sessions[0].layout.clone(), frames.session().clone());
        // A code that no frame of so short a track carries cannot be seen.
        for (seen, made) in seen.tracks.iter_mut().zip(&mut made.tracks) {
            if seen.isrc.is_none() {
                made.isrc = None;
            }
        }
        if seen.mcn.is_none() {
            made.mcn = None;
        }
        prop_assert_eq!(seen, made);
    }
}
