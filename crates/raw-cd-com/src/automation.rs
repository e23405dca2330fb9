//! The little of OLE Automation that the interfaces hand across: `VARIANT_BOOL`, `BSTR`,
//! `VARIANT` and one-dimensional `SAFEARRAY(VARIANT)`, with their layout on 64-bit systems.
//!
//! Source: Microsoft, "Automation data types" (`BSTR`, `VARIANT`, `SAFEARRAY` structure pages of
//! oaidl.h and wtypes.h).
//!
//! Memory comes from Rust's allocator: whoever receives a string or an array from this crate must
//! give it back through this crate. On Windows that is a difference from the system's own
//! `SysFreeString` and `SafeArrayDestroy`; a server for Windows processes would have to put the
//! system allocators in place of this module. The crate compiles there but is tested on Linux.

pub(crate) mod bstr;
mod memory;
mod safearray;
mod variant;

pub use bstr::{BSTR, Bstr};
#[cfg(test)]
pub(crate) use memory::live;
pub use safearray::{Array, SAFEARRAY, SAFEARRAYBOUND};
pub use variant::{Variant, VariantType};

/// `VARIANT_BOOL`: 16 bits, -1 true, 0 false.
///
/// Open: a caller that says 1 means true (Microsoft, "VARIANT_BOOL": everything but 0 is true for
/// C and C++ callers), so nothing here compares with -1.
#[repr(transparent)]
#[derive(Clone, Copy, Debug, Default, Eq, PartialEq)]
pub struct VariantBool(pub i16);

impl VariantBool {
    /// `VARIANT_TRUE`.
    pub const TRUE: Self = Self(-1);
    /// `VARIANT_FALSE`.
    pub const FALSE: Self = Self(0);

    /// Whether it means true.
    pub const fn is_true(self) -> bool {
        self.0 != 0
    }
}

impl From<bool> for VariantBool {
    fn from(value: bool) -> Self {
        if value { Self::TRUE } else { Self::FALSE }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn variant_bool_is_sixteen_bits_and_true_is_all_ones() {
        assert_eq!(size_of::<VariantBool>(), 2);
        assert_eq!(VariantBool::from(true).0, -1);
        assert_eq!(VariantBool::from(false).0, 0);
        assert!(VariantBool(1).is_true());
    }
}
