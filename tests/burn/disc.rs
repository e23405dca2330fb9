//! What is to be on a disc, and the image of it.

use std::io::Cursor;

use cd_format::Lba;
use cd_format::sub_channel::Mcn;
use proptest::collection::vec;
use proptest::prelude::*;
use raw_cd::SectorType;
use raw_cd::image_creator::{
    CdSectorType, RawCdImage, RawCdImageCreator, SessionPlace, TrackData, TrackPolicy,
};

/// Of audio that more audio follows the last 150 sectors are that one's pregap: with fewer blocks than
/// this its own index 1 has not the four seconds that a track must have.
const SHORTEST: u32 = 450;

/// A session.
#[derive(Clone, Debug)]
pub struct Recipe {
    pub sector_type: SectorType,
    pub mcn: Option<String>,
    pub tracks: Vec<TrackRecipe>,
}

/// A track.
#[derive(Clone, Debug)]
pub struct TrackRecipe {
    pub kind: CdSectorType,
    pub blocks: u32,
    pub isrc: Option<String>,
    pub indexes: Vec<i32>,
}

impl TrackRecipe {
    pub fn user_bytes(&self) -> usize {
        if self.kind == CdSectorType::AUDIO { 2352 } else { 2048 }
    }

    /// User data that differs from block to block and from track to track.
    pub fn data(&self, track: usize) -> Vec<u8> {
        let mut state = track as u64 * 0x9E37_79B9 + 1;
        (0..self.blocks as usize * self.user_bytes())
            .map(|_| {
                state = state.wrapping_mul(6_364_136_223_846_793_005).wrapping_add(1_442_695_040_888_963_407);
                (state >> 56) as u8
            })
            .collect()
    }
}

/// The image of a session that goes where `place` says.
pub fn image(recipe: &Recipe, place: Option<&SessionPlace>, first_track: i32) -> RawCdImage {
    let mut creator = RawCdImageCreator::new();
    creator.set_track_policy(TrackPolicy::AnySectorType).unwrap();
    creator.set_resulting_image_type(recipe.sector_type).unwrap();
    if let Some(place) = place {
        creator.set_session(place.clone()).unwrap();
    }
    creator.set_starting_track_number(first_track).unwrap();
    for (n, track) in recipe.tracks.iter().enumerate() {
        creator.add_track(track.kind, TrackData::new(Cursor::new(track.data(n)))).unwrap();
    }
    if let Some(mcn) = &recipe.mcn {
        creator.set_media_catalog_number(mcn).unwrap();
    }
    for (index, track) in (1..).zip(&recipe.tracks) {
        let info = creator.track_info_mut(index).unwrap();
        if let Some(isrc) = &track.isrc {
            info.set_isrc(isrc).unwrap();
        }
        for offset in &track.indexes {
            info.add_track_index(*offset).unwrap();
        }
    }
    creator.create_result_image().unwrap()
}

/// The first user blocks of a session's tracks, as the creator lays them out.
pub fn starts(recipe: &Recipe, place: Option<&SessionPlace>, first_track: i32) -> Vec<Lba> {
    let mut creator = RawCdImageCreator::new();
    creator.set_track_policy(TrackPolicy::AnySectorType).unwrap();
    if let Some(place) = place {
        creator.set_session(place.clone()).unwrap();
    }
    creator.set_starting_track_number(first_track).unwrap();
    for (n, track) in recipe.tracks.iter().enumerate() {
        creator.add_track(track.kind, TrackData::new(Cursor::new(track.data(n)))).unwrap();
    }
    (1..).zip(&recipe.tracks).map(|(index, _)| creator.track_info(index).unwrap().starting_lba()).collect()
}

pub fn recipe() -> impl Strategy<Value = Recipe> {
    let kind = prop_oneof![Just(CdSectorType::AUDIO), Just(CdSectorType::MODE1)];
    let isrc = proptest::option::of("[A-Z]{2}[A-Z0-9]{3}[0-9]{7}");
    let track = (kind, SHORTEST..800, isrc, vec(1_i32..3, 0..3)).prop_map(|(kind, blocks, isrc, steps)| {
        let mut at = 0;
        // Of a track that another follows without a gap the last 150 sectors are that one's pregap.
        let last = blocks as i32 - 150;
        let indexes = steps
            .into_iter()
            .map(|step| {
                at += 75 * step;
                at
            })
            .filter(|at| *at < last)
            .collect();
        TrackRecipe { kind, blocks, isrc: isrc.filter(|_| kind == CdSectorType::AUDIO), indexes }
    });
    let sector_type = prop_oneof![Just(SectorType::PQ_ONLY), Just(SectorType::COOKED), Just(SectorType::RAW)];
    let mcn = proptest::option::of(proptest::array::uniform12(0_u8..10))
        .prop_map(|digits| digits.and_then(Mcn::with_check_digit).map(|mcn| mcn.to_string()));
    (sector_type, mcn, vec(track, 1..5)).prop_map(|(sector_type, mcn, tracks)| Recipe {
        sector_type,
        mcn,
        tracks,
    })
}
