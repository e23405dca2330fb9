//! MODE SENSE and MODE SELECT, both forms.

mod capabilities;
mod write_parameters;

pub(super) use capabilities::AUDIO_VOLUME_LEVELS;

use mmc_wire::Sense;
use mmc_wire::block::mode::{
    ALL_PAGES, Capabilities, ModeForm, ModePage, ModeParameters, PageBody, WriteParameters,
};
use mmc_wire::command::{ModeSelect6, ModeSelect10, ModeSense6, ModeSense10, PageControl};
use mmc_wire::layout::Place;
use mmc_wire::parse::FieldFault;

use super::{Handle, Io};
use crate::drive::Drive;
use crate::refusal::{Refusal, refuse_field};

impl Handle<ModeSense6> for Drive {
    /// SPC "MODE SENSE (6) command".
    fn handle(&mut self, cdb: &ModeSense6, io: &mut Io<'_>) -> Result<(), Refusal> {
        const PAGE: Place = mmc_wire::layout::place_of::<ModeSense6>("page");
        if cdb.subpage != 0 {
            return Err(refuse_field!(ModeSense6, "subpage"));
        }
        let pages = self.pages_asked(cdb.page, cdb.control, PAGE)?;
        ModeParameters::of(pages).emit_reply(ModeForm::Six, io.reply);
        Ok(())
    }
}

impl Handle<ModeSense10> for Drive {
    /// SPC "MODE SENSE (10) command".
    fn handle(&mut self, cdb: &ModeSense10, io: &mut Io<'_>) -> Result<(), Refusal> {
        const PAGE: Place = mmc_wire::layout::place_of::<ModeSense10>("page");
        if cdb.subpage != 0 {
            return Err(refuse_field!(ModeSense10, "subpage"));
        }
        let pages = self.pages_asked(cdb.page, cdb.control, PAGE)?;
        ModeParameters::of(pages).emit_reply(ModeForm::Ten, io.reply);
        Ok(())
    }
}

impl Handle<ModeSelect6> for Drive {
    /// SPC "MODE SELECT (6) command".
    fn handle(&mut self, cdb: &ModeSelect6, io: &mut Io<'_>) -> Result<(), Refusal> {
        if !cdb.page_format {
            return Err(refuse_field!(ModeSelect6, "page_format"));
        }
        if cdb.save {
            return Err(refuse_field!(ModeSelect6, "save"));
        }
        self.select(ModeForm::Six, usize::from(cdb.parameter_bytes), io.out)
    }
}

impl Handle<ModeSelect10> for Drive {
    /// SPC "MODE SELECT (10) command".
    fn handle(&mut self, cdb: &ModeSelect10, io: &mut Io<'_>) -> Result<(), Refusal> {
        if !cdb.page_format {
            return Err(refuse_field!(ModeSelect10, "page_format"));
        }
        if cdb.save {
            return Err(refuse_field!(ModeSelect10, "save"));
        }
        self.select(ModeForm::Ten, usize::from(cdb.parameter_bytes), io.out)
    }
}

impl Drive {
    fn pages_asked(&self, code: u8, control: PageControl, place: Place) -> Result<Vec<ModePage>, Refusal> {
        if control == PageControl::SAVED {
            return Err(Sense::SAVING_PARAMETERS_NOT_SUPPORTED.into());
        }
        let page = |code: u8| match code {
            Capabilities::CODE => Some(self.capabilities(control)),
            code => self.pages.get(code, control),
        };
        if code == ALL_PAGES {
            return Ok(self.pages.codes().chain([Capabilities::CODE]).filter_map(page).collect());
        }
        page(code).map(|page| vec![page]).ok_or(Refusal::field(place))
    }

    /// Sets every page of the list or none: the whole list is looked at first.
    fn select(&mut self, form: ModeForm, announced: usize, list: &[u8]) -> Result<(), Refusal> {
        if announced == 0 {
            return Ok(());
        }
        let list = list.get(..announced).ok_or(Refusal::from(Sense::PARAMETER_LIST_LENGTH_ERROR))?;
        let parsed = ModeParameters::parse_list(list, form).map_err(|fault| match fault.fault {
            FieldFault::Short => Refusal::from(Sense::PARAMETER_LIST_LENGTH_ERROR),
            FieldFault::Reserved | FieldFault::Illegal => Refusal::parameter(fault.byte, fault.bit),
        })?;
        if !parsed.block_descriptors.is_empty() {
            return Err(Refusal::parameter(form.header_bytes() - 1, None));
        }
        let mut at = form.header_bytes();
        let mut accepted = Vec::with_capacity(parsed.pages.len());
        for page in &parsed.pages {
            let code = page.code();
            let bytes = &list[at..at + 2 + usize::from(list[at + 1])];
            if let Some(refused) = self.pages.refused_at(code, bytes) {
                return Err(Refusal::parameter(at + refused.byte, Some(refused.bit)));
            }
            if code == WriteParameters::CODE {
                if !self.is_idle() {
                    return Err(Sense::COMMAND_SEQUENCE_ERROR.into());
                }
                write_parameters::check(&self.personality.abilities, &WriteParameters::from_page(bytes))
                    .map_err(|place| Refusal::parameter(at + place.byte, Some(place.high)))?;
            }
            accepted.push((code, bytes));
            at += bytes.len();
        }
        let before = self.pages.write_parameters();
        for (code, bytes) in accepted {
            self.pages.set(code, bytes);
        }
        if self.pages.write_parameters() != before {
            // The cue sheet was for other parameters.
            self.cue = None;
        }
        Ok(())
    }
}
