//! The gate: what every command is asked before its handler runs, in one place and one order.
//!
//! 1. a unit attention is told, unless the command passes it;
//! 2. an error of an earlier write, that was found after its command had been answered;
//! 3. an opcode that the drive does not know is refused;
//! 4. NOT READY: long operation, no medium, loading;
//! 5. only then are the fields of the CDB looked at.
//!
//! Order: MMC-5 "Unit attention condition" and "Not ready condition" as QEMU's ATAPI drive cites
//! them (4.1.6.1, 4.1.8); that CDB fields come after NOT READY is a reading of this project,
//! no source settles it.

use mmc_wire::{Row, Sense};

use crate::drive::{Drive, LongRun};
use crate::loader::Found;
use crate::personality::NoMediumSense;
use crate::refusal::{Detail, Refusal};
use crate::scene::{LongOperation, Tray, Unreadable};

impl Drive {
    /// Asks what has to be asked before a command runs. `row` is `None` for an unknown opcode.
    pub(crate) fn gate(&mut self, row: Option<&'static Row>) -> Result<&'static Row, Refusal> {
        let passes = row.is_some_and(|row| row.passes_unit_attention);
        if !passes && let Some(attention) = self.attentions.take() {
            return Err(attention.into());
        }
        if !passes && let Some(sense) = self.deferred.take() {
            return Err(Refusal { sense, detail: Detail::Deferred });
        }
        let Some(row) = row.filter(|row| self.knows(row.opcode)) else {
            return Err(Sense::INVALID_OPERATION_CODE.into());
        };
        if row.waits_for_long
            && let Some(run) = self.long_run()
        {
            return Err(self.busy(run));
        }
        match self.loader.find() {
            Found::Disc(_) => {}
            Found::Nothing if row.needs_medium => return Err(self.no_medium().into()),
            Found::Loading if row.needs_loaded => return Err(Sense::BECOMING_READY.into()),
            Found::Unreadable(why) if row.needs_medium => {
                return Err(match why {
                    Unreadable::Incompatible => Sense::INCOMPATIBLE_MEDIUM,
                    Unreadable::NoToc => Sense::UNABLE_TO_RECOVER_TOC,
                }
                .into());
            }
            Found::Nothing | Found::Loading | Found::Unreadable(_) => {}
        }
        Ok(row)
    }

    /// What an empty drive says.
    pub(crate) fn no_medium(&self) -> Sense {
        match (self.personality.habits.no_medium.is, self.loader.tray) {
            (NoMediumSense::Plain, _) => Sense::NO_MEDIUM,
            (NoMediumSense::Precise, Tray::Closed) => Sense::NO_MEDIUM_TRAY_CLOSED,
            (NoMediumSense::Precise, Tray::Open) => Sense::NO_MEDIUM_TRAY_OPEN,
        }
    }

    /// What a drive says during a long operation, with progress (MMC "Not ready" codes: format
    /// has a code of its own).
    pub(crate) const fn busy(&self, run: LongRun) -> Refusal {
        let sense = match run.operation {
            LongOperation::Format => Sense::FORMAT_IN_PROGRESS,
            LongOperation::Blank | LongOperation::Close => Sense::OPERATION_IN_PROGRESS,
        };
        Refusal::progress(sense, run.done)
    }
}
