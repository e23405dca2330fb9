//! Tray, spindle and lock.

use mmc_wire::block::mechanism::Mechanism;
use mmc_wire::command::{MechanismStatus, PreventAllowMediumRemoval, Seek10, StartStopUnit};
use mmc_wire::{Block, Sense};

use super::{Handle, Io};
use crate::drive::Drive;
use crate::loader::Found;
use crate::refusal::{Refusal, refuse_field};
use crate::scene::Tray;

/// Loading mechanism "caddy": nothing to load with.
const CADDY: u8 = 0;

impl Handle<StartStopUnit> for Drive {
    /// MMC "START STOP UNIT Command". Stopping is not remembered: any medium command spins the
    /// disc up again (measured on a Matshita drive, ZuluSCSI pull request 234).
    fn handle(&mut self, cdb: &StartStopUnit, _: &mut Io<'_>) -> Result<(), Refusal> {
        if cdb.power_condition != 0 {
            return match cdb.power_condition {
                1..=3 | 5 => Ok(()),
                _ => Err(refuse_field!(StartStopUnit, "power_condition")),
            };
        }
        if !cdb.load_eject {
            return Ok(());
        }
        if !self.is_idle() {
            return Err(Sense::COMMAND_SEQUENCE_ERROR.into());
        }
        if cdb.start {
            if self.personality.abilities.loading_mechanism == CADDY {
                return Err(refuse_field!(StartStopUnit, "load_eject"));
            }
            self.close_tray();
        } else {
            if self.loader.locked {
                let key = self.personality.habits.locked_key.is;
                return Err(Sense { key: mmc_wire::SenseKey(key), ..Sense::MEDIUM_REMOVAL_PREVENTED }.into());
            }
            self.open_tray();
        }
        Ok(())
    }
}

impl Handle<PreventAllowMediumRemoval> for Drive {
    /// MMC "PREVENT ALLOW MEDIUM REMOVAL Command".
    fn handle(&mut self, cdb: &PreventAllowMediumRemoval, _: &mut Io<'_>) -> Result<(), Refusal> {
        self.loader.locked = cdb.prevent;
        self.loader.persistent = cdb.prevent && cdb.persistent;
        Ok(())
    }
}

impl Handle<MechanismStatus> for Drive {
    /// MMC "MECHANISM STATUS Command". Not a changer: no slots, no table; Pioneer's manuals have the
    /// remaining fields at 0.
    fn handle(&mut self, _: &MechanismStatus, io: &mut Io<'_>) -> Result<(), Refusal> {
        Mechanism { door_open: self.loader.tray == Tray::Open, ..Mechanism::default() }.emit(io.reply);
        Ok(())
    }
}

impl Handle<Seek10> for Drive {
    /// MMC "SEEK (10) Command".
    fn handle(&mut self, cdb: &Seek10, _: &mut Io<'_>) -> Result<(), Refusal> {
        let end = self.disc().and_then(|disc| disc.closed().last()).map_or(0, |session| session.lead_out.0);
        if cdb.lba.0 < 0 || cdb.lba.0 >= end {
            return Err(Sense::LBA_OUT_OF_RANGE.into());
        }
        Ok(())
    }
}

impl Drive {
    /// Whether a disc is spinning up.
    pub(crate) fn is_loading(&self) -> bool {
        matches!(self.loader.find(), Found::Loading)
    }
}
