//! How many instructions are the hot paths? Counts do not depend on what else the machine does, so two
//! builds can be told apart by them where times cannot.
//!
//! Valgrind counts: this program runs itself under it, each path once with few and once with more
//! repetitions, and divides the difference. So neither what comes before nor the way in is counted.
//! Without valgrind there is nothing to say, and it says so; it is no error.
//!
//! Valgrind shows a processor with AVX2 and PCLMULQDQ and without AVX-512 and GFNI, whatever the machine
//! has. So the counts are those of the middle kernels; times, of the widest, are `sector`'s.
//!
//! ```console
//! $ cargo bench --bench instructions              # all
//! $ cargo bench --bench instructions -- sector    # those with this in their name
//! ```

#![allow(
    clippy::expect_used,
    clippy::unwrap_used,
    reason = "a bench that cannot be set up has nothing to say"
)]

#[path = "sector/plain.rs"]
mod plain;

use core::hint::black_box;
use core::time::Duration;
use std::env;
use std::io::{self, Write};
use std::process::{Command, ExitCode};
use std::sync::{Arc, Mutex};

use cd_format::sector::{HeaderAddress, Sector, build, scramble::scramble_into};
use cd_format::sub_channel::interleave::set_pq;
use cd_format::sub_channel::{Rules, RwInterleaver, RwPack, SessionLayout, SubChannelPlan, TrackLayout};
use cd_format::{Control, DiscType, Lba};
use mmc_sim::{DiscKind, Drive, Personality, Scene};
use mmc_wire::Cdb;
use mmc_wire::block::mode::{DataBlockType, ModeForm, PageBody, WriteParameters, WriteType};
use mmc_wire::command::{ModeSelect10, Write10};
use raw_cd::{RawCd, Recorder};
use scsi_transport::{Data, Transport};

/// A path: its name, and what runs it so many times over.
struct Path {
    name: &'static str,
    run: fn(u32),
}

const PATHS: [Path; 8] = [
    Path { name: "sector: mode 1, built and scrambled", run: mode_1 },
    Path { name: "sector: mode 1 by the plain table-driven encoder", run: mode_1_plain },
    Path { name: "sub-channel: P and Q of a sector into 96 bytes", run: p_and_q },
    Path { name: "sub-channel: P, Q and four R-W packs into 96 bytes", run: p_to_w },
    Path { name: "drive: TEST UNIT READY", run: test_unit_ready },
    Path { name: "drive: WRITE (10) of 25 raw blocks", run: write },
    Path { name: "raw-cd: PrepareMedia and ReleaseMedia, blank disc", run: prepare },
    Path { name: "disc: fork of 1000 recorded frames", run: fork },
];

/// Repetitions of the shorter run: caches of the program's own are full behind them.
const FEW: u32 = 4;
/// Repetitions more of the longer run.
const MORE: u32 = 64;

/// What the program is told when it runs itself.
const ONLY_RUN: &str = "--only-run";

/// A string instruction counts once a byte, so memory is moved by vectors, as in short moves.
const NO_STRING_INSTRUCTIONS: &str =
    "glibc.cpu.x86_rep_movsb_threshold=1000000000:glibc.cpu.x86_rep_stosb_threshold=1000000000";

fn main() -> ExitCode {
    let arguments: Vec<String> = env::args().skip(1).collect();
    if let [first, name, times] = arguments.as_slice()
        && first == ONLY_RUN
    {
        let path = PATHS.iter().find(|path| path.name == name);
        let (Some(path), Ok(times)) = (path, times.parse()) else { return ExitCode::FAILURE };
        (path.run)(times);
        return ExitCode::SUCCESS;
    }
    // `cargo test --benches` runs benches too, and means no measurement by it.
    if !arguments.iter().any(|argument| argument == "--bench") {
        println!("instructions: not counted, as this is not `cargo bench`");
        return ExitCode::SUCCESS;
    }
    let wanted: Vec<&String> = arguments.iter().filter(|argument| !argument.starts_with("--")).collect();
    let paths = PATHS.iter().filter(|path| wanted.iter().all(|part| path.name.contains(part.as_str())));
    if let Err(error) = Command::new("valgrind").arg("--version").output() {
        println!("instructions: skipped, there is no valgrind to count them ({error})");
        return ExitCode::SUCCESS;
    }
    for Path { name, .. } in paths {
        match count(name, FEW).and_then(|few| Ok(count(name, FEW + MORE)?.saturating_sub(few))) {
            Ok(instructions) => {
                println!("{name:52} {:>9.1} instructions", instructions as f64 / f64::from(MORE));
            }
            Err(error) => {
                println!("{name}: {error}");
                return ExitCode::FAILURE;
            }
        }
        // Whoever waits wants to see what there is.
        let _ = io::stdout().flush();
    }
    ExitCode::SUCCESS
}

/// Instructions of the whole program when it runs the path so many times.
fn count(name: &str, times: u32) -> io::Result<u64> {
    let output = Command::new("valgrind")
        .args(["--tool=cachegrind", "--cache-sim=no", "--cachegrind-out-file=/dev/null"])
        .arg(env::current_exe()?)
        // Of one length, so that both runs read it alike.
        .args([ONLY_RUN, name, &format!("{times:04}")])
        .env("GLIBC_TUNABLES", NO_STRING_INSTRUCTIONS)
        .output()?;
    let told = String::from_utf8_lossy(&output.stderr);
    // "==1234== I   refs:      1,234,567"
    let figure = told.lines().find_map(|line| {
        let (_, figure) = line.split_once("refs:").filter(|(before, _)| before.contains("I "))?;
        figure.trim().replace(',', "").parse().ok()
    });
    match figure {
        Some(figure) if output.status.success() => Ok(figure),
        _ => Err(io::Error::other(format!("valgrind counted nothing ({}): {told}", output.status))),
    }
}

fn user() -> [u8; 2048] {
    core::array::from_fn(|n| (n * n / 7) as u8)
}

fn mode_1(times: u32) {
    let (user, address) = (user(), HeaderAddress::of(Lba(16)).expect("an address"));
    let (mut plain, mut out): (Sector, Sector) = ([0; 2352], [0; 2352]);
    for _ in 0..times {
        build::mode1(&mut plain, address, black_box(&user));
        scramble_into(&plain, black_box(&mut out));
    }
}

fn mode_1_plain(times: u32) {
    let encoder = plain::Encoder::new();
    let (user, mut out) = ([user()], [[0; 2352]]);
    for _ in 0..times {
        encoder.encode(black_box(&user), black_box(&mut out));
    }
}

/// A session of an audio track on an 80-minute disc.
fn plan() -> SubChannelPlan {
    let layout = SessionLayout {
        lead_in: LEAD_IN,
        tracks: vec![TrackLayout {
            number: 1,
            control: Control::AUDIO,
            alternate_copy: false,
            pregap: Lba(-150),
            start: Lba(0),
            indexes: Vec::new(),
            isrc: None,
        }],
        lead_out: Lba(300_000),
        lead_out_frames: 6750,
        mcn: None,
    };
    let toc = layout.toc(DiscType::CD_ROM).expect("a legal disc");
    SubChannelPlan::new(&layout, &toc, Rules::default()).expect("a legal disc")
}

const LEAD_IN: Lba = Lba(-11_634);

fn p_and_q(times: u32) {
    let plan = plan();
    let mut raw = [0; 96];
    for (q, p) in plan.frames_from(Lba(100_000)).take(times as usize) {
        set_pq(black_box(&mut raw), p, q);
    }
}

fn p_to_w(times: u32) {
    let plan = plan();
    let packs = [RwPack::new(9, 1, [7; 16]); 4];
    let mut interleaver = RwInterleaver::default();
    for (q, p) in plan.frames_from(Lba(100_000)).take(times as usize) {
        let mut raw = interleaver.sector(black_box(&packs));
        set_pq(&mut raw, p, q);
        black_box(&raw);
    }
}

fn blank() -> Drive {
    let scene =
        Scene::blank(DiscKind::CdR, "97:26:66".parse().expect("a time"), "79:59:74".parse().expect("a time"));
    Drive::new(Personality::reference(), &scene).expect("a drive")
}

fn send(drive: &mut Drive, cdb: &[u8], data: Data<'_>) {
    let outcome = drive.execute(cdb, data, Duration::from_secs(1)).expect("an answer");
    assert!(outcome.is_good(), "{:02X?} on {cdb:02X?}", outcome.sense);
}

fn test_unit_ready(times: u32) {
    let mut drive = blank();
    for _ in 0..times {
        send(&mut drive, black_box(&[0; 6]), Data::None);
    }
}

const BLOCKS: u16 = 25;

fn write(times: u32) {
    recorded(times);
}

/// A drive that has recorded so many writes of a session.
fn recorded(writes: u32) -> Drive {
    let mut drive = blank();
    let page = WriteParameters {
        write_type: WriteType::RAW,
        data_block_type: DataBlockType::RAW_PW,
        buffer_underrun_free: true,
        audio_pause: 150,
        ..WriteParameters::default()
    };
    let mut list = vec![0; ModeForm::Ten.header_bytes()];
    list.extend(page.to_page());
    let select =
        ModeSelect10 { page_format: true, parameter_bytes: list.len() as u16, ..ModeSelect10::default() };
    send(&mut drive, &select.bytes(), Data::Out(&list));
    let plan = plan();
    let mut frames = plan.frames();
    // Made before the first write, all of them alike but for their Q, which is made between.
    let mut bytes = vec![7; usize::from(BLOCKS) * 2448];
    for n in 0..writes {
        let (blocks, _) = bytes.as_chunks_mut::<2448>();
        for (block, (q, p)) in blocks.iter_mut().zip(&mut frames) {
            if let Some(sub) = block.last_chunk_mut() {
                set_pq(sub, p, q);
            }
        }
        let lba = LEAD_IN + (n * u32::from(BLOCKS)) as i32;
        send(&mut drive, &Write10 { lba, blocks: BLOCKS, ..Write10::default() }.bytes(), Data::Out(&bytes));
        drive.wait(Duration::from_secs(1));
    }
    drive
}

fn prepare(times: u32) {
    let drive = Arc::new(Mutex::new(blank()));
    let writer = RawCd::default();
    writer.set_recorder(Some(&Recorder::new(drive))).expect("a recorder");
    writer.set_client_name("bench").expect("a name");
    for _ in 0..times {
        writer.prepare_media().expect("a blank disc");
        writer.release_media().expect("a prepared disc");
    }
}

fn fork(times: u32) {
    let drive = recorded(40);
    let disc = drive.disc().expect("a disc");
    for _ in 0..times {
        black_box(black_box(disc).clone());
    }
}
