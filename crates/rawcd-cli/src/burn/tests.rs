//! Burns on a drive that poses as a real one: nothing of its disc is known but what it answers.
#![allow(clippy::unwrap_used, clippy::panic, reason = "in a test a panic is the answer")]

use std::fs;
use std::path::{Path, PathBuf};
use std::sync::{Arc, Mutex, PoisonError};

use cd_format::RecordedFrames;
use cd_lint::Rule;
use clap::Parser;
use mmc_sim::{Disc, DiscKind, Drive, Personality, Scene};
use scsi_transport::Transport;

use raw_cd::Recorder;

use super::*;
use crate::args::{Args, Command};

struct Bench {
    folder: tempfile::TempDir,
    drive: Arc<Mutex<Drive>>,
}

impl Bench {
    /// A blank disc in the drive, two ISO files and a sheet of sound.
    fn new(personality: &str) -> Self {
        let scene = Scene::blank(DiscKind::CdR, "97:26:66".parse().unwrap(), "79:59:74".parse().unwrap());
        let drive = Drive::new(Personality::builtin(personality).unwrap(), &scene).unwrap();
        let folder = tempfile::tempdir().unwrap();
        let noise = |blocks: usize, size: usize| {
            (0..blocks * size).map(|n| (n * n / 7 % 251) as u8).collect::<Vec<_>>()
        };
        fs::write(folder.path().join("one.iso"), noise(310, 2048)).unwrap();
        fs::write(folder.path().join("two.iso"), noise(330, 2048)).unwrap();
        fs::write(folder.path().join("sound.pcm"), noise(305, 2352)).unwrap();
        fs::write(folder.path().join("short.pcm"), noise(299, 2352)).unwrap();
        let sheet = |name: &str, gap: &str| {
            let text = format!("FILE {name}.pcm BINARY\nTRACK 01 AUDIO\n{gap}INDEX 01 00:00:00\n");
            fs::write(folder.path().join(format!("{name}.cue")), text).unwrap();
        };
        sheet("sound", "PREGAP 00:03:00\n");
        sheet("short", "");
        Self { folder, drive: Arc::new(Mutex::new(drive)) }
    }

    fn path(&self, name: &str) -> PathBuf {
        self.folder.path().join(name)
    }

    fn burn(&self, image: &str, more: &str) -> Result<ExitCode, Failure> {
        let args = ["rawcd", "burn", self.path(image).to_str().unwrap(), "--device", "/dev/posing"]
            .map(str::to_owned)
            .into_iter()
            .chain(["--yes-write-this-disc".to_owned()])
            .chain(more.split_whitespace().map(str::to_owned));
        let Command::Burn(options) = Args::parse_from(args).command else { panic!("no burn") };
        let drive = Arc::clone(&self.drive);
        run_with(&options, &move |_, _| Ok(Box::new(Arc::clone(&drive)) as Box<dyn Transport + Send>))
    }

    fn disc(&self) -> Disc {
        self.drive.lock().unwrap_or_else(PoisonError::into_inner).disc().unwrap().clone()
    }
}

/// A session as (first track, first block, lead-out).
fn sessions(disc: &Disc) -> Vec<(u8, i32, i32)> {
    let of = |session: &mmc_sim::disc::Session| {
        let first = session.tracks.first().unwrap();
        (first.number, first.start.0, session.lead_out.0)
    };
    disc.closed().iter().map(of).collect()
}

fn is_clean(disc: &Disc, image: &Path) {
    let options = cd_lint::Options {
        lead_in: disc.atip.as_ref().map(cd_format::Atip::lead_in_lba),
        last_lead_out: disc.atip.as_ref().map(cd_format::Atip::last_lead_out_lba),
        ..cd_lint::Options::default()
    };
    let report = cd_lint::lint(&disc.frames(), &options).unwrap();
    assert!(report.is_clean(), "{}: {report}", image.display());
}

/// Session 2 begins 11400 blocks behind the first lead-out, session 3 6900 behind the second: the layout of
/// the Orange Book as `cd_format::session` has it of real discs.
#[test]
fn sessions_follow_on_a_drive_that_alone_knows_its_disc() {
    let bench = Bench::new("reference");
    bench.burn("one.iso", "--appendable").unwrap();
    bench.burn("sound.cue", "--policy appendable --appendable --strict").unwrap();
    bench.burn("two.iso", "--policy appendable --strict").unwrap();
    let disc = bench.disc();
    let second = 310 + 11_400 + 225;
    let third = second + 305 + 6_900;
    assert_eq!(sessions(&disc), [(1, 0, 310), (2, second, second + 305), (3, third, third + 330)],);
    is_clean(&disc, &bench.path("two.iso"));
    // Nothing was said of a next session: none may follow.
    let refused = bench.burn("one.iso", "--policy appendable").unwrap_err();
    assert!(refused.what().contains("finalised"), "{}", refused.what());
}

/// In raw mode these drives tell -150 and 0 as the next writable address of a blank disc, as logs of real
/// ones have it; the lead-in is where the ATIP says, 97:26:66, LBA -11634.
#[test]
fn a_next_writable_address_is_not_believed() {
    for drive in ["pioneer-dvr-109", "slimtype-lsc-24082k"] {
        let bench = Bench::new(drive);
        bench.burn("one.iso", "--strict").unwrap();
        assert_eq!(bench.disc().frames().runs()[0].start, cd_format::Lba(-11_634), "{drive}");
        is_clean(&bench.disc(), &bench.path("one.iso"));
    }
}

#[test]
fn the_policy_is_asked_before_anything_is_made() {
    let bench = Bench::new("reference");
    bench.burn("one.iso", "--appendable").unwrap();
    let before = bench.disc().frames().runs();
    let refused = bench.burn("no-such.iso", "").unwrap_err();
    assert!(refused.advice().unwrap().contains("0xC0AA0606"), "{refused:?}");
    assert_eq!(bench.disc().frames().runs(), before);
}

/// 4 s, 300 blocks: IEC 60908, ECMA-130 20.
#[test]
fn a_short_track_is_told_in_the_linters_words_and_refused_if_asked() {
    let bench = Bench::new("reference");
    let refused = bench.burn("short.cue", "--strict").unwrap_err();
    assert!(refused.what().starts_with("nothing was written"), "{}", refused.what());
    assert!(bench.disc().closed().is_empty());
    let room = Room::on(&Recorder::new(Arc::clone(&bench.drive))).unwrap();
    let composed =
        image::compose(&bench.path("short.cue"), cd_image::ReadOptions::default(), &room, false).unwrap();
    let recorded = cd_lint::lint(&composed, &room.lint_options()).unwrap();
    assert_eq!(cd_lint::short_tracks(composed.session()), recorded.findings);
    assert_eq!(recorded.findings.iter().map(|finding| finding.rule).collect::<Vec<_>>(), [Rule::TrackLength]);
    // Without being asked to refuse it, it is burnt.
    bench.burn("short.cue", "").unwrap();
    assert_eq!(sessions(&bench.disc()), [(1, 0, 299)]);
}

#[test]
fn a_stored_image_is_looked_at_from_where_the_disc_begins() {
    let bench = Bench::new("reference");
    let sheet = bench.path("one.iso");
    let composed = image::compose(&sheet, cd_image::ReadOptions::default(), &Room::ANY, false).unwrap();
    let mut file = File::create(bench.path("one.raw")).unwrap();
    std::io::copy(&mut FramesImage::new(composed), &mut file).unwrap();
    bench.burn("one.raw", "--strict").unwrap();
    assert_eq!(sessions(&bench.disc()), [(1, 0, 310)]);
    is_clean(&bench.disc(), &sheet);
}

/// A first track's pause that is longer than the pregap begins at 00:00:00 all the same (ECMA-130 20).
#[test]
fn a_long_first_pause_lies_in_the_program_area() {
    let bench = Bench::new("reference");
    bench.burn("sound.cue", "--strict").unwrap();
    assert_eq!(sessions(&bench.disc()), [(1, 225, 530)]);
    is_clean(&bench.disc(), &bench.path("sound.cue"));
}

#[test]
fn an_image_that_is_too_long_says_by_how_much() {
    let bench = Bench::new("reference");
    File::create(bench.path("long.iso")).unwrap().set_len(2048 * 360_000).unwrap();
    let refused = bench.burn("long.iso", "").unwrap_err();
    // 79:59:74 is LBA 359849.
    assert!(refused.what().contains("359849 (79:59:74)"), "{}", refused.what());
    assert!(refused.what().contains("151 blocks too many"), "{}", refused.what());
    assert!(bench.disc().frames().runs().is_empty());
}

/// Another disc comes in while its owner thinks.
#[test]
fn the_disc_agreed_to_is_the_one_that_is_written() {
    let bench = Bench::new("reference");
    let recorder = Recorder::new(Arc::clone(&bench.drive));
    let agreed = Agreed::look(&recorder).unwrap();
    agreed.is_still_there(&recorder).unwrap();
    let atip = ("97:26:66".parse().unwrap(), "74:43:00".parse().unwrap());
    let other = Scene::blank(DiscKind::CdR, atip.0, atip.1);
    let mut drive = bench.drive.lock().unwrap();
    drive.host(&mmc_sim::HostAct::PressEject).unwrap();
    drive.host(&mmc_sim::HostAct::Insert(other)).unwrap();
    drive.wait(std::time::Duration::from_secs(60));
    drop(drive);
    let refused = agreed.is_still_there(&recorder).unwrap_err();
    assert!(refused.what().starts_with("nothing was written: the disc is another"), "{}", refused.what());
}
