//! The interfaces that make a raw image.

use core::ffi::c_void;

use windows_core::{HRESULT, interface};

use super::{IDispatch, IDispatch_Impl, IDispatch_Vtbl};
use crate::automation::{BSTR, SAFEARRAY, VariantBool};

/// Making a raw image out of tracks.
#[interface("25983550-9D65-49CE-B335-40630D901227")]
pub unsafe trait IRawCDImageCreator: IDispatch {
    /// 7.
    pub fn CreateResultImage(&self, resultStream: *mut *mut c_void) -> HRESULT;
    /// 8.
    pub fn AddTrack(&self, dataType: i32, data: *mut c_void, trackIndex: *mut i32) -> HRESULT;
    /// 9.
    pub fn AddSpecialPregap(&self, data: *mut c_void) -> HRESULT;
    /// 10.
    pub fn AddSubcodeRWGenerator(&self, subcode: *mut c_void) -> HRESULT;
    /// 11.
    pub fn put_ResultingImageType(&self, value: i32) -> HRESULT;
    /// 12.
    pub fn get_ResultingImageType(&self, value: *mut i32) -> HRESULT;
    /// 13.
    pub fn get_StartOfLeadout(&self, value: *mut i32) -> HRESULT;
    /// 14.
    pub fn put_StartOfLeadoutLimit(&self, value: i32) -> HRESULT;
    /// 15.
    pub fn get_StartOfLeadoutLimit(&self, value: *mut i32) -> HRESULT;
    /// 16.
    pub fn put_DisableGaplessAudio(&self, value: VariantBool) -> HRESULT;
    /// 17.
    pub fn get_DisableGaplessAudio(&self, value: *mut VariantBool) -> HRESULT;
    /// 18.
    pub fn put_MediaCatalogNumber(&self, value: BSTR) -> HRESULT;
    /// 19.
    pub fn get_MediaCatalogNumber(&self, value: *mut BSTR) -> HRESULT;
    /// 20.
    pub fn put_StartingTrackNumber(&self, value: i32) -> HRESULT;
    /// 21.
    pub fn get_StartingTrackNumber(&self, value: *mut i32) -> HRESULT;
    /// 22.
    pub fn get_TrackInfo(&self, trackIndex: i32, value: *mut *mut c_void) -> HRESULT;
    /// 23.
    pub fn get_NumberOfExistingTracks(&self, value: *mut i32) -> HRESULT;
    /// 24.
    pub fn get_LastUsedUserSectorInImage(&self, value: *mut i32) -> HRESULT;
    /// 25.
    pub fn get_ExpectedTableOfContents(&self, value: *mut *mut SAFEARRAY) -> HRESULT;
}

/// A track of a raw image.
#[interface("25983551-9D65-49CE-B335-40630D901227")]
pub unsafe trait IRawCDImageTrackInfo: IDispatch {
    /// 7.
    pub fn get_StartingLba(&self, value: *mut i32) -> HRESULT;
    /// 8.
    pub fn get_SectorCount(&self, value: *mut i32) -> HRESULT;
    /// 9.
    pub fn get_TrackNumber(&self, value: *mut i32) -> HRESULT;
    /// 10.
    pub fn get_SectorType(&self, value: *mut i32) -> HRESULT;
    /// 11.
    pub fn get_ISRC(&self, value: *mut BSTR) -> HRESULT;
    /// 12.
    pub fn put_ISRC(&self, value: BSTR) -> HRESULT;
    /// 13.
    pub fn get_DigitalAudioCopySetting(&self, value: *mut i32) -> HRESULT;
    /// 14.
    pub fn put_DigitalAudioCopySetting(&self, value: i32) -> HRESULT;
    /// 15.
    pub fn get_AudioHasPreemphasis(&self, value: *mut VariantBool) -> HRESULT;
    /// 16.
    pub fn put_AudioHasPreemphasis(&self, value: VariantBool) -> HRESULT;
    /// 17.
    pub fn get_TrackIndexes(&self, value: *mut *mut SAFEARRAY) -> HRESULT;
    /// 18.
    pub fn AddTrackIndex(&self, lbaOffset: i32) -> HRESULT;
    /// 19.
    pub fn ClearTrackIndex(&self, lbaOffset: i32) -> HRESULT;
}

#[cfg(test)]
mod tests {
    use super::*;

    /// The slot numbers of imapi2.idl, against the offset of each entry in the vtable.
    #[test]
    fn slots_stand_where_the_idl_puts_them() {
        macro_rules! at { ($vtable:ty, $count:literal { $($name:ident = $slot:literal),* $(,)? }) => {
            assert_eq!(size_of::<$vtable>(), $count * size_of::<*const ()>());
            $( assert_eq!(
                core::mem::offset_of!($vtable, $name),
                $slot * size_of::<*const ()>(),
                stringify!($name)
            ); )*
        } }
        at!(IRawCDImageCreator_Vtbl, 26 {
            CreateResultImage = 7,
            AddTrack = 8,
            AddSpecialPregap = 9,
            AddSubcodeRWGenerator = 10,
            put_ResultingImageType = 11,
            get_ResultingImageType = 12,
            get_StartOfLeadout = 13,
            put_StartOfLeadoutLimit = 14,
            get_StartOfLeadoutLimit = 15,
            put_DisableGaplessAudio = 16,
            get_DisableGaplessAudio = 17,
            put_MediaCatalogNumber = 18,
            get_MediaCatalogNumber = 19,
            put_StartingTrackNumber = 20,
            get_StartingTrackNumber = 21,
            get_TrackInfo = 22,
            get_NumberOfExistingTracks = 23,
            get_LastUsedUserSectorInImage = 24,
            get_ExpectedTableOfContents = 25,
        });
        at!(IRawCDImageTrackInfo_Vtbl, 20 {
            get_StartingLba = 7,
            get_SectorCount = 8,
            get_TrackNumber = 9,
            get_SectorType = 10,
            get_ISRC = 11,
            put_ISRC = 12,
            get_DigitalAudioCopySetting = 13,
            put_DigitalAudioCopySetting = 14,
            get_AudioHasPreemphasis = 15,
            put_AudioHasPreemphasis = 16,
            get_TrackIndexes = 17,
            AddTrackIndex = 18,
            ClearTrackIndex = 19,
        });
    }
}
