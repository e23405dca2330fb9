//! From what the kernel filled in to an outcome or an error. Pure.
//!
//! Names and numbers: Linux `include/scsi/scsi_status.h` (`enum scsi_host_status`) and, for the
//! driver byte, `include/scsi/sg.h` and the kernels before 5.14 that still told more than DRIVER_SENSE.

use core::fmt::Write as _;
use core::time::Duration;

use scsi_transport::{Outcome, Status, TransportError};

/// The `[o]` fields of the header.
#[derive(Clone, Copy, Debug, Default)]
pub struct Answer {
    /// SCSI status byte.
    pub status: u8,
    /// `DID_` code.
    pub host_status: u16,
    /// `DRIVER_` code in the low nibble, a suggestion in the high one.
    pub driver_status: u16,
    /// Bytes of the data phase that did not move.
    pub residue: i32,
    /// Bytes of sense data that the kernel says it wrote.
    pub sense_bytes: u8,
    /// How long it took.
    pub duration_ms: u32,
}

impl Answer {
    /// What it means, with the sense buffer, the bytes of the data phase and the timeout that were
    /// given to the kernel.
    pub fn outcome(
        self,
        sense: &[u8],
        data_bytes: usize,
        timeout: Duration,
    ) -> Result<Outcome, TransportError> {
        let sense = &sense[..sense.len().min(usize::from(self.sense_bytes))];
        match self.path(timeout) {
            Path::Answered => {}
            Path::TimedOut => {
                // The kernel lengthens timeouts under 7 s on block devices.
                let took = Duration::from_millis(self.duration_ms.into());
                return Err(TransportError::Timeout(timeout.max(took)));
            }
            Path::Gone => return Err(TransportError::Gone(self.fault(sense))),
            Path::Failed => return Err(TransportError::Host(self.fault(sense))),
        }
        // Adapters of older kernels left GOOD beside the sense data that they had fetched themselves.
        let sensed = self.driver_status & DRIVER_MASK == DRIVER_SENSE && !sense.is_empty();
        let status = match Status(self.status) {
            Status::GOOD if sensed => Status::CHECK_CONDITION,
            status => status,
        };
        let transferred = match self.transferred(data_bytes) {
            Some(bytes) => bytes,
            // A refusal is worth more than a byte count.
            None if status != Status::GOOD => 0,
            None => {
                return Err(TransportError::Host(format!(
                    "the adapter's residue is {} bytes, expected 0 to {data_bytes}: nobody knows how much moved",
                    self.residue
                )));
            }
        };
        let sense = if status == Status::CHECK_CONDITION { sense.to_vec() } else { Vec::new() };
        Ok(Outcome { status, sense, transferred })
    }

    fn transferred(self, data_bytes: usize) -> Option<usize> {
        if data_bytes == 0 {
            return Some(0);
        }
        data_bytes.checked_sub(usize::try_from(self.residue).ok()?)
    }

    /// Host first: where the adapter failed, the driver byte repeats it at best.
    fn path(self, timeout: Duration) -> Path {
        match HOST.iter().find(|row| row.0 == self.host_status) {
            // usb-storage and others report a command that ran out of time as aborted.
            Some(&(DID_ABORT, ..)) if Duration::from_millis(self.duration_ms.into()) >= timeout => {
                Path::TimedOut
            }
            Some(&(_, _, Path::Answered, _)) => {
                let code = self.driver_status & DRIVER_MASK;
                DRIVER.iter().find(|row| row.0 == code).map_or(Path::Failed, |row| row.2)
            }
            Some(&(_, _, path, _)) => path,
            None => Path::Failed,
        }
    }

    /// Both codes by name, and what else came.
    fn fault(self, sense: &[u8]) -> String {
        let mut text = match HOST.iter().find(|row| row.0 == self.host_status) {
            Some((code, name, _, words)) => format!("host status {code:#04x} {name} ({words})"),
            None => format!("host status {:#04x}, which Linux does not define", self.host_status),
        };
        let code = self.driver_status & DRIVER_MASK;
        // Writing to a String does not fail.
        let _ = match DRIVER.iter().find(|row| row.0 == code) {
            Some((0, ..)) => Ok(()),
            Some((_, name, ..)) => write!(text, ", driver status {:#04x} {name}", self.driver_status),
            None => write!(text, ", driver status {:#04x}, which Linux does not define", self.driver_status),
        };
        if self.status != 0 {
            let _ = write!(text, ", {}", Status(self.status));
        }
        if !sense.is_empty() {
            let _ = write!(text, ", sense");
            for byte in sense {
                let _ = write!(text, " {byte:02X}");
            }
        }
        text
    }
}

/// What a code says about the way to the drive and back.
#[derive(Clone, Copy, Debug, Eq, PartialEq)]
enum Path {
    Answered,
    TimedOut,
    Gone,
    Failed,
}

const DID_ABORT: u16 = 0x05;
const DRIVER_SENSE: u16 = 0x08;
const DRIVER_MASK: u16 = 0x0F;

/// Code, name, meaning, words.
const HOST: [(u16, &str, Path, &str); 21] = [
    (0x00, "DID_OK", Path::Answered, "no error"),
    (0x01, "DID_NO_CONNECT", Path::Gone, "could not connect: unplugged, or switched off"),
    (0x02, "DID_BUS_BUSY", Path::Failed, "the bus stayed busy"),
    (0x03, "DID_TIME_OUT", Path::TimedOut, "timed out"),
    (0x04, "DID_BAD_TARGET", Path::Gone, "no device under this address"),
    (DID_ABORT, "DID_ABORT", Path::Failed, "told to abort"),
    (0x06, "DID_PARITY", Path::Failed, "parity error on the cable"),
    (0x07, "DID_ERROR", Path::Failed, "internal error of the adapter or bridge"),
    (0x08, "DID_RESET", Path::Failed, "reset by somebody"),
    (0x09, "DID_BAD_INTR", Path::Failed, "unexpected interrupt"),
    (0x0A, "DID_PASSTHROUGH", Path::Answered, "forced past the middle layer"),
    (0x0B, "DID_SOFT_ERROR", Path::Failed, "the driver wished for a retry"),
    (0x0C, "DID_IMM_RETRY", Path::Failed, "to be retried at once"),
    (0x0D, "DID_REQUEUE", Path::Failed, "to be queued again"),
    (0x0E, "DID_TRANSPORT_DISRUPTED", Path::Failed, "the link was interrupted"),
    (0x0F, "DID_TRANSPORT_FAILFAST", Path::Failed, "the link is down"),
    // The next four are how kernels of 2.6.38 to 5.x marked, beside the status, what sense had said.
    (0x10, "DID_TARGET_FAILURE", Path::Answered, "permanent failure of the target"),
    (0x11, "DID_NEXUS_FAILURE", Path::Answered, "permanent failure of the nexus"),
    (0x12, "DID_ALLOC_FAILURE", Path::Answered, "no space on the target"),
    (0x13, "DID_MEDIUM_ERROR", Path::Answered, "medium error"),
    (0x14, "DID_TRANSPORT_MARGINAL", Path::Failed, "the link is marginal"),
];

/// Code, name, meaning.
const DRIVER: [(u16, &str, Path); 9] = [
    (0x00, "DRIVER_OK", Path::Answered),
    (0x01, "DRIVER_BUSY", Path::Failed),
    (0x02, "DRIVER_SOFT", Path::Failed),
    (0x03, "DRIVER_MEDIA", Path::Failed),
    (0x04, "DRIVER_ERROR", Path::Failed),
    (0x05, "DRIVER_INVALID", Path::Failed),
    (0x06, "DRIVER_TIMEOUT", Path::TimedOut),
    (0x07, "DRIVER_HARD", Path::Failed),
    (DRIVER_SENSE, "DRIVER_SENSE", Path::Answered),
];

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;

    const LIMIT: Duration = Duration::from_secs(10);
    /// Fixed format, ILLEGAL REQUEST, INVALID FIELD IN CDB (SPC "Fixed format sense data").
    const SENSE: [u8; 18] = [0x70, 0, 5, 0, 0, 0, 0, 10, 0, 0, 0, 0, 0x24, 0, 0, 0, 0, 0];

    fn check(answer: Answer) -> Result<Outcome, TransportError> {
        answer.outcome(&SENSE, 36, LIMIT)
    }

    fn kind(answer: Answer) -> &'static str {
        match check(answer) {
            Ok(_) => "answer",
            Err(TransportError::Timeout(_)) => "timeout",
            Err(TransportError::Gone(_)) => "gone",
            Err(TransportError::Host(_)) => "host",
            Err(_) => "other",
        }
    }

    /// Numbers: `enum scsi_host_status`, `include/scsi/scsi_status.h`.
    #[test]
    fn every_host_status_is_told_apart() {
        let table = [
            (0, "answer"),
            (1, "gone"),
            (2, "host"),
            (3, "timeout"),
            (4, "gone"),
            (5, "host"),
            (6, "host"),
            (7, "host"),
            (8, "host"),
            (9, "host"),
            (0x0A, "answer"),
            (0x0B, "host"),
            (0x0C, "host"),
            (0x0D, "host"),
            (0x0E, "host"),
            (0x0F, "host"),
            (0x10, "answer"),
            (0x11, "answer"),
            (0x12, "answer"),
            (0x13, "answer"),
            (0x14, "host"),
            (0x15, "host"),
            (0xFFFF, "host"),
        ];
        for (host_status, should) in table {
            assert_eq!(kind(Answer { host_status, ..Answer::default() }), should, "{host_status:#04x}");
        }
    }

    #[test]
    fn every_driver_status_is_told_apart_whatever_it_suggests() {
        let table = [
            (0x00, "answer"),
            (0x01, "host"),
            (0x04, "host"),
            (0x05, "host"),
            (0x06, "timeout"),
            (0x07, "host"),
            (0x08, "answer"),
            (0x09, "host"),
            (0x18, "answer"),  // SUGGEST_RETRY | DRIVER_SENSE
            (0x26, "timeout"), // SUGGEST_ABORT | DRIVER_TIMEOUT
        ];
        for (driver_status, should) in table {
            assert_eq!(kind(Answer { driver_status, ..Answer::default() }), should, "{driver_status:#04x}");
        }
    }

    #[test]
    fn check_condition_is_an_answer_with_its_sense() {
        let refused =
            Answer { status: 2, driver_status: 8, sense_bytes: 18, residue: 36, ..Answer::default() };
        assert_eq!(check(refused), Ok(Outcome::check(SENSE.to_vec())));
    }

    #[test]
    fn sense_with_good_is_check_condition_when_the_driver_says_sense() {
        let odd = Answer { driver_status: 8, sense_bytes: 18, residue: 36, ..Answer::default() };
        assert_eq!(check(odd), Ok(Outcome::check(SENSE.to_vec())));
        let stale = Answer { sense_bytes: 18, ..Answer::default() };
        assert_eq!(check(stale), Ok(Outcome::good(36)));
    }

    #[test]
    fn sense_length_is_clipped_to_the_buffer() {
        let lying = Answer { status: 2, sense_bytes: 255, residue: 36, ..Answer::default() };
        assert_eq!(check(lying), Ok(Outcome::check(SENSE.to_vec())));
    }

    #[test]
    fn busy_is_an_answer() {
        let busy = check(Answer { status: 8, residue: 36, ..Answer::default() }).unwrap();
        assert_eq!((busy.status, busy.sense.len(), busy.transferred), (Status::BUSY, 0, 0));
    }

    #[test]
    fn residue_is_subtracted() {
        assert_eq!(check(Answer { residue: 4, ..Answer::default() }), Ok(Outcome::good(32)));
        assert_eq!(check(Answer { residue: 36, ..Answer::default() }), Ok(Outcome::good(0)));
    }

    #[test]
    fn impossible_residue_fails_good_and_spares_a_refusal() {
        for residue in [-1, 37, i32::MIN, i32::MAX] {
            let Err(TransportError::Host(text)) = check(Answer { residue, ..Answer::default() }) else {
                panic!("{residue} accepted")
            };
            assert!(text.contains(&residue.to_string()) && text.contains("0 to 36"), "{text}");
            let refused = check(Answer { residue, status: 2, sense_bytes: 18, ..Answer::default() });
            assert_eq!(refused, Ok(Outcome::check(SENSE.to_vec())));
        }
    }

    #[test]
    fn residue_without_a_data_phase_means_nothing() {
        let answer = Answer { residue: -7, ..Answer::default() };
        assert_eq!(answer.outcome(&[], 0, LIMIT), Ok(Outcome::good(0)));
    }

    #[test]
    fn abort_after_the_timeout_is_a_timeout() {
        let aborted = Answer { host_status: 5, duration_ms: 10_000, ..Answer::default() };
        assert_eq!(check(aborted), Err(TransportError::Timeout(LIMIT)));
        assert_eq!(kind(Answer { duration_ms: 9_999, ..aborted }), "host");
    }

    #[test]
    fn a_timeout_says_how_long_it_really_was() {
        let answer = Answer { host_status: 3, duration_ms: 7_000, ..Answer::default() };
        let error = answer.outcome(&[], 0, Duration::from_secs(1));
        assert_eq!(error, Err(TransportError::Timeout(Duration::from_secs(7))));
    }

    #[test]
    fn a_fault_names_codes_status_and_sense() {
        let error = check(Answer {
            host_status: 7,
            driver_status: 6,
            status: 2,
            sense_bytes: 3,
            ..Answer::default()
        });
        assert_eq!(
            error,
            Err(TransportError::Host(
                "host status 0x07 DID_ERROR (internal error of the adapter or bridge), driver status 0x06 \
                 DRIVER_TIMEOUT, CHECK CONDITION, sense 70 00 05"
                    .into()
            ))
        );
    }

    proptest! {
        #[test]
        fn any_answer_is_an_outcome_within_bounds_or_an_error(
            (status, host_status, driver_status, residue, sense_bytes, duration_ms) in any::<(u8, u16, u16, i32, u8, u32)>(),
            sense in prop::collection::vec(any::<u8>(), 0..64),
            data_bytes in 0_usize..100_000,
        ) {
            let answer = Answer { status, host_status, driver_status, residue, sense_bytes, duration_ms };
            if let Ok(outcome) = answer.outcome(&sense, data_bytes, LIMIT) {
                prop_assert!(outcome.transferred <= data_bytes);
                prop_assert!(outcome.sense.len() <= sense.len());
                prop_assert!(outcome.status == Status::CHECK_CONDITION || outcome.sense.is_empty());
            }
        }
    }
}
