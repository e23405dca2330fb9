//! Features: what a drive can do, one descriptor a feature.
//!
//! MMC "Features". Byte numbers in the tables below are the standard's: they count from the
//! start of the descriptor, so the feature's own data begin at byte 4. Names and bits can be
//! held against Microsoft's ntddmmc.h, which follows MMC-3 to MMC-5.

/// Declares a feature of fixed length: a struct, the bytes of its whole descriptor, and where in
/// them each field lies. Places as in [`cdb!`](crate::cdb); what no field owns is written as 0.
macro_rules! feature {
    ($(#[$doc:meta])* $name:ident($bytes:literal) { $($(#[$fdoc:meta])* $field:ident: $ty:ty = $place:ident($($at:literal),+);)* }) => {
        $(#[$doc])*
        #[derive(Clone, Copy, Debug, Default, Eq, PartialEq)]
        pub struct $name { $($(#[$fdoc])* pub $field: $ty,)* }

        impl $crate::block::feature::FeatureBody for $name {
            #[allow(unused_variables, reason = "a feature without fields reads nothing")]
            fn from_descriptor(descriptor: &[u8]) -> Self {
                let mut whole = [0; 16];
                for (to, from) in whole.iter_mut().zip(descriptor) {
                    *to = *from;
                }
                Self { $($field: $crate::layout::read(&whole, $crate::layout::Place::$place($($at),+)),)* }
            }

            fn emit_body(&self, out: &mut Vec<u8>) {
                #[allow(unused_mut, reason = "a feature without fields writes nothing")]
                let mut whole = [0; $bytes];
                $($crate::layout::write(&mut whole, $crate::layout::Place::$place($($at),+), self.$field);)*
                out.extend(whole.iter().skip($crate::block::feature::HEADER_BYTES));
            }
        }
    };
}

mod basic;
mod cd;
mod drive;
mod profile;
mod readable;
mod serial;
mod streaming;
mod writable;

pub use basic::*;
pub use cd::*;
pub use drive::*;
pub use profile::*;
pub use readable::*;
pub use serial::*;
pub use streaming::*;
pub use writable::*;

use crate::block::Block;
use crate::open_number;
use crate::parse::{FieldError, bit, bits, run, take};

/// Bytes of the header that all features share.
const HEADER_BYTES: usize = 4;

/// The longest data that a header can announce: a multiple of four below 256.
const MAX_DATA_BYTES: usize = 252;

/// The bytes of one feature, apart from the header that all features share.
pub trait FeatureBody: Sized {
    /// Reads a whole descriptor, header included. Bytes that an older version of the feature
    /// does not have count as 0; bytes that a newer one has more are left alone.
    fn from_descriptor(descriptor: &[u8]) -> Self;

    /// Appends the bytes after the header.
    fn emit_body(&self, out: &mut Vec<u8>);
}

/// A feature with a type of its own here.
pub trait TypedFeature: FeatureBody + Into<FeatureData> {
    /// The feature's code.
    const CODE: FeatureCode;

    /// The value in `data`, if it is of this feature.
    fn of(data: &FeatureData) -> Option<&Self>;
}

/// A feature descriptor.
///
/// MMC "Feature Descriptor generic format".
#[derive(Clone, Debug, Eq, PartialEq)]
pub struct Feature {
    /// Version of the descriptor, 0 to 15.
    pub version: u8,
    /// Always current.
    pub persistent: bool,
    /// The feature's commands would work now, with the medium that is in the drive.
    pub current: bool,
    /// What it says.
    pub data: FeatureData,
}

impl Feature {
    /// Version 0, neither persistent nor current.
    pub fn new(data: impl Into<FeatureData>) -> Self {
        Self { version: 0, persistent: false, current: false, data: data.into() }
    }

    /// A persistent feature, which is therefore current.
    pub fn persistent(data: impl Into<FeatureData>) -> Self {
        Self { persistent: true, current: true, ..Self::new(data) }
    }

    /// The same feature, current or not.
    #[must_use]
    pub fn current(self, current: bool) -> Self {
        Self { current, ..self }
    }

    /// The same feature in another version, 0 to 15.
    #[must_use]
    pub fn version(self, version: u8) -> Self {
        Self { version, ..self }
    }

    /// The feature's code.
    pub fn code(&self) -> FeatureCode {
        self.data.code()
    }
}

impl Block for Feature {
    fn parse(bytes: &[u8]) -> Result<Self, FieldError> {
        run(bytes, |input| {
            let (rest, header) = take(input, HEADER_BYTES, "a feature header of 4 bytes")?;
            let (rest, _) = take(rest, usize::from(header[3]), "the feature's additional length")?;
            let descriptor = &input[..input.len() - rest.len()];
            let feature = Self {
                version: bits(header[2], 5, 2),
                persistent: bit(header[2], 1),
                current: bit(header[2], 0),
                data: FeatureData::from_descriptor(
                    FeatureCode(u16::from_be_bytes([header[0], header[1]])),
                    descriptor,
                ),
            };
            Ok((rest, feature))
        })
    }

    /// Appends the descriptor. Data beyond 255 bytes do not fit and are left out.
    fn emit(&self, out: &mut Vec<u8>) {
        let mut body = Vec::new();
        self.data.emit_body(&mut body);
        body.truncate(0xFF);
        out.extend(self.code().0.to_be_bytes());
        out.push((self.version & 0x0F) << 2 | u8::from(self.persistent) << 1 | u8::from(self.current));
        out.push(body.len() as u8);
        out.extend(body);
    }
}

macro_rules! features {
    (
        typed { $($code:literal $constant:ident $type:ident $text:literal;)* }
        named { $($ncode:literal $nconstant:ident $ntext:literal;)* }
    ) => {
        open_number! {
            /// Which feature (MMC "Feature Descriptors", table of feature codes).
            FeatureCode(u16) {
                $(#[doc = concat!($text, ".")] $constant = $code $text;)*
                $(#[doc = concat!($ntext, ", kept raw.")] $nconstant = $ncode $ntext;)*
            }
        }

        /// What a feature says.
        #[derive(Clone, Debug, Eq, PartialEq)]
        pub enum FeatureData {
            $(#[doc = concat!($text, ".")] $type($type),)*
            /// A feature without a type here.
            Other {
                /// Its code.
                code: FeatureCode,
                /// What follows the header.
                data: Vec<u8>,
            },
        }

        impl FeatureData {
            /// The feature's code.
            pub fn code(&self) -> FeatureCode {
                match self {
                    $(Self::$type(_) => FeatureCode::$constant,)*
                    Self::Other { code, .. } => *code,
                }
            }

            /// Reads a whole descriptor, header included.
            fn from_descriptor(code: FeatureCode, descriptor: &[u8]) -> Self {
                match code {
                    $(FeatureCode::$constant => Self::$type($type::from_descriptor(descriptor)),)*
                    _ => Self::Other { code, data: descriptor.iter().skip(HEADER_BYTES).copied().collect() },
                }
            }

            fn emit_body(&self, out: &mut Vec<u8>) {
                match self {
                    $(Self::$type(body) => body.emit_body(out),)*
                    Self::Other { data, .. } => out.extend(data),
                }
            }
        }

        $(
            impl From<$type> for FeatureData {
                fn from(body: $type) -> Self {
                    Self::$type(body)
                }
            }

            impl TypedFeature for $type {
                const CODE: FeatureCode = FeatureCode::$constant;

                fn of(data: &FeatureData) -> Option<&Self> {
                    match data {
                        FeatureData::$type(body) => Some(body),
                        _ => None,
                    }
                }
            }
        )*
    };
}

features! {
    typed {
        0x0000 PROFILE_LIST ProfileList "Profile List";
        0x0001 CORE Core "Core";
        0x0002 MORPHING Morphing "Morphing";
        0x0003 REMOVABLE_MEDIUM RemovableMedium "Removable Medium";
        0x0004 WRITE_PROTECT WriteProtect "Write Protect";
        0x0010 RANDOM_READABLE RandomReadable "Random Readable";
        0x001D MULTI_READ MultiRead "Multi-read";
        0x001E CD_READ CdRead "CD Read";
        0x001F DVD_READ DvdRead "DVD Read";
        0x0020 RANDOM_WRITABLE RandomWritable "Random Writable";
        0x0021 INCREMENTAL_STREAMING_WRITABLE IncrementalStreamingWritable "Incremental Streaming Writable";
        0x0023 FORMATTABLE Formattable "Formattable";
        0x0024 DEFECT_MANAGEMENT DefectManagement "Hardware Defect Management";
        0x0025 WRITE_ONCE WriteOnce "Write Once";
        0x0026 RESTRICTED_OVERWRITE RestrictedOverwrite "Restricted Overwrite";
        0x0027 CD_RW_CAV_WRITE CdRwCavWrite "CD-RW CAV Write";
        0x0028 MOUNT_RAINIER MountRainier "MRW";
        0x0029 ENHANCED_DEFECT_REPORTING EnhancedDefectReporting "Enhanced Defect Reporting";
        0x002A DVD_PLUS_RW DvdPlusRw "DVD+RW";
        0x002B DVD_PLUS_R DvdPlusR "DVD+R";
        0x002C RIGID_RESTRICTED_OVERWRITE RigidRestrictedOverwrite "Rigid Restricted Overwrite";
        0x002D CD_TRACK_AT_ONCE CdTrackAtOnce "CD Track at Once";
        0x002E CD_MASTERING CdMastering "CD Mastering";
        0x002F DVD_DASH_WRITE DvdDashWrite "DVD-R/-RW Write";
        0x0037 CD_RW_MEDIA_WRITE CdRwMediaWrite "CD-RW Media Write Support";
        0x0100 POWER_MANAGEMENT PowerManagement "Power Management";
        0x0101 SMART Smart "S.M.A.R.T.";
        0x0102 EMBEDDED_CHANGER EmbeddedChanger "Embedded Changer";
        0x0103 ANALOG_AUDIO AnalogAudio "CD Audio External Play";
        0x0104 MICROCODE_UPGRADE MicrocodeUpgrade "Microcode Upgrade";
        0x0105 TIME_OUT TimeOut "Time-out";
        0x0106 DVD_CSS DvdCss "DVD CSS";
        0x0107 REAL_TIME_STREAMING RealTimeStreaming "Real-time Streaming";
        0x0108 SERIAL_NUMBER SerialNumber "Logical Unit Serial Number";
    }
    named {
        0x0022 SECTOR_ERASABLE "Sector Erasable";
        0x0030 DOUBLE_DENSITY_CD_READ "DDCD Read";
        0x0031 DOUBLE_DENSITY_CD_R_WRITE "DDCD-R Write";
        0x0032 DOUBLE_DENSITY_CD_RW_WRITE "DDCD-RW Write";
        0x0033 LAYER_JUMP_RECORDING "Layer Jump Recording";
        0x0038 BD_R_PSEUDO_OVERWRITE "BD-R Pseudo-Overwrite";
        0x003A DVD_PLUS_RW_DUAL_LAYER "DVD+RW Dual Layer";
        0x003B DVD_PLUS_R_DUAL_LAYER "DVD+R Dual Layer";
        0x0040 BD_READ "BD Read";
        0x0041 BD_WRITE "BD Write";
        0x0080 HYBRID_DISC "Hybrid Disc";
        0x0109 MEDIA_SERIAL_NUMBER "Media Serial Number";
        0x010A DISC_CONTROL_BLOCKS "Disc Control Blocks";
        0x010B DVD_CPRM "DVD CPRM";
        0x010C FIRMWARE_INFORMATION "Firmware Information";
        0x010D AACS "AACS";
        0x0110 VCPS "VCPS";
    }
}

#[cfg(test)]
mod tests;
