//! `rawcd disc show`: the disc in proportion.

mod areas;

use std::io::Write;
use std::process::ExitCode;

use anstyle::{AnsiColor, Style};
use cd_format::RecordedFrames;
use mmc_sim::Disc;
use serde_json::json;

use super::ls::{count, line, time};
use super::{damage, load};
use crate::args::disc::Show;
use crate::failure::Failure;
use crate::paint::{BAD, DIM, HEAD, in_style};
use crate::table::Table;
use areas::{Area, Kind, areas};

/// Columns where nobody says how many there are.
const WIDTH: usize = 100;
const NARROWEST: usize = 20;

pub fn run(options: &Show) -> Result<ExitCode, Failure> {
    let disc = load(&options.disc)?;
    let areas = areas(&disc);
    let mut out = anstream::stdout().lock();
    if options.json {
        let list: Vec<_> = areas
            .iter()
            .map(|area| json!({ "area": area.name, "first": area.first.0, "end": area.end.0, "kind": area.kind.name() }))
            .collect();
        writeln!(
            out,
            "{:#}",
            json!({ "disc": line(&disc), "areas": list, "frames": recorded(&disc),
            "pma_frames": disc.store.areas().pma().len(), "calibrations": disc.store.areas().calibrations(),
            "defects": disc.damage.defects() })
        )?;
        return Ok(ExitCode::SUCCESS);
    }
    writeln!(out, "{}", in_style(HEAD, line(&disc)))?;
    let width = options.width.unwrap_or_else(columns).clamp(NARROWEST, 1000);
    writeln!(out, "{}", bar(&areas, width))?;
    let mut table = Table::default();
    for area in &areas {
        let frames = u32::try_from(area.end - area.first).unwrap_or(0) as usize;
        table.row(
            format!("{} {}", area.kind.letter(), area.name),
            format!("LBA {:>7}  {}  {}", area.first.0, time(area.first), count(frames, "block")),
        );
    }
    for line in table.lines() {
        writeln!(out, "{line}")?;
    }
    for defect in damage::lines(&disc) {
        writeln!(out, "{} {defect}", in_style(BAD, "reads badly:"))?;
    }
    let store = &disc.store;
    let inner = format!(
        "{} recorded; program memory {}; power calibrations {}",
        count(recorded(&disc), "frame"),
        count(store.areas().pma().len(), "frame"),
        store.areas().calibrations()
    );
    writeln!(out, "{}", in_style(DIM, inner))?;
    Ok(ExitCode::SUCCESS)
}

/// Frames that lie on the disc, those that a scene laid out included.
fn recorded(disc: &Disc) -> usize {
    disc.frames().runs().iter().map(|run| (run.end - run.start).unsigned_abs() as usize).sum()
}

fn columns() -> usize {
    let asked = std::env::var("COLUMNS").ok().and_then(|text| text.parse().ok());
    asked.unwrap_or(WIDTH).min(WIDTH)
}

/// A column an area at least, the others by length; whatever is wider gives the columns.
fn bar(areas: &[Area], width: usize) -> String {
    let length = |area: &Area| u64::try_from(area.end - area.first).unwrap_or(0);
    let all: u64 = areas.iter().map(length).sum::<u64>().max(1);
    let room = width.saturating_sub(2).max(areas.len()) as u64;
    let mut columns: Vec<u64> = areas.iter().map(|area| (length(area) * room / all).max(1)).collect();
    while columns.iter().sum::<u64>() > room {
        let Some(widest) = columns.iter_mut().max() else { break };
        *widest -= 1;
    }
    while !columns.is_empty() && columns.iter().sum::<u64>() < room {
        if let Some(widest) = columns.iter_mut().max() {
            *widest += 1;
        }
    }
    let parts: String = areas
        .iter()
        .zip(columns)
        .map(|(area, n)| in_style(style(area.kind), area.kind.letter().to_string().repeat(n as usize)))
        .collect();
    format!("[{parts}]")
}

const fn style(kind: Kind) -> Style {
    let colour = match kind {
        Kind::LeadIn | Kind::LeadOut => AnsiColor::Blue,
        Kind::Pregap | Kind::Gap => AnsiColor::Yellow,
        Kind::Audio => AnsiColor::Green,
        Kind::Data => AnsiColor::Cyan,
        Kind::Reserved => AnsiColor::Magenta,
        Kind::Fragment => AnsiColor::Red,
        Kind::Free => AnsiColor::BrightBlack,
    };
    colour.on_default()
}
