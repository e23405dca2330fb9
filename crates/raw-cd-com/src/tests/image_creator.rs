//! The image creator, its tracks and its image, from outside.

use core::ffi::c_void;
use std::io::{Cursor, Read};

use raw_cd::image_creator::{CdSectorType, TrackData};
use raw_cd::{HResult, RawCdImageCreator, RawImage, SectorType};
use windows_core::{HRESULT, IUnknown, Interface, implement};

use crate::ImageCreatorObject;
use crate::automation::{Array, Bstr, Variant, VariantBool, VariantType, live};
use crate::dispatch::{DISPATCH_METHOD, DISPATCH_PROPERTYGET};
use crate::interfaces::*;
use crate::members::{Gives, IMAGE_CREATOR, TRACK_INFO, Table, Takes};
use crate::slot::{self, Input, Output};
use crate::stream::{MemoryStream, StreamImage};

fn creator() -> IRawCDImageCreator {
    ImageCreatorObject::default().into()
}

fn audio(sectors: usize) -> Vec<u8> {
    (0..sectors * 2352).map(|n| (n / 2352) as u8 ^ n as u8).collect()
}

fn code(value: HRESULT) -> HResult {
    HResult(value.0 as u32)
}

/// Adds a track of audio.
fn add(creator: &IRawCDImageCreator, sectors: usize) -> HResult {
    let stream = IStream::from(MemoryStream::new(audio(sectors)));
    let mut index = -1;
    // SAFETY: living objects, room for the index.
    code(unsafe { creator.AddTrack(0, stream.as_raw(), &raw mut index) })
}

fn track(creator: &IRawCDImageCreator, index: i32) -> IRawCDImageTrackInfo {
    let mut raw = core::ptr::null_mut();
    // SAFETY: a living object, room for a pointer, which is counted for us.
    unsafe {
        assert_eq!(creator.get_TrackInfo(index, &raw mut raw), HRESULT(0));
        IRawCDImageTrackInfo::from_raw(raw)
    }
}

fn image(creator: &IRawCDImageCreator) -> IStream {
    let mut raw = core::ptr::null_mut();
    // SAFETY: as above.
    unsafe {
        assert_eq!(creator.CreateResultImage(&raw mut raw), HRESULT(0));
        IStream::from_raw(raw)
    }
}

/// A number through a getter.
macro_rules! long {
    ($object:expr, $get:ident) => {{
        let mut value = -1;
        // SAFETY: a living object, room for the number.
        assert_eq!(unsafe { $object.$get(&raw mut value) }, HRESULT(0));
        value
    }};
}

#[test]
fn a_null_result_is_e_pointer_whatever_the_state() {
    let tracks = creator();
    assert_eq!(add(&tracks, 300), HResult::S_OK);
    let created = creator();
    assert_eq!(add(&created, 300), HResult::S_OK);
    drop(image(&created));
    let (info, frozen) = (track(&tracks, 1), track(&created, 1));
    let objects: [(*mut c_void, &Table); 5] = [
        (creator().into_raw(), &IMAGE_CREATOR),
        (tracks.as_raw(), &IMAGE_CREATOR),
        (created.as_raw(), &IMAGE_CREATOR),
        (info.as_raw(), &TRACK_INFO),
        (frozen.as_raw(), &TRACK_INFO),
    ];
    for (object, table) in objects {
        for member in table.members.iter().filter(|member| member.gives != Gives::Nothing) {
            // SAFETY: `object` implements the table's interface; NULL is what is tested.
            let done = unsafe { slot::call(object, member, &Input::NOTHING, core::ptr::null_mut()) };
            assert_eq!(code(done), HResult::E_POINTER, "{}", member.name);
        }
    }
    // SAFETY: the first object was not owned by anything.
    drop(unsafe { IUnknown::from_raw(objects[0].0) });
}

/// A failure leaves FALSE, 0 or NULL, and nothing beyond it.
#[test]
fn a_failure_leaves_a_blank_result() {
    let creator = creator();
    let mut failures = 0;
    for member in IMAGE_CREATOR.members.iter().filter(|member| member.gives != Gives::Nothing) {
        let mut output = Output::UNTOUCHED;
        // SAFETY: the creator implements the table's interface; there is room for any result.
        let done = unsafe { slot::call(creator.as_raw(), member, &Input::NOTHING, output.place()) };
        if done.is_err() {
            assert!(output.is_zero(member.gives), "{}", member.name);
            failures += 1;
        } else if member.gives == Gives::Text {
            // SAFETY: a string that is ours.
            drop(unsafe { Bstr::from_raw(output.text()) });
        }
        assert!(!output.is_overrun(member.gives), "{}", member.name);
    }
    // CreateResultImage, AddTrack of NULL, StartOfLeadout, TrackInfo(0), LastUsed..., Expected....
    assert_eq!(failures, 6);
}

#[test]
fn the_stream_is_the_image() {
    let creator = creator();
    // SAFETY: a living object.
    unsafe {
        assert_eq!(creator.put_ResultingImageType(SectorType::RAW.0), HRESULT(0));
        assert_eq!(creator.put_DisableGaplessAudio(VariantBool::TRUE), HRESULT(0));
        let number = Bstr::new("12345678905").unwrap();
        assert_eq!(creator.put_MediaCatalogNumber(number.as_raw()), HRESULT(0));
    }
    assert_eq!(add(&creator, 300), HResult::S_OK);
    assert_eq!(add(&creator, 350), HResult::S_OK);
    let isrc = Bstr::new("US-K7Y-98-12345").unwrap();
    // SAFETY: living objects.
    unsafe {
        assert_eq!(track(&creator, 2).put_ISRC(isrc.as_raw()), HRESULT(0));
        assert_eq!(
            code(track(&creator, 2).put_ISRC(Bstr::new("x").unwrap().as_raw())),
            HResult::E_INVALIDARG
        );
        let info = track(&creator, 2);
        assert_eq!(code(info.AddTrackIndex(20)), HResult::S_OK);
        let again = HResult::S_IMAPI_RAW_IMAGE_TRACK_INDEX_ALREADY_EXISTS;
        assert_eq!(code(info.AddTrackIndex(20)), again);
        assert_eq!(code(info.ClearTrackIndex(30)), HResult::E_IMAPI_RAW_IMAGE_TRACK_INDEX_NOT_FOUND);
    }
    assert_eq!(long!(track(&creator, 2), get_StartingLba), 450);
    assert_eq!(long!(track(&creator, 2), get_SectorCount), 350);
    assert_eq!(long!(track(&creator, 2), get_TrackNumber), 2);
    assert_eq!(long!(creator, get_StartOfLeadout), 800);
    assert_eq!(long!(creator, get_LastUsedUserSectorInImage), 799);

    let mut ours = RawCdImageCreator::new();
    ours.set_resulting_image_type(SectorType::RAW).unwrap();
    ours.set_disable_gapless_audio(true).unwrap();
    ours.set_media_catalog_number("12345678905").unwrap();
    for sectors in [300, 350] {
        ours.add_track(CdSectorType::AUDIO, TrackData::new(Cursor::new(audio(sectors)))).unwrap();
    }
    let info = ours.track_info_mut(2).unwrap();
    info.set_isrc("US-K7Y-98-12345").unwrap();
    info.add_track_index(20).unwrap();
    let mut ours = ours.create_result_image().unwrap();

    let mut theirs = StreamImage(image(&creator));
    assert_eq!(theirs.bytes(), Ok(ours.size()));
    ours.seek_to(22_400 * 2448).unwrap();
    theirs.seek_to(22_400 * 2448).unwrap();
    let mut expected = vec![0; 1300 * 2448];
    ours.read_exact(&mut expected).unwrap();
    let mut seen = vec![0; expected.len()];
    for chunk in seen.chunks_mut(100_001) {
        // As many as asked for, though no whole sectors.
        assert_eq!(theirs.read_some(chunk), Ok(chunk.len()));
    }
    assert!(seen == expected);
    theirs.seek_to(ours.size() - 1).unwrap();
    assert_eq!(theirs.read_some(&mut [0; 9]), Ok(1));
    assert_eq!(theirs.read_some(&mut [0; 9]), Ok(0));
}

#[test]
fn created_means_read_only() {
    let creator = creator();
    assert_eq!(add(&creator, 300), HResult::S_OK);
    let info = track(&creator, 1);
    let image = image(&creator);
    let frozen = HResult::E_IMAPI_RAW_IMAGE_IS_READ_ONLY;
    assert_eq!(add(&creator, 300), frozen);
    // SAFETY: living objects; NULL where NULL is allowed.
    unsafe {
        assert_eq!(code(creator.AddSpecialPregap(core::ptr::null_mut())), frozen);
        assert_eq!(code(creator.AddSubcodeRWGenerator(core::ptr::null_mut())), frozen);
        assert_eq!(code(creator.put_StartingTrackNumber(2)), frozen);
        assert_eq!(code(creator.put_StartOfLeadoutLimit(2)), frozen);
        assert_eq!(code(creator.put_ResultingImageType(1)), frozen);
        assert_eq!(code(creator.put_DisableGaplessAudio(VariantBool::TRUE)), frozen);
        assert_eq!(code(creator.put_MediaCatalogNumber(core::ptr::null_mut())), frozen);
        assert_eq!(code(info.put_ISRC(core::ptr::null_mut())), frozen);
        assert_eq!(code(info.put_DigitalAudioCopySetting(1)), frozen);
        assert_eq!(code(info.put_AudioHasPreemphasis(VariantBool::TRUE)), frozen);
        assert_eq!(code(info.AddTrackIndex(20)), frozen);
        assert_eq!(code(info.ClearTrackIndex(20)), frozen);
        let mut again = core::ptr::null_mut();
        assert_eq!(code(creator.CreateResultImage(&raw mut again)), frozen);
    }
    assert_eq!(long!(info, get_SectorCount), 300);
    drop(image);
}

#[test]
fn arrays_hold_the_table_and_the_indexes() {
    let creator = creator();
    assert_eq!(add(&creator, 300), HResult::S_OK);
    let info = track(&creator, 1);
    let mut table = core::ptr::null_mut();
    let mut indexes = core::ptr::null_mut();
    // SAFETY: living objects, room for the arrays, which are ours.
    let [table, indexes] = unsafe {
        assert_eq!(info.AddTrackIndex(100), HRESULT(0));
        assert_eq!(creator.get_ExpectedTableOfContents(&raw mut table), HRESULT(0));
        assert_eq!(info.get_TrackIndexes(&raw mut indexes), HRESULT(0));
        [table, indexes].map(|raw| Array::from_raw(raw).unwrap())
    };
    let numbers = |array: &Array| array.elements().iter().map(|n| n.number().unwrap()).collect::<Vec<_>>();
    assert_eq!(numbers(&indexes), [0, 100]);
    assert!(indexes.elements().iter().all(|index| index.vt() == VariantType::I4));
    assert_eq!(numbers(&table)[..6], [0, 18, 1, 1, 0, 0x12]);
    assert!(table.elements().iter().all(|byte| byte.vt() == VariantType::UI1));
}

/// A script's `creator.TrackInfo(1).SectorCount`.
#[test]
fn scripts_reach_tracks_by_name() {
    let creator = creator();
    assert_eq!(add(&creator, 300), HResult::S_OK);
    let object = get(&creator.cast::<IDispatch>().unwrap(), "TrackInfo", vec![Variant::from(1)]).unwrap();
    let track = object.object().unwrap().unwrap().cast::<IDispatch>().unwrap();
    assert_eq!(get(&track, "SectorCount", vec![]).unwrap().number(), Some(300));
    let image = get(&creator.cast::<IDispatch>().unwrap(), "CreateResultImage", vec![]).unwrap();
    assert_eq!(image.vt(), VariantType::UNKNOWN);
    image.object().unwrap().unwrap().cast::<IStream>().unwrap();
    // Arguments come last one first: AddTrack(0, stream).
    let stream = IStream::from(MemoryStream::new(audio(300))).cast::<IUnknown>().unwrap();
    let other = self::creator().cast::<IDispatch>().unwrap();
    let added = get(&other, "AddTrack", vec![Variant::unknown(Some(stream)), Variant::from(0)]).unwrap();
    assert_eq!(added.number(), Some(1));
}

fn get(object: &IDispatch, name: &str, mut arguments: Vec<Variant>) -> Result<Variant, HRESULT> {
    let name: Vec<u16> = name.encode_utf16().chain([0]).collect();
    let names = [name.as_ptr()];
    let iid = windows_core::GUID::zeroed();
    let mut id = 0;
    let mut result = Variant::EMPTY;
    let mut given = DISPPARAMS {
        rgvarg: arguments.as_mut_ptr(),
        rgdispidNamedArgs: core::ptr::null_mut(),
        cArgs: arguments.len() as u32,
        cNamedArgs: 0,
    };
    let flags = DISPATCH_METHOD | DISPATCH_PROPERTYGET;
    // SAFETY: a living object, a name that ends in NUL, room for the results.
    let done = unsafe {
        object.GetIDsOfNames(&raw const iid, names.as_ptr(), 1, 0, &raw mut id).ok().map_err(|e| e.code())?;
        object.Invoke(
            id,
            &raw const iid,
            0,
            flags,
            &raw mut given,
            &raw mut result,
            core::ptr::null_mut(),
            core::ptr::null_mut(),
        )
    };
    if done.is_ok() { Ok(result) } else { Err(done) }
}

/// Every member of the tables with arguments of its kind: slots, signatures, references and memory.
#[test]
fn every_member_can_be_called_and_nothing_is_left_over() {
    let before = live();
    {
        let creator = creator();
        let stream = IStream::from(MemoryStream::new(audio(300)));
        let text = Bstr::new("4006381333931").unwrap();
        let input =
            Input { object: stream.as_raw(), text: text.as_raw(), long: 0, boolean: VariantBool::FALSE };
        assert_eq!(add(&creator, 300), HResult::S_OK);
        let info = track(&creator, 1);
        for (object, table) in [(info.as_raw(), &TRACK_INFO), (creator.as_raw(), &IMAGE_CREATOR)] {
            for member in table.members.iter().rev() {
                let mut input = Input { long: i32::from(member.gives == Gives::Track), ..input };
                if member.name == "AddSubcodeRWGenerator" {
                    // Of the wrong size for CreateResultImage, whose turn is the last.
                    input.object = core::ptr::null_mut();
                }
                let mut output = Output::UNTOUCHED;
                let place =
                    if member.gives == Gives::Nothing { core::ptr::null_mut() } else { output.place() };
                // SAFETY: the object implements the table's interface; arguments and room are there.
                let done = unsafe { slot::call(object, member, &input, place) };
                if done.is_err() {
                    assert_ne!(member.takes, Takes::Nothing, "{} {:?}", member.name, code(done));
                    continue;
                }
                // SAFETY: results that are ours.
                unsafe {
                    match member.gives {
                        Gives::Text => drop(Bstr::from_raw(output.text())),
                        Gives::Array => drop(Array::from_raw(output.array())),
                        Gives::Stream | Gives::Track => drop(IUnknown::from_raw(output.pointer())),
                        Gives::Nothing | Gives::Bool | Gives::Long | Gives::Recorder => {}
                    }
                }
            }
        }
        drop((creator, info));
        // SAFETY: a living object; the reference is given back at once.
        let references = unsafe {
            (stream.vtable().base__.base__.AddRef)(stream.as_raw());
            (stream.vtable().base__.base__.Release)(stream.as_raw())
        };
        assert_eq!(references, 1);
    }
    assert_eq!(live(), before);
}

#[test]
fn objects_answer_for_their_own_interfaces() {
    let creator = creator();
    assert_eq!(add(&creator, 300), HResult::S_OK);
    let info = track(&creator, 1);
    let stream = image(&creator);
    creator.cast::<IDispatch>().unwrap();
    info.cast::<IDispatch>().unwrap();
    stream.cast::<ISequentialStream>().unwrap();
    assert!(creator.cast::<IRawCDImageTrackInfo>().is_err());
    assert!(creator.cast::<IDiscFormat2>().is_err());
    assert!(info.cast::<IRawCDImageCreator>().is_err());
    assert!(stream.cast::<IDispatch>().is_err());
}

/// A track outlives the pointer to its creator.
#[test]
fn a_track_keeps_its_creator() {
    let creator = creator();
    assert_eq!(add(&creator, 300), HResult::S_OK);
    let info = track(&creator, 1);
    drop(creator);
    assert_eq!(long!(info, get_SectorCount), 300);
}

/// A stream that asks the creator while the creator asks it.
#[implement(IStream, Agile = false)]
struct CallsBack(IRawCDImageCreator);

#[test]
fn a_stream_that_calls_back_is_refused_and_nothing_hangs() {
    let creator = creator();
    let stream = IStream::from(CallsBack(creator.clone()));
    let mut index = -1;
    // SAFETY: living objects, room for the index.
    let done = unsafe { creator.AddTrack(0, stream.as_raw(), &raw mut index) };
    assert_eq!(code(done), HResult::E_FAIL, "what the stream was told, handed through");
    assert_eq!(long!(creator, get_NumberOfExistingTracks), 0);
}

impl ISequentialStream_Impl for CallsBack_Impl {
    unsafe fn Read(&self, _: *mut c_void, _: u32, _: *mut u32) -> HRESULT {
        HRESULT(0)
    }

    unsafe fn Write(&self, _: *const c_void, _: u32, _: *mut u32) -> HRESULT {
        HRESULT(0)
    }
}

impl IStream_Impl for CallsBack_Impl {
    unsafe fn Seek(&self, _: i64, _: u32, _: *mut u64) -> HRESULT {
        HRESULT(0)
    }

    unsafe fn SetSize(&self, _: u64) -> HRESULT {
        HRESULT(0)
    }

    unsafe fn CopyTo(&self, _: *mut c_void, _: u64, _: *mut u64, _: *mut u64) -> HRESULT {
        HRESULT(0)
    }

    unsafe fn Commit(&self, _: u32) -> HRESULT {
        HRESULT(0)
    }

    unsafe fn Revert(&self) -> HRESULT {
        HRESULT(0)
    }

    unsafe fn LockRegion(&self, _: u64, _: u64, _: u32) -> HRESULT {
        HRESULT(0)
    }

    unsafe fn UnlockRegion(&self, _: u64, _: u64, _: u32) -> HRESULT {
        HRESULT(0)
    }

    unsafe fn Stat(&self, _: *mut c_void, _: u32) -> HRESULT {
        let mut tracks = -1;
        // SAFETY: a living object, room for the number.
        unsafe { self.0.get_NumberOfExistingTracks(&raw mut tracks) }
    }

    unsafe fn Clone(&self, _: *mut *mut c_void) -> HRESULT {
        HRESULT(0)
    }
}
