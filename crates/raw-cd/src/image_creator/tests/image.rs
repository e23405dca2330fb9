//! What is in the image. Q frames and sectors by vectors computed apart from this project: CRC of
//! ECMA-130 22.3.6 and sectors as libburn and cdrdao make them.

use cd_format::sector::{classify, scramble::scramble};
use cd_format::sub_channel::{CrcState, Rules};
use cd_format::{Control, DiscType, Msf};

use super::*;
use crate::SectorType;

/// Ten bytes and the CRC as it is on the disc.
fn assert_q(whole: &Whole, lba: i32, bytes: [u8; 12]) {
    assert_eq!(whole.q(lba).0.to_bytes(), bytes, "LBA {lba}");
}

/// One audio track of 300 sectors: lead-out at 00:06:00, which is LBA 300.
fn small(sector_type: SectorType, rules: Rules) -> Whole {
    let mut creator = with_tracks(&[300]);
    creator.track_info_mut(1).unwrap().set_digital_audio_copy_setting(CopySetting::PROHIBITED).unwrap();
    creator.set_resulting_image_type(sector_type).unwrap();
    creator.set_sub_channel_rules(rules).unwrap();
    Whole::of(&mut creator)
}

#[test]
fn q_frames_are_the_vectors() {
    for sector_type in SectorType::ALL {
        let whole = small(sector_type, Rules::default());
        assert_eq!((whole.first, whole.sectors()), (-22_650, 22_650 + 300 + 6750));
        assert_eq!(whole.sector_bytes, if sector_type == SectorType::PQ_ONLY { 2368 } else { 2448 });
        assert_q(&whole, -150, [0x01, 0x01, 0x00, 0x00, 0x01, 0x74, 0, 0, 0, 0, 0xAA, 0xB9]);
        assert_q(&whole, 0, [0x01, 0x01, 0x01, 0, 0, 0, 0, 0, 0x02, 0, 0x5A, 0x28]);
        assert_q(&whole, 300, [0x01, 0xAA, 0x01, 0, 0, 0, 0, 0, 0x06, 0, 0x8A, 0x19]);
        // P in the pause, and not in the track.
        assert!(whole.q(-150).1 && whole.q(-1).1 && !whole.q(0).1 && !whole.q(-151).1);
    }
    let counted = small(SectorType::PQ_ONLY, Rules::LIBBURN);
    assert_q(&counted, -150, [0x01, 0x01, 0x00, 0x00, 0x02, 0x00, 0, 0, 0, 0, 0xF0, 0xD9]);
    assert_q(&counted, -22_650, [0x01, 0x00, 0xA0, 0, 0, 0, 0, 0x01, 0x00, 0, 0x21, 0x63]);
}

/// 01 00 A0 97 26 65: the lead-in's running time is the address, 97:26:65 being LBA -11635.
#[test]
fn the_lead_in_begins_at_95_00_00_and_repeats_its_table() {
    let whole = small(SectorType::RAW, Rules::default());
    let entry = |lba| whole.q(lba).0.toc_entry(1).unwrap();
    assert_eq!(entry(-22_650).msf(), Msf::new(95, 0, 0).ok());
    assert_eq!(entry(-11_635).msf(), Msf::new(97, 26, 65).ok());
    assert_eq!(entry(-151).msf(), Msf::new(99, 59, 74).ok());
    let turn: Vec<_> = (-22_650..-22_650 + 15).map(|lba| entry(lba).point).collect();
    let thrice: Vec<_> = [Point::A0, Point::A1, Point::A2, Point(1), Point::A0]
        .into_iter()
        .flat_map(|point| [point; 3])
        .collect();
    assert_eq!(turn, thrice);
    let toc = whole.toc(-22_650..-150);
    assert_eq!(
        points(&toc),
        [
            (Point::A0, [1, DiscType::CD_ROM.0, 0]),
            (Point::A1, [1, 0, 0]),
            (Point::A2, [0, 6, 0]),
            (Point(1), [0, 2, 0])
        ]
    );
    assert_eq!(lba_of(&toc, Point::A2), Lba(300));
}

#[test]
fn audio_is_what_the_stream_has_and_silence_elsewhere() {
    let whole = small(SectorType::COOKED, Rules::default());
    for lba in [-22_650, -151, -150, -1, 300, 7049] {
        assert_eq!(whole.main(lba), &[0; 2352], "LBA {lba}");
    }
    for n in [0, 1, 31, 32, 33, 299] {
        assert_eq!(whole.main(n as i32), &[count(n); 2352], "LBA {n}");
    }
}

/// SHA-1 values of these sectors agree with libburn and cdrdao; here bytes of the same vectors.
#[test]
fn a_mode_1_sector_is_the_vector_scrambled() {
    let mut data = vec![0; 300 * 2048];
    for (n, byte) in data[16 * 2048..17 * 2048].iter_mut().enumerate() {
        *byte = n as u8;
    }
    let mut creator = with_any_type();
    creator.add_track(CdSectorType::MODE1, TrackData::new(Cursor::new(data))).unwrap();
    let whole = Whole::of(&mut creator);
    let plain = |lba| {
        let mut sector = *whole.main(lba);
        // Scrambled: ECMA-130 annex B, the first bytes of the sequence are 01 80 00 60.
        scramble(&mut sector);
        sector
    };
    let sector = plain(16);
    assert_eq!(sector[12..16], [0x00, 0x02, 0x16, 0x01]);
    assert_eq!(sector[2064..2068], [0x5E, 0x93, 0x51, 0x92]);
    assert_eq!(sector[2076..2084], [0x42, 0x13, 0x28, 0x94, 0x21, 0x72, 0xD5, 0x86]);
    assert_eq!(sector[2248..2256], [0x46, 0xE9, 0x44, 0x86, 0xF1, 0x2A, 0xE2, 0x0B]);
    let pregap = plain(-150);
    assert_eq!(pregap[12..16], [0x00, 0x00, 0x00, 0x01]);
    assert_eq!(pregap[2064..2068], [0x0E, 0x11, 0x83, 0x38]);
    assert_eq!(whole.main(16)[12..16], [0x01, 0x82, 0x16, 0x61]);
    assert_q(&whole, 0, [0x41, 0x01, 0x01, 0, 0, 0, 0, 0, 0x02, 0, 0x28, 0x32]);
    // Lead-in and lead-out are data too.
    assert_eq!(plain(-22_650)[12..16], [0x95, 0x00, 0x00, 0x01]);
    assert_eq!(plain(300 + 6749)[15], 0x01);
}

#[test]
fn form_1_and_form_2_sectors_are_the_vectors() {
    let counting = |n: usize| n as u8;
    let mut creator = with_any_type();
    let mut form1 = vec![0; 300 * 2048];
    form1[16 * 2048..17 * 2048].iter_mut().enumerate().for_each(|(n, byte)| *byte = counting(n));
    creator.set_session(SessionPlace::first_from(Lba(-300))).unwrap();
    creator.add_track(CdSectorType::MODE2FORM1, TrackData::new(Cursor::new(form1))).unwrap();
    let whole = Whole::of(&mut creator);
    let mut sector = *whole.main(16);
    scramble(&mut sector);
    assert_eq!(sector[12..24], [0x00, 0x02, 0x16, 0x02, 0, 0, 8, 0, 0, 0, 8, 0]);
    assert_eq!(sector[2072..2076], [0xE9, 0x0C, 0xD0, 0x59]);
    assert_eq!(sector[2076..2084], [0x59, 0xFF, 0x7F, 0xD9, 0xA8, 0x0E, 0x3F, 0x62]);
    assert_eq!(whole.toc(-300..-200)[0].p_time, [1, DiscType::CD_ROM_XA.0, 0]);

    let mut form2 = vec![0; 300 * 2336];
    let block = &mut form2[16 * 2336..17 * 2336];
    block[..8].copy_from_slice(&[0, 0, 0x20, 0, 0, 0, 0x20, 0]);
    block[8..2332].iter_mut().enumerate().for_each(|(n, byte)| *byte = counting(n));
    block[2332] = 1;
    let mut creator = with_any_type();
    creator.set_session(SessionPlace::first_from(Lba(-300))).unwrap();
    creator.add_track(CdSectorType::MODE2FORM2, TrackData::new(Cursor::new(form2))).unwrap();
    let whole = Whole::of(&mut creator);
    let mut sector = *whole.main(16);
    scramble(&mut sector);
    assert_eq!(sector[2348..], [0xBC, 0x8D, 0xD9, 0x95]);
    let mut without = *whole.main(17);
    scramble(&mut without);
    assert_eq!(without[2348..], [0; 4]);
}

/// Gaps and pregaps, by the module's table.
#[test]
fn what_lies_between_tracks() {
    let mut creator = with_any_type();
    creator.set_session(SessionPlace::first_from(Lba(-300))).unwrap();
    creator.add_track(CdSectorType::MODE1, zeros(300, 2048)).unwrap();
    creator.add_track(CdSectorType::AUDIO, audio(400)).unwrap();
    creator.add_track(CdSectorType::AUDIO, audio(500)).unwrap();
    creator.add_track(CdSectorType::MODE2FORM0, zeros(300, 2336)).unwrap();
    let starts: Vec<_> =
        (1..=4).map(|n| creator.track_info(n).map(|track| track.starting_lba().0).unwrap()).collect();
    // Post-gap and pregap; none in between; a pregap behind audio.
    assert_eq!(starts, [0, 600, 1000, 1650]);
    let whole = Whole::of(&mut creator);
    let mode = |lba| {
        let mut sector = *whole.main(lba);
        scramble(&mut sector);
        classify(&sector).mode.unwrap()
    };
    use cd_format::sector::SectorMode::{Audio, Mode1, Mode2Formless};
    let seen: Vec<_> = [449, 450, 600, 849, 850, 999, 1000, 1499, 1500, 1649, 1650, 1950 + 6749]
        .into_iter()
        .map(|lba| (lba, whole.index(lba).unwrap(), mode(lba)))
        .collect();
    assert_eq!(
        seen,
        [
            (449, (1, 1), Mode1),
            (450, (2, 0), Audio),
            (600, (2, 1), Audio),
            (849, (2, 1), Audio),
            (850, (3, 0), Audio),
            (999, (3, 0), Audio),
            (1000, (3, 1), Audio),
            (1499, (3, 1), Audio),
            (1500, (4, 0), Mode2Formless),
            (1649, (4, 0), Mode2Formless),
            (1650, (4, 1), Mode2Formless),
            (1950 + 6749, (0xAA, 1), Mode2Formless),
        ]
    );
    // The pregap of a gapless track sounds: the last 150 sectors of the stream before.
    assert_eq!(whole.main(850), &[count(250); 2352]);
    assert_eq!(whole.main(1000), &[count(0); 2352]);
    assert_eq!(whole.main(599), &[0; 2352]);
    assert_eq!([0, 600, 1650].map(|lba| whole.q(lba).0.control()), [4, 2, 4].map(Control::new));
}

#[test]
fn a_special_pregap_is_heard_before_the_first_track() {
    let mut creator = RawCdImageCreator::new();
    assert_eq!(code(creator.add_special_pregap(Some(zeros(149, 2352)))), HResult::E_INVALIDARG);
    creator.add_special_pregap(Some(audio(200))).unwrap();
    creator.add_track(CdSectorType::AUDIO, audio(300)).unwrap();
    assert_eq!(creator.track_info(1).unwrap().starting_lba(), Lba(50));
    let whole = Whole::of(&mut creator);
    assert_eq!(whole.main(-150), &[count(0); 2352]);
    assert_eq!(whole.main(49), &[count(199); 2352]);
    assert_eq!(whole.main(50), &[count(0); 2352]);
    assert_eq!(
        (whole.index(-150), whole.index(49), whole.index(50)),
        (Some((1, 0)), Some((1, 0)), Some((1, 1)))
    );
    assert_eq!(lba_of(&whole.toc(-22_650..-150), Point(1)), Lba(50));
    let mut creator = with_any_type();
    creator.add_special_pregap(Some(audio(150))).unwrap();
    let refused = HResult::E_IMAPI_RAW_IMAGE_SECTOR_TYPE_NOT_SUPPORTED;
    assert_eq!(code(creator.add_track(CdSectorType::MODE1, zeros(300, 2048))), refused);
}

#[test]
fn codes_indexes_and_control_bits_are_in_q() {
    let mut creator = with_tracks(&[600]);
    creator.set_media_catalog_number("12345678905").unwrap();
    creator.set_starting_track_number(7).unwrap_err();
    let track = creator.track_info_mut(1).unwrap();
    track.set_isrc("US-K7Y-98-12345").unwrap();
    track.set_audio_has_preemphasis(true).unwrap();
    track.add_track_index(100).unwrap();
    track.add_track_index(200).unwrap();
    let whole = Whole::of(&mut creator);
    let contents = |range: core::ops::Range<i32>| range.map(|lba| whole.q(lba).0.content().unwrap());
    let mcns = contents(0..600).filter(|q| matches!(q, QContent::Mcn { mcn, .. } if mcn.is_valid())).count();
    let isrcs = contents(0..600)
        .filter(|q| matches!(q, QContent::Isrc { isrc, .. } if isrc.to_string() == "US-K7Y-98-12345"))
        .count();
    assert!(mcns >= 6 && isrcs >= 6, "{mcns} and {isrcs}: expected one in each 100 of 600");
    assert_eq!(
        [0, 99, 100, 199, 200].map(|lba| whole.index(lba).map(|(_, index)| index)),
        [1, 1, 2, 2, 3].map(Some)
    );
    assert_eq!(whole.q(0).0.control(), Control::new(0b0011));
    assert_eq!(whole.q(0).0.crc_state(), CrcState::Good);
}

#[test]
fn scms_alternates_the_copy_bit() {
    let mut creator = with_tracks(&[300]);
    creator.track_info_mut(1).unwrap().set_digital_audio_copy_setting(CopySetting::SCMS).unwrap();
    let whole = Whole::of(&mut creator);
    let copies: Vec<_> = (0..16).map(|lba| whole.q(lba).0.control().permits_copy()).collect();
    let changes = copies.windows(2).filter(|pair| pair[0] != pair[1]).count();
    assert!((3..=4).contains(&changes), "{copies:?}");
}

/// The generator's size says which sectors it is for; bits 7 and 6 stay P's and Q's.
#[test]
fn the_generator_fills_r_to_w_where_its_size_says() {
    let codes = |sectors| counted(sectors, 96);
    let rw = |whole: &Whole, lba| whole.sub(lba).iter().map(|byte| byte & 0x3F).collect::<Vec<_>>();
    let of = |n: usize| vec![count(n) & 0x3F; 96];
    for (sectors, first) in [(22_650 + 300 + 6750, -22_650), (300, 0), (299, 0)] {
        let mut creator = with_tracks(&[300]);
        creator.set_resulting_image_type(SectorType::RAW).unwrap();
        creator.add_subcode_rw_generator(Some(codes(sectors))).unwrap();
        let whole = Whole::of(&mut creator);
        for lba in first..first + sectors as i32 {
            assert_eq!(rw(&whole, lba), of((lba - first) as usize), "LBA {lba} of {sectors}");
            assert!(whole.q(lba).0.crc_ok(), "LBA {lba}");
        }
        if first == 0 {
            assert_eq!((rw(&whole, -1), rw(&whole, sectors as i32)), (vec![0; 96], vec![0; 96]));
        }
    }
}

/// One stream may be two tracks: it is sought before it is read.
#[test]
fn tracks_can_share_a_stream() {
    #[derive(Clone)]
    struct Shared(std::sync::Arc<std::sync::Mutex<TrackData>>);
    impl RawImage for Shared {
        fn bytes(&mut self) -> Result<u64, ImageError> {
            self.0.lock().unwrap().bytes()
        }
        fn seek_to(&mut self, offset: u64) -> Result<(), ImageError> {
            self.0.lock().unwrap().seek_to(offset)
        }
        fn read_some(&mut self, buffer: &mut [u8]) -> Result<usize, ImageError> {
            self.0.lock().unwrap().read_some(buffer)
        }
    }
    let shared = Shared(std::sync::Arc::new(std::sync::Mutex::new(audio(300))));
    let mut creator = RawCdImageCreator::new();
    for _ in 0..2 {
        creator.add_track(CdSectorType::AUDIO, TrackData::new(shared.clone())).unwrap();
    }
    let mut image = creator.create_result_image().unwrap();
    for (lba, sector) in [(10, 10), (310, 10), (42, 42), (342, 42), (43, 43)] {
        let mut main = [0; 2352];
        image.seek_to((22_650 + lba) * 2448).unwrap();
        image.read_exact(&mut main).unwrap();
        assert_eq!(main, [count(sector); 2352], "LBA {lba}");
    }
}

/// A decoder, a pipe: in order it will do.
#[test]
fn a_stream_that_cannot_seek_is_read_in_order() {
    let bytes: Vec<u8> = (0..300).flat_map(|n| [count(n); 2352]).collect();
    let mut creator = RawCdImageCreator::new();
    let once = crate::ReadOnce::new(Cursor::new(bytes), 300 * 2352);
    creator.add_track(CdSectorType::AUDIO, TrackData::new(once)).unwrap();
    let mut image = creator.create_result_image().unwrap();
    image.seek_to((22_650 - 10) * 2448).unwrap();
    let mut sectors = vec![0; 310 * 2448];
    image.read_exact(&mut sectors).unwrap();
    assert_eq!(sectors[309 * 2448..][..2352], [count(299); 2352]);
    image.seek_to(22_650 * 2448).unwrap();
    let error = image.read_some(&mut [0; 2448]).unwrap_err();
    assert_eq!(error.hresult, HResult::E_NOTIMPL);
    assert_eq!(error.text, "track 1: it can only be read in order");
}
