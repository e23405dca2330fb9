//! How a handler says no.

use cd_format::Lba;
use mmc_wire::{FieldError, Place, Sense};

/// A refusal: the sense triple, and what the sense-key specific bytes say.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Refusal {
    /// What the drive says.
    pub sense: Sense,
    /// Sense-key specific information.
    pub detail: Detail,
}

/// Sense-key specific information (SPC "Sense key specific sense data").
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Detail {
    /// None.
    None,
    /// The error is that of an earlier command (SPC "Deferred errors").
    Deferred,
    /// The field of the CDB that is at fault.
    Cdb {
        /// Byte.
        byte: u16,
        /// Most significant bit of the field, or the whole byte.
        bit: Option<u8>,
    },
    /// The field of the parameter list that is at fault.
    Parameter {
        /// Byte.
        byte: u16,
        /// Most significant bit of the field, or the whole byte.
        bit: Option<u8>,
    },
    /// How much of the operation is done, in 65536ths.
    Progress(u16),
    /// The block that could not be read, in the information field.
    Block(Lba),
}

impl From<Sense> for Refusal {
    fn from(sense: Sense) -> Self {
        Self { sense, detail: Detail::None }
    }
}

impl Refusal {
    /// 5/24/00 with the field pointer at `place` of the CDB.
    pub const fn field(place: Place) -> Self {
        Self {
            sense: Sense::INVALID_FIELD_IN_CDB,
            detail: Detail::Cdb { byte: place.byte as u16, bit: Some(place.high) },
        }
    }

    /// 5/24/00 for a CDB that could not be read.
    pub fn cdb(fault: FieldError) -> Self {
        let byte = u16::try_from(fault.byte).unwrap_or(u16::MAX);
        Self { sense: Sense::INVALID_FIELD_IN_CDB, detail: Detail::Cdb { byte, bit: fault.bit } }
    }

    /// 5/26/00 with the field pointer at a byte of the parameter list.
    pub fn parameter(byte: usize, bit: Option<u8>) -> Self {
        let byte = u16::try_from(byte).unwrap_or(u16::MAX);
        Self { sense: Sense::INVALID_FIELD_IN_PARAMETER_LIST, detail: Detail::Parameter { byte, bit } }
    }

    /// Busy, with progress.
    pub const fn progress(sense: Sense, done: u16) -> Self {
        Self { sense, detail: Detail::Progress(done) }
    }
}

/// The refusal "this value of field `$field` of `$cdb` is not one I take".
macro_rules! refuse_field {
    ($cdb:ty, $field:literal) => {
        $crate::refusal::Refusal::field(const { mmc_wire::layout::place_of::<$cdb>($field) })
    };
}
pub(crate) use refuse_field;
