//! TEST UNIT READY, REQUEST SENSE, REZERO UNIT.

use mmc_wire::command::{RequestSense, RezeroUnit, TestUnitReady};
use mmc_wire::sense::SenseData;
use mmc_wire::{Block, Sense};

use super::{Handle, Io};
use crate::drive::Drive;
use crate::personality::ReadyWhileWriting;
use crate::refusal::Refusal;

impl Handle<TestUnitReady> for Drive {
    /// SPC "TEST UNIT READY command". The gate has asked everything but the write stream.
    fn handle(&mut self, _: &TestUnitReady, _: &mut Io<'_>) -> Result<(), Refusal> {
        if self.is_streaming() && self.personality.habits.ready_while_writing.is == ReadyWhileWriting::Busy {
            return Err(self.personality.habits.busy_while_writing.is.sense().into());
        }
        Ok(())
    }
}

impl Handle<RezeroUnit> for Drive {
    /// Moves nothing that anybody could see.
    fn handle(&mut self, _: &RezeroUnit, _: &mut Io<'_>) -> Result<(), Refusal> {
        Ok(())
    }
}

impl Handle<RequestSense> for Drive {
    /// SPC "REQUEST SENSE command": progress of a long operation, else a pending unit attention, which
    /// is thereby told, else that the disc is loading, else nothing. Sense of an earlier command has
    /// gone out with that command. The format is fixed: CD drives have no descriptors.
    fn handle(&mut self, _: &RequestSense, io: &mut Io<'_>) -> Result<(), Refusal> {
        let data = if let Some(run) = self.long_run() {
            SenseData::current(self.busy(run).sense).with_progress(run.done)
        } else if let Some(attention) = self.attentions.take() {
            SenseData::current(attention)
        } else if self.is_loading() {
            SenseData::current(Sense::BECOMING_READY)
        } else {
            SenseData::current(Sense::NO_SENSE)
        };
        data.with_additional(self.personality.habits.sense_additional_bytes.is).emit(io.reply);
        Ok(())
    }
}
