//! A drive that says the same to everything, with a CD-R in it that stays blank whatever is written.

use core::time::Duration;
use std::sync::Arc;

use scsi_transport::{Data, Outcome, Transport, TransportError};

/// Lead-in from 97:26:66, last possible lead-out at 79:59:74: -11634 and 359849 by the rule of MMC-3
/// "Logical Block addressing, CD".
#[derive(Default)]
pub(super) struct TestDrive {
    /// Panics when asked for disc information.
    pub panics: bool,
    /// Counted by whoever wants to know whether the drive was dropped.
    #[allow(dead_code, reason = "held, not read")]
    pub alive: Arc<()>,
}

/// INVALID COMMAND OPERATION CODE in fixed format.
const REFUSED: [u8; 18] = [0x70, 0, 5, 0, 0, 0, 0, 10, 0, 0, 0, 0, 0x20, 0, 0, 0, 0, 0];

impl TestDrive {
    fn reply(&self, cdb: &[u8]) -> Option<Vec<u8>> {
        Some(match (*cdb.first()?, cdb.get(2)? & 0x3F) {
            // TEST UNIT READY, START STOP UNIT, PREVENT ALLOW, MODE SELECT (10), SET CD SPEED; WRITE (10),
            // SYNCHRONIZE CACHE, SEND OPC INFORMATION.
            (0x00 | 0x1B | 0x1E | 0x55 | 0xBB | 0x2A | 0x35 | 0x54, _) => Vec::new(),
            (0x12, _) => [&[5, 0x80, 0, 0x32, 31, 0, 0, 0][..], b"RAWCD   TEST DRIVE      1.00"].concat(),
            (0x46, _) => configuration(),
            (0x51, _) if self.panics => panic!("the cable caught fire"),
            (0x51, _) => disc_information(),
            (0x5A, 0x05) => mode(&[&[0x05, 50][..], &[0; 50]].concat()),
            (0x5A, 0x2A) => mode(&capabilities()),
            _ => return None,
        })
    }
}

impl Transport for TestDrive {
    fn execute(&mut self, cdb: &[u8], data: Data<'_>, _: Duration) -> Result<Outcome, TransportError> {
        let Some(reply) = self.reply(cdb) else { return Ok(Outcome::check(REFUSED.to_vec())) };
        Ok(Outcome::good(match data {
            Data::In(buffer) => {
                let len = reply.len().min(buffer.len());
                buffer[..len].copy_from_slice(&reply[..len]);
                len
            }
            other => other.len(),
        }))
    }

    fn wait(&mut self, _: Duration) {}
}

/// MMC "GET CONFIGURATION": profile CD-R; features 0000h Profile List and 002Eh CD Mastering with
/// RAW.
fn configuration() -> Vec<u8> {
    let features = [0, 0, 3, 4, 0, 9, 1, 0, 0, 0x2E, 1, 4, 0x6F, 0, 4, 0];
    [&[0, 0, 0, 20, 0, 0, 0, 9], &features[..]].concat()
}

/// MMC "READ DISC INFORMATION": blank, one empty session.
fn disc_information() -> Vec<u8> {
    let mut reply = vec![0; 34];
    reply[1] = 32;
    reply[3..7].copy_from_slice(&[1, 1, 1, 1]);
    reply[17..20].copy_from_slice(&[97, 26, 66]);
    reply[21..24].copy_from_slice(&[79, 59, 74]);
    reply
}

/// MMC "MM Capabilities and Mechanical Status Page": writes at 7056 kB/s (40x, 3000 sectors a second)
/// and 706 kB/s (4x, 300).
fn capabilities() -> Vec<u8> {
    let mut page = vec![0; 40];
    page[0..2].copy_from_slice(&[0x2A, 38]);
    page[28..30].copy_from_slice(&[0x1B, 0x90]);
    page[30..40].copy_from_slice(&[0, 2, 0, 0, 0x1B, 0x90, 0, 0, 0x02, 0xC2]);
    page
}

/// SPC "Mode parameter header (10)", without block descriptors.
fn mode(page: &[u8]) -> Vec<u8> {
    [&[0, page.len() as u8 + 6, 0, 0, 0, 0, 0, 0], page].concat()
}
