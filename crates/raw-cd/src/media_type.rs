//! What kind of disc is in the drive, in IMAPI's numbers.

use core::fmt;

/// `IMAPI_MEDIA_PHYSICAL_TYPE`. Open: other numbers are kept.
#[derive(Clone, Copy, Eq, Hash, Ord, PartialEq, PartialOrd)]
pub struct MediaType(pub i32);

macro_rules! media_types { ($($name:ident = $value:literal $constant:literal $text:literal;)*) => {
    impl MediaType {
        $(
            #[doc = concat!($text, ".")]
            #[doc(alias = $constant)]
            pub const $name: Self = Self($value);
        )*

        /// Microsoft's constant.
        pub const fn name(self) -> Option<&'static str> {
            match self.0 { $($value => Some($constant),)* _ => None }
        }

        /// What people call it.
        pub const fn text(self) -> Option<&'static str> {
            match self.0 { $($value => Some($text),)* _ => None }
        }
    }
} }

media_types! {
    UNKNOWN = 0x00 "IMAPI_MEDIA_TYPE_UNKNOWN" "a disc of unknown type";
    CDROM = 0x01 "IMAPI_MEDIA_TYPE_CDROM" "a CD-ROM or finalised CD-R";
    CDR = 0x02 "IMAPI_MEDIA_TYPE_CDR" "a CD-R";
    CDRW = 0x03 "IMAPI_MEDIA_TYPE_CDRW" "a CD-RW";
    DVDROM = 0x04 "IMAPI_MEDIA_TYPE_DVDROM" "a DVD-ROM or finalised DVD";
    DVDRAM = 0x05 "IMAPI_MEDIA_TYPE_DVDRAM" "a DVD-RAM";
    DVDPLUSR = 0x06 "IMAPI_MEDIA_TYPE_DVDPLUSR" "a DVD+R";
    DVDPLUSRW = 0x07 "IMAPI_MEDIA_TYPE_DVDPLUSRW" "a DVD+RW";
    DVDPLUSR_DUALLAYER = 0x08 "IMAPI_MEDIA_TYPE_DVDPLUSR_DUALLAYER" "a DVD+R with two layers";
    DVDDASHR = 0x09 "IMAPI_MEDIA_TYPE_DVDDASHR" "a DVD-R";
    DVDDASHRW = 0x0A "IMAPI_MEDIA_TYPE_DVDDASHRW" "a DVD-RW";
    DVDDASHR_DUALLAYER = 0x0B "IMAPI_MEDIA_TYPE_DVDDASHR_DUALLAYER" "a DVD-R with two layers";
    DISK = 0x0C "IMAPI_MEDIA_TYPE_DISK" "a disc that is written at random";
    DVDPLUSRW_DUALLAYER = 0x0D "IMAPI_MEDIA_TYPE_DVDPLUSRW_DUALLAYER" "a DVD+RW with two layers";
    HDDVDROM = 0x0E "IMAPI_MEDIA_TYPE_HDDVDROM" "an HD DVD-ROM";
    HDDVDR = 0x0F "IMAPI_MEDIA_TYPE_HDDVDR" "an HD DVD-R";
    HDDVDRAM = 0x10 "IMAPI_MEDIA_TYPE_HDDVDRAM" "an HD DVD-RAM";
    BDROM = 0x11 "IMAPI_MEDIA_TYPE_BDROM" "a BD-ROM";
    BDR = 0x12 "IMAPI_MEDIA_TYPE_BDR" "a BD-R";
    BDRE = 0x13 "IMAPI_MEDIA_TYPE_BDRE" "a BD-RE";
}

impl MediaType {
    /// The types that can be written raw: what `get_SupportedMediaTypes` gives.
    pub const SUPPORTED: [Self; 2] = [Self::CDR, Self::CDRW];

    /// Whether the type can be written raw.
    pub const fn is_recordable_cd(self) -> bool {
        matches!(self, Self::CDR | Self::CDRW)
    }
}

impl fmt::Display for MediaType {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self.text() {
            Some(text) => f.write_str(text),
            None => write!(f, "media type {:#04x}", self.0),
        }
    }
}

impl fmt::Debug for MediaType {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self.name() {
            Some(name) => f.write_str(name),
            None => write!(f, "MediaType({:#04x})", self.0),
        }
    }
}
