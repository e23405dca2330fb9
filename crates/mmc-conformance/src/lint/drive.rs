//! What a fixture says of a command and of the drive's answer to it.

use mmc_wire::command::{Direction, cdb_bytes, row_of};

use super::{Kept, Lint};
use crate::decode::Reader;
use crate::fixture::{Check, DriveExpect, SenseCheck};
use crate::literal::{Hex, hex};
use crate::suggest::did_you_mean;

impl<'a> Lint<'a> {
    /// Whether the CDB is one.
    pub(super) fn cdb(&mut self, cdb: &[u8], any_length: bool) -> bool {
        let before = self.complaints.len();
        let Some(&opcode) = cdb.first() else {
            self.say_cdb(cdb, "the CDB is empty", "6, 10, 12 or 16 bytes in hexadecimal");
            return false;
        };
        // A vendor's opcodes have no length of their own; 7Fh is of variable length.
        let fixed = !matches!(opcode >> 5, 3 | 6 | 7);
        let expected = cdb_bytes(opcode);
        if !any_length && fixed && cdb.len() != expected {
            let name =
                row_of(opcode).map_or_else(|| format!("opcode {opcode:02X}h"), |row| row.name.to_owned());
            let what = format!("the CDB of {name} has {expected} bytes, this one has {}", cdb.len());
            let help = "`any_length: true` for a CDB that is meant to be wrong".to_owned();
            self.say(&hex(cdb), &what, &format!("{expected} bytes"), Some(help));
        }
        if cdb.len() > 16 {
            self.say_cdb(cdb, "no CDB is longer than 16 bytes", "at most 16 bytes");
        }
        let readable = self.complaints.len() == before;
        self.risk_of_sending(opcode, cdb);
        readable
    }

    pub(super) fn drive_expect(&mut self, cdb: &'a [u8], reads: bool, expect: &'a DriveExpect) {
        match expect {
            DriveExpect::Reply(checks) => {
                if !reads && !checks.is_empty() {
                    let out = row_of(cdb.first().copied().unwrap_or(0))
                        .is_some_and(|row| row.data == Direction::Out);
                    if !out {
                        self.say_cdb(
                            cdb,
                            "a reply is expected but no room is made for it",
                            "read: so many bytes",
                        );
                    }
                }
                let reader = Reader::of(cdb);
                for check in checks {
                    self.field(check, reader, &hex(cdb));
                    self.check(check);
                }
            }
            DriveExpect::Sense(any) | DriveExpect::SenseAt { any, .. } if any.is_empty() => {
                self.say_cdb(cdb, "no sense triple is allowed, so nothing can pass", "at least one triple");
            }
            DriveExpect::SenseAt { bit: Some(8..), .. } => {
                self.say_cdb(cdb, "a byte has bits 7 to 0", "a bit from 0 to 7");
            }
            DriveExpect::SenseBytes(checks) => {
                if checks.is_empty() {
                    let expected = "at least one check; or Sense([\"*/*/*\"])";
                    self.say_cdb(cdb, "nothing is said of the sense data", expected);
                }
                for check in checks {
                    if let SenseCheck::Bytes { are, mask, .. } = check {
                        self.mask(are, mask.as_ref());
                    }
                }
            }
            DriveExpect::AnyOf(any) => {
                if any.is_empty() {
                    self.say_cdb(cdb, "no outcome is allowed, so nothing can pass", "at least one outcome");
                }
                any.iter().for_each(|expect| self.drive_expect(cdb, reads, expect));
            }
            DriveExpect::Good
            | DriveExpect::Sense(_)
            | DriveExpect::SenseAt { .. }
            | DriveExpect::Status(_) => {}
        }
    }

    /// The name of a field of a reply.
    pub(super) fn field(&mut self, check: &'a Check, reader: Option<Reader>, cdb: &str) {
        let Some(field) = check.field() else { return };
        match reader {
            None => {
                let what = format!("the reply to [{cdb}] has no named fields");
                self.say(field, &what, "Bytes(at: …, are: …)", None);
            }
            Some(reader) if !reader.knows(field) => {
                let what = format!("this reply has no field `{field}`");
                self.say(field, &what, "the name of a field", did_you_mean(field, reader.names()));
            }
            Some(_) => {}
        }
    }

    /// What a check compares with.
    pub(super) fn check(&mut self, check: &'a Check) {
        if let Check::Bytes { are, mask, .. } = check {
            self.mask(are, mask.as_ref());
        }
        let Some(reference) = check.reference() else { return };
        let Some((name, field)) = reference.split_once('.') else {
            return self.say(
                reference,
                "this is not a kept field",
                "name.field, as in atip.lead_in_lba",
                None,
            );
        };
        let names: Vec<&str> = self.saved.keys().copied().collect();
        match self.saved.get(name).copied() {
            None => {
                let what = format!("no earlier step keeps anything as `{name}`");
                self.say(reference, &what, "the name after `save:`", did_you_mean(name, names));
            }
            Some(Kept::Value) if field != "value" => {
                self.say(reference, "what a call returns is called `value`", "…value", None);
            }
            Some(Kept::Reply(reader)) if !reader.is_some_and(|reader| reader.knows(field)) => {
                let help = reader.and_then(|reader| did_you_mean(field, reader.names()));
                self.say(reference, &format!("`{name}` has no field `{field}`"), "the name of a field", help);
            }
            Some(_) => {}
        }
    }

    pub(super) fn mask(&mut self, are: &Hex, mask: Option<&Hex>) {
        if let Some(mask) = mask.filter(|mask| mask.0.len() != are.0.len()) {
            let what = format!("{} bytes under a mask of {}", are.0.len(), mask.0.len());
            self.say(&hex(&mask.0), &what, "a mask as long as the bytes", None);
        }
    }
}
