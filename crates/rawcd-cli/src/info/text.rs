//! A drive and its disc for a person.

use std::io::{self, Write};

use cd_format::{DiscKind, Lba};
use mmc_wire::block::toc::AtipDescriptor;

use super::picture::{Disc, Picture, msf};
use crate::paint::{DIM, HEAD, NOTE, in_style};
use crate::table::Table;

pub fn print(out: &mut impl Write, picture: &Picture) -> io::Result<()> {
    let identity = &picture.identity;
    section(out, "Drive")?;
    let mut table = Table::default();
    table.row("name", format!("{} {} {}", identity.vendor, identity.product, identity.revision));
    match &picture.configuration {
        Some(configuration) => {
            let profile = configuration.current_profile;
            table.row("profile", format!("{:04X}h {}", profile.0, profile.name().unwrap_or("unknown")));
        }
        None => {
            table.row("profile", "the drive does not know GET CONFIGURATION");
        }
    }
    table.row("raw recording", raw(picture));
    if let Some(tao) = picture.track_at_once() {
        let types: Vec<String> = tao.data_types.iter().map(|kind| kind.to_string()).collect();
        table.row("track at once", format!("data block types {}", types.join(" ")));
    }
    lines(out, &table)?;
    if let Some(configuration) = &picture.configuration {
        section(out, "Features")?;
        for feature in &configuration.features {
            let name = feature.code().name().unwrap_or("unknown or a vendor's");
            let line = format!("{:04X} {name}", feature.code().0);
            let line = if feature.current {
                format!("  {line}")
            } else {
                format!("  {}", in_style(DIM, format!("{line} (not current)")))
            };
            writeln!(out, "{line}")?;
        }
    }
    section(out, "Disc")?;
    match &picture.disc {
        Ok(disc) => print_disc(out, disc),
        Err(error) => writeln!(out, "  {}", in_style(NOTE, error)),
    }
}

fn raw(picture: &Picture) -> String {
    let Some(mastering) = picture.mastering() else { return "not listed".to_owned() };
    if !mastering.raw {
        return "no".to_owned();
    }
    let sessions = if mastering.raw_multi_session { "several sessions" } else { "first session only" };
    let rw = if mastering.cd_rw { "CD-R and CD-RW" } else { "CD-R" };
    format!("yes, {sessions}, {rw}")
}

/// Kind, state and addresses of a disc, for a question about it.
pub fn disc_in_words(disc: &Disc) -> String {
    let kind = match disc.atip.as_ref().and_then(AtipDescriptor::atip).map(|atip| atip.kind) {
        Some(DiscKind::CdR) => "a CD-R",
        Some(DiscKind::CdRw) => "a CD-RW",
        None => "a disc without ATIP",
    };
    let sessions = match disc.sessions().len() {
        0 => "no session".to_owned(),
        1 => "1 session".to_owned(),
        many => format!("{many} sessions"),
    };
    let next = match &disc.next {
        Ok(next) => format!("the next would start at LBA {}", next.start),
        Err(_) => "none can follow".to_owned(),
    };
    format!("{kind}, {}, {sessions}; {next}", disc.status())
}

fn print_disc(out: &mut impl Write, disc: &Disc) -> io::Result<()> {
    let mut table = Table::default();
    let erasable = if disc.information.erasable { ", erasable" } else { "" };
    table.row("status", format!("{}{erasable}", disc.status()));
    if let Some(atip) = disc.atip.as_ref().and_then(AtipDescriptor::atip) {
        let kind = match atip.kind {
            DiscKind::CdR => "CD-R",
            DiscKind::CdRw => "CD-RW",
        };
        table.row("ATIP", format!("{kind}, sub-type {}", atip.sub_type));
        table.row("  lead-in", place(atip.lead_in_lba()));
        table.row("  last possible lead-out", place(atip.last_lead_out_lba()));
    }
    for session in disc.sessions() {
        let tracks = match session.tracks.len() {
            1 => "1 track".to_owned(),
            many => format!("{many} tracks"),
        };
        let tracks = if session.open { format!("{tracks}, open: as the PMA has them") } else { tracks };
        table.row(format!("session {}", session.number), tracks);
        for (number, start, data) in &session.tracks {
            let what = if *data { "data" } else { "audio" };
            table.row(format!("  track {number}"), format!("{} {what}", place(*start)));
        }
        if let Some(lead_out) = session.lead_out {
            table.row("  lead-out", place(lead_out));
        }
    }
    if let Some(next) = disc.invisible.as_ref().and_then(|track| track.next_writable) {
        table.row("next writable address", place(next));
    }
    match &disc.next {
        Ok(next) => {
            table.row("StartOfNextSession", place(next.start));
            table.row("LastPossibleStartOfLeadout", place(next.last_lead_out));
        }
        Err(error) => {
            table.row("StartOfNextSession", in_style(NOTE, format!("none: {error}")));
        }
    }
    lines(out, &table)
}

fn section(out: &mut impl Write, name: &str) -> io::Result<()> {
    writeln!(out, "{}", in_style(HEAD, name))
}

fn lines(out: &mut impl Write, table: &Table) -> io::Result<()> {
    for line in table.lines() {
        writeln!(out, "{line}")?;
    }
    Ok(())
}

/// Block and time: `LBA -11634  97:26:66`.
fn place(lba: Lba) -> String {
    format!("LBA {:>7}  {}", lba.0, msf(lba).unwrap_or_else(|| "no time".to_owned()))
}
