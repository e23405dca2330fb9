//! `rawcd disc diff`.

use std::io::Write;
use std::process::ExitCode;

use mmc_sim::store::FRAME;

use super::load;
use super::ls::{line, time};
use crate::args::disc::Diff;
use crate::failure::Failure;

/// Bytes of a frame's main channel.
const MAIN: usize = mmc_sim::store::MAIN;

pub fn run(options: &Diff) -> Result<ExitCode, Failure> {
    let (left, right) = (load(&options.left)?, load(&options.right)?);
    let mut out = anstream::stdout().lock();
    let mut differ = false;
    let (a, b) = (line(&left), line(&right));
    if a != b || left.state != right.state {
        differ = true;
        writeln!(out, "state:\n  {}: {a}\n  {}: {b}", options.left.display(), options.right.display())?;
    }
    if left.atip != right.atip {
        differ = true;
        writeln!(out, "the pregrooves differ")?;
    }
    if (left.mcn, &left.cd_text) != (right.mcn, &right.cd_text) {
        differ = true;
        writeln!(out, "catalogue number or CD-TEXT differ")?;
    }
    if left.store.areas() != right.store.areas() {
        differ = true;
        writeln!(out, "program memory or power calibration areas differ")?;
    }
    if left.damage != right.damage {
        differ = true;
        writeln!(out, "what reads badly differs")?;
    }
    let first = left.store.first_difference(&right.store).map_err(Failure::new)?;
    if let Some(lba) = first {
        differ = true;
        let mut frames = [[0; FRAME]; 2];
        let mut there = [false; 2];
        for ((disc, frame), there) in [&left, &right].into_iter().zip(&mut frames).zip(&mut there) {
            *there = disc.store.read(lba, frame).is_ok();
        }
        let what = match there {
            [true, true] => {
                let byte = frames[0].iter().zip(&frames[1]).position(|(a, b)| a != b).unwrap_or(0);
                let (channel, at) =
                    if byte < MAIN { ("main channel", byte) } else { ("sub-channel", byte - MAIN) };
                format!("{channel}, byte {at}: {:02X} and {:02X}", frames[0][byte], frames[1][byte])
            }
            [true, false] => format!("recorded only in {}", options.left.display()),
            [false, true] => format!("recorded only in {}", options.right.display()),
            [false, false] => "recorded in neither".to_owned(),
        };
        writeln!(out, "first frame that differs: LBA {lba} ({}), {what}", time(lba))?;
    }
    if !differ {
        writeln!(out, "the same: {}", line(&left))?;
    }
    Ok(if differ { ExitCode::FAILURE } else { ExitCode::SUCCESS })
}
