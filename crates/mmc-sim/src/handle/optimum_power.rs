//! SEND OPC INFORMATION.

use core::time::Duration;

use mmc_wire::Sense;
use mmc_wire::command::SendOpcInformation;

use super::{Handle, Io};
use crate::disc::Disc;
use crate::drive::Drive;
use crate::refusal::{Refusal, refuse_field};

/// Bytes of an entry of the parameter list.
const ENTRY: usize = 8;
/// Partitions of the power calibration area (ECMA-394 "Power Calibration Area").
const PARTITIONS: u16 = 100;

impl Handle<SendOpcInformation> for Drive {
    /// MMC "SEND OPC INFORMATION Command": a calibration uses up a partition of the power calibration
    /// area; power values from the host are taken and not used.
    fn handle(&mut self, cdb: &SendOpcInformation, io: &mut Io<'_>) -> Result<(), Refusal> {
        if self.is_streaming() {
            return Err(Sense::COMMAND_SEQUENCE_ERROR.into());
        }
        let list = usize::from(cdb.parameter_bytes);
        if !list.is_multiple_of(ENTRY) || io.out.len() < list {
            return Err(Sense::PARAMETER_LIST_LENGTH_ERROR.into());
        }
        if cdb.do_opc && list != 0 {
            // Calibrate, or take these values: not both.
            return Err(refuse_field!(SendOpcInformation, "parameter_bytes"));
        }
        let Some(disc) = &mut self.loader.disc else { return Err(self.no_medium().into()) };
        if disc.is_complete() {
            return Err(Sense::CANNOT_WRITE_INCOMPATIBLE_FORMAT.into());
        }
        if cdb.do_opc {
            if disc.store.areas().calibrations() >= PARTITIONS {
                return Err(Sense::POWER_CALIBRATION_AREA_FULL.into());
            }
            disc.store.calibrate();
            self.loader.calibrated = true;
            self.advance(self.calibration());
        }
        Ok(())
    }
}

impl Drive {
    /// How long the laser has to be calibrated before it can write; nothing when it has been since the disc was
    /// loaded, or the drive does without. A power calibration area that is full stands in the way.
    pub(crate) fn calibration_before_writing(&self, disc: &Disc) -> Result<Duration, Refusal> {
        if self.loader.calibrated || !self.personality.habits.first_write_calibrates.is {
            return Ok(Duration::ZERO);
        }
        if disc.store.areas().calibrations() >= PARTITIONS {
            return Err(Sense::POWER_CALIBRATION_AREA_FULL.into());
        }
        Ok(self.calibration())
    }

    fn calibration(&self) -> Duration {
        Duration::from_secs(self.personality.speeds.calibration_seconds.into())
    }
}
