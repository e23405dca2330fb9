//! Random images: every frame good, the clock without a gap, and the same however it is read.

use std::io::{Seek, SeekFrom};

use cd_format::sector::{EdcState, SectorMode, check, ecc::Repair, scramble::scramble};
use proptest::prelude::*;

use super::*;
use crate::SectorType;

#[derive(Clone, Debug)]
struct Recipe {
    sector_type: SectorType,
    gaps: bool,
    special: Option<usize>,
    mcn: bool,
    first_number: i32,
    lead_in: i32,
    tracks: Vec<(CdSectorType, usize, Vec<i32>, bool, i32)>,
}

fn recipe() -> impl Strategy<Value = Recipe> {
    // Raw types hold whatever a stream has, so they are left to the tests of members.
    let sector_type = prop::sample::select(vec![
        CdSectorType::AUDIO,
        CdSectorType::AUDIO,
        CdSectorType::MODE_ZERO,
        CdSectorType::MODE1,
        CdSectorType::MODE2FORM0,
        CdSectorType::MODE2FORM1,
        CdSectorType::MODE2FORM2,
    ]);
    let track = (sector_type, 300usize..420, prop::collection::vec(0i32..150, 0..5), any::<bool>(), 0i32..3);
    (
        prop::sample::select(SectorType::ALL.to_vec()),
        any::<bool>(),
        prop::option::of(150usize..300),
        any::<bool>(),
        1i32..=95,
        -500i32..-300,
        prop::collection::vec(track, 1..4),
    )
        .prop_map(|(sector_type, gaps, special, mcn, first_number, lead_in, tracks)| {
            let audio = tracks.iter().all(|track| track.0 == CdSectorType::AUDIO);
            let special =
                special.filter(|_| tracks.iter().take(1).all(|track| track.0 == CdSectorType::AUDIO));
            let first_number = if audio { first_number } else { 1 };
            Recipe { sector_type, gaps, special, mcn, first_number, lead_in, tracks }
        })
}

impl Recipe {
    fn creator(&self) -> RawCdImageCreator {
        let mut creator = with_any_type();
        creator.set_session(SessionPlace::first_from(Lba(self.lead_in))).unwrap();
        creator.set_resulting_image_type(self.sector_type).unwrap();
        creator.set_disable_gapless_audio(self.gaps).unwrap();
        creator.set_starting_track_number(self.first_number).unwrap();
        creator.add_special_pregap(self.special.map(audio)).unwrap();
        if self.mcn {
            creator.set_media_catalog_number("4006381333931").unwrap();
        }
        for (n, (sector_type, sectors, indexes, isrc, copy)) in self.tracks.iter().enumerate() {
            let data = counted(*sectors, sector_type.source_bytes().unwrap());
            let index = creator.add_track(*sector_type, data).unwrap();
            assert_eq!(index, n as i32 + 1);
            let track = creator.track_info_mut(index).unwrap();
            for offset in indexes {
                // Those that lie too close are refused.
                let _ = track.add_track_index(*offset);
            }
            if *sector_type == CdSectorType::AUDIO {
                track.set_isrc(if *isrc { "US-K7Y-98-12345" } else { "" }).unwrap();
                track.set_digital_audio_copy_setting(CopySetting(*copy)).unwrap();
                track.set_audio_has_preemphasis(*isrc).unwrap();
            }
        }
        creator
    }
}

/// The image to the third second of the lead-out: the rest is more of the same.
fn whole(recipe: &Recipe) -> (RawCdImageCreator, Whole) {
    let mut creator = recipe.creator();
    let mut image = creator.create_result_image().unwrap();
    let sectors = image.sectors() - 6750 + 225;
    (creator, Whole::begin(&mut image, sectors))
}

/// The type of the track that a sector belongs to, gaps aside.
fn sector_type_at(creator: &RawCdImageCreator, lba: i32) -> Option<CdSectorType> {
    (1..=creator.number_of_existing_tracks())
        .filter_map(|n| creator.track_info(n).ok())
        .find(|track| (0..track.sector_count()).contains(&(lba - track.starting_lba().0)))
        .map(TrackInfo::sector_type)
}

proptest! {
    #![proptest_config(ProptestConfig::with_cases(8))]

    #[test]
    fn every_q_frame_is_good_and_the_clock_runs_on(recipe in recipe()) {
        let (creator, whole) = whole(&recipe);
        let lead_out = creator.start_of_leadout().unwrap().0;
        prop_assert_eq!(whole.sectors(), lead_out + 225 - recipe.lead_in);
        for lba in whole.first..whole.first + whole.sectors() {
            let (q, _) = whole.q(lba);
            prop_assert!(q.crc_ok(), "LBA {}", lba);
            let frame = (lba + 150).rem_euclid(75) as u8;
            match q.content().unwrap() {
                QContent::Toc(entry) => {
                    prop_assert!(lba < -150);
                    prop_assert_eq!(entry.msf(), Lba(lba).to_msf());
                }
                QContent::Position { tno, absolute, .. } => {
                    prop_assert_eq!(absolute.to_program_lba(), Lba(lba));
                    prop_assert_eq!(tno == 0xAA, lba >= lead_out);
                }
                QContent::Mcn { frame: seen, .. } | QContent::Isrc { frame: seen, .. } => {
                    prop_assert!((-150..lead_out).contains(&lba));
                    prop_assert_eq!(seen, frame);
                }
            }
        }
    }

    /// Lead-in, track infos, Q of the program area and READ TOC's reply tell one story.
    #[test]
    fn the_table_agrees_with_the_program_area(recipe in recipe()) {
        let (creator, whole) = whole(&recipe);
        let toc = whole.toc(whole.first..-150);
        let bytes = creator.expected_table_of_contents().unwrap();
        for n in 1..=creator.number_of_existing_tracks() {
            let track = creator.track_info(n).unwrap();
            let start = track.starting_lba();
            prop_assert_eq!(lba_of(&toc, Point(track.track_number())), start);
            prop_assert_eq!(&bytes[4 + 8 * (n as usize - 1) + 4..][..4], start.0.to_be_bytes());
            let number = track.track_number();
            for (index, offset) in (1..).zip(track.track_indexes()) {
                prop_assert_eq!(whole.index(start.0 + offset), Some((number, index)));
            }
            let before = whole.index(start.0 - 1);
            prop_assert!(before.is_none_or(|before| before == (number, 0)), "{:?}", before);
            let behind = whole.index(start.0 + track.sector_count() - 1);
            prop_assert!(behind.is_none_or(|behind| behind.0 == number), "{:?}", behind);
        }
        let lead_out = creator.start_of_leadout().unwrap();
        prop_assert_eq!(lba_of(&toc, Point::A2), lead_out);
        prop_assert_eq!(whole.index(lead_out.0), Some((0xAA, 1)));
        prop_assert_eq!(creator.last_used_user_sector_in_image().unwrap(), lead_out - 1);
    }

    #[test]
    fn data_sectors_are_good_and_hold_what_the_stream_has(recipe in recipe()) {
        let (creator, whole) = whole(&recipe);
        for lba in whole.first..whole.first + whole.sectors() {
            let mut sector = *whole.main(lba);
            if check::is_scrambled(&sector) != Some(true) {
                continue;
            }
            scramble(&mut sector);
            let seen = check::classify(&sector);
            prop_assert_eq!(seen.address, Lba(lba).to_msf());
            if sector_type_at(&creator, lba) == Some(CdSectorType::MODE2FORM0) {
                // Whatever its user data looks like.
                continue;
            }
            let mode = seen.mode.unwrap();
            prop_assert!(!matches!(seen.edc, EdcState::Bad { .. }), "LBA {}", lba);
            prop_assert_eq!(check::repair(&mut sector, mode), Repair::Clean);
        }
        for n in 1..=creator.number_of_existing_tracks() {
            let track = creator.track_info(n).unwrap();
            let mode = track.sector_type().mode().unwrap();
            for sector in [0, 1, track.sector_count() - 1] {
                let mut main = *whole.main(track.starting_lba().0 + sector);
                if mode != SectorMode::Audio {
                    scramble(&mut main);
                }
                let user = &main[mode.user_start()..mode.user_start() + mode.user_len()];
                prop_assert!(user.iter().all(|byte| *byte == count(sector as usize)));
            }
        }
    }

    #[test]
    fn however_it_is_read_it_is_the_same(
        recipe in recipe(),
        reads in prop::collection::vec((any::<prop::sample::Index>(), 1usize..9000, 1usize..4), 1..60),
    ) {
        let (_, whole) = whole(&recipe);
        let mut image = recipe.creator().create_result_image().unwrap();
        for (from, chunk, times) in reads {
            let mut at = from.index(whole.bytes.len());
            prop_assert_eq!(image.seek(SeekFrom::Start(at as u64)).unwrap(), at as u64);
            for _ in 0..times {
                let mut buffer = vec![0xEE; chunk];
                let got = image.read(&mut buffer).unwrap();
                prop_assert!(got > 0);
                                let known = got.min(whole.bytes.len().saturating_sub(at));
                prop_assert_eq!(&buffer[..known], &whole.bytes[at.min(whole.bytes.len())..][..known]);
                prop_assert!(buffer[got..].iter().all(|byte| *byte == 0xEE));
                at += got;
            }
            prop_assert_eq!(image.stream_position().unwrap(), at as u64);
        }
        prop_assert_eq!(RawImage::bytes(&mut image).unwrap(), image.size());
        image.seek(SeekFrom::End(5)).unwrap();
        prop_assert_eq!(image.read(&mut [0; 8]).unwrap(), 0);
        prop_assert!(image.seek(SeekFrom::Current(i64::MIN)).is_err());
    }
}
