//! Sense: triples, and whole sense data with field pointer and progress.

use mmc_wire::sense::{KeySpecific, SenseData};
use mmc_wire::{Block, Sense};
use raw_cd::sense_map::{TABLE, row, translate};
use serde_json::json;

use super::Explanation;
use crate::table::Table;

/// An opcode that no row of the table names.
const ANY_COMMAND: u8 = 0x00;

pub fn triple(sense: Sense) -> Explanation {
    let mut table = Table::default();
    describe(&mut table, sense);
    Explanation { headline: headline(sense), table, json: as_json(sense) }
}

pub fn data(bytes: &[u8]) -> Option<Explanation> {
    let data = SenseData::parse(bytes).ok()?;
    let mut table = Table::default();
    describe(&mut table, data.sense);
    let mut json = as_json(data.sense);
    table.row("about", if data.deferred { "an earlier command (deferred)" } else { "this command" });
    json["deferred"] = data.deferred.into();
    if let Some(information) = data.information {
        table.row("information", format!("{information} (as a block: {})", information as u32 as i32));
        json["information"] = information.into();
    }
    match data.specific {
        Some(KeySpecific::FieldPointer { in_cdb, byte, bit }) => {
            let place = if in_cdb { "CDB" } else { "parameter list" };
            let bit = bit.map_or(String::new(), |bit| format!(" bit {bit}"));
            let text = format!("{place} byte {byte}{bit}");
            table.row("field at fault", &text);
            json["field_at_fault"] = text.into();
        }
        Some(KeySpecific::Progress(done)) => {
            let percent = format!("{:.1} %", f64::from(done) * 100.0 / 65_536.0);
            table.row("progress", &percent);
            json["progress"] = percent.into();
        }
        Some(KeySpecific::Other(_)) | None => {}
    }
    Some(Explanation { headline: headline(data.sense), table, json })
}

fn headline(sense: Sense) -> String {
    format!("{sense} {}", sense.name().unwrap_or("a code without a name here"))
}

fn describe(table: &mut Table, sense: Sense) {
    table.row("key", format!("{:X}h {}", sense.key.0, sense.key.name().unwrap_or("reserved")));
    table.row("code", format!("{:02X}h, qualifier {:02X}h", sense.asc, sense.ascq));
    let result = translate(sense, ANY_COMMAND);
    let by = row(sense, ANY_COMMAND).map_or("no row".to_owned(), |row| format!("row {}", row.number));
    table.row("as HRESULT", format!("{result} ({by} of the published table)"));
    for row in TABLE.iter().filter(|row| row.opcode.is_some_and(|opcode| row.fits(sense, opcode))) {
        table.row("  except", format!("{} ({row})", row.result));
    }
}

fn as_json(sense: Sense) -> serde_json::Value {
    json!({
        "kind": "sense",
        "sense": sense.to_string(),
        "name": sense.name(),
        "key": sense.key.name(),
        "hresult": translate(sense, ANY_COMMAND).to_string(),
    })
}
