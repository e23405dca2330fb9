//! `BSTR`: a counted UTF-16 string.

use core::fmt;
use core::ptr::NonNull;

use super::memory;

/// A string as it crosses the border: it points at the first UTF-16 unit; the four bytes before
/// are the length in **bytes** without the NUL that follows. NULL means the empty string.
pub type BSTR = *mut u16;

/// Bytes before the first unit. The length needs four; sixteen keep the units aligned as the block.
const HEADER: usize = 16;
/// Bytes of the closing NUL.
const NUL: usize = 2;

/// An owned [`BSTR`]: made as `SysAllocStringLen` makes one, freed as `SysFreeString` frees it.
#[repr(transparent)]
pub struct Bstr(Option<NonNull<u16>>);

impl Bstr {
    /// The NULL string.
    pub const NULL: Self = Self(None);

    /// A string of these UTF-16 units, which may contain NUL. `None` where it does not fit into
    /// memory or its byte length not into 32 bits.
    pub fn from_units(units: &[u16]) -> Option<Self> {
        let bytes = units.len().checked_mul(2)?;
        let prefix = u32::try_from(bytes).ok()?;
        let block = memory::allocate(HEADER.checked_add(bytes)?.checked_add(NUL)?)?;
        // SAFETY: the block has `HEADER` bytes, room for the units and a NUL, which is zero
        // already; it begins on 16 bytes, so the prefix at 12 and the units at 16 are aligned.
        unsafe {
            block.as_ptr().add(HEADER - 4).cast::<u32>().write(prefix);
            let first = block.as_ptr().add(HEADER).cast::<u16>();
            first.copy_from_nonoverlapping(units.as_ptr(), units.len());
            Some(Self(Some(NonNull::new_unchecked(first))))
        }
    }

    /// A string with this text; see [`Bstr::from_units`] for `None`.
    pub fn new(text: &str) -> Option<Self> {
        Self::from_units(&text.encode_utf16().collect::<Vec<_>>())
    }

    /// Takes over a string from the other side of the border.
    ///
    /// # Safety
    /// `raw` is NULL or came from [`Bstr::into_raw`], and nobody else owns it.
    pub const unsafe fn from_raw(raw: BSTR) -> Self {
        Self(NonNull::new(raw))
    }

    /// Hands the string over: the receiver frees it, here with [`Bstr::from_raw`].
    pub fn into_raw(self) -> BSTR {
        let raw = self.as_raw();
        core::mem::forget(self);
        raw
    }

    /// The pointer, still owned by `self`.
    pub fn as_raw(&self) -> BSTR {
        self.0.map_or(core::ptr::null_mut(), NonNull::as_ptr)
    }

    /// Whether this is the NULL string (which is also empty).
    pub const fn is_null(&self) -> bool {
        self.0.is_none()
    }

    /// The units without the closing NUL.
    pub fn units(&self) -> &[u16] {
        // SAFETY: `self` owns a string with its prefix, or NULL.
        unsafe { units(self.as_raw()) }
    }
}

/// The units of a string that somebody else owns; none for NULL.
///
/// # Safety
/// `raw` is NULL or a valid `BSTR` that outlives `'a`.
pub(crate) unsafe fn units<'a>(raw: BSTR) -> &'a [u16] {
    if raw.is_null() {
        return &[];
    }
    // SAFETY: by the contract four bytes of length lie before the first unit, and so many bytes of
    // units behind it. A BSTR of another allocator need not be aligned as ours: unaligned read.
    unsafe {
        let bytes = raw.cast::<u8>().sub(4).cast::<u32>().read_unaligned();
        core::slice::from_raw_parts(raw, bytes as usize / 2)
    }
}

/// The text of a string that somebody else owns; `None` for NULL. Half a surrogate pair becomes
/// U+FFFD.
///
/// # Safety
/// As [`units`].
pub(crate) unsafe fn text(raw: BSTR) -> Option<String> {
    if raw.is_null() {
        return None;
    }
    // SAFETY: the caller's contract.
    Some(String::from_utf16_lossy(unsafe { units(raw) }))
}

impl Drop for Bstr {
    fn drop(&mut self) {
        if let Some(first) = self.0 {
            let bytes = size_of_val(self.units());
            // SAFETY: `from_units` put `HEADER` bytes before the first unit of a block of this size.
            unsafe {
                let block = NonNull::new_unchecked(first.as_ptr().cast::<u8>().sub(HEADER));
                memory::release(block, HEADER + bytes + NUL);
            }
        }
    }
}

impl Default for Bstr {
    fn default() -> Self {
        Self::NULL
    }
}

impl fmt::Display for Bstr {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(&String::from_utf16_lossy(self.units()))
    }
}

impl fmt::Debug for Bstr {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        if self.is_null() { f.write_str("NULL") } else { write!(f, "{:?}", self.to_string()) }
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::automation::live;

    /// Microsoft, "BSTR": four bytes of length in bytes, the data, two NUL bytes.
    #[test]
    fn layout_is_length_prefix_units_nul() {
        let string = Bstr::new("Ab\u{e4}").unwrap();
        let first = string.as_raw().cast::<u8>();
        // SAFETY: a BSTR has four bytes before and its units and a NUL behind the pointer.
        let bytes = unsafe { core::slice::from_raw_parts(first.sub(4), 4 + 6 + 2) };
        assert_eq!(bytes, [6, 0, 0, 0, 0x41, 0, 0x62, 0, 0xE4, 0, 0, 0]);
    }

    #[test]
    fn null_is_empty_and_empty_is_not_null() {
        assert_eq!(Bstr::NULL.to_string(), "");
        let empty = Bstr::new("").unwrap();
        assert!(!empty.is_null());
        assert_eq!(empty.units(), [0_u16; 0]);
    }

    #[test]
    fn nul_and_lone_surrogates_survive() {
        let units = [0x41, 0, 0xD800, 0x42];
        let string = Bstr::from_units(&units).unwrap();
        assert_eq!(string.units(), units);
        assert_eq!(string.to_string(), "A\0\u{FFFD}B");
    }

    proptest::proptest! {
        #[test]
        fn any_units_survive(units: Vec<u16>) {
            let before = live();
            // SAFETY: handed over and taken back once.
            let back = unsafe { Bstr::from_raw(Bstr::from_units(&units).unwrap().into_raw()) };
            proptest::prop_assert_eq!(back.units(), &units);
            drop(back);
            proptest::prop_assert_eq!(live(), before);
        }
    }

    #[test]
    fn handing_over_and_taking_back_frees_once() {
        let before = live();
        let raw = Bstr::new("there and back").unwrap().into_raw();
        assert_eq!(live(), before + 1);
        // SAFETY: `raw` comes from `into_raw` and has no other owner.
        let back = unsafe { Bstr::from_raw(raw) };
        assert_eq!(back.to_string(), "there and back");
        drop(back);
        assert_eq!(live(), before);
    }
}
