//! What lets nothing through that could change a disc or move a tray.

use core::time::Duration;

use mmc_wire::Command;
use mmc_wire::command::{Effect, row_of};
use scsi_transport::{Data, Outcome, Transport, TransportError};

/// Stands in front of a real drive and refuses what the read-only tier may not send.
///
/// Refused: commands that may write (SEND OPC INFORMATION burns into the calibration area and is
/// one), START STOP UNIT with its load/eject bit, LOAD/UNLOAD MEDIUM, playing, REZERO UNIT, what
/// cannot be parsed, and every opcode without a row in the command table. Let through: what
/// reads, PREVENT ALLOW MEDIUM REMOVAL, and MODE SELECT of the write parameters page, the only
/// page that preparing a disc sets; both end with a power cycle at the latest. MODE SELECT of any
/// other page, in any other form than the standard's, or with SP set is refused: a saved page
/// outlives the power (SPC-3 "MODE SELECT(10) command").
#[derive(Clone, Debug)]
pub struct ReadOnlyGuard<T> {
    inner: T,
}

impl<T: Transport> ReadOnlyGuard<T> {
    /// Guards `inner`.
    pub const fn new(inner: T) -> Self {
        Self { inner }
    }
}

impl<T: Transport> Transport for ReadOnlyGuard<T> {
    fn execute(&mut self, cdb: &[u8], data: Data<'_>, timeout: Duration) -> Result<Outcome, TransportError> {
        let parameters = if let Data::Out(bytes) = &data { bytes } else { &[][..] };
        match refusal(cdb, parameters) {
            None => self.inner.execute(cdb, data, timeout),
            Some(why) => Err(TransportError::Request(format!("{why}: not sent, this run is read-only"))),
        }
    }

    fn wait(&mut self, duration: Duration) {
        self.inner.wait(duration);
    }
}

/// Why a command is not let through.
pub(super) fn refusal(cdb: &[u8], parameters: &[u8]) -> Option<String> {
    let command = match Command::parse(cdb) {
        Ok(command) => command,
        // A read with an illegal field can do no harm; anything else might.
        Err(fault) => {
            return match cdb.first().and_then(|opcode| row_of(*opcode)) {
                Some(row) if row.effect == Effect::Reads => None,
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
        (_, Effect::Writes) => false,
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

    fn refused(cdb: &str, parameters: &str) -> bool {
        refusal(&Hex::read(cdb).unwrap().0, &Hex::read(parameters).unwrap().0).is_some()
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
}
