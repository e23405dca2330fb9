//! What is to be on a disc, and the image of it.

use std::io::Cursor;

use cd_format::Lba;
use cd_format::sector::scramble::scramble;
use cd_format::sector::{HeaderAddress, SECTOR_LEN, Sector, SectorMode, SubHeader, build};
use cd_format::sub_channel::rw_pack::PACKS_PER_SECTOR;
use cd_format::sub_channel::{Mcn, RwInterleaver, RwPack, SUB_CHANNEL_BYTES};
use proptest::collection::vec;
use proptest::prelude::*;
use raw_cd::SectorType;
use raw_cd::image_creator::{
    CdSectorType, CopySetting, RawCdImage, RawCdImageCreator, SessionPlace, TrackData, TrackPolicy,
};

/// AddTrack takes no shorter one.
const SHORTEST: u32 = 300;

/// A session.
#[derive(Clone, Debug)]
pub struct Recipe {
    pub sector_type: SectorType,
    pub mcn: Option<String>,
    /// DisableGaplessAudio.
    pub gaps: bool,
    /// Sectors of the special pregap.
    pub special: Option<u32>,
    /// Whether R to W have packs from the first user sector to the lead-out.
    pub rw: bool,
    pub tracks: Vec<TrackRecipe>,
}

/// A track.
#[derive(Clone, Debug)]
pub struct TrackRecipe {
    pub kind: CdSectorType,
    pub blocks: u32,
    pub isrc: Option<String>,
    pub indexes: Vec<i32>,
    pub copy: CopySetting,
    pub pre_emphasis: bool,
}

/// Bytes that differ from block to block and from track to track.
fn noise(seed: u64, bytes: usize) -> Vec<u8> {
    let mut state = seed.wrapping_mul(0x9E37_79B9).wrapping_add(1);
    let step = |_| {
        state = state.wrapping_mul(6_364_136_223_846_793_005).wrapping_add(1_442_695_040_888_963_407);
        (state >> 56) as u8
    };
    (0..bytes).map(step).collect()
}

impl TrackRecipe {
    pub fn new(kind: CdSectorType, blocks: u32) -> Self {
        let copy = CopySetting::PERMITTED;
        Self { kind, blocks, isrc: None, indexes: Vec::new(), copy, pre_emphasis: false }
    }

    /// The stream of a track that starts at `start`: sectors that come whole have their addresses.
    pub fn data(&self, track: usize, start: Lba) -> Vec<u8> {
        let each = self.kind.source_bytes().unwrap();
        let mut bytes = noise(track as u64, self.blocks as usize * each);
        let mode = self.kind.mode().unwrap();
        for (block, lba) in bytes.chunks_exact_mut(each).zip(start.0..) {
            if self.kind == CdSectorType::MODE2FORM2 {
                let sub_header = [0, 0, SubHeader::FORM_2 | SubHeader::DATA, 0];
                block[..4].copy_from_slice(&sub_header);
                block[4..8].copy_from_slice(&sub_header);
            } else if mode != SectorMode::Audio && each == SECTOR_LEN {
                let submode = SubHeader::DATA;
                let sub_header = SubHeader { submode, ..SubHeader::default() };
                let mut sector = [0; SECTOR_LEN];
                let address = HeaderAddress::of(Lba(lba)).unwrap();
                build::sector(&mut sector, mode, address, sub_header, &block[..mode.user_len()]).unwrap();
                scramble(&mut sector);
                block.copy_from_slice(&sector);
            }
        }
        bytes
    }

    /// Where in a sector that is read whole the bytes lie which have to be those of the stream, and
    /// those of the stream: all but what the creator makes.
    pub fn expected<'a>(&self, block: &'a [u8]) -> (usize, Vec<u8>) {
        let whole = |block: &'a [u8]| {
            let mut sector: Sector = block.try_into().unwrap();
            scramble(&mut sector);
            sector.to_vec()
        };
        match self.kind {
            CdSectorType::MODE_ZERO => (16, vec![0; 2336]),
            CdSectorType::MODE1 | CdSectorType::MODE2FORM0 => (16, block.to_vec()),
            CdSectorType::MODE2FORM1 => (24, block.to_vec()),
            // Without the EDC, which is made anew.
            CdSectorType::MODE2FORM2 => (16, block[..2332].to_vec()),
            CdSectorType::AUDIO => (0, block.to_vec()),
            _ => (0, whole(block)),
        }
    }
}

/// A creator with everything but the tracks' data and R to W.
fn creator(recipe: &Recipe, place: Option<&SessionPlace>, first_track: i32) -> RawCdImageCreator {
    let mut creator = RawCdImageCreator::new();
    creator.set_track_policy(TrackPolicy::AnySectorType).unwrap();
    creator.set_resulting_image_type(recipe.sector_type).unwrap();
    if let Some(place) = place {
        creator.set_session(place.clone()).unwrap();
    }
    creator.set_starting_track_number(first_track).unwrap();
    creator.set_disable_gapless_audio(recipe.gaps).unwrap();
    if let Some(blocks) = recipe.special {
        let data = Cursor::new(special(blocks));
        creator.add_special_pregap(Some(TrackData::new(data))).unwrap();
    }
    creator
}

/// The special pregap's sound.
pub fn special(blocks: u32) -> Vec<u8> {
    noise(0x5EC1, blocks as usize * SECTOR_LEN)
}

/// The image of a session that goes where `place` says.
pub fn image(recipe: &Recipe, place: Option<&SessionPlace>, first_track: i32) -> RawCdImage {
    let starts = starts(recipe, place, first_track);
    let mut creator = creator(recipe, place, first_track);
    for (n, (track, start)) in recipe.tracks.iter().zip(&starts).enumerate() {
        creator.add_track(track.kind, TrackData::new(Cursor::new(track.data(n, *start)))).unwrap();
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
        if track.kind == CdSectorType::AUDIO {
            info.set_digital_audio_copy_setting(track.copy).unwrap();
            info.set_audio_has_preemphasis(track.pre_emphasis).unwrap();
        }
    }
    if recipe.rw {
        let user = creator.session().first_user();
        let sectors = creator.start_of_leadout().unwrap() - user;
        let bytes =
            if recipe.sector_type == SectorType::RAW { interleaved(sectors) } else { packed(sectors) };
        creator.add_subcode_rw_generator(Some(TrackData::new(Cursor::new(bytes)))).unwrap();
    }
    creator.create_result_image().unwrap()
}

/// The packs of the `n`th sector.
fn packs(n: i32) -> [RwPack; PACKS_PER_SECTOR] {
    std::array::from_fn(|pack| RwPack::new(0x09, n as u8, [(n as usize * 5 + pack) as u8; 16]))
}

fn packed(sectors: i32) -> Vec<u8> {
    (0..sectors).flat_map(packs).flat_map(|pack| *pack.symbols()).collect()
}

/// R to W as the disc has them.
pub fn interleaved(sectors: i32) -> Vec<u8> {
    let mut interleaver = RwInterleaver::default();
    let bytes: Vec<u8> = (0..sectors).flat_map(|n| interleaver.sector(&packs(n))).collect();
    assert_eq!(bytes.len(), sectors as usize * SUB_CHANNEL_BYTES);
    bytes
}

/// The first user blocks of a session's tracks, as the creator lays them out.
pub fn starts(recipe: &Recipe, place: Option<&SessionPlace>, first_track: i32) -> Vec<Lba> {
    let mut creator = creator(recipe, place, first_track);
    for track in &recipe.tracks {
        let bytes = track.blocks as usize * track.kind.source_bytes().unwrap();
        creator.add_track(track.kind, TrackData::new(Cursor::new(vec![0; bytes]))).unwrap();
    }
    (1..).zip(&recipe.tracks).map(|(index, _)| creator.track_info(index).unwrap().starting_lba()).collect()
}

fn track() -> impl Strategy<Value = TrackRecipe> {
    // Half of them sound: most of what a track can be told is for sound alone.
    let kind = prop_oneof![Just(CdSectorType::AUDIO), prop::sample::select(CdSectorType::ALL.to_vec())];
    let isrc = proptest::option::of("[A-Z]{2}[A-Z0-9]{3}[0-9]{7}");
    let copy = (0..3).prop_map(CopySetting);
    let fields = (kind, SHORTEST..450, isrc, vec(10_i32..150, 0..4), copy, any::<bool>());
    fields.prop_map(|(kind, blocks, isrc, steps, copy, pre_emphasis)| {
        let mut at = 0;
        // Of a track that another follows without a gap the last 150 sectors are that one's pregap.
        let last = blocks as i32 - 150;
        let indexes = steps.into_iter().map(|step| {
            at += step;
            at
        });
        TrackRecipe {
            kind,
            blocks,
            isrc: isrc.filter(|_| kind == CdSectorType::AUDIO),
            indexes: indexes.filter(|at| *at < last).collect(),
            copy,
            pre_emphasis,
        }
    })
}

pub fn recipe() -> impl Strategy<Value = Recipe> {
    let sector_type = prop_oneof![Just(SectorType::PQ_ONLY), Just(SectorType::COOKED), Just(SectorType::RAW)];
    let mcn = proptest::option::of(proptest::array::uniform12(0_u8..10))
        .prop_map(|digits| digits.and_then(Mcn::with_check_digit).map(|mcn| mcn.to_string()));
    let special = proptest::option::of(150_u32..400);
    (sector_type, mcn, any::<bool>(), special, any::<bool>(), vec(track(), 1..5)).prop_map(
        |(sector_type, mcn, gaps, special, rw, tracks)| Recipe {
            sector_type,
            mcn,
            gaps,
            special: special.filter(|_| tracks[0].kind == CdSectorType::AUDIO),
            rw: rw && sector_type != SectorType::PQ_ONLY,
            tracks,
        },
    )
}
