//! What each member takes and refuses. Sources: the creator's pages, `imapi2error.h`, `imapi2.idl`.

use super::*;
use crate::SectorType;

#[test]
fn a_track_has_whole_sectors_and_four_seconds() {
    let mut creator = RawCdImageCreator::new();
    assert_eq!(code(creator.add_track(CdSectorType::AUDIO, zeros(299, 2352))), HResult::E_INVALIDARG);
    assert_eq!(code(creator.add_track(CdSectorType::AUDIO, zeros(1, 300 * 2352 + 1))), HResult::E_INVALIDARG);
    assert_eq!(creator.number_of_existing_tracks(), 0);
    assert_eq!(creator.add_track(CdSectorType::AUDIO, zeros(300, 2352)), Ok(1));
    assert_eq!(creator.add_track(CdSectorType::AUDIO, zeros(300, 2352)), Ok(2));
    assert_eq!(creator.number_of_existing_tracks(), 2);
}

#[test]
fn only_audio_is_taken_unless_the_policy_is_ours() {
    let refused = HResult::E_IMAPI_RAW_IMAGE_SECTOR_TYPE_NOT_SUPPORTED;
    for sector_type in CdSectorType::ALL.into_iter().skip(1).chain([CdSectorType(10), CdSectorType(-1)]) {
        let data = || zeros(300, sector_type.source_bytes().unwrap_or(2352) as u64);
        assert_eq!(code(RawCdImageCreator::new().add_track(sector_type, data())), refused, "{sector_type}");
        let ours = with_any_type().add_track(sector_type, data());
        match sector_type.mode() {
            Some(_) => assert_eq!(ours, Ok(1), "{sector_type}"),
            None => assert_eq!(code(ours), refused, "{sector_type}"),
        }
    }
}

#[test]
fn the_hundredth_track_is_one_too_many() {
    let mut creator = RawCdImageCreator::new();
    for n in 1..=99 {
        assert_eq!(creator.add_track(CdSectorType::AUDIO, zeros(300, 2352)), Ok(n));
    }
    let refused = HResult::E_IMAPI_RAW_IMAGE_TOO_MANY_TRACKS;
    assert_eq!(code(creator.add_track(CdSectorType::AUDIO, zeros(300, 2352))), refused);
    let mut creator = RawCdImageCreator::new();
    creator.set_starting_track_number(99).unwrap();
    assert_eq!(creator.add_track(CdSectorType::AUDIO, zeros(300, 2352)), Ok(1));
    assert_eq!(creator.track_info(1).unwrap().track_number(), 99);
    assert_eq!(code(creator.add_track(CdSectorType::AUDIO, zeros(300, 2352))), refused);
}

/// AddTrack's remarks: the last sector at 398099 at most. AddSpecialPregap's: 397799.
#[test]
fn the_lead_out_has_to_end_by_89_59_74() {
    let full = HResult::E_IMAPI_RAW_IMAGE_INSUFFICIENT_SPACE;
    let mut creator = RawCdImageCreator::new();
    assert_eq!(code(creator.add_track(CdSectorType::AUDIO, zeros(398_101, 2352))), full);
    assert_eq!(code(creator.add_track(CdSectorType::AUDIO, zeros(1 << 40, 2352))), full);
    assert_eq!(creator.add_track(CdSectorType::AUDIO, zeros(398_100, 2352)), Ok(1));
    assert_eq!(creator.last_used_user_sector_in_image(), Ok(Lba(398_099)));
    assert_eq!(creator.start_of_leadout(), Ok(Lba(398_100)));
    assert_eq!(creator.create_result_image().unwrap().sectors(), 22_650 + 398_100 + 6750);

    let mut creator = RawCdImageCreator::new();
    // The pregap begins at -150.
    assert_eq!(code(creator.add_special_pregap(Some(zeros(397_951, 2352)))), full);
    assert_eq!(creator.add_special_pregap(Some(zeros(397_950, 2352))), Ok(()));
    assert_eq!(creator.add_track(CdSectorType::AUDIO, zeros(300, 2352)), Ok(1));
    assert_eq!(creator.track_info(1).unwrap().starting_lba(), Lba(397_800));
}

#[test]
fn the_limit_is_that_of_the_disc() {
    let mut creator = RawCdImageCreator::new();
    assert_eq!(creator.start_of_leadout_limit(), Lba(398_099));
    assert_eq!(code(creator.set_start_of_leadout_limit(Lba(398_100))), HResult::E_INVALIDARG);
    assert_eq!(code(creator.set_start_of_leadout_limit(Lba(-1))), HResult::E_INVALIDARG);
    creator.set_start_of_leadout_limit(Lba(1000)).unwrap();
    let full = HResult::E_IMAPI_RAW_IMAGE_INSUFFICIENT_SPACE;
    assert_eq!(code(creator.add_track(CdSectorType::AUDIO, zeros(1001, 2352))), full);
    creator.add_track(CdSectorType::AUDIO, zeros(1000, 2352)).unwrap();
    assert_eq!(code(creator.set_start_of_leadout_limit(Lba(999))), full);
    assert_eq!(creator.start_of_leadout_limit(), Lba(1000));
}

/// Remarks of put_DisableGaplessAudio: 150 silent sectors between tracks, or the last two seconds of the
/// track before as pregap.
#[test]
fn gaps_lie_between_tracks_and_gapless_pregaps_in_them() {
    let mut creator = with_tracks(&[400, 500]);
    let tracks = |creator: &RawCdImageCreator| {
        [1, 2].map(|n| {
            creator.track_info(n).map(|track| (track.starting_lba().0, track.sector_count())).unwrap()
        })
    };
    assert!(!creator.disable_gapless_audio());
    assert_eq!(tracks(&creator), [(0, 250), (400, 500)]);
    creator.set_disable_gapless_audio(true).unwrap();
    assert_eq!(tracks(&creator), [(0, 400), (550, 500)]);
    assert_eq!(creator.start_of_leadout(), Ok(Lba(1050)));
    creator.set_start_of_leadout_limit(Lba(1049)).unwrap_err();
    creator.set_disable_gapless_audio(false).unwrap();
    creator.set_start_of_leadout_limit(Lba(900)).unwrap();
    let full = HResult::E_IMAPI_RAW_IMAGE_INSUFFICIENT_SPACE;
    assert_eq!(code(creator.set_disable_gapless_audio(true)), full);
    assert_eq!(tracks(&creator), [(0, 250), (400, 500)]);
}

#[test]
fn members_have_their_place_in_the_order() {
    let mut creator = with_tracks(&[300]);
    let late = HResult::E_IMAPI_RAW_IMAGE_TRACKS_ALREADY_ADDED;
    assert_eq!(code(creator.set_starting_track_number(2)), late);
    assert_eq!(code(creator.add_special_pregap(Some(audio(150)))), late);
    assert_eq!(code(creator.add_special_pregap(None)), late);
    assert_eq!(code(creator.set_track_policy(TrackPolicy::AnySectorType)), late);
    assert_eq!(code(creator.set_session(SessionPlace::first())), late);

    let mut creator = RawCdImageCreator::new();
    let none = HResult::E_IMAPI_RAW_IMAGE_NO_TRACKS;
    assert_eq!(code(creator.start_of_leadout()), none);
    assert_eq!(code(creator.last_used_user_sector_in_image()), none);
    assert_eq!(code(creator.expected_table_of_contents()), none);
    assert_eq!(code(creator.create_result_image()), none);
    assert_eq!(code(creator.track_info(1)), HResult::E_INVALIDARG);
    for number in [0, 100, -1, 257] {
        assert_eq!(code(creator.set_starting_track_number(number)), HResult::E_INVALIDARG);
    }
}

#[test]
fn created_means_read_only() {
    let mut creator = with_tracks(&[300]);
    creator.create_result_image().unwrap();
    let frozen = HResult::E_IMAPI_RAW_IMAGE_IS_READ_ONLY;
    assert_eq!(code(creator.create_result_image()), frozen);
    assert_eq!(code(creator.add_track(CdSectorType::MODE1, zeros(1, 1))), frozen);
    assert_eq!(code(creator.add_special_pregap(None)), frozen);
    assert_eq!(code(creator.add_subcode_rw_generator(None)), frozen);
    assert_eq!(code(creator.set_resulting_image_type(SectorType(0))), frozen);
    assert_eq!(code(creator.set_start_of_leadout_limit(Lba(-1))), frozen);
    assert_eq!(code(creator.set_disable_gapless_audio(true)), frozen);
    assert_eq!(code(creator.set_media_catalog_number("x")), frozen);
    assert_eq!(code(creator.set_starting_track_number(0)), frozen);
    assert_eq!(code(creator.set_session(SessionPlace::first())), frozen);
    assert_eq!(code(creator.track_info_mut(7)), frozen);
    assert_eq!(creator.start_of_leadout(), Ok(Lba(300)));
    assert_eq!(creator.track_info(1).unwrap().sector_count(), 300);
    assert_eq!(creator.expected_table_of_contents().unwrap().len(), 4 + 2 * 8);
}

#[test]
fn pq_only_and_an_rw_generator_exclude_each_other() {
    let mut creator = with_tracks(&[300]);
    assert_eq!(creator.resulting_image_type(), SectorType::COOKED);
    assert_eq!(code(creator.set_resulting_image_type(SectorType(4))), HResult::E_INVALIDARG);
    creator.add_subcode_rw_generator(Some(zeros(7, 96))).unwrap();
    assert_eq!(code(creator.set_resulting_image_type(SectorType::PQ_ONLY)), HResult::E_INVALIDARG);
    assert_eq!(code(creator.create_result_image()), HResult::E_INVALIDARG);
    creator.add_subcode_rw_generator(None).unwrap();
    creator.set_resulting_image_type(SectorType::PQ_ONLY).unwrap();
    assert_eq!(code(creator.add_subcode_rw_generator(Some(zeros(300, 96)))), HResult::E_INVALIDARG);
    creator.create_result_image().unwrap();
}

#[test]
fn a_catalogue_number_has_its_check_digit() {
    let mut creator = RawCdImageCreator::new();
    assert_eq!(creator.media_catalog_number(), "");
    creator.set_media_catalog_number("12345678905").unwrap();
    assert_eq!(creator.media_catalog_number(), "0012345678905");
    assert_eq!(code(creator.set_media_catalog_number("12345678904")), HResult::E_INVALIDARG);
    assert_eq!(code(creator.set_media_catalog_number("1234567890123x")), HResult::E_INVALIDARG);
    creator.set_media_catalog_number("").unwrap();
    assert_eq!(creator.media_catalog_number(), "");
}

#[test]
fn a_track_has_the_properties_of_its_page() {
    let mut creator = with_any_type();
    creator.add_track(CdSectorType::AUDIO, audio(300)).unwrap();
    creator.add_track(CdSectorType::MODE1, zeros(300, 2048)).unwrap();
    let track = creator.track_info_mut(1).unwrap();
    assert_eq!((track.track_number(), track.sector_type()), (1, CdSectorType::AUDIO));
    assert_eq!(track.isrc(), "");
    track.set_isrc("usk7y9812345").unwrap();
    assert_eq!(track.isrc(), "US-K7Y-98-12345");
    assert_eq!(code(track.set_isrc("US-K7Y-98-1234")), HResult::E_INVALIDARG);
    track.set_digital_audio_copy_setting(CopySetting::SCMS).unwrap();
    assert_eq!(code(track.set_digital_audio_copy_setting(CopySetting(3))), HResult::E_INVALIDARG);
    track.set_audio_has_preemphasis(true).unwrap();
    assert!(track.audio_has_preemphasis());
    let track = creator.track_info_mut(2).unwrap();
    assert_eq!(code(track.set_isrc("USK7Y9812345")), HResult::E_INVALIDARG);
    assert_eq!(code(track.set_digital_audio_copy_setting(CopySetting::SCMS)), HResult::E_INVALIDARG);
    assert_eq!(code(track.set_audio_has_preemphasis(true)), HResult::E_INVALIDARG);
    assert_eq!(code(creator.track_info(3)), HResult::E_INVALIDARG);
    assert_eq!(code(creator.track_info(0)), HResult::E_INVALIDARG);
    assert_eq!(code(creator.track_info(i32::MIN)), HResult::E_INVALIDARG);
}

#[test]
fn indexes_lie_ten_sectors_apart() {
    let mut creator = with_tracks(&[300]);
    let track = creator.track_info_mut(1).unwrap();
    let close = HResult::E_IMAPI_RAW_IMAGE_TRACK_INDEX_TOO_CLOSE_TO_OTHER_INDEX;
    assert_eq!(track.track_indexes(), [0]);
    assert_eq!(code(track.add_track_index(5)), close);
    assert_eq!(track.add_track_index(10), Ok(AddedIndex::New));
    assert_eq!(track.add_track_index(30), Ok(AddedIndex::New));
    assert_eq!(code(track.add_track_index(21)), close);
    assert_eq!(track.add_track_index(20), Ok(AddedIndex::New));
    assert_eq!(track.track_indexes(), [0, 10, 20, 30]);
    let again = track.add_track_index(20).unwrap();
    assert_eq!(again.hresult(), HResult::S_IMAPI_RAW_IMAGE_TRACK_INDEX_ALREADY_EXISTS);
    assert_eq!(track.add_track_index(0), Ok(AddedIndex::AlreadyExists));
    assert_eq!(code(track.add_track_index(300)), HResult::E_INVALIDARG);
    assert_eq!(code(track.add_track_index(-1)), HResult::E_INVALIDARG);
    assert_eq!(code(track.clear_track_index(15)), HResult::E_IMAPI_RAW_IMAGE_TRACK_INDEX_NOT_FOUND);
    assert_eq!(
        code(track.clear_track_index(0)),
        HResult::E_IMAPI_RAW_IMAGE_TRACK_INDEX_OFFSET_ZERO_CANNOT_BE_CLEARED
    );
    assert_eq!(code(track.clear_track_index(-1)), HResult::E_INVALIDARG);
    assert_eq!(track.clear_track_index(20), Ok(()));
    assert_eq!(track.track_indexes(), [0, 10, 30]);
}

#[test]
fn a_track_has_99_indexes_at_most() {
    let mut creator = with_tracks(&[1000]);
    let track = creator.track_info_mut(1).unwrap();
    for n in 1..99 {
        assert_eq!(track.add_track_index(10 * n), Ok(AddedIndex::New));
    }
    assert_eq!(track.track_indexes().len(), 99);
    assert_eq!(code(track.add_track_index(990)), HResult::E_IMAPI_RAW_IMAGE_TOO_MANY_TRACK_INDEXES);
    assert_eq!(track.add_track_index(980), Ok(AddedIndex::AlreadyExists));
}

/// An index in what becomes the next track's pregap is in the way of that track.
#[test]
fn an_index_and_the_next_pregap_cannot_share_a_sector() {
    let mut creator = with_tracks(&[400]);
    creator.track_info_mut(1).unwrap().add_track_index(250).unwrap();
    let close = HResult::E_IMAPI_RAW_IMAGE_TRACK_INDEX_TOO_CLOSE_TO_OTHER_INDEX;
    assert_eq!(code(creator.add_track(CdSectorType::AUDIO, audio(300))), close);
    assert_eq!(creator.number_of_existing_tracks(), 1);
    creator.set_disable_gapless_audio(true).unwrap();
    creator.add_track(CdSectorType::AUDIO, audio(300)).unwrap();
    assert_eq!(code(creator.set_disable_gapless_audio(false)), close);
    assert!(creator.disable_gapless_audio());
}

#[test]
fn what_a_stream_fails_with_passes_through() {
    #[derive(Debug)]
    struct Broken;
    impl RawImage for Broken {
        fn bytes(&mut self) -> Result<u64, ImageError> {
            Err(ImageError { hresult: HResult(0x8003_0009), text: "no".to_owned() })
        }
        fn seek_to(&mut self, _: u64) -> Result<(), ImageError> {
            Ok(())
        }
        fn read_some(&mut self, _: &mut [u8]) -> Result<usize, ImageError> {
            Err(ImageError { hresult: HResult(0x8003_001E), text: "read fault".to_owned() })
        }
    }
    let broken = || TrackData::new(Broken);
    assert_eq!(code(RawCdImageCreator::new().add_track(CdSectorType::AUDIO, broken())), HResult(0x8003_0009));

    #[derive(Debug)]
    struct BrokenLater(Broken);
    impl RawImage for BrokenLater {
        fn bytes(&mut self) -> Result<u64, ImageError> {
            Ok(300 * 2352)
        }
        fn seek_to(&mut self, _: u64) -> Result<(), ImageError> {
            Ok(())
        }
        fn read_some(&mut self, buffer: &mut [u8]) -> Result<usize, ImageError> {
            self.0.read_some(buffer)
        }
    }
    let mut creator = RawCdImageCreator::new();
    creator.add_track(CdSectorType::AUDIO, TrackData::new(BrokenLater(Broken))).unwrap();
    let mut image = creator.create_result_image().unwrap();
    image.seek_to(22_650 * 2448).unwrap();
    let error = image.read_some(&mut [0; 2448]).unwrap_err();
    assert_eq!(error.hresult, HResult(0x8003_001E));
    assert_eq!(error.text, "track 1: read fault");
    // What lies elsewhere can still be read.
    image.seek_to(0).unwrap();
    assert_eq!(image.read_some(&mut [0; 4896]), Ok(4896));
}

/// The page's words for READ TOC's reply, by hand: MMC "READ TOC/PMA/ATIP", format 0.
#[test]
fn the_expected_table_is_read_tocs() {
    let mut creator = with_any_type();
    creator.add_track(CdSectorType::MODE1, zeros(300, 2048)).unwrap();
    creator.add_track(CdSectorType::AUDIO, audio(300)).unwrap();
    creator.track_info_mut(2).unwrap().set_digital_audio_copy_setting(CopySetting::PROHIBITED).unwrap();
    assert_eq!(
        creator.expected_table_of_contents().unwrap(),
        [
            0, 26, 1, 2, //
            0, 0x14, 1, 0, 0, 0, 0, 0, //
            0, 0x10, 2, 0, 0, 0, 0x02, 0x58, // 300, 150 of post-gap, 150 of pregap
            0, 0x10, 0xAA, 0, 0, 0, 0x03, 0x84,
        ]
    );
}
