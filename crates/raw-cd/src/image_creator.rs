//! `IRawCDImageCreator`: the stream that WriteMedia wants, made from tracks.
//!
//! [`RawCdImageCreator`] is told tracks and properties; [`create_result_image`] gives a [`RawCdImage`],
//! which is read and written like any image. Nothing of it is made before it is read, so a disc's worth of
//! it takes no more memory than a second's.
//!
//! ```
//! use raw_cd::image_creator::{CdSectorType, RawCdImageCreator, TrackData};
//! use std::io::Cursor;
//!
//! let mut creator = RawCdImageCreator::new();
//! let four_seconds = Cursor::new(vec![0; 300 * 2352]);
//! creator.add_track(CdSectorType::AUDIO, TrackData::new(four_seconds))?;
//! creator.set_media_catalog_number("12345678905")?;
//! creator.track_info_mut(1)?.set_isrc("US-K7Y-98-12345")?;
//! let image = creator.create_result_image()?;
//! assert_eq!(image.sectors(), 22_650 + 300 + 6750);
//! # Ok::<(), raw_cd::image_creator::ImageCreatorError>(())
//! ```
//!
//! # The image
//!
//! | LBA | area | main channel |
//! |---|---|---|
//! | -22650 to -151 | lead-in, from 95:00:00 | zeros of the first track's kind |
//! | -150 to -1 | pregap | zeros of the first track's kind, or the special pregap, which may go on |
//! | 0 to StartOfLeadout - 1 | tracks | their streams, and between them gaps |
//! | 6750 more | lead-out | zeros of the last track's kind |
//!
//! Audio's zeros are silence; those of data are sectors of that mode whose user data is zero. Data is
//! scrambled, and has its header's address from the disc's clock. P and Q are those of
//! [`SubChannelPlan`](cd_format::sub_channel::SubChannelPlan). Behind the main channel come, by
//! ResultingImageType, 16 bytes of P and Q, or 96 of P to W.
//!
//! | between two tracks | there are |
//! |---|---|
//! | audio, audio | 150 silent sectors, the second's pregap |
//! | the same, gapless | none: the pregap is the last 150 sectors of the first's stream |
//! | data, another kind | 150 sectors of the first's kind, its post-gap, then 150 of the second's, its pregap |
//! | any other two | 150 sectors of the second's kind, its pregap |
//!
//! # What is ours
//!
//! Microsoft's creator takes audio tracks only, and makes the disc's only session. Both are the defaults
//! here. [`TrackPolicy::AnySectorType`] takes the other types of `IMAPI_CD_SECTOR_TYPE` as well, mixed as
//! one likes: the enumeration's page has rules for mixing that allow no mixed-mode disc, and AddTrack,
//! which takes audio only, never gets to them. [`set_session`] makes images of other sessions, or of
//! sessions that others may follow; [`set_sub_channel_rules`] chooses where burning programs part ways.
//!
//! # Numbers
//!
//! The pages name no failures: [`ImageCreatorError`] says what is documented and what is inference. The
//! checks come in this order: created (0A00), the member's own place in the order (0A04, 0A03), arguments,
//! space (0A05). A call that fails changes nothing.
//!
//! [`create_result_image`]: RawCdImageCreator::create_result_image
//! [`set_session`]: RawCdImageCreator::set_session
//! [`set_sub_channel_rules`]: RawCdImageCreator::set_sub_channel_rules

mod error;
mod places;
mod properties;
mod result;
mod sector_type;
mod session;
mod source;
mod stream;
mod track;

use core::fmt;

use cd_format::Lba;
use cd_format::address::PREGAP_FRAMES;
use cd_format::session::MINIMUM_TRACK_FRAMES;
use cd_format::sub_channel::{Mcn, Rules};

pub use error::ImageCreatorError;
pub use sector_type::CdSectorType;
pub use session::SessionPlace;
pub use source::TrackData;
pub use stream::RawCdImage;
pub use track::{AddedIndex, CopySetting, INDEX_DISTANCE, MAX_INDEXES, TrackInfo};

use crate::{RawImage, SectorType};
use places::{Place, Wanted, places};

/// The highest StartOfLeadoutLimit: 88:29:74.
pub const MAX_START_OF_LEADOUT_LIMIT: Lba = Lba(398_099);

/// Which tracks AddTrack takes.
#[derive(Clone, Copy, Debug, Default, Eq, Hash, PartialEq)]
pub enum TrackPolicy {
    /// Audio, as documented (Microsoft: IRawCDImageCreator::AddTrack).
    #[default]
    AudioOnly,
    /// Every type of `IMAPI_CD_SECTOR_TYPE`, in any order: ours, for mixed-mode and data discs.
    AnySectorType,
}

/// Makes raw images out of tracks.
///
/// `S` is what streams are: [`TrackData`] unless a caller has a better type.
#[doc(alias = "IRawCDImageCreator")]
pub struct RawCdImageCreator<S = TrackData> {
    policy: TrackPolicy,
    session: SessionPlace,
    rules: Rules,
    sector_type: SectorType,
    /// StartOfLeadoutLimit, once set.
    limit: Option<Lba>,
    gaps: bool,
    mcn: Option<Mcn>,
    starting_track_number: u8,
    /// Sectors of the first pregap.
    first_pregap: i32,
    special_pregap: Option<S>,
    subcode: Option<S>,
    tracks: Vec<TrackInfo>,
    /// The tracks' streams, until the image has them.
    data: Vec<S>,
    created: bool,
}

impl RawCdImageCreator {
    /// A creator of images of audio tracks, streams being [`TrackData`].
    pub fn new() -> Self {
        Self::default()
    }
}

impl<S> Default for RawCdImageCreator<S> {
    fn default() -> Self {
        Self {
            policy: TrackPolicy::default(),
            session: SessionPlace::default(),
            rules: Rules::default(),
            sector_type: SectorType::default(),
            limit: None,
            gaps: false,
            mcn: None,
            starting_track_number: 1,
            first_pregap: PREGAP_FRAMES,
            special_pregap: None,
            subcode: None,
            tracks: Vec::new(),
            data: Vec::new(),
            created: false,
        }
    }
}

impl<S: RawImage> RawCdImageCreator<S> {
    /// `AddTrack`: a track of what `data` has, behind those there are. Gives its index, from 1.
    ///
    /// `data` has whole sectors, 300 (four seconds) or more. The last has to lie at 398099 or before, so
    /// that a lead-out of 90 seconds ends by 89:59:74.
    pub fn add_track(&mut self, sector_type: CdSectorType, mut data: S) -> Result<i32, ImageCreatorError> {
        self.changeable()?;
        self.takes(sector_type)?;
        let number = u32::from(self.starting_track_number) + self.tracks.len() as u32;
        let number = match u8::try_from(number) {
            Ok(number @ 1..=99) => number,
            _ => return Err(ImageCreatorError::TooManyTracks { number }),
        };
        let sectors = source::sectors("the track's stream", &mut data, sector_type, MINIMUM_TRACK_FRAMES)?;
        let mut wanted = self.wanted();
        wanted.push((sector_type, sectors));
        let places = self.fitting("the track", &wanted, !self.gaps)?;
        // It has a place, so it has no more sectors than fit on a disc.
        let sectors = i32::try_from(sectors).unwrap_or(i32::MAX);
        if let Some(place) = places.last() {
            self.tracks.push(TrackInfo::new(number, sector_type, sectors, *place));
            self.data.push(data);
        }
        self.put_in(&places);
        Ok(self.number_of_existing_tracks())
    }

    /// `AddSpecialPregap`: audio for the pregap of the first track, heard only by going back from the
    /// track's start. `None` takes it away.
    ///
    /// `data` has whole sectors, 150 (two seconds) or more; a track of four seconds has to fit behind it.
    /// The first track is then audio.
    pub fn add_special_pregap(&mut self, data: Option<S>) -> Result<(), ImageCreatorError> {
        self.changeable()?;
        self.before_tracks("AddSpecialPregap")?;
        let Some(mut data) = data else {
            self.first_pregap = PREGAP_FRAMES;
            self.special_pregap = None;
            return Ok(());
        };
        let sectors = source::sectors("the special pregap", &mut data, CdSectorType::AUDIO, PREGAP_FRAMES)?;
        self.pregap_fits(sectors)?;
        // It fits on a disc.
        self.first_pregap = i32::try_from(sectors).unwrap_or(i32::MAX);
        self.special_pregap = Some(data);
        Ok(())
    }

    /// `AddSubcodeRWGenerator`: R to W of the image, 96 bytes a sector. `None` takes it away.
    ///
    /// Bits 7 and 6 of its bytes are P's and Q's, and do not count. The bytes go into the image as they
    /// are: packs for an image that is cooked, what the disc is to have for one that is raw (inference).
    ///
    /// When the image is created, the size tells which sectors they are for. The page's words, 'the
    /// number of sectors in the raw disc image', fit two; the third is what theBeat's burner gives.
    ///
    /// | sectors | from | to |
    /// |---|---|---|
    /// | all of the image | the lead-in's first | the lead-out's last |
    /// | StartOfLeadout (less the first user sector's address in a later session) | LBA 0 | the last before the lead-out |
    /// | one fewer | LBA 0 | the last but one before the lead-out |
    ///
    /// Another size is `E_INVALIDARG` then. Sectors without R to W have zeros.
    pub fn add_subcode_rw_generator(&mut self, subcode: Option<S>) -> Result<(), ImageCreatorError> {
        self.changeable()?;
        if subcode.is_some() && self.sector_type == SectorType::PQ_ONLY {
            return Err(ImageCreatorError::NoRoomForSubcode);
        }
        self.subcode = subcode;
        Ok(())
    }

    /// `CreateResultImage`: the image. Once; from then on creator and tracks can only be read.
    pub fn create_result_image(&mut self) -> Result<RawCdImage<S>, ImageCreatorError> {
        self.changeable()?;
        self.lead_out()?;
        let image = result::image(self)?;
        self.created = true;
        Ok(image)
    }

    /// `TrackInfo`: the track of this index, from 1.
    pub fn track_info(&self, track_index: i32) -> Result<&TrackInfo, ImageCreatorError> {
        let track = index(track_index).and_then(|index| self.tracks.get(index));
        track.ok_or_else(|| self.no_track(track_index))
    }

    /// The same, to be changed.
    pub fn track_info_mut(&mut self, track_index: i32) -> Result<&mut TrackInfo, ImageCreatorError> {
        let error = self.no_track(track_index);
        self.changeable()?;
        index(track_index).and_then(|index| self.tracks.get_mut(index)).ok_or(error)
    }
}

impl<S> RawCdImageCreator<S> {
    fn changeable(&self) -> Result<(), ImageCreatorError> {
        if self.created { Err(ImageCreatorError::ReadOnly) } else { Ok(()) }
    }

    fn before_tracks(&self, member: &'static str) -> Result<(), ImageCreatorError> {
        match self.tracks.len() {
            0 => Ok(()),
            tracks => Err(ImageCreatorError::TracksAlreadyAdded { member, tracks }),
        }
    }

    /// Whether the next track may be of this type.
    fn takes(&self, given: CdSectorType) -> Result<(), ImageCreatorError> {
        let first = self.tracks.is_empty();
        let expected = if given == CdSectorType::AUDIO {
            return Ok(());
        } else if self.policy == TrackPolicy::AudioOnly {
            "0 (AUDIO)"
        } else if given.mode().is_none() {
            "0 (AUDIO) to 9 (MODE2FORM2RAW)"
        } else if first && self.special_pregap.is_some() {
            "0 (AUDIO) behind a special pregap"
        } else if self.starting_track_number != 1 && self.session.number() == 1 {
            "0 (AUDIO) when StartingTrackNumber is not 1"
        } else {
            return Ok(());
        };
        Err(ImageCreatorError::SectorTypeNotSupported { given, expected })
    }

    /// First sector of the first pregap.
    fn program(&self) -> Lba {
        self.session.first_user() - PREGAP_FRAMES
    }

    /// The last sector at which the lead-out may start.
    ///
    /// AddTrack's page lets a last sector lie at 398099, the limit's page lets no lead-out start behind
    /// that: so an image without a limit may go one further than any limit allows (inference).
    fn lead_out_limit(&self) -> Lba {
        self.limit.unwrap_or_else(|| self.session.last_lead_out())
    }

    /// Whether the shortest track fits behind a first pregap of so many sectors.
    fn pregap_fits(&self, sectors: i64) -> Result<(), ImageCreatorError> {
        let track = i64::from(self.program().0).saturating_add(sectors);
        let lead_out = track.saturating_add(MINIMUM_TRACK_FRAMES.into());
        let limit = self.lead_out_limit();
        if lead_out > limit.0.into() {
            let what = "the first pregap and the shortest track";
            return Err(ImageCreatorError::InsufficientSpace { what, lead_out, limit });
        }
        Ok(())
    }

    fn wanted(&self) -> Vec<Wanted> {
        self.tracks.iter().map(|track| (track.sector_type(), track.sectors.into())).collect()
    }

    /// Where these tracks lie, if they fit, and the indexes of those there are lie in them.
    fn fitting(
        &self,
        what: &'static str,
        wanted: &[Wanted],
        gapless: bool,
    ) -> Result<Vec<Place>, ImageCreatorError> {
        let (places, lead_out) = places(self.program().0, self.first_pregap, gapless, wanted);
        let limit = self.lead_out_limit();
        if places.len() != wanted.len() || lead_out > limit.0.into() {
            return Err(ImageCreatorError::InsufficientSpace { what, lead_out, limit });
        }
        for (track, place) in self.tracks.iter().zip(&places) {
            track.check_indexes(place.user)?;
        }
        Ok(places)
    }

    fn put_in(&mut self, places: &[Place]) {
        for (track, place) in self.tracks.iter_mut().zip(places) {
            track.place = *place;
        }
    }

    fn lead_out(&self) -> Result<Lba, ImageCreatorError> {
        let last = self.tracks.last().ok_or(ImageCreatorError::NoTracks)?;
        Ok(last.starting_lba() + last.sectors)
    }

    fn no_track(&self, given: i32) -> ImageCreatorError {
        ImageCreatorError::InvalidArgument {
            argument: "trackIndex",
            given: given.into(),
            expected: match self.tracks.len() {
                0 => "a track to have been added".to_owned(),
                tracks => format!("1 to {tracks}"),
            },
        }
    }
}

fn index(track_index: i32) -> Option<usize> {
    usize::try_from(track_index).ok()?.checked_sub(1)
}

impl<S> fmt::Debug for RawCdImageCreator<S> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("RawCdImageCreator")
            .field("session", &self.session)
            .field("sector_type", &self.sector_type)
            .field("tracks", &self.tracks)
            .field("created", &self.created)
            .finish_non_exhaustive()
    }
}

#[cfg(test)]
mod tests;
