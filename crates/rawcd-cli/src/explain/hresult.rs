//! HRESULTs: name, number in each guise, meaning, and which sense leads there.

use raw_cd::HResult;
use raw_cd::sense_map::TABLE;
use serde_json::json;

use super::Explanation;
use crate::table::Table;

pub fn explain(code: HResult) -> Explanation {
    let mut table = Table::default();
    let kind = if code.is_success() { "success" } else { "failure" };
    table
        .row("value", format!("0x{:08X}", code.0))
        .row("signed", code.signed().to_string())
        .row("kind", kind);
    if let Some(text) = code.text() {
        table.row("meaning", text);
    }
    let rows: Vec<String> = TABLE.iter().filter(|row| row.result == code).map(ToString::to_string).collect();
    for row in &rows {
        table.row("comes from sense", row);
    }
    Explanation {
        headline: code.name().unwrap_or("an HRESULT without a name here").to_owned(),
        table,
        json: json!({
            "kind": "hresult",
            "name": code.name(),
            "value": format!("0x{:08X}", code.0),
            "signed": code.signed(),
            "success": code.is_success(),
            "meaning": code.text(),
            "from_sense": rows,
        }),
    }
}
