//! What `IDiscRecorder2Ex` adds to a recorder: whole replies, with sense already made an HRESULT.
//!
//! Each member sends one command and hands back the bytes as the drive gave them, without the
//! headers that Microsoft's pages leave off.

use mmc_wire::block::configuration::Configuration;
use mmc_wire::block::disc_information::DiscInformation;
use mmc_wire::block::feature::FeatureCode;
use mmc_wire::block::mode::{ModeForm, ModeParameters};
use mmc_wire::command::{
    GetConfiguration, ModeSelect10, ModeSense10, PageControl, ReadDiscInformation, ReadDiscStructure,
    ReadTrackInformation, RequestedType, TrackAddress,
};
use mmc_wire::{Block, Cdb, Sense};

use crate::{COMMAND_TIMEOUT, Error, NoFeature, Recorder};

/// Room for a reply whose length is not known beforehand: the most that the pages allow.
const ROOM: u16 = 0xFFFC;

impl Recorder {
    /// The whole READ DISC INFORMATION reply.
    #[doc(alias = "GetDiscInformation")]
    pub fn disc_information(&self) -> Result<Vec<u8>, Error> {
        let reply = self.read(&ReadDiscInformation::standard(ROOM), usize::from(ROOM), COMMAND_TIMEOUT)?;
        DiscInformation::parse(&reply).map_err(|fault| Error::reply(name::<ReadDiscInformation>(), fault))?;
        Ok(reply)
    }

    /// The whole READ TRACK INFORMATION reply of a block, track or session.
    #[doc(alias = "GetTrackInformation")]
    pub fn track_information(&self, number: u32, address: TrackAddress) -> Result<Vec<u8>, Error> {
        let command = ReadTrackInformation { open: false, address, number, allocation: ROOM };
        self.read(&command, usize::from(ROOM), COMMAND_TIMEOUT)
    }

    /// One feature, without the header in front of the features.
    ///
    /// 0xC0AA020C for a drive without GET CONFIGURATION, 0xC0AA020A for one without the feature,
    /// 0xC0AA020B where `current_only` asks for more than that it is there.
    #[doc(alias = "GetFeaturePage")]
    pub fn feature_page(&self, feature: FeatureCode, current_only: bool) -> Result<Vec<u8>, Error> {
        let command =
            GetConfiguration { requested: RequestedType::ONE, starting_feature: feature.0, allocation: ROOM };
        let configuration: Configuration = match self.query(&command, COMMAND_TIMEOUT) {
            Err(error) if error.sense() == Some(Sense::INVALID_OPERATION_CODE) => {
                return Err(Error::Feature { feature: feature.0, why: NoFeature::NoConfiguration });
            }
            other => other?,
        };
        let missing = |why| Error::Feature { feature: feature.0, why };
        let found = configuration.feature(feature).ok_or(missing(NoFeature::Unknown))?;
        if current_only && !found.current {
            return Err(missing(NoFeature::NotCurrent));
        }
        Ok(found.to_bytes())
    }

    /// A mode page, without the mode parameter header.
    #[doc(alias = "GetModePage")]
    pub fn mode_page(&self, page: u8, control: PageControl) -> Result<Vec<u8>, Error> {
        const ROOM: u16 = 0x101 + 8;
        let command = ModeSense10 {
            no_block_descriptors: true,
            control,
            page,
            allocation: ROOM,
            ..ModeSense10::default()
        };
        let parameters: ModeParameters = self.query(&command, COMMAND_TIMEOUT)?;
        let found = parameters.page(page).ok_or_else(|| Error::InvalidResponse {
            command: name::<ModeSense10>(),
            what: format!("the reply does not hold page {page:02X}h"),
        })?;
        Ok(found.to_bytes())
    }

    /// Sets a mode page; the mode parameter header is added here.
    #[doc(alias = "SetModePage")]
    pub fn set_mode_page(&self, page: &[u8]) -> Result<(), Error> {
        let mut list = vec![0; ModeForm::Ten.header_bytes()];
        list.extend(page);
        let parameter_bytes = u16::try_from(list.len()).map_err(|_| Error::InvalidArgument {
            argument: "byteSize",
            given: i64::try_from(page.len()).unwrap_or(i64::MAX),
            expected: "at most 257 bytes",
        })?;
        let command = ModeSelect10 { page_format: true, save: false, parameter_bytes };
        self.send(&command, &list, COMMAND_TIMEOUT)
    }

    /// A READ DISC STRUCTURE reply. On a CD drive always an error, and which one tells the drive.
    #[doc(alias = "ReadDvdStructure")]
    pub fn disc_structure(&self, format: u8, address: u32, layer: u8, agid: u8) -> Result<Vec<u8>, Error> {
        let command = ReadDiscStructure {
            address,
            layer,
            format,
            allocation: ROOM,
            agid,
            ..ReadDiscStructure::default()
        };
        self.read(&command, usize::from(ROOM), COMMAND_TIMEOUT)
    }
}

fn name<C: Cdb>() -> &'static str {
    C::ROW.name
}
