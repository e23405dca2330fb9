//! `IRawCDImageTrackInfo` on top of [`TrackInfo`](raw_cd::image_creator::TrackInfo).

#![allow(missing_docs, reason = "the implementing macro makes items that cannot carry a comment")]
#![allow(missing_debug_implementations, reason = "the implementing macro's outer object")]

use raw_cd::image_creator::{CopySetting, ImageCreatorError, TrackInfo};
use windows_core::{HRESULT, implement};

use crate::automation::{BSTR, SAFEARRAY, Variant, VariantBool, bstr};
use crate::border::{self, Failure, Success, out, plain};
use crate::dispatch::implement_dispatch;
use crate::image_creator_object::SharedCreator;
use crate::interfaces::{IRawCDImageTrackInfo, IRawCDImageTrackInfo_Impl};
use crate::members;

/// A track behind `IRawCDImageTrackInfo` and `IDispatch`. It keeps the creator alive, and asks it
/// each time: so a track that moves is seen to move, and one of a created image is read-only.
#[implement(IRawCDImageTrackInfo, Agile = false)]
pub struct TrackInfoObject {
    creator: SharedCreator,
    index: i32,
}

impl TrackInfoObject {
    pub(crate) const fn new(creator: SharedCreator, index: i32) -> Self {
        Self { creator, index }
    }

    fn read<T>(&self, get: impl FnOnce(&TrackInfo) -> T) -> Result<T, Failure> {
        Ok(get(self.creator.enter()?.track_info(self.index)?))
    }

    fn change<T: Success>(
        &self,
        set: impl FnOnce(&mut TrackInfo) -> Result<T, ImageCreatorError>,
    ) -> HRESULT {
        plain(|| Ok(set(self.creator.enter()?.track_info_mut(self.index)?)?))
    }
}

/// Answers through a result pointer.
macro_rules! result {
    ($place:expr, $work:expr) => {
        // SAFETY: the interface's contract is that of `out`.
        unsafe { out($place, || $work) }
    };
}

implement_dispatch!(TrackInfoObject_Impl, IRawCDImageTrackInfo, members::TRACK_INFO);

impl IRawCDImageTrackInfo_Impl for TrackInfoObject_Impl {
    unsafe fn get_StartingLba(&self, value: *mut i32) -> HRESULT {
        result!(value, self.read(|track| track.starting_lba().0))
    }

    unsafe fn get_SectorCount(&self, value: *mut i32) -> HRESULT {
        result!(value, self.read(TrackInfo::sector_count))
    }

    unsafe fn get_TrackNumber(&self, value: *mut i32) -> HRESULT {
        result!(value, self.read(|track| track.track_number().into()))
    }

    unsafe fn get_SectorType(&self, value: *mut i32) -> HRESULT {
        result!(value, self.read(|track| track.sector_type().0))
    }

    unsafe fn get_ISRC(&self, value: *mut BSTR) -> HRESULT {
        result!(value, border::text(&self.read(TrackInfo::isrc)?))
    }

    /// NULL is the empty string, which clears the code.
    unsafe fn put_ISRC(&self, value: BSTR) -> HRESULT {
        self.change(|track| {
            // SAFETY: the interface's contract.
            let code = unsafe { bstr::text(value) }.unwrap_or_default();
            track.set_isrc(&code)
        })
    }

    unsafe fn get_DigitalAudioCopySetting(&self, value: *mut i32) -> HRESULT {
        result!(value, self.read(|track| track.digital_audio_copy_setting().0))
    }

    unsafe fn put_DigitalAudioCopySetting(&self, value: i32) -> HRESULT {
        self.change(|track| track.set_digital_audio_copy_setting(CopySetting(value)))
    }

    unsafe fn get_AudioHasPreemphasis(&self, value: *mut VariantBool) -> HRESULT {
        result!(value, self.read(|track| track.audio_has_preemphasis().into()))
    }

    unsafe fn put_AudioHasPreemphasis(&self, value: VariantBool) -> HRESULT {
        self.change(|track| track.set_audio_has_preemphasis(value.is_true()))
    }

    /// Elements are `VT_I4` (inference; the page names no type).
    unsafe fn get_TrackIndexes(&self, value: *mut *mut SAFEARRAY) -> HRESULT {
        result!(value, {
            let indexes = self.read(|track| track.track_indexes().to_vec())?;
            border::array(indexes.into_iter().map(Variant::from).collect())
        })
    }

    unsafe fn AddTrackIndex(&self, lba_offset: i32) -> HRESULT {
        self.change(|track| track.add_track_index(lba_offset))
    }

    unsafe fn ClearTrackIndex(&self, lba_offset: i32) -> HRESULT {
        self.change(|track| track.clear_track_index(lba_offset))
    }
}
