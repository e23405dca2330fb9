//! `rawcd disc damage`.

use std::io::Write;
use std::process::ExitCode;

use cd_format::Lba;
use mmc_sim::Disc;
use mmc_sim::disc::damage::{Cause, Defect, DefectKind, Servo};

use super::held::Held;
use super::ls::count;
use crate::args::disc::{Damage, Harm};
use crate::failure::Failure;

pub fn run(options: &Damage) -> Result<ExitCode, Failure> {
    let (mut disc, held) = Held::open(&options.disc, "rawcd disc damage")?;
    let range = Lba(options.range.start)..Lba(options.range.end);
    let defect = Defect {
        recovers_after: options.recovers_after,
        cause: if options.by_recording { Cause::Recording } else { Cause::Scratch },
        ..Defect::new(&range, kind(options))
    };
    let line = line(&defect);
    disc.damage(defect).map_err(Failure::new)?;
    held.save(&disc)?;
    writeln!(anstream::stdout().lock(), "{}: {line}", options.disc.display())?;
    Ok(ExitCode::SUCCESS)
}

fn kind(options: &Damage) -> DefectKind {
    match options.kind {
        Harm::C1 => DefectKind::C1,
        Harm::C2 => DefectKind::C2 { bytes: options.bytes, seed: options.seed },
        Harm::Lost => DefectKind::Lost,
        Harm::Q => DefectKind::Q,
        Harm::SubChannel => DefectKind::SubChannel,
        Harm::NoSeek => DefectKind::Servo(Servo::NoSeekComplete),
        Harm::Positioning => DefectKind::Servo(Servo::Positioning),
        Harm::Tracking => DefectKind::Servo(Servo::Tracking),
        Harm::Focus => DefectKind::Servo(Servo::Focus),
    }
}

/// A defect in a line.
fn line(defect: &Defect) -> String {
    let blocks = count(defect.frames as usize, "block");
    format!("LBA {}, {blocks}: {defect}", defect.first)
}

/// All of a disc's, a line each.
pub fn lines(disc: &Disc) -> impl Iterator<Item = String> {
    disc.damage.defects().iter().map(line)
}
