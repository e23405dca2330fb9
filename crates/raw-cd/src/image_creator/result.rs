//! From what a creator was told to the image's parts.

use core::ops::Range;

use cd_format::lead_in::Contents;
use cd_format::sector::SectorMode;
use cd_format::session::DiscType;
use cd_format::sub_channel::{SUB_CHANNEL_BYTES, SessionLayout, SubChannelPlan};
use cd_format::{Lba, TocEntry};

use super::error::ImageCreatorError;
use super::sector_type::CdSectorType;
use super::source::Source;
use super::stream::{Fill, Parts, RawCdImage, Stretch, Subcode};
use super::{RawCdImageCreator, TrackInfo};
use crate::RawImage;

/// The image. Takes the streams out of the creator, when nothing can fail any more.
pub(super) fn image<S: RawImage>(
    creator: &mut RawCdImageCreator<S>,
) -> Result<RawCdImage<S>, ImageCreatorError> {
    let layout = layout(creator)?;
    let toc = toc(creator, &layout)?;
    let plan = SubChannelPlan::new(&layout, &toc, creator.rules)?;
    let covered = covered(creator, &layout)?;
    let mut sources = Vec::with_capacity(creator.data.len() + 1);
    let special = creator.special_pregap.take().map(|data| {
        sources.push(Source::new("the special pregap".to_owned(), data));
        0
    });
    let stretches = stretches(creator, &layout, special);
    let data = creator.data.drain(..).zip(&creator.tracks);
    sources.extend(data.map(|(data, track)| Source::new(format!("track {}", track.track_number()), data)));
    let subcode = creator.subcode.take().zip(covered).map(|(data, covered)| Subcode {
        source: Source::new("the R-W generator".to_owned(), data),
        covered,
    });
    Ok(RawCdImage::new(Parts { sector_type: creator.sector_type, plan, stretches, sources, subcode }))
}

fn layout<S>(creator: &RawCdImageCreator<S>) -> Result<SessionLayout, ImageCreatorError> {
    Ok(SessionLayout {
        lead_in: creator.session.lead_in(),
        tracks: creator.tracks.iter().map(TrackInfo::layout).collect(),
        lead_out: creator.lead_out()?,
        lead_out_frames: creator.session.lead_out_frames().unsigned_abs(),
        mcn: creator.mcn,
    })
}

/// The entries of this session's lead-in.
///
/// Where the next session lies depends on how many come before, not on what they are: so this one
/// stands in for each.
fn toc<S>(
    creator: &RawCdImageCreator<S>,
    layout: &SessionLayout,
) -> Result<Vec<TocEntry>, ImageCreatorError> {
    let number = creator.session.number();
    let atip = creator.session.atip();
    let sessions: Vec<_> =
        (1..=number).map(|number| layout.session(number, disc_type(&creator.tracks))).collect();
    let contents = Contents { sessions: &sessions, atip, appendable: atip.is_some() };
    let mut toc = contents.full_toc_by(creator.rules.next_program)?;
    toc.retain(|entry| entry.session == number);
    Ok(toc)
}

/// CD-ROM XA where a track has its forms.
fn disc_type(tracks: &[TrackInfo]) -> DiscType {
    let is_xa = |track: &TrackInfo| {
        matches!(track.sector_type().mode(), Some(SectorMode::Mode2Form1 | SectorMode::Mode2Form2))
    };
    if tracks.iter().any(is_xa) { DiscType::CD_ROM_XA } else { DiscType::CD_ROM }
}

/// Which sectors the R-W generator is for, by its size.
fn covered<S: RawImage>(
    creator: &mut RawCdImageCreator<S>,
    layout: &SessionLayout,
) -> Result<Option<Range<i32>>, ImageCreatorError> {
    const WHAT: &str = "the R-W generator";
    let user = creator.session.first_user().0;
    let Some(subcode) = &mut creator.subcode else { return Ok(None) };
    let bytes = subcode.bytes().map_err(|source| ImageCreatorError::Stream { what: WHAT, source })?;
    let lead_out = layout.lead_out.0;
    let all = layout.lead_in.0..lead_out.saturating_add_unsigned(layout.lead_out_frames);
    let size = |range: &Range<i32>| range.len() as u64 * SUB_CHANNEL_BYTES as u64;
    let candidates = [all, user..lead_out, user..lead_out - 1];
    match candidates.iter().find(|range| size(range) == bytes) {
        Some(range) => Ok(Some(range.clone())),
        None => Err(ImageCreatorError::StreamSize {
            what: WHAT,
            bytes,
            expected: format!(
                "{} for the whole image, or {} for all sectors up to the lead-out",
                size(&candidates[0]),
                size(&candidates[1])
            ),
        }),
    }
}

/// What the main channel has, area by area, without a gap. `special` is the special pregap's source.
fn stretches<S>(
    creator: &RawCdImageCreator<S>,
    layout: &SessionLayout,
    special: Option<usize>,
) -> Vec<Stretch> {
    let mode = |track: Option<&TrackInfo>| {
        track.and_then(|track| track.sector_type().mode()).unwrap_or(SectorMode::Audio)
    };
    let first = mode(creator.tracks.first());
    let program = creator.program().0;
    let mut stretches = Vec::with_capacity(3 * creator.tracks.len() + 3);
    let mut push = |range: Range<i32>, fill| {
        if !range.is_empty() {
            stretches.push(Stretch { range, fill });
        }
    };
    push(layout.lead_in.0..program, Fill::Zeros(first));
    let mut at = program;
    if let Some(source) = special {
        push(at..at + creator.first_pregap, Fill::Data { source, sector_type: CdSectorType::AUDIO });
        at += creator.first_pregap;
    }
    let before = usize::from(special.is_some());
    for (n, track) in creator.tracks.iter().enumerate() {
        let start = track.place.start;
        let end = start + track.sectors;
        let post_gap = end + track.place.post_gap;
        push(at..start, Fill::Zeros(mode(Some(track))));
        push(start..end, Fill::Data { source: before + n, sector_type: track.sector_type() });
        push(end..post_gap, Fill::Zeros(mode(Some(track))));
        at = post_gap;
    }
    let Lba(lead_out) = layout.lead_out;
    let end = lead_out.saturating_add_unsigned(layout.lead_out_frames);
    push(lead_out..end, Fill::Zeros(mode(creator.tracks.last())));
    stretches
}
