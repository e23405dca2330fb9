//! Does a burn cost the same per frame, however many sessions the frames are in? Does a question about
//! a disc cost the same, however many sessions it has?
//!
//! | question | aim |
//! |---|---|
//! | so many frames, lead-ins and lead-outs among them, burnt as 1, 2, 5, 10, 20, 40 sessions | flat |
//! | the linter over them | flat |
//! | what a host asks of a disc of 1 to 49 sessions; PrepareMedia | flat, or said why not |

#![allow(clippy::expect_used, reason = "a bench that cannot be set up has nothing to say")]

use core::time::Duration;
use std::hint::black_box;
use std::io::{Cursor, Read};
use std::sync::{Arc, Mutex};

use cd_format::session::{FIRST_LEAD_OUT_FRAMES, LATER_LEAD_IN_FRAMES, LATER_LEAD_OUT_FRAMES, next_session};
use cd_format::{Atip, Lba};
use criterion::{BenchmarkId, Criterion, SamplingMode, Throughput, criterion_group, criterion_main};
use mmc_sim::scene::{Content, SessionFormat, SessionScene, TrackScene, Written};
use mmc_sim::{Disc, DiscKind, Drive, Personality, Scene};
use raw_cd::image_creator::{CdSectorType, SessionPlace, TrackData};
use raw_cd::{MediaPolicy, RawCd, RawCdImageCreator, Recorder, SectorType};
use scsi_transport::{Data, Transport};

/// Frames of a disc, as many as 40 sessions and their lead-ins leave room for tracks in.
const FRAMES: i32 = 320_000;
const FIRST_LEAD_IN: i32 = 11_634;
const PREGAP: i32 = 150;

fn blank() -> Scene {
    Scene::blank(DiscKind::CdR, "97:26:66".parse().expect("a time"), "79:59:74".parse().expect("a time"))
}

fn drive(scene: &Scene) -> Arc<Mutex<Drive>> {
    let mut personality = Personality::reference();
    if let Some(raw) = &mut personality.abilities.raw {
        raw.multisession = true;
    }
    Arc::new(Mutex::new(Drive::new(personality, scene).expect("a drive")))
}

fn writer(drive: &Arc<Mutex<Drive>>) -> RawCd {
    let writer = RawCd::new(MediaPolicy::Appendable);
    writer.set_recorder(Some(&Recorder::new(Arc::clone(drive)))).expect("a recorder");
    writer.set_client_name("bench").expect("a name");
    writer
}

/// The raw image of one session, and the sectors of it that lie before its first user sector.
struct Image {
    bytes: Vec<u8>,
    lead_in_sectors: i32,
}

/// [`FRAMES`] frames in all, in so many sessions of one audio track each.
fn images(sessions: i32) -> Vec<Image> {
    let atip = Atip::new("97:26:66".parse().expect("a time"), "79:59:74".parse().expect("a time"));
    let first = FIRST_LEAD_IN + FIRST_LEAD_OUT_FRAMES;
    let later = LATER_LEAD_IN_FRAMES + PREGAP + LATER_LEAD_OUT_FRAMES;
    let user = FRAMES - first - (sessions - 1) * later;
    let mut place = SessionPlace::first_from(Lba(-FIRST_LEAD_IN));
    (1..=sessions)
        .map(|number| {
            let mut creator = RawCdImageCreator::new();
            let appendable = number < sessions;
            let session = if appendable { place.clone().appendable(atip.clone()) } else { place.clone() };
            creator.set_session(session).expect("a place");
            creator.set_starting_track_number(number).expect("a number");
            creator.set_resulting_image_type(SectorType::COOKED).expect("a type");
            let sectors = user / sessions + if appendable { 0 } else { user % sessions };
            let audio = (0..sectors as usize * 2352).map(|n| (n / 7) as u8).collect::<Vec<_>>();
            creator.add_track(CdSectorType::AUDIO, TrackData::new(Cursor::new(audio))).expect("a track");
            let mut bytes = Vec::new();
            let mut image = creator.create_result_image().expect("an image");
            image.read_to_end(&mut bytes).expect("memory");
            let lead_out = place.first_user() + sectors;
            let lead_in_sectors = place.lead_in_sectors();
            place = SessionPlace::later(number as u8 + 1, next_session(lead_out, number as u32).lead_in);
            Image { bytes, lead_in_sectors }
        })
        .collect()
}

fn burn(images: &[Image]) -> Disc {
    let drive = drive(&blank());
    let writer = writer(&drive);
    for image in images {
        writer.prepare_media().expect("a disc with room");
        writer.set_requested_sector_type(SectorType::COOKED).expect("a type");
        writer.write_media2(&mut Cursor::new(&image.bytes), image.lead_in_sectors).expect("a burn");
        writer.release_media().expect("a prepared disc");
    }
    let disc = drive.lock().expect("no panic").disc().expect("a disc").clone();
    assert_eq!((disc.closed().len(), disc.store.len()), (images.len(), FRAMES as u32));
    disc
}

/// What does a frame cost, in one session and in many?
fn recording(c: &mut Criterion) {
    let mut group = c.benchmark_group("320,000 frames");
    group.throughput(Throughput::Elements(FRAMES as u64)).sample_size(10).sampling_mode(SamplingMode::Flat);
    for sessions in [1, 2, 5, 10, 20, 40] {
        let images = images(sessions);
        group.bench_with_input(BenchmarkId::new("burnt, sessions", sessions), &images, |b, images| {
            // Freeing a disc is no part of burning it.
            b.iter_with_large_drop(|| burn(images));
        });
        let disc = burn(&images);
        drop(images);
        group.bench_with_input(BenchmarkId::new("linted, sessions", sessions), &disc, |b, disc| {
            b.iter(|| {
                let report = cd_lint::lint(&disc.frames(), &cd_lint::Options::default()).expect("in memory");
                assert!(!report.has_errors(), "{report}");
            });
        });
    }
    group.finish();
}

/// A disc with so many closed sessions of a short track each, which can still be appended to.
fn with_sessions(count: usize) -> Scene {
    let mut scene = blank();
    let track = TrackScene {
        content: Content::Mode1,
        blocks: 300,
        copy: false,
        pre_emphasis: false,
        isrc: None,
        reserved: false,
    };
    let session = SessionScene { tracks: vec![track], written: Written::Sao, format: SessionFormat::CdRom };
    if let Some(disc) = &mut scene.disc {
        disc.sessions = vec![session; count];
    }
    scene
}

/// What do the questions cost that a host asks before it burns?
fn questions(c: &mut Criterion) {
    let mut group = c.benchmark_group("a disc of sessions");
    let [high, low] = 4096_u16.to_be_bytes();
    for sessions in [1, 2, 5, 10, 20, 49] {
        let drive = drive(&with_sessions(sessions));
        for (name, cdb) in [
            ("READ DISC INFORMATION", [0x51, 0, 0, 0, 0, 0, 0, 0, 34, 0]),
            ("READ TOC, form 0", [0x43, 0, 0, 0, 0, 0, 0, high, low, 0]),
            ("READ TOC, form 2", [0x43, 0, 2, 0, 0, 0, 0, high, low, 0]),
            ("READ TRACK INFORMATION, next", [0x52, 1, 0, 0, 0, 0xFF, 0, 0, 36, 0]),
        ] {
            let mut room = [0; 4096];
            let mut ask = || {
                let data = Data::In(black_box(&mut room));
                drive.lock().expect("no panic").execute(black_box(&cdb), data, Duration::from_secs(1))
            };
            assert!(ask().expect("an answer").is_good(), "{name}");
            group.bench_function(BenchmarkId::new(name, sessions), |b| b.iter(&mut ask));
        }
        let writer = writer(&drive);
        group.bench_function(BenchmarkId::new("PrepareMedia and ReleaseMedia", sessions), |b| {
            b.iter(|| {
                writer.prepare_media().expect("a disc with room");
                writer.release_media().expect("a prepared disc");
            });
        });
    }
    group.finish();
}

criterion_group!(benches, recording, questions);
criterion_main!(benches);
