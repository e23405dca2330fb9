//! What every call goes through on its way in and out: pointer checks, blanked results, panics.

use core::ffi::c_void;
use std::panic::{AssertUnwindSafe, catch_unwind};

use raw_cd::image_creator::{AddedIndex, ImageCreatorError};
use raw_cd::{Adjustment, Error, HResult, ImageError};
use windows_core::HRESULT;

use crate::automation::{Array, BSTR, Bstr, SAFEARRAY, Variant, VariantBool};

/// Why a call failed, as the number that crosses the border.
#[derive(Clone, Copy, Debug, Eq, PartialEq)]
pub(crate) struct Failure(pub HResult);

impl From<Error> for Failure {
    fn from(error: Error) -> Self {
        Self(error.hresult())
    }
}

impl From<ImageCreatorError> for Failure {
    fn from(error: ImageCreatorError) -> Self {
        Self(error.hresult())
    }
}

impl From<ImageError> for Failure {
    fn from(error: ImageError) -> Self {
        Self(if error.hresult.is_success() { HResult::E_FAIL } else { error.hresult })
    }
}

impl From<HResult> for Failure {
    fn from(value: HResult) -> Self {
        Self(value)
    }
}

/// A success that has a number.
pub(crate) trait Success {
    fn hresult(self) -> HResult;
}

impl Success for () {
    fn hresult(self) -> HResult {
        HResult::S_OK
    }
}

impl Success for Adjustment {
    fn hresult(self) -> HResult {
        Adjustment::hresult(self)
    }
}

impl Success for AddedIndex {
    fn hresult(self) -> HResult {
        AddedIndex::hresult(self)
    }
}

/// A result that has a blank: what the caller finds after a failure.
pub(crate) trait Blank: Copy {
    const BLANK: Self;
}

impl Blank for VariantBool {
    const BLANK: Self = Self::FALSE;
}

impl Blank for i32 {
    const BLANK: Self = 0;
}

impl Blank for u32 {
    const BLANK: Self = 0;
}

impl Blank for BSTR {
    const BLANK: Self = core::ptr::null_mut();
}

impl Blank for *mut SAFEARRAY {
    const BLANK: Self = core::ptr::null_mut();
}

impl Blank for *mut c_void {
    const BLANK: Self = core::ptr::null_mut();
}

/// A member without a result.
pub(crate) fn plain<T: Success>(work: impl FnOnce() -> Result<T, Failure>) -> HRESULT {
    raw(match stopped(work) {
        Ok(done) => done.hresult(),
        Err(Failure(value)) => value,
    })
}

/// A member with a result: `E_POINTER` before any other check, then a blank, then the work.
///
/// Microsoft's pages list `E_POINTER` first, and the erase sample of the same team checks pointers
/// before anything else and blanks the result before it starts. That the object at hand does so in
/// every state is inference.
///
/// # Safety
/// `place` is NULL or valid for writing.
pub(crate) unsafe fn out<T: Blank>(place: *mut T, work: impl FnOnce() -> Result<T, Failure>) -> HRESULT {
    if place.is_null() {
        return raw(HResult::E_POINTER);
    }
    // SAFETY: not NULL, so valid for writing by the contract.
    unsafe { place.write(T::BLANK) };
    match stopped(work) {
        Ok(value) => {
            // SAFETY: as above.
            unsafe { place.write(value) };
            raw(HResult::S_OK)
        }
        Err(Failure(value)) => raw(value),
    }
}

/// Panics end here: unwinding into a C caller is not an answer, `E_FAIL` is.
pub(crate) fn stopped<T>(work: impl FnOnce() -> Result<T, Failure>) -> Result<T, Failure> {
    // What a panic leaves behind is behind locks that take poison for what it is.
    catch_unwind(AssertUnwindSafe(work)).unwrap_or(Err(Failure(HResult::E_FAIL)))
}

/// The same number in the type that the vtables use.
pub(crate) const fn raw(value: HResult) -> HRESULT {
    HRESULT(value.signed())
}

/// A text to hand over.
pub(crate) fn text(text: &str) -> Result<BSTR, Failure> {
    Bstr::new(text).map(Bstr::into_raw).ok_or(Failure(HResult::E_OUTOFMEMORY))
}

/// An array to hand over.
pub(crate) fn array(elements: Vec<Variant>) -> Result<*mut SAFEARRAY, Failure> {
    Array::new(elements).map(Array::into_raw).ok_or(Failure(HResult::E_OUTOFMEMORY))
}
