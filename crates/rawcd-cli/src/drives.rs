//! `rawcd drives`: what is there, may I open it, who holds it, what to do if not.

use std::io::Write;
use std::process::ExitCode;

use scsi_passthrough::{Found, Holder, NodeKind, drives};
use serde_json::{Value, json};

use crate::args::Drives;
use crate::failure::Failure;
use crate::paint::{BAD, GOOD, HEAD, in_style};
use crate::table::Table;

/// Lists the drives. No drive is no error: the list is empty.
pub fn run(options: &Drives) -> Result<ExitCode, Failure> {
    let found = drives();
    let mut out = anstream::stdout().lock();
    if options.json {
        let list: Vec<Value> = found.iter().map(as_json).collect();
        writeln!(out, "{:#}", Value::from(list))?;
    } else if found.is_empty() {
        writeln!(out, "No optical drive found.")?;
        writeln!(out, "The simulated one is always there: rawcd info, rawcd conform.")?;
    } else {
        for drive in &found {
            print(&mut out, drive)?;
        }
    }
    Ok(ExitCode::SUCCESS)
}

fn print(out: &mut impl Write, drive: &Found) -> std::io::Result<()> {
    let name = [&drive.vendor, &drive.model, &drive.revision].map(|part| part.trim()).join(" ");
    writeln!(out, "{}", in_style(HEAD, name.trim()))?;
    let mut table = Table::default();
    for node in &drive.nodes {
        let may = |access: &Result<(), _>| match access {
            Ok(()) => in_style(GOOD, "yes"),
            Err(_) => in_style(BAD, "no"),
        };
        table.row(
            node.path.display().to_string(),
            format!(
                "{}, read-only {}, read-write {}",
                kind(node.kind),
                may(&node.read_only),
                may(&node.read_write)
            ),
        );
    }
    for holder in &drive.holders {
        table.row("held by", held_by(holder));
    }
    table.row("advice", drive.advice());
    for line in table.lines() {
        writeln!(out, "{line}")?;
    }
    Ok(())
}

const fn kind(kind: NodeKind) -> &'static str {
    match kind {
        NodeKind::Block => "block device",
        NodeKind::Generic => "SCSI generic",
    }
}

fn held_by(holder: &Holder) -> String {
    match holder {
        Holder::Process { pid, name, node } => format!("{name} (process {pid}) through {}", node.display()),
        Holder::Mount { node, at } => format!("{} mounted at {}", node.display(), at.display()),
    }
}

fn as_json(drive: &Found) -> Value {
    let nodes: Vec<Value> = drive
        .nodes
        .iter()
        .map(|node| {
            let why = |access: &Result<(), scsi_transport::TransportError>| {
                access.as_ref().err().map(ToString::to_string)
            };
            json!({
                "path": node.path.display().to_string(),
                "kind": kind(node.kind),
                "read_only": node.read_only.is_ok(),
                "read_only_refused": why(&node.read_only),
                "read_write": node.read_write.is_ok(),
                "read_write_refused": why(&node.read_write),
            })
        })
        .collect();
    json!({
        "address": drive.address.to_string(),
        "vendor": drive.vendor.trim(),
        "model": drive.model.trim(),
        "revision": drive.revision.trim(),
        "nodes": nodes,
        "held_by": drive.holders.iter().map(held_by).collect::<Vec<_>>(),
        "advice": drive.advice(),
    })
}
