//! Commands that this drive has only to refuse, and those that the simulator does not model yet.

use mmc_wire::Sense;
use mmc_wire::command::*;

use super::{Handle, Io};
use crate::drive::Drive;
use crate::refusal::Refusal;

/// Not modelled: some of recording and erasing, and playing. The drive answers 5/20/00, as one that
/// does not have the command; it never pretends.
macro_rules! not_modelled { ($($name:ident)*) => { $(impl Handle<$name> for Drive {
    const MODELLED: bool = false;
    fn handle(&mut self, _: &$name, _: &mut Io<'_>) -> Result<(), Refusal> {
        Err(Sense::INVALID_OPERATION_CODE.into())
    }
})* } }

not_modelled! {
    WriteAndVerify10
    PlayAudio10 PlayAudioMsf PauseResume StopPlayScan Scan
}

impl Handle<LoadUnloadMedium> for Drive {
    const MODELLED: bool = false;
    /// Not a changer (feature 0102h is absent).
    fn handle(&mut self, _: &LoadUnloadMedium, _: &mut Io<'_>) -> Result<(), Refusal> {
        Err(Sense::INVALID_OPERATION_CODE.into())
    }
}

impl Handle<SendKey> for Drive {
    /// A CD has no keys.
    fn handle(&mut self, _: &SendKey, _: &mut Io<'_>) -> Result<(), Refusal> {
        Err(Sense::CANNOT_READ_INCOMPATIBLE_FORMAT.into())
    }
}

impl Handle<ReportKey> for Drive {
    /// MMC "REPORT KEY Command": a CD has no keys, but the region state (format 08h) belongs to the
    /// drive. This drive plays no video and has no region.
    fn handle(&mut self, cdb: &ReportKey, io: &mut Io<'_>) -> Result<(), Refusal> {
        const REGION_STATE: u8 = 0x08;
        if cdb.format != REGION_STATE || cdb.class != 0 {
            return Err(match self.disc() {
                None if !self.is_loading() => self.no_medium().into(),
                _ => Sense::CANNOT_READ_INCOMPATIBLE_FORMAT.into(),
            });
        }
        // Length 6; 4 vendor and 5 user changes left, region not set, no region mask, scheme 1.
        io.reply.extend([0, 6, 0, 0, 0x25, 0xFF, 0x01, 0]);
        Ok(())
    }
}

impl Handle<ReadDiscStructure> for Drive {
    /// The medium is no DVD (MMC "READ DISC STRUCTURE Command").
    fn handle(&mut self, _: &ReadDiscStructure, _: &mut Io<'_>) -> Result<(), Refusal> {
        Err(Sense::CANNOT_READ_INCOMPATIBLE_FORMAT.into())
    }
}
