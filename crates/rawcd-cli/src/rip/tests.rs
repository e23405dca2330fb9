//! How often a rip reads, and what it leaves when the drive is gone.
#![allow(clippy::unwrap_used, clippy::panic, reason = "in a test a panic is the answer")]

use core::time::Duration;
use std::collections::BTreeMap;
use std::fs;
use std::path::PathBuf;
use std::sync::{Arc, Mutex};

use clap::Parser;
use mmc_sim::{Disc, DiscKind, Drive, Personality, Scene};
use mmc_wire::Cdb;
use mmc_wire::command::ReadCd;
use scsi_transport::{Data, Outcome, Transport, TransportError};

use super::*;
use crate::args::{Args, Command};

/// A drive that counts how often each block is read, and is gone at one of them.
struct Counting {
    drive: Drive,
    read: Arc<Mutex<BTreeMap<i32, usize>>>,
    gone_at: Option<i32>,
}

impl Transport for Counting {
    fn execute(&mut self, cdb: &[u8], data: Data<'_>, timeout: Duration) -> Result<Outcome, TransportError> {
        if let Some(command) = ReadCd::parse(cdb).ok().filter(|_| cdb.first() == Some(&0xBE)) {
            for block in (command.lba.0..).take(command.blocks as usize) {
                if self.gone_at == Some(block) {
                    return Err(TransportError::Gone("the cable is out".to_owned()));
                }
                *self.read.lock().unwrap().entry(block).or_default() += 1;
            }
        }
        self.drive.execute(cdb, data, timeout)
    }
    fn wait(&mut self, duration: Duration) {
        self.drive.wait(duration);
    }
}

struct Bench {
    folder: tempfile::TempDir,
    read: Arc<Mutex<BTreeMap<i32, usize>>>,
}

impl Bench {
    /// A disc file with two sessions of 310 and 330 blocks of data.
    fn new() -> Self {
        let bench = Self { folder: tempfile::tempdir().unwrap(), read: Arc::default() };
        let scene = Scene::blank(DiscKind::CdR, "97:26:66".parse().unwrap(), "79:59:74".parse().unwrap());
        Disc::build(&scene.disc.unwrap()).unwrap().save(&bench.path("my.disc")).unwrap();
        for (name, blocks) in [("one.iso", 310), ("two.iso", 330)] {
            let bytes: Vec<u8> = (0..blocks * 2048_usize).map(|n| (n * n / 7 % 251) as u8).collect();
            fs::write(bench.path(name), bytes).unwrap();
            let more = ["--policy", "appendable", "--appendable", "--no-verify"];
            let [image, disc] = [name, "my.disc"].map(|name| bench.path(name).display().to_string());
            let args = ["rawcd", "burn", &image, "--disc", &disc].into_iter().chain(more);
            let Command::Burn(options) = Args::parse_from(args).command else { panic!("no burn") };
            crate::burn::run(&options).unwrap();
        }
        bench
    }

    fn path(&self, name: &str) -> PathBuf {
        self.folder.path().join(name)
    }

    fn rip(&self, output: &str, session: &str, gone_at: Option<i32>) -> Result<ExitCode, Failure> {
        let path = self.path(output).display().to_string();
        let args = ["rawcd", "rip", &path, "--session", session, "--device", "/dev/posing"];
        let Command::Rip(options) = Args::parse_from(args).command else { panic!("no rip") };
        let disc = Disc::load(&self.path("my.disc")).unwrap();
        run_with(&options, &move |_, _| {
            let drive = Drive::with_disc(Personality::reference(), Some(disc.clone())).unwrap();
            Ok(Box::new(Counting { drive, read: Arc::clone(&self.read), gone_at }))
        })
    }
}

#[test]
fn every_block_is_read_once_and_no_other_session() {
    let bench = Bench::new();
    for (name, session, blocks) in [("a.iso", "1", 0..310), ("b.cue", "2", 11_710..12_040)] {
        bench.read.lock().unwrap().clear();
        bench.rip(name, session, None).unwrap();
        let expected: BTreeMap<i32, usize> = blocks.map(|block| (block, 1)).collect();
        assert_eq!(*bench.read.lock().unwrap(), expected);
    }
    assert!(fs::read(bench.path("a.iso")).unwrap() == fs::read(bench.path("one.iso")).unwrap());
    assert_eq!(fs::metadata(bench.path("b.bin")).unwrap().len(), 330 * 2352);
    let missing = bench.rip("c.iso", "3", None).unwrap_err();
    assert_eq!(missing.what(), "session 3: expected one of [1, 2]");
}

#[test]
fn what_was_read_of_a_drive_that_is_gone_stays_and_is_called_partial() {
    let bench = Bench::new();
    let stopped = bench.rip("a.iso", "1", Some(207)).unwrap_err();
    let said = stopped.what();
    // 26 blocks a command: those up to 181 came in whole commands.
    assert!(
        said.starts_with("reading stopped at LBA 182: READ CD") && said.contains("the cable is out"),
        "{said}"
    );
    assert!(stopped.advice().unwrap().contains("the 182 blocks from LBA 0 on"), "{stopped:?}");
    assert_eq!(fs::metadata(bench.path("a.iso.partial")).unwrap().len(), 182 * 2448);
    assert!(!bench.path("a.iso").exists());
    // It is not lost by the next try.
    let refused = bench.rip("a.iso", "1", None).unwrap_err();
    assert!(refused.what().contains("a.iso.partial is there already"), "{}", refused.what());
}
