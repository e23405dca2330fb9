//! SEND CUE SHEET.

use std::sync::Arc;

use mmc_wire::Sense;
use mmc_wire::block::cue_sheet::CueSheet;
use mmc_wire::block::mode::WriteType;
use mmc_wire::command::SendCueSheet;
use mmc_wire::parse::FieldFault;

use super::{Handle, Io};
use crate::cue::{CuePlan, Room};
use crate::drive::Drive;
use crate::refusal::Refusal;

impl Handle<SendCueSheet> for Drive {
    /// MMC "SEND CUE SHEET Command". Asked in this order: whether it is the time for a sheet, whether
    /// the disc takes a session, then the sheet. A sheet replaces the one before it; a refused one does not.
    fn handle(&mut self, cdb: &SendCueSheet, io: &mut Io<'_>) -> Result<(), Refusal> {
        let page = self.pages.write_parameters();
        let (WriteType::SAO, Some(ability)) = (page.write_type, &self.personality.abilities.session_at_once)
        else {
            return Err(Sense::COMMAND_SEQUENCE_ERROR.into());
        };
        if self.is_streaming() {
            return Err(Sense::COMMAND_SEQUENCE_ERROR.into());
        }
        let Some(disc) = self.disc() else { return Err(self.no_medium().into()) };
        if disc.is_complete() || disc.atip.is_none() {
            return Err(Sense::CANNOT_WRITE_INCOMPATIBLE_FORMAT.into());
        }
        let room = Room::on(disc).ok_or(Refusal::from(Sense::COMMAND_SEQUENCE_ERROR))?;
        if cdb.cue_bytes == 0 {
            return Ok(());
        }
        let too_long = cdb.cue_bytes > ability.max_cue_bytes;
        let bytes = io.out.get(..cdb.cue_bytes as usize).filter(|_| !too_long);
        let bytes = bytes.ok_or(Refusal::from(Sense::PARAMETER_LIST_LENGTH_ERROR))?;
        let sheet = CueSheet::parse(bytes).map_err(|fault| match fault.fault {
            FieldFault::Short => Refusal::from(Sense::PARAMETER_LIST_LENGTH_ERROR),
            FieldFault::Reserved | FieldFault::Illegal => Refusal::parameter(fault.byte, fault.bit),
        })?;
        let plan = CuePlan::new(&sheet, &page, disc, room)
            .map_err(|misfit| Refusal::parameter(misfit.byte, misfit.bit))?;
        self.cue = Some(Arc::new(plan));
        Ok(())
    }
}
