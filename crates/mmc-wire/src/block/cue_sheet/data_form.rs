//! The data form of a cue sheet's entry: what of a block comes from the host.

use core::fmt;

use cd_format::sub_channel::SUB_CHANNEL_BYTES;

/// Data form as it came: sub-channel in bits 7 and 6, main channel below.
#[derive(Clone, Copy, Default, Eq, Hash, PartialEq)]
pub struct DataForm(pub u8);

/// What of the sub-channel comes from the host.
#[derive(Clone, Copy, Debug, Eq, Hash, PartialEq)]
pub enum SubForm {
    /// Nothing.
    None,
    /// 96 bytes, P to W as the disc has them (40h).
    Raw,
    /// 96 bytes, R to W as packs that are not interleaved (C0h).
    Packed,
}

/// What kind of sector, and how much of it comes from the host (MMC "Data form of main data").
#[derive(Clone, Copy, Debug, Eq, Hash, PartialEq)]
pub enum MainForm {
    /// CD-DA.
    Audio(Sent),
    /// Mode 1.
    Mode1(Sent),
    /// Mode 2 of CD-ROM XA, each sector of the form that its sub-header says.
    Xa(Sent),
    /// Mode 2 without forms.
    Mode2(Sent),
}

/// What comes from the host.
#[derive(Clone, Copy, Debug, Eq, Hash, PartialEq)]
pub enum Sent {
    /// User data, the sub-header of XA included.
    User,
    /// A whole sector, of which the drive makes sync, header and codes anew.
    Sector,
    /// As much as user data, all overlooked.
    UserIgnored,
    /// As much as a whole sector, all overlooked.
    SectorIgnored,
    /// Nothing.
    Nothing,
}

impl DataForm {
    /// Bits 7 and 6; `None` for the reserved value.
    pub const fn sub_channel(self) -> Option<SubForm> {
        match self.0 >> 6 {
            0 => Some(SubForm::None),
            1 => Some(SubForm::Raw),
            3 => Some(SubForm::Packed),
            _ => None,
        }
    }

    /// Bits 5 to 0; `None` for reserved values.
    pub const fn main(self) -> Option<MainForm> {
        let sent = match self.0 & 0x0F {
            0 => Sent::User,
            1 => Sent::Sector,
            2 => Sent::UserIgnored,
            3 => Sent::SectorIgnored,
            4 => Sent::Nothing,
            _ => return None,
        };
        match (self.0 >> 4 & 3, sent) {
            // CD-DA has but two: 00h whole, 01h generated.
            (0, Sent::User) => Some(MainForm::Audio(Sent::Sector)),
            (0, Sent::Sector) => Some(MainForm::Audio(Sent::Nothing)),
            (1, sent) => Some(MainForm::Mode1(sent)),
            (2, sent) => Some(MainForm::Xa(sent)),
            (3, sent) => Some(MainForm::Mode2(sent)),
            _ => None,
        }
    }
}

impl SubForm {
    /// Bytes of a block that are sub-channel; they come behind the main channel.
    pub const fn bytes(self) -> usize {
        match self {
            Self::None => 0,
            Self::Raw | Self::Packed => SUB_CHANNEL_BYTES,
        }
    }
}

impl MainForm {
    /// What comes from the host.
    pub const fn sent(self) -> Sent {
        match self {
            Self::Audio(sent) | Self::Mode1(sent) | Self::Xa(sent) | Self::Mode2(sent) => sent,
        }
    }

    /// Whether it is no sound.
    pub const fn is_data(self) -> bool {
        !matches!(self, Self::Audio(_))
    }

    /// Bytes of a block that are main channel.
    pub const fn bytes(self) -> usize {
        match self.sent() {
            Sent::Nothing => 0,
            Sent::Sector | Sent::SectorIgnored => 2352,
            Sent::User | Sent::UserIgnored => match self {
                Self::Audio(_) => 2352,
                Self::Mode1(_) => 2048,
                Self::Xa(_) | Self::Mode2(_) => 2336,
            },
        }
    }
}

impl fmt::Debug for DataForm {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match (self.main(), self.sub_channel()) {
            (Some(main), Some(sub)) => write!(f, "DataForm({:#04x}: {main:?}, {sub:?})", self.0),
            _ => write!(f, "DataForm({:#04x})", self.0),
        }
    }
}
