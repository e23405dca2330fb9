//! `SAFEARRAY`: an array that knows its bounds. One dimension of `VARIANT`, lower bound 0.

use core::ffi::c_void;
use core::fmt;
use core::ptr::NonNull;

use super::{Variant, VariantType, memory};

/// Bounds of one dimension.
#[repr(C)]
#[derive(Clone, Copy, Debug)]
#[allow(non_snake_case, reason = "the names of Microsoft's structure")]
pub struct SAFEARRAYBOUND {
    /// Elements.
    pub cElements: u32,
    /// Lowest index.
    pub lLbound: i32,
}

/// The descriptor (Microsoft, "SAFEARRAY structure", oaidl.h).
#[repr(C)]
#[derive(Debug)]
#[allow(non_snake_case, reason = "the names of Microsoft's structure")]
pub struct SAFEARRAY {
    /// Dimensions.
    pub cDims: u16,
    /// `FADF_*` flags.
    pub fFeatures: u16,
    /// Bytes of an element.
    pub cbElements: u32,
    /// Times the array was locked without an unlock.
    pub cLocks: u32,
    /// The elements.
    pub pvData: *mut c_void,
    /// Bounds, one for each dimension.
    pub rgsabound: [SAFEARRAYBOUND; 1],
}

#[cfg(target_pointer_width = "64")]
const _: () = {
    assert!(size_of::<SAFEARRAY>() == 32);
    assert!(core::mem::offset_of!(SAFEARRAY, pvData) == 16);
    assert!(core::mem::offset_of!(SAFEARRAY, rgsabound) == 24);
};

/// `FADF_HAVEVARTYPE`: the element type stands in the four bytes before the descriptor.
const FADF_HAVEVARTYPE: u16 = 0x0080;
/// `FADF_VARIANT`: an array of `VARIANT`.
const FADF_VARIANT: u16 = 0x0800;

/// Bytes before the descriptor; the element type stands in the last four.
const HEADER: usize = 16;
const DESCRIPTOR: usize = HEADER + size_of::<SAFEARRAY>();

/// An owned `SAFEARRAY(VARIANT)`. Dropping it is `SafeArrayDestroy`.
pub struct Array(NonNull<SAFEARRAY>);

impl Array {
    /// An array of these elements. `None` where memory runs out.
    pub fn new(elements: Vec<Variant>) -> Option<Self> {
        let count = u32::try_from(elements.len()).ok()?;
        let bytes = elements.len().checked_mul(size_of::<Variant>())?;
        let block = memory::allocate(DESCRIPTOR)?;
        let Some(data) = memory::allocate(bytes) else {
            // SAFETY: allocated above with this size.
            unsafe { memory::release(block, DESCRIPTOR) };
            return None;
        };
        // SAFETY: `block` has a header and a descriptor, both aligned to 16; `data` has room for
        // the elements, which move there: the vector forgets them.
        unsafe {
            block.as_ptr().add(HEADER - 4).cast::<u32>().write(VariantType::VARIANT.0.into());
            let descriptor = block.as_ptr().add(HEADER).cast::<SAFEARRAY>();
            descriptor.write(SAFEARRAY {
                cDims: 1,
                fFeatures: FADF_VARIANT | FADF_HAVEVARTYPE,
                cbElements: size_of::<Variant>() as u32,
                cLocks: 0,
                pvData: data.as_ptr().cast(),
                rgsabound: [SAFEARRAYBOUND { cElements: count, lLbound: 0 }],
            });
            let mut elements = elements;
            data.as_ptr().cast::<Variant>().copy_from_nonoverlapping(elements.as_ptr(), elements.len());
            elements.set_len(0);
            Some(Self(NonNull::new_unchecked(descriptor)))
        }
    }

    /// Takes over an array from the other side of the border; `None` for NULL.
    ///
    /// # Safety
    /// `raw` is NULL or came from [`Array::into_raw`], and nobody else owns it.
    pub const unsafe fn from_raw(raw: *mut SAFEARRAY) -> Option<Self> {
        match NonNull::new(raw) {
            Some(descriptor) => Some(Self(descriptor)),
            None => None,
        }
    }

    /// Hands the array over: the receiver frees it, here with [`Array::from_raw`].
    pub fn into_raw(self) -> *mut SAFEARRAY {
        let raw = self.0.as_ptr();
        core::mem::forget(self);
        raw
    }

    /// The descriptor.
    pub fn descriptor(&self) -> &SAFEARRAY {
        // SAFETY: `self` owns a valid descriptor.
        unsafe { self.0.as_ref() }
    }

    /// The elements.
    pub fn elements(&self) -> &[Variant] {
        // SAFETY: `self` owns the array.
        unsafe { elements(self.0.as_ptr()) }.unwrap_or_default()
    }
}

/// The elements of an array that somebody else owns: none for NULL, `None` where it is not one
/// dimension of variants.
///
/// # Safety
/// `raw` is NULL or a valid array that outlives `'a`.
pub(super) unsafe fn elements<'a>(raw: *const SAFEARRAY) -> Option<&'a [Variant]> {
    // SAFETY: by the contract a valid descriptor or NULL.
    let Some(array) = (unsafe { raw.as_ref() }) else { return Some(&[]) };
    if array.cDims != 1 || array.cbElements as usize != size_of::<Variant>() || array.pvData.is_null() {
        return None;
    }
    let [bound] = array.rgsabound;
    // SAFETY: a valid array of one dimension holds so many elements of the size just checked.
    Some(unsafe { core::slice::from_raw_parts(array.pvData.cast::<Variant>(), bound.cElements as usize) })
}

impl Drop for Array {
    fn drop(&mut self) {
        let descriptor = self.descriptor();
        if descriptor.cLocks != 0 {
            // SafeArrayDestroy answers DISP_E_ARRAYISLOCKED and frees nothing: somebody still looks.
            return;
        }
        let [bound] = descriptor.rgsabound;
        let count = bound.cElements as usize;
        let data = descriptor.pvData.cast::<Variant>();
        // SAFETY: `new` allocated both blocks with these sizes and filled in `count` elements.
        unsafe {
            core::ptr::slice_from_raw_parts_mut(data, count).drop_in_place();
            memory::release(NonNull::new_unchecked(data.cast()), count * size_of::<Variant>());
            let block = NonNull::new_unchecked(self.0.as_ptr().cast::<u8>().sub(HEADER));
            memory::release(block, DESCRIPTOR);
        }
    }
}

impl fmt::Debug for Array {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_list().entries(self.elements()).finish()
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::automation::{Bstr, live};

    /// Values of VARENUM and of the SAFEARRAY page, written as bytes.
    #[test]
    fn descriptor_and_elements_lie_as_documented() {
        let array = Array::new(vec![Variant::from(2_i32), Variant::from(3_u32)]).unwrap();
        let raw = array.0.as_ptr().cast::<u8>();
        // SAFETY: the descriptor is 32 bytes, four bytes of element type lie before it, and the
        // data is two elements of 24 bytes. Only initialised bytes are read: the padding of the
        // descriptor at 12..16 and of the payloads behind four bytes is skipped.
        unsafe {
            assert_eq!(raw.sub(4).cast::<u32>().read(), 12, "VT_VARIANT");
            assert_eq!(raw.cast::<u16>().read(), 1, "cDims");
            assert_eq!(raw.add(2).cast::<u16>().read(), 0x0880, "fFeatures");
            assert_eq!(raw.add(4).cast::<u32>().read(), 24, "cbElements");
            assert_eq!(raw.add(8).cast::<u32>().read(), 0, "cLocks");
            let data = raw.add(16).cast::<*const u8>().read();
            assert_eq!(raw.add(24).cast::<u32>().read(), 2, "cElements");
            assert_eq!(raw.add(28).cast::<i32>().read(), 0, "lLbound");
            assert_eq!((data.cast::<u16>().read(), data.add(8).cast::<i32>().read()), (3, 2), "VT_I4 2");
            assert_eq!(
                (data.add(24).cast::<u16>().read(), data.add(32).cast::<u32>().read()),
                (19, 3),
                "VT_UI4 3"
            );
        }
    }

    #[test]
    fn destroying_clears_the_elements() {
        let before = live();
        let inner = Array::new(vec![Variant::from(true)]).unwrap();
        let array = Array::new(vec![
            Variant::from(Bstr::new("owned").unwrap()),
            Variant::from(inner),
            Variant::EMPTY,
            Variant::from(Bstr::NULL),
        ])
        .unwrap();
        assert_eq!(live(), before + 5, "a string, and descriptor and data of two arrays");
        // SAFETY: handed over and taken back once.
        let back = unsafe { Array::from_raw(array.into_raw()) }.unwrap();
        assert_eq!(back.elements()[1].elements().unwrap()[0].number(), Some(-1));
        drop(back);
        assert_eq!(live(), before);
    }

    #[test]
    fn empty_array_has_no_elements_and_leaks_nothing() {
        let before = live();
        assert!(Array::new(Vec::new()).unwrap().elements().is_empty());
        assert_eq!(live(), before);
    }

    #[test]
    fn locked_array_is_not_destroyed() {
        let before = live();
        let mut array = Array::new(vec![Variant::from(7_i32)]).unwrap();
        let raw = array.0.as_ptr();
        // SAFETY: the array is ours alone.
        unsafe { array.0.as_mut() }.cLocks = 1;
        drop(array);
        assert_eq!(live(), before + 2);
        // SAFETY: it was not freed; unlocked, it is taken over once more.
        unsafe {
            (*raw).cLocks = 0;
            drop(Array::from_raw(raw));
        }
        assert_eq!(live(), before);
    }
}
