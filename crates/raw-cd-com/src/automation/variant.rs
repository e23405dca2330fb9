//! `VARIANT`: a value with its type in front.

use core::ffi::c_void;
use core::fmt;

use windows_core::{IUnknown, Interface};

use super::safearray::{self, SAFEARRAY};
use super::{Array, BSTR, Bstr, VariantBool, bstr};

/// `VARTYPE`. Open: other types pass through as plain data.
#[repr(transparent)]
#[derive(Clone, Copy, Debug, Default, Eq, PartialEq)]
pub struct VariantType(pub u16);

/// Values of `VARENUM` (Microsoft, "VARENUM enumeration", wtypes.h).
impl VariantType {
    /// `VT_EMPTY`: nothing.
    pub const EMPTY: Self = Self(0);
    /// `VT_NULL`: the SQL null.
    pub const NULL: Self = Self(1);
    /// `VT_I2`: 16-bit signed.
    pub const I2: Self = Self(2);
    /// `VT_I4`: 32-bit signed.
    pub const I4: Self = Self(3);
    /// `VT_BSTR`: a string.
    pub const BSTR: Self = Self(8);
    /// `VT_DISPATCH`: an `IDispatch` pointer.
    pub const DISPATCH: Self = Self(9);
    /// `VT_BOOL`: a `VARIANT_BOOL`.
    pub const BOOL: Self = Self(11);
    /// `VT_VARIANT`: names the element type of arrays.
    pub const VARIANT: Self = Self(12);
    /// `VT_UNKNOWN`: an `IUnknown` pointer.
    pub const UNKNOWN: Self = Self(13);
    /// `VT_UI1`: a byte.
    pub const UI1: Self = Self(17);
    /// `VT_UI4`: 32-bit unsigned.
    pub const UI4: Self = Self(19);
    /// `VT_INT`: a machine integer, 32 bits.
    pub const INT: Self = Self(22);
    /// `VT_UINT`: an unsigned machine integer, 32 bits.
    pub const UINT: Self = Self(23);
    /// `VT_ARRAY | VT_VARIANT`: a `SAFEARRAY` of `VARIANT`.
    pub const ARRAY_OF_VARIANT: Self = Self(0x2000 | 12);
    /// `VT_ARRAY`: set together with the element type.
    pub const ARRAY: u16 = 0x2000;
    /// `VT_BYREF`: the data is a pointer to the value.
    pub const BYREF: u16 = 0x4000;
}

/// An owned `VARIANT`. Dropping it is `VariantClear`.
#[repr(C)]
pub struct Variant {
    vt: VariantType,
    reserved: [u16; 3],
    data: Payload,
}

#[repr(C)]
#[derive(Clone, Copy)]
union Payload {
    ui1: u8,
    i2: i16,
    i4: i32,
    ui4: u32,
    boolean: VariantBool,
    bstr: BSTR,
    object: *mut c_void,
    array: *mut SAFEARRAY,
    variant: *const Variant,
    /// The largest member of the union is `BRECORD`, two pointers.
    record: [*mut c_void; 2],
}

#[cfg(target_pointer_width = "64")]
const _: () = {
    assert!(size_of::<Variant>() == 24);
    assert!(align_of::<Variant>() == 8);
    assert!(core::mem::offset_of!(Variant, data) == 8);
};

impl Variant {
    /// `VT_EMPTY`.
    pub const EMPTY: Self = Self::holding(VariantType::EMPTY, Payload { record: [core::ptr::null_mut(); 2] });

    const fn holding(vt: VariantType, data: Payload) -> Self {
        Self { vt, reserved: [0; 3], data }
    }

    /// Its type.
    pub const fn vt(&self) -> VariantType {
        self.vt
    }

    /// An object as `VT_DISPATCH`. The caller vouches that `object` derives from `IDispatch`.
    pub(crate) fn dispatch(object: Option<IUnknown>) -> Self {
        let object = object.map_or(core::ptr::null_mut(), Interface::into_raw);
        Self::holding(VariantType::DISPATCH, Payload { object })
    }

    /// An object as `VT_UNKNOWN`.
    pub(crate) fn unknown(object: Option<IUnknown>) -> Self {
        let object = object.map_or(core::ptr::null_mut(), Interface::into_raw);
        Self::holding(VariantType::UNKNOWN, Payload { object })
    }

    /// The number in it: `VT_UI1`, `VT_I2`, `VT_I4`, `VT_UI4`, `VT_INT`, `VT_UINT` or `VT_BOOL` (-1 and 0).
    pub fn number(&self) -> Option<i64> {
        // SAFETY: the type says which member of the union was written; all are plain numbers.
        unsafe {
            match self.vt {
                VariantType::UI1 => Some(self.data.ui1.into()),
                VariantType::I2 => Some(self.data.i2.into()),
                VariantType::I4 | VariantType::INT => Some(self.data.i4.into()),
                VariantType::UI4 | VariantType::UINT => Some(self.data.ui4.into()),
                VariantType::BOOL => Some(self.data.boolean.0.into()),
                _ => None,
            }
        }
    }

    /// The string in it as the pointer it holds, for `VT_BSTR`.
    pub fn bstr(&self) -> Option<BSTR> {
        // SAFETY: the type says that the string was written.
        (self.vt == VariantType::BSTR).then_some(unsafe { self.data.bstr })
    }

    /// The text in it, for `VT_BSTR`.
    pub fn text(&self) -> Option<String> {
        // SAFETY: the variant owns the string, or NULL.
        self.bstr().map(|raw| unsafe { bstr::text(raw) }.unwrap_or_default())
    }

    /// The object in it, for `VT_DISPATCH` and `VT_UNKNOWN`; NULL is `Some(None)`.
    pub fn object(&self) -> Option<Option<&IUnknown>> {
        if self.vt != VariantType::DISPATCH && self.vt != VariantType::UNKNOWN {
            return None;
        }
        // SAFETY: the type says that an interface pointer or NULL was written, and the variant
        // owns a reference as long as it lives.
        Some(unsafe { IUnknown::from_raw_borrowed(&self.data.object) })
    }

    /// The variant that this one refers to (`VT_BYREF | VT_VARIANT`, as scripts pass their
    /// variables), or itself.
    pub fn resolved(&self) -> &Self {
        if self.vt.0 != VariantType::BYREF | VariantType::VARIANT.0 {
            return self;
        }
        // SAFETY: the type says that a pointer to a variant was written; whoever passes a
        // reference keeps what it refers to alive.
        unsafe { self.data.variant.as_ref() }.unwrap_or(self)
    }

    /// The elements, for an array of variants; NULL is an empty array.
    pub fn elements(&self) -> Option<&[Self]> {
        if self.vt != VariantType::ARRAY_OF_VARIANT {
            return None;
        }
        // SAFETY: the type says that an array of variants or NULL was written.
        unsafe { safearray::elements(self.data.array) }
    }
}

impl From<u8> for Variant {
    fn from(ui1: u8) -> Self {
        Self::holding(VariantType::UI1, Payload { ui1 })
    }
}

impl From<i32> for Variant {
    fn from(i4: i32) -> Self {
        Self::holding(VariantType::I4, Payload { i4 })
    }
}

impl From<u32> for Variant {
    fn from(ui4: u32) -> Self {
        Self::holding(VariantType::UI4, Payload { ui4 })
    }
}

impl From<bool> for Variant {
    fn from(value: bool) -> Self {
        Self::holding(VariantType::BOOL, Payload { boolean: value.into() })
    }
}

impl From<Bstr> for Variant {
    fn from(string: Bstr) -> Self {
        Self::holding(VariantType::BSTR, Payload { bstr: string.into_raw() })
    }
}

impl From<Array> for Variant {
    fn from(array: Array) -> Self {
        Self::holding(VariantType::ARRAY_OF_VARIANT, Payload { array: array.into_raw() })
    }
}

impl Drop for Variant {
    fn drop(&mut self) {
        // SAFETY: the type says which member was written, and the variant owns what it points to.
        // `VT_BYREF` borrows; arrays of other element types are never made here.
        unsafe {
            match self.vt {
                VariantType::BSTR => drop(Bstr::from_raw(self.data.bstr)),
                VariantType::DISPATCH | VariantType::UNKNOWN if !self.data.object.is_null() => {
                    drop(IUnknown::from_raw(self.data.object));
                }
                VariantType::ARRAY_OF_VARIANT => drop(Array::from_raw(self.data.array)),
                _ => {}
            }
        }
    }
}

impl fmt::Debug for Variant {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let mut shown = f.debug_tuple("Variant");
        shown.field(&self.vt);
        if let Some(number) = self.number() {
            shown.field(&number);
        } else if let Some(text) = self.text() {
            shown.field(&text);
        }
        shown.finish()
    }
}
