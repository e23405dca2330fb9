//! CDBs: the command and every field that is not 0.

use mmc_wire::Command;
use mmc_wire::command::{Effect, cdb_bytes, row_of};
use serde_json::{Value, json};

use super::Explanation;
use crate::table::Table;

pub fn explain(bytes: &[u8]) -> Option<Explanation> {
    let opcode = *bytes.first()?;
    let Some(row) = row_of(opcode) else {
        let mut table = Table::default();
        table.row("opcode", format!("{opcode:02X}h"));
        return Some(Explanation {
            headline: "a command without a row here: unknown, or a vendor's".to_owned(),
            table,
            json: json!({ "kind": "cdb", "opcode": opcode, "command": null }),
        });
    };
    let mut table = Table::default();
    table.row(
        "opcode",
        format!(
            "{opcode:02X}h, {} bytes, data {}",
            row.cdb_bytes(),
            format!("{:?}", row.data).to_lowercase()
        ),
    );
    table.row("effect", effect(row.effect));
    let mut fields = serde_json::Map::new();
    match Command::parse(bytes) {
        Ok(command) => {
            for (name, value) in command.fields() {
                let shown = show(name, value);
                fields.insert(name.to_owned(), Value::from(shown.clone()));
                if value != 0 {
                    table.row(name, shown);
                }
            }
        }
        Err(fault) => {
            let text = if bytes.len() < cdb_bytes(opcode) {
                format!("{} bytes of {}: {fault}", bytes.len(), cdb_bytes(opcode))
            } else {
                format!("a drive says 5/24/00 to this: {fault}")
            };
            table.row("wrong", &text);
            fields.insert("wrong".to_owned(), text.into());
        }
    }
    Some(Explanation {
        headline: row.name.to_owned(),
        table,
        json: json!({ "kind": "cdb", "opcode": opcode, "command": row.name, "fields": fields }),
    })
}

const fn effect(effect: Effect) -> &'static str {
    match effect {
        Effect::Reads => "reads; changes nothing",
        Effect::Sets => "changes settings until power goes",
        Effect::Moves => "moves tray, lock or head",
        Effect::Writes => "may change the disc",
    }
}

/// Addresses as they are meant: signed, with the time beside them.
fn show(name: &str, value: u64) -> String {
    match name {
        "lba" | "start" => {
            let lba = cd_format::Lba(value as u32 as i32);
            let time = lba.to_msf().map_or(String::new(), |msf| format!(" ({msf})"));
            format!("{lba}{time}")
        }
        _ if value > 9 => format!("{value} ({value:X}h)"),
        _ => value.to_string(),
    }
}
