//! What disc is in the drive, by the rules of Microsoft's erase sample (`Utility.cpp`).

use mmc_wire::Query;
use mmc_wire::block::configuration::Configuration;
use mmc_wire::block::disc_information::{DiscInformation, DiscStatus, SessionState};
use mmc_wire::block::feature::{FeatureCode, Profile, ProfileList};
use mmc_wire::command::ReadDiscInformation;

use crate::support::{self, Raw};
use crate::{COMMAND_TIMEOUT, Error, MediaPolicy, MediaType, Recorder};

/// The disc: what kind, and in what state.
#[derive(Clone, Debug)]
pub(crate) struct Media {
    pub media_type: MediaType,
    pub information: DiscInformation,
    configuration: Option<Configuration>,
}

impl Media {
    /// Asks the drive.
    pub fn read(recorder: &Recorder) -> Result<Self, Error> {
        let information = disc_information(recorder)?;
        let configuration = support::configuration(recorder)?;
        let media_type = media_type(&information, configuration.as_ref());
        Ok(Self { media_type, information, configuration })
    }

    /// Whether the drive says that nothing is on the disc. A disc that cannot be written is not
    /// blank whatever the drive says.
    pub fn is_blank(&self) -> bool {
        !matches!(self.media_type, MediaType::CDROM | MediaType::DVDROM)
            && self.information.status == DiscStatus::Blank
    }

    /// Whether PrepareMedia takes the disc: first the type, then what is on it.
    pub fn check(&self, policy: MediaPolicy) -> Result<(), Error> {
        let media_type = self.media_type;
        if !media_type.is_recordable_cd() {
            return Err(Error::MediaNotSupported { media_type, why: "" });
        }
        let raw = self.raw()?;
        self.check_type(raw)?;
        self.check_contents(policy, raw)
    }

    /// What the drive says of raw writing.
    pub fn raw(&self) -> Result<Raw, Error> {
        support::of_configuration(self.configuration.as_ref())
    }

    /// Whether the drive can write a disc of this type raw, whatever is on it.
    pub fn is_supported(&self) -> bool {
        let raw = self.raw();
        self.media_type.is_recordable_cd() && raw.is_ok_and(|raw| self.check_type(raw).is_ok())
    }

    fn check_type(&self, raw: Raw) -> Result<(), Error> {
        let media_type = self.media_type;
        if media_type == MediaType::CDRW && !raw.writes_cd_rw() {
            let why = ", and the drive's CD Mastering feature (002Eh) does not write CD-RW";
            return Err(Error::MediaNotSupported { media_type, why });
        }
        Ok(())
    }

    /// Whether a session may be written behind what is there.
    fn check_contents(&self, policy: MediaPolicy, raw: Raw) -> Result<(), Error> {
        let sessions = self.information.sessions;
        let not_blank = |found: String| Err(Error::MediaNotBlank { found });
        match (self.information.status, self.information.last_session) {
            (DiscStatus::Blank, _) => Ok(()),
            (DiscStatus::Appendable, SessionState::Empty) => match policy {
                MediaPolicy::Appendable if raw.writes_several_sessions() => Ok(()),
                MediaPolicy::Appendable => not_blank(
                    "the disc is appendable, and the drive's CD Mastering feature (002Eh) has no raw \
                     multi-session"
                        .to_owned(),
                ),
                MediaPolicy::BlankOnly => {
                    let closed = sessions.saturating_sub(1);
                    not_blank(format!("the disc is appendable; sessions closed on it: {closed}"))
                }
            },
            (DiscStatus::Appendable, _) => not_blank(format!("session {sessions} of the disc is open")),
            (DiscStatus::Finalized, _) => not_blank(format!("the disc is finalised; sessions: {sessions}")),
            (DiscStatus::Other, _) => not_blank("the disc is written at random".to_owned()),
        }
    }
}

/// READ DISC INFORMATION, held to the sample's rules: the reply has to reach the disc type in byte
/// 8, and to be as long as its length field says.
pub(crate) fn disc_information(recorder: &Recorder) -> Result<DiscInformation, Error> {
    // The length that a reply with 255 OPC entries has.
    const ROOM: u16 = 34 + 255 * 8;
    let command = ReadDiscInformation::standard(ROOM);
    let bytes = recorder.read(&command, usize::from(ROOM), COMMAND_TIMEOUT)?;
    let invalid = |what| Error::InvalidResponse { command: "READ DISC INFORMATION", what };
    let announced = match bytes.first_chunk() {
        Some(length) => usize::from(u16::from_be_bytes(*length)) + 2,
        None => return Err(invalid(format!("{} bytes came: expected a length of 2", bytes.len()))),
    };
    if bytes.len() != announced {
        return Err(invalid(format!("{} bytes came: the length field announces {announced}", bytes.len())));
    }
    command.reply(&bytes).map_err(|fault| invalid(fault.to_string()))
}

/// The kind of disc.
///
/// 1. Complete and not erasable: a ROM, so that a finalised CD-R is one too.
/// 2. DVD+RW and DVD+R by their features, where current.
/// 3. The current profile.
/// 4. A drive without GET CONFIGURATION: by the erasable bit.
///
/// The sample asks only whether the disc is a DVD or a CD in step 1, and would call a BD-ROM a CD-ROM;
/// here a current profile of the BD or HD DVD family goes first. It also asks a DVD for its book
/// type, which makes no difference between CD and no CD and is left out.
fn media_type(information: &DiscInformation, configuration: Option<&Configuration>) -> MediaType {
    let Some(configuration) = configuration else {
        return match (information.status, information.erasable) {
            (DiscStatus::Finalized, false) => MediaType::CDROM,
            (_, true) => MediaType::CDRW,
            (_, false) => MediaType::CDR,
        };
    };
    let by_profile = current_profile(configuration);
    if by_profile.0 >= MediaType::HDDVDROM.0 {
        return by_profile;
    }
    if information.status == DiscStatus::Finalized && !information.erasable {
        let is_dvd = configuration.is_current(FeatureCode::DVD_READ);
        return if is_dvd { MediaType::DVDROM } else { MediaType::CDROM };
    }
    let features = [
        (FeatureCode::DVD_PLUS_RW, MediaType::DVDPLUSRW),
        (FeatureCode::DVD_PLUS_R_DUAL_LAYER, MediaType::DVDPLUSR_DUALLAYER),
        (FeatureCode::DVD_PLUS_R, MediaType::DVDPLUSR),
    ];
    let by_feature = features.into_iter().find(|(code, _)| configuration.is_current(*code));
    by_feature.map_or(by_profile, |(_, media_type)| media_type)
}

/// The type of the first current profile that has one; the list first, then the header.
fn current_profile(configuration: &Configuration) -> MediaType {
    let listed = configuration.find::<ProfileList>().map(|list| list.profiles.as_slice()).unwrap_or_default();
    let current = listed.iter().filter(|listed| listed.current).map(|listed| listed.profile);
    current.chain([configuration.current_profile]).find_map(of_profile).unwrap_or(MediaType::UNKNOWN)
}

const fn of_profile(profile: Profile) -> Option<MediaType> {
    Some(match profile {
        Profile::CD_ROM | Profile::DDCD_ROM => MediaType::CDROM,
        Profile::CD_R | Profile::DDCD_R => MediaType::CDR,
        Profile::CD_RW | Profile::DDCD_RW => MediaType::CDRW,
        Profile::DVD_ROM => MediaType::DVDROM,
        Profile::DVD_R => MediaType::DVDDASHR,
        Profile::DVD_RAM => MediaType::DVDRAM,
        Profile::DVD_RW_OVERWRITE | Profile::DVD_RW_SEQUENTIAL => MediaType::DVDDASHRW,
        Profile::DVD_R_DL_SEQUENTIAL | Profile::DVD_R_DL_JUMP => MediaType::DVDDASHR_DUALLAYER,
        Profile::DVD_PLUS_RW => MediaType::DVDPLUSRW,
        Profile::DVD_PLUS_R => MediaType::DVDPLUSR,
        Profile::DVD_PLUS_RW_DL => MediaType::DVDPLUSRW_DUALLAYER,
        Profile::DVD_PLUS_R_DL => MediaType::DVDPLUSR_DUALLAYER,
        Profile::REMOVABLE_DISK | Profile::MO_ERASABLE | Profile::AS_MO => MediaType::DISK,
        Profile::BD_ROM => MediaType::BDROM,
        Profile::BD_R_SEQUENTIAL | Profile::BD_R_RANDOM => MediaType::BDR,
        Profile::BD_RE => MediaType::BDRE,
        Profile::HD_DVD_ROM => MediaType::HDDVDROM,
        Profile::HD_DVD_R => MediaType::HDDVDR,
        Profile::HD_DVD_RAM | Profile::HD_DVD_RW => MediaType::HDDVDRAM,
        _ => return None,
    })
}
