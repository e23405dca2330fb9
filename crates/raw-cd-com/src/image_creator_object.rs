//! `IRawCDImageCreator` on top of [`RawCdImageCreator`]: the same answers in other clothes.

#![allow(missing_docs, reason = "the implementing macro makes items that cannot carry a comment")]
#![allow(missing_debug_implementations, reason = "the implementing macro's outer object")]

use core::ffi::c_void;
use std::sync::Arc;

use cd_format::Lba;
use raw_cd::image_creator::CdSectorType;
use raw_cd::{RawCdImageCreator, SectorType};
use windows_core::{HRESULT, Interface, implement};

use crate::automation::{BSTR, SAFEARRAY, Variant, VariantBool, bstr};
use crate::border::{self, Failure, out, plain};
use crate::dispatch::implement_dispatch;
use crate::exclusive::{Exclusive, Held};
use crate::image_stream::ImageStream;
use crate::interfaces::{IRawCDImageCreator, IRawCDImageCreator_Impl, IRawCDImageTrackInfo, IStream};
use crate::members;
use crate::object::stream_argument;
use crate::stream::StreamImage;
use crate::track_info_object::TrackInfoObject;

/// A creator that its tracks' objects share.
pub(crate) type SharedCreator = Arc<Exclusive<RawCdImageCreator<StreamImage>>>;

/// An image creator behind `IRawCDImageCreator` and `IDispatch`: `MsftRawCDImageCreator`.
///
/// `IRawCDImageCreator::from(ImageCreatorObject::default())` is the interface pointer. It keeps the
/// streams that it is given, and hands them on to the image. A stream that calls the creator while
/// the creator calls it gets `E_FAIL`.
#[implement(IRawCDImageCreator, Agile = false)]
pub struct ImageCreatorObject(SharedCreator);

impl Default for ImageCreatorObject {
    #[allow(
        clippy::arc_with_non_send_sync,
        reason = "clients of an apartment may call from other threads, so counts are atomic; \
                  whether their streams can be called there is their matter"
    )]
    fn default() -> Self {
        Self(Arc::new(Exclusive::new(RawCdImageCreator::default())))
    }
}

impl ImageCreatorObject {
    fn creator(&self) -> Result<Held<'_, RawCdImageCreator<StreamImage>>, Failure> {
        self.0.enter()
    }
}

/// A stream argument that may be NULL.
///
/// # Safety
/// `raw` is NULL or a living `IStream`.
unsafe fn optional_stream(raw: &*mut c_void) -> Option<StreamImage> {
    // SAFETY: the caller's contract.
    unsafe { IStream::from_raw_borrowed(raw) }.map(|stream| StreamImage(stream.clone()))
}

/// Answers through a result pointer.
macro_rules! result {
    ($place:expr, $work:expr) => {
        // SAFETY: the interface's contract: the pointer is NULL or valid for writing, other pointers
        // are NULL or what their type says, as long as the call lasts.
        unsafe { out($place, || $work) }
    };
}

implement_dispatch!(ImageCreatorObject_Impl, IRawCDImageCreator, members::IMAGE_CREATOR);

impl IRawCDImageCreator_Impl for ImageCreatorObject_Impl {
    unsafe fn CreateResultImage(&self, result_stream: *mut *mut c_void) -> HRESULT {
        result!(result_stream, {
            let image = self.creator()?.create_result_image()?;
            Ok(IStream::from(ImageStream::new(image)).into_raw())
        })
    }

    unsafe fn AddTrack(&self, data_type: i32, data: *mut c_void, track_index: *mut i32) -> HRESULT {
        result!(track_index, {
            let data = stream_argument(&data)?;
            Ok(self.creator()?.add_track(CdSectorType(data_type), data)?)
        })
    }

    /// NULL takes it away.
    unsafe fn AddSpecialPregap(&self, data: *mut c_void) -> HRESULT {
        // SAFETY: the interface's contract.
        plain(|| Ok(self.creator()?.add_special_pregap(unsafe { optional_stream(&data) })?))
    }

    /// NULL takes it away.
    unsafe fn AddSubcodeRWGenerator(&self, subcode: *mut c_void) -> HRESULT {
        // SAFETY: the interface's contract.
        plain(|| Ok(self.creator()?.add_subcode_rw_generator(unsafe { optional_stream(&subcode) })?))
    }

    unsafe fn put_ResultingImageType(&self, value: i32) -> HRESULT {
        plain(|| Ok(self.creator()?.set_resulting_image_type(SectorType(value))?))
    }

    unsafe fn get_ResultingImageType(&self, value: *mut i32) -> HRESULT {
        result!(value, Ok(self.creator()?.resulting_image_type().0))
    }

    unsafe fn get_StartOfLeadout(&self, value: *mut i32) -> HRESULT {
        result!(value, Ok(self.creator()?.start_of_leadout()?.0))
    }

    unsafe fn put_StartOfLeadoutLimit(&self, value: i32) -> HRESULT {
        plain(|| Ok(self.creator()?.set_start_of_leadout_limit(Lba(value))?))
    }

    unsafe fn get_StartOfLeadoutLimit(&self, value: *mut i32) -> HRESULT {
        result!(value, Ok(self.creator()?.start_of_leadout_limit().0))
    }

    unsafe fn put_DisableGaplessAudio(&self, value: VariantBool) -> HRESULT {
        plain(|| Ok(self.creator()?.set_disable_gapless_audio(value.is_true())?))
    }

    unsafe fn get_DisableGaplessAudio(&self, value: *mut VariantBool) -> HRESULT {
        result!(value, Ok(self.creator()?.disable_gapless_audio().into()))
    }

    /// NULL is the empty string, which clears the number.
    unsafe fn put_MediaCatalogNumber(&self, value: BSTR) -> HRESULT {
        plain(|| {
            // SAFETY: the interface's contract.
            let number = unsafe { bstr::text(value) }.unwrap_or_default();
            Ok(self.creator()?.set_media_catalog_number(&number)?)
        })
    }

    unsafe fn get_MediaCatalogNumber(&self, value: *mut BSTR) -> HRESULT {
        result!(value, border::text(&self.creator()?.media_catalog_number()))
    }

    unsafe fn put_StartingTrackNumber(&self, value: i32) -> HRESULT {
        plain(|| Ok(self.creator()?.set_starting_track_number(value)?))
    }

    unsafe fn get_StartingTrackNumber(&self, value: *mut i32) -> HRESULT {
        result!(value, Ok(self.creator()?.starting_track_number()))
    }

    unsafe fn get_TrackInfo(&self, track_index: i32, value: *mut *mut c_void) -> HRESULT {
        result!(value, {
            self.creator()?.track_info(track_index)?;
            let track = TrackInfoObject::new(Arc::clone(&self.0), track_index);
            Ok(IRawCDImageTrackInfo::from(track).into_raw())
        })
    }

    unsafe fn get_NumberOfExistingTracks(&self, value: *mut i32) -> HRESULT {
        result!(value, Ok(self.creator()?.number_of_existing_tracks()))
    }

    unsafe fn get_LastUsedUserSectorInImage(&self, value: *mut i32) -> HRESULT {
        result!(value, Ok(self.creator()?.last_used_user_sector_in_image()?.0))
    }

    /// Elements are `VT_UI1`, the bytes of READ TOC's reply (inference; the page names no type).
    unsafe fn get_ExpectedTableOfContents(&self, value: *mut *mut SAFEARRAY) -> HRESULT {
        result!(value, {
            let table = self.creator()?.expected_table_of_contents()?;
            border::array(table.into_iter().map(Variant::from).collect())
        })
    }
}
