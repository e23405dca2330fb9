//! What lets nothing through that could change a disc whose owner did not agree, or move a tray.

use core::time::Duration;

use mmc_wire::command::{Effect, row_of};
use mmc_wire::{Command, Sense, SenseKey};
use scsi_transport::{Data, Outcome, Transport, TransportError};

/// What may be sent beside questions.
#[derive(Clone, Copy, Debug, Eq, PartialEq)]
pub enum Grant {
    /// Nothing.
    Nothing,
    /// What writes to the disc in the drive: it has been looked at, and is the one that was agreed to.
    Disc,
}

impl Grant {
    const fn why(self) -> &'static str {
        match self {
            Self::Nothing => "this run is read-only",
            Self::Disc => "no run sends it",
        }
    }
}

/// Stands in front of a real drive and refuses what may not be sent.
///
/// Always refused: START STOP UNIT with its load/eject bit, LOAD/UNLOAD MEDIUM, playing, REZERO UNIT,
/// FORMAT UNIT, and every opcode without a row in the command table: a vendor's, and WRITE BUFFER, which
/// brings firmware. Without a grant: commands that may write (SEND OPC INFORMATION burns into
/// the calibration area and is one), and what cannot be parsed. Let through: what
/// reads, PREVENT ALLOW MEDIUM REMOVAL, and MODE SELECT of the write parameters page, the only
/// page that preparing a disc sets; both end with a power cycle at the latest. MODE SELECT of any
/// other page, in any other form than the standard's, or with SP set is refused: a saved page
/// outlives the power (SPC-3 "MODE SELECT(10) command").
///
/// A grant is for one disc. It ends as soon as the drive says that it has none or may have another (2/3A,
/// 6/28): what was agreed to is not there any more.
#[derive(Clone, Debug)]
pub struct Guard<T> {
    inner: T,
    grant: Grant,
    changed: Option<Sense>,
}

impl<T: Transport> Guard<T> {
    /// Guards `inner`, with no grant.
    pub const fn new(inner: T) -> Self {
        Self { inner, grant: Grant::Nothing, changed: None }
    }

    /// Says what may be sent from now on: nothing, as long as nobody has asked what the drive said of another
    /// disc.
    pub const fn grant(&mut self, grant: Grant) {
        self.grant = if self.changed.is_some() { Grant::Nothing } else { grant };
    }

    /// What may be sent.
    pub const fn granted(&self) -> Grant {
        self.grant
    }

    /// With what the drive said, since this was asked the last time, that the disc is another.
    pub const fn take_changed(&mut self) -> Option<Sense> {
        self.changed.take()
    }
}

impl<T: Transport> Transport for Guard<T> {
    fn execute(&mut self, cdb: &[u8], data: Data<'_>, timeout: Duration) -> Result<Outcome, TransportError> {
        let parameters = if let Data::Out(bytes) = &data { bytes } else { &[][..] };
        if let Some(why) = refusal(self.grant, cdb, parameters) {
            return Err(TransportError::Request(format!("{why}: not sent, {}", self.grant.why())));
        }
        let outcome = self.inner.execute(cdb, data, timeout)?;
        if let Some(sense) = changed(&outcome) {
            self.changed = Some(sense);
            self.grant = Grant::Nothing;
        }
        Ok(outcome)
    }

    fn wait(&mut self, duration: Duration) {
        self.inner.wait(duration);
    }
}

/// What tells of another disc: no medium, or a medium that may have changed.
fn changed(outcome: &Outcome) -> Option<Sense> {
    let sense = Sense::in_data(&outcome.sense).filter(|_| !outcome.is_good())?;
    let told =
        matches!((sense.key, sense.asc), (SenseKey::NOT_READY, 0x3A) | (SenseKey::UNIT_ATTENTION, 0x28));
    told.then_some(sense)
}

/// Why a command is not let through.
pub(super) fn refusal(grant: Grant, cdb: &[u8], parameters: &[u8]) -> Option<String> {
    let command = match Command::parse(cdb) {
        Ok(command) => command,
        // A read with an illegal field can do no harm, a write none but to the disc; anything else might.
        Err(fault) => {
            return match cdb.first().and_then(|opcode| row_of(*opcode)) {
                Some(row) if row.effect == Effect::Reads => None,
                Some(row) if row.effect == Effect::Writes && writes(grant, row.opcode) => None,
                Some(row) => Some(format!("{} with an illegal field ({fault})", row.name)),
                None => Some(format!("a CDB that cannot be read ({fault})")),
            };
        }
    };
    let Some(row) = command.row() else {
        return Some(format!("opcode {:02X}h, which has no name", cdb.first().copied().unwrap_or(0)));
    };
    let allowed = match (&command, row.effect) {
        (_, Effect::Reads) => true,
        (_, Effect::Writes) => writes(grant, row.opcode),
        (Command::StartStopUnit(cdb), _) => !cdb.load_eject && cdb.power_condition == 0,
        (Command::PreventAllowMediumRemoval(_), _) => true,
        (Command::ModeSelect10(cdb), _) => {
            cdb.page_format && !cdb.save && only_write_parameters(parameters, 8)
        }
        (Command::ModeSelect6(cdb), _) => {
            cdb.page_format && !cdb.save && only_write_parameters(parameters, 4)
        }
        (Command::SetCdSpeed(_) | Command::SetStreaming(_) | Command::Seek10(_), _) => true,
        (_, Effect::Sets | Effect::Moves) => false,
    };
    (!allowed).then(|| row.name.to_owned())
}

/// Whether a command that may write is let through. A formatted disc is another kind of disc to every
/// drive, and formatting takes an hour: nothing here needs it.
fn writes(grant: Grant, opcode: u8) -> bool {
    const FORMAT_UNIT: u8 = 0x04;
    grant == Grant::Disc && opcode != FORMAT_UNIT
}

/// Whether a mode parameter list is one write parameters page and nothing else.
fn only_write_parameters(list: &[u8], header: usize) -> bool {
    let no_descriptors = match header {
        8 => list.get(6..8) == Some(&[0, 0]),
        _ => list.get(3) == Some(&0),
    };
    match list.get(header..) {
        // An empty list changes nothing.
        None | Some([]) => true,
        Some([code, length, rest @ ..]) => {
            no_descriptors && code & 0x3F == 0x05 && rest.len() <= usize::from(*length)
        }
        Some(_) => false,
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::literal::Hex;

    fn held(grant: Grant, cdb: &str, parameters: &str) -> bool {
        refusal(grant, &Hex::read(cdb).unwrap().0, &Hex::read(parameters).unwrap().0).is_some()
    }

    fn refused(cdb: &str, parameters: &str) -> bool {
        held(Grant::Nothing, cdb, parameters)
    }

    #[test]
    fn what_could_change_a_disc_is_not_let_through() {
        for (cdb, parameters) in [
            ("2A 00 FF FF FF 6A 00 00 01 00", "00*2352"), // WRITE (10)
            ("A1 00 00 00 00 00 00 00 00 00 00 00", ""),  // BLANK
            ("5B 00 02 00 00 00 00 00 00 00", ""),        // CLOSE TRACK SESSION
            ("54 01 00 00 00 00 00 00 00 00", ""),        // SEND OPC INFORMATION
            ("04 11 00 00 00 00", ""),                    // FORMAT UNIT
            ("35 00 00 00 00 00 00 00 00 00", ""),        // SYNCHRONIZE CACHE
            ("1B 00 00 00 02 00", ""),                    // eject
            ("1B 00 00 00 03 00", ""),                    // load
            ("A6 00 00 00 02 00 00 00 00 00 00 00", ""),  // LOAD/UNLOAD
            ("F0 00 00 00 00 00 00 00 00 00 00 00", ""),  // a vendor's
            ("55 10 00 00 00 00 00 00 14 00", "00*8 2A 0A 00*10"),
            ("55 10 00 00 00 00 00 00 14 00", "00*7 08 00*8 05 32 00*50"),
            ("55 10 00 00 00 00 00 00 14 00", "00*8 05 02 00 00 2A 02 00 00"),
            // SP: a drive that takes it keeps the page for good, whatever the page.
            ("55 11 00 00 00 00 00 00 3C 00", "00*8 05 32 00*50"),
            ("15 11 00 00 38 00", "00*4 05 32 00*50"),
            ("55 11 00 00 00 00 00 00 00 00", ""),
            // Without PF the list is the vendor's own.
            ("55 00 00 00 00 00 00 00 3C 00", "00*8 05 32 00*50"),
            ("2A FF", ""),
            ("", ""),
        ] {
            assert!(refused(cdb, parameters), "{cdb}");
        }
    }

    #[test]
    fn what_prepare_media_needs_is_let_through() {
        for (cdb, parameters) in [
            ("00 00 00 00 00 00", ""),
            ("51 00 00 00 00 00 00 00 22 00", ""),
            ("51 FF 00 00 00 00 00 00 22 00", ""),
            ("1E 00 00 00 01 00", ""),
            ("1B 00 00 00 01 00", ""),
            ("55 10 00 00 00 00 00 00 3C 00", "00*8 05 32 00*50"),
            ("15 10 00 00 38 00", "00*4 05 32 00*50"),
            ("BB 00 FF FF FF FF 00 00 00 00 00 00", ""),
        ] {
            assert!(!refused(cdb, parameters), "{cdb}");
        }
    }

    #[test]
    fn a_grant_is_for_what_writes_and_for_nothing_else() {
        for (cdb, parameters) in [
            ("2A 00 FF FF FF 6A 00 00 01 00", "00*2352"),
            ("2A FF FF FF FF 6A 00 00 01 00", "00*2352"),
            ("AA 00 FF FF FF 6A 00 00 00 01 00 00", "00*2352"),
            ("A1 11 00 00 00 00 00 00 00 00 00 00", ""),
            ("5B 00 02 00 00 00 00 00 00 00", ""),
            ("54 01 00 00 00 00 00 00 00 00", ""),
            ("5D 00 00 00 00 00 00 00 18 00", "00*24"),
            ("53 00 00 00 00 00 00 01 2C 00", ""),
            ("35 00 00 00 00 00 00 00 00 00", ""),
        ] {
            assert!(refused(cdb, parameters), "{cdb}");
            assert!(!held(Grant::Disc, cdb, parameters), "{cdb}");
        }
        for (cdb, parameters) in [
            ("04 11 00 00 00 00", "00*12"), // FORMAT UNIT
            ("04 FF 00 00 00 00", "00*12"),
            ("3B 05 00 00 00 00 00 00 10 00", "00*16"), // WRITE BUFFER: firmware
            ("E9 00 00 00 00 00 00 00 00 00 00 00", ""), // a vendor's
            ("55 11 00 00 00 00 00 00 3C 00", "00*8 05 32 00*50"),
            ("55 10 00 00 00 00 00 00 14 00", "00*8 2A 0A 00*10"),
            ("1B 00 00 00 02 00", ""),
            ("1B FF 00 00 02 00", ""),
            ("A6 00 00 00 02 00 00 00 00 00 00 00", ""),
            ("", ""),
        ] {
            assert!(held(Grant::Disc, cdb, parameters), "{cdb}");
        }
    }

    /// Answers everything with one sense.
    struct Says(&'static [u8]);

    impl Transport for Says {
        fn execute(&mut self, _: &[u8], _: Data<'_>, _: Duration) -> Result<Outcome, TransportError> {
            let status = scsi_transport::Status(if self.0.is_empty() { 0 } else { 2 });
            Ok(Outcome { status, sense: self.0.to_vec(), transferred: 0 })
        }

        fn wait(&mut self, _: Duration) {}
    }

    #[test]
    fn a_grant_ends_when_the_disc_may_be_another() {
        let fixed = |key: u8, asc: u8| -> &'static [u8] {
            vec![0x70, 0, key, 0, 0, 0, 0, 10, 0, 0, 0, 0, asc, 0, 0, 0, 0, 0].leak()
        };
        for (sense, ends) in [
            (&[][..], false),
            (fixed(6, 0x28), true),
            (fixed(2, 0x3A), true),
            (fixed(2, 0x04), false),
            (fixed(5, 0x3A), false),
            (fixed(6, 0x2A), false),
        ] {
            let mut guard = Guard::new(Says(sense));
            guard.grant(Grant::Disc);
            guard.execute(&[0; 6], Data::None, Duration::ZERO).unwrap();
            assert_eq!(guard.granted() == Grant::Nothing, ends, "{sense:02X?}");
            assert_eq!(guard.take_changed().is_some(), ends);
            let blank = [0xA1, 1, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0];
            assert_eq!(guard.execute(&blank, Data::None, Duration::ZERO).is_err(), ends, "{sense:02X?}");
        }
    }
}
