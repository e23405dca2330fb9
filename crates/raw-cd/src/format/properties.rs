//! The properties of `IDiscFormat2RawCD`.

use cd_format::Lba;

use super::RawCd;
use crate::error::NoRecorder;
use crate::{ClientName, Error, MediaType, Recorder, SectorType, WriteSpeedDescriptor, support};

/// `IDiscFormat2RawCD`: properties.
impl RawCd {
    /// Chooses the drive, or none.
    ///
    /// Microsoft: IDiscFormat2RawCD::put_Recorder. A drive that cannot write raw is
    /// `E_IMAPI_DF2RAW_RECORDER_NOT_SUPPORTED`; the disc does not matter.
    #[doc(alias = "put_Recorder")]
    pub fn set_recorder(&self, recorder: Option<&Recorder>) -> Result<(), Error> {
        let mut state = self.state();
        state.unprepared()?;
        if let Some(recorder) = recorder {
            support::of_recorder(recorder).map_err(|error| match error {
                Error::FormatNotSupported { why } => Error::RecorderNotSupported { why },
                other => other,
            })?;
        }
        state.recorder = recorder.cloned();
        Ok(())
    }

    /// The drive, if one is set.
    #[doc(alias = "get_Recorder")]
    pub fn recorder(&self) -> Option<Recorder> {
        self.state().recorder.clone()
    }

    /// Switches buffer underrun protection off or on; only while prepared.
    #[doc(alias = "put_BufferUnderrunFreeDisabled")]
    pub fn set_buffer_underrun_free_disabled(&self, disabled: bool) -> Result<(), Error> {
        let mut state = self.state();
        state.prepared_and_idle()?;
        state.options.buffer_underrun_free_disabled = disabled;
        Ok(())
    }

    /// Whether buffer underrun protection is switched off; at first it is not.
    #[doc(alias = "get_BufferUnderrunFreeDisabled")]
    pub fn buffer_underrun_free_disabled(&self) -> bool {
        self.state().options.buffer_underrun_free_disabled
    }

    /// Where the next session's lead-in starts: negative on a blank disc, for example -11634
    /// where the ATIP says 97:26:66.
    ///
    /// Microsoft: IDiscFormat2RawCD::get_StartOfNextSession, read as the start of the lead-in, which
    /// is where a raw write starts. See [`next_session`](crate::next_session) for its source.
    #[doc(alias = "get_StartOfNextSession")]
    pub fn start_of_next_session(&self) -> Result<Lba, Error> {
        Ok(self.state().prepared()?.found.extent.start)
    }

    /// The last block at which a lead-out may start; this block itself may be one.
    ///
    /// Microsoft: IDiscFormat2RawCD::get_LastPossibleStartOfLeadout.
    #[doc(alias = "get_LastPossibleStartOfLeadout")]
    pub fn last_possible_start_of_leadout(&self) -> Result<Lba, Error> {
        Ok(self.state().prepared()?.found.extent.last_lead_out)
    }

    /// What kind of disc is in the drive; a finalised CD-R counts as a CD-ROM.
    ///
    /// Microsoft: IDiscFormat2RawCD::get_CurrentPhysicalMediaType.
    #[doc(alias = "get_CurrentPhysicalMediaType")]
    pub fn current_physical_media_type(&self) -> Result<MediaType, Error> {
        let recorder = self.drive()?;
        self.media_type(&recorder)
    }

    /// The sector types that the drive took while preparing.
    ///
    /// Microsoft: IDiscFormat2RawCD::get_SupportedSectorTypes. Without a recorder `E_POINTER`, not
    /// prepared `E_IMAPI_DF2RAW_MEDIA_IS_NOT_PREPARED` (users' experience).
    #[doc(alias = "get_SupportedSectorTypes")]
    pub fn supported_sector_types(&self) -> Result<Vec<SectorType>, Error> {
        let state = self.state();
        state.recorder(NoRecorder::Pointer)?;
        Ok(state.prepared()?.found.sector_types.clone())
    }

    /// Says what the image's sectors hold; only while prepared.
    #[doc(alias = "put_RequestedSectorType")]
    pub fn set_requested_sector_type(&self, sector_type: SectorType) -> Result<(), Error> {
        let mut state = self.state();
        if !state.prepared_and_idle()?.found.sector_types.contains(&sector_type) {
            return Err(Error::SectorTypeNotSupported(sector_type));
        }
        state.options.sector_type = sector_type;
        Ok(())
    }

    /// What the image's sectors hold; [`SectorType::COOKED`] after every PrepareMedia, whether or
    /// not the drive takes it.
    #[doc(alias = "get_RequestedSectorType")]
    pub fn requested_sector_type(&self) -> Result<SectorType, Error> {
        let state = self.state();
        state.prepared()?;
        Ok(state.options.sector_type)
    }

    /// Sets the name under which PrepareMedia takes the drive. A refused name leaves the old one.
    #[doc(alias = "put_ClientName")]
    pub fn set_client_name(&self, name: &str) -> Result<(), Error> {
        let mut state = self.state();
        state.unprepared()?;
        state.client_name = Some(ClientName::new(name).map_err(Error::ClientName)?);
        Ok(())
    }

    /// The client name; empty until one is set.
    #[doc(alias = "get_ClientName")]
    pub fn client_name(&self) -> String {
        self.state().client_name.as_ref().map(ClientName::to_string).unwrap_or_default()
    }

    /// The speed last asked for, sectors a second; -1 at first.
    #[doc(alias = "get_RequestedWriteSpeed")]
    pub fn requested_write_speed(&self) -> i32 {
        self.state().speed.sectors_per_second
    }

    /// The rotation control last asked for.
    #[doc(alias = "get_RequestedRotationTypeIsPureCAV")]
    pub fn requested_rotation_type_is_pure_cav(&self) -> bool {
        self.state().speed.pure_cav
    }

    /// The drive's speed with this disc, sectors a second.
    #[doc(alias = "get_CurrentWriteSpeed")]
    pub fn current_write_speed(&self) -> Result<i32, Error> {
        Ok(self.current_speed()?.sectors_per_second())
    }

    /// The drive's rotation control with this disc.
    #[doc(alias = "get_CurrentRotationTypeIsPureCAV")]
    pub fn current_rotation_type_is_pure_cav(&self) -> Result<bool, Error> {
        Ok(self.current_speed()?.pure_cav)
    }

    /// The speeds the drive offers for this disc, sectors a second, each once, in the drive's
    /// order.
    #[doc(alias = "get_SupportedWriteSpeeds")]
    pub fn supported_write_speeds(&self) -> Result<Vec<i32>, Error> {
        let mut list = Vec::new();
        for speed in self.offered_speeds(&self.drive()?)? {
            if !list.contains(&speed.sectors_per_second()) {
                list.push(speed.sectors_per_second());
            }
        }
        Ok(list)
    }

    /// The same with rotation control and disc type.
    #[doc(alias = "get_SupportedWriteSpeedDescriptors")]
    pub fn supported_write_speed_descriptors(&self) -> Result<Vec<WriteSpeedDescriptor>, Error> {
        let recorder = self.drive()?;
        let media_type = self.media_type(&recorder)?;
        let offered = self.offered_speeds(&recorder)?.into_iter();
        Ok(offered
            .map(|speed| WriteSpeedDescriptor {
                media_type,
                rotation_is_pure_cav: speed.pure_cav,
                write_speed: speed.sectors_per_second(),
            })
            .collect())
    }
}
