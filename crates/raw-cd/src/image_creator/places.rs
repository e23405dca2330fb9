//! Where the tracks of an image lie.
//!
//! ```text
//!        pregap          track 1          gap        track 2       lead-out
//!   |index 0, 150| index 1 ........ |index 0, 150| index 1 ..... |
//! -150           0                                               StartOfLeadout
//! ```
//!
//! What lies between two tracks is a table in [the module above](super).
//!
//! Sources: the remarks of put_DisableGaplessAudio for audio; ECMA-130 on pre-gap and post-gap for data.
//! The second coded as the preceding track that ECMA-130 puts before a data track's pre-gap of two
//! seconds, when another kind precedes, is left out: a track's Q frames have one CONTROL here.

use cd_format::address::PREGAP_FRAMES;
use cd_format::sector::SectorMode;

use super::sector_type::CdSectorType;

/// Where a track lies.
#[derive(Clone, Copy, Debug, Eq, PartialEq)]
pub(super) struct Place {
    /// First sector of index 0.
    pub pregap: i32,
    /// First sector of index 1: the stream's first.
    pub start: i32,
    /// Sectors from there to post-gap, next track's pregap, or lead-out.
    pub user: i32,
    /// Sectors of the post-gap.
    pub post_gap: i32,
}

/// A track that is to be placed: its type, and the sectors of its stream.
pub(super) type Wanted = (CdSectorType, i64);

/// Where tracks lie whose first pregap has `first_pregap` sectors from `program` on, and where the
/// lead-out starts; no places when that is out of reach of an address.
pub(super) fn places(program: i32, first_pregap: i32, gapless: bool, tracks: &[Wanted]) -> (Vec<Place>, i64) {
    let gap = i64::from(PREGAP_FRAMES);
    let mut places = Vec::with_capacity(tracks.len());
    let mut at = i64::from(program) + i64::from(first_pregap);
    let mut pregap = i64::from(program);
    let mut legal = true;
    for (n, &(sector_type, sectors)) in tracks.iter().enumerate() {
        let mut user = sectors;
        let mut post_gap = 0;
        let start = at;
        at = at.saturating_add(sectors);
        let next_pregap = match tracks.get(n + 1) {
            None => at,
            Some(&(next, _)) if gapless && both_audio(sector_type, next) => {
                user -= gap;
                at - gap
            }
            Some(&(next, _)) => {
                if sector_type != CdSectorType::AUDIO && kind(sector_type) != kind(next) {
                    post_gap = gap;
                }
                let pregap = at.saturating_add(post_gap);
                at = pregap.saturating_add(gap);
                pregap
            }
        };
        match [pregap, start, user, post_gap].map(i32::try_from) {
            [Ok(pregap), Ok(start), Ok(user), Ok(post_gap)] => {
                places.push(Place { pregap, start, user, post_gap });
            }
            _ => legal = false,
        }
        pregap = next_pregap;
    }
    if !legal {
        places.clear();
    }
    (places, at)
}

fn both_audio(a: CdSectorType, b: CdSectorType) -> bool {
    (a, b) == (CdSectorType::AUDIO, CdSectorType::AUDIO)
}

/// Audio, or the mode; the forms of mode 2 may follow one another.
fn kind(sector_type: CdSectorType) -> Option<u8> {
    sector_type.mode().and_then(SectorMode::mode_byte)
}
